"""The ways of writing many rows that both databases share."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

T = TypeVar("T")
# SQLite allows 999 bound values in its older builds.
IN_LIST = 500

Rows = Sequence[dict[str, Any]]


def run_sql(connection: Connection, sql: str) -> None:
    """Run a statement that has no parameters, as it is written."""
    # the PostgreSQL driver takes a single percent sign for a parameter
    on_postgres = connection.dialect.name == "postgresql"
    connection.exec_driver_sql(sql.replace("%", "%%") if on_postgres else sql)


def chunks(values: Iterable[T]) -> Iterator[list[T]]:
    """Cut values into lists short enough for `IN (…)`."""
    items = list(values)
    for start in range(0, len(items), IN_LIST):
        yield items[start : start + IN_LIST]


def insert_all(connection: Connection, table: sa.Table, rows: Rows) -> None:
    """Insert rows, if there are any."""
    if rows:
        connection.execute(table.insert(), list(rows))


def insert_numbered(connection: Connection, table: sa.Table, rows: Rows) -> list[int]:
    """Insert rows and return their new numbers, in the order of the rows.

    On SQLite a transaction that writes is the only one, so the numbers can be given out here,
    and the rows go in together; the driver would ask for each row's number on its own.
    """
    if not rows:
        return []
    if connection.dialect.name == "sqlite":
        last = connection.scalar(sa.select(sa.func.max(table.c.id))) or 0
        numbers = list(range(last + 1, last + 1 + len(rows)))
        numbered = [row | {"id": number} for number, row in zip(numbers, rows, strict=True)]
        insert_all(connection, table, numbered)
        return numbers
    insert = table.insert().returning(table.c.id, sort_by_parameter_order=True)
    return list(connection.scalars(insert, list(rows)))


def insert_missing(connection: Connection, table: sa.Table, rows: Rows) -> None:
    """Insert those rows whose keys are not taken.

    Callers give rows in order of their keys, so that two writers cannot wait for each other.
    """
    if not rows:
        return
    if connection.dialect.name == "sqlite":
        connection.execute(sqlite.insert(table).on_conflict_do_nothing(), list(rows))
    else:
        connection.execute(postgresql.insert(table).on_conflict_do_nothing(), list(rows))


def update_each(connection: Connection, table: sa.Table, key: str, rows: Rows) -> None:
    """Update one row for each given one, found by `key`; all rows give the same columns."""
    if not rows:
        return
    given = [{f"new_{name}": value for name, value in row.items()} for row in rows]
    columns = {
        name: sa.bindparam(f"new_{name}", type_=table.c[name].type)
        for name in rows[0]
        if name != key
    }
    update = sa.update(table).where(table.c[key] == sa.bindparam(f"new_{key}")).values(**columns)
    connection.execute(update, given)
