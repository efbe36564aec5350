"""RSS and Atom as sites really serve them, and as nobody should."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.feeds import ENTRIES, LIMIT, read_feed
from crawler.safe_xml import UnreadableXmlError, root_name

BASE = "http://news.example.com/rss/local.xml"
ITEM = "<item><title>x</title><link>{}</link></item>"
ENTITIES = "".join(f"<!ENTITY {chr(98 + n)} '{f'&{chr(97 + n)};' * 10}'>" for n in range(9))
BILLION = f"<!DOCTYPE l [<!ENTITY a 'aaaaaaaaaa'>{ENTITIES}]><rss><channel>&j;</channel></rss>"


def rss(*items: str, head: str = "") -> bytes:
    return f"{head}<rss version='2.0'><channel>{''.join(items)}</channel></rss>".encode()


def addresses(body: bytes) -> list[str]:
    return [entry.url for entry in read_feed(body, BASE).entries]


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (rss(ITEM.format("http://news.example.com/1.html")), "RSS 2.0"),
        (rss(ITEM.format("../1.html")), "relative to the feed"),
        (rss(ITEM.format("<![CDATA[ http://news.example.com/1.html ]]>")), "CDATA with blanks"),
        (rss("<item><guid>http://news.example.com/1.html</guid></item>"), "a guid that is a link"),
        (b"\xef\xbb\xbf" + rss(ITEM.format("/1.html")), "a byte order mark"),
        (b"\n\n" + rss(ITEM.format("/1.html")), "blanks before everything"),
        (rss(ITEM.format("/1.html"), head="<!-- made by a CMS -->"), "a comment before the root"),
        (
            rss(ITEM.format("/1.html"), head="<!DOCTYPE rss PUBLIC 'x' 'http://192.0.2.1/x.dtd'>"),
            "the document type of RSS 0.91, which is not fetched",
        ),
        (
            (
                b"<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'"
                b" xmlns='http://purl.org/rss/1.0/'><item rdf:about='x'><link>/1.html</link></item>"
                b"</rdf:RDF>"
            ),
            "RSS 1.0",
        ),
        (
            (
                b"<feed xmlns='http://www.w3.org/2005/Atom'><entry><id>tag:1</id>"
                b"<link rel='alternate' href='/1.html'/></entry></feed>"
            ),
            "Atom",
        ),
    ],
)
def test_an_entry_states_its_address(body: bytes, why: str) -> None:
    assert addresses(body) == ["http://news.example.com/1.html"], why


@pytest.mark.parametrize("charset", ["gb2312", "gb18030", "big5", "utf-16"])
def test_feeds_are_read_in_any_charset(charset: str) -> None:
    head = f"<?xml version='1.0' encoding='{charset}'?>"
    body = head + rss("<item><title>嘉禾新聞网</title><link>/1.html</link></item>").decode()
    assert addresses(body.encode(charset, "ignore")) == ["http://news.example.com/1.html"]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (rss(ITEM.format("/1.html?a=1&b=2")), ["/1.html?a=1&b=2"]),
        (rss("<item><title>a&nbsp;b &bogus; &</title><link>/1.html</link></item>"), ["/1.html"]),
        (rss(ITEM.format("/1.html"), ITEM.format("/2.html"))[:-30], ["/1.html"]),
        (rss(ITEM.format("/1.html"), "<item><link>/2.html</item>"), ["/1.html"]),
        (rss(ITEM.format("/1.html"), "<item>\x01</item>"), ["/1.html", None]),
        (rss("<item><title>no address</title></item>", ITEM.format("/2.html")), ["/2.html"]),
        (b"<html><body>moved</body></html>", []),
        (b"", []),
    ],
    ids=["ampersands", "HTML's entities", "cut", "mixed up", "control", "none", "HTML", "empty"],
)
def test_what_a_broken_feed_states_before_its_fault_is_read(
    body: bytes, found: list[str | None]
) -> None:
    wanted = ["http://news.example.com" + path for path in found if path]
    assert addresses(body) == wanted


def test_times_are_utc_and_nonsense_is_none() -> None:
    dates = (
        "<pubDate>Fri, 02 Jan 2026 09:00:00 +0800</pubDate>",
        "<pubDate>Thu, 01 Jan 20226 00:00:00 GMT</pubDate>",
        "<pubDate>soon</pubDate>",
    )
    body = rss(*(f"<item><link>/{n}</link>{date}</item>" for n, date in enumerate(dates)))
    times = [entry.published_at for entry in read_feed(body, BASE).entries]
    assert times[0] == datetime(2026, 1, 2, 1, tzinfo=UTC)
    assert times[2] is None
    atom = "<entry><link href='/1'/><updated>2026-01-02T09:00:00+08:00</updated></entry>"
    body = f"<feed xmlns='http://www.w3.org/2005/Atom'>{atom}</feed>".encode()
    assert read_feed(body, BASE).entries[0].modified_at == datetime(2026, 1, 2, 1, tzinfo=UTC)


def test_the_next_page_of_a_feed_is_known() -> None:
    body = b"<feed xmlns='http://www.w3.org/2005/Atom'><link rel='next' href='?p=2'/></feed>"
    assert read_feed(body, BASE).next_url == BASE + "?p=2"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (BILLION.encode(), "dtd"),
        (b"<!DOCTYPE r [<!ENTITY x SYSTEM 'file:///etc/hostname'>]><rss>&x;</rss>", "dtd"),
        (b"<!DOCTYPE r [<!ENTITY % x SYSTEM 'http://192.0.2.1/'> %x;]><rss/>", "dtd"),
        (b"<rss>" + b"<a>" * 200_000, "too_deep"),
        (b"<rss>" + b" " * LIMIT, "too_large"),
    ],
    ids=["a billion laughs", "a file", "a parameter entity", "deep", "large"],
)
def test_a_hostile_feed_is_refused(body: bytes, reason: str) -> None:
    with pytest.raises(UnreadableXmlError) as refused:
        read_feed(body, BASE)
    assert refused.value.reason == reason


def test_endless_entries_are_bounded() -> None:
    assert len(addresses(rss(*[ITEM.format("/1.html")] * (ENTRIES + 999)))) == ENTRIES
    assert addresses(rss("<item>" + "<link/>" * 300_000 + "</item>")) == []


@given(st.binary(max_size=300), st.sampled_from([b"", b"<rss><channel><item>", b"<feed>"]))
def test_no_bytes_at_all_are_an_error_that_nobody_expects(body: bytes, head: bytes) -> None:
    root_name(head + body)
    try:
        read_feed(head + body, BASE)
    except UnreadableXmlError:
        return
