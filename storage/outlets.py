"""Outlets by the names under which they are printed."""

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from storage.tables import outlet_aliases, outlets
from storage.writes import chunks, insert_missing


def find_outlets(connection: Connection, names: Iterable[str]) -> dict[str, int]:
    """Return the outlet that each known name means."""
    found: dict[str, int] = {}
    for part in chunks(sorted(set(names))):
        query = sa.select(outlet_aliases).where(outlet_aliases.c.alias.in_(part))
        found |= {row.alias: row.outlet_id for row in connection.execute(query)}
    return found


def name_outlets(connection: Connection, names: Iterable[str]) -> dict[str, int]:
    """Return the outlet that each name means, making those that are new."""
    wanted = set(names)
    found = find_outlets(connection, wanted)
    new = sorted(wanted - found.keys())
    if not new:
        return found
    insert_missing(connection, outlets, [{"name": name} for name in new])
    for part in chunks(new):
        made = connection.execute(sa.select(outlets).where(outlets.c.name.in_(part))).all()
        aliases = [{"alias": row.name, "outlet_id": row.id} for row in made]
        insert_missing(connection, outlet_aliases, sorted(aliases, key=lambda row: row["alias"]))
    return found | find_outlets(connection, new)
