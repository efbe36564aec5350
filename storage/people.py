"""People: names within outlets, derived from credits, and rebuilt from them at any time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from news.article import DESK_ROLES, PartyKind
from storage.engine import run_unit
from storage.outlets import name_outlets
from storage.tables import (
    articles,
    credits,  # noqa: A004 - the name of the table
    people,
    readings,
    sites,
)
from storage.writes import chunks, insert_missing


@dataclass(frozen=True, slots=True)
class Mention:
    """One credit with what tells whose outlet the name belongs to."""

    row: dict[str, Any]  # of `credits`
    source: str | None  # of the article
    site_outlet_id: int


def outlet_named(mention: Mention) -> str | None:
    """Return the printed name of the outlet a credited person is of; None is the site's own.

    The affiliation printed with the name; else the site for those who work on the page; else the
    article's source, for those who made the text.
    """
    if mention.row["affiliation"]:
        return str(mention.row["affiliation"])
    return None if mention.row["role"] in DESK_ROLES else mention.source or None


def link_people(connection: Connection, mentions: Sequence[Mention]) -> None:
    """Set `person_id` of credits that are persons, making outlets and people that are new."""
    for mention in mentions:
        mention.row["person_id"] = None
    named = [m for m in mentions if m.row["kind"] == PartyKind.PERSON]
    by_name = name_outlets(connection, {name for m in named if (name := outlet_named(m))})
    keys = [_key(mention, by_name) for mention in named]
    numbers = _name_people(connection, set(keys))
    for mention, key in zip(named, keys, strict=True):
        mention.row["person_id"] = numbers[key]


def _key(mention: Mention, by_name: dict[str, int]) -> tuple[int, str]:
    printed = outlet_named(mention)
    return (by_name[printed] if printed else mention.site_outlet_id, mention.row["name"])


def _name_people(
    connection: Connection, keys: Iterable[tuple[int, str]]
) -> dict[tuple[int, str], int]:
    wanted = set(keys)
    found = _find_people(connection, wanted)
    new = [{"outlet_id": outlet, "name": name} for outlet, name in sorted(wanted - found.keys())]
    if not new:
        return found
    insert_missing(connection, people, new)
    return found | _find_people(connection, wanted - found.keys())


def _find_people(connection: Connection, keys: set[tuple[int, str]]) -> dict[tuple[int, str], int]:
    found = {}
    for names in chunks(sorted({name for _, name in keys})):
        for row in connection.execute(sa.select(people).where(people.c.name.in_(names))):
            if (row.outlet_id, row.name) in keys:
                found[row.outlet_id, row.name] = row.id
    return found


def rebuild_people(engine: Engine) -> None:
    """Derive all people anew from credits and the outlets' aliases, in one transaction."""
    run_unit(engine, _rebuild)


def _rebuild(connection: Connection) -> None:
    connection.execute(sa.update(credits).values(person_id=None))
    connection.execute(sa.delete(people))
    query = (
        sa.select(credits, readings.c.source, sites.c.outlet_id)
        .join_from(credits, readings, credits.c.reading_id == readings.c.id)
        .join(articles, readings.c.article_id == articles.c.id)
        .join(sites, articles.c.site_id == sites.c.id)
        .where(credits.c.kind == PartyKind.PERSON.value)
        .order_by(credits.c.reading_id, credits.c.position)
    )
    for part in chunks(connection.execute(query).mappings().all()):
        mentions = [Mention(dict(row), row["source"], row["outlet_id"]) for row in part]
        link_people(connection, mentions)
        _write_links(connection, [mention.row for mention in mentions])


def _write_links(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    update = sa.update(credits).where(
        credits.c.reading_id == sa.bindparam("of_reading"),
        credits.c.position == sa.bindparam("at_position"),
    )
    given = [
        {"of_reading": r["reading_id"], "at_position": r["position"], "person": r["person_id"]}
        for r in rows
    ]
    connection.execute(update.values(person_id=sa.bindparam("person")), given)
