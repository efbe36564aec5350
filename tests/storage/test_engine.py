"""A database is opened with the settings that make a commit mean what it says, or refused."""

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from storage.engine import APPLICATION_ID, has_wal_fix, journal_mode, open_engine, reading, writing
from storage.errors import ArchiveError
from storage.migrate import current, head, is_empty, upgrade


def test_the_settings_in_force_are_the_safe_ones(engine: Engine) -> None:
    with writing(engine) as connection:
        if engine.dialect.name == "postgresql":
            shown = [
                connection.exec_driver_sql(f"SHOW {name}").scalar_one()
                for name in ("timezone", "synchronous_commit")
            ]
            assert shown == ["UTC", "on"]
            return
        pragma = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("foreign_keys", "busy_timeout", "synchronous", "journal_mode")
        }
    assert pragma == {
        "foreign_keys": 1,
        "busy_timeout": 30_000,
        "synchronous": 2,  # FULL
        "journal_mode": journal_mode().lower(),
    }


@pytest.mark.parametrize(
    ("version", "fixed", "why"),
    [
        ((3, 40, 1), False, "long before the fix"),
        ((3, 44, 5), False, "the line of the backport, before it"),
        ((3, 44, 6), True, "backported"),
        ((3, 45, 0), False, "a later line without backport"),
        ((3, 50, 6), False, "the line of the backport, before it"),
        ((3, 50, 7), True, "backported"),
        ((3, 51, 2), False, "the last release with the fault"),
        ((3, 51, 3), True, "the fix"),
        ((3, 52, 0), True, "after it"),
        ((4, 0, 0), True, "long after it"),
    ],
)
def test_wal_is_used_only_where_it_loses_nothing(
    version: tuple[int, int, int], fixed: bool, why: str
) -> None:
    assert has_wal_fix(version) is fixed, why


def test_the_folder_of_a_new_file_is_made(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "news.db"
    upgrade(open_engine(f"sqlite:///{path}"))
    assert path.exists()


def test_a_missing_file_is_made_only_on_request(tmp_path: Path) -> None:
    path = tmp_path / "news.db"
    with pytest.raises(ArchiveError, match="no database"):
        open_engine(f"sqlite:///{path}", create=False)
    assert not path.exists()


def test_our_files_say_whose_they_are(tmp_path: Path) -> None:
    path = tmp_path / "news.db"
    upgrade(open_engine(f"sqlite:///{path}"))
    assert sqlite3.connect(path).execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)


def foreign(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE customers (id)")
    connection.commit()
    connection.close()


def marked_foreign(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA application_id=7")
    connection.execute("CREATE TABLE t (id)")
    connection.commit()
    connection.close()


def no_database(path: Path) -> None:
    path.write_text("this is a letter, and no database\n" * 100, "utf-8")


@pytest.mark.parametrize(
    ("made_by", "message"),
    [
        (foreign, "another program"),
        (marked_foreign, "another program"),
        (no_database, "not a database"),
    ],
)
def test_a_file_that_is_not_ours_is_refused_and_left_alone(
    tmp_path: Path, made_by: object, message: str
) -> None:
    path = tmp_path / "other.db"
    made_by(path)  # type: ignore[operator]
    before = path.read_bytes()
    with pytest.raises(ArchiveError, match=message) as raised:
        open_engine(f"sqlite:///{path}")
    assert "\n" not in str(raised.value)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("news.db", "no database address"),
        ("sqlite://", "in memory"),
        ("mysql://localhost/news", "not supported"),
        ("postgresql+psycopg://nobody@127.0.0.1:1/news", "127.0.0.1"),
        ("sqlite:////proc/nowhere/news.db", "cannot open"),
    ],
)
def test_what_cannot_be_opened_is_one_line(url: str, message: str) -> None:
    with pytest.raises(ArchiveError, match=message) as raised:
        open_engine(url)
    assert "\n" not in str(raised.value)


def test_a_password_is_in_no_message() -> None:
    with pytest.raises(ArchiveError) as raised:
        open_engine("postgresql+psycopg://nobody:secret@127.0.0.1:1/news")
    assert "secret" not in str(raised.value)


def test_a_database_of_a_newer_schema_is_refused(engine: Engine) -> None:
    assert not is_empty(engine)
    with writing(engine) as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    try:
        with pytest.raises(ArchiveError, match="newer than this program"):
            upgrade(engine)
        with pytest.raises(ArchiveError, match="newer than this program"):
            is_empty(engine)
    finally:
        with writing(engine) as connection:
            connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{head()}'")
    assert current(engine) == head()


def test_a_transaction_that_fails_leaves_nothing(engine: Engine) -> None:
    def half() -> None:
        with writing(engine) as connection:
            connection.exec_driver_sql("INSERT INTO outlets (name) VALUES ('湖滨日报')")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        half()
    with reading(engine) as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM outlets").scalar_one() == 0


def test_a_locked_file_is_one_clear_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.engine.BUSY_SECONDS", 0.05)
    path = tmp_path / "news.db"
    engine = open_engine(f"sqlite:///{path}")
    upgrade(engine)
    engine.dispose()
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(ArchiveError, match="locked"), writing(open_engine(f"sqlite:///{path}")):
        pass
    other.close()
