"""The schedule of looks through the real archive, as an object that a simulated world can drive.

`Scheduler` has `publish(id, at)`, `due(now, limit)` and `record(id, at, outcome)`; an outcome is
`unchanged`, `changed` or `removed`. Every look it is told of becomes a visit in an archive.
"""

import heapq
import math
import random
import tempfile
from bisect import bisect_left
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

import sqlalchemy as sa

from news.article import Article, Block, NotAnArticle, PageKind, Precision, PrintedTime
from news.page import Page
from news.visits import Finding, Reason, Visit
from storage.archive import Archive
from storage.engine import open_engine, reading
from storage.migrate import upgrade
from storage.records import SeedVisit, SiteRecord, StoredCapture
from storage.tables import visits

HOST = "http://world.example/"
SITE = SiteRecord("world", "World", HOST, "UTC", "World", "p")
_DAYS, _ARTICLES, _LOOKS_A_DAY, _SCORED_FROM = 16, 2_000, 900, 4


def _reread(_: StoredCapture) -> Article | NotAnArticle:
    return NotAnArticle(PageKind.OTHER, "nothing is read again here")


class Scheduler:
    """Looks handed out and taken in by the archive itself."""

    def __init__(self, folder: Path | None = None) -> None:
        """Open an archive in a folder, by default a new one that goes with this object."""
        self._home = tempfile.TemporaryDirectory() if folder is None else None
        path = Path(self._home.name) if self._home else folder or Path()
        self.engine = open_engine(f"sqlite:///{path}/world.db", create=True)
        upgrade(self.engine)
        self._archive = Archive(self.engine)
        self._archive.open_site(SITE)
        now = datetime.now(UTC)
        self._lease = self._archive.begin_crawl(SITE.key, kind="simulated", now=now)
        self._waiting: list[Visit] = []
        self._edition: dict[str, int] = {}
        self._published: dict[str, datetime] = {}

    def publish(self, name: str, at: datetime) -> None:
        """Take in a new article, which is read as it comes out."""
        self._edition[name], self._published[name] = 0, at
        self._waiting.append(self._read(name, at, scheduled=False))

    def due(self, now: datetime, limit: int) -> list[str]:
        """Return the articles to look at now."""
        self._commit()
        found = self._archive.due(SITE.key, now, limit=limit)
        return [known.url.removeprefix(HOST) for known in found]

    def record(self, name: str, at: datetime, outcome: str) -> None:
        """Take in what a look found."""
        if outcome == "changed":
            self._edition[name] += 1
            self._waiting.append(self._read(name, at, scheduled=True))
            return
        gone = outcome == "removed"
        finding = Finding.MISSING if gone else Finding.SAME_BYTES
        status, reason = (410, Reason.GONE) if gone else (200, None)
        self._waiting.append(
            Visit(SITE.key, HOST + name, at, finding, status, reason, scheduled=True)
        )

    def state(self, names: Iterable[str], at: datetime) -> None:
        """Take in that the site's feed says these articles were modified now."""
        self._commit()
        urls = [HOST + name for name in names]
        stated = tuple((url, at) for url in urls)
        feed = SeedVisit(SITE.key, HOST + "feed", "feed", at, "read", links=tuple(urls))
        self._archive.record_seed(replace(feed, stated=stated), self._lease)

    def looks(self) -> int:
        """Return how many visits the archive has."""
        self._commit()
        with reading(self.engine) as connection:
            return connection.scalar(sa.select(sa.func.count()).select_from(visits)) or 0

    def close(self) -> None:
        """Let go of the archive."""
        self.engine.dispose()
        if self._home:
            self._home.cleanup()

    def _commit(self) -> None:
        if self._waiting:
            self._archive.record_many(self._waiting, _reread, self._lease)
            self._waiting = []

    def _read(self, name: str, at: datetime, *, scheduled: bool) -> Visit:
        url, text = HOST + name, f"{self._edition[name]}"
        page = Page(url, url, 200, (), f"{name} {text}".encode(), at)
        published = PrintedTime(self._published[name], Precision.SECOND)
        article = Article(url, name, published_at=published, body=(Block(text),))
        return Visit(
            SITE.key, url, at, Finding.READ, 200, None, page, article, "e", scheduled=scheduled
        )


@dataclass(slots=True)
class _Story:
    """One simulated article: when it came out, was edited, removed, returned, and looked at."""

    at: float  # hours
    edits: list[float]
    removed: float = math.inf
    returned: float = math.inf
    looks: list[float] = field(default_factory=list)

    def gone(self, now: float) -> bool:
        return self.removed <= now < self.returned


def _falling(chance: random.Random, at: float) -> list[float]:
    """Edit at a falling rate of a level of the article's own: the law of the policy itself."""
    level, edits, age = chance.gammavariate(0.5, 0.62), [], 0.0
    while age < _DAYS * 24:
        age += chance.expovariate(max(level * (1 + age / 0.75) ** -1.1, 1e-6))
        edits.append(at + age)
    return edits


def _bursts(chance: random.Random, at: float) -> list[float]:
    """Edit in bursts: most stories never, some several times within two hours, days later too."""
    edits: list[float] = []
    while chance.random() < 0.45:
        begun = at + chance.lognormvariate(1.2, 1.6)
        edits += [begun + chance.expovariate(1.5) for _ in range(chance.choice((1, 2, 2, 4)))]
    return sorted(edits)


