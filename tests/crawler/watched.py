"""A fault server as a watched site: crawl it, and ask the archive what it came to."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from faultserver import Answer, FaultServer, list_page, reply

from crawler.run import CrawlCounts, CrawlOptions, CrawlSummary, crawl, run
from crawler.sites.profile import Politeness, SiteProfile, generic_profile
from storage.archive import Archive


@dataclass
class Clock:
    """A clock that moves a millisecond a look, and further when told to."""

    now: datetime = datetime(2026, 1, 3, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(milliseconds=1)
        return self.now


@dataclass
class Watched:
    """One site on loopback, without delay, with its archive and clock."""

    archive: Archive
    server: FaultServer
    clock: Clock = field(default_factory=Clock)
    changes: dict[str, Any] = field(default_factory=dict)  # to the profile

    @property
    def profile(self) -> SiteProfile:
        """The profile: generic, with the front page as seed, and no delay."""
        politeness = Politeness(delay=0.0, concurrency=4)
        found = generic_profile(self.server.base + "/")
        return found.model_copy(update={"politeness": politeness, **self.changes})

    def publish(self, **answers: Answer | str) -> None:
        """Serve articles at /zj/NAME.html and list them on the front page."""
        paths = {f"/zj/{name}.html": answer for name, answer in answers.items()}
        for path, answer in paths.items():
            self.server.answers[path] = reply(answer) if isinstance(answer, str) else answer
        self.server.answers["/"] = reply(list_page(*paths))

    def crawl(
        self,
        *,
        later: timedelta = timedelta(hours=1),
        on_progress: Callable[[CrawlCounts], None] | None = None,
        **options: Any,
    ) -> CrawlSummary:
        """Let time pass, and crawl once."""
        self.clock.now += later
        return run(lambda: self.crawling(on_progress, **options))

    async def crawling(
        self, on_progress: Callable[[CrawlCounts], None] | None = None, **options: Any
    ) -> CrawlSummary:
        """Crawl once, within a run."""
        given = replace(CrawlOptions(allow_addresses=frozenset({self.server.address})), **options)
        return await crawl(
            self.archive,
            self.profile,
            options=given,
            clock=self.clock,
            on_progress=on_progress,
        )

    def rows(self, sql: str, **values: Any) -> list[tuple[Any, ...]]:
        """Ask the archive's database."""
        with self.archive._engine.connect() as connection:
            return [tuple(row) for row in connection.execute(sa.text(sql), values)]

    def visits(self, name: str) -> list[tuple[str, str | None]]:
        """Return outcome and reason of each look at an article, in order."""
        sql = (
            "SELECT v.outcome, v.reason FROM visits v JOIN article_urls u USING (article_id)"
            " WHERE u.url = :url ORDER BY v.visited_at"
        )
        return [tuple(row) for row in self.rows(sql, url=f"{self.server.base}/zj/{name}.html")]  # type: ignore[misc]

    def count(self, table: str) -> int:
        """Return the number of rows of a table."""
        return int(self.rows(f"SELECT count(*) FROM {table}")[0][0])
