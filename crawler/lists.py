"""How far seeds are followed in one crawl: over their pages and parts, within bounds that count."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from crawler.conditional import validators_of
from crawler.reading import Answer, Look
from crawler.seeds import MOST_DISCOVERED, Links, looks_like_article, read_seed_page
from crawler.sites.profile import SiteProfile
from news.page import Page
from news.visits import Finding
from storage.records import NO_VALIDATORS, KnownAddress, KnownSeed, SeedRecord, SeedVisit

# Articles a crawl may add to the archive's list; whoever links to more is a trap, or has a sitemap
# whose rest the next crawls take.
NEW_A_CRAWL = 10_000
_PARTS = 50  # sitemaps of one index that are read in one crawl
_PARTS_UNCHOSEN = 3  # where nobody chose the index: the site named it
_DEEPEST = 2  # an index may name indexes, though the protocol says no
_OUTCOME = {Finding.SAME_BYTES: "unchanged"}
_TO_THE_END_EVERY = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class ListPage:
    """One page of a seed: page 1 is the seed itself, whose address names it."""

    url: str
    number: int = 1
    seed: str | None = None
    kind: str = "list"  # as declared
    depth: int = 0  # of a sitemap below its index
    chosen: bool = True  # by the profile or a command, not discovered

    @property
    def list_url(self) -> str:
        """The address of the seed itself."""
        return self.seed or self.url


def was_read(known: KnownAddress | None) -> bool:
    """Whether the archive has read an article at an address."""
    return known is not None and known.body_digest is not None


class Lists:
    """Where the reading of seeds stands in one crawl."""

    def __init__(self, profile: SiteProfile, now: datetime, *, scheduled: bool) -> None:
        self._profile, self._now, self._scheduled = profile, now, scheduled
        self._known: dict[str, KnownSeed] = {}
        self._announced: dict[str, set[str]] = {}  # by each seed, over its pages so far
        self._pages: Counter[str] = Counter()  # of each list that were asked for
        self._parts: Counter[str] = Counter()  # of each sitemap index
        self._new = 0
        self._discovered = 0
        self.left_out: Counter[str] = Counter()  # by the bound that left it out

    def remember(self, known: dict[str, KnownSeed]) -> None:
        """Take in what the archive knows of the site's seeds."""
        self._known = known

    def opened(self, urls: Iterable[str]) -> Iterator[ListPage]:
        """Yield the first pages of seeds, with what they are known to be."""
        kinds = {
            u: s.kind for u, s in zip(self._profile.seed_urls, self._profile.seeds, strict=True)
        }
        for url in urls:
            known = self._known.get(url)
            found = known.kind if known and known.origin in {"page", "robots"} else "list"
            chosen = known is None or known.origin not in {"page", "robots"}
            yield ListPage(url, kind=kinds.get(url, found), chosen=chosen)

    def discovered_before(self) -> list[str]:
        """Return the seeds that were discovered earlier and are still looked at."""
        return [
            url
            for url, seed in self._known.items()
            if seed.origin in {"page", "robots"} and seed.due_at and self._profile.covers(url)
        ]

    def headers(self, page: ListPage) -> dict[str, str]:
        """Return the validators to ask with: under a schedule, where nothing hangs on the page."""
        known = self._known.get(page.url)
        if not self._scheduled or known is None or self._reads_to_end(page):
            return {}
        if not self._is_own_digest(known):
            return {}
        given = known.validators
        asked = {"If-None-Match": given.etag, "If-Modified-Since": given.last_modified}
        return {name: value for name, value in asked.items() if value and value.isprintable()}

    def is_same(self, page: ListPage, digest: str) -> bool:
        """Tell whether these very bytes were read before by this profile."""
        known = self._known.get(page.url)
        if not self._scheduled or known is None or self._reads_to_end(page):
            return False
        return known.body_digest == self.seed_digest(digest)

    def seed_digest(self, digest: str) -> str:
        """Return what stands for a page as this profile reads it."""
        return f"{self._profile.digest[:16]}:{digest}"

    def _is_own_digest(self, known: KnownSeed) -> bool:
        return (known.body_digest or "").startswith(self._profile.digest[:16] + ":")

    def _reads_to_end(self, page: ListPage) -> bool:
        """Whether the seed is to be followed over all its pages now: it is from time to time."""
        if not self._scheduled:
            return True
        if page.kind == "list" and self._profile.paging.max_pages == 1:
            return False
        if page.kind == "feed":
            return False
        known = self._known.get(page.list_url)
        last = known.read_to_end_at if known else None
        return last is None or self._now - last >= _TO_THE_END_EVERY

    def further(self, page: ListPage, links: Links, new: int) -> list[ListPage]:
        """Return where to read on: further pages of a list, and parts of a sitemap index.

        A list is followed to its bound, unless it begins to repeat itself. Under a schedule it is
        so once a day, and between only while its pages bring new articles.
        """
        if links.kind == "sitemap":
            return list(self._parts_of(page, links))
        met = self._announced.setdefault(page.list_url, set())
        repeats = met.issuperset(links.articles)
        met.update(links.articles)
        if repeats or not (new or self._reads_to_end(page)):
            return []
        return list(self._pages_of(page, links))

    def _pages_of(self, page: ListPage, links: Links) -> Iterator[ListPage]:
        most = self._profile.paging.max_pages
        for url in links.lists:
            if page.number >= most or self._pages[page.list_url] >= most - 1:
                self.left_out["list_pages"] += most > 1
                continue
            self._pages[page.list_url] += 1
            yield replace(page, url=url, number=page.number + 1, seed=page.list_url)

    def _parts_of(self, page: ListPage, links: Links) -> Iterator[ListPage]:
        most = _PARTS if page.chosen else _PARTS_UNCHOSEN
        for url, modified_at in links.parts:
            if self._was_read_since(url, modified_at):
                continue
            if page.depth >= _DEEPEST or self._parts[page.list_url] >= most:
                self.left_out["sitemaps"] += 1
                continue
            self._parts[page.list_url] += 1
            yield replace(
                page, url=url, number=page.number + 1, seed=page.list_url, kind="sitemap",
                depth=page.depth + 1,
            )  # fmt: skip

    def _was_read_since(self, url: str, modified_at: datetime | None) -> bool:
        known = self._known.get(url)
        if not self._scheduled or modified_at is None or known is None:
            return False
        read = known.last_visit_at if self._is_own_digest(known) else None
        # A bare date is that day's beginning: the day has to be over as well.
        return read is not None and read >= modified_at + timedelta(days=1)

    def found_same(self, answer: Answer, page: ListPage) -> Look | None:
        """Return the look that found a seed as it was when it was read last, if it did."""
        status = answer.page.status
        if status == 304 and answer.conditional:
            return Look(Finding.NOT_MODIFIED, status)
        if status == 200 and self.is_same(page, answer.page.digest):
            return Look(Finding.SAME_BYTES, status)
        return None

    def read(self, answer: Answer, page: ListPage) -> Links:
        """Return what an answer for a seed announces."""
        if answer.page.status not in {200, 203}:
            return Links(kind=page.kind)
        return read_seed_page(answer.page, self._profile, page.kind, undated=page.chosen)

    def visit(
        self,
        asked: ListPage,
        look: Look,
        at: datetime,
        links: Links,
        page: Page | None,
        *,
        ends: bool,
    ) -> SeedVisit:
        """Return a look at a seed as the archive takes it; `page` is what was read, if it was."""
        self.left_out.update(dict(links.refused))
        return SeedVisit(
            site=self._profile.key,
            url=asked.url,
            kind=links.kind,
            visited_at=at,
            outcome=_OUTCOME.get(look.finding, look.finding.value),
            status=look.status,
            reason=look.reason,
            links=links.articles,
            found=links.found,
            foreign=links.foreign,
            refused=sum(count for _, count in links.refused),
            part_of=asked.seed,
            ends=ends,
            validators=validators_of(page) if page else NO_VALIDATORS,
            body_digest=self.seed_digest(page.digest) if page else None,
            stated=links.stated,
            discovered=links.discovered,
        )

    def to_ask(self, listed: list[str], known: dict[str, KnownAddress]) -> list[str]:
        """Return the listed articles to look at now: under a schedule those never read alone."""
        if not self._scheduled:
            return listed
        return [url for url in listed if not was_read(known.get(url))]

    def may_be_article(self, asked: ListPage, links: Links) -> bool:
        """Without a pattern an address given as seed may turn out to be an article itself."""
        if self._profile.article_url is not None or links.fault or asked.number > 1:
            return False
        html = asked.kind == links.kind == "list"
        return html and (looks_like_article(asked.url) or not links.articles)

    def take_new(self, articles: tuple[str, ...], unknown: set[str]) -> tuple[str, ...]:
        """Return the articles to record: those known, and new ones within the crawl's bound."""
        kept = []
        for url in articles:
            if url in unknown:
                if self._new >= NEW_A_CRAWL:
                    self.left_out["new_articles"] += 1
                    continue
                self._new += 1
            kept.append(url)
        return tuple(kept)

    def discover(
        self, page: ListPage, links: Links, sitemaps: Iterable[str]
    ) -> tuple[SeedRecord, ...]:
        """Return the feeds and sitemaps that the front page or robots.txt name, not known yet."""
        if not self._profile.discover or page.number > 1 or not page.chosen:
            return ()
        if links.kind != "list" or urlsplit(page.url).path.count("/") > 1:
            return ()
        named = [*links.discovered, *self._own_sitemaps(sitemaps)]
        fresh = [record for record in named if record.url not in self._known]
        kept = fresh[: MOST_DISCOVERED - self._discovered]
        self.left_out["discovered_seeds"] += len(fresh) - len(kept)
        self._discovered += len(kept)
        return tuple(kept)

    def _own_sitemaps(self, sitemaps: Iterable[str]) -> Iterator[SeedRecord]:
        for url in sitemaps:
            try:
                canonical = self._profile.canonical(url)
            except ValueError:
                continue
            if self._profile.covers(canonical):
                yield SeedRecord(canonical, "sitemap", "robots")
