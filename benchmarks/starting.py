"""What it costs to start a scheduled crawl: CPU of the daemon and of its crawler process.

Crawls of one known page each, through the daemon's own supervisor and process; so the figure is
an upper bound, since the fetch, its reading and its commit are in it.
"""

import asyncio
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

from crawler.crawls import CrawlOptions
from crawler.orders import Ended, Order
from crawler.sites.load import find_profile
from crawler.supervisor import Setup, Supervisor
from storage.engine import open_engine
from storage.migrate import upgrade
from variorum.demo.clock import SimulatedClock
from variorum.demo.plan import EPOCH, draw_timeline
from variorum.demo.server import serving
from variorum.demo.site import Site

_CRAWLS = 200
_AT_ONCE = 8


def main(_: Path) -> None:
    """Print the CPU of a crawl, and the memory of the process before and after."""
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/starting.db"
        engine = open_engine(url)
        upgrade(engine)
        engine.dispose()
        with serving(Site(draw_timeline(3)), SimulatedClock(EPOCH)) as server:
            asyncio.run(_measure(url, server.address))


async def _measure(url: str, address: str) -> None:
    supervisor = Supervisor(Setup(url, 1800.0))
    orders = [_order(address, number) for number in range(_AT_ONCE)]
    await asyncio.gather(*map(supervisor.crawl, orders))  # the process is warm, the sites known
    process = psutil.Process(supervisor.pids[0])
    before, memory = _cpu(process), process.memory_info().rss
    ours, begun = time.process_time(), time.monotonic()
    ended: list[Ended] = []
    for _ in range(_CRAWLS // _AT_ONCE):
        ended += await asyncio.gather(*map(supervisor.crawl, orders))
    spent, mine = _cpu(process) - before, time.process_time() - ours
    pages = sum(end.counts.pages for end in ended)
    print(f"starting: {len(ended)} crawls of {pages} pages in {time.monotonic() - begun:.1f} s")
    print(f"  CPU a crawl: {1000 * spent / len(ended):.1f} ms in the crawler process,")
    print(f"  {1000 * mine / len(ended):.1f} ms in the daemon (with the sample site's server)")
    grown = process.memory_info().rss
    print(f"  memory of the process {memory / 2**20:.0f} -> {grown / 2**20:.0f} MB")
    await supervisor.close()


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _order(address: str, number: int) -> Order:
    """Return the order to look at one list of the sample site, as a site of its own."""
    profile = find_profile("sample").with_home(f"http://{address}/")
    profile = profile.model_copy(update={"key": f"sample{number}", "seeds": profile.seeds[:1]})
    options = CrawlOptions(
        allow_addresses=frozenset({address}),
        urls=(f"http://{address}/",),
        use_proxy=False,
        looks=0,
        max_pages=1,
        keep_robots=3600.0,
    )
    return Order(profile, options)


if __name__ == "__main__":
    main(Path())
