"""Exports: what they hold, that they are whole, and that a cursor skips nothing."""

import csv
import hashlib
import io
import json
import threading
from pathlib import Path

import pytest
import sqlalchemy as sa
from pyarrow import parquet
from sqlalchemy.engine import Engine

from reporting.citable import Citable, write_citable
from reporting.datafiles import DATA_FORMATS, write_data
from reporting.records import KINDS
from reporting.wholefile import whole_file
from storage.engine import writing
from storage.errors import ArchiveError
from storage.exporting import Export, Scope
from storage.journal import settle_journal
from storage.tables import articles, changes, events, journal, versions
from tests.storage.newsroom import at


def written(engine: Engine, form: str, what: str, **narrowed: object) -> bytes:
    out = io.BytesIO()
    scope = Scope(**narrowed)  # type: ignore[arg-type]
    write_data(form, what, Export(engine, scope), out, lambda done, total: None)
    return out.getvalue()


def lines(engine: Engine, what: str, **narrowed: object) -> list[dict[str, object]]:
    return [json.loads(line) for line in written(engine, "jsonl", what, **narrowed).splitlines()]


@pytest.mark.parametrize("what", KINDS)
def test_every_format_holds_the_same_records(told: Engine, what: str) -> None:
    rows = list(csv.DictReader(io.StringIO(written(told, "csv", what).decode())))
    table = parquet.read_table(io.BytesIO(written(told, "parquet", what)))

    assert len(rows) == table.num_rows == len(lines(told, what)) > 0
    assert list(rows[0]) == table.column_names == [c.name for c in KINDS[what].columns]


@pytest.mark.parametrize("form", DATA_FORMATS)
@pytest.mark.parametrize("what", KINDS)
def test_an_empty_archive_gives_empty_files(engine: Engine, form: str, what: str) -> None:
    assert isinstance(written(engine, form, what), bytes)


def test_a_version_has_the_names_of_schema_org_and_the_record_within(told: Engine) -> None:
    first = lines(told, "versions")[0]

    assert first["@type"] == "NewsArticle"
    assert first["author"][0] == {"@type": "Person", "name": "甲小明", "roleName": "reporter"}
    assert first["editor"][0]["name"] == "乙小红"
    assert first["isBasedOn"]["publisher"]["name"] == "湖滨日报"
    assert first["articleBody"] == "\n".join(first["record"]["body"])
    assert first["record"]["content_digest"]
    corrected = [line for line in lines(told, "versions") if line["correction"]]
    assert [line["version"] for line in corrected] == [2]


def test_parquet_is_typed(told: Engine) -> None:
    table = parquet.read_table(io.BytesIO(written(told, "parquet", "versions")))
    types = {field.name: str(field.type) for field in table.schema}

    assert types["first_seen_at"] == "timestamp[us, tz=UTC]"
    assert (types["version"], types["is_open"]) == ("int64", "bool")
    assert types["section"].startswith("list<")
    assert table["first_seen_at"][0].as_py() == at(0)


def test_no_text_in_csv_is_a_formula(told: Engine) -> None:
    rows = list(csv.DictReader(io.StringIO(written(told, "csv", "articles").decode())))

    assert [row["headline"] for row in rows if "HYPERLINK" in row["headline"]] == [
        "'=HYPERLINK(1)新楼落成"
    ]


def test_an_export_is_of_a_period_and_a_site(told: Engine) -> None:
    assert len(lines(told, "versions", since=at(61), until=at(121))) == 2
    assert len(lines(told, "changes", until=at(61))) == 2
    assert lines(told, "versions", site="mountain") == []


def test_a_cursor_gives_what_changed_since_it(told: Engine) -> None:
    cursor = settle_journal(told)
    assert lines(told, "versions", after=cursor) == lines(told, "changes", after=cursor) == []
    with writing(told) as connection:
        hidden = changes.c.id == sa.select(sa.func.min(changes.c.id)).scalar_subquery()
        connection.execute(sa.update(changes).where(hidden).values(hidden_by="x"))
    told_again = lines(told, "changes", after=cursor)  # all of that version
    assert [line["hidden_by"] for line in told_again] == ["x", None]
    with writing(told) as connection:
        newest = versions.c.number == 3
        connection.execute(sa.update(versions).where(newest).values(retracted_at=at(900)))
    (retracted,) = lines(told, "versions", after=cursor)
    assert retracted["record"]["retracted_at"]
    assert Export(told, Scope()).cursor == cursor + 2
    with pytest.raises(ArchiveError, match="has not been"):
        Export(told, Scope(after=cursor + 100))


