"""What a site's own signs of change have proved worth, and its silences."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from news.visits import Finding
from storage.archive import Archive
from storage.records import Lease, SeedVisit
from tests.storage.newsroom import (
    SITE,
    START,
    article,
    at,
    never_reread,
    other_visit,
    read_visit,
    url_of,
)

FEED = SITE.home_url + "feed.xml"


def rows(archive: Archive, sql: str, **values: Any) -> list[tuple[Any, ...]]:
    with archive._engine.connect() as connection:
        return [tuple(row) for row in connection.execute(sa.text(sql), values)]


def key(archive: Archive) -> float:
    return float(rows(archive, "SELECT next_key FROM article_state")[0][0])


def state(archive: Archive, minutes: float, stated: float, lease: Lease) -> None:
    """Let the feed say that the article was modified at a minute."""
    look = SeedVisit(SITE.key, FEED, "feed", at(minutes), "read", links=(url_of("1"),))
    stated_at = ((url_of("1"), at(stated)),)
    look = SeedVisit(
        **{name: getattr(look, name) for name in look.__slots__} | {"stated": stated_at}
    )
    archive.record_seed(look, lease)


def habits(archive: Archive) -> tuple[Any, ...]:
    names = "announced, unannounced, false_signals"
    return rows(archive, f"SELECT {names} FROM site_habits")[0]


@pytest.fixture
def followed(archive: Archive, lease: Lease) -> Archive:
    """An article that was read at minute 60, and of which the feed says nothing new."""
    archive.record(read_visit(article(), 60), never_reread, lease)
    state(archive, 61, 0, lease)
    return archive


def test_a_statement_that_is_news_pulls_the_next_look_forward(
    followed: Archive, lease: Lease
) -> None:
    before = key(followed)
    state(followed, 90, 80, lease)
    assert 0 < key(followed) < before


@pytest.mark.parametrize("stated", [-60, 0], ids=["an older one", "the same"])
def test_a_statement_that_is_no_news_moves_nothing(
    followed: Archive, lease: Lease, stated: float
) -> None:
    before = key(followed)
    state(followed, 90, stated, lease)
    assert key(followed) == before
    assert rows(followed, "SELECT signalled_at FROM article_state") == [(None,)]


def test_a_first_statement_later_than_the_last_look_is_news(archive: Archive, lease: Lease) -> None:
    archive.record(read_visit(article(), 0), never_reread, lease)
    before = key(archive)
    state(archive, 30, 20, lease)
    assert key(archive) < before


def test_what_a_look_finds_is_counted_for_the_signals(followed: Archive, lease: Lease) -> None:
    state(followed, 90, 80, lease)
    followed.record(read_visit(article(text="大桥明日通车。"), 100), never_reread, lease)
    assert habits(followed) == (1, 0, 0)
    followed.record(read_visit(article(text="大桥后日通车。"), 200), never_reread, lease)
    assert habits(followed) == (1, 1, 0)
    state(followed, 300, 290, lease)
    followed.record(read_visit(article(text="大桥后日通车。"), 310), never_reread, lease)
    assert habits(followed) == (1, 1, 1)


def test_a_site_whose_statements_mean_nothing_is_not_heeded(
    followed: Archive, lease: Lease
) -> None:
    with followed._engine.begin() as connection:
        sql = "UPDATE site_habits SET false_signals = 5000, unannounced = 500, stated_hours = 1000"
        connection.exec_driver_sql(sql)
    before = key(followed)
    state(followed, 90, 80, lease)
    assert key(followed) > 0.9 * before


def test_a_look_that_failed_leaves_the_signal_standing(followed: Archive, lease: Lease) -> None:
    state(followed, 90, 80, lease)
    followed.record(other_visit(Finding.BLOCKED, 100), never_reread, lease)
    assert rows(followed, "SELECT signalled_at FROM article_state") != [(None,)]
    assert habits(followed) == (0, 0, 0)


class TestSilence:
    """A site gone quiet is told once, and once that it speaks again."""

    @pytest.fixture
    def busy(self, archive: Archive, lease: Lease) -> Iterator[Archive]:
        """Six weeks in which an article came every hour."""
        self.look(archive, lease, 0)
        (site_id,) = rows(archive, "SELECT id FROM sites")[0]
        begin = START.replace(minute=0) - timedelta(weeks=6)
        with archive._engine.begin() as connection:
            from storage.tables import seed_hours  # noqa: PLC0415

            given = [
                {
                    "site_id": site_id,
                    "hour_at": begin + timedelta(hours=hour),
                    "looks": 4,
                    "new_links": 1,
                }
                for hour in range(6 * 7 * 24)
            ]
            connection.execute(seed_hours.insert(), given)
        return archive

    def look(self, archive: Archive, lease: Lease, hour: float, *names: str, **more: Any) -> None:
        links = tuple(map(url_of, names))
        given = {"outcome": "read"} | more
        visit = SeedVisit(SITE.key, FEED, "feed", at(60 * hour), links=links, **given)
        archive.record_seed(visit, lease)

    def told(self, archive: Archive) -> list[str]:
        sql = "SELECT kind FROM events WHERE article_id IS NULL ORDER BY id"
        return [kind for (kind,) in rows(archive, sql)]

    def test_it_is_told_once_and_its_end_too(self, busy: Archive, lease: Lease) -> None:
        for hour in range(1, 30):
            self.look(busy, lease, hour)
        assert self.told(busy) == ["gone_quiet"]
        self.look(busy, lease, 30, "9")
        self.look(busy, lease, 31, "9", "10")
        assert self.told(busy) == ["gone_quiet", "resumed"]

    def test_a_few_hours_are_no_silence(self, busy: Archive, lease: Lease) -> None:
        for hour in range(1, 6):
            self.look(busy, lease, hour)
        assert self.told(busy) == []

    def test_looks_that_failed_see_no_silence(self, busy: Archive, lease: Lease) -> None:
        for hour in range(1, 60):
            self.look(busy, lease, hour, outcome="failed", reason="timeout")
        assert self.told(busy) == []

    def test_what_a_first_look_finds_is_no_rhythm(self, archive: Archive, lease: Lease) -> None:
        self.look(archive, lease, 0, "1", "2", "3")
        self.look(archive, lease, 0.1, "1", "2", "3", "4")
        assert rows(archive, "SELECT looks, new_links FROM seed_hours") == [(2, 1)]
