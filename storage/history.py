"""What the archive tells of an article and of a period: read models for people and exports."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from news.article import Article
from news.urls import canonical_url
from storage.columns import UtcDateTime
from storage.engine import reading
from storage.readings import load_articles
from storage.tables import (
    article_state,
    article_urls,
    articles,
    captures,
    changes,
    events,
    readings,
    sites,
    versions,
    visits,
)


@dataclass(frozen=True, slots=True)
class Address:
    """An address of an article; `valid_to` is None while it is its own."""

    url: str
    valid_from: datetime
    valid_to: datetime | None


@dataclass(frozen=True, slots=True)
class VersionRecord:
    """One run of equal content in time; `last_seen_at` is None while it is served."""

    number: int
    first_seen_at: datetime
    last_seen_at: datetime | None
    same_as: int | None  # the first version of equal content
    article: Article
    content_digest: str
    capture_digest: str  # SHA-256 of the bytes that were read
    extractor: str
    retracted_at: datetime | None


@dataclass(frozen=True, slots=True)
class EventRecord:
    """What happened to an article, with its bounds."""

    article_id: int
    url: str
    headline: str | None  # of the article's open version, where it was ever read
    kind: str
    occurred_at: datetime
    from_state: str | None
    to_state: str | None
    last_seen_at: datetime | None
    first_missing_at: datetime | None
    details: str | None


@dataclass(frozen=True, slots=True)
class ChangeRecord:
    """One changed field between two neighbouring versions, with its bounds."""

    article_id: int
    url: str
    headline: str  # of the version after
    from_version: int
    to_version: int
    field: str
    kinds: tuple[str, ...]
    announced: bool
    significance: float
    rule: str
    hidden_by: str | None
    last_seen_at: datetime | None  # the old
    first_seen_at: datetime  # the new


@dataclass(frozen=True, slots=True)
class Looks:
    """The looks at an article: how many, when, and what they came to."""

    count: int
    first_at: datetime | None
    last_at: datetime | None
    by_outcome: dict[str, int]


@dataclass(frozen=True, slots=True)
class ArticleHistory:
    """All that is known of one article."""

    article_id: int
    url: str
    site: str  # the site's key
    state: str
    first_seen_at: datetime
    last_seen_at: datetime | None  # the last look that saw the open version
    last_visit_at: datetime | None
    addresses: tuple[Address, ...]
    versions: tuple[VersionRecord, ...]
    events: tuple[EventRecord, ...]
    changes: tuple[ChangeRecord, ...]
    looks: Looks
    merged_into: int | None = None  # the article it turned out to be


def article_history(engine: Engine, article: str | int) -> ArticleHistory | None:
    """Return all that is known of an article, by its number or any of its addresses."""
    with reading(engine) as connection:
        article_id = _find(connection, article)
        return None if article_id is None else _history(connection, article_id)


def list_articles(engine: Engine, site: str | None = None) -> list[tuple[int, str]]:
    """Return number and current address of every article, of one site or of all."""
    query = sa.select(article_urls.c.article_id, article_urls.c.url).join_from(
        article_urls, articles
    )
    query = query.join(sites).where(article_urls.c.valid_to.is_(None))
    query = query.order_by(article_urls.c.article_id, article_urls.c.id)
    if site is not None:
        query = query.where(sites.c.key == site)
    with reading(engine) as connection:
        return [(row.article_id, row.url) for row in connection.execute(query)]


def load_version(engine: Engine, article: str | int, number: int) -> VersionRecord | None:
    """Return one version of an article, by the article's number or address."""
    with reading(engine) as connection:
        article_id = _find(connection, article)
        own = () if article_id is None else _versions(connection, article_id, number)
        return next(iter(own), None)


def changes_between(
    engine: Engine, since: datetime, until: datetime, site: str | None = None
) -> list[ChangeRecord]:
    """Return the changes first seen from `since` on and before `until`, in order of time."""
    query = _changes_query().where(
        changes.c.first_seen_at >= since, changes.c.first_seen_at < until
    )
    if site is not None:
        query = query.where(sites.c.key == site)
    with reading(engine) as connection:
        return [_change(row) for row in connection.execute(query)]


