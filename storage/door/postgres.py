"""The SQL door on PostgreSQL: a reader's own login, one statement, read only, never committed."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy.engine import Engine

from storage.door.answers import Answer, Limits, Parameter, QueryRefused, collect
from storage.door.readers import faults
from storage.door.statements import named_parameters, numbered, require_given

if TYPE_CHECKING:
    import psycopg


def ask(engine: Engine, query: str, parameters: dict[str, Parameter], limits: Limits) -> Answer:
    """Answer one query; see `storage.door.ask`."""
    with _opened(engine, limits) as connection:
        found = faults(connection)
        if found:
            raise QueryRefused(
                f"{connection.info.user} is no reader: {found[0]}; `variorum db grant-reader` "
                "makes one, and VARIORUM_SQL_DATABASE names its address"
            )
        connection.rollback()
        return _answer(connection, query, parameters, limits)


def _answer(
    connection: "psycopg.Connection[Any]",
    query: str,
    parameters: dict[str, Parameter],
    limits: Limits,
) -> Answer:
    import psycopg  # noqa: PLC0415 - the driver is an extra

    names = [name for name in named_parameters(query) if name in parameters]
    require_given(query, set(parameters) | _slices(query))
    values = [parameters[name] for name in names]
    statement = numbered(query, names).encode()
    columns = _described(connection, statement)
    cursor = psycopg.RawCursor(connection)
    # Streamed, so that a cut answer is never built, and by the extended protocol, which takes one
    # statement alone.
    stream: Any = cursor.stream(statement, values)
    with closing(stream) as rows:
        return collect(columns, rows, limits)


def _described(connection: "psycopg.Connection[Any]", statement: bytes) -> list[str]:
    """Return the names of a query's columns, before anything of it is run."""
    import psycopg  # noqa: PLC0415 - the driver is an extra

    connection.execute("SELECT 1")  # begins the transaction, read only
    prepared = connection.pgconn.prepare(b"", statement)
    if prepared.error_message:
        raise QueryRefused(prepared.get_error_message("utf-8").splitlines()[0])
    described = connection.pgconn.describe_prepared(b"")
    if described.status != psycopg.pq.ExecStatus.COMMAND_OK or not described.nfields:
        raise QueryRefused("there is no query")
    names = (described.fname(place) or b"" for place in range(described.nfields))
    return [name.decode() for name in names]


def _slices(query: str) -> set[str]:
    """Return names that stand in an array's slice, which PostgreSQL writes as `[a:b]`."""
    return set(named_parameters(query)) if "[" in query else set()


@contextmanager
def _opened(engine: Engine, limits: Limits) -> Iterator["psycopg.Connection[Any]"]:
    import psycopg  # noqa: PLC0415 - the driver is an extra

    url = engine.url
    milliseconds = max(1, round(limits.seconds * 1000))
    try:
        options: dict[str, Any] = {str(name): str(value) for name, value in url.query.items()}
        with psycopg.connect(
            host=url.host,
            port=url.port,
            user=url.username,
            dbname=url.database,
            password=url.password,
            connect_timeout=10,
            application_name="variorum sql",
            options=f"-c timezone=UTC -c statement_timeout={milliseconds} -c lock_timeout=10000",
            **options,
        ) as connection:
            connection.read_only = True
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            try:
                yield connection
            finally:
                connection.rollback()  # whatever a function did beside reading is undone
    except psycopg.errors.QueryCanceled:
        raise QueryRefused(
            f"the query took more than {limits.seconds:g} s; ask for less, or --timeout"
        ) from None
    except psycopg.Error as error:
        raise QueryRefused(next(iter(str(error).splitlines()), type(error).__name__)) from None
