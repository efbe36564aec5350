"""The spider: seeds first, then what they announce, then the known articles they no longer do."""

import logging
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Self
from urllib.parse import urlsplit

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DontCloseSpider
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.circuit import Circuit
from crawler.conditional import conditional_headers
from crawler.controls import Controls, First
from crawler.extraction.whole import MOST_PARTS, join_pages
from crawler.failures import HostUnavailable, failure_reason
from crawler.lists import ListPage, Lists, was_read
from crawler.middlewares import HEADERS, SITEMAPS, STARTED_AT
from crawler.nowhere import Nowhere
from crawler.reading import Answer, Look, further_part, read_answer, read_seed
from crawler.seeds import Links, is_article_address
from crawler.task import Task
from news.backoff import parse_retry_after
from news.page import Page
from news.visits import Finding, Reason, State, Visit
from storage.records import KnownAddress

log = logging.getLogger("variorum.crawler")


class ArticleSpider(Spider):
    """Crawls one site by its profile; hands every look to the writer."""

    name = "variorum"

    def __init__(self, task: Task, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.task, self.profile = task, task.profile
        self.clock, self.allowed = task.clock, task.allowed
        self.circuit = Circuit(looks=1) if task.probe else Circuit()
        self._left = task.max_pages
        self._asked: set[str] = set()  # canonical addresses, articles and lists
        self.controls = Controls(self._read_control, self._finish_control)
        self.lists = Lists(task.profile, task.clock(), scheduled=task.looks is not None)
        self._unlisted: list[KnownAddress] = []
        self._answers = False  # the site has answered well in this crawl
        self.nowhere = Nowhere(lambda response, url: self._answer(response, url).page)

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Build it for one crawl; see Scrapy."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.look_at_unlisted, signals.spider_idle)
        return spider

    def covers(self, url: str) -> bool:
        """Tell whether an address belongs to what is crawled."""
        return self.profile.covers(url)

    def given_up(self, url: str) -> str | None:
        """Return why the address's host is asked no more in this crawl, or None."""
        return self.circuit.given_up(urlsplit(url).netloc)

    async def start(self) -> AsyncIterator[Request]:
        """Yield the first requests: the seeds, or just the addresses that were asked for."""
        self.lists.remember(await self.task.writer.known_seeds(self.profile.key))
        self.controls.trust = await self.task.writer.validator_trust(self.profile.key)
        chosen = [self.profile.canonical(url) for url in self.task.urls]
        urls = chosen or await self._seeds()
        known = await self.task.writer.known(self.profile.key, urls)
        for url in urls:
            named = self.profile.article_url and is_article_address(url, self.profile)
            if named or self.task.articles or was_read(known.get(url)):
                requests = self._article_requests([url], known)
            else:
                requests = self._list_requests(self.lists.opened([url]))
            for request in requests:
                yield request
        if not chosen:
            self._unlisted = await self._due()
            await self.nowhere.begin(self.task)

    async def _seeds(self) -> list[str]:
        """Return the seeds to look at: all of them, or under a schedule those that are due.

        To confirm a removal one is enough, to see that the site answers.
        """
        if self.task.confirm:
            return list(self.profile.seed_urls[:1])
        if not self.task.seeds:
            return []
        if self.task.looks is None:
            return [*self.profile.seed_urls, *self.lists.discovered_before()]
        at, most = self.clock(), self.task.max_pages
        due = await self.task.writer.due_seeds(self.profile.key, at, most)
        return [seed.url for seed in due if self.profile.covers(seed.url)]

    async def _due(self) -> list[KnownAddress]:
        """Return the known articles to look at, whether they are still listed or not.

        Suspects come last: only of a site that answers otherwise a removal can be confirmed.
        """
        limit = self.task.max_pages if self.task.looks is None else self.task.looks
        if self.task.confirm:
            return await self.task.writer.suspects(self.profile.key, self.clock(), limit)
        found = await self.task.writer.due(self.profile.key, self.clock(), limit)
        found.sort(key=lambda known: known.state is State.SUSPECT)
        if self.task.seeds:
            found = await self.task.writer.unread(self.profile.key, self.task.max_pages) + found
        if self.task.looks is not None:
            return found
        return [known for known in found if known.state is not State.NOT_ARTICLE]

    def look_at_unlisted(self) -> None:
        """When the seeds are through: look at the known articles whose turn it is."""
        known = {article.url: article for article in self._unlisted}
        self._unlisted = []
        requests = list(self._article_requests(known, known))
        for request in requests:
            self.crawler.engine.crawl(request)
        if requests:
            raise DontCloseSpider

    def _list_requests(self, pages: Iterable[ListPage]) -> Iterator[Request]:
        for page in pages:
            if self._may_ask(page.url):
                yield Request(
                    page.url,
                    headers=self.lists.headers(page),
                    callback=self.read_list,
                    errback=self.list_failed,
                    cb_kwargs={"asked": page},
                    dont_filter=True,
                    priority=10,
                )

    def _article_requests(
        self, urls: Iterable[str], known: dict[str, KnownAddress]
    ) -> Iterator[Request]:
        for url in urls:
            if not ((own := known.get(url)) and own.withheld) and self._may_ask(url):
                yield Request(
                    url,
                    headers=conditional_headers(known.get(url), self.controls.trust),
                    callback=self.read_article,
                    errback=self.article_failed,
                    cb_kwargs={"url": url, "known": known.get(url)},
                    dont_filter=True,
                )

    def _may_ask(self, url: str) -> bool:
        """Whether an address is new to this crawl and within its budget, which it then takes."""
        if url in self._asked:
            return False
        if self._left <= 0:
            self.lists.left_out["page_budget"] += 1
            return False
        self._asked.add(url)
        self._left -= 1
        return True

    async def read_list(self, response: Response, asked: ListPage) -> AsyncIterator[Request]:
        """Record what a list page announces, and yield its articles and further pages."""
        answer = self._answer(response, asked.url)
        if same := self.lists.found_same(answer, asked):
            await self._record_list(asked, same, response.meta)
            return
        links = self.lists.read(answer, asked)
        if not self.task.confirm and self.lists.may_be_article(asked, links):
            look = self._read(answer, None)
            if further := self._further([answer.page], look):
                yield self._part_request(further, [answer.page], response.meta, None)
                return
            if look.finding is Finding.READ:
                await self._record(self._visit(asked.url, look, response.meta, None))
                return
        look = read_seed(answer, self.profile, links)
        if look.finding is not Finding.READ:
            await self._record_list(asked, look, response.meta, replace(links, articles=()))
            return
        for request in await self._follow(answer, asked, links, look, response.meta):
            yield request

    async def _follow(
        self, answer: Answer, asked: ListPage, links: Links, look: Look, meta: dict[str, Any]
    ) -> list[Request]:
        """Record a seed that was read; return the requests for what it leads to."""
        if not self.task.follows:
            await self._record_list(asked, look, meta, replace(links, articles=(), discovered=()))
            return []
        unseen = [url for url in links.articles if url not in self._asked]
        known = await self.task.writer.known(self.profile.key, unseen)
        unknown = set(unseen) - known.keys()
        links = replace(links, articles=self.lists.take_new(links.articles, unknown))
        confirm = self.task.confirm
        further = [] if confirm else self.lists.further(asked, links, len(unknown))
        discovered = self.lists.discover(asked, links, meta.get(SITEMAPS, ()))
        links, ends = replace(links, discovered=discovered), not further and not confirm
        await self._record_list(asked, look, meta, links, answer.page, ends=ends)
        if confirm:
            return []
        further += [ListPage(r.url, kind=r.kind, chosen=False) for r in discovered]
        listed = [url for url in links.articles if url in known or url in unknown]
        return [
            *self._list_requests(further),
            *self._article_requests(self.lists.to_ask(listed, known), known),
            *self.nowhere.requests(links.articles),
        ]

    async def list_failed(self, failure: Failure) -> None:
        """Record that a list page could not be had."""
        asked: ListPage = failure.request.cb_kwargs["asked"]  # type: ignore[attr-defined]
        if self.given_up(asked.url):
            return
        look = self._failed(asked.url, failure)
        await self._record_list(asked, look, failure.request.meta)  # type: ignore[attr-defined]

    async def read_article(
        self, response: Response, url: str, known: KnownAddress | None
    ) -> AsyncIterator[Request]:
        """Record what a look at an article's address found."""
        answer = self._answer(response, url)
        look = self._read(answer, known)
        if self._left > 0 and self.controls.wants(look, url, answer.page.fetched_at):
            self._left -= 1
            yield self.controls.request(url, look, known, response.meta)
            return
        if further := self._further([answer.page], look):
            yield self._part_request(further, [answer.page], response.meta, known)
            return
        await self._record(self._visit(url, look, response.meta, known))

    def _read_control(self, response: Response, url: str, known: KnownAddress | None) -> Look:
        """Read an answer on its own; of an article on several pages that says nothing."""
        answer = self._answer(response, url)
        look = self._read(answer, known)
        return Look(Finding.FAILED) if self._further([answer.page], look) else look

    async def _finish_control(self, first: First, look: Look, control: bool) -> None:
        visit = self._visit(first.url, look, {STARTED_AT: first.started_at}, first.known)
        await self._record(replace(visit, control=control))

    def _further(self, pages: list[Page], look: Look) -> str | None:
        """Return the address of the article's next page, if it has one and may be asked for."""
        if look.finding is not Finding.READ or len(pages) >= MOST_PARTS:
            return None
        address = further_part(pages[-1], self.profile.reading)
        met = {page.url for page in pages} | {page.final_url for page in pages}
        if address is None or address in met or not self.covers(address):
            return None
        return address

    def _part_request(
        self,
        address: str,
        pages: list[Page],
        meta: dict[str, Any],
        known: KnownAddress | None,
    ) -> Request:
        self._left -= 1
        self._asked.add(address)
        return Request(
            address,
            callback=self.read_part,
            errback=self.part_failed,
            cb_kwargs={"pages": pages, "known": known, "started_at": meta.get(STARTED_AT)},
            dont_filter=True,
            priority=5,
        )

    async def read_part(
        self,
        response: Response,
        pages: list[Page],
        known: KnownAddress | None,
        started_at: datetime | None,
    ) -> AsyncIterator[Request]:
        """Take in a further page of an article; with the last one the look is recorded."""
        answer = self._answer(response, response.request.url if response.request else "")
        look, pages = self._read(answer, None), [*pages, answer.page]
        meta = {STARTED_AT: started_at}
        if further := self._further(pages, look):
            yield self._part_request(further, pages, meta, known)
            return
        if look.finding is Finding.READ:
            look = self._read(Answer(join_pages(pages)), known)
        else:
            look = Look(Finding.FAILED, answer.page.status, Reason.PART)
        await self._record(self._visit(pages[0].url, look, meta, known))

    async def part_failed(self, failure: Failure) -> None:
        """Record that an article could not be read to its end: no version from a torso."""
        request: Request = failure.request  # type: ignore[attr-defined]
        kwargs = request.cb_kwargs
        reason = failure_reason(failure.value)
        log.info("part_failed", extra={"url": request.url, "reason": reason})
        look = Look(Finding.FAILED, reason=Reason.PART)
        meta = {STARTED_AT: kwargs["started_at"]}
        await self._record(self._visit(kwargs["pages"][0].url, look, meta, kwargs["known"]))

    async def article_failed(self, failure: Failure) -> None:
        """Record that an article's address could not be had."""
        request: Request = failure.request  # type: ignore[attr-defined]
        url: str = request.cb_kwargs["url"]
        if self.given_up(url):
            return
        look = self._failed(url, failure)
        await self._record(self._visit(url, look, request.meta, request.cb_kwargs["known"]))

    def _failed(self, url: str, failure: Failure) -> Look:
        """Return what a failed fetch means; where the whole host cannot be asked, it is not."""
        reason = failure_reason(failure.value)
        if isinstance(failure.value, HostUnavailable):
            self.circuit.give_up(urlsplit(url).netloc, reason)
        return Look(Finding.FAILED, reason=reason)

    def _answer(self, response: Response, url: str) -> Answer:
        """Return Scrapy's response as our own value."""
        redirected = bool(response.meta.get("redirect_urls"))
        page = Page(
            url=url,
            final_url=response.url if redirected else url,
            status=response.status,
            headers=response.meta.get(HEADERS, ()),
            body=response.body,
            fetched_at=self.clock(),
        )
        self._heed(page)
        asked = response.request.headers if response.request else {}
        conditional = "If-None-Match" in asked or "If-Modified-Since" in asked
        return Answer(page, conditional, proven="partial" not in response.flags)

    def _heed(self, page: Page) -> None:
        """Leave the host alone where it asks for that: by 429, or by 503 with Retry-After."""
        asked_for = page.header("Retry-After")
        if page.status == 429 or (page.status == 503 and asked_for):
            wait = parse_retry_after(asked_for, page.fetched_at)
            self.circuit.push_back(urlsplit(page.url).netloc, f"http_{page.status}", wait)

    def _read(self, answer: Answer, known: KnownAddress | None) -> Look:
        try:
            return read_answer(answer, self.profile, known, self.task.extractor)
        except Exception as error:
            # One page that trips the reader must cost one look, visibly, and not the crawl.
            trace = log.isEnabledFor(logging.DEBUG)
            told = {"url": answer.page.url, "error": repr(error)}
            log.warning("page_unreadable", extra=told, exc_info=trace)
            return Look(Finding.FAILED, answer.page.status, Reason.OTHER)

    def _visit(
        self, url: str, look: Look, meta: dict[str, Any], known: KnownAddress | None
    ) -> Visit:
        visited_at: datetime = meta.get(STARTED_AT) or self.clock()
        if known and known.last_visit_at and visited_at <= known.last_visit_at:
            visited_at = known.last_visit_at + timedelta(microseconds=1)
        self._note(url, look)
        return Visit(
            site=self.profile.key,
            url=url,
            visited_at=visited_at,
            finding=look.finding,
            status=look.status,
            reason=look.reason,
            page=look.page,
            validators=look.validators,
            article=look.article,
            extractor=self.task.extractor if look.article else None,
            doubt=look.doubt,
            led_to=look.led_to,
            scheduled=bool(known and known.scheduled),
            site_answers=self._answers,
        )

    def _note(self, url: str, look: Look) -> None:
        self._answers = self._answers or look.answered
        self.circuit.note(urlsplit(url).netloc, look.finding, look.reason)

    async def _record(self, visit: Visit) -> None:
        await self.task.writer.put(visit)

    async def _record_list(
        self,
        asked: ListPage,
        look: Look,
        meta: dict[str, Any],
        links: Links | None = None,
        page: Page | None = None,
        *,
        ends: bool = False,
    ) -> None:
        """Record a look at a seed; `page` is what was read, `ends` that nothing follows on it."""
        self._note(asked.url, look)
        at = meta.get(STARTED_AT) or self.clock()
        links = links or Links(kind=asked.kind)
        await self.task.writer.put(self.lists.visit(asked, look, at, links, page, ends=ends))
