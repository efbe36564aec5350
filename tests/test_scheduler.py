"""Which sites are due, and that each is crawled once at a time."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from scheduler import due

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_a_site_never_crawled_is_due_before_all_others() -> None:
    last = {"a": NOW - 5 * HOUR, "b": NOW - 2 * HOUR}
    assert due(["a", "b", "new"], last, NOW, HOUR) == ["new", "a", "b"]


def test_a_site_crawled_within_the_interval_is_not_due() -> None:
    assert due(["a"], {"a": NOW - HOUR + timedelta(seconds=1)}, NOW, HOUR) == []


def test_a_site_is_due_exactly_when_the_interval_has_passed() -> None:
    assert due(["a"], {"a": NOW - HOUR}, NOW, HOUR) == ["a"]


@given(
    st.dictionaries(st.text(max_size=3), st.integers(0, 10_000).map(lambda s: timedelta(seconds=s)))
)
def test_due_sites_come_longest_overdue_first_and_each_once(ages: dict[str, timedelta]) -> None:
    last = {site: NOW - age for site, age in ages.items()}
    order = due(last, last, NOW, HOUR)
    assert sorted(order) == sorted(site for site, age in ages.items() if age >= HOUR)
    assert [last[site] for site in order] == sorted(last[site] for site in order)
