"""The options of a crawl as the settings and the command line give them."""

from crawler.crawls import CrawlOptions
from variorum.config import Settings


def crawl_options(
    settings: Settings, urls: tuple[str, ...] = (), max_pages: int | None = None
) -> CrawlOptions:
    """Return the options of a crawl."""
    return CrawlOptions(
        allow_addresses=frozenset(settings.allow_addresses),
        urls=urls,
        max_pages=max_pages,
        contact=settings.contact,
    )
