"""A bad certificate is refused, but for the one site whose profile says why it is accepted."""

import ipaddress
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from faultserver import FaultServer, article_page, list_page, reply, serving
from watched import Watched

from crawler.sites.profile import SiteProfile
from storage.archive import Archive


class Secured(Watched):
    """The site over TLS."""

    @property
    def profile(self) -> SiteProfile:
        """The profile at its https address."""
        found = super().profile.with_home(f"https://{self.server.address}/")
        return found.model_copy(update=self.changes)


@pytest.fixture
def secured(archive: Archive, tmp_path: Path) -> Iterator[Secured]:
    """The fault server with a certificate that expired yesterday and that nobody vouches for."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=9))
        .not_valid_after(now - timedelta(days=1))
        .add_extension(address, critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    plain = serialization.PrivateFormat.TraditionalOpenSSL
    (tmp_path / "pair.pem").write_bytes(
        certificate.public_bytes(pem) + key.private_bytes(pem, plain, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "pair.pem")
    for server in serving(context):
        found = Secured(archive, server)
        _publish(server)
        yield found


def _publish(server: FaultServer) -> None:
    server.answers["/"] = reply(list_page("/zj/a.html"))
    server.answers["/zj/a.html"] = reply(article_page("嘉禾市河道清淤工程完工"))


def test_a_bad_certificate_is_refused(secured: Secured) -> None:
    summary = secured.crawl()
    assert summary.status == "failure"
    assert summary.failures[0][1] == "tls"
    assert secured.rows("SELECT circuit_reason FROM site_state") == [("tls",)]
    assert secured.server.targets() == []


def test_the_exception_of_its_profile_lets_it_through(secured: Secured) -> None:
    secured.changes["unchecked_certificate"] = "expired, they know"
    assert secured.crawl().counts.new == 1
