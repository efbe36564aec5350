"""`variorum sites`: which sites come with a profile, and what a profile says."""

from typing import Annotated

import typer

from crawler.sites.load import bundled_profiles, find_profile, profile_text
from reporting.report import Table, render_table
from storage.roster import Roster
from variorum.commands.console import clock, say
from variorum.commands.store import Database, open_store
from variorum.config import load_settings


def list_() -> None:
    """List the sites that come with a profile.

    \b
    Example:
      variorum sites list
    """
    profiles = bundled_profiles(load_settings().sites_dir)
    rows = tuple((p.key, p.name, p.region or "", p.home) for p in profiles)
    say(render_table(Table(("site", "name", "region", "home"), rows), "table"))
    for profile in profiles:
        if profile.unchecked_certificate:
            say(f"{profile.key}: its certificate is not checked ({profile.unchecked_certificate})")


def show(key: Annotated[str, typer.Argument(help="A key from `variorum sites list`.")]) -> None:
    """Print the profile of a site.

    \b
    Example:
      variorum sites show zjnews_china
    """
    sites_dir = load_settings().sites_dir
    say(profile_text(find_profile(key, sites_dir).key, sites_dir))


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
