"""`variorum crawl`: one crawl now, with progress, a summary and a telling exit status."""

from collections.abc import Callable, Sequence
from typing import Annotated

import typer
from rich.live import Live
from rich.text import Text

from crawler.run import CrawlCounts, CrawlOptions, CrawlSummary, run
from crawler.run import crawl as crawl_site
from crawler.sites.load import find_profile, list_sites, profile_for
from crawler.sites.profile import SiteProfile
from news.versions import Policy
from news.visits import Reason
from storage.archive import Archive
from storage.leases import SiteBusy
from variorum.commands.console import Exit, clock, errors, fail, say
from variorum.commands.options import crawl_options
from variorum.commands.sites import in_region, no_region
from variorum.commands.store import Database, open_store
from variorum.config import Settings, load_settings

# A failure list longer than this is for the database, not for the screen.
FAILURES_SHOWN = 10


class Progress:
    """The progress of one crawl: a live line on a terminal, else a line every hundred pages."""

    def __init__(self, site: str) -> None:
        self.site = site
        self.started_at = clock()
        self.live = Live(console=errors, refresh_per_second=4, transient=True)
        self.printed = 0

    def __enter__(self) -> "Progress":
        if errors.is_terminal:
            self.live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if errors.is_terminal:
            self.live.stop()

    def __call__(self, counts: CrawlCounts) -> None:
        """Show the counts as they stand."""
        if errors.is_terminal:
            self.live.update(Text(self.line(counts)))
        elif counts.pages >= self.printed + 100:
            self.printed = counts.pages
            errors.print(self.line(counts), markup=False)

    def line(self, counts: CrawlCounts) -> str:
        """Return one line: the counts and the rate in pages a second."""
        seconds = max((clock() - self.started_at).total_seconds(), 0.001)
        return f"{self.site}: {render_counts(counts)}, {counts.pages / seconds:.1f} pages/s"


def render_counts(counts: CrawlCounts) -> str:
    """Return the counts of a crawl in words; rare ones only where they happened."""
    always = ("pages", "new", "changed", "unchanged", "failed")
    rare = ("missing", "removed", "returned", "blocked", "not_article", "seeds_failed")
    shown = [f"{getattr(counts, name)} {name}" for name in always]
    shown += [
        f"{getattr(counts, name)} {name.replace('_', ' ')}"
        for name in rare
        if getattr(counts, name)
    ]
    return ", ".join(shown)


def render_summary(summary: CrawlSummary) -> list[str]:
    """Return the lines that end a crawl: what it came to and what failed."""
    seconds = (summary.ended_at - summary.started_at).total_seconds()
    rate = summary.counts.pages / seconds if seconds > 0 else 0.0
    verdict = f"{summary.site}: {summary.status}: {render_counts(summary.counts)}"
    lines = [f"{verdict} in {seconds:.1f} s ({rate:.1f} pages/s)"]
    if summary.left_out:
        told = (f"{count} {bound.replace('_', ' ')}" for bound, count in summary.left_out)
        lines.append(f"  left out: {', '.join(told)}")
    lines += [f"  failed: {url} ({reason})" for url, reason in summary.failures[:FAILURES_SHOWN]]
    if len(summary.failures) > FAILURES_SHOWN:
        lines.append(f"  … and {len(summary.failures) - FAILURES_SHOWN} more")
    return lines


def chosen_profiles(
    targets: Sequence[str], every: bool, region: str | None, settings: Settings
) -> list[tuple[SiteProfile, tuple[str, ...]]]:
    """Return what to crawl: each site's profile, and the addresses asked for, () for all."""
    if [every, bool(targets), region is not None].count(True) != 1:
        fail("name SITE or URL, or use --region or --all (one of the three)", Exit.USAGE)
    if not targets:
        sites = list_sites(settings.sites_dir)
        keys = [site.key for site in sites if in_region(site, region)]
        if not keys and region is not None:
            fail(no_region(sites, region))
        return [(find_profile(key, settings.sites_dir), ()) for key in keys]
    chosen: dict[str, tuple[SiteProfile, tuple[str, ...]]] = {}
    for target in targets:
        if "://" in target:
            profile, urls = profile_for(target, settings.sites_dir)
        else:
            profile, urls = find_profile(target, settings.sites_dir), ()
        known = chosen.get(profile.key)
        chosen[profile.key] = (profile, (*known[1], *urls) if known and known[1] and urls else urls)
    return list(chosen.values())


def exit_status(summaries: Sequence[CrawlSummary], busy: int) -> Exit:
    """Return what the crawls came to as a whole."""
    states = {summary.status for summary in summaries}
    if busy and not summaries:
        return Exit.BUSY
    if states == {"success"}:
        return Exit.PARTIAL if busy else Exit.SUCCESS
    return Exit.FAILURE if states == {"failure"} and not busy else Exit.PARTIAL


def crawl(
    targets: Annotated[
        list[str] | None, typer.Argument(metavar="SITE|URL", help="Site keys or addresses.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Crawl every site with a profile.")] = False,
    region: Annotated[
        str | None, typer.Option(help="Crawl the sites of a province or city, such as 浙江.")
    ] = None,
    max_pages: Annotated[
        int | None, typer.Option(min=1, help="Fetch at most this many pages a site.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress display.")] = False,
    database: Database = None,
) -> None:
    """Crawl sites once, now.

    SITE is the key of a profile (`variorum sites list`). A URL of a known site is read by its
    profile; any other news address, a section page or a single article, by generic rules.

    Exit status: 0 all went well, 1 failed, 3 partly failed, 4 another crawl holds the site,
    130 interrupted.

    \b
    Examples:
      variorum crawl zjol
      variorum crawl --region 浙江 --max-pages 200
      variorum crawl https://news.example.com/local/ --database sqlite:///news.db
    """
    # Before the database is touched: a mistyped key must not leave an empty one behind.
    chosen = chosen_profiles(targets or [], every, region, load_settings())
    settings, engine = open_store(database, create=True)
    archive = Archive(engine, Policy(confirm_after=settings.confirm_after))

    async def work() -> list[CrawlSummary | None]:
        return [
            await shown(archive, profile, crawl_options(settings, urls, max_pages), quiet)
            for profile, urls in chosen
        ]

    try:
        ended = run(work)
    except KeyboardInterrupt:
        fail("interrupted; what was found is stored, run it again to go on", Exit.INTERRUPTED)
    summaries = [summary for summary in ended if summary]
    raise typer.Exit(int(exit_status(summaries, len(ended) - len(summaries))))


async def shown(
    archive: Archive, profile: SiteProfile, options: CrawlOptions, quiet: bool
) -> CrawlSummary | None:
    """Crawl one site with its progress shown, and print its summary; None where it is busy."""
    progress = Progress(profile.key)
    on_progress: Callable[[CrawlCounts], None] | None = None if quiet else progress
    try:
        with progress:
            summary = await crawl_site(
                archive, profile, options=options, clock=clock, on_progress=on_progress
            )
    except SiteBusy as busy:
        errors.print(f"variorum: {busy}", style="red", markup=False)
        return None
    say(render_summary(summary))
    if any(reason == Reason.BLOCKED_ADDRESS for _, reason in summary.failures):
        errors.print(
            "variorum: private and local addresses are refused; the setting allow_addresses"
            " lets exact host:port pairs through",
            style="dim",
        )
    return summary
