"""Looks at seeds: what each announced, which of it was new, and when its next look is due."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from news.seeding import SeedRate, after_seed_look, prior_rate, seed_interval
from news.visits import Validators
from storage.addresses import find_owners, name_owners
from storage.habits import heed_statements
from storage.leases import LockedSite, lock, update_site
from storage.quiet import note_hour
from storage.records import KnownSeed, Lease, SeedRecord, SeedVisit
from storage.rows import storable_text
from storage.tables import listings, seed_state, seed_visits, seeds, sites
from storage.writes import chunks, insert_all, insert_missing

# What browsers and servers agree on; PostgreSQL cannot index much more.
LONGEST_URL = 2083
_SAME = frozenset({"unchanged", "not_modified"})


def enter_seeds(
    connection: Connection, site_key: str, wanted: Iterable[SeedRecord], now: datetime
) -> None:
    """Make these the seeds of the site's profile: new ones are due at once, others never again.

    Seeds that were discovered stay, but for those of another kind now.
    """
    site_id = connection.scalar(sa.select(sites.c.id).where(sites.c.key == site_key))
    records = {record.url: record for record in wanted}
    _insert_seeds(connection, int(site_id or 0), records.values(), now)
    own = seeds.c.site_id == site_id
    named = {row.url: row for row in connection.execute(sa.select(seeds).where(own))}
    retired = [
        row.id for url, row in named.items() if row.origin == "profile" and url not in records
    ]
    for part in chunks(retired):
        state = seed_state.c.seed_id.in_(part) & seed_state.c.due_at.is_not(None)
        connection.execute(sa.update(seed_state).where(state).values(due_at=None))
    for url, record in records.items():
        row = named[url]
        if (row.kind, row.origin, row.part_of_id) != (record.kind, record.origin, None):
            values = {"kind": record.kind, "origin": record.origin, "part_of_id": None}
            connection.execute(sa.update(seeds).where(seeds.c.id == row.id).values(**values))
    _wake(connection, [named[url].id for url in records], now)


def _insert_seeds(
    connection: Connection, site_id: int, records: Iterable[SeedRecord], now: datetime
) -> None:
    wanted = sorted(records, key=lambda record: record.url)
    rows = [{"site_id": site_id, "url": r.url, "kind": r.kind, "origin": r.origin} for r in wanted]
    insert_missing(connection, seeds, rows)
    for part in chunks([record.url for record in wanted]):
        own = (seeds.c.site_id == site_id) & seeds.c.url.in_(part)
        ids = connection.scalars(sa.select(seeds.c.id).where(own).order_by(seeds.c.id))
        insert_missing(connection, seed_state, [_new_state(i, site_id, now) for i in ids])


def _new_state(seed_id: int, site_id: int, due_at: datetime | None) -> dict[str, Any]:
    rate = prior_rate()
    return {
        "seed_id": seed_id,
        "site_id": site_id,
        "due_at": due_at,
        "arrivals": rate.arrivals,
        "hours": rate.hours,
    }


def _wake(connection: Connection, seed_ids: Sequence[int], now: datetime) -> None:
    """Make seeds due that were not by themselves."""
    for part in chunks(seed_ids):
        asleep = seed_state.c.seed_id.in_(part) & seed_state.c.due_at.is_(None)
        connection.execute(sa.update(seed_state).where(asleep).values(due_at=now))


def due_seeds(connection: Connection, site_key: str, now: datetime, limit: int) -> list[KnownSeed]:
    """Return the seeds whose look is due, the longest overdue first: one range scan."""
    query = (
        _known_seeds(site_key)
        .where(seed_state.c.due_at <= now)
        .order_by(seed_state.c.due_at, seed_state.c.seed_id)
        .limit(limit)
    )
    return [_known_seed(row) for row in connection.execute(query)]


def known_seeds(connection: Connection, site_key: str) -> dict[str, KnownSeed]:
    """Return the seeds of a site with their further pages and parts, by address."""
    query = _known_seeds(site_key).order_by(seeds.c.id)
    return {row.url: _known_seed(row) for row in connection.execute(query)}


def next_seeds(connection: Connection) -> dict[str, datetime]:
    """Return when each site's next look at a seed is due, by the site's key."""
    first = sa.func.min(seed_state.c.due_at, type_=seed_state.c.due_at.type)
    query = sa.select(sites.c.key, first.label("at")).join_from(seed_state, sites)
    query = query.where(seed_state.c.due_at.is_not(None)).group_by(sites.c.key)
    return {row.key: row.at for row in connection.execute(query)}


def _known_seeds(site_key: str) -> sa.Select[Any]:
    site_id = sa.select(sites.c.id).where(sites.c.key == site_key).scalar_subquery()
    return (
        sa.select(seeds.c.url, seeds.c.kind, seeds.c.origin, *seed_state.columns)
        .join_from(seed_state, seeds)
        .where(seed_state.c.site_id == site_id)
    )


def _known_seed(row: sa.Row[Any]) -> KnownSeed:
    return KnownSeed(
        url=row.url,
        kind=row.kind,
        origin=row.origin,
        due_at=row.due_at,
        last_visit_at=row.last_visit_at,
        validators=Validators(row.etag, row.last_modified),
        body_digest=row.body_digest,
        read_to_end_at=row.read_to_end_at,
    )


def record_seed(connection: Connection, seed: SeedVisit, lease: Lease) -> int:
    """Record a look at a seed; return how many of its links were never seen before."""
    site = lock(connection, lease)
    seed_id = _seed_id(connection, site, seed)
    stored = connection.scalar(
        sa.select(seed_visits.c.new_links).where(
            seed_visits.c.seed_id == seed_id, seed_visits.c.visited_at == seed.visited_at
        )
    )
    if stored is not None:
        return int(stored)
    links = [link for link in dict.fromkeys(seed.links) if len(link) <= LONGEST_URL]
    known = find_owners(connection, links)
    owners = name_owners(connection, site, dict.fromkeys(links, seed.visited_at))
    new = len(links) - len(known)
    if seed.outcome in _SAME:
        _list_again(connection, seed_id, seed)
    _list(connection, seed_id, {owner.article_id for owner in owners.values()}, seed)
    insert_all(connection, seed_visits, [_visit_row(seed_id, site, seed, len(links), new)])
    _insert_seeds(connection, site.site_id, seed.discovered, seed.visited_at)
    stated = {url: at for url, at in seed.stated if url in owners}
    if stated:
        heed_statements(connection, site, stated, owners, seed.visited_at)
    fresh = _write_state(connection, seed_id, seed, new)
    if fresh is not None:
        note_hour(connection, site, seed.visited_at, fresh)
    update_site(connection, site)
    return new


def _visit_row(
    seed_id: int, site: LockedSite, seed: SeedVisit, matched: int, new: int
) -> dict[str, Any]:
    return {
        "seed_id": seed_id,
        "visited_at": seed.visited_at,
        "crawl_id": site.crawl_id,
        "outcome": storable_text(seed.outcome),
        "status": seed.status,
        "reason": None if seed.reason is None else storable_text(str(seed.reason)),
        "links": max(seed.found, matched),
        "matched_links": matched,
        "new_links": new,
        "foreign_links": seed.foreign,
        "refused_links": seed.refused,
    }


def _seed_id(connection: Connection, site: LockedSite, seed: SeedVisit) -> int:
    """Return the seed's number; one that nobody has entered was named by a command or a page."""
    parent = None if seed.part_of is None else _find(connection, site, seed.part_of)
    row = {"site_id": site.site_id, "url": seed.url, "kind": seed.kind}
    row |= {"origin": "command" if parent is None else "page", "part_of_id": parent}
    insert_missing(connection, seeds, [row])
    seed_id = _find(connection, site, seed.url)
    if seed_id is None:
        raise AssertionError("the seed was just entered")
    insert_missing(connection, seed_state, [_new_state(seed_id, site.site_id, None)])
    return seed_id


