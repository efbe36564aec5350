"""One digest over what a database means, whatever its kind, its row numbers and its clock."""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from storage.engine import reading
from storage.rows import DIGESTED_COLUMNS, DIGESTED_CREDIT
from storage.tables import (
    article_urls,
    articles,
    captures,
    credits,  # noqa: A004 - the name of the table
    readings,
    texts,
    versions,
)


def digest(engine: Engine) -> str:
    """Return the SHA-256 over articles, versions, readings, texts, credits and captures, in hex.

    Rows are named by addresses and digests and come in the order of their bytes; numbers of rows,
    times of looks and headers stay out, and so does a published time that was worked out from
    the time of a look.
    """
    with reading(engine) as connection:
        return digest_of(connection)


def digest_of(connection: Connection) -> str:
    """Return the digest of what a transaction sees; see `digest`."""
    hashed = hashlib.sha256()
    for name, query in _sections():
        hashed.update(f"{name}\n".encode())
        for row in _stream(connection, query):
            line = json.dumps(row, ensure_ascii=True, separators=(",", ":"))
            hashed.update(f"{line}\n".encode())
    return hashed.hexdigest()


def _stream(connection: Connection, query: sa.Select[Any]) -> Iterator[list[Any]]:
    result = connection.execute(query, execution_options={"yield_per": 1000})
    for row in result:
        yield list(row)


def _sections() -> Iterator[tuple[str, sa.Select[Any]]]:
    yield "articles", _articles()
    yield "versions", _versions()
    yield "captures", _captures()
    yield "readings", _readings()
    yield "credits", _credits()
    yield "texts", sa.select(texts.c.digest, texts.c.text).order_by(texts.c.digest)


def _articles() -> sa.Select[Any]:
    """Select the addresses in use and the address each article was first found at."""
    query = sa.select(article_urls.c.url, articles.c.url).join_from(article_urls, articles)
    return query.where(article_urls.c.valid_to.is_(None)).order_by(article_urls.c.url)


def _versions() -> sa.Select[Any]:
    first = versions.alias("first")
    return (
        sa.select(
            articles.c.url,
            versions.c.number,
            versions.c.content_digest,
            first.c.number,
            sa.case((versions.c.retracted_at.is_(None), 0), else_=1),
            captures.c.digest,
            readings.c.extractor,
        )
        .join_from(versions, articles, versions.c.article_id == articles.c.id)
        .join(readings, versions.c.reading_id == readings.c.id)
        .join(captures, readings.c.capture_id == captures.c.id)
        .outerjoin(first, versions.c.same_as_version_id == first.c.id)
        .order_by(articles.c.url, versions.c.number, versions.c.content_digest, captures.c.digest)
    )


def _captures() -> sa.Select[Any]:
    query = sa.select(articles.c.url, captures.c.digest, captures.c.size)
    query = query.join_from(captures, articles, captures.c.article_id == articles.c.id)
    return query.order_by(articles.c.url, captures.c.digest)


def _readings() -> sa.Select[Any]:
    said = [readings.c[name] for name in DIGESTED_COLUMNS if not name.startswith("published_")]
    printed = [
        sa.case((readings.c.published_approximate, sa.null()), else_=readings.c[name])
        for name in DIGESTED_COLUMNS
        if name.startswith("published_")
    ]
    return (
        sa.select(*_reading_key(), readings.c.content_digest, *said, *printed)
        .join_from(readings, articles, readings.c.article_id == articles.c.id)
        .join(captures, readings.c.capture_id == captures.c.id)
        .order_by(*_reading_key())
    )


def _reading_key() -> list[sa.Column[Any]]:
    return [articles.c.url, captures.c.digest, readings.c.extractor]


def _credits() -> sa.Select[Any]:
    return (
        sa.select(*_reading_key(), *(credits.c[name] for name in DIGESTED_CREDIT))
        .join_from(credits, readings, credits.c.reading_id == readings.c.id)
        .join(articles, readings.c.article_id == articles.c.id)
        .join(captures, readings.c.capture_id == captures.c.id)
        .order_by(*_reading_key(), credits.c.position)
    )
