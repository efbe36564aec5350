"""A week of the sample site under the daemon's own ticks, with the time handed in.

The site publishes fourteen stories a day and edits and removes them after a law that the
schedule does not know the draw of; the daemon's ticks are called every other minute of simulated
time and their crawls made for real, over loopback. Printed: edits caught, the delay, looks used;
drawn: each edit with its delay, and looks beside the budget.
"""

import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from crawler.crawls import CrawlOptions
from crawler.orders import Ended, Order
from crawler.run import crawl, run
from crawler.sites.load import find_profile
from crawler.sites.profile import SiteProfile
from news.versions import content_digest
from scheduler import Cadence, Daemon, Plan
from storage.archive import Archive
from storage.engine import open_engine, reading
from storage.errors import SiteBusy
from storage.migrate import upgrade
from storage.roster import WatchedSite
from storage.tables import articles, events, versions, visits
from variorum.demo.clock import SimulatedClock
from variorum.demo.edits import Editing, all_edits
from variorum.demo.newsroom import Newsroom
from variorum.demo.plan import EPOCH
from variorum.demo.server import serving
from variorum.demo.site import Site
from variorum.demo.timeline import Course, Habit, Served, Timeline

DAYS = 7
STORIES_A_DAY = 14  # the newsroom has no more headlines for a week
LOOKS_A_DAY = 110  # about six looks an article
PICTURE = Path("build/week.png")
_STEP = timedelta(minutes=2)
_LEAST_APART = timedelta(minutes=5)  # between two edits of one story


@dataclass(frozen=True, slots=True)
class Caught:
    """One edit or removal of the site, and when the archive saw it; None where it never did."""

    at: datetime
    seen_at: datetime | None

    @property
    def delay(self) -> timedelta | None:
        """How long after it happened it was seen."""
        return self.seen_at - self.at if self.seen_at else None


@dataclass(frozen=True, slots=True)
class Week:
    """What a simulated week came to."""

    edits: tuple[Caught, ...]
    removals: tuple[Caught, ...]
    looks: tuple[datetime, ...]  # at known articles, by the schedule
    first_readings: int
    rows: int  # in `visits`
    removed_share: float  # of the looks, at removed articles
    false_versions: int
    crawls: int = 0
    cpu_seconds: float = 0.0


def draw_week(seed: int, days: int = DAYS) -> Timeline:
    """Draw what is published, edited and removed in a week."""
    rng, newsroom = Random(f"{seed}/week"), Newsroom(seed)
    end = EPOCH + timedelta(days=days)
    moments: list[datetime] = []
    while len(moments) < STORIES_A_DAY * (days + 2):
        at = EPOCH + timedelta(seconds=rng.randrange(-2 * 86400, days * 86400))
        if 6 <= at.hour < 23:
            moments.append(at)
    editings = list(all_edits(newsroom.staff, newsroom.world.pools["outlet"]).values())
    courses = {}
    for at in sorted(moments):
        course = Course([Served(at, newsroom.compose(at))])
        _edit(course, rng, editings, end)
        _remove(course, rng, end)
        courses[course.path] = course
    return Timeline(seed, (EPOCH,), courses)


def _edit(course: Course, rng: Random, editings: list[Editing], end: datetime) -> None:
    """Edit a story at a rate that falls with its age, of a level of its own."""
    level, age, born = rng.gammavariate(0.5, 0.62), 0.0, course.last.at
    while True:
        age += rng.expovariate(max(level * (1 + age / 0.75) ** -1.1, 1e-6))
        at = born + timedelta(hours=age)
        if at >= end:
            return
        if at - course.last.at < _LEAST_APART:
            continue
        story = course.last.story
        for editing in rng.sample(editings, len(editings)):
            draft = editing(story, rng)
            if draft and content_digest(draft[0].article) != content_digest(story.article):
                course.entries.append(Served(at, draft[0], edits=(draft[1],)))
                break


def _remove(course: Course, rng: Random, end: datetime) -> None:
    """Take one story in twenty away some time after it came out; a third of them return."""
    if rng.random() >= 0.05:
        return
    at = course.entries[0].at + timedelta(hours=rng.expovariate(1 / 24))
    if at >= end:
        return
    course.entries[:] = [served for served in course.entries if served.at < at]
    habit = rng.choice((Habit.NOT_FOUND, Habit.GONE, Habit.NOTICE))
    last = course.last
    course.entries.append(replace(last, at=at, habit=habit, edits=()))
    if rng.random() < 1 / 3:
        back = at + timedelta(hours=2 + rng.expovariate(1 / 12))
        course.entries.append(replace(last, at=back, edits=()))


