"""Reading stored captures again: further readings, and what of the past turns out to be ours."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from news.article import Article
from news.changes import compare
from news.versions import content_digest
from storage.captures import load_capture
from storage.chain import add_link
from storage.errors import ArchiveError
from storage.leases import lock, update_site
from storage.openings import HIDDEN_AS_OURS, Ledger, store_readings
from storage.readings import NewReading, load_articles
from storage.records import Lease, Reread
from storage.rows import storable
from storage.tables import (
    article_state,
    articles,
    captures,
    changes,
    events,
    readings,
    sites,
    versions,
)
from storage.writes import chunks

_ARTICLES = 1000  # whose versions are held against each other at once


@dataclass(frozen=True, slots=True)
class Reextraction:
    """Which captures of a site are to be read again, by which extractor; times are aware UTC."""

    site_key: str
    extractor: str
    since: datetime | None = None  # captures made before are left alone


@dataclass(frozen=True, slots=True)
class Batch:
    """What one commit has read again: up to which capture, how many, how many were no article."""

    last_id: int
    read: int
    unreadable: int


@dataclass(frozen=True, slots=True)
class Ours:
    """A version, or single changes of one, that was our own doing."""

    url: str
    number: int
    fields: tuple[str, ...]  # whose changes are hidden now
    retracted: bool  # the whole version


def count_unread(connection: Connection, wanted: Reextraction) -> int:
    """Return how many captures the extractor has not read yet."""
    query = sa.select(sa.func.count()).select_from(_unread(wanted).subquery())
    return int(connection.scalar(query) or 0)


def read_batch(
    connection: Connection,
    lease: Lease,
    wanted: Reextraction,
    reread: Reread,
    *,
    after_id: int,
    size: int,
    now: datetime,
) -> Batch | None:
    """Read the next captures again and keep the readings; None where there are no more.

    LeaseLost where another crawl has taken the site; then nothing is written.
    """
    ledger = Ledger(lock(connection, lease))
    query = _unread(wanted).where(captures.c.id > after_id).order_by(captures.c.id).limit(size)
    rows = connection.execute(query).all()
    if not rows:
        return None
    new = [reading for row in rows if (reading := _read(connection, row, wanted, reread, now))]
    urls = {row.article_id: row.url for row in rows}
    store_readings(connection, ledger, new, urls)
    site = ledger.site
    if ledger.entries:
        site.chain_head = add_link(
            connection, site.site_id, ledger.seq, site.chain_head, ledger.entries
        )
        site.chain_seq += 1
    update_site(connection, site)
    return Batch(rows[-1].id, len(new), len(rows) - len(new))


def _unread(wanted: Reextraction) -> sa.Select[Any]:
    done = sa.exists().where(
        readings.c.capture_id == captures.c.id, readings.c.extractor == wanted.extractor
    )
    query = (
        sa.select(captures.c.id, captures.c.article_id, articles.c.url)
        .join_from(captures, articles, captures.c.article_id == articles.c.id)
        .where(captures.c.site_id + 0 == _site_id(wanted), captures.c.body.is_not(None), ~done)
    )
    return query.where(captures.c.captured_at >= wanted.since) if wanted.since else query


def _read(
    connection: Connection, row: sa.Row[Any], wanted: Reextraction, reread: Reread, now: datetime
) -> NewReading | None:
    try:
        found = reread(load_capture(connection, row.id))
    except ArchiveError:  # erased or damaged: `variorum verify` names it
        return None
    if not isinstance(found, Article):
        return None
    article = storable(found)
    digest = content_digest(article)
    return NewReading(row.id, row.article_id, wanted.extractor, now, digest, article)


def retract_ours(
    connection: Connection, lease: Lease, wanted: Reextraction, now: datetime
) -> list[Ours]:
    """Retract versions that the extractor reads as equal to the one before, and hide changes.

    Numbers stay used, nothing is deleted: a retracted version keeps its reading and its changes,
    hidden by the extractor. The run of the version before goes on over it.
    """
    site = lock(connection, lease)
    found: list[Ours] = []
    for article_versions in _versions_read_by(connection, wanted):
        standing = article_versions[0]
        for row in article_versions[1:]:
            if row.read_digest == standing.read_digest:
                found.append(_retract(connection, row, standing, now))
            else:
                if hidden := _hide_ours(connection, standing, row):
                    found.append(Ours(row.url, row.number, hidden, retracted=False))
                standing = row
    if found:
        connection.execute(events.insert(), _event(site.site_id, lease, found, now))
    update_site(connection, site)
    return found


def _versions_read_by(connection: Connection, wanted: Reextraction) -> Iterator[list[sa.Row[Any]]]:
    """Yield, by article, its standing versions that the extractor has read, if more than one.

    A thousand articles at a time, so that memory does not grow with the site.
    """
    own = sa.select(articles.c.id).join_from(articles, sites).where(sites.c.key == wanted.site_key)
    after = 0
    while ids := connection.scalars(
        own.where(articles.c.id > after).order_by(articles.c.id).limit(_ARTICLES)
    ).all():
        after = ids[-1]
        rows = connection.execute(_read_versions(wanted, ids)).all()
        for _, group in groupby(rows, attrgetter("article_id")):
            standing = list(group)
            if len(standing) > 1:
                yield standing


def _read_versions(wanted: Reextraction, article_ids: Sequence[int]) -> sa.Select[Any]:
    by_extractor = readings.alias("by_extractor")
    same = by_extractor.c.capture_id == readings.c.capture_id
    return (
        sa.select(
            versions,
            articles.c.url,
            by_extractor.c.id.label("read_id"),
            by_extractor.c.content_digest.label("read_digest"),
        )
        .join_from(versions, articles, versions.c.article_id == articles.c.id)
        .join(readings, versions.c.reading_id == readings.c.id)
        .join(by_extractor, same & (by_extractor.c.extractor == wanted.extractor))
        .where(versions.c.article_id.between(article_ids[0], article_ids[-1]))
        .where(articles.c.site_id + 0 == _site_id(wanted), versions.c.retracted_at.is_(None))
        .order_by(versions.c.article_id, versions.c.number)
    )


def _site_id(wanted: Reextraction) -> sa.ScalarSelect[int]:
    """Return the site's number; compared with `+ 0` where its index would make each batch a scan.

    Rows are taken by their own numbers, a stretch at a time, and there are few sites.
    """
    return sa.select(sites.c.id).where(sites.c.key == wanted.site_key).scalar_subquery()


def _retract(
    connection: Connection, row: sa.Row[Any], standing: sa.Row[Any], now: datetime
) -> Ours:
    """Retract one version; the one before is open again, or ends when this one did."""
    fields = connection.scalars(
        sa.select(changes.c.field)
        .where(changes.c.to_version_id == row.id)
        .order_by(changes.c.field)
    ).all()
    _hide(connection, row.id, fields)
    state = article_state.c.article_id == row.article_id
    seen = connection.scalar(sa.select(article_state.c.last_seen_at).where(state))
    ended = row.last_seen_at or seen
    connection.execute(
        sa.update(versions)
        .where(versions.c.id == row.id)
        .values(retracted_at=now, last_seen_at=ended)
    )
    connection.execute(
        sa.update(versions)
        .where(versions.c.id == standing.id)
        .values(last_seen_at=row.last_seen_at)
    )
    if row.last_seen_at is None:
        connection.execute(
            sa.update(article_state).where(state).values(open_version_id=standing.id)
        )
    return Ours(row.url, row.number, tuple(fields), retracted=True)


def _hide_ours(connection: Connection, before: sa.Row[Any], after: sa.Row[Any]) -> tuple[str, ...]:
    """Hide what the extractor does not read as changed between two versions that do differ."""
    shown = connection.scalars(
        sa.select(changes.c.field)
        .where(changes.c.to_version_id == after.id, changes.c.hidden_by.is_(None))
        .order_by(changes.c.field)
    ).all()
    loaded = load_articles(connection, [before.read_id, after.read_id])
    real = {change.field for change in compare(loaded[before.read_id], loaded[after.read_id])}
    ours = tuple(field for field in shown if field not in real)
    _hide(connection, after.id, ours)
    return ours


def _hide(connection: Connection, version_id: int, fields: Sequence[str]) -> None:
    for part in chunks(fields):
        connection.execute(
            sa.update(changes)
            .where(changes.c.to_version_id == version_id, changes.c.field.in_(part))
            .values(hidden_by=HIDDEN_AS_OURS)
        )


def _event(site_id: int, lease: Lease, found: Sequence[Ours], now: datetime) -> dict[str, Any]:
    retracted = sum(ours.retracted for ours in found)
    hidden = sum(len(ours.fields) for ours in found)
    return {
        "site_id": site_id,
        "kind": "reextracted",
        "occurred_at": now,
        "crawl_id": lease.crawl_id,
        "details": f"{retracted} versions retracted, {hidden} changes hidden",
    }
