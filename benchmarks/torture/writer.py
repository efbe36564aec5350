"""One writer: does the work on a site from its beginning, and may kill itself at a named step."""

import importlib
import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

import sqlalchemy as sa

from benchmarks.torture.workload import Crawl, crawls, open_sites, reread
from storage.archive import Archive
from storage.engine import Engine, open_engine
from storage.errors import LeaseLost, SiteBusy

# Where a writer may be killed: a function, just before and just after it has done its part.
STEPS = {
    "open the site": "storage.archive:_enter_site",
    "take the lease": "storage.leases:acquire",
    "record the seed": "storage.seeds:record_seed",
    "make the month": "storage.partitions:Partitions._make",
    "check the token": "storage.recording:lock",
    "name the articles": "storage.recording:name_owners",
    "load what is known": "storage.recording:load_situations",
    "read again": "storage.recording:store_readings",
    "store the captures": "storage.openings:_store_captures",
    "store the readings": "storage.openings:_store_own_readings",
    "store the versions": "storage.openings:_write_versions",
    "close the versions": "storage.openings:_close_versions",
    "store the changes": "storage.recording:write_changes",
    "store the visits": "storage.recording:write_visits",
    "store the events": "storage.recording:write_events",
    "store the states": "storage.recording:write_states",
    "add the link": "storage.recording:add_link",
    "renew the lease": "storage.recording:update_site",
    "give the lease back": "storage.leases:release",
}
# These two are no function of ours: the database is told to commit, or has done so.
COMMIT, COMMITTED = "commit", "acknowledge"
ALL_STEPS = (*STEPS, COMMIT, COMMITTED)


@dataclass(frozen=True, slots=True)
class Fault:
    """Where a writer kills itself: before or after a step, the nth time it gets there."""

    step: str
    nth: int
    after: bool


def die() -> None:
    """End this process as the system would: no cleaning up."""
    os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(60)  # the signal may take a moment


class Countdown:
    """Kills this process the nth time it is called."""

    def __init__(self, nth: int) -> None:
        self.left = nth

    def __call__(self) -> None:
        """Count one down."""
        self.left -= 1
        if self.left == 0:
            die()


def wrapped(function: Callable[..., Any], fault: Fault, countdown: Callable[[], None]) -> Any:
    """Return a function that counts down before or after it does its part."""

    def stepped(*args: Any, **kwargs: Any) -> Any:
        if not fault.after:
            countdown()
        result = function(*args, **kwargs)
        if fault.after:
            countdown()
        return result

    return stepped


def arm(fault: Fault, engine: Engine) -> Callable[[], None]:
    """Put a fault in its place; return what is to be called once a commit was acknowledged."""
    countdown = Countdown(fault.nth)
    if fault.step == COMMITTED:
        return countdown
    if fault.step == COMMIT:
        sa.event.listen(engine, "commit", lambda _: countdown())
        return lambda: None
    module, path = STEPS[fault.step].split(":")
    owner: Any = importlib.import_module(module)
    *outer, name = path.split(".")
    for part in outer:
        owner = getattr(owner, part)
    setattr(owner, name, wrapped(getattr(owner, name), fault, countdown))
    return lambda: None


def work(url: str, site: str, said: Connection | None = None, fault: Fault | None = None) -> None:
    """Do all crawls of a site; say of each commit that it has been made.

    Where another writer holds the site, wait for it; where it has taken over, begin again.
    """
    engine = open_engine(url)
    acknowledge = arm(fault, engine) if fault else lambda: None
    archive = Archive(engine)
    open_sites(archive)
    commit = 0
    for crawl in crawls(site):
        while not _crawl(archive, site, crawl, commit, said, acknowledge):
            time.sleep(0.003)
        commit += len(crawl.commits)
    engine.dispose()


def _crawl(
    archive: Archive,
    site: str,
    crawl: Crawl,
    first: int,
    said: Connection | None,
    acknowledge: Callable[[], None],
) -> bool:
    """Do one crawl; False where another writer has the site."""
    try:
        lease = archive.begin_crawl(site, kind="torture", now=crawl.at)
        archive.record_seed(crawl.seed, lease)
        for number, visits in enumerate(crawl.commits, start=first):
            archive.record_many(visits, reread, lease)
            acknowledge()
            if said is not None:
                said.send(number)
        archive.end_crawl(lease, now=crawl.at, status="success", counts={})
    except (SiteBusy, LeaseLost):
        return False
    return True
