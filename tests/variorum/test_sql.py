"""`variorum sql`, and what other programs are given to ask with."""

import json
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine
from typer.testing import CliRunner

from storage.door import ask
from storage.engine import open_engine
from storage.migrate import upgrade
from storage.views import view_names
from tests.storage.test_door import reader  # noqa: F401 - a fixture
from variorum.cli import app

DASHBOARD = Path(__file__).resolve().parents[2] / "deploy" / "grafana" / "variorum.json"
runner = CliRunner()


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    url = f"sqlite:///{tmp_path}/news.db"
    upgrade(open_engine(url))
    monkeypatch.setenv("VARIORUM_DATABASE", url)
    monkeypatch.setattr("variorum.commands.sql._MEMORY", None)  # it would hold for all tests
    return url


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["SELECT :a AS a, :b + 1 AS b", "-p", "a=3", "-p", "b:=3", "--format", "csv"], 0, "3,4"),
        (["SELECT :a IS NULL AS a", "-p", "a:=null", "--format", "json"], 0, '"a": 1'),
        (["VALUES (1), (2), (3)", "--limit", "2"], 0, "cut after 2 rows"),
        (["DELETE FROM visits"], 1, "only queries"),
        (["SELECT :a AS a"], 1, "-p a="),
        (["SELECT 1 AS a", "-p", "b=1"], 1, "no parameter :b"),
        (["SELECT :a AS a", "-p", "a:=x"], 2, "no number"),
        (["SELECT :a AS a", "-p", "a"], 2, "-p takes"),
        (["SELECT nonsense"], 1, "nonsense"),
        ([], 2, "QUERY"),
        (["--schema", "--format", "md"], 0, "change_log"),
    ],
)
def test_a_question_is_answered_or_refused_in_one_line(
    store: str, arguments: list[str], status: int, said: str
) -> None:
    result = runner.invoke(app, ["sql", *arguments])

    assert said in result.output + str(result.exception)
    assert result.exit_code == status


def test_a_query_may_come_by_standard_input(store: str) -> None:
    result = runner.invoke(app, ["sql", "-", "--format", "csv"], input="SELECT 41 + 1 AS n")

    assert result.output == "n\n42\n"


def test_every_column_of_what_can_be_asked_has_its_meaning(store: str) -> None:
    rows = json.loads(runner.invoke(app, ["sql", "--schema", "--format", "json"]).output)

    assert {row["name"] for row in rows} >= set(view_names()) | {"articles", "visits"}
    assert all(row["meaning"] for row in rows)


def test_datasette_gets_descriptions_and_queries_that_run(store: str) -> None:
    metadata = json.loads(runner.invoke(app, ["sql", "--datasette-metadata"]).output)
    own = metadata["databases"]["news"]

    assert own["tables"]["change_log"]["columns"]["kinds"]
    for query in own["queries"].values():
        assert query["title"]
        ask(open_engine(store), query["sql"])


@pytest.mark.postgres
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_every_panel_of_the_dashboard_runs_as_a_reader(reader: Engine) -> None:  # noqa: F811
    panels = json.loads(DASHBOARD.read_text("utf-8"))["panels"]

    assert len({panel["id"] for panel in panels}) == len(panels) >= 5
    for panel in panels:
        query = panel["targets"][0]["rawSql"]
        for macro, moment in (("$__timeFrom()", "2026-11-01"), ("$__timeTo()", "2026-12-01")):
            query = query.replace(macro, f"'{moment}T00:00:00Z'")
        ask(reader, query.replace("$site", "'lake'"))
