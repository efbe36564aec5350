"""Legal holds: what no rule may erase until they are released."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from storage.engine import reading, run_unit
from storage.errors import ArchiveError
from storage.tables import articles, holds, sites


@dataclass(frozen=True, slots=True)
class Hold:
    """One hold on an article, or on all of a site; times are aware UTC."""

    id: int
    site: str  # the site's key
    url: str | None  # the article's first address; None where all of the site is held
    reason: str
    placed_at: datetime
    released_at: datetime | None


def place_hold(
    engine: Engine, *, site_key: str | None, article_id: int | None, reason: str, now: datetime
) -> int:
    """Place a hold on an article, or on a site as a whole; return its number."""

    def place(connection: Connection) -> int:
        query = sa.select(sites.c.id).where(sites.c.key == site_key)
        if article_id is not None:
            query = sa.select(articles.c.site_id).where(articles.c.id == article_id)
        site_id = connection.scalar(query)
        if site_id is None:
            raise ArchiveError(f"no site {site_key!r} in this database")
        row = {"site_id": site_id, "article_id": article_id, "reason": reason, "placed_at": now}
        return int(connection.scalar(holds.insert().returning(holds.c.id), row) or 0)

    return run_unit(engine, place)


def release_hold(engine: Engine, hold_id: int, now: datetime) -> None:
    """End a hold; ArchiveError where there is none of that number in force."""
    in_force = (holds.c.id == hold_id) & holds.c.released_at.is_(None)
    update = sa.update(holds).where(in_force).values(released_at=now)
    if run_unit(engine, lambda connection: connection.execute(update).rowcount) == 0:
        raise ArchiveError(f"no hold {hold_id} is in force; `variorum holds list` names them")


def list_holds(engine: Engine) -> list[Hold]:
    """Return all holds, also those that were released, by number."""
    names = ("reason", "placed_at", "released_at")
    query = (
        sa.select(holds.c.id, sites.c.key, articles.c.url, *(holds.c[name] for name in names))
        .join_from(holds, sites)
        .outerjoin(articles, holds.c.article_id == articles.c.id)
        .order_by(holds.c.id)
    )
    with reading(engine) as connection:
        return [Hold(*row) for row in connection.execute(query)]


def held(connection: Connection, article_ids: Collection[int]) -> set[int]:
    """Return those of these articles that are under a hold."""
    covers = sa.exists().where(
        holds.c.released_at.is_(None),
        holds.c.site_id == articles.c.site_id,
        holds.c.article_id.is_(None) | (holds.c.article_id == articles.c.id),
    )
    query = sa.select(articles.c.id).where(articles.c.id.in_(article_ids), covers)
    return set(connection.scalars(query))
