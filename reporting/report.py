"""The shipped reports: a view of the database, a period, a site; and tables in four formats."""

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from rich.cells import cell_len

from reporting.layout import harmless, pad
from storage.columns import utc_text
from storage.engine import Engine, reading

# What makes a spreadsheet take a cell for a formula.
_FORMULA_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
_TIME = re.compile(r"^(\d{4}-\d\d-\d\d)T(\d\d:\d\d):\d\d\.\d{6}Z$")
_WIDEST = 40  # columns of one cell in a table for the eye

Cell = str | int | float | None


@dataclass(frozen=True, slots=True)
class Table:
    """A result: names of columns, and rows of as many cells."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Report:
    """A view as a report: what it tells, which columns it prints, and what orders its rows."""

    purpose: str
    view: str
    columns: tuple[str, ...]
    order: tuple[str, ...]  # texts; the first is the time that a period is about


REPORTS = {
    "articles": Report(
        "every article that was read, with the version that is served now",
        "latest_versions",
        ("site", "headline", "published_at", "source", "state", "version", "first_seen_at", "url"),
        ("first_seen_at", "url"),
    ),
    "changes": Report(
        "what outlets changed after publication, one row a field",
        "change_log",
        (
            "site",
            "headline",
            "from_version",
            "to_version",
            "field",
            "kinds",
            "announced",
            "significance",
            "rule",
            "last_seen_at",
            "first_seen_at",
            "url",
        ),
        ("first_seen_at", "url", "field"),
    ),
    "removals": Report(
        "which articles were removed, between which looks, and whether they came back",
        "removals",
        (
            "site",
            "headline",
            "version",
            "last_seen_at",
            "first_missing_at",
            "removed_at",
            "returned_at",
            "url",
        ),
        ("removed_at", "url"),
    ),
}


def list_reports() -> list[tuple[str, str]]:
    """Return name and purpose of every report, by name."""
    return [(name, report.purpose) for name, report in sorted(REPORTS.items())]


def run_report(
    engine: Engine,
    name: str,
    since: datetime | None = None,
    until: datetime | None = None,
    site: str | None = None,
) -> Table:
    """Return the rows of a report from `since` on and before `until`, oldest first.

    Times are compared and printed in UTC. Raises KeyError for a name that `list_reports` lacks.
    """
    report = REPORTS[name]
    query = sa.select(*map(_column, report.columns)).select_from(sa.table(report.view))
    moment = _column(report.order[0])
    if since:
        query = query.where(moment >= utc_text(since))
    if until:
        query = query.where(moment < utc_text(until))
    if site:
        query = query.where(_column("site") == site)
    # texts in the order of their bytes, so that both databases print the same
    collation = "C" if engine.dialect.name == "postgresql" else "BINARY"
    ordered = query.order_by(*(sa.collate(_column(name), collation) for name in report.order))
    with reading(engine) as connection:
        rows = connection.execute(ordered).all()
    return Table(report.columns, tuple(tuple(map(_cell, row)) for row in rows))


def _column(name: str) -> sa.ColumnClause[Any]:
    return sa.column(name)


def _cell(value: object) -> Cell:
    if value is None or isinstance(value, str | int | float):
        return value
    return float(value) if isinstance(value, Decimal) else str(value)


def render_table(table: Table, form: str = "table") -> str:
    """Return a table as table, csv, json or md, without a last line break.

    Raises ValueError for another format.
    """
    if form not in _RENDERERS:
        raise ValueError(f"no such format: {form}; there are {', '.join(_RENDERERS)}")
    return _RENDERERS[form](table).removesuffix("\n")


def _csv(table: Table) -> str:
    """Return RFC 4180 with line feeds; no text can start a formula in a spreadsheet."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(table.columns)
    writer.writerows([_inert(cell) for cell in row] for row in table.rows)
    return out.getvalue()


def _inert(cell: Cell) -> Cell:
    """Put an apostrophe before text that a spreadsheet would run as a formula."""
    if not isinstance(cell, str):
        return cell
    text = cell.replace("\r\n", "\n").replace("\r", "\n")
    runs = text[:1] in {"\t", "\n"} or text.lstrip().startswith(_FORMULA_STARTS)
    return f"'{text}" if runs else text


def _json(table: Table) -> str:
    rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
    return json.dumps(rows, ensure_ascii=False, indent=2)


def _md(table: Table) -> str:
    lines = [table.columns, ["---"] * len(table.columns), *table.rows]
    return "\n".join(f"| {' | '.join(map(_md_cell, line))} |" for line in lines)


def _md_cell(cell: Cell) -> str:
    text = harmless(_shown(cell))
    for sign in "\\`*[]<>|":
        text = text.replace(sign, "\\" + sign)
    return text


def _table(table: Table) -> str:
    """Return a table for the eye: cells cut to a width, times to the minute."""
    rows = tuple(tuple(_to_the_minute(cell) for cell in row) for row in table.rows)
    table = Table(table.columns, rows)
    widths = [
        min(_WIDEST, max(cell_len(harmless(_shown(cell))) for cell in (name, *column)))
        for name, column in zip(table.columns, _columns(table), strict=True)
    ]
    rule = ["-" * width for width in widths]
    lines = [table.columns, rule, *table.rows]
    return "\n".join(_aligned(line, widths) for line in lines)


def _to_the_minute(cell: Cell) -> Cell:
    return _TIME.sub(r"\1 \2Z", cell) if isinstance(cell, str) else cell


def _columns(table: Table) -> Iterable[Sequence[Cell]]:
    return list(zip(*table.rows, strict=True)) or [()] * len(table.columns)


def _aligned(cells: Sequence[Cell], widths: Sequence[int]) -> str:
    texts = [pad(_shown(cell), width) for cell, width in zip(cells, widths, strict=True)]
    return "  ".join(texts).rstrip()


def _shown(cell: Cell) -> str:
    return "" if cell is None else str(cell)


_RENDERERS: dict[str, Callable[[Table], str]] = {
    "table": _table,
    "csv": _csv,
    "json": _json,
    "md": _md,
}