def _find(connection: Connection, site: LockedSite, url: str) -> int | None:
    own = (seeds.c.site_id == site.site_id) & (seeds.c.url == url)
    return connection.scalar(sa.select(seeds.c.id).where(own))


def _write_state(connection: Connection, seed_id: int, seed: SeedVisit, new: int) -> int | None:
    """Learn from a look, and set the next one.

    Return how many articles have appeared since the last look; None where the look failed. What a
    first look finds was there before.
    """
    own = seed_state.c.seed_id == seed_id
    row = connection.execute(sa.select(seed_state).where(own)).one()
    got = seed.outcome in _SAME | {"read"}
    values: dict[str, Any] = {
        "failures": 0 if got else row.failures + 1,
        "last_visit_at": max(row.last_visit_at or seed.visited_at, seed.visited_at),
    }
    rate = SeedRate(row.arrivals, row.hours)
    if got and row.last_visit_at is not None:
        rate = after_seed_look(rate, seed.visited_at - row.last_visit_at, new)
        values |= {"arrivals": rate.arrivals, "hours": rate.hours}
    if row.due_at is not None:
        values["due_at"] = seed.visited_at + seed_interval(rate, seed.kind, values["failures"])
    if seed.outcome == "read":
        values |= _validators(seed)
    connection.execute(sa.update(seed_state).where(own).values(**values))
    _note_end(connection, row.site_id, seed)
    first = row.body_digest is None and row.last_visit_at is None
    return (0 if first else new) if got else None


def _validators(seed: SeedVisit) -> dict[str, Any]:
    given = (seed.validators.etag, seed.validators.last_modified, seed.body_digest)
    names = ("etag", "last_modified", "body_digest")
    return {n: None if v is None else storable_text(v) for n, v in zip(names, given, strict=True)}


def _note_end(connection: Connection, site_id: int, seed: SeedVisit) -> None:
    """Note on the seed itself that it was followed over all its pages."""
    if not seed.ends:
        return
    first = (seeds.c.site_id == site_id) & (seeds.c.url == (seed.part_of or seed.url))
    whole = seed_state.c.seed_id.in_(sa.select(seeds.c.id).where(first))
    connection.execute(sa.update(seed_state).where(whole).values(read_to_end_at=seed.visited_at))


def _list_again(connection: Connection, seed_id: int, seed: SeedVisit) -> None:
    """Note that all that the seed listed when it was read last is listed still."""
    last = sa.select(sa.func.max(listings.c.last_seen_at)).where(listings.c.seed_id == seed_id)
    latest = (listings.c.seed_id == seed_id) & (listings.c.last_seen_at == last.scalar_subquery())
    connection.execute(
        sa.update(listings)
        .where(latest, listings.c.last_seen_at < seed.visited_at)
        .values(last_seen_at=seed.visited_at)
    )


def _list(connection: Connection, seed_id: int, article_ids: set[int], seed: SeedVisit) -> None:
    """Note that the seed announced these articles, and until when."""
    for part in chunks(sorted(article_ids)):
        own = (listings.c.seed_id == seed_id) & listings.c.article_id.in_(part)
        later = listings.c.last_seen_at < seed.visited_at
        connection.execute(
            sa.update(listings).where(own, later).values(last_seen_at=seed.visited_at)
        )
    moments = {"first_seen_at": seed.visited_at, "last_seen_at": seed.visited_at}
    rows = [{"seed_id": seed_id, "article_id": i} | moments for i in sorted(article_ids)]
    insert_missing(connection, listings, rows)