def events_between(
    engine: Engine,
    since: datetime,
    until: datetime,
    site: str | None = None,
    kinds: Sequence[str] = (),
) -> list[EventRecord]:
    """Return the articles' events from `since` on and before `until`, in order of time."""
    query = _events_query().where(events.c.occurred_at >= since, events.c.occurred_at < until)
    if site is not None:
        query = query.where(sites.c.key == site)
    if kinds:
        query = query.where(events.c.kind.in_(kinds))
    with reading(engine) as connection:
        return [EventRecord(*row) for row in connection.execute(query)]


def _find(connection: Connection, article: str | int) -> int | None:
    if isinstance(article, int):
        query = sa.select(articles.c.id).where(articles.c.id == article)
    else:
        query = sa.select(article_urls.c.article_id).where(article_urls.c.url.in_(_forms(article)))
        # An address may have had several owners: the present one, else the last.
        query = query.order_by(article_urls.c.valid_to.is_not(None), article_urls.c.id.desc())
    found: int | None = connection.scalar(query.limit(1))
    return found


def _forms(url: str) -> list[str]:
    try:
        return [url, canonical_url(url)]
    except ValueError:
        return [url]


def _history(connection: Connection, article_id: int) -> ArticleHistory:
    names = ("state", "last_seen_at", "last_visit_at")
    query = (
        sa.select(articles, sites.c.key, *(article_state.c[name] for name in names))
        .join_from(articles, sites)
        .join(article_state, article_state.c.article_id == articles.c.id)
        .where(articles.c.id == article_id)
    )
    row = connection.execute(query).one()
    addresses = _addresses(connection, article_id)
    return ArticleHistory(
        article_id=article_id,
        url=next((own.url for own in reversed(addresses) if own.valid_to is None), row.url),
        site=row.key,
        state=row.state,
        first_seen_at=row.first_seen_at,
        last_seen_at=row.last_seen_at,
        last_visit_at=row.last_visit_at,
        addresses=addresses,
        versions=_versions(connection, article_id),
        events=_events(connection, article_id),
        changes=_changes(connection, article_id),
        looks=_looks(connection, article_id),
        merged_into=row.merged_into,
    )


def _addresses(connection: Connection, article_id: int) -> tuple[Address, ...]:
    columns = (article_urls.c.url, article_urls.c.valid_from, article_urls.c.valid_to)
    query = sa.select(*columns).where(article_urls.c.article_id == article_id)
    return tuple(Address(*row) for row in connection.execute(query.order_by(article_urls.c.id)))


def find_versions(
    connection: Connection, article_ids: Sequence[int]
) -> dict[int, list[tuple[int, VersionRecord]]]:
    """Return by article its versions in order, each with its number in the archive."""
    found: dict[int, list[tuple[int, VersionRecord]]] = {}
    rows = connection.execute(_versions_query(versions.c.article_id.in_(article_ids))).all()
    loaded = load_articles(connection, [row.reading_id for row in rows])
    for row in rows:
        own = found.setdefault(row.article_id, [])
        own.append((row.id, _version(row, loaded[row.reading_id])))
    return found


def find_changes(
    connection: Connection, article_ids: Sequence[int]
) -> dict[int, list[tuple[int, ChangeRecord]]]:
    """Return by article its changes in order, each with the archive's number of the version."""
    found: dict[int, list[tuple[int, ChangeRecord]]] = {}
    query = _changes_query().where(changes.c.article_id.in_(article_ids))
    for row in connection.execute(query):
        found.setdefault(row.article_id, []).append((row.to_version_id, _change(row)))
    return found


def _versions(
    connection: Connection, article_id: int, number: int | None = None
) -> tuple[VersionRecord, ...]:
    query = _versions_query(versions.c.article_id == article_id)
    if number is not None:
        query = query.where(versions.c.number == number)
    rows = connection.execute(query).all()
    loaded = load_articles(connection, [row.reading_id for row in rows])
    return tuple(_version(row, loaded[row.reading_id]) for row in rows)


def _versions_query(own: sa.ColumnElement[bool]) -> sa.Select[Any]:
    first = versions.alias("first")
    return (
        sa.select(versions, first.c.number.label("same_as"), captures.c.digest)
        .add_columns(readings.c.extractor)
        .join_from(versions, readings, versions.c.reading_id == readings.c.id)
        .join(captures, readings.c.capture_id == captures.c.id)
        .outerjoin(first, versions.c.same_as_version_id == first.c.id)
        .where(own)
        .order_by(versions.c.article_id, versions.c.number)
    )


