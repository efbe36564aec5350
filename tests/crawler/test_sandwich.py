"""Good page, fault, the same good page: one version, one outcome, no harm to its neighbours."""

from datetime import timedelta

import pytest
from faultserver import Answer, Canary, Drip, FaultServer, article_page, redirect, reply, zipped
from watched import Watched

from crawler import settings

GOOD = article_page("嘉禾市完成年度河道清淤工程")
OTHER = article_page("桐溪县新建口袋公园开放")
RAW = GOOD.encode()
CHALLENGE = (
    "<html><head><title>Just a moment...</title></head><body><noscript>Enable JavaScript and "
    "cookies to continue</noscript><script src='/cdn-cgi/challenge-platform/x.js'></script>"
    "</body></html>"
)
DELETED = "<title>提示</title><p>对不起,您访问的页面不存在或已被删除。</p>"
UNFINISHED = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"
    + f"{len(RAW):x}\r\n".encode()
    + RAW
    + b"\r\n"
)
NO_LENGTH = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"

FAULTS: list[tuple[str, Answer, str, str]] = [
    ("Content-Length larger than the body", reply(RAW, length=10**5), "failed", "truncated"),
    ("chunks without the last", UNFINISHED, "failed", "truncated"),
    ("an end that is only the connection's", NO_LENGTH + RAW[:600], "failed", "truncated"),
    ("gzip cut short", zipped(RAW, cut=10), "failed", "truncated"),
    ("a gzip bomb", zipped(bytes(100 << 20)), "failed", "too_large"),
    ("17 MB", reply(b"x" * (17 << 20)), "failed", "too_large"),
    ("an unknown encoding", reply(RAW, Content_Encoding="br"), "failed", "decode"),
    ("no answer at all", b"", "failed", "reset"),
    ("no HTTP", b"SSH-2.0-x\r\n\r\n", "failed", "protocol"),
    ("a breakdown", reply(GOOD, 500), "failed", "http_500"),
    ("a part", reply(GOOD, 206), "failed", "http_206"),
    ("304 to nobody's question", reply(b"", 304), "failed", "bad_304"),
    ("nothing", reply(""), "failed", "empty"),
    ("a PDF", reply(b"%PDF-1.7\n" + bytes(2000)), "failed", "not_html"),
    ("not found", reply("", 404), "missing", "not_found"),
    ("a notice of deletion", reply(DELETED), "missing", "soft_404"),
    ("a redirect to the front", redirect("/"), "missing", "redirect_home"),
    ("forbidden", reply(GOOD, 403), "blocked", "http_403"),
    ("a challenge with 200", reply(CHALLENGE), "blocked", "challenge"),
    ("a challenge with 503", reply(CHALLENGE, 503), "blocked", "challenge"),
    ("a redirect in a circle", redirect("/zj/a.html"), "failed", "redirect_loop"),
    ("a redirect to a file", redirect("file:///etc/hostname"), "failed", "blocked_address"),
    ("a redirect to another site", redirect("http://news.example.org/"), "failed", "offsite"),
    ("a redirect to a private address", redirect("http://10.0.0.1/"), "failed", "blocked_address"),
]


@pytest.mark.parametrize(
    ("answer", "outcome", "reason"),
    [fault[1:] for fault in FAULTS],
    ids=[fault[0] for fault in FAULTS],
)
def test_a_fault_between_two_good_looks_is_one_outcome_and_no_version(
    watched: Watched, answer: Answer, outcome: str, reason: str
) -> None:
    watched.publish(a=GOOD, b=OTHER)
    assert watched.crawl().status == "success"
    watched.publish(a=answer, b=OTHER)
    watched.crawl()
    watched.publish(a=GOOD, b=OTHER)
    assert watched.crawl().status == "success"
    assert watched.visits("a") == [("new", None), (outcome, reason), ("unchanged", None)]
    assert [found for found, _ in watched.visits("b")] == ["new", "unchanged", "unchanged"]
    assert (watched.count("versions"), watched.count("captures")) == (2, 2)


@pytest.mark.parametrize("head", [Drip(0).head, b"HTTP/1.1 200 OK\r\nX-Slow: "])
def test_a_page_that_never_ends_is_cut_off_at_the_deadline(
    watched: Watched, monkeypatch: pytest.MonkeyPatch, head: bytes
) -> None:
    monkeypatch.setitem(settings._SAFETY, "DOWNLOAD_TIMEOUT", 0.5)
    monkeypatch.setitem(settings._SAFETY, "RETRY_TIMES", 0)
    watched.publish(a=Drip(3, head), b=OTHER)
    summary = watched.crawl()
    assert summary.failures == ((watched.server.base + "/zj/a.html", "timeout"),)
    assert summary.status == "partial"
    assert watched.visits("b") == [("new", None)]


def test_a_redirect_to_the_canary_reaches_nobody(watched: Watched, canary: Canary) -> None:
    watched.publish(a=redirect(f"http://127.0.0.1:{canary.port}/"), b=OTHER)
    watched.crawl()
    assert watched.visits("a") == [("failed", "blocked_address")]
    assert canary.connections == 0


def test_no_listed_link_leads_to_the_canary(watched: Watched, canary: Canary) -> None:
    own = f"127.0.0.1:{watched.server.port}"
    hosts = (own, f"127.0.0.1:{canary.port}", f"[::1]:{canary.port}", f"localhost:{canary.port}")
    watched.changes = {"hosts": hosts}
    links = "".join(f"<a href='http://{host}/zj/1234567.html'>x</a>" for host in hosts[1:])
    watched.server.answers["/"] = reply(links)
    summary = watched.crawl()
    assert {reason for _, reason in summary.failures} == {"blocked_address"}
    assert summary.counts.failed == 3
    assert canary.connections == 0


def test_gone_is_removed_at_once_and_a_return_is_seen(watched: Watched) -> None:
    watched.publish(a=GOOD, b=OTHER)
    watched.crawl()
    watched.publish(a=reply("", 410), b=OTHER)
    assert watched.crawl().counts.removed == 1
    watched.publish(a=GOOD, b=OTHER)
    assert watched.crawl().counts.returned == 1
    assert watched.count("versions") == 2


def test_not_found_is_removed_by_a_second_look_while_the_site_answers(watched: Watched) -> None:
    watched.publish(a=GOOD, b=OTHER)
    watched.crawl()
    watched.publish(a=reply("", 404), b=OTHER)
    assert watched.crawl().counts.removed == 0
    assert watched.crawl(later=timedelta(minutes=5)).counts.removed == 0
    assert watched.crawl().counts.removed == 1


def test_a_redirect_to_a_removed_neighbour_is_not_confirmed_by_a_silent_site(
    watched: Watched, faults: FaultServer
) -> None:
    watched.publish(a=GOOD)
    watched.crawl()
    faults.answers["/"] = reply("", 500)
    faults.answers["/zj/a.html"] = reply("", 404)
    for _ in range(3):
        summary = watched.crawl()
    assert (summary.status, summary.counts.removed) == ("failure", 0)
