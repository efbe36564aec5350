"""A name is found however it is printed, and taken out of every field but addresses."""

import pytest

from news.article import Article, Block, Credit, Image, Role
from news.redaction import ERASED, changed_fields, emptied, mentions, name_pattern, without


@pytest.mark.parametrize(
    ("name", "text", "left"),
    [
        ("丁一", "记者 丁 一 报道", f"记者 {ERASED} 报道"),
        ("丁一", "丁　一、丁\u00a0一", f"{ERASED}、{ERASED}"),
        ("甲小明", "甲小明明", f"{ERASED}明"),
        ("Ann Lee", "by ann  LEE.", f"by {ERASED}."),
        ("Ann Lee", "Joann Leeds", "Joann Leeds"),
        ("甲(小)明", "甲(小)明", ERASED),
    ],
)
def test_a_name_is_found_as_it_is_printed(name: str, text: str, left: str) -> None:
    assert name_pattern(name).sub(ERASED, text) == left


@pytest.mark.parametrize("name", ["", "甲", " 甲 "])
def test_a_name_of_one_character_would_be_everywhere(name: str) -> None:
    with pytest.raises(ValueError, match="too short"):
        name_pattern(name)


def test_addresses_stay_and_all_else_is_looked_through() -> None:
    before = Article(
        "http://news.example.com/甲小明/1.html",
        "甲小明的桥",
        section=("首页", "甲小明专栏"),
        credits=(Credit(Role.REPORTER, "甲小明", label="记者"),),
        body=(Block("甲小明说。", heading=True),),
        images=(Image("http://img.example.com/甲小明.jpg", "甲小明摄"),),
    )
    after = without(before, name_pattern("甲小明"))
    assert after.url == before.url
    assert after.images == (Image("http://img.example.com/甲小明.jpg", f"{ERASED}摄"),)
    assert after.body == (Block(f"{ERASED}说。", heading=True),)
    assert changed_fields(before, after) == ("body", "credits", "headline", "images", "section")
    assert without(after, name_pattern("甲小明")) == after
    assert emptied(before) == Article(before.url, ERASED)


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "big5", "utf-16"])
def test_a_page_shows_a_name_in_any_usual_encoding(encoding: str) -> None:
    page = "<p>責編:丁一</p>".encode(encoding)
    assert mentions(page, name_pattern("丁一"))
    assert not mentions(page, name_pattern("丙三"))
