"""The search index: brought up behind the store, a few versions at a time, and rebuildable."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from news.search import LINE, documents, lines_gone
from storage.engine import reading, writing
from storage.journal import settle_journal
from storage.tables import (
    changes,
    journal,
    readings,
    search_documents,
    search_state,
    texts,
    versions,
)
from storage.writes import chunks, insert_missing, insert_numbered

# Versions that share a commit: while it lasts no crawl can commit on SQLite.
BATCH = 40
# From so many new ones on PostgreSQL puts its index in order.
_MANY = 1000
_INDEX = "index"
_OWN = search_state.c.name == _INDEX
_HEADS = ("headline", "kicker", "subheadline", "original_headline")

Document = tuple[int, str, list[str]]  # version, side, tokens


@dataclass(frozen=True, slots=True)
class Watermark:
    """How far the index has come."""

    seen_at: datetime | None  # first look at the newest version that is indexed
    behind: int  # versions that are not indexed yet


def catch_up(engine: Engine, now: datetime, most: int | None = None) -> Iterator[int]:
    """Index what is settled, at most about so many versions; yield how many after each commit.

    Two processes may do it at once: what one has done, the other leaves.
    """
    settle_journal(engine)
    done = 0
    while (count := index_next(engine, now)) is not None:
        done += count
        yield count
        if most is not None and done >= most:
            break
    if done >= _MANY and engine.dialect.name == "postgresql":
        with writing(engine) as connection:
            connection.exec_driver_sql("SELECT gin_clean_pending_list('ix_search_grams')")
            connection.exec_driver_sql("ANALYZE search_documents")


def index_next(engine: Engine, now: datetime) -> int | None:
    """Index the next versions in one short commit; return how many, None where none is left."""
    with reading(engine) as connection:
        start, cleared = _state(connection)
        erased = _last_erasure(connection)
        entries = _entries(connection, start)
        found = list(_documents(connection, [version_id for _, version_id in entries]))
    if erased > cleared:  # an index cannot forget single texts: it is made anew, without them
        clear_index(engine)
        return 0
    if not entries:
        return None
    with writing(engine) as connection:
        if _locked(connection) != start:
            return 0
        _write(connection, found)
        _move(connection, number=entries[-1][0], indexed_at=now)
    return len(entries)


def clear_index(engine: Engine) -> None:
    """Empty the index, so that it is made anew."""
    with writing(engine) as connection:
        _locked(connection)
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql(
                "INSERT INTO search_index (search_index) VALUES ('delete-all')"
            )
        connection.execute(sa.delete(search_documents))
        _move(connection, number=0, cleared_number=_last_erasure(connection), indexed_at=None)


def watermark(engine: Engine) -> Watermark:
    """Return how far the index has come."""
    with reading(engine) as connection:
        number, _ = _state(connection)
        seen_at = versions.c.first_seen_at
        seen = (
            sa.select(seen_at)
            .join_from(journal, versions, journal.c.version_id == versions.c.id)
            .where(journal.c.kind == "version", journal.c.number <= number)
            .order_by(journal.c.number.desc())
            .limit(1)
        )
        ahead = journal.c.number.is_(None) | (journal.c.number > number)
        behind = sa.select(sa.func.count()).where(journal.c.kind == "version", ahead)
        return Watermark(connection.scalar(seen), connection.scalar(behind) or 0)


def _state(connection: Connection) -> tuple[int, int]:
    query = sa.select(search_state.c.number, search_state.c.cleared_number).where(_OWN)
    row = connection.execute(query).first()
    return (row.number, row.cleared_number) if row else (0, 0)


def _locked(connection: Connection) -> int:
    """Keep other indexers out until the transaction ends; return how far the index has come."""
    insert_missing(connection, search_state, [{"name": _INDEX}])
    query = sa.select(search_state.c.number).where(_OWN).with_for_update()
    return int(connection.execute(query).scalar_one())


def _move(connection: Connection, **values: Any) -> None:
    connection.execute(sa.update(search_state).where(_OWN).values(**values))


def _last_erasure(connection: Connection) -> int:
    query = sa.select(sa.func.max(journal.c.number)).where(journal.c.kind == "erased")
    return int(connection.scalar(query) or 0)


def _entries(connection: Connection, after: int) -> list[tuple[int, int]]:
    """Return the next versions with their numbers in the journal."""
    query = sa.select(journal.c.number, journal.c.version_id)
    query = query.where(journal.c.number > after, journal.c.kind == "version")
    rows = connection.execute(query.order_by(journal.c.number).limit(BATCH))
    return [(row.number, row.version_id) for row in rows]


def _documents(connection: Connection, version_ids: Sequence[int]) -> Iterator[Document]:
    """Yield what is to be found of versions: their text, what they added, what they removed."""
    before = versions_before(connection, version_ids)
    lines = load_lines(connection, {*version_ids, *before.values()})
    for version_id in version_ids:
        own = lines.get(version_id, [])
        sides = {"text": own}
        if version_id in before:
            old = lines.get(before[version_id], [])
            sides |= {"added": lines_gone(own, old), "removed": lines_gone(old, own)}
        for side, said in sides.items():
            for tokens in documents(said):
                yield version_id, side, tokens


def versions_before(connection: Connection, version_ids: Iterable[int]) -> dict[int, int]:
    """Return by version the one it was compared with; none for a first one."""
    found: dict[int, int] = {}
    for part in chunks(version_ids):
        columns = (changes.c.to_version_id, changes.c.from_version_id)
        query = sa.select(*columns).where(changes.c.to_version_id.in_(part)).distinct()
        found |= {row.to_version_id: row.from_version_id for row in connection.execute(query)}
    return found


def load_lines(connection: Connection, version_ids: Iterable[int]) -> dict[int, list[str]]:
    """Return by version the lines that are searched: headlines, then paragraphs."""
    found: dict[int, list[str]] = {}
    heads = [readings.c[name] for name in _HEADS]
    for part in chunks(version_ids):
        query = (
            sa.select(versions.c.id, texts.c.text, *heads)
            .join_from(versions, readings, versions.c.reading_id == readings.c.id)
            .outerjoin(texts, readings.c.body_digest == texts.c.digest)
            .where(versions.c.id.in_(part))
        )
        for row in connection.execute(query):
            said = [head for head in row[2:] if head]
            found[row.id] = said + (row.text.split("\n") if row.text else [])
    return found


def _write(connection: Connection, found: Sequence[Document]) -> None:
    on_sqlite = connection.dialect.name == "sqlite"
    rows = [
        {
            "version_id": version_id,
            "side": side,
            "grams": None if on_sqlite else _vector(tokens),
        }
        for version_id, side, tokens in found
    ]
    if not on_sqlite:
        _copy(connection, rows)
        return
    numbers = insert_numbered(connection, search_documents, rows)
    given = [
        {"rowid": number, "grams": " ".join(tokens)}
        for number, (_, _, tokens) in zip(numbers, found, strict=True)
    ]
    if given:
        insert = sa.text("INSERT INTO search_index (rowid, grams) VALUES (:rowid, :grams)")
        connection.execute(insert, given)


def _copy(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    insert = sa.text(
        "INSERT INTO search_documents (version_id, side, grams) "
        "VALUES (:version_id, :side, CAST(:grams AS tsvector))"
    )
    if rows:
        connection.execute(insert, list(rows))


def _vector(tokens: Sequence[str]) -> str:
    """Return tokens with their places as PostgreSQL reads a tsvector."""
    places: dict[str, list[str]] = defaultdict(list)
    for place, token in enumerate(tokens, start=1):
        if token != LINE:  # a place left out keeps lines apart as well
            places[token].append(str(place))
    return " ".join(f"{token}:{','.join(own)}" for token, own in places.items())
