"""Holds what an archive says against what the sample site served: everything, and nothing else."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

Truth = Mapping[str, Any]
# A bound's name, what was found, and the start of the round whose look it must be.
Bounds = dict[str, tuple[datetime | None, datetime | None]]

# What an edit may also come to, by what happens to stand in the words it touched.
_CIRCUMSTANCES = {"fact", "quotation", "addition", "deletion", "shortened"}
# A crawl of the sample site takes seconds; a look lies at most this long after its round began.
_ROUND_LASTS = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class FoundVersion:
    """A version as the archive has it; `article` in the shape of truth.json."""

    number: int
    first_seen_at: datetime
    last_seen_at: datetime | None  # None: the article's open version
    same_as: int | None
    article: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class FoundEvent:
    """A removal or return as the archive has it, with its bounds."""

    kind: str
    occurred_at: datetime
    last_seen_at: datetime | None
    first_missing_at: datetime | None


@dataclass(frozen=True, slots=True)
class FoundChange:
    """One changed field between a version and the one before it."""

    to_version: int
    field: str
    kinds: tuple[str, ...]
    announced: bool


@dataclass(frozen=True, slots=True)
class FoundArticle:
    """An article as the archive has it; `events` holds its removals and returns in order."""

    url: str
    state: str
    versions: tuple[FoundVersion, ...]
    events: tuple[FoundEvent, ...]
    changes: tuple[FoundChange, ...]


def differences(truth: Truth, found: Sequence[FoundArticle]) -> list[str]:
    """Return every point in which an archive and the truth disagree, one line each."""
    by_url = {article.url: article for article in found}
    served = {article["url"]: article for article in truth["articles"]}
    rounds = _Rounds([datetime.fromisoformat(at) for at in truth["rounds"]])
    lines = [f"{url}: an article that the site never served" for url in by_url.keys() - served]
    for url, article in served.items():
        if url not in by_url:
            lines.append(f"{url}: the article was not found")
            continue
        lines += [f"{url}: {line}" for line in _of_article(article, by_url[url], rounds)]
    return sorted(lines)


@dataclass(frozen=True, slots=True)
class _Rounds:
    """The rounds of crawling, to say when a thing could first and last be seen."""

    starts: list[datetime]

    def from_(self, at: datetime, nth: int = 1) -> datetime | None:
        """Return the start of the nth round from a moment on."""
        later = [start for start in self.starts if start >= at]
        return later[nth - 1] if len(later) >= nth else None

    def before(self, at: datetime) -> datetime | None:
        """Return the start of the last round before a moment."""
        earlier = [start for start in self.starts if start < at]
        return earlier[-1] if earlier else None


def _of_article(truth: Truth, found: FoundArticle, rounds: _Rounds) -> Iterator[str]:
    gone = bool(truth["removals"]) and len(truth["removals"]) > len(truth["returns"])
    if found.state != ("removed" if gone else "live"):
        yield f"its state is {found.state}"
    yield from _of_versions(truth["versions"], found, rounds)
    yield from _of_changes(truth, found)
    yield from _of_events(truth["removals"], found, "removed", rounds)
    yield from _of_events(truth["returns"], found, "returned", rounds)


def _of_versions(versions: list[Truth], found: FoundArticle, rounds: _Rounds) -> Iterator[str]:
    if len(versions) != len(found.versions):
        yield f"{len(versions)} versions were served, {len(found.versions)} found"
        return
    for truth, version in zip(versions, found.versions, strict=True):
        name = f"version {truth['number']}"
        if version.number != truth["number"] or version.same_as != truth["same_as"]:
            yield f"{name}: found as {version.number}, same as {version.same_as}"
        for key, value in truth["article"].items():
            if version.article.get(key) != value:
                yield f"{name}: {key} is {version.article.get(key)!r}, served was {value!r}"
        is_last = truth is versions[-1]
        for bound, (value, start) in _version_bounds(truth, version, is_last, rounds).items():
            if not _within(value, start):
                yield f"{name}: {bound} {value}, should be {start}"


def _version_bounds(truth: Truth, found: FoundVersion, is_last: bool, rounds: "_Rounds") -> Bounds:
    """Pair the bounds of a version with the rounds whose looks they must be."""
    bounds: Bounds = {
        "first seen": (found.first_seen_at, rounds.from_(_moment(truth["served_from"])))
    }
    # The open version's last look is in the article's state and not in the version.
    if truth["served_until"] and not is_last:
        until = rounds.before(_moment(truth["served_until"]))
        bounds["last seen"] = (found.last_seen_at, until)
    return bounds


def _of_changes(truth: Truth, found: FoundArticle) -> Iterator[str]:
    """Compare the changed fields of every version, their kinds, and whether they were announced."""
    for version in truth["versions"][1:]:
        edits = [edit for edit in truth["edits"] if edit["at"] == version["served_from"]]
        changes = [change for change in found.changes if change.to_version == version["number"]]
        name = f"version {version['number']}"
        if sorted({edit["field"] for edit in edits}) != sorted(c.field for c in changes):
            yield f"{name}: changed {[c.field for c in changes]}, edited {edits}"
            continue
        for change in changes:
            yield from (f"{name}: {line}" for line in _of_change(change, edits, version))
    if extra := [c for c in found.changes if not 1 < c.to_version <= len(truth["versions"])]:
        yield f"changes of no version: {extra}"


def _of_change(change: FoundChange, edits: list[Truth], version: Truth) -> Iterator[str]:
    made = {kind for edit in edits if edit["field"] == change.field for kind in edit["kinds"]}
    if version["same_as"]:
        made.add("reversal")
    kinds = set(change.kinds)
    if not made <= kinds or kinds - made - _CIRCUMSTANCES:
        yield f"{change.field} is {sorted(kinds)}, made was {sorted(made)}"
    # A note of correction announces all that changed with it.
    if change.announced != any(edit["announced"] for edit in edits):
        yield f"{change.field}: announced is {change.announced}"


def _of_events(
    served: list[Truth], found: FoundArticle, kind: str, rounds: _Rounds
) -> Iterator[str]:
    events = [event for event in found.events if event.kind == kind]
    if len(events) != len(served):
        yield f"{kind} {len(served)} times, found {len(events)}"
        return
    check = _removal_bounds if kind == "removed" else _return_bounds
    for truth, event in zip(served, events, strict=True):
        for name, (value, start) in check(truth, event, rounds).items():
            if not _within(value, start):
                yield f"{kind} at {truth['at']}: {name} is {value}, should be {start}"


def _removal_bounds(truth: Truth, event: FoundEvent, rounds: _Rounds) -> Bounds:
    """Pair each bound of a removal with the round whose look it must be.

    410 is believed at once, all else by the second look.
    """
    at = _moment(truth["at"])
    looks = 1 if truth["how"] == "gone" else 2
    return {
        "last seen": (event.last_seen_at, rounds.before(at)),
        "first missing": (event.first_missing_at, rounds.from_(at)),
        "confirmed": (event.occurred_at, rounds.from_(at, looks)),
    }


def _return_bounds(truth: Truth, event: FoundEvent, rounds: _Rounds) -> Bounds:
    return {"seen again": (event.occurred_at, rounds.from_(_moment(truth["at"])))}


def _within(value: datetime | None, start: datetime | None) -> bool:
    """Tell whether a look belongs to the round that began at `start`."""
    if value is None or start is None:
        return value is start
    return start <= value <= start + _ROUND_LASTS


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def served_counts(truth: Truth) -> dict[str, int]:
    """Count what the site served; what was edited at one time is one edit."""
    articles = truth["articles"]
    versions = sum(len(article["versions"]) for article in articles)
    return {
        "articles": len(articles),
        "versions": versions,
        "edits": versions - len(articles),
        "removals": sum(len(article["removals"]) for article in articles),
        "returns": sum(len(article["returns"]) for article in articles),
    }
