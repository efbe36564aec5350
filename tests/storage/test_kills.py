"""Killed anywhere and run again: nothing lost, nothing doubled."""

import contextlib
import multiprocessing
import os
import random
import signal
import sys
import time
from multiprocessing.connection import Connection

import pytest
from sqlalchemy.engine import Engine

from news.visits import Finding, Visit
from storage.archive import Archive
from storage.digest import digest
from storage.engine import open_engine
from storage.history import article_history
from storage.integrity import check
from storage.records import SeedVisit
from tests.storage.newsroom import SITE, article, at, never_reread, other_visit, read_visit, url_of
from tests.storage.test_splits import scratch

KILLS = int(os.environ.get("VARIORUM_KILLS", "15"))  # `make torture` asks for a thousand
ARTICLES = [str(number) for number in range(6)]
# A fork costs milliseconds, a new interpreter a second; only where there is no fork, that.
CONTEXT = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")


def crawl() -> list[list[Visit]]:
    """Return the commits of one crawl: articles that change, vanish, return and stay."""
    commits = []
    for number, text in enumerate(("通车", "停运", "通车", "修缮")):
        minutes = number * 60
        commit = [read_visit(article(name, f"{name}号桥{text}。"), minutes) for name in ARTICLES]
        commit.append(other_visit(Finding.MISSING, minutes + 1, "gone"))
        commit.append(read_visit(article("1", f"1号桥{text}两次。"), minutes + 2))
        commits.append(commit)
    return commits


def work(url: str, acknowledgements: Connection | None) -> None:
    """Crawl from the beginning to the end; say of each commit that it has been made."""
    engine = open_engine(url)
    archive = Archive(engine)
    archive.open_site(SITE)
    lease = archive.begin_crawl(SITE.key, kind="test", now=at(0))
    links = tuple(url_of(name) for name in ARTICLES)
    archive.record_seed(
        SeedVisit(SITE.key, SITE.home_url, "list", at(0), "read", 200, None, links), lease
    )
    for number, commit in enumerate(crawl()):
        archive.record_many(commit, never_reread, lease)
        if acknowledgements is not None:
            acknowledgements.send(number)
    archive.end_crawl(lease, now=at(999), status="success", counts={})
    engine.dispose()


def kill_while_working(url: str, commits: int, pause: float) -> int:
    """Start the work, kill it a pause after so many commits; return how many it acknowledged."""
    ours, theirs = CONTEXT.Pipe(duplex=False)
    child = CONTEXT.Process(target=work, args=(url, theirs))
    child.start()
    theirs.close()
    acknowledged = 0
    while acknowledged < commits and ours.poll(60):
        acknowledged = ours.recv() + 1
    time.sleep(pause)
    if child.pid is not None and child.is_alive():
        os.kill(child.pid, signal.SIGKILL)
    child.join()
    with contextlib.suppress(EOFError):
        while ours.poll():
            acknowledged = ours.recv() + 1
    return acknowledged


def assert_stored(engine: Engine, commits: int) -> None:
    """All visits of acknowledged commits are there."""
    for name in ARTICLES:
        wanted = sum(visit.url == url_of(name) for commit in crawl()[:commits] for visit in commit)
        found = article_history(engine, url_of(name))
        assert (found.looks.count if found else 0) >= wanted


def test_a_crawl_killed_again_and_again_ends_as_one_undisturbed(
    database_url: str, engine: Engine
) -> None:
    with scratch() as undisturbed:
        work(str(undisturbed.url), None)
        expected = digest(undisturbed)
    draw = random.Random(20261101)
    for _ in range(KILLS):
        commits = draw.randrange(len(crawl()))
        acknowledged = kill_while_working(database_url, commits, draw.uniform(0.0, 0.05))
        assert_stored(engine, acknowledged)
        assert check(engine) == []
    work(database_url, None)
    assert digest(engine) == expected
    assert check(engine) == []


@pytest.mark.parametrize("step", ["add_link", "write_events", "write_states", "open_versions"])
def test_a_commit_that_fails_in_any_step_leaves_nothing(
    database_url: str, engine: Engine, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    archive = Archive(engine)
    archive.open_site(SITE)
    lease = archive.begin_crawl(SITE.key, kind="test", now=at(0))
    before = digest(engine)

    def fail(*_: object) -> None:
        raise RuntimeError(step)

    with monkeypatch.context() as patch:
        patch.setattr(f"storage.recording.{step}", fail)
        with pytest.raises(RuntimeError, match=step):
            archive.record_many(crawl()[0], never_reread, lease)
    assert digest(engine) == before
    assert article_history(engine, url_of("1")) is None
    assert check(engine) == []
    archive.record_many(crawl()[0], never_reread, lease)
    assert check(engine) == []
