"""What the commands share: options, exit statuses, the way in to the database."""

import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from enum import IntEnum
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from sqlalchemy.engine import make_url

from storage.engine import Engine, open_engine
from storage.migrate import current, head, is_empty, upgrade
from variorum.config import Settings, load_settings

Database = Annotated[
    str | None,
    typer.Option(
        "--database",
        metavar="URL",
        help="sqlite:///FILE or postgresql+psycopg://…; also VARIORUM_DATABASE.",
        show_default="an SQLite file in your data folder",
    ),
]

errors = Console(stderr=True, highlight=False, soft_wrap=True)


class Exit(IntEnum):
    """What an exit status says."""

    SUCCESS = 0
    FAILURE = 1  # nothing was achieved, or the input cannot be used
    USAGE = 2  # the command line itself is wrong
    PARTIAL = 3  # part of the work failed; what succeeded is stored
    BUSY = 4  # another crawl holds the site


def clock() -> datetime:
    """Return the time now, aware UTC."""
    return datetime.now(UTC)


def fail(message: str, status: Exit = Exit.FAILURE) -> NoReturn:
    """End the command with one clear line."""
    errors.print(f"variorum: {message}", style="red", markup=False)
    raise typer.Exit(int(status))


def say(lines: Iterable[str] | str) -> None:
    """Print plain lines, untouched by any markup."""
    for line in [lines] if isinstance(lines, str) else lines:
        typer.echo(line)


def open_store(database: str | None, *, create: bool = False) -> tuple[Settings, Engine]:
    """Return the settings in force and the database they name.

    With `create` an empty database is set up first, and a new default file is announced; without
    it an empty one is an error, since there would be nothing to read.
    """
    settings = load_settings(database=database)
    address = make_url(settings.database).render_as_string(hide_password=True)
    engine = open_engine(settings.database, create=create)
    if is_empty(engine):
        if not create:
            fail(
                f"{address} holds nothing yet; `variorum crawl` or `variorum db upgrade` sets it up"
            )
        upgrade(engine)
        errors.print(f"variorum: new database {address}", style="dim", markup=False)
    elif current(engine) != head():
        fail(f"{address} has an older schema; `variorum db upgrade` brings it up to date")
    return settings, engine


def is_terminal() -> bool:
    """Whether standard output is a terminal: colour and live displays belong there alone."""
    return sys.stdout.isatty()
