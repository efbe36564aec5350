"""robots.txt as RFC 9309 reads it: 4xx allows everything; 5xx and no answer nothing for now."""

import asyncio
import time
from dataclasses import dataclass
from itertools import islice
from typing import Self
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.extensions.throttle import AutoThrottle
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from crawler.failures import HostUnavailable, Refusal, failure_reason
from crawler.middlewares import ROAMING, SITEMAPS
from news.visits import Reason

ROBOTS_NAME = "Variorum"  # the product token sites may address
_LIMIT = 500 * 1024  # section 2.5: at least 500 KiB must be read
_MOST_SITEMAPS = 20
_LONGEST_DELAY = 60.0  # seconds; a longer Crawl-delay would be a ban in other words
KEEP_ROBOTS = "VARIORUM_KEEP_ROBOTS"  # a setting: for how many seconds rules may be used again
_MOST_KEPT = 10_000
# Rules that were had, and when by the monotonic clock, over the crawls of this process.
_kept: dict[str, tuple[float, "Rules"]] = {}
# Set by the middleware on its own requests, which no robots.txt governs.
_EXEMPT = "variorum_robots"


@dataclass(frozen=True, slots=True)
class Rules:
    """What one authority's robots.txt says; `unavailable` is why it could not be had."""

    parsed: Protego | None = None
    unavailable: str | None = None

    @property
    def sitemaps(self) -> tuple[str, ...]:
        """The sitemaps it names, as printed; not more than a few."""
        return tuple(islice(self.parsed.sitemaps, _MOST_SITEMAPS)) if self.parsed else ()

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
        return Rules(unavailable=Reason.ROBOTS_UNAVAILABLE)
    if status != 200:
        return Rules()
    return Rules(parsed=Protego.parse(body[:_LIMIT].decode("utf-8-sig", "ignore")))


class RobotsMiddleware:
    """Fetches each authority's robots.txt once a crawl, on the same guarded path, and obeys it.

    Where `KEEP_ROBOTS` is set, rules that were had are used for that long by further crawls of
    the process (RFC 9309, section 2.4: not longer than a day).
    """

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
        if rules.unavailable:
            raise HostUnavailable(rules.unavailable, f"robots.txt of {authority} cannot be had")
        request.meta[SITEMAPS] = rules.sitemaps
        if reason := rules.refusal(request.url):
            raise Refusal(reason, f"robots.txt of {authority}")

    async def _fetch(self, authority: str) -> Rules:
        keep = self._crawler.settings.getfloat(KEEP_ROBOTS)
        asked_at, rules = _kept.get(authority, (0.0, None))
        if rules is None or time.monotonic() - asked_at >= keep:
            rules = await self._ask(authority)
            if keep and not rules.unavailable:
                if len(_kept) >= _MOST_KEPT:
                    _kept.clear()
                _kept[authority] = (time.monotonic(), rules)
        self._slow_down(rules)
        return rules

    async def _ask(self, authority: str) -> Rules:
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
        return read_rules(response.status, response.body)

    def _slow_down(self, rules: Rules) -> None:
        """Honour Crawl-delay: the least delay of the crawl rises to it."""
        wanted = rules.parsed.crawl_delay(ROBOTS_NAME) if rules.parsed else None
        throttle = self._crawler.get_extension(AutoThrottle)
        if wanted and throttle is not None:
            throttle.mindelay = max(throttle.mindelay, min(float(wanted), _LONGEST_DELAY))
