"""Commands for who runs it: watch, pause and resume, status, doctor, backup."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from storage.engine import open_engine
from storage.roster import Roster
from tests.crawler.faultserver import FaultServer, article_page, list_page, reply, serving
from variorum.cli import app

runner = CliRunner()


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultServer]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VARIORUM_DATABASE", f"sqlite:///{tmp_path}/test.db")
    monkeypatch.setenv("no_proxy", "*")
    for found in serving():
        monkeypatch.setenv("VARIORUM_ALLOW_ADDRESSES", found.address)
        found.answers["/story"] = reply(article_page("嘉禾市河道清淤工程完工"))
        found.answers["/"] = reply(list_page("/zj/a.html"))
        yield found


def variorum(*arguments: str) -> Result:
    return runner.invoke(app, list(arguments))


def test_a_watched_article_is_in_the_database_and_its_site_is_not_crawled(
    server: FaultServer,
) -> None:
    result = variorum("watch", f"{server.base}/story")
    assert (result.exit_code, server.targets()) == (0, ["/story"]), result.output
    assert "watched" in result.output
    site = Roster(open_engine("sqlite:///test.db")).sites()[0]
    assert (site.key, site.scope, site.has_articles) == (server.address, "articles", True)
    assert variorum("watch", f"{server.base}/story").exit_code == 0, "twice is as good as once"


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [("/", 2, "front page"), ("/nowhere", 1, "missing"), ("/zj/list", 1, "not read")],
)
def test_what_is_no_article_is_told(server: FaultServer, path: str, status: int, said: str) -> None:
    server.answers["/zj/list"] = reply("<html><body><p>x</p></body></html>")
    result = variorum("watch", server.base + path)
    assert result.exit_code == status
    assert said in result.output


def test_a_site_is_paused_and_resumed_by_its_key(server: FaultServer) -> None:
    variorum("watch", f"{server.base}/story")
    key = server.address
    assert "paused" in variorum("sites", "pause", key).output
    assert "already" in variorum("sites", "pause", key).output
    assert json.loads(variorum("status", "--json").output)["sites"][0]["state"] == "paused"
    assert "resumed" in variorum("sites", "resume", key).output
    assert variorum("sites", "pause", "nowhere").exit_code == 1


def test_status_says_that_nothing_runs_by_its_exit(server: FaultServer) -> None:
    variorum("watch", f"{server.base}/story")
    result = variorum("status")
    assert result.exit_code == 1
    assert "no daemon is running" in result.output
    assert server.address in result.output


def test_once_needs_no_running_daemon_and_does_what_is_due(server: FaultServer) -> None:
    variorum("crawl", f"{server.base}/", "-q")
    engine = open_engine("sqlite:///test.db")
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE site_state SET seeds_read_at = NULL")
    server.asked.clear()
    result = variorum("daemon", "--once")
    assert result.exit_code == 0, result.output
    assert f"{server.address}: success" in result.output


def test_the_doctor_finds_an_installation_sound_and_names_what_is_not(
    server: FaultServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    variorum("db", "upgrade")
    well = variorum("doctor")
    assert well.exit_code == 0, well.output
    assert "FAULT" not in well.output
    (tmp_path / "sites").mkdir()
    (tmp_path / "sites" / "bad.toml").write_text("key = 'other'\n", "utf-8")
    monkeypatch.setenv("VARIORUM_SITES_DIR", str(tmp_path / "sites"))
    ill = variorum("doctor")
    assert ill.exit_code == 1
    assert "bad.toml" in ill.output
    assert "→" in ill.output
    gone = variorum("doctor", "--database", "postgresql+psycopg://nobody@127.0.0.1:1/none")
    assert gone.exit_code == 1
    assert "FAULT    database" in gone.output
    monkeypatch.setenv("VARIORUM_CRAWL_EVERY_MINUTES", "often")
    assert "crawl_every_minutes" in variorum("doctor").output


def test_a_backup_is_a_database_that_means_the_same(server: FaultServer, tmp_path: Path) -> None:
    variorum("watch", f"{server.base}/story")
    result = variorum("db", "backup", str(tmp_path / "copy.db"))
    assert result.exit_code == 0, result.output
    copy = f"sqlite:///{tmp_path}/copy.db"
    assert variorum("db", "check", "--database", copy).exit_code == 0
    theirs, ours = variorum("db", "digest", "--database", copy), variorum("db", "digest")
    assert theirs.output == ours.output
    assert variorum("db", "backup", str(tmp_path / "copy.db")).exit_code == 1


def test_an_exception_for_a_certificate_is_shown_wherever_the_site_is(
    server: FaultServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sites").mkdir()
    (tmp_path / "sites" / "served.toml").write_text(
        f'key = "served"\nname = "S"\nhome = "{server.base}/"\nhosts = ["{server.address}"]\n'
        'seeds = [{ url = "/" }]\nunchecked_certificate = "expired, they know"\n',
        "utf-8",
    )
    monkeypatch.setenv("VARIORUM_SITES_DIR", str(tmp_path / "sites"))
    variorum("crawl", "served", "-q")
    for command in (["status"], ["sites", "list"], ["doctor"]):
        assert "expired, they know" in variorum(*command).output
