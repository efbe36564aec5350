"""When a site is asked again that did not answer, and when the silence is our own."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.backoff import (
    FIRST_WAIT,
    LONGEST_WAIT,
    Answers,
    CircuitState,
    Standing,
    after_crawl,
    network_lost,
    parse_retry_after,
    wait_after,
)

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
WELL = Answers(asked=True, answered=True)
DEAD = Answers(asked=True, reason="timeout")


@pytest.mark.parametrize(
    ("value", "wait", "why"),
    [
        ("120", timedelta(seconds=120), "seconds"),
        (" 0 ", timedelta(), "at once"),
        ("Sun, 01 Mar 2026 12:05:00 GMT", 5 * MINUTE, "a date"),
        ("Sunday, 01-Mar-26 12:05:00 GMT", 5 * MINUTE, "the older form of a date"),
        ("Sun, 01 Mar 2026 11:00:00 GMT", None, "a date that has passed"),
        ("-5", None, "a negative number"),
        ("soon", None, "junk"),
        ("1e3", None, "no whole number"),
        ("١٢", None, "digits of another script"),
        ("", None, "nothing"),
        (None, None, "no header"),
        ("9" * 400, timedelta(seconds=10**8), "far too many digits"),
    ],
)
def test_retry_after_is_read_in_both_forms(
    value: str | None, wait: timedelta | None, why: str
) -> None:
    assert parse_retry_after(value, NOW) == wait, why


@given(st.text(max_size=40))
def test_no_retry_after_can_break_the_crawl_or_ask_for_a_time_that_has_passed(text: str) -> None:
    wait = parse_retry_after(text, NOW)
    assert wait is None or wait >= timedelta()


@given(st.integers(0, 10_000), st.text(max_size=20))
def test_waits_are_doubled_up_to_a_day(failures: int, site: str) -> None:
    wait = wait_after(failures, site)
    assert 0.8 * FIRST_WAIT <= wait <= LONGEST_WAIT
    assert failures < 12 or wait == LONGEST_WAIT


def test_sites_that_fail_together_are_not_asked_again_together() -> None:
    assert len({wait_after(1, f"site{n}") for n in range(20)}) > 15


class TestStanding:
    """How a site stands after a crawl."""

    def test_one_that_answers_is_asked_as_ever(self) -> None:
        failing = after_crawl(Standing(), DEAD, NOW, "a")
        assert after_crawl(failing, WELL, NOW + HOUR, "a") == Standing(answered_at=NOW + HOUR)

    def test_one_that_cannot_be_reached_is_left_alone_for_longer_each_time(self) -> None:
        standing, waits = Standing(), []
        for _ in range(3):
            standing = after_crawl(standing, DEAD, NOW, "a")
            waits.append((standing.until or NOW) - NOW)
        assert standing.failures == 3
        assert standing.circuit is CircuitState.OPEN
        assert waits == [wait_after(n, "a") for n in (1, 2, 3)]
        assert waits == sorted(waits)

    @pytest.mark.parametrize(
        ("asked", "wait"),
        [
            (3 * HOUR, 3 * HOUR),
            (timedelta(seconds=1), wait_after(1, "a")),
            (timedelta(days=1000), LONGEST_WAIT),
            (None, wait_after(1, "a")),
        ],
    )
    def test_what_it_asks_for_counts_between_our_own_wait_and_a_day(
        self, asked: timedelta | None, wait: timedelta
    ) -> None:
        pushed = Answers(True, True, "http_429", pushed_back=True, retry_after=asked)
        standing = after_crawl(Standing(), pushed, NOW, "a")
        assert standing.until == NOW + wait
        assert standing.retry_after_at == (NOW + wait if asked else None)

    def test_a_seed_that_is_not_there_is_counted_but_stops_nothing(self) -> None:
        lost = Answers(asked=True, reason="http_404")
        standing = after_crawl(Standing(), lost, NOW, "a")
        assert (standing.failures, standing.circuit) == (1, CircuitState.CLOSED)

    def test_a_crawl_that_asked_for_nothing_teaches_nothing(self) -> None:
        failing = after_crawl(Standing(), DEAD, NOW, "a")
        assert after_crawl(failing, Answers(), NOW + HOUR, "a") == failing


class TestOutage:
    """Whose silence it is."""

    def standing(self, answered: datetime | None, failing: datetime | None = None) -> Standing:
        reason = "dns" if failing else None
        return Standing(1, failing, answered, reason=reason)

    def test_two_sites_that_answered_today_and_fail_since_are_our_outage(self) -> None:
        found = {
            "a": self.standing(NOW - HOUR, NOW - 5 * MINUTE),
            "b": self.standing(NOW - HOUR, NOW - 4 * MINUTE),
            "c": self.standing(NOW - 2 * HOUR),
        }
        assert network_lost(found, NOW) == {"a", "b"}

    def test_one_site_alone_cannot_tell(self) -> None:
        found = {"a": self.standing(NOW - HOUR, NOW), "b": self.standing(NOW - HOUR)}
        assert network_lost(found, NOW) == frozenset()

    def test_a_site_that_answers_in_between_proves_that_it_is_theirs(self) -> None:
        found = {
            "a": self.standing(NOW - HOUR, NOW - 5 * MINUTE),
            "b": self.standing(NOW - HOUR, NOW - 4 * MINUTE),
            "c": self.standing(NOW - 3 * MINUTE),
        }
        assert network_lost(found, NOW) == frozenset()

    def test_sites_that_have_been_dead_for_days_say_nothing(self) -> None:
        days = timedelta(days=3)
        found = {
            "a": self.standing(NOW - days, NOW - 5 * MINUTE),
            "b": self.standing(NOW - days, NOW - 4 * MINUTE),
            "c": self.standing(NOW - HOUR),
        }
        assert network_lost(found, NOW) == frozenset()

    def test_refusals_by_the_sites_are_no_outage(self) -> None:
        blocked = Standing(1, NOW - MINUTE, NOW - HOUR, reason="http_403")
        assert network_lost({"a": blocked, "b": blocked}, NOW) == frozenset()
