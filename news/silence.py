"""When a site has gone quiet: no new article for longer than its own rhythm explains.

The rhythm is the mean number of new articles in each hour of the week, over the hours in which the
site was watched. A silence of watched hours is unlikely by exp(-E/D), where E is what the rhythm
expects of these hours and D how much more the site's days vary than chance would have them
(variance over mean, 1 at least). A site is quiet when, after four weeks of watching,

    E / D ≥ 10 (one in 20,000),  the silence lasts six hours at least,
    and half again as long as the longest silence that ended by itself.

Public holidays count as Sundays: those of fixed date, and the week from the eve of the lunar new
year, when most newsrooms on the mainland stop together. That makes the rule slower, never wrong.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from statistics import fmean, pvariance

HOUR = timedelta(hours=1)
WATCHED_FOR = timedelta(weeks=4)
REMEMBERED = timedelta(weeks=8)
_SURPRISE = 10.0
_LEAST = timedelta(hours=6)
_BEYOND_LONGEST = 1.5
_SUNDAY = 6
# First days of the lunar year.
_NEW_YEARS = (
    "2024-02-10 2025-01-29 2026-02-17 2027-02-06 2028-01-26 2029-02-13 2030-02-03 2031-01-23 "
    "2032-02-11 2033-01-31 2034-02-19 2035-02-08 2036-01-28 2037-02-15 2038-02-04 2039-01-24 "
    "2040-02-12"
)
_FIXED = {(1, 1), *((5, day) for day in range(1, 6)), *((10, day) for day in range(1, 9))}


@dataclass(frozen=True, slots=True)
class WatchedHour:
    """One hour of local time in which a site's seeds were looked at."""

    at: datetime  # its beginning, in the site's zone
    new: int  # articles that appeared


def is_holiday(day: date) -> bool:
    """Tell whether newsrooms rest on that day as on a Sunday."""
    if (day.month, day.day) in _FIXED:
        return True
    eves = (date.fromisoformat(text) - timedelta(days=1) for text in _NEW_YEARS.split())
    return any(0 <= (day - eve).days < 8 for eve in eves)


def is_quiet(hours: Sequence[WatchedHour]) -> bool:
    """Tell whether a site has gone quiet by the end of the hours given, the oldest first.

    Hours in which nobody looked are left out by the caller: they are no silence.
    """
    if not hours or hours[-1].at - hours[0].at < WATCHED_FOR:
        return False
    last = next((n for n in range(len(hours) - 1, -1, -1) if hours[n].new), None)
    if last is None:
        return False
    before, silent = hours[: last + 1], hours[last + 1 :]
    lasts = len(silent) * HOUR
    if lasts < _LEAST or lasts < _BEYOND_LONGEST * _longest(before):
        return False
    rhythm = _rhythm(before)
    expected = sum(rhythm.get(_slot(hour.at), 0.0) for hour in silent)
    return expected / _dispersion(before, rhythm) >= _SURPRISE


def _slot(at: datetime) -> tuple[int, int]:
    return (_SUNDAY if is_holiday(at.date()) else at.weekday(), at.hour)


def _rhythm(hours: Iterable[WatchedHour]) -> dict[tuple[int, int], float]:
    """Return the mean of new articles for each hour of the week, Sunday's also for holidays."""
    seen: dict[tuple[int, int], list[int]] = defaultdict(list)
    for hour in hours:
        seen[_slot(hour.at)].append(hour.new)
    return {slot: fmean(found) for slot, found in seen.items()}


def _dispersion(hours: Iterable[WatchedHour], rhythm: dict[tuple[int, int], float]) -> float:
    """Return how much more the days vary around the rhythm than by chance alone; at least 1."""
    days: dict[date, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for hour in hours:
        day = days[hour.at.date()]
        day[0] += hour.new
        day[1] += rhythm[_slot(hour.at)]
    expected = fmean(mean for _, mean in days.values())
    return max(1.0, pvariance([new - mean for new, mean in days.values()]) / max(expected, 1e-9))


def _longest(hours: Sequence[WatchedHour]) -> timedelta:
    """Return the longest run of watched hours without a new article that one ended."""
    places = [place for place, hour in enumerate(hours) if hour.new]
    return max((b - a - 1 for a, b in pairwise(places)), default=0) * HOUR
