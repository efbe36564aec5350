"""The SQL door: it answers what is documented, and refuses to do anything else."""

import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from sqlalchemy.engine import Engine

from storage.door import Limits, ask, lite, postgres
from storage.door.answers import QueryRefused
from storage.door.readers import find_readers, grant_reader
from storage.door.statements import named_parameters, numbered, require_query
from storage.engine import open_engine, reading, writing
from storage.errors import ArchiveError
from storage.migrate import configuration, upgrade
from storage.views import view_names
from tests.storage.door_attempts import COMMON, ENDLESS, POSTGRES, SQLITE

QUICK = Limits(seconds=0.7)


def role_name() -> str:
    return f"reader_{uuid.uuid4().hex[:10]}"


def drop_role(engine: Engine, name: str) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql(f"DROP OWNED BY {name}")
        connection.exec_driver_sql(f"DROP ROLE {name}")


@pytest.fixture
def reader(engine: Engine) -> Iterator[Engine]:
    """The store as `variorum sql` opens it: on PostgreSQL as a reader."""
    if engine.dialect.name == "sqlite":
        yield engine
        return
    name = role_name()
    grant_reader(engine, name, "correct horse")
    address = engine.url.set(username=name, password="correct horse")
    opened = open_engine(address.render_as_string(hide_password=False))
    yield opened
    opened.dispose()
    drop_role(engine, name)


@pytest.fixture
def postgres_engine(postgres_url: str) -> Iterator[Engine]:
    opened = open_engine(postgres_url)
    yield opened
    opened.dispose()


def test_a_query_is_answered_with_names_and_plain_values(reader: Engine) -> None:
    answer = ask(
        reader,
        "SELECT count(*) AS n, :word AS word, CAST(:half AS REAL) / 2 AS half, '12:30 :word' AS t,"
        " 1 = 1 AS yes, CAST(NULL AS TEXT) AS none, 7 AS n FROM change_log -- :comment;",
        {"word": "新闻'; DROP TABLE visits", "half": 0.5},
    )

    assert answer.columns == ("n", "word", "half", "t", "yes", "none", "n_2")
    assert answer.rows == ((0, "新闻'; DROP TABLE visits", 0.25, "12:30 :word", 1, None, 7),)


@pytest.mark.parametrize("view", view_names())
def test_every_view_can_be_asked(reader: Engine, view: str) -> None:
    assert ask(reader, f"SELECT * FROM {view}").rows == ()


def test_no_more_rows_than_the_limit_are_taken(reader: Engine) -> None:
    query = f"{ENDLESS} SELECT x FROM a"

    answer = ask(reader, query, limits=Limits(rows=3, seconds=20))

    assert answer.rows == ((1,), (2,), (3,))
    assert answer.is_cut
    assert not ask(reader, "SELECT 1 AS x", limits=Limits(rows=1)).is_cut


def test_an_answer_larger_than_the_limit_is_refused(reader: Engine) -> None:
    query = f"{ENDLESS} SELECT '{'x' * 1000}' AS t FROM a"

    with pytest.raises(QueryRefused, match="larger than 1 MB"):
        ask(reader, query, limits=Limits(rows=0, bytes=1_000_000))


def refused(engine: Engine, statement: str, said: str, file: Path) -> None:
    before = digest_of(engine)
    with pytest.raises(QueryRefused) as refusal:
        ask(engine, statement.replace("{file}", str(file)), limits=QUICK)
    assert said in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert not file.exists()
    assert digest_of(engine) == before


def digest_of(engine: Engine) -> object:
    """All of an SQLite file; on PostgreSQL the tables there are."""
    if engine.dialect.name == "sqlite":
        return Path(engine.url.database or "").read_bytes()
    with reading(engine) as connection:
        return sorted(sa.inspect(connection).get_table_names())


@pytest.mark.parametrize(("statement", "said"), COMMON)
def test_no_attempt_gets_past_the_door(
    reader: Engine, statement: str, said: str, tmp_path: Path
) -> None:
    refused(reader, statement, said, tmp_path / "made")


@pytest.mark.parametrize(("statement", "said"), SQLITE)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_no_attempt_gets_past_the_door_on_sqlite(
    reader: Engine, statement: str, said: str, tmp_path: Path
) -> None:
    refused(reader, statement, said, tmp_path / "made")


