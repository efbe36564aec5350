"""Is everything whole: nothing lost, doubled, half-written or altered."""

import hashlib
from collections.abc import Callable, Iterator

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from storage.contents import content_problems
from storage.engine import reading
from storage.migrate import current, head
from storage.tables import (
    article_state,
    article_urls,
    articles,
    changes,
    metadata,
    readings,
    sites,
    texts,
    versions,
    visits,
)
from storage.verify import verify_chain

Checked = Callable[[Connection], Iterator[str]]


def check(engine: Engine) -> list[str]:
    """Return what is wrong with an archive, one line each; nothing where it is whole."""
    revision = current(engine)
    if revision != head():
        return [f"schema is {revision}, this program's is {head()}; run `variorum db upgrade`"]
    problems: list[str] = []
    with reading(engine) as connection:
        for checked in _CHECKS:
            problems += checked(connection)
        keys = list(connection.scalars(sa.select(sites.c.key).order_by(sites.c.key)))
    for key in keys:
        problems += verify_chain(engine, key).problems
    return [*problems, *content_problems(engine)]


def _file(connection: Connection) -> Iterator[str]:
    """SQLite's own checks of the file."""
    if connection.dialect.name == "sqlite":
        for (found,) in connection.exec_driver_sql("PRAGMA integrity_check"):
            if found != "ok":
                yield f"database file: {found}"


def _orphans(connection: Connection) -> Iterator[str]:
    """Rows that point to nothing: whoever made them had foreign keys off."""
    for table in metadata.sorted_tables:
        for key in table.foreign_keys:
            target = key.column.table.alias("target")
            points = key.parent == target.c[key.column.name]
            query = sa.select(sa.func.count()).select_from(table)
            lost = query.where(key.parent.is_not(None), ~sa.exists().where(points))
            if count := connection.scalar(lost):
                where = f"{table.name}.{key.parent.name}"
                yield f"{count} rows of {where} point to no row of {key.column.table.name}"


def _missing_parts(connection: Connection) -> Iterator[str]:
    """Articles without address or state."""
    for table in (article_urls, article_state):
        own = table.c.article_id == articles.c.id
        query = sa.select(articles.c.url).where(~sa.exists().where(own))
        for url in connection.scalars(query):
            yield f"article {url}: no row in {table.name}"


def _owners(connection: Connection) -> Iterator[str]:
    """Addresses with more than one owner at a time."""
    query = (
        sa.select(article_urls.c.url)
        .where(article_urls.c.valid_to.is_(None))
        .group_by(article_urls.c.url)
        .having(sa.func.count() > 1)
    )
    for url in connection.scalars(query):
        yield f"address {url}: more than one article owns it"


def _open_versions(connection: Connection) -> Iterator[str]:
    """Open versions that are not the one open version of their article."""
    own = (versions.c.article_id == articles.c.id) & versions.c.last_seen_at.is_(None)
    is_open = sa.select(sa.func.max(versions.c.id)).where(own).scalar_subquery()
    count = sa.select(sa.func.count()).select_from(versions).where(own).scalar_subquery()
    query = sa.select(articles.c.url, count).join_from(articles, article_state)
    wrong = (count > 1) | article_state.c.open_version_id.is_distinct_from(is_open)
    for url, number in connection.execute(query.where(wrong)):
        yield f"article {url}: {number} open versions, or not the one in article_state"


def _numbers(connection: Connection) -> Iterator[str]:
    """Versions that are not numbered 1, 2, 3."""
    query = (
        sa.select(articles.c.url)
        .join_from(articles, versions, versions.c.article_id == articles.c.id)
        .group_by(articles.c.id, articles.c.url)
        .having(sa.func.max(versions.c.number) != sa.func.count())
    )
    for url in connection.scalars(query):
        yield f"article {url}: a number is missing among its versions"


def _version_readings(connection: Connection) -> Iterator[str]:
    """Versions whose content is not what their reading read, or not that of the one they repeat."""
    earlier = versions.alias("earlier")
    query = (
        sa.select(articles.c.url, versions.c.number)
        .join_from(versions, articles, versions.c.article_id == articles.c.id)
        .join(readings, versions.c.reading_id == readings.c.id)
        .outerjoin(earlier, versions.c.same_as_version_id == earlier.c.id)
    )
    own = (versions.c.article_id, versions.c.content_digest)
    of_reading = (readings.c.article_id, readings.c.content_digest)
    of_earlier = (earlier.c.article_id, earlier.c.content_digest)
    wrong = [a != b for other in (of_reading, of_earlier) for a, b in zip(own, other, strict=True)]
    for url, number in connection.execute(query.where(sa.or_(*wrong))):
        yield f"version {number} of {url}: its content is not what was read"


def _changes(connection: Connection) -> Iterator[str]:
    """Changes that are not between two neighbouring versions of their article."""
    old, new = versions.alias("old"), versions.alias("new")
    query = (
        sa.select(changes.c.id)
        .join_from(changes, old, changes.c.from_version_id == old.c.id)
        .join(new, changes.c.to_version_id == new.c.id)
    )
    own = (old.c.article_id == changes.c.article_id) & (new.c.article_id == changes.c.article_id)
    for number in connection.scalars(query.where(~own | (old.c.number >= new.c.number))):
        yield f"change {number}: not between two versions of its article"


def _looks(connection: Connection) -> Iterator[str]:
    """Last looks that are in no row of visits."""
    own = (visits.c.article_id == articles.c.id) & (
        visits.c.visited_at == article_state.c.last_visit_at
    )
    query = (
        sa.select(articles.c.url)
        .join_from(articles, article_state)
        .where(article_state.c.last_visit_at.is_not(None), ~sa.exists().where(own))
    )
    for url in connection.scalars(query):
        yield f"article {url}: its last look is not in visits"


def _texts(connection: Connection) -> Iterator[str]:
    """Texts that are not those of their digest, or that no reading has any more."""
    used = sa.exists().where(readings.c.body_digest == texts.c.digest)
    query = sa.select(texts, used.label("used")).where(texts.c.text.is_not(None))
    for row in connection.execute(query, execution_options={"yield_per": 1000}):
        if hashlib.sha256(row.text.encode()).hexdigest() != row.digest:
            yield f"text {row.digest}: its words have another digest"
        if not row.used:
            yield f"text {row.digest}: no reading has it"


_CHECKS: tuple[Checked, ...] = (
    _file,
    _orphans,
    _missing_parts,
    _owners,
    _open_versions,
    _numbers,
    _version_readings,
    _changes,
    _looks,
    _texts,
)
