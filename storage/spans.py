"""Periods that reports ask for, and the conditions they make on summaries."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from storage.engine import reading
from storage.tables import sites

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_HOUR = timedelta(hours=1)

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Span:
    """A period, from `since` on and before `until` in aware time, at one site or at all."""

    since: datetime | None = None
    until: datetime | None = None
    site: str | None = None

    def days(self, zone: tzinfo) -> tuple[str | None, str | None]:
        """Return the first and the last day of the period on a clock, both within it."""
        first = self.since.astimezone(zone).date().isoformat() if self.since else None
        last = (self.until - timedelta(microseconds=1)) if self.until else None
        return first, last.astimezone(zone).date().isoformat() if last else None


def hour_of(moment: datetime) -> int:
    """Return the hours from 1970 to a moment, in UTC."""
    return (moment - _EPOCH) // _HOUR


def moment_of(hour: int) -> datetime:
    """Return the moment at which an hour since 1970 began."""
    return _EPOCH + hour * _HOUR


def within(table: sa.Table, span: Span) -> list[sa.ColumnElement[bool]]:
    """Return the conditions of a period; an hour counts where it began within it."""
    conditions = []
    if span.since:
        conditions.append(table.c.hour >= -(-(span.since - _EPOCH) // _HOUR))
    if span.until:
        conditions.append(table.c.hour < -(-(span.until - _EPOCH) // _HOUR))
    if span.site:
        conditions.append(sites.c.key == span.site)
    return conditions


def within_days(table: sa.Table, span: Span, zone: tzinfo) -> list[sa.ColumnElement[bool]]:
    """Return the conditions of a period for a summary by day."""
    first, last = span.days(zone)
    conditions = [table.c.day >= first] if first else []
    conditions += [table.c.day <= last] if last else []
    return conditions + ([sites.c.key == span.site] if span.site else [])


def total(expression: sa.ColumnElement[Any], name: str) -> sa.Label[int]:
    """Return the sum of a count, as both databases give it."""
    return sa.cast(sa.func.sum(expression), sa.BigInteger).label(name)


def load_rows(engine: Engine, query: sa.Select[Any]) -> list[Row]:
    """Return the rows of a query by the names of their columns."""
    with reading(engine) as connection:
        return [dict(row) for row in connection.execute(query).mappings()]
