"""Opening versions: the capture, its reading, the version, and what differs from the one before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from news.article import Article
from news.changes import FieldChange, compare
from news.page import Page
from storage import noise
from storage.captures import capture_columns, compress, newest_bases
from storage.chain import Entry, capture_entry, reading_entry
from storage.leases import LockedSite
from storage.looks import Look
from storage.readings import (
    NewReading,
    erased_fields,
    find_captures,
    find_readings,
    load_articles,
    write_readings,
)
from storage.tables import captures, change_lines, changes, versions
from storage.writes import chunks, insert_all, insert_numbered, update_each

# Shown in `changes.hidden_by` where two readings by different extractors had to be compared.
HIDDEN_AS_OURS = "extractor"
# Shown there where the older side of a field was erased: there is nothing to compare it with.
HIDDEN_AS_ERASED = "erased"


@dataclass(slots=True)
class Ledger:
    """What one commit adds to the site's chain."""

    site: LockedSite
    entries: list[Entry] = field(default_factory=list)

    @property
    def seq(self) -> int:
        """The number of the link that will cover this commit."""
        return self.site.chain_seq + 1


def store_readings(
    connection: Connection, ledger: Ledger, new: Sequence[NewReading], urls: Mapping[int, str]
) -> dict[tuple[int, str], int]:
    """Write readings and chain them; return their numbers by capture and extractor.

    `urls` holds `articles.url` by article.
    """
    rows = write_readings(connection, new, seq=ledger.seq, site_outlet_id=ledger.site.outlet_id)
    digests = _capture_digests(connection, [row["capture_id"] for row in rows])
    for row in rows:
        digest = digests[row["capture_id"]]
        ledger.entries.append(reading_entry(urls[row["article_id"]], digest, row))
    return {(row["capture_id"], row["extractor"]): row["id"] for row in rows}


def urls_of(looks: Sequence[Look]) -> dict[int, str]:
    """Return the first address of each look's article."""
    return {look.owner.article_id: look.owner.url for look in looks}


