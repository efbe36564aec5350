"""Articles that no list names any more while they are served, and older ones still are named."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from news.listing import was_pulled
from news.visits import State
from storage.leases import LockedSite
from storage.merging import tell
from storage.tables import (
    article_state,
    articles,
    crawls,
    events,
    listings,
    readings,
    seed_state,
    seed_visits,
    seeds,
    versions,
)
from storage.writes import chunks, insert_all

# What left the lists longer ago has been judged by then.
_JUDGED_WITHIN = timedelta(days=14)
_LOOKS = 2  # at the page that listed it, since: pages shift while a list is read


def note_delisted(connection: Connection, site: LockedSite, now: datetime) -> None:
    """Tell of articles that were taken off the lists a crawl read to their ends, or put back."""
    own = crawls.c.id == site.crawl_id
    began = connection.execute(sa.select(crawls.c.started_at).where(own)).scalar_one()
    roots = _read_to_end(connection, site, began)
    if not roots:
        return
    rows = _listed(connection, roots, now - _JUDGED_WITHIN)
    listed: defaultdict[int, list[datetime]] = defaultdict(list)
    for row in rows:
        if row.last_seen_at >= began:
            listed[row.root].append(row.dated)
    _note_relisted(connection, site, [row for row in rows if row.last_seen_at >= began], now)
    gone = [row for row in rows if row.last_seen_at < began and row.delisted_at is None]
    for row in gone:
        if row.state == State.LIVE.value and was_pulled(row.dated, listed[row.root]):
            _judge(connection, site, row, roots, now)


def _read_to_end(connection: Connection, site: LockedSite, began: datetime) -> dict[int, int]:
    """Return, by its number, the root of each page of the lists that were read to their ends."""
    root = sa.func.coalesce(seeds.c.part_of_id, seeds.c.id)
    state = seed_state.alias("root_state")
    query = (
        sa.select(seeds.c.id, root.label("root"))
        .join(state, state.c.seed_id == root)
        .where(seeds.c.site_id == site.site_id, seeds.c.kind == "list")
        .where(state.c.read_to_end_at >= began)
    )
    return {row.id: row.root for row in connection.execute(query)}


def _listed(connection: Connection, roots: Mapping[int, int], since: datetime) -> list[sa.Row[Any]]:
    """Return what those lists named lately, each article with the time it is of."""
    dated = sa.func.coalesce(readings.c.published_at, articles.c.first_seen_at)
    root = sa.case(roots, value=listings.c.seed_id) if roots else sa.null()
    query = (
        sa.select(
            listings,
            root.label("root"),
            sa.type_coerce(dated, articles.c.first_seen_at.type).label("dated"),
            article_state.c.state,
            article_state.c.delisted_at,
        )
        .join_from(listings, articles, listings.c.article_id == articles.c.id)
        .join(article_state, article_state.c.article_id == articles.c.id)
        .outerjoin(versions, article_state.c.open_version_id == versions.c.id)
        .outerjoin(readings, versions.c.reading_id == readings.c.id)
        .where(listings.c.last_seen_at >= since, articles.c.merged_into.is_(None))
    )
    found: list[sa.Row[Any]] = []
    for part in chunks(sorted(roots)):
        found += connection.execute(query.where(listings.c.seed_id.in_(part))).all()
    return found


def _judge(
    connection: Connection,
    site: LockedSite,
    row: sa.Row[Any],
    roots: Mapping[int, int],
    now: datetime,
) -> None:
    """Tell of an article if no seed names it, and its own has been looked at often enough."""
    others = connection.execute(
        sa.select(listings.c.seed_id, listings.c.last_seen_at, seed_state.c.last_visit_at)
        .join_from(listings, seed_state, listings.c.seed_id == seed_state.c.seed_id)
        .where(listings.c.article_id == row.article_id)
    ).all()
    last = max(one.last_seen_at for one in others)
    # a feed or sitemap that named it at its last look may name it still
    elsewhere = any(
        one.seed_id not in roots and one.last_visit_at <= one.last_seen_at for one in others
    )
    looks = connection.scalars(
        sa.select(seed_visits.c.visited_at)
        .where(
            seed_visits.c.seed_id == row.seed_id,
            seed_visits.c.outcome == "read",
            seed_visits.c.visited_at > last,
        )
        .order_by(seed_visits.c.visited_at)
        .limit(_LOOKS)
    ).all()
    if elsewhere or last != row.last_seen_at or len(looks) < _LOOKS:
        return
    event = {
        "site_id": site.site_id,
        "article_id": row.article_id,
        "kind": "delisted",
        "occurred_at": now,
        "last_seen_at": last,
        "first_missing_at": looks[0],
        "crawl_id": site.crawl_id,
        "details": "no list names it any more; older articles still are",
    }
    insert_all(connection, events, [event])
    _set(connection, row.article_id, now)


def _note_relisted(
    connection: Connection, site: LockedSite, rows: Sequence[sa.Row[Any]], now: datetime
) -> None:
    for article_id in {row.article_id for row in rows if row.delisted_at is not None}:
        tell(connection, site, article_id, "relisted", now)
        _set(connection, article_id, None)


def _set(connection: Connection, article_id: int, moment: datetime | None) -> None:
    own = article_state.c.article_id == article_id
    connection.execute(sa.update(article_state).where(own).values(delisted_at=moment))
