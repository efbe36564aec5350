"""What exports read: articles a few at a time, each part in a short transaction of its own.

What an export holds stands still, since versions and changes are written once; and no crawl waits
for a long one.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from storage.engine import reading
from storage.errors import ArchiveError
from storage.history import ChangeRecord, VersionRecord, find_changes, find_versions
from storage.journal import settle_journal
from storage.tables import article_state, articles, journal, sites

_PART = 50  # articles that are read at once
# What makes a version, or a change of one, worth telling again.
_OF_VERSIONS, _OF_CHANGES = ("version", "retracted"), ("version", "retracted", "hidden")


@dataclass(frozen=True, slots=True)
class Scope:
    """Which part of the archive."""

    site: str | None = None
    since: datetime | None = None  # first look at the version, from then on
    until: datetime | None = None  # and before
    after: int | None = None  # entry of the journal: what changed since; None is everything

    def holds(self, moment: datetime) -> bool:
        """Whether a time is within the scope."""
        early = self.since is not None and moment < self.since
        return not early and (self.until is None or moment < self.until)


@dataclass(frozen=True, slots=True)
class Told:
    """One article with what of it is within the scope."""

    article_id: int
    site: str
    state: str
    last_seen_at: datetime | None
    versions: tuple[VersionRecord, ...]
    changes: tuple[ChangeRecord, ...]
    latest: VersionRecord | None  # as it is served now, or was when it was last seen


class Export:
    """A run through one scope, up to the journal's entry that is the last when it begins."""

    def __init__(self, engine: Engine, scope: Scope) -> None:
        """Settle the journal; raise ArchiveError for a cursor that it has not come to."""
        self._engine, self._scope = engine, scope
        self.cursor = settle_journal(engine)
        if scope.after is not None and scope.after > self.cursor:
            raise ArchiveError(
                f"change {scope.after} has not been; the last one in this database is {self.cursor}"
            )

    def count(self) -> int:
        """Return how many articles there are to look through."""
        query = sa.select(sa.func.count()).select_from(self._articles().subquery())
        with reading(self._engine) as connection:
            return int(connection.scalar(query) or 0)

    def parts(self) -> Iterator[list[Told]]:
        """Yield articles in the order of their numbers, a few at a time."""
        last = 0
        while True:
            query = self._articles().where(articles.c.id > last)
            with reading(self._engine) as connection:
                rows = connection.execute(query.order_by(articles.c.id).limit(_PART)).all()
                if not rows:
                    return
                part = list(self._told(connection, rows))
            yield part
            last = rows[-1].id

    def _articles(self) -> sa.Select[Any]:
        columns = (article_state.c.state, article_state.c.last_seen_at)
        query = (
            sa.select(articles.c.id, sites.c.key, *columns, article_state.c.open_version_id)
            .join_from(articles, sites)
            .join(article_state, article_state.c.article_id == articles.c.id)
        )
        if self._scope.site is not None:
            query = query.where(sites.c.key == self._scope.site)
        if self._scope.after is not None:
            touched = sa.select(journal.c.article_id).where(self._is_new())
            query = query.where(articles.c.id.in_(touched))
        return query

    def _is_new(self) -> sa.ColumnElement[bool]:
        return sa.and_(journal.c.number > self._scope.after, journal.c.number <= self.cursor)

    def _told(self, connection: Connection, rows: Sequence[sa.Row[Any]]) -> Iterator[Told]:
        ids = [row.id for row in rows]
        numbers = self._new_numbers(connection, ids)
        own_versions = find_versions(connection, ids)
        own_changes = find_changes(connection, ids)
        for row in rows:
            every = own_versions.get(row.id, [])
            latest = next((v for n, v in reversed(every) if n == row.open_version_id), None)
            told = [v for n, v in every if self._wants(numbers, _OF_VERSIONS, n, v.first_seen_at)]
            moved = [
                change
                for number, change in own_changes.get(row.id, [])
                if self._wants(numbers, _OF_CHANGES, number, change.first_seen_at)
            ]
            yield Told(
                row.id, row.key, row.state, row.last_seen_at, tuple(told), tuple(moved), latest
            )

    def _wants(
        self, numbers: dict[int, set[str]], kinds: tuple[str, ...], version: int, at: datetime
    ) -> bool:
        is_new = self._scope.after is None or bool(numbers[version].intersection(kinds))
        return is_new and self._scope.holds(at)

    def _new_numbers(self, connection: Connection, ids: list[int]) -> dict[int, set[str]]:
        """Return by version what has happened to it within the scope of the cursor."""
        found: dict[int, set[str]] = defaultdict(set)
        if self._scope.after is not None:
            query = sa.select(journal.c.version_id, journal.c.kind).where(self._is_new())
            query = query.where(journal.c.article_id.in_(ids), journal.c.version_id.is_not(None))
            for row in connection.execute(query):
                found[row.version_id].add(row.kind)
        return found
