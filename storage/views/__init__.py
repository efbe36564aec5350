"""The views for reporting: their SQL, one file each, and how it is said to each database.

A file holds all there is to say of a view: its purpose, an example query with the question it
answers, and behind each column what it means.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from sqlalchemy.engine import Connection

from storage.writes import run_sql

# `utc{moment}` gives a time, `day{hours since 1970}` a date, as the same text on both databases.
_SAID = re.compile(r"(utc|day)\{([^}]*)\}")
_AS_TEXT = {
    ("sqlite", "utc"): "{}",  # stored so
    ("sqlite", "day"): "date(({}) * 3600, 'unixepoch')",
    ("postgresql", "utc"): 'variorum_utc({}) COLLATE "C"',
    ("postgresql", "day"): 'variorum_day({}) COLLATE "C"',
}
# Immutable, for an index may rest on what they give: it depends on no setting.
_FUNCTIONS = """
CREATE OR REPLACE FUNCTION variorum_utc(moment timestamptz) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN RETURN to_char(moment AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'); END $$;
CREATE OR REPLACE FUNCTION variorum_day(hours integer) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN RETURN to_char(to_timestamp(hours * 3600.0) AT TIME ZONE 'UTC', 'YYYY-MM-DD'); END $$;
"""
# What reports order and limit by, as the views say it.
_INDEXED = (("changes", "first_seen_at"), ("versions", "first_seen_at"), ("events", "occurred_at"))
SAID_INDEX = "ix_said_"
_COLUMN = re.compile(r"^ {4}.*\bAS (\w+),?  -- (.+)$|^ {4}\)\}? AS (\w+),?  -- (.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class View:
    """A view as its file describes it."""

    name: str
    purpose: str
    question: str  # that the example answers
    example: str
    columns: tuple[tuple[str, str], ...]  # name and meaning
    select: str


def view_names() -> list[str]:
    """Return the names of the views, sorted."""
    return sorted(
        file.name[:-4] for file in files(__name__).iterdir() if file.name.endswith(".sql")
    )


@cache
def find_view(name: str) -> View:
    """Return what a view's file says."""
    source = files(__name__).joinpath(f"{name}.sql").read_text("utf-8")
    start = source.index("SELECT\n")
    purpose, _, rest = source[:start].replace("-- ", "").partition("Example: ")
    question, _, example = rest.partition("\n")
    return View(
        name,
        " ".join(purpose.split()),
        question,
        "\n".join(line.removeprefix("  ") for line in example.splitlines()),
        tuple((found[1] or found[3], found[2] or found[4]) for found in _COLUMN.finditer(source)),
        source[start:],
    )


def load_view(name: str, dialect: str) -> str:
    """Return a view's SELECT as that database says it."""

    def said(found: re.Match[str]) -> str:
        return _AS_TEXT[dialect, found[1]].format(found[2])

    return _SAID.sub(said, find_view(name).select)


def drop_views(connection: Connection) -> None:
    """Take the views away, so that migrations can alter the tables under them."""
    for name in view_names():
        connection.exec_driver_sql(f"DROP VIEW IF EXISTS {name}")


def create_views(connection: Connection) -> None:
    """Make the views; they hold no data, so every upgrade makes them anew."""
    on_postgres = connection.dialect.name == "postgresql"
    if on_postgres:
        connection.exec_driver_sql(_FUNCTIONS)
    for name in view_names():
        select = load_view(name, connection.dialect.name)
        run_sql(connection, f"CREATE VIEW {name} AS\n{select}")
    if on_postgres:
        for statement in _said_indexes():
            connection.exec_driver_sql(statement)
        _comment(connection)


def _said_indexes() -> Iterator[str]:
    """Yield an index on each time as the views say it, so that a view's times can be searched."""
    for table, column in _INDEXED:
        yield (
            f"CREATE INDEX IF NOT EXISTS {SAID_INDEX}{table}_{column} "
            f'ON {table} ((variorum_utc({column}) COLLATE "C"))'
        )


def _comment(connection: Connection) -> None:
    """Tell the database what views and columns mean, where it can keep that."""
    for view in map(find_view, view_names()):
        said = [(f"VIEW {view.name}", view.purpose)]
        said += [(f"COLUMN {view.name}.{column}", meaning) for column, meaning in view.columns]
        for of, text in said:
            quoted = text.replace("'", "''")
            run_sql(connection, f"COMMENT ON {of} IS '{quoted}'")
