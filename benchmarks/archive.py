"""What the archive takes: new articles, looks that find nothing new, and bytes a version."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.timing import interleaved, render_ratios
from news.article import Article, Block
from news.page import Page
from news.visits import Finding, Visit
from storage.archive import Archive
from storage.engine import open_engine
from storage.migrate import upgrade
from storage.records import Lease, SiteRecord, StoredCapture

SITE = SiteRecord("bench", "Bench", "http://bench.example/", "Asia/Shanghai", None, "0")
START = datetime(2026, 1, 1, tzinfo=UTC)
ARTICLES = 500
BATCH = 100  # what the crawler's writer commits at most at once


def look(number: int, at: datetime, *, edited: bool = False) -> Visit:
    """Return a look at an invented article of about 1,000 characters in a page of 60 KB."""
    url = f"http://bench.example/a/{number}.html"
    paragraph = f"第{number}号街区今年新增{number % 97}处停车泊位,居民出行更加方便。" * 4
    body = (
        *(Block(paragraph) for _ in range(8)),
        Block("完工时间推迟。" if edited else "如期完工。"),
    )
    frame = "".join(f"<li><a href='/l/{i}.html'>{i * number}</a></li>" for i in range(1600))
    html = f"<ul>{frame}</ul>" + "".join(f"<p>{block.text}</p>" for block in body)
    page = Page(url, url, 200, (("content-type", "text/html"),), html.encode(), at)
    article = Article(url, f"街区改造进展之{number}", source="嘉禾日报", body=body)
    return Visit("bench", url, at, Finding.READ, 200, None, page, article, "bench")


def unexpected(capture: StoredCapture) -> Article:
    """Refuse to read again: no look of this benchmark has another extractor."""
    raise AssertionError(capture.url)


@contextmanager
def opened(folder: str) -> Iterator[tuple[Archive, Lease]]:
    """Open a new archive with a crawl begun."""
    engine = open_engine(f"sqlite:///{folder}/bench.db")
    upgrade(engine)
    archive = Archive(engine)
    archive.open_site(SITE)
    yield archive, archive.begin_crawl("bench", kind="bench", now=START)
    engine.dispose()


def record(archive: Archive, lease: Lease, visits: list[Visit]) -> None:
    """Record visits in batches, as the crawler does."""
    for start in range(0, len(visits), BATCH):
        archive.record_many(visits[start : start + BATCH], unexpected, lease)


def main() -> None:
    """Print the time a look takes, and the size of the file."""
    print(f"archive: SQLite, {ARTICLES} articles of 60 KB, {BATCH} visits a commit")
    hour = timedelta(hours=1)
    with tempfile.TemporaryDirectory() as folder, opened(folder) as (archive, lease):
        turns = iter(range(10**6))

        def looks(edited: bool) -> list[Visit]:
            return [look(n, START + next(turns) * hour, edited=edited) for n in range(ARTICLES)]

        record(archive, lease, looks(edited=False))
        size = Path(folder, "bench.db").stat().st_size
        print(f"first look: {size / ARTICLES / 1024:.1f} KiB an article")
        flips = iter([True, False] * 100)
        works = {
            "building the looks": lambda: looks(edited=False),
            "unchanged": lambda: record(archive, lease, looks(edited=False)),
            "changed": lambda: record(archive, lease, looks(edited=next(flips))),
        }
        seconds = interleaved(works, 4)
        print(*render_ratios(seconds, "building the looks", ARTICLES, "look"), sep="\n")
