"""The profiles of the sites in a database."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from crawler.sites.load import find_profile, load_profile, own_files, site_keys
from crawler.sites.profile import SiteProfile, generic_profile
from storage.engine import Engine
from storage.roster import Roster, WatchedSite


class Profiles:
    """The profiles of watched sites, each read once; without one, generic rules read a site."""

    def __init__(self, sites_dir: Path | None) -> None:
        """Read the user's profiles; SiteProfileError where one of them cannot be used."""
        self._folder = sites_dir
        self._keys = frozenset(site_keys(sites_dir))
        self._found = {key: load_profile(file) for key, file in own_files(sites_dir).items()}

    def __call__(self, sites: Iterable[WatchedSite]) -> Mapping[str, SiteProfile]:
        """Return the profile of each site, by its key."""
        return {site.key: self._profile(site) for site in sites}

    def _profile(self, site: WatchedSite) -> SiteProfile:
        if site.key not in self._found:
            known = site.key in self._keys
            profile = find_profile(site.key, self._folder) if known else None
            self._found[site.key] = profile or generic_profile(site.home_url)
        return self._found[site.key]


def followed(engine: Engine, sites_dir: Path | None) -> Mapping[str, SiteProfile]:
    """Return the profiles of all sites in the database."""
    return Profiles(sites_dir)(Roster(engine).sites())
