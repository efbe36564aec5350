"""Which network addresses a crawler must never reach, in whatever spelling they come.

The table is our own: `ipaddress.is_global` says True for addresses that reach inside on some of
the Python versions in use (NAT64, 6to4, site-local), so it decides nothing here.
"""

import ipaddress
import re
import socket
import unicodedata
from urllib.parse import unquote, urlsplit

from news.visits import Reason

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

# IANA's special-purpose registries, and 168.63.129.16: formally public, in fact the host that
# serves Azure's machines their configuration.
_FORBIDDEN = tuple(
    (ipaddress.ip_network(network), reason)
    for network, reason in (
        ("0.0.0.0/8", "this network"),
        ("10.0.0.0/8", "private"),
        ("100.64.0.0/10", "carrier-grade NAT"),
        ("127.0.0.0/8", "loopback"),
        ("168.63.129.16/32", "cloud host service"),
        ("169.254.0.0/16", "link-local"),
        ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "protocol assignments"),
        ("192.0.2.0/24", "documentation"),
        ("192.88.99.0/24", "6to4 relay"),
        ("192.168.0.0/16", "private"),
        ("198.18.0.0/15", "benchmarking"),
        ("198.51.100.0/24", "documentation"),
        ("203.0.113.0/24", "documentation"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved"),
        ("::/128", "unspecified"),
        ("::1/128", "loopback"),
        ("::/96", "IPv4-compatible"),
        ("::ffff:0:0/96", "IPv4-mapped"),
        ("64:ff9b::/96", "NAT64"),
        ("64:ff9b:1::/48", "local NAT64"),
        ("100::/64", "discard-only"),
        ("2001::/23", "protocol assignments"),
        ("2001:db8::/32", "documentation"),
        ("2002::/16", "6to4"),
        ("3fff::/20", "documentation"),
        ("5f00::/16", "segment routing"),
        ("fc00::/7", "unique local"),
        ("fe80::/10", "link-local"),
        ("fec0::/10", "site-local"),
        ("ff00::/8", "multicast"),
    )
)
# What some resolver takes for a part of an IPv4 address: decimal, octal or hexadecimal.
_NUMBER = re.compile(r"(?:0x[0-9a-f]*|[0-9]+)", re.IGNORECASE)
_UNSAFE = re.compile(r"[\x00-\x20\x7f-\x9f\\]")
_MAX_URL = 2083


class BlockedAddress(Exception):  # noqa: N818 - it states a fact
    """The guard refused an address; nothing was sent to it."""

    reason = Reason.BLOCKED_ADDRESS


def classify(address: str | IPAddress) -> str | None:
    """Return why an IP address must not be reached, or None when it may be."""
    found = ipaddress.ip_address(address) if isinstance(address, str) else address
    for network, reason in _FORBIDDEN:
        if found.version == network.version and found in network:
            return reason
    return None


def literal_address(host: str) -> IPAddress | None:
    """Return the address a host spells out, or None for a name.

    Reads what any resolver might: IPv6 in brackets or not, `0x7f.1`, `017700000001`,
    `2130706433`, `127.1`, full-width digits and ideographic full stops. Raises ValueError for a
    host that ends in a number and is no address (WHATWG URL, "ends in a number").
    """
    text = unicodedata.normalize("NFKC", unquote(host)).replace("。", ".").strip().rstrip(".")
    try:
        return ipaddress.ip_address(text.strip("[]").partition("%")[0])
    except ValueError:
        pass
    if not _NUMBER.fullmatch(text.rsplit(".", 1)[-1]):
        return None
    try:
        return ipaddress.IPv4Address(socket.inet_aton(text))
    except OSError as error:
        raise ValueError(f"{host!r} ends in a number and is no address") from error


def address_key(host: str, port: int) -> str:
    """Return `host:port` in the one spelling in which the allow-list is compared."""
    text = unicodedata.normalize("NFKC", host).lower().rstrip(".")
    found = literal_address(text)
    return f"{found.compressed if found else text}:{port}"


def parse_allowed(pairs: frozenset[str]) -> frozenset[str]:
    """Return an allow-list's `host:port` pairs in that spelling; raise ValueError for others."""
    keys = set()
    for pair in pairs:
        host, _, port = pair.rpartition(":")
        if not host or not port.isdigit() or not 0 < int(port) < 65536:
            raise ValueError(f"allow_addresses: {pair!r} is no host:port pair")
        keys.add(address_key(host, int(port)))
    return frozenset(keys)


def check_url(url: str, allowed: frozenset[str]) -> None:
    """Raise `BlockedAddress` for an address no fetch may be tried at, whoever would resolve it.

    That is: any scheme but http and https; a user name, backslash or control character, which
    clients read differently; an address literal of the table above, or a local name.
    """
    if _UNSAFE.search(url) or len(url) > _MAX_URL:
        raise BlockedAddress("address with an unsafe character, or too long")
    try:
        parts = urlsplit(url)
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme, 0)
        host = parts.hostname or ""
        literal = literal_address(host)
    except ValueError as error:
        raise BlockedAddress(f"malformed address: {error}") from error
    if parts.scheme not in {"http", "https"}:
        raise BlockedAddress(f"scheme {parts.scheme[:20]!r}")
    if "@" in parts.netloc or not host:
        raise BlockedAddress("address with a user name, or without a host")
    if address_key(host, port) in allowed:
        return
    if fault := classify(literal) if literal else _local_name(host):
        raise BlockedAddress(f"{host}: {fault} address")


def _local_name(host: str) -> str | None:
    """RFC 6761: `localhost` and all below it are loopback."""
    name = host.rstrip(".")
    return "loopback" if name == "localhost" or name.endswith(".localhost") else None
