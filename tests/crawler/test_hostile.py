"""Sandwich of all the faults a site can serve, at once: one server, three crawls, both databases.

Every article is good, then faulty, then the same good page. The names carry the rows of the fault
list that the project keeps (N network, H HTTP, M markup, X security).
"""

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from faultserver import (
    Answer,
    Asked,
    Canary,
    Drip,
    Endless,
    FaultServer,
    Reset,
    article_page,
    list_page,
    redirect,
    reply,
    serving,
)
from watched import Watched

from crawler import settings
from crawler.crawls import CrawlCounts, CrawlSummary
from crawler.heads import MOST_HEAD_BYTES
from crawler.settings import MAX_BODY
from crawler.sites.profile import Paging, Politeness, Seed
from storage.archive import Archive
from storage.engine import open_engine
from tests.conftest import empty_tables, migrated_sqlite

GOOD = article_page("嘉禾市完成年度河道清淤工程")
RAW = GOOD.encode()
HTML = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
CHUNKED = HTML + b"Transfer-Encoding: chunked\r\n\r\n"
SIZED = b"Content-Length: %d\r\n\r\n%s" % (len(RAW), RAW)
NOTHING = "<html><head><meta http-equiv=refresh content='0;url={}'></head><body></body></html>"
SLIDER = "<title>安全验证</title><div>请拖动滑块完成拼图</div>"
CLEARANCE = "<script>document.cookie='__jsl_clearance=1';location.href=location.pathname</script>"
ATOM = "<feed xmlns='http://www.w3.org/2005/Atom'>{}</feed>"
ENDLESS = {
    "H-10 50 MB, as declared": Endless(HTML + b"Content-Length: 52428800\r\n\r\n", bytes(65536)),
    "H-10 a body without end": Endless(HTML + b"\r\n", b"<p>x</p>" * 8192),
    "H-11 chunks without end": Endless(CHUNKED, b"10000\r\n" + b"<p>x</p>" * 8192 + b"\r\n"),
    "H-20 headers without end": Endless(HTML, b"X-Flood: " + b"a" * 1000 + b"\r\n"),
}
CUT, TOO_LARGE, NOT_HTML = ("failed", "truncated"), ("failed", "too_large"), ("failed", "not_html")
LOOP, REFUSED, EMPTY = (
    ("failed", "redirect_loop"),
    ("failed", "blocked_address"),
    ("failed", "empty"),
)
SAME, DECODE, PROTOCOL = ("unchanged", None), ("failed", "decode"), ("failed", "protocol")
CHALLENGE, LIMIT = ("blocked", "challenge"), ("failed", "parse_limit")

Outcome = tuple[str, str | None]


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


def coded(data: bytes, how: str) -> bytes:
    return reply(data, Content_Encoding=how)


def bomb() -> bytes:
    return bytes(4 * MAX_BODY)


