"""Altered history shows, and the first row that was altered is named."""

import sqlite3
import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from news.visits import Finding
from storage.archive import Archive
from storage.chain import GENESIS, marks_of, next_head, rows_digest
from storage.contents import content_problems
from storage.engine import open_engine, reading, writing
from storage.errors import ArchiveError
from storage.integrity import check
from storage.records import Lease, SiteRecord
from storage.tables import captures, chain, readings, site_state, sites, visits
from storage.verify import Head, _joined, export_heads, knows_head, verify_chain
from tests.conftest import migrated_sqlite
from tests.storage.newsroom import SITE, article, at, never_reread, other_visit, read_visit, url_of

# What no entry covers: numbers of rows, how bytes are packed, and which crawl looked.
BOOKKEEPING = {"id", "base_capture_id", "frame_depth", "crawl_id"}


@pytest.fixture
def recorded(archive: Archive, lease: Lease, engine: Engine) -> Engine:
    """An archive of four commits."""
    for minutes, text in enumerate(("通车", "停运", "修缮"), 1):
        looks = [read_visit(article(name, text), minutes) for name in "12"]
        archive.record_many(looks, never_reread, lease)
    archive.record(other_visit(Finding.NOT_MODIFIED, 9), never_reread, lease)
    return engine


def alter(engine: Engine, *statements: str) -> None:
    with writing(engine) as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        for statement in statements:
            connection.exec_driver_sql(statement)


def problems(engine: Engine, *heads: Head) -> list[str]:
    """What `variorum verify` says of the site."""
    return [*verify_chain(engine, SITE.key, heads).problems, *content_problems(engine, SITE.key)]


def rewrite(engine: Engine) -> None:
    """Make a chain anew over whatever rows there are, as one would who hides what he altered."""
    with writing(engine) as connection:
        site_id = connection.scalar(sa.select(sites.c.id).where(sites.c.key == SITE.key)) or 0
        found = [(seq, rows) for seq, _, rows in _joined(connection, site_id) if rows]
        connection.execute(sa.delete(chain).where(chain.c.site_id == site_id))
        head = GENESIS
        for seq, rows in found:
            digest = rows_digest(rows)
            head = next_head(head, digest)
            link = {"site_id": site_id, "seq": seq, "digest_of_rows": digest, "head": head}
            connection.execute(chain.insert(), link | {"marks": marks_of(rows)})
        end = {"chain_seq": found[-1][0], "chain_head": head}
        connection.execute(sa.update(site_state).where(site_state.c.site_id == site_id).values(end))


def test_an_untouched_archive_is_whole(recorded: Engine) -> None:
    verdict = verify_chain(recorded, SITE.key, export_heads(recorded, None, at(10)))
    assert (verdict.links, verdict.rows, verdict.problems) == (4, 6 + 6 + 7, ())
    assert check(recorded) == []


def other_value(column: sa.Column[object], value: object) -> object:
    """Return a value of a column that is not the one it has."""
    if isinstance(value, bytes):
        return value[:-1] + bytes([value[-1] ^ 1])
    if isinstance(value, str):
        return "[]" if value != "[]" else "[[]]"
    if value is None:
        return b"1" if isinstance(column.type, sa.LargeBinary) else column.type.python_type(1)
    return value + (timedelta(seconds=1) if hasattr(value, "tzinfo") else 1)  # type: ignore[operator]


@pytest.mark.parametrize(
    ("table", "column"),
    [
        (table.name, column.name)
        for table in (captures, visits)
        for column in table.columns
        if column.name not in BOOKKEEPING | {"article_id", "site_id", "seq"}
    ]
    + [("readings", n) for n in ("extractor", "read_at", "content_digest", "fields_digest")]
    + [("readings", n) for n in ("headline", "source", "section", "published_at", "images")]
    + [("readings", n) for n in ("published_text", "url", "headings", "language")],
)
def test_a_row_altered_in_any_column_is_named(recorded: Engine, table: str, column: str) -> None:
    own = {"captures": captures, "readings": readings, "visits": visits}[table]
    key = own.c.visited_at if table == "visits" else own.c.id
    with writing(recorded) as connection:
        victim = connection.execute(
            sa.select(own).where(own.c.seq == 2, own.c.article_id == 2)
        ).one()
        value = other_value(own.c[column], getattr(victim, column))
        update = sa.update(own).where(key == getattr(victim, key.name), own.c.article_id == 2)
        connection.execute(update.values({column: value}))
    found = problems(recorded)
    assert found
    told = " ".join(found)
    assert url_of("2") in told or f"capture {getattr(victim, 'id', '')} " in told
    assert url_of("1") not in told, "only the altered row is named"
    assert all("\n" not in line for line in found)


