"""The page on site profiles names every key there is, and its example is a profile."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

from crawler.extraction.rules import ReadingRules, Selectors, TemplateRules
from crawler.sites.profile import Paging, Politeness, SiteProfile

TEXT = (Path(__file__).resolve().parents[3] / "docs" / "site-profiles.md").read_text("utf-8")


def keys() -> Iterator[str]:
    parts: dict[str, type[BaseModel]] = {
        "": SiteProfile,
        "paging.": Paging,
        "politeness.": Politeness,
        "reading.": ReadingRules,
        "reading.templates.": TemplateRules,
    }
    for prefix, part in parts.items():
        nested = {name.rstrip(".").rpartition(".")[2] for name in parts} | {"selectors"}
        yield from (prefix + key for key in part.model_fields if key not in nested - {"templates"})
    yield from Selectors.model_fields


@pytest.mark.parametrize("key", sorted(keys()))
def test_every_key_is_explained(key: str) -> None:
    assert f"`{key}`" in TEXT


def test_every_key_explained_exists() -> None:
    rows = re.findall(r"^\| `([\w.]+)` \|", TEXT, re.MULTILINE)
    assert set(rows) <= set(keys())


def test_the_example_is_a_profile() -> None:
    (example,) = re.findall(r"^```toml\n(.*?)^```", TEXT, re.DOTALL | re.MULTILINE)
    assert SiteProfile.model_validate(tomllib.loads(example)).key == "lakenews"
