"""Selectors are a help: where they find nothing or nonsense, the generic rules decide."""

from datetime import UTC, date, datetime

import pytest

from crawler.extraction.extract import extract_article
from crawler.extraction.files import page_from_bytes
from crawler.extraction.rules import GENERIC, ReadingRules
from crawler.extraction.selectors import in_turn
from news.article import Article

AT = datetime(2026, 9, 15, 2, tzinfo=UTC)
PARAGRAPHS = "".join(
    f"<p>青屏县第{n}座便民桥昨日通车，沿线三个村的村民出行不再绕道，车程缩短一半以上。</p>"
    for n in "一二三四五六"
)
PAGE = f"""<html><head><meta charset="utf-8"><title>青屏六座便民桥通车_青屏网</title></head><body>
<div class="top"><h1 class="logo">青屏网</h1><div class="nav">
<a href="/a/">要闻</a> <a href="/b/">社会</a> <a href="/c/">民生</a>
<a href="/d/">文化</a></div></div>
<div class="main"><h2 class="tit">青屏六座便民桥通车</h2>
<div class="meta">2026-09-14 08:30 来源：青屏日报</div>
<div class="soon">2036-01-01 08:00</div>
<div class="long">版权所有 未经许可不得转载本网任何内容 违者必究青屏网络传媒有限公司</div>
<div class="lead"><p>六座桥通车。</p></div>
<div class="text">{PARAGRAPHS}</div><div class="who">（责任编辑：秦未）</div></div>
<div class="box"><a href="/x1.html">相关阅读一则很长的标题</a>
<a href="/x2.html">相关阅读另一则标题</a></div>
</body></html>"""


def read(selectors: dict[str, list[str]] | None = None, page: str = PAGE) -> Article:
    templates = [{"selectors": selectors}] if selectors is not None else []
    rules = ReadingRules.model_validate({"templates": templates}) if templates else GENERIC
    found = extract_article(page_from_bytes(page.encode(), "http://n.example/1.html", AT), rules)
    assert isinstance(found, Article), found
    return found


RIGHT = {
    "headline": ["h2.tit"],
    "published": [".meta"],
    "source": [".meta"],
    "credits": [".who"],
    "body": ["div.text"],
}


def facts(article: Article) -> tuple[object, ...]:
    published = article.published_at.isoformat() if article.published_at else None
    body = tuple(block.text for block in article.body)
    return article.headline, published, article.source, article.credits, body


def test_right_selectors_and_the_generic_rules_read_the_same() -> None:
    assert facts(read(RIGHT)) == facts(read())
    assert read().headline == "青屏六座便民桥通车"
    assert len(read().body) >= 6


@pytest.mark.parametrize(
    ("field", "selector", "why"),
    [
        ("body", ".gone", "nothing"),
        ("body", ".box", "a box of links"),
        ("body", ".nav", "the navigation"),
        ("body", ".lead", "one sentence, where the text stands beside it"),
        ("body", ".long", "a notice"),
        ("headline", "h1.logo", "the site's name"),
        ("headline", ".gone", "nothing"),
        ("headline", ".text", "the whole text"),
        ("headline", ".box a", "another story's headline"),
        ("published", ".gone", "nothing"),
        ("published", ".who", "no time at all"),
        ("published", ".soon", "a time to come"),
        ("source", ".gone", "nothing"),
        ("source", ".long", "a notice"),
        ("source", ".text", "the whole text"),
        ("source", ".soon", "a date"),
        ("credits", ".gone", "nothing"),
    ],
)
def test_a_selector_that_finds_nonsense_is_as_good_as_none(
    field: str, selector: str, why: str
) -> None:
    assert facts(read({**RIGHT, field: [selector]})) == facts(read()), why


def test_a_template_without_a_body_selector_still_names_the_rest() -> None:
    found = read({"headline": [".gone"], "source": [".meta"], "published": [".meta"]})
    assert facts(found) == facts(read())


TEMPLATES = ReadingRules.model_validate(
    {
        "templates": [
            {"selectors": {"body": ["#now"]}},
            {"selectors": {"body": ["#then"]}, "until": date(2021, 12, 31)},
            {"selectors": {"body": ["#once"]}, "until": date(2018, 6, 30)},
        ]
    }
).templates


@pytest.mark.parametrize(
    ("day", "order"),
    [
        (date(2026, 1, 1), ["#now", "#then", "#once"]),
        (date(2022, 1, 1), ["#now", "#then", "#once"]),
        (date(2021, 12, 31), ["#then", "#now", "#once"]),
        (date(2018, 7, 1), ["#then", "#now", "#once"]),
        (date(2018, 6, 30), ["#once", "#then", "#now"]),
    ],
)
def test_a_capture_is_tried_with_the_templates_of_its_day_first(
    day: date, order: list[str]
) -> None:
    assert [t.selectors.body[0] for t in in_turn(TEMPLATES, day)] == order


def test_an_old_capture_is_read_with_the_template_of_its_day() -> None:
    page = (
        PAGE.replace('class="text"', 'class="text" id="both"')
        .replace("<h2", '<h3 class="old">桥梁：六座便民桥通车</h3><h2')
        .replace("<title>青屏六座便民桥通车_青屏网</title>", "<title>青屏网</title>")
    )
    rules = ReadingRules.model_validate(
        {
            "templates": [
                {"selectors": {"headline": ["h2.tit"], "body": ["#both"]}},
                {"selectors": {"headline": ["h3.old"], "body": ["#both"]}, "until": "2020-01-31"},
            ]
        }
    )  # fmt: skip
    for at, headline in [
        (datetime(2026, 9, 15, tzinfo=UTC), "青屏六座便民桥通车"),
        (datetime(2020, 1, 31, 15, tzinfo=UTC), "桥梁：六座便民桥通车"),  # 23:00 in China
        (datetime(2020, 1, 31, 17, tzinfo=UTC), "青屏六座便民桥通车"),  # the next day in China
    ]:
        found = extract_article(
            page_from_bytes(page.encode(), "http://n.example/1.html", at), rules
        )
        assert isinstance(found, Article)
        assert found.headline == headline
