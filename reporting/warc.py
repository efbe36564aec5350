"""Evidence as WARC 1.1 (ISO 28500:2017): response, revisit and warcinfo records.

Bodies are kept after content decoding. The headers that described the coding sent are renamed to
`X-Archive-Orig-…`, as web archives do, and the length is that of what is written.
"""

import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from io import BytesIO
from typing import BinaryIO

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from storage.engine import Engine
from storage.evidence import Lost, Revisit, Selection, find_evidence, load_evidence
from storage.records import StoredCapture

# Of the message as it was sent, not of the body that is kept.
_OF_THE_CODING = {"content-encoding", "transfer-encoding", "content-length", "trailer"}
_PROFILE = "http://netpreserve.org/warc/1.1/revisit/"
_SAME, _NOT_MODIFIED = f"{_PROFILE}identical-payload-digest", f"{_PROFILE}server-not-modified"
_BATCH = 20

Tell = Callable[[int, int], None]  # how many of how many articles are done


@dataclass(slots=True)
class Exported:
    """What was written, by kind of record; what was left out, and what could not be had."""

    written: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        counts = ", ".join(f"{number} {kind} records" for kind, number in self.written.items())
        left_out = "".join(f"; {n} {why} captures left out" for why, n in self.left_out.items())
        return f"{counts or 'no records'}{left_out}"


def write_warc(
    engine: Engine,
    wanted: Selection,
    out: BinaryIO,
    now: datetime,
    tell: Callable[[int, int], None],
) -> Exported:
    """Write the evidence of a selection, one gzip member a record.

    `tell` is told how many of how many articles are done.
    """
    writer = WARCWriter(out, gzip=True, warc_version="1.1")
    _write_info(writer, wanted, now)
    ids = find_evidence(engine, wanted)
    written = Exported()
    for start in range(0, len(ids), _BATCH):
        part = ids[start : start + _BATCH]
        for item in load_evidence(engine, part, wanted):
            if isinstance(item, StoredCapture):
                _write_response(writer, item)
                written.written["response"] += 1
            elif isinstance(item, Revisit):
                _write_revisit(writer, item)
                written.written["revisit"] += 1
            else:
                _note(written, item)
        tell(start + len(part), len(ids))
    return written


def _note(written: Exported, lost: Lost) -> None:
    if lost.erased:
        written.left_out["erased"] += 1
    else:
        written.problems.append(f"{lost.url}: {lost.why}")


def _write_info(writer: WARCWriter, wanted: Selection, now: datetime) -> None:
    said = {
        "software": "variorum",
        "format": "WARC File Format 1.1",
        "conformsTo": "https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
        "description": _description(wanted),
    }
    record = writer.create_warcinfo_record(None, said)
    record.rec_headers.replace_header("WARC-Date", _date(now))
    writer.write_record(record)


def _description(wanted: Selection) -> str:
    since = _date(wanted.since) if wanted.since else "the beginning"
    until = _date(wanted.until) if wanted.until else "the end"
    return (
        f"captures of {wanted.site or 'all sites'} from {since} until {until}. Bodies are kept "
        "after content decoding; headers of the coding sent are renamed to X-Archive-Orig-*. "
        "Redirects were followed: a record's address is where they ended."
    )


def _write_response(writer: WARCWriter, capture: StoredCapture) -> None:
    warc_headers = {
        "WARC-Record-ID": record_id(capture.final_url, capture.captured_at),
        "WARC-Date": _date(capture.captured_at),
        "WARC-Payload-Digest": f"sha256:{capture.digest}",
    }
    record = writer.create_warc_record(
        capture.final_url,
        "response",
        payload=BytesIO(capture.body),
        length=len(capture.body),
        warc_headers_dict=warc_headers,
        http_headers=http_headers(capture),
    )
    writer.write_record(record)
    if capture.url != capture.final_url:
        _write_redirect(writer, capture)


def http_headers(capture: StoredCapture) -> StatusAndHeaders:
    """Return the headers that fit the body that is kept; what was received stays readable."""
    headers = [
        (f"X-Archive-Orig-{name}" if name.lower() in _OF_THE_CODING else name, _one_line(value))
        for name, value in capture.headers
    ]
    headers.append(("Content-Length", str(len(capture.body))))
    return StatusAndHeaders(f"{capture.status} {_phrase(capture.status)}", headers, "HTTP/1.1")


def _one_line(value: str) -> str:
    return " ".join(value.splitlines())


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"


def _write_redirect(writer: WARCWriter, capture: StoredCapture) -> None:
    """Say which address was asked for where redirects led to another."""
    text = f"via: {capture.url}\r\n".encode()
    of = record_id(capture.final_url, capture.captured_at)
    record = writer.create_warc_record(
        capture.final_url,
        "metadata",
        payload=BytesIO(text),
        length=len(text),
        warc_content_type="application/warc-fields",
        warc_headers_dict={
            "WARC-Record-ID": record_id(capture.url, capture.captured_at, "metadata"),
            "WARC-Date": _date(capture.captured_at),
            "WARC-Concurrent-To": of,
        },
    )
    writer.write_record(record)


def _write_revisit(writer: WARCWriter, revisit: Revisit) -> None:
    record = writer.create_warc_record(
        revisit.url,
        "revisit",
        warc_headers_dict={
            "WARC-Record-ID": record_id(revisit.url, revisit.visited_at, "revisit"),
            "WARC-Date": _date(revisit.visited_at),
            "WARC-Profile": _SAME if revisit.same_bytes else _NOT_MODIFIED,
            "WARC-Refers-To": record_id(revisit.url, revisit.kept_at),
            "WARC-Refers-To-Target-URI": revisit.url,
            "WARC-Refers-To-Date": _date(revisit.kept_at),
            "WARC-Payload-Digest": f"sha256:{revisit.digest}",
        },
    )
    writer.write_record(record)


def record_id(url: str, moment: datetime, kind: str = "response") -> str:
    """Return the identity of a record: the same in every export."""
    return f"<urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'{kind} {_date(moment)} {url}')}>"


def _date(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
