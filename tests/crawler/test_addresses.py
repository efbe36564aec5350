"""Addresses a crawler must never reach, in every spelling we know of."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.addresses import (
    BlockedAddress,
    address_key,
    check_url,
    classify,
    literal_address,
    parse_allowed,
)

FORBIDDEN = [
    ("0.0.0.0", "this network: reaches loopback on Linux"),
    ("0.255.0.1", "this network"),
    ("10.0.0.1", "private"),
    ("10.255.255.255", "private, upper end"),
    ("100.64.0.1", "carrier-grade NAT: ipaddress says it is not private"),
    ("100.127.255.254", "carrier-grade NAT, upper end"),
    ("127.0.0.1", "loopback"),
    ("127.255.255.254", "the whole of 127/8 is loopback"),
    ("168.63.129.16", "a cloud's host service, formally public"),
    ("169.254.169.254", "cloud metadata"),
    ("172.16.0.1", "private"),
    ("172.31.255.255", "private, upper end"),
    ("192.0.0.192", "metadata of another cloud: ipaddress says global"),
    ("192.0.2.1", "documentation"),
    ("192.88.99.1", "6to4 relay"),
    ("192.168.1.1", "private"),
    ("198.18.0.1", "benchmarking"),
    ("198.19.255.255", "benchmarking, upper end"),
    ("198.51.100.7", "documentation"),
    ("203.0.113.7", "documentation"),
    ("224.0.0.1", "multicast"),
    ("239.255.255.250", "multicast"),
    ("240.0.0.1", "reserved"),
    ("255.255.255.255", "broadcast"),
    ("::", "unspecified"),
    ("::1", "loopback"),
    ("::127.0.0.1", "IPv4-compatible"),
    ("::8.8.8.8", "IPv4-compatible: nobody means it"),
    ("::ffff:127.0.0.1", "IPv4-mapped loopback"),
    ("::ffff:7f00:1", "IPv4-mapped loopback, in hexadecimal"),
    ("::ffff:169.254.169.254", "IPv4-mapped metadata"),
    ("64:ff9b::a9fe:a9fe", "NAT64 of metadata: ipaddress says global"),
    ("64:ff9b:1::1", "local NAT64"),
    ("100::1", "discard-only"),
    ("2001::1", "Teredo"),
    ("2001:db8::1", "documentation"),
    ("2002:7f00:1::", "6to4 of loopback: ipaddress says global"),
    ("3fff::1", "documentation"),
    ("5f00::1", "segment routing"),
    ("fc00::1", "unique local"),
    ("fd12:3456::1", "unique local"),
    ("fe80::1", "link-local"),
    ("fec0::1", "site-local: ipaddress says global"),
    ("ff02::1", "multicast"),
]
PUBLIC = [
    ("1.1.1.1", "public"),
    ("9.255.255.255", "just below 10/8"),
    ("100.63.255.255", "just below carrier-grade NAT"),
    ("100.128.0.0", "just above it"),
    ("126.255.255.255", "just below loopback"),
    ("172.15.255.255", "just below 172.16/12"),
    ("172.32.0.0", "just above it"),
    ("198.20.0.0", "just above benchmarking"),
    ("223.255.255.255", "just below multicast"),
    ("2400:3200::1", "public"),
    ("2606:4700::1111", "public"),
]


@pytest.mark.parametrize(("address", "why"), FORBIDDEN)
def test_a_forbidden_address_has_its_reason(address: str, why: str) -> None:
    assert classify(address), why


@pytest.mark.parametrize(("address", "why"), PUBLIC)
def test_a_public_address_has_none(address: str, why: str) -> None:
    assert classify(address) is None, why


SPELLINGS = [
    ("0x7f.1", "hexadecimal, two parts"),
    ("0177.0.0.1", "octal"),
    ("2130706433", "one decimal number"),
    ("017700000001", "one octal number"),
    ("0x7f000001", "one hexadecimal number"),
    ("127.1", "two parts"),
    ("127.0.1", "three parts"),
    ("127.0.0.1.", "a trailing dot"),
    ("①②⑦.⓪.⓪.①", "circled digits"),
    ("１２７.０.０.１", "full-width digits"),
    ("127。0。0。1", "ideographic full stops"),
    ("%31%32%37.0.0.1", "percent escapes"),
    ("[::1]", "IPv6"),
    ("[::ffff:7f00:1]", "IPv4-mapped"),
    ("[0:0:0:0:0:0:0:1]", "IPv6 at length"),
    ("[fe80::1%25eth0]", "a zone"),
]


@pytest.mark.parametrize(("host", "why"), SPELLINGS)
def test_an_odd_spelling_is_refused_as_the_address_it_means(host: str, why: str) -> None:
    with pytest.raises(BlockedAddress):
        check_url(f"http://{host}/secret", frozenset())


REFUSED = [
    ("file:///etc/passwd", "scheme"),
    ("FILE:///etc/passwd", "scheme in capitals"),
    ("ftp://example.com/", "scheme"),
    ("data:text/html,x", "scheme"),
    ("gopher://example.com/", "scheme"),
    ("javascript:alert(1)", "scheme"),
    ("view-source:http://example.com/", "scheme"),
    ("source:file:///etc/passwd", "scheme"),
    (" file:///etc/passwd", "leading space"),
    ("http://127.0.0.1\\@example.com/", "two parsers, two hosts"),
    ("http://example.com\\@127.0.0.1/", "the same the other way round"),
    ("http://user@example.com/", "user name"),
    ("http://user:word@example.com/", "user name and password"),
    ("http://a@b@example.com/", "two user names"),
    ("http://example.com/\r\nHost: other", "line break"),
    ("http://exam\tple.com/", "tab"),
    ("http:///path", "no host"),
    ("http://localhost/", "local name"),
    ("http://LOCALHOST:6379/", "local name in capitals"),
    ("http://db.localhost./", "below the local name"),
    ("http://1.2.3.4.5/", "ends in a number, is no address"),
    ("http://[::1/", "malformed"),
    ("http://example.com:99999/", "no port"),
    ("http://example.com/" + "a" * 3000, "too long"),
]


@pytest.mark.parametrize(("url", "why"), REFUSED)
def test_what_is_no_plain_http_address_is_refused(url: str, why: str) -> None:
    with pytest.raises(BlockedAddress):
        check_url(url, frozenset())


@pytest.mark.parametrize(
    "url",
    ["http://example.com/", "https://zj.example.cn:8443/a?b=c", "http://1.1.1.1/", "http://a.1b/"],
)
def test_a_plain_public_address_passes(url: str) -> None:
    check_url(url, frozenset())


def test_the_allow_list_opens_exactly_one_host_and_port() -> None:
    allowed = parse_allowed(frozenset({"127.0.0.1:8000", "Intranet.Local:80", "[::1]:8000"}))
    check_url("http://127.0.0.1:8000/a", allowed)
    check_url("http://intranet.local/", allowed)
    check_url("http://[0:0::1]:8000/", allowed)
    for url in ("http://127.0.0.1:8001/", "http://127.0.0.2:8000/", "http://localhost:8000/"):
        with pytest.raises(BlockedAddress):
            check_url(url, allowed)


@pytest.mark.parametrize("pair", ["127.0.0.1", "127.0.0.1:", ":80", "a:0", "a:70000", "a:http"])
def test_an_allow_list_entry_without_host_and_port_is_an_error(pair: str) -> None:
    with pytest.raises(ValueError, match="host:port"):
        parse_allowed(frozenset({pair}))


@given(st.ip_addresses(v=4))
def test_an_address_is_read_alike_in_every_base(address: object) -> None:
    number = int(address)  # type: ignore[call-overload]
    for spelling in (str(address), str(number), hex(number), f"0{number:o}"):
        assert literal_address(spelling) == address
        assert address_key(spelling, 80) == f"{address}:80"


@given(st.text(max_size=60))
def test_no_text_at_all_gets_past_as_anything_but_an_address(text: str) -> None:
    try:
        check_url(text, frozenset())
    except BlockedAddress:
        return
    assert text.lower().startswith(("http://", "https://"))
