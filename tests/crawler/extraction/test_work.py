"""What is read of a page costs steps in proportion to its bytes: the steps are counted."""

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from types import FrameType
from typing import Any

import pytest

from crawler.extraction import body as body_module
from crawler.extraction import nesting, tagstream
from crawler.extraction.extract import extract_article
from crawler.extraction.files import page_from_bytes
from crawler.extraction.rules import GENERIC

NOW = datetime(2026, 1, 1, tzinfo=UTC)
PROSE = "县水务局介绍，今年以来全县新改建供水管网四十六公里，惠及九千多名居民。"
HEAD = "<html><head><title>供水管网改造</title></head><body><h1>供水管网改造</h1><div>"


def _read(filling: str) -> object:
    page = f"{HEAD}{filling}<p>{PROSE * 20}</p></div></body></html>"
    return extract_article(page_from_bytes(page.encode(), "http://n.example/1", NOW), GENERIC)


def _calls(work: Callable[[], object]) -> int:
    """Return how many calls of Python functions a piece of work makes."""
    count = 0

    def note(_frame: FrameType, event: str, _arg: Any) -> None:
        nonlocal count
        count += event == "call"

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


SHAPES = {
    "credit lines": "<p>记者 王小明 李大川 摄</p>",
    "lines of editors": "<p>责任编辑：王小明</p>",
    "stray end tags": "</b></p></td>",
    "cells without end": "<td>甲",
    "links": "<li><a href='/1'>旧闻一则</a></li>",
    "brackets in quotes": "<p title='<b>'>甲</p>",
    "comments": "<!-- 甲 -->",
    "scripts with other letters at their end": "<SCRIPT>a</script>",
    "what is not shown": "<select><option>甲<option>乙</select><svg><path/></svg>",
}


@pytest.mark.parametrize("unit", SHAPES.values(), ids=SHAPES.keys())
def test_twice_the_page_is_at_most_about_twice_the_calls(unit: str) -> None:
    once, twice = (_calls(lambda n=n: _read(unit * n)) for n in (80, 160))
    assert twice <= 2.2 * once + 500


def test_the_text_below_an_editor_s_line_is_summed_up_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    summed = 0

    def counted(values: Any) -> Any:
        nonlocal summed
        values = list(values)
        summed += len(values)
        return sum(values)

    monkeypatch.setattr(body_module, "sum", counted, raising=False)
    _read("<p>责任编辑：王小明</p>" * 400)
    assert summed < 20 * 400


def test_a_page_of_stray_ends_in_deep_markup_is_given_up_soon(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked = 0

    def counted(tag: str, open_tags: list[str]) -> int:
        nonlocal looked
        looked += len(open_tags)
        return nesting.ended_by(tag, open_tags)

    monkeypatch.setattr(tagstream, "ended_by", counted)
    _read("<b>" * 1_500 + "</i>" * 6_000)
    assert 0 < looked < 600_000
