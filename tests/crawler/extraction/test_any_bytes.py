"""Whatever the bytes, reading ends in an article or in a reason why there is none."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawler.extraction.extract import extract_article
from crawler.extraction.files import declared_url, page_from_bytes
from crawler.extraction.rules import GENERIC
from news.article import Article, NotAnArticle, PageKind, article_json

PAGES = Path(__file__).parents[2] / "pages"
BODIES = [path.read_bytes() for path in sorted(PAGES.glob("*/*/page.html"))]
LOOKED_AT = datetime(2023, 6, 1, tzinfo=UTC)
PROSE = "平陵港今年完成集装箱吞吐量四十八万标箱，同比增长一成，创下历史同期新高。"
CALM = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def read(body: bytes) -> Article | NotAnArticle:
    """Read bytes by the general rules and check what holds of every reading."""
    found = extract_article(page_from_bytes(body, "http://n.example/1", LOOKED_AT), GENERIC)
    declared_url(body)
    if isinstance(found, Article):
        text = str(article_json(found, "x"))
        assert "\x00" not in text
        text.encode("utf-8")
        assert found.headline
        assert all(block.text == " ".join(block.text.split()) for block in found.body)
    else:
        assert found.reason
    return found


@CALM
@given(st.binary(max_size=600))
def test_random_bytes_raise_nothing(body: bytes) -> None:
    read(body)
    read(b"<html><body><p>" + body)


@CALM
@given(st.data())
def test_pages_with_parts_cut_out_doubled_or_spoilt_raise_nothing(data: st.DataObject) -> None:
    body = data.draw(st.sampled_from(BODIES))
    for _ in range(data.draw(st.integers(1, 6))):
        start = data.draw(st.integers(0, len(body)))
        stop = data.draw(st.integers(start, min(len(body), start + 400)))
        put = data.draw(st.sampled_from([b"", body[start:stop] * 2, b"<", b'">', b"\xff\x00"]))
        body = body[:start] + put + body[stop:]
    read(body)


_TAGS = st.sampled_from(["p", "div", "a", "b", "br", "span", "h1", "td", "li", "img", "table"])
_WORDS = st.sampled_from(
    ["来源：", "记者 ", "2023-05-01 07:30", PROSE, ">", "责编：", "图为", "1", " "]
)


@CALM
@given(st.lists(st.tuples(_TAGS, _WORDS, st.booleans(), st.booleans()), max_size=60))
def test_tag_soup_raises_nothing(pieces: list[tuple[str, str, bool, bool]]) -> None:
    soup = "".join(
        f"<{tag} class=source>{word}{f'</{tag}>' if closed else ''}{'</div>' * extra}"
        for tag, word, closed, extra in pieces
    )
    read(f"<title>{PROSE}</title>{soup}".encode())


def test_a_page_nested_deeper_than_the_parser_goes_is_refused_whole() -> None:
    deep = b"<html><body><h1>x</h1>" + b"<div>" * 10_000 + f"<p>{PROSE * 9}</p>".encode()
    found = read(deep + b"</div>" * 10_000 + f"<p>{PROSE}</p>".encode())
    assert isinstance(found, NotAnArticle)
    assert found.kind is PageKind.PARSE_LIMIT
    assert "deep" in found.reason


def test_a_page_nested_a_thousand_deep_is_read_with_what_follows() -> None:
    deep = "<title>平陵港创新高</title>".encode() + b"<div>" * 1000
    deep += f"<p>{PROSE * 9}</p>".encode() + b"</div>" * 1000 + f"<p>{PROSE}</p>".encode()
    assert isinstance(read(deep), Article)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"<p>" + PROSE.encode() * 40_000, "4 MB on one line"),
        (b"<p " + b"".join(b"a%d=1 " % i for i in range(100_000)) + b">x", "100,000 attributes"),
        (b"<i>" * 200_000, "200,000 tags that nothing closes"),
        (b"<br>" * 200_000 + PROSE.encode(), "200,000 line breaks"),
        (b"<a href=x>1</a>" * 100_000, "100,000 links"),
        (("<p>" + PROSE + "</p>").encode() * 20_000, "20,000 paragraphs"),
        (b"<p class='" + b"a-" * 100_000 + b"'>" + PROSE.encode(), "a class name of 200 KB"),
        (b"<script>" + b"<!--" * 100_000, "comments that nothing closes"),
        (b"<html>" + b"\xb0\xa1" * 5 + b"<!--" * 100_000, "the same in no UTF-8"),
    ],
)
def test_pages_built_to_be_slow_come_to_an_end(body: bytes, reason: str) -> None:
    assert read(body), reason
