"""`variorum sites`: which sites come with a profile, and what a profile says."""

from enum import StrEnum
from typing import Annotated

import typer

from crawler.sites.families import family_names
from crawler.sites.load import Told, find_profile, list_sites, profile_text
from crawler.sites.text import profile_toml
from reporting.report import Table, render_table
from storage.roster import Roster
from variorum.commands.console import clock, errors, fail, say
from variorum.commands.reports import TableFormat
from variorum.commands.store import Database, open_store
from variorum.config import load_settings

_COLUMNS = ("site", "name", "region", "family", "confidence", "facts of", "home")


class Confidence(StrEnum):
    """How well the facts of a profile are known."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


def list_(
    region: Annotated[
        str | None, typer.Option(help="Only those of a province or city, such as 浙江 or 嘉兴.")
    ] = None,
    family: Annotated[
        str | None, typer.Option(help="Only those of a family (epaper: all electronic editions).")
    ] = None,
    confidence: Annotated[
        Confidence | None, typer.Option(help="Only those whose facts are as well known, or better.")
    ] = None,
    form: Annotated[
        TableFormat, typer.Option("--format", help="How to show them.")
    ] = TableFormat.TABLE,
) -> None:
    """List the sites that come with a profile, and your own.

    \b
    Examples:
      variorum sites list --region 浙江
      variorum sites list --family trs-wcm --confidence high --format csv
    """
    sites = list_sites(load_settings().sites_dir)
    chosen = [site for site in sites if in_region(site, region) and _is_of(site, family)]
    enough = list(Confidence)[list(Confidence).index(confidence or Confidence.LOW) :]
    chosen = [site for site in chosen if site.confidence in enough]
    if not chosen:
        fail(_nothing(sites, region, family))
    rows = tuple((s.key, s.name, s.place, s.family, s.confidence, s.facts, s.home) for s in chosen)
    say(render_table(Table(_COLUMNS, rows), form.value))
    for site in chosen:
        if site.unchecked_certificate:
            told = f"{site.key}: its certificate is not checked ({site.unchecked_certificate})"
            errors.print(told, markup=False)


def in_region(site: Told, region: str | None) -> bool:
    """Tell whether a site reports on a region: a province, a city, or both as they are listed."""
    return region is None or region in {site.region, site.city, site.place}


def _is_of(site: Told, family: str | None) -> bool:
    return family is None or site.family == family or (family == "epaper" and site.is_paper)


def _nothing(sites: tuple[Told, ...], region: str | None, family: str | None) -> str:
    if region and not any(in_region(site, region) for site in sites):
        return no_region(sites, region)
    if family and not any(_is_of(site, family) for site in sites):
        return f"no family {family!r}; there are: {', '.join(family_names())}"
    return "no site is all of that"


def no_region(sites: tuple[Told, ...], region: str) -> str:
    """Return the line that says that no site reports on a region, and which there are."""
    regions = sorted({site.region for site in sites if site.region})
    return f"no site in region {region!r}; there are: {', '.join(regions)}"


def show(
    key: Annotated[str, typer.Argument(help="A key from `variorum sites list`.")],
    as_written: Annotated[
        bool, typer.Option("--as-written", help="The file itself, without its family's facts.")
    ] = False,
) -> None:
    """Print the profile of a site with what its family adds, as a file that you can change.

    \b
    Examples:
      variorum sites show zjol
      variorum sites show zjol --as-written > mysites/zjol.toml
    """
    sites_dir = load_settings().sites_dir
    profile = find_profile(key, sites_dir)
    say((profile_text(key, sites_dir) if as_written else profile_toml(profile)).rstrip())


def pause(
    key: Annotated[str, typer.Argument(help="A site's key, as `variorum status` shows it.")],
    database: Database = None,
) -> None:
    """Leave a site out of the daemon's schedule until it is resumed; a crawl by hand still works.

    \b
    Example:
      variorum sites pause zjnews_china
    """
    _, engine = open_store(database)
    paused = Roster(engine).pause(key, clock())
    say(f"{key}: paused" if paused else f"{key}: is paused already")


def resume(
    key: Annotated[str, typer.Argument(help="A site's key, as `variorum status` shows it.")],
    database: Database = None,
) -> None:
    """Take a site back into the daemon's schedule, and ask it again at once if it had failed.

    \b
    Example:
      variorum sites resume zjnews_china
    """
    _, engine = open_store(database)
    resumed = Roster(engine).resume(key)
    say(f"{key}: resumed" if resumed else f"{key}: was not paused; it is asked again at once")
