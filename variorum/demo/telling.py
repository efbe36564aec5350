"""What the demo says while it runs and when it is done."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from crawler.run import CrawlSummary
from reporting.account import render_account
from storage.engine import Engine
from variorum.demo.timeline import Timeline

Echo = Callable[[str], None]

_DONE = ("published", "edited", "removed", "restored", "failing for a while", "well again")
_FOUND = {
    "new": "new",
    "changed": "changed",
    "unchanged": "unchanged",
    "missing": "missing",
    "removed": "confirmed as removed",
    "returned": "returned",
    "failed": "failed",
}


def tell_start(echo: Echo, seed: int, home: str) -> None:
    """Say what is going to happen."""
    echo(f"Seed {seed}: an invented newspaper is served at {home} and crawled again and again")
    echo("while its desk edits, removes and restores articles. Its clock is simulated: hours pass")
    echo("between two rounds. Every page carries counters, adverts and clocks that mean nothing.")
    echo("")


def tell_round(echo: Echo, timeline: Timeline, number: int, summary: CrawlSummary) -> None:
    """Say what the desk did before a round, and what the crawl found of it."""
    at = timeline.rounds[number]
    since = timeline.rounds[number - 1] if number else None
    done = timeline.done_between(since, at)
    desk = ", ".join(f"{done[name]} {name}" for name in _DONE if done[name])
    counts = asdict(summary.counts)
    counts["failed"] += counts["seeds_failed"]
    found = ", ".join(f"{counts[key]} {name}" for key, name in _FOUND.items() if counts[key])
    echo(f"Round {number + 1}  {at:%a %d %b %H:%M}  desk:  {desk or 'nothing'}")
    echo(f"{'':26}crawl: {found}")


def tell_account(echo: Echo, engine: Engine, since: datetime) -> None:
    """Print the readable account of all that was seen from a moment on."""
    echo("")
    echo(render_account(engine, since))
    echo("")


def tell_next_steps(echo: Echo, truth: dict[str, Any], database: str, truth_path: Path) -> None:
    """Say where everything is and what to type next."""
    article = max(truth["articles"], key=lambda found: len(found["versions"]))
    echo("")
    echo(f"Database: {database}")
    echo(f"What the site served: {truth_path}")
    echo("Next:")
    echo(f"  variorum history {article['url']} --database {database}")
    echo(f"  variorum diff {article['url']} 1 2 --database {database}")
