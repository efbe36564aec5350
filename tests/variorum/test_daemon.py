"""The daemon as a process: killed, stopped, told to read its settings anew, and taken over from."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.request import ProxyHandler, build_opener

import psutil
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from crawler.sites.load import load_profile
from crawler.sites.profile import SiteProfile
from storage.archive import Archive
from storage.engine import reading, writing
from storage.integrity import check
from storage.tables import leases, site_state
from tests.crawler.faultserver import Drip, FaultServer, article_page, list_page, reply, serving

SETTINGS = 'sites_dir = "sites"\nmonitor_address = "127.0.0.1:0"\n'
PAGE = article_page("嘉禾市河道清淤工程完工")
DIRECT = build_opener(ProxyHandler({}))


@dataclass
class Process:
    """A running daemon, and what it has logged."""

    url: str
    folder: Path
    server: FaultServer
    more: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.log = self.folder / f"{time.monotonic_ns()}.log"
        self.settings = self.folder / "variorum.toml"
        if not self.settings.exists():
            self.settings.write_text(SETTINGS, "utf-8")
        environment = os.environ | {
            "VARIORUM_CONFIG": str(self.settings),
            "VARIORUM_DATABASE": self.url,
            "VARIORUM_ALLOW_ADDRESSES": self.server.address,
            "no_proxy": "*",
            **self.more,
        }
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "variorum.cli", "daemon", "--log-format", "json"],
                env=environment,
                stderr=log,
                cwd=self.folder,
            )

    def events(self, name: str | None = None) -> list[dict[str, Any]]:
        lines = [line for line in self.log.read_text("utf-8").splitlines() if line[:1] == "{"]
        found = [json.loads(line) for line in lines]
        return [event for event in found if name in {None, event["event"]}]

    def wait_for(self, name: str, seconds: float = 60) -> dict[str, Any]:
        """Wait for an event to be logged, and return it."""
        until(lambda: bool(self.events(name)), seconds, self.log)
        return self.events(name)[0]

    @property
    def crawlers(self) -> list[psutil.Process]:
        with suppress(psutil.NoSuchProcess):
            return psutil.Process(self.process.pid).children(recursive=True)
        return []

    def end(self, number: int = signal.SIGTERM) -> float:
        """Send a signal; return after how many seconds the process has ended."""
        begun = time.monotonic()
        self.process.send_signal(number)
        self.process.wait(60)
        return time.monotonic() - begun


def until(true: Callable[[], bool], seconds: float = 60, log: Path | None = None) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, log.read_text("utf-8") if log else "it did not happen"
        time.sleep(0.05)


@pytest.fixture
def server() -> Iterator[FaultServer]:
    yield from serving()


def profiled(folder: Path, server: FaultServer) -> SiteProfile:
    """Describe the server in a file, as a site that need not be spared."""
    (folder / "sites").mkdir()
    path = folder / "sites" / "served.toml"
    path.write_text(
        f"""
        key = "served"
        name = "Served"
        home = "{server.base}/"
        hosts = ["{server.address}"]
        article_url = '.*/zj/.*'
        seeds = [{{ url = "/" }}]
        politeness = {{ delay = 0.05, concurrency = 1 }}
        """,
        "utf-8",
    )
    return load_profile(path)


@pytest.fixture
def start(
    engine: Engine, database_url: str, tmp_path: Path, server: FaultServer
) -> Iterator[Callable[..., Process]]:
    """Start daemons on a database in which the fault server is a watched site."""
    begun: list[Process] = []
    Archive(engine).open_site(profiled(tmp_path, server).record("site"))

    def begin(**more: str) -> Process:
        begun.append(Process(database_url, tmp_path, server, more))
        return begun[-1]

    yield begin
    for process in begun:
        children = process.crawlers
        with suppress(ProcessLookupError):
            process.process.kill()
        process.process.wait()
        for child in children:
            with suppress(psutil.NoSuchProcess):
                child.wait(30)


def published(server: FaultServer, count: int) -> None:
    paths = [f"/zj/{n}.html" for n in range(count)]
    server.answers |= {path: reply(PAGE) for path in paths}
    server.answers["/"] = reply(list_page(*paths))


def count(engine: Engine, table: str) -> int:
    with reading(engine) as connection:
        return int(connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one())


def held(engine: Engine) -> list[object]:
    with reading(engine) as connection:
        daemon = connection.scalars(sa.select(leases.c.holder)).all()
        return [*daemon, *connection.scalars(sa.select(site_state.c.lease_holder)).all()]


def test_sigterm_in_mid_crawl_ends_it_soon_with_everything_committed(
    engine: Engine, start: Callable[..., Process], server: FaultServer
) -> None:
    published(server, 30)
    server.answers["/zj/3.html"] = Drip(60)
    daemon = start()
    until(lambda: "/zj/3.html" in server.targets(), 90, daemon.log)
    asked = len(server.targets("/zj/"))
    children = daemon.crawlers
    assert daemon.end() < 20
    assert daemon.process.returncode == 0
    assert not any(child.is_running() for child in children)
    assert held(engine) == [None, None]
    assert check(engine) == []
    assert count(engine, "versions") >= asked - 2
    with reading(engine) as connection:
        assert connection.exec_driver_sql("SELECT status FROM crawls").scalar() == "partial"
    assert daemon.events("off_duty")


def test_a_killed_daemon_loses_nothing_and_one_that_waited_takes_over(
    engine: Engine, start: Callable[..., Process], server: FaultServer
) -> None:
    published(server, 40)
    first = start()
    first.wait_for("on_duty")
    second = start()
    second.wait_for("waiting")
    until(lambda: len(server.targets("/zj/")) > 2, 90, first.log)
    crawlers = first.crawlers
    first.end(signal.SIGKILL)
    second.wait_for("on_duty", 30)  # its holder is dead: nobody waits until the lease expires
    for crawler in crawlers:
        crawler.wait(30)  # it ends by itself when the daemon is gone
    until(lambda: count(engine, "versions") == 40, 90, second.log)
    assert second.end() < 20
    assert check(engine) == []
    assert (count(engine, "articles"), count(engine, "versions")) == (40, 40)
    assert held(engine) == [None, None]


def test_a_killed_crawler_process_is_replaced_and_its_crawl_made_again(
    engine: Engine, start: Callable[..., Process], server: FaultServer
) -> None:
    published(server, 40)
    daemon = start(VARIORUM_SITES_AT_ONCE="2")
    until(lambda: len(server.targets("/zj/")) > 2, 90, daemon.log)
    daemon.crawlers[0].kill()
    assert daemon.wait_for("crawler_lost")
    assert daemon.wait_for("site_quarantined")["crashes"] == 1
    with writing(engine) as connection:  # ten minutes later
        connection.execute(sa.update(site_state).values(circuit="closed", circuit_until=None))
    with writing(engine) as connection:
        connection.execute(sa.update(site_state).values(failures=0))
    daemon.end()
    again = start()
    until(lambda: count(engine, "versions") == 40, 90, again.log)
    assert check(engine) == []
    assert again.end() < 20


def test_sighup_reads_settings_anew_and_a_bad_file_keeps_the_old_ones(
    engine: Engine, start: Callable[..., Process], server: FaultServer, tmp_path: Path
) -> None:
    published(server, 1)
    daemon = start()
    daemon.wait_for("on_duty")
    for text in ("crawl_every_minutes = 'often'\n", "nonsense ["):
        before = len(daemon.events("settings_kept"))
        daemon.settings.write_text(text, "utf-8")
        daemon.process.send_signal(signal.SIGHUP)
        until(lambda before=before: len(daemon.events("settings_kept")) > before, 30, daemon.log)
    assert "crawl_every_minutes" in daemon.events("settings_kept")[0]["reason"]
    daemon.settings.write_text(SETTINGS, "utf-8")
    bad = tmp_path / "sites" / "bad.toml"
    bad.write_text("key = 'other'\n", "utf-8")
    daemon.process.send_signal(signal.SIGHUP)
    until(lambda: len(daemon.events("settings_kept")) > 2, 30, daemon.log)
    bad.unlink()
    daemon.settings.write_text(SETTINGS + "crawl_every_minutes = 30\n", "utf-8")
    daemon.process.send_signal(signal.SIGHUP)
    daemon.wait_for("settings_read", 30)
    assert daemon.process.poll() is None
    assert daemon.end() < 20


def test_the_endpoint_tells_that_it_works(
    engine: Engine, start: Callable[..., Process], server: FaultServer, tmp_path: Path
) -> None:
    published(server, 1)
    port = _free_port()
    settings = SETTINGS.replace(":0", f":{port}")
    (tmp_path / "variorum.toml").write_text(settings, "utf-8")
    daemon = start()
    daemon.wait_for("crawl_ended", 90)
    with DIRECT.open(f"http://127.0.0.1:{port}/healthz", timeout=10) as answer:
        assert json.load(answer)["state"] == "on duty"
    with DIRECT.open(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        text = answer.read().decode()
    assert 'variorum_crawls_total{kind="seeds",status="success"} 1.0' in text
    assert "variorum_on_duty 1.0" in text


def _free_port() -> int:
    import socket  # noqa: PLC0415

    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port
