"""What is asked of a report: a period, a site, on whose clock, how many rows."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo

from reporting.render import Table
from storage.engine import Engine
from storage.spans import Span


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Ask:
    """A question to a report."""

    span: Span
    zone: tzinfo = UTC  # whose days and hours are counted
    limit: int | None = None  # rows at most; None is all
    now: datetime = field(default_factory=_utc_now)


@dataclass(frozen=True, slots=True)
class Report:
    """A shipped report: what it tells in one line, and how it is made."""

    name: str
    purpose: str
    columns: tuple[str, ...]
    brief: tuple[str, ...]  # for a terminal of 80 columns
    run: Callable[[Engine, Ask], Table]


def cut(table: Table, ask: Ask) -> Table:
    """Return a table with no more rows than asked for, and a note where some were left out."""
    if ask.limit is None or len(table.rows) <= ask.limit:
        return table
    note = f"Only the first {ask.limit:,} rows; `--limit 0` gives all."
    return Table(
        table.columns, table.rows[: ask.limit], table.brief, (*table.notes, note), table.title
    )
