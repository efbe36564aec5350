"""The readable account of a period: which articles changed, were removed or came back, and how."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo

from news.article import Article, Role
from news.diffs import BlockDiff, Hunk
from reporting.diff import render_field, shortened
from reporting.fields import FieldDiff, diff_articles, told_kinds
from reporting.layout import Span, paint, render_lines
from reporting.period import Edit, Period, Story, load_period
from reporting.times import load_zones, render_bounds, render_time, render_zone
from storage.engine import Engine
from storage.history import EventRecord

_CONTEXT = 14  # characters kept beside a change
_LONGEST = 80  # characters shown of a new or cut paragraph
_MOST_LINES = 8  # of one field
_DESK = {Role.EDITOR: "editor named:", Role.REVIEWER: "reviewer named:"}


@dataclass(frozen=True, slots=True)
class Sheet:
    """How the account is laid out: in which zone of time, how wide, with colour or signs."""

    zone: tzinfo
    width: int
    colour: bool

    def lines(self, text: str, indent: str) -> list[str]:
        """Return plain text broken into lines."""
        return render_lines(
            [Span(text)], width=self.width, colour=False, first=indent, rest=indent + "  "
        )


def render_account(
    engine: Engine,
    since: datetime | None = None,
    until: datetime | None = None,
    *,
    site: str | None = None,
    colour: bool = False,
    width: int = 80,
) -> str:
    """Return what changed from `since` on and before `until`, without a last line break.

    Times of each article are in the zone of its site.
    """
    period = load_period(engine, since, until, site)
    zones = load_zones(engine)
    lines = list(_head(period, [zones.get(site, UTC)] if site else zones.values(), colour))
    for story in period.stories:
        zone = zones.get(story.history.site, UTC)
        lines += ["", *_story(story, Sheet(zone, width, colour))]
    return "\n".join([*lines, "", *_totals(period, width)])


def _head(period: Period, zones: Collection[tzinfo], colour: bool) -> Iterator[str]:
    """Yield the title; its times are in the zone of all sites, or UTC where they differ."""
    zone = next(iter(zones)) if len(set(zones)) == 1 else UTC
    since = f" from {render_time(period.since, zone)}" if period.since else ""
    until = f" to {render_time(period.until, zone)}" if period.until else ""
    yield paint(f"What changed{since}{until} (times in {render_zone(zone)})", "strong", colour)


def _story(story: Story, sheet: Sheet) -> Iterator[str]:
    history = story.history
    yield from (
        paint(line, "strong", sheet.colour)
        for line in sheet.lines(history.versions[-1].article.headline, "")
    )
    yield paint(f"  {history.url}", "dim", sheet.colour)
    happenings = [
        *((event.occurred_at, list(_event(event, sheet))) for event in story.events),
        *((edit.after.first_seen_at, list(_edit(edit, sheet))) for edit in story.edits),
    ]
    for _, lines in sorted(happenings, key=lambda happening: happening[0]):
        yield from lines


def _edit(edit: Edit, sheet: Sheet) -> Iterator[str]:
    before, after = edit.before, edit.after
    bounds = render_bounds(before.last_seen_at, after.first_seen_at, sheet.zone)
    announced = "announced" if edit.announced else "not announced"
    back = f", the text of version {after.same_as} again" if after.same_as else ""
    title = f"Edited ({before.number} → {after.number}) {bounds}, {announced}{back}"
    yield from sheet.lines(title, "  ")
    kinds = {change.field: change.kinds for change in edit.changes}
    for field in diff_articles(before.article, after.article):
        if field.change.field in kinds:
            told = told_kinds(field.change.field, kinds[field.change.field])
            yield f"    {field.name}{f': {told}' if told else ''}"
            yield from _shown(field, sheet)
    desk = _desk(after.article)
    if desk:
        yield from sheet.lines(desk, "    ")


def _shown(field: FieldDiff, sheet: Sheet) -> list[str]:
    lines = render_field(
        _condensed(field), colour=sheet.colour, width=sheet.width, context=_CONTEXT, indent=" " * 6
    )
    rest = len(lines) - _MOST_LINES
    return lines if rest <= 1 else [*lines[:_MOST_LINES], f"      … {rest} more lines"]


def _condensed(field: FieldDiff) -> FieldDiff:
    """Return a field with only what changed, and little around it."""
    blocks = tuple(_cut(block) for block in field.blocks if block.kind != "equal")
    return replace(field, blocks=blocks)


def _cut(block: BlockDiff) -> BlockDiff:
    hunks = shortened(block.hunks, _CONTEXT)
    return replace(
        block,
        hunks=tuple(Hunk(hunk.op, _brief(hunk.before), _brief(hunk.after)) for hunk in hunks),
    )


def _brief(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}… ({len(text)} characters)"


def _desk(article: Article) -> str:
    """Return who edited and reviewed a version, as the page says."""
    named = []
    for role, words in _DESK.items():
        names = dict.fromkeys(c.name for c in article.credits if c.role is role)
        if names:
            named.append(f"{words} {'、'.join(names)}")
    return "; ".join(named)


def _event(event: EventRecord, sheet: Sheet) -> Iterator[str]:
    at = render_time(event.occurred_at, sheet.zone)
    if event.kind == "removed":
        missing = event.first_missing_at or event.occurred_at
        bounds = render_bounds(event.last_seen_at, missing, sheet.zone)
        yield from sheet.lines(f"Removed {bounds}, confirmed {at}", "  ")
    else:
        since = render_time(event.first_missing_at, sheet.zone)
        yield from sheet.lines(f"Returned, seen again {at}, missing since {since}", "  ")


def _totals(period: Period, width: int) -> Iterator[str]:
    edits = list(period.edits)
    edited = sum(bool(story.edits) for story in period.stories)
    announced = sum(edit.announced for edit in edits)
    events = Counter(event.kind for story in period.stories for event in story.events)
    texts = [
        f"{_count(period.first_read, 'article')} read for the first time",
        (
            f"{_count(edited, 'article')} edited, {_count(len(edits), 'edit')}: "
            f"{announced} announced, {len(edits) - announced} not"
        ),
        *_kinds(edits),
        f"{_count(events['removed'], 'removal')}, {_count(events['returned'], 'return')}",
        *([f"{_count(period.hidden, 'change')} hidden by rules"] if period.hidden else []),
    ]
    yield "In all"
    for text in texts:
        yield from render_lines([Span(text)], width=width, colour=False, first="  ", rest="    ")


def _kinds(edits: Iterable[Edit]) -> Iterator[str]:
    """Yield how many edits were of each kind, the most frequent first."""
    counts = Counter(
        kind
        for edit in edits
        for kind in {kind for change in edit.changes for kind in change.kinds}
    )
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    if ranked:
        yield f"by kind: {', '.join(f'{kind} {count}' for kind, count in ranked)}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
