"""Bringing a database to the schema this code knows, settings built in code."""

from importlib.resources import files
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy.engine import Connection, Engine

from storage.engine import APPLICATION_ID, reading, writing
from storage.errors import ArchiveError

# Any number will do, as long as every release uses the same.
_UPGRADE_LOCK = 0x5661726900000001


def configuration() -> Config:
    """Return Alembic's settings: the migrations inside the wheel, or beside this package."""
    packaged = Path(str(files("storage"))) / "migrations"
    beside = Path(__file__).resolve().parent.parent / "alembic"
    config = Config()
    config.set_main_option(
        "script_location", str(packaged if packaged.is_dir() else beside).replace("%", "%%")
    )
    return config


def head() -> str:
    """Return the revision this code knows."""
    revision = ScriptDirectory.from_config(configuration()).get_current_head()
    if revision is None:
        raise ArchiveError("this installation has no migrations; install it again")
    return revision


def current(engine: Engine) -> str | None:
    """Return the revision a database is at; None where it is empty."""
    with reading(engine) as connection:
        return _current(connection)


def _current(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def is_empty(engine: Engine) -> bool:
    """Whether a database holds no tables of ours yet; raise ArchiveError where it is too new."""
    revision = current(engine)
    if revision is not None:
        _require_known(revision)
    return revision is None


def _require_known(revision: str) -> None:
    try:
        ScriptDirectory.from_config(configuration()).get_revision(revision)
    except CommandError:
        raise ArchiveError(
            f"the database has schema {revision}, which is newer than this program "
            f"(schema {head()}); upgrade variorum"
        ) from None


def upgrade(engine: Engine) -> str:
    """Bring a database to the newest schema, with its data; return the revision it is then at.

    Two processes may do it at once: the second waits, and finds nothing left to do.
    """
    revision = current(engine)
    if revision is not None:
        _require_known(revision)
        if revision == head():
            return revision
    with writing(engine, settled=False) as connection:
        config = configuration()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    return head()


def claim(connection: Connection) -> None:
    """Keep other upgrades out until the transaction ends, and mark the database as ours.

    On SQLite the transaction itself keeps others out.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_UPGRADE_LOCK)))
    else:
        connection.exec_driver_sql(f"PRAGMA application_id={APPLICATION_ID}")
