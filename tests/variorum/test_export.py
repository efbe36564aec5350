"""`variorum export` and `variorum cite`: files that are whole, and one clear line for mistakes."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner
from warcio.archiveiterator import ArchiveIterator

from storage.archive import Archive
from storage.engine import open_engine, writing
from tests.conftest import migrated_sqlite
from tests.storage.newsroom import SITE, article, at, never_reread, read_visit, url_of
from variorum.cli import app

runner = CliRunner()


@pytest.fixture(autouse=True)
def archived(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An archive of two versions in the database that the commands take."""
    (tmp_path / "news.db").write_bytes(migrated_sqlite())
    monkeypatch.setenv("VARIORUM_DATABASE", f"sqlite:///{tmp_path}/news.db")
    monkeypatch.chdir(tmp_path)
    archive = Archive(open_engine(f"sqlite:///{tmp_path}/news.db"))
    archive.open_site(SITE)
    lease = archive.begin_crawl(SITE.key, kind="test", now=at(0))
    for minutes, text in enumerate(("通车", "停运"), 1):
        archive.record(read_visit(article(text=text), minutes), never_reread, lease)
    archive.end_crawl(lease, now=at(9), status="success", counts={})


def test_an_export_is_a_file_that_a_reader_opens(tmp_path: Path) -> None:
    result = runner.invoke(app, ["export", "--format", "warc", "-o", "news.warc.gz"])
    assert result.exit_code == 0, result.output
    assert "2 response records" in result.output
    with (tmp_path / "news.warc.gz").open("rb") as file:
        kinds = [record.rec_type for record in ArchiveIterator(file, check_digests="raise")]
    assert kinds == ["warcinfo", "response", "response"]


def test_a_capture_that_is_damaged_is_named_and_the_rest_written(tmp_path: Path) -> None:
    with writing(open_engine(f"sqlite:///{tmp_path}/news.db")) as connection:
        connection.exec_driver_sql("UPDATE captures SET body = x'00' WHERE id = 2")
    result = runner.invoke(app, ["export", "--format", "warc", "-o", "news.warc.gz"])
    assert result.exit_code == 3
    assert "capture 2 is damaged" in result.output
    assert (tmp_path / "news.warc.gz").exists()


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["export", "--format", "warc"], 2, "name a file by -o FILE"),
        (["export", "--format", "warc", "--what", "credits", "-o", "x"], 2, "do not go with it"),
        (["export", "--format", "wat", "-o", "x"], 2, "'wat' is not"),
        (["export", "--format", "warc", "-o", "x", "--site", "y"], 1, "no site 'y'"),
        (["export", "--format", "warc", "-o", "x", "--since", "y"], 2, "neither a span"),
        (["export", "--format", "warc", "-o", "no/x"], 1, "no/x: No such file"),
        (["cite", "1.9"], 1, "has no version 9; it has 1, 2"),
        (["cite", "1.1", "--version", "2"], 2, "names a version already"),
        (["cite", "7.1"], 1, "no article 7 in this database"),
    ],
)
def test_a_mistake_is_one_clear_line(arguments: list[str], status: int, said: str) -> None:
    result = runner.invoke(app, arguments)
    assert result.exit_code == status, result.output
    assert said in result.output
    assert not Path("x").exists()


def test_a_version_is_cited_by_number_or_address() -> None:
    for arguments in (["1.1"], ["1", "--version", "1"], [url_of("1"), "--version", "1"]):
        said = runner.invoke(app, ["cite", *arguments, "--format", "json"])
        assert json.loads(said.output)["id"] == "1.1"
    assert json.loads(runner.invoke(app, ["cite", "1", "--format", "json"]).output)["version"] == 2
