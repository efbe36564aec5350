"""`variorum daemon`: the scheduler, until stopped."""

import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from crawler.run import CrawlSummary, run
from crawler.sites.load import SiteProfileError, find_profile
from crawler.sites.profile import SiteProfile, generic_profile
from news.versions import Policy
from scheduler import Cadence, Daemon
from storage.archive import Archive
from variorum.commands.console import Exit, clock, errors, fail, say
from variorum.commands.crawl import crawl_options, exit_status, render_summary
from variorum.commands.store import Database, open_store


def followed(archive: Archive, sites_dir: Path | None) -> dict[str, SiteProfile]:
    """Return the profiles of the sites in the database; one without profile by generic rules."""
    found: dict[str, SiteProfile] = {}
    for site in archive.sites():
        try:
            found[site.key] = find_profile(site.key, sites_dir)
        except SiteProfileError:
            found[site.key] = generic_profile(site.home_url)
    return found


def daemon(
    sites: Annotated[
        list[str] | None,
        typer.Argument(metavar="SITE", help="Sites to follow besides those of the database."),
    ] = None,
    once: Annotated[bool, typer.Option("--once", help="Do what is due now, and end.")] = False,
    database: Database = None,
) -> None:
    """Crawl the sites of the database whenever they are due, until stopped.

    \b
    Examples:
      variorum daemon zjnews_china
      variorum daemon --once
    """
    settings, engine = open_store(database, create=True)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    for noisy in ("apscheduler", "scrapy", "twisted", "asyncio"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    archive = Archive(engine, Policy(confirm_after=settings.confirm_after))
    named = {key: find_profile(key, settings.sites_dir) for key in sites or ()}

    def profiles() -> Mapping[str, SiteProfile]:
        return {**followed(archive, settings.sites_dir), **named}

    if not profiles():
        fail("no site to follow: name one (`variorum sites list`), or crawl one first", Exit.USAGE)
    cadence = Cadence(every=timedelta(minutes=settings.crawl_every_minutes))

    async def work() -> list[CrawlSummary]:
        options = replace(crawl_options(settings), kind="scheduled")
        worker = Daemon(archive, profiles, options, clock, cadence)
        if not once:
            await worker.run()
            return []
        await worker.tick()
        return await worker.finish()

    errors.print("variorum: daemon started; Ctrl-C ends it", style="dim", markup=False)
    summaries = run(work)
    for summary in summaries:
        say(render_summary(summary))
    raise typer.Exit(int(exit_status(summaries, 0) if summaries else Exit.SUCCESS))
