"""What summaries count of an article: worked out from its rows, one value an article."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta, tzinfo
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from storage.tables import (
    article_state,
    articles,
    changes,
    credits,  # noqa: A004 - the name of the table
    events,
    readings,
    sites,
    versions,
)
from storage.writes import chunks

# Steps of age in hours. An article that is still served is taken to be under observation up to the
# highest step at which a look saw it, so that a look within a step changes no summary.
AGE_STEPS = (0, 1, 3, 6, 12, 24, 48, 72, 120, 168, 240, 336, 504, 720, 1080, 1440, 2160, 4320,
             8760, 17520, 43800, 87600)  # fmt: skip


Credited = tuple[str, str, str]  # role, name, affiliation or nothing


@dataclass(frozen=True, slots=True)
class Facts:
    """The row of an article in `article_facts`."""

    article_id: int
    site_id: int
    day: str
    reading_id: int
    first_seen_at: datetime
    born_at: datetime
    born_hour: int
    section: str
    source: str
    original_headline: bool
    credited: str
    edits: int
    fact_edits: int
    announced: int
    edit_minutes: int | None
    life_minutes: int | None
    age_step: int

    @property
    def parties(self) -> list[Credited]:
        """Who is credited at its first reading, each once."""
        return [tuple(party) for party in json.loads(self.credited)]

    def row(self) -> dict[str, Any]:
        """Return it as a row."""
        return asdict(self)


def age_step(seen: timedelta) -> int:
    """Return the highest step of age that was reached, in hours."""
    hours = seen / timedelta(hours=1)
    return max(step for step in AGE_STEPS if step <= max(hours, 0))


def next_step(step: int) -> int | None:
    """Return the step after one; None after the last."""
    later = [other for other in AGE_STEPS if other > step]
    return later[0] if later else None


def find_facts(connection: Connection, article_ids: Iterable[int]) -> Iterator[Facts]:
    """Yield the facts of those articles that were read, have a standing version, and stand."""
    for part in chunks(sorted(article_ids)):
        yield from _find(connection, part)


def _find(connection: Connection, part: Sequence[int]) -> Iterator[Facts]:
    standing = _grouped(connection, _versions().where(versions.c.article_id.in_(part)))
    changed = _grouped(connection, _changes().where(changes.c.article_id.in_(part)))
    removals = {row.article_id: row.at for row in connection.execute(_removals(part))}
    credited = _credited(connection, [own[0].reading_id for own in standing.values()])
    for row in connection.execute(_articles().where(articles.c.id.in_(part))):
        own = standing[row.article_id]
        if own and row.merged_into is None:
            said = credited[own[0].reading_id]
            yield _facts(row, own, said, changed[row.article_id], removals.get(row.article_id))


def _articles() -> sa.Select[Any]:
    names = (articles.c.id.label("article_id"), articles.c.site_id, articles.c.merged_into)
    query = sa.select(*names, sites.c.time_zone, article_state.c.last_seen_at)
    query = query.join_from(articles, sites)
    return query.join(article_state, article_state.c.article_id == articles.c.id).order_by(
        articles.c.id
    )


def _versions() -> sa.Select[Any]:
    own = (versions.c[name] for name in ("id", "article_id", "first_seen_at", "reading_id"))
    named = ("section", "source", "headline", "original_headline", "published_at")
    printed = ("published_precision", "published_approximate")
    return (
        sa.select(*own, *(readings.c[name] for name in (*named, *printed)))
        .join_from(versions, readings, versions.c.reading_id == readings.c.id)
        .where(versions.c.retracted_at.is_(None))
        .order_by(versions.c.article_id, versions.c.number)
    )


def _changes() -> sa.Select[Any]:
    names = ("article_id", "to_version_id", "kinds", "announced", "first_seen_at")
    return (
        sa.select(*(changes.c[name] for name in names))
        .where(changes.c.hidden_by.is_(None))
        .order_by(changes.c.article_id, changes.c.id)
    )


def _removals(part: Sequence[int]) -> sa.Select[Any]:
    moment = sa.func.coalesce(events.c.first_missing_at, events.c.occurred_at)
    first = sa.func.min(moment, type_=events.c.occurred_at.type).label("at")
    return (
        sa.select(events.c.article_id, first)
        .where(events.c.kind == "removed", events.c.article_id.in_(part))
        .group_by(events.c.article_id)
    )


def _grouped(connection: Connection, query: sa.Select[Any]) -> Mapping[int, list[sa.Row[Any]]]:
    found: defaultdict[int, list[sa.Row[Any]]] = defaultdict(list)
    for row in connection.execute(query):
        found[row.article_id].append(row)
    return found


def _credited(connection: Connection, reading_ids: Iterable[int]) -> Mapping[int, list[Credited]]:
    """Return the persons and organizations that readings credit."""
    found: defaultdict[int, list[Credited]] = defaultdict(list)
    query = sa.select(*(credits.c[name] for name in ("reading_id", "role", "name", "affiliation")))
    for part in chunks(sorted(reading_ids)):
        for row in connection.execute(query.where(credits.c.reading_id.in_(part))):
            found[row.reading_id].append((row.role, row.name, row.affiliation or ""))
    return found


def _facts(
    article: sa.Row[Any],
    standing: Sequence[sa.Row[Any]],
    credited: Sequence[Credited],
    changed: Sequence[sa.Row[Any]],
    removed_at: datetime | None,
) -> Facts:
    first, zone = standing[0], _zone(article.time_zone)
    later = {version.id for version in standing[1:]}
    edits = [change for change in changed if change.to_version_id in later]
    announced = {change.to_version_id for change in edits if change.announced}
    facts = {change.to_version_id for change in edits if "fact" in change.kinds.split(",")}
    seen_until = removed_at or article.last_seen_at or first.first_seen_at
    born_at = _born_at(first)
    return Facts(
        article_id=article.article_id,
        site_id=article.site_id,
        day=first.first_seen_at.astimezone(zone).date().isoformat(),
        reading_id=first.reading_id,
        first_seen_at=first.first_seen_at,
        born_at=born_at,
        born_hour=born_at.astimezone(zone).hour,
        section=first.section or "",
        source=first.source or "",
        original_headline=(first.original_headline or first.headline) != first.headline,
        credited=json.dumps(sorted(set(credited)), ensure_ascii=False),
        edits=len({change.to_version_id for change in edits}),
        fact_edits=len(facts - announced),
        announced=len(announced),
        edit_minutes=_minutes(born_at, min((c.first_seen_at for c in edits), default=None)),
        life_minutes=_minutes(first.first_seen_at, removed_at),
        age_step=age_step(seen_until - first.first_seen_at),
    )


def _born_at(first: sa.Row[Any]) -> datetime:
    """Return when an article was published: as printed to the minute, unless after we read it."""
    seen: datetime = first.first_seen_at
    printed: datetime | None = first.published_at
    if printed is None or first.published_approximate or first.published_precision == "day":
        return seen
    return min(printed, seen)


def _minutes(start: datetime, end: datetime | None) -> int | None:
    return None if end is None else max(0, int((end - start) / timedelta(minutes=1)))


@cache
def _zone(name: str) -> tzinfo:
    return ZoneInfo(name)
