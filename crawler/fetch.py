"""One page from the web, on the crawler's guarded path, with nothing stored."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any

from scrapy import Request, Spider
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.addresses import parse_allowed
from crawler.crawls import CrawlOptions
from crawler.extraction.rules import ReadingRules
from crawler.extraction.whole import MOST_PARTS, join_pages
from crawler.failures import failure_reason
from crawler.middlewares import HEADERS
from crawler.reactor import Running
from crawler.reading import further_part
from crawler.settings import crawl_settings
from crawler.sites.profile import Politeness
from news.page import Page
from news.urls import canonical_url


class FetchError(Exception):
    """A page could not be had; the one-line message names the address and the reason."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


async def fetch_page(
    url: str, options: CrawlOptions, clock: Callable[[], datetime] = _utc_now
) -> Page:
    """Fetch one address, obeying robots.txt and the guard; to be awaited within `run`.

    Raises `FetchError` for every answer but a complete one with status 200 or 203.
    """
    try:
        address = canonical_url(url)
    except ValueError as error:
        raise FetchError(f"{url}: {error}") from error
    running = Running(PageSpider, crawl_settings(Politeness(delay=0.0), options), options)
    await running.finish(url=address, options=options, clock=clock)
    spider = running.spider
    if not isinstance(spider, PageSpider) or spider.page is None:
        reason = spider.reason if isinstance(spider, PageSpider) else "other"
        raise FetchError(f"{url}: {reason}")
    return spider.page


async def fetch_article(url: str, rules: ReadingRules, options: CrawlOptions) -> Page:
    """Fetch an address and the further pages of the article there, joined into one page.

    Raises `FetchError` as `fetch_page` does, also where a further page cannot be had.
    """
    pages = [await fetch_page(url, options)]
    while len(pages) < MOST_PARTS and (address := further_part(pages[-1], rules)):
        if any(address in (page.url, page.final_url) for page in pages):
            break
        pages.append(await fetch_page(address, options))
    return join_pages(pages) if len(pages) > 1 else pages[0]


class PageSpider(Spider):
    """Fetches one address, wherever its redirects lead."""

    name = "variorum-page"

    def __init__(
        self, url: str, options: CrawlOptions, clock: Callable[[], datetime], **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.url, self.clock = url, clock
        self.allowed = parse_allowed(options.allow_addresses)
        self.page: Page | None = None
        self.reason = "other"

    def covers(self, url: str) -> bool:
        """Every address will do: the caller named one, not a site."""
        del url
        return True

    def given_up(self, url: str) -> str | None:
        """Return None: a single page is asked for once."""
        del url
        return None

    async def start(self) -> AsyncIterator[Request]:
        """Yield the one request."""
        yield Request(self.url, callback=self.keep, errback=self.fail, dont_filter=True)

    def keep(self, response: Response) -> None:
        """Keep a complete page; any other status is a reason."""
        if response.status not in {200, 203}:
            self.reason = f"http_{response.status}"
            return
        headers = response.meta.get(HEADERS, ())
        self.page = Page(
            self.url, response.url, response.status, headers, response.body, self.clock()
        )

    def fail(self, failure: Failure) -> None:
        """Keep why there is no page."""
        self.reason = failure_reason(failure.value)
