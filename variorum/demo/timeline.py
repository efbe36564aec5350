"""What the sample site serves at which moment: a plan drawn from the seed, fixed before it starts.

Nothing changes while the site runs: what it serves is a function of the address and the simulated
time, so the record of it is true by construction.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from variorum.demo.edits import Edit
from variorum.demo.newsroom import Story


class Habit(StrEnum):
    """How a site takes an article away, or fails to serve it for a while."""

    NOT_FOUND = "not_found"  # 404
    GONE = "gone"  # 410
    NOTICE = "notice"  # 200 with a notice that the article does not exist or was deleted
    REDIRECT_HOME = "redirect_home"
    ERROR = "error"  # 500, a hiccup


@dataclass(frozen=True, slots=True)
class Served:
    """What is served at an article's address from `at` on: a story, or one of the habits.

    `hiccup` marks a failure of the server that takes nothing back.
    """

    at: datetime
    story: Story
    habit: Habit | None = None
    edits: tuple[Edit, ...] = ()
    hiccup: bool = False


@dataclass(slots=True)
class Course:
    """The course of one article's address, oldest first."""

    entries: list[Served] = field(default_factory=list)
    delisted_at: datetime | None = None  # from then on no list shows it, though it lives

    @property
    def path(self) -> str:
        """The article's address on the site."""
        return self.entries[0].story.path

    @property
    def last(self) -> Served:
        """What is served in the end."""
        return self.entries[-1]

    def at(self, moment: datetime) -> Served | None:
        """Return what is served at a moment; None before publication."""
        index = bisect_right(self.entries, moment, key=lambda served: served.at)
        return self.entries[index - 1] if index else None


@dataclass(frozen=True, slots=True)
class ListHiccup:
    """A list page that answers 500 for a while."""

    path: str
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Timeline:
    """The whole plan: when the rounds of crawling are, and the course of every article."""

    seed: int
    rounds: tuple[datetime, ...]
    courses: dict[str, Course]  # by path
    list_hiccups: tuple[ListHiccup, ...] = ()

    def at(self, path: str, moment: datetime) -> Served | None:
        """Return what an article's address serves at a moment; None where there is none."""
        course = self.courses.get(path)
        return course.at(moment) if course else None

    def listed(self, channel: str | None, moment: datetime) -> list[Story]:
        """Return the stories on the lists of a channel (None: all), newest first.

        A deleted article stays on the lists where the site leaves a notice in its place: the
        careless habit.
        """
        stories = [story for story in self._listed(moment) if channel in {None, story.channel}]
        return sorted(stories, key=_newest_first, reverse=True)

    def _listed(self, moment: datetime) -> Iterator[Story]:
        for course in self.courses.values():
            served = course.at(moment)
            if served is None or (course.delisted_at and course.delisted_at <= moment):
                continue
            if served.habit in {None, Habit.NOTICE} or served.hiccup:
                yield served.story

    def done_between(self, since: datetime | None, until: datetime) -> Counter[str]:
        """Count what the desk did after a round and before the next: what it did to how many."""
        done: Counter[str] = Counter()
        for course in self.courses.values():
            before: Served | None = None
            for served in course.entries:
                if (since is None or since <= served.at) and served.at < until:
                    done[_what_happened(before, served)] += 1
                before = served
        return done

    def fails(self, path: str, moment: datetime) -> bool:
        """Tell whether a list page fails at a moment."""
        return any(h.path == path and h.since <= moment < h.until for h in self.list_hiccups)


def _what_happened(before: Served | None, served: Served) -> str:
    if before is None:
        return "published"
    if served.hiccup:
        return "failing for a while" if served.habit else "well again"
    if served.habit:
        return "removed"
    return "restored" if before.habit else "edited"


def _newest_first(story: Story) -> tuple[str, int]:
    published = story.article.published_at
    return (published.isoformat() if published else "", story.number)
