"""Seeds in the archive: which are due, what their looks saw, and what is learned from that."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from news.visits import Validators
from storage.archive import Archive
from storage.records import Lease, SeedRecord, SeedVisit
from tests.storage.newsroom import SITE, at, url_of

FRONT = SITE.home_url
FEED = FRONT + "feed.xml"
PROFILE = (SeedRecord(FRONT), SeedRecord(FEED, "feed"))


@pytest.fixture
def seeded(archive: Archive) -> Archive:
    archive.enter_seeds(SITE.key, PROFILE, at(0))
    return archive


def look(minutes: float, *names: str, url: str = FRONT, **more: Any) -> SeedVisit:
    kind = "feed" if url == FEED else "list"
    given = {"outcome": "read"} | more
    return SeedVisit(SITE.key, url, kind, at(minutes), links=tuple(map(url_of, names)), **given)


def due(archive: Archive, minutes: float) -> list[str]:
    return [seed.url for seed in archive.due_seeds(SITE.key, at(minutes), limit=10)]


def rows(archive: Archive, sql: str) -> list[tuple[Any, ...]]:
    with archive._engine.connect() as connection:
        return [tuple(row) for row in connection.execute(sa.text(sql))]


def test_the_seeds_of_a_profile_are_due_at_once_and_in_their_order(seeded: Archive) -> None:
    assert due(seeded, 0) == [FRONT, FEED]
    assert due(seeded, -1) == []
    assert [s.url for s in seeded.due_seeds(SITE.key, at(0), limit=1)] == [FRONT]
    assert seeded.next_seeds() == {SITE.key: at(0)}


def test_one_that_was_looked_at_is_due_again_after_its_interval(
    seeded: Archive, lease: Lease
) -> None:
    seeded.record_seed(look(1, "1", "2"), lease)
    assert due(seeded, 5) == [FEED]
    assert due(seeded, 60 * 24) == [FEED, FRONT]


def test_a_busy_seed_is_due_sooner_than_a_quiet_one(seeded: Archive, lease: Lease) -> None:
    for n in range(8):
        seeded.record_seed(look(60 * n, *(f"{n}{i}" for i in range(9))), lease)
        seeded.record_seed(look(60 * n, "00", url=FEED), lease)
    known = seeded.known_seeds(SITE.key)
    assert at(0) < known[FRONT].due_at < known[FEED].due_at  # type: ignore[operator]


def test_a_seed_that_fails_waits_longer_each_time(seeded: Archive, lease: Lease) -> None:
    waits = []
    for n in range(4):
        moment = at(1000 * n)
        seeded.record_seed(look(1000 * n, outcome="failed", reason="timeout"), lease)
        due_at = seeded.known_seeds(SITE.key)[FRONT].due_at
        assert due_at is not None
        waits.append(due_at - moment)
    assert waits == sorted(set(waits))
    assert waits[-1] <= timedelta(days=1)


def test_a_seed_that_left_the_profile_is_due_no_more_and_returns_with_it(seeded: Archive) -> None:
    seeded.enter_seeds(SITE.key, PROFILE[:1], at(5))
    assert due(seeded, 60) == [FRONT]
    seeded.enter_seeds(SITE.key, PROFILE, at(9))
    assert due(seeded, 60) == [FRONT, FEED]


def test_entering_the_same_seeds_again_changes_nothing(seeded: Archive, lease: Lease) -> None:
    seeded.record_seed(look(1, "1"), lease)
    before = seeded.known_seeds(SITE.key)
    seeded.enter_seeds(SITE.key, PROFILE, at(50))
    assert seeded.known_seeds(SITE.key) == before


def test_further_pages_are_not_due_by_themselves_and_name_their_seed(
    seeded: Archive, lease: Lease
) -> None:
    second = FRONT + "index_2.html"
    seeded.record_seed(look(1, "1", url=second, part_of=FRONT, ends=True), lease)
    assert second not in due(seeded, 10**5)
    assert seeded.known_seeds(SITE.key)[FRONT].read_to_end_at == at(1)
    sql = "SELECT p.url FROM seeds s JOIN seeds p ON p.id = s.part_of_id"
    assert rows(seeded, sql) == [(FRONT,)]


def test_discovered_seeds_are_watched_from_then_on(seeded: Archive, lease: Lease) -> None:
    found = SeedRecord(FRONT + "sitemap.xml", "sitemap", "robots")
    seeded.record_seed(look(1, discovered=(found,)), lease)
    seeded.enter_seeds(SITE.key, PROFILE, at(2))
    assert found.url in due(seeded, 3)
    assert seeded.known_seeds(SITE.key)[found.url].origin == "robots"


def test_each_look_tells_what_it_saw(seeded: Archive, lease: Lease) -> None:
    seeded.record_seed(look(1, "1", "2"), lease)
    seeded.record_seed(look(2, "2", "3", found=90, foreign=70, refused=5), lease)
    sql = "SELECT links, matched_links, new_links, foreign_links, refused_links FROM seed_visits"
    assert rows(seeded, sql + " ORDER BY visited_at") == [(2, 2, 2, 0, 0), (90, 2, 1, 70, 5)]


def test_the_same_look_twice_is_one_look(seeded: Archive, lease: Lease) -> None:
    assert [seeded.record_seed(look(1, "1"), lease) for _ in range(2)] == [1, 1]
    assert rows(seeded, "SELECT count(*) FROM seed_visits") == [(1,)]


def test_validators_are_those_of_the_last_page_that_was_read(seeded: Archive, lease: Lease) -> None:
    seeded.record_seed(look(1, validators=Validators('"a"', "Mon"), body_digest="d"), lease)
    seeded.record_seed(look(2, outcome="blocked", validators=Validators('"b"')), lease)
    known = seeded.known_seeds(SITE.key)[FRONT]
    assert (known.validators, known.body_digest) == (Validators('"a"', "Mon"), "d")


@pytest.mark.parametrize("outcome", ["unchanged", "not_modified"])
def test_what_an_unchanged_seed_listed_is_listed_still(
    seeded: Archive, lease: Lease, outcome: str
) -> None:
    seeded.record_seed(look(1, "1", "2"), lease)
    seeded.record_seed(look(2, "2"), lease)
    seeded.record_seed(look(3, outcome=outcome), lease)
    found = seeded._engine.connect()
    with found as connection:
        query = "SELECT last_seen_at FROM listings ORDER BY article_id"
        first, second = (str(row[0]) for row in connection.execute(sa.text(query)))
    assert first < second
    assert str(at(3))[14:19] in second.replace("T", " ")
