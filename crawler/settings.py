"""Scrapy's settings: its defaults are for reach, these are for safety and politeness."""

from importlib.metadata import PackageNotFoundError, version
from typing import Any

from crawler.crawls import CrawlOptions
from crawler.guard import DNS_TIMEOUT_SECONDS
from crawler.robots import KEEP_ROBOTS
from crawler.sites.profile import Politeness

REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"
MAX_BODY = 16 * 1024 * 1024  # bytes, after decompression too
_AT_ONCE = 16  # fetches of one crawl over all its hosts; each host has its own, smaller figure
DEADLINE_SECONDS = 45  # for one fetch as a whole, from connecting to the last byte


def user_agent(options: CrawlOptions) -> str:
    """Return how we introduce ourselves: name, version, and whom to write to."""
    if options.user_agent:
        return options.user_agent
    try:
        number = version("variorum")
    except PackageNotFoundError:
        number = "0"
    return f"Variorum/{number}" + (f" (+{options.contact})" if options.contact else "")


def crawl_settings(politeness: Politeness, options: CrawlOptions) -> dict[str, Any]:
    """Return all settings of one crawl."""
    return {
        **_SAFETY,
        **_PARTS,
        "USER_AGENT": user_agent(options),
        KEEP_ROBOTS: options.keep_robots,
        "HTTPPROXY_ENABLED": options.use_proxy,
        "DOWNLOAD_DELAY": politeness.delay,
        "CONCURRENT_REQUESTS": _AT_ONCE,
        "CONCURRENT_REQUESTS_PER_DOMAIN": politeness.concurrency,
        "AUTOTHROTTLE_START_DELAY": politeness.delay,
        "AUTOTHROTTLE_TARGET_CONCURRENCY": float(politeness.concurrency),
    }


_SAFETY: dict[str, Any] = {
    "TWISTED_REACTOR": REACTOR,
    "ROBOTSTXT_OBEY": True,
    "AUTOTHROTTLE_ENABLED": True,
    "AUTOTHROTTLE_MAX_DELAY": 60.0,
    "DOWNLOAD_MAXSIZE": MAX_BODY,
    "DOWNLOAD_WARNSIZE": 0,
    "DOWNLOAD_TIMEOUT": DEADLINE_SECONDS,
    "DOWNLOAD_FAIL_ON_DATALOSS": True,
    "DOWNLOAD_VERIFY_CERTIFICATES": True,
    "DOWNLOAD_TLS_MIN_VERSION": "TLSv1.2",
    "DNS_TIMEOUT": DNS_TIMEOUT_SECONDS,
    "DNSCACHE_ENABLED": False,
    "TELNETCONSOLE_ENABLED": False,
    "REMOTE_CONTROL_ENABLED": False,
    "COOKIES_ENABLED": False,
    "REDIRECT_ENABLED": True,
    "REDIRECT_MAX_TIMES": 5,
    # A page can send us anywhere by it, and finding out costs a decoding of every page.
    "METAREFRESH_ENABLED": False,
    "REFERER_ENABLED": False,
    "REFERRER_POLICY": "no-referrer",
    "URLLENGTH_LIMIT": 2083,
    "RETRY_ENABLED": True,
    "RETRY_TIMES": 1,
    # 429 and 403 are answers to heed, not to try again.
    "RETRY_HTTP_CODES": [500, 502, 503, 504, 522, 524, 408],
    "HTTPCACHE_ENABLED": False,
    "HTTPERROR_ALLOW_ALL": True,
    # Scrapy starts as many tasks for every answer, to process items side by side; we have none.
    "CONCURRENT_ITEMS": 1,
    "SCHEDULER_MEMORY_QUEUE": "scrapy.squeues.FifoMemoryQueue",  # articles in the list's order
    "MEMUSAGE_ENABLED": False,
    "LOG_ENABLED": False,
    "LOGSTATS_INTERVAL": 0,
    "STATS_DUMP": False,
    "DEFAULT_REQUEST_HEADERS": {
        "Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.5",
        "Accept-Language": "zh-CN,zh;q=0.9,en;q=0.5",
    },
}

_SCRAPY = "scrapy.downloadermiddlewares"
_PARTS: dict[str, Any] = {
    "DOWNLOAD_HANDLERS": {
        "http": "crawler.middlewares.StampingHandler",
        "https": "crawler.middlewares.StampingHandler",
        "data": None,
        "file": None,
        "ftp": None,
        "s3": None,
    },
    "DOWNLOADER_MIDDLEWARES": {
        "crawler.middlewares.GuardMiddleware": 10,
        "crawler.robots.RobotsMiddleware": 100,
        "crawler.middlewares.DecodingMiddleware": 590,
        "crawler.middlewares.RedirectGuardMiddleware": 600,
        # Each of these has its place taken above, or is not wanted.
        f"{_SCRAPY}.offsite.OffsiteMiddleware": None,
        f"{_SCRAPY}.robotstxt.RobotsTxtMiddleware": None,
        f"{_SCRAPY}.httpauth.HttpAuthMiddleware": None,
        f"{_SCRAPY}.redirect.MetaRefreshMiddleware": None,
        f"{_SCRAPY}.redirect.RedirectMiddleware": None,
        f"{_SCRAPY}.httpcompression.HttpCompressionMiddleware": None,
        f"{_SCRAPY}.cookies.CookiesMiddleware": None,
        f"{_SCRAPY}.httpcache.HttpCacheMiddleware": None,
    },
    "EXTENSIONS": {
        f"scrapy.extensions.{name}": None
        for name in (
            "telnet.TelnetConsole",
            "remote_control.RemoteControl",
            "memusage.MemoryUsage",
            "memdebug.MemoryDebugger",
            "closespider.CloseSpider",
            "feedexport.FeedExporter",
            "logstats.LogStats",
            "logcount.LogCount",
            "spiderstate.SpiderState",
        )
    },
}
