"""The values that go into the archive and come out of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from news.article import Article, NotAnArticle
from news.changes import FieldChange
from news.page import Page
from news.versions import Transition
from news.visits import Outcome, State, Validators

NO_VALIDATORS = Validators()


@dataclass(frozen=True, slots=True)
class SiteRecord:
    """One watched web site, as its profile describes it."""

    key: str
    name: str
    home_url: str
    time_zone: str
    outlet: str | None  # the news organisation it belongs to
    profile_digest: str
    # site: it is followed as a whole from now on; articles: where it is new, single articles of it
    # alone; None leaves it as it is, site at first.
    scope: str | None = None


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to write for one site, for one crawl; `token` grows with every acquisition."""

    site_key: str
    crawl_id: int
    holder: str
    token: int
    probe: bool = False  # the site did not answer lately: one request first


@dataclass(frozen=True, slots=True)
class KnownAddress:
    """What the crawler needs to know of an address before it fetches it."""

    url: str
    state: State
    validators: Validators
    body_digest: str | None  # of the last accepted page
    extractor: str | None  # who read the last accepted page
    last_visit_at: datetime | None
    scheduled: bool = False  # offered because it was due
    last_seen_at: datetime | None = None  # the last look that saw it
    page_ends: bool | None = None  # the last accepted page ended with its end tag
    withheld: bool = False  # taken down here: not to be looked at


@dataclass(frozen=True, slots=True)
class StoredCapture:
    """The bytes behind a reading, as they came over the wire."""

    site_key: str
    digest: str
    url: str
    final_url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    captured_at: datetime

    @property
    def page(self) -> Page:
        """The capture as the page it was."""
        return Page(
            self.url, self.final_url, self.status, self.headers, self.body, self.captured_at
        )


Reread = Callable[[StoredCapture], Article | NotAnArticle]


@dataclass(frozen=True, slots=True)
class SeedRecord:
    """A seed to be watched: its canonical address, kind, and how it came to be watched."""

    url: str
    kind: str = "list"  # list, feed or sitemap
    origin: str = "profile"  # profile, command, page or robots


@dataclass(frozen=True, slots=True)
class KnownSeed:
    """What the crawler needs to know of a seed before it looks at it."""

    url: str
    kind: str
    origin: str
    due_at: datetime | None  # None: not by itself
    last_visit_at: datetime | None
    validators: Validators
    body_digest: str | None  # of the last page that was read
    read_to_end_at: datetime | None  # when it was last followed over all its pages


@dataclass(frozen=True, slots=True)
class SeedVisit:
    """One look at a seed, or at a further page or part of one.

    (`site`, `url`, `visited_at`) is its identity.
    """

    site: str  # the site's key
    url: str
    kind: str  # list, feed, sitemap
    visited_at: datetime  # aware UTC, fixed before the fetch
    outcome: str  # read, unchanged (the same bytes), not_modified (304), blocked or failed
    status: int | None = None
    reason: str | None = None
    links: tuple[str, ...] = ()  # canonical addresses of articles, in page order
    found: int = 0  # addresses on it, each once; at least the articles'
    foreign: int = 0  # of them on other sites
    refused: int = 0  # of them not followed: traps, malformed ones, beyond a bound
    part_of: str | None = None  # the seed whose further page or part this is
    ends: bool = False  # with it the seed was followed to its end
    validators: Validators = NO_VALIDATORS
    body_digest: str | None = None  # of a page that was read
    stated: tuple[tuple[str, datetime], ...] = ()  # when articles were modified, as it says
    discovered: tuple[SeedRecord, ...] = ()  # feeds and sitemaps it names


@dataclass(frozen=True, slots=True)
class Recorded:
    """What recording one visit came to."""

    outcome: Outcome
    article_id: int
    version: int | None  # the number of the version that is open after the visit
    transition: Transition | None = None
    changes: tuple[FieldChange, ...] = ()
    repeated: bool = False  # it was recorded before; nothing was written
