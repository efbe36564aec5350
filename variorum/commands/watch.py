"""`variorum watch`: follow a single article of any site."""

from dataclasses import replace
from typing import Annotated
from urllib.parse import urlsplit

import typer

from crawler.crawls import CrawlSummary
from crawler.run import crawl, run
from crawler.sites.load import profile_for
from crawler.sites.profile import SiteProfile, generic_profile
from news.versions import Policy
from storage.archive import Archive
from storage.errors import SiteBusy
from variorum.commands.console import Exit, clock, fail, say
from variorum.commands.options import crawl_options
from variorum.commands.store import Database, open_store
from variorum.config import load_settings


def watch(
    url: Annotated[str, typer.Argument(metavar="URL", help="The address of the article.")],
    database: Database = None,
) -> None:
    """Follow one article from now on, of any site, without following the site.

    It is read once, now: by the site's profile where there is one, else by the generic rules. The
    daemon then looks at it within the site's budget of looks, like at any other article.

    Exit status: 0 it is watched, 1 no article could be read there, 4 another crawl holds the site.

    \b
    Example:
      variorum watch https://news.example.com/local/2026/0301/1.html
    """
    profile = _profile(url)
    settings, engine = open_store(database, create=True)
    archive = Archive(engine, Policy(confirm_after=settings.confirm_after))
    options = replace(
        crawl_options(settings, (profile.canonical(url),)),
        kind="watch",
        articles=True,
        scope="articles",
    )
    try:
        summary = run(lambda: crawl(archive, profile, options=options, clock=clock))
    except SiteBusy as busy:
        fail(str(busy), Exit.BUSY)
    _tell(summary, url)


def _profile(url: str) -> SiteProfile:
    """Return the profile to read an article by; a site nobody has described is its host."""
    profile, urls = profile_for(url, load_settings().sites_dir)
    if urls:
        return profile
    parts = urlsplit(profile.canonical(url))
    if parts.path in {"", "/"} and not parts.query:
        fail(f"{url} is a site's front page; `variorum crawl` follows whole sites", Exit.USAGE)
    return generic_profile(f"{parts.scheme}://{parts.netloc}/")


def _tell(summary: CrawlSummary, url: str) -> None:
    counts = summary.counts
    if counts.new or counts.changed or counts.unchanged:
        say(f"watched: {url} (`variorum history {url}`)")
        return
    reason = next((why for _, why in summary.failures), None)
    if reason is None:
        reason = "no article" if counts.not_article else "missing"
    fail(f"{url}: not read ({reason}); it is looked at again by the daemon")
