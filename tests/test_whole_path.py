"""The main job from the command line: crawl, kill, crawl again, on both databases."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from threading import Event

import pytest
import sqlalchemy as sa

from crawler.sites.load import profile_text
from storage.digest import digest
from storage.engine import open_engine
from storage.errors import ArchiveError
from storage.integrity import check
from storage.tables import captures, crawls, versions, visits
from variorum.demo.pages import Noise
from variorum.demo.plan import draw_timeline
from variorum.demo.server import SampleServer, serving
from variorum.demo.site import Answer, Site

SEED = 5
GATE = Event()  # while it is clear the site keeps everyone waiting
GATE.set()


class SlowSite(Site):
    """The sample site at one moment, the same bytes at every look, each taking a little while."""

    def _noise(self, now: datetime) -> Noise:
        return Noise.draw(Random(SEED), now, 1)

    def answer(self, *arguments: object) -> Answer:
        time.sleep(0.05)
        GATE.wait(60)
        return super().answer(*arguments)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def server() -> Iterator[SampleServer]:
    timeline = draw_timeline(SEED)
    moment = timeline.rounds[0] + timedelta(minutes=1)
    with serving(SlowSite(timeline), lambda: moment) as server:
        yield server


@pytest.fixture(scope="module")
def environment(server: SampleServer, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The settings of a newcomer with one site profile of his own."""
    sites = tmp_path_factory.mktemp("sites")
    text = profile_text("sample").replace("127.0.0.1:8437", server.address)
    text = text.replace('key = "sample"', 'key = "jiahe"').replace("demo = true\n", "")
    (sites / "jiahe.toml").write_text(text, "utf-8")
    own = {"VARIORUM_ALLOW_ADDRESSES": server.address, "VARIORUM_SITES_DIR": str(sites)}
    proxies = {"http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"}
    return {k: v for k, v in os.environ.items() if k not in proxies} | own


def start(environment: dict[str, str], *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "variorum.cli", *arguments]
    return subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def start_crawl(
    url: str, environment: dict[str, str], target: str = "jiahe"
) -> subprocess.Popen[str]:
    return start(environment, "crawl", target, "--database", url)


def crawl(url: str, environment: dict[str, str], target: str = "jiahe") -> tuple[int, str]:
    process = start_crawl(url, environment, target)
    out, err = process.communicate(timeout=120)
    return process.returncode, out + err


def meaning(url: str) -> str:
    engine = open_engine(url)
    assert check(engine) == []
    return digest(engine)


def count(url: str, table: sa.Table) -> int:
    with open_engine(url, create=False).connect() as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0


@pytest.fixture(scope="module")
def undisturbed(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a database after one crawl that nothing disturbed."""
    url = f"sqlite:///{tmp_path_factory.mktemp('undisturbed')}/news.db"
    status, said = crawl(url, environment)
    assert status == 0, said
    return url


def test_a_second_crawl_of_an_unchanged_site_stores_looks_alone(
    undisturbed: str, environment: dict[str, str]
) -> None:
    before = meaning(undisturbed), count(undisturbed, captures), count(undisturbed, versions)
    looks = count(undisturbed, visits)
    status, said = crawl(undisturbed, environment)
    assert status == 0, said
    assert "0 new, 0 changed" in said
    after = meaning(undisturbed), count(undisturbed, captures), count(undisturbed, versions)
    assert after == before
    assert count(undisturbed, visits) == 2 * looks


@pytest.mark.postgres
def test_the_same_crawl_into_postgresql_means_the_same(
    undisturbed: str,
    environment: dict[str, str],
    postgres_server: sa.Engine,
    fresh_postgres_url: str,
) -> None:
    status, said = crawl(fresh_postgres_url, environment)
    assert status == 0, said
    assert meaning(fresh_postgres_url) == meaning(undisturbed)


@pytest.mark.parametrize("after", [0.0, 0.4], ids=lambda s: f"{s}s")
def test_a_crawl_killed_and_run_again_means_the_same_as_one_that_was_not(
    undisturbed: str, environment: dict[str, str], tmp_path: Path, after: float
) -> None:
    url = f"sqlite:///{tmp_path}/killed.db"
    victim = start_crawl(url, environment)
    wait_until(victim, lambda: count(url, visits) > 0)
    time.sleep(after)
    assert victim.poll() is None, "it had ended before it could be killed"
    victim.send_signal(signal.SIGKILL)
    victim.communicate()
    status, said = crawl(url, environment)
    assert status == 0, said
    assert meaning(url) == meaning(undisturbed)


def wait_until(process: subprocess.Popen[str], is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if is_so():
                return
        except (ArchiveError, sa.exc.OperationalError):  # the tables are being made
            pass
        time.sleep(0.02)
    pytest.fail("the crawl did not begin")


def test_two_crawls_of_one_site_at_once_one_works_and_the_other_says_so(
    environment: dict[str, str], tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path}/both.db"
    GATE.clear()
    try:
        first = start_crawl(url, environment)
        wait_until(first, lambda: count(url, crawls) > 0)
        status, said = crawl(url, environment)
    finally:
        GATE.set()
    out, err = first.communicate(timeout=120)
    assert (first.returncode, status) == (0, 4), out + err + said
    assert "is being crawled" in said
    assert "Traceback" not in said


def test_a_site_that_does_not_answer_is_a_failure(
    environment: dict[str, str], tmp_path: Path
) -> None:
    status, said = crawl(f"sqlite:///{tmp_path}/none.db", environment, "http://127.0.0.1:9/")
    assert status == 1
    assert "failure" in said
    assert "blocked_address" in said  # a private address that no setting lets through


def test_the_daemon_crawls_what_is_due_and_nothing_before_it_is_due_again(
    environment: dict[str, str], tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path}/daemon.db"
    for due in (1, 0):
        process = start(environment, "daemon", "jiahe", "--once", "--database", url)
        out, err = process.communicate(timeout=120)
        assert process.returncode == 0, out + err
        assert out.count("success: ") == due
    assert count(url, crawls) == 1


def test_the_daemon_ends_at_a_signal_with_all_it_has_found_committed(
    environment: dict[str, str], tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path}/stopped.db"
    process = start(environment, "daemon", "jiahe", "--database", url)
    wait_until(process, lambda: count(url, visits) > 0)
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=20)
    assert process.returncode == 0, out + err
    assert "Traceback" not in err
    assert check(open_engine(url)) == []
    with open_engine(url).connect() as connection:
        (row,) = connection.execute(sa.select(crawls.c.status, crawls.c.ended_at))
    assert row.status == "partial"
    assert row.ended_at is not None
