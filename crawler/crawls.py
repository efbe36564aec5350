"""The values a crawl takes and gives: its options, its counts, its summary."""

from dataclasses import dataclass, fields
from datetime import datetime


@dataclass(frozen=True, slots=True)
class CrawlOptions:
    """What may be set for one crawl; everything about the site itself is in its profile."""

    allow_addresses: frozenset[str] = frozenset()  # exact host:port pairs the guard lets through
    urls: tuple[str, ...] = ()  # crawl just these; () means the whole site
    max_pages: int | None = None  # fetches at most; None means the profile's budget
    user_agent: str | None = None  # None means Variorum/<version> and the contact
    contact: str | None = None  # a mail or web address sites may write to
    use_proxy: bool = True  # honour http_proxy, https_proxy and no_proxy of the environment
    looks: int | None = None  # at known articles, in the order they are due; None: at all of them
    kind: str = "manual"  # why it is crawled: manual, seeds, looks, confirm and the like
    articles: bool = False  # `urls` are articles' addresses, whatever they look like
    seeds: bool = True  # read the lists; False: look at known articles alone
    confirm: bool = False  # look at suspect articles alone, with one list to hold them against
    keep_robots: float = 0.0  # for how many seconds a process may use a robots.txt again
    grace: float = 10.0  # seconds that fetches under way are given when it is ended early
    scope: str | None = None  # site or articles: how much of it is followed from now on


@dataclass(frozen=True, slots=True)
class CrawlCounts:
    """What a crawl has committed so far; nothing is counted before it is."""

    pages: int = 0  # looks at articles and at seeds
    new: int = 0
    changed: int = 0
    unchanged: int = 0  # read again or not modified
    missing: int = 0
    not_article: int = 0
    blocked: int = 0
    failed: int = 0
    seeds: int = 0  # looks at seeds and their list pages
    seeds_failed: int = 0
    removed: int = 0  # removals confirmed
    returned: int = 0  # removed articles that are served again

    def plus(self, **counts: int) -> "CrawlCounts":
        """Return these counts with some of them raised."""
        names = (field.name for field in fields(self))
        return CrawlCounts(**{name: getattr(self, name) + counts.get(name, 0) for name in names})


@dataclass(frozen=True, slots=True)
class CrawlSummary:
    """What one crawl came to. `failures` holds addresses with their reason, blocked ones too."""

    site: str
    crawl_id: int
    counts: CrawlCounts
    started_at: datetime
    ended_at: datetime
    failures: tuple[tuple[str, str], ...]
    status: str  # success, partial or failure
    left_out: tuple[tuple[str, int], ...] = ()  # addresses not followed, by the bound, most first
