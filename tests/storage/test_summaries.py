"""Summaries follow every write, and are what they would be if they were made anew."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.engine import Connection, Engine

from news.visits import Finding, Reason
from storage.archive import Archive
from storage.engine import open_engine, reading, run_unit
from storage.records import Lease
from storage.summaries import SUMMARIES, rebuild
from storage.tables import (
    article_facts,
    articles,
    changes,
    credits,  # noqa: A004 - the name of the table
    events,
    reason_hours,
    site_hours,
    sites,
    stale_articles,
    versions,
)
from tests.conftest import empty_tables, migrated_sqlite
from tests.storage.newsroom import SITE, article, at, never_reread, other_visit, read_visit

TEXTS = ["死亡3人。", "死亡13人。", "开幕。", "更正：此前有误。"]
NAMES = ["1", "2", "3"]
DERIVED = (*SUMMARIES, article_facts, site_hours, reason_hours)

reads = st.tuples(st.just("read"), st.sampled_from(NAMES), st.sampled_from(TEXTS))
misses = st.tuples(
    st.sampled_from(["missing", "failed", "blocked"]), st.sampled_from(NAMES), st.just("")
)
touches = st.tuples(
    st.sampled_from(
        ["hide", "show", "retract", "merge", "split", "zone", "rename", "forget", "unevent"]
    ),
    st.sampled_from(NAMES),
    st.sampled_from(["0", "1", "2"]),
)
steps = st.lists(st.one_of(reads, reads, misses, touches), min_size=1, max_size=14)


def counted(engine: Engine) -> dict[str, list[Any]]:
    """Return all that summaries hold, but for rows of nothing."""
    found = {}
    with reading(engine) as connection:
        for table in DERIVED:
            rows = [tuple(row) for row in connection.execute(sa.select(table))]
            keys = len(table.primary_key)
            if table is not article_facts:
                rows = [row for row in rows if any(row[keys:])]
            found[table.name] = sorted(rows, key=repr)
        assert connection.execute(sa.select(stale_articles)).all() == []
    return found


def touch(connection: Connection, what: str, name: str, which: str) -> None:
    """Change what is stored as rules, merges, erasure and corrections of ours do."""
    url = article(name).url
    own = sa.select(articles.c.id).where(articles.c.url == url).scalar_subquery()
    if what in {"hide", "show"}:
        rule = "rule" if what == "hide" else None
        ids = sa.select(changes.c.id).where(changes.c.article_id == own)
        ids = ids.order_by(changes.c.id).offset(int(which)).limit(1)
        update = sa.update(changes).where(changes.c.id.in_(ids))
        connection.execute(update.values(hidden_by=rule))
    elif what == "retract":
        update = sa.update(versions).where(
            versions.c.article_id == own, versions.c.number == int(which) + 1
        )
        connection.execute(update.values(retracted_at=at(999)))
    elif what in {"merge", "split"}:
        other = sa.select(sa.func.min(articles.c.id)).scalar_subquery()
        update = sa.update(articles).where(articles.c.url == url)
        connection.execute(update.values(merged_into=other if what == "merge" else None))
    elif what == "zone":
        zone = ["UTC", "Asia/Shanghai", "America/New_York"][int(which)]
        connection.execute(sa.update(sites).values(time_zone=zone))
    elif what == "rename":
        connection.execute(sa.update(credits).where(credits.c.name == "乙小红").values(name="乙"))
    elif what == "forget":
        connection.execute(sa.delete(changes).where(changes.c.article_id == own))
    else:
        gone = sa.delete(events).where(events.c.article_id == own, events.c.kind == "removed")
        connection.execute(gone)


def play(engine: Engine, archive: Archive, lease: Lease, done: list[tuple[str, str, str]]) -> None:
    minute = 0.0
    for what, name, which in done:
        minute += 47
        if what == "read":
            visit = read_visit(article(name, which), minute)
            archive.record(visit, never_reread, lease)
        elif what in {"missing", "failed", "blocked"}:
            reason = {"missing": Reason.GONE, "failed": Reason.TIMEOUT}.get(what)
            archive.record(other_visit(Finding(what), minute, name, reason), never_reread, lease)
        else:
            run_unit(engine, lambda c, w=what, n=name, i=which: touch(c, w, n, i))  # type: ignore[misc]


def holds(engine: Engine, done: list[tuple[str, str, str]]) -> None:
    archive = Archive(engine)
    archive.open_site(SITE)
    lease = archive.begin_crawl(SITE.key, kind="test", now=at(0))
    play(engine, archive, lease, done)
    followed = counted(engine)
    run_unit(engine, rebuild)
    assert followed == counted(engine)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(done=steps)
def test_what_followed_equals_what_is_made_anew(
    tmp_path_factory: pytest.TempPathFactory, done: list[tuple[str, str, str]]
) -> None:
    path = tmp_path_factory.mktemp("summaries") / "a.db"
    path.write_bytes(migrated_sqlite())
    engine = open_engine(f"sqlite:///{path}")
    holds(engine, done)
    engine.dispose()


@pytest.mark.postgres
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(done=steps)
def test_what_followed_equals_what_is_made_anew_on_postgresql(
    postgres_url: str, done: list[tuple[str, str, str]]
) -> None:
    engine = open_engine(postgres_url)
    empty_tables(engine)
    holds(engine, done)
    engine.dispose()


def test_a_look_moves_an_article_on_only_at_a_step_of_age(
    archive: Archive, lease: Lease, engine: Engine
) -> None:
    read = article("1", TEXTS[0])
    for minute in (0, 59, 61, 119, 60 * 24 * 3 + 1):
        archive.record(read_visit(read, minute, noise=str(minute)), never_reread, lease)
    with reading(engine) as connection:
        step = connection.scalar(sa.select(article_facts.c.age_step))
    assert step == timedelta(days=3) // timedelta(hours=1)


def test_an_upgrade_makes_the_summaries_of_what_is_stored(tmp_path: Path) -> None:
    """A database from before there were summaries has them after its upgrade."""
    path = tmp_path / "a.db"
    path.write_bytes(migrated_sqlite())
    engine = open_engine(f"sqlite:///{path}")
    archive = Archive(engine)
    archive.open_site(SITE)
    lease = archive.begin_crawl(SITE.key, kind="test", now=at(0))
    play(engine, archive, lease, [("read", "1", TEXTS[0]), ("read", "1", TEXTS[1])])
    before = counted(engine)
    with engine.begin() as connection:
        for table in DERIVED:
            connection.execute(sa.delete(table))
    run_unit(engine, rebuild)
    assert counted(engine) == before
    assert before["article_facts"]
