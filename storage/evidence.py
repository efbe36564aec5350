"""The evidence of an archive, article by article: bytes that were kept, and looks that met them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from news.visits import Outcome
from storage.captures import load_capture
from storage.engine import reading
from storage.errors import ArchiveError
from storage.records import StoredCapture
from storage.tables import articles, captures, readings, sites, versions, visits

_BATCH = 20  # articles read in one short transaction


@dataclass(frozen=True, slots=True)
class Revisit:
    """A look that met bytes which are kept already; times are aware UTC."""

    visited_at: datetime
    digest: str  # SHA-256 of the bytes it met
    url: str  # the address they were kept from, which was looked at again
    kept_at: datetime
    same_bytes: bool  # they were sent again; else the server said that nothing had changed


@dataclass(frozen=True, slots=True)
class Lost:
    """Bytes that were kept and cannot be given: erased, or damaged."""

    url: str
    digest: str
    erased: bool
    why: str


@dataclass(frozen=True, slots=True)
class Selection:
    """Which evidence: of one site or all, from `since` on and before `until` (aware UTC)."""

    site: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def holds(self, moment: datetime) -> bool:
        """Whether a time is within the selection."""
        after = self.since is None or moment >= self.since
        return after and (self.until is None or moment < self.until)

    def limits(self, column: sa.Column[datetime]) -> list[sa.ColumnElement[bool]]:
        """Return the conditions that hold a column within the selection."""
        since = [column >= self.since] if self.since else []
        return since + ([column < self.until] if self.until else [])


def find_evidence(engine: Engine, wanted: Selection) -> list[int]:
    """Return the articles that have captures or looks within the selection, by number."""
    parts = []
    for table, column in ((captures, captures.c.captured_at), (visits, visits.c.visited_at)):
        query = sa.select(table.c.article_id).where(*wanted.limits(column))
        if wanted.site is not None:
            query = query.join_from(table, articles, table.c.article_id == articles.c.id)
            query = query.join(sites, articles.c.site_id == sites.c.id)
            query = query.where(sites.c.key == wanted.site)
        parts.append(query)
    found = sa.union(*parts).subquery()
    with reading(engine) as connection:
        return list(connection.scalars(sa.select(found.c.article_id).order_by(found.c.article_id)))


def load_evidence(
    engine: Engine, article_ids: Sequence[int], wanted: Selection
) -> Iterator[StoredCapture | Revisit | Lost]:
    """Yield the evidence of some articles, of each one in order of time."""
    for start in range(0, len(article_ids), _BATCH):
        with reading(engine) as connection:
            for article_id in article_ids[start : start + _BATCH]:
                yield from _of_article(connection, article_id, wanted)


def _of_article(
    connection: Connection, article_id: int, wanted: Selection
) -> Iterator[StoredCapture | Revisit | Lost]:
    query = sa.select(
        captures.c.id, captures.c.captured_at, captures.c.final_url, captures.c.digest
    )
    query = query.add_columns(captures.c.body.is_(None).label("erased"))
    rows = connection.execute(query.where(captures.c.article_id == article_id)).all()
    kept = [(row.captured_at, row.id, row) for row in rows if wanted.holds(row.captured_at)]
    met = [
        (revisit.visited_at, 0, revisit)
        for revisit in _revisits(connection, article_id, {row.id: row for row in rows})
        if wanted.holds(revisit.visited_at)
    ]
    for _, _, item in sorted([*kept, *met], key=lambda part: part[:2]):
        yield item if isinstance(item, Revisit) else _capture(connection, item)


def _capture(connection: Connection, row: Any) -> StoredCapture | Lost:
    try:
        return load_capture(connection, row.id)
    except ArchiveError as error:
        return Lost(row.final_url, row.digest, bool(row.erased), str(error))


def _revisits(connection: Connection, article_id: int, kept: dict[int, Any]) -> Iterator[Revisit]:
    """Yield the looks of which is known which kept bytes they met.

    A look that opened a version on bytes kept before met those. One that was answered 304 met what
    was last sent: that is kept only where it opened a version and no other page came since.
    """
    opened = _opened(connection, article_id)
    seen: set[int] = set()
    held: int | None = None
    query = sa.select(visits.c.visited_at, visits.c.outcome)
    query = query.where(visits.c.article_id == article_id).order_by(visits.c.visited_at)
    for visited_at, outcome in connection.execute(query):
        if outcome in {Outcome.NEW, Outcome.CHANGED, Outcome.UNCHANGED}:
            held = opened.get(visited_at)
        again = held is not None and outcome == Outcome.CHANGED and held in seen
        if held is not None and (again or outcome == Outcome.NOT_MODIFIED):
            row = kept[held]
            yield Revisit(visited_at, row.digest, row.final_url, row.captured_at, again)
        if held is not None:
            seen.add(held)


def _opened(connection: Connection, article_id: int) -> dict[datetime, int]:
    """Return the capture behind each version, by the look that opened it."""
    query = sa.select(versions.c.first_seen_at, readings.c.capture_id)
    query = query.join_from(versions, readings, versions.c.reading_id == readings.c.id)
    rows: Iterable[Any] = connection.execute(query.where(versions.c.article_id == article_id))
    return {row.first_seen_at: row.capture_id for row in rows}
