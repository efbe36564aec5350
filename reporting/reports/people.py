"""Reports on who works and who is reprinted: counts that can be compared, with their intervals."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from reporting.ask import Ask, Report, cut
from reporting.rates import rate
from reporting.render import Cell, Table
from storage.engine import Engine, reading
from storage.lives import list_bylines

_SUMS = ("articles", "edited", "edits", "fact_edits", "removed")


def _summed(
    engine: Engine, ask: Ask, view: str, keys: Sequence[str], sums: Sequence[str] = _SUMS
) -> list[dict[str, Any]]:
    """Return a view by day added up over a period, by its keys."""
    first, last = ask.span.days(ask.zone)
    columns: list[Any] = [sa.column(key) for key in keys]
    columns += [sa.cast(sa.func.sum(sa.column(n)), sa.BigInteger).label(n) for n in sums]
    query = sa.select(*columns).select_from(sa.table(view))
    query = query.where(sa.column("day") >= first) if first else query
    query = query.where(sa.column("day") <= last) if last else query
    query = query.where(sa.column("site") == ask.span.site) if ask.span.site else query
    with reading(engine) as connection:
        rows = connection.execute(query.group_by(*(sa.column(key) for key in keys)))
        return [dict(row) for row in rows.mappings()]


def _edited(row: Mapping[str, Any]) -> list[Cell]:
    """Return the share of articles that were edited after publication, with its interval."""
    found = rate(row["edited"], row["articles"])
    return [found.share, found.low, found.high] if found else [None, None, None]


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _people(found: Iterable[Mapping[str, Any]], keys: tuple[str, ...]) -> Table:
    rows = []
    for row in found:
        share, low, high = _edited(row)
        counts = (row["articles"], row["edited"], share, low, high)
        rest = (row["edits"], row["fact_edits"], row["removed"])
        named = (None if row[key] == "" else row[key] for key in keys)
        rows.append((*named, *counts, *rest))
    return Table((*keys, *_COUNTS), tuple(rows), notes=(_PEOPLE_NOTE,))


_COUNTS = (
    "articles", "edited", "share_edited", "low", "high", "edits", "fact_edits", "removed"
)  # fmt: skip
_PEOPLE_NOTE = (
    "By the credits of each article's first reading in the period; share_edited is the share of "
    "articles edited after it, between low and high with 95 % confidence (Wilson)."
)
_DESK = ("site", "role", "name")
_BYLINE = ("site", "source", "section", "role", "name", "affiliation")


def _editors(engine: Engine, ask: Ask) -> Table:
    table = _people(_summed(engine, ask, "editor_activity", _DESK), _DESK)
    low, articles = table.columns.index("low"), table.columns.index("articles")
    # the surely most edited first: one edit of one article is not yet a habit
    ranked = sorted(table.rows, key=lambda r: (-(r[low] or 0), -r[articles], *map(_text, r[:3])))  # type: ignore[operator]
    return cut(replace(table, rows=tuple(ranked)), ask)


def _reporters(engine: Engine, ask: Ask) -> Table:
    rows = None if ask.limit is None else ask.limit + 1
    return cut(_people(list_bylines(engine, ask.span, ask.zone, rows), _BYLINE), ask)


_SOURCES = (
    "site",
    "source",
    "is_reprint",
    "articles",
    "share_of_site",
    "original_headlines",
    "share_other",
    "low",
    "high",
    "edited",
    "fact_edits",
    "removed",
)


def _sources(engine: Engine, ask: Ask) -> Table:
    sums = (*_SUMS, "original_headlines")
    found = _summed(engine, ask, "source_activity", ("site", "source", "is_reprint"), sums)
    totals: dict[str, int] = {}
    for row in found:
        totals[row["site"]] = totals.get(row["site"], 0) + row["articles"]
    rows: list[tuple[Cell, ...]] = []
    for row in found:
        own = rate(row["articles"], totals[row["site"]])
        other = rate(row["original_headlines"], row["articles"])
        rows.append(
            (
                row["site"],
                row["source"],
                row["is_reprint"],
                row["articles"],
                own.share if own else None,
                row["original_headlines"],
                *((other.share, other.low, other.high) if other else (None, None, None)),
                row["edited"],
                row["fact_edits"],
                row["removed"],
            )
        )
    rows.sort(key=lambda row: (str(row[0]), -int(row[3] or 0), _text(row[1])))
    return cut(Table(_SOURCES, tuple(rows), notes=(_SOURCES_NOTE,)), ask)


_SOURCES_NOTE = (
    "share_other is the share of these articles that print another headline for their "
    "origin (原文标题), between low and high with 95 % confidence (Wilson)."
)

PEOPLE = (
    Report(
        "editors",
        "who edits and reviews, and whose articles change most after publication",
        (*_DESK, *_COUNTS),
        ("site", "role", "name", "articles", "edited", "share_edited", "low", "high"),
        _editors,
    ),
    Report(
        "reporters",
        "reporters, correspondents and other makers, by source and section",
        (*_BYLINE, *_COUNTS),
        ("site", "source", "section", "role", "name", "articles", "edited"),
        _reporters,
    ),
    Report(
        "sources",
        "what a site reprints from whom, and how often with another headline",
        _SOURCES,
        ("site", "source", "is_reprint", "articles", "original_headlines", "share_other"),
        _sources,
    ),
)
