"""What the status says, to people in 80 columns and to monitors."""

import json
from datetime import timedelta

import pytest
import sqlalchemy as sa
from rich.cells import cell_len
from sqlalchemy.engine import Engine

from crawler.sites.profile import generic_profile
from news.backoff import Answers
from reporting.monitor import Monitor
from reporting.status import Expected, Status, load_status
from reporting.status_text import render_status, span
from storage import duty
from storage.archive import Archive
from storage.engine import writing
from storage.roster import Roster
from storage.tables import leases
from tests.storage.newsroom import at

HOUR = timedelta(hours=1)
WELL = Answers(asked=True, answered=True)
DEAD = Answers(asked=True, reason="timeout")
KEYS = [f"{name}.example" for name in ("healthy", "failing", "paused", "never", "late")]


@pytest.fixture
def world(engine: Engine) -> Engine:
    archive = Archive(engine)
    for key in KEYS:
        archive.open_site(generic_profile(f"http://{key}/").record())
    for key, minute, answers in (
        ("healthy.example", 100, WELL),
        ("failing.example", 100, DEAD),
        ("late.example", -200, WELL),
    ):
        lease = archive.begin_crawl(key, kind="seeds", now=at(minute))
        archive.end_crawl(
            lease,
            now=at(minute + 1),
            status="success",
            counts={"pages": 12, "new": 3, "changed": 1, "failed": 2},
            answers=answers,
            seeds_read_at=at(minute),
        )
    Roster(engine).pause("paused.example", at(0))
    return engine


def status(engine: Engine, minute: int = 102) -> Status:
    unchecked = {"healthy.example": "expired, they know"}
    budget = dict.fromkeys(KEYS, 2400)
    return load_status(engine, at(minute), Expected(HOUR, HOUR / 4, budget, unchecked))


def test_each_site_has_its_state(world: Engine) -> None:
    found = {site.site: site for site in status(world).sites}
    assert {key: site.state for key, site in found.items()} == {
        "healthy.example": "idle",
        "failing.example": "waiting",
        "paused.example": "paused",
        "never.example": "due",
        "late.example": "overdue",
    }
    assert found["never.example"].next_at == at(102)
    assert found["paused.example"].next_at is None
    assert found["healthy.example"].next_at == at(160)
    assert found["healthy.example"].last_success_at == at(101)
    assert found["late.example"].lag_seconds == (102 + 200 - 60) * 60
    assert found["healthy.example"].counts["changed"] == 1
    assert found["failing.example"].failures == 1
    assert found["failing.example"].until == found["failing.example"].next_at


def test_a_missing_daemon_and_overdue_sites_are_problems_and_a_failing_site_is_a_complaint(
    world: Engine,
) -> None:
    found = status(world)
    assert any("no daemon" in line for line in found.problems)
    assert any("late.example" in line for line in found.problems)
    assert any("failing.example" in line and "timeout" in line for line in found.complaints)
    duty.take(world, at(102))
    assert not any("no daemon" in line for line in status(world).problems)
    with writing(world) as connection:
        gone = at(0) - timedelta(days=9000)
        connection.execute(sa.update(leases).values(expires_at=gone))
    assert any("no daemon" in line for line in status(world).problems), "its lease has expired"


def test_a_gap_of_the_last_days_is_told(world: Engine) -> None:
    found = duty.take(world, at(0))
    assert isinstance(found, duty.Duty)
    duty.give_back(world, found, at(1))
    duty.take(world, at(100))
    assert [(gap.kind, gap.began_at, gap.ended_at) for gap in status(world).gaps] == [
        ("daemon", at(1), at(100))
    ]
    assert any("blind (daemon)" in line for line in render_status(status(world)))


def test_it_fits_a_terminal_of_80_columns_and_its_json_says_all(world: Engine) -> None:
    found = status(world)
    lines = render_status(found)
    table = lines[: 3 + len(KEYS)]
    assert max(map(cell_len, table)) <= 80
    assert any("its certificate is not checked" in line for line in lines)
    told = json.loads(found.as_json())
    assert {site["site"] for site in told["sites"]} == set(KEYS)
    assert told["sites"][0]["unchecked_certificate"] is None


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0 s"), (90, "90 s"), (150, "2 min"), (7300, "2 h"), (86400 * 3, "3 d"), (-5, "0 s")],
)
def test_spans_are_told_in_one_unit(seconds: int, said: str) -> None:
    assert span(timedelta(seconds=seconds)) == said


class TestMonitor:
    """What the endpoint answers."""

    def monitor(self, engine: Engine, **told: float) -> Monitor:
        given = dict.fromkeys(
            ("crawler_processes", "crawler_memory", "crawlers_started", "crawlers_lost"), 0.0
        )
        return Monitor(engine, lambda: given | {"on_duty": 1.0, "late": 0.0} | told)

    def test_it_is_healthy_while_the_ticks_go_on(self, world: Engine) -> None:
        assert self.monitor(world).health()[0] == 200
        status, told = self.monitor(world, late=1000.0).health()
        assert status == 503
        assert "late" in told["wrong"][0]
        assert self.monitor(world, on_duty=0.0).health()[1]["state"] == "waiting"

    def test_a_database_that_is_away_is_no_health(self, world: Engine) -> None:
        with writing(world) as connection:
            connection.exec_driver_sql("DROP TABLE gaps")
        try:
            assert self.monitor(world).health()[0] == 503
        finally:
            with writing(world) as connection:
                leases.metadata.tables["gaps"].create(connection)

    def test_metrics_tell_of_each_site(self, world: Engine) -> None:
        monitor = self.monitor(world)
        monitor.count("looks", "success", 3.0, {"unchanged": 25})
        found = {
            (sample.name, sample.labels.get("site")): sample.value
            for family in monitor.registry.collect()
            for sample in family.samples
        }
        assert found["variorum_site_circuit_open", "failing.example"] == 1
        assert found["variorum_site_circuit_open", "healthy.example"] == 0
        assert found["variorum_site_paused", "paused.example"] == 1
        stamp = at(101).timestamp()
        assert found["variorum_site_last_success_timestamp_seconds", "healthy.example"] == stamp
        assert found["variorum_database_up", None] == 1
