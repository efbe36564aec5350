"""The supervised crawler process: many crawls in one, with deadlines; replaced when it fails.

A crawl that hangs or crashes the process costs the others a restart, and nothing that was
committed. Who did it is found out: the sites that ran in a process that died are crawled next in a
process of its own each, until they have shown that they can be.
"""

import asyncio
import json
import logging
import os
import signal
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from crawler.crawls import CrawlCounts
from crawler.logs import LogFormat
from crawler.orders import Ended, Order
from crawler.process import LONGEST_LINE

log = logging.getLogger("variorum.supervisor")

# -P: a folder called crawler where the daemon was started must not be taken for ours.
_FETCHES_SHARE = 2 / 3  # of the grace; the rest is for writing what they brought
COMMAND = (sys.executable, "-P", "-m", "crawler.process")


@dataclass(frozen=True, slots=True)
class Limits:
    """When the process is taken for hung, ended or replaced; times in seconds, memory in bytes."""

    start: float = 60.0  # from its start to its first sign of life
    silence: float = 60.0  # between two signs of life: it gives one a second
    grace: float = 15.0  # from asking a crawl, or the process, to end to killing the process
    crawls: int = 500  # after so many it is replaced
    memory: int = 1024 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Setup:
    """What a crawler process is told first."""

    database: str  # with its password; never on a command line
    confirm_after: float  # seconds
    log_format: LogFormat = "text"


