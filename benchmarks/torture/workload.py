"""The work that is disturbed: crawls of invented sites whose articles change, vanish and return."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from news.article import Article, Block, Credit, Role
from news.page import Page
from news.visits import Finding, Reason, Visit
from storage.archive import Archive
from storage.records import SeedVisit, SiteRecord, StoredCapture

START = datetime(2026, 11, 29, 22, tzinfo=UTC)  # the work runs into another month
SITE_KEYS = ("east", "north", "west")
ARTICLES = 5
CRAWLS = 6
# What each crawl finds the articles to say; the same words again are a reversal.
WORDS = ("通车", "停运", "通车", "修缮", "修缮", "重开")


@dataclass(frozen=True, slots=True)
class Crawl:
    """One crawl: what its seed announces, and the visits of each commit."""

    at: datetime
    seed: SeedVisit
    commits: tuple[tuple[Visit, ...], ...]


def site_of(key: str) -> SiteRecord:
    """Return an invented site."""
    home = f"http://{key}.example/"
    return SiteRecord(key, f"{key} news", home, "Asia/Shanghai", None, "p1")


def url_of(key: str, number: int) -> str:
    """Return the address of an article of a site."""
    return f"http://{key}.example/a/{number}.html"


def crawls(key: str) -> tuple[Crawl, ...]:
    """Return the whole work on one site; the same at every call."""
    return tuple(_crawl(key, number) for number in range(CRAWLS))


def _crawl(key: str, number: int) -> Crawl:
    at = START + timedelta(hours=number)
    links = tuple(url_of(key, article) for article in range(ARTICLES))
    home = site_of(key).home_url
    seed = SeedVisit(key, home, "list", at, "read", 200, None, links)
    return Crawl(at, seed, (_all_articles(key, number, at), _one_article(key, number, at)))


def _all_articles(key: str, number: int, at: datetime) -> tuple[Visit, ...]:
    """Look at every article; one of them is gone in every other crawl."""
    moments = [at + timedelta(seconds=10 + article) for article in range(ARTICLES)]
    visits = [_read(key, article, WORDS[number], moment) for article, moment in enumerate(moments)]
    if number % 2:
        url = url_of(key, 0)
        visits[0] = Visit(key, url, moments[0], Finding.MISSING, 410, Reason.GONE)
    return tuple(visits)


def _one_article(key: str, number: int, at: datetime) -> tuple[Visit, ...]:
    """Look at one article twice in one commit, the second time edited."""
    first = _read(key, 1, WORDS[number], at + timedelta(minutes=20), note=f"阅读{number}")
    second = _read(key, 1, WORDS[number] + "两次", at + timedelta(minutes=30))
    return first, second


def _read(key: str, number: int, words: str, at: datetime, note: str = "") -> Visit:
    url = url_of(key, number)
    article = Article(
        url,
        f"{number}号桥今日{words}",
        source="湖滨日报",
        credits=(Credit(Role.EDITOR, f"乙小{'红蓝'[number % 2]}", label="责编"),),
        body=(Block(f"{number}号大桥{words}。"), Block("桥长1200米。")),
    )
    body = f"{article.headline}|{words}|{note}|".encode() * 200
    page = Page(url, url, 200, (("Content-Type", "text/html"),), body, at)
    # An extractor that is replaced half-way: what it finds is read again from what is stored.
    extractor = "e1" if at < START + timedelta(hours=CRAWLS // 2) else "e2"
    return Visit(key, url, at, Finding.READ, 200, None, page, article, extractor)


def reread(capture: StoredCapture) -> Article:
    """Read a stored page again: the work knows what each of its pages says."""
    for visit in visits_of(capture.site_key):
        if visit.page is not None and visit.page.digest == capture.digest:
            if visit.article is None:
                break
            return visit.article
    raise AssertionError(f"no such page was ever served: {capture.url}")


def visits_of(key: str) -> Iterator[Visit]:
    """Yield every visit of the work on one site."""
    for crawl in crawls(key):
        for commit in crawl.commits:
            yield from commit


def commits_of(key: str) -> Sequence[tuple[Visit, ...]]:
    """Return the commits of the work on one site, in order."""
    return [commit for crawl in crawls(key) for commit in crawl.commits]


def open_sites(archive: Archive) -> None:
    """Enter all sites."""
    for key in SITE_KEYS:
        archive.open_site(site_of(key))
