"""What may be wrong with a database and the machine it is on, for those who look after it."""

import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from storage.backup import find_pg_dump
from storage.engine import has_wal_fix, journal_mode, reading, told_url, writing
from storage.errors import ArchiveError
from storage.holders import is_dead
from storage.leases import database_clock
from storage.migrate import current, head
from storage.tables import leases, site_state, sites

Level = Literal["ok", "warning", "fault"]
_SKEW = timedelta(seconds=5)
_LITTLE, _TOO_LITTLE = 2 * 1024**3, 256 * 1024**2  # bytes of free disk


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at; `remedy` says what to do where it is not well."""

    name: str
    level: Level
    found: str
    remedy: str = ""


def check_space(folder: Path) -> Check:
    """Look at the free space of a folder's disk."""
    free = shutil.disk_usage(folder).free
    found = f"{free / 1024**3:.1f} GB free at {folder}"
    if free < _TOO_LITTLE:
        return Check("disk", "fault", found, "free some space: looks cannot be recorded without")
    if free < _LITTLE:
        return Check("disk", "warning", found, "free some space, or move the database")
    return Check("disk", "ok", found)


def examine(engine: Engine, now: datetime) -> Iterator[Check]:
    """Yield what is found about a database that can be opened; `now` is this machine's clock."""
    yield Check("database", "ok", told_url(engine))
    revision = current(engine)
    if revision != head():
        found = f"schema {revision or 'none'}, this program has {head()}"
        yield Check("schema", "fault", found, "run `variorum db upgrade`")
        return
    yield Check("schema", "ok", f"schema {revision}")
    yield _check_writing(engine)
    yield from _check_sqlite(engine) if engine.dialect.name == "sqlite" else _check_postgres()
    yield _check_clock(engine, now)
    yield from _check_leases(engine)


def _check_writing(engine: Engine) -> Check:
    try:
        with writing(engine) as connection:
            connection.execute(sa.update(leases).where(sa.false()).values(token=0))
    except ArchiveError as error:
        remedy = "give this user the right to write, or end what holds the database"
        return Check("writing", "fault", str(error), remedy)
    return Check("writing", "ok", "possible")


def _check_sqlite(engine: Engine) -> Iterator[Check]:
    version, mode = sqlite3.sqlite_version, journal_mode()
    found = f"SQLite {version}, journal mode {mode}"
    if has_wal_fix(sqlite3.sqlite_version_info):
        yield Check("sqlite", "ok", found)
    else:
        remedy = "nothing must be done; SQLite 3.51.3 or newer would allow WAL, which is faster"
        yield Check("sqlite", "ok", f"{found}: WAL is unsafe before 3.51.3", remedy)
    yield check_space(Path(engine.url.database or ".").absolute().parent)


def _check_postgres() -> Iterator[Check]:
    program = find_pg_dump()
    if program is None:
        remedy = "install PostgreSQL's client programs"
        yield Check("backup", "warning", "pg_dump is not installed here", remedy)
    else:
        yield Check("backup", "ok", program)


def _check_clock(engine: Engine, now: datetime) -> Check:
    with reading(engine) as connection:
        theirs = connection.execute(sa.select(database_clock(connection))).scalar_one()
    skew = abs(theirs - now)
    found = f"differs from the database's by {skew.total_seconds():.1f} s"
    if skew > _SKEW:
        return Check("clock", "fault", found, "set both clocks by NTP: times of looks are evidence")
    return Check("clock", "ok", found)


def _check_leases(engine: Engine) -> Iterator[Check]:
    with reading(engine) as connection:
        clock = database_clock(connection)
        stale = (site_state.c.lease_expires_at <= clock).label("stale")
        held = sa.select(sites.c.key, site_state.c.lease_holder, stale).join_from(site_state, sites)
        rows = connection.execute(held.where(site_state.c.lease_holder.is_not(None))).all()
        alive = (leases.c.expires_at > clock).label("alive")
        daemon = connection.execute(
            sa.select(leases, alive).where(leases.c.name == "daemon")
        ).one_or_none()
    left = [row.key for row in rows if row.stale or is_dead(row.lease_holder)]
    if left:
        found = f"left by crawls that died: {', '.join(left[:5])}"
        yield Check("leases", "ok", found, "nothing must be done: the next crawl takes them over")
    else:
        yield Check("leases", "ok", f"{len(rows)} held" if rows else "none held")
    yield _check_daemon(daemon)


def _check_daemon(row: sa.Row[tuple[object, ...]] | None) -> Check:
    if row is not None and row.holder and row.alive and not is_dead(row.holder):
        return Check("daemon", "ok", f"runs: {row.holder}")
    last = f"; last sign of life {row.alive_at:%Y-%m-%d %H:%M} UTC" if row and row.alive_at else ""
    return Check("daemon", "warning", f"none is running{last}", "start it: `variorum daemon`")
