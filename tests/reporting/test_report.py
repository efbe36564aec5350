"""Reports as tables, and tables in four formats."""

import csv
import io
import json
from dataclasses import replace
from datetime import UTC

import pytest
from rich.cells import cell_len
from sqlalchemy.engine import Engine

from news.article import Article, Block
from reporting.report import REPORTS, Table, list_reports, render_table, run_report
from storage.archive import Archive
from tests.storage.newsroom import SITE, article, at, never_reread, read_visit

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


@pytest.mark.parametrize(
    ("last", "next_look", "told"),
    [(30, 270, 4), (30, 215, 3), (89, 270, 4), (30, 140, None), (30, 90, None)],
)
def test_no_blind_span_of_more_than_three_hours_is_left_out(
    engine: Engine, last: int, next_look: int, told: int | None
) -> None:
    archive = Archive(engine)
    archive.open_site(SITE)
    lease = archive.begin_crawl(SITE.key, kind="test", now=at(last))
    for minute in (last, next_look):
        archive.record(read_visit(article(), minute), never_reread, lease)
    archive.end_crawl(lease, now=at(next_look), status="success", counts={})

    rows = run_report(engine, "coverage", now=at(next_look + 1)).rows
    assert [row[3] for row in rows] == ([] if told is None else [told])


def test_removals_show_both_bounds_on_a_terminal_of_80_columns(told: Engine) -> None:
    lines = render_table(run_report(told, "removals"), "table", zone=UTC, width=80).splitlines()

    assert all(cell_len(line) <= 80 for line in lines)
    assert "last seen at      first missing at  returned at" in lines[0]
    assert "2026-11-01 10:30  2026-11-01 11:30  2026-11-01 13:30" in lines[2]


LONG = article(
    "3",
    "事故造成死亡3人。救援队连夜赶到现场。附近居民已经转移到学校。道路将在周末以后开放。"
    "电力公司正在抢修线路。镇上的商店照常营业。",
)
STANDS = "事故造成死亡3人。救援队连夜赶到现场。附近居民已经转移到学校。道路将在周末以后开放。"
NOTE = Block("更正：本文此前有误。")


@pytest.mark.parametrize(
    ("after", "kind", "silent"),
    [
        (article("3", STANDS), "deletion", True),
        (replace(LONG, body=(Block("事故造成死亡3人。"),)), "gutted", True),
        (replace(article("3", STANDS), body=(*article("3", STANDS).body, NOTE)), "deletion", False),
        (replace(LONG, headline="湖滨新桥今日通车"), None, False),
    ],
)
def test_a_deletion_without_a_correction_note_is_unannounced(
    engine: Engine, after: Article, kind: str | None, *, silent: bool
) -> None:
    archive = Archive(engine)
    archive.open_site(SITE)
    lease = archive.begin_crawl(SITE.key, kind="test", now=at(0))
    for minute, read in enumerate((LONG, after)):
        archive.record(read_visit(read, minute), never_reread, lease)
    archive.end_crawl(lease, now=at(9), status="success", counts={})

    kinds = [row[6] for row in run_report(engine, "changes").rows]
    unannounced = [row[6] for row in run_report(engine, "unannounced").rows]
    if kind:
        assert any(kind in found.split(",") for found in kinds), kinds
    assert bool(unannounced) == silent, unannounced


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
