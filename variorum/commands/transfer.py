"""`variorum import` and `variorum copy`: a whole archive from a file, or to another database."""

import gzip
from pathlib import Path
from typing import Annotated, BinaryIO, cast

import typer

from storage.archive import Archive
from storage.engine import open_engine, told_url
from storage.transfer import copy_store, restore
from storage.verify import verify_chain
from variorum.commands.console import fail, say
from variorum.commands.export import told_progress
from variorum.commands.store import Database, open_store
from variorum.config import load_settings


def import_(
    file: Annotated[Path, typer.Argument(help="Made by `variorum export --what archive`.")],
    database: Database = None,
) -> None:
    """Take a whole archive in from an export, into an empty database; all of it or nothing.

    \b
    Examples:
      variorum import whole.jsonl --database sqlite:///news.db
      variorum import whole.jsonl.gz --database postgresql+psycopg://owner@host/variorum
    """
    engine = open_engine(load_settings(database=database).database, create=True)
    try:
        with told_progress(file.name) as tell, _opened(file) as source:
            count = restore(source, engine, tell)
    except (OSError, EOFError) as error:
        fail(f"{file}: {getattr(error, 'strerror', None) or error}")
    say(f"{count} rows taken into {told_url(engine)}")


def _opened(file: Path) -> BinaryIO:
    source = file.open("rb")
    magic = source.read(2)
    source.seek(0)
    return cast("BinaryIO", gzip.GzipFile(fileobj=source)) if magic == b"\x1f\x8b" else source


def copy_(
    to: Annotated[str, typer.Option("--to", metavar="URL", help="An empty database.")],
    database: Database = None,
) -> None:
    """Copy the whole archive to an empty database, from SQLite to PostgreSQL or back.

    It is compared before it counts: both have the same `variorum db digest`, or nothing is copied.
    Stop the daemon first: on SQLite no crawl can write while it is read.

    \b
    Example:
      variorum copy --database sqlite:///news.db --to postgresql+psycopg://owner@host/variorum
    """
    _, source = open_store(database)
    target = open_engine(to, create=True)
    with told_progress("copying") as tell:
        count = copy_store(source, target, tell)
    problems = [
        problem
        for site in Archive(source).all_site_keys()
        for problem in verify_chain(target, site).problems
    ]
    for problem in problems:
        say(problem)
    say(f"{count} rows copied to {told_url(target)}; the digests are equal")
    if problems:
        fail("the chain was not whole where it came from either; see `variorum verify`")
