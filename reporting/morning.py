"""The morning report: what the night brought, on one page that a desk opens first."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from reporting.ask import Ask
from reporting.fields import FieldDiff, diff_articles
from reporting.period import Edit, Story, load_story
from reporting.report import Cell, Table, run_report
from reporting.reports.lists import FRESH
from storage.engine import Engine
from storage.news import Pace, SiteEvent, find_weightiest, list_site_events, measure_pace
from storage.spans import Span

NIGHT = timedelta(days=1)
MOST_STORIES = 30
MOST_ROWS = 60
# A change from this significance on is told with its difference.
SIGNIFICANT = 0.5
# A site is quiet where so few articles would come by chance once in a thousand such periods.
BY_CHANCE = 0.001


@dataclass(frozen=True, slots=True)
class Morning:
    """All that the page tells."""

    since: datetime
    until: datetime
    zone: tzinfo
    site: str | None
    volume: Table
    stories: tuple[Story, ...]
    more_stories: bool
    fresh: Table
    removals: Table
    quiet: tuple[Pace, ...]
    events: tuple[SiteEvent, ...]
    health: Table
    blind: Table


def load_morning(engine: Engine, ask: Ask) -> Morning:
    """Gather what a period brought, by default the last day."""
    end, site, zone, now = ask.span.until or ask.now, ask.span.site, ask.zone, ask.now
    start = ask.span.since or end - NIGHT
    span = Span(start, end, site)

    def table(name: str, limit: int | None = MOST_ROWS) -> Table:
        return run_report(engine, name, start, end, site, zone=zone, limit=limit, now=now)

    found = find_weightiest(engine, span, MOST_STORIES + 1)
    weighty = [number for number, weight in found if weight >= SIGNIFICANT]
    stories = (load_story(engine, number, start, end) for number in weighty[:MOST_STORIES])
    return Morning(
        start,
        end,
        zone,
        site,
        volume=_added(table("volume", None)),
        stories=tuple(story for story in stories if story),
        more_stories=len(weighty) > MOST_STORIES,
        fresh=FRESH.run(engine, Ask(span, zone, MOST_ROWS, now)),
        removals=table("removals"),
        quiet=tuple(filter(is_quiet, measure_pace(engine, start, end, site))),
        events=tuple(list_site_events(engine, span)),
        health=table("health", None),
        blind=table("coverage", None),
    )


_ADDED = ("first_reads", "changes", "fact_changes", "headline_changes", "removals", "returns")


def _added(volume: Table) -> Table:
    """Return the counts of a volume by site, its days added up, and all sites in the last row."""
    places = [volume.columns.index(name) for name in _ADDED]
    of_site = volume.columns.index("site")
    sums: dict[str, list[int]] = {}
    for row in volume.rows:
        own = sums.setdefault(str(row[of_site]), [0] * len(places))
        for number, place in enumerate(places):
            own[number] += int(row[place] or 0)
    rows: list[tuple[Cell, ...]] = [(site, *sums[site]) for site in sorted(sums)]
    everything: tuple[Cell, ...] = (
        "all sites",
        *(sum(column) for column in zip(*sums.values(), strict=True)),
    )
    return Table(("site", *_ADDED), (*rows, *([everything] if len(rows) > 1 else [])))


def is_quiet(pace: Pace) -> bool:
    """Whether a site brought fewer articles than chance explains, at its usual pace (Poisson)."""
    usual, at_most = pace.usual, 0.0
    if usual <= 0 or pace.articles >= usual:
        return False
    for number in range(pace.articles + 1):
        at_most += math.exp(number * math.log(usual) - usual - math.lgamma(number + 1))
    return at_most < BY_CHANCE


def told_edits(story: Story) -> Iterator[tuple[Edit, list[FieldDiff]]]:
    """Yield the edits of a story with what is shown of them: hidden changes are left out."""
    for edit in story.edits:
        shown = {change.field for change in edit.changes}
        fields = diff_articles(edit.before.article, edit.after.article)
        yield edit, [field for field in fields if field.change.field in shown]
