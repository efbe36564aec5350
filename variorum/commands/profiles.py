"""The profiles of the sites in a database."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from crawler.sites.load import bundled_profiles
from crawler.sites.profile import SiteProfile, generic_profile
from storage.engine import Engine
from storage.roster import Roster, WatchedSite


class Profiles:
    """The profiles of watched sites, read once; one without a file is read by generic rules."""

    def __init__(self, sites_dir: Path | None) -> None:
        """Read all profiles; SiteProfileError where one of them cannot be used."""
        self._found = {p.key: p for p in bundled_profiles(sites_dir)}

    def __call__(self, sites: Iterable[WatchedSite]) -> Mapping[str, SiteProfile]:
        """Return the profile of each site, by its key."""
        return {site.key: self._profile(site) for site in sites}

    def _profile(self, site: WatchedSite) -> SiteProfile:
        if site.key not in self._found:
            self._found[site.key] = generic_profile(site.home_url)
        return self._found[site.key]


def followed(engine: Engine, sites_dir: Path | None) -> Mapping[str, SiteProfile]:
    """Return the profiles of all sites in the database."""
    return Profiles(sites_dir)(Roster(engine).sites())
