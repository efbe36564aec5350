"""robots.txt as RFC 9309 reads it: 4xx allows everything; 5xx and no answer nothing for now."""

import asyncio
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.extensions.throttle import AutoThrottle
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from crawler.failures import Refusal, failure_reason
from crawler.middlewares import ROAMING
from news.visits import Reason

ROBOTS_NAME = "Variorum"  # the product token sites may address
_LIMIT = 500 * 1024  # section 2.5: at least 500 KiB must be read
_LONGEST_DELAY = 60.0  # seconds; a longer Crawl-delay would be a ban in other words
# Set by the middleware on its own requests, which no robots.txt governs.
_EXEMPT = "variorum_robots"


@dataclass(frozen=True, slots=True)
class Rules:
    """What one authority's robots.txt says; `unavailable` is why it could not be had."""

    parsed: Protego | None = None
    unavailable: str | None = None

    def refusal(self, url: str) -> str | None:
        """Return why an address may not be fetched, or None."""
        if self.unavailable:
            return self.unavailable
        if self.parsed and not self.parsed.can_fetch(url, ROBOTS_NAME):
            return Reason.ROBOTS
        return None


def read_rules(status: int, body: bytes) -> Rules:
    """Return the rules an answer for robots.txt gives (RFC 9309, section 2.3.1).

    429 counts as no answer: it asks the whole client to stay away for now.
    """
    if status >= 500 or status == 429:
        return Rules(unavailable=Reason.ROBOTS)
    if status != 200:
        return Rules()
    return Rules(parsed=Protego.parse(body[:_LIMIT].decode("utf-8-sig", "ignore")))


class RobotsMiddleware:
    """Fetches each authority's robots.txt once a crawl, on the same guarded path, and obeys it."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._rules: dict[str, asyncio.Future[Rules]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build it for one crawl."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Raise `Refusal` where robots.txt forbids the request or could not be had."""
        if request.meta.get(_EXEMPT):
            return
        parts = urlsplit(request.url)
        authority = f"{parts.scheme}://{parts.netloc}"
        if authority not in self._rules:
            self._rules[authority] = asyncio.ensure_future(self._fetch(authority))
        rules = await asyncio.shield(self._rules[authority])
        if reason := rules.refusal(request.url):
            raise Refusal(reason, f"robots.txt of {authority}")

    async def _fetch(self, authority: str) -> Rules:
        request = Request(
            f"{authority}/robots.txt",
            callback=NO_CALLBACK,
            dont_filter=True,
            meta={_EXEMPT: True, ROAMING: True},
        )
        try:
            response: Response = await self._crawler.engine.download_async(request)
        except Exception as error:  # noqa: BLE001 - whatever it was, there are no rules
            reason = failure_reason(error)
            # Section 2.3.1.2: too many redirects count as no robots.txt at all.
            return Rules() if reason == Reason.REDIRECT_LOOP else Rules(unavailable=reason)
        rules = read_rules(response.status, response.body)
        self._slow_down(rules)
        return rules

    def _slow_down(self, rules: Rules) -> None:
        """Honour Crawl-delay: the least delay of the crawl rises to it."""
        wanted = rules.parsed.crawl_delay(ROBOTS_NAME) if rules.parsed else None
        throttle = self._crawler.get_extension(AutoThrottle)
        if wanted and throttle is not None:
            throttle.mindelay = max(throttle.mindelay, min(float(wanted), _LONGEST_DELAY))
