"""What an answer for robots.txt means, before any request depends on it."""

import pytest
from scrapy.crawler import Crawler
from scrapy.extensions.throttle import AutoThrottle

from crawler.crawls import CrawlOptions
from crawler.fetch import PageSpider
from crawler.reactor import start_reactor
from crawler.robots import RobotsMiddleware, Rules, read_rules
from crawler.settings import crawl_settings
from crawler.sites.profile import Politeness

SITE = "http://news.example.com"


@pytest.mark.parametrize(
    ("status", "body", "refused", "why"),
    [
        (200, b"User-agent: *\nDisallow: /zj/", True, "for everybody"),
        (200, b"User-agent: Variorum\nDisallow: /", True, "for us by name"),
        (200, b"User-agent: variorum\nDisallow: /zj/*.html$", True, "with wild cards"),
        (200, b"\xef\xbb\xbfUser-agent: *\nDisallow: /", True, "behind a byte order mark"),
        (200, b"User-agent: Other\nDisallow: /", False, "for somebody else"),
        (200, b"User-agent: *\nDisallow: /\nUser-agent: Variorum\nAllow: /", False, "but not us"),
        (200, b"User-agent: *\nDisallow:", False, "nothing"),
        (200, b"", False, "empty"),
        (200, b"<html><body>Welcome</body></html>", False, "a page instead"),
        (200, b"\xff\xfe\x00" * 100, False, "no text"),
        (200, b"#" * 600_000 + b"\nUser-agent: *\nDisallow: /", False, "beyond 500 KiB"),
        (404, b"User-agent: *\nDisallow: /", False, "none there"),
        (403, b"User-agent: *\nDisallow: /", False, "4xx says there is none"),
        (302, b"", False, "a redirect that leads nowhere"),
        (429, b"", True, "asked to stay away"),
        (500, b"", True, "a breakdown"),
        (503, b"User-agent: *\nAllow: /", True, "a breakdown, whatever it says"),
    ],
)
def test_what_an_answer_allows(status: int, body: bytes, refused: bool, why: str) -> None:
    reason = read_rules(status, body).refusal(f"{SITE}/zj/2026-01-02/7.html")
    assert reason == (("robots" if status == 200 else "robots_unavailable") if refused else None), (
        why
    )


@pytest.fixture
def crawler() -> Crawler:
    """A crawler with its extensions."""
    start_reactor()
    built = Crawler(PageSpider, crawl_settings(Politeness(), CrawlOptions()))
    built._apply_settings()
    return built


@pytest.mark.parametrize(
    ("asked", "least", "why"),
    [
        ("Crawl-delay: 5", 5.0, "more than ours"),
        ("Crawl-delay: 0.5", 1.0, "less than ours"),
        ("Crawl-delay: 86400", 60.0, "a ban in other words is bounded"),
        ("Crawl-delay: soon", 1.0, "no number"),
        ("", 1.0, "none"),
    ],
)
def test_a_crawl_delay_raises_the_least_delay(
    crawler: Crawler, asked: str, least: float, why: str
) -> None:
    throttle = crawler.get_extension(AutoThrottle)
    assert throttle is not None
    throttle.mindelay = 1.0
    rules = read_rules(200, f"User-agent: *\n{asked}\nDisallow: /x\n".encode())
    RobotsMiddleware(crawler)._slow_down(rules)
    assert throttle.mindelay == least, why


def test_rules_that_could_not_be_had_refuse_with_their_reason() -> None:
    assert Rules(unavailable="dns").refusal(SITE) == "dns"
