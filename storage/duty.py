"""The daemon's lease: one is on duty, a second waits; and what was missed in between."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from storage.engine import run_unit
from storage.errors import LeaseLost
from storage.holders import is_dead, this_process
from storage.leases import TERM, database_clock
from storage.tables import gaps, leases
from storage.writes import insert_missing

NAME = "daemon"
# A shorter pause, such as a restart, is no gap: nothing is due that often.
BLIND_AFTER = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Gap:
    """A span in which no daemon ran."""

    began_at: datetime
    ended_at: datetime


@dataclass(frozen=True, slots=True)
class Duty:
    """The right to run the schedule; `gap` is what was missed before it was taken."""

    holder: str
    token: int
    gap: Gap | None = None


@dataclass(frozen=True, slots=True)
class OnDuty:
    """Somebody else holds the lease."""

    holder: str
    until: datetime


def take(engine: Engine, now: datetime) -> Duty | OnDuty:
    """Take the daemon's lease, or say who holds it. `now` is the daemon's own clock.

    One that has expired, or whose holder died on this machine, is taken over at once; a gap since
    the last sign of life is entered into `gaps`.
    """

    def unit(connection: Connection) -> Duty | OnDuty:
        row = _locked(connection)
        held = row.holder is not None and row.expires_at > row.database_now
        if held and not is_dead(row.holder):
            return OnDuty(row.holder, row.expires_at)
        duty = Duty(str(this_process()), row.token + 1, _gap(row.alive_at, now))
        if duty.gap is not None:
            _enter(connection, duty.gap, f"taken up by {duty.holder}")
        given = {"holder": duty.holder, "token": duty.token, "acquired_at": row.database_now}
        _update(connection, given | _alive(row, now))
        return duty

    return run_unit(engine, unit)


def renew(engine: Engine, duty: Duty, now: datetime) -> None:
    """Stay on duty for another term; LeaseLost where another has taken over."""

    def unit(connection: Connection) -> None:
        _update(connection, _alive(_own(connection, duty), now))

    run_unit(engine, unit)


def give_back(engine: Engine, duty: Duty, now: datetime) -> None:
    """End the duty, so that whoever waits need not wait until it expires."""

    def unit(connection: Connection) -> None:
        _own(connection, duty)
        _update(connection, {"holder": None, "expires_at": None, "alive_at": now})

    run_unit(engine, unit)


def _locked(connection: Connection) -> sa.Row[Any]:
    insert_missing(connection, leases, [{"name": NAME, "token": 0}])
    clock = database_clock(connection).label("database_now")
    query = sa.select(leases, clock).where(leases.c.name == NAME).with_for_update()
    return connection.execute(query).one()


def _own(connection: Connection, duty: Duty) -> sa.Row[Any]:
    row = _locked(connection)
    if (row.holder, row.token) != (duty.holder, duty.token):
        by = row.holder or "nobody: it was given back"
        raise LeaseLost(f"the daemon's lease is lost to {by}")
    return row


def _alive(row: sa.Row[Any], now: datetime) -> dict[str, Any]:
    return {"expires_at": row.database_now + TERM, "alive_at": now}


def _update(connection: Connection, values: dict[str, Any]) -> None:
    connection.execute(sa.update(leases).where(leases.c.name == NAME).values(**values))


def _gap(alive_at: datetime | None, now: datetime) -> Gap | None:
    if alive_at is None or now - alive_at < BLIND_AFTER:
        return None
    return Gap(alive_at, now)


def _enter(connection: Connection, gap: Gap, details: str) -> None:
    row = {"kind": NAME, "began_at": gap.began_at, "ended_at": gap.ended_at, "details": details}
    insert_missing(connection, gaps, [row])
