"""Shares with their uncertainty, survival with what is not known yet, and quantiles."""

import math
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_Z = 1.959964  # of the normal distribution: 95 % lie within as many standard deviations


@dataclass(frozen=True, slots=True)
class Rate:
    """A share of a number of cases, between 0 and 1, with the bounds of its 95 % interval."""

    share: float
    low: float
    high: float


def rate(part: int, whole: int) -> Rate | None:
    """Return a share with Wilson's score interval (1927), to three places; None of no cases.

    The interval is fair to small numbers: 1 of 1 is not surely more than 90 of 100.
    """
    if whole <= 0:
        return None
    share, square = part / whole, _Z * _Z
    centre = share + square / (2 * whole)
    spread = _Z * math.sqrt(share * (1 - share) / whole + square / (4 * whole * whole))
    scale = 1 + square / whole
    low, high = (centre - spread) / scale, (centre + spread) / scale
    return Rate(round(share, 3), round(max(0.0, low), 3), round(min(1.0, high), 3))


@dataclass(frozen=True, slots=True)
class Step:
    """From an age on, in hours, the share that is still served, and how many were at risk."""

    age: float
    share: float
    low: float
    high: float
    at_risk: int


def survival(ended: Iterable[float], censored: Iterable[tuple[float, int]]) -> list[Step]:
    """Return the curve of Kaplan and Meier (1958) with Greenwood's interval on the log-log scale.

    `ended` are ages at which articles ended, in hours; `censored` are ages up to which others were
    seen alive, with how many of each. At equal ages ends come first. Empty where nothing ended.
    """
    ages = sorted(ended)
    alive = sorted(censored)
    alive_ages = [age for age, _ in alive]
    left = [0] * (len(alive) + 1)  # alive at or after each place
    for place in range(len(alive) - 1, -1, -1):
        left[place] = left[place + 1] + alive[place][1]
    steps, share, variance, place = [], 1.0, 0.0, 0
    while place < len(ages):
        age = ages[place]
        deaths = bisect_left(ages, math.nextafter(age, math.inf)) - place
        at_risk = len(ages) - place + left[bisect_left(alive_ages, age)]
        share *= 1 - deaths / at_risk
        if at_risk > deaths:
            variance += deaths / (at_risk * (at_risk - deaths))
        steps.append(Step(age, share, *_bounds(share, variance), at_risk))
        place += deaths
    return steps


def _bounds(share: float, variance: float) -> tuple[float, float]:
    if not 0 < share < 1:
        return share, share
    spread = _Z * math.sqrt(variance) / abs(math.log(share))
    return share ** math.exp(spread), share ** math.exp(-spread)


def share_at(steps: Sequence[Step], age: float) -> float:
    """Return the share still served at an age in hours, to three places."""
    before = [step.share for step in steps if step.age <= age]
    return round(before[-1], 3) if before else 1.0


def quantile(counted: Sequence[tuple[int, int]], part: float) -> int:
    """Return the least value that at least a part of all do not exceed; (value, count) sorted."""
    total = sum(count for _, count in counted)
    passed = 0
    for value, count in counted:
        passed += count
        if passed >= part * total:
            return value
    raise ValueError("a quantile of nothing")
