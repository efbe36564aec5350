"""Feeds, sitemaps and lists in whole crawls: what is read, followed, watched and left out."""

import gzip
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from faultserver import Asked, FaultServer, article_page, list_page, reply
from watched import Watched

from crawler.crawls import CrawlCounts
from crawler.lists import NEW_A_CRAWL
from crawler.sites.profile import Paging, Seed, generic_profile

PAGE = article_page("嘉禾市河道清淤工程完工")
ARTICLE_URL = r".*/zj/\w+\.html"
XML = "application/xml"


def feed(*names: str, more: str = "") -> bytes:
    items = "".join(f"<item><link>/zj/{name}.html</link></item>" for name in names)
    return reply(f"<rss><channel>{items}{more}</channel></rss>", Content_Type=XML)


def urlset(*names: str, lastmod: str = "2026-01-03") -> str:
    entries = "".join(
        f"<url><loc>/zj/{name}.html</loc><lastmod>{lastmod}</lastmod></url>" for name in names
    )
    return f"<urlset>{entries}</urlset>"


def index(*paths: str) -> bytes:
    parts = "".join(f"<sitemap><loc>{path}</loc></sitemap>" for path in paths)
    return reply(f"<sitemapindex>{parts}</sitemapindex>", Content_Type=XML)


@pytest.fixture
def site(watched: Watched) -> Watched:
    """A site with a pattern for its articles, any number of which it has."""
    watched.changes["article_url"] = ARTICLE_URL

    def any_article(asked: Asked) -> bytes:
        return reply(PAGE)

    for name in [f"a{n}" for n in range(60)]:
        watched.server.answers[f"/zj/{name}.html"] = any_article
    return watched


def seeds(watched: Watched, *pairs: tuple[str, str]) -> None:
    watched.changes["seeds"] = tuple(Seed(url=url, kind=kind) for url, kind in pairs)  # type: ignore[arg-type]


def looks(watched: Watched) -> list[tuple[Any, ...]]:
    return watched.rows("SELECT outcome, reason FROM seed_visits ORDER BY visited_at")


def numbers(watched: Watched) -> list[tuple[Any, ...]]:
    names = "links, matched_links, new_links, foreign_links, refused_links"
    return watched.rows(f"SELECT {names} FROM seed_visits ORDER BY visited_at")


