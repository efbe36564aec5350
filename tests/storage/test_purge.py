"""Bytes and texts go by rule; tombstones and the chain stay, and nothing else loses its base."""

from dataclasses import replace

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from news.article import Article, Block, Credit, Image, Role
from news.redaction import ERASED
from news.visits import Finding, Reason, Visit
from storage.archive import Archive
from storage.captures import load_body
from storage.digest import digest
from storage.engine import reading, writing
from storage.erasure import Warrant
from storage.errors import ArchiveError, LeaseLost
from storage.history import article_history
from storage.holds import list_holds, place_hold, release_hold
from storage.integrity import check
from storage.purge import Outcome, Person, Retention, Rule, TakeDown, find_articles, preview, purge
from storage.records import Lease
from storage.tables import captures, changes, people, readings, texts, tombstones
from storage.verify import export_heads, verify_chain
from tests.storage.newsroom import (
    SITE,
    article,
    at,
    body_of,
    never_reread,
    other_visit,
    read_visit,
    url_of,
)
from tests.storage.test_splits import scratch

VERSIONS = 25  # more than lie between two key frames
PERSON = "甲小明"


def fill(archive: Archive, lease: Lease) -> list[Visit]:
    """Record one article of many versions, one removed, and one whose text another has too."""
    many = [read_visit(article("1", f"第{i}版大桥{'通车' * 300}。"), i) for i in range(VERSIONS)]
    gone = [
        read_visit(article("2", "早已撤下。"), 1),
        other_visit(Finding.MISSING, 2, "2", Reason.GONE),
    ]
    twins = [read_visit(article(name, "一字不差。"), 3) for name in "34"]
    for part in (many, gone, twins):
        archive.record_many(part, never_reread, lease)
    return [*many, *gone, *twins]


@pytest.fixture
def visits(archive: Archive, lease: Lease) -> list[Visit]:
    return fill(archive, lease)


def apply(engine: Engine, rule: Rule, lease: Lease) -> list[Outcome]:
    """Purge by a rule, and hold everything that must hold against the archive."""
    heads = export_heads(engine, None, at(98))
    ids = find_articles(engine, rule, SITE.key)
    told = preview(engine, rule, ids)
    done = purge(engine, rule, ids, lease, Warrant(rule.name, "case 7", at(99)))
    assert done == told, "a dry run says what is done"
    assert check(engine) == []
    assert verify_chain(engine, SITE.key, heads).problems == ()
    after = digest(engine)
    assert not any(find_articles(engine, rule, SITE.key)), "nothing is left to do"
    assert digest(engine) == after
    return done


def bodies(engine: Engine) -> dict[int, bytes | None]:
    found: dict[int, bytes | None] = {}
    with reading(engine) as connection:
        for number in connection.scalars(sa.select(captures.c.id).order_by(captures.c.id)).all():
            try:
                found[number] = load_body(connection, number)
            except ArchiveError:
                found[number] = None
    return found


@pytest.mark.parametrize("hours", [1, 5, 12, 19, 20, 21, 24])
def test_captures_that_lean_on_erased_ones_come_back_byte_for_byte(
    engine: Engine, visits: list[Visit], lease: Lease, hours: int
) -> None:
    before = bodies(engine)
    apply(engine, Retention(captures_before=at(hours)), lease)
    after = bodies(engine)
    gone = {number for number, body in after.items() if body is None}
    assert gone == {n for n, v in enumerate(visits[:VERSIONS], 1) if v.visited_at < at(hours)} | (
        {VERSIONS + 1} if hours > 1 else set()
    )
    assert all(after[number] == before[number] for number in before.keys() - gone)
    with reading(engine) as connection:
        rows = connection.execute(sa.select(captures)).all()
        buried = set(connection.scalars(sa.select(tombstones.c.capture_id)))
    depths = {row.id: row.frame_depth for row in rows}
    assert all(depths[r.base_capture_id] < r.frame_depth < 20 for r in rows if r.base_capture_id)
    assert buried == gone


def test_any_captures_may_go_and_the_others_stay(
    engine: Engine, visits: list[Visit], lease: Lease
) -> None:
    from storage.rebasing import erase_bytes  # noqa: PLC0415

    before = bodies(engine)
    for gone in ({1, 3, 5, 7}, {20, 21, 22}, {2, 25}, {8}):
        with writing(engine) as connection:
            erase_bytes(connection, 1, gone)
        left = {number: body for number, body in bodies(engine).items() if body is not None}
        assert left.keys() & gone == set()
        assert all(before[number] == body for number, body in left.items())
    assert len(left) == len(before) - 10


def test_what_is_served_now_stays_unless_asked_for(
    engine: Engine, visits: list[Visit], lease: Lease
) -> None:
    apply(engine, Retention(captures_before=at(50)), lease)
    assert [n for n, body in bodies(engine).items() if body] == [VERSIONS, 27, 28]
    apply(engine, Retention(captures_before=at(50), current=True), lease)
    assert not any(bodies(engine).values())


