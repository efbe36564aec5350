"""One hash chain a site over captures, readings and visits, so that altered history shows.

Rows enter by digests and natural keys, never by content: bytes and texts can be erased under a
tombstone and the chain still holds. Without a head kept elsewhere it proves nothing, since whoever
can write the database can write the chain anew.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from heapq import merge
from itertools import groupby, zip_longest
from operator import itemgetter
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from storage.columns import utc_text
from storage.engine import reading
from storage.tables import articles, captures, chain, readings, site_state, sites, visits

# The head before the first link.
GENESIS = "0" * 64

Part = str | int | datetime | bytes | None


def _digest(*parts: Part) -> bytes:
    """Hash a row's parts; their lengths keep neighbours apart, and nothing from an empty text."""
    hashed = hashlib.sha256()
    for part in parts:
        coded = _code(part)
        hashed.update(b"-;" if coded is None else b"%d;" % len(coded) + coded)
    return hashed.digest()


def _code(part: Part) -> bytes | None:
    if part is None or isinstance(part, bytes):
        return part
    return (utc_text(part) if isinstance(part, datetime) else str(part)).encode()


def capture_entry(article_url: str, row: Mapping[str, Any]) -> bytes:
    """Return what stands for a capture in the chain; `article_url` is `articles.url`."""
    headers = hashlib.sha256(row["headers"].encode()).digest()
    named = (row[name] for name in ("digest", "size", "url", "final_url", "status", "captured_at"))
    return _digest("capture", article_url, *named, headers)


def reading_entry(article_url: str, capture_digest: str, row: Mapping[str, Any]) -> bytes:
    """Return what stands for a reading in the chain."""
    named = (row[name] for name in ("extractor", "read_at", "content_digest", "fields_digest"))
    return _digest("reading", article_url, capture_digest, *named)


def visit_entry(article_url: str, row: Mapping[str, Any]) -> bytes:
    """Return what stands for a visit in the chain."""
    named = (row[n] for n in ("visited_at", "outcome", "status", "reason", "content_digest"))
    return _digest("visit", article_url, *named)


def rows_digest(entries: Iterable[bytes]) -> str:
    """Return the digest of one commit's rows, whatever their order."""
    return hashlib.sha256(b"".join(sorted(entries))).hexdigest()


def next_head(head: str | None, digest_of_rows: str) -> str:
    """Return the head that a link makes of the head before it."""
    return hashlib.sha256(f"{head or GENESIS}{digest_of_rows}".encode()).hexdigest()


def add_link(
    connection: Connection, site_id: int, seq: int, head: str | None, entries: list[bytes]
) -> str:
    """Write the link that covers one commit's rows; return the new head."""
    digest_of_rows = rows_digest(entries)
    new_head = next_head(head, digest_of_rows)
    link = {"site_id": site_id, "seq": seq, "digest_of_rows": digest_of_rows, "head": new_head}
    connection.execute(chain.insert(), link)
    return new_head


def verify_chain(engine: Engine, site_key: str) -> list[str]:
    """Return what is wrong with a site's chain, one line each; nothing where it is whole."""
    with reading(engine) as connection:
        site_id = connection.scalar(sa.select(sites.c.id).where(sites.c.key == site_key))
        if site_id is None:
            return [f"site {site_key}: not in this archive"]
        return list(_problems(connection, site_key, site_id))


def _problems(connection: Connection, site_key: str, site_id: int) -> Iterator[str]:
    head: str = GENESIS
    seq = 0
    for seq, (link, rows) in enumerate(_links_and_rows(connection, site_id), start=1):
        if link is None or rows is None or not link["seq"] == rows[0] == seq:
            yield f"site {site_key}: chain and rows part at link {seq}"
            return
        if rows_digest(rows[1]) != link["digest_of_rows"]:
            yield f"site {site_key}: the rows of link {seq} are not what was recorded"
        if next_head(head, link["digest_of_rows"]) != link["head"]:
            yield f"site {site_key}: link {seq} does not follow from the one before"
        head = link["head"]
    state = connection.execute(sa.select(site_state).where(site_state.c.site_id == site_id)).one()
    if (state.chain_seq, state.chain_head or GENESIS) != (seq, head):
        yield f"site {site_key}: the chain's end, link {state.chain_seq}, is missing"


def _links_and_rows(
    connection: Connection, site_id: int
) -> Iterator[tuple[dict[str, Any] | None, tuple[int, list[bytes]] | None]]:
    links = _stream(
        connection, sa.select(chain).where(chain.c.site_id == site_id).order_by(chain.c.seq)
    )
    streams = (_captures(connection, site_id), _readings(connection, site_id))
    entries = merge(*streams, _visits(connection, site_id), key=itemgetter(0))
    rows = ((seq, [entry for _, entry in own]) for seq, own in groupby(entries, itemgetter(0)))
    return zip_longest(links, rows)


def _stream(connection: Connection, query: sa.Select[Any]) -> Iterator[dict[str, Any]]:
    for row in connection.execute(query, execution_options={"yield_per": 1000}).mappings():
        yield {str(name): value for name, value in row.items()}


def _captures(connection: Connection, site_id: int) -> Iterator[tuple[int, bytes]]:
    query = sa.select(articles.c.url.label("article_url"), *_without(captures, "body"))
    query = query.join_from(captures, articles, captures.c.article_id == articles.c.id)
    query = query.where(articles.c.site_id == site_id).order_by(captures.c.seq)
    for row in _stream(connection, query):
        yield row["seq"], capture_entry(row["article_url"], row)


def _readings(connection: Connection, site_id: int) -> Iterator[tuple[int, bytes]]:
    names = ("seq", "extractor", "read_at", "content_digest", "fields_digest")
    query = sa.select(
        articles.c.url.label("article_url"),
        captures.c.digest.label("capture_digest"),
        *(readings.c[name] for name in names),
    )
    query = query.join_from(readings, captures, readings.c.capture_id == captures.c.id)
    query = query.join(articles, readings.c.article_id == articles.c.id)
    query = query.where(articles.c.site_id == site_id).order_by(readings.c.seq)
    for row in _stream(connection, query):
        yield row["seq"], reading_entry(row["article_url"], row["capture_digest"], row)


def _visits(connection: Connection, site_id: int) -> Iterator[tuple[int, bytes]]:
    query = sa.select(articles.c.url.label("article_url"), visits)
    query = query.join_from(visits, articles, visits.c.article_id == articles.c.id)
    query = query.where(articles.c.site_id == site_id).order_by(visits.c.seq)
    for row in _stream(connection, query):
        yield row["seq"], visit_entry(row["article_url"], row)


def _without(table: sa.Table, name: str) -> list[sa.Column[Any]]:
    return [column for column in table.columns if column.name != name]
