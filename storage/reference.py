"""The reference of tables and views as Markdown, from the one place that describes them.

`make docs` writes it to docs/tables.md; a test holds the two together.
"""

import sys
from collections.abc import Iterator

import sqlalchemy as sa

from storage.tables import metadata
from storage.views import find_view, view_names

_INTRODUCTION = """# Tables and views

All names below are stable: they change by migration only, and mean the same on SQLite and
PostgreSQL. Times are UTC. Digests are SHA-256 in hex where nothing else is said.

Questions are best put to the views; tables are there for what no view answers.
"""


def render_reference() -> str:
    """Return the whole reference."""
    parts = [_INTRODUCTION, "## Views\n", *_views(), "## Tables\n", *_tables()]
    return "\n".join(parts)


def _views() -> Iterator[str]:
    for view in map(find_view, view_names()):
        rows = "\n".join(f"| `{name}` | {meaning} |" for name, meaning in view.columns)
        yield f"### `{view.name}`\n\n{view.purpose}\n\n| column | meaning |\n|---|---|\n{rows}\n"
        yield f"{_sentence(view.question)[:-1]}:\n\n```sql\n{view.example}\n```\n"


def _tables() -> Iterator[str]:
    for table in sorted(metadata.tables.values(), key=lambda table: table.name):
        rows = "\n".join(_row(column) for column in table.columns)
        header = "| column | type | | meaning |\n|---|---|---|---|"
        yield f"### `{table.name}`\n\n{_sentence(table.comment)}\n\n{header}\n{rows}\n"


def _row(column: sa.Column[object]) -> str:
    targets = [f"→ `{key.target_fullname}`" for key in column.foreign_keys]
    marks = ["key"] if column.primary_key else []
    marks += ["may be null"] if column.nullable else []
    kind = type(column.type).__name__
    return f"| `{column.name}` | {kind} | {', '.join(marks + targets)} | {column.comment} |"


def _sentence(text: str | None) -> str:
    return f"{text[0].upper()}{text[1:]}." if text else ""


if __name__ == "__main__":
    sys.stdout.write(render_reference())
