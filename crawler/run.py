"""One crawl of one site, from the lease to the summary."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime

from crawler.addresses import parse_allowed
from crawler.crawls import CrawlCounts, CrawlOptions, CrawlSummary
from crawler.extraction.extract import extract_article
from crawler.extraction.identity import extractor_id
from crawler.pipeline import Committed, Writer
from crawler.reactor import Running, run, settled
from crawler.settings import crawl_settings
from crawler.sites.profile import SiteProfile
from crawler.spider import ArticleSpider
from crawler.task import Task
from news.article import Article, NotAnArticle
from news.backoff import NOTHING_ASKED
from news.visits import Outcome, Reason
from storage.archive import Archive
from storage.errors import ArchiveError
from storage.records import Lease, Reread, SeedRecord, SeedVisit, StoredCapture

__all__ = ["CrawlCounts", "CrawlOptions", "CrawlSummary", "crawl", "run"]

FAILURES_KEPT = 1000  # in a summary; all of them are in the archive

Clock = Callable[[], datetime]
OnProgress = Callable[[CrawlCounts], None]


async def crawl(
    archive: Archive,
    profile: SiteProfile,
    *,
    options: CrawlOptions,
    clock: Clock,
    on_progress: OnProgress | None = None,
) -> CrawlSummary:
    """Crawl a site once and return what that came to; to be awaited within `run`.

    Raises `SiteBusy` when another crawl holds the site, and another `ArchiveError` when the
    archive fails or the lease is lost; what was committed before stays. When cancelled, ends
    cleanly first. `clock` gives aware UTC times; `on_progress` is called after each commit.
    """
    started_at = clock()
    profile = profile.at(started_at)
    tally = Tally(on_progress)
    lease = await _begun(archive, profile, options, started_at, tally)
    status = "failure"
    try:
        await _look_around(archive, profile, options, clock, tally, lease)
        status = tally.status
    except asyncio.CancelledError:
        status = "partial"
        raise
    finally:
        ended_at = clock()
        if options.seeds and not options.urls and not options.confirm:
            tally.seeds_read_at = started_at
        await settled(asyncio.to_thread(_end, archive, lease, ended_at, status, tally))
    return CrawlSummary(
        site=profile.key,
        crawl_id=lease.crawl_id,
        counts=tally.counts,
        started_at=started_at,
        ended_at=ended_at,
        failures=tuple(tally.failures),
        status=status,
        left_out=tuple(tally.left_out.most_common()),
    )


async def _begun(
    archive: Archive,
    profile: SiteProfile,
    options: CrawlOptions,
    now: datetime,
    tally: "Tally",
) -> Lease:
    """Take the lease; when cancelled meanwhile, give it back, since nobody else would."""
    beginning = asyncio.ensure_future(asyncio.to_thread(_begin, archive, profile, options, now))
    try:
        return await settled(beginning)
    except asyncio.CancelledError:
        if beginning.exception() is None:
            lease = beginning.result()
            await settled(asyncio.to_thread(_end, archive, lease, now, "partial", tally))
        raise


async def _look_around(
    archive: Archive,
    profile: SiteProfile,
    options: CrawlOptions,
    clock: Clock,
    tally: "Tally",
    lease: Lease,
) -> None:
    """Run the spider and the writer; raise `ArchiveError` when writing failed."""
    settings = crawl_settings(profile.politeness, options)
    settings["DOWNLOAD_VERIFY_CERTIFICATES"] = profile.unchecked_certificate is None
    if lease.probe:  # one request at a time, and the first failure is enough
        settings |= {"RETRY_ENABLED": False, "CONCURRENT_REQUESTS_PER_DOMAIN": 1}
    running = Running(ArticleSpider, settings, options)
    reread = reread_with(profile)
    writer = Writer(archive, lease, reread, on_commit=tally.add, on_error=running.stop)
    task = Task(
        profile=profile,
        writer=writer,
        clock=clock,
        extractor=extractor_id(profile.reading),
        urls=options.urls,
        max_pages=options.max_pages or profile.politeness.max_pages,
        looks=options.looks,
        seeds=options.seeds,
        confirm=options.confirm,
        follows=options.scope != "articles",
        articles=options.articles,
        probe=lease.probe,
        allowed=parse_allowed(options.allow_addresses),
    )
    try:
        await running.finish(task=task)
    finally:
        await settled(writer.close())
    if isinstance(running.spider, ArticleSpider):
        tally.add_given_up(running.spider.circuit.hosts)
        tally.answers = running.spider.circuit.answers
        tally.left_out = +running.spider.lists.left_out
    if isinstance(writer.error, ArchiveError):
        raise writer.error
    if writer.error is not None:
        raise ArchiveError(f"the archive failed: {writer.error}") from writer.error
    await settled(asyncio.to_thread(archive.take_stock, lease, clock()))


def _begin(archive: Archive, profile: SiteProfile, options: CrawlOptions, now: datetime) -> Lease:
    archive.open_site(profile.record(options.scope))
    if options.seeds and not options.confirm and options.scope != "articles":
        archive.enter_seeds(profile.key, seed_records(profile), now)
    budget = profile.politeness.looks_per_day
    return archive.begin_crawl(profile.key, kind=options.kind, now=now, looks_per_day=budget)


def seed_records(profile: SiteProfile) -> list[SeedRecord]:
    """Return the seeds of a profile as the archive keeps them."""
    pairs = zip(profile.seeds, profile.seed_urls, strict=True)
    return [SeedRecord(url, seed.kind) for seed, url in pairs]


def _end(archive: Archive, lease: Lease, now: datetime, status: str, tally: "Tally") -> None:
    # Whoever took the lease over has ended this crawl; a broken archive has said so already.
    with suppress(ArchiveError):
        counts = asdict(tally.counts) | {f"left_out_{k}": n for k, n in tally.left_out.items()}
        archive.end_crawl(
            lease,
            now=now,
            status=status,
            counts=counts,
            answers=tally.answers,
            seeds_read_at=tally.seeds_read_at,
        )


def reread_with(profile: SiteProfile) -> Reread:
    """Return how storage has an old capture read again: by this extractor and profile."""

    def reread(capture: StoredCapture) -> Article | NotAnArticle:
        return extract_article(capture.page, profile.reading)

    return reread


class Tally:
    """Counts what has been committed, and keeps what failed."""

    def __init__(self, on_progress: OnProgress | None = None) -> None:
        self.counts = CrawlCounts()
        self.failures: list[tuple[str, str]] = []
        self.answers = NOTHING_ASKED
        self.seeds_read_at: datetime | None = None
        self.left_out: Counter[str] = Counter()
        self._on_progress = on_progress

    def add(self, committed: Sequence[Committed]) -> None:
        """Count looks that are in the archive."""
        for item in committed:
            self._add_one(item)
        if self._on_progress is not None:
            self._on_progress(self.counts)

    def add_given_up(self, hosts: dict[str, str]) -> None:
        """Keep the hosts that were asked no more, with the reason."""
        for host, reason in hosts.items():
            self._keep(f"//{host}/", f"given up: {reason}")

    @property
    def status(self) -> str:
        """success, partial (some looks failed), or failure (no seed answered, or no look).

        That nothing was to be asked is success.
        """
        counts = self.counts
        if not counts.pages and not self.answers.asked and not self.failures:
            return "success"
        lost = counts.failed + counts.blocked
        all_seeds_lost = 0 < counts.seeds == counts.seeds_failed
        if all_seeds_lost or counts.pages == (lost if not counts.seeds else 0):
            return "failure"
        return "partial" if self.failures else "success"

    def _add_one(self, item: Committed) -> None:
        look, recorded = item.look, item.recorded
        if isinstance(look, SeedVisit) or recorded is None:
            failed = isinstance(look, SeedVisit) and look.outcome in {"failed", "blocked"}
            self.counts = self.counts.plus(pages=1, seeds=1, seeds_failed=int(failed))
        else:
            failed = recorded.outcome in {Outcome.FAILED, Outcome.BLOCKED}
            kind = recorded.transition.kind if recorded.transition else ""
            events = {kind: 1} if kind in {"removed", "returned"} else {}
            self.counts = self.counts.plus(pages=1, **{_COUNTED[recorded.outcome]: 1}, **events)
        if failed:
            self._keep(look.url, str(look.reason or Reason.OTHER))

    def _keep(self, url: str, reason: str) -> None:
        if len(self.failures) < FAILURES_KEPT:
            self.failures.append((url, reason))


_COUNTED = {outcome: outcome.value for outcome in Outcome} | {Outcome.NOT_MODIFIED: "unchanged"}
