"""From looks to commits: visits are written in batches by one thread, and count once committed."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import TypeVar

from news.validators import ValidatorTrust
from news.visits import Visit
from storage.archive import Archive
from storage.errors import ArchiveError
from storage.records import KnownAddress, KnownSeed, Lease, Recorded, Reread, SeedVisit

BATCH = 100  # visits that share a commit at most
BATCH_SECONDS = 0.05  # how long the first of a batch waits for the others at most
RENEW_SECONDS = 20.0  # a third of a lease's life
# What may wait to be written; beyond it the spider waits, and with it the downloads.
_MOST_WAITING = 500
_MOST_BYTES_WAITING = 64 * 1024 * 1024

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Committed:
    """One look that is in the archive for good; `recorded` is None for a look at a seed."""

    look: Visit | SeedVisit
    recorded: Recorded | None = None


class Writer:
    """The only way from a crawl to the archive. One thread does all of a crawl's database work.

    An error of the archive ends the writing: it is kept in `error`, `on_error` is called once, and
    whatever is handed in later is refused.
    """

    def __init__(
        self,
        archive: Archive,
        lease: Lease,
        reread: Reread,
        *,
        on_commit: Callable[[Sequence[Committed]], None],
        on_error: Callable[[], None],
    ) -> None:
        self._archive, self._lease, self._reread = archive, lease, reread
        self._on_commit, self._on_error = on_commit, on_error
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="archive")
        self._waiting: list[Visit | SeedVisit] = []
        self._bytes = 0
        self._closing = False
        self._changed = asyncio.Condition()
        self.error: Exception | None = None
        self._tasks = [asyncio.create_task(self._write()), asyncio.create_task(self._renew())]

    async def put(self, look: Visit | SeedVisit) -> None:
        """Hand in a look; waits while too much is waiting. Raises `ArchiveError` after an error."""
        async with self._changed:
            await self._changed.wait_for(self._has_room)
            if self.error is not None:
                raise ArchiveError(f"the archive takes no more: {self.error}")
            self._waiting.append(look)
            self._bytes += _weight(look)
            self._changed.notify_all()

    async def known(self, site: str, urls: Iterable[str]) -> dict[str, KnownAddress]:
        """Return what the archive knows of these addresses; unknown ones are left out."""
        wanted = tuple(urls)
        return await self._ask(lambda: self._archive.known(site, wanted))

    async def due(self, site: str, now: datetime, limit: int) -> list[KnownAddress]:
        """Return the articles whose turn it is, in order."""
        return await self._ask(lambda: self._archive.due(site, now, limit=limit))

    async def unread(self, site: str, limit: int) -> list[KnownAddress]:
        """Return the articles that were announced and never looked at."""
        return await self._ask(lambda: self._archive.unread(site, limit=limit))

    async def suspects(self, site: str, now: datetime, limit: int) -> list[KnownAddress]:
        """Return the articles whose removal may be confirmed now."""
        return await self._ask(lambda: self._archive.suspects(site, now, limit=limit))

    async def validator_trust(self, site: str) -> ValidatorTrust:
        """Return what the site's validators have shown so far."""
        return await self._ask(lambda: self._archive.validator_trust(site))

    async def known_seeds(self, site: str) -> dict[str, KnownSeed]:
        """Return the site's seeds, their pages and parts, by address."""
        return await self._ask(lambda: self._archive.known_seeds(site))

    async def due_seeds(self, site: str, now: datetime, limit: int) -> list[KnownSeed]:
        """Return the seeds whose look is due, the longest overdue first."""
        return await self._ask(lambda: self._archive.due_seeds(site, now, limit=limit))

    async def probe_due(self, site: str, now: datetime) -> bool:
        """Tell whether it is time to see what the site shows where there is nothing."""
        return await self._ask(lambda: self._archive.probe_due(site, now))

    async def record_probe(self, now: datetime, *, text: str | None, led_to: str | None) -> None:
        """Remember what the site shows where there is nothing."""
        await self._ask(
            lambda: self._archive.record_probe(self._lease, now, text=text, led_to=led_to)
        )

    async def close(self) -> None:
        """Write what waits, and end; no error is raised here, see `error`."""
        async with self._changed:
            self._closing = True
            self._changed.notify_all()
        writing, renewing = self._tasks
        await writing
        renewing.cancel()
        with suppress(asyncio.CancelledError):
            await renewing
        self._thread.shutdown(wait=False)

    async def _ask(self, question: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, question)

    def _has_room(self) -> bool:
        room = len(self._waiting) < _MOST_WAITING and self._bytes < _MOST_BYTES_WAITING
        return room or self.error is not None

    async def _write(self) -> None:
        while batch := await self._next_batch():
            if self.error is not None:
                continue
            try:
                committed = await self._ask(lambda batch=batch: self._commit(batch))  # type: ignore[misc]
            except Exception as error:  # noqa: BLE001 - any error of a database ends the crawl
                await self._fail(error)
            else:
                self._on_commit(committed)

    async def _next_batch(self) -> list[Visit | SeedVisit]:
        """Return up to `BATCH` looks, the first of which waited `BATCH_SECONDS`; [] at the end."""
        async with self._changed:
            await self._changed.wait_for(lambda: self._waiting or self._closing)
            with suppress(TimeoutError):
                async with asyncio.timeout(BATCH_SECONDS):
                    await self._changed.wait_for(
                        lambda: len(self._waiting) >= BATCH or self._closing
                    )
            batch, self._waiting = self._waiting[:BATCH], self._waiting[BATCH:]
            self._bytes -= sum(map(_weight, batch))
            self._changed.notify_all()
            return batch

    def _commit(self, batch: Sequence[Visit | SeedVisit]) -> list[Committed]:
        """Write a batch in its order: a seed's links exist before the visits they led to."""
        done: list[Committed] = []
        for _, group in groupby(batch, key=type):
            looks = list(group)
            visits = [look for look in looks if isinstance(look, Visit)]
            if visits:
                recorded = self._archive.record_many(visits, self._reread, self._lease)
                done += map(Committed, visits, recorded)
            for seed in (look for look in looks if isinstance(look, SeedVisit)):
                self._archive.record_seed(seed, self._lease)
                done.append(Committed(seed))
        return done

    async def _renew(self) -> None:
        """Keep the lease. A loop that hangs longer than the lease lives is meant to lose it."""
        while self.error is None:
            await asyncio.sleep(RENEW_SECONDS)
            try:
                await self._ask(lambda: self._archive.renew(self._lease))
            except Exception as error:  # noqa: BLE001 - as above
                await self._fail(error)

    async def _fail(self, error: Exception) -> None:
        if self.error is not None:
            return
        self.error = error
        async with self._changed:
            self._changed.notify_all()
        self._on_error()


def _weight(look: Visit | SeedVisit) -> int:
    return len(look.page.body) if isinstance(look, Visit) and look.page else 0