@pytest.mark.parametrize(
    ("statements", "named"),
    [
        (["DELETE FROM visits WHERE seq = 2 AND article_id = 2"], "link 2: 1 row dropped after"),
        (["DELETE FROM visits WHERE seq = 4"], "link 4: 1 row dropped at its beginning"),
        (["UPDATE readings SET seq = 9"], "link 1: 2 rows dropped"),
        (["UPDATE visits SET seq = 3 WHERE seq = 4"], "link 3: the visit"),
        (["UPDATE visits SET seq = 5 WHERE seq = 4"], "link 4: 1 row dropped"),
        (["UPDATE visits SET seq = 9 WHERE seq = 4"], "link 4: 1 row dropped"),
        (["UPDATE visits SET seq = 9 WHERE seq = 2"], "link 2: 2 rows dropped after"),
        (["UPDATE visits SET seq = 5 - seq WHERE seq IN (2, 3)"], "link 2: the visit"),
        (["UPDATE captures SET seq = 5 - seq WHERE seq IN (2, 3)"], "link 2: the capture"),
        (["UPDATE readings SET seq = 5 - seq WHERE seq IN (2, 3)"], "link 2: the reading"),
        (
            [
                (
                    "INSERT INTO visits SELECT article_id, '2026-11-02T00:00:00.000000Z', 2, "
                    "crawl_id, outcome, status, reason, content_digest FROM visits WHERE seq = 4"
                )
            ],
            "link 2: the visit 2026-11-02T00:00:00.000000Z of",
        ),
        (["UPDATE articles SET url = 'http://elsewhere/' WHERE id = 2"], "link 1: "),
        (["UPDATE chain SET head = 'x' WHERE seq = 2"], "link 2 was altered"),
        (["UPDATE chain SET digest_of_rows = 'x' WHERE seq = 2"], "link 2: it was altered"),
        (["UPDATE chain SET marks = NULL WHERE seq = 2"], None),
        (
            ["UPDATE chain SET marks = NULL", "DELETE FROM visits WHERE seq = 2"],
            "link 2: its 4 rows are not what was recorded",
        ),
        (
            [
                "UPDATE chain SET seq = 9 WHERE seq = 3",
                "UPDATE chain SET seq = 3 WHERE seq = 4",
                "UPDATE chain SET seq = 4 WHERE seq = 9",
            ],
            "link 3",
        ),
        (["DELETE FROM chain WHERE seq = 2"], "link 2, which the chain does not have"),
        (["DELETE FROM chain WHERE seq = 4"], "link 4, which the chain does not have"),
        (["DELETE FROM chain WHERE seq = 4", "DELETE FROM visits WHERE seq = 4"], "cut off"),
        (["UPDATE site_state SET chain_seq = 3"], "the end was altered"),
        (["UPDATE site_state SET chain_head = 'x'"], "the end was altered"),
    ],
)
def test_rows_dropped_inserted_moved_or_swapped_are_named(
    recorded: Engine, statements: list[str], named: str | None
) -> None:
    alter(recorded, *statements)
    found = problems(recorded)
    assert (named in found[0]) if named else (found == [])
    assert all("\n" not in problem for problem in found)


@pytest.mark.parametrize(
    ("statements", "named"),
    [
        (
            [
                "DELETE FROM visits WHERE seq = 4",
                "DELETE FROM chain WHERE seq = 4",
                "UPDATE site_state SET chain_seq = 3",
                "UPDATE site_state SET chain_head = (SELECT head FROM chain WHERE seq = 3)",
            ],
            "the end was cut off: the chain ends at link 3",
        ),
        (["UPDATE visits SET outcome = 'failed' WHERE seq = 3"], "something in links 3 to 4"),
        (["DELETE FROM visits WHERE seq = 3 AND article_id = 1"], "something in links 3 to 4"),
        (["UPDATE readings SET fields_digest = 'x' WHERE seq = 1"], "something in links 1 to 2"),
    ],
)
def test_a_chain_written_anew_shows_against_exported_heads_alone(
    recorded: Engine, statements: list[str], named: str
) -> None:
    with reading(recorded) as connection:
        links = connection.execute(sa.select(chain.c.seq, chain.c.head)).all()
    heads = [Head(row.head, SITE.key, row.seq, at(row.seq)) for row in links if row.seq in {2, 4}]
    assert verify_chain(recorded, SITE.key, heads).problems == ()
    alter(recorded, *statements)
    rewrite(recorded)
    assert verify_chain(recorded, SITE.key).problems == (), "it is whole in itself"
    assert named in verify_chain(recorded, SITE.key, heads).problems[0]
    assert not knows_head(recorded, heads[-1].head)


