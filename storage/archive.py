"""The archive: where visits are recorded, under a lease, wholly or not at all."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from news.backoff import NOTHING_ASKED, Answers
from news.revisit import POLICY
from news.validators import ValidatorTrust
from news.versions import Policy
from news.visits import State, Validators, Visit
from storage import delisting, habits, learning, leases, merging, noise, reextract, seeds
from storage.engine import reading, run_unit
from storage.noise import NoiseRule
from storage.outlets import name_outlets
from storage.partitions import Partitions
from storage.recording import Recorder
from storage.records import (
    KnownAddress,
    KnownSeed,
    Lease,
    Recorded,
    Reread,
    SeedRecord,
    SeedVisit,
    SiteRecord,
)
from storage.reextract import Batch, Ours, Reextraction
from storage.tables import article_state, article_urls, site_state, sites
from storage.writes import chunks, insert_missing

__all__ = ["Archive"]

_DEFAULT_POLICY = Policy()
PROBE_EVERY = timedelta(days=7)


class Archive:
    """One database of articles. Its methods block; each is one transaction, safe in any thread."""

    def __init__(self, engine: Engine, policy: Policy = _DEFAULT_POLICY) -> None:
        """Take an open engine whose schema is up to date."""
        self._engine, self._policy = engine, policy
        self._partitions = Partitions(engine)

    def open_site(self, site: SiteRecord) -> None:
        """Enter a site, or bring what is known of it up to date with its profile."""
        run_unit(self._engine, lambda connection: _enter_site(connection, site))

    def all_site_keys(self) -> list[str]:
        """Return the keys of all sites, also those that are paused."""
        with reading(self._engine) as connection:
            return list(connection.scalars(sa.select(sites.c.key).order_by(sites.c.key)))

    def begin_crawl(
        self, site_key: str, *, kind: str, now: datetime, looks_per_day: int | None = None
    ) -> Lease:
        """Take the site's lease for a crawl; SiteBusy where another living process holds it.

        With `looks_per_day` the site's budget of looks is filled up to now.
        """
        return run_unit(
            self._engine,
            lambda connection: leases.acquire(
                connection, site_key, kind=kind, now=now, looks_per_day=looks_per_day
            ),
        )

    def renew(self, lease: Lease) -> None:
        """Hold the lease for another term; LeaseLost where it is another's."""
        run_unit(
            self._engine,
            lambda connection: leases.update_site(connection, leases.lock(connection, lease)),
        )

    def end_crawl(
        self,
        lease: Lease,
        *,
        now: datetime,
        status: str,
        counts: Mapping[str, int],
        answers: Answers = NOTHING_ASKED,
        seeds_read_at: datetime | None = None,
    ) -> None:
        """End the crawl with its status, counts and what it learnt; give the lease back."""
        text = json.dumps(dict(counts), sort_keys=True)
        run_unit(
            self._engine,
            lambda connection: leases.release(
                connection,
                lease,
                now=now,
                status=status,
                counts=text,
                answers=answers,
                seeds_read_at=seeds_read_at,
            ),
        )

    def record(self, visit: Visit, reread: Reread, lease: Lease) -> Recorded:
        """Record one visit in a commit of its own; see `record_many`."""
        return self.record_many([visit], reread, lease)[0]

    def record_many(self, visits: Sequence[Visit], reread: Reread, lease: Lease) -> list[Recorded]:
        """Record visits in one commit, any number of times with the same result.

        `reread` reads a stored capture again, by the extractor of the visits. LeaseLost where
        another crawl has taken the site; then nothing is written.
        """
        if not visits:
            return []
        self._partitions.ensure(visit.visited_at for visit in visits)
        return run_unit(
            self._engine,
            lambda connection: Recorder(connection, self._policy, reread).record(visits, lease),
        )

    def count_unread(self, wanted: Reextraction) -> int:
        """Return how many captures are still to be read again."""
        with reading(self._engine) as connection:
            return reextract.count_unread(connection, wanted)

    def read_again(
        self,
        wanted: Reextraction,
        reread: Reread,
        lease: Lease,
        *,
        after_id: int,
        size: int,
        now: datetime,
    ) -> Batch | None:
        """Read the next captures again in one commit; None at the end. LeaseLost as in `record`."""
        return run_unit(
            self._engine,
            lambda connection: reextract.read_batch(
                connection, lease, wanted, reread, after_id=after_id, size=size, now=now
            ),
        )

    def retract_ours(self, wanted: Reextraction, lease: Lease, *, now: datetime) -> list[Ours]:
        """Retract what the readings of one extractor show to have been ours, in one commit."""
        return run_unit(
            self._engine,
            lambda connection: reextract.retract_ours(connection, lease, wanted, now),
        )

    def take_stock(self, lease: Lease, now: datetime) -> None:
        """See what a crawl as a whole has shown: noise of the template, articles off the lists.

        LeaseLost as above.
        """

        def look(connection: Connection) -> None:
            site = leases.lock(connection, lease)
            learning.learn(connection, site, now)
            delisting.note_delisted(connection, site, now)

        run_unit(self._engine, look)

    def merge(self, lease: Lease, other_id: int, into_id: int, now: datetime) -> None:
        """Let one article of the site be part of another; ArchiveError where that cannot be."""
        run_unit(
            self._engine,
            lambda connection: merging.merge(
                connection, leases.lock(connection, lease), other_id, into_id, now
            ),
        )

    def split(self, lease: Lease, article_id: int, now: datetime) -> int:
        """Take a merger back; return the article it had been part of."""
        return run_unit(
            self._engine,
            lambda connection: merging.split(
                connection, leases.lock(connection, lease), article_id, now
            ),
        )

    def noise_rules(self, site_key: str | None = None) -> list[NoiseRule]:
        """Return the learned rules of one site, or of all, with their evidence."""
        with reading(self._engine) as connection:
            return noise.list_rules(connection, site_key)

    def switch_noise_rule(self, rule_id: int, *, on: bool, now: datetime) -> None:
        """Put a learned rule in force or out of it; ArchiveError where there is none."""
        run_unit(self._engine, lambda connection: noise.switch(connection, rule_id, on=on, now=now))

    def probe_due(self, site_key: str, now: datetime) -> bool:
        """Tell whether it is time to see what a site shows for an address that cannot exist."""
        read = sa.exists().where(
            article_state.c.site_id == sites.c.id, article_state.c.open_version_id.is_not(None)
        )
        query = sa.select(site_state.c.probed_at).join_from(site_state, sites)
        with reading(self._engine) as connection:
            row = connection.execute(query.where(sites.c.key == site_key, read)).one_or_none()
        return row is not None and (row.probed_at is None or now - row.probed_at >= PROBE_EVERY)

    def record_probe(
        self, lease: Lease, now: datetime, *, text: str | None, led_to: str | None
    ) -> None:
        """Remember what the site shows there: the text of a page, None where it says 404."""
        values = {"probed_at": now, "probe_text": text, "probe_led_to": led_to}

        def write(connection: Connection) -> None:
            own = site_state.c.site_id == leases.lock(connection, lease).site_id
            connection.execute(sa.update(site_state).where(own).values(**values))

        run_unit(self._engine, write)

    def record_seed(self, seed: SeedVisit, lease: Lease) -> int:
        """Record a look at a seed; its links become articles. Return how many are new."""
        return run_unit(self._engine, lambda connection: seeds.record_seed(connection, seed, lease))

    def enter_seeds(self, site_key: str, wanted: Iterable[SeedRecord], now: datetime) -> None:
        """Make these the seeds of the site's profile: new ones are due at once."""
        records = list(wanted)
        run_unit(
            self._engine,
            lambda connection: seeds.enter_seeds(connection, site_key, records, now),
        )

    def due_seeds(self, site_key: str, now: datetime, *, limit: int) -> list[KnownSeed]:
        """Return the site's seeds whose look is due by now, the longest overdue first."""
        with reading(self._engine) as connection:
            return seeds.due_seeds(connection, site_key, now, limit)

    def known_seeds(self, site_key: str) -> dict[str, KnownSeed]:
        """Return the seeds of a site with their further pages and parts, by address."""
        with reading(self._engine) as connection:
            return seeds.known_seeds(connection, site_key)

    def validator_trust(self, site_key: str) -> ValidatorTrust:
        """Return what the site's validators have shown so far."""
        with reading(self._engine) as connection:
            return habits.load_trust(connection, site_key)

    def next_seeds(self) -> dict[str, datetime]:
        """Return when each site's next look at a seed is due, by the site's key."""
        with reading(self._engine) as connection:
            return seeds.next_seeds(connection)

    def known(self, site_key: str, urls: Iterable[str]) -> dict[str, KnownAddress]:
        """Return what is known of addresses of a site; unknown ones are left out."""
        found: dict[str, KnownAddress] = {}
        with reading(self._engine) as connection:
            for part in chunks(set(urls)):
                query = _known_addresses(site_key).where(article_urls.c.url.in_(part))
                found |= {row.url: _known_address(row) for row in connection.execute(query)}
        return found

    def due(self, site_key: str, now: datetime, *, limit: int) -> list[KnownAddress]:
        """Return the articles that are due next, in the order of their keys: one range scan.

        One that was looked at within the policy's least gap waits. There is always a next one: how
        many looks are made is a matter of the site's budget.
        """
        rested = now - POLICY.least_gap
        waits = article_state.c.last_visit_at > rested
        query = (
            _known_addresses(site_key)
            .where(
                article_state.c.next_key.is_not(None),
                article_state.c.withheld_at.is_(None),
                waits.is_not(True),
                _is_main_address(),
            )
            .order_by(article_state.c.next_key, article_state.c.article_id)
            .limit(limit)
        )
        return self._scheduled(query)

    def suspects(self, site_key: str, now: datetime, *, limit: int) -> list[KnownAddress]:
        """Return the articles missing for so long that a second look may confirm it."""
        ripe = article_state.c.first_missing_at <= now - self._policy.confirm_after
        query = (
            _known_addresses(site_key)
            .where(article_state.c.state == State.SUSPECT.value, ripe, _is_main_address())
            .order_by(article_state.c.first_missing_at, article_state.c.article_id)
            .limit(limit)
        )
        return self._scheduled(query)

    def unread(self, site_key: str, *, limit: int) -> list[KnownAddress]:
        """Return the articles that a seed announced and no look was at yet, oldest first.

        Such are left where a crawl was ended between reading a list and reading its articles.
        """
        query = (
            _known_addresses(site_key)
            .where(article_state.c.last_visit_at.is_(None), _is_main_address())
            .where(article_state.c.state == State.FOUND.value)
            .order_by(article_state.c.article_id)
            .limit(limit)
        )
        return self._scheduled(query)

    def _scheduled(self, query: sa.Select[Any]) -> list[KnownAddress]:
        with reading(self._engine) as connection:
            found = (_known_address(row) for row in connection.execute(query))
            return [replace(address, scheduled=True) for address in found]


