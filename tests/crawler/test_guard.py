"""The guard, proved by a listener that counts who comes: with the shipped settings nobody does."""

import ast
import socket
from collections.abc import Callable
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
from faultserver import Asked, Canary, FaultServer, redirect, reply

from crawler.addresses import BlockedAddress, parse_allowed
from crawler.crawls import CrawlOptions
from crawler.fetch import FetchError, fetch_page
from crawler.guard import Guard
from crawler.reactor import run

NOTHING = frozenset[str]()


def fetched(url: str, *allowed: str, use_proxy: bool = True) -> str:
    """Return the text of a page, or the reason why there is none."""
    options = CrawlOptions(allow_addresses=frozenset(allowed), use_proxy=use_proxy)
    try:
        return run(lambda: fetch_page(url, options)).body.decode()
    except FetchError as error:
        return str(error).rsplit(": ", 1)[-1]


def resolving(monkeypatch: pytest.MonkeyPatch, answer: Callable[[str], list[str]]) -> None:
    """Have every name resolve to what `answer` says."""

    def lookup(host: str, *_: Any, **__: Any) -> list[tuple[Any, ...]]:
        return [(None, None, 0, "", (address, 0)) for address in answer(host)]

    monkeypatch.setattr(socket, "getaddrinfo", lookup)


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "[::1]", "localhost", "2130706433", "0x7f.1", "127.1", "[::ffff:127.0.0.1]"],
)
def test_no_spelling_of_loopback_is_connected_to(canary: Canary, host: str) -> None:
    assert fetched(f"http://{host}:{canary.port}/") == "blocked_address"
    assert canary.connections == 0


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_leads_to_a_private_address(
    faults: FaultServer, canary: Canary, status: int
) -> None:
    faults.answers["/a"] = redirect("/b", status)
    faults.answers["/b"] = redirect(f"http://127.0.0.1:{canary.port}/secret", status)
    assert fetched(faults.base + "/a", faults.address) == "blocked_address"
    assert canary.connections == 0


def test_no_meta_refresh_or_refresh_header_leads_anywhere(
    faults: FaultServer, canary: Canary
) -> None:
    target = f"http://127.0.0.1:{canary.port}/"
    body = f"<meta http-equiv=refresh content='0;url={target}'>"
    faults.answers["/a"] = reply(body, Refresh=f"0;url={target}")
    assert fetched(faults.base + "/a", faults.address) == body
    assert canary.connections == 0


@pytest.mark.parametrize(
    "target",
    [
        "file:///etc/passwd",
        "FILE:///etc/passwd",
        "ftp://127.0.0.1/",
        "data:text/html,x",
        "gopher://127.0.0.1/",
        "javascript:alert(1)",
        "//127.0.0.1:1/",
        "http://user:word@news.example.com/",
    ],
)
def test_no_redirect_leads_to_another_scheme_or_a_user_name(
    faults: FaultServer, target: str
) -> None:
    faults.answers["/a"] = redirect(target)
    assert fetched(faults.base + "/a", faults.address) == "blocked_address"


@pytest.mark.parametrize(
    "records",
    [["127.0.0.1"], ["::1"], ["1.1.1.1", "127.0.0.1"], ["1.1.1.1", "2606:4700::1111", "::1"]],
)
def test_one_private_record_refuses_the_name(
    canary: Canary, monkeypatch: pytest.MonkeyPatch, records: list[str]
) -> None:
    resolving(monkeypatch, lambda _: records)
    assert fetched(f"http://news.example.com:{canary.port}/") == "blocked_address"
    assert canary.connections == 0


def test_a_name_that_is_rebound_never_leads_inside(
    canary: Canary, monkeypatch: pytest.MonkeyPatch
) -> None:
    # 127.0.0.2, where nobody listens, stands for the public address: it alone is let through.
    answers = cycle([["127.0.0.2"], ["127.0.0.1"], ["127.0.0.1", "127.0.0.2"]])
    resolving(monkeypatch, lambda _: next(answers))
    url = f"http://news.example.com:{canary.port}/"
    found = {fetched(url, f"127.0.0.2:{canary.port}") for _ in range(6)}
    assert found <= {"refused", "blocked_address"}
    assert canary.connections == 0


