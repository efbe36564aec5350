"""From looks to commits: in order, in batches, and nothing after an error."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from crawler import pipeline
from crawler.pipeline import BATCH, Committed, Writer
from crawler.reactor import run
from news.visits import Finding, Visit
from storage.archive import Archive
from storage.errors import ArchiveError, LeaseLost
from storage.records import Lease, SeedVisit, SiteRecord

START = datetime(2026, 1, 3, tzinfo=UTC)


def visit(number: int) -> Visit:
    url = f"http://news.example.com/zj/{number}.html"
    return Visit("probe", url, START + timedelta(seconds=number), Finding.FAILED, None, "timeout")


def seed() -> SeedVisit:
    return SeedVisit("probe", "http://news.example.com/", "list", START, "read", 200)


@pytest.fixture
def lease(archive: Archive) -> Lease:
    """The right to write for one site."""
    home = "http://news.example.com/"
    archive.open_site(SiteRecord("probe", "测试网", home, "Asia/Shanghai", None, "0"))
    return archive.begin_crawl("probe", kind="manual", now=START)


class Written:
    """A writer at work, and what it said."""

    def __init__(self, archive: Archive, lease: Lease) -> None:
        self.archive, self.lease = archive, lease
        self.batches: list[Sequence[Committed]] = []
        self.errors = 0

    def put_all(self, looks: Sequence[Visit | SeedVisit], wait: float = 0) -> Writer:
        """Hand everything in, perhaps wait, close; return the writer."""

        def failed() -> None:
            self.errors += 1

        async def work() -> Writer:
            on = {"on_commit": self.batches.append, "on_error": failed}
            writer = Writer(self.archive, self.lease, lambda _: pytest.fail("reread"), **on)  # type: ignore[arg-type]
            try:
                for look in looks:
                    await writer.put(look)
                await asyncio.sleep(wait)
            finally:
                await writer.close()
            return writer

        return run(work)

    @property
    def looks(self) -> list[Visit | SeedVisit]:
        """What was committed, in order."""
        return [item.look for batch in self.batches for item in batch]


@pytest.fixture
def written(archive: Archive, lease: Lease) -> Written:
    """A writer on the archive."""
    return Written(archive, lease)


def test_everything_is_committed_once_and_in_order(written: Written) -> None:
    looks = [seed(), *map(visit, range(250))]
    written.put_all(looks)
    assert written.looks == looks
    assert max(map(len, written.batches)) <= BATCH


def test_close_writes_what_waits(written: Written) -> None:
    written.put_all([visit(1)])
    assert written.looks == [visit(1)]


def test_what_is_recorded_twice_is_acknowledged_twice_and_stored_once(written: Written) -> None:
    written.put_all([visit(1)])
    written.put_all([visit(1)])
    repeated = [item.recorded.repeated for batch in written.batches for item in batch]  # type: ignore[union-attr]
    assert repeated == [False, True]


def test_after_an_error_nothing_more_is_taken_or_acknowledged(
    written: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(*_: Any) -> None:
        raise LeaseLost("taken over")

    monkeypatch.setattr(written.archive, "record_many", lost)
    with pytest.raises(ArchiveError, match="taken over"):
        written.put_all([visit(number) for number in range(5000)])
    assert (written.looks, written.errors) == ([], 1)


def test_a_spider_that_is_faster_than_the_archive_has_to_wait(
    written: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "_MOST_WAITING", 3)
    looks = [visit(number) for number in range(20)]
    written.put_all(looks)
    assert written.looks == looks
    assert max(map(len, written.batches)) <= 3


def test_the_lease_is_renewed_while_nothing_is_written(
    written: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    renewed: list[Lease] = []
    monkeypatch.setattr(pipeline, "RENEW_SECONDS", 0.01)
    monkeypatch.setattr(written.archive, "renew", renewed.append)
    written.put_all([], wait=0.1)
    assert len(renewed) > 1


def test_a_lease_that_is_lost_while_nothing_is_written_ends_the_writing(
    written: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "RENEW_SECONDS", 0.01)
    with written.archive._engine.begin() as connection:
        connection.exec_driver_sql("UPDATE site_state SET lease_token = 99")
    writer = written.put_all([], wait=0.1)
    assert isinstance(writer.error, LeaseLost)
    assert written.errors == 1
