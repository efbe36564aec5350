"""What the archive tells of an article and of a period, the same on both databases."""

import pytest
from sqlalchemy.engine import Engine

from news.visits import Finding, Reason
from storage.archive import Archive
from storage.engine import reading
from storage.history import (
    article_history,
    changes_between,
    events_between,
    list_articles,
    load_version,
)
from storage.records import Lease
from storage.stats import measure, stats
from tests.storage.newsroom import SITE, article, at, never_reread, other_visit, read_visit, url_of


def fill(archive: Archive, lease: Lease) -> None:
    looks = [
        read_visit(article("1", "通车1。"), 1),
        read_visit(article("2", "通车2。"), 2),
        read_visit(article("1", "通车3。"), 30),
        other_visit(Finding.MISSING, 40, "2", Reason.GONE),
        read_visit(article("2", "通车2。"), 50),
        other_visit(Finding.FAILED, 60, "3", Reason.TIMEOUT),
    ]
    archive.record_many(looks, never_reread, lease)


@pytest.fixture
def filled(archive: Archive, lease: Lease, engine: Engine) -> Engine:
    fill(archive, lease)
    return engine


@pytest.mark.parametrize("name", [1, url_of("1"), f"{url_of('1')}#top"])
def test_an_article_is_found_by_number_and_address(filled: Engine, name: str | int) -> None:
    found = article_history(filled, name)
    assert found is not None
    assert (found.url, found.site, found.state) == (url_of("1"), SITE.key, "live")
    assert [address.url for address in found.addresses] == [url_of("1")]


def test_an_unknown_article_is_none(filled: Engine) -> None:
    for name in (99, "http://news.example.com/other.html", "no address at all"):
        assert article_history(filled, name) is None
        assert load_version(filled, name, 1) is None


def test_the_looks_are_counted_by_outcome(filled: Engine) -> None:
    found = article_history(filled, url_of("2"))
    assert found is not None
    looks = found.looks
    assert (looks.count, looks.first_at, looks.last_at) == (3, at(2), at(50))
    assert looks.by_outcome == {"missing": 1, "new": 1, "unchanged": 1}


def test_an_article_never_read_has_a_history_too(filled: Engine) -> None:
    found = article_history(filled, url_of("3"))
    assert found is not None
    assert (found.versions, found.state, found.looks.by_outcome) == ((), "found", {"failed": 1})


def test_one_version_can_be_loaded_alone(filled: Engine) -> None:
    found = load_version(filled, url_of("1"), 2)
    assert found is not None
    assert found.article == article("1", "通车3。")
    assert (found.first_seen_at, found.last_seen_at) == (at(30), None)
    assert load_version(filled, 1, 9) is None


def test_a_period_takes_in_its_start_and_not_its_end(filled: Engine) -> None:
    (change,) = changes_between(filled, at(30), at(31))
    assert (change.url, change.from_version, change.to_version) == (url_of("1"), 1, 2)
    assert (change.last_seen_at, change.first_seen_at) == (at(1), at(30))
    assert changes_between(filled, at(0), at(30)) == []
    assert changes_between(filled, at(0), at(99), site="other") == []
    kinds = [event.kind for event in events_between(filled, at(40), at(99), SITE.key)]
    assert kinds == ["removed", "returned"]
    assert [e.kind for e in events_between(filled, at(0), at(99), kinds=["returned"])] == [
        "returned"
    ]


def test_articles_are_listed_with_their_addresses(filled: Engine) -> None:
    assert list_articles(filled) == [(n, url_of(str(n))) for n in (1, 2, 3)]
    assert list_articles(filled, "other") == []


def test_removals_have_their_bounds_and_their_return(filled: Engine) -> None:
    with reading(filled) as connection:
        (row,) = connection.exec_driver_sql("SELECT * FROM removals").mappings()
    assert row["last_seen_at"] == "2026-11-01T08:32:00.000000Z"
    assert row["confirmed_at"] == "2026-11-01T09:10:00.000000Z"
    assert row["returned_at"] == "2026-11-01T09:20:00.000000Z"
    assert row["details"] == "404 gone"


def test_sizes_count_rows_and_bytes(filled: Engine) -> None:
    sizes = measure(filled)
    rows = {table.name: table.rows for table in sizes.tables}
    assert (rows["articles"], rows["versions"], rows["visits"]) == (3, 3, 6)
    (site,) = sizes.sites
    assert (site.key, site.articles, site.versions, site.captures) == (SITE.key, 3, 3, 3)
    assert 0 < site.stored < site.raw
    assert all(table.size for table in sizes.tables if table.rows)
    assert all("\n" not in line for line in stats(filled))
