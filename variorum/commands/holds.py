"""`variorum holds`: what no purge may erase until it is released."""

from datetime import UTC
from typing import Annotated

import typer

from reporting.layout import harmless
from reporting.times import render_time
from storage.holds import Hold, list_holds, place_hold, release_hold
from variorum.commands.articles import load_article
from variorum.commands.console import Exit, clock, fail, say
from variorum.commands.store import Database, open_store


def place(
    article: Annotated[
        str | None, typer.Argument(metavar="ARTICLE|URL", help="An article to hold.")
    ] = None,
    site: Annotated[
        str | None, typer.Option(metavar="KEY", help="Hold all of a site instead.")
    ] = None,
    reason: Annotated[str, typer.Option(help="Why, such as the number of a case.")] = "",
    database: Database = None,
) -> None:
    """Hold an article, or all of a site: no purge erases anything of it.

    \b
    Examples:
      variorum holds place http://news.example.com/a/1.html --reason 'case 7/2026'
      variorum holds place --site zjnews_china --reason 'case 8/2026'
    """
    if (article is None) == (site is None):
        fail("name an ARTICLE, or a site by --site (not both)", Exit.USAGE)
    if not reason.strip():
        fail("give a --reason: whoever finds the hold in a year needs it", Exit.USAGE)
    _, engine = open_store(database)
    article_id = load_article(engine, article).article_id if article else None
    number = place_hold(engine, site_key=site, article_id=article_id, reason=reason, now=clock())
    say(f"hold {number} placed on {article or f'site {site}'}")


def list_(
    every: Annotated[bool, typer.Option("--all", help="Also those that were released.")] = False,
    database: Database = None,
) -> None:
    """List the holds in force.

    \b
    Example:
      variorum holds list
    """
    _, engine = open_store(database)
    found = [hold for hold in list_holds(engine) if every or hold.released_at is None]
    say([_render(hold) for hold in found] or "no holds in force")


def _render(hold: Hold) -> str:
    released = f", released {render_time(hold.released_at, UTC)}" if hold.released_at else ""
    what = f"{hold.site}: {harmless(hold.url) if hold.url else 'the whole site'}"
    placed = render_time(hold.placed_at, UTC)
    return f"{hold.id}  {what}  placed {placed}{released}  {harmless(hold.reason)}"


def release(
    number: Annotated[int, typer.Argument(help="A number from `variorum holds list`.")],
    database: Database = None,
) -> None:
    """Release a hold: what it covered may be erased again.

    \b
    Example:
      variorum holds release 3
    """
    _, engine = open_store(database)
    release_hold(engine, number, clock())
    say(f"hold {number} released")
