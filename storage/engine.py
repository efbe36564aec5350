"""Opening the database with the settings that make a commit mean what it says."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection, Engine, make_url

from storage.errors import ArchiveError, NoDatabase, NoDriver
from storage.summaries import settle

__all__ = ["APPLICATION_ID", "Engine", "open_engine", "reading", "run_unit", "told_url", "writing"]

T = TypeVar("T")

# Written into the header of every SQLite file of ours ("Vari"), so that none other is taken for it.
APPLICATION_ID = 0x56617269
BUSY_SECONDS = 30
# Lost races: serialization failure, deadlock, a row that another made first or erased meanwhile.
# The unit is done again, which is safe because it is idempotent, and then finds what is there.
LOST_RACES = {"40001", "40P01", "23505", "23503"}
# Before these releases WAL may lose a commit (https://sqlite.org/wal.html, the WAL-reset bug).
_WAL_FIXED = {(3, 44): 6, (3, 50): 7}
_WAL_FIXED_FROM = (3, 51, 3)


def has_wal_fix(version: tuple[int, int, int]) -> bool:
    """Whether that SQLite has the fix of the WAL-reset bug."""
    patch = _WAL_FIXED.get(version[:2])
    return version >= _WAL_FIXED_FROM or (patch is not None and version[2] >= patch)


def journal_mode() -> str:
    """Return the journal mode that is safe with the SQLite in use."""
    return "WAL" if has_wal_fix(sqlite3.sqlite_version_info) else "TRUNCATE"


def open_engine(url: str, *, create: bool = True) -> Engine:
    """Open the database at an SQLAlchemy URL; raise ArchiveError where that cannot be done.

    Without `create` a missing SQLite file is an error; with it, the file's folder is made.
    """
    try:
        address = make_url(url)
    except sa.exc.ArgumentError:
        raise ArchiveError(
            f"{url!r} is no database address; use sqlite:///FILE or postgresql+psycopg://…"
        ) from None
    kind = address.get_backend_name()
    if kind == "sqlite":
        return _open_sqlite(address.set(drivername="sqlite+pysqlite"), create=create)
    if kind in {"postgresql", "postgres"}:
        return _open_postgres(address.set(drivername="postgresql+psycopg"))
    raise ArchiveError(f"{kind} is not supported; use sqlite:///FILE or postgresql+psycopg://…")


def _open_sqlite(address: URL, *, create: bool) -> Engine:
    if not address.database or address.database == ":memory:":
        raise ArchiveError("an archive in memory would be lost; name a file: sqlite:///news.db")
    path = Path(address.database)
    _require_ours(path, create=create)
    engine = sa.create_engine(address, connect_args={"timeout": BUSY_SECONDS})
    sa.event.listen(engine, "connect", _set_up_sqlite)
    sa.event.listen(engine, "begin", _begin_sqlite)
    with reading(engine):  # so that a fault shows here, in one line
        return engine


@contextmanager
def discarding(url: str) -> Iterator[None]:
    """Take an SQLite database that is made within away again where that ends in an error."""
    address = make_url(url)
    name = address.database if address.get_backend_name() == "sqlite" else None
    new = name is not None and not Path(name).exists()
    try:
        yield
    except BaseException:
        if new:
            for suffix in ("", "-journal", "-wal", "-shm"):
                Path(f"{name}{suffix}").unlink(missing_ok=True)
        raise


def _require_ours(path: Path, *, create: bool) -> None:
    """Refuse a file that is no database of ours, before anything touches it."""
    try:
        if not path.exists():
            if not create:
                raise NoDatabase(f"there is no database at {path}")
            path.parent.mkdir(parents=True, exist_ok=True)
            return
        found, has_tables = _identify(path)
    except (OSError, sqlite3.Error) as error:
        raise ArchiveError(f"cannot open {path}: {error}") from None
    if found != APPLICATION_ID and (found or has_tables):
        raise ArchiveError(f"{path} is a database of another program; name another file")


def _identify(path: Path) -> tuple[int, bool]:
    """Return a file's application id and whether it has tables."""
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS)
    try:
        connection.execute("BEGIN")  # both of one moment, for another process may be making it
        (found,) = connection.execute("PRAGMA application_id").fetchone()
        (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    finally:
        connection.close()
    return found, bool(tables)


def _set_up_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # Without this the driver begins transactions by itself, late and never with a write lock.
    connection.isolation_level = None
    for setting in (
        "foreign_keys=ON",
        f"busy_timeout={BUSY_SECONDS * 1000}",
        "synchronous=FULL",
        f"journal_mode={journal_mode()}",
        "cache_size=-32000",  # one commit's pages fit, so none is written before its time
    ):
        connection.execute(f"PRAGMA {setting}").close()


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that starts reading and then writes can fail where one that waits cannot.
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _open_postgres(address: URL) -> Engine:
    try:
        engine = sa.create_engine(
            address,
            pool_pre_ping=True,
            connect_args={
                "connect_timeout": 10,
                "application_name": "variorum",
                "options": "-c timezone=UTC -c synchronous_commit=on",
            },
        )
    except ModuleNotFoundError:
        raise NoDriver("PostgreSQL needs a driver: pip install 'variorum[postgres]'") from None
    with reading(engine) as connection:
        encoding = connection.exec_driver_sql("SHOW server_encoding").scalar_one()
    if encoding != "UTF8":
        raise ArchiveError(f"the PostgreSQL database has encoding {encoding}; it must be UTF8")
    return engine


def told_url(engine: Engine) -> str:
    """Return a database's address as users give it, without its password."""
    return engine.url.render_as_string(hide_password=True).replace("sqlite+pysqlite:", "sqlite:")


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Open one consistent view of the database; database errors come out as ArchiveError."""
    with _one_line_errors(engine), engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execution_options(isolation_level="REPEATABLE READ")
        with connection.begin():
            yield connection


@contextmanager
def writing(engine: Engine, *, settled: bool = True) -> Iterator[Connection]:
    """Open one transaction that writes: all of it is committed at the end, or none of it.

    The summaries follow what it wrote, unless `settled` is false: for work on the schema itself.
    """
    with (
        _one_line_errors(engine),
        engine.execution_options(writes=True).connect() as connection,
        connection.begin(),
    ):
        yield connection
        if settled:
            settle(connection)


@contextmanager
def outside(engine: Engine) -> Iterator[Any]:
    """Give a cursor outside of any transaction, for what databases refuse to do within one."""
    pooled = engine.raw_connection()
    driver: Any = pooled.dbapi_connection
    try:
        if engine.dialect.name == "postgresql":
            driver.autocommit = True
        yield driver.cursor()
    except engine.dialect.loaded_dbapi.Error as error:
        raise ArchiveError(f"{told_url(engine)}: {error}") from error
    finally:
        pooled.invalidate()  # no other use gets it in this mode


def run_unit(engine: Engine, unit: Callable[[Connection], T]) -> T:
    """Run an idempotent unit of work in one transaction; again where it was lost on the way."""
    for pause in (0.05, 0.5):
        try:
            with writing(engine) as connection:
                return unit(connection)
        except Interrupted:
            time.sleep(pause)
    with writing(engine) as connection:
        return unit(connection)


class Interrupted(ArchiveError):  # noqa: N818 - it states a fact, like its siblings
    """A transaction was lost to a race or a cut connection; done again it may succeed."""


@contextmanager
def _one_line_errors(engine: Engine) -> Iterator[None]:
    try:
        yield
    except (sa.exc.DatabaseError, sa.exc.InterfaceError, sa.exc.TimeoutError) as error:
        message = f"{told_url(engine)}: {_first_line(error)}"
        if _is_passing(error):
            raise Interrupted(message) from error
        if isinstance(error, sa.exc.IntegrityError | sa.exc.DataError):
            raise  # a fault of ours, worth its traceback
        raise ArchiveError(message) from error


def _first_line(error: sa.exc.SQLAlchemyError) -> str:
    cause: Any = getattr(error, "orig", None) or error
    return next(iter(str(cause).strip().splitlines()), type(cause).__name__)


def _is_passing(error: sa.exc.SQLAlchemyError) -> bool:
    """Whether a second try may succeed: a lost race, or a connection cut under the transaction."""
    if not isinstance(error, sa.exc.DBAPIError):
        return False
    state = getattr(error.orig, "sqlstate", None)
    return error.connection_invalidated or state in LOST_RACES
