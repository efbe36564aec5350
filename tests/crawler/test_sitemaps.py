"""Sitemaps, their index, their news extension, and hostile ones."""

import gzip
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.safe_xml import UnreadableXmlError
from crawler.sitemaps import ENTRIES, LIMIT, Stated, read_sitemap, stated_time, unzip

NEWS = "xmlns:n='http://www.google.com/schemas/sitemap-news/0.9' xmlns:image='i'"


def urlset(*entries: str) -> bytes:
    return f"<?xml version='1.0'?><urlset {NEWS}>{''.join(entries)}</urlset>".encode()


def test_entries_say_where_and_when() -> None:
    body = urlset(
        "<url><loc> http://news.example.com/1.html </loc><lastmod>2026-01-02</lastmod></url>",
        "<url><image:image><image:loc>http://img.example.com/p</image:loc></image:image>"
        "<loc><![CDATA[/2.html?a=1&b=2]]></loc><n:news>"
        "<n:publication_date>2026-01-02T09:00:00+08:00</n:publication_date></n:news></url>",
        "<url><lastmod>2026-01-02</lastmod></url>",
    )
    day, hour = datetime(2026, 1, 2, tzinfo=UTC), datetime(2026, 1, 2, 1, tzinfo=UTC)
    assert read_sitemap(body).entries == [
        Stated("http://news.example.com/1.html", modified_at=day),
        Stated("/2.html?a=1&b=2", published_at=hour),
    ]


def test_an_index_names_sitemaps() -> None:
    body = b"<sitemapindex><sitemap><loc>/s1.xml.gz</loc></sitemap></sitemapindex>"
    found = read_sitemap(body)
    assert (found.parts, found.entries) == ([Stated("/s1.xml.gz")], [])


@pytest.mark.parametrize("prefix", ["", "sm:"])
def test_a_prefix_does_not_matter(prefix: str) -> None:
    body = f"<{prefix}urlset><{prefix}url><{prefix}loc>/1</{prefix}loc></{prefix}url>".encode()
    assert read_sitemap(body).entries == [Stated("/1")]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2026-01-02", datetime(2026, 1, 2, tzinfo=UTC)),
        ("2026-01-02T03:04:05Z", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("2026-01-02T08:00+08:00", datetime(2026, 1, 2, tzinfo=UTC)),
        ("20226-01-01", None),
        ("2026-02-30", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("gestern", None),
        ("", None),
    ],
)
def test_a_time_is_read_or_nothing(text: str, found: datetime | None) -> None:
    assert stated_time(text) == found


def test_a_cut_sitemap_gives_what_came_before() -> None:
    found = read_sitemap(urlset("<url><loc>/1</loc></url><url><loc>/2</lo")[:-9])
    assert (found.entries, found.whole) == ([Stated("/1")], False)


def test_entries_are_bounded() -> None:
    found = read_sitemap(urlset(*["<url><loc>/1</loc></url>"] * (ENTRIES + 9)))
    assert (len(found.entries), found.cut) == (ENTRIES, True)


def test_an_address_without_end_is_none() -> None:
    assert read_sitemap(urlset(f"<url><loc>/{'a' * 10**6}</loc></url>")).entries == []


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"<!DOCTYPE u [<!ENTITY x SYSTEM 'file:///etc/hostname'>]><urlset>&x;</urlset>", "dtd"),
        (b"<urlset>" + b"<url>" * 100_000, "too_deep"),
        (b" " * (LIMIT + 1), "too_large"),
        (gzip.compress(bytes(LIMIT + 1)), "too_large"),
        (gzip.compress(urlset())[:-9], "truncated"),
    ],
    ids=["an entity", "deep", "large", "a bomb", "a cut archive"],
)
def test_a_hostile_sitemap_is_refused(body: bytes, reason: str) -> None:
    with pytest.raises(UnreadableXmlError) as refused:
        read_sitemap(unzip(body))
    assert refused.value.reason == reason


@given(st.binary(max_size=300), st.sampled_from([b"", b"<urlset><url><loc>", b"\x1f\x8b"]))
def test_no_bytes_at_all_are_an_error_that_nobody_expects(body: bytes, head: bytes) -> None:
    try:
        read_sitemap(unzip(head + body))
    except UnreadableXmlError:
        return
