"""Is a site's chain whole: which row was altered, inserted, dropped or cut off at the end.

A chain written anew throughout is whole in itself; it shows only against heads exported before.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from heapq import merge
from itertools import groupby
from operator import itemgetter
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from storage.chain import (
    GENESIS,
    MARK_BYTES,
    Entry,
    capture_entry,
    marks_of,
    next_head,
    reading_entry,
    rows_digest,
    tombstone_entry,
    visit_entry,
)
from storage.columns import utc_text
from storage.engine import reading
from storage.errors import ArchiveError
from storage.tables import (
    articles,
    captures,
    chain,
    readings,
    site_state,
    sites,
    tombstones,
    visits,
)

# A line more a link would bury the first.
_TOLD = 20

Link = Mapping[str, Any]
Numbered = tuple[int, Entry]


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a site's chain as it was at a time."""

    head: str
    site: str
    seq: int
    time: datetime | None = None  # of the export, aware UTC

    def line(self) -> str:
        """Return the head as a line of JSON, as `verify --export-heads` writes it."""
        time = utc_text(self.time) if self.time else None
        return json.dumps({"site": self.site, "seq": self.seq, "head": self.head, "time": time})

    @classmethod
    def parse(cls, line: str) -> "Head":
        """Read a line of JSON; ArchiveError where it is no head."""
        try:
            said = json.loads(line)
            time = datetime.fromisoformat(said["time"]) if said.get("time") else None
            return cls(str(said["head"]), str(said["site"]), int(said["seq"]), time)
        except (ValueError, KeyError, TypeError, AttributeError):
            raise ArchiveError(f"not a head as `verify --export-heads` writes it: {line}") from None

    def __str__(self) -> str:
        when = f" exported {utc_text(self.time)}" if self.time else ""
        return f"head {self.head[:12]}…{when}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a site's chain: its end, and what is wrong with it, first things first."""

    site: str
    links: int
    rows: int
    head: str
    problems: tuple[str, ...]


def verify_chain(engine: Engine, site_key: str, heads: Sequence[Head] = ()) -> Verdict:
    """Hold a site's rows against its chain, and the chain against heads exported before.

    One consistent view, whoever writes meanwhile. ArchiveError where there is no such site.
    """
    with reading(engine) as connection:
        site_id = connection.scalar(sa.select(sites.c.id).where(sites.c.key == site_key))
        if site_id is None:
            raise ArchiveError(f"no site {site_key!r} in this database")
        walk = _Walk(connection, site_id, heads)
        problems = list(walk.problems())
    told = [f"site {site_key}: {problem}" for problem in problems[:_TOLD]]
    if len(problems) > _TOLD:
        told.append(f"site {site_key}: … and {len(problems) - _TOLD} more problems")
    return Verdict(site_key, walk.links, walk.rows, walk.head, tuple(told))


def export_heads(engine: Engine, site_key: str | None, now: datetime) -> list[Head]:
    """Return the end of each site's chain, of one site or of all that have any, by key."""
    query = sa.select(sites.c.key, site_state.c.chain_seq, site_state.c.chain_head)
    query = query.join_from(sites, site_state).where(site_state.c.chain_head.is_not(None))
    if site_key is not None:
        query = query.where(sites.c.key == site_key)
    with reading(engine) as connection:
        rows = connection.execute(query.order_by(sites.c.key)).all()
    return [Head(row.chain_head, row.key, row.chain_seq, now) for row in rows]


def knows_head(engine: Engine, head: str, site_key: str | None = None) -> bool:
    """Whether a site's chain, or that of any site, has had this head."""
    query = sa.select(sa.func.count()).select_from(chain).where(chain.c.head == head)
    if site_key is not None:
        query = query.join(sites, chain.c.site_id == sites.c.id).where(sites.c.key == site_key)
    with reading(engine) as connection:
        return bool(connection.scalar(query))


