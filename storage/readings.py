"""Readings: written with their texts and credits, and loaded back as articles."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from news.article import Article
from storage.people import Mention, link_people
from storage.rows import ReadingRows, load, save
from storage.tables import (
    captures,
    credits,  # noqa: A004 - the name of the table
    readings,
    texts,
    tombstones,
)
from storage.writes import chunks, insert_all, insert_missing, insert_numbered


@dataclass(frozen=True, slots=True)
class NewReading:
    """What one extractor read in one stored capture, not yet written."""

    capture_id: int
    article_id: int
    extractor: str
    read_at: datetime
    content_digest: str
    article: Article


def write_readings(
    connection: Connection, new: Sequence[NewReading], *, seq: int, site_outlet_id: int
) -> list[dict[str, Any]]:
    """Write readings that are not stored yet; return their columns with their new numbers."""
    saved = [save(one.article) for one in new]
    by_digest = {rows.columns["body_digest"]: rows.text for rows in saved if rows.text is not None}
    bodies = [{"digest": digest, "text": text} for digest, text in sorted(by_digest.items())]
    insert_missing(connection, texts, bodies)
    columns = [_columns(one, rows, seq) for one, rows in zip(new, saved, strict=True)]
    numbers = insert_numbered(connection, readings, columns)
    written = [row | {"id": number} for row, number in zip(columns, numbers, strict=True)]
    _write_credits(connection, written, saved, site_outlet_id)
    return written


def _columns(one: NewReading, rows: ReadingRows, seq: int) -> dict[str, Any]:
    return rows.columns | {
        "capture_id": one.capture_id,
        "article_id": one.article_id,
        "extractor": one.extractor,
        "seq": seq,
        "read_at": one.read_at,
        "content_digest": one.content_digest,
    }


def _write_credits(
    connection: Connection,
    written: Sequence[dict[str, Any]],
    saved: Sequence[ReadingRows],
    site_outlet_id: int,
) -> None:
    mentions = [
        Mention(credit | {"reading_id": row["id"]}, row["source"], site_outlet_id)
        for row, rows in zip(written, saved, strict=True)
        for credit in rows.credits
    ]
    link_people(connection, mentions)
    insert_all(connection, credits, [mention.row for mention in mentions])


def find_readings(
    connection: Connection, capture_ids: Iterable[int]
) -> dict[tuple[int, str], sa.Row[Any]]:
    """Return number and content digest of stored readings, by capture and extractor."""
    columns = [readings.c[n] for n in ("id", "capture_id", "extractor", "content_digest")]
    found: dict[tuple[int, str], sa.Row[Any]] = {}
    for part in chunks(set(capture_ids)):
        query = sa.select(*columns).where(readings.c.capture_id.in_(part))
        found |= {(row.capture_id, row.extractor): row for row in connection.execute(query)}
    return found


def find_captures(
    connection: Connection, wanted: Iterable[tuple[int, str]]
) -> dict[tuple[int, str], int]:
    """Return the numbers of stored captures, by article and digest of the bytes."""
    keys = set(wanted)
    columns = [captures.c[n] for n in ("id", "article_id", "digest")]
    found: dict[tuple[int, str], int] = {}
    for part in chunks({digest for _, digest in keys}):
        articles_ = {article for article, digest in keys if digest in set(part)}
        query = sa.select(*columns).where(captures.c.digest.in_(part))
        query = query.where(captures.c.article_id.in_(articles_))
        found |= {(row.article_id, row.digest): row.id for row in connection.execute(query)}
    # Two lists in the query find more than pairs: another article's bytes as well.
    return {key: number for key, number in found.items() if key in keys}


def load_articles(connection: Connection, reading_ids: Iterable[int]) -> dict[int, Article]:
    """Return articles as they were read, by the number of the reading."""
    found: dict[int, Article] = {}
    for part in chunks(set(reading_ids)):
        own = sa.select(credits).where(credits.c.reading_id.in_(part))
        rows = connection.execute(own.order_by(credits.c.reading_id, credits.c.position)).all()
        by_reading = {key: list(group) for key, group in groupby(rows, attrgetter("reading_id"))}
        query = sa.select(readings, texts.c.text).outerjoin_from(readings, texts)
        for row in connection.execute(query.where(readings.c.id.in_(part))).mappings():
            columns = {str(name): value for name, value in row.items()}
            found[row["id"]] = load(columns, row["text"], by_reading.get(row["id"], []))
    return found


def erased_fields(connection: Connection, reading_ids: Sequence[int]) -> dict[int, set[str]]:
    """Return which fields of readings were erased: they can be compared with nothing."""
    found: dict[int, set[str]] = {}
    for part in chunks(reading_ids):
        query = sa.select(tombstones.c.reading_id, tombstones.c.fields)
        for row in connection.execute(query.where(tombstones.c.reading_id.in_(part))):
            found.setdefault(row.reading_id, set()).update(row.fields.split(","))
    return found
