"""The command line: help with examples, one clear line for every mistake, telling exit statuses."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from crawler.fetch import FetchError
from crawler.sites.load import SiteProfileError
from storage.errors import ArchiveError
from variorum.cli import COMMANDS, DB, EXPECTED_ERRORS, HOLDS, SITES, app, main
from variorum.config import ConfigError

ROOT = Path(__file__).resolve().parents[2]
NAMES = [
    *([name] for name in COMMANDS),
    *(["sites", name] for name in SITES),
    *(["holds", name] for name in HOLDS),
    *(["db", name] for name in DB),
]

runner = CliRunner()


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VARIORUM_DATABASE", f"sqlite:///{tmp_path}/test.db")
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("name", NAMES, ids=" ".join)
def test_every_command_explains_itself_with_an_example(name: list[str]) -> None:
    result = runner.invoke(app, [*name, "--help"])
    assert result.exit_code == 0
    assert re.search(rf"Examples?:\n\s+variorum {' '.join(name)}", result.output), result.output


@pytest.mark.parametrize("name", NAMES, ids=" ".join)
@pytest.mark.parametrize("readme", ["README.md", "README.zh-CN.md"])
def test_every_command_stands_in_both_readmes(name: list[str], readme: str) -> None:
    text = (ROOT / readme).read_text("utf-8")
    assert f"variorum {' '.join(name)}" in text or f"make {name[-1]}" in text


def commands_shown(readme: str) -> list[str]:
    text = (ROOT / readme).read_text("utf-8")
    blocks = re.findall(r"^```\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    lines = "".join(blocks).splitlines()
    return [re.sub(r"\s*#.*", "", line) for line in lines if line.strip()]


def test_both_readmes_show_the_same_commands() -> None:
    assert commands_shown("README.md") == commands_shown("README.zh-CN.md")


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["crawl"], 2, "SITE or URL"),  # nothing to crawl
        (["crawl", "no_such_site"], 1, "no_such_site"),  # a key without a profile
        (["crawl", "ftp://example.com/"], 1, "http"),  # a scheme that is never fetched
        (["extract", "missing.html"], 1, "missing.html"),  # a file that is not there
        (["credits"], 2, "TEXT"),  # neither a line nor a file
        (["history", "http://news.example.com/1.html"], 1, "no database"),  # never crawled
        (["report", "no_such_report"], 2, "no_such_report"),
        (["report", "removals", "--plot", "a.svg"], 2, "no plot"),  # a report that is not drawn
        (["db", "digest", "--database", "nonsense"], 1, "nonsense"),  # no database address
        (["db", "check", "--database", "sqlite:///no/such.db"], 1, "such.db"),  # never created here
        (["sites", "show", "no_such_site"], 1, "no_such_site"),
    ],
)
def test_bad_input_gets_one_clear_line_and_a_non_zero_exit(
    arguments: list[str],
    status: int,
    said: str,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.argv", ["variorum", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    complaint = capfd.readouterr().err.strip()
    assert ended.value.code == status
    assert said in complaint
    assert "Traceback" not in complaint
    assert len(complaint.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["search", "大桥", "--site", "nosuch"], 1, "no site 'nosuch'"),
        (["report", "changes", "--site", "nosuch"], 1, "no site 'nosuch'"),
        (["search", "大桥", "--since", "2026-03-04", "--until", "2026-03-01"], 2, "not before"),
        (["report", "changes", "--since", "2026-03-04", "--until", "2026-03-01"], 2, "not before"),
    ],
)
def test_a_question_that_can_have_no_answer_is_refused(
    arguments: list[str], status: int, said: str
) -> None:
    assert runner.invoke(app, ["db", "upgrade"]).exit_code == 0
    result = runner.invoke(app, arguments)
    assert result.exit_code == status
    assert said in result.output
    assert len(result.output.strip().splitlines()) == 1


def test_the_doctor_says_how_to_make_a_database_that_is_not_there() -> None:
    result = runner.invoke(app, ["doctor"])
    assert result.exit_code == 1
    assert "there is no database at" in result.output
    assert "`variorum db upgrade` makes it" in result.output


@pytest.mark.postgres
def test_the_doctor_tells_a_database_that_the_server_lacks(postgres_url: str) -> None:
    absent = postgres_url.rsplit("/", 1)[0] + "/nosuch"
    result = runner.invoke(app, ["doctor", "--database", absent])
    assert "create it: `createdb nosuch`" in result.output


def test_the_doctor_tells_a_missing_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    result = runner.invoke(app, ["doctor", "--database", "postgresql+psycopg://127.0.0.1/a"])
    assert "pip install 'variorum[postgres]'" in result.output
    assert "install it as said" in result.output


@pytest.mark.parametrize("new", [True, False])
def test_an_import_that_fails_leaves_what_was_there(tmp_path: Path, *, new: bool) -> None:
    whole, database = tmp_path / "whole.jsonl", tmp_path / "other.db"
    runner.invoke(app, ["db", "upgrade"])
    exported = runner.invoke(app, ["export", "--what", "archive", "--output", str(whole)])
    assert exported.exit_code == 0, exported.output
    whole.write_text("".join(whole.read_text("utf-8").splitlines(keepends=True)[:-1]), "utf-8")
    url = f"sqlite:///{database}"
    if not new:
        runner.invoke(app, ["db", "upgrade", "--database", url])
    failed = runner.invoke(app, ["import", str(whole), "--database", url])
    assert failed.exit_code != 0
    assert bool(list(tmp_path.glob("other.db*"))) != new
    assert database.exists() != new


def test_a_file_that_is_no_database_is_refused_and_left_alone(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "test.db").write_text("a diary, not a database\n" * 100)
    monkeypatch.setattr("sys.argv", ["variorum", "db", "upgrade"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    assert "test.db" in capfd.readouterr().err
    assert (tmp_path / "test.db").read_text().startswith("a diary")


def test_a_credit_line_on_the_command_line_comes_out_as_json() -> None:
    result = runner.invoke(app, ["credits", "来源:嘉禾日报 | 责编:王二"])
    parsed = json.loads(result.output)
    assert parsed["source"] == "嘉禾日报"
    assert [(c["role"], c["name"]) for c in parsed["credits"]] == [("editor", "王二")]


def test_a_database_is_created_upgraded_and_found_sound() -> None:
    assert runner.invoke(app, ["db", "upgrade"]).exit_code == 0
    assert runner.invoke(app, ["db", "check"]).output == "no problems found\n"
    assert runner.invoke(app, ["db", "digest"]).exit_code == 0


def test_the_errors_told_in_one_line_exist_under_their_names() -> None:
    classes = {ArchiveError, ConfigError, FetchError, SiteProfileError}
    assert {kind.__name__ for kind in classes} == EXPECTED_ERRORS


def test_a_command_that_needs_no_crawler_does_not_load_it() -> None:
    loaded = "import sys; print(sorted({'scrapy', 'sqlalchemy'} & set(sys.modules)))"
    program = f"import variorum.cli, variorum.commands.credits; {loaded}"
    result = subprocess.run(
        [sys.executable, "-c", program], check=False, capture_output=True, text=True
    )
    assert result.stdout == "[]\n", result.stderr
