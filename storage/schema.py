"""What of a database belongs to the declared schema, for those who compare the two."""

from typing import Any

from storage.views import SAID_INDEX


def is_declared(_found: Any, name: str | None, kind: str, _reflected: bool, _compared: Any) -> bool:
    """Whether an object is declared in `storage.tables`: partitions are made on demand.

    So are the indexes on times as views say them, and the search index is each database's own.
    Passed to Alembic as `include_object`.
    """
    partition = kind == "table" and name is not None and name.startswith("visits_")
    said = kind == "index" and name is not None and name.startswith(SAID_INDEX)
    search = name is not None and name.startswith(("search_index", "ix_search_grams"))
    return not (partition or said or search)
