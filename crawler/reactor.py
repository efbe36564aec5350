"""The one reactor of the process: started once, guarded, and lent to any number of crawls."""

import asyncio
import atexit
import logging
import signal
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from typing import Any, TypeVar

from scrapy import Spider
from scrapy.crawler import AsyncCrawlerRunner, Crawler
from scrapy.utils.reactor import is_asyncio_reactor_installed, is_reactor_installed
from twisted.internet import asyncioreactor

from crawler.addresses import parse_allowed
from crawler.crawls import CrawlOptions
from crawler.guard import Guard, configured_proxies, install_guard
from crawler.heads import bound_heads

_ROUNDS = 100

T = TypeVar("T")


def run(main: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run a coroutine to its end on the process's reactor, and return its result.

    May be called again afterwards. SIGINT and SIGTERM cancel the coroutine; crawls then end
    cleanly, and KeyboardInterrupt or SystemExit(143) is raised.
    """
    loop, _ = start_reactor()
    task = loop.create_task(main())
    received: list[int] = []
    with _cancelled_by_signals(loop, task, received):
        try:
            return loop.run_until_complete(task)
        except asyncio.CancelledError:
            if signal.SIGTERM in received:
                raise SystemExit(128 + signal.SIGTERM) from None
            raise KeyboardInterrupt from None
        finally:
            _cancel_the_rest(loop)


def _cancel_the_rest(loop: asyncio.AbstractEventLoop) -> None:
    """End what an impatient stop has left behind, as `asyncio.run` does."""
    for _ in range(_ROUNDS):  # the end of one request lets the next one begin
        if not (rest := asyncio.all_tasks(loop)):
            return
        for task in rest:
            task.cancel()
        loop.run_until_complete(asyncio.gather(*rest, return_exceptions=True))


@cache
def start_reactor() -> tuple[asyncio.AbstractEventLoop, Guard]:
    """Install and start Twisted's reactor on a loop of ours, guarded before anyone can use it.

    The loop is run by `run_until_complete` and not by `reactor.run`, which works only once.
    """
    if is_reactor_installed() and not is_asyncio_reactor_installed():
        raise RuntimeError("another Twisted reactor is installed; the crawler needs asyncio's")
    if not is_reactor_installed():
        asyncioreactor.install(asyncio.new_event_loop())  # type: ignore[no-untyped-call]
    from twisted.internet import reactor  # noqa: PLC0415 - importing it installs one

    guard = install_guard(reactor)
    bound_heads()
    loop: asyncio.AbstractEventLoop = reactor._asyncioEventloop  # noqa: SLF001
    reactor.startRunning(installSignalHandlers=False)
    for name in ("scrapy", "twisted", "py.warnings"):
        # Without a handler of its own Python would print a library's warnings to the console.
        logging.getLogger(name).addHandler(logging.NullHandler())
    atexit.register(loop.close)
    return loop, guard


@contextmanager
def _cancelled_by_signals(
    loop: asyncio.AbstractEventLoop, task: asyncio.Task[T], received: list[int]
) -> Iterator[None]:
    def cancel(number: int) -> None:
        received.append(number)
        task.cancel()

    numbers = (signal.SIGINT, signal.SIGTERM)
    # Only the main thread may; elsewhere, and where there are no signals, the caller cancels.
    with suppress(NotImplementedError, RuntimeError, ValueError):
        for number in numbers:
            loop.add_signal_handler(number, cancel, number)
    try:
        yield
    finally:
        with suppress(NotImplementedError, RuntimeError, ValueError):
            for number in numbers:
                loop.remove_signal_handler(number)


async def settled(work: Awaitable[T]) -> T:
    """Await work that must not be left half done: a cancellation waits until it is through."""
    task = asyncio.ensure_future(work)
    cancelled = False
    while not task.done():
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError:
            cancelled = True
    if cancelled:
        task.exception()  # looked at, so that nobody complains that it never was
        raise asyncio.CancelledError
    return task.result()


class Running:
    """One spider at work, which can be stopped from outside."""

    def __init__(
        self, spider: type[Spider], settings: dict[str, Any], options: CrawlOptions
    ) -> None:
        self._runner = AsyncCrawlerRunner(settings)
        self._crawler: Crawler = self._runner.create_crawler(spider)
        self._options = options
        self._stopping: asyncio.Task[None] | None = None

    @property
    def spider(self) -> Spider | None:
        """The spider, once it has been built."""
        return self._crawler.spider

    async def finish(self, **arguments: Any) -> None:
        """Run the spider with these arguments to its end, behind the guard.

        When cancelled, stop it, give it its grace, and raise CancelledError; a second
        cancellation takes the grace away.
        """
        _, guard = start_reactor()
        allowed = parse_allowed(self._options.allow_addresses)
        proxies = configured_proxies() if self._options.use_proxy else frozenset[str]()
        with guard.permit(allowed, proxies):
            work = self._runner.crawl(self._crawler, **arguments)
            try:
                await asyncio.shield(work)
            except asyncio.CancelledError:
                self.stop()
                await asyncio.wait({work}, timeout=self._options.grace)
                raise

    def stop(self) -> None:
        """Ask the spider to end: what is under way may finish, nothing new begins."""
        if self._stopping is None:
            self._stopping = asyncio.ensure_future(self._crawler.stop_async())