class Here:
    """Makes crawls in this very process, by the clock of the simulation. A `Starter`."""

    def __init__(self, archive: Archive, clock: SimulatedClock) -> None:
        self._archive, self._clock = archive, clock
        self.crawls = 0

    async def crawl(self, order: Order) -> Ended:
        """Make one crawl."""
        self.crawls += 1
        key = order.profile.key
        try:
            summary = await crawl(
                self._archive, order.profile, options=order.options, clock=self._clock
            )
        except SiteBusy:
            return Ended(key, "busy")
        return Ended(key, "success", summary.counts)

    async def close(self) -> None:
        """Nothing runs on its own."""


async def live(
    engine: Engine, timeline: Timeline, looks_a_day: int, days: int = DAYS
) -> tuple[int, str]:
    """Let the daemon tick through the days; return how many crawls it made, and where."""
    clock = SimulatedClock(EPOCH)
    archive = Archive(engine)
    with serving(Site(timeline), clock) as server:
        home = f"http://{server.address}/"
        profile = _profile(home, looks_a_day)
        archive.open_site(profile.record("site"))
        here = Here(archive, clock)
        options = CrawlOptions(allow_addresses=frozenset({server.address}), use_proxy=False)
        daemon = Daemon(engine, Plan(Cadence(), options, _always(profile)), lambda: here, clock)
        daemon.starter = here
        now = EPOCH
        while now < EPOCH + timedelta(days=days):
            clock.set_to(now)
            for tick in (daemon.tick_seeds, daemon.tick_confirmations, daemon.tick_looks):
                if await tick():
                    await daemon.settle()
            now += _STEP
    return here.crawls, home


def _profile(home: str, looks_a_day: int) -> SiteProfile:
    found = find_profile("sample").with_home(home)
    politeness = found.politeness.model_copy(update={"looks_per_day": looks_a_day})
    return found.model_copy(update={"politeness": politeness})


def _always(profile: SiteProfile) -> Callable[[Iterable[WatchedSite]], Mapping[str, SiteProfile]]:
    return lambda sites: {site.key: profile for site in sites}


def account(engine: Engine, timeline: Timeline, home: str, days: int = DAYS) -> Week:
    """Hold what the archive found against what the site did."""
    end, base = EPOCH + timedelta(days=days), home.rstrip("/")
    found, removed, looks = _load(engine)
    edits, removals = [], []
    for course in timeline.courses.values():
        for served, until in _served(course, end):
            if served.at < EPOCH:
                continue
            if served.habit:
                removals.append(Caught(served.at, removed.get(base + course.path)))
            elif served.edits:
                own = found.get(base + course.path, [])
                edits.append(Caught(served.at, _first_sight(own, served, until)))
    firsts, spans = _firsts(looks), _removed_spans(engine)
    scheduled = [row for row in looks if row.visited_at != firsts[row.article_id]]
    at_removed = sum(
        any(since < row.visited_at <= until for since, until in spans.get(row.article_id, ()))
        for row in scheduled
    )
    return Week(
        edits=tuple(edits),
        removals=tuple(removals),
        looks=tuple(sorted(row.visited_at for row in scheduled)),
        first_readings=len(firsts),
        rows=len(looks),
        removed_share=at_removed / max(1, len(scheduled)),
        false_versions=_count_false(found, timeline),
    )


def _load(
    engine: Engine,
) -> tuple[dict[str, list[tuple[str, datetime]]], dict[str, datetime], Sequence[Any]]:
    """Return the versions and the first missing look by address, and all looks."""
    seen = sa.select(articles.c.url, versions.c.content_digest, versions.c.first_seen_at)
    gone = sa.select(articles.c.url, events.c.first_missing_at).join_from(events, articles)
    found: dict[str, list[tuple[str, datetime]]] = {}
    with reading(engine) as connection:
        for url, digest, at in connection.execute(seen.join_from(versions, articles)):
            found.setdefault(url, []).append((digest, at))
        rows = connection.execute(gone.where(events.c.kind == "removed"))
        removed = {row.url: row.first_missing_at for row in rows}
        looks = connection.execute(sa.select(visits.c.article_id, visits.c.visited_at)).all()
    return found, removed, looks


def _first_sight(
    own: list[tuple[str, datetime]], served: Served, until: datetime
) -> datetime | None:
    digest = content_digest(served.story.article)
    return next((at for d, at in own if d == digest and served.at <= at < until), None)


def _count_false(found: Mapping[str, list[tuple[str, datetime]]], timeline: Timeline) -> int:
    """Count the versions that the site never served."""
    courses = timeline.courses.values()
    true = {content_digest(served.story.article) for c in courses for served in c.entries}
    return sum(digest not in true for own in found.values() for digest, _ in own)


def _firsts(looks: Sequence[Any]) -> dict[int, datetime]:
    firsts: dict[int, datetime] = {}
    for article_id, at in looks:
        firsts[article_id] = min(at, firsts.get(article_id, at))
    return firsts


