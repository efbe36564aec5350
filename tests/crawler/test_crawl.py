"""A crawl from the lease to the summary, on a real archive and a real server."""

import asyncio
import os
import signal
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from faultserver import Asked, FaultServer, article_page, list_page, reply
from watched import Watched

from crawler.circuit import LOOKS_IN_A_ROW
from crawler.run import CrawlCounts, run
from crawler.sites.profile import Paging, Politeness, Seed, generic_profile
from news.page import body_digest
from storage.errors import ArchiveError, LeaseLost, SiteBusy

PAGES = {f"a{n}": article_page(f"嘉禾市第{n}号河道清淤工程完工") for n in range(6)}
MANY = {f"n{n}": PAGES["a1"] for n in range(30)}
SLOW = Politeness(delay=0.02, concurrency=1)
ROBOTS = "/robots.txt"


def test_a_first_crawl_stores_what_is_listed_and_a_second_one_nothing(watched: Watched) -> None:
    watched.publish(**PAGES)
    first = watched.crawl()
    assert first.status == "success"
    assert first.counts == CrawlCounts(pages=7, new=6, seeds=1)
    before = {table: watched.count(table) for table in ("versions", "captures", "readings")}
    second = watched.crawl()
    assert second.counts == CrawlCounts(pages=7, unchanged=6, seeds=1)
    assert before == {table: watched.count(table) for table in before}
    assert watched.count("visits") == 12


def test_an_edit_is_a_new_version(watched: Watched) -> None:
    watched.publish(**PAGES)
    watched.crawl()
    watched.publish(**PAGES | {"a3": article_page("嘉禾市第3号河道清淤工程延期")})
    assert watched.crawl().counts == CrawlCounts(pages=7, changed=1, unchanged=5, seeds=1)


def test_every_article_is_there_in_state_found_before_it_is_looked_at(watched: Watched) -> None:
    watched.publish(**PAGES)
    seen: list[Any] = []

    def look(counts: CrawlCounts) -> None:
        if counts.pages == 1:
            seen.extend(watched.rows("SELECT state, count(*) FROM article_state GROUP BY state"))

    watched.crawl(on_progress=look, max_pages=1)
    assert seen == [("found", 6)]
    assert watched.count("listings") == 6


def test_what_was_announced_and_never_looked_at_is_read_though_no_list_is_due(
    watched: Watched,
) -> None:
    watched.publish(**PAGES)
    watched.crawl(max_pages=1)  # ended behind the list
    counts = watched.crawl(looks=0, later=timedelta(seconds=1)).counts
    assert (counts.seeds, counts.new) == (0, 6)


def test_progress_counts_only_what_is_committed(watched: Watched) -> None:
    watched.publish(**PAGES)
    shown: list[tuple[int, int]] = []
    watched.crawl(
        on_progress=lambda counts: shown.append(
            (counts.pages, watched.count("visits") + watched.count("seed_visits"))
        )
    )
    assert shown[-1] == (7, 7)
    assert all(counted <= stored for counted, stored in shown)