@pytest.mark.postgres
@pytest.mark.parametrize(("statement", "said"), POSTGRES)
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_no_attempt_gets_past_the_door_on_postgresql(
    reader: Engine, statement: str, said: str, tmp_path: Path
) -> None:
    refused(reader, statement, said, tmp_path / "made")


@pytest.mark.parametrize(
    "statement",
    [statement for statement, said in COMMON if said in {"only queries", "one statement"}],
)
def test_the_database_itself_refuses_what_the_first_look_would_let_through(
    reader: Engine, statement: str
) -> None:
    door = lite if reader.dialect.name == "sqlite" else postgres
    before = digest_of(reader)
    try:
        door.ask(reader, statement, {}, QUICK)
    except QueryRefused:
        pass
    else:  # the end of a transaction that is then left
        assert statement in {"BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT x", "ANALYZE", "VACUUM"}
    assert digest_of(reader) == before


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("statement", [s for s, said in SQLITE if said == "only queries"])
def test_sqlite_itself_refuses_other_files(reader: Engine, statement: str, tmp_path: Path) -> None:
    with pytest.raises(QueryRefused):
        lite.ask(reader, statement.replace("{file}", str(tmp_path / "made")), {}, QUICK)
    assert not (tmp_path / "made").exists()


@pytest.mark.postgres
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize(
    "statement",
    [s for s, said in POSTGRES if said == "only queries" and not s.startswith(("RESET", "SET t"))],
)
def test_postgresql_itself_refuses_to_act(reader: Engine, statement: str, tmp_path: Path) -> None:
    harmless = {"LISTEN x", "NOTIFY x", "PREPARE x AS SELECT 1", "COPY (SELECT 1) TO STDOUT"}
    try:
        postgres.ask(reader, statement.replace("{file}", str(tmp_path / "made")), {}, QUICK)
    except QueryRefused:
        pass
    else:
        assert statement in harmless | {"DECLARE x CURSOR FOR SELECT 1"}
    assert not (tmp_path / "made").exists()


@pytest.mark.postgres
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_large_objects_made_within_a_query_are_not_kept(reader: Engine, engine: Engine) -> None:
    count = sa.text("SELECT count(*) FROM pg_largeobject_metadata")
    with engine.connect() as connection:
        before = connection.scalar(count)
    with suppress(QueryRefused):  # later releases refuse it outright
        ask(reader, "SELECT lo_from_bytea(0, 'x') > 0 AS made")
    with engine.connect() as connection:
        assert connection.scalar(count) == before


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_memory_is_bounded(reader: Engine) -> None:
    query = (
        "WITH RECURSIVE a(x) AS (SELECT 1 UNION SELECT x + 1 FROM a) SELECT count(*), "
        "count(DISTINCT hex(randomblob(20000))) FROM a"
    )
    code = (
        "import sys; from storage.door import *; from storage.engine import open_engine\n"
        "ask(open_engine(sys.argv[1]), sys.argv[2], limits=Limits(seconds=60, memory=50_000_000))"
    )
    url = f"sqlite:///{reader.url.database}"
    run = subprocess.run(
        [sys.executable, "-c", code, url, query],
        capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2],
        env=os.environ,
    )  # fmt: skip

    assert "takes more memory" in run.stderr


