"""Profiles from TOML files: the bundled ones and those of a folder of the user's."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import ValidationError

from crawler.sites.families import with_family
from crawler.sites.papers import paper_values, papers_at
from crawler.sites.profile import SiteProfile, generic_profile, host_matches
from crawler.sites.text import profile_toml

_BUNDLED = resources.files("crawler.sites") / "bundled"


class SiteProfileError(Exception):
    """A profile cannot be used; the one-line message names the file and the key at fault."""


def load_profile(path: Path | Traversable) -> SiteProfile:
    """Return the profile in a TOML file; its key must be the file's name without `.toml`."""
    profile = _profile(path, _read(path))
    stem = path.name.removesuffix(".toml")
    if profile.key != stem:
        raise SiteProfileError(f"{path}: key: {profile.key!r} is not the file's name {stem!r}")
    return profile


def _read(path: Path | Traversable) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SiteProfileError(f"{path}: {_one_line(error)}") from error


def _profile(where: object, values: Mapping[str, Any]) -> SiteProfile:
    """Return the profile that a file's values come to, those of its family included."""
    try:
        profile = SiteProfile.model_validate(with_family(values))
    except ValidationError as error:
        raise SiteProfileError(f"{where}: {_first_fault(error)}") from error
    except ValueError as error:
        raise SiteProfileError(f"{where}: family: {error}") from error
    _check_addresses(where, profile)
    return profile


def _check_addresses(path: object, profile: SiteProfile) -> None:
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


@dataclass(frozen=True, slots=True)
class Told:
    """What a list of sites says of one, without its profile being checked."""

    key: str
    name: str
    home: str
    region: str = ""
    city: str = ""
    family: str = ""
    confidence: str = "low"
    facts: str = ""  # the latest date of its facts
    own: bool = False  # of the user's folder
    unchecked_certificate: str | None = None

    @property
    def place(self) -> str:
        """Region and city in one."""
        return f"{self.region} {self.city}".strip()

    @property
    def is_paper(self) -> bool:
        """Whether it is a row in a table of electronic editions."""
        return not self.own and self.key in paper_values()


def own_files(folder: Path | None) -> dict[str, Path]:
    """Return the profiles in a folder of the user's, by key."""
    if folder is None:
        return {}
    if not folder.is_dir():
        raise SiteProfileError(f"{folder}: sites_dir: no such folder")
    return {path.stem: path for path in sorted(folder.glob("*.toml"))}


def _bundled_files() -> dict[str, Traversable]:
    files = (file for file in _BUNDLED.iterdir() if file.name.endswith(".toml"))
    return {file.name.removesuffix(".toml"): file for file in files}


@lru_cache(maxsize=1)
def _bundled() -> Mapping[str, dict[str, Any]]:
    """Return what the bundled files say, unchecked: tests hold them."""
    return {key: _read(file) for key, file in _bundled_files().items()}


def _files(folder: Path | None) -> dict[str, Path | Traversable]:
    """A file of the user's takes the place of a bundled one of the same key."""
    return dict(sorted({**_bundled_files(), **own_files(folder)}.items()))


def site_keys(folder: Path | None = None) -> tuple[str, ...]:
    """Return the keys of all profiles there are, those of electronic editions included."""
    return tuple(sorted({*_files(folder), *paper_values()}))


def bundled_profiles(folder: Path | None = None) -> tuple[SiteProfile, ...]:
    """Return the profiles that come with the project and those in `folder`, by key.

    It takes some tenths of a second; whoever wants one site or a list of them needs not wait.
    """
    return tuple(find_profile(key, folder) for key in site_keys(folder))


def list_sites(folder: Path | None = None) -> tuple[Told, ...]:
    """Return what is told of all sites, by key; those of the user's folder are checked."""
    own = own_files(folder)
    found = [_told(load_profile(path).model_dump(), own=True) for path in own.values()]
    others = {**_bundled(), **paper_values()}
    found += [_told(values) for key, values in others.items() if key not in own]
    return tuple(sorted((told for told in found if told is not None), key=lambda told: told.key))


def _told(values: Mapping[str, Any], *, own: bool = False) -> Told | None:
    """Return what is told of a site; None for the demo's."""
    if values.get("demo"):
        return None
    given = ("name", "home", "region", "city", "family", "confidence")
    return Told(
        key=values["key"],
        facts=max((fact["date"] for fact in values.get("facts", ())), default=""),
        own=own,
        unchecked_certificate=values.get("unchecked_certificate"),
        **{name: values[name] for name in given if values.get(name)},
    )


def find_profile(key: str, folder: Path | None = None) -> SiteProfile:
    """Return the profile of that key; the error names keys like it."""
    file = _files(folder).get(key)
    if file is not None:
        return load_profile(file)
    if key in paper_values():
        return _profile(key, paper_values()[key])
    raise SiteProfileError(_no_site(key, folder))


def _no_site(key: str, folder: Path | None) -> str:
    alike = get_close_matches(key, site_keys(folder), 5, 0.5)
    hint = f"did you mean {', '.join(alike)}? " if alike else ""
    return f"no site {key!r}; {hint}`variorum sites list` names them all"


def profile_text(key: str, folder: Path | None = None) -> str:
    """Return the TOML text of the profile of that key as it was written."""
    file = _files(folder).get(key)
    return file.read_text("utf-8") if file else profile_toml(find_profile(key, folder))


def profile_for(url: str, folder: Path | None = None) -> tuple[SiteProfile, tuple[str, ...]]:
    """Return the profile to read an address by, and the addresses to crawl, () for the whole site.

    An address on a site with a profile is looked at alone; any other one gets the generic
    profile, whose only seed it is.
    """
    found = [find_profile(key, folder) for key in _keys_at(url, folder)]
    found = [profile for profile in found if profile.covers(url) and not profile.demo]
    if found:
        # Of several at one host the one whose article it is; else the one that names the host.
        profile = max(found, key=lambda p: (_fits(p, url), urlsplit(url).hostname in p.hosts))
        whole = url.rstrip("/") == profile.home.rstrip("/")
        return profile, () if whole else (url,)
    try:
        return generic_profile(url), ()
    except ValidationError as error:
        raise SiteProfileError(f"{url}: {_first_fault(error)}") from error
    except ValueError as error:
        raise SiteProfileError(f"{url}: {error}") from error


def _fits(profile: SiteProfile, url: str) -> bool:
    try:
        return profile.is_article(profile.canonical(url))
    except ValueError:
        return False


def _keys_at(url: str, folder: Path | None) -> Iterator[str]:
    """Yield the keys of profiles that name an address's host, without checking them."""
    parts = urlsplit(url)
    own = {key: _read(file) for key, file in own_files(folder).items()}
    values = {**_bundled(), **own}
    for key, told in values.items():
        hosts = told.get("hosts")
        if isinstance(hosts, list) and any(host_matches(str(h), parts) for h in hosts):
            yield key
    yield from (key for key in papers_at(parts.netloc.lower()) if key not in values)
