"""What happened in a period, gathered by article: edits, removals, returns."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from storage.engine import Engine
from storage.history import (
    ArticleHistory,
    ChangeRecord,
    EventRecord,
    VersionRecord,
    article_history,
    changes_between,
    events_between,
)

_BEGINNING = datetime(1, 1, 1, tzinfo=UTC)
_END = datetime(9999, 1, 1, tzinfo=UTC)
_REMOVAL_WEIGHT = 0.9  # how a removal ranks beside the significance of changes
_TOLD = ("removed", "returned")


@dataclass(frozen=True, slots=True)
class Edit:
    """All that changed from one version of an article to the next, hidden changes left out."""

    before: VersionRecord
    after: VersionRecord
    changes: tuple[ChangeRecord, ...]

    @property
    def announced(self) -> bool:
        """Whether the outlet announced a correction with it."""
        return any(change.announced for change in self.changes)


@dataclass(frozen=True, slots=True)
class Story:
    """What happened to one article."""

    history: ArticleHistory
    edits: tuple[Edit, ...]
    events: tuple[EventRecord, ...]  # removals and returns

    @property
    def weight(self) -> float:
        """The weight from 0 to 1 of the weightiest thing that happened."""
        removed = any(event.kind == "removed" for event in self.events)
        weights = (change.significance for edit in self.edits for change in edit.changes)
        return max((*weights, _REMOVAL_WEIGHT if removed else 0.0))

    @property
    def began_at(self) -> datetime:
        """When the first of it was seen."""
        edits = (edit.after.first_seen_at for edit in self.edits)
        return min((*edits, *(event.occurred_at for event in self.events)))


@dataclass(frozen=True, slots=True)
class Period:
    """All that happened in a period, the weightiest articles first."""

    since: datetime | None
    until: datetime | None
    stories: tuple[Story, ...]
    first_read: int  # articles that were new
    hidden: int  # changes that a rule hides

    @property
    def edits(self) -> Iterator[Edit]:
        """Every edit of the period."""
        return (edit for story in self.stories for edit in story.edits)


def load_period(
    engine: Engine,
    since: datetime | None = None,
    until: datetime | None = None,
    site: str | None = None,
) -> Period:
    """Return what happened from `since` on and before `until`, at one site or at all.

    Versions that turned out to be ours, not the outlet's, are left out.
    """
    bounds = (since or _BEGINNING, until or _END)
    changes = changes_between(engine, *bounds, site)
    events = events_between(engine, *bounds, site, (*_TOLD, "first_read"))
    by_article: defaultdict[int, list[ChangeRecord]] = defaultdict(list)
    for change in changes:
        by_article[change.article_id].append(change)
    told: defaultdict[int, list[EventRecord]] = defaultdict(list)
    for event in events:
        if event.kind in _TOLD:
            told[event.article_id].append(event)
    stories = (
        _story(engine, article_id, by_article[article_id], told[article_id])
        for article_id in sorted({*by_article, *told})
    )
    return Period(
        since,
        until,
        tuple(sorted(filter(None, stories), key=_rank)),
        first_read=sum(event.kind == "first_read" for event in events),
        hidden=sum(change.hidden_by is not None for change in changes),
    )


def load_story(engine: Engine, article_id: int, since: datetime, until: datetime) -> Story | None:
    """Return what happened to one article from `since` on and before `until`, None if nothing."""
    history = article_history(engine, article_id)
    if history is None:
        return None
    changes = [
        change
        for change in history.changes
        if since <= change.first_seen_at < until and change.hidden_by is None
    ]
    events = [
        event
        for event in history.events
        if event.kind in _TOLD and since <= event.occurred_at < until
    ]
    edits = tuple(_edits(history, changes))
    return Story(history, edits, tuple(events)) if edits or events else None


def _rank(story: Story) -> tuple[float, datetime, str]:
    return -story.weight, story.began_at, story.history.url


def _story(
    engine: Engine,
    article_id: int,
    changes: Sequence[ChangeRecord],
    events: Sequence[EventRecord],
) -> Story | None:
    """Return what happened to an article, or None where nothing of it is to be told."""
    history = article_history(engine, article_id)
    if history is None:
        return None
    edits = tuple(_edits(history, [change for change in changes if change.hidden_by is None]))
    return Story(history, edits, tuple(events)) if edits or events else None


def _edits(history: ArticleHistory, changes: Sequence[ChangeRecord]) -> Iterator[Edit]:
    versions = {version.number: version for version in history.versions}
    for before, after in dict.fromkeys((c.from_version, c.to_version) for c in changes):
        own = tuple(c for c in changes if (c.from_version, c.to_version) == (before, after))
        if versions[after].retracted_at is None:
            yield Edit(versions[before], versions[after], own)
