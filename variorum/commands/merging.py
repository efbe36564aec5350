"""`variorum merge` and `variorum split`: two articles that are one, and back again."""

from collections.abc import Callable
from typing import Annotated

import typer

from storage.archive import Archive
from storage.engine import Engine
from storage.history import ArticleHistory, article_history
from storage.records import Lease
from variorum.commands.console import clock, fail, say
from variorum.commands.store import Database, open_store

ARTICLE = "An article's number or any of its addresses."


def merge(
    article: Annotated[str, typer.Argument(metavar="ARTICLE|URL", help=ARTICLE)],
    into: Annotated[str, typer.Argument(metavar="INTO", help="The article that it is.")],
    database: Database = None,
) -> None:
    """Say that two articles of a site are one: the second takes the addresses of the first.

    Nothing is lost: versions and looks of the first stay with it, and `variorum split` takes the
    merger back. Articles that plainly moved are merged without being told.

    \b
    Example:
      variorum merge 57 12
    """
    _, engine = open_store(database)
    other, stays = _load(engine, article), _load(engine, into)
    if other.site != stays.site:
        fail(f"article {other.article_id} is of {other.site}, {stays.article_id} of {stays.site}")
    archive = Archive(engine)
    _under_lease(
        archive,
        stays.site,
        lambda lease: archive.merge(lease, other.article_id, stays.article_id, clock()),
    )
    say(f"article {other.article_id} is part of article {stays.article_id} now")


def split(
    article: Annotated[str, typer.Argument(metavar="ARTICLE", help="The article's own number.")],
    database: Database = None,
) -> None:
    """Take a merger back: the article has its addresses again.

    \b
    Example:
      variorum split 57
    """
    _, engine = open_store(database)
    found = _load(engine, article)
    archive = Archive(engine)
    into: list[int] = []
    _under_lease(
        archive,
        found.site,
        lambda lease: into.append(archive.split(lease, found.article_id, clock())),
    )
    say(f"article {found.article_id} is an article of its own again, apart from {into[0]}")


def _load(engine: Engine, article: str) -> ArticleHistory:
    found = article_history(engine, int(article) if article.isdigit() else article)
    return found or fail(f"no article {article} in this database")


def _under_lease(archive: Archive, site: str, work: Callable[[Lease], object]) -> None:
    lease = archive.begin_crawl(site, kind="merge", now=clock())
    status = "failure"
    try:
        work(lease)
        status = "success"
    finally:
        archive.end_crawl(lease, now=clock(), status=status, counts={})
