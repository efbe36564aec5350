"""Facts about canonical addresses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.urls import article_address, canonical_url, url_host

PLAIN = "http://news.example/a/1.html"


@pytest.mark.parametrize(
    ("url", "canonical", "reason"),
    [
        ("HTTP://News.Example/a/1.html", PLAIN, "scheme and host have no case"),
        ("http://news.example:80/a/1.html", PLAIN, "80 is the port of http"),
        ("https://news.example:443/", "https://news.example/", "443 is the port of https"),
        ("http://news.example:8080/", "http://news.example:8080/", "another port is kept"),
        ("http://news.example./a/1.html", PLAIN, "a trailing dot names the same host"),
        ("http://news。example/a/1.html", PLAIN, "an ideographic full stop is a dot"),
        ("http://news.example/a/1.html#top", PLAIN, "a fragment stays in the browser"),
        ("http://news.example/a/1.html?utm_source=x&spm=1.2&from=wap", PLAIN, "tracking"),
        ("http://news.example/a/1.html;jsessionid=0A1B", PLAIN, "a session in the path"),
        (PLAIN + "?sid=0123456789abcdef0123", PLAIN, "a session by its length"),
        (PLAIN + "?sid=12345", PLAIN + "?sid=12345", "a story's number"),
        (
            "http://news.example/(S(0123456789abcdefghijklmn))/a/1.html",
            PLAIN,
            "a session of ASP.NET without cookies",
        ),
        ("http://news.example/a/./b/../1.html", PLAIN, "dot segments are resolved"),
        ("http://news.example/%61/1.html", PLAIN, "an escape of a plain letter is that letter"),
        ("http://news.example", "http://news.example/", "an empty path is the root"),
        ("http://n.example/?b=2&a=1", "http://n.example/?a=1&b=2", "parameters have no order"),
        ("http://n.example/?a=2&a=1", "http://n.example/?a=2&a=1", "but those of one name do"),
        ("http://n.example/要闻", "http://n.example/%E8%A6%81%E9%97%BB", "one spelling of escapes"),
        ("http://n.example/%e8%a6%81", "http://n.example/%E8%A6%81", "escapes are in capitals"),
        ("http://n.example/100%", "http://n.example/100%25", "a bare per cent is escaped"),
        ("http://n.example/a b", "http://n.example/a%20b", "a blank is escaped"),
        ("http://例子.example/", "http://xn--fsqu00a.example/", "names are in ASCII"),
        ("http://[::1]:80/", "http://[::1]/", "IPv6 keeps its brackets"),
        (" http://n.example/ ", "http://n.example/", "blanks around it are not part of it"),
    ],
)
def test_an_address_has_one_spelling(url: str, canonical: str, reason: str) -> None:
    assert canonical_url(url) == canonical, reason


def test_a_profile_may_keep_a_parameter_that_is_an_id() -> None:
    url = "http://n.example/show?from=7&utm_medium=x"
    assert canonical_url(url, frozenset({"from"})) == "http://n.example/show?from=7"


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("ftp://n.example/", "another scheme"),
        ("javascript:alert(1)", "a script"),
        ("data:text/html,x", "data"),
        ("/a/1.html", "no scheme"),
        ("http://", "no host"),
        ("http://user@n.example/", "a user name"),
        ("http://n.example\\@evil.example/", "a backslash, read in two ways"),
        ("http://n.exa\tmple/", "a control character in the host"),
        ("http://n.example/a\nb", "a line break"),
        ("http://n.example:99999/", "no such port"),
        ("http://n.example:x/", "a port that is no number"),
        ("http://a..b/", "an empty label"),
        ("http://n.example/\ud800", "a lone surrogate"),
        ("http://[::1/", "an open bracket"),
    ],
)
def test_what_is_no_plain_http_address_is_refused(url: str, reason: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        canonical_url(url)


def test_the_host_of_an_address_has_no_port_and_small_letters() -> None:
    assert url_host("https://N.example:8080/") == "n.example"


@pytest.mark.parametrize(
    ("url", "declared", "taken", "reason"),
    [
        ("http://m.n.example/a/363189.html", "http://www.n.example/a/363189.html", True, "path"),
        ("http://m.n.example/d?id=363189", "http://n.example/2022/12/20/363189.html", True, "id"),
        ("http://n.example/print/363189", "http://n.example/zj/363189.html", True, "print page"),
        ("http://n.example/a/363189.html", "http://n.example/", False, "the front"),
        ("http://n.example/a/363189.html", "http://n.example/a/363190.html", False, "another"),
        ("http://n.example/a/3.html", "http://n.example/b/3.html", False, "too short a number"),
        ("http://n.example/a/363189.html", "http://o.example/a/363189.html", False, "elsewhere"),
        ("http://m.n.com.cn/a/1.html", "http://www.o.com.cn/a/1.html", False, "another owner"),
        ("http://n.example/?p=12", "http://n.example/", False, "the query carries the story"),
        ("http://n.example/a/1.html", None, False, "nothing is declared"),
    ],
)
def test_a_declared_address_counts_only_for_the_same_page(
    url: str, declared: str | None, taken: bool, reason: str
) -> None:
    assert article_address(url, declared) == (declared if taken else url), reason


_PIECES = st.text(alphabet="aA1/.%~;&=?#要: 。_-+2fFeE@[]", max_size=60)


@given(st.sampled_from(["http", "https", "HTTP"]), _PIECES, _PIECES)
def test_the_canonical_form_of_a_canonical_form_is_itself(
    scheme: str, host: str, rest: str
) -> None:
    try:
        once = canonical_url(f"{scheme}://{host}a.example/{rest}")
    except ValueError:
        return
    assert canonical_url(once) == once
    assert once.isascii()


@given(st.text())
def test_any_text_is_made_canonical_or_refused_with_value_error(text: str) -> None:
    try:
        once = canonical_url(text)
    except ValueError:
        return
    assert canonical_url(once) == once
