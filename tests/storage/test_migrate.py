"""Migrations make what the tables declare, once, whoever runs them."""

import multiprocessing
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy.engine import Engine

from storage.engine import open_engine, reading
from storage.migrate import current, head, upgrade
from storage.partitions import Partitions
from storage.schema import is_declared
from storage.tables import metadata
from storage.views import view_names
from tests.storage.newsroom import at

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'empty.db'}"
    url: str = request.getfixturevalue("fresh_postgres_url")
    return url


def test_tables_and_migrations_agree(engine: Engine) -> None:
    Partitions(engine).ensure([at(0)])
    with reading(engine) as connection:
        context = MigrationContext.configure(connection, opts={"include_object": is_declared})
        assert compare_metadata(context, metadata) == []


def test_every_table_and_column_says_what_it_holds() -> None:
    for table in metadata.tables.values():
        assert table.comment, table.name
        assert all(column.comment for column in table.columns), table.name


@pytest.mark.postgres
def test_comments_are_in_the_database(postgres_url: str) -> None:
    found = sa.inspect(open_engine(postgres_url)).get_table_comment("visits")["text"]
    assert found == metadata.tables["visits"].comment


def test_an_upgrade_done_twice_changes_nothing(engine: Engine) -> None:
    before = sa.inspect(engine).get_table_names()
    assert upgrade(engine) == upgrade(engine) == head() == current(engine)
    assert sa.inspect(engine).get_table_names() == before


def test_every_view_can_be_read(engine: Engine) -> None:
    with reading(engine) as connection:
        for name in view_names():
            connection.exec_driver_sql(f"SELECT * FROM {name}").all()


def _upgrade(url: str) -> None:
    upgrade(open_engine(url))


def test_two_processes_may_upgrade_at_once(empty_url: str) -> None:
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_upgrade, args=(empty_url,)) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert [worker.exitcode for worker in workers] == [0, 0, 0]
    assert current(open_engine(empty_url)) == head()


def test_alembic_works_from_the_command_line(empty_url: str) -> None:
    alembic = [sys.executable, "-m", "alembic", "-x", f"database={empty_url}"]
    for command in (["upgrade", "head"], ["check"], ["downgrade", "base"], ["upgrade", "head"]):
        done = subprocess.run(
            [*alembic, *command], cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
    assert current(open_engine(empty_url)) == head()


@pytest.mark.postgres
def test_visits_lie_in_a_partition_a_month(fresh_postgres_url: str) -> None:
    engine = open_engine(fresh_postgres_url)
    upgrade(engine)
    for _ in range(2):  # the second knows nothing of the first
        Partitions(engine).ensure([at(0), at(60 * 24 * 61)])
    tables = set(sa.inspect(engine).get_table_names())
    assert {"visits_2026_11", "visits_2027_01", "visits_default"} <= tables
    engine.dispose()