def _capture_digests(connection: Connection, capture_ids: Sequence[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for part in chunks(capture_ids):
        query = sa.select(captures.c.id, captures.c.digest).where(captures.c.id.in_(part))
        found |= {row.id: row.digest for row in connection.execute(query)}
    return found


def open_versions(connection: Connection, ledger: Ledger, looks: Sequence[Look]) -> None:
    """Write the versions that these looks open, each with the evidence behind it."""
    if not looks:
        return
    capture_ids = _store_captures(connection, ledger, looks)
    _store_own_readings(connection, ledger, looks, capture_ids)
    _write_versions(connection, looks)
    _close_versions(connection, looks)


def _page(look: Look) -> Page:
    if look.visit.page is None:
        raise AssertionError("a look that opens a version has its page")
    return look.visit.page


def _article(look: Look) -> Article:
    if look.article is None:
        raise AssertionError("a look that opens a version has its article")
    return look.article


def _store_captures(
    connection: Connection, ledger: Ledger, looks: Sequence[Look]
) -> dict[int, int]:
    """Keep the bytes behind each look, unless they are kept already; return captures by article."""
    seen_before = [look for look in looks if look.situation.version_id is not None]
    keys = {look.owner.article_id: look.body_digest or "" for look in looks}
    stored = find_captures(connection, [(i, keys[i]) for i in _article_ids(seen_before)])
    found = {article_id: number for (article_id, _), number in stored.items()}
    missing = [look for look in looks if look.owner.article_id not in found]
    older = set(_article_ids(missing)) & set(_article_ids(seen_before))
    bases = newest_bases(connection, older)
    rows = []
    for look in missing:
        page, article_id = _page(look), look.owner.article_id
        own = {
            "article_id": article_id,
            "site_id": ledger.site.site_id,
            "seq": ledger.seq,
            "digest": look.body_digest,
        }
        rows.append(capture_columns(page, compress(page.body, bases.get(article_id))) | own)
        ledger.entries.append(capture_entry(look.owner.url, rows[-1]))
    numbers = insert_numbered(connection, captures, rows)
    return found | {row["article_id"]: n for row, n in zip(rows, numbers, strict=True)}


def _article_ids(looks: Sequence[Look]) -> list[int]:
    return [look.owner.article_id for look in looks]


def _store_own_readings(
    connection: Connection, ledger: Ledger, looks: Sequence[Look], capture_ids: Mapping[int, int]
) -> None:
    """Write what each look read, unless the same extractor read the same bytes before."""
    stored = find_readings(connection, capture_ids.values())
    numbers = {key: row.id for key, row in stored.items()}
    new = [
        NewReading(
            capture_id=capture_ids[look.owner.article_id],
            article_id=look.owner.article_id,
            extractor=look.visit.extractor or "",
            read_at=look.visit.visited_at,
            content_digest=look.content_digest or "",
            article=_article(look),
        )
        for look in looks
        if (capture_ids[look.owner.article_id], look.visit.extractor) not in numbers
    ]
    numbers |= store_readings(connection, ledger, new, urls_of(looks))
    for look in looks:
        capture_id = capture_ids[look.owner.article_id]
        look.reading_id = numbers[capture_id, look.visit.extractor or ""]


def _write_versions(connection: Connection, looks: Sequence[Look]) -> None:
    older = [look for look in looks if look.situation.version_id is not None]
    last, first_equal = _numbers(connection, older), _first_equal(connection, older)
    rows: list[dict[str, Any]] = []
    for look in looks:
        article_id = look.owner.article_id
        look.number = last.get(article_id, 0) + 1
        look.same_as = first_equal.get((article_id, look.content_digest or ""))
        rows.append(
            {
                "article_id": article_id,
                "number": look.number,
                "reading_id": look.reading_id,
                "content_digest": look.content_digest,
                "first_seen_at": look.moment,
                "same_as_version_id": look.same_as,
            }
        )
    for look, version_id in zip(looks, insert_numbered(connection, versions, rows), strict=True):
        look.version_id = version_id


def _numbers(connection: Connection, looks: Sequence[Look]) -> dict[int, int]:
    """Return the highest number that each article's versions have had."""
    found: dict[int, int] = {}
    columns = (versions.c.article_id, sa.func.max(versions.c.number).label("number"))
    for part in chunks(_article_ids(looks)):
        query = sa.select(*columns).where(versions.c.article_id.in_(part))
        rows = connection.execute(query.group_by(versions.c.article_id))
        found |= {row.article_id: row.number for row in rows}
    return found


def _first_equal(connection: Connection, looks: Sequence[Look]) -> dict[tuple[int, str], int]:
    """Return the first version of each content that these looks have found again."""
    found: dict[tuple[int, str], int] = {}
    columns = (versions.c.article_id, versions.c.content_digest)
    digests = {look.content_digest for look in looks}
    for part in chunks(_article_ids(looks)):
        query = sa.select(*columns, sa.func.min(versions.c.id).label("id"))
        query = query.where(versions.c.article_id.in_(part), versions.c.content_digest.in_(digests))
        rows = connection.execute(query.group_by(*columns))
        found |= {(row.article_id, row.content_digest): row.id for row in rows}
    return found


def _close_versions(connection: Connection, looks: Sequence[Look]) -> None:
    closed = [
        {"id": look.situation.version_id, "last_seen_at": look.situation.row["last_seen_at"]}
        for look in looks
        if look.situation.version_id is not None
    ]
    update_each(connection, versions, "id", closed)


def write_changes(
    connection: Connection, site_id: int, looks: Sequence[Look]
) -> dict[int, tuple[FieldChange, ...]]:
    """Write what differs from the versions before; return it by the looks' places."""
    compared = [look for look in looks if look.base is not None]
    stored = [look.base.reading_id for look in compared if look.base and look.base.reading_id]
    before = load_articles(connection, stored)
    erased = erased_fields(connection, stored)
    found: dict[int, tuple[FieldChange, ...]] = {}
    written: list[tuple[Look, Article, FieldChange]] = []
    for look in compared:
        base = look.base
        older = (base.article or before.get(base.reading_id or 0)) if base else None
        if base is None or older is None:
            continue
        found[look.place] = compare(older, _article(look), reversal=look.same_as is not None)
        written += [(look, older, change) for change in found[look.place]]
    rows = [_change_row(look, change, erased) for look, _, change in written]
    numbers = insert_numbered(connection, changes, rows)
    _hide_noise(connection, site_id, written, numbers, erased)
    return found


def _hide_noise(
    connection: Connection,
    site_id: int,
    written: Sequence[tuple[Look, Article, FieldChange]],
    numbers: Sequence[int],
    erased: Mapping[int, set[str]],
) -> None:
    """Note the lines of new changes, and hide those that the site's noise rules explain."""
    lines = {
        number: rows
        for (look, older, change), number in zip(written, numbers, strict=True)
        if not _hidden_at_first(look, change, erased)
        if (rows := noise.line_rows(number, older, _article(look), change))
    }
    insert_all(connection, change_lines, [row for rows in lines.values() for row in rows])
    rules = noise.enabled(connection, site_id) if lines else {}
    hidden = [
        {"id": number, "hidden_by": said}
        for number, rows in lines.items()
        if rules and (said := noise.hidden_by(rows, rules))
    ]
    update_each(connection, changes, "id", hidden)


def _hidden_at_first(look: Look, change: FieldChange, erased: Mapping[int, set[str]]) -> str | None:
    """Return why a new change is not the outlet's, as far as the readings tell."""
    if look.base is None or not look.base.same_extractor:
        return HIDDEN_AS_OURS
    return HIDDEN_AS_ERASED if change.field in erased.get(look.base.reading_id or 0, ()) else None


def _change_row(look: Look, change: FieldChange, erased: Mapping[int, set[str]]) -> dict[str, Any]:
    return {
        "article_id": look.owner.article_id,
        "from_version_id": look.situation.version_id,
        "to_version_id": look.version_id,
        "field": change.field,
        "kinds": ",".join(sorted(change.kinds)),
        "announced": change.announced,
        "significance": change.significance,
        "rule": change.rule,
        "hidden_by": _hidden_at_first(look, change, erased),
        "last_seen_at": look.situation.row["last_seen_at"],
        "first_seen_at": look.moment,
    }
