"""Altered history shows, erased content does not break the chain."""

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from news.visits import Finding
from storage.archive import Archive
from storage.chain import verify_chain
from storage.engine import open_engine, writing
from storage.errors import ArchiveError
from storage.integrity import check
from storage.records import Lease
from tests.conftest import migrated_sqlite
from tests.storage.newsroom import SITE, article, never_reread, other_visit, read_visit


@pytest.fixture
def recorded(archive: Archive, lease: Lease, engine: Engine) -> Engine:
    """An archive of three commits."""
    for minutes, text in enumerate(("通车", "停运", "修缮"), 1):
        looks = [read_visit(article(name, text), minutes) for name in "12"]
        archive.record_many(looks, never_reread, lease)
    archive.record(other_visit(Finding.NOT_MODIFIED, 9), never_reread, lease)
    return engine


def alter(engine: Engine, statement: str) -> None:
    with writing(engine) as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        connection.exec_driver_sql(statement)


def test_an_untouched_archive_is_whole(recorded: Engine) -> None:
    assert verify_chain(recorded, SITE.key) == []
    assert check(recorded) == []


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("UPDATE visits SET outcome = 'failed' WHERE seq = 2 AND article_id = 1", "link 2"),
        ("UPDATE visits SET status = 201 WHERE seq = 4", "link 4"),
        ("DELETE FROM visits WHERE seq = 2 AND article_id = 2", "link 2"),
        ("UPDATE visits SET seq = 3 WHERE seq = 4", "link 3"),
        ("UPDATE captures SET final_url = 'http://elsewhere/' WHERE seq = 3", "link 3"),
        ("UPDATE captures SET headers = '[]' WHERE seq = 1", "link 1"),
        ("UPDATE readings SET extractor = 'x' WHERE seq = 2 AND article_id = 1", "link 2"),
        ("UPDATE readings SET fields_digest = 'x' WHERE seq = 1 AND article_id = 1", "link 1"),
        ("UPDATE articles SET url = 'http://elsewhere/' WHERE id = 2", "link 1"),
        ("UPDATE chain SET head = 'x' WHERE seq = 2", "link 2"),
        ("DELETE FROM chain WHERE seq = 4", "link 4"),
        ("UPDATE site_state SET chain_seq = 3", "link 3"),
    ],
)
def test_an_altered_row_is_named_by_its_link(recorded: Engine, statement: str, named: str) -> None:
    alter(recorded, statement)
    problems = verify_chain(recorded, SITE.key)
    assert problems
    assert named in problems[0]
    assert all("\n" not in problem for problem in problems)


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("UPDATE readings SET headline = '另一个标题' WHERE id = 2", "reading 2"),
        ("UPDATE credits SET name = '某某某' WHERE reading_id = 3 AND position = 0", "reading 3"),
        ("UPDATE texts SET text = '别的'", "text "),
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


def test_erased_content_leaves_the_chain_whole(recorded: Engine) -> None:
    alter(recorded, "UPDATE captures SET body = NULL")
    alter(recorded, "UPDATE texts SET text = NULL")
    assert verify_chain(recorded, SITE.key) == []
    assert check(recorded) == []


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
