"""Addresses that change hands: an article moved, two found to be one, one address for another."""

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from storage.errors import ArchiveError
from storage.leases import LockedSite
from storage.tables import article_state, article_urls, articles, events
from storage.writes import insert_all


def current_addresses(connection: Connection, article_ids: Iterable[int]) -> dict[int, list[str]]:
    """Return the addresses that articles have now, the main one last."""
    own = article_urls.c.article_id.in_(list(article_ids)) & article_urls.c.valid_to.is_(None)
    columns = (article_urls.c.article_id, article_urls.c.url)
    found: dict[int, list[str]] = {}
    for row in connection.execute(sa.select(*columns).where(own).order_by(article_urls.c.id)):
        found.setdefault(row.article_id, []).append(row.url)
    return found


def close_address(connection: Connection, url: str, moment: datetime) -> None:
    """Let an address be its owner's no longer."""
    own = (article_urls.c.url == url) & article_urls.c.valid_to.is_(None)
    connection.execute(sa.update(article_urls).where(own).values(valid_to=moment))


def give_address(connection: Connection, article_id: int, url: str, moment: datetime) -> None:
    """Make an address an article's main one, whoever had it before."""
    if current_addresses(connection, [article_id]).get(article_id, [])[-1:] == [url]:
        return
    close_address(connection, url, moment)
    row = {"article_id": article_id, "url": url, "valid_from": moment}
    insert_all(connection, article_urls, [row])


def merge_articles(
    connection: Connection, site: LockedSite, other_id: int, into_id: int, moment: datetime
) -> None:
    """Let one article be part of another: its addresses are the other's now, its rows stay."""
    for url in current_addresses(connection, [other_id]).get(other_id, []):
        give_address(connection, into_id, url, moment)
    own = articles.c.id == other_id
    connection.execute(sa.update(articles).where(own).values(merged_into=into_id))
    _set_key(connection, other_id, None)
    tell(connection, site, other_id, "merged", moment, f"into article {into_id}")


def _set_key(connection: Connection, article_id: int, key: float | None) -> None:
    own = article_state.c.article_id == article_id
    connection.execute(sa.update(article_state).where(own).values(next_key=key))


def tell(
    connection: Connection,
    site: LockedSite,
    article_id: int | None,
    kind: str,
    moment: datetime,
    details: str | None = None,
) -> None:
    """Write an event that moves no state."""
    row = {
        "site_id": site.site_id,
        "article_id": article_id,
        "kind": kind,
        "occurred_at": moment,
        "crawl_id": site.crawl_id,
        "details": details,
    }
    insert_all(connection, events, [row])


def merge(
    connection: Connection, site: LockedSite, other_id: int, into_id: int, moment: datetime
) -> None:
    """Merge two articles because somebody says so; ArchiveError where that cannot be."""
    if other_id == into_id:
        raise ArchiveError(f"article {other_id} cannot be merged into itself")
    for article_id in (other_id, into_id):
        if (into := _merged_into(connection, site, article_id)) is not None:
            raise ArchiveError(f"article {article_id} is part of article {into} already")
    merge_articles(connection, site, other_id, into_id, moment)


def split(connection: Connection, site: LockedSite, article_id: int, moment: datetime) -> int:
    """Take a merger back; return the article it had been merged into."""
    into = _merged_into(connection, site, article_id)
    if into is None:
        raise ArchiveError(f"article {article_id} is not merged into another")
    had = sa.select(article_urls.c.url).where(article_urls.c.article_id == article_id)
    theirs = current_addresses(connection, [into]).get(into, [])
    own = set(connection.scalars(had)) & set(theirs)
    if not set(theirs) - own:
        raise ArchiveError(f"article {into} would be left without an address")
    for url in (url for url in theirs if url in own):
        give_address(connection, article_id, url, moment)
    alone = articles.c.id == article_id
    connection.execute(sa.update(articles).where(alone).values(merged_into=None))
    _set_key(connection, article_id, site.virtual_clock)
    tell(connection, site, article_id, "split", moment, f"from article {into}")
    return into


def _merged_into(connection: Connection, site: LockedSite, article_id: int) -> int | None:
    own = (articles.c.id == article_id) & (articles.c.site_id == site.site_id)
    row = connection.execute(sa.select(articles.c.merged_into).where(own)).one_or_none()
    if row is None:
        raise ArchiveError(f"the site has no article {article_id}")
    found: int | None = row.merged_into
    return found