@pytest.mark.postgres
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_no_writer_is_skipped_however_writers_interleave(told: Engine) -> None:
    def write(connection: sa.Connection, kind: str) -> None:
        connection.execute(journal.insert(), {"kind": kind, "article_id": first})

    with told.connect() as connection:
        first = connection.scalar(sa.select(sa.func.min(articles.c.id)))
    cursor = settle_journal(told)
    with told.connect() as early, told.connect() as late:
        write(early, "early")  # takes the lower number, and commits later
        write(late, "late")
        late.commit()
        between = settle_journal(told)
        early.commit()
    last = settle_journal(told)

    assert (cursor + 1, cursor + 2) == (between, last)
    with told.connect() as connection:
        query = sa.select(journal.c.kind).where(journal.c.number > cursor)
        assert list(connection.scalars(query.order_by(journal.c.number))) == ["late", "early"]


@pytest.mark.postgres
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_reader_beside_busy_writers_sees_every_entry_once(told: Engine) -> None:
    with told.connect() as connection:
        first = connection.scalar(sa.select(sa.func.min(articles.c.id)))

    def write(name: str) -> None:
        for number in range(40):
            with told.begin() as connection:
                own = {"occurred_at": at(950), "site_id": 1, "article_id": first}
                connection.execute(events.insert(), own | {"kind": f"{name}{number}"})

    start = seen = settle_journal(told)
    writers = [threading.Thread(target=write, args=(name,)) for name in "abc"]
    for writer in writers:
        writer.start()
    found = 0
    while True:
        alive = any(writer.is_alive() for writer in writers)
        upto = settle_journal(told)
        query = sa.select(sa.func.count()).where(journal.c.number > seen, journal.c.number <= upto)
        with told.connect() as connection:
            found += connection.scalar(query) or 0
        seen = upto
        if not alive:
            break
    assert found == seen - start == 120


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    path.write_text("before")
    with pytest.raises(RuntimeError), whole_file(path) as out:  # noqa: PT012
        out.write(b"half")
        raise RuntimeError
    assert [p.name for p in tmp_path.iterdir()] == ["out.csv"]
    assert path.read_text() == "before"
    with whole_file(path) as out:
        out.write(b"whole")
    assert path.read_text() == "whole"


@pytest.mark.parametrize("with_text", [True, False])
def test_a_citable_export_proves_what_it_holds(
    told: Engine, tmp_path: Path, with_text: bool
) -> None:
    folder = tmp_path / "cited"
    wanted = Citable(Scope(), with_text, "variorum", at(900))
    write_citable(told, wanted, folder, lambda done, total: None)
    told_of = json.loads((folder / "manifest.json").read_text("utf-8"))

    assert {p.name for p in folder.iterdir()} == {*told_of["files"], "manifest.json"}
    for name, said in told_of["files"].items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == said["sha256"]
    text = "".join(p.read_text("utf-8") for p in folder.iterdir())
    assert ("事故造成死亡13人" in text) is with_text
    assert "湖滨大桥今日通车" in text
    assert "lake" in (folder / "coverage.csv").read_text("utf-8")
    with pytest.raises(ArchiveError, match="exists"):
        write_citable(told, wanted, folder, lambda done, total: None)


def test_every_column_stands_in_the_codebook(told: Engine, tmp_path: Path) -> None:
    write_citable(
        told, Citable(Scope(), True, "v", at(900)), tmp_path / "c", lambda done, total: None
    )
    text = (tmp_path / "c" / "codebook.md").read_text("utf-8")

    assert all(f"| `{c.name}` |" in text for kind in KINDS.values() for c in kind.columns)


def test_bodies_can_be_left_out(told: Engine) -> None:
    out = io.BytesIO()
    write_data("jsonl", "versions", Export(told, Scope()), out, lambda *_: None, with_text=False)
    first = json.loads(out.getvalue().splitlines()[0])

    assert (first["articleBody"], first["record"]["body"]) == (None, [])
