"""Moving a whole store: to another database, or to a file of JSON Lines and back.

All rows of all tables travel with their numbers, and what is derived is made anew at the end. The
target is empty before, and holds everything or nothing after: one transaction, which compares the
`db digest` of both before it commits.
"""

import base64
import json
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any, BinaryIO

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from storage.columns import UtcDateTime, utc_text
from storage.digest import digest_of
from storage.engine import reading, told_url, writing
from storage.errors import ArchiveError
from storage.journal import number_entries
from storage.migrate import head, upgrade
from storage.partitions import Partitions
from storage.summaries import rebuild
from storage.tables import metadata, site_state, visits
from storage.triggers import create_triggers, drop_triggers
from storage.writes import insert_all

# Made anew from the rest, or of the moment.
_DERIVED = {
    "site_hours", "reason_hours", "article_facts", "desk_days", "byline_days", "source_days",
    "life_days", "clock_days", "stale_articles", "search_documents", "search_state",
}  # fmt: skip
TABLES = [table for table in metadata.sorted_tables if table.name not in _DERIVED]
_BATCH = 1000
_LONGEST_LINE = 200_000_000
_FREE = {
    "site_state": {"lease_holder": None, "lease_acquired_at": None, "lease_expires_at": None},
    "leases": {"holder": None, "expires_at": None, "acquired_at": None},
}

Row = dict[str, Any]
Tell = Callable[[int, int], None]  # how many of how many rows are done


def copy_store(source: Engine, target: Engine, tell: Tell) -> int:
    """Copy a whole store into an empty database; return how many rows.

    Raises ArchiveError where the target is not empty, a crawl of the source is running, or the
    copy would not mean the same; then the target stays empty.
    """
    upgrade(target)
    with reading(source) as connection:
        _require_quiet(connection)
        total = _total(connection)
        _make_months(_span(connection), target)
        rows = ((table, row) for table in TABLES for row in read_rows(connection, table))
        with writing(target, settled=False) as into:
            done = _load(into, rows, lambda count: tell(count, total))
            _require_equal(digest_of(connection), digest_of(into))
    return done


def dump(engine: Engine, out: BinaryIO, now: datetime, tell: Tell) -> int:
    """Write a whole store as JSON Lines, which `restore` takes in; return how many rows."""
    count = 0
    with reading(engine) as connection:
        total = _total(connection)
        span = list(map(utc_text, _span(connection)))
        made = {"made_at": utc_text(now), "looks": span}
        _write(out, {"variorum": "archive", "schema": head()} | made)
        for table in TABLES:
            for row in read_rows(connection, table):
                _write(out, [table.name, _plain(table, row)])
                count += 1
                if count % _BATCH == 0:
                    tell(count, total)
        _write(out, {"rows": count, "digest": digest_of(connection)})
    tell(count, total)
    return count


def restore(source: BinaryIO, target: Engine, tell: Tell) -> int:
    """Take a whole store in from JSON Lines, into an empty database; return how many rows.

    Raises ArchiveError where the target is not empty or the file is not whole.
    """
    lines = _lines(source)
    first = next(lines, None)
    if not isinstance(first, dict) or first.get("variorum") != "archive":
        raise ArchiveError("this is no export of a whole archive (--what archive)")
    if first.get("schema") != head():
        raise ArchiveError(
            f"the export has schema {first.get('schema')}, this program's is {head()}; "
            "export it again with the same release"
        )
    upgrade(target)
    _make_months(_parse_span(first), target)
    ending: Row = {}
    with writing(target, settled=False) as into:
        done = _load(into, _parsed(lines, ending), lambda count: tell(count, 0))
        if ending.get("rows") != done:
            raise ArchiveError("the export is cut short; nothing was taken in")
        _require_equal(str(ending.get("digest")), digest_of(into))
    return done


def _parse_span(first: Row) -> list[datetime]:
    try:
        span = [datetime.fromisoformat(at).astimezone(UTC) for at in first.get("looks", ())]
    except (TypeError, ValueError):
        span = [datetime.max.replace(tzinfo=UTC)]
    if len(span) not in {0, 2} or span != sorted(span):
        raise ArchiveError("the export is damaged: its first line does not say of which looks")
    return span


def read_rows(connection: Connection, table: sa.Table) -> Iterator[Row]:
    """Yield a table's rows by its key."""
    query = sa.select(table).order_by(*table.primary_key.columns)
    for row in connection.execute(query, execution_options={"yield_per": _BATCH}).mappings():
        yield {str(name): value for name, value in row.items()} | _FREE.get(table.name, {})


