"""What the demo says while it runs and when it is done."""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from crawler.run import CrawlSummary
from reporting.account import render_account
from storage.engine import Engine

Echo = Callable[[str], None]


def tell_start(echo: Echo, seed: int, home: str) -> None:
    """Say what is going to happen."""
    echo(f"Seed {seed}: an invented newspaper is served at {home} and crawled again and again")
    echo("while its desk edits, removes and restores articles. Its clock is simulated: hours pass")
    echo("between two rounds. Every page carries counters, adverts and clocks that mean nothing.")
    echo("")


def tell_round(echo: Echo, number: int, at: datetime, summary: CrawlSummary) -> None:
    """Say what one crawl came to."""
    counts = summary.counts
    told = {
        "new": counts.new,
        "changed": counts.changed,
        "unchanged": counts.unchanged,
        "missing": counts.missing,
        "failed": counts.failed + counts.seeds_failed,
        "removals confirmed": counts.removed,
        "returns": counts.returned,
    }
    text = ", ".join(f"{count} {name}" for name, count in told.items() if count)
    echo(f"Round {number}  {at:%a %d %b %H:%M}  {counts.pages:3d} looks: {text}")


def tell_account(echo: Echo, engine: Engine, rounds: Sequence[datetime]) -> None:
    """Print the readable account of what changed after the first round."""
    echo("")
    echo(render_account(engine, rounds[0], rounds[-1]))
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