class TestConditionalRequests:
    """Validators are used to ask, never to decide."""

    def serve(
        self, watched: Watched, body: Callable[[], str], etag: Callable[[], str]
    ) -> list[dict[str, str]]:
        asked_with: list[dict[str, str]] = []

        def answer(asked: Asked) -> bytes:
            asked_with.append(asked.headers)
            if asked.headers.get("if-none-match") == etag() == "honest":
                return reply(b"", 304, ETag=etag())
            return reply(body(), ETag=etag(), Last_Modified="Fri, 02 Jan 2026 00:00:00 GMT")

        watched.publish(a=answer)
        return asked_with

    def test_a_304_is_a_look_that_found_nothing_new(self, watched: Watched) -> None:
        asked = self.serve(watched, lambda: PAGES["a1"], lambda: "honest")
        watched.crawl()
        watched.crawl()
        assert "if-none-match" not in asked[0]
        assert asked[1]["if-none-match"] == "honest"
        assert asked[1]["if-modified-since"] == "Fri, 02 Jan 2026 00:00:00 GMT"
        assert watched.visits("a") == [("new", None), ("not_modified", None)]

    def test_an_etag_that_stays_while_the_text_changes_hides_nothing(
        self, watched: Watched
    ) -> None:
        bodies = iter([PAGES["a1"], PAGES["a2"]])
        self.serve(watched, lambda: next(bodies), lambda: '"always"')
        watched.crawl()
        watched.crawl()
        assert watched.visits("a") == [("new", None), ("changed", None)]

    def test_an_etag_that_changes_while_the_text_stays_makes_nothing(
        self, watched: Watched
    ) -> None:
        self.serve(watched, lambda: PAGES["a1"], lambda: f'"{watched.clock()}"')
        watched.crawl()
        watched.crawl()
        assert watched.visits("a") == [("new", None), ("unchanged", None)]
        assert (watched.count("versions"), watched.count("captures")) == (1, 1)

    def test_validators_of_a_page_that_was_not_accepted_are_forgotten(
        self, watched: Watched
    ) -> None:
        asked = self.serve(watched, lambda: "", lambda: '"of nothing"')
        watched.crawl()
        watched.crawl()
        assert "if-none-match" not in asked[1]

    def test_a_304_to_a_plain_request_is_never_a_look_that_saw_it(self, watched: Watched) -> None:
        watched.publish(a=reply(b"", 304, ETag='"1"'))
        watched.crawl()
        assert watched.visits("a") == [("failed", "bad_304")]


class TestLyingValidators:
    """304 is held against what is really there: until a site proved honest, then at times."""

    def serve(self, watched: Watched, body: Callable[[], str], etag: Callable[[], str]) -> None:
        def answer(asked: Asked) -> bytes:
            if "if-none-match" in asked.headers and etag() == '"always"':
                return reply(b"", 304, ETag=etag())
            return reply(body(), ETag=etag())

        watched.publish(a=answer)

    def asked(self, watched: Watched) -> list[bool]:
        """Which of the fetches of the article were conditional."""
        fetches = [asked for asked in watched.server.asked if asked.target == "/zj/a.html"]
        return ["if-none-match" in asked.headers for asked in fetches]

    def test_an_edit_behind_a_304_is_seen(self, watched: Watched) -> None:
        texts = [PAGES["a1"], PAGES["a2"]]
        self.serve(watched, lambda: texts[-1], lambda: '"always"')
        texts.append(PAGES["a1"])
        watched.crawl()
        texts.append(PAGES["a2"])
        watched.crawl()
        assert watched.visits("a") == [("new", None), ("changed", None)]
        assert self.asked(watched) == [False, True, False]

    def test_a_site_that_lied_twice_is_asked_conditionally_no_more(self, watched: Watched) -> None:
        texts = [PAGES["a0"]]
        self.serve(watched, lambda: texts[-1], lambda: '"always"')
        for number in range(4):
            texts.append(PAGES[f"a{number}"])
            watched.crawl()
        assert [found for found, _ in watched.visits("a")] == ["new"] + ["changed"] * 3
        assert self.asked(watched) == [False, True, False, True, False, False]

    def test_an_honest_site_is_controlled_less_and_less(self, watched: Watched) -> None:
        self.serve(watched, lambda: PAGES["a1"], lambda: '"always"')
        for _ in range(31):
            watched.crawl()
        conditional = self.asked(watched)
        assert conditional.count(True) == 30
        assert 20 <= conditional.count(False) - 1 <= 24
        outcomes = {found for found, _ in watched.visits("a")[1:]}
        assert outcomes == {"not_modified"}

    def test_a_tag_that_differs_on_every_fetch_is_not_sent(self, watched: Watched) -> None:
        self.serve(watched, lambda: PAGES["a1"], lambda: f'"{watched.clock()}"')
        for _ in range(8):
            watched.crawl()
        assert self.asked(watched) == [False] + [True] * 5 + [False] * 2


