"""`variorum sql`: a question in SQL, that can read and do nothing else."""

import json
import os
import sys
import threading
from pathlib import Path
from typing import Annotated

import typer

from reporting.door import datasette_metadata, schema_table
from reporting.report import Table, render_table
from storage.door import Limits, Parameter, ask
from storage.engine import Engine, open_engine
from variorum.commands.console import Exit, errors, fail, say
from variorum.commands.reports import TableFormat
from variorum.commands.store import Database, open_store
from variorum.config import load_settings

_MEMORY = 1_000_000_000  # bytes that a query may take in this process
_GRACE = 10.0  # seconds beyond the time-out after which a call that cannot be stopped is left


def parse_parameters(given: list[str]) -> dict[str, Parameter]:
    """Return parameters by name: `name=text`, and `name:=number` (or null) as JSON has it."""
    found: dict[str, Parameter] = {}
    for pair in given:
        name, equals, value = pair.partition("=")
        is_json = name.endswith(":")
        name = name.removesuffix(":")
        if not equals or not name.isidentifier():
            fail(f"-p takes name=text or name:=number, not {pair!r}", Exit.USAGE)
        found[name] = _number(value, pair) if is_json else value
    return found


def _number(text: str, pair: str) -> Parameter:
    try:
        value = json.loads(text)
    except ValueError:
        value = []
    if value is not None and not isinstance(value, int | float):
        fail(f"{pair!r} gives no number; -p name=text gives a text", Exit.USAGE)
    return value


def sql(
    query: Annotated[
        str | None, typer.Argument(metavar="QUERY", help="One query; - reads it from input.")
    ] = None,
    parameters: Annotated[
        list[str] | None,
        typer.Option("-p", metavar="NAME=TEXT", help="A value for :name; NAME:=NUMBER a number."),
    ] = None,
    limit: Annotated[int, typer.Option(min=0, help="Rows at most; 0 is no limit.")] = 1000,
    timeout: Annotated[float, typer.Option(min=0.1, max=3600, help="Seconds at most.")] = 30.0,
    form: Annotated[
        TableFormat, typer.Option("--format", help="How to show it.")
    ] = TableFormat.TABLE,
    schema: Annotated[bool, typer.Option("--schema", help="Print what can be asked.")] = False,
    metadata: Annotated[
        bool, typer.Option("--datasette-metadata", help="Print metadata for Datasette.")
    ] = False,
    database: Database = None,
) -> None:
    """Answer a question in SQL. It can read views and tables, and do nothing else.

    On PostgreSQL it asks as a reader that `variorum db grant-reader` has made: give its address
    by VARIORUM_SQL_DATABASE. Exit 1 where a query is refused or takes too long.

    \b
    Examples:
      variorum sql "SELECT site, headline FROM latest_versions ORDER BY first_seen_at DESC"
      variorum sql "SELECT * FROM change_log WHERE site = :s" -p s=lake --format csv
      variorum sql --schema
    """
    engine = _open(database)
    if schema:
        say(render_table(schema_table(engine), form.value))
    elif metadata:
        say(json.dumps(_metadata(engine), ensure_ascii=False, indent=2))
    elif query is None:
        fail("give a QUERY, --schema or --datasette-metadata", Exit.USAGE)
    else:
        given = parse_parameters(parameters or [])
        limits = Limits(rows=limit, seconds=timeout, memory=_MEMORY)
        _answer(engine, sys.stdin.read() if query == "-" else query, given, limits, form)


def _open(database: str | None) -> Engine:
    """Open where to ask: what the command line names, else the reader's address, else the store."""
    address = database or load_settings().sql_database
    engine = open_engine(load_settings(database=address).database, create=False)
    if engine.dialect.name == "sqlite":
        open_store(address)  # says what is wrong with an empty or old one; a reader cannot see that
    return engine


def _metadata(engine: Engine) -> dict[str, object]:
    if engine.dialect.name != "sqlite":
        fail("Datasette serves SQLite files; on PostgreSQL see deploy/grafana")
    return datasette_metadata(engine, Path(engine.url.database or "").stem)


def _answer(
    engine: Engine, query: str, given: dict[str, Parameter], limits: Limits, form: TableFormat
) -> None:
    stop = threading.Timer(limits.seconds + _GRACE, _leave, [limits.seconds])
    stop.daemon = True
    stop.start()
    try:
        answer = ask(engine, query, given, limits)
    finally:
        stop.cancel()
    say(render_table(Table(answer.columns, answer.rows), form.value))
    if answer.is_cut:
        note = f"cut after {limits.rows} rows; --limit 0 prints all"
        errors.print(f"variorum: {note}", style="yellow", markup=False)


def _leave(seconds: float) -> None:
    """End the process: within one call SQLite looks at no clock. Nothing is being written."""
    errors.print(f"variorum: the query took more than {seconds:g} s", style="red", markup=False)
    os._exit(int(Exit.FAILURE))
