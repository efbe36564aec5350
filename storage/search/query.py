"""Asking the search index: the newest articles that say it, or the newest changes that did."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.engine import Connection, Engine

from news.search import Passage, Phrase, find_passage, lines_gone
from storage.engine import reading
from storage.search.index import load_lines, versions_before
from storage.tables import articles, changes, readings, search_documents, sites, versions

Side = Literal["text", "added", "removed"]
_PAGE = 100  # candidates whose texts are loaded at once


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is searched for, and where."""

    phrases: tuple[Phrase, ...]
    side: Side = "text"
    since: datetime | None = None  # first look at the version, from then on
    until: datetime | None = None  # and before
    site: str | None = None
    limit: int = 20  # articles, or changes; 0 is no limit


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage, and the version it stands in, or stood in before it was removed."""

    article_id: int
    site: str
    url: str
    headline: str
    version: int  # that says it first, adds it or no longer has it
    last_version: int  # the last in a row of versions with the same passage
    first_seen_at: datetime  # of `version`
    passage: Passage


def search(engine: Engine, wanted: Wanted) -> list[Hit]:
    """Return hits, the newest first; the same passage in later versions is one hit.

    Removed is what the version before says more often, added what the version says more often.
    """
    with reading(engine) as connection:
        if connection.dialect.name == "postgresql":
            # It takes reading all documents for cheap: they lie apart, where it does not look.
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        if wanted.side == "text":
            return list(_articles(connection, wanted))
        hits = _changes(connection, wanted)
        return list(islice(hits, wanted.limit or None))


def _articles(connection: Connection, wanted: Wanted) -> Iterator[Hit]:
    shown: dict[int, None] = {}
    for row, _ in _found(connection, wanted, _candidates(connection, wanted)):
        shown[row.article_id] = None
        if len(shown) == wanted.limit:
            break
    query = _candidates(connection, wanted).where(versions.c.article_id.in_(shown))
    by_article: dict[int, list[Hit]] = {}
    found = sorted(_found(connection, wanted, query), key=lambda pair: pair[0].number)
    for row, passage in found:
        own = by_article.setdefault(row.article_id, [])
        if own and own[-1].passage == passage:
            own[-1] = _hit(row, passage, own[-1])
        else:
            own.append(_hit(row, passage, None))
    for article_id in shown:
        yield from reversed(by_article[article_id])


def _hit(row: sa.Row[Any], passage: Passage, first: Hit | None) -> Hit:
    return Hit(
        row.article_id,
        row.site,
        row.url,
        row.headline,
        first.version if first else row.number,
        row.number,
        first.first_seen_at if first else row.first_seen_at,
        passage,
    )


def _found(
    connection: Connection, wanted: Wanted, query: sa.Select[Any]
) -> Iterator[tuple[sa.Row[Any], Passage]]:
    """Yield candidates that really say it, with the passage."""
    for page in _pages(connection, query):
        lines = load_lines(connection, [row.id for row in page])
        for row in page:
            passage = find_passage(wanted.phrases, lines[row.id])
            if passage is not None:
                yield row, passage


def _pages(connection: Connection, query: sa.Select[Any]) -> Iterator[list[sa.Row[Any]]]:
    """Yield versions a few at a time with what is told of them, in the query's order."""
    numbers = iter(connection.scalars(query).all())
    while page := list(islice(numbers, _PAGE)):
        columns = (versions.c.id, versions.c.article_id, versions.c.number)
        told = (
            sa.select(*columns, versions.c.first_seen_at, sites.c.key.label("site"))
            .add_columns(readings.c.url, readings.c.headline)
            .join_from(versions, readings, versions.c.reading_id == readings.c.id)
            .join(articles, versions.c.article_id == articles.c.id)
            .join(sites, articles.c.site_id == sites.c.id)
            .where(versions.c.id.in_(page))
        )
        rows = {row.id: row for row in connection.execute(told)}
        yield [rows[number] for number in page]


def _changes(connection: Connection, wanted: Wanted) -> Iterator[Hit]:
    for page in _pages(connection, _candidates(connection, wanted)):
        before = versions_before(connection, [row.id for row in page])
        lines = load_lines(connection, {*before, *before.values()})
        for row in page:
            new, old = lines[row.id], lines[before[row.id]]
            more, less = (old, new) if wanted.side == "removed" else (new, old)
            gone, kept = lines_gone(more, less), lines_gone(less, more)
            moved = [phrase.count(gone) > phrase.count(kept) for phrase in wanted.phrases]
            passage = find_passage(wanted.phrases, gone) if all(moved) else None
            if passage is not None:
                yield _hit(row, passage, None)


def _candidates(connection: Connection, wanted: Wanted) -> sa.Select[Any]:
    """Select the numbers of versions whose documents hold all phrases, newest first."""
    query = sa.select(versions.c.id).where(versions.c.retracted_at.is_(None))
    for phrase in wanted.phrases:
        query = query.where(versions.c.id.in_(_holding(connection, phrase, wanted.side)))
    if wanted.side != "text":
        own = (changes.c.to_version_id == versions.c.id) & changes.c.hidden_by.is_(None)
        query = query.where(sa.exists().where(own))
    if wanted.since:
        query = query.where(versions.c.first_seen_at >= wanted.since)
    if wanted.until:
        query = query.where(versions.c.first_seen_at < wanted.until)
    if wanted.site:
        query = query.join(articles, versions.c.article_id == articles.c.id)
        query = query.join(sites, articles.c.site_id == sites.c.id)
        query = query.where(sites.c.key == wanted.site)
    return query.order_by(versions.c.first_seen_at.desc(), versions.c.id.desc())


def _holding(connection: Connection, phrase: Phrase, side: Side) -> sa.Select[Any]:
    """Select the versions one of whose documents holds a phrase, from the index alone."""
    own = search_documents.alias()
    query = sa.select(own.c.version_id).where(own.c.side == side)
    if connection.dialect.name == "sqlite":
        said = f'"{" ".join(phrase.tokens)}"' + (" *" if phrase.is_prefix else "")
        rowid, index = sa.column("rowid", sa.Integer), sa.table("search_index")
        matches = sa.literal_column("search_index").op("MATCH")(said)
        return query.where(own.c.id.in_(sa.select(rowid).select_from(index).where(matches)))
    said = " <-> ".join(phrase.tokens) + (":*" if phrase.is_prefix else "")
    return query.where(own.c.grams.op("@@")(sa.cast(sa.literal(said, sa.Text), TSQUERY)))
