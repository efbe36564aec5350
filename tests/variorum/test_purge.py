"""`variorum purge` and `variorum holds`: it says what it would do, asks, and leaves proof."""

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine
from typer.testing import CliRunner

from storage.archive import Archive
from storage.digest import digest
from storage.engine import open_engine
from storage.errors import ArchiveError
from storage.search.index import catch_up
from tests.conftest import migrated_sqlite
from tests.storage.newsroom import SITE, article, at, never_reread, read_visit, url_of
from variorum.cli import app

runner = CliRunner()


@pytest.fixture
def archived(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """An archive of two articles in the database that the commands take."""
    (tmp_path / "news.db").write_bytes(migrated_sqlite())
    monkeypatch.setenv("VARIORUM_DATABASE", f"sqlite:///{tmp_path}/news.db")
    monkeypatch.chdir(tmp_path)
    engine = open_engine(f"sqlite:///{tmp_path}/news.db")
    archive = Archive(engine)
    archive.open_site(SITE)
    lease = archive.begin_crawl(SITE.key, kind="test", now=at(0))
    for minutes, text in enumerate(("通车", "停运"), 1):
        archive.record(read_visit(article("1", text), minutes), never_reread, lease)
        archive.record(read_visit(article("2", text), minutes), never_reread, lease)
    archive.end_crawl(lease, now=at(9), status="success", counts={})
    return engine


def run(*arguments: str) -> tuple[int, str]:
    result = runner.invoke(app, arguments)
    assert "Traceback" not in result.output
    expected = result.exception if isinstance(result.exception, ArchiveError) else ""
    return result.exit_code, f"{result.output}{expected}"


def test_a_dry_run_tells_and_erases_nothing(archived: Engine) -> None:
    before = digest(archived)
    status, said = run("purge", "--person", "甲小明", "--dry-run")
    assert status == 0
    assert f"  {url_of('1')}: 2 captures, 2 readings" in said
    assert "would be erased: the bytes of 4 captures" in said
    assert digest(archived) == before


def test_where_nobody_can_be_asked_nothing_is_erased(archived: Engine) -> None:
    before = digest(archived)
    status, said = run("purge", "--person", "甲小明")
    assert status == 2
    assert "give --yes where there is nobody to ask" in said
    assert digest(archived) == before


def test_what_was_erased_is_in_the_file_no_more(archived: Engine, tmp_path: Path) -> None:
    name, words = ("甲小明".encode(), "桥长1200米".encode())
    assert name in (tmp_path / "news.db").read_bytes()
    assert sum(catch_up(archived, at(20))) == 4
    status, said = run("purge", "--person", "甲小明", "--yes", "--reason", "request 12")
    assert status == 0, said
    assert run("purge", "--article", url_of("1"), "--article", url_of("2"), "--yes")[0] == 0
    assert run("verify")[0] == 0, run("verify")
    assert run("db", "check")[0] == 0, run("db", "check")
    with archived.connect() as connection:
        indexed = connection.exec_driver_sql("SELECT count(*) FROM search_documents")
        assert indexed.scalar() == 0
    archived.dispose()
    content = (tmp_path / "news.db").read_bytes()
    assert name not in content
    assert words not in content
    rows = sqlite3.connect(tmp_path / "news.db").execute("SELECT rule, reason FROM tombstones")
    assert {("person", "request 12"), ("take_down", None)} == set(rows)


def test_a_hold_goes_before_every_rule(archived: Engine) -> None:
    rule = ["purge", "--captures-older-than", "2030-01-01", "--current", "--yes"]
    assert run("holds", "place", url_of("1"), "--reason", "case 7")[0] == 0
    assert "case 7" in run("holds", "list")[1]
    status, said = run(*rule)
    assert status == 3
    assert f"left alone: {url_of('1')} is under a hold" in said
    assert "erased: the bytes of 2 captures" in said
    assert run("holds", "release", "1")[0] == 0
    assert "no holds in force" in run("holds", "list")[1]
    assert "released" in run("holds", "list", "--all")[1]
    assert run(*rule)[0] == 0


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["purge"], 2, "say what to erase"),
        (["purge", "--current"], 2, "--current goes with --captures-older-than"),
        (["purge", "--outlet", "湖滨日报"], 2, "--outlet goes with --person"),
        (["purge", "--person", "甲"], 2, "too short"),
        (["purge", "--captures-older-than", "long"], 2, "neither a span"),
        (["purge", "--article", "http://elsewhere/"], 1, "no article http://elsewhere/"),
        (["purge", "--person", "甲小明", "--site", "x"], 1, "no site 'x' in this database"),
        (["holds", "place", "--reason", "case 7"], 2, "name an ARTICLE, or a site"),
        (["holds", "place", "--site", "lake"], 2, "give a --reason"),
        (["holds", "place", "--site", "x", "--reason", "y"], 1, "no site 'x'"),
        (["holds", "release", "7"], 1, "no hold 7 is in force"),
    ],
)
def test_a_mistake_is_one_clear_line(
    archived: Engine, arguments: list[str], status: int, said: str
) -> None:
    found = run(*arguments)
    assert found[0] == status
    assert said in found[1]


def test_what_is_old_enough_may_be_nothing(archived: Engine) -> None:
    status, said = run("purge", "--captures-older-than", "2000-01-01")
    assert status == 0
    assert "would be erased: the bytes of 0 captures" in said
