"""The comment `enpproperty` tells time, section, author and subtitle where the page does not."""

from datetime import UTC, datetime

import pytest

from crawler.extraction.extract import extract_article
from crawler.extraction.files import page_from_bytes
from crawler.extraction.founder import add_founder_facts
from crawler.extraction.head import Head
from crawler.extraction.rules import GENERIC
from news.article import Article, Role

AT = datetime(2026, 9, 15, tzinfo=UTC)
ELEMENTS = (
    "<!--enpproperty <articleid>77</articleid><date>2026-09-14 09:28:27.0</date>"
    "<author>秦未</author><title>青屏六座便民桥通车</title><keyword/><subtitle>村民出行不再绕道</subtitle>"
    "<introtitle>十年修桥路</introtitle><siteid>2</siteid><nodename>本地时政</nodename>/enpproperty-->"
)
ATTRIBUTES = (
    '<!--enpproperty articleid="77" date="2026-09-14 09:28:27:000" sourcename="青屏日报" '
    'author="秦未" nodename="本地时政" subtitle="村民出行不再绕道" introtitle="十年修桥路" '
    "/enpproperty-->"
)
TEXT = "".join(
    f"<p>青屏县第{n}座便民桥昨日通车，沿线三个村的村民出行不再绕道，车程缩短一半以上。</p>"
    for n in "一二三四五六"
)


def read(comment: str, info: str = "", charset: str = "utf-8") -> Article:
    page = (
        f'<html><head><meta charset="{charset}"><title>青屏六座便民桥通车</title></head><body>'
        f"{comment}"
        f"<div><h1>青屏六座便民桥通车</h1><div>{info}</div><div>{TEXT}</div></div></body></html>"
    )
    raw = page.encode(charset)
    found = extract_article(page_from_bytes(raw, "http://n.example/content_77.htm", AT), GENERIC)
    assert isinstance(found, Article), found
    return found


@pytest.mark.parametrize("charset", ["utf-8", "gb18030"])
@pytest.mark.parametrize("comment", [ELEMENTS, ATTRIBUTES], ids=["elements", "attributes"])
def test_the_comment_tells_what_the_page_does_not(comment: str, charset: str) -> None:
    found = read(comment, charset=charset)
    assert found.published_at is not None
    assert found.published_at.at.isoformat() == "2026-09-14T09:28:27+08:00"
    assert [(c.role, c.name) for c in found.credits] == [(Role.WRITER, "秦未")]
    assert found.section == ("本地时政",)
    assert found.subheadline == "村民出行不再绕道"
    assert found.kicker == "十年修桥路"


def test_the_attribute_form_names_the_source() -> None:
    assert read(ATTRIBUTES).source == "青屏日报"


def test_what_the_page_prints_stands_and_is_made_finer_where_both_agree() -> None:
    found = read(ELEMENTS, "2026-09-14 09:28 来源：青屏晚报 记者 孟禾")
    assert found.published_at is not None
    assert found.published_at.at.second == 27
    assert found.source == "青屏晚报"
    assert [c.name for c in found.credits] == ["孟禾"]


def test_a_printed_day_other_than_the_comments_stands() -> None:
    found = read(ELEMENTS, "2026-09-12 09:28 来源：青屏晚报")
    assert found.published_at is not None
    assert found.published_at.at.day == 12


@pytest.mark.parametrize(
    ("comment", "metas"),
    [
        ("<!--enpproperty <date>2022-06-01 00:00:00.0</date>/enpproperty-->",
         {"publishdate": "2022-06-01"}),
        ("<!--enpproperty <author></author><subtitle/><nodename>null</nodename>/-->", {}),
        ("<!--enpproperty <author>秦未</author>", {}),  # never ends
        ("<!-- nothing -->", {}),
    ],
)  # fmt: skip
def test_what_is_empty_or_never_ends_states_nothing(comment: str, metas: dict[str, str]) -> None:
    assert add_founder_facts(Head(), comment.encode()).metas == metas


def test_what_the_head_says_itself_goes_first() -> None:
    head = add_founder_facts(Head(metas={"source": "青屏网"}), ATTRIBUTES.encode())
    assert head.metas["source"] == "青屏网"


@pytest.mark.parametrize("name", ["id", "class"])
def test_the_usual_names_of_elements_are_understood_without_a_profile(name: str) -> None:
    info = (
        f'<span {name}="pubtime_baidu">2026-09-14 09:28:27</span>'
        f'<span {name}="source_baidu">青屏晚报</span><span {name}="author_baidu">孟禾</span>'
        f'<span {name}="editor_baidu">责任编辑：秦未</span>'
    )
    found = read("", info)
    assert found.source == "青屏晚报"
    assert {c.name for c in found.credits} == {"孟禾", "秦未"}
    assert found.published_at is not None
