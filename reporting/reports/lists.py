"""Reports that list what happened, newest first: rows of a view, a period, a site."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from reporting.ask import Ask, Report, cut
from reporting.render import Cell, Table
from storage.columns import utc_text
from storage.engine import Engine, reading
from storage.lives import list_delisted


@dataclass(frozen=True, slots=True)
class Listing:
    """Rows of a view, newest first by `order[0]`, then by the other columns."""

    view: str
    columns: tuple[str, ...]
    order: tuple[str, ...]
    condition: str | None = None  # SQL over the view's columns

    def run(self, engine: Engine, ask: Ask) -> Table:
        """Return the rows that are asked for."""
        with reading(engine) as connection:
            rows = connection.execute(self._query(engine, ask)).all()
        return cut(Table(self.columns, tuple(tuple(map(cell, row)) for row in rows)), ask)

    def _query(self, engine: Engine, ask: Ask) -> sa.Select[Any]:
        query = sa.select(*map(_column, self.columns)).select_from(sa.table(self.view))
        moment, span = _column(self.order[0]), ask.span
        if span.since:
            query = query.where(moment >= utc_text(span.since))
        if span.until:
            query = query.where(moment < utc_text(span.until))
        if span.site:
            query = query.where(_column("site") == span.site)
        if self.condition:
            query = query.where(sa.text(self.condition))
        # texts in the order of their bytes, so that both databases print the same
        collation = "C" if engine.dialect.name == "postgresql" else "BINARY"
        rest = (
            _column(name) if name in _NUMBERS else sa.collate(_column(name), collation)
            for name in self.order[1:]
        )
        query = query.order_by(sa.collate(moment, collation).desc(), *rest)
        return query if ask.limit is None else query.limit(ask.limit + 1)


_NUMBERS = frozenset({"article_id", "position", "to_version"})


def _column(name: str) -> sa.ColumnClause[Any]:
    return sa.column(name)


def cell(value: object) -> Cell:
    """Return a database's value as a cell, the same from both databases."""
    if value is None or isinstance(value, str | int | float):
        return value
    return float(value) if isinstance(value, Decimal) else str(value)


def _report(name: str, purpose: str, listing: Listing, *brief: str) -> Report:
    return Report(name, purpose, listing.columns, brief, listing.run)


_CHANGE = ("site", "article_id", "headline", "from_version", "to_version", "field", "kinds")
_BOUNDS = ("significance", "rule", "last_seen_at", "first_seen_at", "url")
_IN_ORDER = ("first_seen_at", "url", "field")


def _delisted(engine: Engine, ask: Ask) -> Table:
    span = ask.span if ask.span.since else replace(ask.span, since=_last(ask) - _LISTED)
    rows = [
        (
            row["site"],
            row["article_id"],
            row["headline"],
            row["state"],
            utc_text(row["listed_at"]),
            utc_text(row["last_listed_at"]),
            row["seed"],
            row["url"],
        )
        for row in list_delisted(engine, span, None if ask.limit is None else ask.limit + 1)
    ]
    note = f"Of the last {_LISTED.days} days, since nothing else was asked for; see --since."
    return cut(Table(_DELISTED, tuple(rows), notes=() if ask.span.since else (note,)), ask)


def _last(ask: Ask) -> datetime:
    return min(ask.span.until or ask.now, ask.now)


# Lists move on within days.
_LISTED = timedelta(days=14)


_DELISTED = (
    "site", "article_id", "headline", "state", "listed_at", "last_listed_at", "seed", "url"
)  # fmt: skip

# What was read for the first time, for pages that tell the news of a period.
FRESH = Listing(
    "latest_versions",
    ("site", "headline", "source", "section", "first_seen_at", "url"),
    ("first_seen_at", "url"),
    "version = 1",
)

LISTS: tuple[Report, ...] = (
    _report(
        "articles",
        "every article that was read, with the version that is served now",
        Listing(
            "latest_versions",
            (
                "site",
                "article_id",
                "headline",
                "published_at",
                "source",
                "state",
                "version",
                "first_seen_at",
                "url",
            ),
            ("first_seen_at", "url"),
        ),
        *("site", "article_id", "headline", "source", "state", "version"),
    ),
    _report(
        "changes",
        "what outlets changed after publication, one row a field",
        Listing(
            "change_log",
            (*_CHANGE, "announced", *_BOUNDS),
            _IN_ORDER,
            "hidden_by IS NULL",
        ),
        *("first_seen_at", "site", "article_id", "headline", "field", "kinds"),
    ),
    _report(
        "unannounced",
        "facts, quotations and deletions that were changed without a correction note",
        Listing("unannounced_changes", (*_CHANGE, *_BOUNDS), _IN_ORDER),
        *("first_seen_at", "site", "article_id", "rule"),
    ),
    _report(
        "headlines",
        "headlines that were changed, before and after",
        Listing(
            "headline_changes",
            (
                "site",
                "article_id",
                "headline_before",
                "headline_after",
                "kinds",
                "announced",
                "significance",
                "last_seen_at",
                "first_seen_at",
                "url",
            ),
            ("first_seen_at", "url", "headline_after"),
        ),
        *("first_seen_at", "article_id", "headline_before", "headline_after"),
    ),
    _report(
        "corrections",
        "corrections that were announced, and what changed with them",
        Listing(
            "change_log",
            (*_CHANGE, *_BOUNDS),
            _IN_ORDER,
            "announced = 1 AND hidden_by IS NULL",
        ),
        *("first_seen_at", "site", "article_id", "field", "rule"),
    ),
    _report(
        "removals",
        "articles that were removed, between which looks, and whether they came back",
        Listing(
            "removals",
            (
                "site",
                "article_id",
                "headline",
                "section",
                "version",
                "first_read_at",
                "last_seen_at",
                "first_missing_at",
                "confirmed_at",
                "details",
                "returned_at",
                "url",
            ),
            ("confirmed_at", "url"),
        ),
        *("article_id", "headline", "last_seen_at", "first_missing_at", "returned_at"),
    ),
    Report(
        "delisted",
        "articles that left a list while all listed just before them stayed",
        _DELISTED,
        ("site", "article_id", "headline", "state", "last_listed_at"),
        _delisted,
    ),
    _report(
        "credits",
        "who wrote, edited and reviewed what, newest first",
        Listing(
            "credit_log",
            (
                "site",
                "article_id",
                "headline",
                "version",
                "role",
                "name",
                "affiliation",
                "outlet",
                "level",
                "label",
                "first_seen_at",
                "url",
            ),
            ("first_seen_at", "url", "position"),
        ),
        *("site", "article_id", "headline", "role", "name", "affiliation"),
    ),
)
