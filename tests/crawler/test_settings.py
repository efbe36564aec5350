"""The settings in force in a real crawler: safe where Scrapy's defaults are not."""

from typing import Any

import pytest
from scrapy.crawler import Crawler
from scrapy.settings import BaseSettings

from crawler.crawls import CrawlOptions
from crawler.fetch import PageSpider
from crawler.reactor import start_reactor
from crawler.settings import crawl_settings, user_agent
from crawler.sites.profile import Politeness


@pytest.fixture(scope="module")
def crawler() -> Crawler:
    """A crawler with its engine and every component built, as a crawl has it."""
    start_reactor()
    options = CrawlOptions(contact="desk@example.com")
    built = Crawler(PageSpider, crawl_settings(Politeness(delay=2.5, concurrency=3), options))
    arguments = {"url": "http://example.com/", "options": options, "clock": None}
    built.spider = built._create_spider(**arguments)
    built._apply_settings()
    built.engine = built._create_engine()
    return built


@pytest.fixture(scope="module")
def effective(crawler: Crawler) -> BaseSettings:
    """The settings as merged and frozen."""
    return crawler.settings


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ROBOTSTXT_OBEY", True),
        ("AUTOTHROTTLE_ENABLED", True),
        ("DOWNLOAD_MAXSIZE", 16 * 1024 * 1024),
        ("DOWNLOAD_TIMEOUT", 45),
        ("DOWNLOAD_FAIL_ON_DATALOSS", True),
        ("DOWNLOAD_VERIFY_CERTIFICATES", True),
        ("DOWNLOAD_TLS_MIN_VERSION", "TLSv1.2"),
        ("DNS_TIMEOUT", 10.0),
        ("TELNETCONSOLE_ENABLED", False),
        ("REMOTE_CONTROL_ENABLED", False),
        ("COOKIES_ENABLED", False),
        ("REDIRECT_MAX_TIMES", 5),
        ("METAREFRESH_ENABLED", False),
        ("REFERER_ENABLED", False),
        ("REFERRER_POLICY", "no-referrer"),
        ("URLLENGTH_LIMIT", 2083),
        ("RETRY_TIMES", 1),
        ("HTTPCACHE_ENABLED", False),
        ("TWISTED_REACTOR", "twisted.internet.asyncioreactor.AsyncioSelectorReactor"),
        ("DOWNLOAD_DELAY", 2.5),
        ("CONCURRENT_REQUESTS_PER_DOMAIN", 3),
    ],
)
def test_a_setting_has_its_safe_value(effective: BaseSettings, name: str, value: Any) -> None:
    assert effective[name] == value


@pytest.mark.parametrize("scheme", ["file", "data", "ftp", "s3"])
def test_no_handler_is_there_for_any_scheme_but_http(crawler: Crawler, scheme: str) -> None:
    handlers = crawler.engine.downloader.handlers
    assert handlers._get_handler(scheme) is None
    assert handlers._get_handler("http") is not None


def test_the_guard_stands_first_and_robots_before_everything_that_fetches(
    crawler: Crawler,
) -> None:
    names = [type(part).__name__ for part in crawler.engine.downloader.middleware.middlewares]
    assert names[:2] == ["GuardMiddleware", "RobotsMiddleware"]
    assert not {"CookiesMiddleware", "MetaRefreshMiddleware", "OffsiteMiddleware"} & set(names)
    assert "HttpCompressionMiddleware" not in names


def test_no_extension_listens_or_writes(crawler: Crawler) -> None:
    names = {type(part).__name__ for part in crawler.extensions.middlewares}
    assert names == {"CoreStats", "AutoThrottle"}


def test_the_user_agent_says_who_we_are_and_whom_to_write_to(effective: BaseSettings) -> None:
    assert effective["USER_AGENT"].startswith("Variorum/")
    assert effective["USER_AGENT"].endswith(" (+desk@example.com)")
    assert user_agent(CrawlOptions(user_agent="Probe/1")) == "Probe/1"
