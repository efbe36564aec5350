"""What a list page announces."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.seeds import LINKS_A_PAGE, Links, extract_links, looks_like_article
from crawler.sites.profile import Paging, SiteProfile, generic_profile
from news.page import Page

HOME = "http://news.example.com/"
PATTERN = r"http://news\.example\.com/zj/\d{4}-\d{2}-\d{2}/\d+\.html"


def profile(**changes: object) -> SiteProfile:
    return generic_profile(HOME).model_copy(update={"hosts": ("news.example.com",), **changes})


def page(body: str | bytes, url: str = HOME + "zj/") -> Page:
    raw = body.encode() if isinstance(body, str) else body
    return Page(url, url, 200, (), raw, datetime(2026, 1, 1, tzinfo=UTC))


def links(body: str | bytes, **changes: object) -> Links:
    return extract_links(page(body), profile(**changes))


@pytest.mark.parametrize(
    ("href", "found", "why"),
    [
        ("/zj/2026-01-02/7.html", HOME + "zj/2026-01-02/7.html", "from the root"),
        ("2026-01-02/7.html", HOME + "zj/2026-01-02/7.html", "from the page"),
        ("//news.example.com/zj/2026-01-02/7.html", HOME + "zj/2026-01-02/7.html", "scheme left"),
        (" /zj/2026-01-02/7.html\n", HOME + "zj/2026-01-02/7.html", "white space around"),
        ("/zj/2026-01-02/7.html?utm_source=x#top", HOME + "zj/2026-01-02/7.html", "tracking"),
    ],
)
def test_an_articles_link_is_read_as_its_canonical_address(href: str, found: str, why: str) -> None:
    body = f"<a href='{href}'>x</a>"
    assert links(body, article_url=PATTERN).articles == (found,), why


@pytest.mark.parametrize(
    ("href", "why"),
    [
        ("http://other.example.org/zj/2026-01-02/7.html", "another site"),
        ("http://news.example.com:6379/zj/2026-01-02/7.html", "another port"),
        ("http://u@news.example.com/zj/2026-01-02/7.html", "a user name"),
        ("javascript:void(0)", "a script"),
        ("mailto:desk@example.com", "a mail address"),
        ("file:///zj/2026-01-02/7.html", "a file"),
        ("/zj/", "the section itself"),
        ("/zj/2026-01-02/", "a folder"),
        ("http://[::1/", "malformed"),
        ("/zj/zj/zj/zj/zj/2026-01-02/7.html", "a path that repeats itself"),
        ("/" + "a" * 3000, "too long"),
    ],
)
def test_what_is_no_article_of_the_site_is_left_out(href: str, why: str) -> None:
    assert links(f"<a href='{href}'>x</a>", article_url=PATTERN).articles == (), why


def test_each_article_comes_once_in_page_order() -> None:
    hrefs = ["2026-01-02/9.html", "2026-01-02/7.html", "2026-01-02/9.html?spm=1"]
    found = links("".join(f"<a href='{h}'>x</a>" for h in hrefs), article_url=PATTERN).articles
    assert found == (HOME + "zj/2026-01-02/9.html", HOME + "zj/2026-01-02/7.html")


def test_a_base_element_moves_relative_links() -> None:
    body = "<base href='/zj/2026-01-02/'><a href='7.html'>x</a>"
    assert links(body, article_url=PATTERN).articles == (HOME + "zj/2026-01-02/7.html",)


def test_further_list_pages_are_found_by_address_or_by_selector() -> None:
    body = "<a href='index_2.html'>2</a><a class=next href='more?p=3'>→</a><a href='x.html'>x</a>"
    paging = Paging(url=r".*/index_\d+\.html", css=("a.next",), max_pages=5)
    found = links(body, paging=paging, article_url=PATTERN)
    assert found.lists == (HOME + "zj/index_2.html", HOME + "zj/more?p=3")


def test_a_list_page_is_no_article_even_where_its_address_looks_like_one() -> None:
    paging = Paging(url=r".*/list_\d+\.html")
    assert links("<a href='list_20260102.html'>2</a>", paging=paging).articles == ()


def test_a_page_of_ten_thousand_links_is_bounded() -> None:
    body = "".join(f"<a href='/zj/2026-01-02/{n}.html'>x</a>" for n in range(10_000))
    assert len(links(body, article_url=PATTERN).articles) == LINKS_A_PAGE


@pytest.mark.parametrize("depth", [10, 300, 3000], ids=lambda depth: f"{depth} levels")
def test_links_are_found_however_deep_unclosed_tags_nest_them(depth: int) -> None:
    numbers = range(100_000, 100_000 + depth)
    body = "".join(f"<font><a href='/zj/2026-01-02/{n}.html'>{n}</a><div>" for n in numbers)
    assert len(links(body).articles) == depth


@pytest.mark.parametrize("charset", ["utf-8", "gb18030", "big5", "utf-16"])
def test_links_are_found_in_any_charset(charset: str) -> None:
    body = "<html><body><a href='/zj/2026-01-02/7.html'>嘉禾新聞</a></body></html>".encode(charset)
    assert links(body, article_url=PATTERN).articles == (HOME + "zj/2026-01-02/7.html",)


@given(st.binary(max_size=400))
def test_no_bytes_at_all_are_an_error(body: bytes) -> None:
    links(body)


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("/zj/jiahe/wc/2022-12-20/363189.html", "date and number"),
        ("/a/page-one-2.html", "a document in a folder"),
        ("/2022/1220/c123456-789.htm", "date in the path"),
        ("/system/2022/12/20/012345678.shtml", "date in the path, a part each"),
        ("/news/12345678", "a number without an ending"),
        ("/detail?id=12345", "an id as parameter"),
        ("/content/20221220/abc.html", "a date as one number"),
        ("/20221220A0123X00", "a date that goes on"),
        ("/p/1234567.html", "a number as name"),
    ],
)
def test_an_address_with_a_date_or_a_number_looks_like_an_article(path: str, why: str) -> None:
    assert looks_like_article("http://news.example.com" + path), why


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("/", "the front"),
        ("/local/", "a section"),
        ("/local", "a section without a slash"),
        ("/index.html", "an index"),
        ("/local/index_2.html", "a page of an index"),
        ("/local/list_12345.html", "a list by its name"),
        ("/list.php?id=12345", "a list with an id"),
        ("/2022-12-20/", "the list of a day"),
        ("/about.html", "a page at the root"),
        ("/pic/20221220/12345678.jpg", "a picture"),
        ("/doc/12345678.pdf", "a document that is no page"),
        ("/app/12345678.apk", "a program"),
    ],
)
def test_other_addresses_do_not(path: str, why: str) -> None:
    assert not looks_like_article("http://news.example.com" + path), why
