"""The sites that are watched, as those who decide what is due need to know them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from news.backoff import Answers, CircuitState, Standing
from news.visits import Reason, State
from storage.answers import note_answers, open_outage, standing_of, write_standing
from storage.engine import reading, run_unit
from storage.errors import ArchiveError
from storage.holders import is_dead
from storage.leases import database_clock
from storage.partitions import Partitions
from storage.search.index import catch_up
from storage.tables import article_state, crawls, seed_state, site_state, sites

# Versions that one tick of housekeeping brings into the search index.
_INDEXED_AT_ONCE = 5000


@dataclass(frozen=True, slots=True)
class WatchedSite:
    """One site of the archive: how it stands, what it has had, and what of it may be due."""

    key: str
    name: str
    home_url: str
    scope: str  # site or articles
    paused_at: datetime | None
    standing: Standing
    seeds_read_at: datetime | None  # when the last crawl of its seeds began
    looks_left: float  # of its budget, when that was filled last
    filled_at: datetime | None
    busy: bool  # a living crawl holds its lease
    has_articles: bool  # there is one to look at
    missing_since: datetime | None  # the longest suspect article, if there is one
    seeds_due_at: datetime | None = None  # the first of its seeds, by what was learned of each

    def next_seeds_at(self, every: timedelta) -> datetime | None:
        """Return when its seeds are to be read next, `every` where none is known; None is now."""
        if self.seeds_read_at is None:
            return None
        return self.seeds_due_at or self.seeds_read_at + every

    def may_be_asked(self, now: datetime) -> bool:
        """Whether the site may be crawled by schedule: not paused, busy or to be left alone."""
        waits = self.standing.until is not None and now < self.standing.until
        open_ = self.standing.circuit is CircuitState.OPEN
        return self.paused_at is None and not self.busy and not (open_ and waits)


class Roster:
    """The watched sites of one database. Its methods block; each is one transaction."""

    def __init__(self, engine: Engine) -> None:
        """Take an open engine whose schema is up to date."""
        self._engine = engine
        self._partitions = Partitions(engine)

    def sites(self) -> list[WatchedSite]:
        """Return all sites by key, paused ones too: a row a site, whatever it holds."""
        with reading(self._engine) as connection:
            found = connection.execute(_watched(connection)).all()
            return [_site(row) for row in found]

    def outage_since(self) -> datetime | None:
        """Return since when no site can be reached from here; None where some can."""
        with reading(self._engine) as connection:
            gap = open_outage(connection)
            return gap.began_at if gap is not None else None

    def pause(self, key: str, now: datetime) -> bool:
        """Leave a site out of the schedule; False where it was paused already."""
        return self._set_paused(key, now)

    def resume(self, key: str) -> bool:
        """Take a site back into the schedule, its circuit closed; False where it was not paused."""
        return self._set_paused(key, None)

    def _set_paused(self, key: str, at: datetime | None) -> bool:
        def unit(connection: Connection) -> bool:
            row = connection.execute(sa.select(sites).where(sites.c.key == key)).one_or_none()
            if row is None:
                raise ArchiveError(f"site {key} is not in the archive; crawl it first")
            if at is None:
                write_standing(connection, key, Standing(answered_at=_answered_at(connection, row)))
            if (row.paused_at is None) == (at is None):
                return False
            connection.execute(sa.update(sites).where(sites.c.id == row.id).values(paused_at=at))
            return True

        return run_unit(self._engine, unit)

    def note_crash(self, key: str, now: datetime) -> Standing:
        """Note that crawling a site has ended the process it ran in; return how it then stands."""

        def unit(connection: Connection) -> Standing:
            answers = Answers(asked=True, reason=Reason.CRASHED)
            note_answers(connection, key, answers, now)
            own = sa.select(site_state).join_from(site_state, sites).where(sites.c.key == key)
            return standing_of(connection.execute(own).one())

        return run_unit(self._engine, unit)

    def keep_index(self, now: datetime) -> None:
        """Bring the search index up, behind the crawls: each of its commits is short."""
        for _ in catch_up(self._engine, now, most=_INDEXED_AT_ONCE):
            pass

    def keep_house(self, now: datetime) -> int:
        """End the crawls whose process is gone, and make ready for what comes; return how many."""
        self._partitions.ensure([now, now + timedelta(days=7)])

        def unit(connection: Connection) -> int:
            clock = database_clock(connection)
            held = sa.select(site_state.c.site_id).where(site_state.c.lease_expires_at > clock)
            lost = crawls.c.ended_at.is_(None) & crawls.c.site_id.not_in(held)
            ended = {"ended_at": now, "status": "lost"}
            return connection.execute(sa.update(crawls).where(lost).values(**ended)).rowcount

        ended = run_unit(self._engine, unit)
        if self._engine.dialect.name == "sqlite":
            with self._engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA optimize")
        return ended


def _answered_at(connection: Connection, site: sa.Row[Any]) -> datetime | None:
    query = sa.select(site_state.c.answered_at).where(site_state.c.site_id == site.id)
    return connection.execute(query).scalar_one_or_none()


def _watched(connection: Connection) -> sa.Select[Any]:
    own = article_state.c.site_id == sites.c.id
    suspect = own & (article_state.c.state == State.SUSPECT.value)
    missing = sa.select(sa.func.min(article_state.c.first_missing_at)).where(suspect)
    first = sa.func.min(seed_state.c.due_at, type_=seed_state.c.due_at.type)
    due = sa.select(first).where(seed_state.c.site_id == sites.c.id)
    keyed = sa.exists().where(own, article_state.c.next_key.is_not(None))
    return (
        sa.select(
            site_state,
            *(sites.c[name] for name in ("key", "name", "home_url", "scope", "paused_at")),
            (site_state.c.lease_expires_at > database_clock(connection)).label("leased"),
            keyed.label("has_articles"),
            missing.scalar_subquery().label("missing_since"),
            due.scalar_subquery().label("seeds_due_at"),
        )
        .join_from(sites, site_state)
        .order_by(sites.c.key)
    )


def _site(row: sa.Row[Any]) -> WatchedSite:
    return WatchedSite(
        key=row.key,
        name=row.name,
        home_url=row.home_url,
        scope=row.scope,
        paused_at=row.paused_at,
        standing=standing_of(row),
        seeds_read_at=row.seeds_read_at,
        looks_left=row.budget_tokens,
        filled_at=row.budget_at,
        busy=bool(row.leased) and not is_dead(row.lease_holder or ""),
        has_articles=bool(row.has_articles),
        missing_since=row.missing_since,
        seeds_due_at=row.seeds_due_at,
    )
