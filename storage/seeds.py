"""Looks at seeds: what each announced, and which of it was new."""

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from storage.addresses import find_owners, name_owners
from storage.leases import LockedSite, lock, update_site
from storage.records import Lease, SeedVisit
from storage.rows import storable_text
from storage.tables import listings, seed_visits, seeds
from storage.writes import chunks, insert_all, insert_missing

# What browsers and servers agree on; PostgreSQL cannot index much more.
LONGEST_URL = 2083


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
    _list(connection, seed_id, {owner.article_id for owner in owners.values()}, seed)
    row = {
        "seed_id": seed_id,
        "visited_at": seed.visited_at,
        "crawl_id": site.crawl_id,
        "outcome": storable_text(seed.outcome),
        "status": seed.status,
        "reason": None if seed.reason is None else storable_text(str(seed.reason)),
        "links": len(links),
        "new_links": len(links) - len(known),
    }
    insert_all(connection, seed_visits, [row])
    update_site(connection, site)
    return len(links) - len(known)


def _seed_id(connection: Connection, site: LockedSite, seed: SeedVisit) -> int:
    row = {"site_id": site.site_id, "url": seed.url, "kind": seed.kind}
    insert_missing(connection, seeds, [row])
    own = (seeds.c.site_id == site.site_id) & (seeds.c.url == seed.url)
    return int(connection.execute(sa.select(seeds.c.id).where(own)).scalar_one())


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
