"""Every view and every report tells the same on both databases, byte for byte."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from rich.cells import cell_len
from sqlalchemy.engine import Engine

from reporting.report import REPORTS, Table, render_table, run_report
from storage.engine import open_engine, reading
from storage.tables import gaps
from storage.views import find_view, view_names
from tests.conftest import empty_tables
from tests.reporting.season import NOW, fill, hours


@pytest.fixture
def both(season: Engine, postgres_url: str) -> Iterator[tuple[Engine, Engine]]:
    postgres = open_engine(postgres_url)
    empty_tables(postgres)
    fill(postgres)
    yield season, postgres
    postgres.dispose()


def run(engine: Engine, name: str, **options: object) -> Table:
    return run_report(engine, name, now=NOW, **options)  # type: ignore[arg-type]


def as_csv(engine: Engine, select: str) -> str:
    text = io.StringIO()
    with reading(engine) as connection:
        result = connection.exec_driver_sql(select)
        rows = sorted(map(tuple, result), key=repr)
    csv.writer(text).writerows([list(result.keys()), *rows])
    return text.getvalue()


@pytest.mark.postgres
def test_views_examples_and_reports_give_the_same_bytes_on_both_databases(
    both: tuple[Engine, Engine],
) -> None:
    sqlite, postgres = both
    for name in view_names():
        for select in (f"SELECT * FROM {name}", find_view(name).example):
            assert as_csv(sqlite, select) == as_csv(postgres, select), name
    for name in sorted(REPORTS):
        for period in ({}, {"since": hours(4)}, {"until": hours(6)}, {"site": "hill"}):
            told = [render_table(run(engine, name, **period), "csv") for engine in both]
            assert told[0] == told[1], (name, period)


@pytest.mark.parametrize("name", view_names())
def test_every_view_documents_its_columns_and_shows_something(season: Engine, name: str) -> None:
    with reading(season) as connection:
        result = connection.exec_driver_sql(f"SELECT * FROM {name}")
        assert list(result.keys()) == [column for column, _ in find_view(name).columns]
        assert result.all()


@pytest.mark.parametrize("name", view_names())
def test_the_example_of_every_view_runs_and_answers_a_question(season: Engine, name: str) -> None:
    view = find_view(name)
    assert view.question
    assert name in view.example
    with reading(season) as connection:
        connection.exec_driver_sql(view.example).all()


@pytest.mark.parametrize("name", sorted(REPORTS))
def test_every_report_tells_something_in_80_columns(season: Engine, name: str) -> None:
    table = run(season, name)
    assert table.rows
    assert set(table.brief) <= set(table.columns)
    for form in ("table", "md", "html", "csv", "json"):
        assert render_table(table, form, width=80)
    lines = render_table(table, "table", width=80).splitlines()
    assert max(map(cell_len, lines)) <= 80
    assert name == name.lower()


@pytest.mark.parametrize("name", sorted(REPORTS))
def test_a_limit_cuts_every_report_and_says_so(season: Engine, name: str) -> None:
    whole, one = run(season, name), run(season, name, limit=1)
    assert one.rows == whole.rows[:1]
    assert any("--limit" in note for note in one.notes) == (len(whole.rows) > 1)


@pytest.mark.parametrize("name", sorted(REPORTS))
def test_a_report_of_one_site_tells_of_no_other(season: Engine, name: str) -> None:
    table = run(season, name, site="lake")
    if "site" in table.columns:
        assert {row[table.columns.index("site")] for row in table.rows} == {"lake"}


def rows(engine: Engine, name: str, *columns: str, **options: object) -> list[tuple[object, ...]]:
    return list(run(engine, name, **options).only(columns).rows)


@pytest.mark.parametrize(
    ("name", "columns", "expected"),
    [
        (
            "editors",
            ("role", "name", "articles", "edited", "share_edited", "low", "high", "fact_edits"),
            [
                ("editor", "丁大山", 3, 2, 0.667, 0.208, 0.939, 1),
                ("editor", "乙小红", 3, 2, 0.667, 0.208, 0.939, 2),
                ("reviewer", "戊一", 6, 4, 0.667, 0.3, 0.903, 3),
            ],
        ),
        ("survival", ("articles", "removed", "back", "served_1d"), [(6, 2, 1, 0.5)]),
        ("delays", ("articles", "edited", "median_hours", "q90_hours"), [(6, 4, 6.5, 7.5)]),
        ("storage", ("articles", "versions", "looks", "captures"), [(6, 11, 19, 10)]),
        ("removals", ("headline", "returned_at"), None),
        (
            "coverage",
            ("blind_from", "hours", "looks_tried", "why"),
            [
                ("2026-11-01T18:00:00.000000Z", 50, 2, "refused or failed"),
                ("2026-11-03T21:00:00.000000Z", 139, 0, "not looked at"),
                ("2026-11-09T16:00:00.000000Z", 16, 0, "not looked at"),
            ],
        ),
        (
            "reasons",
            ("outcome", "reason", "looks"),
            [
                ("missing", "not_found", 2),
                ("blocked", "challenge", 1),
                ("failed", "timeout", 1),
                ("missing", "gone", 1),
                ("not_article", None, 1),
            ],
        ),
    ],
)
def test_reports_tell_what_happened(
    season: Engine, name: str, columns: tuple[str, ...], expected: list[tuple[object, ...]] | None
) -> None:
    found = rows(season, name, *columns, site="lake")
    if expected is None:
        assert len(found) == 2
    elif name == "editors":
        assert sorted(found, key=repr) == sorted(expected, key=repr)
    else:
        assert found == expected


def test_a_hidden_change_and_a_merged_article_are_not_counted(season: Engine) -> None:
    assert rows(season, "survival", "articles") == [(5,), (6,)]
    assert len(rows(season, "changes", "site", site="hill")) + 1 == len(
        rows(season, "changes", "site", site="lake")
    )


def test_an_article_taken_off_a_list_while_its_neighbours_stay_is_told(season: Engine) -> None:
    found = rows(season, "delisted", "site", "last_listed_at", "url")
    assert {row[1] for row in found} == {"2026-11-01T09:30:00.000000Z"}
    assert all(str(row[2]).endswith("7.html") for row in found)


def test_days_without_a_look_are_told_as_gaps(season: Engine) -> None:
    found = rows(season, "volume", "day", "gap", site="lake")
    assert ("2026-11-08", "blind") in found
    assert found[0] == ("2026-11-09", None)


def test_the_days_of_a_volume_are_those_of_the_reader(season: Engine) -> None:
    counted = {
        name: rows(season, "volume", "day", "versions", site="lake", zone=ZoneInfo(name))
        for name in ("UTC", "America/Los_Angeles", "Asia/Shanghai")
    }
    assert counted["UTC"][-1] == ("2026-11-01", 4)
    # the clocks of Los Angeles were set back on that day
    assert counted["America/Los_Angeles"][-1] == ("2026-11-01", 4)
    assert sum(int(str(n)) for _, n in counted["Asia/Shanghai"]) == 5


def test_a_blind_span_names_what_was_wrong_with_us(season_file: Path, tmp_path: Path) -> None:
    own = tmp_path / "own.db"
    own.write_bytes(season_file.read_bytes())
    engine = open_engine(f"sqlite:///{own}")
    with engine.begin() as connection:
        row = {"kind": "daemon", "began_at": hours(100), "ended_at": hours(150)}
        connection.execute(gaps.insert(), row)
    found = rows(engine, "coverage", "hours", "why", site="lake")
    assert found == [
        (50, "refused or failed"),
        (139, "no daemon was running"),
        (16, "not looked at"),
    ]
    engine.dispose()


def test_the_docs_name_every_report() -> None:
    text = (Path(__file__).parents[2] / "docs" / "reports.md").read_text("utf-8")
    assert [name for name in REPORTS if f"`{name}" not in text] == []
