"""Killed anywhere and run again: nothing lost, nothing doubled. `make torture` kills thousands."""

import importlib
import inspect
import random
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from benchmarks.torture import workload
from benchmarks.torture.__main__ import databases
from benchmarks.torture.checks import problems
from benchmarks.torture.databases import undisturbed_digest
from benchmarks.torture.rounds import CONTEXT, RANDOM_MOMENT, torture
from benchmarks.torture.writer import ALL_STEPS, STEPS, Fault, work
from storage.archive import Archive
from storage.digest import digest
from storage.engine import writing
from storage.history import article_history
from storage.integrity import check
from storage.tables import visits

KILLS = 10
SITE = workload.SITE_KEYS[0]


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_writers_killed_again_and_again_end_as_if_undisturbed(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if kind == "postgresql":
        request.getfixturevalue("postgres_server")
    undisturbed = undisturbed_digest(tmp_path)
    with databases(kind, tmp_path) as urls:
        tally = torture(KILLS, urls, undisturbed, seed=random.randrange(10**6))
    assert tally.problems == []
    assert tally.total >= KILLS
    assert tally.kills[RANDOM_MOMENT] < tally.total
    assert tally.checks > tally.total


def test_a_wrong_digest_at_the_end_is_told(tmp_path: Path) -> None:
    with databases("sqlite", tmp_path) as urls:
        tally = torture(0, urls, "another digest", seed=1)
    assert tally.rounds == 1
    assert tally.problems == ["the digest is not that of an undisturbed run"]


def test_a_writer_dies_where_it_was_told_to(database_url: str, engine: Engine) -> None:
    months = engine.dialect.name == "postgresql"
    for step in (step for step in ALL_STEPS if months or step != "make the month"):
        fault = Fault(step, nth=1, after=ALL_STEPS.index(step) % 2 == months)
        writer = CONTEXT.Process(target=work, args=(database_url, SITE, None, fault))
        writer.start()
        writer.join(60)
        assert writer.exitcode == -9, step
        assert problems(database_url, {}) == []


def test_every_named_step_is_a_function_of_ours() -> None:
    for step, place in STEPS.items():
        module, path = place.split(":")
        owner = importlib.import_module(module)
        for part in path.split("."):
            owner = getattr(owner, part)
        assert inspect.isfunction(owner), step


def test_what_is_lost_or_half_written_is_told(database_url: str, engine: Engine) -> None:
    work(database_url, SITE)
    commits = len(workload.commits_of(SITE))
    assert problems(database_url, {SITE: commits}) == []
    last = workload.commits_of(SITE)[-1][-1]
    with writing(engine) as connection:
        connection.execute(visits.delete().where(visits.c.visited_at == last.visited_at))
    found = problems(database_url, {SITE: commits})
    assert f"{SITE}: commit {commits - 1} was acknowledged; 1 of 2 visits" in found
    half = f"{SITE}: commit {commits - 1} is half-written: 1 of 2 visits"
    assert half in problems(database_url, {SITE: commits - 1})
    engine.dispose()


@pytest.mark.parametrize("step", ["add_link", "write_events", "write_states", "open_versions"])
def test_a_commit_that_fails_in_any_step_leaves_nothing(
    database_url: str, engine: Engine, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    archive = Archive(engine)
    workload.open_sites(archive)
    crawl = workload.crawls(SITE)[0]
    lease = archive.begin_crawl(SITE, kind="test", now=crawl.at)
    before = digest(engine)

    def fail(*_: object) -> None:
        raise RuntimeError(step)

    with monkeypatch.context() as patch:
        patch.setattr(f"storage.recording.{step}", fail)
        with pytest.raises(RuntimeError, match=step):
            archive.record_many(crawl.commits[0], workload.reread, lease)
    assert digest(engine) == before
    assert article_history(engine, workload.url_of(SITE, 1)) is None
    assert check(engine) == []
    archive.record_many(crawl.commits[0], workload.reread, lease)
    assert check(engine) == []
