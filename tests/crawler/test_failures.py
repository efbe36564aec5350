"""Why a fetch failed, as a closed list; certificates included."""

import datetime as dt
import ipaddress
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from faultserver import FaultServer, reply, serving
from scrapy import exceptions as scrapy_errors
from twisted.internet import error as network
from twisted.python.failure import Failure
from twisted.web import _newclient as http

from crawler.addresses import BlockedAddress
from crawler.crawls import CrawlOptions
from crawler.decoding import DecodingError
from crawler.failures import Refusal, failure_reason
from crawler.fetch import FetchError, fetch_page
from crawler.reactor import run
from news.visits import Reason


def caused(outer: Exception, inner: BaseException) -> Exception:
    outer.__cause__ = inner
    return outer


def response_failed(*inner: Exception) -> Exception:
    return caused(
        scrapy_errors.DownloadFailedError(), http.ResponseFailed([Failure(i) for i in inner])
    )


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (scrapy_errors.CannotResolveHostError(), "dns"),
        (scrapy_errors.DownloadTimeoutError(), "timeout"),
        (network.TimeoutError(), "timeout"),
        (scrapy_errors.DownloadConnectionRefusedError(), "refused"),
        (network.NoRouteError(), "refused"),
        (scrapy_errors.ResponseDataLossError(), "truncated"),
        (scrapy_errors.DownloadCancelledError(), "too_large"),
        (scrapy_errors.UnsupportedURLSchemeError(), "blocked_address"),
        (response_failed(network.ConnectionLost()), "reset"),
        (response_failed(network.ConnectionDone()), "reset"),
        (response_failed(http.ParseError("x", b"y")), "protocol"),
        (BlockedAddress("10.0.0.1"), "blocked_address"),
        (caused(scrapy_errors.DownloadFailedError(), BlockedAddress("x")), "blocked_address"),
        (Refusal(Reason.ROBOTS), "robots"),
        (DecodingError(Reason.TRUNCATED, "x"), "truncated"),
        (ConnectionResetError(), "refused"),
        (RuntimeError(), "other"),
        (None, "other"),
    ],
)
def test_every_failure_has_a_reason_of_the_closed_list(
    error: Exception | None, reason: str
) -> None:
    assert failure_reason(error) == reason
    assert reason in set(Reason)


def test_a_failure_that_caused_itself_ends() -> None:
    error = RuntimeError()
    error.__cause__ = error
    assert failure_reason(error) == "other"


@pytest.fixture
def untrusted(tmp_path: Path) -> Iterator[FaultServer]:
    """A server with a certificate it has signed itself, for its own address."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "both.pem"
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8)
    secret = key.private_bytes(*form, serialization.NoEncryption())
    path.write_bytes(secret + certificate.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    yield from serving(context)


def test_a_certificate_nobody_vouches_for_is_refused(untrusted: FaultServer) -> None:
    untrusted.answers["/a"] = reply("secret")
    options = CrawlOptions(allow_addresses=frozenset({untrusted.address}))
    with pytest.raises(FetchError, match="tls"):
        run(lambda: fetch_page(f"https://{untrusted.address}/a", options))
    assert untrusted.asked == []


def test_no_thread_is_left_behind_by_a_fetch(faults: FaultServer) -> None:
    faults.answers["/a"] = reply("x")
    options = CrawlOptions(allow_addresses=frozenset({faults.address}))
    run(lambda: fetch_page(faults.base + "/a", options))
    before = threading.active_count()
    for _ in range(5):
        run(lambda: fetch_page(faults.base + "/a", options))
    assert threading.active_count() <= before + 1
