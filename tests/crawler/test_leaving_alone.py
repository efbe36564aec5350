"""Sites that fail, or ask to be left alone: what a crawl learns outlives it."""

from datetime import UTC, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from faultserver import article_page, reply
from watched import Watched

from news.backoff import LONGEST_WAIT, CircuitState, Standing, wait_after
from storage.roster import Roster, WatchedSite

PAGES = {f"a{n}": article_page(f"嘉禾市第{n}号河道清淤工程完工") for n in range(6)}


def site(watched: Watched) -> WatchedSite:
    return Roster(watched.archive._engine).sites()[0]


def standing(watched: Watched) -> Standing:
    return site(watched).standing


def waited(watched: Watched) -> timedelta:
    until = standing(watched).until
    assert until is not None
    return until - watched.clock.now


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("asked", "wait"),
    [
        ("7200", timedelta(hours=2)),
        ("date", timedelta(hours=2)),
        ("99999999", LONGEST_WAIT),
        ("-5", None),
        ("junk", None),
    ],
)
def test_retry_after_is_heeded_over_crawls_within_bounds(
    watched: Watched, status: int, asked: str, wait: timedelta | None
) -> None:
    watched.publish(**PAGES)
    if asked == "date":
        at = watched.clock.now + timedelta(hours=3)  # the crawl begins an hour later
        asked = format_datetime(at.astimezone(UTC), usegmt=True)
    watched.server.answers["/zj/a2.html"] = reply("", status, Retry_After=asked)
    summary = watched.crawl()
    assert summary.counts.new < 6, "it ends where the site asks for it"
    least = wait_after(1, site(watched).key)
    assert waited(watched).total_seconds() == pytest.approx((wait or least).total_seconds(), abs=5)
    assert standing(watched).circuit is CircuitState.OPEN
    assert not site(watched).may_be_asked(watched.clock.now)


def test_a_503_with_retry_after_is_not_tried_again_at_once(watched: Watched) -> None:
    watched.publish(a=reply("", 503, Retry_After="100"))
    watched.crawl()
    assert watched.server.targets("/zj/") == ["/zj/a.html"]


def test_a_crawl_of_a_site_that_failed_ends_at_its_first_failure(watched: Watched) -> None:
    watched.server.answers["/"] = reply("", 503)
    watched.crawl()
    watched.server.asked.clear()
    watched.publish(**{name: reply("", 503) for name in PAGES})
    watched.changes["politeness"] = watched.profile.politeness.model_copy(update={"concurrency": 1})
    watched.crawl()
    assert len(set(watched.server.targets("/zj/"))) <= 2
    watched.publish(**PAGES)
    assert watched.crawl().counts.new == 6, "it answers: the crawl goes on, and needs no command"
    assert standing(watched).failures == 0


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (reply("", 500), "robots_unavailable"),
        (reply("", 429), "robots_unavailable"),
        (b"", "reset"),
    ],
)
def test_without_robots_txt_nothing_is_asked_and_one_look_says_why(
    watched: Watched, answer: bytes, reason: str
) -> None:
    watched.publish(**PAGES)
    watched.crawl()
    watched.server.asked.clear()
    watched.server.answers["/robots.txt"] = answer
    watched.crawl()
    assert watched.server.targets() == []
    rows = watched.rows("SELECT reason FROM seed_visits WHERE outcome = 'failed'")
    assert rows == [(reason,)]
    assert watched.count("visits") == 6, "no look is entered that was not made"
    assert standing(watched).reason == reason
    assert standing(watched).circuit is CircuitState.OPEN


def test_one_dead_host_of_several_leaves_the_site_open(watched: Watched) -> None:
    watched.publish(**PAGES)
    watched.server.answers |= {f"/zj/a{n}.html": reply("", 404) for n in range(3)}
    watched.crawl()
    assert standing(watched).circuit is CircuitState.CLOSED
    assert standing(watched).answered_at is not None


class TestScheduledCrawls:
    """What the daemon orders."""

    def test_looks_alone_read_no_list(self, watched: Watched) -> None:
        watched.publish(**PAGES)
        watched.crawl()
        watched.server.asked.clear()
        summary = watched.crawl(seeds=False, looks=4, kind="looks")
        assert summary.counts.pages == 4
        assert "/" not in watched.server.targets()
        assert site(watched).looks_left == pytest.approx(100 - 4, abs=0.01)

    def test_seeds_alone_look_at_no_known_article(self, watched: Watched) -> None:
        watched.publish(**PAGES)
        watched.crawl()
        watched.server.asked.clear()
        watched.crawl(looks=0, kind="seeds")
        assert watched.server.targets() == ["/"]

    def test_nothing_to_look_at_is_no_failure(self, watched: Watched) -> None:
        watched.publish(**PAGES)
        watched.crawl()
        summary = watched.crawl(later=timedelta(minutes=1), seeds=False, looks=9, kind="looks")
        assert (summary.status, summary.counts.pages) == ("success", 0)

    def test_a_confirmation_asks_a_list_and_the_suspects_alone(self, watched: Watched) -> None:
        watched.publish(**PAGES)
        watched.crawl()
        watched.server.answers["/zj/a1.html"] = reply("", 404)
        watched.crawl()
        watched.server.asked.clear()
        summary = watched.crawl(confirm=True, kind="confirm")
        assert watched.server.targets() == ["/", "/zj/a1.html"]
        assert summary.counts.removed == 1

    def test_a_removal_is_not_confirmed_while_the_site_does_not_answer(
        self, watched: Watched
    ) -> None:
        watched.publish(**PAGES)
        watched.crawl()
        watched.server.answers["/zj/a1.html"] = reply("", 404)
        watched.crawl()
        watched.server.answers["/"] = reply("", 500)
        assert watched.crawl(confirm=True, kind="confirm").counts.removed == 0

    def test_robots_txt_is_asked_for_once_where_it_may_be_kept(self, watched: Watched) -> None:
        watched.publish(**PAGES)
        for _ in range(3):
            watched.crawl(keep_robots=3600.0)
        asked = [asked.target for asked in watched.server.asked]
        assert asked.count("/robots.txt") == 1
        watched.crawl()
        asked = [asked.target for asked in watched.server.asked]
        assert asked.count("/robots.txt") == 2, "a crawl by hand asks anew"


def test_a_single_article_is_followed_without_its_site(watched: Watched) -> None:
    watched.publish(**PAGES)
    watched.server.answers["/story"] = reply(
        article_page("嘉禾市志愿者清理河道")
        + "".join(f"<a href='/zj/{name}.html'>x</a>" for name in PAGES)
    )
    options: dict[str, Any] = {"kind": "watch", "articles": True, "scope": "articles"}
    url = watched.server.base + "/story"
    assert watched.crawl(urls=(url,), **options).counts.new == 1
    assert watched.count("articles") == 1
    assert site(watched).scope == "articles"
    assert watched.crawl(seeds=False, looks=9, kind="looks").counts.unchanged == 1
    watched.server.answers["/story"] = reply("", 404)
    watched.crawl(seeds=False, looks=9, kind="looks")
    watched.crawl(confirm=True, kind="confirm", scope="articles")
    assert watched.rows("SELECT state FROM article_state") == [("removed",)]
    assert watched.count("articles") == 1, "the front page only shows that the site answers"
