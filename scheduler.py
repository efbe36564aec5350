"""Which work is due, and starting it: the daemon.

`due_seeds`, `due_looks` and `due_confirmations` decide, purely. `Daemon` does what they say while
it is on duty: it ticks, and has whoever makes crawls for it (`Starter`) make one crawl a site at a
time, many sites at once, until it is told to stop. All it goes by lives in the database, so a
restart forgets nothing and starts no herd.
"""

import asyncio
import contextlib
import logging
import runpy
import sys
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from crawler.crawls import CrawlOptions
from crawler.orders import Ended, Order, Starter
from crawler.sites.profile import SiteProfile
from news.revisit import POLICY, saved_looks
from news.versions import Policy
from storage import duty
from storage.engine import Engine
from storage.errors import ArchiveError, LeaseLost
from storage.roster import Roster, WatchedSite

log = logging.getLogger("variorum.scheduler")

RENEW_SECONDS = 20.0  # a third of the lease's life
WAIT_SECONDS = 5.0  # between two tries to go on duty
RETRY_AFTER = timedelta(minutes=5)  # where a crawl of seeds came to nothing that counts
ROBOTS_SECONDS = 3600.0  # how long the rules of a robots.txt are used for scheduled crawls


@dataclass(frozen=True, slots=True)
class Cadence:
    """How often seeds are read and looks made, what of it is started when, and how much at once."""

    every: timedelta = timedelta(hours=1)  # between reads of seeds of which nothing is learned
    looks_every: timedelta = timedelta(minutes=15)  # whose looks are made in one crawl
    confirm_after: timedelta = Policy().confirm_after
    sites_at_once: int = 8
    deadline: timedelta = timedelta(hours=1)  # for one crawl
    tick: timedelta = timedelta(seconds=30)  # seeds and looks; what is due is started
    confirm_tick: timedelta = timedelta(minutes=1)
    house_tick: timedelta = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Plan:
    """What may be set anew while the daemon runs."""

    cadence: Cadence
    options: CrawlOptions
    profiles: Callable[[Iterable[WatchedSite]], Mapping[str, SiteProfile]]  # of the sites given


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


def due_seeds(sites: Iterable[WatchedSite], now: datetime, every: timedelta) -> list[str]:
    """Return the sites of which a seed is to be read now, never read ones first.

    `every` is the time between two reads where nothing has been learned of any of its seeds.
    """
    asked = [site for site in sites if site.scope == "site" and site.may_be_asked(now)]
    next_at = {site.key: at for site in asked if (at := site.next_seeds_at(every)) is not None}
    return due((site.key for site in asked), next_at, now, timedelta())


def due_looks(
    sites: Iterable[WatchedSite],
    profiles: Mapping[str, SiteProfile],
    now: datetime,
    every: timedelta,
) -> dict[str, int]:
    """Return how many looks to make at each site now, those furthest behind their budget first.

    A crawl is worth starting for the looks of one interval, or for all the budget can hold.
    """
    found = {}
    for site in sites:
        if not (site.has_articles and site.key in profiles and site.may_be_asked(now)):
            continue
        per_day = profiles[site.key].politeness.looks_per_day
        saved = saved_looks(site.looks_left, site.filled_at, now, per_day)
        batch = max(1.0, per_day * (min(every, POLICY.most_saved) / timedelta(days=1)))
        if saved >= batch - 1e-6:
            found[site.key] = (saved / batch, int(saved + 1e-6))
    order = sorted(found, key=lambda key: (-found[key][0], key))
    return {key: found[key][1] for key in order}


def due_confirmations(
    sites: Iterable[WatchedSite], now: datetime, confirm_after: timedelta
) -> list[str]:
    """Return the sites where a second look may confirm a removal now, the longest missing first."""
    ripe = [
        (site.missing_since, site.key)
        for site in sites
        if site.missing_since is not None
        and now - site.missing_since >= confirm_after
        and site.may_be_asked(now)
    ]
    return [key for _, key in sorted(ripe)]


