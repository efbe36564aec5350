"""What an answer means: only a proven good page becomes a reading."""

from datetime import UTC, datetime

import pytest
from faultserver import article_page, list_page

from crawler.extraction.identity import extractor_id
from crawler.reading import Answer, Look, read_answer, read_seed
from crawler.seeds import Links
from crawler.sites.profile import Seed, SiteProfile, generic_profile
from news.page import Page, body_digest
from news.visits import Finding, State, Validators
from storage.records import KnownAddress

URL = "http://news.example.com/zj/2026-01-02/7.html"
GOOD = article_page("嘉禾市完成年度河道清淤工程").encode()
CHALLENGE = (
    b"<html><head><title>Just a moment...</title></head><body><noscript>Enable JavaScript and "
    b"cookies to continue</noscript><script src='/cdn-cgi/challenge-platform/x.js'></script>"
    b"</body></html>"
)
DELETED = (
    "<html><head><title>提示</title></head><body><p>对不起,您访问的页面不存在或已被删除。</p>"
    "</body></html>"
).encode()
LOGIN = (
    "<html><head><title>登录</title></head><body><form action='/login'><p>请先登录后再继续阅读</p>"
    "<input name=user><input type=password name=word><button>登录</button></form></body></html>"
).encode()


def profile() -> SiteProfile:
    found = generic_profile("http://news.example.com/zj/")
    return found.model_copy(update={"hosts": ("news.example.com",)})


RULES = profile().reading
EXTRACTOR = extractor_id(RULES)


def page(
    body: bytes = GOOD, status: int = 200, final_url: str = URL, content_type: str = "text/html"
) -> Page:
    headers = (("Content-Type", content_type),)
    return Page(URL, final_url, status, headers, body, datetime(2026, 1, 2, tzinfo=UTC))


def known(body: bytes = GOOD, extractor: str = EXTRACTOR) -> KnownAddress:
    return KnownAddress(URL, State.LIVE, Validators('"1"'), body_digest(body), extractor, None)


def look(answer: Answer, before: KnownAddress | None = None) -> Look:
    return read_answer(answer, profile(), before, EXTRACTOR)


def test_a_complete_good_page_is_read_with_its_page_and_article() -> None:
    found = look(Answer(page()))
    assert (found.finding, found.status, found.reason) == (Finding.READ, 200, None)
    assert found.page is not None
    assert found.article is not None
    assert found.article.headline == "嘉禾市完成年度河道清淤工程"


BY_STATUS = [
    (203, "read", None, "203 is a good page by way of a proxy"),
    (201, "failed", "http_201", "nothing was asked to be created"),
    (202, "failed", "http_202", "not there yet"),
    (204, "failed", "http_204", "no content"),
    (205, "failed", "http_205", "no content"),
    (206, "failed", "http_206", "a part"),
    (300, "failed", "http_300", "a choice"),
    (302, "failed", "http_302", "a redirect that leads nowhere"),
    (304, "failed", "bad_304", "nobody asked"),
    (400, "failed", "http_400", "our fault, perhaps"),
    (401, "blocked", "http_401", "we are not let in"),
    (403, "blocked", "http_403", "we are not let in"),
    (404, "missing", "not_found", "not there"),
    (410, "missing", "gone", "not there any more"),
    (412, "blocked", "http_412", "a firewall's favourite"),
    (429, "blocked", "http_429", "too much"),
    (451, "blocked", "http_451", "for legal reasons"),
    (500, "failed", "http_500", "breakdown"),
    (503, "failed", "http_503", "breakdown"),
    (521, "failed", "http_521", "breakdown behind a firewall"),
    (999, "failed", "http_999", "no status at all"),
]


@pytest.mark.parametrize(("status", "finding", "reason", "why"), BY_STATUS)
def test_a_good_looking_body_counts_only_with_status_200_or_203(
    status: int, finding: str, reason: str | None, why: str
) -> None:
    found = look(Answer(page(status=status)))
    assert (found.finding, found.reason) == (finding, reason), why
    assert (found.article is not None) == (finding == "read")