def test_the_allow_list_opens_a_name_with_its_port(
    faults: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolving(monkeypatch, lambda _: ["127.0.0.1"])
    faults.answers["/a"] = reply("inside")
    url = f"http://intranet.example.com:{faults.port}/a"
    assert fetched(url, f"intranet.example.com:{faults.port}") == "inside"
    assert fetched(url) == "blocked_address"
    assert fetched(url, f"other.example.com:{faults.port}") == "blocked_address"


def test_what_one_crawl_was_allowed_the_next_one_is_not(faults: FaultServer) -> None:
    faults.answers["/a"] = reply("inside")
    assert fetched(faults.base + "/a", faults.address) == "inside"
    assert fetched(faults.base + "/a") == "blocked_address"


class TestBehindAProxy:
    """A proxy's own address is let through, and nothing else with it."""

    @pytest.fixture(autouse=True)
    def _proxied(self, faults: FaultServer, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("http_proxy", faults.base)
        monkeypatch.setenv("https_proxy", faults.base)

    def test_a_public_name_is_left_to_the_proxy(self, faults: FaultServer) -> None:
        faults.answers["http://news.example.com/robots.txt"] = reply("", 404)
        faults.answers["http://news.example.com/a"] = reply("by proxy")
        assert fetched("http://news.example.com/a") == "by proxy"

    def test_the_environments_proxy_is_not_used_when_told_so(self, faults: FaultServer) -> None:
        assert fetched(faults.base + "/a", faults.address, use_proxy=False) == "http_404"
        assert {asked.target for asked in faults.asked} == {"/robots.txt", "/a"}

    @pytest.mark.parametrize(
        "host", ["127.0.0.1", "10.0.0.1", "2130706433", "0x7f.1", "[::ffff:7f00:1]", "localhost"]
    )
    def test_a_literal_private_target_stays_refused(self, faults: FaultServer, host: str) -> None:
        assert fetched(f"http://{host}/secret") == "blocked_address"
        assert fetched(f"https://{host}/secret") == "blocked_address"
        assert faults.asked == []

    def test_the_proxys_own_address_is_no_target(self, faults: FaultServer) -> None:
        assert fetched(faults.base + "/admin") == "blocked_address"
        assert faults.asked == []

    def test_a_redirect_to_a_private_literal_stays_refused(self, faults: FaultServer) -> None:
        faults.answers["http://news.example.com/a"] = redirect("http://169.254.169.254/latest")
        assert fetched("http://news.example.com/a") == "blocked_address"
        assert not [asked for asked in faults.asked if "169.254" in asked.target]

    def test_https_goes_through_a_tunnel_to_the_proxy(self, faults: FaultServer) -> None:
        def tunnel(asked: Asked) -> bytes:
            assert asked.method == "CONNECT"
            return reply(status=502)

        faults.answers["news.example.com:443"] = tunnel
        fetched("https://news.example.com/a")
        assert {asked.target for asked in faults.asked} == {"news.example.com:443"}

    def test_a_name_that_leads_to_the_proxys_address_is_refused(
        self, faults: FaultServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("no_proxy", "evil.example.com")
        resolving(monkeypatch, lambda _: ["127.0.0.1"])
        assert fetched(f"http://evil.example.com:{faults.port}/") == "blocked_address"
        assert faults.asked == []


def test_a_connector_resolves_no_name_by_itself() -> None:
    with pytest.raises(BlockedAddress, match="unresolved"):
        Guard().check("news.example.com", 80)


def test_permits_of_crawls_that_overlap_are_counted() -> None:
    guard, allowed = Guard(), parse_allowed(frozenset({"127.0.0.1:80"}))
    with guard.permit(allowed, NOTHING):
        with guard.permit(allowed, NOTHING):
            guard.check("127.0.0.1", 80)
        guard.check("127.0.0.1", 80)
    with pytest.raises(BlockedAddress):
        guard.check("127.0.0.1", 80)


def test_a_forbidden_answer_cannot_be_allowed_in_its_disguise() -> None:
    guard = Guard()
    with guard.permit(parse_allowed(frozenset({"255.255.255.255:80"})), NOTHING):
        shown = guard.screen("evil.example.com", 80, ["127.0.0.1"])
        with pytest.raises(BlockedAddress):
            guard.check(shown[0], 80)


def test_nothing_in_the_crawler_opens_connections_of_its_own() -> None:
    root = Path(__file__).parents[2] / "crawler"
    allowed = {"addresses.py": {"socket"}, "guard.py": {"socket", "urllib.request"}}
    forbidden = {"aiohttp", "ftplib", "http.client", "httpx", "requests", "smtplib", "socket"}
    forbidden |= {"urllib.request", "urllib3"}
    for path in root.rglob("*.py"):
        nodes = list(ast.walk(ast.parse(path.read_text("utf-8"))))
        names = {a.name for node in nodes if isinstance(node, ast.Import) for a in node.names}
        names |= {str(node.module) for node in nodes if isinstance(node, ast.ImportFrom)}
        assert not (names & forbidden) - allowed.get(path.name, set()), path
