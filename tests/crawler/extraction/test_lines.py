"""Facts about a page as its lines."""

from lxml import etree

from crawler.extraction.lines import Line
from crawler.extraction.marks import Mark, marks_of
from crawler.extraction.markup import parse_markup
from crawler.extraction.walk import outline_page


def _body(html: str) -> etree._Element:
    root = parse_markup(f"<body>{html}</body>".encode())
    assert isinstance(root, etree._Element)
    body = root.find("body")
    assert body is not None
    return body


def _lines(html: str) -> list[Line]:
    return outline_page(_body(html)).lines


def test_a_line_ends_at_a_block_and_at_a_break_and_not_at_an_inline_element() -> None:
    texts = [line.text for line in _lines("一<b>二</b>三<br>四<div>五<p>六</p>七</div>八")]
    assert texts == ["一二三", "四", "五", "六", "七", "八"]


def test_white_space_of_every_kind_is_one_blank_inside_a_line_and_none_around_it() -> None:
    assert [line.text for line in _lines("<p>　　一\n\t&nbsp; 二 </p>")] == ["一 二"]


def test_a_line_knows_how_much_of_it_is_linked_and_where_to() -> None:
    (line,) = _lines('<p>见<a href="/a">甲乙</a>与<a href="/b"><b>丙</b></a></p>')
    assert line.links == (("甲乙", "/a"), ("丙", "/b"))
    assert (line.linked, line.bold) == (3, 1)


def test_an_empty_link_leaves_nothing_to_the_next_line() -> None:
    lines = _lines('<div><a href="/x"><img src="i.png"></a></div><p>文字</p>')
    assert lines[0].links == ()
    assert len(lines[0].pictures) == 1


def test_scripts_styles_and_controls_are_not_read() -> None:
    html = "<script>甲</script><style>乙</style><select><option>丙</option></select><p>丁</p>"
    assert [line.text for line in _lines(html)] == ["丁"]


def test_marks_of_an_element_are_inherited_and_end_with_it() -> None:
    inside, outside = _lines('<div class="related-news"><p>甲</p></div><p>乙</p>')
    assert inside.marks & Mark.RELATED
    assert not outside.marks & Mark.RELATED


def test_hidden_text_stands_on_a_line_of_its_own() -> None:
    lines = _lines('<p>甲<span style="display: none">乙</span>丙</p>')
    assert [(line.text, bool(line.marks & Mark.HIDDEN)) for line in lines] == [
        ("甲", False),
        ("乙", True),
        ("丙", False),
    ]


def test_an_inline_element_with_a_telling_name_is_kept_apart() -> None:
    (line,) = _lines('<p><span class="pubtime">今天</span> <em id="source">某报</em></p>')
    assert line.named == ((Mark.TIME, "今天"), (Mark.SOURCE, "某报"))


def test_a_heading_has_its_level() -> None:
    assert [line.level for line in _lines("<h2>甲</h2><p>乙</p>")] == [2, 0]


def test_a_profile_may_leave_elements_out_and_have_another_end_lines() -> None:
    body = _body("<p>甲<span>乙</span>丙</p><div>丁</div>")
    span, div = body.find(".//span"), body.find("div")
    assert span is not None
    assert div is not None
    outline = outline_page(body, span, (div,))
    assert [line.text for line in outline.lines] == ["甲", "乙", "丙"]
    assert outline.chosen is outline.lines[1].block


def _article(paragraphs: int, below: str) -> str:
    text = "".join(
        f"<p>第{n}段说了一件事，又说了一件，{'再说一件，' * 9}完。</p>" for n in range(paragraphs)
    )
    return f"<div>{text}</div>{below}"


STORIES = "".join(f"<li><a href='/{n}.html'>第{n}条旧闻</a></li>" for n in range(200))


def test_the_walk_ends_some_lines_below_the_article() -> None:
    lines = _lines(_article(12, f"<p>责编：甲某</p><ul>{STORIES}</ul>"))
    assert [line.text for line in lines[11:14]] != []
    assert lines[12].text == "责编：甲某"
    assert 30 < len(lines) < 50


def test_the_walk_goes_on_where_more_prose_follows() -> None:
    lines = _lines(_article(12, f"<ul>{STORIES}</ul>{_article(12, '')}"))
    assert len(lines) == 224


def test_full_stops_in_links_and_attributes_are_no_prose_that_follows() -> None:
    told = "".join(f"<li><a title='。。。' href='/{n}'>旧闻。旧闻。</a></li>" for n in range(200))
    assert len(_lines(_article(12, f"<ul>{told}</ul>"))) < 50


def test_a_page_read_by_a_profile_is_walked_to_its_end() -> None:
    body = _body(_article(12, f"<ul>{STORIES}</ul>"))
    assert len(outline_page(body, body.find("div")).lines) == 212


def test_a_bracket_in_a_broken_tag_does_not_upset_the_walk() -> None:
    assert [line.text for line in _lines("<p <span>甲</p><div a<b=1>乙</div>丙")] == [
        "甲",
        "乙",
        "丙",
    ]


def test_names_are_read_word_by_word_in_dashes_and_in_camel_case() -> None:
    assert marks_of("articleTitle") & Mark.HEADLINE
    assert marks_of("post-meta source_name") & Mark.SOURCE
    assert marks_of("qr-code-box ewm") & Mark.SHARE
    assert not marks_of("download-adapter-headlines2") & (Mark.ADVERT | Mark.HEADLINE)
