"""The shipped reports by name."""

from dataclasses import replace
from datetime import UTC, datetime, tzinfo

from reporting.ask import Ask, Report
from reporting.render import Cell, Table, render_table
from reporting.reports.lists import LISTS
from reporting.reports.lives import LIVES
from reporting.reports.people import PEOPLE
from reporting.reports.watch import WATCH
from storage.engine import Engine
from storage.spans import Span

__all__ = [
    "REPORTS",
    "Cell",
    "Report",
    "Table",
    "list_reports",
    "render_table",
    "run_report",
]

REPORTS = {report.name: report for report in (*LISTS, *PEOPLE, *LIVES, *WATCH)}


def list_reports() -> list[tuple[str, str]]:
    """Return name and purpose of every report, by name."""
    return [(name, report.purpose) for name, report in sorted(REPORTS.items())]


def run_report(
    engine: Engine,
    name: str,
    since: datetime | None = None,
    until: datetime | None = None,
    site: str | None = None,
    *,
    zone: tzinfo = UTC,
    limit: int | None = None,
    now: datetime | None = None,
) -> Table:
    """Return a report from `since` on and before `until`, of one site or of all.

    Times are text in UTC; days and hours are counted on the clock of `zone`, those of articles on
    the clock of their site. Raises KeyError for a name that `list_reports` lacks.
    """
    report = REPORTS[name]
    ask = Ask(Span(since, until, site), zone, limit, now or datetime.now(UTC))
    return replace(report.run(engine, ask), brief=report.brief, title=report.purpose)