def _load(
    into: Connection, rows: Iterable[tuple[sa.Table, Row]], tell: Callable[[int], None]
) -> int:
    _require_empty(into)
    drop_triggers(into)
    later: list[tuple[sa.Table, Row]] = []
    done = 0
    for table, part in _batches(rows):
        later += [(table, aside) for row in part if (aside := _take_later(table, row))]
        insert_all(into, table, part)
        done += len(part)
        tell(done)
    for table, row in later:
        own = table.c.id == row.pop("id")
        into.execute(sa.update(table).where(own).values(**row))
    _count_on(into)
    number_entries(into)
    rebuild(into)
    create_triggers(into)
    return done


def _batches(rows: Iterable[tuple[sa.Table, Row]]) -> Iterator[tuple[sa.Table, list[Row]]]:
    table: sa.Table | None = None
    part: list[Row] = []
    for own, row in rows:
        if table is not None and (own is not table or len(part) >= _BATCH):
            yield table, part
            part = []
        table = own
        part.append(row)
    if table is not None and part:
        yield table, part


def _take_later(table: sa.Table, row: Row) -> Row | None:
    """Take out of a row what points to rows of its own table; return it, to be set at the end."""
    aside = {
        key.parent.name: row[key.parent.name]
        for key in table.foreign_keys
        if key.column.table is table and row.get(key.parent.name) is not None
    }
    if not aside:
        return None
    row.update(dict.fromkeys(aside))
    return aside | {"id": row["id"]}


def _count_on(into: Connection) -> None:
    """Let new rows have higher numbers than those that came."""
    if into.dialect.name != "postgresql":
        return
    for table in TABLES:
        if "id" in table.c:
            last = sa.select(sa.func.coalesce(sa.func.max(table.c.id), 0) + 1).scalar_subquery()
            into.execute(sa.select(sa.func.setval(f"{table.name}_id_seq", last, False)))


def _require_empty(into: Connection) -> None:
    for table in TABLES:
        if into.execute(sa.select(sa.literal(1)).select_from(table).limit(1)).first():
            where = told_url(into.engine)
            raise ArchiveError(f"{where} is not empty ({table.name}); name an empty database")


def _require_quiet(connection: Connection) -> None:
    holder = connection.scalar(
        sa.select(site_state.c.lease_holder).where(site_state.c.lease_holder.is_not(None)).limit(1)
    )
    if holder is not None:
        raise ArchiveError(
            f"a crawl is running ({holder}); stop it, or what it finds is not copied"
        )


def _require_equal(before: str, after: str) -> None:
    if before != after:
        raise ArchiveError(f"what came would not mean the same ({before[:12]} and {after[:12]})")


def _total(connection: Connection) -> int:
    counts = (sa.select(sa.func.count()).select_from(table) for table in TABLES)
    return sum(int(connection.scalar(count) or 0) for count in counts)


def _span(connection: Connection) -> list[datetime]:
    """Return the first and the last look; nothing where there is none."""
    moment = visits.c.visited_at
    span = sa.select(sa.func.min(moment, type_=moment.type), sa.func.max(moment, type_=moment.type))
    return [at for at in connection.execute(span).one() if at is not None]


def _make_months(span: list[datetime], target: Engine) -> None:
    """Make the partitions of looks before they come: none can be made once they are there."""
    for first, last in pairwise(span):
        Partitions(target).ensure(
            datetime(month // 12, month % 12 + 1, 1, tzinfo=UTC)
            for month in range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
        )


def _write(out: BinaryIO, value: Any) -> None:
    out.write(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")


def _plain(table: sa.Table, row: Row) -> Row:
    return {name: _said(value) for name, value in row.items() if name in table.c}


def _said(value: Any) -> Any:
    if isinstance(value, datetime):
        return utc_text(value)
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value


def _lines(source: BinaryIO) -> Iterator[Any]:
    for number in iter(range(1, 1 << 62)):
        line = source.readline(_LONGEST_LINE)
        if not line:
            return
        try:
            yield json.loads(line)
        except (ValueError, RecursionError):
            raise ArchiveError(f"line {number} is no JSON; the export is damaged") from None


def _parsed(lines: Iterator[Any], ending: Row) -> Iterator[tuple[sa.Table, Row]]:
    """Yield rows; the file's last line goes into `ending`."""
    known = {table.name: table for table in TABLES}
    for line in lines:
        if isinstance(line, dict):
            ending |= line
            return
        try:
            name, row = line
            table = known[name]
            yield table, {column.name: _parse(column, row[column.name]) for column in table.columns}
        except (KeyError, ValueError, TypeError) as error:
            raise ArchiveError(f"the export is damaged: {error!r} in {str(line)[:60]}") from None


def _parse(column: sa.Column[Any], value: Any) -> Any:
    if value is None:
        return None
    if isinstance(column.type, UtcDateTime):
        return datetime.fromisoformat(value)
    return base64.b64decode(value) if isinstance(column.type, sa.LargeBinary) else value
