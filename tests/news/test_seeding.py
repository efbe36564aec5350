"""How often a seed is looked at follows how often new articles appear on it."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.seeding import SEED_POLICY, SeedRate, after_seed_look, prior_rate, seed_interval

HOUR = timedelta(hours=1)


def settled(an_hour: float, kind: str = "list", days: int = 60) -> timedelta:
    """The interval after a time in which articles came evenly, looked at as the rule says."""
    rate, now, due, seen = prior_rate(), timedelta(0), timedelta(0), 0
    last = timedelta(0)
    while now < timedelta(days=days):
        now = due
        found = int(now / HOUR * an_hour) - seen
        rate, seen, last = after_seed_look(rate, now - last, found), seen + found, now
        due = now + seed_interval(rate, kind)
    return due - now


@pytest.mark.parametrize(
    ("an_hour", "low", "high", "what"),
    [
        (10, 10, 12, "a busy front page: the floor"),
        (1, 25, 35, "a section of one article an hour: half an hour"),
        (1 / 24, 120, 180, "a quiet section: a few hours"),
        (1 / (24 * 30), 400, 1440, "a nearly dead one: some times a day"),
        (0, 24 * 60, 24 * 60, "a dead one: once a day"),
    ],
)
def test_the_interval_settles_by_the_square_root_rule(
    an_hour: float, low: float, high: float, what: str
) -> None:
    assert timedelta(minutes=low) <= settled(an_hour) <= timedelta(minutes=high), what


def test_four_times_the_articles_are_looked_at_twice_as_often() -> None:
    one, four = SeedRate(10, 40), SeedRate(40, 40)
    assert seed_interval(one, "list") == 2 * seed_interval(four, "list")


def test_a_sitemap_is_asked_for_once_an_hour_at_most() -> None:
    assert settled(20, "sitemap") == HOUR


def test_a_seed_that_wakes_up_is_noticed_within_a_day() -> None:
    rate = prior_rate()
    for _ in range(60):
        rate = after_seed_look(rate, timedelta(days=1), 0)
    asleep = seed_interval(rate, "list")
    rate = after_seed_look(rate, timedelta(days=1), 24)
    assert asleep == timedelta(days=1)
    assert seed_interval(rate, "list") < timedelta(hours=2)


def test_failures_in_a_row_double_the_interval_up_to_a_day() -> None:
    rate = SeedRate(10, 10)
    spans = [seed_interval(rate, "feed", failures) for failures in range(8)]
    assert spans[:4] == [HOUR / 2, HOUR, 2 * HOUR, 4 * HOUR]
    assert spans[-1] == timedelta(days=1)


@given(
    st.lists(st.tuples(st.integers(-5, 10_000), st.integers(0, 10_000)), max_size=30),
    st.integers(0, 99),
)
def test_whatever_was_seen_the_interval_stays_within_its_bounds(
    looks: list[tuple[int, int]], failures: int
) -> None:
    rate = prior_rate()
    for minutes, new in looks:
        rate = after_seed_look(rate, timedelta(minutes=minutes), new)
    found = seed_interval(rate, "list", failures)
    assert SEED_POLICY.least <= found <= SEED_POLICY.most
