"""The journal: what changed, numbered in the order of commits, so that no reader skips any.

Triggers write an entry for each new version, event, retraction, hiding, merger and erasure. On
SQLite, where one transaction writes at a time, they number it at once. On PostgreSQL a number
given by the writer could be passed by a higher one that commits earlier, and a reader would skip
it; so entries are numbered afterwards, by one process at a time, and only what is committed. An
entry that commits later gets a higher number, whenever its transaction began.
"""

from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from storage.engine import reading, writing
from storage.tables import journal

_SETTLE_LOCK = 0x5661726900000003
_SETTLE = """
    UPDATE journal SET number = given.number FROM (
        SELECT id, row_number() OVER (ORDER BY id)
            + (SELECT coalesce(max(number), 0) FROM journal) AS number
        FROM journal WHERE number IS NULL
    ) AS given WHERE journal.id = given.id
"""
# table, event, columns, condition, kind, article, version
_MARKS = (
    ("versions", "INSERT", (), "", "version", "NEW.article_id", "NEW.id"),
    ("versions", "UPDATE", ("retracted_at",),
     "(NEW.retracted_at IS NULL) <> (OLD.retracted_at IS NULL)",
     "retracted", "NEW.article_id", "NEW.id"),
    ("changes", "UPDATE", ("hidden_by",),
     "coalesce(NEW.hidden_by, '') <> coalesce(OLD.hidden_by, '')",
     "hidden", "NEW.article_id", "NEW.to_version_id"),
    ("events", "INSERT", (), "NEW.article_id IS NOT NULL", "event", "NEW.article_id", "NULL"),
    ("articles", "UPDATE", ("merged_into",), "NEW.merged_into IS NOT NULL",
     "merged", "NEW.id", "NULL"),
    ("tombstones", "INSERT", (), "NEW.capture_id IS NULL", "erased", "NEW.article_id", "NULL"),
)  # fmt: skip


def journaling(dialect: str) -> Iterator[tuple[str, str, tuple[str, ...], list[str], str]]:
    """Yield the journal's triggers: table, event, columns, statements, and the condition."""
    for table, event, columns, condition, kind, article, version in _MARKS:
        yield table, event, columns, [_entry(dialect, kind, article, version)], condition


def _entry(dialect: str, kind: str, article: str, version: str) -> str:
    said = f"'{kind}', {article}, {version}"
    if dialect == "postgresql":
        return f"INSERT INTO journal (kind, article_id, version_id) VALUES ({said})"  # noqa: S608
    next_number = "coalesce(max(number), 0) + 1"
    columns = "number, kind, article_id, version_id"
    return f"INSERT INTO journal ({columns}) SELECT {next_number}, {said} FROM journal"  # noqa: S608


def settle_journal(engine: Engine) -> int:
    """Number what has been committed; return the last number."""
    if engine.dialect.name == "postgresql":
        with writing(engine) as connection:
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_SETTLE_LOCK)))
            number_entries(connection)
    with reading(engine) as connection:
        return last_number(connection)


def number_entries(connection: Connection) -> None:
    """Number the entries that have no number yet; the caller keeps others from doing it at once."""
    connection.exec_driver_sql(_SETTLE)


def last_number(connection: Connection) -> int:
    """Return the number of the last settled entry; 0 where there is none."""
    return int(connection.scalar(sa.select(sa.func.max(journal.c.number))) or 0)