class TestFeedsAndSitemaps:
    def test_what_a_feed_states_is_looked_at(self, site: Watched) -> None:
        seeds(site, ("/rss", "feed"))
        site.server.answers["/rss"] = feed("a1", "a2")
        assert site.crawl().counts == CrawlCounts(pages=3, new=2, seeds=1)

    def test_what_a_sitemap_states_is_looked_at_but_not_what_is_old(self, site: Watched) -> None:
        seeds(site, ("/s.xml", "sitemap"))
        old = urlset("a3", "a4", lastmod="2020-01-01").removeprefix("<urlset>")
        body = urlset("a1", "a2").removesuffix("</urlset>") + old
        site.server.answers["/s.xml"] = reply(body, Content_Type=XML)
        summary = site.crawl()
        assert summary.counts == CrawlCounts(pages=3, new=2, seeds=1)
        assert dict(summary.left_out) == {"stated_as_old": 2}
        assert numbers(site) == [(4, 2, 2, 0, 2)]

    def test_an_index_leads_to_its_sitemaps_compressed_or_not(self, site: Watched) -> None:
        seeds(site, ("/index.xml", "sitemap"))
        site.server.answers["/index.xml"] = index("/s1.xml", "/s2.xml.gz", "/index.xml")
        site.server.answers["/s1.xml"] = reply(urlset("a1"), Content_Type=XML)
        packed = gzip.compress(urlset("a2").encode())
        site.server.answers["/s2.xml.gz"] = reply(packed, Content_Type="application/gzip")
        assert site.crawl().counts == CrawlCounts(pages=5, new=2, seeds=3)

    def test_indexes_within_indexes_end(self, site: Watched) -> None:
        seeds(site, ("/i0.xml", "sitemap"))
        for n in range(9):
            site.server.answers[f"/i{n}.xml"] = index(f"/i{n + 1}.xml")
        summary = site.crawl()
        assert summary.counts.seeds == 3
        assert dict(summary.left_out) == {"sitemaps": 1}

    def test_an_index_of_hundreds_is_bounded(self, site: Watched) -> None:
        seeds(site, ("/i.xml", "sitemap"))
        site.server.answers["/i.xml"] = index(*(f"/s{n}.xml" for n in range(300)))
        site.server.answers |= {f"/s{n}.xml": reply("<urlset/>") for n in range(300)}
        summary = site.crawl()
        assert (summary.counts.seeds, summary.left_out) == (51, (("sitemaps", 250),))

    def test_a_feed_that_goes_html_is_a_failed_look_and_the_list_goes_on(
        self, site: Watched
    ) -> None:
        seeds(site, ("/rss", "feed"), ("/", "list"))
        site.server.answers["/rss"] = feed("a1")
        site.server.answers["/"] = reply(list_page("/zj/a2.html"))
        site.crawl()
        site.server.answers["/rss"] = reply("<html><body>RSS is gone</body></html>")
        site.server.answers["/"] = reply(list_page("/zj/a3.html"))
        summary = site.crawl()
        assert summary.counts.new == 1
        assert summary.failures == ((site.server.base + "/rss", "not_feed"),)
        site.server.answers["/rss"] = feed("a1", "a4")
        assert site.crawl().counts.new == 1

    def test_a_feed_that_empties_and_returns_removes_nothing(self, site: Watched) -> None:
        seeds(site, ("/rss", "feed"))
        for names in (["a1", "a2"], [], ["a2", "a1"]):
            site.server.answers["/rss"] = feed(*names)
            assert site.crawl().counts.removed == 0
        assert looks(site) == [("read", None)] * 3
        assert site.count("articles") == 2

    def test_a_hostile_feed_is_one_failed_look(self, site: Watched) -> None:
        seeds(site, ("/rss", "feed"), ("/", "list"))
        body = "<!DOCTYPE r [<!ENTITY x SYSTEM 'file:///etc/hostname'>]><rss>&x;</rss>"
        site.server.answers |= {"/rss": reply(body), "/": reply(list_page("/zj/a1.html"))}
        summary = site.crawl()
        assert summary.failures == ((site.server.base + "/rss", "dtd"),)
        assert summary.counts.new == 1

    @pytest.mark.parametrize("answer", [feed("a1"), reply(urlset("a1"))], ids=["feed", "sitemap"])
    def test_the_address_of_a_feed_or_sitemap_may_be_given_by_itself(
        self, watched: Watched, answer: bytes
    ) -> None:
        watched.server.answers |= {"/x/y.xml": answer, "/zj/a1.html": reply(PAGE)}
        address = watched.server.base + "/x/y.xml"
        watched.changes |= {"home": address, "seeds": generic_profile(address).seeds}
        assert watched.crawl().counts == CrawlCounts(pages=2, new=1, seeds=1)


class TestDiscovery:
    """A site nobody has described names its feeds and sitemaps itself."""

    def serve(self, watched: Watched) -> None:
        head = "<link rel='alternate' type='application/rss+xml' href='/rss'>"
        front = reply(head + list_page("/zj/a1.html"))
        base = watched.server.base
        robots = reply(f"Sitemap: {base}/s.xml\nSitemap: http://other.example.org/s.xml\n")
        watched.server.answers |= {"/": front, "/robots.txt": robots, "/rss": feed("a2")}
        watched.server.answers["/s.xml"] = reply(urlset("a3"))
        watched.server.answers |= {f"/zj/a{n}.html": reply(PAGE) for n in range(9)}

    def test_they_are_read_at_once_and_from_then_on(self, watched: Watched) -> None:
        self.serve(watched)
        assert watched.crawl().counts == CrawlCounts(pages=6, new=3, seeds=3)
        watched.server.answers["/rss"] = feed("a2", "a4")
        watched.server.answers["/"] = reply(list_page("/zj/a1.html"))
        assert watched.crawl().counts == CrawlCounts(pages=7, new=1, unchanged=3, seeds=3)
        origins = watched.rows("SELECT kind, origin FROM seeds ORDER BY id")
        assert origins == [("list", "profile"), ("feed", "page"), ("sitemap", "robots")]

    def test_undated_entries_of_a_sitemap_nobody_chose_are_not_taken(
        self, watched: Watched
    ) -> None:
        self.serve(watched)
        watched.server.answers["/s.xml"] = reply(
            "<urlset><url><loc>/zj/a5.html</loc></url></urlset>"
        )
        assert watched.crawl().counts.new == 2

    def test_a_site_with_a_profile_of_its_own_is_watched_by_that_alone(
        self, watched: Watched
    ) -> None:
        self.serve(watched)
        watched.changes["discover"] = False
        assert watched.crawl().counts == CrawlCounts(pages=2, new=1, seeds=1)