def _removed_spans(engine: Engine) -> dict[int, list[tuple[datetime, datetime]]]:
    """Return by article when it was known to be removed."""
    query = sa.select(events.c.article_id, events.c.kind, events.c.occurred_at)
    query = query.where(events.c.kind.in_(["removed", "returned"])).order_by(events.c.occurred_at)
    spans: dict[int, list[tuple[datetime, datetime]]] = {}
    with reading(engine) as connection:
        for article_id, kind, at in connection.execute(query):
            own = spans.setdefault(article_id, [])
            if kind == "removed":
                own.append((at, EPOCH + timedelta(days=365)))
            elif own:
                own[-1] = (own[-1][0], at)
    return spans


def _served(course: Course, end: datetime) -> Iterable[tuple[Served, datetime]]:
    """Yield what was served until the end, with the time until which it was."""
    for served, following in zip(course.entries, [*course.entries[1:], None], strict=True):
        if served.at < end:
            yield served, following.at if following else end


def simulate(seed: int, looks_a_day: int, days: int = DAYS) -> Week:
    """Simulate a week from a seed."""
    timeline = draw_week(seed, days)
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{folder}/week.db")
        upgrade(engine)
        begun = time.process_time()
        crawls, home = run(lambda: live(engine, timeline, looks_a_day, days))
        spent = time.process_time() - begun
        week = account(engine, timeline, home, days)
        engine.dispose()
    return replace(week, crawls=crawls, cpu_seconds=spent)


def main(_: Path) -> None:
    """Print what a simulated week came to, and draw it."""
    week = simulate(11, LOOKS_A_DAY)
    for line in tell(week, LOOKS_A_DAY):
        print(line)
    draw(week, LOOKS_A_DAY, PICTURE)


def tell(week: Week, looks_a_day: int, days: int = DAYS) -> list[str]:
    """Return what a week came to as lines."""
    delays = [edit.delay / timedelta(hours=1) for edit in week.edits if edit.delay is not None]
    caught = len(delays) / max(1, len(week.edits))
    confirmed = sum(removal.seen_at is not None for removal in week.removals)
    made, most = len(week.looks), max_in_a_day(week.looks)
    typical = median(delays) if delays else 0.0
    parts = (
        ("week:", f"{week.first_readings} articles, {len(week.edits)} edits in {days} days"),
        ("  caught", f"{caught:.1%} before the next edit, median delay {typical:.1f} h"),
        ("  looks", f"{made} of {looks_a_day * days} in the budget, at most {most} in 24 h"),
        ("  rows", f"{week.rows} in visits, first readings {week.first_readings}"),
        ("  removals", f"{confirmed} of {len(week.removals)} confirmed"),
        ("  removed", f"{week.removed_share:.1%} of the looks at removed articles"),
        ("  false", f"versions {week.false_versions}"),
        ("  cost", f"{week.crawls} crawls, {week.cpu_seconds:.0f} s of CPU with site and ticks"),
    )
    return [f"{name} {text}" for name, text in parts]


def max_in_a_day(looks: tuple[datetime, ...]) -> int:
    """Return the most looks in any 24 hours."""
    most, start = 0, 0
    for place, at in enumerate(looks):
        while at - looks[start] >= timedelta(days=1):
            start += 1
        most = max(most, place - start + 1)
    return most


def draw(week: Week, looks_a_day: int, path: Path) -> None:
    """Draw the delay of each edit over the week, and the looks beside the budget."""
    try:
        from matplotlib.figure import Figure  # noqa: PLC0415 - an extra
    except ImportError:
        print("  no picture: pip install 'variorum[plots]'")
        return
    figure = Figure(figsize=(9, 6), layout="constrained")
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=[2, 1])
    days = [(edit.at - EPOCH) / timedelta(days=1) for edit in week.edits]
    hours = [edit.delay / timedelta(hours=1) if edit.delay else None for edit in week.edits]
    caught = [(d, max(h, 0.01)) for d, h in zip(days, hours, strict=True) if h is not None]
    missed = [d for d, h in zip(days, hours, strict=True) if h is None]
    upper.semilogy(*zip(*caught, strict=True), "o", ms=4, alpha=0.7, label="seen after")
    upper.plot(missed, [150] * len(missed), "rx", ms=6, label="overwritten or not seen yet")
    upper.set_ylabel("delay in hours")
    upper.legend(loc="lower right")
    upper.set_title("Edits of the sample site, and how long after each the archive had it")
    looks = [(at - EPOCH) / timedelta(days=1) for at in week.looks]
    lower.plot(looks, range(1, len(looks) + 1), label="looks made")
    lower.plot([0, DAYS], [0, looks_a_day * DAYS], "--", label="budget")
    lower.set_xlabel("day")
    lower.set_ylabel("looks")
    lower.legend(loc="upper left")
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=110)
    print(f"  picture: {path}")
