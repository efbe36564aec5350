"""Search over many articles: how fast the index is made, how large it is, how fast it answers.

`ARTICLES` (100,000) bodies of about 1,000 signs drawn by Zipf's law from 20,000 words of two signs,
on SQLite and, where `VARIORUM_TEST_POSTGRES` names a server, on PostgreSQL. Every count is checked
against LIKE.
"""

import os
import random
import statistics
import tempfile
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import accumulate
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from news.search import parse_query
from storage.engine import open_engine, reading, writing
from storage.migrate import upgrade
from storage.search.index import catch_up
from storage.search.query import Wanted, _holding, search
from storage.tables import articles, captures, outlets, readings, sites, texts, versions
from storage.writes import insert_all

START = datetime(2026, 1, 1, tzinfo=UTC)
WORDS_OF_BODY = 500
_PART = 1000


def main() -> None:
    """Print the figures of each database."""
    count = int(os.environ.get("ARTICLES", "100000"))
    with tempfile.TemporaryDirectory() as folder:
        measure(f"sqlite:///{Path(folder) / 'search.db'}", count)
    server = os.environ.get("VARIORUM_TEST_POSTGRES")
    if server:
        with _scratch(server) as url:
            measure(url, count)


class _scratch:  # noqa: N801 - reads as a word in its `with`
    def __init__(self, server: str) -> None:
        self._server = sa.create_engine(server, isolation_level="AUTOCOMMIT")
        self._name = f"variorum_bench_{uuid.uuid4().hex[:10]}"

    def __enter__(self) -> str:
        with self._server.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {self._name}")
        url = self._server.url.set(database=self._name)
        return url.render_as_string(hide_password=False)

    def __exit__(self, *_: object) -> None:
        with self._server.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE {self._name} WITH (FORCE)")


def vocabulary(seed: int) -> tuple[list[str], list[float]]:
    """Return words of two signs and their cumulated weights."""
    drawn = random.Random(seed)
    signs = [chr(0x4E00 + drawn.randrange(5000)) for _ in range(3500)]
    words = ["".join(drawn.choices(signs, k=2)) for _ in range(20_000)]
    return words, list(accumulate(1 / (rank + 10) for rank in range(len(words))))


def bodies(count: int) -> Iterator[str]:
    """Yield bodies, the same for every run."""
    drawn = random.Random(7)
    words, weights = vocabulary(7)
    for _ in range(count):
        own = drawn.choices(words, cum_weights=weights, k=WORDS_OF_BODY)
        yield "\n".join("".join(own[start : start + 50]) + "。" for start in range(0, 500, 50))


def fill(engine: Engine, count: int) -> None:
    """Write articles of one version each, as bare as the search needs them."""
    with writing(engine, settled=False) as connection:
        connection.execute(outlets.insert(), {"id": 1, "name": "x"})
        site = {"id": 1, "key": "x", "name": "x", "home_url": "http://x/", "outlet_id": 1}
        rest = {"time_zone": "UTC", "profile_digest": "x", "first_seen_at": START}
        connection.execute(sites.insert(), site | rest)
    source = bodies(count)
    for start in range(1, count + 1, _PART):
        rows = [
            _rows(number, next(source)) for number in range(start, min(start + _PART, count + 1))
        ]
        with writing(engine, settled=False) as connection:
            connection.exec_driver_sql("DELETE FROM stale_articles")
            for place, table in enumerate((articles, captures, texts, readings, versions)):
                insert_all(connection, table, [row[place] for row in rows])
            connection.exec_driver_sql("DELETE FROM stale_articles")


def _rows(number: int, body: str) -> tuple[dict[str, Any], ...]:
    digest, at = sha256(body.encode()).hexdigest(), START + timedelta(minutes=number)
    url, own = f"http://x/{number}", {"id": number, "article_id": number}
    page = {"digest": digest, "body": b"", "frame_depth": 0, "size": 0, "headers": "[]"}
    page |= {"status": 200, "url": url, "final_url": url, "captured_at": at, "seq": 1, "site_id": 1}
    read = {"capture_id": number, "extractor": "x", "seq": 1, "read_at": at, "url": url}
    read |= {"content_digest": digest, "fields_digest": digest, "body_digest": digest}
    return (
        {"id": number, "site_id": 1, "url": url, "first_seen_at": at},
        own | page,
        {"digest": digest, "text": body},
        own | read | {"headline": body[:16]},
        own | {"number": 1, "reading_id": number, "content_digest": digest, "first_seen_at": at},
    )


def measure(url: str, count: int) -> None:
    """Fill a database, index it, ask it; print what it took."""
    engine = open_engine(url)
    upgrade(engine)
    fill(engine, count)
    before = _size(engine)
    start = time.perf_counter()
    done = sum(catch_up(engine, START))
    took = time.perf_counter() - start
    size = (_size(engine) - before) / 1e6
    kind = engine.dialect.name
    print(f"{kind}: {done:,} versions indexed at {done / took:,.0f} a second, {size:,.0f} MB")
    for name, query in _queries():
        _ask(engine, name, query)
    engine.dispose()


def _queries() -> Iterator[tuple[str, str]]:
    words, _ = vocabulary(7)
    yield "one sign", words[3000][0]
    yield "two signs, frequent", words[0]
    yield "two signs", words[300]
    yield "two signs, rare", words[19_000]
    yield "three signs", words[100] + words[200][0]
    yield "four signs", words[5] + words[9]
    yield "two words", f"{words[50]} {words[60]}"


def _ask(engine: Engine, name: str, query: str) -> None:
    wanted = Wanted(parse_query(query))
    times = []
    for _ in range(5):
        start = time.perf_counter()
        search(engine, wanted)
        times.append((time.perf_counter() - start) * 1000)
    with reading(engine) as connection:
        held = [_holding(connection, phrase, "text") for phrase in wanted.phrases]
        both = sa.select(versions.c.id).where(*(versions.c.id.in_(one) for one in held))
        found = connection.scalar(sa.select(sa.func.count()).select_from(both.subquery()))
        like = sa.and_(*(texts.c.text.like(f"%{word}%") for word in query.split()))
        start = time.perf_counter()
        said = connection.scalar(sa.select(sa.func.count()).select_from(texts).where(like))
        scan = (time.perf_counter() - start) * 1000
    equal = "=" if found == said else "NOT"
    print(f"  {name:22}{statistics.median(times):9.1f} ms  {found:7,} {equal} LIKE, {scan:7.0f} ms")


def _size(engine: Engine) -> int:
    with reading(engine) as connection:
        if engine.dialect.name == "sqlite":
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
            return int(pages) * int(connection.exec_driver_sql("PRAGMA page_size").scalar_one())
        query = "SELECT pg_total_relation_size('search_documents')"
        return int(connection.exec_driver_sql(query).scalar_one())


if __name__ == "__main__":
    main()
