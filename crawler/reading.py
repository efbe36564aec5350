"""What an answer means: page in, finding out. Only a proven good page may become a reading."""

from dataclasses import dataclass, replace
from datetime import timedelta
from urllib.parse import urlsplit

from crawler.conditional import is_same_reading, validators_of
from crawler.extraction.extract import extract_article, open_page, read_page
from crawler.extraction.parts import may_have_parts, next_part
from crawler.extraction.rules import ReadingRules
from crawler.seeds import Links
from crawler.sites.profile import SiteProfile
from news.article import Article, NotAnArticle, PageKind
from news.page import Page
from news.visits import Finding, Reason, Validators
from storage.records import KnownAddress

_CUT_FOR = timedelta(days=3)
_MISSING = {404: Reason.NOT_FOUND, 410: Reason.GONE}
_BLOCKED = frozenset({401, 402, 403, 407, 412, 429, 451})
# Statuses that firewalls put on their challenges, and servers on their breakdowns.
_PERHAPS_CHALLENGE = frozenset({403, 412, 429, 503, 521})
_MEANING = {
    PageKind.DELETED: (Finding.MISSING, Reason.SOFT_404),
    PageKind.LOGIN: (Finding.BLOCKED, Reason.LOGIN),
    PageKind.CHALLENGE: (Finding.BLOCKED, Reason.CHALLENGE),
    PageKind.EMPTY: (Finding.FAILED, Reason.EMPTY),
    PageKind.NOT_HTML: (Finding.FAILED, Reason.NOT_HTML),
    PageKind.PARSE_LIMIT: (Finding.FAILED, Reason.PARSE_LIMIT),
    PageKind.UNDECODABLE: (Finding.FAILED, Reason.DECODE),
}


@dataclass(frozen=True, slots=True)
class Answer:
    """One complete answer to one fetch, and how it was asked for."""

    page: Page
    conditional: bool = False  # it was asked with validators
    proven: bool = True  # False: its end was only the connection's end


@dataclass(frozen=True, slots=True)
class Look:
    """What one look found, before it is held against what is known."""

    finding: Finding
    status: int | None = None
    reason: str | None = None
    page: Page | None = None  # with READ, and with MISSING where one was served
    article: Article | None = None  # what could be read on it
    doubt: Reason | None = None  # why that may not be the article
    led_to: str | None = None  # canonical address where redirects ended, if elsewhere
    validators: Validators | None = None  # with SAME_BYTES

    @property
    def answered(self) -> bool:
        """Whether the site answered well: proof that it is there and lets us in."""
        return self.finding in {Finding.READ, Finding.SAME_BYTES, Finding.NOT_MODIFIED}


def read_answer(
    answer: Answer, profile: SiteProfile, known: KnownAddress | None, extractor: str
) -> Look:
    """Return what an answer for an article's address means.

    `extractor` is the id of the extractor and rules that would read it.
    """
    page = answer.page
    if page.status not in {200, 203}:
        return _by_status(answer, profile)
    if _is_elsewhere(page, profile):
        return Look(Finding.FAILED, page.status, Reason.OFFSITE)
    if is_home_redirect(page, profile):
        return _perhaps_missing(page, profile, Reason.REDIRECT_HOME)
    if not answer.proven and b"</html" not in page.body[-4096:].lower():
        return Look(Finding.FAILED, page.status, Reason.TRUNCATED)
    if is_same_reading(known, page.digest, extractor):
        return Look(Finding.SAME_BYTES, page.status, validators=validators_of(page))
    look = _by_content(page, profile)
    if look.finding in {Finding.READ, Finding.NOT_ARTICLE} and _is_cut(page, known):
        return Look(Finding.FAILED, page.status, Reason.TRUNCATED)
    return look


def _is_cut(page: Page, known: KnownAddress | None) -> bool:
    """Whether a page lacks its end tag that had it: cut by a server that counted wrong.

    One that goes on like that for days has another template.
    """
    if known is None or not known.page_ends or known.last_seen_at is None or page.ends:
        return False
    return page.fetched_at - known.last_seen_at < _CUT_FOR


def _by_content(page: Page, profile: SiteProfile) -> Look:
    reading = extract_article(page, profile.reading)
    elsewhere = led_to(page, profile)
    if isinstance(reading, NotAnArticle):
        if reading.kind is PageKind.DELETED:
            return _perhaps_missing(page, profile, Reason.SOFT_404)
        if reading.kind is PageKind.LIST and elsewhere:
            return Look(Finding.MISSING, page.status, Reason.REDIRECT_LIST, led_to=elsewhere)
        finding, reason = _MEANING.get(reading.kind, (Finding.NOT_ARTICLE, reading.kind))
        return Look(finding, page.status, str(reason))
    doubt = Reason.CANONICAL_HOME if _names_home(reading, page, profile) else None
    return Look(
        Finding.READ, page.status, page=page, article=reading, doubt=doubt, led_to=elsewhere
    )