@pytest.mark.postgres
def test_a_superuser_is_no_reader(postgres_engine: Engine) -> None:
    with pytest.raises(QueryRefused, match="is no reader"):
        ask(postgres_engine, "SELECT 1 AS x")


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("more", "less"),
    [
        ("GRANT pg_read_server_files TO {0}", "REVOKE pg_read_server_files FROM {0}"),
        ("GRANT pg_write_server_files TO {0}", "REVOKE pg_write_server_files FROM {0}"),
        ("GRANT pg_execute_server_program TO {0}", "REVOKE pg_execute_server_program FROM {0}"),
        ("GRANT pg_read_all_data TO {0}", "REVOKE pg_read_all_data FROM {0}"),
        ("ALTER ROLE {0} CREATEROLE", "ALTER ROLE {0} NOCREATEROLE"),
        ("ALTER ROLE {0} SUPERUSER", "ALTER ROLE {0} NOSUPERUSER"),
        ("GRANT INSERT ON outlets TO {0}", "REVOKE INSERT ON outlets FROM {0}"),
        ("GRANT UPDATE (name) ON outlets TO {0}", "REVOKE UPDATE (name) ON outlets FROM {0}"),
        ("GRANT USAGE ON outlets_id_seq TO {0}", "REVOKE USAGE ON outlets_id_seq FROM {0}"),
        ("GRANT CREATE ON SCHEMA public TO {0}", "REVOKE CREATE ON SCHEMA public FROM {0}"),
        (
            "CREATE FUNCTION sly() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'",
            "DROP FUNCTION sly()",
        ),
        ("CREATE TABLE mine (); ALTER TABLE mine OWNER TO {0}", "DROP TABLE mine"),
    ],
)
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_role_that_may_do_more_than_read_is_refused(
    engine: Engine, reader: Engine, more: str, less: str
) -> None:
    name = reader.url.username
    ask(reader, "SELECT 1 AS x")
    with engine.begin() as connection:
        connection.exec_driver_sql(more.format(name))
    try:
        with pytest.raises(QueryRefused, match="is no reader"):
            ask(reader, "SELECT 1 AS x")
    finally:
        with engine.begin() as connection:
            connection.exec_driver_sql(less.format(name))


@pytest.mark.postgres
def test_a_new_reader_gets_a_password_and_an_old_one_keeps_its_own(
    postgres_engine: Engine,
) -> None:
    name = role_name()
    try:
        assert len(grant_reader(postgres_engine, name, None) or "") > 20
        assert grant_reader(postgres_engine, name, None) is None
    finally:
        drop_role(postgres_engine, name)


@pytest.mark.postgres
@pytest.mark.parametrize("name", ["postgres", "Robert", "a; DROP ROLE x", "pg_x", "x" * 64, ""])
def test_no_other_role_is_made_a_reader(postgres_engine: Engine, name: str) -> None:
    with pytest.raises(ArchiveError):
        grant_reader(postgres_engine, name, None)


def test_readers_are_for_postgresql(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="readers are for PostgreSQL"):
        grant_reader(open_engine(f"sqlite:///{tmp_path}/x.db"), "x", None)


@pytest.mark.postgres
def test_readers_keep_their_rights_when_an_upgrade_makes_the_views_anew(
    fresh_postgres_url: str,
) -> None:
    engine = open_engine(fresh_postgres_url)
    upgrade(engine)
    name = role_name()
    grant_reader(engine, name, "x")
    try:
        with engine.begin() as connection:
            assert find_readers(connection) == [name]
        with writing(engine) as connection:
            config = configuration()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
        with engine.connect() as connection:
            granted = sa.text("SELECT has_table_privilege(:name, 'change_log', 'SELECT')")
            assert connection.scalar(granted, {"name": name})
    finally:
        drop_role(engine, name)
        engine.dispose()


@pytest.mark.parametrize(
    ("query", "names", "sent"),
    [
        ("SELECT :a, :b, :a", ["a", "b"], "SELECT $1, $2, $1"),
        ("SELECT ':a', \":a\", :a::text", ["a"], "SELECT ':a', \":a\", $1::text"),
        ("SELECT $$:a$$, $x$:a$x$, :a", ["a"], "SELECT $$:a$$, $x$:a$x$, $1"),
        ("SELECT '12:30', x::int -- :a\n, :a /* :b */", ["a"],
         "SELECT '12:30', x::int -- :a\n, $1 /* :b */"),
        ("SELECT 'it''s :a', :名", ["名"], "SELECT 'it''s :a', $1"),
    ],
)  # fmt: skip
def test_parameters_are_found_outside_texts_and_comments(
    query: str, names: list[str], sent: str
) -> None:
    assert named_parameters(query) == names
    assert numbered(query, names) == sent


@pytest.mark.parametrize(
    "query",
    ["SELECT 1;", " select 1 ; -- end", "(SELECT 1)", "WITH x AS (SELECT 1) SELECT 1",
     "/* why */ SELECT ';'", "values (1)", "EXPLAIN SELECT 1", "SELECT $$;$$"],
)  # fmt: skip
def test_queries_are_told_from_other_statements(query: str) -> None:
    require_query(query)
