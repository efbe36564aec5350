"""Profiles from TOML files: the bundled ones and those of a folder of the user's."""

import tomllib
from collections.abc import Iterator
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from pydantic import ValidationError

from crawler.sites.profile import SiteProfile, generic_profile


class SiteProfileError(Exception):
    """A profile cannot be used; the one-line message names the file and the key at fault."""


def load_profile(path: Path | Traversable) -> SiteProfile:
    """Return the profile in a TOML file; its key must be the file's name without `.toml`."""
    try:
        values = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SiteProfileError(f"{path}: {_one_line(error)}") from error
    try:
        profile = SiteProfile.model_validate(values)
    except ValidationError as error:
        raise SiteProfileError(f"{path}: {_first_fault(error)}") from error
    stem = path.name.removesuffix(".toml")
    if profile.key != stem:
        raise SiteProfileError(f"{path}: key: {profile.key!r} is not the file's name {stem!r}")
    _check_addresses(path, profile)
    return profile


def _check_addresses(path: Path | Traversable, profile: SiteProfile) -> None:
    """Refuse a home or seed that the profile itself would call another site's."""
    if not profile.covers(profile.home):
        raise SiteProfileError(f"{path}: home: {profile.home} is on none of the hosts")
    for index, seed in enumerate(profile.seeds):
        try:
            covered = profile.covers(profile.seed_urls[index])
        except ValueError as error:
            raise SiteProfileError(f"{path}: seeds.{index}.url: {error}") from error
        if not covered:
            raise SiteProfileError(f"{path}: seeds.{index}.url: {seed.url} is on none of the hosts")


def _first_fault(error: ValidationError) -> str:
    fault = error.errors()[0]
    key = ".".join(map(str, fault["loc"])) or "profile"
    message = "unknown key" if fault["type"] == "extra_forbidden" else fault["msg"]
    more = error.error_count() - 1
    return f"{key}: {_one_line(message)}" + (f" (and {more} more)" if more else "")


def _one_line(message: object) -> str:
    return " ".join(str(message).split())


def _profile_files(folder: Path | None) -> Iterator[Path | Traversable]:
    """Yield the user's profiles, then the bundled ones, each by name."""
    if folder is not None:
        if not folder.is_dir():
            raise SiteProfileError(f"{folder}: sites_dir: no such folder")
        yield from sorted(folder.glob("*.toml"))
    bundled = resources.files("crawler.sites").iterdir()
    yield from sorted((f for f in bundled if f.name.endswith(".toml")), key=lambda f: f.name)


def _files_by_key(folder: Path | None) -> dict[str, Path | Traversable]:
    """A file of the user's takes the place of a bundled one of the same key."""
    found: dict[str, Path | Traversable] = {}
    for path in _profile_files(folder):
        found.setdefault(path.name.removesuffix(".toml"), path)
    return dict(sorted(found.items()))


def bundled_profiles(folder: Path | None = None) -> tuple[SiteProfile, ...]:
    """Return the profiles that come with the project and those in `folder`, by key."""
    return tuple(load_profile(path) for path in _files_by_key(folder).values())


def find_profile(key: str, folder: Path | None = None) -> SiteProfile:
    """Return the profile of that key; the error lists the keys there are."""
    files = _files_by_key(folder)
    if key not in files:
        raise SiteProfileError(f"no site {key!r}; there are: {', '.join(files)}")
    return load_profile(files[key])


def profile_text(key: str, folder: Path | None = None) -> str:
    """Return the TOML text of the profile of that key."""
    find_profile(key, folder)
    return _files_by_key(folder)[key].read_text("utf-8")


def profile_for(url: str, folder: Path | None = None) -> tuple[SiteProfile, tuple[str, ...]]:
    """Return the profile to read an address by, and the addresses to crawl, () for the whole site.

    An address on a site with a profile is looked at alone; any other one gets the generic
    profile, whose only seed it is.
    """
    for profile in bundled_profiles(folder):
        if profile.covers(url) and not profile.demo:
            whole = url.rstrip("/") == profile.home.rstrip("/")
            return profile, () if whole else (url,)
    try:
        return generic_profile(url), ()
    except ValidationError as error:
        raise SiteProfileError(f"{url}: {_first_fault(error)}") from error
    except ValueError as error:
        raise SiteProfileError(f"{url}: {error}") from error
