"""The views for reporting: their SQL, one file each, and how it is said to each database."""

import re
from importlib.resources import files

from sqlalchemy.engine import Connection

# Times come out of every view as the same text on both databases: `utc{expression}` in a file.
_MOMENT = re.compile(r"utc\{([^}]*)\}")
_AS_TEXT = {
    "sqlite": r"\1",  # stored so
    "postgresql": (
        r"to_char(\1 AT TIME ZONE 'UTC', "
        """'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') COLLATE "C" """
    ),
}


def view_names() -> list[str]:
    """Return the names of the views, sorted."""
    return sorted(
        file.name[:-4] for file in files(__name__).iterdir() if file.name.endswith(".sql")
    )


def load_view(name: str, dialect: str) -> str:
    """Return a view's SELECT as that database says it."""
    source = files(__name__).joinpath(f"{name}.sql").read_text("utf-8")
    return _MOMENT.sub(_AS_TEXT[dialect], source)


def drop_views(connection: Connection) -> None:
    """Take the views away, so that migrations can alter the tables under them."""
    for name in view_names():
        connection.exec_driver_sql(f"DROP VIEW IF EXISTS {name}")


def create_views(connection: Connection) -> None:
    """Make the views; they hold no data, so every upgrade makes them anew."""
    for name in view_names():
        select = load_view(name, connection.dialect.name).replace("%", "%%")
        connection.exec_driver_sql(f"CREATE VIEW {name} AS\n{select}")
