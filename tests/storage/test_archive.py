"""What recording a visit writes, and what it leaves alone."""

from collections.abc import Iterable
from dataclasses import replace

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from news.article import Block, NotAnArticle, PageKind
from news.visits import Finding, Outcome, Reason, State
from storage.archive import Archive
from storage.captures import load_capture
from storage.engine import reading
from storage.history import article_history
from storage.integrity import check
from storage.records import Lease
from storage.tables import (
    article_state,
    articles,
    captures,
    changes,
    events,
    metadata,
    readings,
    site_state,
    texts,
    versions,
    visits,
)
from tests.storage.newsroom import (
    SITE,
    article,
    at,
    body_of,
    never_reread,
    other_visit,
    read_visit,
    rereading,
    url_of,
)

OLD = article(text="大桥今日通车。")
NEW = article(text="大桥明日通车。")


def count(engine: Engine, table: sa.Table) -> int:
    with reading(engine) as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()


def counts(engine: Engine) -> dict[str, int]:
    return {name: count(engine, table) for name, table in metadata.tables.items()}


def test_a_first_reading_opens_version_one(archive: Archive, lease: Lease, engine: Engine) -> None:
    recorded = archive.record(read_visit(OLD, 1), never_reread, lease)
    assert recorded.outcome is Outcome.NEW
    assert recorded.version == 1
    assert recorded.transition is not None
    assert recorded.transition.kind == "first_read"
    found = article_history(engine, OLD.url)
    assert found is not None
    assert [version.article for version in found.versions] == [OLD]
    assert found.state == State.LIVE
    assert check(engine) == []


def test_a_visit_stored_before_writes_nothing(
    archive: Archive, lease: Lease, engine: Engine
) -> None:
    first = archive.record(read_visit(OLD, 1), never_reread, lease)
    before = counts(engine)
    again = archive.record(read_visit(OLD, 1), never_reread, lease)
    assert again.repeated
    assert (again.outcome, again.article_id, again.version) == (first.outcome, 1, 1)
    assert counts(engine) == before


def test_a_b_a_are_three_versions_and_the_third_is_the_first_again(
    archive: Archive, lease: Lease, engine: Engine
) -> None:
    visits_ = [read_visit(OLD, 1), read_visit(NEW, 2), read_visit(OLD, 3)]
    recorded = [archive.record(visit, never_reread, lease) for visit in visits_]
    assert [one.version for one in recorded] == [1, 2, 3]
    found = article_history(engine, OLD.url)
    assert found is not None
    assert [version.same_as for version in found.versions] == [None, None, 1]
    assert [version.last_seen_at for version in found.versions] == [at(1), at(2), None]
    assert count(engine, captures) == count(engine, readings) == count(engine, texts) == 2
    assert "reversal" in recorded[2].changes[0].kinds


def test_a_change_is_bounded_by_the_looks_around_it(
    archive: Archive, lease: Lease, engine: Engine
) -> None:
    for visit in (read_visit(OLD, 1), read_visit(OLD, 5), read_visit(NEW, 9)):
        archive.record(visit, never_reread, lease)
    found = article_history(engine, OLD.url)
    assert found is not None
    (change,) = found.changes
    assert (change.field, change.last_seen_at, change.first_seen_at) == ("body", at(5), at(9))
    assert found.versions[0].last_seen_at == at(5)


@pytest.mark.parametrize(
    ("second", "outcome", "why"),
    [
        (read_visit(OLD, 2), Outcome.UNCHANGED, "the same bytes"),
        (read_visit(OLD, 2, noise="阅读 1024"), Outcome.UNCHANGED, "other bytes, same content"),
        (other_visit(Finding.SAME_BYTES, 2), Outcome.UNCHANGED, "the same bytes, not read again"),
        (other_visit(Finding.NOT_MODIFIED, 2), Outcome.NOT_MODIFIED, "the server says so"),
    ],
)
def test_nothing_new_is_a_visit_and_no_more(
    archive: Archive, lease: Lease, engine: Engine, second: object, outcome: Outcome, why: str
) -> None:
    archive.record(read_visit(OLD, 1), never_reread, lease)
    before = counts(engine)
    assert archive.record(second, never_reread, lease).outcome is outcome, why  # type: ignore[arg-type]
    grown = {name for name, number in counts(engine).items() if number != before[name]}
    assert grown == {"visits", "chain"}
    with reading(engine) as connection:
        seen = connection.scalars(sa.select(visits.c.content_digest)).all()
    assert seen[0] == seen[1]