def _version(row: sa.Row[Any], article: Article) -> VersionRecord:
    return VersionRecord(
        number=row.number,
        first_seen_at=row.first_seen_at,
        last_seen_at=row.last_seen_at,
        same_as=row.same_as,
        article=article,
        content_digest=row.content_digest,
        capture_digest=row.digest,
        extractor=row.extractor,
        retracted_at=row.retracted_at,
    )


def _current_url() -> sa.ScalarSelect[str]:
    """Return the subquery for the address an article has now."""
    newest = (
        sa.select(sa.func.max(article_urls.c.id))
        .where(article_urls.c.article_id == articles.c.id, article_urls.c.valid_to.is_(None))
        .correlate(articles)
        .scalar_subquery()
    )
    own = article_urls.alias("own")
    return sa.select(own.c.url).where(own.c.id == newest).correlate(articles).scalar_subquery()


def _events_query() -> sa.Select[Any]:
    names = ("occurred_at", "from_state", "to_state", "last_seen_at", "first_missing_at", "details")
    return (
        sa.select(
            articles.c.id,
            sa.func.coalesce(_current_url(), articles.c.url),
            readings.c.headline,
            events.c.kind,
            *(events.c[name] for name in names),
        )
        .join_from(events, articles, events.c.article_id == articles.c.id)
        .join(sites, articles.c.site_id == sites.c.id)
        .join(article_state, article_state.c.article_id == articles.c.id)
        .outerjoin(versions, article_state.c.open_version_id == versions.c.id)
        .outerjoin(readings, versions.c.reading_id == readings.c.id)
        .order_by(events.c.occurred_at, articles.c.id, events.c.id)
    )


def _events(connection: Connection, article_id: int) -> tuple[EventRecord, ...]:
    query = _events_query().where(events.c.article_id == article_id)
    return tuple(EventRecord(*row) for row in connection.execute(query))


def _changes_query() -> sa.Select[Any]:
    before, after = versions.alias("before"), versions.alias("after")
    return (
        sa.select(
            changes,
            sa.func.coalesce(_current_url(), articles.c.url).label("url"),
            readings.c.headline,
            before.c.number.label("from_version"),
            after.c.number.label("to_version"),
        )
        .join_from(changes, before, changes.c.from_version_id == before.c.id)
        .join(after, changes.c.to_version_id == after.c.id)
        .join(readings, after.c.reading_id == readings.c.id)
        .join(articles, changes.c.article_id == articles.c.id)
        .join(sites, articles.c.site_id == sites.c.id)
        .order_by(changes.c.first_seen_at, changes.c.article_id, changes.c.id)
    )


def _changes(connection: Connection, article_id: int) -> tuple[ChangeRecord, ...]:
    query = _changes_query().where(changes.c.article_id == article_id)
    return tuple(_change(row) for row in connection.execute(query))


def _change(row: sa.Row[Any]) -> ChangeRecord:
    return ChangeRecord(
        article_id=row.article_id,
        url=row.url,
        headline=row.headline,
        from_version=row.from_version,
        to_version=row.to_version,
        field=row.field,
        kinds=tuple(row.kinds.split(",")) if row.kinds else (),
        announced=row.announced,
        significance=row.significance,
        rule=row.rule,
        hidden_by=row.hidden_by,
        last_seen_at=row.last_seen_at,
        first_seen_at=row.first_seen_at,
    )


def _looks(connection: Connection, article_id: int) -> Looks:
    query = sa.select(
        visits.c.outcome,
        sa.func.count().label("looks"),
        sa.func.min(visits.c.visited_at, type_=UtcDateTime).label("first_at"),
        sa.func.max(visits.c.visited_at, type_=UtcDateTime).label("last_at"),
    ).where(visits.c.article_id == article_id)
    rows = connection.execute(query.group_by(visits.c.outcome).order_by(visits.c.outcome)).all()
    return Looks(
        count=sum(row.looks for row in rows),
        first_at=min((row.first_at for row in rows), default=None),
        last_at=max((row.last_at for row in rows), default=None),
        by_outcome={row.outcome: row.looks for row in rows},
    )
