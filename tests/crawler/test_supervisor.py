"""The crawler process: many crawls in one; what hangs or crashes costs the others a restart."""

import asyncio
import os
import shutil
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import psutil
import pytest
from faultserver import Drip, FaultServer, article_page, list_page, reply

from crawler.crawls import CrawlOptions
from crawler.orders import Ended, Order
from crawler.sites.profile import Politeness, SiteProfile, generic_profile
from crawler.supervisor import COMMAND, Limits, Setup, Supervisor
from storage.engine import open_engine, reading
from storage.integrity import check
from storage.roster import Roster

POISONED = (sys.executable, str(Path(__file__).parent / "poisoned.py"))
QUICK = Limits(grace=3.0)
PAGE = article_page("嘉禾市河道清淤工程完工")


@dataclass
class Site:
    """One path of the fault server as a site of its own."""

    server: FaultServer
    name: str = "well"

    def order(self, **more: Any) -> Order:
        """Return the order to crawl it."""
        profile = generic_profile(self.server.base + "/").model_copy(
            update={"politeness": Politeness(delay=0.0, concurrency=4), "name": self.name}
        )
        options = CrawlOptions(
            allow_addresses=frozenset({self.server.address}), use_proxy=False, kind="seeds"
        )
        return replace(Order(profile, options), **more)


def keyed(order: Order, key: str) -> Order:
    """Return the order under another key, as if for another site."""
    profile = SiteProfile.model_validate(order.profile.model_dump() | {"key": key})
    return replace(order, profile=profile)


@pytest.fixture
def site(faults: FaultServer) -> Site:
    faults.answers["/"] = reply(list_page("/zj/a.html"))
    faults.answers["/zj/a.html"] = reply(PAGE)
    return Site(faults)


@pytest.fixture
def sqlite_url(empty_archive: Path, tmp_path: Path) -> str:
    """One database where it does not matter which."""
    return f"sqlite:///{shutil.copy(empty_archive, tmp_path / 'archive.db')}"


def supervised(
    url: str,
    work: Callable[[Supervisor], Awaitable[Any]],
    limits: Limits = QUICK,
    command: tuple[str, ...] = COMMAND,
) -> Any:
    """Do something with a supervisor, and close it."""

    async def main() -> Any:
        supervisor = Supervisor(Setup(url, 1800.0), limits, command)
        try:
            return await work(supervisor)
        finally:
            await supervisor.close()
            assert supervisor.pids == []

    return asyncio.run(main())


def test_many_crawls_run_in_one_process(sqlite_url: str, site: Site) -> None:
    async def work(supervisor: Supervisor) -> list[Ended]:
        orders = [keyed(site.order(), f"site{n}") for n in range(6)]
        ended = await asyncio.gather(*map(supervisor.crawl, orders))
        assert supervisor.started == 1
        return ended

    ended = supervised(sqlite_url, work)
    assert [end.status for end in ended] == ["success"] * 6
    assert sum(end.counts.new for end in ended) >= 1


def test_a_process_is_replaced_after_so_many_crawls(sqlite_url: str, site: Site) -> None:
    async def work(supervisor: Supervisor) -> int:
        for _ in range(5):
            assert (await supervisor.crawl(site.order())).status == "success"
        return supervisor.started

    assert supervised(sqlite_url, work, Limits(crawls=2)) == 3


def test_a_process_that_has_grown_is_replaced(sqlite_url: str, site: Site) -> None:
    async def work(supervisor: Supervisor) -> int:
        for _ in range(3):
            assert (await supervisor.crawl(site.order())).status == "success"
        return supervisor.started

    assert supervised(sqlite_url, work, Limits(memory=1)) >= 2


def test_a_crawl_that_outlives_its_deadline_is_ended_with_what_it_found(
    sqlite_url: str, site: Site
) -> None:
    site.server.answers["/"] = reply(list_page("/zj/a.html", "/zj/slow.html"))
    site.server.answers["/zj/slow.html"] = Drip(30)

    async def work(supervisor: Supervisor) -> Ended:
        return await supervisor.crawl(site.order(deadline=timedelta(seconds=3)))

    ended = supervised(sqlite_url, work, Limits(grace=30))
    assert (ended.status, ended.guilty) == ("partial", False)
    engine = open_engine(sqlite_url)
    with reading(engine) as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM versions").scalar() == 1
        assert connection.exec_driver_sql("SELECT status FROM crawls").scalar() == "partial"
    engine.dispose()


