"""What of a database belongs to the declared schema, for those who compare the two."""

from typing import Any


def is_declared(_found: Any, name: str | None, kind: str, _reflected: bool, _compared: Any) -> bool:
    """Whether an object is declared in `storage.tables`: partitions of visits are made on demand.

    Passed to Alembic as `include_object`.
    """
    return not (kind == "table" and name is not None and name.startswith("visits_"))
