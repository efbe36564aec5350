"""`variorum report`: the shipped reports."""

import re
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated

import typer

from reporting.report import list_reports, render_table, run_report
from variorum.commands.console import Exit, clock, fail, say
from variorum.commands.store import Database, open_store

_SPAN = re.compile(r"(\d+)\s*([mhdw])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


class TableFormat(StrEnum):
    """How a table may be shown."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    MD = "md"


def parse_moment(text: str | None, now: datetime) -> datetime | None:
    """Return the instant that `7d`, `12h` or an ISO date or time names; a date is midnight UTC."""
    if text is None:
        return None
    span = _SPAN.fullmatch(text.strip())
    if span:
        return now - timedelta(**{_UNITS[span[2]]: int(span[1])})
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        fail(f"{text!r} is neither a span such as 7d or 12h nor an ISO date", Exit.USAGE)
    return moment if moment.tzinfo else moment.replace(tzinfo=now.tzinfo)


def report(
    name: Annotated[str, typer.Argument(help="A report; `list` names them all.")],
    since: Annotated[str | None, typer.Option(help="7d, 12h, or an ISO date.")] = None,
    until: Annotated[str | None, typer.Option(help="Like --since.")] = None,
    site: Annotated[str | None, typer.Option(help="Only this site.")] = None,
    form: Annotated[
        TableFormat, typer.Option("--format", help="How to show it.")
    ] = TableFormat.TABLE,
    database: Database = None,
) -> None:
    """Print a shipped report.

    \b
    Examples:
      variorum report list
      variorum report changes --since 7d --format csv > changes.csv
    """
    if name == "list":
        width = max(len(report_name) for report_name, _ in list_reports())
        say(f"{report_name:{width}}  {purpose}" for report_name, purpose in list_reports())
        return
    if name not in dict(list_reports()):
        fail(f"no report {name!r}; `variorum report list` names them", Exit.USAGE)
    _, engine = open_store(database)
    now = clock()
    table = run_report(
        engine, name, since=parse_moment(since, now), until=parse_moment(until, now), site=site
    )
    say(render_table(table, form.value))
