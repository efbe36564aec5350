"""The SQL door for people: what can be asked, as a table, and as metadata for Datasette."""

from typing import Any

from reporting.report import Table
from storage.door.catalogue import list_relations
from storage.engine import Engine
from storage.views import find_view, view_names


def schema_table(engine: Engine) -> Table:
    """Return every view and table with its columns, a row each."""
    rows: list[tuple[str, str, str, str]] = []
    for relation in list_relations(engine):
        rows.append((relation.name, "", relation.kind, relation.comment))
        rows += [(relation.name, c.name, c.type.lower(), c.comment) for c in relation.columns]
    return Table(("name", "column", "type", "meaning"), tuple(rows))


def datasette_metadata(engine: Engine, name: str) -> dict[str, Any]:
    """Return Datasette's metadata for a database it knows by that name, an SQLite file's stem."""
    described: dict[str, dict[str, Any]] = {
        relation.name: {
            "description": relation.comment,
            "size": 25,
            "columns": {column.name: column.comment for column in relation.columns},
        }
        for relation in list_relations(engine)
    }
    return {
        "title": "Variorum",
        "description": "Every version of every article, who edited it, and what changed.",
        "databases": {name: {"tables": described, "queries": _canned()}},
    }


def _canned() -> dict[str, Any]:
    """Return the views' example queries as canned ones."""
    return {
        f"example_{view.name}": {"title": view.question, "sql": view.example}
        for view in map(find_view, view_names())
    }
