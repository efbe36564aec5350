"""`variorum import` and `variorum copy`: a whole archive from a file, or to another database."""

import gzip
from pathlib import Path
from typing import Annotated, BinaryIO, cast

import typer

from storage.archive import Archive
from storage.engine import discarding, open_engine, told_url
from storage.transfer import copy_store, restore
from storage.verify import verify_chain
from variorum.commands.console import clock, errors, fail, say
from variorum.commands.export import told_progress
from variorum.commands.store import Database, open_store
from variorum.config import load_settings


def import_(
    file: Annotated[Path, typer.Argument(help="An export of --what archive, or a WARC.")],
    database: Database = None,
) -> None:
    """Take in a whole archive, or the pages of a WARC.

    An export goes into an empty database, all of it or nothing. Of a WARC each article becomes a
    look at the time that the WARC says; what is no article is left out and counted, and so is what
    is older than the last look that is known.

    \b
    Examples:
      variorum import crawl.warc.gz
      variorum import whole.jsonl --database sqlite:///news.db
      variorum import whole.jsonl.gz --database postgresql+psycopg://owner@host/variorum
    """
    try:
        if _is_warc(file):
            _import_warc(file, database)
            return
        url = load_settings(database=database).database
        with discarding(url):
            engine = open_engine(url, create=True)
            try:
                with told_progress(file.name) as tell, _opened(file) as source:
                    count = restore(source, engine, tell)
            finally:
                engine.dispose()
    except (OSError, EOFError) as error:
        fail(f"{file}: {getattr(error, 'strerror', None) or error}")
    say(f"{count} rows taken into {told_url(engine)}")


def _is_warc(file: Path) -> bool:
    with _opened(file) as source:
        return source.read(5) == b"WARC/"


def _import_warc(file: Path, database: str | None) -> None:
    from crawler.warc import WarcError, import_warc  # noqa: PLC0415 - loads the crawler

    settings, engine = open_store(database, create=True)
    try:
        with told_progress(file.name) as tell:
            taken = import_warc(file, Archive(engine), settings.sites_dir, now=clock(), tell=tell)
    except WarcError as error:
        fail(f"{file}: {error}")
    say(f"{number} {outcome}" for outcome, number in sorted(taken.looks.items()))
    for reason, number in sorted(taken.left_out.items()):
        errors.print(f"variorum: {number} left out: {reason}", style="dim", markup=False)
    if not taken.looks:
        fail(f"no article in {file}")


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
