"""`variorum status`: is it running, what is due, overdue, failing."""

from datetime import timedelta
from typing import Annotated

import typer

from reporting.status import Expected, Status, load_status
from reporting.status_text import render_status
from storage.engine import Engine
from variorum.commands.console import Exit, clock, say
from variorum.commands.profiles import followed
from variorum.commands.store import Database, open_store
from variorum.config import Settings


def status(
    json: Annotated[bool, typer.Option("--json", help="As one JSON object.")] = False,
    database: Database = None,
) -> None:
    """Show whether the daemon runs, and how each site does: due, overdue, failing, last success.

    Exit status, for a monitor to go by: 0 all is well; 1 the work as a whole stands still or is
    late (no daemon, sites overdue, no network); 3 it goes on, but single sites fail.

    \b
    Examples:
      variorum status
      variorum status --json | jq '.sites[] | select(.failures > 0)'
    """
    settings, engine = open_store(database)
    found = load_status(engine, clock(), expected(settings, engine))
    say(found.as_json() if json else render_status(found))
    raise typer.Exit(int(_exit(found)))


def expected(settings: Settings, engine: Engine) -> Expected:
    """Return what the settings and the profiles of the watched sites say."""
    profiles = followed(engine, settings.sites_dir)
    return Expected(
        every=timedelta(minutes=settings.crawl_every_minutes),
        looks_every=timedelta(minutes=settings.looks_every_minutes),
        looks_per_day={key: p.politeness.looks_per_day for key, p in profiles.items()},
        unchecked={
            key: p.unchecked_certificate for key, p in profiles.items() if p.unchecked_certificate
        },
    )


def _exit(found: Status) -> Exit:
    if found.problems:
        return Exit.FAILURE
    return Exit.PARTIAL if found.complaints else Exit.SUCCESS
