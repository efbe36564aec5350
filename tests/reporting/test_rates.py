"""Shares with their uncertainty, survival with what is not known yet, quantiles."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting.rates import quantile, rate, share_at, survival

COUNTS = st.lists(st.tuples(st.integers(0, 50), st.integers(1, 9)), max_size=20)


@pytest.mark.parametrize(
    ("part", "whole", "expected", "reason"),
    [
        (0, 0, None, "nothing to share"),
        (0, 10, (0.0, 0.0, 0.278), "none of ten may be a quarter of many"),
        (1, 1, (1.0, 0.207, 1.0), "one of one says little"),
        (90, 100, (0.9, 0.826, 0.945), "ninety of a hundred say more"),
        (5, 10, (0.5, 0.237, 0.763), "as in Wilson's formula"),
    ],
)
def test_a_rate_has_wilsons_interval(
    part: int, whole: int, expected: tuple[float, float, float] | None, reason: str
) -> None:
    found = rate(part, whole)
    assert (found and (found.share, found.low, found.high)) == expected, reason


@given(st.integers(0, 200), st.integers(1, 200))
def test_a_rate_lies_within_its_interval(part: int, whole: int) -> None:
    found = rate(min(part, whole), whole)
    assert found is not None
    assert 0 <= found.low <= found.share <= found.high <= 1


def test_survival_is_what_kaplan_and_meier_get_by_hand() -> None:
    """Ten articles: two end at 2 h, one at 5 h; two were last seen at 3 h, five at 9 h."""
    steps = survival([2, 2, 5], [(3, 2), (9, 5)])
    assert [(step.age, round(step.share, 4), step.at_risk) for step in steps] == [
        (2, 0.8, 10),
        (5, 0.6667, 6),
    ]
    # Greenwood: 0.8 with a standard error of 0.1265, on the log-log scale
    assert (round(steps[0].low, 3), round(steps[0].high, 3)) == (0.409, 0.946)


def test_what_was_last_seen_when_another_ended_was_at_risk_of_it() -> None:
    (step,) = survival([3], [(3, 1)])
    assert (step.share, step.at_risk) == (0.5, 2)


def test_without_an_end_all_are_served() -> None:
    assert survival([], [(3, 2)]) == []
    assert share_at([], 100) == 1.0


@given(st.lists(st.integers(1, 40), max_size=20), COUNTS)
def test_survival_only_falls_and_risks_only_shrink(
    ended: list[int], seen: list[tuple[int, int]]
) -> None:
    steps = survival(ended, seen)
    shares = [1.0, *(step.share for step in steps)]
    assert shares == sorted(shares, reverse=True)
    assert all(step.at_risk > 0 for step in steps)
    if not seen and ended:
        assert shares[-1] == pytest.approx(0)


@given(st.lists(st.tuples(st.integers(0, 99), st.integers(1, 5)), min_size=1), st.floats(0.01, 1))
def test_a_quantile_is_what_counting_gives(counted: list[tuple[int, int]], part: float) -> None:
    values = sorted(value for value, count in counted for _ in range(count))
    found = quantile(sorted(counted), part)
    assert sum(value <= found for value in values) >= part * len(values)
    assert sum(value < found for value in values) < part * len(values)
