"""What the archive takes: new articles, looks that find nothing new, and bytes a version."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.timing import interleaved, render_ratios, timed
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


class Served:
    """The articles as they stand: looked at an hour later each time, and edited when asked to."""

    def __init__(self) -> None:
        self.hours, self.edited = 0, False

    def looks(self, *, edit: bool = False) -> list[Visit]:
        """Return a look at every article, after an edit of all of them with `edit`."""
        self.hours += 1
        self.edited ^= edit
        at = START + timedelta(hours=self.hours)
        return [look(number, at, edited=self.edited) for number in range(ARTICLES)]


def main() -> None:
    """Print the time a look takes, and the size of the file."""
    print(f"archive: SQLite, {ARTICLES} articles of 60 KB, {BATCH} visits a commit")
    with tempfile.TemporaryDirectory() as folder, opened(folder) as (archive, lease):
        site = Served()
        record(archive, lease, site.looks())
        size = Path(folder, "bench.db").stat().st_size
        print(f"first look: {size / ARTICLES / 1024:.1f} KiB an article")
        works = {
            "building the looks": timed(site.looks),
            "unchanged": timed(lambda: record(archive, lease, site.looks())),
            "changed": timed(lambda: record(archive, lease, site.looks(edit=True))),
        }
        seconds = interleaved(works, 4)
        print(*render_ratios(seconds, "building the looks", ARTICLES, "look"), sep="\n")
