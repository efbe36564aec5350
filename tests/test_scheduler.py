"""Which sites are due, and that the daemon starts each once at a time, whatever happens."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.engine import Engine

from crawler.crawls import CrawlOptions
from crawler.orders import Ended, Order
from crawler.sites.profile import Politeness, SiteProfile, generic_profile
from news.backoff import Answers, CircuitState, Standing
from news.visits import Finding
from scheduler import Cadence, Daemon, Plan, due, due_confirmations, due_looks, due_seeds
from storage import duty
from storage.archive import Archive
from storage.engine import reading
from storage.errors import SiteBusy
from storage.roster import Roster, WatchedSite
from storage.tables import gaps, leases
from tests.storage.newsroom import article, never_reread, read_visit

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
WELL = Answers(asked=True, answered=True)
DEAD = Answers(asked=True, reason="timeout")


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


def watched(key: str = "a", **more: object) -> WatchedSite:
    found = WatchedSite(
        key=key,
        name=key,
        home_url=f"http://{key}.example/",
        scope="site",
        paused_at=None,
        standing=Standing(),
        seeds_read_at=NOW - 2 * HOUR,
        looks_left=100.0,
        filled_at=NOW,
        busy=False,
        has_articles=True,
        missing_since=NOW - HOUR,
    )
    return replace(found, **more)  # type: ignore[arg-type]


OPEN = Standing(1, circuit=CircuitState.OPEN, until=NOW + MINUTE)


@pytest.mark.parametrize(
    ("more", "is_due", "why"),
    [
        ({}, True, "nothing stands against it"),
        ({"paused_at": NOW}, False, "paused"),
        ({"busy": True}, False, "a crawl runs"),
        ({"standing": OPEN}, False, "left alone"),
        ({"standing": replace(OPEN, until=NOW)}, True, "left alone for long enough"),
    ],
)
def test_what_keeps_a_site_from_being_asked(
    more: dict[str, object], is_due: bool, why: str
) -> None:
    sites = [watched(**more)]
    profile = generic_profile("http://a.example/")
    expected = ["a"] if is_due else []
    assert due_seeds(sites, NOW, HOUR) == expected, why
    assert list(due_looks(sites, {"a": profile}, NOW, 15 * MINUTE)) == expected, why
    assert due_confirmations(sites, NOW, 30 * MINUTE) == expected, why


@pytest.mark.parametrize(
    ("read_at", "due_at", "is_due", "why"),
    [
        (None, NOW + HOUR, True, "never read"),
        (NOW - MINUTE, NOW, True, "a seed is due, however lately others were read"),
        (NOW - 9 * HOUR, NOW + MINUTE, False, "none is due, however long ago they were read"),
        (NOW - 2 * HOUR, None, True, "nothing is learned: by the interval"),
        (NOW - MINUTE, None, False, "nothing is learned: within the interval"),
    ],
)
def test_seeds_are_read_when_the_first_of_them_is_due(
    read_at: datetime | None, due_at: datetime | None, is_due: bool, why: str
) -> None:
    site = watched(seeds_read_at=read_at, seeds_due_at=due_at)
    assert due_seeds([site], NOW, HOUR) == (["a"] if is_due else []), why


def test_of_a_site_of_single_articles_no_seeds_are_read_but_looks_are_made() -> None:
    site = watched(scope="articles")
    assert due_seeds([site], NOW, HOUR) == []
    assert due_looks([site], {"a": generic_profile("http://a.example/")}, NOW, HOUR)


def test_looks_are_made_when_an_interval_of_them_is_saved_up_and_never_more_than_an_hours() -> None:
    profile = generic_profile("http://a.example/").model_copy(
        update={"politeness": Politeness(looks_per_day=2400)}
    )

    def made(left: float, filled: timedelta) -> dict[str, int]:
        site = watched(looks_left=left, filled_at=NOW - filled)
        return due_looks([site], {"a": profile}, NOW, 15 * MINUTE)

    assert made(0, 14 * MINUTE) == {}
    assert made(0, 15 * MINUTE) == {"a": 25}
    assert made(10, 15 * MINUTE) == {"a": 35}
    assert made(0, timedelta(hours=6)) == {"a": 100}, "six hours of downtime make no crowd"


def test_a_budget_of_less_than_a_look_an_hour_still_gives_looks() -> None:
    profile = generic_profile("http://a.example/").model_copy(
        update={"politeness": Politeness(looks_per_day=10)}
    )
    site = watched(looks_left=0, filled_at=NOW - timedelta(hours=2.4))
    assert due_looks([site], {"a": profile}, NOW, 15 * MINUTE) == {"a": 1}


@dataclass
class Crawler:
    """A starter that keeps the orders, and does with them what the test says, to the archive."""

    engine: Engine
    clock: Callable[[], datetime]
    orders: list[Order] = field(default_factory=list)
    answers: Answers = WELL
    at_once: int = 0
    most_at_once: int = 0
    closed: int = 0
    hold: asyncio.Event | None = None

    async def crawl(self, order: Order) -> Ended:
        self.orders.append(order)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            if self.hold is not None:
                await self.hold.wait()
            return self._crawl(order)
        finally:
            self.at_once -= 1

    def _crawl(self, order: Order) -> Ended:
        key, options = order.profile.key, order.options
        archive = Archive(self.engine)
        archive.open_site(order.profile.record(options.scope))
        try:
            lease = archive.begin_crawl(key, kind=options.kind, now=self.clock())
        except SiteBusy:
            return Ended(key, "busy")
        seeds = self.clock() if options.seeds and not options.confirm else None
        archive.end_crawl(
            lease,
            now=self.clock(),
            status="success",
            counts={},
            answers=self.answers,
            seeds_read_at=seeds,
        )
        return Ended(key, "success" if self.answers.answered else "failure")

    async def close(self) -> None:
        self.closed += 1
        if self.hold is not None:
            self.hold.set()

    def keys(self, kind: str | None = None) -> list[str]:
        return [o.profile.key for o in self.orders if kind in {None, o.options.kind}]


@dataclass
class World:
    """A daemon whose clock is the test's."""

    engine: Engine
    now: datetime = NOW

    def __post_init__(self) -> None:
        self.crawler = Crawler(self.engine, self.clock)
        plan = Plan(Cadence(sites_at_once=4), CrawlOptions(), self.profiles)
        self.daemon = Daemon(self.engine, plan, lambda: self.crawler, self.clock)
        self.daemon.starter = self.crawler
        self.archive, self.roster = Archive(self.engine), Roster(self.engine)

    def clock(self) -> datetime:
        return self.now

    def profiles(self, sites: Iterable[WatchedSite]) -> Mapping[str, SiteProfile]:
        return {site.key: generic_profile(site.home_url) for site in sites}

    def watch(self, *keys: str) -> None:
        for key in keys:
            self.archive.open_site(generic_profile(f"http://{key}.example/").record())

    async def tick(self, later: timedelta = timedelta()) -> list[Ended]:
        """Let time pass, tick everything, and let the crawls end."""
        self.now += later
        for tick in (
            self.daemon.tick_seeds,
            self.daemon.tick_confirmations,
            self.daemon.tick_looks,
        ):
            await tick()
        return await self.daemon.settle()


