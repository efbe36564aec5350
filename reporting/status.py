"""Is it running, what is due, overdue, failing: the state of the work, from the database alone."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from news.backoff import CircuitState
from news.revisit import saved_looks
from storage.engine import Engine, reading
from storage.leases import database_clock
from storage.roster import Roster, WatchedSite
from storage.tables import crawls, gaps, leases, sites

# crawling: now; paused: by command; waiting: left alone until `until`; failing: its last crawl came
# to nothing; overdue: late by a whole interval; due: its turn; idle: not yet.
State = Literal["crawling", "paused", "waiting", "failing", "overdue", "due", "idle"]
_COUNTED = ("pages", "new", "changed", "removed", "failed")
_TOLD = timedelta(days=1)  # over how long crawls are summed up
_GAPS_TOLD = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Expected:
    """What the settings and profiles say, by which the database is judged."""

    every: timedelta
    looks_every: timedelta
    looks_per_day: Mapping[str, int]  # by the site's key
    unchecked: Mapping[str, str]  # why a site's certificate is not checked


@dataclass(frozen=True, slots=True)
class SiteStatus:
    """How one site does; counts are of the last 24 hours, times are aware UTC."""

    site: str
    state: State
    scope: str
    last_success_at: datetime | None
    failures: int  # crawls in a row that came to nothing
    failing_since: datetime | None
    reason: str | None
    until: datetime | None  # left alone until then
    next_at: datetime | None  # when something of it is due next; None while paused
    lag_seconds: float  # how late that is
    looks_left: int  # of its budget
    unchecked_certificate: str | None
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DaemonStatus:
    """Who is on duty, since when, and its last sign of life by its own clock."""

    holder: str | None
    since: datetime | None
    alive_at: datetime | None


@dataclass(frozen=True, slots=True)
class GapStatus:
    """A span in which nothing could be seen."""

    kind: str
    began_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Status:
    """The whole of it. `problems` stop the work, `complaints` are about single sites."""

    at: datetime
    daemon: DaemonStatus
    sites: tuple[SiteStatus, ...]
    gaps: tuple[GapStatus, ...]  # of the last week
    problems: tuple[str, ...]
    complaints: tuple[str, ...]

    def as_json(self) -> str:
        """Return it as one JSON object; times are ISO 8601 in UTC."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1, default=_iso)


def _iso(value: Any) -> str:
    return value.isoformat(timespec="seconds") if isinstance(value, datetime) else str(value)


def load_status(engine: Engine, now: datetime, expected: Expected) -> Status:
    """Return how everything does."""
    watched = Roster(engine).sites()
    with reading(engine) as connection:
        daemon = _daemon(connection)
        counts = _counts(connection, now - _TOLD)
        recent = _gaps(connection, now - _GAPS_TOLD)
    found = tuple(_site(site, now, expected, counts.get(site.key, {})) for site in watched)
    return Status(
        at=now,
        daemon=daemon,
        sites=found,
        gaps=recent,
        problems=tuple(_problems(daemon, found, recent)),
        complaints=tuple(_complaints(found)),
    )


def _daemon(connection: Connection) -> DaemonStatus:
    alive = leases.c.expires_at > database_clock(connection)
    query = sa.select(leases, alive.label("alive")).where(leases.c.name == "daemon")
    row = connection.execute(query).one_or_none()
    if row is None:
        return DaemonStatus(None, None, None)
    held = row.holder is not None and bool(row.alive)
    return DaemonStatus(
        row.holder if held else None, row.acquired_at if held else None, row.alive_at
    )


def _counts(connection: Connection, since: datetime) -> dict[str, Counter[str]]:
    """Sum up what the crawls since then came to, by the site's key."""
    query = (
        sa.select(sites.c.key, crawls.c.counts)
        .join_from(sites, crawls)
        .where(crawls.c.started_at >= since, crawls.c.counts.is_not(None))
    )
    found: dict[str, Counter[str]] = {}
    for row in connection.execute(query):
        values = json.loads(row.counts)
        own = found.setdefault(row.key, Counter())
        own.update({name: values.get(name, 0) for name in _COUNTED})
        own["failed"] += values.get("blocked", 0) + values.get("seeds_failed", 0)
    return found