BY_CONTENT = [
    (200, CHALLENGE, "blocked", "challenge", "a challenge with 200"),
    (403, CHALLENGE, "blocked", "challenge", "a challenge with 403"),
    (503, CHALLENGE, "blocked", "challenge", "a challenge with 503"),
    (521, CHALLENGE, "blocked", "challenge", "a challenge with 521"),
    (404, CHALLENGE, "missing", "not_found", "404 stays what it says"),
    (200, DELETED, "missing", "soft_404", "a notice of deletion"),
    (200, LOGIN, "blocked", "login", "a login wall"),
    (200, b"", "failed", "empty", "nothing"),
    (200, b"  \n\t ", "failed", "empty", "white space"),
    (200, b"%PDF-1.7\n%\xe2\xe3\xcf\xd3" + bytes(500), "failed", "not_html", "a PDF"),
    (200, b"\xff\xd8\xff\xe0\0\x10JFIF" + bytes(500), "failed", "not_html", "a picture"),
    (200, b"PK\x03\x04" + bytes(500), "failed", "not_html", "an archive"),
]


@pytest.mark.parametrize(("status", "body", "finding", "reason", "why"), BY_CONTENT)
def test_a_body_that_is_no_article_is_an_outcome(
    status: int, body: bytes, finding: str, reason: str, why: str
) -> None:
    found = look(Answer(page(body, status)))
    assert (found.finding, found.reason) == (finding, reason), why
    # what stands beside a notice is kept: most of the article may be there all the same
    assert (found.article is None) == (reason != "soft_404")


def test_a_list_page_is_not_an_article() -> None:
    body = list_page(*(f"/zj/2026-01-02/{n}.html" for n in range(40))).encode()
    assert look(Answer(page(body))).finding is Finding.NOT_ARTICLE


@pytest.mark.parametrize(
    ("final_url", "finding", "reason", "why"),
    [
        ("http://news.example.com/", "missing", "redirect_home", "the front"),
        ("http://news.example.com/index.html", "missing", "redirect_home", "the front's file"),
        ("http://news.example.com/zj/", "missing", "redirect_home", "a list page of the site"),
        ("http://news.example.com/zj/2026-01-02/7.shtml", "read", None, "another address"),
        (URL.replace("http:", "https:"), "read", None, "the same by https"),
        ("http://news.example.org/a.html", "failed", "offsite", "another host"),
        ("http://news.example.com:8080/a.html", "failed", "offsite", "another port"),
    ],
)
def test_where_a_redirect_ended_decides(
    final_url: str, finding: str, reason: str | None, why: str
) -> None:
    found = look(Answer(page(final_url=final_url)))
    assert (found.finding, found.reason) == (finding, reason), why


def test_a_seed_that_is_an_article_itself_is_no_home_to_be_redirected_to() -> None:
    seeds = (Seed(url=URL.replace("http:", "https:")),)
    site = profile().model_copy(update={"seeds": seeds})
    answer = Answer(page(final_url=URL.replace("http:", "https:")))
    assert read_answer(answer, site, None, EXTRACTOR).finding is Finding.READ


def test_an_end_that_is_only_the_connections_needs_the_documents_own() -> None:
    cut = GOOD[: len(GOOD) // 2]
    assert look(Answer(page(cut), proven=False)).reason == "truncated"
    assert look(Answer(page(), proven=False)).finding is Finding.READ


def test_304_to_a_conditional_request_is_not_modified() -> None:
    found = look(Answer(page(b"", 304), conditional=True), known())
    assert (found.finding, found.reason) == (Finding.NOT_MODIFIED, None)


def test_the_same_bytes_are_not_read_again() -> None:
    found = look(Answer(page()), known())
    assert (found.finding, found.article) == (Finding.SAME_BYTES, None)


def test_the_same_bytes_are_read_again_by_a_new_extractor() -> None:
    assert look(Answer(page()), known(extractor="0" * 16)).finding is Finding.READ


def test_other_bytes_are_read_whatever_the_validators_say() -> None:
    assert look(Answer(page()), known(b"before")).finding is Finding.READ


@pytest.mark.parametrize(
    ("status", "body", "announces", "finding", "reason"),
    [
        (200, b"<a>", True, "read", None),
        (200, b"<ul><li>nothing today</ul>", False, "read", None),
        (200, CHALLENGE, False, "blocked", "challenge"),
        (200, b"", False, "failed", "empty"),
        (403, b"", False, "blocked", "http_403"),
        (404, b"", False, "failed", "http_404"),
        (500, b"", True, "failed", "http_500"),
        (304, b"", False, "failed", "bad_304"),
    ],
)
def test_a_seed_is_read_blocked_or_failed(
    status: int, body: bytes, announces: bool, finding: str, reason: str | None
) -> None:
    links = Links(articles=("http://news.example.com/1.html",) if announces else ())
    found = read_seed(Answer(page(body, status)), profile(), links)
    assert (found.finding, found.reason) == (finding, reason)
