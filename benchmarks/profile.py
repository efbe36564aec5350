"""Where the time of `bytes → Article` goes, by stage, as ratios to lxml's parse of the same bytes.

The stages are the functions that `extract` calls one after another, wrapped with a clock: a
profiler that counts every call would make what calls much look dearer than it is.
"""

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

from benchmarks.extraction import OURS, PARSE, parse_all, read_all
from benchmarks.saved import describe, load_pages
from benchmarks.timing import interleaved, ratios, render_table, spread
from crawler.extraction import extract, pagekind

ROUNDS = 21
# Which functions of the module `extract` make up a stage, in the order of a reading. None of them
# calls another of them, so that nothing is counted twice.
STAGES = {
    "decode": ("decode_page", "is_mojibake"),
    "scripts taken out": ("shown_part",),
    "head, and walk to lines": ("read_source",),
    "parse and walk, where a page needs it": (
        "parse_markup",
        "read_head",
        "select",
        "outline_page",
    ),
    "container": ("_find_inside", "_first_story"),
    "headline": ("_headline",),
    "body": ("sort_lines",),
    "info line and credits": ("read_info",),
    "breadcrumb": ("_section",),
    "times": ("settle_published", "stated_modified"),
    "images": ("find_images", "pictures_behind"),
    "addresses": ("_canonical", "_declared", "_base"),
}
KIND_STAGE = "page kind"
KIND_FUNCTIONS = ("not_html", "notice", "listing")
REST = "everything else"


class Clock:
    """The seconds that each stage took since it was last asked."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._running = False

    def wrap(self, stage: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function with its time counted, unless another stage's is running."""

        def clocked(*args: Any, **kwargs: Any) -> Any:
            if self._running:
                return function(*args, **kwargs)
            self._running = True
            started = time.perf_counter()
            try:
                return function(*args, **kwargs)
            finally:
                taken = time.perf_counter() - started
                self.seconds[stage] = self.seconds.get(stage, 0.0) + taken
                self._running = False

        return clocked


@contextmanager
def clocked(clock: Clock) -> Iterator[None]:
    """Put the clock around the stages of a reading for a while."""
    places = [(extract, stage, name) for stage, names in STAGES.items() for name in names]
    places += [(pagekind, KIND_STAGE, name) for name in KIND_FUNCTIONS]
    patches = [
        mock.patch.object(module, name, clock.wrap(stage, getattr(module, name)))
        for module, stage, name in places
    ]
    for patch in patches:
        patch.start()
    try:
        yield
    finally:
        for patch in patches:
            patch.stop()


def staged(read: Callable[[], float], rounds: list[dict[str, float]]) -> Callable[[], float]:
    """Return the work with its stages clocked, the seconds of each noted every round."""

    def run() -> float:
        clock = Clock()
        with clocked(clock):
            total = read()
        rounds.append({**clock.seconds, REST: total - sum(clock.seconds.values())})
        return total

    return run


def main(folder: Path) -> None:
    """Print a line a stage: its ratio to lxml's parse, and its share of the whole."""
    pages = load_pages(folder)
    print(f"profile: {describe(pages)}, generic rules, medians of {ROUNDS} interleaved rounds")
    rounds: list[dict[str, float]] = []
    read = read_all(pages, 1)  # the stages of more than one reading would be added up
    works = {PARSE: parse_all(pages), OURS: read, "clocked": staged(read, rounds)}
    seconds = interleaved(works, ROUNDS)
    rows = [["stage", f"x {PARSE}", "spread", "share"]]
    for stage in [*STAGES, KIND_STAGE, REST]:
        times = [taken.get(stage, 0.0) for taken in rounds[1:]]
        found = ratios(times, seconds[PARSE])
        share = statistics.median(ratios(times, seconds["clocked"]))
        rows.append([stage, f"{statistics.median(found):.2f}", spread(found), f"{share:.0%}"])
    for name in ("clocked", OURS):
        found = ratios(seconds[name], seconds[PARSE])
        label = "all stages, clocked" if name == "clocked" else f"{OURS}, not clocked"
        rows.append([label, f"{statistics.median(found):.2f}", spread(found), ""])
    print(render_table(rows))