def test_a_process_killed_in_mid_crawl_loses_nothing_and_the_crawl_is_made_again(
    database_url: str, site: Site
) -> None:
    paths = [f"/zj/{n}.html" for n in range(40)]
    site.server.answers |= {path: reply(PAGE) for path in paths}
    site.server.answers["/"] = reply(list_page(*paths))

    async def work(supervisor: Supervisor) -> list[Ended]:
        crawling = asyncio.create_task(supervisor.crawl(site.order()))
        while len(site.server.targets("/zj/")) < 5:  # noqa: ASYNC110 - the server is a thread
            await asyncio.sleep(0.01)
        os.kill(supervisor.pids[0], signal.SIGKILL)
        return [await crawling, await supervisor.crawl(site.order())]

    lost, again = supervised(database_url, work)
    assert (lost.status, lost.guilty) == ("lost", True)
    assert again.status == "success"
    engine = open_engine(database_url)
    assert check(engine) == []
    with reading(engine) as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM versions").scalar() == 40
        found = connection.exec_driver_sql("SELECT status FROM crawls ORDER BY id").scalars().all()
    assert found == ["lost", "success"]
    engine.dispose()


def test_a_hang_is_found_and_the_others_go_on_in_a_new_process(
    database_url: str, site: Site
) -> None:
    """The process is stopped, as by a loop that never ends: it gives no more signs of life."""

    async def work(supervisor: Supervisor) -> list[Ended]:
        await supervisor.crawl(site.order())
        site.server.answers["/"] = Drip(30)
        frozen = supervisor.pids[0]
        crawling = [asyncio.create_task(supervisor.crawl(site.order()))]
        await asyncio.sleep(0.5)
        os.kill(frozen, signal.SIGSTOP)
        ended = await asyncio.gather(*crawling)
        site.server.answers["/"] = reply(list_page("/zj/a.html"))
        return [*ended, await supervisor.crawl(site.order())]

    hung, again = supervised(database_url, work, Limits(silence=2.0, grace=2.0))
    assert (hung.status, again.status) == ("lost", "success")


@pytest.mark.parametrize("harm", ["dies", "blocks"])
def test_a_site_that_harms_its_process_is_found_out_and_the_others_finish(
    sqlite_url: str, site: Site, harm: str
) -> None:
    poison = keyed(Site(site.server, harm).order(), "poison")

    async def work(supervisor: Supervisor) -> list[Ended]:
        others = [keyed(site.order(), f"site{n}") for n in range(2)]
        first = await asyncio.gather(*map(supervisor.crawl, [*others, poison]))
        again = [end.site for end in first if end.status == "lost"]
        wanted = [order for order in [*others, poison] if order.profile.key in again]
        return [*first, *await asyncio.gather(*map(supervisor.crawl, wanted))]

    ended = supervised(sqlite_url, work, Limits(silence=2.0, grace=2.0), POISONED)
    last = {end.site: end for end in ended}
    assert (last["poison"].status, last["poison"].guilty) == ("lost", True)
    assert {end.status for key, end in last.items() if key != "poison"} == {"success"}
    assert not any(end.guilty for end in ended if end.site != "poison")


def test_a_process_that_cannot_start_is_an_error_and_nobodys_guilt(
    sqlite_url: str, site: Site
) -> None:
    ended = supervised(sqlite_url, lambda s: s.crawl(site.order()), command=(*POISONED, "--unable"))
    assert (ended.status, ended.guilty) == ("error", False)
    gone = supervised("sqlite:////nowhere/at/all.db", lambda s: s.crawl(site.order()))
    assert gone.status == "error"
    assert "nowhere" in (gone.reason or "")


def test_a_site_that_another_crawl_holds_is_busy(sqlite_url: str, site: Site) -> None:
    async def work(supervisor: Supervisor) -> list[str]:
        both = await asyncio.gather(*[supervisor.crawl(site.order()) for _ in range(2)])
        return sorted(end.status for end in both)

    assert supervised(sqlite_url, work) == ["busy", "success"]


def test_closing_ends_slow_crawls_within_the_grace(sqlite_url: str, site: Site) -> None:
    site.server.answers["/"] = Drip(60)

    async def work(supervisor: Supervisor) -> tuple[Ended, float]:
        crawling = asyncio.create_task(supervisor.crawl(site.order()))
        while not site.server.targets():  # noqa: ASYNC110 - the server is a thread
            await asyncio.sleep(0.05)
        begun = time.monotonic()
        await supervisor.close()
        return await crawling, time.monotonic() - begun

    ended, seconds = supervised(sqlite_url, work, Limits(grace=30))
    assert ended.status == "partial"
    assert seconds < 30, "it ended by itself"
    engine = open_engine(sqlite_url)
    assert not Roster(engine).sites()[0].busy
    engine.dispose()


def test_when_the_daemon_dies_its_crawler_process_ends_too(sqlite_url: str, site: Site) -> None:
    async def work(supervisor: Supervisor) -> int:
        await supervisor.crawl(site.order())
        pid = supervisor.pids[0]
        process = next(iter(supervisor._processes))
        process._process._transport.get_pipe_transport(0).abort()  # type: ignore[attr-defined]
        await asyncio.wait({process.ended}, timeout=20)
        return pid

    assert not psutil.pid_exists(supervised(sqlite_url, work))