def test_validators_come_from_accepted_pages_alone(archive: Archive, lease: Lease) -> None:
    archive.record(read_visit(OLD, 1, etag='"one"'), never_reread, lease)
    for minutes, finding in enumerate((Finding.BLOCKED, Finding.FAILED, Finding.NOT_MODIFIED), 2):
        archive.record(other_visit(finding, minutes), never_reread, lease)
        assert archive.known(SITE.key, [OLD.url])[OLD.url].validators.etag == '"one"'
    archive.record(read_visit(OLD, 9, noise="x"), never_reread, lease)
    assert archive.known(SITE.key, [OLD.url])[OLD.url].validators.etag is None


def test_removal_is_confirmed_by_a_second_look_and_return_is_an_event(
    archive: Archive, lease: Lease, engine: Engine
) -> None:
    looks = [
        read_visit(OLD, 1),
        other_visit(Finding.MISSING, 10, reason=Reason.NOT_FOUND),
        other_visit(Finding.MISSING, 20, reason=Reason.NOT_FOUND),
        other_visit(Finding.MISSING, 40, reason=Reason.NOT_FOUND),
        read_visit(OLD, 60),
    ]
    archive.record_many(looks, never_reread, lease)
    found = article_history(engine, OLD.url)
    assert found is not None
    kinds = [event.kind for event in found.events]
    assert kinds == ["first_read", "suspected", "removed", "returned"]
    removed = found.events[2]
    assert (removed.last_seen_at, removed.first_missing_at) == (at(1), at(10))
    assert (removed.occurred_at, removed.details) == (at(40), "404 not_found")
    assert [version.number for version in found.versions] == [1], "the content came back unchanged"
    assert found.state == State.LIVE
    assert check(engine) == []


def test_a_410_is_believed_at_once(archive: Archive, lease: Lease, engine: Engine) -> None:
    archive.record(read_visit(OLD, 1), never_reread, lease)
    gone = other_visit(Finding.MISSING, 2, reason=Reason.GONE)
    transition = archive.record(gone, never_reread, lease).transition
    assert transition is not None
    assert transition.kind == "removed"


@pytest.mark.parametrize("finding", [Finding.BLOCKED, Finding.FAILED, Finding.NOT_ARTICLE])
def test_what_proves_nothing_leaves_a_live_article_alone(
    archive: Archive, lease: Lease, engine: Engine, finding: Finding
) -> None:
    archive.record(read_visit(OLD, 1), never_reread, lease)
    recorded = archive.record(other_visit(finding, 2), never_reread, lease)
    assert recorded.outcome == finding.value
    assert archive.known(SITE.key, [OLD.url])[OLD.url].state is State.LIVE
    assert count(engine, versions) == 1


def test_a_failed_first_look_has_its_article(archive: Archive, lease: Lease) -> None:
    archive.record(other_visit(Finding.FAILED, 1, "7", Reason.TIMEOUT), never_reread, lease)
    assert archive.known(SITE.key, [url_of("7")])[url_of("7")].state is State.FOUND


def test_an_upgrade_of_the_extractor_is_no_edit(
    archive: Archive, lease: Lease, engine: Engine
) -> None:
    """The new extractor finds a kicker that the old one overlooked, on either page."""
    archive.record(read_visit(OLD, 1), never_reread, lease)
    better = replace(OLD, kicker="图片新闻")
    reread = rereading({body_of(OLD): better})
    looked = read_visit(better, 2, noise="counter", extractor="f" * 16)
    recorded = archive.record(looked, reread, lease)
    assert recorded.outcome is Outcome.UNCHANGED
    assert recorded.version == 1
    assert (count(engine, readings), count(engine, versions), count(engine, changes)) == (2, 1, 0)
    assert archive.known(SITE.key, [OLD.url])[OLD.url].extractor == "f" * 16
    third = replace(looked, visited_at=at(3))
    assert archive.record(third, never_reread, lease).outcome is Outcome.UNCHANGED
    assert check(engine) == []


def test_an_edit_behind_an_upgrade_is_told_from_it(
    archive: Archive, lease: Lease, engine: Engine
) -> None:
    archive.record(read_visit(OLD, 1), never_reread, lease)
    reread = rereading({body_of(OLD): replace(OLD, kicker="图片新闻")})
    edited = replace(NEW, kicker="图片新闻")
    recorded = archive.record(read_visit(edited, 2, extractor="f" * 16), reread, lease)
    assert recorded.outcome is Outcome.CHANGED
    assert [change.field for change in recorded.changes] == ["body"], "the kicker is ours"
    with reading(engine) as connection:
        assert connection.scalars(sa.select(changes.c.hidden_by)).all() == [None]


def test_an_upgrade_on_the_same_bytes_reads_nothing_twice(
    archive: Archive, lease: Lease, engine: Engine
) -> None:
    archive.record(read_visit(OLD, 1), never_reread, lease)
    better = replace(OLD, subheadline="全长一公里")
    looked = read_visit(better, 2, extractor="f" * 16)
    looked = replace(looked, page=read_visit(OLD, 2).page)
    assert archive.record(looked, never_reread, lease).outcome is Outcome.UNCHANGED
    assert count(engine, readings) == 2


