"""`variorum report`: the shipped reports."""

import re
import shutil
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer

from reporting.page import report_page
from reporting.render import timed
from reporting.report import list_reports, render_table, run_report
from reporting.times import load_zones, render_zone
from storage.engine import Engine
from variorum.commands.console import Exit, clock, fail, say
from variorum.commands.store import Database, open_store

_SPAN = re.compile(r"(\d+)\s*([mhdw])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
# Rows for people where none are asked for; programs get all.
_ROWS = 200


class TableFormat(StrEnum):
    """How a table may be shown."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    MD = "md"
    HTML = "html"


def parse_moment(text: str | None, now: datetime, zone: tzinfo = UTC) -> datetime | None:
    """Return the instant that `7d`, `12h` or an ISO date or time names; a date is its midnight."""
    if text is None:
        return None
    span = _SPAN.fullmatch(text.strip())
    if span:
        return now - timedelta(**{_UNITS[span[2]]: int(span[1])})
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        fail(f"{text!r} is neither a span such as 7d or 12h nor an ISO date", Exit.USAGE)
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def parse_zone(name: str | None, engine: Engine, site: str | None) -> tzinfo:
    """Return a clock by its name; without one that of the site or of all sites, else UTC."""
    if name is None:
        zones = load_zones(engine)
        found = {zones[site]} if site in zones else set(zones.values())
        return found.pop() if len(found) == 1 else UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        fail(f"no time zone {name!r}; name one such as Asia/Shanghai or UTC", Exit.USAGE)


def _list() -> None:
    reports = list_reports()
    width = max(len(name) for name, _ in reports)
    say(f"{name:{width}}  {purpose}" for name, purpose in reports)


def _told_period(since: datetime | None, until: datetime | None, zone: tzinfo) -> str:
    parts = [
        f"{word} {moment.astimezone(zone):%Y-%m-%d %H:%M}"
        for word, moment in (("from", since), ("to", until))
        if moment
    ]
    return f"{' '.join(parts) or 'all that is stored'}; times in {render_zone(zone)}"


def report(
    name: Annotated[str, typer.Argument(help="A report; `list` names them all.")],
    since: Annotated[str | None, typer.Option(help="7d, 12h, or an ISO date.")] = None,
    until: Annotated[str | None, typer.Option(help="Like --since.")] = None,
    site: Annotated[str | None, typer.Option(help="Only this site.")] = None,
    form: Annotated[
        TableFormat | None,
        typer.Option("--format", help="How to show it.", show_default="table"),
    ] = None,
    tz: Annotated[
        str | None,
        typer.Option(
            help="Whose clock, such as Asia/Shanghai.",
            show_default="that of the sites; csv and json give UTC",
        ),
    ] = None,
    limit: Annotated[
        int | None,
        typer.Option(
            min=0, help="Rows at most; 0 is all.", show_default=f"{_ROWS}; csv and json give all"
        ),
    ] = None,
    database: Database = None,
) -> None:
    """Print a shipped report.

    \b
    Examples:
      variorum report list
      variorum report changes --since 1d
      variorum report editors --since 2026-11-01 --format csv > editors.csv
    """
    if name == "list":
        _list()
        return
    if name not in dict(list_reports()):
        fail(f"no report {name!r}; `variorum report list` names them", Exit.USAGE)
    _, engine = open_store(database)
    if site is not None and site not in load_zones(engine):
        fail(f"no site {site!r} in this database; it has {', '.join(load_zones(engine)) or 'none'}")
    zone, now = parse_zone(tz, engine, site), clock()
    period = parse_moment(since, now, zone), parse_moment(until, now, zone)
    shown = form or TableFormat.TABLE
    exact = shown in {TableFormat.CSV, TableFormat.JSON}
    rows = limit if limit is not None else (0 if exact else _ROWS)
    table = run_report(engine, name, *period, site, zone=zone, limit=rows or None, now=now)
    if shown is TableFormat.HTML:
        say(report_page(timed(table, zone), table.title, _told_period(*period, zone)))
        return
    width = shutil.get_terminal_size().columns if shown is TableFormat.TABLE else None
    clock_of = None if exact and tz is None else zone
    say(render_table(table, shown.value, zone=clock_of, width=width))
