"""One hash chain a site over captures, readings, visits and tombstones: how it is written.

Rows enter by digests and natural keys, never by content: bytes and texts can be erased under a
tombstone and the chain still holds. Without a head kept elsewhere it proves nothing, since whoever
can write the database can write the chain anew.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.engine import Connection

from storage.columns import utc_text
from storage.tables import chain

# The head before the first link.
GENESIS = "0" * 64
# What a link keeps of each row's digest: enough to tell rows apart, the proof is in the whole.
MARK_BYTES = 8

Part = str | int | datetime | bytes | None


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """What stands for one row in the chain; ordered by its natural key."""

    kind: str  # capture, reading, tombstone or visit
    url: str  # `articles.url`, the first address of the article
    key: str  # what tells it from others of its kind and article
    digest: bytes = field(compare=False)

    def __str__(self) -> str:
        return f"the {self.kind} {self.key} of {self.url}"


def _digest(*parts: Part) -> bytes:
    """Hash a row's parts; their lengths keep neighbours apart, and nothing from an empty text."""
    hashed = hashlib.sha256()
    for part in parts:
        coded = _code(part)
        hashed.update(b"-;" if coded is None else b"%d;" % len(coded) + coded)
    return hashed.digest()


def _code(part: Part) -> bytes | None:
    if part is None or isinstance(part, bytes):
        return part
    return (utc_text(part) if isinstance(part, datetime) else str(part)).encode()


def capture_entry(article_url: str, row: Mapping[str, Any]) -> Entry:
    """Return what stands for a capture in the chain; `article_url` is `articles.url`."""
    headers = hashlib.sha256(row["headers"].encode()).digest()
    named = (row[name] for name in ("digest", "size", "url", "final_url", "status", "captured_at"))
    digest = _digest("capture", article_url, *named, headers)
    return Entry("capture", article_url, row["digest"], digest)


def reading_entry(article_url: str, capture_digest: str, row: Mapping[str, Any]) -> Entry:
    """Return what stands for a reading in the chain."""
    named = (row[name] for name in ("extractor", "read_at", "content_digest", "fields_digest"))
    digest = _digest("reading", article_url, capture_digest, *named)
    return Entry("reading", article_url, f"{capture_digest} by {row['extractor']}", digest)


def visit_entry(article_url: str, row: Mapping[str, Any]) -> Entry:
    """Return what stands for a visit in the chain."""
    named = (row[n] for n in ("visited_at", "outcome", "status", "reason", "content_digest"))
    digest = _digest("visit", article_url, *named)
    return Entry("visit", article_url, utc_text(row["visited_at"]), digest)


def tombstone_entry(
    article_url: str, capture_digest: str | None, extractor: str | None, row: Mapping[str, Any]
) -> Entry:
    """Return what stands for a tombstone; it names the capture or the reading it stands for."""
    named = [row[name] for name in ("fields", "remains", "rule", "reason", "erased_at")]
    digest = _digest("tombstone", article_url, capture_digest, extractor, *named)
    of = " by ".join(part for part in (capture_digest, extractor) if part) or "the article"
    key = f"{row['fields']} of {of}, {utc_text(row['erased_at'])}"
    return Entry("tombstone", article_url, key, digest)


def rows_digest(entries: Iterable[Entry]) -> str:
    """Return the digest of one commit's rows, whatever their order."""
    return hashlib.sha256(b"".join(sorted(entry.digest for entry in entries))).hexdigest()


def marks_of(entries: Iterable[Entry]) -> bytes:
    """Return the marks of one commit's rows, in the order of their natural keys."""
    return b"".join(entry.digest[:MARK_BYTES] for entry in sorted(entries))


def next_head(head: str | None, digest_of_rows: str) -> str:
    """Return the head that a link makes of the head before it."""
    return hashlib.sha256(f"{head or GENESIS}{digest_of_rows}".encode()).hexdigest()


def add_link(
    connection: Connection, site_id: int, seq: int, head: str | None, entries: Sequence[Entry]
) -> str:
    """Write the link that covers one commit's rows; return the new head."""
    digest_of_rows = rows_digest(entries)
    link = {
        "site_id": site_id,
        "seq": seq,
        "digest_of_rows": digest_of_rows,
        "head": next_head(head, digest_of_rows),
        "marks": marks_of(entries),
    }
    connection.execute(chain.insert(), link)
    return str(link["head"])
