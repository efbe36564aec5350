"""The schedule of looks through the real archive, as an object that a simulated world can drive.

`Scheduler` has `publish(id, at)`, `due(now, limit)` and `record(id, at, outcome)`; an outcome is
`unchanged`, `changed` or `removed`. Every look it is told of becomes a visit in an archive.
"""

import random
import tempfile
from bisect import bisect_left
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from news.article import Article, Block, NotAnArticle, PageKind, Precision, PrintedTime
from news.page import Page
from news.visits import Finding, Reason, Visit
from storage.archive import Archive
from storage.engine import open_engine, reading
from storage.migrate import upgrade
from storage.records import SiteRecord, StoredCapture
from storage.tables import visits

HOST = "http://world.example/"
SITE = SiteRecord("world", "World", HOST, "UTC", "World", "p")
_DAYS, _ARTICLES, _LOOKS_A_DAY, _SCORED_FROM = 30, 4_000, 960, 5


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
    """One simulated article: when it came out, was edited and removed, and was looked at."""

    at: float  # hours
    edits: list[float]
    removed: float
    looks: list[float] = field(default_factory=list)


def _stories(chance: random.Random) -> list[_Story]:
    """Draw a world: edits at a falling rate of a level of the article's own, a few removals."""
    stories = []
    for _ in range(_ARTICLES):
        at = chance.uniform(0, _DAYS * 24)
        level, edits, age = chance.gammavariate(0.5, 0.62), [], 0.0
        while age < _DAYS * 24:
            rate = level * (1 + age / 0.75) ** -1.1
            age += chance.expovariate(max(rate, 1e-6))
            edits.append(at + age)
        removed = at + chance.expovariate(1 / 200) if chance.random() < 0.05 else 1e9
        stories.append(_Story(at, [edit for edit in edits if edit < removed], removed))
    return sorted(stories, key=lambda story: story.at)


def main(_: Path) -> None:
    """Print how much of a small simulated month the archive's own schedule catches."""
    stories = _stories(random.Random(11))
    scheduler, start = Scheduler(), datetime(2026, 1, 5, tzinfo=UTC)
    tokens, published = 0.0, 0
    for quarter in range(_DAYS * 24 * 4):
        now = quarter / 4
        while published < len(stories) and stories[published].at <= now:
            scheduler.publish(str(published), start + timedelta(hours=stories[published].at))
            published += 1
        tokens = min(_LOOKS_A_DAY / 24, tokens + _LOOKS_A_DAY / 96)
        for name in scheduler.due(start + timedelta(hours=now), int(tokens)):
            tokens -= 1
            scheduler.record(name, start + timedelta(hours=now), _look(stories[int(name)], now))
    _tell(stories[:published], scheduler.looks())
    scheduler.close()


def _look(story: _Story, now: float) -> str:
    before = story.looks[-1] if story.looks else story.at
    story.looks.append(now)
    if story.removed <= now:
        return "removed"
    return "changed" if any(before < edit <= now for edit in story.edits) else "unchanged"


def _tell(stories: list[_Story], rows: int) -> None:
    delays, captured = [], 0
    for story in stories:
        for number, edit in enumerate(story.edits):
            if not _SCORED_FROM * 24 <= edit < (_DAYS - 1) * 24:
                continue
            place = bisect_left(story.looks, edit)
            seen = story.looks[place] if place < len(story.looks) else 1e9
            following = story.edits[number + 1] if number + 1 < len(story.edits) else 1e9
            captured += seen < min(following, story.removed)
            delays.append(seen - edit)
    made = sum(len(story.looks) for story in stories)
    delays.sort()
    print(f"revisit: {len(delays)} edits of {len(stories)} articles, {_LOOKS_A_DAY} looks a day")
    print(f"  captured {captured / len(delays):.1%}, median delay {delays[len(delays) // 2]:.1f} h")
    print(f"  looks {made}, first readings {len(stories)}, rows in visits {rows}")
