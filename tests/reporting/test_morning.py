"""The morning report tells the night on one page, and nothing on it can act."""

import re
from datetime import UTC
from html.parser import HTMLParser

import pytest
from sqlalchemy.engine import Engine

from reporting.ask import Ask
from reporting.morning import is_quiet, load_morning
from reporting.morning_page import render_morning
from storage.news import Pace
from storage.spans import Span
from tests.reporting.season import hours

NIGHT = Ask(Span(hours(4), hours(16)), UTC, now=hours(16))


class Tags(HTMLParser):
    """Collects tags and what could load or run something."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.loads: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            if name.startswith("on") or (name == "src" and not str(value).startswith("data:")):
                self.loads.append(f"{name}={value}")


def test_the_page_stands_alone_and_hostile_text_cannot_act(season: Engine) -> None:
    page = render_morning(season, NIGHT, as_html=True)
    parser = Tags()
    parser.feed(page)
    assert parser.loads == []
    assert not parser.tags & {"script", "iframe", "link", "object", "form"}
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "default-src 'none'" in page


@pytest.mark.parametrize("as_html", [True, False])
def test_the_page_tells_changes_removals_and_health(season: Engine, as_html: bool) -> None:
    page = render_morning(season, NIGHT, as_html=as_html)
    plain = re.sub(r"<[^>]+>|\\|[\[\]{}+-]", "", page)
    for words in (
        "Significant changes",
        "死亡313人",  # 3 struck out, 13 put in
        "not announced",
        "更正：本文此前日期有误。",
        "Removed",
        "湖滨大桥通车之5",
        "Crawl health",
        "Where we were blind",
    ):
        assert words in plain, words


def test_weighty_changes_come_first_and_slight_ones_are_left_to_the_report(season: Engine) -> None:
    stories = load_morning(season, NIGHT).stories
    weights = [story.weight for story in stories]
    assert weights == sorted(weights, reverse=True)
    assert weights[-1] >= 0.5


def test_a_night_without_anything_is_told_in_peace(season: Engine) -> None:
    quiet = Ask(Span(hours(-48), hours(-24)), UTC, now=hours(0))
    assert "None." in render_morning(season, quiet, as_html=False)


@pytest.mark.parametrize(
    ("pace", "quiet", "reason"),
    [
        (Pace("a", 0, 24, 28 * 40, 28 * 24), True, "nothing where forty are usual"),
        (Pace("a", 38, 24, 28 * 40, 28 * 24), False, "two fewer is chance"),
        (Pace("a", 0, 24, 28 * 2, 28 * 24), False, "a site of two a day may have none"),
        (Pace("a", 0, 0, 28 * 40, 28 * 24), False, "we were not looking"),
        (Pace("a", 0, 24, 0, 0), False, "a new site has no usual pace"),
    ],
)
def test_a_site_is_quiet_where_chance_does_not_explain_it(
    pace: Pace, quiet: bool, reason: str
) -> None:
    assert is_quiet(pace) is quiet, reason