def test_a_head_is_read_back_as_it_was_written() -> None:
    head = Head("ab" * 32, SITE.key, 7, at(0))
    assert Head.parse(head.line()) == head
    for line in ("", "[]", "{}", '{"site": "lake", "seq": "x", "head": "y"}'):
        with pytest.raises(ArchiveError, match="not a head"):
            Head.parse(line)


def test_rows_put_on_another_site_or_article_are_named(recorded: Engine) -> None:
    Archive(recorded).open_site(SiteRecord("hill", "山", "http://hill.example/", "UTC", None, "p"))
    alter(recorded, "UPDATE captures SET site_id = 2 WHERE id = 3")
    assert "was put on another site" in problems(recorded)[0]


def test_the_chain_is_whole_at_every_moment_with_several_writers_at_work(
    archive: Archive, engine: Engine
) -> None:
    keys = [f"s{number}" for number in range(3)]

    def write(key: str) -> None:
        archive.open_site(SiteRecord(key, key, f"http://{key}.example/", "UTC", None, "p"))
        lease = archive.begin_crawl(key, kind="test", now=at(0))
        for number in range(12):
            visit = read_visit(article(f"{key}-{number % 3}", f"第{number}版"), number)
            own = {"site": key, "url": f"http://{key}.example/{number % 3}"}
            archive.record(replace(visit, **own), never_reread, lease)

    writers = [threading.Thread(target=write, args=(key,)) for key in keys]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        for head in export_heads(engine, None, at(0)):
            assert verify_chain(engine, head.site, [head]).problems == ()
    for writer in writers:
        writer.join()
    assert [verify_chain(engine, key).links for key in keys] == [12, 12, 12]
    assert check(engine) == []


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("UPDATE readings SET headline = '另一个标题' WHERE id = 2", "reading 2"),
        ("UPDATE credits SET name = '某某某' WHERE reading_id = 3 AND position = 0", "reading 3"),
        ("UPDATE texts SET text = '别的'", "reading 1"),
        (
            "UPDATE captures SET body = (SELECT body FROM captures WHERE id = 1) WHERE id = 3",
            "capture 3",
        ),
        ("UPDATE article_state SET open_version_id = 1 WHERE article_id = 1", "open versions"),
        ("UPDATE versions SET number = 9 WHERE id = 1", "number is missing"),
        ("UPDATE versions SET last_seen_at = NULL WHERE id = 1", "open versions"),
        ("UPDATE versions SET content_digest = '1:00' WHERE id = 2", "version 1"),
        ("UPDATE versions SET reading_id = 1 WHERE id = 3", "version 2"),
        ("UPDATE versions SET same_as_version_id = 1 WHERE id = 3", "version 2"),
        ("UPDATE changes SET from_version_id = 2 WHERE id = 1", "change 1"),
        ("DELETE FROM article_urls WHERE article_id = 1", "no row in article_urls"),
    ],
)
def test_altered_content_is_named(recorded: Engine, statement: str, named: str) -> None:
    alter(recorded, statement)
    problems = check(recorded)
    assert any(named in problem for problem in problems), problems


def test_content_that_is_gone_without_a_tombstone_is_named(recorded: Engine) -> None:
    alter(recorded, "UPDATE captures SET body = NULL WHERE id = 5")
    alter(recorded, "UPDATE texts SET text = NULL")
    found = problems(recorded)
    assert found[0].startswith("capture 5 is gone without a tombstone")
    assert "its text is gone without a tombstone" in found[1]
    assert verify_chain(recorded, SITE.key).problems == ()


def test_rows_that_point_to_nothing_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    path.write_bytes(migrated_sqlite())
    connection = sqlite3.connect(path)  # foreign keys are off unless asked for
    connection.execute(
        "INSERT INTO listings VALUES (7, 8, '2026-11-01T00:00:00.000000Z', '2026-11-02T00:00:00Z')"
    )
    connection.commit()
    connection.close()
    problems = check(open_engine(f"sqlite:///{path}"))
    assert "1 rows of listings.seed_id point to no row of seeds" in problems


def test_a_damaged_file_is_a_problem_or_one_line(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    content = bytearray(migrated_sqlite())
    content[len(content) // 2 :] = bytes(len(content) - len(content) // 2)
    path.write_bytes(content)
    try:
        problems = check(open_engine(f"sqlite:///{path}"))
    except ArchiveError as error:
        problems = [str(error)]
    assert problems
    assert all("\n" not in problem for problem in problems)
