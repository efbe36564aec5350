"""Families of sites: what those that one publishing system makes have in common, as data."""

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources
from typing import Any

from pydantic import BaseModel, ConfigDict

from crawler.extraction.rules import ReadingRules
from crawler.sites.profile import Fact, Paging, Pattern

_FOLDER = resources.files("crawler.sites") / "families"
_OWN = frozenset({"title", "facts", "notes"})  # said of the family, not of its sites


class Family(BaseModel):
    """What the sites of a family share; a site's own profile goes before it, key by key."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    article_path: Pattern | None = None
    paging: Paging = Paging()
    reading: ReadingRules = ReadingRules()
    notes: str | None = None
    facts: tuple[Fact, ...] = ()


def family_names() -> tuple[str, ...]:
    """Return the names of all families, in order."""
    names = (file.name for file in _FOLDER.iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))


@lru_cache(maxsize=64)
def family_values(name: str) -> Mapping[str, Any]:
    """Return what a family's file says; ValueError for a name that is none."""
    if name not in family_names():
        raise ValueError(f"no family {name!r}; there are: {', '.join(family_names())}")
    return tomllib.loads((_FOLDER / f"{name}.toml").read_text("utf-8"))


def find_family(name: str) -> Family:
    """Return a family; ValueError for a name that is none."""
    return Family.model_validate(family_values(name))


def with_family(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return a profile's values with those of its family where it does not say otherwise.

    A family's templates come after the site's own. A site with a pattern for whole addresses needs
    none for paths.
    """
    if not isinstance(name := values.get("family"), str):
        return dict(values)
    family = {key: value for key, value in family_values(name).items() if key not in _OWN}
    if "article_url" in values:
        family.pop("article_path", None)
    merged = _merged(values, family)
    own, theirs = _templates(values), _templates(family)
    if own or theirs:
        theirs = [template for template in theirs if template not in own]
        merged["reading"] = {**merged["reading"], "templates": [*own, *theirs]}
    return merged


def _merged(own: Mapping[str, Any], family: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(family)
    for key, value in own.items():
        both = isinstance(value, dict) and isinstance(family.get(key), dict)
        merged[key] = _merged(value, family[key]) if both else value
    return merged


def _templates(values: Mapping[str, Any]) -> list[Any]:
    reading = values.get("reading")
    found = reading.get("templates", []) if isinstance(reading, dict) else []
    return found if isinstance(found, list) else []
