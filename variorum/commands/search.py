"""`variorum search`: full text over all versions, or over what was added or removed."""

import sys
from datetime import datetime
from typing import Annotated

import typer

from news.search import parse_query
from reporting.layout import harmless
from reporting.report import render_table
from reporting.search import hits_table, render_hits
from reporting.times import render_time
from storage.engine import Engine
from storage.errors import ArchiveError
from storage.search.index import catch_up, watermark
from storage.search.query import Side, Wanted, search
from variorum.commands.console import Exit, clock, errors, fail, say
from variorum.commands.reports import TableFormat, parse_span, parse_zone, require_site
from variorum.commands.store import Database, open_store

_AT_ONCE = 2000  # versions that a search indexes before it answers


def search_(
    words: Annotated[list[str], typer.Argument(metavar="WORD…", help="All must be found.")],
    removed: Annotated[bool, typer.Option("--removed", help="In what changes removed.")] = False,
    added: Annotated[bool, typer.Option("--added", help="In what changes added.")] = False,
    since: Annotated[str | None, typer.Option(help="7d, 12h, or an ISO date.")] = None,
    until: Annotated[str | None, typer.Option(help="Like --since.")] = None,
    site: Annotated[str | None, typer.Option(help="Only this site.")] = None,
    limit: Annotated[int, typer.Option(min=0, help="Articles or changes; 0 is all.")] = 20,
    form: Annotated[
        TableFormat | None,
        typer.Option("--format", help="How to show it.", show_default="text"),
    ] = None,
    tz: Annotated[str | None, typer.Option(help="Whose clock, such as Asia/Shanghai.")] = None,
    database: Database = None,
) -> None:
    """Find words in all versions of all articles, newest first, with the passage around them.

    Words between quotes must stand together. Names of two signs are found, and single signs;
    numbers and Latin words are found as wholes.

    \b
    Examples:
      variorum search 大桥 通车
      variorum search '"死亡3人"' --removed --since 7d
    """
    if removed and added:
        fail("--removed or --added, not both", Exit.USAGE)
    try:
        phrases = parse_query(" ".join(words))
    except ValueError as error:
        fail(f"{error}", Exit.USAGE)
    _, engine = open_store(database)
    require_site(engine, site)
    now = clock()
    zone = parse_zone(tz, engine, site)
    span = parse_span(since, until, now, zone, site)
    side: Side = "removed" if removed else "added" if added else "text"
    _index(engine, now)
    hits = search(engine, Wanted(phrases, side, span.since, span.until, site, limit))
    if form is None:
        times = [render_time(hit.first_seen_at, zone) for hit in hits]
        say(map(harmless, render_hits(hits, times)))
    else:
        marked = form not in {TableFormat.CSV, TableFormat.JSON}
        say(render_table(hits_table(hits, marked=marked), form.value))
    _tell_watermark(engine, len(hits), limit)


def _index(engine: Engine, now: datetime) -> None:
    """Bring the index up a little; where that cannot be done, the search is of what there is."""
    try:
        sum(catch_up(engine, now, most=_AT_ONCE))
    except ArchiveError as error:
        errors.print(f"variorum: the index stays as it is: {error}", style="yellow", markup=False)


def _tell_watermark(engine: Engine, found: int, limit: int) -> None:
    mark = watermark(engine)
    seen = f"up to {mark.seen_at:%Y-%m-%d %H:%M} UTC" if mark.seen_at else "is empty"
    behind = f", {mark.behind} versions behind; `variorum db reindex`" if mark.behind else ""
    cut = "; there may be more, --limit 0 shows all" if limit and found >= limit else ""
    note = f"{found} found; index {seen}{behind}{cut}"
    sys.stdout.flush()
    errors.print(f"variorum: {note}", style="dim", markup=False)
