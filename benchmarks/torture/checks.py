"""What must hold after every kill: nothing acknowledged is lost, nothing is half-written."""

from collections.abc import Iterator, Mapping

import sqlalchemy as sa

from benchmarks.torture.workload import SITE_KEYS, commits_of
from storage.engine import Engine, open_engine, reading
from storage.integrity import check
from storage.tables import articles, visits


def problems(url: str, acknowledged: Mapping[str, int], *, whole: bool = True) -> list[str]:
    """Return what is wrong with a database; `acknowledged` counts each site's commits.

    As a `whole`: the file, foreign keys, the chain, bytes and texts against their digests too.
    """
    engine = open_engine(url)
    try:
        found = [*_of_the_work(engine, acknowledged), *_foreign_keys(engine)]
        return [*check(engine), *found] if whole else found
    finally:
        engine.dispose()


def _foreign_keys(engine: Engine) -> Iterator[str]:
    """The database's own check, beside ours."""
    if engine.dialect.name == "sqlite":
        with reading(engine) as connection:
            for row in connection.exec_driver_sql("PRAGMA foreign_key_check"):
                yield f"foreign_key_check: {row}"


def _of_the_work(engine: Engine, acknowledged: Mapping[str, int]) -> Iterator[str]:
    query = sa.select(articles.c.url, visits.c.visited_at).join_from(visits, articles)
    with reading(engine) as connection:
        rows = [tuple(row) for row in connection.execute(query)]
    stored = set(rows)
    if len(rows) != len(stored):
        yield f"{len(rows) - len(stored)} visits are doubled"
    known = set()
    for site in SITE_KEYS:
        for number, commit in enumerate(commits_of(site)):
            wanted = {(visit.url, visit.visited_at) for visit in commit}
            known |= wanted
            there = len(wanted & stored)
            if number < acknowledged.get(site, 0) and there < len(wanted):
                yield f"{site}: commit {number} was acknowledged; {there} of {len(wanted)} visits"
            elif there not in {0, len(wanted)}:
                yield f"{site}: commit {number} is half-written: {there} of {len(wanted)} visits"
    if stored - known:
        yield f"{len(stored - known)} visits are stored that nobody made"
