"""A page read off its own tags gives what its parsed tree gives, or it goes to the parser."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from crawler.extraction.decode import UndecodableError, decode_page
from crawler.extraction.head import Head, read_head
from crawler.extraction.lines import Line, Node, Outline
from crawler.extraction.markup import parse_markup
from crawler.extraction.nesting import CLOSES, RAW, VOID
from crawler.extraction.scripts import shown_part
from crawler.extraction.source import read_source
from crawler.extraction.walk import outline_page
from news.article import NotAnArticle
from news.text import words

PAGES = sorted((Path(__file__).parents[2] / "pages").glob("*/*/page.html"))
PROSE = "县水务局介绍，今年以来全县新改建供水管网四十六公里，惠及九千多名居民。"


def _path(node: Node | None) -> list[str]:
    path = []
    while node is not None:
        path.append(f"{node.tag} {node.first}")
        node = node.parent
    return path


def _told(line: Line) -> list[Any]:
    links = [(text, (address or "").strip()) for text, address in line.links]
    pictures = [(picture.attributes(), _path(picture.block)) for picture in line.pictures]
    facts = [line.text, line.marks, line.level, line.linked, line.prose, line.after_break]
    return [*facts, line.named, links, [given.get("src") for given, _ in pictures], pictures and 1,
            _path(line.block)]  # fmt: skip


def _both(page: str) -> tuple[tuple[Head, Outline], tuple[Head, Outline]] | None:
    """Return what both ways give; None where only the parser reads the page."""
    shown = shown_part(page)
    read = read_source(shown)
    if read is None:
        return None
    root = parse_markup(shown.text.encode("utf-8", "ignore"))
    assert not isinstance(root, NotAnArticle)
    body = root.find("body")
    assert body is not None
    return read, (read_head(root), outline_page(body))


def _assert_same(page: str) -> bool:
    both = _both(page)
    if both is None:
        return False
    (head, own), (parsed_head, parsed) = both
    assert head == parsed_head
    assert [_told(line) for line in own.lines] == [_told(line) for line in parsed.lines]
    assert len(own.pictures_left) == len(parsed.pictures_left)
    return True


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.parent.name)
def test_every_page_of_the_tests_gives_the_same_head_and_lines(path: Path) -> None:
    try:
        text = decode_page(path.read_bytes(), None, None).text
    except UndecodableError:
        pytest.skip("no text")
    _assert_same(text)


REPAIRS = {
    "paragraphs without end": "<p>甲<p>乙<div>丙</div>",
    "items without end": "<ul><li>甲<li>乙<ul><li>丙</ul><li>丁</ul>",
    "cells without end": "<table><tr><td>甲<td>乙<tr><td>丙</table>丁",
    "stray ends": "<div>甲</p>乙</span>丙</td></div></div>丁",
    "an end over others": "<div><span><b>甲</div>乙</b>丙",
    "an end that weighs less": "<table><tr><td>甲</div>乙</td></tr></table>",
    "links in links": "<a href=1>甲<a href=2>乙</a>丙</a>",
    "empty elements": "<span><div></div>甲</span><p/>乙<div/>丙<b/>丁",
    "an element emptied by the next": "<span><p><div>甲</div>乙</span>",
    "capitals and quotes": "<DIV CLASS=foot ID='x'>甲</DIV ><P Class = \"source\">乙</P>",
    "brackets in quotes": "<a title=\"甲 > 乙\" href='/1'>丙</a><p data-x='<b>丁</b>'>戊</p>",
    "brackets in text": "1 < 2 <3 甲 <<乙>> > 丙",
    "declarations": "甲<![if IE]>乙<?php echo 1 ?>丙<!doctype x>丁",
    "entities": "&nbsp;<b>&nbsp;甲&amp;&lt;p&gt;</b>&#20013;&copy乙"
    "<a href='?a=1&copy=2&amp;b'>丙</a>",
    "what is not shown": "甲<select><option>乙<option>丙</select>丁"
    "<svg><title>戊</title><path d=1 />"
    "</svg>己<textarea><p>庚</textarea>辛<iframe><p>壬</iframe>癸<noscript><p>甲</p></noscript>",
    "an end of the page that is none": "<div>甲</body></html>",
    "a void element with an end": "甲<br></br>乙<img src=1></img>丙<hr>丁",
    "an unclosed last line": "<div><b>甲",
}


@pytest.mark.parametrize("markup", REPAIRS.values(), ids=REPAIRS.keys())
def test_markup_is_repaired_as_the_parser_does(markup: str) -> None:
    assert _assert_same(f"<html><head><title>甲</title></head><body class=b>{markup}</body></html>")


DOUBTS = {
    "text in the head": "<html><head>甲</head><body>乙</body></html>",
    "text below the body": "<html><head></head><body><p>甲</p></body>乙<p>丙</p></html>",
    "a second body": "<html><head></head><body>甲<body class=x>乙</body></html>",
    "an open quote": '<html><head></head><body><p class="x>甲</p></body></html>',
    "a tag in a tag": "<html><head></head><body><p <b>甲</p></body></html>",
    "quotes inside of a name": '<html><head></head><body><p a"b="c">甲</p></body></html>',
    "a script that writes one": "<html><head></head><body><script><!-- <script> --></script>甲",
    "a comment without end": "<html><head></head><body>甲<!-- 乙",
    "no body": "<html><head></head><p>甲",
    "thousands of elements in each other": "<html><head></head><body>" + "<b>" * 20_000,
}


@pytest.mark.parametrize("page", DOUBTS.values(), ids=DOUBTS.keys())
def test_what_only_a_parser_can_tell_goes_to_the_parser(page: str) -> None:
    assert read_source(shown_part(page)) is None


def test_what_stands_below_the_article_is_never_looked_at() -> None:
    article = "".join(f"<p>第{n}，{PROSE}</p>" for n in range(20))
    links = "".join(f"<li><a href=/{n}>第{n}条旧闻</a></li>" for n in range(2_000))
    page = f'<html><head></head><body><div>{article}</div><ul>{links}</ul><p a="></body></html>'
    read = read_source(shown_part(page))
    assert read is not None
    assert 40 <= len(read[1].lines) < 50


_PARTS = st.sampled_from(
    (
        "<p>", "</p>", "<div>", "</div>", "<div class=foot>", "<span class=source>", "</span>",
        "<a href=/1>", "</a>", "<b>", "</b>", "<br>", "<li>", "</li>", "<ul>", "</ul>", "<table>",
        "<tr>", "<td>", "</td>", "</table>", "<h2>", "</h2>", "<img src=1>", "<font>", "</font>",
        "<center>", "<form>", "<dl><dt>", "<dd>", "<option>", "<noscript>", "</noscript>", "甲",
        PROSE, "1 < 2", "&nbsp;", "&amp;", " ", "<o:p></o:p>", "<input>", "<em>", "</em>", "<hr/>",
        "<section>", "</section>", "<p style='display:none'>", "<i/>", "</br>", "<pre>", "</pre>",
    )
)  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(_PARTS, max_size=40).map("".join))
def test_tag_soup_gives_the_same_lines_either_way(soup: str) -> None:
    _assert_same(f"<html><head><title>甲</title></head><body>{soup}</body></html>")


def _body_of(markup: str) -> str:
    root = parse_markup(f"<body>{markup}</body>".encode())
    assert not isinstance(root, NotAnArticle)
    body = root.find("body")
    assert body is not None
    return etree.tostring(body, encoding="utf-8", with_tail=False).decode()


OTHERS = set(
    words("span div section article b em strong u tt big small abbr time button label svg")
)
CLOSING = {end[1:] for ends in CLOSES.values() for end in ends}
KNOWN_TAGS = sorted({*CLOSES, *CLOSING, *OTHERS} | VOID | RAW)


def test_the_tables_of_nesting_are_those_of_the_parser() -> None:
    hold = [tag for tag in KNOWN_TAGS if tag not in VOID | RAW]
    for tag in (tag for tag in KNOWN_TAGS if tag != "plaintext"):
        inside = f"<{tag}>" if tag in VOID else f"<{tag}>甲</{tag}>"
        for around in hold:
            told = _body_of(f"<{around}>{inside}</{around}>")
            ended = told.startswith(f"<body><{around}/>")
            assert ended == (f"/{around}" in CLOSES.get(tag, ())), (around, tag, told)
    for tag in KNOWN_TAGS:
        told = _body_of(f"<{tag}><q>甲</q></{tag}>")
        assert told.startswith(f"<body><{tag}/>") == (tag in VOID), tag
        assert ("&lt;q" in told or tag in {"script", "style"}) == (tag in RAW), tag