class _Walk:
    """One pass over a site's links and rows, in the order of their numbers."""

    def __init__(self, connection: Connection, site_id: int, heads: Sequence[Head]) -> None:
        self.connection, self.site_id = connection, site_id
        self.links = self.rows = 0
        self.head = GENESIS
        self.expected: dict[int, list[Head]] = {}
        for head in heads:
            self.expected.setdefault(head.seq, []).append(head)
        self.agreed = 0  # the last link that an exported head vouches for

    def problems(self) -> Iterator[str]:
        """Yield what is wrong, first things first."""
        last = 0
        for seq, link, entries in _joined(self.connection, self.site_id):
            if link is None:
                yield f"{_several(entries)} with link {seq}, which the chain does not have"
                continue
            if seq != last + 1:
                yield f"{_links(last + 1, seq - 1)} dropped"
            last = seq
            yield from self._link(seq, link, entries)
        yield from self._end(last)
        yield from self._out_of_place()

    def _link(self, seq: int, link: Link, entries: list[Entry]) -> Iterator[str]:
        self.links, self.rows = self.links + 1, self.rows + len(entries)
        if rows_digest(entries) != link["digest_of_rows"]:
            yield from (f"link {seq}: {found}" for found in _differences(link["marks"], entries))
        elif link["marks"] is not None and link["marks"] != marks_of(entries):
            yield f"link {seq}: its marks were altered"
        if next_head(self.head, link["digest_of_rows"]) != link["head"]:
            yield f"link {seq} was altered: it does not follow from the one before"
        self.head = link["head"]
        yield from self._vouched(seq)

    def _vouched(self, seq: int) -> Iterator[str]:
        heads = self.expected.pop(seq, [])
        for head in heads:
            if head.head != self.head:
                where = f"something in links {self.agreed + 1} to {seq}"
                yield f"{where} was rewritten since: link {seq} is not the {head}"
        if heads and all(head.head == self.head for head in heads):
            self.agreed = seq

    def _end(self, last: int) -> Iterator[str]:
        query = sa.select(site_state).where(site_state.c.site_id == self.site_id)
        state = self.connection.execute(query).one_or_none()
        told = (state.chain_seq, state.chain_head or GENESIS) if state else (0, GENESIS)
        if told[0] > last:
            yield f"the end was cut off: {_links(last + 1, told[0])} missing"
        elif told != (last, self.head):
            yield f"the end was altered: link {last} is not the one in site_state"
        for seq, (head, *_) in sorted(self.expected.items()):
            yield f"the end was cut off: the chain ends at link {last}, the {head} was link {seq}"

    def _out_of_place(self) -> Iterator[str]:
        """Rows that say two things about where they belong; entries name only one."""
        query = sa.select(articles.c.url, captures.c.digest)
        query = query.join_from(captures, articles, captures.c.article_id == articles.c.id)
        own = articles.c.site_id == self.site_id
        for row in self.connection.execute(query.where(own, captures.c.site_id != self.site_id)):
            yield f"the capture {row.digest} of {row.url} was put on another site"
        query = query.join(readings, readings.c.capture_id == captures.c.id)
        query = query.where(own, readings.c.article_id != captures.c.article_id)
        for row in self.connection.execute(query):
            yield f"a reading of the capture {row.digest} of {row.url} was put on another article"


def _links(first: int, last: int) -> str:
    return f"link {first} was" if first >= last else f"links {first} to {last} were"


def _several(entries: Sequence[Entry]) -> str:
    more = f" and {len(entries) - 1} more rows are there" if len(entries) > 1 else " is there"
    return f"{min(entries)}{more}"


def _differences(marks: bytes | None, entries: Sequence[Entry]) -> Iterator[str]:
    """Name the rows in which a commit is not what was recorded."""
    rows = sorted(entries)
    if marks is None:  # a link from before marks were kept
        yield f"its {len(rows)} rows are not what was recorded"
        return
    recorded = [marks[i : i + MARK_BYTES] for i in range(0, len(marks), MARK_BYTES)]
    found = [row.digest[:MARK_BYTES] for row in rows]
    if recorded == found:
        yield "it was altered: its rows are what their marks say, its digest is not"
    matcher = SequenceMatcher(None, recorded, found, autojunk=False)
    for what, old, old_end, new, new_end in matcher.get_opcodes():
        if what == "replace" and old_end - old == new_end - new:
            yield from (f"{row} was altered" for row in rows[new:new_end])
        elif what != "equal":
            yield from (f"{row} was inserted or altered" for row in rows[new:new_end])
            lost = (old_end - old) - (new_end - new)
            if lost > 0:
                yield f"{lost} row{'s' * (lost > 1)} dropped {_between(rows, new, new_end)}"


