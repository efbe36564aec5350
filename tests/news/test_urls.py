"""Facts about canonical addresses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.urls import canonical_url, same_site, url_host

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
    assert not same_site(url, "n.example"), reason


def test_a_site_has_the_hosts_below_it_and_not_those_that_end_like_it() -> None:
    assert same_site("https://m.n.example/1", "N.example.")
    assert same_site("https://n.example/1", "n.example")
    assert not same_site("https://evil-n.example/1", "n.example")
    assert url_host("https://N.example:8080/") == "n.example"


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
