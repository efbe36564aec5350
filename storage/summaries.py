"""The summaries by day: each article counts for some rows, and whatever changes is counted anew.

Triggers note in `stale_articles` which articles a transaction has touched. Before it commits,
`settle` takes away what these articles counted for, works out their facts afresh and adds what
they count for now. So no reader ever sees a stale number, and `rebuild` gives the same.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from news.article import DESK_ROLES
from storage.counters import recount
from storage.facts import Facts, age_step, find_facts, next_step
from storage.tables import (
    article_facts,
    article_state,
    articles,
    byline_days,
    clock_days,
    desk_days,
    life_days,
    source_days,
    stale_articles,
)
from storage.writes import chunks, insert_all, update_each

SUMMARIES = (desk_days, byline_days, source_days, life_days, clock_days)
_DESK = frozenset(role.value for role in DESK_ROLES)

Key = tuple[str | int, ...]
# By table and key what articles count for, by column.
Counts = defaultdict[tuple[sa.Table, Key], Counter[str]]


def settle(connection: Connection) -> None:
    """Bring the summaries up to date with what this transaction has written."""
    stale = list(connection.scalars(sa.select(stale_articles.c.article_id)))
    if not stale:
        return
    if 0 in stale:
        rebuild_articles(connection)
    else:
        touched = [number for number in stale if number > 0]
        _age(connection, {-number for number in stale if number < 0}.difference(touched))
        _renew(connection, touched)
    for part in chunks(stale):
        connection.execute(sa.delete(stale_articles).where(stale_articles.c.article_id.in_(part)))


def _age(connection: Connection, article_ids: Iterable[int]) -> None:
    """Move articles of which nothing but their age is new on to the step they have reached."""
    seen = article_state.c.last_seen_at
    same = article_state.c.article_id == article_facts.c.article_id
    query = sa.select(article_facts, seen).join_from(article_facts, article_state, same)
    query = query.where(article_facts.c.life_minutes.is_(None))
    counts: Counts = defaultdict(Counter)
    moved: list[dict[str, Any]] = []
    for part in chunks(sorted(article_ids)):
        for row in connection.execute(query.where(article_facts.c.article_id.in_(part))):
            step = age_step(row.last_seen_at - row.first_seen_at)
            own = {"articles": 1, "edited": int(row.edits > 0), "edits": row.edits}
            own["fact_edits"] = row.fact_edits
            counts[life_days, (row.site_id, row.section, row.day, row.age_step)].subtract(own)
            counts[life_days, (row.site_id, row.section, row.day, step)].update(own)
            at = _step_at(row.first_seen_at, step)
            moved.append({"article_id": row.article_id, "age_step": step, "age_step_at": at})
    for table, name in ((article_facts, "age_step"), (article_state, "age_step_at")):
        rows = [{"article_id": row["article_id"], name: row[name]} for row in moved]
        update_each(connection, table, "article_id", rows)
    _add(connection, counts)


def _renew(connection: Connection, stale: Sequence[int]) -> None:
    if not stale:
        return
    before, after = list(_stored(connection, stale)), list(find_facts(connection, stale))
    if before == after:
        return
    counts: Counts = defaultdict(Counter)
    for facts in before:
        _count(counts, facts, -1)
    for part in chunks([facts.article_id for facts in before]):
        own = article_facts.c.article_id.in_(part)
        connection.execute(sa.delete(article_facts).where(own))
    for facts in after:
        _count(counts, facts, 1)
    _store(connection, after)
    _add(connection, counts)


def _stored(connection: Connection, article_ids: Iterable[int]) -> Iterator[Facts]:
    query = sa.select(article_facts).order_by(article_facts.c.article_id)
    for part in chunks(sorted(article_ids)):
        for row in connection.execute(query.where(article_facts.c.article_id.in_(part))):
            yield Facts(**row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for it


def _store(connection: Connection, found: Sequence[Facts]) -> None:
    insert_all(connection, article_facts, [facts.row() for facts in found])
    steps = []
    for facts in found:
        ended = facts.life_minutes is not None
        at = None if ended else _step_at(facts.first_seen_at, facts.age_step)
        steps.append({"article_id": facts.article_id, "age_step_at": at})
    update_each(connection, article_state, "article_id", steps)


def _step_at(first_seen_at: datetime, step: int) -> datetime | None:
    """Return when a look at an article will pass the next step of its age; None is never."""
    later = next_step(step)
    return None if later is None else first_seen_at + timedelta(hours=later)


def _count(counts: Counts, facts: Facts, sign: int) -> None:
    """Add to `counts` all that an article counts for, or with sign -1 take it away."""
    own = {
        "articles": sign,
        "edited": sign * (facts.edits > 0),
        "edits": sign * facts.edits,
        "fact_edits": sign * facts.fact_edits,
        "removed": sign * (facts.life_minutes is not None),
    }
    for table, key in _keys(facts):
        counts[table, key].update(own)
        if table is source_days:
            counts[table, key]["original_headlines"] += sign * facts.original_headline


def _keys(facts: Facts) -> Iterator[tuple[sa.Table, Key]]:
    """Yield the rows that an article counts for, each once, keys in the order of the columns."""
    site, day = facts.site_id, facts.day
    yield source_days, (site, facts.source, day)
    yield life_days, (site, facts.section, day, facts.age_step)
    yield clock_days, (site, facts.born_hour, day)
    for role, name, affiliation in facts.parties:
        if role not in _DESK:
            key = (site, role, name, affiliation, facts.source, facts.section, day)
            yield byline_days, key
    for role, name in sorted({(role, name) for role, name, _ in facts.parties if role in _DESK}):
        yield desk_days, (site, role, name, day)


def _add(connection: Connection, counts: Counts) -> None:
    """Add counts to the tables, and take out the rows of which nothing is left."""
    for table in SUMMARIES:
        own = sorted((key, count) for (of, key), count in counts.items() if of is table)
        rows = [_row(table, key, count) for key, count in own if any(count.values())]
        if rows:
            connection.execute(sa.text(_upsert(table)), rows)
        left = [_row(table, key, {}) for key, count in own if count["articles"] < 0]
        if left:
            connection.execute(sa.text(_cleanup(table)), left)


def _row(table: sa.Table, key: Key, count: Mapping[str, int]) -> dict[str, Any]:
    names = _names(table)
    return dict(zip(names, key, strict=True)) | {c: count.get(c, 0) for c in _columns(table)}


def _names(table: sa.Table) -> list[str]:
    return [column.name for column in table.primary_key]


def _columns(table: sa.Table) -> list[str]:
    return [column.name for column in table.columns if not column.primary_key]


def _upsert(table: sa.Table) -> str:
    names, counts = _names(table), _columns(table)
    sums = ", ".join(f"{c} = {table.name}.{c} + excluded.{c}" for c in counts)
    given = ", ".join(f":{name}" for name in (*names, *counts))
    return (
        f"INSERT INTO {table.name} ({', '.join((*names, *counts))}) VALUES ({given}) "
        f"ON CONFLICT ({', '.join(names)}) DO UPDATE SET {sums}"
    )


def _cleanup(table: sa.Table) -> str:
    own = " AND ".join(f"{name} = :{name}" for name in _names(table))
    return f"DELETE FROM {table.name} WHERE {own} AND articles = 0"


def rebuild(connection: Connection) -> None:
    """Make all summaries anew from the rows they are of."""
    recount(connection)
    rebuild_articles(connection)
    connection.execute(sa.delete(stale_articles))


def rebuild_articles(connection: Connection) -> None:
    """Make the summaries by day anew, site by site."""
    for table in (*SUMMARIES, article_facts):
        connection.execute(sa.delete(table))
    query = sa.select(articles.c.site_id, articles.c.id)
    by_site: defaultdict[int, list[int]] = defaultdict(list)
    for site_id, article_id in connection.execute(query.order_by(articles.c.id)):
        by_site[site_id].append(article_id)
    for article_ids in by_site.values():
        _rebuild_site(connection, article_ids)


def _rebuild_site(connection: Connection, article_ids: Sequence[int]) -> None:
    counts: Counts = defaultdict(Counter)
    for part in chunks(article_ids):
        found = list(find_facts(connection, part))
        for facts in found:
            _count(counts, facts, 1)
        _store(connection, found)
    _add(connection, counts)
