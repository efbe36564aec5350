"""What a period brought, picked by SQL so that a page about it is quick on any archive."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from storage.engine import reading
from storage.spans import Span, hour_of, load_rows, total
from storage.tables import articles, changes, events, site_hours, sites, versions

# How many equally long periods before are looked at to know what is usual.
PERIODS_BEFORE = 28


@dataclass(frozen=True, slots=True)
class SiteEvent:
    """Something that happened to a site as a whole."""

    site: str
    kind: str
    occurred_at: datetime
    details: str | None


@dataclass(frozen=True, slots=True)
class Pace:
    """How many articles a site brought in a period, and in the watched hours before it."""

    site: str
    articles: int
    hours: int  # watched in the period
    articles_before: int
    hours_before: int  # watched before

    @property
    def usual(self) -> float:
        """The articles to expect in the watched hours of the period."""
        return self.articles_before / self.hours_before * self.hours if self.hours_before else 0.0


def find_weightiest(engine: Engine, span: Span, limit: int) -> list[tuple[int, float]]:
    """Return the articles with the weightiest shown changes of a period, and the weight."""
    weight = sa.func.max(changes.c.significance)
    query = (
        sa.select(changes.c.article_id, weight)
        .join(versions, changes.c.to_version_id == versions.c.id)
        .where(changes.c.hidden_by.is_(None), versions.c.retracted_at.is_(None))
    )
    query = query.where(changes.c.first_seen_at >= span.since) if span.since else query
    query = query.where(changes.c.first_seen_at < span.until) if span.until else query
    if span.site:
        query = query.join(articles, changes.c.article_id == articles.c.id)
        query = query.join(sites, articles.c.site_id == sites.c.id)
        query = query.where(sites.c.key == span.site)
    first = sa.func.min(changes.c.first_seen_at)
    query = query.group_by(changes.c.article_id)
    query = query.order_by(weight.desc(), first, changes.c.article_id).limit(limit)
    with reading(engine) as connection:
        return [(int(row[0]), float(row[1])) for row in connection.execute(query)]


def list_site_events(engine: Engine, span: Span) -> list[SiteEvent]:
    """Return what happened to sites as a whole, oldest first."""
    query = (
        sa.select(sites.c.key, events.c.kind, events.c.occurred_at, events.c.details)
        .join_from(events, sites)
        .where(events.c.article_id.is_(None))
        .order_by(events.c.occurred_at, sites.c.key, events.c.kind)
    )
    query = query.where(events.c.occurred_at >= span.since) if span.since else query
    query = query.where(events.c.occurred_at < span.until) if span.until else query
    query = query.where(sites.c.key == span.site) if span.site else query
    with reading(engine) as connection:
        return [SiteEvent(*row) for row in connection.execute(query)]


def measure_pace(engine: Engine, since: datetime, until: datetime, site: str | None) -> list[Pace]:
    """Return for each site what it brought in a period, and in the time before it."""
    first, last = hour_of(since), hour_of(until)
    before = hour_of(since - PERIODS_BEFORE * max(until - since, timedelta(hours=1)))
    within = (site_hours.c.hour >= first) & (site_hours.c.hour < last)
    earlier = (site_hours.c.hour >= before) & (site_hours.c.hour < first)
    told = site_hours.c.looks - site_hours.c.looks_blocked - site_hours.c.looks_failed
    watched = told + site_hours.c.seed_answered > 0
    query = (
        sa.select(
            sites.c.key.label("site"),
            total(sa.case((within, site_hours.c.first_reads), else_=0), "articles"),
            total(sa.case((within & watched, 1), else_=0), "hours"),
            total(sa.case((earlier, site_hours.c.first_reads), else_=0), "articles_before"),
            total(sa.case((earlier & watched, 1), else_=0), "hours_before"),
        )
        .join_from(site_hours, sites)
        .where(site_hours.c.hour >= before, site_hours.c.hour < last)
        .group_by(sites.c.key)
        .order_by(sites.c.key)
    )
    query = query.where(sites.c.key == site) if site else query
    return [Pace(**row) for row in load_rows(engine, query)]