def network() -> dict[str, tuple[Answer, Outcome]]:
    sized = HTML + b"Content-Length: 9999\r\n\r\n" + RAW
    return {
        "N-05 reset in a sized body": (Reset(sized), CUT),
        "N-05 reset in a chunked body": (Reset(CHUNKED + chunk(RAW)), CUT),
        "N-06 Content-Length larger than the body": (reply(RAW, length=9999), CUT),
        "N-06 Content-Length smaller than the body": (reply(RAW, length=500), CUT),
        "N-07 no final chunk": (CHUNKED + chunk(RAW[:300]) + chunk(RAW[300:]), CUT),
        "N-07 chunks of no size": (CHUNKED + b"zz\r\n" + RAW, CUT),
        "N-07 a chunk larger than the world": (CHUNKED + b"f" * 15 + b"\r\n" + RAW, CUT),
        "N-07 an end that is only the connection's": (HTML + b"\r\n" + RAW[:600], CUT),
        "N-13 a loop": (redirect("?"), LOOP),
        "N-13 a chain of thirty": (redirect("/r/1"), LOOP),
        "N-13 a wall of Set-Cookie": (reply(status=302, Location="?", Set_Cookie="a=1"), LOOP),
        "N-14 to another site": (redirect("http://other.example.org/"), ("failed", "offsite")),
        "N-15 to a file": (redirect("file:///etc/hostname"), REFUSED),
        "N-15 to ftp": (redirect("ftp://127.0.0.1/x"), REFUSED),
        "N-15 to data": (redirect("data:text/html,<h1>x"), REFUSED),
        "N-15 to gopher": (redirect("gopher://127.0.0.1/"), REFUSED),
        "N-15 to a script": (redirect("javascript:alert(1)"), REFUSED),
        "N-16 to a private address": (redirect("http://10.0.0.1/"), REFUSED),
        "N-16 to a cloud's metadata": (redirect("http://169.254.169.254/latest"), REFUSED),
        "N-16 to a number": (redirect("http://2130706433/"), REFUSED),
        "N-16 to hexadecimal": (redirect("http://0x7f.1/"), REFUSED),
        "N-16 to a mapped address": (redirect("http://[::ffff:7f00:1]/"), REFUSED),
        "N-16 permanently": (redirect("http://192.168.0.1/", 308), REFUSED),
        "N-17 to the front": (redirect("/"), ("missing", "redirect_home")),
        "X-04 a backslash": (redirect("http://127.0.0.1\\@example.com/"), REFUSED),
        "X-04 two user names": (redirect("http://a@b@127.0.0.1/"), REFUSED),
        "X-04 half a literal": (redirect("http://[::1"), PROTOCOL),
    }


def bodies() -> dict[str, tuple[Answer, Outcome]]:
    twice = gzip.compress(gzip.compress(RAW))
    return {
        "H-01 HTML as text": (reply(RAW, Content_Type="text/plain"), SAME),
        "H-01 HTML as bytes": (reply(RAW, Content_Type="application/octet-stream"), SAME),
        "H-01 HTML as nothing": (b"HTTP/1.1 200 OK\r\n" + SIZED, SAME),
        "H-02 a PDF": (reply(b"%PDF-1.7\n" + bytes(2000)), NOT_HTML),
        "H-02 an archive": (reply(b"PK\x03\x04" + bytes(5000)), NOT_HTML),
        "H-02 a film": (reply(b"\x00\x00\x00\x18ftypmp42" + bytes(5000)), NOT_HTML),
        "H-02 a picture": (reply(b"\xff\xd8\xff\xe0" + bytes(5000)), NOT_HTML),
        "H-02 JSON": (reply('{"code":404,"msg":"not found"}'), NOT_HTML),
        "H-02 noise": (reply(bytes(range(256)) * 40), NOT_HTML),
        "H-08 plain, declared as gzip": (coded(RAW, "gzip"), SAME),
        "H-08 an encoding nobody asked for": (coded(RAW, "br"), DECODE),
        "H-08 an encoding that is none": (coded(RAW, "utf-8"), DECODE),
        "H-08 gzip within gzip, declared once": (coded(twice, "gzip"), NOT_HTML),
        "H-08 gzip within gzip, declared twice": (coded(twice, "gzip, gzip"), SAME),
        "H-08 cut gzip": (coded(gzip.compress(RAW)[:-10], "gzip"), CUT),
        "H-08 a wrong checksum": (coded(gzip.compress(RAW)[:-8] + bytes(8), "gzip"), DECODE),
        "H-09 a bomb of gzip": (coded(gzip.compress(bomb()), "gzip"), TOO_LARGE),
        "H-09 a bomb of deflate": (coded(zlib.compress(bomb()), "deflate"), TOO_LARGE),
        "H-09 a bomb of zstd": (coded(b"\x28\xb5\x2f\xfd" + bytes(99), "zstd"), DECODE),
        "H-09 a bomb in a bomb": (
            coded(gzip.compress(gzip.compress(bomb())), "gzip, gzip"),
            TOO_LARGE,
        ),
        "H-09 a bomb of many members": (
            coded(gzip.compress(bytes(5 << 20)) * 9, "gzip"),
            TOO_LARGE,
        ),
        "H-14 a notice of deletion": (
            reply("<title>提示</title><p>该文章已被作者删除</p>"),
            ("missing", "soft_404"),
        ),
        "H-15 a login wall": (
            reply("<title>提示</title><div>请先登录后查看全文</div>"),
            ("blocked", "login"),
        ),
        "H-16 a slider with 200": (reply(SLIDER), CHALLENGE),
        "H-16 a slider with 412": (reply(SLIDER, 412), CHALLENGE),
        "H-16 a script with 521": (reply(CLEARANCE, 521), CHALLENGE),
        "H-17 a refresh to itself": (reply(NOTHING.format("?")), EMPTY),
        "H-17 a refresh inside": (reply(NOTHING.format("http://10.0.0.1/")), EMPTY),
        "H-17 a refresh by header": (
            reply("<html></html>", Refresh="0; url=http://10.0.0.1/"),
            EMPTY,
        ),
        "H-18 nothing": (reply(""), EMPTY),
        "H-18 white space": (reply(" \n\t" * 500), EMPTY),
        "H-18 a head alone": (
            reply("<html><head><title>x</title></head><body></body></html>"),
            EMPTY,
        ),
    }


