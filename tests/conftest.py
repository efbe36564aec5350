"""The databases the tests run on: an SQLite file, and a scratch database on a PostgreSQL server."""

import os
import tempfile
import uuid
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine, make_url

from storage.engine import open_engine
from storage.migrate import upgrade
from storage.tables import metadata

SERVER = os.environ.get(
    "VARIORUM_TEST_POSTGRES", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"
)
REQUIRED = os.environ.get("VARIORUM_REQUIRE_POSTGRES") == "1"


def unreachable(reason: str) -> None:
    """Skip the test, or fail it where PostgreSQL is required."""
    message = f"no PostgreSQL at {make_url(SERVER)} (VARIORUM_TEST_POSTGRES): {reason}"
    if REQUIRED:
        pytest.fail(message, pytrace=False)
    pytest.skip(message)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Engine]:
    """An engine to the server's own database, in which databases are made and dropped."""
    server = sa.create_engine(
        SERVER, isolation_level="AUTOCOMMIT", connect_args={"connect_timeout": 5}
    )
    try:
        server.connect().close()
    except (sa.exc.OperationalError, ModuleNotFoundError) as error:
        unreachable(str(error).splitlines()[0])
    yield server
    server.dispose()


@cache
def migrated_sqlite() -> bytes:
    """Return the file of an SQLite database with all tables and no rows, made once a session."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "empty.db"
        engine = open_engine(f"sqlite:///{path}")
        upgrade(engine)
        engine.dispose()
        return path.read_bytes()


def scratch_database(server: Engine, template: str = "template1") -> str:
    """Make a database of a name that nobody else has; return its address."""
    name = f"variorum_test_{uuid.uuid4().hex[:12]}"
    with server.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {template}")
    return server.url.set(database=name).render_as_string(hide_password=False)


def drop_database(server: Engine, url: str) -> None:
    """Drop a scratch database, whoever is still connected."""
    with server.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {make_url(url).database} WITH (FORCE)")


@pytest.fixture(scope="session")
def postgres_url(postgres_server: Engine) -> Iterator[str]:
    """The address of this session's scratch database, with all tables."""
    url = scratch_database(postgres_server)
    engine = open_engine(url)
    upgrade(engine)
    engine.dispose()
    yield url
    drop_database(postgres_server, url)


@pytest.fixture
def fresh_postgres_url(postgres_server: Engine) -> Iterator[str]:
    """The address of an empty database of the test's own."""
    url = scratch_database(postgres_server)
    yield url
    drop_database(postgres_server, url)


def empty_tables(engine: Engine) -> None:
    """Take all rows out of all tables, and begin their numbers anew.

    Not by TRUNCATE: making new files for two dozen tables takes longer than most tests.
    """
    tables = metadata.sorted_tables
    statements = [f"DELETE FROM {table.name}" for table in reversed(tables)]
    statements += [
        f"ALTER SEQUENCE {table.name}_id_seq RESTART" for table in tables if "id" in table.columns
    ]
    with engine.begin() as connection:
        connection.exec_driver_sql("; ".join(statements))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database with all tables and no rows, of each kind in turn."""
    if request.param == "sqlite":
        path = tmp_path / "archive.db"
        path.write_bytes(migrated_sqlite())
        return f"sqlite:///{path}"
    url: str = request.getfixturevalue("postgres_url")
    engine = open_engine(url)
    empty_tables(engine)
    engine.dispose()
    return url


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An open archive database without rows, of each kind in turn."""
    opened = open_engine(database_url)
    yield opened
    opened.dispose()
