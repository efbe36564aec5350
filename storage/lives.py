"""What became of articles, added up: how long they lived, how soon they were edited."""

from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from storage.engine import reading
from storage.spans import Row, Span, load_rows, total, within_days
from storage.tables import (
    article_facts,
    article_state,
    articles,
    clock_days,
    life_days,
    listings,
    readings,
    seeds,
    sites,
    versions,
    visits,
)

# How many articles listed just before must stay longer for one to count as taken off a list.
NEIGHBOURS = 5
# Within one look the lower entry counts as the earlier one.
_ORDER = (listings.c.first_seen_at, listings.c.article_id.desc())


def count_lives(engine: Engine, span: Span, zone: tzinfo) -> list[Row]:
    """Return articles by site, section and step of age: how many, still served or removed."""
    query = (
        sa.select(
            sites.c.key.label("site"),
            life_days.c.section,
            life_days.c.age_step,
            total(life_days.c.articles, "articles"),
            total(life_days.c.removed, "removed"),
            total(life_days.c.edited, "edited"),
        )
        .join_from(life_days, sites)
        .where(*within_days(life_days, span, zone))
        .group_by(sites.c.key, life_days.c.section, life_days.c.age_step)
    )
    return load_rows(engine, query)


def list_removed(engine: Engine, span: Span, zone: tzinfo) -> list[Row]:
    """Return for each removed article its site, section, life in minutes, and its state now."""
    facts = article_facts.c
    query = (
        sa.select(
            sites.c.key.label("site"), facts.section, facts.life_minutes, article_state.c.state
        )
        .join_from(article_facts, sites, article_facts.c.site_id == sites.c.id)
        .join(article_state, article_state.c.article_id == facts.article_id)
        .where(facts.life_minutes.is_not(None), *within_days(article_facts, span, zone))
    )
    return load_rows(engine, query)


def list_delays(engine: Engine, span: Span, zone: tzinfo) -> list[tuple[str, str, int, int, int]]:
    """Return site, section, hour of publication, minutes to the first edit, and how many such."""
    facts = article_facts.c
    columns = (sites.c.key, facts.section, facts.born_hour, facts.edit_minutes)
    query = (
        sa.select(*columns, sa.func.count())
        .join_from(article_facts, sites, article_facts.c.site_id == sites.c.id)
        .where(facts.edit_minutes.is_not(None), *within_days(article_facts, span, zone))
        .group_by(*columns)
    )
    with reading(engine) as connection:
        return [tuple(row) for row in connection.execute(query)]


def count_hours(engine: Engine, span: Span, zone: tzinfo) -> list[Row]:
    """Return articles by site and hour of publication on the site's clock."""
    query = (
        sa.select(
            sites.c.key.label("site"),
            clock_days.c.born_hour,
            total(clock_days.c.articles, "articles"),
        )
        .join_from(clock_days, sites)
        .where(*within_days(clock_days, span, zone))
        .group_by(sites.c.key, clock_days.c.born_hour)
    )
    return load_rows(engine, query)


@dataclass(frozen=True, slots=True)
class Looked:
    """One look at an article: when it began, and what it came to."""

    visited_at: datetime
    outcome: str


def list_looks(engine: Engine, article_id: int) -> list[Looked]:
    """Return all looks at an article in order of time."""
    query = sa.select(visits.c.visited_at, visits.c.outcome)
    query = query.where(visits.c.article_id == article_id).order_by(visits.c.visited_at)
    with reading(engine) as connection:
        return [Looked(*row) for row in connection.execute(query)]


def list_delisted(engine: Engine, span: Span, limit: int | None = None) -> list[Row]:
    """Return articles that left a list while all listed just before them stayed on it.

    Within one look the lower entry counts as the earlier one. Newest first.
    """
    moment = listings.c.last_seen_at
    stayed = sa.func.min(moment, type_=moment.type).over(
        partition_by=listings.c.seed_id, order_by=_ORDER, rows=(-NEIGHBOURS, -1)
    )
    before = sa.func.count().over(
        partition_by=listings.c.seed_id, order_by=_ORDER, rows=(-NEIGHBOURS, -1)
    )
    columns = (*listings.columns, stayed.label("stayed"), before.label("neighbours"))
    inner: sa.Select[Any] = sa.select(*columns)
    if span.site:
        inner = inner.join_from(listings, seeds).join(sites, seeds.c.site_id == sites.c.id)
        inner = inner.where(sites.c.key == span.site)
    early = inner.subquery()
    query = (
        sa.select(
            sites.c.key.label("site"),
            early.c.article_id,
            seeds.c.url.label("seed"),
            early.c.first_seen_at.label("listed_at"),
            early.c.last_seen_at.label("last_listed_at"),
            article_state.c.state,
            readings.c.headline,
            articles.c.url,
        )
        .join_from(early, seeds, early.c.seed_id == seeds.c.id)
        .join(sites, seeds.c.site_id == sites.c.id)
        .join(articles, articles.c.id == early.c.article_id)
        .join(article_state, article_state.c.article_id == early.c.article_id)
        .outerjoin(versions, versions.c.id == article_state.c.open_version_id)
        .outerjoin(readings, readings.c.id == versions.c.reading_id)
        .where(early.c.stayed > early.c.last_seen_at, early.c.neighbours == NEIGHBOURS)
    )
    if span.since:
        query = query.where(early.c.last_seen_at >= span.since)
    if span.until:
        query = query.where(early.c.last_seen_at < span.until)
    query = query.order_by(early.c.last_seen_at.desc(), seeds.c.url, early.c.article_id)
    return load_rows(engine, query.limit(limit))
