"""Medians and ratios from interleaved rounds: on a noisy machine a bare time says nothing."""

import statistics
import time
from collections.abc import Callable, Mapping


def interleaved(works: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, list[float]]:
    """Run each work once a round, in turn, after one uncounted round; return seconds by name."""
    seconds: dict[str, list[float]] = {name: [] for name in works}
    for turn in range(rounds + 1):
        for name, work in works.items():
            started = time.perf_counter()
            work()
            if turn:
                seconds[name].append(time.perf_counter() - started)
    return seconds


def render_ratios(seconds: Mapping[str, list[float]], base: str, unit: int, what: str) -> list[str]:
    """Return a line a work: its median per unit, and its ratio to the base, median of rounds."""
    lines = []
    for name, times in seconds.items():
        ratios = [own / other for own, other in zip(times, seconds[base], strict=True)]
        median = statistics.median(times) / unit * 1000
        lines.append(
            f"{name:24} {median:9.2f} ms a {what}   {statistics.median(ratios):8.2f} x {base}"
            f"   (rounds {min(ratios):.2f} to {max(ratios):.2f})"
        )
    return lines
