"""Web archives taken in: pages at their times, and nothing that is hostile."""

import gzip
import io
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawler import warc
from crawler.warc import TakenIn, WarcError, import_warc
from storage.archive import Archive
from storage.engine import reading
from storage.history import article_history
from storage.integrity import check
from storage.tables import captures, versions

NOW = datetime(2026, 11, 20, tzinfo=UTC)
URL = "http://news.example.com/a/2026-11-01/1.html"


def page(headline: str = "湖滨大桥今日通车", text: str = "大桥今日通车，全长1200米。") -> bytes:
    body = "".join(f"<p>{text}市民一早来到桥头，等候首班公交车驶过大桥。{i}</p>" for i in range(8))
    return (
        f"<html><head><title>{headline}</title></head><body><h1>{headline}</h1>"
        f"<div class='info'>2026-11-01 09:23 来源：湖滨日报</div><div>{body}</div></body></html>"
    ).encode()


def record(
    writer: WARCWriter, body: bytes, at: str, url: str = URL, status: str = "200 OK",
    *headers: tuple[str, str],
) -> None:  # fmt: skip
    own = [("Content-Type", "text/html; charset=utf-8"), *headers]
    http = StatusAndHeaders(status, own, protocol="HTTP/1.1")
    written = writer.create_warc_record(
        url, "response", payload=io.BytesIO(body), http_headers=http,
        warc_headers_dict={"WARC-Date": at},
    )  # fmt: skip
    writer.write_record(written)


def take_in(engine: Engine, path: Path) -> TakenIn:
    return import_warc(path, Archive(engine), None, now=NOW, tell=lambda done, total: None)


@pytest.mark.parametrize("packed", [True, False])
def test_pages_become_looks_in_the_order_of_their_times(
    engine: Engine, tmp_path: Path, packed: bool
) -> None:
    path = tmp_path / "a.warc"
    with path.open("wb") as out:
        writer = WARCWriter(out, gzip=packed)
        record(writer, page("湖滨大桥推迟通车"), "2026-11-03T00:00:00Z")  # later, but first
        record(writer, page(), "2026-11-01T00:00:00Z")
        record(writer, gzip.compress(page()), "2026-11-02T00:00:00Z", URL, "200 OK",
               ("Content-Encoding", "gzip"))  # fmt: skip
        record(writer, b"<html>not here</html>", "2026-11-01T00:00:00Z", URL + "x", "404 Not Found")
    taken = take_in(engine, path)

    assert taken.looks == {"new": 1, "unchanged": 1, "changed": 1}
    assert taken.left_out == {"no_article": 1}
    history = article_history(engine, URL)
    assert history is not None
    assert [v.first_seen_at.day for v in history.versions] == [1, 3]
    assert [v.article.headline for v in history.versions] == [
        "湖滨大桥今日通车",
        "湖滨大桥推迟通车",
    ]
    assert check(engine) == []
    assert take_in(engine, path).looks == {}  # all of it is known


@pytest.mark.parametrize(
    ("url", "at", "body", "reason"),
    [
        ("ftp://news.example.com/1.html", "2026-11-01T00:00:00Z", page(), "no_web_address"),
        ("http://[/", "2026-11-01T00:00:00Z", page(), "no_web_address"),
        (URL, "2999-11-01T00:00:00Z", page(), "no_possible_time"),
        (URL, "0001-01-01T00:00:00Z", page(), "no_possible_time"),
        (URL, "yesterday", page(), "no_possible_time"),
        (URL, "2026-11-01T00:00:00Z", b"x" * (64 * 1024 + 1), "too_large"),
        (URL, "2026-11-01T00:00:00Z", b"\x00\xff" * 500, "no_article"),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_cannot_be_used_is_left_out_and_counted(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    url: str, at: str, body: bytes, reason: str,
) -> None:  # fmt: skip
    monkeypatch.setattr(warc, "MOST_BYTES", 64 * 1024)
    path = tmp_path / "a.warc"
    with path.open("wb") as out:
        writer = WARCWriter(out, gzip=True)
        record(writer, body, at, url)
        record(
            writer, page(), "2026-11-05T00:00:00Z", "http://news.example.com/a/2026-11-05/2.html"
        )
    taken = take_in(engine, path)

    assert taken.left_out == {reason: 1}
    assert taken.looks == {"new": 1}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_page_that_decompresses_without_end_is_left_out(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(warc, "MOST_BYTES", 100_000)
    path = tmp_path / "a.warc"
    with path.open("wb") as out:
        bomb = gzip.compress(b"<p>" * 10_000_000)
        record(WARCWriter(out, gzip=True), bomb, "2026-11-01T00:00:00Z", URL, "200 OK",
               ("Content-Encoding", "gzip"))  # fmt: skip

    assert take_in(engine, path).left_out == {"damaged": 1}


@pytest.mark.parametrize(
    "content",
    [
        b"WARC/1.0\r\n" + b"X-Long: " + b"x" * 3_000_000,
        gzip.compress(b"WARC/1.0\r\nX: " + b"x" * 50_000_000, mtime=0),
        gzip.compress(b"WARC/1.0\r\nWARC-Type: response\r\n", mtime=0)[:-20],
        b"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: many\r\n\r\nx",
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_hostile_or_damaged_file_records_nothing(
    engine: Engine, tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "a.warc"
    path.write_bytes(content)
    with suppress(WarcError):
        assert take_in(engine, path).looks == {}
    with reading(engine) as connection:
        for table in (captures, versions):
            assert connection.scalar(sa.select(sa.func.count()).select_from(table)) == 0


def test_the_time_of_a_record_must_be_possible() -> None:
    assert warc._parse_time("2026-11-19T08:00:00+08:00", NOW) == NOW - timedelta(days=1)
    assert warc._parse_time("2026-11-19T08:00:00", NOW) is None
