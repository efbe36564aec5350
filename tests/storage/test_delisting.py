"""Articles taken off the lists while they are served: told of, apart from those that aged off."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy.engine import Engine

from news.article import Precision, PrintedTime
from news.visits import Finding, Reason
from storage.archive import Archive
from storage.history import article_history
from storage.records import SeedVisit
from tests.storage.newsroom import CHINA, SITE, article, at, never_reread, other_visit, read_visit

LIST = "http://news.example.com/list.html"


def dated(number: int) -> PrintedTime:
    return PrintedTime(
        datetime(2026, 10, 1, 8, tzinfo=CHINA) + timedelta(days=number), Precision.MINUTE
    )


class Lists:
    """A site whose list is read once an hour."""

    def __init__(self, archive: Archive) -> None:
        self.archive, self.hour = archive, 0

    def crawl(
        self, numbers: Iterable[int], *, url: str = LIST, outcome: str = "read", ends: bool = True
    ) -> None:
        """Read the list, which names these articles; look at those that are new."""
        self.hour += 1
        now = at(60 * self.hour)
        lease = self.archive.begin_crawl(SITE.key, kind="test", now=now)
        links = tuple(article(str(n)).url for n in numbers)
        seed = SeedVisit(SITE.key, url, "list", now, outcome, 200, links=links, ends=ends)
        self.archive.record_seed(seed, lease)
        known = self.archive.known(SITE.key, links)
        reads = [
            read_visit(article(str(n), published_at=dated(n)), 60 * self.hour + 1)
            for n in numbers
            if known[article(str(n)).url].body_digest is None
        ]
        self.archive.record_many(reads, never_reread, lease)
        self.archive.take_stock(lease, now + timedelta(minutes=2))
        self.archive.end_crawl(lease, now=now, status="success", counts={})


@pytest.fixture
def lists(archive: Archive) -> Lists:
    return Lists(archive)


def kinds(engine: Engine, number: int) -> list[str]:
    found = article_history(engine, article(str(number)).url)
    assert found is not None
    return [event.kind for event in found.events]


def without(number: int) -> list[int]:
    return [n for n in range(12) if n != number]


def test_an_article_that_two_whole_reads_do_not_find_among_older_ones_was_delisted(
    lists: Lists, engine: Engine
) -> None:
    lists.crawl(range(12))
    lists.crawl(without(8))
    assert kinds(engine, 8) == ["first_read"], "lists shift while they are read"
    lists.crawl(without(8))
    lists.crawl(without(8))
    assert kinds(engine, 8) == ["first_read", "delisted"]
    found = article_history(engine, article("8").url)
    assert found is not None
    assert found.state == "live"
    assert (found.events[1].last_seen_at, found.events[1].first_missing_at) == (at(60), at(120))
    lists.crawl(range(12))
    assert kinds(engine, 8) == ["first_read", "delisted", "relisted"]


def test_what_ages_off_a_list_was_not_delisted(lists: Lists, engine: Engine) -> None:
    for start in range(6):
        lists.crawl(range(start, start + 12))
    for number in range(6):
        assert kinds(engine, number) == ["first_read"]


@pytest.mark.parametrize("how", [{"outcome": "failed"}, {"outcome": "blocked"}, {"ends": False}])
def test_lists_that_were_not_read_whole_prove_nothing(
    lists: Lists, engine: Engine, how: dict[str, object]
) -> None:
    lists.crawl(range(12))
    for _ in range(3):
        lists.crawl(without(8) if "ends" in how else [], **how)  # type: ignore[arg-type]
    assert kinds(engine, 8) == ["first_read"]


def test_what_another_list_names_is_listed(lists: Lists, engine: Engine) -> None:
    other = LIST.replace("list", "other")
    lists.crawl(range(12))
    for _ in range(3):
        lists.crawl(without(8))
        lists.crawl([8, *range(4)], url=other)
    assert kinds(engine, 8) == ["first_read"]


def test_a_removed_article_is_removed_and_not_delisted(
    lists: Lists, engine: Engine, archive: Archive
) -> None:
    lists.crawl(range(12))
    lease = archive.begin_crawl(SITE.key, kind="test", now=at(90))
    gone = replace(other_visit(Finding.MISSING, 90, "8", Reason.GONE), status=410)
    archive.record(gone, never_reread, lease)
    archive.end_crawl(lease, now=at(91), status="success", counts={})
    for _ in range(3):
        lists.crawl(without(8))
    assert kinds(engine, 8) == ["first_read", "removed"]
