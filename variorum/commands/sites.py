"""`variorum sites`: which sites come with a profile, and what a profile says."""

from typing import Annotated

import typer

from crawler.sites.load import bundled_profiles, find_profile, profile_text
from reporting.report import Table, render_table
from variorum.commands.console import say
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


def show(key: Annotated[str, typer.Argument(help="A key from `variorum sites list`.")]) -> None:
    """Print the profile of a site.

    \b
    Example:
      variorum sites show zjnews_china
    """
    sites_dir = load_settings().sites_dir
    say(profile_text(find_profile(key, sites_dir).key, sites_dir))