class TestUnderASchedule:
    """Seeds are looked at when they are due, and asked whether they have changed."""

    def test_only_due_seeds_are_read(self, site: Watched) -> None:
        seeds(site, ("/rss", "feed"), ("/", "list"))
        site.server.answers |= {"/rss": feed("a1"), "/": reply(list_page("/zj/a2.html"))}
        assert site.crawl(looks=0).counts == CrawlCounts(pages=4, new=2, seeds=2)
        assert site.crawl(looks=0, later=timedelta(minutes=5)).counts.seeds == 0
        assert site.crawl(looks=0, later=timedelta(days=1)).counts.seeds == 2

    @pytest.mark.parametrize(
        ("answer", "outcome"),
        [(lambda _: reply(b"", 304), "not_modified"), (lambda _: feed("a1"), "unchanged")],
    )
    def test_an_unchanged_seed_is_not_read_again(
        self, site: Watched, answer: Callable[[Asked], bytes], outcome: str
    ) -> None:
        seeds(site, ("/rss", "feed"))
        etag = feed("a1").replace(b"\r\n\r\n", b'\r\nETag: "7"\r\n\r\n', 1)
        site.server.answers["/rss"] = etag
        site.crawl(looks=0)
        site.server.answers["/rss"] = answer
        site.crawl(looks=0, later=timedelta(days=1))
        assert looks(site) == [("read", None), (outcome, None)]
        asked = [a.headers.get("if-none-match") for a in site.server.asked if a.target == "/rss"]
        assert asked == [None, '"7"']
        first, last = site.rows("SELECT min(last_seen_at), max(last_seen_at) FROM listings")[0]
        assert first == last > site.rows("SELECT min(first_seen_at) FROM listings")[0][0]

    def test_a_changed_profile_reads_everything_again(self, site: Watched) -> None:
        seeds(site, ("/rss", "feed"))
        site.server.answers["/rss"] = feed("a1")
        site.crawl(looks=0)
        site.changes["article_url"] = r".*/zj/a\d+\.html"
        site.crawl(looks=0, later=timedelta(days=1))
        assert looks(site) == [("read", None)] * 2

    def test_the_further_pages_of_a_list_are_read_once_a_day_or_while_they_bring_news(
        self, site: Watched
    ) -> None:
        site.changes["paging"] = Paging(url=r".*/p\d\.html", max_pages=4)
        for n in range(1, 5):
            path = "/" if n == 1 else f"/p{n}.html"
            site.server.answers[path] = reply(list_page(f"/zj/a{n}.html", f"/p{n + 1}.html"))
        hour = timedelta(hours=1)
        found = [site.crawl(looks=0, later=later).counts.seeds for later in (hour, hour)]
        fresh = list_page("/zj/a9.html", "/zj/a1.html", "/p2.html")
        site.server.answers["/"] = reply(fresh)
        found.append(site.crawl(looks=0, later=hour).counts.seeds)
        found.append(site.crawl(looks=0, later=24 * hour).counts.seeds)
        assert found == [4, 1, 2, 4]


