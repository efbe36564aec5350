"""A small newsroom for tests: pages, articles and visits with invented names."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

from news.article import Article, Block, Credit, Image, Precision, PrintedTime, Role
from news.page import Page
from news.visits import Finding, Reason, Visit
from storage.records import Reread, SiteRecord, StoredCapture

SITE = SiteRecord(
    "lake", "湖滨新闻网", "http://news.example.com/", "Asia/Shanghai", "湖滨新闻网", "p1"
)
START = datetime(2026, 11, 1, 8, 30, tzinfo=UTC)
CHINA = timezone(timedelta(hours=8))
EXTRACTOR = "e" * 16


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def url_of(name: str) -> str:
    return f"http://news.example.com/a/2026-11-01/{name}.html"


def article(name: str = "1", text: str = "大桥今日通车。", **fields: object) -> Article:
    base = Article(
        url=url_of(name),
        headline="湖滨大桥今日通车",
        section=("首页", "湖滨", "要闻"),
        published_at=PrintedTime(datetime(2026, 11, 1, 9, 23, tzinfo=CHINA), Precision.MINUTE),
        source="湖滨日报",
        credits=(
            Credit(Role.REPORTER, "甲小明", label="记者"),
            Credit(Role.EDITOR, "乙小红", label="责编"),
            Credit(Role.CORRESPONDENT, "丙小刚", affiliation="山城晚报", label="通讯员"),
        ),
        body=(Block("桥面", heading=True), Block(text), Block("桥长1200米。")),
        images=(Image("http://img.example.com/p/1.jpg", "大桥"),),
    )
    return replace(base, **fields)  # type: ignore[arg-type]


def body_of(read: Article, noise: str = "") -> bytes:
    """Bytes that stand for a page; `reread` below knows how to read them."""
    text = "\n".join(block.text for block in read.body)
    return f"<html>{read.headline}|{text}|{noise}</html>".encode() * 3


def page(name: str, body: bytes, fetched_at: datetime, etag: str | None = None) -> Page:
    headers = (("Content-Type", "text/html"), *((("ETag", etag),) if etag else ()))
    return Page(url_of(name), url_of(name), 200, headers, body, fetched_at)


def read_visit(
    read: Article,
    minutes: float,
    *,
    noise: str = "",
    etag: str | None = None,
    extractor: str = EXTRACTOR,
) -> Visit:
    name = read.url.rsplit("/", 1)[1].removesuffix(".html")
    moment = at(minutes)
    own = page(name, body_of(read, noise), moment, etag)
    return Visit(
        SITE.key,
        read.url,
        moment,
        Finding.READ,
        status=200,
        page=own,
        article=read,
        extractor=extractor,
    )


def other_visit(
    finding: Finding, minutes: float, name: str = "1", reason: Reason | None = None
) -> Visit:
    status = {Finding.MISSING: 404, Finding.NOT_MODIFIED: 304, Finding.BLOCKED: 403}.get(finding)
    return Visit(SITE.key, url_of(name), at(minutes), finding, status=status, reason=reason)


def never_reread(_: StoredCapture) -> Article:
    raise AssertionError("nothing was to be read again")


def rereading(articles: dict[bytes, Article]) -> Reread:
    """Read stored captures by a table of bodies."""
    return lambda capture: articles[capture.body]
