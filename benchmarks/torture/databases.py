"""New databases for every round, on SQLite and on PostgreSQL."""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from benchmarks.torture.workload import SITE_KEYS
from benchmarks.torture.writer import work
from storage.digest import digest
from storage.engine import open_engine
from storage.migrate import upgrade

SERVER = "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"


def sqlite_databases(folder: Path) -> Iterator[str]:
    """Yield addresses of new SQLite files without end; each is gone when the next is asked for."""
    template = folder / "empty.db"
    _migrate(f"sqlite:///{template}")
    for number in range(10**9):
        path = folder / f"round-{number}.db"
        path.write_bytes(template.read_bytes())
        yield f"sqlite:///{path}"
        path.unlink()


@contextmanager
def postgres_databases() -> Iterator[Iterator[str]]:
    """Give new databases of a server without end; VARIORUM_TEST_POSTGRES names the server."""
    url = os.environ.get("VARIORUM_TEST_POSTGRES", SERVER)
    server = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    prefix = f"variorum_torture_{uuid.uuid4().hex[:8]}"
    try:
        yield _copies(server, prefix)
    finally:
        with server.connect() as connection:
            pattern = sa.text("SELECT datname FROM pg_database WHERE datname LIKE :own")
            for name in connection.scalars(pattern, {"own": f"{prefix}%"}).all():
                connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
        server.dispose()


def _copies(server: sa.Engine, prefix: str) -> Iterator[str]:
    def url_of(name: str) -> str:
        return server.url.set(database=name).render_as_string(hide_password=False)

    with server.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {prefix}_empty")
        _migrate(url_of(f"{prefix}_empty"))
        for number in range(10**9):
            name = f"{prefix}_{number}"
            connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {prefix}_empty")
            yield url_of(name)
            connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")


def _migrate(url: str) -> None:
    engine = open_engine(url)
    upgrade(engine)
    engine.dispose()


def undisturbed_digest(folder: Path) -> str:
    """Return what a database means after all of the work, done without a fault."""
    url = f"sqlite:///{folder / 'undisturbed.db'}"
    _migrate(url)
    for site in SITE_KEYS:
        work(url, site)
    engine = open_engine(url)
    found = digest(engine)
    engine.dispose()
    return found