def heads() -> dict[str, tuple[Answer, Outcome]]:
    many = b"".join(b"X-%d: a\r\n" % n for n in range(1000))
    found: dict[str, tuple[Answer, Outcome]] = {
        "H-13 304 to a plain question": (reply(b"", 304), ("failed", "bad_304")),
        "H-13 304 with a body": (b"HTTP/1.1 304 No\r\n" + SIZED, ("failed", "bad_304")),
        "H-20 a thousand headers": (HTML + many + SIZED, SAME),
        "H-20 a header of a megabyte": (
            HTML + b"X-Big: " + b"a" * (1 << 20) + b"\r\n" + SIZED,
            ("failed", "reset"),
        ),
        "H-20 a line break in a header": (HTML + b"X-A: b\rSet-Cookie: x=1\r\n" + SIZED, SAME),
        "H-20 NUL in a header": (HTML + b"X-A: a\x00b\r\n" + SIZED, SAME),
        "H-20 a status that is no number": (b"HTTP/1.1 abc\r\n\r\n" + RAW, PROTOCOL),
        "H-20 another protocol": (b"SSH-2.0-x\r\n\r\n", PROTOCOL),
        "H-20 no answer": (b"", ("failed", "reset")),
        "H-20 no head": (RAW, ("failed", "reset")),
        "H-20 two lengths": (HTML + b"Content-Length: 5\r\n" + SIZED, ("failed", "reset")),
        "H-20 a negative length": (
            HTML + b"Content-Length: -5\r\n\r\n" + RAW,
            ("failed", "reset"),
        ),
        "H-20 five hundred times 100": (b"HTTP/1.1 100 Go on\r\n\r\n" * 500 + HTML + SIZED, SAME),
    }
    for status in (201, 202, 204, 205, 206, 226, 300, 400, 418, 500, 501, 502, 520, 600, 999):
        body = "" if status in {204, 205} else GOOD
        found[f"H-21 {status}"] = (reply(body, status), ("failed", f"http_{status}"))
    for status in (401, 402, 403, 407, 451):
        found[f"H-21 {status}"] = (reply(GOOD, status), ("blocked", f"http_{status}"))
    found["H-21 203"] = (reply(GOOD, 203), SAME)
    found["H-21 404"] = (reply(GOOD, 404), ("missing", "not_found"))
    found["H-21 410"] = (reply(GOOD, 410), ("missing", "gone"))
    return found


def markup() -> dict[str, tuple[Answer, Outcome]]:
    body = b"<html><body>"
    attributes = b" ".join(b"a%d=1" % n for n in range(100_000))
    junk = RAW.replace(b"<p>", b"<p>\x00\x01\xef\xbf\xbe")
    return {
        "M-02 ten thousand deep": (reply(body + b"<div>" * 10_000 + RAW), LIMIT),
        "M-02 a million deep": (reply(body + b"<b>" * 1_000_000 + RAW), LIMIT),
        "M-03 NUL and what is no character": (reply(junk), SAME),
        "M-05 a million tags": (reply(RAW + b"<i></i>" * 1_000_000), LIMIT),
        "M-05 a hundred thousand attributes": (reply(RAW + b"<p " + attributes + b">"), LIMIT),
        "M-05 one line of five megabytes": (
            reply(body + "字".encode() * 1_600_000),
            CUT,  # it lacks the end that it had
        ),
    }


