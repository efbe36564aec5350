"""Removal, return, moving and reuse of addresses: what is gone, elsewhere, or another story."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from news.article import Article, Block, Precision, PrintedTime
from news.visits import Finding, Outcome, Reason, State, Visit
from storage.archive import Archive
from storage.engine import reading
from storage.errors import ArchiveError
from storage.history import ArticleHistory, article_history
from storage.integrity import check
from storage.records import Lease
from storage.tables import article_urls, articles, events
from tests.storage.newsroom import CHINA, SITE, article, at, never_reread, other_visit, read_visit

BRIDGE = (
    "湖滨大桥今日正式通车，两岸居民的出行时间由四十分钟缩短到五分钟。"
    "大桥全长一千二百米，双向六车道，两侧设有人行步道和观景平台。"
    "当地居民说，过去要绕行上游的老桥，遇上雨季常常耽搁。"
)
GRAIN = (
    "秋收时节，城东粮站开仓收粮，农户的三轮车在门外排成长队。"
    "站长介绍，今年新添了两台烘干机，每天能多处理百余吨稻谷。"
    "许多种粮大户表示，价格公道、结算及时，心里踏实。"
)
EVENING = PrintedTime(datetime(2026, 11, 2, 18, 5, tzinfo=CHINA), Precision.MINUTE)
HOME = "http://news.example.com/notice.html"


def told(name: str = "1", text: str = BRIDGE, **fields: object) -> Article:
    return article(name, body=(Block(text),), **fields)


def other(name: str = "1") -> Article:
    """Another story, of another day."""
    return told(name, GRAIN, headline="城东粮站开仓收粮", published_at=EVENING)


def gone(minutes: float, name: str = "1", reason: Reason = Reason.NOT_FOUND) -> Visit:
    return other_visit(Finding.MISSING, minutes, name, reason)


def led(visit: Visit, name: str) -> Visit:
    """The look, led on to another address of the site."""
    return replace(visit, led_to=article(name).url)


def record(archive: Archive, lease: Lease, *visits: Visit) -> list[Outcome]:
    return [archive.record(visit, never_reread, lease).outcome for visit in visits]


def known(engine: Engine, article_: str | int) -> ArticleHistory:
    found = article_history(engine, article_)
    assert found is not None
    return found


def kinds(history: ArticleHistory) -> list[str]:
    return [event.kind for event in history.events]


def site_events(engine: Engine) -> list[str]:
    with reading(engine) as connection:
        own = sa.select(events.c.kind).where(events.c.article_id.is_(None)).order_by(events.c.id)
        return list(connection.scalars(own))


class TestAnotherStory:
    """An address is given to another story: a new article takes it, the old one keeps its own."""

    def test_a_new_article_takes_the_address(
        self, archive: Archive, lease: Lease, engine: Engine
    ) -> None:
        looks = record(archive, lease, read_visit(told(), 1), read_visit(other(), 60))
        assert looks == [Outcome.NEW, Outcome.NEW]
        old, new = known(engine, 1), known(engine, told().url)
        assert (old.article_id, new.article_id) == (1, 2)
        assert (old.state, kinds(old)) == (State.REMOVED, ["first_read", "replaced"])
        assert (old.events[1].last_seen_at, old.events[1].first_missing_at) == (at(1), at(60))
        assert [(a.url, a.valid_to) for a in old.addresses] == [(told().url, at(60))]
        assert [(a.url, a.valid_from) for a in new.addresses] == [(told().url, at(60))]
        assert [len(old.versions), len(new.versions), len(new.changes)] == [1, 1, 0]
        assert check(engine) == []

    def test_a_look_that_is_told_again_after_that_writes_nothing(
        self, archive: Archive, lease: Lease, engine: Engine
    ) -> None:
        first, second = read_visit(told(), 1), read_visit(other(), 60)
        record(archive, lease, first, second)
        for visit in (first, second):
            assert archive.record(visit, never_reread, lease).repeated
        assert len(known(engine, 1).versions) == len(known(engine, 2).versions) == 1

    def test_a_text_exchanged_under_the_time_it_always_had_is_an_edit(
        self, archive: Archive, lease: Lease, engine: Engine
    ) -> None:
        swapped = replace(other(), published_at=told().published_at)
        record(archive, lease, read_visit(told(), 1), read_visit(swapped, 60))
        history = known(engine, 1)
        assert [version.number for version in history.versions] == [1, 2]
        assert "rewritten" in next(c for c in history.changes if c.field == "body").kinds

    def test_what_comes_back_with_another_text_is_another_story_and_an_edited_one_has_returned(
        self, archive: Archive, lease: Lease, engine: Engine
    ) -> None:
        bus = BRIDGE.replace("大桥", "公交专线").replace("居民", "乘客")
        edited = told("2", bus.replace("五分钟", "八分钟"))
        for name, text in (("1", BRIDGE), ("2", bus)):
            record(archive, lease, read_visit(told(name, text), 1), gone(10, name), gone(50, name))
        swapped = replace(other(), published_at=told().published_at)
        record(archive, lease, read_visit(swapped, 90), read_visit(edited, 90))
        assert kinds(known(engine, 1))[-1] == "replaced"
        back = known(engine, edited.url)
        assert kinds(back) == ["first_read", "suspected", "removed", "returned"]
        (change,) = back.changes
        assert ("fact" in change.kinds, change.last_seen_at) == (True, at(1)), "across the gap"


class TestMoved:
    """New address, same text: the history goes on, addresses have their dates."""

    def test_a_redirect_to_the_same_text_is_a_new_address(
        self, archive: Archive, lease: Lease, engine: Engine
    ) -> None:
        record(archive, lease, read_visit(told(), 1), led(read_visit(told(), 60), "new"))
        history = known(engine, told("new").url)
        assert (history.article_id, history.url) == (1, told("new").url)
        assert kinds(history) == ["first_read", "moved"]
        assert len(history.versions) == 1
        record(archive, lease, led(read_visit(told(), 120), "new"), read_visit(told("new"), 130))
        assert kinds(known(engine, 1)) == ["first_read", "moved"], "it is told of once"
        assert [known_.url for known_ in archive.due(SITE.key, at(999), limit=9)] == [
            told("new").url
        ]
        assert check(engine) == []

    def test_where_the_new_address_was_taken_for_an_article_of_its_own_the_two_are_one(
        self, archive: Archive, lease: Lease, engine: Engine
    ) -> None:
        record(archive, lease, read_visit(told(), 1), read_visit(told("new"), 30))
        record(archive, lease, led(read_visit(told(), 60), "new"))
        assert known(engine, told("new").url).article_id == 1
        with reading(engine) as connection:
            merged = connection.scalars(
                sa.select(articles.c.merged_into).order_by(articles.c.id)
            ).all()
        assert merged == [None, 1]
        edited = told("new", BRIDGE.replace("五分钟", "八分钟"))
        recorded = archive.record(read_visit(edited, 90), never_reread, lease)
        assert (recorded.article_id, recorded.version) == (1, 2)
        assert check(engine) == []

    def test_an_old_address_that_ends_later_is_no_removal(
        self, archive: Archive, lease: Lease, engine: Engine
    ) -> None:
        record(archive, lease, read_visit(told(), 1), led(read_visit(told(), 60), "new"))
        record(archive, lease, gone(120), read_visit(told("new"), 130))
        history = known(engine, 1)
        assert (history.state, kinds(history)) == (State.LIVE, ["first_read", "moved"])
        assert {a.url: a.valid_to for a in history.addresses} == {
            told().url: at(120), told("new").url: None,
        }  # fmt: skip

    def test_a_missing_article_whose_text_turns_up_elsewhere_has_moved(
        self, archive: Archive, lease: Lease, engine: Engine
    ) -> None:
        record(archive, lease, read_visit(told(), 1), gone(60), gone(100))
        record(archive, lease, read_visit(told("new"), 200))
        history = known(engine, 1)
        assert kinds(history) == ["first_read", "suspected", "removed", "moved"]
        moved = history.events[-1]
        assert (moved.last_seen_at, moved.first_missing_at) == (at(1), at(60))
        assert (history.state, history.url, len(history.versions)) == (
            State.LIVE, told("new").url, 1,
        )  # fmt: skip
        assert check(engine) == []

    def test_an_article_that_was_seen_elsewhere_before_its_address_ended_has_moved(
        self, archive: Archive, lease: Lease, engine: Engine
    ) -> None:
        record(archive, lease, read_visit(told(), 1), read_visit(told("new"), 30))
        record(archive, lease, gone(60), gone(100))
        history = known(engine, 1)
        assert kinds(history) == ["first_read", "suspected", "moved"]
        assert (history.state, history.url) == (State.LIVE, told("new").url)
        assert {a.url: a.valid_to for a in history.addresses}[told().url] == at(100)
        assert check(engine) == []

    @pytest.mark.parametrize(
        "copies",
        [
            [told("new", headline="另一个标题")],
            [told("new"), told("newer")],
            [replace(told("new"), body=(Block("短讯：桥通了。"),))],
        ],
        ids=["another headline", "two copies", "another text"],
    )
    def test_what_is_not_plainly_the_same_is_no_new_address(
        self, archive: Archive, lease: Lease, engine: Engine, copies: list[Article]
    ) -> None:
        record(archive, lease, read_visit(told(), 1))
        record(archive, lease, *(read_visit(copy, 30) for copy in copies))
        record(archive, lease, gone(60), gone(100))
        assert kinds(known(engine, 1)) == ["first_read", "suspected", "removed"]


class TestSoftRemovals:
    """Pages served with 200 where the article was, and what is no removal at all."""

    @pytest.mark.parametrize("doubt", [Reason.SOFT_404, Reason.REDIRECT_HOME])
    def test_a_page_with_most_of_the_text_is_the_article_whatever_else_it_says(
        self, archive: Archive, lease: Lease, engine: Engine, doubt: Reason
    ) -> None:
        noticed = told(text=BRIDGE + "文章已删除。")
        read = read_visit(noticed, 60)
        look = replace(read, finding=Finding.MISSING, reason=doubt, doubt=doubt)
        assert record(archive, lease, read_visit(told(), 1), look) == [
            Outcome.NEW, Outcome.CHANGED,
        ]  # fmt: skip
        assert known(engine, 1).state == State.LIVE

    def test_a_notice_is_missing_and_confirmed_by_a_second_look(
        self, archive: Archive, lease: Lease, engine: Engine
    ) -> None:
        notice = told(text="您访问的页面不存在，请返回首页浏览其他内容。", headline="提示")
        soft = Reason.SOFT_404
        looks = [
            replace(read_visit(notice, minutes), finding=Finding.MISSING, reason=soft, doubt=soft)
            for minutes in (60, 100)
        ]
        assert record(archive, lease, read_visit(told(), 1), *looks)[1:] == [Outcome.MISSING] * 2
        assert kinds(known(engine, 1)) == ["first_read", "suspected", "removed"]
        assert len(known(engine, 1).versions) == 1

    @pytest.mark.parametrize(
        ("change", "reason"),
        [
            ({"led_to": HOME}, "redirect_other"),
            ({"doubt": Reason.CANONICAL_HOME}, "soft_404"),
        ],
    )
    def test_a_page_that_has_nothing_of_the_text_and_is_not_its_own_is_missing(
        self, archive: Archive, lease: Lease, engine: Engine, change: dict[str, str], reason: str
    ) -> None:
        looks = [replace(read_visit(other(), minutes), **change) for minutes in (60, 100)]
        record(archive, lease, read_visit(told(), 1), *looks)
        history = known(engine, 1)
        assert kinds(history) == ["first_read", "suspected", "removed"]
        assert history.events[-1].details == f"200 {reason}"

    def test_what_the_site_shows_for_an_address_that_cannot_exist_is_no_article(
        self, archive: Archive, lease: Lease, engine: Engine
    ) -> None:
        assert not archive.probe_due(SITE.key, at(0)), "nothing was read yet"
        record(archive, lease, read_visit(told(), 1))
        assert archive.probe_due(SITE.key, at(1))
        nothing = f"湖滨新闻网 首页 {GRAIN} 联系我们"
        archive.record_probe(lease, at(0), text=nothing, led_to=None)
        assert not archive.probe_due(SITE.key, at(60 * 24 * 6))
        assert archive.probe_due(SITE.key, at(60 * 24 * 8))
        assert record(archive, lease, read_visit(other(), 60)) == [Outcome.MISSING]
        assert record(archive, lease, read_visit(other("2"), 61)) == [Outcome.MISSING]
        assert known(engine, other("2").url).versions == ()

    def test_addresses_that_all_end_at_one_page_are_not_there(
        self, archive: Archive, lease: Lease, engine: Engine
    ) -> None:
        looks = [replace(read_visit(other(str(n)), 60 + n), led_to=HOME) for n in range(2, 7)]
        outcomes = record(archive, lease, *looks)
        assert outcomes == [Outcome.NEW] * 2 + [Outcome.MISSING] * 3
        together = [r.outcome for r in archive.record_many(
            [replace(read_visit(other(f"x{n}"), 90), led_to=HOME) for n in range(3)],
            never_reread, lease,
        )]  # fmt: skip
        assert together == [Outcome.MISSING] * 3


class TestOutages:
    """Nearly all articles missing at once is an event of the site, not as many removals."""

    def fill(self, archive: Archive, lease: Lease, count: int = 12) -> list[str]:
        names = [str(n) for n in range(1, count + 1)]
        texts = [f"第{n}号{BRIDGE}" for n in names]
        reads = [read_visit(told(n, t), 1) for n, t in zip(names, texts, strict=True)]
        archive.record_many(reads, never_reread, lease)
        return names

    def look(
        self, archive: Archive, lease: Lease, names: Iterable[str], minutes: float,
        reason: Reason = Reason.NOT_FOUND,
    ) -> None:  # fmt: skip
        looks = [gone(minutes + i / 100, name, reason) for i, name in enumerate(names)]
        archive.record_many(looks, never_reread, lease)

    def removed(self, engine: Engine) -> int:
        with reading(engine) as connection:
            own = events.c.kind == "removed"
            return connection.scalar(sa.select(sa.func.count()).where(own)) or 0

    @pytest.mark.parametrize("reason", [Reason.NOT_FOUND, Reason.GONE])
    def test_all_articles_missing_is_one_event_and_no_removal(
        self, archive: Archive, lease: Lease, engine: Engine, reason: Reason
    ) -> None:
        names = self.fill(archive, lease)
        for minutes in (60, 100, 140):
            self.look(archive, lease, names, minutes, reason)
        assert (self.removed(engine), site_events(engine)) == (0, ["outage"])
        record(archive, lease, read_visit(told("1", f"第1号{BRIDGE}"), 200))
        assert site_events(engine) == ["outage", "outage_over"]
        assert known(engine, told("1").url).state == State.LIVE
        assert check(engine) == []

    def test_the_same_one_look_at_a_time(
        self, archive: Archive, lease: Lease, engine: Engine
    ) -> None:
        names = self.fill(archive, lease)
        for minutes in (60, 100, 140):
            record(archive, lease, *(gone(minutes + i, name) for i, name in enumerate(names)))
        assert (self.removed(engine), site_events(engine)) == (0, ["outage"])

    def test_some_articles_missing_while_others_are_served_are_removals(
        self, archive: Archive, lease: Lease, engine: Engine
    ) -> None:
        names = self.fill(archive, lease)
        served = [
            read_visit(told(n, f"第{n}号{BRIDGE}"), m, noise=str(m))
            for m in (61, 101)
            for n in names[6:]
        ]
        for minutes, seen in ((60, served[:6]), (100, served[6:])):
            archive.record_many(seen, never_reread, lease)
            self.look(archive, lease, names[:6], minutes)
        assert (self.removed(engine), site_events(engine)) == (6, [])

    def test_without_an_answer_from_the_site_nothing_is_concluded(
        self, archive: Archive, lease: Lease, engine: Engine
    ) -> None:
        record(archive, lease, read_visit(told(), 1))
        looks = [replace(gone(m), site_answers=False) for m in (60, 100, 140)]
        failed = [other_visit(Finding.FAILED, m, reason=Reason.DNS) for m in (200, 300)]
        record(archive, lease, *looks, *failed)
        assert self.removed(engine) == 0


class TestMergeAndSplit:
    """Two articles found to be one, and back again."""

    def test_a_merger_gives_the_addresses_and_a_split_gives_them_back(
        self, archive: Archive, lease: Lease, engine: Engine
    ) -> None:
        record(archive, lease, read_visit(told(), 1), read_visit(other("2"), 2))
        archive.merge(lease, 2, 1, at(10))
        assert known(engine, other("2").url).article_id == 1
        assert known(engine, 2).merged_into == 1
        assert archive.split(lease, 2, at(20)) == 1
        history = known(engine, other("2").url)
        assert (history.article_id, history.merged_into, len(history.versions)) == (2, None, 1)
        assert kinds(history) == ["first_read", "merged", "split"]
        assert {known_.url for known_ in archive.due(SITE.key, at(999), limit=9)} == {
            told().url, other("2").url,
        }  # fmt: skip
        assert check(engine) == []

    def test_what_cannot_be_merged_or_split_is_one_clear_line(
        self, archive: Archive, lease: Lease
    ) -> None:
        record(archive, lease, read_visit(told(), 1), read_visit(other("2"), 2))
        with pytest.raises(ArchiveError, match="itself"):
            archive.merge(lease, 1, 1, at(10))
        with pytest.raises(ArchiveError, match="no article 9"):
            archive.merge(lease, 9, 1, at(10))
        with pytest.raises(ArchiveError, match="not merged"):
            archive.split(lease, 1, at(10))
        archive.merge(lease, 2, 1, at(10))
        with pytest.raises(ArchiveError, match="part of article 1"):
            archive.merge(lease, 2, 1, at(11))


def test_an_address_has_one_owner_at_a_time_through_all_of_it(
    archive: Archive, lease: Lease, engine: Engine
) -> None:
    record(archive, lease, read_visit(told(), 1), read_visit(other(), 60), gone(90), gone(130))
    record(archive, lease, read_visit(told(), 200))
    with reading(engine) as connection:
        own = sa.select(article_urls).where(article_urls.c.url == told().url)
        rows = connection.execute(own.order_by(article_urls.c.id)).all()
    assert [row.valid_to is None for row in rows] == [False, False, False, True]
    assert known(engine, told().url).article_id == 1, "the first story has come back"
    assert check(engine) == []
