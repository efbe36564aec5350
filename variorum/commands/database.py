"""`variorum db`: migrations, integrity, meaning, sizes, readers."""

import os
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress

from storage.backup import backup
from storage.digest import digest
from storage.door.readers import grant_reader
from storage.engine import open_engine
from storage.integrity import check
from storage.migrate import upgrade
from storage.search.index import catch_up, clear_index, watermark
from storage.stats import stats
from variorum.commands.console import Exit, clock, errors, fail, say
from variorum.commands.store import Database, open_store
from variorum.config import load_settings


def upgrade_(database: Database = None) -> None:
    """Create the tables, or bring an older database up to date with all its data.

    \b
    Example:
      variorum db upgrade --database sqlite:///news.db
    """
    engine = open_engine(load_settings(database=database).database, create=True)
    say(f"schema {upgrade(engine)}")


def check_(database: Database = None) -> None:
    """Check that nothing is lost, doubled, half-written or altered; exit 1 when something is.

    \b
    Example:
      variorum db check
    """
    _, engine = open_store(database)
    problems = check(engine)
    say(problems or "no problems found")
    raise typer.Exit(int(Exit.FAILURE if problems else Exit.SUCCESS))


def digest_(database: Database = None) -> None:
    """Print one digest over everything the database means.

    Two databases that hold the same articles, versions, readings, texts, credits and captures
    have the same digest, whatever their kind, their row numbers and the times of the looks.

    \b
    Example:
      variorum db digest --database sqlite:///news.db
    """
    _, engine = open_store(database)
    say(digest(engine))


def stats_(database: Database = None) -> None:
    """Print how much there is, and what it takes.

    \b
    Example:
      variorum db stats
    """
    _, engine = open_store(database)
    say(stats(engine))


def backup_(
    file: Annotated[Path, typer.Argument(help="A file that does not exist yet.")],
    database: Database = None,
) -> None:
    """Copy the database into a file, as of one moment, while everything goes on.

    Of SQLite the copy is a database that can be used as it is. Of PostgreSQL it is a dump in
    pg_dump's custom format; `pg_restore --dbname=… FILE` brings it into an empty database. Either
    is proved by `variorum db check` and `variorum db digest` on what was restored.

    \b
    Example:
      variorum db backup /backup/variorum-2026-03-01.db
    """
    _, engine = open_store(database)
    with Progress(console=errors, transient=True, disable=not errors.is_terminal) as progress:
        task = progress.add_task("copying", total=None)
        backup(engine, file, lambda done, total: progress.update(task, completed=done, total=total))
    say(f"{file}: {file.stat().st_size:,} bytes")


def reindex_(database: Database = None) -> None:
    """Make the search index anew, from all versions.

    \b
    Example:
      variorum db reindex
    """
    _, engine = open_store(database)
    clear_index(engine)
    total = watermark(engine).behind
    with Progress(console=errors, transient=True) as shown:
        task = shown.add_task("indexing", total=total)
        for count in catch_up(engine, clock()):
            shown.advance(task, count)
    say(f"{total - watermark(engine).behind} versions indexed")


def grant_reader_(
    name: Annotated[str, typer.Argument(help="The role's name: a-z, 0-9 and _.")],
    password_env: Annotated[
        str | None,
        typer.Option(metavar="VARIABLE", help="The environment variable that holds its password."),
    ] = None,
    database: Database = None,
) -> None:
    """Make a login role of PostgreSQL that may read the reporting views, and nothing else.

    `variorum sql` asks through it, and so may Grafana, Metabase or psql. Without --password-env a
    new role gets a password that is printed once. Run again, it brings an older role up to date.

    \b
    Examples:
      variorum db grant-reader desk --database postgresql+psycopg://owner@host/variorum
      variorum db grant-reader desk --password-env DESK_PASSWORD
    """
    password = None if password_env is None else os.environ.get(password_env)
    if password_env is not None and not password:
        fail(f"{password_env} is not set in the environment", Exit.USAGE)
    _, engine = open_store(database)
    made = grant_reader(engine, name, password)
    address = engine.url.set(username=name, password=made)
    say(address.render_as_string(hide_password=made is None))
    if made:
        note = "the password is shown this once; VARIORUM_SQL_DATABASE takes the address"
        errors.print(f"variorum: {note}", style="dim", markup=False)