@pytest.fixture
def world(engine: Engine) -> World:
    return World(engine)


def test_one_crawl_a_site_at_a_time_and_as_many_sites_as_may_be(world: World) -> None:
    world.watch(*"abcdefg")

    async def work() -> None:
        world.crawler.hold = asyncio.Event()
        for _ in range(3):
            await world.daemon.tick_seeds()
            await asyncio.sleep(0)
        assert sorted(world.crawler.keys()) == [f"{key}.example" for key in "abcd"]
        world.crawler.hold.set()
        await world.daemon.settle()
        await world.tick()

    asyncio.run(work())
    assert world.crawler.most_at_once == 4
    assert sorted(world.crawler.keys()) == [f"{key}.example" for key in "abcdefg"]


def test_six_hours_of_downtime_are_followed_by_one_crawl_a_site_and_no_crowd(
    world: World, engine: Engine
) -> None:
    world.watch(*"abcdef")
    first = duty.take(engine, world.now)
    assert isinstance(first, duty.Duty)
    asyncio.run(world.tick())
    asyncio.run(world.tick())
    assert len(world.crawler.orders) == 6
    with engine.begin() as connection:  # its process died on another machine
        silent = {"holder": "elsewhere/x/1/1.0", "expires_at": NOW - timedelta(days=9000)}
        connection.execute(sa.update(leases).values(**silent))
    after = World(engine, NOW + timedelta(hours=6))
    second = duty.take(engine, after.now)
    assert isinstance(second, duty.Duty)
    for _ in range(4):
        asyncio.run(after.tick(timedelta(seconds=30)))
    assert sorted(after.crawler.keys()) == sorted(world.crawler.keys()), "each once, none twice"
    assert after.crawler.most_at_once <= 4
    with reading(engine) as connection:
        found = connection.execute(sa.select(gaps.c.kind, gaps.c.began_at, gaps.c.ended_at)).all()
    assert [tuple(row) for row in found] == [("daemon", NOW, NOW + timedelta(hours=6))]