class Daemon:
    """Has the watched sites crawled whenever something of them is due, until `stop`."""

    def __init__(
        self,
        engine: Engine,
        plan: Plan,
        new_starter: Callable[[], Starter],
        clock: Callable[[], datetime],
        on_end: Callable[[str, Ended], None] | None = None,
    ) -> None:
        """Take all that reaches outside; `new_starter` is asked once a time on duty.

        `on_end` is told the kind and the end of every crawl.
        """
        self.plan = plan
        self.ticked: dict[str, float] = {}  # when each tick ended last, by the monotonic clock
        self.on_duty = False
        self._engine, self._roster, self._clock = engine, Roster(engine), clock
        self._new_starter, self._on_end = new_starter, on_end
        self.starter: Starter | None = None
        self._running: dict[str, asyncio.Task[Ended]] = {}
        self._stopped = asyncio.Event()
        self._outage: datetime | None = None
        self._begun: dict[tuple[str, str], datetime] = {}  # by kind and site: the last start

    async def run(self) -> None:
        """Wait for duty and do it, until stopped; what was begun is ended and committed."""
        while not self._stopped.is_set():
            found = await self._take_duty()
            if found is not None:
                await self._serve(found)

    def stop(self) -> None:
        """Start no further crawl, end those that run, and return from `run`."""
        self._stopped.set()

    def late_by(self) -> float:
        """Return by how many seconds the tick that is furthest behind is late."""
        cadence, now = self.plan.cadence, time.monotonic()
        every = {"housekeeping": cadence.house_tick, "confirmations": cadence.confirm_tick}
        slack = {name: every.get(name, cadence.tick).total_seconds() for name in self.ticked}
        return max(0.0, *(now - at - slack[name] for name, at in self.ticked.items()), 0.0)

    async def once(self) -> list[Ended]:
        """Do what is due now, and return what it came to. RuntimeError where a daemon runs."""
        found = await asyncio.to_thread(duty.take, self._engine, self._clock())
        if isinstance(found, duty.OnDuty):
            raise RuntimeError(f"a daemon runs already: {found.holder}")  # noqa: TRY004
        self.starter = self._new_starter()
        renewing = asyncio.create_task(self._renew(found))
        try:
            ended = []
            for tick in (self.tick_seeds, self.tick_confirmations, self.tick_looks):
                while await tick():  # as many sites as may run at once; none twice
                    ended += await self.settle()
            return ended
        finally:
            await self._end_duty(found, renewing)

    async def settle(self) -> list[Ended]:
        """Wait for the crawls that run now; return what they came to."""
        return list(await asyncio.gather(*self._running.values()))

    async def _take_duty(self) -> duty.Duty | None:
        """Return the duty once it is ours; None where we were stopped before."""
        told = None
        while not self._stopped.is_set():
            try:
                found = await asyncio.to_thread(duty.take, self._engine, self._clock())
            except ArchiveError as error:
                log.error("archive_unreachable", extra={"reason": str(error)})  # noqa: TRY400
            else:
                if isinstance(found, duty.Duty):
                    return found
                if told != found.holder:
                    log.info("waiting", extra={"holder": found.holder})
                told = found.holder
            self.ticked["waiting"] = time.monotonic()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopped.wait(), WAIT_SECONDS)
        return None

    async def _serve(self, found: duty.Duty) -> None:
        """Tick while on duty: until stopped, or until another has taken over."""
        log.info("on_duty", extra={"holder": found.holder, "token": found.token})
        if found.gap is not None:
            span = {"since": found.gap.began_at, "until": found.gap.ended_at}
            log.warning("was_blind", extra=span)
        self.starter, self.on_duty = self._new_starter(), True
        self.ticked.clear()
        scheduler = self._start_ticks()
        renewing = asyncio.create_task(self._renew(found))
        stopped = asyncio.create_task(self._stopped.wait())
        try:
            await asyncio.wait({renewing, stopped}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self.on_duty = False
            scheduler.shutdown(wait=False)
            stopped.cancel()
            await self._end_duty(found, renewing)

    def _start_ticks(self) -> AsyncIOScheduler:
        """Start the ticks, the first of each at once; a late one is made up for by one."""
        scheduler = AsyncIOScheduler()
        cadence, now = self.plan.cadence, datetime.now().astimezone()
        for name, tick, every in (
            ("seeds", self.tick_seeds, cadence.tick),
            ("looks", self.tick_looks, cadence.tick),
            ("confirmations", self.tick_confirmations, cadence.confirm_tick),
            ("housekeeping", self.tick_house, cadence.house_tick),
        ):
            scheduler.add_job(
                self._ticking,
                "interval",
                (name, tick),
                seconds=every.total_seconds(),
                next_run_time=now,
                coalesce=True,
                max_instances=1,
                misfire_grace_time=None,  # however late: better than not at all
            )
        scheduler.start()
        return scheduler

    async def _ticking(self, name: str, tick: Callable[[], Awaitable[object]]) -> None:
        try:
            await tick()
        except ArchiveError as error:  # the database is away; the next tick tries again
            log.error("tick_failed", extra={"tick": name, "reason": str(error)})  # noqa: TRY400
        else:
            self.ticked[name] = time.monotonic()

    async def _renew(self, found: duty.Duty) -> None:
        """Stay on duty; return when it is lost."""
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            try:
                await asyncio.to_thread(duty.renew, self._engine, found, self._clock())
            except LeaseLost as lost:
                log.error("duty_lost", extra={"reason": str(lost)})  # noqa: TRY400
                return
            except ArchiveError as error:
                log.error("archive_unreachable", extra={"reason": str(error)})  # noqa: TRY400

    async def _end_duty(self, found: duty.Duty, renewing: asyncio.Task[None]) -> None:
        """End the running crawls, and give the lease back."""
        if self.starter is not None:
            await self.starter.close()
        await self.settle()
        renewing.cancel()
        try:
            await asyncio.to_thread(duty.give_back, self._engine, found, self._clock())
        except ArchiveError as error:
            log.error("duty_not_given_back", extra={"reason": str(error)})  # noqa: TRY400
        log.info("off_duty", extra={"holder": found.holder})

    async def tick_seeds(self) -> list[str]:
        """Start the crawls of seeds that are due; return the sites. In an outage, try one site."""
        sites = await self._sites()
        if await self._network_is_gone():
            return self._probe(sites)
        cadence = self.plan.cadence
        options = replace(self._options("seeds"), looks=0)
        wanted = due_seeds(sites, self._clock(), cadence.every)
        again = min(cadence.every, RETRY_AFTER)
        return self._start_all(sites, dict.fromkeys(wanted, options), again)

    async def tick_looks(self) -> list[str]:
        """Start the looks at known articles that the budgets allow; return the sites."""
        sites = await self._sites()
        if self._outage is not None:
            return []
        known = self.plan.profiles(sites)
        found = due_looks(sites, known, self._clock(), self.plan.cadence.looks_every)
        base = replace(self._options("looks"), seeds=False)
        wanted = {key: replace(base, looks=looks) for key, looks in found.items()}
        return self._start_all(sites, wanted, self.plan.cadence.looks_every)

    async def tick_confirmations(self) -> list[str]:
        """Start second looks at articles that have been missing for a while; return the sites."""
        sites = await self._sites()
        if self._outage is not None:
            return []
        wanted = due_confirmations(sites, self._clock(), self.plan.cadence.confirm_after)
        options = replace(self._options("confirm"), confirm=True)
        return self._start_all(sites, dict.fromkeys(wanted, options), POLICY.least_gap)

    async def tick_house(self) -> None:
        """Put the database in order."""
        ended = await asyncio.to_thread(self._roster.keep_house, self._clock())
        if ended:
            log.warning("crawls_lost", extra={"crawls": ended})
        await asyncio.to_thread(self._roster.keep_index, self._clock())

    def _options(self, kind: str) -> CrawlOptions:
        return replace(self.plan.options, kind=kind, keep_robots=ROBOTS_SECONDS)

    async def _sites(self) -> list[WatchedSite]:
        return await asyncio.to_thread(self._roster.sites)

    async def _network_is_gone(self) -> bool:
        """See whether no site can be reached from here; tell when that begins and ends."""
        before, self._outage = self._outage, await asyncio.to_thread(self._roster.outage_since)
        if before is None and self._outage is not None:
            log.error("network_lost", extra={"since": self._outage})
        elif before is not None and self._outage is None:
            log.warning("network_back", extra={"since": before, "until": self._clock()})
        return self._outage is not None

    def _probe(self, sites: list[WatchedSite]) -> list[str]:
        """While no site answers, ask one at a time: each in turn, the longest not asked first."""
        options = replace(self._options("probe"), confirm=True)
        asked = [site.key for site in sites if site.paused_at is None and not site.busy]
        last = {key: self._begun[kind, key] for kind, key in self._begun if kind == "probe"}
        turn = due(asked, last, self._clock(), timedelta())
        if not turn or self._running:
            return []
        return self._start_all(sites, {turn[0]: options}, timedelta())

    def _start_all(
        self, sites: list[WatchedSite], wanted: Mapping[str, CrawlOptions], again: timedelta
    ) -> list[str]:
        """Start crawls in that order, one a site, as many as may run at once.

        `again` passes at least between two of a kind at one site, whatever the first came to.
        """
        now, free = self._clock(), self.plan.cadence.sites_at_once - len(self._running)
        ready = [
            key
            for key, options in wanted.items()
            if key not in self._running
            and now - self._begun.get((options.kind, key), now - again) >= again
        ]
        chosen = ready[: max(free, 0)]
        if not chosen or self._stopped.is_set():
            return []
        known = self.plan.profiles([site for site in sites if site.key in chosen])
        started = [key for key in chosen if key in known]
        single = {site.key for site in sites if site.scope == "articles"}
        for key in started:
            options = replace(wanted[key], scope="articles") if key in single else wanted[key]
            self._begun[wanted[key].kind, key] = now
            task = asyncio.create_task(self._crawl(known[key], options), name=f"crawl {key}")
            self._running[key] = task
            task.add_done_callback(lambda _, key=key: self._running.pop(key, None))  # type: ignore[misc]
        return started

    async def _crawl(self, profile: SiteProfile, options: CrawlOptions) -> Ended:
        if self.starter is None:
            raise RuntimeError("crawls are started on duty alone")
        order = Order(profile, options, self.plan.cadence.deadline)
        log.info("crawl_started", extra={"site": profile.key, "kind": options.kind})
        ended = await self.starter.crawl(order)
        level = logging.INFO if ended.well else logging.WARNING
        log.log(level, "crawl_ended", extra={"kind": options.kind} | ended.account())
        if self._on_end is not None:
            self._on_end(options.kind, ended)
        if ended.guilty:
            await self._quarantine(profile.key)
        elif ended.status == "lost":  # by another's fault: at the next tick again
            self._begun.pop((options.kind, profile.key), None)
        return ended

    async def _quarantine(self, key: str) -> None:
        """Leave a site alone for a while whose crawl has ended the process it ran in."""
        try:
            standing = await asyncio.to_thread(self._roster.note_crash, key, self._clock())
        except ArchiveError as error:
            log.error("archive_unreachable", extra={"reason": str(error)})  # noqa: TRY400
            return
        told = {"site": key, "crashes": standing.failures, "until": standing.until}
        log.error("site_quarantined", extra=told)


if __name__ == "__main__":
    # `python scheduler.py` is `variorum daemon`; by name, since no import may point up.
    sys.argv = ["variorum", "daemon", *sys.argv[1:]]
    runpy.run_module("variorum.cli", run_name="__main__")