def test_texts_go_when_they_were_last_served_too_long_ago(
    engine: Engine, visits: list[Visit], lease: Lease
) -> None:
    apply(engine, Retention(texts_before=at(10)), lease)
    history = article_history(engine, url_of("1"))
    assert history is not None
    assert [bool(version.article.body) for version in history.versions] == [
        version.last_seen_at is None or version.last_seen_at >= at(10)
        for version in history.versions
    ]
    removed = article_history(engine, url_of("2"))
    assert removed is not None
    assert removed.versions[0].article.body == ()
    assert removed.versions[0].article.headline == "湖滨大桥今日通车"


def test_a_text_that_another_article_has_too_stays_there(
    engine: Engine, visits: list[Visit], lease: Lease
) -> None:
    own, twin = (article_history(engine, url_of(name)) for name in "34")
    assert own is not None
    assert twin is not None
    apply(engine, TakeDown(own.article_id), lease)
    left = article_history(engine, url_of("3"))
    assert left is not None
    assert left.versions[0].article == Article(url_of("3"), ERASED)
    assert article_history(engine, url_of("4")) == twin


def test_an_article_taken_down_stays_down(
    archive: Archive, engine: Engine, visits: list[Visit], lease: Lease
) -> None:
    history = article_history(engine, url_of("1"))
    assert history is not None
    apply(engine, TakeDown(history.article_id), lease)
    known = archive.known(SITE.key, [url_of("1")])[url_of("1")]
    assert known.withheld
    assert url_of("1") not in {one.url for one in archive.due(SITE.key, at(10**6), limit=99)}
    again = archive.record(read_visit(article("1", "又改了。"), 200), never_reread, lease)
    assert again.outcome == "failed"
    assert check(engine) == []
    with reading(engine) as connection:
        left = connection.execute(sa.select(texts.c.text)).all()
        rules = connection.scalars(sa.select(changes.c.rule).where(changes.c.article_id == 1))
        assert set(rules) == {ERASED}
        query = sa.select(captures.c.body).where(captures.c.article_id == 1)
        assert set(connection.scalars(query)) == {None}
    assert not any("又改了" in row.text or "版大桥" in row.text for row in left)
    after = article_history(engine, url_of("1"))
    assert after is not None
    assert [v.number for v in after.versions] == [v.number for v in history.versions]
    assert [v.content_digest for v in after.versions] == [
        v.content_digest for v in history.versions
    ]


def named_article(name: str) -> Article:
    return article(
        name,
        f"记者甲 小　明摄。{PERSON}说。",
        headline=f"{PERSON}的一天",
        images=(Image("http://img.example.com/1.jpg", f"{PERSON} 摄"),),
        keywords=(PERSON, "大桥"),
    )


def test_a_person_is_erased_wherever_the_name_stands(
    archive: Archive, engine: Engine, lease: Lease
) -> None:
    others = (Credit(Role.EDITOR, "乙小红", label="责编"),)
    first = replace(article("5", "无名。"), credits=others)
    archive.record(read_visit(first, 1), never_reread, lease)
    archive.record(read_visit(named_article("5"), 2), never_reread, lease)
    archive.record(read_visit(replace(article("6"), credits=others), 2), never_reread, lease)
    kept = article_history(engine, url_of("6"))
    done = apply(engine, Person(PERSON), lease)
    assert [(one.url, one.captures, one.readings) for one in done] == [(url_of("5"), 1, 1)]
    history = article_history(engine, url_of("5"))
    assert history is not None
    assert history.versions[0].article == first
    left = history.versions[1].article
    assert left.headline == f"{ERASED}的一天"
    assert left.body == (
        Block("桥面", heading=True),
        Block(f"记者{ERASED}摄。{ERASED}说。"),
        Block("桥长1200米。"),
    )
    assert [credit.name for credit in left.credits] == [ERASED, "乙小红", "丙小刚"]
    assert article_history(engine, url_of("6")) == kept
    with reading(engine) as connection:
        for table in (people, texts, changes, readings):
            rows = connection.execute(sa.select(table)).all()
            assert not any(PERSON in str(value) for row in rows for value in row), table.name


def test_a_page_that_shows_the_name_in_another_encoding_goes_too(
    archive: Archive, engine: Engine, lease: Lease
) -> None:
    for minutes, shown in enumerate(
        (
            PERSON.encode("gb18030"),
            "".join(f"&#{ord(c)};" for c in PERSON).encode(),
            PERSON.encode("unicode_escape"),
            "甲 小　明".encode(),
        ),
        1,
    ):
        read = replace(article("7", f"第{minutes}版。"), credits=())
        visit = read_visit(read, minutes)
        assert visit.page is not None
        page = replace(visit.page, body=visit.page.body + shown)
        archive.record(replace(visit, page=page), never_reread, lease)
    archive.record(read_visit(article("7"), 9), never_reread, lease)
    assert apply(engine, Person(PERSON), lease)[0].captures == 5