def test_a_site_that_fails_is_asked_ever_more_rarely_by_whichever_daemon(
    world: World, engine: Engine
) -> None:
    world.watch("a")
    world.crawler.answers = DEAD
    asked = []
    for _ in range(60 * 12):
        before = len(world.crawler.orders)
        asyncio.run(world.tick(MINUTE))
        if len(world.crawler.orders) > before:
            asked.append(world.now)
            world = World(engine, world.now)  # a restart forgets nothing
            world.crawler.answers = DEAD
    waits = [b - a for a, b in pairwise(asked)]
    assert 5 <= len(asked) <= 8
    assert waits == sorted(waits)
    assert waits[-1] > 2 * HOUR


def test_when_the_network_is_gone_one_site_is_tried_at_a_time_and_all_go_on_after_it(
    world: World, engine: Engine
) -> None:
    world.watch(*"abcdef")
    asyncio.run(world.tick())
    asyncio.run(world.tick())
    world.crawler.answers = DEAD
    world.crawler.orders.clear()
    asyncio.run(world.tick(HOUR))
    tried = len(world.crawler.orders)
    for _ in range(30):
        asyncio.run(world.tick(MINUTE))
    probes = world.crawler.keys("probe")
    assert tried <= 4
    assert len(set(probes)) == 6, "each in turn, so that no single dead one keeps us waiting"
    assert len(world.crawler.orders) <= tried + 31
    assert all(s.standing.circuit is CircuitState.CLOSED for s in world.roster.sites())
    world.crawler.answers = WELL
    world.crawler.orders.clear()
    for _ in range(4):
        asyncio.run(world.tick(MINUTE))
    assert len(set(world.crawler.keys("seeds"))) == 6
    with reading(engine) as connection:
        found = connection.execute(sa.select(gaps)).all()
    assert [row.kind for row in found] == ["network"]
    assert found[0].ended_at is not None


def test_a_removal_is_confirmed_by_a_crawl_of_its_own(world: World) -> None:
    world.watch("a")
    lease = world.archive.begin_crawl("a.example", kind="test", now=world.now)
    seen = replace(
        read_visit(article(), 0), site="a.example", url="http://a.example/1", visited_at=NOW
    )
    gone = replace(
        seen, finding=Finding.MISSING, status=404, visited_at=NOW + MINUTE, page=None, article=None
    )
    world.archive.record_many([seen, gone], never_reread, lease)
    world.archive.end_crawl(lease, now=NOW, status="success", counts={}, answers=WELL)
    asyncio.run(world.tick(20 * MINUTE))
    assert world.crawler.keys("confirm") == []
    asyncio.run(world.tick(12 * MINUTE))
    assert world.crawler.keys("confirm") == ["a.example"]
    asyncio.run(world.tick(MINUTE))
    assert world.crawler.keys("confirm") == ["a.example"], "not at every tick"


