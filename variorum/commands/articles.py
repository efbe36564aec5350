"""`variorum history` and `variorum diff`: one article's versions, and what differs between two."""

import shutil
from datetime import UTC
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from reporting.diff import render_diff
from reporting.history import render_history
from reporting.plots import draw_timeline
from reporting.times import load_zones
from storage.engine import Engine
from storage.history import ArticleHistory, VersionRecord, article_history
from storage.lives import list_looks
from variorum.commands.console import fail, is_terminal, say
from variorum.commands.reports import draw_into
from variorum.commands.store import Database, open_store

ArticleArgument = Annotated[
    str, typer.Argument(metavar="ARTICLE|URL", help="An article's number or any of its addresses.")
]


class DiffFormat(StrEnum):
    """How a diff may be shown."""

    TEXT = "text"
    HTML = "html"
    JSON = "json"


def load_article(engine: Engine, article: str) -> ArticleHistory:
    """Return what is known of an article; end the command where it is none of this database."""
    found = article_history(engine, int(article) if article.isdigit() else article)
    return found or fail(f"no article {article} in this database")


def find_version(history: ArticleHistory, number: int) -> VersionRecord:
    """Return a version of an article; end the command where it has none of that number."""
    found = next((v for v in history.versions if v.number == number), None)
    numbers = ", ".join(str(v.number) for v in history.versions)
    return found or fail(f"{history.url} has no version {number}; it has {numbers or 'none'}")


def history(
    article: ArticleArgument,
    plot: Annotated[
        Path | None, typer.Option(help="Draw it into FILE.svg or FILE.png instead.")
    ] = None,
    database: Database = None,
) -> None:
    """Show the versions, the events and the looks of one article.

    \b
    Examples:
      variorum history http://news.example.com/a/2026-11-01/1.html
      variorum history 12 --plot timeline.svg
    """
    _, engine = open_store(database)
    found = load_article(engine, article)
    zone = load_zones(engine).get(found.site)
    if plot:
        looks = list_looks(engine, found.article_id)
        draw_into(plot, lambda: draw_timeline(found, looks, zone or UTC))
        return
    width = shutil.get_terminal_size().columns
    say(render_history(found, zone=zone, colour=is_terminal(), width=width))


def diff(
    article: ArticleArgument,
    a: Annotated[
        int | None, typer.Argument(help="The older version; default: the one before B.")
    ] = None,
    b: Annotated[int | None, typer.Argument(help="The newer version; default: the latest.")] = None,
    form: Annotated[DiffFormat, typer.Option("--format", help="How to show it.")] = DiffFormat.TEXT,
    database: Database = None,
) -> None:
    """Show what differs between two versions of an article, character by character.

    \b
    Examples:
      variorum diff http://news.example.com/a/2026-11-01/1.html
      variorum diff 12 1 3 --format html > diff.html
    """
    _, engine = open_store(database)
    found = load_article(engine, article)
    if len(found.versions) < 2:
        fail(f"{found.url} has {len(found.versions)} version(s); a diff needs two")
    newer = find_version(found, b if b is not None else found.versions[-1].number)
    older = find_version(found, a if a is not None else newer.number - 1)
    zone = load_zones(engine).get(found.site)
    width = shutil.get_terminal_size().columns
    say(
        render_diff(
            older, newer, format=form.value, zone=zone, colour=is_terminal(), width=width
        ).rstrip("\n")
    )
