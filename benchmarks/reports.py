"""How long every shipped report takes: over everything, and over the last seven days.

On the database that VARIORUM_DATABASE names, made by `python -m benchmarks.generate`; without one
a small one is made first.
"""

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from benchmarks.generate import generate
from benchmarks.timing import render_table as render_rows
from reporting.ask import Ask
from reporting.morning_page import render_morning
from reporting.render import render_table
from reporting.report import REPORTS, run_report
from storage.engine import open_engine, reading
from storage.spans import Span
from storage.tables import versions, visits

ROUNDS = 5
ROWS = 200  # what the command shows where nothing is said
WEEK = timedelta(days=7)


def main() -> None:
    """Print the median of the rounds for every report, in milliseconds, and the CPU time of it."""
    url = os.environ.get("VARIORUM_DATABASE")
    if url:
        _measure(open_engine(url, create=False))
        return
    with tempfile.TemporaryDirectory() as folder:
        _measure(generate(f"sqlite:///{folder}/reports.db", versions=20_000, visits=400_000))


def _measure(engine: Engine) -> None:
    with reading(engine) as connection:
        counts = [connection.scalar(sa.select(sa.func.count()).select_from(t))
                  for t in (versions, visits)]  # fmt: skip
        last = connection.scalar(sa.select(sa.func.max(versions.c.first_seen_at)))
    if last is None:
        raise SystemExit("the database is empty")
    print(f"reports: {engine.dialect.name}, {counts[0]:,} versions, {counts[1]:,} looks, "
          f"median of {ROUNDS} rounds in ms; in brackets the CPU time of this process")  # fmt: skip
    works = {name: _work(engine, name, last) for name in sorted(REPORTS)}
    works["morning"] = lambda _: render_morning(
        engine, Ask(Span(None, last), UTC, now=last), as_html=False
    )
    rows = [["report", "everything", "last 7 days"]]
    rows += [[name, *(_told(work, since) for since in (None, last - WEEK))]
             for name, work in works.items()]  # fmt: skip
    print(render_rows(rows))


def _work(engine: Engine, name: str, last: datetime) -> Callable[[datetime | None], object]:
    return lambda since: render_table(
        run_report(engine, name, since, limit=ROWS, now=last), "table", width=80
    )


def _told(work: Callable[[datetime | None], object], since: datetime | None) -> str:
    walls, cpus = [], []
    for _ in range(ROUNDS):
        wall, cpu = time.perf_counter(), time.process_time()
        work(since)
        walls.append((time.perf_counter() - wall) * 1000)
        cpus.append((time.process_time() - cpu) * 1000)
    print(".", end="", file=sys.stderr, flush=True)
    return f"{statistics.median(walls):,.0f} ({statistics.median(cpus):,.0f})"


if __name__ == "__main__":
    main()
