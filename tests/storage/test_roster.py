"""How sites stand outlives crawls and processes; what is due can be told from the database."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from news.backoff import Answers, CircuitState
from news.visits import Finding
from storage.archive import Archive
from storage.engine import reading
from storage.errors import ArchiveError
from storage.records import Lease
from storage.roster import Roster, WatchedSite
from storage.tables import crawls, gaps
from tests.storage.newsroom import SITE, article, at, never_reread, other_visit, read_visit

WELL = Answers(asked=True, answered=True)
DEAD = Answers(asked=True, reason="timeout")
SITES = [replace(SITE, key=key, name=key, home_url=f"http://{key}.example/") for key in "abc"]


@pytest.fixture
def three(engine: Engine) -> Archive:
    archive = Archive(engine)
    for site in SITES:
        archive.open_site(site)
    return archive


def crawled(archive: Archive, key: str, answers: Answers, minute: int) -> Lease:
    lease = archive.begin_crawl(key, kind="test", now=at(minute))
    archive.end_crawl(
        lease,
        now=at(minute + 1),
        status="success",
        counts={},
        answers=answers,
        seeds_read_at=at(minute),
    )
    return lease


def site(engine: Engine, key: str) -> WatchedSite:
    return next(found for found in Roster(engine).sites() if found.key == key)


def test_a_circuit_outlives_the_crawl_and_the_process(engine: Engine, three: Archive) -> None:
    crawled(three, "a", DEAD, 0)
    found = site(engine, "a")
    assert found.standing.circuit is CircuitState.OPEN
    assert found.standing.reason == "timeout"
    assert found.seeds_read_at is None, "its seeds are still to be read"
    assert not found.may_be_asked(at(2))
    assert found.may_be_asked(at(30))


def test_a_crawl_of_a_site_that_failed_is_a_probe_until_one_gets_through(
    engine: Engine, three: Archive
) -> None:
    assert not crawled(three, "a", DEAD, 0).probe
    assert three.begin_crawl("a", kind="test", now=at(60)).probe
    assert site(engine, "a").standing.circuit is CircuitState.HALF_OPEN


def test_one_that_answers_again_is_asked_as_ever(engine: Engine, three: Archive) -> None:
    crawled(three, "a", DEAD, 0)
    crawled(three, "a", WELL, 60)
    found = site(engine, "a")
    assert (found.standing.circuit, found.standing.failures) == (CircuitState.CLOSED, 0)
    assert found.standing.answered_at == at(61)
    assert not crawled(three, "a", WELL, 120).probe


def outages(engine: Engine) -> list[tuple[object, ...]]:
    columns = (gaps.c.kind, gaps.c.began_at, gaps.c.ended_at)
    with reading(engine) as connection:
        return [tuple(row) for row in connection.execute(sa.select(*columns))]


def test_when_the_network_is_gone_no_circuit_stays_open_and_one_gap_tells(
    engine: Engine, three: Archive
) -> None:
    for key in "abc":
        crawled(three, key, WELL, 0)
    for minute, key in enumerate("abcabc", 60):
        crawled(three, key, DEAD, minute)
    assert [s.standing.circuit for s in Roster(engine).sites()] == [CircuitState.CLOSED] * 3
    assert Roster(engine).outage_since() == at(61)
    crawled(three, "b", WELL, 120)
    assert outages(engine) == [("network", at(61), at(121))]
    assert all(s.may_be_asked(at(122)) for s in Roster(engine).sites())
    crawled(three, "a", DEAD, 130)
    assert not site(engine, "a").may_be_asked(at(132)), "the network is back: that is theirs"


def test_one_dead_site_among_living_ones_is_no_outage(engine: Engine, three: Archive) -> None:
    for key in "abc":
        crawled(three, key, WELL, 0)
    crawled(three, "a", DEAD, 60)
    crawled(three, "b", WELL, 61)
    crawled(three, "a", DEAD, 90)
    assert Roster(engine).outage_since() is None
    assert site(engine, "a").standing.failures == 2


def test_a_paused_site_is_not_asked_and_resumed_with_a_clean_slate(
    engine: Engine, three: Archive
) -> None:
    roster = Roster(engine)
    crawled(three, "a", DEAD, 0)
    assert roster.pause("a", at(2))
    assert not roster.pause("a", at(3)), "it is already"
    assert site(engine, "a").paused_at == at(2)
    assert not site(engine, "a").may_be_asked(at(999))
    assert roster.resume("a")
    assert not roster.resume("a")
    assert site(engine, "a").may_be_asked(at(3)), "its circuit is closed too"
    with pytest.raises(ArchiveError, match="nowhere"):
        roster.pause("nowhere", at(4))


def test_a_crash_is_the_sites_doing_and_counts_up(engine: Engine, three: Archive) -> None:
    roster = Roster(engine)
    waits = []
    for _ in range(3):
        standing = roster.note_crash("a", at(0))
        assert standing.until is not None
        waits.append(standing.until - at(0))
    assert standing.failures == 3
    assert standing.reason == "crashed"
    assert waits == sorted(set(waits))


def test_looks_at_known_articles_come_out_of_the_budget(engine: Engine, three: Archive) -> None:
    for minute in (-60, 0):
        lease = three.begin_crawl("a", kind="looks", now=at(minute), looks_per_day=240)
        if minute:
            three.end_crawl(lease, now=at(minute + 1), status="success", counts={})
    visits = [
        replace(read_visit(article(str(n)), 1), site="a", url=f"http://a.example/{n}")
        for n in range(4)
    ]
    three.record_many(visits, never_reread, lease)
    assert site(engine, "a").looks_left == 10, "first readings are not due, and cost nothing"
    again = [
        replace(visit, visited_at=at(40), finding=Finding.SAME_BYTES, article=None, page=None)
        for visit in visits
    ]
    three.record_many([replace(v, scheduled=True) for v in again], never_reread, lease)
    assert site(engine, "a").looks_left == 6


def test_the_longest_missing_article_is_told_until_it_is_confirmed(
    engine: Engine, three: Archive
) -> None:
    lease = three.begin_crawl("a", kind="test", now=at(0))

    def look(minute: int, finding: Finding, **more: object) -> None:
        visit = other_visit(finding, minute)
        three.record(replace(visit, site="a", **more), never_reread, lease)  # type: ignore[arg-type]

    three.record(replace(read_visit(article("gone"), 0), site="a"), never_reread, lease)
    url = read_visit(article("gone"), 0).url
    look(10, Finding.MISSING, url=url, status=404)
    assert site(engine, "a").missing_since == at(10)
    assert three.suspects("a", at(20), limit=9) == []
    assert [known.url for known in three.suspects("a", at(40), limit=9)] == [url]
    look(41, Finding.MISSING, url=url, status=404)
    assert site(engine, "a").missing_since is None


def test_housekeeping_ends_crawls_whose_process_is_gone(engine: Engine, three: Archive) -> None:
    lease = three.begin_crawl("a", kind="test", now=at(0))
    assert Roster(engine).keep_house(at(1)) == 0, "it runs"
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE site_state SET lease_expires_at = NULL")
    assert Roster(engine).keep_house(at(2)) == 1
    with reading(engine) as connection:
        status = connection.scalar(sa.select(crawls.c.status).where(crawls.c.id == lease.crawl_id))
    assert status == "lost"


def test_only_single_articles_are_followed_of_a_site_until_it_is_crawled_as_a_whole(
    engine: Engine,
) -> None:
    archive = Archive(engine)
    for scope, found in (("articles", "articles"), (None, "articles"), ("site", "site")):
        archive.open_site(replace(SITES[0], scope=scope))
        assert site(engine, "a").scope == found
    archive.open_site(replace(SITES[0], scope="articles"))
    assert site(engine, "a").scope == "site", "one article more is watched of it already"


def test_budgets_saved_up_are_at_most_an_hours(engine: Engine, three: Archive) -> None:
    for minute in (0, 60 * 24 * 30):
        lease = three.begin_crawl("a", kind="looks", now=at(minute), looks_per_day=2400)
        three.end_crawl(lease, now=at(minute + 1), status="success", counts={})
    assert site(engine, "a").looks_left == pytest.approx(100)
    assert site(engine, "a").filled_at == at(0) + timedelta(days=30)
