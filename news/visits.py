"""One look at an article's address: what the crawler found, and what that came to."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from news.article import Article
from news.page import Page


class Finding(StrEnum):
    """What one look found, before it is held against what is known."""

    READ = "read"  # a proven good page, read into an article
    SAME_BYTES = "same_bytes"  # 200 with the very bytes of the last accepted page, not read again
    NOT_MODIFIED = "not_modified"  # 304
    MISSING = "missing"  # 404, 410, a notice of deletion, a redirect to the home page
    BLOCKED = "blocked"  # 401, 403, 429, 451, a challenge, a login wall
    NOT_ARTICLE = "not_article"
    FAILED = "failed"


class Outcome(StrEnum):
    """What one look came to: the closed list that `visits.outcome` holds."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    NOT_MODIFIED = "not_modified"
    MISSING = "missing"
    BLOCKED = "blocked"
    NOT_ARTICLE = "not_article"
    FAILED = "failed"


class State(StrEnum):
    """Where an article stands."""

    FOUND = "found"  # a seed announced it; not read yet
    LIVE = "live"
    SUSPECT = "suspect"  # missing, not confirmed
    REMOVED = "removed"  # confirmed
    NOT_ARTICLE = "not_article"


class Reason(StrEnum):
    """Why a look failed, was blocked or found the article missing; `http_NNN` beside these."""

    DNS = "dns"
    REFUSED = "refused"
    TIMEOUT = "timeout"
    TRUNCATED = "truncated"
    RESET = "reset"
    TLS = "tls"
    TOO_LARGE = "too_large"
    REDIRECT_LOOP = "redirect_loop"
    OFFSITE = "offsite"  # redirected to a host that is not the site's
    DECODE = "decode"
    NOT_HTML = "not_html"
    NOT_FEED = "not_feed"  # a seed declared as feed or sitemap that is neither
    DTD = "dtd"  # XML with declarations of its own, which are never obeyed
    TOO_DEEP = "too_deep"  # XML whose elements nest beyond reason
    PARSE_LIMIT = "parse_limit"  # markup beyond what a parser takes: nothing of it is believed
    EMPTY = "empty"
    ROBOTS = "robots"  # robots.txt forbids it
    ROBOTS_UNAVAILABLE = "robots_unavailable"  # robots.txt could not be had: nothing is asked now
    BLOCKED_ADDRESS = "blocked_address"  # our own guard refused the address
    PROTOCOL = "protocol"
    BAD_304 = "bad_304"  # 304 where nothing was asked conditionally
    GONE = "gone"  # 410
    NOT_FOUND = "not_found"  # 404
    SOFT_404 = "soft_404"  # a notice of deletion with status 200
    REDIRECT_HOME = "redirect_home"
    REDIRECT_LIST = "redirect_list"  # to a page that is a list of stories
    REDIRECT_COMMON = "redirect_common"  # to where other articles ended as well
    REDIRECT_OTHER = "redirect_other"  # to a page that has nothing of the article
    CANONICAL_HOME = "canonical_home"  # a page that names the home page as its address
    CHALLENGE = "challenge"
    LOGIN = "login"
    PART = "part"  # a further page of the article could not be had or read
    FLAPPING = "flapping"  # content of an earlier version, by an article that flips to and fro
    CRASHED = "crashed"  # the process that crawled died of the crawl, or had to be ended
    WITHHELD = "withheld"  # taken down from this archive: what was read is not kept
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Validators:
    """What the last accepted page gave to ask conditionally with. Used to ask, never to decide."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Visit:
    """One look at one article's address. (`url`, `visited_at`) is its identity."""

    site: str  # the site's key
    url: str  # canonical address of the article
    visited_at: datetime  # aware UTC, fixed before the fetch
    finding: Finding
    status: int | None = None  # HTTP's, where an answer came
    reason: str | None = None  # a `Reason`, or `http_503` and the like
    page: Page | None = None  # present with READ, and with MISSING where one was served
    article: Article | None = None  # what was read on it, as far as that can be done
    extractor: str | None = None  # who read it
    validators: Validators | None = None  # given with SAME_BYTES; with READ they are the page's
    control: bool = False  # made at once after a 304, unconditionally, to hold that against it
    scheduled: bool = False  # made because the article was due, in the order of its key
    doubt: Reason | None = None  # why what could be read may not be the article
    led_to: str | None = None  # canonical address where redirects ended, if elsewhere
    site_answers: bool = True  # has the site answered otherwise in this crawl?