class TestRobots:
    """robots.txt as RFC 9309 reads it, asked for once a host and crawl."""

    def test_what_it_forbids_is_not_fetched(self, watched: Watched) -> None:
        watched.publish(**PAGES)
        watched.server.answers[ROBOTS] = reply("User-agent: Variorum\nDisallow: /zj/a3\n")
        summary = watched.crawl()
        assert summary.failures == ((watched.server.base + "/zj/a3.html", "robots"),)
        assert "/zj/a3.html" not in watched.server.targets()
        assert [asked.target for asked in watched.server.asked].count(ROBOTS) == 1

    @pytest.mark.parametrize("status", [500, 503, 429])
    def test_nothing_is_fetched_while_it_cannot_be_had(self, watched: Watched, status: int) -> None:
        watched.publish(**PAGES)
        watched.server.answers[ROBOTS] = reply("", status)
        summary = watched.crawl()
        assert (summary.status, summary.counts.seeds_failed) == ("failure", 1)
        assert watched.server.targets() == []

    def test_no_answer_for_it_is_the_reason_of_what_was_not_fetched(self, watched: Watched) -> None:
        watched.server.answers[ROBOTS] = b""
        assert watched.crawl().failures[0] == (watched.server.base + "/", "reset")
        assert watched.rows("SELECT reason FROM seed_visits") == [("reset",)]

    @pytest.mark.parametrize("status", [401, 403, 404, 410])
    def test_where_there_is_none_everything_may_be_fetched(
        self, watched: Watched, status: int
    ) -> None:
        watched.publish(**PAGES)
        watched.server.answers[ROBOTS] = reply("Disallow: /", status)
        assert watched.crawl().counts.new == 6


class TestPoliteness:
    """What a site is asked to bear."""

    def test_the_budget_bounds_the_fetches(self, watched: Watched) -> None:
        watched.publish(**PAGES)
        assert watched.crawl(max_pages=3).counts.pages == 3
        watched.changes = {"politeness": Politeness(delay=0, max_pages=2)}
        assert watched.crawl().counts.pages == 2

    def test_a_host_that_says_429_is_left_alone(self, watched: Watched) -> None:
        watched.publish(**{name: reply("", 429) for name in PAGES})
        watched.changes = {"politeness": Politeness(delay=0, concurrency=1)}
        summary = watched.crawl()
        assert len(watched.server.targets("/zj/")) < len(PAGES)
        assert summary.failures[-1][1] == "given up: http_429"

    def test_a_host_that_does_not_let_us_in_is_given_up_after_a_while(
        self, watched: Watched
    ) -> None:
        watched.publish(**{f"n{n}": reply("", 403) for n in range(60)})
        watched.crawl()
        assert LOOKS_IN_A_ROW <= len(watched.server.targets("/zj/")) < 40

    def test_we_say_who_we_are_and_carry_nothing_along(self, watched: Watched) -> None:
        watched.publish(a=reply(PAGES["a1"], Set_Cookie="sid=1"), b=PAGES["a2"])
        watched.crawl(contact="desk@example.com")
        watched.crawl(contact="desk@example.com")
        for asked in watched.server.asked:
            assert asked.headers["user-agent"].startswith("Variorum/")
            assert asked.headers["user-agent"].endswith("(+desk@example.com)")
            assert not {"cookie", "referer", "authorization"} & set(asked.headers)


