"""Our parts of Scrapy's download path: the stamp, the guard, strict decoding, redirects."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol, Self, cast
from urllib.parse import urljoin

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Headers, Response
from w3lib.url import safe_url_string

from crawler.addresses import BlockedAddress, check_url
from crawler.decoding import ACCEPTED, decode_body
from crawler.failures import Refusal
from news.visits import Reason

# Keys of `Request.meta`: what the download path tells the spider.
STARTED_AT = "variorum_started_at"
STARTED_TRY = "variorum_started_try"
HEADERS = "variorum_headers"
SITEMAPS = "variorum_sitemaps"  # those that robots.txt names
ROAMING = "variorum_roaming"  # may be redirected to another host


class Watched(Protocol):
    """What these parts ask of a spider."""

    allowed: frozenset[str]
    clock: Callable[[], datetime]

    def covers(self, url: str) -> bool:
        """Tell whether an address belongs to what is crawled."""

    def given_up(self, url: str) -> str | None:
        """Return why an address's host is asked no more, or None."""


def _watched(crawler: Crawler) -> Watched:
    return cast("Watched", crawler.spider)


class StampingHandler(HTTP11DownloadHandler):
    """Scrapy's HTTP/1.1 handler, which notes when a fetch began and the headers as received.

    The time is fixed here, after every delay and queue, so that it bounds what was seen. A
    redirect belongs to the fetch that led to it; a retry is a fetch of its own.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._watched_crawler = crawler

    async def download_request(self, request: Request) -> Response:
        """Fetch; the stamp lies in the request's meta whether or not this succeeds."""
        if reason := _watched(self._watched_crawler).given_up(request.url):
            raise Refusal(reason, "the host is asked no more in this crawl")
        attempt = request.meta.get("retry_times", 0)
        if request.meta.get(STARTED_TRY) != attempt:
            request.meta[STARTED_TRY] = attempt
            request.meta[STARTED_AT] = _watched(self._watched_crawler).clock()
        response = await super().download_request(request)
        request.meta[HEADERS] = header_pairs(response.headers)
        if response.status == 503 and "Retry-After" in response.headers:
            request.meta["dont_retry"] = True  # it has said when to come again
        return response


def header_pairs(headers: Headers) -> tuple[tuple[str, str], ...]:
    """Return headers as text pairs in their order; NUL, which no database takes, is dropped."""
    return tuple(
        (_header_text(name), _header_text(value))
        for name, values in headers.items()
        for value in values
    )


def _header_text(raw: bytes) -> str:
    return raw.decode("latin-1").replace("\x00", "")


class GuardMiddleware:
    """Refuses what must not be fetched, at each hop, before anything else sees the request."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build it for one crawl."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Raise `Refusal` for a forbidden address and for one that is not the site's."""
        spider = _watched(self._crawler)
        try:
            check_url(request.url, spider.allowed)
        except BlockedAddress as error:
            raise Refusal(Reason.BLOCKED_ADDRESS, str(error)) from error
        if not request.meta.get(ROAMING) and not spider.covers(request.url):
            raise Refusal(Reason.OFFSITE, f"{request.url} is not the site's")


class DecodingMiddleware:
    """Asks for compressed answers and decodes them strictly, within the size limit."""

    def __init__(self, limit: int) -> None:
        self._limit = limit

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build it with the crawl's size limit."""
        return cls(crawler.settings.getint("DOWNLOAD_MAXSIZE"))

    def process_request(self, request: Request) -> None:
        """Say which encodings we read."""
        request.headers.setdefault("Accept-Encoding", ACCEPTED)

    def process_response(self, request: Request, response: Response) -> Response:
        """Decode the body; raise `Refusal` when it is not whole, unknown or too large."""
        del request
        declared = b",".join(response.headers.getlist("Content-Encoding")).decode("latin-1")
        if not declared or not response.body:
            return response
        encodings = [name.strip().lower() for name in declared.split(",")]
        return response.replace(body=decode_body(response.body, encodings, self._limit))


class RedirectGuardMiddleware(RedirectMiddleware):
    """Scrapy's redirects, with a named reason for each one that is not followed."""

    def _engine_started(self) -> None:
        """No Referer is ever sent, so there is none to adapt (Scrapy would warn)."""

    def process_response(
        self, request: Request, response: Response, spider: object = None
    ) -> Request | Response:
        """Return the next hop, or the answer; raise `Refusal` for a forbidden or endless one."""
        del spider
        location = response.headers.get("Location")
        if location and response.status in {301, 302, 303, 307, 308}:
            target = urljoin(request.url, safe_url_string(location))
            try:
                check_url(target, _watched(self.crawler).allowed)
            except BlockedAddress as error:
                raise Refusal(Reason.BLOCKED_ADDRESS, f"redirect: {error}") from error
        try:
            return super().process_response(request, response)
        except IgnoreRequest as error:
            raise Refusal(Reason.REDIRECT_LOOP, str(error)) from error
