"""Outlets by the names under which they are printed."""

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from news.sources import outlet_name
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
    """Return the outlet that each name means, making those that are new.

    A name with decorations (`《某报》`, `某报客户端`) becomes an alias of the outlet without them;
    readings keep what is printed.
    """
    wanted = set(names)
    found = find_outlets(connection, wanted)
    plain = {name: outlet_name(name) for name in sorted(wanted - found.keys())}
    if not plain:
        return found
    known = find_outlets(connection, plain.values())
    _make(connection, sorted(set(plain.values()) - known.keys()))
    known |= find_outlets(connection, plain.values())
    aliases = [{"alias": name, "outlet_id": known[bare]} for name, bare in plain.items()]
    insert_missing(connection, outlet_aliases, aliases)
    return found | find_outlets(connection, plain)


def _make(connection: Connection, names: list[str]) -> None:
    """Make outlets, each with its own name as its first alias."""
    insert_missing(connection, outlets, [{"name": name} for name in names])
    for part in chunks(names):
        made = connection.execute(sa.select(outlets).where(outlets.c.name.in_(part))).all()
        aliases = [{"alias": row.name, "outlet_id": row.id} for row in made]
        insert_missing(connection, outlet_aliases, sorted(aliases, key=lambda row: row["alias"]))