def test_what_cannot_be_compared_by_one_extractor_is_hidden_as_ours(
    archive: Archive, lease: Lease, engine: Engine
) -> None:
    """The new rules cannot read the old template: the version is kept, its change not shown."""
    archive.record(read_visit(OLD, 1), never_reread, lease)

    def refuse(_: object) -> NotAnArticle:
        return NotAnArticle(PageKind.OTHER, "no body")

    recorded = archive.record(read_visit(NEW, 2, extractor="f" * 16), refuse, lease)
    assert recorded.outcome is Outcome.CHANGED
    with reading(engine) as connection:
        assert connection.scalars(sa.select(changes.c.hidden_by)).all() == ["extractor"]


def test_what_no_database_can_hold_is_taken_out(
    archive: Archive, lease: Lease, engine: Engine
) -> None:
    dirty = replace(OLD, headline="桥\x00梁", body=(Block("一\ud800行\n又一行"),))
    visit = replace(read_visit(OLD, 1), article=dirty, reason="http\x00_200")
    archive.record(visit, never_reread, lease)
    found = article_history(engine, OLD.url)
    assert found is not None
    assert found.versions[0].article.headline == "桥梁"
    assert found.versions[0].article.body == (Block("一行 又一行"),)
    again = replace(read_visit(OLD, 2), article=dirty)
    assert archive.record(again, never_reread, lease).outcome is Outcome.UNCHANGED
    assert check(engine) == []


def test_bytes_that_another_article_had_are_not_taken_for_its_own(
    archive: Archive, lease: Lease, engine: Engine
) -> None:
    """Article 1 once had the bytes that article 2 has now; in one batch both change."""
    texts_ = ("大桥通车。", "大桥停运。", "大桥修缮。")
    one = [article("1", text) for text in texts_]
    two = [article("2", text) for text in texts_]
    batches = [(one[0], two[1]), (one[1], two[2]), (one[2], two[0])]
    for minutes, batch in enumerate(batches, 1):
        archive.record_many([read_visit(read, minutes) for read in batch], never_reread, lease)
    for name, read in (("1", one), ("2", [two[1], two[2], two[0]])):
        found = article_history(engine, url_of(name))
        assert found is not None
        assert [version.article for version in found.versions] == read
        pages = [read_visit(version.article, 1).page for version in found.versions]
        assert [v.capture_digest for v in found.versions] == [page.digest for page in pages if page]
    assert check(engine) == []


def test_bytes_and_headers_behind_a_reading_are_kept(
    archive: Archive, lease: Lease, engine: Engine
) -> None:
    visit = read_visit(OLD, 1, etag='"x"')
    archive.record(visit, never_reread, lease)
    with reading(engine) as connection:
        stored = load_capture(connection, 1)
    assert stored.page == visit.page


def test_a_batch_of_two_sites_is_refused(archive: Archive, lease: Lease) -> None:
    stranger = replace(read_visit(OLD, 1), site="other")
    with pytest.raises(ValueError, match="other"):
        archive.record(stranger, never_reread, lease)


def test_a_clock_that_steps_back_makes_no_version_end_before_it_began(
    archive: Archive, lease: Lease, engine: Engine
) -> None:
    for visit in (read_visit(OLD, 60), read_visit(NEW, 10), read_visit(OLD, 70)):
        archive.record(visit, never_reread, lease)
    found = article_history(engine, OLD.url)
    assert found is not None
    assert [version.number for version in found.versions] == [1, 2, 3]
    for version in found.versions[:-1]:
        assert version.last_seen_at is not None
        assert version.first_seen_at <= version.last_seen_at
    assert check(engine) == []


def test_articles_are_offered_in_the_order_of_their_keys_once_they_have_rested(
    archive: Archive, lease: Lease, engine: Engine
) -> None:
    for name, minutes in (("1", 1), ("2", 2), ("3", 3)):
        archive.record(read_visit(article(name), minutes), never_reread, lease)
    keys = {"1": 3.0, "2": 1.0, "3": 2.0}
    with engine.begin() as connection:
        for name, key in keys.items():
            own = sa.select(articles.c.id).where(articles.c.url == url_of(name)).scalar_subquery()
            connection.execute(
                sa.update(article_state)
                .where(article_state.c.article_id == own)
                .values(next_key=key)
            )
    offered = [known.url for known in archive.due(SITE.key, at(60), limit=2)]
    assert offered == [url_of("2"), url_of("3")]
    assert archive.due(SITE.key, at(4), limit=9) == [], "all were looked at minutes ago"


