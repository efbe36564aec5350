"""Facts about the account of a reading: the candidates, the rule and the place of each field."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler.extraction.explain import explain_page
from crawler.extraction.files import page_from_bytes
from crawler.extraction.rules import GENERIC

PAGES = Path(__file__).parents[2] / "pages"
LOOKED_AT = datetime(2023, 6, 1, tzinfo=UTC)


def explained(case: str) -> str:
    """Return the account of a saved page."""
    body = (PAGES / case / "page.html").read_bytes()
    return explain_page(page_from_bytes(body, "http://n.example/1", LOOKED_AT), GENERIC)


def field(account: str, name: str) -> list[str]:
    """Return the lines of one field of an account."""
    lines = account.splitlines()
    start = lines.index(name) + 1
    ends = (i for i, line in enumerate(lines[start:], start) if not line.startswith(" "))
    return lines[start : next(ends, len(lines))]


@pytest.mark.parametrize(
    ("case", "name", "chosen", "why"),
    [
        ("press/logo_is_h1", "headline", "青屏县供水管网改造惠及九千居民", "div.article-title"),
        ("press/logo_is_h1", "source", "深屏特区报", "info line"),
        ("account/app_share_page", "published_at", "2024-06-18T10:22:31+08:00", "attribute"),
        ("account/hidden_until_script", "source", "青屏县融媒体中心", "credit line in the text"),
        ("press/author_above_info", "credits", "writer 孟川", "name that stands alone"),
        ("government/br_table", "section", "首页 > 县内新闻", ""),
    ],
)
def test_the_choice_is_marked_and_says_by_which_rule_and_where(
    case: str, name: str, chosen: str, why: str
) -> None:
    rows = [row for row in field(explained(case), name) if row.startswith("  *")]
    assert any(chosen in row and why in row for row in rows), rows


def test_candidates_that_lost_are_shown_too() -> None:
    rows = field(explained("press/logo_is_h1"), "container")
    assert rows[0].startswith(("  * lines", "    lines"))
    assert sum(row.startswith("  *") for row in rows) == 1
    assert len(rows) > 1


def test_lines_left_out_of_the_body_say_as_what() -> None:
    account = explained("press/logo_is_h1")
    assert "[编辑：罗嘉]   [left out as credit;" in account


def test_a_page_that_is_no_article_gives_its_kind_and_reason() -> None:
    assert explained("notices/deleted").startswith("no article: deleted, says ")
