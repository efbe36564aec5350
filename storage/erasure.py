"""Erasing parts of one article: bytes and texts go, tombstones and the chain stay."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from news.article import Article
from news.redaction import changed_fields
from storage.chain import tombstone_entry
from storage.openings import Ledger
from storage.readings import load_articles
from storage.rebasing import erase_bytes
from storage.rows import ReadingRows, save
from storage.tables import (
    article_state,
    captures,
    changes,
    credits,  # noqa: A004 - the name of the table
    noise_rules,
    readings,
    texts,
    tombstones,
)
from storage.writes import chunks, insert_all, insert_missing, update_each

BYTES, WHOLE = "bytes", "article"


@dataclass(frozen=True, slots=True)
class Plan:
    """What of one article is to be erased."""

    article_id: int
    url: str  # `articles.url`
    captures: Sequence[int] = ()
    readings: Mapping[int, Article] = field(default_factory=dict)  # what remains of each
    withhold: bool = False  # looked at no more
    words: Callable[[str], str] | None = None  # what remains of words kept beside the readings
    size: int = 0  # bytes of the captures as they are stored

    def __bool__(self) -> bool:
        return bool(self.captures or self.readings or self.withhold)


@dataclass(frozen=True, slots=True)
class Warrant:
    """By which rule something is erased, why, and when (aware UTC)."""

    rule: str
    reason: str | None
    at: datetime


def erase(connection: Connection, ledger: Ledger, plan: Plan, warrant: Warrant) -> None:
    """Erase what a plan names, under tombstones that the ledger's link will cover."""
    before = load_articles(connection, plan.readings)
    erase_bytes(connection, plan.article_id, plan.captures)
    for number, remains in plan.readings.items():
        _reduce(connection, number, save(before[number]), save(remains))
    _drop_texts(connection, [save(article).columns["body_digest"] for article in before.values()])
    rows = _tombstones(plan, before)
    _bury(connection, ledger, plan, [row | _signed(warrant, ledger) for row in rows])
    if plan.words is not None:
        _change_words(connection, ledger.site.site_id, plan, plan.words)
    if plan.withhold:
        own = article_state.c.article_id == plan.article_id
        values = {"withheld_at": warrant.at, "next_key": None}
        connection.execute(sa.update(article_state).where(own).values(values))


def _reduce(
    connection: Connection, reading_id: int, before: ReadingRows, remains: ReadingRows
) -> None:
    """Leave of a reading what remains; its digests stay, for the chain rests on them."""
    if remains.text is not None:
        body = {"digest": remains.columns["body_digest"], "text": remains.text}
        insert_missing(connection, texts, [body])
    columns = {
        name: value
        for name, value in remains.columns.items()
        if name != "fields_digest" and value != before.columns[name]
    }
    if columns:
        connection.execute(sa.update(readings).where(readings.c.id == reading_id).values(columns))
    if remains.credits == before.credits:
        return
    own = credits.c.reading_id == reading_id
    if not remains.credits:
        connection.execute(sa.delete(credits).where(own))
    for row in remains.credits:
        here = own & (credits.c.position == row["position"])
        values = row | {"person_id": sa.case((credits.c.name == row["name"], credits.c.person_id))}
        connection.execute(sa.update(credits).where(here).values(values))


def _drop_texts(connection: Connection, digests: Sequence[str | None]) -> None:
    """Delete the texts that no reading has any more; another article's stay."""
    used = sa.exists().where(readings.c.body_digest == texts.c.digest)
    for part in chunks({digest for digest in digests if digest}):
        connection.execute(sa.delete(texts).where(texts.c.digest.in_(part), ~used))


def _tombstones(plan: Plan, before: Mapping[int, Article]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = [_tombstone(BYTES, capture_id=n) for n in plan.captures]
    for number, remains in plan.readings.items():
        gone = ",".join(changed_fields(before[number], remains))
        left = save(remains).columns["fields_digest"]
        rows.append(_tombstone(gone, reading_id=number, remains=left))
    if plan.withhold:
        rows.append(_tombstone(WHOLE))
    return rows


def _tombstone(fields: str, **own: Any) -> dict[str, Any]:
    return {"fields": fields, "capture_id": None, "reading_id": None, "remains": None} | own


def _signed(warrant: Warrant, ledger: Ledger) -> dict[str, Any]:
    said = {"rule": warrant.rule, "reason": warrant.reason, "erased_at": warrant.at}
    return said | {"seq": ledger.seq, "site_id": ledger.site.site_id}


def _bury(
    connection: Connection, ledger: Ledger, plan: Plan, rows: Sequence[dict[str, Any]]
) -> None:
    """Write tombstones, and chain them."""
    insert_all(connection, tombstones, [row | {"article_id": plan.article_id} for row in rows])
    names = _names(connection, plan)
    for row in rows:
        digest, extractor = names.get((row["capture_id"], row["reading_id"]), (None, None))
        ledger.entries.append(tombstone_entry(plan.url, digest, extractor, row))


def _names(
    connection: Connection, plan: Plan
) -> dict[tuple[int | None, int | None], tuple[str | None, str | None]]:
    """Return the digest, and of readings the extractor, by capture and reading."""
    query = sa.select(captures.c.id, captures.c.digest)
    query = query.where(captures.c.article_id == plan.article_id)
    found: dict[tuple[int | None, int | None], tuple[str | None, str | None]] = {
        (row.id, None): (row.digest, None) for row in connection.execute(query)
    }
    own = sa.select(readings.c.id, captures.c.digest, readings.c.extractor)
    own = own.join_from(readings, captures, readings.c.capture_id == captures.c.id)
    own = own.where(readings.c.article_id == plan.article_id)
    return found | {(None, row.id): (row.digest, row.extractor) for row in connection.execute(own)}


def _change_words(
    connection: Connection, site_id: int, plan: Plan, words: Callable[[str], str]
) -> None:
    """Take words out of what is kept beside the readings: rules of changes, samples of noise."""
    own = sa.select(changes.c.id, changes.c.rule).where(changes.c.article_id == plan.article_id)
    left = [{"id": row.id, "rule": words(row.rule)} for row in connection.execute(own)]
    update_each(connection, changes, "id", left)
    sampled = sa.select(noise_rules).where(noise_rules.c.site_id == site_id)
    for row in connection.execute(sampled).mappings().all():
        values = {"pattern": words(row["pattern"]), "samples": words(row["samples"])}
        if plan.withhold:  # the pattern is the site's, a sample may be the article's
            kept = [sample for sample in json.loads(row["samples"]) if sample[0] != plan.url]
            values = {"samples": json.dumps(kept, ensure_ascii=False, separators=(",", ":"))}
        own_rule = noise_rules.c.id == row["id"]
        connection.execute(sa.update(noise_rules).where(own_rule).values(values))