def _tickers(chance: random.Random, at: float) -> list[float]:
    """Edit one story in fifteen every two hours for three days, the others hardly ever."""
    if chance.random() < 1 / 15:
        count = int(chance.gauss(36, 6))
        return sorted(at + chance.uniform(0, 72) for _ in range(count))
    return sorted(at + chance.uniform(0, 240) for _ in range(chance.random() < 0.15))


WORLDS: dict[str, Callable[[random.Random, float], list[float]]] = {
    "falling": _falling,
    "bursts": _bursts,
    "tickers": _tickers,
}


def _stories(law: Callable[[random.Random, float], list[float]], seed: int) -> list[_Story]:
    """Draw a world: edits by a law, a few removals, of which every third comes back."""
    chance, stories = random.Random(seed), []
    for _ in range(_ARTICLES):
        story = _Story(at := chance.uniform(0, _DAYS * 24), law(chance, at))
        if chance.random() < 0.05:
            story.removed = at + chance.expovariate(1 / 60)
            if chance.random() < 1 / 3:
                story.returned = story.removed + 2 + chance.expovariate(1 / 24)
        story.edits = [edit for edit in story.edits if not story.gone(edit)]
        stories.append(story)
    return sorted(stories, key=lambda story: story.at)


class _RoundRobin:
    """The same number of looks, each at the article that was not looked at for longest."""

    def __init__(self) -> None:
        self._seen: dict[str, datetime] = {}

    def publish(self, name: str, at: datetime) -> None:
        self._seen[name] = at

    def due(self, now: datetime, limit: int) -> list[str]:
        del now
        return heapq.nsmallest(limit, self._seen, key=lambda name: self._seen[name])

    def record(self, name: str, at: datetime, outcome: str) -> None:
        del outcome
        self._seen[name] = at


def main(_: Path) -> None:
    """Print how much of small simulated worlds the archive's own schedule catches."""
    print(f"revisit: {_ARTICLES} articles in {_DAYS} days, {_LOOKS_A_DAY} looks a day")
    for name, law in WORLDS.items():
        for told, scheduler in (
            ("schedule", Scheduler()),
            ("signals", Scheduler()),
            ("in turn", _RoundRobin()),
        ):
            announces = random.Random(5) if told == "signals" else None
            stories = _live(scheduler, _stories(law, 11), announces)
            print(f"  {name:<8} {told:<9}" + ", ".join(_account(stories)))
            if isinstance(scheduler, Scheduler):
                made = sum(len(story.looks) for story in stories)
                rows = scheduler.looks()
                print(f"  {'':<18}looks {made} + first readings {len(stories)} = rows {rows}")
                scheduler.close()


def _live(
    scheduler: Scheduler | _RoundRobin,
    stories: list[_Story],
    announces: random.Random | None = None,
) -> list[_Story]:
    """Let the world go on for its days; return the stories that came out.

    With `announces` the site's feed states new articles, six edits in ten, and one falsehood in a
    hundred article-hours.
    """
    start, tokens, published = datetime(2026, 1, 5, tzinfo=UTC), 0.0, 0
    for quarter in range(_DAYS * 24 * 4):
        now = quarter / 4
        while published < len(stories) and stories[published].at <= now:
            scheduler.publish(str(published), start + timedelta(hours=stories[published].at))
            published += 1
        if announces and isinstance(scheduler, Scheduler):
            told = _announced(stories[:published], now, announces)
            scheduler.state(told, start + timedelta(hours=now))
        tokens = min(_LOOKS_A_DAY / 24, tokens + _LOOKS_A_DAY / 96)
        for name in scheduler.due(start + timedelta(hours=now), int(tokens)):
            tokens -= 1
            scheduler.record(name, start + timedelta(hours=now), _look(stories[int(name)], now))
    return stories[:published]


def _announced(stories: list[_Story], now: float, chance: random.Random) -> list[str]:
    """Return the stories of which the feed says something new in a quarter of an hour."""
    told = []
    for number, story in enumerate(stories):
        fresh = now - 0.25 < story.at <= now
        edited = any(now - 0.25 < edit <= now for edit in story.edits) and chance.random() < 0.6
        if fresh or edited or chance.random() < 0.0025:
            told.append(str(number))
    return told


def _look(story: _Story, now: float) -> str:
    before = story.looks[-1] if story.looks else story.at
    story.looks.append(now)
    if story.gone(now):
        return "removed"
    return "changed" if any(before < edit <= now for edit in story.edits) else "unchanged"


def _account(stories: list[_Story]) -> list[str]:
    delays, captured, returns = [], 0, []
    for story in stories:
        for number, edit in enumerate(story.edits):
            if not _SCORED_FROM * 24 <= edit < (_DAYS - 1) * 24:
                continue
            seen = _seen(story, edit)
            following = story.edits[number + 1] if number + 1 < len(story.edits) else math.inf
            captured += seen < min(following, story.removed if story.removed > edit else math.inf)
            delays.append(seen - edit)
        if story.returned < (_DAYS - 2) * 24:
            returns.append(_seen(story, story.returned) - story.returned)
    looks = [(story, look) for story in stories for look in story.looks]
    share = sum(story.gone(look) for story, look in looks) / max(1, len(looks))
    return [
        f"captured {captured / len(delays):.1%} of {len(delays)}",
        f"median delay {median(delays):.1f} h",
        f"removed ones' share of the looks {share:.1%}",
        f"returns seen after {median(returns):.0f} h" if returns else "no returns",
    ]


def _seen(story: _Story, moment: float) -> float:
    place = bisect_left(story.looks, moment)
    return story.looks[place] if place < len(story.looks) else math.inf
