"""A site that stops is told; nights, weekends, holidays, bursts and youth are not."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from news.silence import HOUR, REMEMBERED, WatchedHour, is_holiday, is_quiet

START = datetime(2026, 1, 5, tzinfo=UTC)  # a Monday
WORK = dict.fromkeys(range(8, 18), 1.0)
AROUND_THE_CLOCK = dict.fromkeys(range(24), 0.6)


def rate(at: datetime, day: dict[int, float], weekend: float, holiday: float) -> float:
    level = day.get(at.hour, 0.0)
    if is_holiday(at.date()):
        return level * holiday
    return level * (weekend if at.weekday() > 4 else 1.0)


def year(
    seed: int,
    day: dict[int, float],
    *,
    weekend: float = 1.0,
    holiday: float = 1.0,
    burst: float = 0.0,
    level: float = 1.0,
    days: int = 300,
) -> list[WatchedHour]:
    """Hours of a year in the life of a newsroom; with `burst` its days vary widely."""
    chance, hours = random.Random(seed), []
    mood = 1.0
    for number in range(days * 24):
        at = START + number * HOUR
        if at.hour == 0 and burst:
            mood = chance.gammavariate(1 / burst, burst)
        mean = rate(at, day, weekend, holiday) * level * mood
        new = 0
        threshold = chance.expovariate(1.0)
        while threshold < mean:
            new += 1
            threshold += chance.expovariate(1.0)
        hours.append(WatchedHour(at, new))
    return hours


def alarms(hours: list[WatchedHour], every: int = 6) -> int:
    """How often the rule speaks over a year, asked every few hours with what it remembers."""
    kept = int(REMEMBERED / HOUR)
    return sum(
        is_quiet(hours[max(0, end - kept) : end]) for end in range(24, len(hours) + 1, every)
    )


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    "site",
    [
        {"day": AROUND_THE_CLOCK},
        {"day": WORK},
        {"day": WORK, "weekend": 0.0},
        {"day": WORK, "weekend": 0.0, "holiday": 0.0},
        {"day": WORK, "weekend": 0.2, "holiday": 0.1, "burst": 1.0},
        {"day": WORK, "weekend": 0.3, "level": 0.1},
        {"day": {9: 20.0}, "weekend": 0.0, "holiday": 0.0},
    ],
    ids=[
        "around the clock",
        "by day",
        "on workdays",
        "on workdays, with holidays",
        "in bursts",
        "rarely",
        "all at nine",
    ],
)
def test_a_living_site_is_never_taken_for_a_quiet_one(site: dict[str, object], seed: int) -> None:
    assert alarms(year(seed, **site), every=13) == 0  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("site", "within"),
    [
        ({"day": AROUND_THE_CLOCK}, 1),
        ({"day": WORK}, 2),
        ({"day": WORK, "weekend": 0.0}, 5),
        ({"day": WORK, "weekend": 0.2, "burst": 1.0}, 14),
    ],
    ids=["around the clock", "by day", "on workdays", "in bursts"],
)
def test_a_site_that_stops_is_told_within_days(site: dict[str, object], within: int) -> None:
    hours = year(5, days=56, **site)  # type: ignore[arg-type]
    silent = [WatchedHour(hours[-1].at + n * HOUR, 0) for n in range(1, within * 24 + 1)]
    assert not is_quiet(hours)
    assert is_quiet([*hours, *silent])


def test_a_young_site_is_not_judged() -> None:
    hours = year(1, AROUND_THE_CLOCK, days=20)
    silent = [WatchedHour(hours[-1].at + n * HOUR, 0) for n in range(1, 120)]
    assert not is_quiet([*hours, *silent])


def test_hours_in_which_nobody_looked_are_no_silence() -> None:
    hours = year(1, AROUND_THE_CLOCK, days=56)
    later = hours[-1].at + timedelta(days=9)
    assert not is_quiet([*hours, WatchedHour(later, 0)])


def test_a_site_that_never_had_an_article_has_not_gone_quiet() -> None:
    assert not is_quiet([])
    assert not is_quiet([WatchedHour(START + n * HOUR, 0) for n in range(24 * 40)])