class TestLists:
    """How far a list is followed."""

    def test_its_pages_are_followed_to_the_profiles_bound(self, watched: Watched) -> None:
        for number in range(1, 9):
            path = "/" if number == 1 else f"/index_{number}.html"
            hrefs = (f"/zj/a{number}.html", f"/index_{number + 1}.html")
            watched.server.answers[path] = reply(list_page(*hrefs))
            watched.server.answers[f"/zj/a{number}.html"] = reply(PAGES["a1"])
        watched.changes |= {"paging": Paging(url=r".*/index_\d+\.html", max_pages=3)}
        assert watched.crawl().counts == CrawlCounts(pages=6, new=3, seeds=3)

    def test_endless_pages_of_the_same_links_end_soon(self, watched: Watched) -> None:
        def endless(asked: Asked) -> bytes:
            number = int(asked.target.rpartition("=")[2] or 1) if "=" in asked.target else 1
            return reply(list_page("/zj/a1.html", f"/?page={number + 1}"))

        watched.server.answers |= {f"/?page={n}": endless for n in range(100)}
        watched.server.answers |= {"/": endless, "/zj/a1.html": reply(PAGES["a1"])}
        watched.changes |= {"paging": Paging(url=r".*\?page=\d+", max_pages=50)}
        assert watched.crawl().counts.seeds <= 3

    def lists(self, watched: Watched, articles: int, *, a_page: int = 2) -> None:
        """Serve a list of articles over several pages, newest last, and the articles."""
        pages = [range(n, min(n + a_page, articles)) for n in range(0, articles, a_page)]
        for number, page in enumerate(pages, 1):
            hrefs = [f"/zj/a{n}.html" for n in page] + [f"/index_{number + 1}.html"]
            path = "/" if number == 1 else f"/index_{number}.html"
            watched.server.answers[path] = reply(list_page(*hrefs))
            for n in page:
                watched.server.answers[f"/zj/a{n}.html"] = reply(PAGES["a1"])
        paging = Paging(url=r".*/index_\d+\.html", max_pages=len(pages))
        watched.changes |= {"paging": paging}

    def test_a_list_whose_first_page_another_list_announced_is_followed_all_the_same(
        self, watched: Watched
    ) -> None:
        self.lists(watched, articles=8)
        watched.server.answers["/front/"] = reply(list_page("/zj/a0.html", "/zj/a1.html"))
        watched.changes["seeds"] = (Seed(url="/front/"), Seed(url="/"))
        assert watched.crawl().counts.new == 8

    @pytest.mark.parametrize("budget", [1, 3, 4, 6])
    def test_what_a_crawl_that_did_not_come_to_its_end_left_out_the_next_one_finds(
        self, watched: Watched, budget: int
    ) -> None:
        self.lists(watched, articles=8)
        watched.crawl(max_pages=budget)
        watched.crawl()
        assert watched.count("articles") == 8
        assert watched.rows("SELECT DISTINCT state FROM article_state") == [("live",)]

    def test_an_article_no_list_announces_any_more_is_still_looked_at(
        self, watched: Watched
    ) -> None:
        watched.publish(**PAGES)
        watched.crawl()
        watched.server.answers["/"] = reply(list_page("/zj/a1.html"))
        assert watched.crawl().counts == CrawlCounts(pages=7, unchanged=6, seeds=1)

    def test_a_list_that_fails_is_recorded_and_the_other_one_is_read(
        self, watched: Watched
    ) -> None:
        watched.publish(**PAGES)
        watched.changes["seeds"] = (Seed(url="/gone/"), Seed(url="/"))
        summary = watched.crawl()
        assert (summary.status, summary.counts.seeds_failed) == ("partial", 1)
        assert summary.counts.new == 6
        stored = watched.rows("SELECT outcome, reason FROM seed_visits ORDER BY outcome")
        assert stored == [("failed", "http_404"), ("read", None)]


class TestJustTheseAddresses:
    """`urls` narrows a crawl to some addresses."""

    def test_an_article_is_looked_at_alone(self, watched: Watched) -> None:
        watched.publish(**PAGES)
        watched.changes["article_url"] = r".*/zj/\w+\.html"
        summary = watched.crawl(urls=(watched.server.base + "/zj/a2.html",))
        assert summary.counts == CrawlCounts(pages=1, new=1)
        assert watched.server.targets() == ["/zj/a2.html"]

    def test_an_unknown_sites_address_may_turn_out_to_be_an_article(self, watched: Watched) -> None:
        watched.publish(**PAGES)
        address = watched.server.base + "/zj/a2.html"
        watched.changes["seeds"] = generic_profile(address).seeds
        assert watched.crawl().counts == CrawlCounts(pages=1, new=1)
        assert watched.crawl().counts == CrawlCounts(pages=1, unchanged=1)

    def test_one_that_fails_is_a_failure(self, watched: Watched) -> None:
        watched.changes["article_url"] = r".*/zj/\w+\.html"
        watched.server.answers["/zj/a2.html"] = reply("", 500)
        assert watched.crawl(urls=(watched.server.base + "/zj/a2.html",)).status == "failure"


