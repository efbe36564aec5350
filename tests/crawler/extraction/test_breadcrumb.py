"""Facts about section paths."""

import pytest

from crawler.extraction.breadcrumb import find_section
from crawler.extraction.markup import parse_markup
from crawler.extraction.walk import outline_page
from news.article import NotAnArticle

HEADLINE = "临溪今年新添十二处口袋公园"
NAVIGATION = "<ul>" + "".join(f"<li><a href=/{i}>频道{i}</a></li>" for i in range(12)) + "</ul>"


def _section(html: str) -> tuple[str, ...]:
    root = parse_markup(f"<body>{NAVIGATION}{html}<p>正文从此开始。</p></body>".encode())
    assert not isinstance(root, NotAnArticle)
    body = root.find("body")
    assert body is not None
    lines = outline_page(body).lines
    return find_section(lines, HEADLINE, len(lines) - 1)


@pytest.mark.parametrize(
    ("html", "section", "reason"),
    [
        (
            "<p>您的位置:<a>首页</a> > <a>浙江</a> > <a>要闻</a></p>",
            ("首页", "浙江", "要闻"),
            "a label",
        ),
        (
            "<p><a>首页</a> &gt;&gt; <a>民生</a> &gt;&gt; 正文</p>",
            ("首页", "民生"),
            "its kind is none",
        ),
        (
            "<p>当前位置：首页 > 民生 > 临溪今年新添十二处…</p>",
            ("首页", "民生"),
            "nor is the headline",
        ),
        ("<p><a>首页</a> / <a>科技</a> / 正文</p>", ("首页", "科技"), "slashes"),
        ("<p><a>首页</a>›<a>科技</a>›</p>", ("首页", "科技"), "arrows of another shape"),
        (
            "<ul class=breadcrumb><li><a>首页</a></li><li><a>民生</a></li></ul>",
            ("首页", "民生"),
            "items in elements of their own, parted by style alone",
        ),
        (
            "<table><tr><td>当前位置：</td><td><a>首页</a></td><td>&gt;<a>民生</a></td></tr></table>",
            ("首页", "民生"),
            "items in table cells",
        ),
        (
            "<p><a>订阅本栏</a> <a>临溪网首页</a>> <a>民生</a></p>",
            ("临溪网首页", "民生"),
            "a button beside it",
        ),
        (
            "<p><a href=/>临溪热线</a> - <a href=/news>新闻</a> - <a href=/news/ms/>民生</a></p>",
            ("临溪热线", "新闻", "民生"),
            "dashes, where each address stands below the one before",
        ),
        ("<p><a href=/>首页</a> - <a href=/tv>视频</a> - <a href=/bbs>论坛</a></p>", (), "a menu"),
        ("<p><a>民生</a>>正文</p>", ("民生",), "one item"),
        ("<p><a>甲</a> | <a>乙</a> | <a>丙</a></p>", (), "a row of links is none"),
        ("<p>收入增长>支出增长</p>", (), "a sentence with a sign in it is none"),
        ("", (), "a page without any"),
    ],
)
def test_the_section_is_the_breadcrumb_s_items(
    html: str, section: tuple[str, ...], reason: str
) -> None:
    assert _section(html) == section, reason
