"""Reading the past again: what was ours is retracted, what the outlet did stays."""

from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from news.article import Article, NotAnArticle, PageKind
from news.visits import Outcome
from storage.archive import Archive
from storage.engine import reading
from storage.history import article_history
from storage.integrity import check
from storage.records import Lease, StoredCapture
from storage.reextract import Ours, Reextraction
from storage.tables import changes, events, readings, versions
from tests.storage.newsroom import (
    SITE,
    article,
    at,
    body_of,
    never_reread,
    read_visit,
)

NEW_EXTRACTOR = "f" * 16
WANTED = Reextraction(SITE.key, NEW_EXTRACTOR)
PLAIN = article("1", "大桥今日通车。")


def again(archive: Archive, lease: Lease, known: dict[bytes, Article]) -> list[Ours]:
    """Read every capture again, one a commit, and retract what was ours."""
    after = 0

    def reread(capture: StoredCapture) -> Article | NotAnArticle:
        return known.get(capture.body) or NotAnArticle(PageKind.OTHER, "no body")

    while batch := archive.read_again(WANTED, reread, lease, after_id=after, size=1, now=at(90)):
        after = batch.last_id
    return archive.retract_ours(WANTED, lease, now=at(91))


def test_a_version_that_only_the_old_extractor_saw_is_retracted_and_the_run_before_goes_on(
    archive: Archive, lease: Lease, engine: Engine
) -> None:
    """The old extractor took an advertisement for a paragraph; the new one leaves it out."""
    with_advert = article("1", "大桥今日通车。扫码领红包。")
    archive.record(read_visit(PLAIN, 1), never_reread, lease)
    archive.record(read_visit(with_advert, 2), never_reread, lease)
    ours = again(archive, lease, {body_of(PLAIN): PLAIN, body_of(with_advert): PLAIN})
    assert ours == [Ours(PLAIN.url, 2, ("body",), retracted=True)]
    history = article_history(engine, PLAIN.url)
    assert history is not None
    first, second = history.versions
    assert second.retracted_at == at(91)
    assert first.last_seen_at is None, "it is open again"
    with reading(engine) as connection:
        assert connection.scalars(sa.select(changes.c.hidden_by)).all() == ["extractor"]
        assert connection.scalars(sa.select(events.c.kind)).all().count("reextracted") == 1
    assert check(engine) == []


def test_the_next_look_goes_on_with_the_run_and_never_uses_the_number_again(
    archive: Archive, lease: Lease, engine: Engine
) -> None:
    with_advert = article("1", "大桥今日通车。扫码领红包。")
    archive.record(read_visit(PLAIN, 1), never_reread, lease)
    archive.record(read_visit(with_advert, 2), never_reread, lease)
    again(archive, lease, {body_of(PLAIN): PLAIN, body_of(with_advert): PLAIN})
    same = read_visit(PLAIN, 100, noise="x", extractor=NEW_EXTRACTOR)
    assert archive.record(same, never_reread, lease).outcome is Outcome.UNCHANGED
    edited = article("1", "大桥明日通车。")
    recorded = archive.record(read_visit(edited, 101, extractor=NEW_EXTRACTOR), never_reread, lease)
    assert (recorded.outcome, recorded.version) == (Outcome.CHANGED, 3)
    assert check(engine) == []


def test_a_real_edit_stays_and_only_what_was_ours_in_it_is_hidden(
    archive: Archive, lease: Lease, engine: Engine
) -> None:
    edited = article("1", "大桥明日通车。", kicker="扫码关注")
    archive.record(read_visit(PLAIN, 1), never_reread, lease)
    archive.record(read_visit(edited, 2), never_reread, lease)
    ours = again(
        archive, lease, {body_of(PLAIN): PLAIN, body_of(edited): replace(edited, kicker=None)}
    )
    assert ours == [Ours(PLAIN.url, 2, ("kicker",), retracted=False)]
    with reading(engine) as connection:
        rows = connection.execute(sa.select(changes.c.field, changes.c.hidden_by)).all()
        assert {tuple(row) for row in rows} == {("body", None), ("kicker", "extractor")}
        assert connection.scalar(sa.select(sa.func.count()).select_from(readings)) == 4
    assert check(engine) == []


def test_reading_again_twice_reads_nothing_and_retracts_nothing_more(
    archive: Archive, lease: Lease, engine: Engine
) -> None:
    edited = article("1", "大桥明日通车。")
    archive.record(read_visit(PLAIN, 1), never_reread, lease)
    archive.record(read_visit(edited, 2), never_reread, lease)
    known = {body_of(PLAIN): PLAIN, body_of(edited): edited}
    assert again(archive, lease, known) == []
    assert archive.count_unread(WANTED) == 0
    assert again(archive, lease, {}) == []
    with reading(engine) as connection:
        assert connection.scalars(sa.select(versions.c.retracted_at)).all() == [None, None]


def test_a_capture_that_is_no_article_any_more_keeps_its_version(
    archive: Archive, lease: Lease, engine: Engine
) -> None:
    edited = article("1", "大桥明日通车。")
    archive.record(read_visit(PLAIN, 1), never_reread, lease)
    archive.record(read_visit(edited, 2), never_reread, lease)
    assert again(archive, lease, {body_of(PLAIN): PLAIN}) == []
    assert check(engine) == []
