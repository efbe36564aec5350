"""`variorum demo`: the whole job in one go, on a bundled sample site."""

from pathlib import Path
from typing import Annotated

import typer

from variorum.commands.console import say


def demo(
    seed: Annotated[int, typer.Option(help="Draws the articles and their edits.")] = 1,
    keep: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Leave the database and the site's truth.json here."),
    ] = None,
) -> None:
    """Serve a sample news site, crawl it while it is edited, and show what changed.

    Everything happens on this machine: an invented regional news site is served on loopback,
    crawled, edited behind the crawler's back, and crawled again. The account at the end is then
    held against the site's own record of what it served.

    \b
    Examples:
      variorum demo
      variorum demo --seed 7 --keep demo-7
    """
    from variorum.demo.demo import demo as run_demo  # noqa: PLC0415 (loads the whole sample site)

    raise typer.Exit(run_demo(seed, keep, say))
