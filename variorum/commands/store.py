"""The way of the commands in to the database."""

from typing import Annotated

import typer

from storage.engine import Engine, open_engine, told_url
from storage.migrate import current, head, is_empty, upgrade
from variorum.commands.console import errors, fail
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


def open_store(database: str | None, *, create: bool = False) -> tuple[Settings, Engine]:
    """Return the settings in force and the database they name.

    With `create` an empty database is set up first, and a new default file is announced; without
    it an empty one is an error, since there would be nothing to read.
    """
    settings = load_settings(database=database)
    engine = open_engine(settings.database, create=create)
    address = told_url(engine)
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
