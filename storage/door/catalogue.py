"""What can be asked in SQL: views and tables with their columns and what they mean."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from storage.engine import reading
from storage.tables import metadata
from storage.views import find_view, view_names


@dataclass(frozen=True, slots=True)
class Column:
    """A column as the database gives it."""

    name: str
    type: str
    comment: str


@dataclass(frozen=True, slots=True)
class Relation:
    """A view or a table."""

    name: str
    kind: str  # view or table
    comment: str
    columns: tuple[Column, ...]


def list_relations(engine: Engine) -> list[Relation]:
    """Return the views, by name, and where the door lets through to them the tables."""
    with reading(engine) as connection:
        found = [_view(connection, name) for name in view_names()]
    if engine.dialect.name == "postgresql":
        return found  # all that a reader may read
    return found + [_table(engine, metadata.tables[name]) for name in sorted(metadata.tables)]


def _view(connection: Connection, name: str) -> Relation:
    view = find_view(name)
    meanings = dict(view.columns)
    columns = tuple(
        Column(str(row["name"]), str(row["type"]), meanings.get(row["name"], ""))
        for row in sa.inspect(connection).get_columns(name)
    )
    return Relation(name, "view", view.purpose, columns)


def _table(engine: Engine, table: sa.Table) -> Relation:
    columns = tuple(
        Column(column.name, column.type.compile(engine.dialect), column.comment or "")
        for column in table.columns
    )
    return Relation(table.name, "table", table.comment or "", columns)