def _perhaps_missing(page: Page, profile: SiteProfile, reason: Reason) -> Look:
    """Return a look that found the article missing, with what could be read all the same.

    Whoever knows the article's text may find that most of it is still there.
    """
    opened = open_page(page, profile.reading)
    read = opened if isinstance(opened, NotAnArticle) else read_page(opened, notices=False)
    article = read if isinstance(read, Article) else None
    elsewhere = led_to(page, profile)
    return Look(Finding.MISSING, page.status, reason, page, article, reason, elsewhere)


def led_to(page: Page, profile: SiteProfile) -> str | None:
    """Return the canonical address where redirects ended; None where that is the one asked for."""
    if page.final_url == page.url:
        return None
    try:
        final, asked = profile.canonical(page.final_url), profile.canonical(page.url)
    except ValueError:
        return None
    return None if _place(final) == _place(asked) else final


def _names_home(article: Article, page: Page, profile: SiteProfile) -> bool:
    """Tell whether a page says that its address is the site's front or one of its lists."""
    if not article.declared_canonical:
        return False
    named = replace(page, final_url=article.declared_canonical)
    return profile.covers(named.final_url) and is_home_redirect(named, profile)


def further_part(page: Page, rules: ReadingRules) -> str | None:
    """Return the address of the next page of an article that is told on several, if it is."""
    if not may_have_parts(page.body):
        return None
    reading = open_page(page, rules)
    if isinstance(reading, NotAnArticle):
        return None
    read_page(reading)
    address = next_part(reading)
    try:
        return address and rules.spelled(address)  # each part by its own
    except ValueError:
        return None


def _by_status(answer: Answer, profile: SiteProfile) -> Look:
    status = answer.page.status
    if status in _MISSING:
        return Look(Finding.MISSING, status, _MISSING[status])
    if status == 304:
        if answer.conditional:
            return Look(Finding.NOT_MODIFIED, status)
        return Look(Finding.FAILED, status, Reason.BAD_304)
    if status in _PERHAPS_CHALLENGE and _is_challenge(answer.page, profile):
        return Look(Finding.BLOCKED, status, Reason.CHALLENGE)
    finding = Finding.BLOCKED if status in _BLOCKED else Finding.FAILED
    return Look(finding, status, f"http_{status}")


def _is_challenge(page: Page, profile: SiteProfile) -> bool:
    reading = extract_article(page, profile.reading)
    return isinstance(reading, NotAnArticle) and reading.kind is PageKind.CHALLENGE


def _is_elsewhere(page: Page, profile: SiteProfile) -> bool:
    return page.final_url != page.url and not profile.covers(page.final_url)


def is_home_redirect(page: Page, profile: SiteProfile) -> bool:
    """Tell whether an article's address led to the site's front or to one of its list pages.

    That is how many sites answer for an article they have taken down.
    """
    if page.final_url == page.url:
        return False
    try:
        final, asked = profile.canonical(page.final_url), profile.canonical(page.url)
    except ValueError:
        return False
    if _place(final) == _place(asked):  # another scheme, or another host of the site
        return False
    fronts = {_place(url) for url in (profile.home, *profile.seed_urls)} - {_place(asked)}
    return _place(final) in fronts | {("", "")}


def _place(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    path = parts.path.rstrip("/")
    return path.removesuffix("/index.html").removesuffix("/index.htm"), parts.query


def read_seed(answer: Answer, profile: SiteProfile, links: Links) -> Look:
    """Return what an answer for a seed means; `links` is what was read on it.

    The finding is READ (without an article), BLOCKED or FAILED.
    """
    page = answer.page
    if page.status not in {200, 203}:
        look = _by_status(answer, profile)
        missing = look.finding is Finding.MISSING  # a list that is not there is a failed look
        return Look(Finding.FAILED, look.status, f"http_{page.status}") if missing else look
    if _is_elsewhere(page, profile):
        return Look(Finding.FAILED, page.status, Reason.OFFSITE)
    if links.fault:
        return Look(Finding.FAILED, page.status, links.fault)
    # A feed without entries is one that has none now; a page without links may be a wall.
    if links.articles or links.kind != "list":
        return Look(Finding.READ, page.status)
    reading = extract_article(page, profile.reading)
    if isinstance(reading, NotAnArticle) and reading.kind in _MEANING:
        finding, reason = _MEANING[reading.kind]
        finding = Finding.BLOCKED if finding is Finding.BLOCKED else Finding.FAILED
        return Look(finding, page.status, str(reason))
    return Look(Finding.READ, page.status)
