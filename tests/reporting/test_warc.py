"""The exported WARC is read by a standard reader, every digest of it."""

import gzip
import hashlib
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy.engine import Engine
from warcio.archiveiterator import ArchiveIterator

from news.visits import Finding, Visit
from reporting.warc import write_warc
from storage.archive import Archive
from storage.engine import writing
from storage.evidence import Selection
from storage.records import Lease
from storage.tables import captures
from tests.storage.conftest import archive, lease  # noqa: F401 (fixtures)
from tests.storage.newsroom import (
    SITE,
    article,
    at,
    never_reread,
    other_visit,
    read_visit,
    url_of,
)

SENT = (
    ("Content-Type", "text/html; charset=utf-8"),
    ("Content-Encoding", "gzip"),
    ("Transfer-Encoding", "chunked"),
    ("content-length", "17"),
    ("X-Odd", "one\r\n two"),
)


def sent(visit: Visit, **fields: object) -> Visit:
    assert visit.page is not None
    page = replace(visit.page, headers=SENT, **fields)  # type: ignore[arg-type]
    return replace(visit, page=page)


@pytest.fixture
def looks(archive: Archive, lease: Lease) -> list[Visit]:  # noqa: F811
    """An article that changes, is unchanged by 304 and by other bytes, and is changed back."""
    first, second = article("1", "大桥通车。"), article("1", "大桥停运。")
    visits = [
        sent(read_visit(first, 1)),
        other_visit(Finding.NOT_MODIFIED, 2),
        other_visit(Finding.MISSING, 3),
        other_visit(Finding.NOT_MODIFIED, 4),
        read_visit(first, 5, noise="阅读 7"),
        other_visit(Finding.NOT_MODIFIED, 6),
        sent(read_visit(second, 7), final_url="https://news.example.com/new.html"),
        sent(read_visit(first, 8)),
        read_visit(article("2"), 9),
    ]
    archive.record_many(visits, never_reread, lease)
    return visits


def records(content: bytes) -> list[tuple[str, dict[str, str], dict[str, str], bytes]]:
    """Read a WARC with every digest checked: type, WARC headers, HTTP headers, payload."""
    found = []
    for record in ArchiveIterator(BytesIO(content), check_digests="raise"):
        body = record.content_stream().read()
        http: Any = record.http_headers
        headers = dict(http.headers) | {"status": http.statusline} if http else {}
        found.append((record.rec_type, dict(record.rec_headers.headers), headers, body))
    return found


def exported(engine: Engine, wanted: Selection = Selection()) -> tuple[Any, bytes]:  # noqa: B008
    out = BytesIO()
    done = write_warc(engine, wanted, out, at(99), lambda done, total: None)
    return done, out.getvalue()


def test_a_standard_reader_finds_every_body_and_digest(engine: Engine, looks: list[Visit]) -> None:
    done, content = exported(engine)
    found = records(content)
    assert found[0][0] == "warcinfo"
    assert b"after content decoding" in found[0][3]
    kinds = [kind for kind, *_ in found]
    assert (kinds.count("response"), kinds.count("revisit")) == (3, 3)
    assert dict(done.written) == {"response": 3, "revisit": 3}
    bodies = [body for kind, _, _, body in found if kind == "response"]
    assert bodies == [visit.page.body for visit in (looks[0], looks[6], looks[8]) if visit.page]
    for kind, warc, _, body in found:
        if kind == "response":
            digest = hashlib.sha256(body).hexdigest()
            assert warc["WARC-Payload-Digest"] == f"sha256:{digest}"
    assert gzip.decompress(content).startswith(b"WARC/1.1\r\n")


def test_headers_fit_the_body_and_keep_what_was_received(
    engine: Engine, looks: list[Visit]
) -> None:
    _, content = exported(engine)
    _, _, headers, body = next(row for row in records(content) if row[0] == "response")
    assert headers["status"] == "200 OK"
    assert headers["Content-Length"] == str(len(body))
    assert headers["X-Archive-Orig-Content-Encoding"] == "gzip"
    assert headers["X-Archive-Orig-Transfer-Encoding"] == "chunked"
    assert headers["X-Archive-Orig-content-length"] == "17"
    assert headers["X-Odd"].split() == ["one", "two"]
    assert not {"Content-Encoding", "Transfer-Encoding"} & headers.keys()


def test_a_look_refers_to_kept_bytes_only_where_it_met_them(
    engine: Engine, looks: list[Visit]
) -> None:
    """After other bytes of the same words a 304 speaks of bytes that were not kept."""
    _, content = exported(engine)
    found = [row[1] for row in records(content) if row[0] in {"response", "revisit"}]
    revisits = [row for row in found if row["WARC-Type"] == "revisit"]
    assert [row["WARC-Date"][11:16] for row in revisits] == ["08:32", "08:34", "08:38"]
    assert [row["WARC-Profile"].rsplit("/", 1)[1] for row in revisits] == [
        "server-not-modified",
        "server-not-modified",
        "identical-payload-digest",
    ]
    first = found[0]
    for row in revisits:
        assert row["WARC-Refers-To"] == first["WARC-Record-ID"]
        assert row["WARC-Refers-To-Date"] == first["WARC-Date"]
        assert row["WARC-Refers-To-Target-URI"] == first["WARC-Target-URI"] == url_of("1")
        assert row["WARC-Payload-Digest"] == first["WARC-Payload-Digest"]


def test_a_redirect_is_told_beside_where_it_ended(engine: Engine, looks: list[Visit]) -> None:
    _, content = exported(engine)
    found = records(content)
    response = next(row for row in found if row[1].get("WARC-Target-URI", "").endswith("new.html"))
    metadata = next(row for row in found if row[0] == "metadata")
    assert metadata[1]["WARC-Concurrent-To"] == response[1]["WARC-Record-ID"]
    assert metadata[3] == f"via: {url_of('1')}\r\n".encode()


def test_a_selection_bounds_the_records(engine: Engine, looks: list[Visit]) -> None:
    wanted = Selection(SITE.key, at(2), at(8))
    kinds = [kind for kind, *_ in records(exported(engine, wanted)[1])]
    assert kinds == ["warcinfo", "revisit", "revisit", "response", "metadata"]
    assert len(records(exported(engine, Selection("elsewhere"))[1])) == 1


def test_two_exports_have_the_same_records(engine: Engine, looks: list[Visit]) -> None:
    one, other = (records(exported(engine)[1])[1:] for _ in "12")
    assert one == other


def test_erased_bytes_are_counted_and_damaged_ones_named(
    engine: Engine, looks: list[Visit]
) -> None:
    with writing(engine) as connection:
        for number, body in ((1, None), (2, b"not a frame")):
            update = captures.update().where(captures.c.id == number)
            connection.execute(update.values(body=body))
    done, content = exported(engine)
    assert done.left_out["erased"] == 1
    assert [problem for problem in done.problems if "capture 2 is damaged" in problem]
    assert len(records(content)) > 1