def test_the_clock_moves_on_to_the_key_of_a_look_that_was_due_and_of_no_other(
    archive: Archive, lease: Lease, engine: Engine
) -> None:
    def clock() -> float:
        with reading(engine) as connection:
            return connection.execute(sa.select(site_state.c.virtual_clock)).scalar_one()

    def key() -> float:
        with reading(engine) as connection:
            return connection.execute(sa.select(article_state.c.next_key)).scalar_one()

    archive.record(read_visit(OLD, 1), never_reread, lease)
    archive.record(read_visit(OLD, 60), never_reread, lease)
    assert clock() == 0.0, "the looks were made for other reasons"
    served = key()
    archive.record(replace(read_visit(OLD, 120), scheduled=True), never_reread, lease)
    assert clock() == served
    assert key() > served


def test_a_removed_article_keeps_its_turn(archive: Archive, lease: Lease) -> None:
    archive.record(read_visit(OLD, 1), never_reread, lease)
    archive.record(other_visit(Finding.MISSING, 2, reason=Reason.GONE), never_reread, lease)
    (offered,) = archive.due(SITE.key, at(60), limit=9)
    assert (offered.url, offered.state, offered.scheduled) == (OLD.url, State.REMOVED, True)


def test_events_and_visits_name_their_crawl(archive: Archive, lease: Lease, engine: Engine) -> None:
    archive.record(read_visit(OLD, 1), never_reread, lease)
    with reading(engine) as connection:
        assert connection.scalars(sa.select(events.c.crawl_id)).all() == [lease.crawl_id]
        assert connection.scalars(sa.select(visits.c.crawl_id)).all() == [lease.crawl_id]


def flip(archive: Archive, lease: Lease, minutes: Iterable[float]) -> list[Outcome]:
    """Look at the article now with one text, now with the other, beginning with the old."""
    looks = [read_visit((OLD, NEW)[i % 2], minute) for i, minute in enumerate(minutes)]
    return [archive.record(look, never_reread, lease).outcome for look in looks]


def test_content_that_flips_to_and_fro_is_bounded_and_told_of_once(
    archive: Archive, lease: Lease, engine: Engine
) -> None:
    outcomes = flip(archive, lease, range(1, 41))
    assert outcomes[:5] == [Outcome.NEW] + [Outcome.CHANGED] * 4, "A, B, A, B, A are versions"
    assert set(outcomes[5:]) == {Outcome.UNCHANGED}
    found = article_history(engine, OLD.url)
    assert found is not None
    assert len(found.versions) == 5
    assert [event.kind for event in found.events] == ["first_read", "flapping"]
    with reading(engine) as connection:
        rows = connection.execute(
            sa.select(visits.c.content_digest, visits.c.reason).order_by(visits.c.visited_at)
        ).all()
    assert len({row.content_digest for row in rows[0::2]}) == 1, "each look's digest is kept"
    assert len({row.content_digest for row in rows[1::2]}) == 1
    assert rows[0].content_digest != rows[1].content_digest
    assert {row.reason for row in rows[5::2]} == {"flapping"}
    known = archive.known(SITE.key, [OLD.url])[OLD.url]
    assert known.body_digest == "", "it is asked anew each time"
    assert known.validators.etag is None
    assert check(engine) == []


def test_flapping_ends_where_one_content_stands_and_opens_the_version_that_stands(
    archive: Archive, lease: Lease, engine: Engine
) -> None:
    flip(archive, lease, range(1, 8))  # ends with the old text
    for hours in (2, 13, 26.1):
        archive.record(read_visit(NEW, 60 * hours), never_reread, lease)
    found = article_history(engine, OLD.url)
    assert found is not None
    assert [event.kind for event in found.events] == ["first_read", "flapping", "settled"]
    last = found.versions[-1]
    assert (last.number, last.same_as, last.first_seen_at) == (6, 2, at(26.1 * 60))
    assert found.versions[-2].last_seen_at == at(7), "the last look that saw the old text"
    assert check(engine) == []


def test_new_content_is_a_version_also_while_it_flaps(
    archive: Archive, lease: Lease, engine: Engine
) -> None:
    flip(archive, lease, range(1, 8))
    fresh = article(text="大桥后天通车。")
    recorded = archive.record(read_visit(fresh, 9), never_reread, lease)
    assert (recorded.outcome, recorded.version) == (Outcome.CHANGED, 6)
    assert check(engine) == []


def test_flips_that_are_slower_than_the_bound_are_all_versions(
    archive: Archive, lease: Lease, engine: Engine
) -> None:
    outcomes = flip(archive, lease, (1 + 60 * 10 * i for i in range(9)))
    assert outcomes == [Outcome.NEW] + [Outcome.CHANGED] * 8
