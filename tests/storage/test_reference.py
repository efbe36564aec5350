"""The reference says what the database is, completely and in step with the code."""

from pathlib import Path

import pytest

from storage.reference import render_reference
from storage.tables import metadata

DOCS = Path(__file__).resolve().parents[2] / "docs" / "tables.md"


def test_the_reference_in_the_docs_is_the_one_the_tables_give() -> None:
    assert DOCS.read_text("utf-8") == render_reference(), "run `make docs`"


@pytest.mark.parametrize("table", metadata.tables.values(), ids=lambda table: table.name)
def test_every_table_and_column_says_what_it_is(table) -> None:
    assert table.comment
    assert [column.name for column in table.columns if not column.comment] == []
