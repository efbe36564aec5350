"""Taking bytes out of an article's captures so that none of the others loses its base."""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from storage.captures import Base, compress, load_body
from storage.tables import captures
from storage.writes import update_each


def erase_bytes(connection: Connection, article_id: int, gone: Collection[int]) -> None:
    """Erase the bytes of some captures of an article; the others come back as before.

    A capture that leans on an erased one is first packed anew against the nearest that is left
    under it. ArchiveError where one of them cannot be read: then nothing is written.
    """
    names = ("id", "base_capture_id", "frame_depth", "body")
    query = sa.select(*(captures.c[name] for name in names)).order_by(captures.c.id)
    query = query.where(captures.c.article_id == article_id, captures.c.body.is_not(None))
    rows = {row.id: row._asdict() for row in connection.execute(query)}
    # Bodies are read through the frames as they are, so all of them before the first is written.
    packed = [_packed(connection, rows, number, gone) for number in rows if number not in gone]
    depths: dict[int, int] = {}
    for frame in packed:
        base = frame["base_capture_id"]
        frame["frame_depth"] = depths[frame["id"]] = 0 if base is None else depths[base] + 1
    update_each(connection, captures, "id", [f for f in packed if f != rows[f["id"]]])
    nothing = {"body": None, "base_capture_id": None, "frame_depth": 0}
    update_each(connection, captures, "id", [{"id": number} | nothing for number in gone])


def _packed(
    connection: Connection, rows: dict[int, dict[str, Any]], number: int, gone: Collection[int]
) -> dict[str, Any]:
    """Return a capture's frame as it is to be; the same where its base stays."""
    row = rows[number]
    base = row["base_capture_id"]
    if base not in gone:
        return dict(row)
    while base in gone:
        base = rows[base]["base_capture_id"] if base in rows else None
    body = load_body(connection, number)
    under = Base(base, rows[base]["frame_depth"], load_body(connection, base)) if base else None
    frame = compress(body, under)
    return {
        "id": number,
        "base_capture_id": frame.base_id,
        "frame_depth": frame.depth,
        "body": frame.content,
    }
