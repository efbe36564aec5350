"""Some days of two invented sites: everything that a report tells happens in them at least once."""

from dataclasses import replace
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from news.article import Article, Block, Credit, Precision, PrintedTime, Role
from news.page import Page
from news.visits import Finding, Reason, Visit
from storage.archive import Archive
from storage.engine import run_unit
from storage.records import Lease, SeedVisit, SiteRecord
from storage.tables import articles, changes
from tests.storage.newsroom import CHINA, SITE, START, never_reread

HILL = SiteRecord("hill", "山城网", "http://hill.example.com/", "Asia/Shanghai", "山城晚报", "p2")
URLS = {"lake": "http://news.example.com/a/{}.html", "hill": "http://hill.example.com/t/{}.html"}
SEEDS = {"lake": "http://news.example.com/list/", "hill": "http://hill.example.com/"}
HOSTILE = '=HYPERLINK("http://x")<script>alert(1)</script>'
NOW = START + timedelta(days=9)


def hours(number: float) -> datetime:
    return START + timedelta(hours=number)


def story(site: str, name: str, text: str, **fields: object) -> Article:
    """Return an article published half an hour before the first look."""
    base = Article(
        url=URLS[site].format(name),
        headline=f"湖滨大桥通车之{name}",
        section=("首页", "湖滨", "要闻" if int(name) % 2 else "社会"),
        published_at=PrintedTime(datetime(2026, 11, 1, 16, 0, tzinfo=CHINA), Precision.MINUTE),
        source="山城晚报" if int(name) % 3 else "湖滨新闻网",
        credits=(
            Credit(Role.REPORTER, "甲小明", label="记者"),
            Credit(Role.CORRESPONDENT, "丙小刚", affiliation="山城晚报", label="通讯员"),
            Credit(Role.EDITOR, "乙小红" if int(name) % 2 else "丁大山", label="责编"),
            Credit(Role.REVIEWER, "戊一", level=1, label="审核"),
        ),
        body=(Block("桥面", heading=True), Block(text), Block("桥长1200米。")),
    )
    return replace(base, **fields)  # type: ignore[arg-type]


def look(site: str, name: str, hour: float, seen: Article | Finding, reason: str = "") -> Visit:
    """Return a look at an article, with what it found."""
    url, at = URLS[site].format(name), hours(hour)
    if not isinstance(seen, Article):
        return Visit(site, url, at, seen, 404, Reason(reason) if reason else None)
    text = f"{seen.headline}|{seen.credits}|{seen.source}|{[b.text for b in seen.body]}"
    page = Page(url, url, 200, (("Content-Type", "text/html"),), text.encode() * 3, at)
    return Visit(site, url, at, Finding.READ, 200, None, page, seen, "e" * 16)


def visits(site: str) -> list[Visit]:
    """Return the looks at one site's articles, in order of time."""
    one = story(site, "1", "事故造成死亡3人。")
    more = story(site, "1", "事故造成死亡13人。")
    two = story(site, "2", "展览开幕。", original_headline="展览昨日在山城开幕")
    noted = replace(two, body=(*two.body, Block("更正：本文此前日期有误。")))
    three = story(site, "3", "新楼落成。", headline=HOSTILE)
    four = story(site, "4", "他说：“一切正常。”")
    five = story(site, "5", "公交改线。")
    six = story(site, "6", "菜价平稳。", source=None, section=(), published_at=None)
    found = [
        *(look(site, a.url[-6], 0, a) for a in (one, two, three, four)),
        look(site, "5", 1, five),
        look(site, "6", 2, six),
        look(site, "9", 2, Finding.NOT_ARTICLE),
        look(site, "1", 5, more),
        look(site, "2", 6, noted),
        look(site, "3", 6, replace(three, headline="新楼今日落成")),
        look(site, "4", 7, story(site, "4", "他说：“绝无此事。”")),
        look(site, "5", 8, Finding.MISSING, "not_found"),
        look(site, "5", 9, Finding.MISSING, "not_found"),
        look(site, "6", 10, Finding.MISSING, "gone"),
        look(site, "2", 20, Finding.FAILED, "timeout"),
        look(site, "2", 21, Finding.BLOCKED, "challenge"),
        look(site, "1", 60, one),
        look(site, "5", 61, five),
        look(site, "4", 200, story(site, "4", "他说：“绝无此事。”")),
    ]
    return [replace(visit, visited_at=visit.visited_at) for visit in found]


def seed_looks(site: str) -> list[SeedVisit]:
    """Return looks at a list from which one article is taken while older ones stay."""
    urls = [URLS[site].format(name) for name in ("7", "6", "5", "4", "3", "2", "1")]
    without = tuple(url for url in urls if not url.endswith("7.html"))
    return [
        SeedVisit(site, SEEDS[site], "list", hours(0), "read", 200, None, tuple(urls[1:])),
        SeedVisit(site, SEEDS[site], "list", hours(1), "read", 200, None, tuple(urls)),
        SeedVisit(site, SEEDS[site], "list", hours(3), "read", 200, None, without),
        SeedVisit(site, SEEDS[site], "list", hours(4), "failed", None, "timeout"),
    ]


def _crawl(archive: Archive, site: SiteRecord) -> Lease:
    archive.open_site(site)
    lease = archive.begin_crawl(site.key, kind="test", now=hours(0))
    for seed in seed_looks(site.key):
        archive.record_seed(seed, lease)
    archive.record_many(visits(site.key), never_reread, lease)
    archive.end_crawl(lease, now=hours(201), status="success", counts={})
    return lease


def fill(engine: Engine) -> None:
    """Record both sites, hide one change by a rule, and merge one article into another."""
    archive = Archive(engine)
    for site in (SITE, HILL):
        _crawl(archive, site)

    def hide(connection: sa.Connection) -> None:
        last = sa.select(sa.func.max(changes.c.id)).scalar_subquery()
        connection.execute(sa.update(changes).where(changes.c.id == last).values(hidden_by="r1"))
        url = URLS["hill"].format(3)
        into = sa.select(articles.c.id).where(articles.c.url == URLS["hill"].format(2))
        own = sa.update(articles).where(articles.c.url == url)
        connection.execute(own.values(merged_into=into.scalar_subquery()))

    run_unit(engine, hide)
