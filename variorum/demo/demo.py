"""The whole job on the sample site: serve it, crawl it as time passes, tell what changed, check."""

import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crawler.run import CrawlOptions, CrawlSummary, crawl, run
from crawler.sites.load import find_profile
from crawler.sites.profile import SiteProfile
from news.versions import Policy
from storage.archive import Archive
from storage.engine import Engine, open_engine
from storage.migrate import upgrade
from variorum.demo.clock import SimulatedClock
from variorum.demo.compare import differences, served_counts
from variorum.demo.findings import load_found
from variorum.demo.plan import draw_timeline
from variorum.demo.server import SampleServer, serving
from variorum.demo.site import Site
from variorum.demo.telling import tell_account, tell_next_steps, tell_round, tell_start
from variorum.demo.timeline import Timeline
from variorum.demo.truth import timeline_truth

DATABASE_NAME = "variorum.db"
TRUTH_NAME = "truth.json"
_MOST_TOLD = 20  # disagreements; the status and truth.json tell of all

Echo = Callable[[str], None]


class DemoError(Exception):
    """The demo cannot be run; the message says why in one line."""


@dataclass(frozen=True, slots=True)
class DemoResult:
    """What a run came to. `disagreements` is empty where the archive agrees with the truth."""

    disagreements: tuple[str, ...]
    crawls: tuple[CrawlSummary, ...]
    truth: dict[str, Any]


def demo(seed: int, keep: Path | None, echo: Echo, *, database_url: str | None = None) -> int:
    """Run the demo and return its exit status: 0 where the archive agrees with what was served.

    `keep` is a folder for the database and truth.json; without it both are thrown away.
    """
    try:
        with _folder(keep) as folder:
            url = database_url or _new_database(folder)
            result = run(lambda: run_demo(seed, folder, url, echo))
            if keep:
                tell_next_steps(echo, result.truth, url, folder / TRUTH_NAME)
    except DemoError as error:
        echo(f"demo: {error}")
        return 1
    return 1 if result.disagreements else 0


async def run_demo(seed: int, folder: Path, database_url: str, echo: Echo) -> DemoResult:
    """Serve, crawl round by round, tell, and compare; to be awaited within `crawler.run.run`.

    `database_url` names an empty database; truth.json is written into `folder`.
    """
    engine = open_engine(database_url)
    upgrade(engine)
    timeline = draw_timeline(seed)
    clock = SimulatedClock(timeline.rounds[0])
    with serving(Site(timeline), clock) as server:
        home = f"http://{server.address}/"
        tell_start(echo, seed, home)
        crawls = await _crawl_rounds(engine, timeline, server, clock, echo)
    truth = timeline_truth(timeline, home)
    text = json.dumps(truth, ensure_ascii=False, indent=1)
    (folder / TRUTH_NAME).write_text(text, encoding="utf-8")
    tell_account(echo, engine, timeline.rounds[0])
    disagreements = compare_with_truth(engine, truth)
    engine.dispose()
    _tell_verdict(echo, truth, disagreements)
    return DemoResult(tuple(disagreements), crawls, truth)


def compare_with_truth(engine: Engine, truth: dict[str, Any]) -> list[str]:
    """Return every point in which an archive disagrees with a truth.json, one line each."""
    return differences(truth, load_found(engine))


async def _crawl_rounds(
    engine: Engine,
    timeline: Timeline,
    server: SampleServer,
    clock: SimulatedClock,
    echo: Echo,
) -> tuple[CrawlSummary, ...]:
    archive = Archive(engine, Policy())
    profile = _profile(f"http://{server.address}/")
    options = CrawlOptions(allow_addresses=frozenset({server.address}), use_proxy=False)
    summaries = []
    for number, start in enumerate(timeline.rounds):
        clock.set_to(start)
        summary = await crawl(archive, profile, options=options, clock=clock)
        tell_round(echo, timeline, number, summary)
        summaries.append(summary)
    return tuple(summaries)


def _profile(home: str) -> SiteProfile:
    return find_profile("sample").with_home(home)


def _tell_verdict(echo: Echo, truth: dict[str, Any], disagreements: list[str]) -> None:
    counts = ", ".join(f"{count} {name}" for name, count in served_counts(truth).items())
    if disagreements:
        echo(f"The archive DISAGREES with what the site served ({counts}):")
        for line in disagreements[:_MOST_TOLD]:
            echo(f"  {line}")
        if len(disagreements) > _MOST_TOLD:
            echo(f"  and {len(disagreements) - _MOST_TOLD} more")
    else:
        echo(f"The site served {counts}.")
        echo("The archive agrees with it: each one found, and nothing else.")


@contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    if keep is None:
        with tempfile.TemporaryDirectory(prefix="variorum-demo-") as name:
            yield Path(name)
        return
    try:
        keep.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DemoError(f"cannot write to {keep}: {error.strerror}") from error
    yield keep


def _new_database(folder: Path) -> str:
    path = (folder / DATABASE_NAME).absolute()
    if path.exists():
        raise DemoError(f"{path} exists already; give --keep another folder")
    return f"sqlite:///{path}"