def _between(rows: Sequence[Entry], start: int, end: int) -> str:
    before = f"after {rows[start - 1]}" if start else "at its beginning"
    return before if end >= len(rows) else f"{before}, before {rows[end]}"


def _joined(connection: Connection, site_id: int) -> Iterator[tuple[int, Link | None, list[Entry]]]:
    """Yield each number with its link, if there is one, and the rows that carry it."""
    query = sa.select(chain).where(chain.c.site_id == site_id).order_by(chain.c.seq)
    links: Iterable[tuple[int, Any]] = ((row["seq"], row) for row in _stream(connection, query))
    makers = (_captures, _readings, _visits, _tombstones)
    rows = merge(*(maker(connection, site_id) for maker in makers), key=itemgetter(0))
    for seq, group in groupby(merge(links, rows, key=itemgetter(0)), itemgetter(0)):
        both = [item for _, item in group]
        entries = [item for item in both if isinstance(item, Entry)]
        yield seq, next((item for item in both if not isinstance(item, Entry)), None), entries


def _stream(connection: Connection, query: sa.Select[Any]) -> Iterator[dict[str, Any]]:
    result = connection.execute(query, execution_options={"yield_per": 1000})
    for row in result.mappings():
        yield {str(name): value for name, value in row.items()}


def _of_site(query: sa.Select[Any], table: sa.Table, site_id: int, *names: str) -> sa.Select[Any]:
    """Select columns of a table in the order of the chain, with the article's first address."""
    columns = (articles.c.url.label("article_url"), *(table.c[name] for name in names))
    query = query.add_columns(table.c.seq, *columns)
    return query.where(articles.c.site_id == site_id).order_by(table.c.seq)


def _captures(connection: Connection, site_id: int) -> Iterator[Numbered]:
    names = ("digest", "size", "url", "final_url", "status", "captured_at", "headers")
    joined = sa.select().join_from(captures, articles, captures.c.article_id == articles.c.id)
    for row in _stream(connection, _of_site(joined, captures, site_id, *names)):
        yield row["seq"], capture_entry(row["article_url"], row)


def _readings(connection: Connection, site_id: int) -> Iterator[Numbered]:
    names = ("extractor", "read_at", "content_digest", "fields_digest")
    joined = sa.select(captures.c.digest.label("capture_digest"))
    joined = joined.join_from(readings, captures, readings.c.capture_id == captures.c.id)
    joined = joined.join(articles, readings.c.article_id == articles.c.id)
    for row in _stream(connection, _of_site(joined, readings, site_id, *names)):
        yield row["seq"], reading_entry(row["article_url"], row["capture_digest"], row)


def _visits(connection: Connection, site_id: int) -> Iterator[Numbered]:
    names = ("visited_at", "outcome", "status", "reason", "content_digest")
    joined = sa.select().join_from(visits, articles, visits.c.article_id == articles.c.id)
    for row in _stream(connection, _of_site(joined, visits, site_id, *names)):
        yield row["seq"], visit_entry(row["article_url"], row)


def _tombstones(connection: Connection, site_id: int) -> Iterator[Numbered]:
    names = ("fields", "remains", "rule", "reason", "erased_at")
    of_reading = captures.alias("of_reading")
    digest = sa.func.coalesce(captures.c.digest, of_reading.c.digest).label("capture_digest")
    joined = (
        sa.select(digest, readings.c.extractor)
        .join_from(tombstones, articles, tombstones.c.article_id == articles.c.id)
        .outerjoin(captures, tombstones.c.capture_id == captures.c.id)
        .outerjoin(readings, tombstones.c.reading_id == readings.c.id)
        .outerjoin(of_reading, readings.c.capture_id == of_reading.c.id)
    )
    for row in _stream(connection, _of_site(joined, tombstones, site_id, *names)):
        entry = tombstone_entry(row["article_url"], row["capture_digest"], row["extractor"], row)
        yield row["seq"], entry
