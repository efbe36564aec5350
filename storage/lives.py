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
    byline_days,
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


def list_bylines(engine: Engine, span: Span, zone: tzinfo, limit: int | None = None) -> list[Row]:
    """Return what `byline_days` counts over a period by site, source, section, role and name.

    Those with the most articles first. Grouped in the order of the table's key, which needs no
    sorting of what may be millions of rows.
    """
    names = ("role", "name", "affiliation", "source", "section")
    keys = [byline_days.c[name] for name in names]
    counts = ("articles", "edited", "edits", "fact_edits", "removed")
    sums = [total(byline_days.c[name], name) for name in counts]
    first, last = span.days(zone)
    grouped = sa.select(byline_days.c.site_id, *keys, *sums)
    grouped = grouped.where(byline_days.c.day >= first) if first else grouped
    grouped = grouped.where(byline_days.c.day <= last) if last else grouped
    if span.site:
        own = sa.select(sites.c.id).where(sites.c.key == span.site).scalar_subquery()
        grouped = grouped.where(byline_days.c.site_id == own)
    of = grouped.group_by(byline_days.c.site_id, *keys).subquery()
    order = (of.c[name] for name in ("source", "section", "role", "name", "affiliation"))
    query = sa.select(sites.c.key.label("site"), *(of.c[name] for name in (*names, *counts)))
    query = query.join_from(of, sites, of.c.site_id == sites.c.id)
    return load_rows(engine, query.order_by(of.c.articles.desc(), "site", *order).limit(limit))


def list_delisted(engine: Engine, span: Span, limit: int | None = None) -> list[Row]:
    """Return articles that left a list while all listed just before them stayed on it.

    Within one look the lower entry counts as the earlier one. Newest first.
    """
    early = _early(span).subquery()
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
        .where(early.c.stayed > early.c.last_seen_at, _stayed_longer(early) == NEIGHBOURS)
    )
    query = query.where(early.c.last_seen_at < span.until) if span.until else query
    query = query.where(sites.c.key == span.site) if span.site else query
    query = query.order_by(early.c.last_seen_at.desc(), seeds.c.url, early.c.article_id)
    return load_rows(engine, query.limit(limit))


def _early(span: Span) -> sa.Select[Any]:
    """Return listings, each with the end of the first of its neighbours to go.

    What left before the period is left out: the neighbours of an early one outlived it, so they
    are all in; others may gain false neighbours, which `_stayed_longer` sees.
    """
    moment = listings.c.last_seen_at
    stayed = sa.func.min(moment, type_=moment.type).over(
        partition_by=listings.c.seed_id,
        order_by=(listings.c.first_seen_at, listings.c.article_id.desc()),
        rows=(-NEIGHBOURS, -1),
    )
    query = sa.select(*listings.columns, stayed.label("stayed"))
    return query.where(moment >= span.since) if span.since else query


def _stayed_longer(early: sa.Subquery) -> sa.ScalarSelect[int]:
    """Return how many of the entries listed just before one outlived it."""
    own = listings.alias("own")
    before = (own.c.first_seen_at < early.c.first_seen_at) | (
        (own.c.first_seen_at == early.c.first_seen_at) & (own.c.article_id > early.c.article_id)
    )
    neighbours = (
        sa.select(own.c.last_seen_at)
        .where(
            own.c.seed_id == early.c.seed_id, own.c.first_seen_at <= early.c.first_seen_at, before
        )
        .order_by(own.c.first_seen_at.desc(), own.c.article_id)
        .limit(NEIGHBOURS)
        .correlate(early)
        .subquery()
    )
    outlived = neighbours.c.last_seen_at > early.c.last_seen_at
    count = sa.select(sa.func.count()).select_from(neighbours).where(outlived)
    return count.correlate(early).scalar_subquery()