def test_a_person_of_another_outlet_is_somebody_else(
    archive: Archive, engine: Engine, visits: list[Visit], lease: Lease
) -> None:
    assert find_articles(engine, Person("丙小刚", "湖滨日报"), SITE.key) == []
    assert len(find_articles(engine, Person("丙小刚", "山城晚报"), SITE.key)) == 4
    with pytest.raises(ValueError, match="too short"):
        preview(engine, Person("丙"), [1])


def test_a_change_after_an_erasure_hides_only_what_cannot_be_compared(
    archive: Archive, engine: Engine, lease: Lease
) -> None:
    archive.record(read_visit(article(), 1), never_reread, lease)
    apply(engine, Person(PERSON), lease)
    archive.record(read_visit(article(headline="湖滨大桥停运"), 200), never_reread, lease)
    history = article_history(engine, url_of("1"))
    assert history is not None
    assert {change.field: change.hidden_by for change in history.changes} == {
        "credits": "erased",
        "headline": None,
    }


def test_nothing_under_a_hold_is_erased_until_it_is_released(
    engine: Engine, visits: list[Visit], lease: Lease
) -> None:
    rule = Retention(captures_before=at(50), current=True)
    one = place_hold(engine, site_key=None, article_id=1, reason="case 7", now=at(60))
    ids = find_articles(engine, rule, SITE.key)
    done = purge(engine, rule, ids, lease, Warrant("retention", None, at(99)))
    assert [o.refused for o in done] == ["is under a hold", None, None, None]
    every = place_hold(engine, site_key=SITE.key, article_id=None, reason="case 8", now=at(61))
    release_hold(engine, one, at(70))
    assert [o.refused for o in preview(engine, TakeDown(1), [1])] == ["is under a hold"]
    release_hold(engine, every, at(71))
    apply(engine, rule, lease)
    assert [hold.released_at for hold in list_holds(engine)] == [at(70), at(71)]
    with pytest.raises(ArchiveError, match="no hold 9"):
        release_hold(engine, 9, at(72))


def test_a_damaged_capture_is_left_alone_with_all_of_its_article(
    engine: Engine, visits: list[Visit], lease: Lease
) -> None:
    with writing(engine) as connection:
        broken = captures.update().where(captures.c.id == 3)
        connection.execute(broken.values(body=b"not a frame"))
    warrant = Warrant("retention", None, at(9))
    (done,) = purge(engine, Retention(captures_before=at(3)), [1], lease, warrant)
    assert "damaged" in (done.refused or "")
    with reading(engine) as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(tombstones)) == 0


def test_who_lost_the_lease_erases_nothing(
    engine: Engine, visits: list[Visit], lease: Lease
) -> None:
    before = digest(engine)
    wrong = replace(lease, token=lease.token + 1)
    with pytest.raises(LeaseLost):
        purge(engine, TakeDown(1), [1], wrong, Warrant("take_down", None, at(99)))
    assert digest(engine) == before


def test_erasing_without_a_tombstone_or_altering_one_shows(
    engine: Engine, visits: list[Visit], lease: Lease
) -> None:
    apply(engine, Retention(captures_before=at(5)), lease)
    with writing(engine) as connection:
        connection.execute(captures.update().where(captures.c.id == 9).values(body=None))
    assert any("gone without a tombstone" in problem for problem in check(engine))
    with writing(engine) as connection:
        forged = {"site_id": 1, "article_id": 1, "capture_id": 9, "fields": "bytes", "seq": 4}
        own = {"rule": "retention", "erased_at": at(99)}
        connection.execute(tombstones.insert(), forged | own)
    problem = verify_chain(engine, SITE.key).problems[0]
    assert "the tombstone bytes of" in problem
    assert "was inserted or altered" in problem


def test_both_databases_mean_the_same_after_a_purge(
    engine: Engine, visits: list[Visit], lease: Lease
) -> None:
    with scratch() as other:
        archive = Archive(other)
        archive.open_site(SITE)
        other_lease = archive.begin_crawl(SITE.key, kind="test", now=at(0))
        fill(archive, other_lease)
        for one, own in ((engine, lease), (other, other_lease)):
            apply(one, Retention(captures_before=at(7), texts_before=at(12)), own)
            apply(one, Person("丙小刚"), own)
            apply(one, TakeDown(4), own)
        assert digest(engine) == digest(other)


def test_a_text_that_comes_again_after_its_erasure_is_kept_again(
    archive: Archive, engine: Engine, visits: list[Visit], lease: Lease
) -> None:
    apply(engine, TakeDown(2), lease)
    again = archive.record(read_visit(article("9", "早已撤下。"), 300), never_reread, lease)
    assert again.version == 1
    assert check(engine) == []
    assert body_of(article("9", "早已撤下。")) in bodies(engine).values()
