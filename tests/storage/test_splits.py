"""However visits are cut into commits, and however often they come, the archive means the same."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy.engine import Engine

from news.visits import Finding, Reason, State, Visit
from storage.archive import Archive
from storage.digest import digest
from storage.engine import open_engine
from storage.integrity import check
from storage.records import Recorded, SeedVisit
from storage.tables import metadata
from tests.conftest import empty_tables, migrated_sqlite
from tests.storage.newsroom import SITE, article, at, never_reread, other_visit, read_visit, url_of

NAMES = ("1", "2", "3")
# Shrinking would build hundreds of databases; the drawn looks are short as they are.
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
TEXTS = ("大桥今日通车。", "大桥明日通车。", "大桥通车3公里。")


@st.composite
def looks(draw: st.DrawFn) -> list[Visit]:
    """Draw looks in order of time, some articles looked at more often than others."""
    found = []
    for number in range(draw(st.integers(1, 14))):
        minutes = number * 25 + draw(st.integers(0, 20))
        name = draw(st.sampled_from(NAMES))
        finding = draw(st.sampled_from([*Finding, Finding.READ, Finding.READ, Finding.MISSING]))
        if finding is Finding.READ:
            text = draw(st.sampled_from(TEXTS))
            noise = draw(st.sampled_from(("", "阅读 7")))
            found.append(read_visit(article(name, text), minutes, noise=noise))
        else:
            reason = draw(st.sampled_from((None, Reason.GONE)))
            found.append(other_visit(finding, minutes, name, reason))
    return found


@contextmanager
def scratch() -> Iterator[Engine]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "split.db"
        path.write_bytes(migrated_sqlite())
        engine = open_engine(f"sqlite:///{path}")
        yield engine
        engine.dispose()


def record_in_parts(engine: Engine, visits: list[Visit], cuts: list[int]) -> list[Recorded]:
    """Record visits in the commits that the cuts make; each cut's commit comes twice."""
    archive = Archive(engine)
    archive.open_site(SITE)
    lease = archive.begin_crawl(SITE.key, kind="test", now=at(0))
    answers: list[Recorded] = []
    bounds = sorted({0, len(visits), *cuts})
    for start, end in pairwise(bounds):
        answers += archive.record_many(visits[start:end], never_reread, lease)
        again = archive.record_many(visits[start:end], never_reread, lease)
        assert all(one.repeated for one in again)
        assert [one.outcome for one in again] == [one.outcome for one in answers[start:end]]
    archive.end_crawl(lease, now=at(999), status="success", counts={})
    return answers


def compare_splits(one: Engine, other: Engine, visits: list[Visit], cuts: list[int]) -> None:
    whole = record_in_parts(one, visits, [])
    parts = record_in_parts(other, visits, cuts)
    assert [(a.outcome, a.version, a.transition) for a in whole] == [
        (a.outcome, a.version, a.transition) for a in parts
    ]
    assert digest(one) == digest(other)
    assert check(one) == check(other) == []


@settings(max_examples=15, deadline=None, phases=PHASES)
@given(looks(), st.lists(st.integers(0, 14), max_size=6))
def test_any_split_into_commits_means_the_same(visits: list[Visit], cuts: list[int]) -> None:
    with scratch() as one, scratch() as other:
        compare_splits(one, other, visits, cuts)


@pytest.mark.postgres
@settings(
    max_examples=5,
    deadline=None,
    phases=PHASES,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(looks(), st.lists(st.integers(0, 14), max_size=6))
def test_postgresql_and_sqlite_mean_the_same(
    postgres_url: str, visits: list[Visit], cuts: list[int]
) -> None:
    engine = open_engine(postgres_url)
    empty_tables(engine)
    with scratch() as other:
        compare_splits(engine, other, visits, cuts)
    engine.dispose()


def test_the_digest_differs_where_the_meaning_does(engine: Engine) -> None:
    before = digest(engine)
    record_in_parts(engine, [read_visit(article(), 1)], [])
    after = digest(engine)
    archive = Archive(engine)
    lease = archive.begin_crawl(SITE.key, kind="test", now=at(2))
    archive.record(read_visit(article(), 2), never_reread, lease)
    assert digest(engine) == after, "another look is no other meaning"
    archive.record(read_visit(article(text="大桥明日通车。"), 3), never_reread, lease)
    assert len({before, after, digest(engine)}) == 3


def test_seeds_recorded_twice_announce_nothing_new(engine: Engine) -> None:
    archive = Archive(engine)
    archive.open_site(SITE)
    lease = archive.begin_crawl(SITE.key, kind="test", now=at(0))
    links = (url_of("1"), url_of("2"), url_of("1"), f"http://news.example.com/{'x' * 3000}")
    seed = SeedVisit(SITE.key, SITE.home_url, "list", at(1), "read", 200, None, links)
    assert archive.record_seed(seed, lease) == 2
    assert archive.record_seed(seed, lease) == 2, "the same look, the same answer"
    later = SeedVisit(SITE.key, SITE.home_url, "list", at(9), "read", 200, None, links)
    assert archive.record_seed(later, lease) == 0
    assert {known.url for known in archive.due(SITE.key, at(999), limit=9)} == set(links[:2])
    with engine.connect() as connection:
        rows = connection.execute(metadata.tables["listings"].select()).all()
    assert {(row.first_seen_at, row.last_seen_at) for row in rows} == {(at(1), at(9))}
    assert check(engine) == []


def test_a_seed_may_announce_thousands(engine: Engine) -> None:
    archive = Archive(engine)
    archive.open_site(SITE)
    lease = archive.begin_crawl(SITE.key, kind="test", now=at(0))
    links = tuple(url_of(str(number)) for number in range(2500))
    seed = SeedVisit(SITE.key, SITE.home_url, "sitemap", at(1), "read", 200, None, links)
    assert archive.record_seed(seed, lease) == 2500
    known = archive.known(SITE.key, links)
    assert set(known) == set(links)
    assert {one.state for one in known.values()} == {State.FOUND}
