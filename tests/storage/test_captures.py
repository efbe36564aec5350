"""Captures come back byte for byte, and cost little."""

import random

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.engine import Engine

from storage.archive import Archive
from storage.captures import KEY_FRAME_EVERY, Base, compress, decompress, load_body
from storage.engine import reading
from storage.errors import ArchiveError
from storage.records import Lease
from storage.tables import captures
from tests.storage.newsroom import article, never_reread, read_visit

bodies = st.binary(max_size=2000)


@given(st.lists(bodies, min_size=1, max_size=2 * KEY_FRAME_EVERY + 1))
def test_every_body_of_a_run_comes_back(run: list[bytes]) -> None:
    frames: list[bytes] = []
    base = None
    for number, body in enumerate(run):
        frame = compress(body, base)
        if frame.depth == 0:
            frames = []
        frames.append(frame.content)
        assert frame.depth == len(frames) - 1 < KEY_FRAME_EVERY
        assert decompress(frames) == body
        base = Base(number, frame.depth, body)


def test_an_edited_page_costs_a_fraction_of_the_first() -> None:
    draw = random.Random(5)
    page = bytes(draw.randrange(32, 127) for _ in range(60_000))
    edited = page[:30_000] + b"corrected" + page[30_010:]
    first = compress(page, None)
    second = compress(edited, Base(1, 0, page))
    assert second.base_id == 1
    assert len(second.content) * 100 < len(first.content)


def test_a_page_that_has_nothing_of_the_one_before_is_a_key_frame() -> None:
    draw = random.Random(6)
    first, second = (bytes(draw.randrange(256) for _ in range(9000)) for _ in "ab")
    assert compress(second, Base(1, 0, first)).base_id is None


def test_many_versions_of_one_article_all_come_back(
    archive: Archive, lease: Lease, engine: Engine
) -> None:
    visits = [read_visit(article(text=f"第{i}版大桥"), i) for i in range(KEY_FRAME_EVERY + 5)]
    archive.record_many(visits, never_reread, lease)
    with reading(engine) as connection:
        depths = connection.scalars(sa.select(captures.c.frame_depth).order_by(captures.c.id)).all()
        loaded = [load_body(connection, number + 1) for number in range(len(visits))]
    assert loaded == [visit.page.body for visit in visits if visit.page]
    assert list(depths) == [*range(KEY_FRAME_EVERY), *range(5)]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (b"not a frame", "damaged"),
        (None, "erased"),
        (compress(b"another body", None).content, "another digest"),
    ],
)
def test_bytes_that_are_not_those_of_the_digest_are_refused(
    archive: Archive, lease: Lease, engine: Engine, change: bytes | None, message: str
) -> None:
    archive.record(read_visit(article(), 1), never_reread, lease)
    with engine.begin() as connection:
        connection.execute(sa.update(captures).values(body=change))
    with reading(engine) as connection, pytest.raises(ArchiveError, match=message):
        load_body(connection, 1)
