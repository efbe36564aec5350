"""`variorum report`: the shipped reports."""

import re
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer

from reporting.ask import Ask
from reporting.canvas import NO_HAN_FONT, PlotError, has_han_font, save, svg
from reporting.morning_page import render_morning
from reporting.page import picture, report_page
from reporting.plots import PLOTS, draw
from reporting.render import timed
from reporting.report import list_reports, render_table, run_report
from reporting.times import load_zones, render_zone
from storage.engine import Engine
from storage.spans import Span
from variorum.commands.console import Exit, clock, errors, fail, say
from variorum.commands.store import Database, open_store

_SPAN = re.compile(r"(\d+)\s*([mhdw])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
# Rows for people where none are asked for; programs get all.
_ROWS = 200
_MORNING = "morning"


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


def parse_span(
    since: str | None, until: str | None, now: datetime, zone: tzinfo, site: str | None
) -> Span:
    """Return the period that the options name; end the command where it ends before it begins."""
    span = Span(parse_moment(since, now, zone), parse_moment(until, now, zone), site)
    if span.since and span.until and span.since >= span.until:
        fail(f"--since {since} is not before --until {until}", Exit.USAGE)
    return span


def require_site(engine: Engine, site: str | None) -> None:
    """End the command where a site is asked for that the database does not know."""
    known = load_zones(engine)
    if site is not None and site not in known:
        fail(f"no site {site!r} in this database; it has {', '.join(known) or 'none'}")


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
    reports = [*list_reports(), (_MORNING, "the night's news on one page, for the desk to open")]
    width = max(len(name) for name, _ in reports)
    say(f"{name:{width}}  {purpose}" for name, purpose in sorted(reports))


def draw_into(path: Path, figure: Callable[[], Any]) -> None:
    """Draw a picture into a file, or end the command with what is in the way."""
    try:
        save(figure(), path)
        if not has_han_font():
            errors.print(f"variorum: {NO_HAN_FONT}", style="yellow", markup=False)
    except PlotError as error:
        fail(str(error))
    say(f"drawn into {path}")


def _pictures(engine: Engine, name: str, ask: Ask) -> list[str]:
    """Return the picture of a report as part of a page; none where there is none to draw."""
    try:
        return [picture(svg(draw(engine, name, ask)), name)] if name in PLOTS else []
    except PlotError:
        return []


def _told_period(span: Span, zone: tzinfo) -> str:
    parts = [
        f"{word} {moment.astimezone(zone):%Y-%m-%d %H:%M}"
        for word, moment in (("from", span.since), ("to", span.until))
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
        typer.Option("--format", help="How to show it.", show_default="table; morning: html"),
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
    plot: Annotated[
        Path | None, typer.Option(help="Draw it into FILE.svg or FILE.png instead.")
    ] = None,
    database: Database = None,
) -> None:
    """Print a shipped report.

    \b
    Examples:
      variorum report list
      variorum report changes --since 1d
      variorum report editors --since 2026-11-01 --format csv > editors.csv
      variorum report volume --since 30d --plot volume.png
      variorum report morning > morning.html
    """
    if name == "list":
        _list()
        return
    if name != _MORNING and name not in dict(list_reports()):
        fail(f"no report {name!r}; `variorum report list` names them", Exit.USAGE)
    if plot and name not in PLOTS:
        fail(f"{name} has no plot; these have: {', '.join(sorted(PLOTS))}", Exit.USAGE)
    _, engine = open_store(database)
    require_site(engine, site)
    zone, now = parse_zone(tz, engine, site), clock()
    ask = Ask(parse_span(since, until, now, zone, site), zone, limit, now)
    if name == _MORNING:
        _print_morning(engine, ask, form)
    elif plot:
        draw_into(plot, lambda: draw(engine, name, ask))
    else:
        _print(engine, name, ask, form or TableFormat.TABLE, own_clock=tz is not None)


def _print_morning(engine: Engine, ask: Ask, form: TableFormat | None) -> None:
    if form not in {None, TableFormat.HTML, TableFormat.MD}:
        fail("morning comes as html or md", Exit.USAGE)
    say(render_morning(engine, ask, as_html=form is not TableFormat.MD))


def _print(engine: Engine, name: str, ask: Ask, form: TableFormat, *, own_clock: bool) -> None:
    exact = form in {TableFormat.CSV, TableFormat.JSON}
    rows = (0 if exact else _ROWS) if ask.limit is None else ask.limit
    span = ask.span
    table = run_report(
        engine,
        name,
        span.since,
        span.until,
        span.site,
        zone=ask.zone,
        limit=rows or None,
        now=ask.now,
    )
    if form is TableFormat.HTML:
        told = _told_period(span, ask.zone)
        say(report_page(timed(table, ask.zone), table.title, told, _pictures(engine, name, ask)))
        return
    width = shutil.get_terminal_size().columns if form is TableFormat.TABLE else None
    zone = None if exact and not own_clock else ask.zone
    say(render_table(table, form.value, zone=zone, width=width))
