"""Articles by their addresses: found where they are known, made where they are new."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from news.visits import State
from storage.leases import LockedSite
from storage.tables import article_state, article_urls, articles
from storage.writes import chunks, insert_all, insert_numbered


@dataclass(frozen=True, slots=True)
class Owner:
    """The article an address belongs to; `url` is the address it was first found at."""

    article_id: int
    url: str
    first_seen_at: datetime


def find_owners(connection: Connection, urls: Iterable[str]) -> dict[str, Owner]:
    """Return the articles that known addresses belong to now."""
    found = {}
    columns = (articles.c.id, articles.c.url, articles.c.first_seen_at)
    for part in chunks(set(urls)):
        query = sa.select(article_urls.c.url.label("address"), *columns)
        query = query.join_from(article_urls, articles)
        query = query.where(article_urls.c.url.in_(part), article_urls.c.valid_to.is_(None))
        for row in connection.execute(query):
            found[row.address] = Owner(row.id, row.url, row.first_seen_at)
    return found


def former_owners(connection: Connection, urls: Iterable[str]) -> dict[str, list[int]]:
    """Return the articles that had addresses before, by address."""
    found: dict[str, list[int]] = {}
    columns = (article_urls.c.url, article_urls.c.article_id)
    for part in chunks(set(urls)):
        ended = article_urls.c.url.in_(part) & article_urls.c.valid_to.is_not(None)
        for row in connection.execute(sa.select(*columns).where(ended).distinct()):
            found.setdefault(row.url, []).append(row.article_id)
    return found


def name_owners(
    connection: Connection, site: LockedSite, seen: Mapping[str, datetime]
) -> dict[str, Owner]:
    """Return the articles that addresses belong to, making those that are new.

    `seen` says of each address when it was seen.
    """
    found = find_owners(connection, seen)
    new = [url for url in seen if url not in found]
    rows = [{"site_id": site.site_id, "url": url, "first_seen_at": seen[url]} for url in new]
    numbers = insert_numbered(connection, articles, rows)
    addresses = [
        {"article_id": number, "url": url, "valid_from": seen[url]}
        for number, url in zip(numbers, new, strict=True)
    ]
    insert_all(connection, article_urls, addresses)
    states = [
        {
            "article_id": number,
            "site_id": site.site_id,
            "state": State.FOUND.value,
            "next_key": site.virtual_clock,
        }
        for number in numbers
    ]
    insert_all(connection, article_state, states)
    made = (Owner(number, url, seen[url]) for number, url in zip(numbers, new, strict=True))
    return found | {owner.url: owner for owner in made}
