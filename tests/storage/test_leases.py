"""One crawl a site at a time, wherever it is started; who lost the lease writes nothing."""

import multiprocessing
import os
import subprocess
import sys
import time
from dataclasses import replace
from datetime import timedelta

import psutil
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from news.backoff import Answers
from storage import leases
from storage.archive import Archive
from storage.engine import open_engine, reading, writing
from storage.errors import ArchiveError, LeaseLost, SiteBusy
from storage.holders import Holder, is_dead, this_process
from storage.records import Lease
from storage.roster import Roster
from storage.tables import crawls, site_state, visits
from tests.storage.newsroom import SITE, article, at, never_reread, read_visit


def test_a_second_crawl_is_told_who_holds_the_site(archive: Archive, lease: Lease) -> None:
    with pytest.raises(SiteBusy) as raised:
        archive.begin_crawl(SITE.key, kind="test", now=at(1))
    assert raised.value.holder == str(this_process())
    assert raised.value.since is not None
    assert "\n" not in str(raised.value)


def test_a_lease_given_back_is_free_at_once(archive: Archive, lease: Lease, engine: Engine) -> None:
    archive.end_crawl(lease, now=at(1), status="success", counts={"pages": 3})
    again = archive.begin_crawl(SITE.key, kind="test", now=at(2))
    assert again.token == lease.token + 1
    with reading(engine) as connection:
        assert connection.scalars(sa.select(crawls.c.counts)).first() == '{"pages": 3}'


def test_an_expired_lease_is_taken_over_and_its_holder_fenced(
    archive: Archive, lease: Lease, engine: Engine
) -> None:
    expire(engine)
    archive.record(read_visit(article(), 1), never_reread, lease)  # late, but nobody came
    expire(engine)
    archive.begin_crawl(SITE.key, kind="test", now=at(2))
    for late in (
        lambda: archive.record(read_visit(article(), 3), never_reread, lease),
        lambda: archive.renew(lease),
        lambda: archive.end_crawl(lease, now=at(3), status="success", counts={}),
    ):
        with pytest.raises(LeaseLost):
            late()
    with reading(engine) as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(visits)) == 1
        status = connection.scalars(sa.select(crawls.c.status).order_by(crawls.c.id)).all()
    assert status == ["lost", "running"]


def expire(engine: Engine) -> None:
    with writing(engine) as connection:
        connection.execute(
            sa.update(site_state).values(lease_expires_at=at(0) - timedelta(days=365 * 20))
        )


def test_a_crawl_that_died_does_not_count_as_the_last(
    archive: Archive, lease: Lease, engine: Engine
) -> None:
    expire(engine)
    second = archive.begin_crawl(SITE.key, kind="test", now=at(5))
    assert Roster(engine).sites()[0].seeds_read_at is None, "its process must have died"
    read = Answers(asked=True, answered=True)
    archive.end_crawl(
        second, now=at(6), status="success", counts={}, answers=read, seeds_read_at=at(5)
    )
    assert Roster(engine).sites()[0].seeds_read_at == at(5)


def test_recording_and_renewing_hold_the_lease(
    archive: Archive, lease: Lease, engine: Engine
) -> None:
    for hold in (
        lambda: archive.renew(lease),
        lambda: archive.record(read_visit(article(), 1), never_reread, lease),
    ):
        expire(engine)
        hold()
        with pytest.raises(SiteBusy):
            archive.begin_crawl(SITE.key, kind="test", now=at(2))


def test_a_site_must_be_open_to_be_crawled(archive: Archive) -> None:
    with pytest.raises(ArchiveError, match="nowhere"):
        archive.begin_crawl("nowhere", kind="test", now=at(0))


def test_a_forged_token_is_refused(archive: Archive, lease: Lease) -> None:
    for wrong in (replace(lease, token=lease.token + 1), replace(lease, holder="x/y/1/2.0")):
        with pytest.raises(LeaseLost):
            archive.record(read_visit(article(), 1), never_reread, wrong)


def _crawl(url: str, barrier: object, results: object) -> None:
    archive = Archive(open_engine(url))
    barrier.wait()  # type: ignore[attr-defined]
    try:
        lease = archive.begin_crawl(SITE.key, kind="test", now=at(0))
    except SiteBusy:
        results.put("busy")  # type: ignore[attr-defined]
        barrier.wait()  # type: ignore[attr-defined]
        return
    results.put("works")  # type: ignore[attr-defined]
    barrier.wait()  # type: ignore[attr-defined]
    archive.end_crawl(lease, now=at(1), status="success", counts={})


def test_of_two_processes_one_works_and_the_other_says_so(
    archive: Archive, database_url: str
) -> None:
    context = multiprocessing.get_context("spawn")
    barrier, results = context.Barrier(2), context.Queue()
    workers = [
        context.Process(target=_crawl, args=(database_url, barrier, results)) for _ in range(2)
    ]
    for worker in workers:
        worker.start()
    said = {results.get(timeout=60), results.get(timeout=60)}
    for worker in workers:
        worker.join(60)
    assert said == {"works", "busy"}
    assert [worker.exitcode for worker in workers] == [0, 0]


def test_the_lease_of_a_process_killed_here_is_taken_over_at_once(
    archive: Archive, database_url: str
) -> None:
    code = (
        "import sys, time; from datetime import UTC, datetime;"
        "from storage.archive import Archive; from storage.engine import open_engine;"
        "archive = Archive(open_engine(sys.argv[1]));"
        f"archive.begin_crawl({SITE.key!r}, kind='test', now=datetime.now(UTC));"
        "print('held', flush=True); time.sleep(60)"
    )
    child = subprocess.Popen([sys.executable, "-c", code, database_url], stdout=subprocess.PIPE)
    assert child.stdout is not None
    assert child.stdout.readline() == b"held\n"
    with pytest.raises(SiteBusy):
        archive.begin_crawl(SITE.key, kind="test", now=at(1))
    child.kill()
    for _ in range(500):  # a zombie: its parent has not asked for it yet
        if psutil.Process(child.pid).status() == psutil.STATUS_ZOMBIE:
            break
        time.sleep(0.01)
    assert archive.begin_crawl(SITE.key, kind="test", now=at(2)).token == 2
    child.wait()
    child.stdout.close()


@pytest.mark.parametrize(
    ("changes", "dead", "why"),
    [
        ({}, False, "this very process"),
        ({"pid": 2**22 + 1}, True, "no process has that number"),
        ({"started": 1.0}, True, "the number was given to another process since"),
        ({"host": "elsewhere", "pid": 2**22 + 1}, False, "another machine's numbers mean nothing"),
        ({"namespace": "x.1", "pid": 2**22 + 1}, False, "another container's numbers neither"),
    ],
)
def test_a_holder_is_dead_only_where_that_can_be_seen(
    changes: dict[str, object], dead: bool, why: str
) -> None:
    holder = replace(this_process(), **changes)  # type: ignore[arg-type]
    assert is_dead(str(holder)) is dead, why


def test_a_holder_reads_back_from_its_text() -> None:
    holder = this_process()
    read = Holder.parse(str(holder))
    assert read is not None
    assert (read.host, read.namespace, read.pid) == (holder.host, holder.namespace, os.getpid())
    assert Holder.parse("not a holder") is None
    assert not is_dead("not a holder")


def test_the_term_is_a_minute() -> None:
    assert timedelta(seconds=60) == leases.TERM