def _enter_site(connection: Connection, site: SiteRecord) -> None:
    outlet = site.outlet or site.name
    values = {
        "name": site.name,
        "home_url": site.home_url,
        "time_zone": site.time_zone,
        "outlet_id": name_outlets(connection, [outlet])[outlet],
        "profile_digest": site.profile_digest,
    }
    now = connection.execute(sa.select(leases.database_clock(connection))).scalar_one()
    new = {"key": site.key, "first_seen_at": now, "scope": site.scope or "site"}
    insert_missing(connection, sites, [new | values])
    if site.scope == "site":
        values["scope"] = site.scope
    connection.execute(sa.update(sites).where(sites.c.key == site.key).values(**values))
    site_id = connection.execute(sa.select(sites.c.id).where(sites.c.key == site.key)).scalar_one()
    insert_missing(connection, site_state, [{"site_id": site_id}])


def _known_addresses(site_key: str) -> sa.Select[Any]:
    names = (
        "state",
        "etag",
        "last_modified",
        "body_digest",
        "extractor",
        "last_visit_at",
        "last_seen_at",
        "page_ends",
        "withheld_at",
    )
    return (
        sa.select(article_urls.c.url, *(article_state.c[name] for name in names))
        .join_from(
            article_urls, article_state, article_urls.c.article_id == article_state.c.article_id
        )
        .join(sites, article_state.c.site_id == sites.c.id)
        .where(article_urls.c.valid_to.is_(None), sites.c.key == site_key)
    )


def _is_main_address() -> sa.ColumnElement[bool]:
    """Whether an address is the newest of those its article has now."""
    newer = article_urls.alias("newer")
    same = (newer.c.article_id == article_urls.c.article_id) & newer.c.valid_to.is_(None)
    return ~sa.exists().where(same, newer.c.id > article_urls.c.id)


def _known_address(row: sa.Row[Any]) -> KnownAddress:
    return KnownAddress(
        url=row.url,
        state=State(row.state),
        validators=Validators(row.etag, row.last_modified),
        body_digest=row.body_digest,
        extractor=row.extractor,
        last_visit_at=row.last_visit_at,
        last_seen_at=row.last_seen_at,
        page_ends=row.page_ends,
        withheld=row.withheld_at is not None,
    )
