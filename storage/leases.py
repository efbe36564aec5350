"""One crawl a site at a time: the lease in `site_state`, its expiry and its fencing token."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from news.backoff import NOTHING_ASKED, Answers, CircuitState
from news.revisit import ClockSample, saved_looks
from storage.answers import note_answers
from storage.columns import UtcDateTime
from storage.errors import ArchiveError, LeaseLost, SiteBusy
from storage.holders import is_dead, this_process
from storage.records import Lease
from storage.tables import crawls, site_state, sites

__all__ = ["TERM", "Lease", "LeaseLost", "LockedSite", "SiteBusy", "acquire", "lock", "release"]

TERM = timedelta(seconds=60)


@dataclass(slots=True)
class LockedSite:
    """A site within the transaction that holds the lock on its state."""

    site_id: int
    outlet_id: int
    crawl_id: int
    chain_seq: int
    chain_head: str | None
    virtual_clock: float
    clock: ClockSample | None  # its rate
    outage_since: datetime | None  # since when nearly all of its articles are missing
    database_now: datetime
    looks_left: float  # of the site's budget


def database_clock(connection: Connection) -> sa.ColumnElement[datetime]:
    """Return the expression for the database's own clock: leases must not trust ours."""
    if connection.dialect.name == "sqlite":
        stamp = sa.func.strftime("%Y-%m-%dT%H:%M:%f000Z", "now")
        return sa.type_coerce(stamp, UtcDateTime)
    return sa.type_coerce(sa.func.clock_timestamp(), UtcDateTime)


def _state(connection: Connection, site_key: str) -> sa.Row[Any]:
    """Read a site's state and lock it until the transaction ends."""
    columns = (sites.c.key, sites.c.outlet_id, database_clock(connection).label("database_now"))
    query = sa.select(site_state, *columns).join_from(site_state, sites)
    query = query.where(sites.c.key == site_key).with_for_update(of=site_state)
    row = connection.execute(query).one_or_none()
    if row is None:
        raise ArchiveError(f"site {site_key} is not in the archive; open it first")
    return row


def acquire(
    connection: Connection,
    site_key: str,
    *,
    kind: str,
    now: datetime,
    looks_per_day: int | None = None,
) -> Lease:
    """Take a site's lease and begin a crawl; SiteBusy where a living process holds it.

    A lease that has expired, or whose holder died on this machine, is taken over at once. With
    `looks_per_day` the site's budget of looks is filled up to now.
    """
    state = _state(connection, site_key)
    held = state.lease_holder is not None and state.lease_expires_at > state.database_now
    if held and not is_dead(state.lease_holder):
        raise SiteBusy(site_key, state.lease_holder, state.lease_acquired_at)
    holder, token = str(this_process()), state.lease_token + 1
    probe = state.circuit in {CircuitState.OPEN, CircuitState.HALF_OPEN}
    connection.execute(
        sa.update(site_state)
        .where(site_state.c.site_id == state.site_id, site_state.c.lease_token == state.lease_token)
        .values(
            lease_holder=holder,
            lease_token=token,
            lease_acquired_at=state.database_now,
            lease_expires_at=state.database_now + TERM,
            circuit=CircuitState.HALF_OPEN if probe else state.circuit,
            **_filled(state, looks_per_day, now),
        )
    )
    _end_lost_crawls(connection, state.site_id, now)
    begun = {"site_id": state.site_id, "kind": kind, "started_at": now, "token": token}
    crawl_id = connection.scalar(
        crawls.insert().returning(crawls.c.id), begun | {"status": "running"}
    )
    return Lease(site_key, int(crawl_id or 0), holder, token, probe)


def _filled(state: sa.Row[Any], looks_per_day: int | None, now: datetime) -> dict[str, Any]:
    if looks_per_day is None:
        return {}
    held = saved_looks(state.budget_tokens, state.budget_at, now, looks_per_day)
    return {"budget_tokens": held, "budget_at": now}


def _end_lost_crawls(connection: Connection, site_id: int, now: datetime) -> None:
    running = (crawls.c.site_id == site_id) & crawls.c.ended_at.is_(None)
    connection.execute(sa.update(crawls).where(running).values(ended_at=now, status="lost"))


def lock(connection: Connection, lease: Lease) -> LockedSite:
    """Lock the site for this transaction; LeaseLost where another has taken the lease since."""
    state = _state(connection, lease.site_key)
    if state.lease_holder != lease.holder or state.lease_token != lease.token:
        by = state.lease_holder or "nobody: it was given back"
        raise LeaseLost(f"site {lease.site_key}: the lease of this crawl is lost to {by}")
    return LockedSite(
        site_id=state.site_id,
        outlet_id=state.outlet_id,
        crawl_id=lease.crawl_id,
        chain_seq=state.chain_seq,
        chain_head=state.chain_head,
        virtual_clock=state.virtual_clock,
        clock=_clock(state),
        outage_since=state.outage_since,
        database_now=state.database_now,
        looks_left=state.budget_tokens,
    )


def _clock(state: sa.Row[Any]) -> ClockSample | None:
    if state.clock_sampled_at is None:
        return None
    return ClockSample(state.clock_rate, state.clock_sampled, state.clock_sampled_at)


def update_site(connection: Connection, site: LockedSite) -> None:
    """Write back what moved, and renew the lease: a commit is a sign of life."""
    connection.execute(
        sa.update(site_state)
        .where(site_state.c.site_id == site.site_id)
        .values(
            chain_seq=site.chain_seq,
            chain_head=site.chain_head,
            outage_since=site.outage_since,
            virtual_clock=site.virtual_clock,
            budget_tokens=max(0.0, site.looks_left),
            clock_rate=site.clock.rate if site.clock else None,
            clock_sampled=site.clock.reading if site.clock else None,
            clock_sampled_at=site.clock.at if site.clock else None,
            lease_expires_at=site.database_now + TERM,
        )
    )


def release(
    connection: Connection,
    lease: Lease,
    *,
    now: datetime,
    status: str,
    counts: str,
    answers: Answers = NOTHING_ASKED,
    seeds_read_at: datetime | None = None,
) -> None:
    """End the crawl, note how the site answered, and give the lease back.

    `seeds_read_at` is when the crawl began, where it was one of the site's seeds.
    """
    site = lock(connection, lease)
    ended: Mapping[str, Any] = {"ended_at": now, "status": status, "counts": counts}
    connection.execute(sa.update(crawls).where(crawls.c.id == lease.crawl_id).values(**ended))
    given: dict[str, Any] = {"lease_holder": None, "lease_acquired_at": None}
    if seeds_read_at is not None and answers.got_through:
        given["seeds_read_at"] = seeds_read_at
    connection.execute(
        sa.update(site_state)
        .where(site_state.c.site_id == site.site_id)
        .values(lease_expires_at=None, **given)
    )
    note_answers(connection, lease.site_key, answers, now)