ENDS = dict.fromkeys(ENDLESS, TOO_LARGE) | {"H-20 headers without end": PROTOCOL}
FAULTS = network() | bodies() | heads() | markup()
FAULTS |= {name: (answer, ENDS[name]) for name, answer in ENDLESS.items()}
NAMES = {fault: f"f{number}" for number, fault in enumerate(FAULTS)}
NEIGHBOURS = [f"b{number}" for number in range(len(FAULTS) // 3)]


class Sandwich(NamedTuple):
    """What three crawls over all faults came to."""

    visits: dict[str, list[Outcome]]
    versions: dict[str, int]
    summaries: list[CrawlSummary]


@contextmanager
def archive_on(request: pytest.FixtureRequest, folder: Path) -> Iterator[Archive]:
    if request.param == "sqlite":
        (folder / "archive.db").write_bytes(migrated_sqlite())
        url = f"sqlite:///{folder}/archive.db"
    else:
        url = request.getfixturevalue("postgres_url")
    engine = open_engine(url)
    if request.param != "sqlite":
        empty_tables(engine)
    yield Archive(engine)
    engine.dispose()


@pytest.fixture(
    scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
)
def sandwich(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Sandwich]:
    serve = serving()
    with (
        archive_on(request, tmp_path_factory.mktemp("sandwich")) as archive,
        pytest.MonkeyPatch.context() as patch,
    ):
        for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
            patch.delenv(name, raising=False)
        server = next(serve)
        server.answers |= {f"/r/{n}": redirect(f"/r/{n + 1}") for n in range(30)}
        watched = Watched(archive, server)
        faulty = {NAMES[fault]: answer for fault, (answer, _) in FAULTS.items()}
        summaries = [crawl(watched, answers) for answers in ({}, faulty, {})]
        names = [*NAMES.values(), *NEIGHBOURS]
        versions = {name: versions_of(watched, name) for name in names}
        yield Sandwich({name: watched.visits(name) for name in names}, versions, summaries)
    serve.close()


def crawl(watched: Watched, faulty: dict[str, Answer]) -> CrawlSummary:
    """Crawl with these answers among good ones, healthy pages between the faults."""
    names = list(NAMES.values())
    for place, neighbour in enumerate(NEIGHBOURS):
        names.insert(4 * place, neighbour)
    watched.publish(**{name: faulty.get(name, GOOD) for name in names})
    return watched.crawl()


def versions_of(watched: Watched, name: str) -> int:
    sql = "SELECT count(*) FROM versions v JOIN article_urls u USING (article_id) WHERE u.url = :u"
    return int(watched.rows(sql, u=f"{watched.server.base}/zj/{name}.html")[0][0])


@pytest.mark.parametrize("fault", list(FAULTS))
def test_sandwich(sandwich: Sandwich, fault: str) -> None:
    outcome = FAULTS[fault][1]
    assert sandwich.visits[NAMES[fault]] == [("new", None), outcome, ("unchanged", None)]
    assert sandwich.versions[NAMES[fault]] == 1


def test_the_neighbours_of_faults_are_read_as_ever(sandwich: Sandwich) -> None:
    found = {tuple(sandwich.visits[name]) for name in NEIGHBOURS}
    assert found == {(("new", None), SAME, SAME)}
    assert [s.status for s in sandwich.summaries] == ["success", "partial", "success"]


@pytest.mark.parametrize("name", list(ENDLESS))
def test_nobody_listens_to_an_answer_without_end(sandwich: Sandwich, name: str) -> None:
    bound = MOST_HEAD_BYTES if name.startswith("H-20") else MAX_BODY
    assert max(ENDLESS[name].sent) < bound + (8 << 20)  # what the sockets hold on top


class TestSlowness:
    """N-08, N-09: a deadline for the whole answer, whatever drips."""

    @pytest.mark.parametrize("head", [Drip(0).head, b"HTTP/1.1 200 OK\r\nX-Slow: ", b""])
    def test_twenty_slow_answers_hold_up_nobody_else(
        self,
        watched: Watched,
        other_site: FaultServer,
        monkeypatch: pytest.MonkeyPatch,
        head: bytes,
    ) -> None:
        monkeypatch.setitem(settings._SAFETY, "DOWNLOAD_TIMEOUT", 0.4)
        monkeypatch.setitem(settings._SAFETY, "RETRY_TIMES", 0)
        watched.changes |= {"politeness": Politeness(delay=0, concurrency=16)}
        watched.changes["hosts"] = (watched.server.address, other_site.address)
        slow = [f"/zj/s{n}1234567.html" for n in range(20)]
        watched.server.answers |= dict.fromkeys(slow, Drip(2, head))
        other_site.answers["/zj/1234567.html"] = reply(GOOD)
        listed = list_page(*slow, f"{other_site.base}/zj/1234567.html")
        watched.server.answers["/"] = reply(listed)
        allowed = frozenset({watched.server.address, other_site.address})
        summary = watched.crawl(allow_addresses=allowed)
        assert summary.counts.new == 1
        assert {reason for _, reason in summary.failures} <= {"timeout", "given up: timeout"}


class TestRobots:
    """N-21: what robots.txt may be answered with."""

    HUGE = "User-agent: *\n" + "Allow: /a\n" * 500_000 + "Disallow: /\n"

    @pytest.mark.parametrize(
        ("answer", "new", "why"),
        [
            (reply(HUGE), 1, "beyond 500 KiB nothing is read"),
            (reply("<!doctype html><html><body>Disallow: /</body></html>"), 1, "a web page"),
            (redirect("/robots.txt"), 1, "redirected for ever: there is none"),
            (redirect("/rules.txt"), 0, "redirected to rules that forbid"),
            (redirect("http://10.0.0.1/robots.txt"), 0, "redirected inside: it cannot be had"),
            (reply(b"\xff\xfe\x00" * 999), 1, "no text"),
            (reply("User-agent: *\nDisallow: /" + "*" * 5000 + "x$\n"), 1, "a pattern of stars"),
            (Reset(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nUser"), 0, "broken off"),
            (Endless(b"HTTP/1.1 200 OK\r\n\r\n", b"#" * 65536), 0, "without end"),
            (reply("User-agent: *\nCrawl-delay: 999999\nAllow: /\n"), 1, "no visit for days"),
        ],
        ids=lambda value: value if isinstance(value, str) else "",
    )
    def test_it_is_obeyed_or_not_there_or_not_to_be_had(
        self, watched: Watched, answer: Answer, new: int, why: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("crawler.robots._LONGEST_DELAY", 0.01)
        watched.publish(a=GOOD)
        watched.server.answers["/robots.txt"] = answer
        watched.server.answers["/rules.txt"] = reply("User-agent: *\nDisallow: /\n")
        assert watched.crawl().counts.new == new, why


SPELLINGS = [
    "http://127.0.0.1:{port}/zj/1234567.html",
    "http://localhost:{port}/zj/1234567.html",
    "http://[::1]:{port}/zj/1234567.html",
    "http://[::ffff:127.0.0.1]:{port}/zj/1234567.html",
    "http://127.1:{port}/zj/1234567.html",
    "http://2130706433:{port}/zj/1234567.html",
    "http://0x7f000001:{port}/zj/1234567.html",
    "http://0177.0.0.1:{port}/zj/1234567.html",
    "http://①②⑦.⓪.⓪.①:{port}/zj/1234567.html",
    "http://127。0。0。1:{port}/zj/1234567.html",
    "http://0.0.0.0:{port}/zj/1234567.html",
    "http://127.0.0.1:{port}\\@{own}/zj/1234567.html",
    "http://{own}@127.0.0.1:{port}/zj/1234567.html",
    "//127.0.0.1:{port}/zj/1234567.html",
    " http://127.0.0.1:{port}/zj/1234567.html",
    "ht\ntp://127.0.0.1:{port}/zj/1234567.html",
    "FILE:///etc/hostname",
    "view-source:http://127.0.0.1:{port}/",
]


class TestNoWayInside:
    """X-01 to X-05: nothing a site writes leads to an address that is not public."""

    def entries(self, url: str) -> dict[str, Answer]:
        """An address at every place from which the crawler takes addresses."""
        xml = url.replace("&", "&amp;")
        head = f"<base href='{url}'><link rel=alternate type=application/rss+xml href='{url}'>"
        pages = {
            "/": head + list_page(url),
            "/list": list_page("/zj/2345678.html", url),
            "/feed": f"<rss><channel><item><link>{xml}</link></item></channel></rss>",
            "/atom": ATOM.format(f"<link rel='next' href='{xml}'/>"),
            "/map": f"<urlset><url><loc>{xml}</loc></url></urlset>",
            "/index": f"<sitemapindex><sitemap><loc>{xml}</loc></sitemap></sitemapindex>",
            "/zj/2345678.html": GOOD.replace(
                "<head>",
                f"<head><link rel=canonical href='{url}'><meta property=og:url content='{url}'>"
                f"<link rel=next href='{url}'><link rel=amphtml href='{url}'>",
            ).replace("</p>", f"</p><p><a href='{url}'>下一页</a><img src='{url}'></p>", 1),
        }
        found: dict[str, Answer] = {path: reply(body) for path, body in pages.items()}
        return found | {"/robots.txt": reply(f"Sitemap: {url}\n"), "/moved": redirect(url.strip())}

    @pytest.mark.parametrize("spelling", SPELLINGS)
    def test_no_spelling_at_any_place_reaches_the_canary(
        self, watched: Watched, canary: Canary, spelling: str
    ) -> None:
        own = watched.server.address
        url = spelling.format(port=canary.port, own=own)
        if "\n" in url:
            url = url.replace("\n", "&#10;")
        inside = ("127.0.0.1", "localhost", "[::1]", "0.0.0.0", "[::ffff:7f00:1]", "2130706433")
        watched.changes["hosts"] = (own, *(f"{host}:{canary.port}" for host in inside))
        watched.server.answers |= self.entries(url)
        kinds = {"/feed": "feed", "/atom": "feed", "/map": "sitemap", "/index": "sitemap"}
        paths = ["/", "/list", *kinds, "/moved"]
        watched.changes["seeds"] = tuple(Seed(url=p, kind=kinds.get(p, "list")) for p in paths)  # type: ignore[arg-type]
        watched.changes["paging"] = Paging(url=r".*1234567\.html", max_pages=3)
        summary = watched.crawl()
        assert canary.connections == 0
        assert summary.counts.new == 1, "the crawl went on"
        texts: list[Any] = watched.rows("SELECT * FROM texts")
        assert "canary" not in str(texts)


def test_what_a_site_sets_is_not_carried_to_its_next_page(watched: Watched) -> None:
    """X-09: no cookies, no credentials, no referrer, wherever a redirect leads."""

    def wall(asked: Asked) -> bytes:
        return reply(GOOD) if "cookie" in asked.headers else redirect("/set")

    watched.publish(a=wall)
    watched.server.answers["/set"] = reply(status=302, Location="/zj/a.html", Set_Cookie="pass=1")
    watched.crawl()
    assert watched.visits("a") == [LOOP]
    carried = {"cookie", "referer", "authorization", "proxy-authorization"}
    assert all(not carried & set(asked.headers) for asked in watched.server.asked)


def test_a_site_where_every_article_is_gone_removes_them_once_and_keeps_what_it_was(
    watched: Watched,
) -> None:
    watched.publish(**{f"a{n}": GOOD for n in range(9)})
    watched.crawl()
    watched.publish(**{f"a{n}": reply("", 404) for n in range(9)})
    for _ in range(4):
        watched.crawl()
    assert watched.count("versions") == 9
    assert watched.rows("SELECT count(*) FROM events WHERE kind = 'removed'")[0][0] <= 9


def test_a_site_that_answers_everything_with_its_front_page_has_no_articles(
    watched: Watched,
) -> None:
    front = reply(list_page(*(f"/zj/{n}1234567.html" for n in range(30))))
    watched.server.answers |= {f"/zj/{n}1234567.html": front for n in range(30)} | {"/": front}
    counts = watched.crawl().counts
    assert counts == CrawlCounts(pages=31, seeds=1, not_article=30)
    assert watched.count("versions") == 0
