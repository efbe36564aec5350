"""The history of one article: its versions, what happened to it, and the looks behind both."""

from collections.abc import Iterable, Iterator
from datetime import tzinfo

from reporting.layout import Span, pad, paint, render_lines
from reporting.times import page_zone, render_time, render_zone
from storage.history import ArticleHistory, ChangeRecord, EventRecord, VersionRecord

_TIME = 16  # columns of a time to the minute


def render_history(
    history: ArticleHistory, *, zone: tzinfo | None = None, colour: bool = False, width: int = 80
) -> str:
    """Return the history of an article as text without a last line break.

    Times are in `zone`, by default in the offset that the page prints.
    """
    where = zone or page_zone(*history.versions)
    parts = [
        _head(history, where, colour),
        _versions(history, where, colour, width),
        _events(history.events, where, colour, width),
        _looks(history, where, colour, width),
    ]
    return "\n".join(line.rstrip() for part in parts for line in part)


def _head(history: ArticleHistory, zone: tzinfo, colour: bool) -> Iterator[str]:
    versions = history.versions
    headline = versions[-1].article.headline if versions else "(not read yet)"
    yield paint(headline, "strong", colour)
    yield paint(history.url, "dim", colour)
    for address in history.addresses:
        if address.url != history.url:
            until = f" until {render_time(address.valid_to, zone)}" if address.valid_to else ""
            yield paint(f"also {address.url}{until}", "dim", colour)
    zone_name = render_zone(zone)
    yield f"article {history.article_id} of {history.site}, {history.state}; times in {zone_name}"
    if history.merged_into is not None:
        yield f"it turned out to be article {history.merged_into}"


def _versions(history: ArticleHistory, zone: tzinfo, colour: bool, width: int) -> Iterator[str]:
    yield ""
    yield paint(
        f"{'version':8}{'first seen':{_TIME + 2}}{'last seen':{_TIME + 2}}headline", "dim", colour
    )
    for version in history.versions:
        last = render_time(version.last_seen_at or history.last_seen_at, zone)
        first = render_time(version.first_seen_at, zone)
        room = max(10, width - 8 - 2 * (_TIME + 2))
        headline = pad(version.article.headline, room)
        yield f"{version.number:>4}    {first:{_TIME + 2}}{last:{_TIME + 2}}{headline}"
        yield from _notes(version, history.changes, zone, colour, width)


def _notes(
    version: VersionRecord,
    changes: Iterable[ChangeRecord],
    zone: tzinfo,
    colour: bool,
    width: int,
) -> Iterator[str]:
    """Yield under a version what its content equals, what changed in it, and whether it counts."""
    notes = [Span(f"same as version {version.same_as}")] if version.same_as else []
    if version.retracted_at:
        notes.append(Span(f"retracted {render_time(version.retracted_at, zone)}: our own doing"))
    notes += [Span(_told(change)) for change in changes if change.to_version == version.number]
    for note in notes:
        yield from render_lines([note], width=width, colour=colour, first=" " * 8, rest=" " * 10)


def _told(change: ChangeRecord) -> str:
    announced = ", announced" if change.announced else ""
    hidden = f", hidden by {change.hidden_by}" if change.hidden_by else ""
    field = change.field.replace("_", " ")
    return f"{field}: {', '.join(change.kinds)} ({change.significance:.2f}{announced}{hidden})"


def _events(events: Iterable[EventRecord], zone: tzinfo, colour: bool, width: int) -> Iterator[str]:
    for place, event in enumerate(events):
        if not place:
            yield ""
            yield paint("events", "dim", colour)
        text = f"{render_time(event.occurred_at, zone)}  {_event(event, zone)}"
        rest = " " * (_TIME + 4)
        yield from render_lines([Span(text)], width=width, colour=colour, first="  ", rest=rest)


def _event(event: EventRecord, zone: tzinfo) -> str:
    """Return what happened, with its bounds where the article was missing."""
    bounds = []
    if event.first_missing_at and event.kind != "first_read":
        bounds.append(f"last seen {render_time(event.last_seen_at, zone)}")
        bounds.append(f"first missing {render_time(event.first_missing_at, zone)}")
    if event.details and event.kind != "first_read":
        bounds.append(event.details)
    return event.kind.replace("_", " ") + (f" ({', '.join(bounds)})" if bounds else "")


def _looks(history: ArticleHistory, zone: tzinfo, colour: bool, width: int) -> Iterator[str]:
    looks = history.looks
    yield ""
    if not looks.count:
        yield "no looks"
        return
    outcomes = ", ".join(
        f"{count} {outcome.replace('_', ' ')}" for outcome, count in looks.by_outcome.items()
    )
    first, last = render_time(looks.first_at, zone), render_time(looks.last_at, zone)
    text = f"{looks.count} looks, {first} to {last}: {outcomes}"
    yield from render_lines([Span(text)], width=width, colour=colour, rest="  ")
