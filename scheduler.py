"""Which work is due, and starting it: the daemon.

`due` decides, purely. `Daemon` does what it says: it ticks, crawls what is due, one crawl a site
at a time and a few sites at once, until it is told to stop. The times of the last crawls live in
the database, so a restart forgets nothing and starts no herd.
"""

import asyncio
import logging
import runpy
import signal
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from crawler.run import CrawlOptions, CrawlSummary, crawl
from crawler.sites.profile import SiteProfile
from storage.archive import Archive
from storage.errors import ArchiveError
from storage.leases import SiteBusy

log = logging.getLogger("variorum.scheduler")


@dataclass(frozen=True, slots=True)
class Cadence:
    """How often a site is crawled, how often that is looked at, and how many sites at once."""

    every: timedelta = timedelta(hours=1)
    tick: timedelta = timedelta(seconds=30)
    sites_at_once: int = 8


def due(
    sites: Iterable[str], last_started: Mapping[str, datetime], now: datetime, every: timedelta
) -> list[str]:
    """Return the sites to crawl now: the longest overdue first, never crawled ones before all."""
    overdue = [
        (last_started.get(site), site)
        for site in sites
        if site not in last_started or now - last_started[site] >= every
    ]
    return [site for _, site in sorted(overdue, key=lambda pair: (pair[0] is not None, pair))]


def looks(profile: SiteProfile, every: timedelta) -> int:
    """Return how many known articles one crawl looks at: the site's budget, by the time between."""
    return max(1, round(profile.politeness.looks_per_day * (every / timedelta(days=1))))


class Daemon:
    """Crawls the sites it is given whenever they are due, until `stop`."""

    def __init__(
        self,
        archive: Archive,
        profiles: Callable[[], Mapping[str, SiteProfile]],
        options: CrawlOptions,
        clock: Callable[[], datetime],
        cadence: Cadence = Cadence(),
    ) -> None:
        """Take all that reaches outside; `profiles` is asked anew at each tick."""
        self._archive, self._profiles, self._options = archive, profiles, options
        self._clock, self._cadence = clock, cadence
        self._running: dict[str, asyncio.Task[CrawlSummary | None]] = {}
        self._stopped = asyncio.Event()

    async def run(self) -> None:
        """Tick until stopped; then let running crawls end what they have begun."""
        scheduler = AsyncIOScheduler()
        scheduler.add_job(
            self.tick,
            "interval",
            seconds=self._cadence.tick.total_seconds(),
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )
        scheduler.start()
        for name in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(name, self.stop)
        try:
            await self.tick()
            await self._stopped.wait()
        finally:
            scheduler.shutdown(wait=False)
            await self.finish()

    def stop(self) -> None:
        """Start no further crawl, end those that run, and return from `run`."""
        self._stopped.set()
        for task in self._running.values():
            task.cancel()

    async def tick(self) -> list[str]:
        """Crawl every site that is due, as many at once as may be; return the keys started."""
        profiles = self._profiles()
        last = await asyncio.to_thread(self._archive.last_crawls)
        waiting = due(profiles, last, self._clock(), self._cadence.every)
        free = self._cadence.sites_at_once - len(self._running)
        started = [key for key in waiting if key not in self._running][: max(free, 0)]
        for key in started:
            task = asyncio.create_task(self._crawl(profiles[key]), name=f"crawl {key}")
            self._running[key] = task
            task.add_done_callback(lambda _, key=key: self._running.pop(key, None))  # type: ignore[misc]
        return started

    async def finish(self) -> list[CrawlSummary]:
        """Wait for the running crawls; return what those that ended by themselves came to."""
        ended = await asyncio.gather(*self._running.values(), return_exceptions=True)
        return [summary for summary in ended if isinstance(summary, CrawlSummary)]

    async def _crawl(self, profile: SiteProfile) -> CrawlSummary | None:
        log.info("crawl_started site=%s", profile.key)
        try:
            options = replace(self._options, looks=looks(profile, self._cadence.every))
            summary = await crawl(self._archive, profile, options=options, clock=self._clock)
        except SiteBusy as busy:
            log.info("crawl_skipped site=%s reason=%r", profile.key, str(busy))
        except ArchiveError as error:
            log.error("crawl_failed site=%s reason=%r", profile.key, str(error))  # noqa: TRY400
        else:
            counts = summary.counts
            log.info(
                "crawl_ended site=%s status=%s pages=%d new=%d changed=%d failed=%d",
                *(profile.key, summary.status, counts.pages),
                *(counts.new, counts.changed, counts.failed),
            )
            return summary
        return None


if __name__ == "__main__":
    # `python scheduler.py` is `variorum daemon`; by name, since no import may point up.
    sys.argv = ["variorum", "daemon", *sys.argv[1:]]
    runpy.run_module("variorum.cli", run_name="__main__")
