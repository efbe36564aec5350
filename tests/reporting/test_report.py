"""Reports as tables, and tables in four formats."""

import csv
import io
import json

import pytest
from rich.cells import cell_len
from sqlalchemy.engine import Engine

from reporting.report import REPORTS, Table, list_reports, render_table, run_report
from tests.storage.newsroom import at

TABLE = Table(
    ("name", "count", "note"),
    (("湖滨新闻网", 3, None), ("=1+1", -2, 'a,"b"\nc'), ("a|b", 1.5, "")),
)


def test_every_report_has_a_name_and_a_purpose() -> None:
    assert [name for name, _ in list_reports()] == sorted(REPORTS)
    assert all(purpose for _, purpose in list_reports())


@pytest.mark.parametrize("name", sorted(REPORTS))
def test_every_report_runs_on_an_empty_archive(engine: Engine, name: str) -> None:
    table = run_report(engine, name)

    assert (table.columns, table.rows) == (REPORTS[name].columns, ())
    assert set(table.brief) <= set(table.columns)


def test_the_report_of_changes_tells_each_field_in_order_of_time(told: Engine) -> None:
    table = run_report(told, "changes")
    picked = [
        (row[table.columns.index("field")], row[table.columns.index("kinds")]) for row in table.rows
    ]

    assert picked == [
        ("body", "fact,reversal"),
        ("credits", "credit,reversal"),
        ("body", "correction"),
        ("body", "fact"),
        ("credits", "credit"),
    ]


@pytest.mark.parametrize(
    ("since", "until", "site", "rows", "reason"),
    [
        (None, None, None, 5, "all"),
        (at(61), None, None, 3, "from a moment on"),
        (None, at(61), None, 2, "before a moment"),
        (None, None, "lake", 5, "one site"),
        (None, None, "mountain", 0, "another site"),
    ],
)
def test_a_report_is_of_a_period_and_a_site(
    told: Engine, since: object, until: object, site: str | None, rows: int, reason: str
) -> None:
    assert len(run_report(told, "changes", since, until, site).rows) == rows, reason


def test_the_report_of_removals_tells_the_return(told: Engine) -> None:
    (row,) = run_report(told, "removals").rows

    assert row[-2] == "2026-11-01T13:30:00.000000Z"


def test_csv_comes_back_as_it_was_and_no_text_is_a_formula() -> None:
    rows = list(csv.reader(io.StringIO(render_table(TABLE, "csv"))))

    assert rows[0] == ["name", "count", "note"]
    assert rows[2] == ["'=1+1", "-2", 'a,"b"\nc']


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r=", "＝", " =", "\n="])
def test_text_that_starts_like_a_formula_is_quoted(start: str) -> None:
    table = Table(("a",), ((f"{start}cmd|' /C calc'!A0",),))
    (_, (cell,)) = csv.reader(io.StringIO(render_table(table, "csv")))

    assert cell.startswith("'")


def test_json_has_one_object_a_row() -> None:
    rows = json.loads(render_table(TABLE, "json"))

    assert rows[0] == {"name": "湖滨新闻网", "count": 3, "note": None}


def test_markdown_keeps_its_columns() -> None:
    lines = render_table(TABLE, "md").splitlines()

    assert lines[1] == "| --- | --- | --- |"
    assert lines[4] == "| a\\|b | 1.5 |  |"
    assert len(lines) == 5


def test_a_table_lines_up_where_chinese_takes_two_columns() -> None:
    lines = render_table(TABLE, "table").splitlines()

    assert lines[0] == "name        count  note"
    assert [cell_len(line[: line.index("3")]) for line in lines[2:3]] == [16]


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(ValueError, match="no such format"):
        render_table(TABLE, "xml")