class TestTheLease:
    """One crawl a site at a time, and none that has lost its lease."""

    def test_two_crawls_at_once_are_one_crawl_and_one_that_says_so(self, watched: Watched) -> None:
        watched.publish(**PAGES)

        async def both() -> list[Any]:
            crawls = (watched.crawling(), watched.crawling())
            return await asyncio.gather(*crawls, return_exceptions=True)

        ended = run(both)
        assert [type(result) for result in ended].count(SiteBusy) == 1
        assert watched.count("versions") == 6

    def test_it_is_given_back_whatever_happens(self, watched: Watched) -> None:
        watched.server.answers["/"] = reply("", 500)
        assert watched.crawl().status == "failure"
        watched.publish(**PAGES)
        assert watched.crawl().status == "success"

    def test_a_crawl_that_loses_it_ends_and_writes_nothing_more(self, watched: Watched) -> None:
        watched.publish(**MANY)
        watched.changes["politeness"] = SLOW

        def take_over(_: CrawlCounts) -> None:
            with watched.archive._engine.begin() as connection:
                connection.exec_driver_sql("UPDATE site_state SET lease_token = 99")

        with pytest.raises(LeaseLost):
            watched.crawl(on_progress=take_over)
        assert watched.count("visits") < len(MANY)

    def test_an_error_of_the_database_ends_the_crawl(
        self, watched: Watched, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(*_: Any) -> None:
            raise OSError("disk full")

        watched.publish(**PAGES)
        monkeypatch.setattr(watched.archive, "record_many", full)
        with pytest.raises(ArchiveError, match="disk full"):
            watched.crawl()
        monkeypatch.undo()
        assert watched.crawl().counts.new == 6


class TestStopping:
    """A crawl that is stopped ends cleanly, and the next one goes on."""

    def test_ctrl_c_keeps_what_is_committed_and_frees_the_site(self, watched: Watched) -> None:
        watched.publish(**MANY)
        watched.changes["politeness"] = SLOW

        def interrupt(counts: CrawlCounts) -> None:
            if counts.new > 2:
                os.kill(os.getpid(), signal.SIGINT)

        with pytest.raises(KeyboardInterrupt):
            watched.crawl(on_progress=interrupt)
        stored = watched.count("visits")
        assert 2 < stored < len(MANY)
        assert watched.rows("SELECT status FROM crawls") == [("partial",)]
        watched.changes["politeness"] = Politeness(delay=0.0, concurrency=4)
        assert watched.crawl().counts.new == len(MANY) - stored

    def test_sigterm_ends_with_its_status(self, watched: Watched) -> None:
        watched.publish(**PAGES)
        with pytest.raises(SystemExit) as ended:
            watched.crawl(on_progress=lambda _: os.kill(os.getpid(), signal.SIGTERM))
        assert ended.value.code == 143


def test_crawls_may_follow_each_other_in_one_run(watched: Watched) -> None:
    watched.publish(**PAGES)

    async def three() -> list[int]:
        found = []
        for _ in range(3):
            watched.clock.now += timedelta(hours=1)
            found.append((await watched.crawling()).counts.pages)
        return found

    assert run(three) == [7, 7, 7]


def test_a_look_has_a_moment_of_its_own_even_if_the_clock_stands_still(watched: Watched) -> None:
    watched.publish(a=PAGES["a1"])
    for _ in range(3):
        watched.clock.now -= timedelta(hours=1)
        watched.crawl(later=timedelta(0))
    assert [found for found, _ in watched.visits("a")] == ["new", "unchanged", "unchanged"]


def test_a_proxy_is_honoured_for_names_that_only_it_knows(
    watched: Watched, faults: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", faults.base)
    home = "http://news.example.test/"
    for path, body in {"": list_page("/zj/a1.html"), "zj/a1.html": PAGES["a1"]}.items():
        faults.answers[home + path] = reply(body)
    watched.changes = generic_profile(home).model_dump(include={"key", "home", "hosts"})
    watched.changes["seeds"] = generic_profile(home).seeds
    summary = watched.crawl(allow_addresses=frozenset())
    assert summary.counts == CrawlCounts(pages=2, new=1, seeds=1)


def test_the_bytes_behind_a_reading_are_those_of_the_wire(watched: Watched) -> None:
    watched.publish(a=PAGES["a1"])
    watched.crawl()
    digest = body_digest(PAGES["a1"].encode())
    assert digest in str(watched.rows("SELECT * FROM captures")) or watched.count("captures") == 1
