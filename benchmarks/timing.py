"""Medians and ratios from interleaved rounds: on a noisy machine a bare time says nothing."""

import gc
import statistics
import time
from collections.abc import Callable, Mapping, Sequence


class GaveUpError(Exception):
    """A work cannot be run any more; the message says why."""


def timed(work: Callable[[], object], times: int = 1) -> Callable[[], float]:
    """Return the work as one that returns how many seconds it took, the median of some times."""

    def once() -> float:
        gc.collect()
        started = time.perf_counter()
        work()
        return time.perf_counter() - started

    return lambda: statistics.median(once() for _ in range(times))


def interleaved(works: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, list[float]]:
    """Run each work once a round, in turn, after one uncounted round; return seconds by name.

    A work that gives up is left out from then on, and its rounds do not count.
    """
    seconds: dict[str, list[float]] = {name: [] for name in works}
    left = dict(works)
    for turn in range(rounds + 1):
        for name, work in list(left.items()):
            try:
                taken = work()
            except GaveUpError:
                del left[name], seconds[name]
                continue
            if turn:
                seconds[name].append(taken)
    return seconds


def ratios(times: Sequence[float], base: Sequence[float]) -> list[float]:
    """Return a ratio a round: what was measured side by side is what is compared."""
    return [own / other for own, other in zip(times, base, strict=True)]


def spread(values: Sequence[float]) -> str:
    """Render the lowest and the highest of some ratios."""
    return f"{min(values):.2f} to {max(values):.2f}"


def render_table(rows: Sequence[Sequence[str]]) -> str:
    """Return rows as an aligned Markdown table; the first is the head."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["| " + " | ".join(map(str.ljust, row, widths)) + " |" for row in rows]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


def render_ratios(seconds: Mapping[str, list[float]], base: str, unit: int, what: str) -> list[str]:
    """Return a line a work: its median per unit, and its ratio to the base, median of rounds."""
    lines = []
    for name, times in seconds.items():
        found = ratios(times, seconds[base])
        median = statistics.median(times) / unit * 1000
        lines.append(
            f"{name:24} {median:9.2f} ms a {what}   {statistics.median(found):8.2f} x {base}"
            f"   (rounds {spread(found)})"
        )
    return lines
