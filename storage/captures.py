"""Captures: bytes kept once a digest and article, each compressed against the one before it."""

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from news.page import Page, body_digest
from storage.errors import ArchiveError
from storage.records import StoredCapture
from storage.rows import storable_text
from storage.tables import captures, sites, tombstones

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

LEVEL = 10  # as small as 19 to within 5 %, ten times as fast
KEY_FRAME_EVERY = 20  # captures that may have to be decompressed for one
SHORTEST_PREFIX = 64  # zstd takes no raw dictionary of a few bytes; none is worth one


@dataclass(frozen=True, slots=True)
class Frame:
    """A body as it is stored: `depth` frames lie under it, the nearest being `base_id`'s."""

    content: bytes
    base_id: int | None = None
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Base:
    """The capture a new one of the same article may lean on."""

    capture_id: int
    depth: int
    body: bytes


def compress(body: bytes, base: Base | None) -> Frame:
    """Compress a body, against its base where that at least halves it."""
    if base is None or base.depth + 1 >= KEY_FRAME_EVERY or len(base.body) < SHORTEST_PREFIX:
        return Frame(zstd.compress(body, LEVEL))
    delta = Frame(_delta(body, base.body), base.capture_id, base.depth + 1)
    # No page shrinks to a fortieth by itself, so the full frame need not be tried.
    if len(delta.content) * 80 <= len(body):
        return delta
    full = Frame(zstd.compress(body, LEVEL))
    return delta if len(delta.content) * 2 <= len(full.content) else full


def _prefix(body: bytes) -> Any:
    return zstd.ZstdDict(body, is_raw=True).as_prefix


def _delta(body: bytes, base: bytes) -> bytes:
    return zstd.compress(body, LEVEL, zstd_dict=_prefix(base))


def decompress(frames: Sequence[bytes]) -> bytes:
    """Return the body of the last of a run of frames that begins with a key frame."""
    body = _open_frame(frames[0], None)
    for frame in frames[1:]:
        body = _open_frame(frame, body)
    return body


def _open_frame(frame: bytes, base: bytes | None) -> bytes:
    if base is None:
        return zstd.decompress(frame)
    return zstd.decompress(frame, zstd_dict=_prefix(base))


def damaged(connection: Connection, article_ids: Sequence[int]) -> Iterator[str]:
    """Return one line for each capture of these articles whose bytes are not those of its digest.

    Bytes that are gone are a fault where no tombstone says why.
    """
    buried = sa.exists().where(tombstones.c.capture_id == captures.c.id)
    query = sa.select(*_frame_columns(), captures.c.article_id, buried.label("buried"))
    query = query.where(captures.c.article_id.in_(article_ids))
    query = query.order_by(captures.c.article_id, captures.c.id)
    article_id, bodies = None, dict[int, bytes]()
    for row in connection.execute(query, execution_options={"yield_per": 100}):
        if row.article_id != article_id:  # captures lean only on those of their own article
            article_id, bodies = row.article_id, {}
        if row.body is None:
            if not row.buried:
                yield f"capture {row.id} is gone without a tombstone ({row.digest})"
            continue
        try:
            bodies[row.id] = _open_frame(row.body, bodies.get(row.base_capture_id))
        except zstd.ZstdError as error:
            yield f"capture {row.id} is damaged: {error} ({row.digest})"
            continue
        if body_digest(bodies[row.id]) != row.digest:
            yield f"capture {row.id} is damaged: its bytes have another digest ({row.digest})"


def load_body(connection: Connection, capture_id: int) -> bytes:
    """Return a capture's bytes, proven to be those of its digest; ArchiveError where they are not.

    Erased bytes, its own or those it leans on, are an ArchiveError too.
    """
    below = sa.select(*_frame_columns()).where(captures.c.id == capture_id).cte(recursive=True)
    step = sa.select(*_frame_columns()).join(below, captures.c.id == below.c.base_capture_id)
    frames = below.union_all(step)
    rows = connection.execute(sa.select(frames).order_by(frames.c.frame_depth)).all()
    if not rows or any(row.body is None for row in rows):
        raise ArchiveError(f"capture {capture_id} has been erased")
    try:
        body = decompress([row.body for row in rows])
    except zstd.ZstdError as error:
        raise ArchiveError(f"capture {capture_id} is damaged: {error}") from None
    if body_digest(body) != rows[-1].digest:
        raise ArchiveError(f"capture {capture_id} is damaged: its bytes have another digest")
    return body


def _frame_columns() -> list[sa.Column[Any]]:
    names = ("id", "base_capture_id", "frame_depth", "digest", "body")
    return [captures.c[name] for name in names]


def load_capture(connection: Connection, capture_id: int) -> StoredCapture:
    """Return a stored capture with its bytes and headers."""
    query = sa.select(captures, sites.c.key).join_from(captures, sites)
    row = connection.execute(query.where(captures.c.id == capture_id)).one()
    return StoredCapture(
        site_key=row.key,
        digest=row.digest,
        url=row.url,
        final_url=row.final_url,
        status=row.status,
        headers=tuple((name, value) for name, value in json.loads(row.headers)),
        body=load_body(connection, capture_id),
        captured_at=row.captured_at,
    )


def newest_bases(connection: Connection, article_ids: Iterable[int]) -> dict[int, Base]:
    """Return, by article, the newest capture with its bytes; none where they were erased."""
    newest = (
        sa.select(sa.func.max(captures.c.id))
        .where(captures.c.article_id.in_(list(article_ids)))
        .group_by(captures.c.article_id)
    )
    columns = (captures.c.id, captures.c.article_id, captures.c.frame_depth)
    found = {}
    for row in connection.execute(sa.select(*columns).where(captures.c.id.in_(newest))).all():
        try:
            found[row.article_id] = Base(row.id, row.frame_depth, load_body(connection, row.id))
        except ArchiveError:  # a key frame follows
            continue
    return found


def capture_columns(page: Page, frame: Frame) -> dict[str, Any]:
    """Return the columns of a new capture but for its digest, its owner and its link."""
    return {
        "body": frame.content,
        "base_capture_id": frame.base_id,
        "frame_depth": frame.depth,
        "size": len(page.body),
        "headers": json.dumps(page.headers, separators=(",", ":")),
        "status": page.status,
        "url": storable_text(page.url),
        "final_url": storable_text(page.final_url),
        "captured_at": page.fetched_at,
    }
