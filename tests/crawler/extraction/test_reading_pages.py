"""Every folder below tests/pages is a page and what is to be read on it."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from crawler.extraction.extract import extract_article
from crawler.extraction.files import declared_url, page_from_bytes, placeholder_url
from crawler.extraction.rules import GENERIC, ReadingRules
from news.article import NotAnArticle, article_json

PAGES = Path(__file__).parents[2] / "pages"
CASES = sorted(path.parent.relative_to(PAGES).as_posix() for path in PAGES.glob("*/*/page.html"))
LOOKED_AT = datetime(2023, 6, 1, tzinfo=UTC)


def read_case(case: str) -> dict[str, Any]:
    """Return what the extractor reads on a case's page, in the shape of its article.json."""
    folder = PAGES / case
    rules = GENERIC
    if (folder / "rules.json").exists():
        rules = ReadingRules.model_validate_json((folder / "rules.json").read_bytes())
    body = (folder / "page.html").read_bytes()
    url = declared_url(body) or placeholder_url(folder.name)
    found = extract_article(page_from_bytes(body, url, LOOKED_AT), rules)
    if isinstance(found, NotAnArticle):
        return {"kind": found.kind.value}
    return article_json(found, folder.name)


@pytest.mark.parametrize("case", CASES)
def test_a_page_is_read_as_its_article_says(case: str) -> None:
    wanted = json.loads((PAGES / case / "article.json").read_bytes())
    assert read_case(case) == wanted
