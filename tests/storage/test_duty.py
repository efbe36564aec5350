"""One daemon is on duty; a second waits and takes over; what was missed is entered."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from storage import duty
from storage.engine import reading, writing
from storage.errors import LeaseLost
from storage.tables import gaps, leases
from tests.storage.newsroom import at


def taken(found: duty.Duty | duty.OnDuty) -> duty.Duty:
    assert isinstance(found, duty.Duty)
    return found


def die(engine: Engine) -> None:
    """Let the holder be a process that is no more, by another machine's name until it expires."""
    with writing(engine) as connection:
        connection.execute(sa.update(leases).values(holder="elsewhere/x/1/1.0"))


def expire(engine: Engine) -> None:
    with writing(engine) as connection:
        connection.execute(sa.update(leases).values(expires_at=at(0) - timedelta(days=9000)))


def entered(engine: Engine) -> list[tuple[object, ...]]:
    columns = (gaps.c.kind, gaps.c.began_at, gaps.c.ended_at)
    with reading(engine) as connection:
        return [tuple(row) for row in connection.execute(sa.select(*columns))]


def test_a_second_daemon_is_told_who_is_on_duty(engine: Engine) -> None:
    first = taken(duty.take(engine, at(0)))
    found = duty.take(engine, at(1))
    assert isinstance(found, duty.OnDuty)
    assert found.holder == first.holder


def test_a_living_holder_elsewhere_is_waited_for_and_a_silent_one_is_not(engine: Engine) -> None:
    duty.take(engine, at(0))
    die(engine)
    assert isinstance(duty.take(engine, at(1)), duty.OnDuty)
    expire(engine)
    assert taken(duty.take(engine, at(1))).token == 2


def test_a_daemon_that_was_frozen_is_refused_when_it_wakes_up(engine: Engine) -> None:
    first = taken(duty.take(engine, at(0)))
    die(engine)
    expire(engine)
    second = taken(duty.take(engine, at(2)))
    for late in (duty.renew, duty.give_back):
        with pytest.raises(LeaseLost):
            late(engine, first, at(3))
    duty.renew(engine, second, at(3))


def test_six_hours_without_a_daemon_are_one_gap(engine: Engine) -> None:
    first = taken(duty.take(engine, at(0)))
    duty.renew(engine, first, at(10))
    die(engine)
    expire(engine)
    second = taken(duty.take(engine, at(370)))
    assert second.gap == duty.Gap(at(10), at(370))
    assert entered(engine) == [("daemon", at(10), at(370))]


def test_a_gap_is_entered_after_a_clean_end_too_but_a_restart_is_none(engine: Engine) -> None:
    duty.give_back(engine, taken(duty.take(engine, at(0))), at(1))
    second = taken(duty.take(engine, at(2)))
    assert second.gap is None
    duty.give_back(engine, second, at(3))
    assert taken(duty.take(engine, at(100))).gap == duty.Gap(at(3), at(100))


def test_the_first_start_of_all_is_no_gap(engine: Engine) -> None:
    assert taken(duty.take(engine, at(0))).gap is None
    assert entered(engine) == []
