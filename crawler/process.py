"""The crawler process: takes orders on standard input, crawls many sites at once, tells the ends.

Started by `crawler.supervisor`, never by hand. Both ways one JSON object a line: first where the
archive is, then orders; back come signs of life and what each crawl came to. When the input ends,
because the daemon stops or has died, running crawls end cleanly and so does the process.
"""

import asyncio
import json
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

import psutil

from crawler.crawls import CrawlSummary
from crawler.logs import set_up_logs
from crawler.orders import read_order
from crawler.run import crawl, run
from news.versions import Policy
from storage.archive import Archive
from storage.engine import open_engine
from storage.errors import ArchiveError, SiteBusy

BEAT_SECONDS = 1.0
LONGEST_LINE = 16 * 1024 * 1024  # bytes

Tell = Callable[[dict[str, Any]], None]


def main() -> None:
    """Serve the process that started this one, until it lets go."""
    tell = _teller()
    with open(0, "rb", buffering=0, closefd=False) as channel:
        hello = json.loads(channel.readline())
    set_up_logs(hello["log_format"])
    policy = Policy(confirm_after=timedelta(seconds=hello["confirm_after"]))
    try:
        archive = Archive(open_engine(hello["database"], create=False), policy)
    except ArchiveError as error:
        tell({"unable": str(error)})
        sys.exit(1)
    run(lambda: Worker(archive, tell).serve())


def _teller() -> Tell:
    """Keep standard output for the daemon alone: what else is printed goes to standard error."""
    channel = os.dup(1)
    os.dup2(2, 1)

    def tell(message: dict[str, Any]) -> None:
        with suppress(BrokenPipeError):  # nobody is left to tell; the end of the input says so
            os.write(channel, json.dumps(message).encode() + b"\n")

    return tell


class Worker:
    """Crawls what is ordered, as many at once as are ordered."""

    def __init__(self, archive: Archive, tell: Tell) -> None:
        self._archive, self._tell = archive, tell
        self._running: dict[int, asyncio.Task[None]] = {}

    async def serve(self) -> None:
        """Take orders until the input ends; then end what runs."""
        reader = asyncio.StreamReader(limit=LONGEST_LINE)
        protocol = asyncio.StreamReaderProtocol(reader)
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: protocol, sys.stdin
        )
        beating = asyncio.create_task(self._beat())
        try:
            while line := await reader.readline():
                self._take(json.loads(line))
        finally:
            for task in self._running.values():
                task.cancel()
            await asyncio.gather(*self._running.values(), return_exceptions=True)
            beating.cancel()
            transport.close()

    def _take(self, message: dict[str, Any]) -> None:
        number = message["id"]
        if message.get("cancel"):
            if number in self._running:
                self._running[number].cancel()
            return
        task = asyncio.create_task(self._crawl(number, message))
        self._running[number] = task
        task.add_done_callback(lambda _: self._let_go(number, task))

    def _let_go(self, number: int, task: asyncio.Task[None]) -> None:
        self._running.pop(number, None)
        if task.cancelled():  # before it had begun
            self._tell({"id": number, "status": "partial", "reason": "ended before its time"})

    async def _crawl(self, number: int, message: dict[str, Any]) -> None:
        try:
            profile, options = read_order(message)
            summary = await crawl(self._archive, profile, options=options, clock=_clock)
        except asyncio.CancelledError:
            self._tell({"id": number, "status": "partial", "reason": "ended before its time"})
        except SiteBusy as busy:
            self._tell({"id": number, "status": "busy", "reason": str(busy)})
        except ArchiveError as error:
            self._tell({"id": number, "status": "error", "reason": str(error)})
        except Exception as error:  # noqa: BLE001 - one crawl's fault must not end the others
            self._tell({"id": number, "status": "error", "reason": repr(error)})
        else:
            self._tell({"id": number, **_account(summary)})

    async def _beat(self) -> None:
        """Say that the loop turns, and how much memory the process has."""
        process = psutil.Process()
        while True:
            self._tell({"beat": len(self._running), "rss": process.memory_info().rss})
            await asyncio.sleep(BEAT_SECONDS)


def _account(summary: CrawlSummary) -> dict[str, Any]:
    first = next(iter(summary.failures), None)
    return {
        "status": summary.status,
        "counts": asdict(summary.counts),
        "seconds": (summary.ended_at - summary.started_at).total_seconds(),
        "reason": f"{first[1]}: {first[0]}" if first else None,
    }


def _clock() -> datetime:
    return datetime.now(UTC)


if __name__ == "__main__":
    main()
