"""Differences as a terminal, a browser and a program see them."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from html.parser import HTMLParser
from typing import Any

import pytest
from rich.cells import cell_len

from news.article import Article, Block, Credit, Image, Precision, PrintedTime, Role
from reporting.diff import render_diff
from storage.history import VersionRecord

CHINA = timezone(timedelta(hours=8))
NOON = datetime(2026, 11, 1, 4, 0, tzinfo=UTC)
LONG = "桥面铺装昨天完成，照明调试同步展开，周边道路的标线也已划好。"
BEFORE = Article(
    url="http://news.example.com/a/1.html",
    headline="湖滨大桥月底通车",
    section=("要闻",),
    published_at=PrintedTime(datetime(2026, 11, 1, 9, 0, tzinfo=CHINA), Precision.MINUTE),
    source="湖滨日报",
    credits=(Credit(Role.EDITOR, "乙小红"), Credit(Role.REPORTER, "甲小明")),
    body=(
        Block("大桥全长1200米。"),
        Block("工程投资1.5亿元。"),
        Block(f"{LONG * 4}高峰时段每小时可通过3000辆车。{LONG * 4}"),
        Block("附近居民期待已久。"),
    ),
    images=(Image("http://img.example.com/1.jpg", "大桥"),),
)


def version(number: int, article: Article, **fields: Any) -> VersionRecord:
    at = NOON + timedelta(hours=number)
    base = VersionRecord(number, at, None, None, article, f"1:{number}", "c" * 64, "e", None)
    return replace(base, **fields)


def edited(old: str, new: str) -> Article:
    body = tuple(replace(block, text=block.text.replace(old, new)) for block in BEFORE.body)
    return replace(BEFORE, body=body)


def shown(after: Article, **options: Any) -> str:
    return render_diff(version(1, BEFORE), version(2, after), **options)


def test_the_head_names_both_versions_with_their_times_in_the_zone_of_the_page() -> None:
    text = shown(edited("1.5亿", "15亿"))

    assert "湖滨大桥月底通车" in text
    assert "--- version 1, first seen 2026-11-01 13:00" in text
    assert "+++ version 2, first seen 2026-11-01 14:00" in text
    assert "UTC+08:00" in text


def test_a_fact_shows_in_its_paragraph_and_the_others_are_counted() -> None:
    text = shown(edited("1.5亿", "15亿"))

    assert "body: fact\n" in text
    assert "工程投资[-1.5-]{+15+}亿元。" in text
    assert "… 1 paragraph unchanged" in text
    assert "… 2 paragraphs unchanged" in text
    assert "附近居民" not in text


def test_unchanged_text_of_a_long_paragraph_is_shortened_around_the_change() -> None:
    text = shown(edited("3000辆", "300辆"), width=200)

    assert "每小时可通过[-3000-]{+300+}辆车" in text
    assert len(text) < 600


def test_editor_and_source_show_as_whole_names() -> None:
    after = replace(
        BEFORE,
        source="湖州晚报",
        credits=(Credit(Role.EDITOR, "乙大红"), Credit(Role.REPORTER, "甲小明")),
    )
    text = shown(after)

    assert "editor [-乙小红-]{+乙大红+}" in text
    assert "[-湖滨日报-]{+湖州晚报+}" in text
    assert "甲小明" not in text


def test_new_cut_and_moved_paragraphs_are_signed() -> None:
    first, second, _, fourth = BEFORE.body
    text = shown(replace(BEFORE, body=(fourth, first, Block("今晚试灯。"), second)))

    assert "  > (moved here from paragraph 4) 附近居民期待已久。" in text
    assert "  + {+今晚试灯。+}" in text
    assert "  - [-桥面铺装" in text


def test_images_and_captions_show_what_came_and_went() -> None:
    new = (Image("http://img.example.com/1.jpg", "新桥"), Image("http://img.example.com/2.jpg"))
    text = shown(replace(BEFORE, images=new))

    assert "{+2.jpg+}" in text
    assert "1.jpg [-大桥-]{+新桥+}" in text


def test_equal_versions_show_no_difference() -> None:
    assert "No difference." in shown(BEFORE)


@pytest.mark.parametrize("width", [40, 80, 120])
def test_no_line_of_text_is_wider_than_asked(width: int) -> None:
    text = shown(replace(edited("3000辆", "300辆"), kicker="快讯" * 30), width=width)
    body = text.split("\n\n", 1)[1]

    assert max(map(cell_len, body.splitlines())) <= width


def test_with_colour_there_are_no_signs_and_every_style_is_closed() -> None:
    text = shown(edited("1.5亿", "15亿"), colour=True)

    assert "[-" not in text
    assert "\x1b[31;9m1.5\x1b[0m\x1b[32;4m15\x1b[0m" in text
    for line in text.splitlines():
        assert line.count("\x1b[0m") == len(re.findall(r"\x1b\[[1-9][0-9;]*m", line))


HOSTILE = "<script>alert(1)</script>\"'&\x1b[2J\x07\u202e倒\u2066\x9b31m"


def hostile() -> Article:
    return replace(
        BEFORE,
        url="javascript:alert(1)",
        headline=HOSTILE,
        source=HOSTILE,
        credits=(Credit(Role.EDITOR, HOSTILE),),
        body=(Block(HOSTILE), *BEFORE.body[1:]),
        images=(Image(f"http://img.example.com/{HOSTILE}", HOSTILE),),
    )


def test_hostile_text_cannot_drive_the_terminal() -> None:
    text = shown(hostile(), colour=False)

    assert not set(text) & set("\x1b\x07\x9b\u202e\u2066")


class Tags(HTMLParser):
    """Collects the tags and the addresses of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.addresses: list[str | None] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.addresses += [value for name, value in attrs if name in {"href", "src"}]
        assert not any(name.startswith("on") for name, _ in attrs)


def test_a_page_runs_nothing_fetches_nothing_and_links_only_to_the_web() -> None:
    page = Tags(shown(hostile(), format="html"))

    assert not page.tags & {"script", "img", "iframe", "link", "object", "svg"}
    assert page.addresses == []
    assert Tags(shown(BEFORE, format="html")).addresses == [BEFORE.url]


def test_a_page_says_itself_what_it_may_do() -> None:
    page = shown(edited("1.5亿", "15亿"), format="html")

    assert 'http-equiv="Content-Security-Policy" content="default-src \'none\'' in page
    assert "<del>1.5</del><ins>15</ins>亿元" in page
    assert '<meta charset="utf-8">' in page


def test_json_holds_both_texts_whole() -> None:
    after = edited("1.5亿", "15亿")
    told = json.loads(shown(after, format="json"))
    (field,) = told["fields"]

    assert (told["from"]["version"], told["to"]["version"]) == (1, 2)
    assert field["kinds"] == ["fact"]
    assert ["replace", "1.5", "15"] in field["blocks"][1]["hunks"]
    for side, article in ((1, BEFORE), (2, after)):
        texts = ["".join(hunk[side] for hunk in block["hunks"]) for block in field["blocks"]]
        assert texts == [block.text for block in article.body]


def test_another_format_is_refused() -> None:
    with pytest.raises(ValueError, match="no such format: pdf"):
        shown(BEFORE, format="pdf")
