"""Are the bytes, fields and texts those that the chain's digests stand for, or erased by a rule."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from news.article import Article
from storage.captures import damaged
from storage.engine import reading
from storage.readings import load_articles
from storage.rows import save
from storage.tables import articles, captures, readings, sites, texts, tombstones

# Read at a time: a long look at the database would make writers wait where WAL is not to be had.
_BATCH = 200

Tell = Callable[[int], None]


def count_contents(engine: Engine, site_key: str | None = None) -> int:
    """Return how many captures and readings there are to check, of one site or of all."""
    with reading(engine) as connection:
        counts = (
            sa.select(sa.func.count()).select_from(_of(table, site_key).subquery())
            for table in (captures, readings)
        )
        return sum(connection.scalar(count) or 0 for count in counts)


def content_problems(
    engine: Engine, site_key: str | None = None, tell: Tell = lambda _: None
) -> Iterator[str]:
    """Yield a line for each capture or reading whose content is not that of its digest.

    `tell` is told after each batch how many rows it had.
    """
    for ids in _batches(engine, captures, site_key, captures.c.article_id):
        with reading(engine) as connection:
            yield from damaged(connection, ids)
            tell(_count(connection, captures.c.article_id, ids))
    for ids in _batches(engine, readings, site_key, readings.c.id):
        with reading(engine) as connection:
            yield from _damaged_readings(connection, ids)
        tell(len(ids))


def _of(table: sa.Table, site_key: str | None) -> sa.Select[Any]:
    query = sa.select(table.c.id).join_from(table, articles, table.c.article_id == articles.c.id)
    if site_key is None:
        return query
    return query.join(sites, articles.c.site_id == sites.c.id).where(sites.c.key == site_key)


def _batches(
    engine: Engine, table: sa.Table, site_key: str | None, key: sa.Column[int]
) -> Iterator[list[int]]:
    """Yield the values of a key, each batch in a short transaction of its own."""
    last = 0
    while True:
        query = _of(table, site_key).with_only_columns(key).distinct()
        with reading(engine) as connection:
            ids = list(connection.scalars(query.where(key > last).order_by(key).limit(_BATCH)))
        if not ids:
            return
        yield ids
        last = ids[-1]


def _count(connection: Connection, key: sa.Column[int], ids: Sequence[int]) -> int:
    return connection.scalar(sa.select(sa.func.count()).where(key.in_(ids))) or 0


def _damaged_readings(connection: Connection, ids: Sequence[int]) -> Iterator[str]:
    """Readings whose fields, credits or body are not those of their digest."""
    remains = {
        row.reading_id: row.remains
        for row in connection.execute(
            sa.select(tombstones.c.reading_id, tombstones.c.remains)
            .where(tombstones.c.reading_id.in_(ids))
            .order_by(tombstones.c.id)
        )
    }
    lost = readings.c.body_digest.is_not(None) & texts.c.text.is_(None)
    query = sa.select(readings, lost.label("lost"), articles.c.url.label("article_url"))
    query = query.join_from(readings, articles, readings.c.article_id == articles.c.id)
    query = query.outerjoin(texts, readings.c.body_digest == texts.c.digest)
    rows = connection.execute(query.where(readings.c.id.in_(ids)).order_by(readings.c.id)).all()
    for row, article in zip(rows, _load(connection, [row.id for row in rows]), strict=True):
        told = f"reading {row.id} of {row.article_url}"
        if row.lost:
            yield f"{told}: its text is gone without a tombstone"
            continue
        if article is None:
            yield f"{told}: its fields cannot be read"
            continue
        found = save(article).columns
        if found.pop("fields_digest") != remains.get(row.id, row.fields_digest):
            yield f"{told}: its fields have another digest"
        elif wrong := [name for name, value in found.items() if value != getattr(row, name)]:
            yield f"{told}: {', '.join(wrong)} is not what the other columns say"


def _load(connection: Connection, ids: Sequence[int]) -> list[Article | None]:
    """Load readings; None where altered fields make no article."""
    try:
        loaded = load_articles(connection, ids)
    except (ValueError, TypeError, KeyError):
        if len(ids) == 1:
            return [None]
        return [article for number in ids for article in _load(connection, [number])]
    return [loaded[number] for number in ids]