def _gaps(connection: Connection, since: datetime) -> tuple[GapStatus, ...]:
    lasting = gaps.c.ended_at.is_(None) | (gaps.c.ended_at >= since)
    query = sa.select(gaps).where(lasting).order_by(gaps.c.began_at, gaps.c.id)
    return tuple(GapStatus(r.kind, r.began_at, r.ended_at) for r in connection.execute(query))


def _site(
    site: WatchedSite, now: datetime, expected: Expected, counts: Mapping[str, int]
) -> SiteStatus:
    per_day = expected.looks_per_day.get(site.key, 0)
    saved = saved_looks(site.looks_left, site.filled_at, now, per_day) if per_day else 0.0
    next_at = _next_at(site, now, expected, saved)
    lag = max(timedelta(), now - next_at) if next_at and not site.busy else timedelta()
    return SiteStatus(
        site=site.key,
        state=_state(site, now, next_at, expected.every),
        scope=site.scope,
        last_success_at=site.standing.answered_at,
        failures=site.standing.failures,
        failing_since=site.standing.failing_since,
        reason=site.standing.reason,
        until=site.standing.until if _is_open(site, now) else None,
        next_at=next_at,
        lag_seconds=lag.total_seconds(),
        looks_left=int(saved),
        unchecked_certificate=expected.unchecked.get(site.key),
        counts={name: counts.get(name, 0) for name in _COUNTED},
    )


def _is_open(site: WatchedSite, now: datetime) -> bool:
    until = site.standing.until
    closed = site.standing.circuit is CircuitState.CLOSED
    return not closed and until is not None and now < until


def _next_at(site: WatchedSite, now: datetime, expected: Expected, saved: float) -> datetime | None:
    """Return when something of the site is due next, the past where it was; None while paused."""
    if site.paused_at is not None:
        return None
    times = []
    if site.scope == "site":
        times.append(site.next_seeds_at(expected.every) or now)
    per_day = expected.looks_per_day.get(site.key, 0)
    if site.has_articles and per_day:
        batch = max(1.0, per_day * (expected.looks_every / timedelta(days=1)))
        times.append(now + max(0.0, batch - saved) / per_day * timedelta(days=1))
    if not times:
        return None
    first = min(times)
    return max(first, site.standing.until) if site.standing.until else first


def _state(site: WatchedSite, now: datetime, next_at: datetime | None, every: timedelta) -> State:
    if site.busy:
        return "crawling"
    if site.paused_at is not None:
        return "paused"
    if _is_open(site, now):
        return "waiting"
    if site.standing.failures:
        return "failing"
    if next_at is None or next_at > now:
        return "idle"
    return "overdue" if now - next_at > every else "due"


def _problems(
    daemon: DaemonStatus, found: tuple[SiteStatus, ...], recent: tuple[GapStatus, ...]
) -> list[str]:
    problems = []
    if daemon.holder is None:
        last = f" (last sign of life {_iso(daemon.alive_at)})" if daemon.alive_at else ""
        problems.append(f"no daemon is running{last}")
    problems += [
        f"no site can be reached from here since {_iso(gap.began_at)}"
        for gap in recent
        if gap.kind == "network" and gap.ended_at is None
    ]
    if late := [site.site for site in found if site.state == "overdue"]:
        problems.append(f"{len(late)} overdue: {_named(late)}")
    return problems


def _complaints(found: tuple[SiteStatus, ...]) -> list[str]:
    complaints = []
    for site in found:
        if site.state in {"waiting", "failing"}:
            until = f", left alone until {_iso(site.until)}" if site.until else ""
            times = f"{site.failures} in a row"
            complaints.append(f"{site.site} fails: {site.reason or 'no reason'} ({times}){until}")
    return complaints


def _named(keys: list[str]) -> str:
    return ", ".join(keys[:5]) + (" and others" if len(keys) > 5 else "")
