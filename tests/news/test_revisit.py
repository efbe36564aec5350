"""When to look again: more often while young, more often where looks found changes."""

import math
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.article import Precision, PrintedTime
from news.revisit import (
    POLICY,
    ClockSample,
    Posterior,
    RevisitPolicy,
    after_look,
    age_at,
    expected_share,
    first_key,
    measure_clock,
    rate,
    removed_step,
    step,
)

NOON = datetime(2022, 11, 7, 4, 0, tzinfo=UTC)
AGES = st.floats(0, 10_000)
POSTERIORS = st.builds(Posterior, st.floats(0.1, 50), st.floats(0.1, 50))


def test_the_prior_expects_the_edits_that_studies_found() -> None:
    """0.31 an hour at age zero gives 0.68 edits on the first day, as on six Flemish sites."""
    assert POLICY.prior.level == pytest.approx(0.31)
    assert POLICY.prior.level * expected_share(24) == pytest.approx(0.68, abs=0.05)


def test_most_edits_of_the_first_week_fall_on_the_first_day() -> None:
    assert expected_share(24) / expected_share(24 * 7) == pytest.approx(0.72, abs=0.02)


@given(AGES, AGES)
def test_expected_edits_grow_with_age(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert 0 <= expected_share(low) <= expected_share(high)


def test_a_decay_of_one_is_the_limit_of_decays_near_one() -> None:
    exact, near = (expected_share(100, RevisitPolicy(decay=p)) for p in (1.0, 1.0001))
    assert exact == pytest.approx(near, rel=1e-3)


@given(POSTERIORS, AGES, AGES)
def test_a_look_that_found_nothing_lowers_what_is_expected(
    posterior: Posterior, one: float, other: float
) -> None:
    before, now = sorted((one, other))
    after = after_look(posterior, age_before_hours=before, age_now_hours=now, changed=False)
    assert after.k == posterior.k
    assert after.level <= posterior.level


@given(POSTERIORS, AGES, AGES)
def test_a_change_stands_for_at_least_one_edit(
    posterior: Posterior, one: float, other: float
) -> None:
    before, now = sorted((one, other))
    after = after_look(posterior, age_before_hours=before, age_now_hours=now, changed=True)
    if expected_share(now) > expected_share(before):
        assert after.k >= posterior.k + 1 - 1e-9
    assert math.isfinite(after.k)


def test_a_change_after_a_long_gap_stands_for_more_edits_than_after_a_short_one() -> None:
    short, long = (
        after_look(Posterior(5, 1), age_before_hours=0, age_now_hours=now, changed=True).k
        for now in (0.1, 10)
    )
    assert long > short


@given(POSTERIORS, AGES, AGES)
def test_the_rate_falls_with_age(posterior: Posterior, one: float, other: float) -> None:
    young, old = sorted((one, other))
    assert 0 < rate(posterior, old) <= rate(posterior, young)


@given(POSTERIORS, AGES, st.floats(0, 100))
def test_a_step_is_finite_and_ahead(posterior: Posterior, age: float, clock_rate: float) -> None:
    assert 0 < step(posterior, age, clock_rate) < math.inf


def test_the_gap_grows_with_age_and_with_the_load_of_the_site() -> None:
    steps = [step(POLICY.prior, age, 1.0) for age in (0, 1, 24, 240)]
    assert steps == sorted(steps)
    assert step(POLICY.prior, 1, 10.0) > step(POLICY.prior, 1, 1.0)


def test_an_article_that_changed_is_looked_at_before_one_that_did_not() -> None:
    changed, quiet = (
        after_look(POLICY.prior, age_before_hours=0, age_now_hours=1, changed=change)
        for change in (True, False)
    )
    assert step(changed, 1, 1.0) < step(quiet, 1, 1.0)


def test_a_first_key_lies_ahead_of_the_clock() -> None:
    assert first_key(100.0) == pytest.approx(100 + step(POLICY.prior, 0))
    assert first_key(100.0, age_hours=48) > first_key(100.0)


def test_removed_articles_are_looked_at_less_and_less_but_always() -> None:
    steps = [removed_step(hours) for hours in (0, 24, 24 * 30, 24 * 3650)]
    assert steps == sorted(steps)
    assert 0 < steps[0] < steps[-1] < math.inf
    assert removed_step(-1) == removed_step(0), "a clock that stepped back"


def test_the_rate_of_the_clock_is_measured_by_the_hour_and_smoothed() -> None:
    first = measure_clock(None, 10.0, NOON)
    assert first == ClockSample(None, 10.0, NOON)
    assert measure_clock(first, 12.0, NOON + timedelta(minutes=59)) == first, "too soon"
    second = measure_clock(first, 12.0, NOON + timedelta(hours=1))
    assert second.rate == pytest.approx(0.5)
    assert measure_clock(second, 12.0, NOON + timedelta(hours=3)) == second, "it stood still"
    third = measure_clock(second, 13.0, NOON + timedelta(hours=2))
    assert third.rate == pytest.approx(0.5 + 0.1 * (1.0 - 0.5))


def test_a_stop_of_a_day_is_no_slow_clock() -> None:
    first = measure_clock(None, 10.0, NOON)
    late = measure_clock(first, 11.0, NOON + timedelta(hours=30))
    assert late.rate == pytest.approx(6.0)


@pytest.mark.parametrize(
    ("published", "hours", "reason"),
    [
        (None, 2, "no time printed: from first sight"),
        (PrintedTime(NOON - timedelta(hours=5), Precision.MINUTE), 7, "from the printed time"),
        (PrintedTime(NOON + timedelta(hours=1), Precision.MINUTE), 2, "printed after first sight"),
        (PrintedTime(NOON - timedelta(hours=5), Precision.MINUTE, True), 2, "worked out by us"),
        (PrintedTime(NOON - timedelta(hours=12), Precision.DAY), 2, "a date: some time of today"),
        (PrintedTime(NOON - timedelta(hours=60), Precision.DAY), 38, "a date: by its end"),
    ],
)
def test_age_counts_from_when_the_article_was_out(
    published: PrintedTime | None, hours: float, reason: str
) -> None:
    assert age_at(NOON + timedelta(hours=2), NOON, published) == hours, reason


def simulated_looks(changed: bool, days: int = 20) -> int:
    """Return how often one of a hundred articles is looked at, all else quiet, by key order."""
    state = {article: (first_key(0.0), POLICY.prior, 0.0) for article in range(100)}
    looks, hours = 0, 0.0
    while hours < 24 * days:
        hours += 0.5
        article = min(state, key=lambda each: state[each][0])
        key, posterior, last = state[article]
        looks += article == 0
        posterior = after_look(
            posterior,
            age_before_hours=last,
            age_now_hours=hours,
            changed=changed and article == 0,
        )
        state[article] = (key + step(posterior, hours), posterior, hours)
    return looks


def test_a_restless_article_earns_more_looks_than_a_quiet_one() -> None:
    assert simulated_looks(changed=True) > 2 * simulated_looks(changed=False)
