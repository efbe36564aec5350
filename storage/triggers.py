"""The triggers that keep summaries in step with every write, whoever writes.

They hold no data: every upgrade makes them anew, and makes all summaries anew after them.
"""

from collections.abc import Iterator, Sequence

from sqlalchemy.engine import Connection

from storage.counters import counting
from storage.journal import journaling
from storage.writes import run_sql

# What makes the summaries of an article stale: table, event, columns, which article.
_ALL = "0"
_OF_READING = "(SELECT r.article_id FROM readings AS r WHERE r.id = OLD.reading_id)"
_READ = ("section", "source", "headline", "original_headline", "published_at")
_MARKS: tuple[tuple[str, str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("versions", "INSERT", (), ("NEW.article_id",)),
    ("versions", "DELETE", (), ("OLD.article_id",)),
    (
        "versions",
        "UPDATE",
        ("article_id", "number", "reading_id", "first_seen_at", "retracted_at"),
        ("OLD.article_id", "NEW.article_id"),
    ),
    ("changes", "INSERT", (), ("NEW.article_id",)),
    ("changes", "DELETE", (), ("OLD.article_id",)),
    (
        "changes",
        "UPDATE",
        ("article_id", "to_version_id", "kinds", "announced", "hidden_by"),
        ("OLD.article_id", "NEW.article_id"),
    ),
    ("events", "INSERT", (), ("NEW.article_id",)),
    ("events", "DELETE", (), ("OLD.article_id",)),
    ("events", "UPDATE", ("article_id", "kind"), ("OLD.article_id", "NEW.article_id")),
    ("articles", "UPDATE", ("merged_into", "site_id"), ("NEW.id",)),
    ("sites", "UPDATE", ("time_zone",), (_ALL,)),
    ("credits", "DELETE", (), (_OF_READING,)),
    ("credits", "UPDATE", ("role", "name", "affiliation"), (_OF_READING,)),
    ("readings", "UPDATE", _READ, ("NEW.article_id",)),
)
_PREFIX = "keep_"


def _mark(article: str) -> str:
    return (
        f"INSERT INTO stale_articles (article_id) SELECT {article} "
        f"WHERE {article} IS NOT NULL ON CONFLICT (article_id) DO NOTHING"
    )


def _all(dialect: str) -> Iterator[tuple[str, str, tuple[str, ...], list[str], str]]:
    """Yield every trigger: table, event, columns, statements, and the condition it has."""
    for table, event, columns, statements in counting(dialect):
        yield table, event, columns, statements, ""
    for table, event, columns, articles in _MARKS:
        condition = "" if table != "sites" else "NEW.time_zone <> OLD.time_zone"
        yield table, event, columns, [_mark(article) for article in articles], condition
    yield from journaling(dialect)
    passing = "NEW.last_seen_at >= NEW.age_step_at"
    yield "article_state", "UPDATE", ("last_seen_at",), [_mark("-NEW.article_id")], passing


def create_triggers(connection: Connection) -> None:
    """Make the triggers; `drop_triggers` first."""
    dialect = connection.dialect.name
    make = _on_postgres if dialect == "postgresql" else _on_sqlite
    for number, (table, event, columns, statements, condition) in enumerate(_all(dialect)):
        of = f" OF {', '.join(columns)}" if columns else ""
        head = f"AFTER {event}{of} ON {table}"
        when = f" WHEN ({condition})" if condition else ""
        for sql in make(f"{_PREFIX}{table}_{number}", f"{head} FOR EACH ROW{when}", statements):
            run_sql(connection, sql)


def _on_sqlite(name: str, head: str, statements: Sequence[str]) -> Iterator[str]:
    yield f"CREATE TRIGGER {name} {head} BEGIN {'; '.join(statements)}; END"


def _on_postgres(name: str, head: str, statements: Sequence[str]) -> Iterator[str]:
    body = "; ".join(statements)
    yield (
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$trigger$ BEGIN {body}; RETURN NULL; END $trigger$"
    )
    yield f"CREATE TRIGGER {name} {head} EXECUTE FUNCTION {name}()"


def drop_triggers(connection: Connection) -> None:
    """Take the triggers away, so that migrations can alter the tables under them."""
    if connection.dialect.name == "postgresql":
        found = connection.exec_driver_sql(
            "SELECT proname FROM pg_proc WHERE pronamespace = current_schema()::regnamespace "
            f"AND prorettype = 'trigger'::regtype AND proname LIKE '{_PREFIX}%%'"
        )
        for (name,) in found.all():
            connection.exec_driver_sql(f"DROP FUNCTION {name} CASCADE")
    else:
        found = connection.exec_driver_sql(
            f"SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE '{_PREFIX}%'"
        )
        for (name,) in found.all():
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
