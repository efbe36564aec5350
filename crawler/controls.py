"""Holding a 304 against an unconditional look, so that a lying validator hides nothing."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, NamedTuple

from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.middlewares import STARTED_AT
from crawler.reading import Look
from news.validators import ValidatorTrust
from news.visits import Finding
from storage.records import KnownAddress


class First(NamedTuple):
    """The conditional look that was answered with 304."""

    url: str
    look: Look
    known: KnownAddress | None
    started_at: datetime | None


Read = Callable[[Response, str, KnownAddress | None], Look]
Finish = Callable[[First, Look, bool], Awaitable[None]]


class Controls:
    """The controls of one crawl: `read` reads an answer, `finish` records what a look came to."""

    def __init__(self, read: Read, finish: Finish) -> None:
        self.trust = ValidatorTrust()
        self._read, self._finish = read, finish
        self._begun = 0
        self._doubt = False  # a control of this crawl found other bytes

    def wants(self, look: Look, url: str, at: datetime) -> bool:
        """Whether the look is a 304 that is to be controlled."""
        if look.finding is not Finding.NOT_MODIFIED:
            return False
        agreed = self.trust.agreed + self._begun
        lied = self.trust.lied + self._doubt
        return ValidatorTrust(agreed, lied).wants_control(url, at)

    def request(
        self, url: str, look: Look, known: KnownAddress | None, meta: dict[str, Any]
    ) -> Request:
        """Return the unconditional request for the same address; it is part of the same look."""
        self._begun += 1
        first = First(url, look, known, meta.get(STARTED_AT))
        return Request(
            url,
            callback=self.compare,
            errback=self.failed,
            cb_kwargs={"first": first},
            dont_filter=True,
            priority=5,
        )

    async def compare(self, response: Response, first: First) -> None:
        """Record the look: as the 304 said where that holds, else by what is really there."""
        look = self._read(response, first.url, first.known)
        if look.finding is Finding.READ:
            self._doubt = True
            await self._finish(first, look, True)
        else:
            await self._finish(first, first.look, look.finding is Finding.SAME_BYTES)

    async def failed(self, failure: Failure) -> None:
        """Record the look as the 304 said: the control tells nothing."""
        first: First = failure.request.cb_kwargs["first"]  # type: ignore[attr-defined]
        await self._finish(first, first.look, False)