class TestTraps:
    """Every bound ends what it bounds, counts it, and the summary tells."""

    def test_fifty_thousand_foreign_links_hide_none_of_our_own(self, site: Watched) -> None:
        farm = [f"http://h{n}.example.org/{n}.html" for n in range(50_000)]
        site.server.answers["/"] = reply(list_page(*farm, "/zj/a1.html"))
        summary = site.crawl()
        assert summary.counts == CrawlCounts(pages=2, new=1, seeds=1)
        assert numbers(site) == [(50_001, 1, 1, 50_000, 0)]

    def test_a_million_links_are_read_to_a_bound(self, site: Watched) -> None:
        many = b"".join(b"<a href=/zj/a%d.html>" % n for n in range(400_000))
        site.server.answers["/"] = reply(many)
        summary = site.crawl(max_pages=3)
        assert summary.counts.seeds_failed == 0
        assert numbers(site)[0][1] == 5000
        assert dict(summary.left_out)["links_beyond_bound"] > 100_000
        assert dict(summary.left_out)["page_budget"] == 4998

    @pytest.mark.parametrize(
        ("href", "trap"),
        [
            ("/zj/zj/zj/zj/a1.html", "repeating_path"),
            ("/a/b/a/b/a/b/a1.html", "repeating_path"),
            ("/" + "/".join(map(str, range(30))) + "/a1.html", "deep_path"),
            ("/zj/" + "a" * 3000 + ".html", "overlong"),
            ("/zj/a1.html?" + "&".join(f"p{n}=1" for n in range(40)), "many_parameters"),
            ("javascript:void(0)", "not_http"),
            ("data:text/html,x", "not_http"),
            ("http://u@127.0.0.1/", "malformed"),
            ("http:\\\\127.0.0.1\\x", "malformed"),
        ],
    )
    def test_a_trap_is_known_by_its_form(self, site: Watched, href: str, trap: str) -> None:
        site.server.answers["/"] = reply(list_page(href, "/zj/a1.html"))
        summary = site.crawl()
        assert dict(summary.left_out) == {trap: 1}
        assert site.server.targets() == ["/", "/zj/a1.html"]

    def test_a_calendar_without_end_costs_no_more_than_its_pages(self, site: Watched) -> None:
        def month(asked: Asked) -> bytes:
            number = int(asked.target.rpartition("=")[2]) if "=" in asked.target else 0
            days = [f"/zj/d{number}x{n}.html" for n in range(3)]
            return reply(list_page(*days, *(f"/?month={number + n}" for n in range(1, 13))))

        site.server.answers |= {f"/?month={n}": month for n in range(500)} | {"/": month}
        site.changes["paging"] = Paging(url=r".*\?month=\d+", max_pages=10)
        summary = site.crawl()
        assert summary.counts.seeds == 10
        assert dict(summary.left_out)["list_pages"] > 0

    def test_session_ids_make_one_article_of_fifty_addresses(self, site: Watched) -> None:
        ids = [f"{n:032x}" for n in range(50)]
        hrefs = [f"/zj/a1.html;jsessionid={i}" for i in ids] + [
            f"/zj/a1.html?PHPSESSID={i}" for i in ids
        ]
        hrefs += [f"/zj/a1.html?sid={i}" for i in ids] + [f"/(S({i[:24]}))/zj/a1.html" for i in ids]
        site.server.answers["/"] = reply(list_page(*hrefs))
        assert site.crawl().counts == CrawlCounts(pages=2, new=1, seeds=1)

    def test_a_list_of_ever_new_links_is_bounded_a_crawl(
        self, site: Watched, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert NEW_A_CRAWL >= 5000
        monkeypatch.setattr("crawler.lists.NEW_A_CRAWL", 10)
        site.server.answers["/"] = reply(list_page(*(f"/zj/a{n}.html" for n in range(30))))
        summary = site.crawl()
        assert (summary.counts.new, site.count("articles")) == (10, 10)
        assert dict(summary.left_out) == {"new_articles": 20}
        assert site.crawl().counts.new == 10


def test_a_link_farm_leads_nowhere(watched: Watched, other_site: FaultServer) -> None:
    watched.server.answers["/"] = reply(
        list_page(*(f"{other_site.base}/{n}1234567.html" for n in range(99)))
    )
    watched.crawl()
    assert other_site.asked == []


class TestEditions:
    """Seeds with a date are those of the day on which the crawl begins, in the site's zone."""

    def test_each_day_has_a_first_page_of_its_own_that_leads_to_pages_and_articles(
        self, watched: Watched
    ) -> None:
        seeds(watched, ("/html/{yyyy}-{mm}/{dd}/node_1.htm", "list"))
        base = re.escape(watched.server.base) + r"/html/\d{4}-\d{2}/\d{2}/"
        watched.changes["article_url"] = base + r"content_\d+\.htm"
        watched.changes["paging"] = Paging(url=base + r"node_\d+\.htm", max_pages=9)
        for day in ("03", "04"):
            folder = f"/html/2026-01/{day}/"
            answers = {
                "node_1.htm": list_page("node_2.htm", "content_11.htm"),
                "node_2.htm": list_page("node_1.htm", "content_12.htm"),
                "content_11.htm": PAGE,
                "content_12.htm": PAGE,
            }
            for name, answer in answers.items():
                watched.server.answers[folder + name] = reply(answer)
        assert watched.crawl().counts == CrawlCounts(pages=4, new=2, seeds=2)  # 09:00 on the 3rd
        later = watched.crawl(later=timedelta(hours=16))  # 01:00 on the 4th, in China alone
        assert later.counts.new == 2
        found = watched.rows("SELECT url FROM articles")
        assert sorted(url.rpartition("/html/")[2][:10] for (url,) in found) == [
            "2026-01/03",
            "2026-01/03",
            "2026-01/04",
            "2026-01/04",
        ]
        due = watched.rows(
            "SELECT s.url FROM seeds s JOIN seed_state t ON t.seed_id = s.id"
            " WHERE t.due_at IS NOT NULL AND s.origin = 'profile'"
        )
        assert due == [(watched.server.base + "/html/2026-01/04/node_1.htm",)]