def test_a_paused_site_is_left_out_and_taken_in_again(world: World) -> None:
    world.watch("a", "b")
    world.roster.pause("a.example", NOW)
    asyncio.run(world.tick())
    assert world.crawler.keys() == ["b.example"]
    world.roster.resume("a.example")
    asyncio.run(world.tick(MINUTE))
    assert world.crawler.keys() == ["b.example", "a.example"]


def test_a_manual_crawl_beside_the_daemon_keeps_its_site(world: World) -> None:
    world.watch("a", "b")
    lease = world.archive.begin_crawl("a.example", kind="manual", now=NOW)
    asyncio.run(world.tick())
    assert world.crawler.keys() == ["b.example"]
    world.archive.end_crawl(
        lease, now=NOW, status="success", counts={}, answers=WELL, seeds_read_at=NOW
    )
    asyncio.run(world.tick(MINUTE))
    assert world.crawler.keys() == ["b.example"], "it has just been crawled"


def test_a_site_whose_crawl_kills_its_process_is_quarantined_and_the_others_are_not(
    world: World,
) -> None:
    world.watch("a", "b")
    harmless = world.crawler._crawl

    def deadly(order: Order) -> Ended:
        if order.profile.key == "a.example":
            return Ended("a.example", "lost", guilty=True)
        return harmless(order)

    world.crawler._crawl = deadly  # type: ignore[method-assign]
    for _ in range(60):
        asyncio.run(world.tick(MINUTE))
    assert world.crawler.keys("seeds").count("a.example") <= 4
    assert world.crawler.keys().count("b.example") >= 1
    state = {site.key: site.standing for site in world.roster.sites()}
    assert state["a.example"].reason == "crashed"
    assert state["b.example"].failures == 0


def test_one_daemon_serves_and_a_second_takes_over_when_it_stops(engine: Engine) -> None:
    first, second = World(engine), World(engine)
    first.watch("a")

    async def work() -> None:
        serving = asyncio.create_task(first.daemon.run())
        while not first.crawler.orders:  # noqa: ASYNC110 - the daemon tells nobody
            await asyncio.sleep(0.02)
        with engine.begin() as connection:  # as if it were a process elsewhere
            connection.execute(sa.update(leases).values(holder="elsewhere/x/1/1.0"))
        waiting = asyncio.create_task(second.daemon.run())
        await asyncio.sleep(0.5)
        assert not second.daemon.on_duty
        with engine.begin() as connection:
            gone = NOW - timedelta(days=9000)
            connection.execute(sa.update(leases).values(expires_at=gone))
        while not second.daemon.on_duty:  # noqa: ASYNC110 - as above
            await asyncio.sleep(0.05)
        for world, task in ((first, serving), (second, waiting)):
            world.daemon.stop()
            await asyncio.wait_for(task, 10)
        assert (first.crawler.closed, second.crawler.closed) == (1, 1)

    asyncio.run(work())
    with reading(engine) as connection:
        assert connection.scalar(sa.select(leases.c.holder)) is None


def test_what_runs_is_ended_when_the_daemon_stops(world: World, engine: Engine) -> None:
    world.watch("a")

    async def work() -> None:
        world.crawler.hold = asyncio.Event()
        serving = asyncio.create_task(world.daemon.run())
        while not world.crawler.orders:  # noqa: ASYNC110 - the daemon tells nobody
            await asyncio.sleep(0.02)
        world.daemon.stop()
        await asyncio.wait_for(serving, 10)

    asyncio.run(work())
    assert world.crawler.at_once == 0
    with reading(engine) as connection:
        assert connection.scalar(sa.select(leases.c.holder)) is None


def test_once_does_what_is_due_and_refuses_beside_a_running_daemon(
    world: World, engine: Engine
) -> None:
    world.watch(*"abcdef")
    ended = asyncio.run(world.daemon.once())
    assert sorted(end.site for end in ended) == [f"{key}.example" for key in "abcdef"]
    assert isinstance(duty.take(engine, NOW), duty.Duty), "it was given back"
    with pytest.raises(RuntimeError, match="runs already"):
        asyncio.run(World(engine).daemon.once())
