"""A whole store goes to another database, or to a file and back, and means the same there."""

import io
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from storage.archive import Archive
from storage.digest import digest
from storage.engine import open_engine, reading, writing
from storage.errors import ArchiveError
from storage.integrity import check
from storage.migrate import upgrade
from storage.tables import article_facts, articles, journal, site_hours
from storage.transfer import copy_store, dump, restore
from storage.views import view_names
from tests.reporting.conftest import told  # noqa: F401 - a fixture
from tests.storage.newsroom import SITE, article, at, never_reread, read_visit


def quiet(done: int, total: int) -> None:
    assert done >= 0 <= total


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An empty database of each kind."""
    if request.param == "sqlite":
        opened = open_engine(f"sqlite:///{tmp_path}/target.db")
    else:
        opened = open_engine(request.getfixturevalue("fresh_postgres_url"))
    yield opened
    opened.dispose()


def by_copy(source: Engine, target: Engine) -> None:
    copy_store(source, target, quiet)


def by_file(source: Engine, target: Engine) -> None:
    file = io.BytesIO()
    dump(source, file, at(900), quiet)
    file.seek(0)
    restore(file, target, quiet)


def views(engine: Engine) -> dict[str, list[tuple[object, ...]]]:
    with reading(engine) as connection:
        return {
            name: sorted(map(tuple, connection.execute(sa.text(f"SELECT * FROM {name}"))), key=repr)
            for name in view_names()
        }


@pytest.mark.parametrize("move", [by_copy, by_file])
def test_a_store_that_was_moved_gives_the_same_answers(
    told: Engine,  # noqa: F811
    target: Engine,
    move: Callable[[Engine, Engine], None],
) -> None:
    move(told, target)

    assert digest(target) == digest(told)
    assert views(target) == views(told)
    assert check(target) == []
    for table in (site_hours, article_facts, journal):
        with reading(told) as one, reading(target) as other:
            count = sa.select(sa.func.count()).select_from(table)
            assert one.scalar(count) == other.scalar(count) > 0


@pytest.mark.parametrize("move", [by_copy, by_file])
def test_crawls_go_on_where_a_store_was_moved_to(
    told: Engine,  # noqa: F811
    target: Engine,
    move: Callable[[Engine, Engine], None],
) -> None:
    move(told, target)
    archive = Archive(target)
    lease = archive.begin_crawl(SITE.key, kind="test", now=at(600))
    edited = replace(article("2"), headline="另一个标题")
    recorded = archive.record(read_visit(edited, 600), never_reread, lease)

    assert recorded.version == 3
    assert check(target) == []


def test_a_target_that_is_not_empty_is_left_alone(
    told: Engine,  # noqa: F811
    target: Engine,
) -> None:
    upgrade(target)
    Archive(target).open_site(replace(SITE, key="other"))
    before = digest(target)
    for move in (by_copy, by_file):
        with pytest.raises(ArchiveError, match="is not empty"):
            move(told, target)
    assert digest(target) == before


def test_an_article_may_point_to_a_later_one(told: Engine, target: Engine) -> None:  # noqa: F811
    with writing(told) as connection:
        first, last = connection.execute(
            sa.select(sa.func.min(articles.c.id), sa.func.max(articles.c.id))
        ).one()
        own = articles.c.id == first
        connection.execute(sa.update(articles).where(own).values(merged_into=last))
    by_copy(told, target)

    with reading(target) as connection:
        query = sa.select(articles.c.merged_into).where(articles.c.id == first)
        assert connection.scalar(query) == last


def test_nothing_is_copied_while_a_crawl_is_running(
    told: Engine,  # noqa: F811
    target: Engine,
) -> None:
    Archive(told).begin_crawl(SITE.key, kind="test", now=at(600))
    with pytest.raises(ArchiveError, match="a crawl is running"):
        by_copy(told, target)


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda lines: lines[:-1], "cut short"),
        (lambda lines: lines[:-3] + lines[-1:], "cut short"),
        (lambda lines: lines[1:], "no export of a whole archive"),
        (lambda lines: [], "no export of a whole archive"),
        (lambda lines: [lines[0].replace('"schema":"', '"schema":"9'), *lines[1:]], "schema 9"),
        (lambda lines: [*lines[:5], "{", *lines[5:]], "line 6"),
        (lambda lines: [lines[0], '["no_table",{}]', *lines[1:]], "damaged"),
        (lambda lines: [lines[0], '["sites",{"id":1}]', *lines[1:]], "damaged"),
        (lambda lines: [line.replace("大桥", "小桥") for line in lines], "not mean the same"),
        (lambda lines: [line.replace("T08:30", "T99:30") for line in lines], "damaged"),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_damaged_export_is_refused_and_nothing_stays(
    told: Engine,  # noqa: F811
    tmp_path: Path,
    damage: Callable[[list[str]], list[str]],
    said: str,
) -> None:
    file = io.BytesIO()
    dump(told, file, at(900), quiet)
    lines = damage(file.getvalue().decode().splitlines())
    target = open_engine(f"sqlite:///{tmp_path}/target.db")
    with pytest.raises(ArchiveError, match=said):
        restore(io.BytesIO("\n".join(lines).encode()), target, quiet)

    upgrade(target)
    with reading(target) as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(articles)) == 0


def test_a_whole_export_is_json_lines(told: Engine) -> None:  # noqa: F811
    file = io.BytesIO()
    rows = dump(told, file, at(900), quiet)
    lines = [json.loads(line) for line in file.getvalue().splitlines()]

    assert len(lines) == rows + 2
    assert lines[-1] == {"rows": rows, "digest": digest(told)}