class _Process:
    """One crawler process and the orders it works on."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.pid = process.pid
        self.running: dict[int, tuple[Order, asyncio.Future[Ended]]] = {}
        self.begun = 0
        self.rss = 0
        self.heard_at = time.monotonic()
        self.ready = False
        self.awake = asyncio.Event()  # it has given a sign of life, or has ended without
        self.retired = False
        self.unable: str | None = None
        self.culprits: set[int] = set()  # crawls for which it was killed
        self.ended = asyncio.create_task(self._listen())

    @classmethod
    async def start(cls, command: Sequence[str], setup: Setup) -> "_Process":
        """Start one, in a session of its own: Ctrl-C in a terminal is for the daemon alone."""
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=LONGEST_LINE,
            start_new_session=True,
        )
        found = cls(process)
        found._send(
            {
                "database": setup.database,
                "confirm_after": setup.confirm_after,
                "log_format": setup.log_format,
            }
        )
        return found

    @property
    def usable(self) -> bool:
        """Whether it takes further orders."""
        return not self.retired and not self.ended.done()

    def begin(self, number: int, order: Order) -> asyncio.Future[Ended]:
        """Hand it an order; the future is done when the crawl has ended, one way or another."""
        future: asyncio.Future[Ended] = asyncio.get_running_loop().create_future()
        self.running[number] = (order, future)
        self.begun += 1
        self._send({"id": number, **order.as_json()})
        return future

    def cancel(self, number: int) -> None:
        """Ask it to end a crawl."""
        self._send({"id": number, "cancel": True})

    def retire(self) -> None:
        """Give it no more orders; it ends with its last crawl."""
        self.retired = True
        if not self.running:
            self.let_go()

    def let_go(self) -> None:
        """Let it end: its running crawls first, cleanly."""
        self.retired = True
        if self._process.stdin is not None:
            self._process.stdin.close()

    def kill(self) -> None:
        """End it at once, with whatever it has started."""
        with suppress(ProcessLookupError, PermissionError):  # it is gone already
            os.killpg(self.pid, signal.SIGKILL)

    def _send(self, message: dict[str, Any]) -> None:
        if self._process.stdin is not None and not self._process.stdin.is_closing():
            self._process.stdin.write(json.dumps(message).encode() + b"\n")

    async def _listen(self) -> None:
        """Take in what it tells, until it is gone; then its crawls are lost."""
        if self._process.stdout is None:
            raise AssertionError("started with pipes")
        try:
            while line := await self._process.stdout.readline():
                self._hear(json.loads(line))
        finally:
            self.kill()
            await self._process.wait()
            guilty = self.culprits or (set(self.running) if len(self.running) == 1 else set())
            for number, (order, future) in self.running.items():
                _settle(future, self._lost(order, number in guilty))
            self.running.clear()
            self.awake.set()

    def _lost(self, order: Order, guilty: bool) -> Ended:
        if not self.ready:
            reason = self.unable or "the crawler process could not be started"
            return Ended(order.profile.key, "error", reason=reason)
        reason = f"the crawler process ended with status {self._process.returncode}"
        return Ended(order.profile.key, "lost", reason=reason, guilty=guilty)

    def _hear(self, message: dict[str, Any]) -> None:
        self.heard_at = time.monotonic()
        if "unable" in message:
            self.unable = message["unable"]
        elif "beat" in message:
            self.ready, self.rss = True, message["rss"]
            self.awake.set()
        elif (found := self.running.pop(message["id"], None)) is not None:
            order, future = found
            _settle(future, _ended(order, message))
            if self.retired and not self.running:
                self.let_go()


def _ended(order: Order, message: dict[str, Any]) -> Ended:
    return Ended(
        order.profile.key,
        message["status"],
        CrawlCounts(**message.get("counts", {})),
        message.get("seconds", 0.0),
        message.get("reason"),
    )


def _settle(future: asyncio.Future[Ended], ended: Ended) -> None:
    if not future.done():
        future.set_result(ended)


class Supervisor:
    """Makes crawls in a process it starts, watches, ends and replaces. A `Starter`."""

    def __init__(
        self, setup: Setup, limits: Limits = Limits(), command: Sequence[str] = COMMAND
    ) -> None:
        self._setup, self._limits, self._command = setup, limits, command
        self._shared: _Process | None = None  # where crawls run side by side
        self._processes: set[_Process] = set()
        self._starting = asyncio.Lock()
        self._suspected: set[str] = set()
        self._numbers = count(1)
        self._closed = False
        self._watching = asyncio.create_task(self._watch())
        self.started = 0  # processes so far
        self.lost = 0  # of them ended otherwise than they should

    @property
    def memory(self) -> int:
        """The bytes of memory of all running crawler processes, as they last said."""
        return sum(process.rss for process in self._processes)

    @property
    def pids(self) -> list[int]:
        """The numbers of the running crawler processes."""
        return sorted(process.pid for process in self._processes)

    def change(self, setup: Setup) -> None:
        """Have further crawls made under another setup; those that run go on under theirs."""
        if setup != self._setup:
            self._setup = setup
            for process in self._processes:
                process.retire()

    async def crawl(self, order: Order) -> Ended:
        """Make one crawl; see `Starter`."""
        if order.profile.key in self._suspected:
            return await self._crawl_alone(order)
        async with self._starting:
            if self._shared is None or not self._shared.usable:
                self._shared = await self._start()
            process = self._shared
        return await self._crawl_in(process, order)

    async def _crawl_alone(self, order: Order) -> Ended:
        process = await self._start()
        try:
            ended = await self._crawl_in(process, order)
        finally:
            process.retire()
        if ended.status not in {"lost", "error"}:
            self._suspected.discard(order.profile.key)
        return ended

    async def _crawl_in(self, process: _Process, order: Order) -> Ended:
        if self._closed:
            return Ended(order.profile.key, "error", reason="the daemon is stopping")
        number, most = next(self._numbers), self._limits.grace * _FETCHES_SHARE
        options = replace(order.options, grace=min(order.options.grace, most))
        future = process.begin(number, replace(order, options=options))
        if process.begun >= self._limits.crawls or process.rss > self._limits.memory:
            process.retire()
        await process.awake.wait()
        await asyncio.wait({future}, timeout=order.deadline.total_seconds())
        if not future.done():
            log.warning("crawl_overdue", extra={"site": order.profile.key})
            process.cancel(number)
            await asyncio.wait({future}, timeout=self._limits.grace)
        if not future.done():
            process.culprits.add(number)
            self._end(process, f"the crawl of {order.profile.key} did not end when asked to")
        ended = await future
        if ended.status == "lost" and (ended.guilty or not process.culprits):
            self._suspected.add(order.profile.key)
        return ended

    async def _start(self) -> _Process:
        process = await _Process.start(self._command, self._setup)
        self.started += 1
        self._processes.add(process)
        process.ended.add_done_callback(lambda _: self._forget(process))
        log.info("crawler_started", extra={"pid": process.pid})
        return process

    def _forget(self, process: _Process) -> None:
        self._processes.discard(process)
        if not process.retired:
            self.lost += 1
            log.error("crawler_lost", extra={"pid": process.pid, "crawls": process.begun})

    def _end(self, process: _Process, reason: str) -> None:
        log.error("crawler_killed", extra={"pid": process.pid, "reason": reason})
        process.kill()

    async def _watch(self) -> None:
        """Kill a process that gives no sign of life: its loop hangs, and all its crawls with it."""
        while True:
            await asyncio.sleep(min(1.0, self._limits.silence / 4))
            now = time.monotonic()
            for process in list(self._processes):
                most = self._limits.silence if process.ready else self._limits.start
                if now - process.heard_at > most and not process.ended.done():
                    self._end(process, f"no sign of life for {most:.0f} s")

    async def close(self) -> None:
        """End all crawls cleanly, within the grace; then whatever is left."""
        self._closed = True
        self._watching.cancel()
        for process in self._processes:
            process.let_go()
        if ends := [process.ended for process in self._processes]:
            await asyncio.wait(ends, timeout=self._limits.grace)
        for process in list(self._processes):
            self._end(process, "it did not end when asked to")
        await asyncio.gather(*(p.ended for p in self._processes), return_exceptions=True)
