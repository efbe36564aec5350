"""`variorum verify`: whole or not, and what an exported head adds to it."""

from pathlib import Path

import pytest
from sqlalchemy.engine import Engine
from typer.testing import CliRunner

from storage.archive import Archive
from storage.engine import open_engine, writing
from tests.conftest import migrated_sqlite
from tests.storage.newsroom import SITE, article, at, never_reread, read_visit
from variorum.cli import app

runner = CliRunner()


@pytest.fixture
def archived(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """An archive of three versions, in the database that the commands take."""
    (tmp_path / "news.db").write_bytes(migrated_sqlite())
    monkeypatch.setenv("VARIORUM_DATABASE", f"sqlite:///{tmp_path}/news.db")
    monkeypatch.chdir(tmp_path)
    engine = open_engine(f"sqlite:///{tmp_path}/news.db")
    archive = Archive(engine)
    archive.open_site(SITE)
    lease = archive.begin_crawl(SITE.key, kind="test", now=at(0))
    for minutes, text in enumerate(("通车", "停运", "修缮"), 1):
        archive.record(read_visit(article(text=text), minutes), never_reread, lease)
    archive.end_crawl(lease, now=at(9), status="success", counts={})
    return engine


def alter(engine: Engine, statement: str) -> None:
    with writing(engine) as connection:
        connection.exec_driver_sql(statement)


def test_a_whole_archive_says_so_and_gives_its_heads(archived: Engine) -> None:
    daily = ["verify", "--heads", "heads.jsonl", "--export-heads", "heads.jsonl"]
    for day in (1, 2):
        result = runner.invoke(app, daily)
        assert result.exit_code == 0, result.output
        assert "site lake: whole, 3 links over 9 rows, head " in result.output
        assert len(Path("heads.jsonl").read_text("utf-8").splitlines()) == day
    head = result.output.split("head ")[1].split()[0]
    assert runner.invoke(app, ["verify", "--head", head, "--chain-only"]).exit_code == 0


def test_altered_content_is_named_unless_the_chain_alone_is_looked_at(archived: Engine) -> None:
    alter(archived, "UPDATE readings SET headline = '别的' WHERE id = 2")
    result = runner.invoke(app, ["verify", "--export-heads", "heads.jsonl"])
    assert result.exit_code == 1
    assert "reading 2 of http://news.example.com/" in result.output
    assert "no heads were exported" in result.output
    assert not Path("heads.jsonl").exists()
    assert runner.invoke(app, ["verify", "--chain-only"]).exit_code == 0


def test_a_site_that_is_gone_shows_against_its_head(archived: Engine) -> None:
    assert runner.invoke(app, ["verify", "--export-heads", "heads.jsonl"]).exit_code == 0
    alter(archived, "UPDATE sites SET key = 'other'")
    result = runner.invoke(app, ["verify", "--heads", "heads.jsonl"])
    assert result.exit_code == 1
    assert "no site 'lake' in this database, but a head of it was exported" in result.output


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["--site", "nowhere"], 1, "no site 'nowhere' in this database; there are: lake"),
        (["--head", "abc"], 2, "a head has 64 hexadecimal digits"),
        (["--head", "0" * 64], 1, "no chain has the head"),
        (["--heads", "missing.jsonl"], 1, "missing.jsonl: No such file"),
        (["--heads", "news.db"], 1, "news.db: not UTF-8 text"),
        (["--export-heads", "missing/heads.jsonl"], 1, "missing/heads.jsonl: No such file"),
    ],
)
def test_what_cannot_be_verified_is_one_clear_line(
    archived: Engine, arguments: list[str], status: int, said: str
) -> None:
    result = runner.invoke(app, ["verify", *arguments])
    assert result.exit_code == status
    assert said in result.output
    assert "Traceback" not in result.output
