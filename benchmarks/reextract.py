"""What reading a site's stored captures again takes: time, memory and bytes, by the capture."""

import os
import resource
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from crawler.extraction.extract import extract_article
from crawler.extraction.rules import GENERIC
from news.article import Article
from news.page import Page
from news.visits import Finding, Visit
from storage.archive import Archive
from storage.engine import open_engine
from storage.migrate import upgrade
from storage.records import Lease, SiteRecord, StoredCapture
from storage.reextract import Reextraction

_SITE = SiteRecord("bench", "Bench", "http://bench.example/", "Asia/Shanghai", None, "0")
_START = datetime(2026, 1, 1, tzinfo=UTC)
_BATCH = 50
_OLD, _NEW = "old", "new"
_TOLD_FOR = 100_000  # captures that the figures are scaled to


def _samples(folder: Path) -> list[tuple[bytes, Article]]:
    found = []
    for path in sorted(folder.rglob("*.html")):
        body = path.read_bytes()
        url = "http://bench.example/0.html"
        read = extract_article(Page(url, url, 200, (), body, _START), GENERIC)
        if isinstance(read, Article):
            found.append((body, read))
    return found


def _looks(samples: Sequence[tuple[bytes, Article]], captures: int) -> Iterator[Visit]:
    """Yield two looks an article; what differs is a kicker that the old extractor saw."""
    for number in range(captures // 2):
        body, read = samples[number % len(samples)]
        url = f"http://bench.example/{number}.html"
        for second in (False, True):
            at = _START + timedelta(seconds=2 * number + second)
            own = body + f"<!-- {number} {second} -->".encode()
            seen = replace(read, url=url, kicker="扫码关注" if second else None)
            page = Page(url, url, 200, (), own, at)
            yield Visit("bench", url, at, Finding.READ, 200, None, page, seen, _OLD)


def _unexpected(capture: StoredCapture) -> Article:
    raise AssertionError(capture.url)


def _fill(archive: Archive, lease: Lease, looks: Iterator[Visit]) -> None:
    batch: list[Visit] = []
    for visit in looks:
        batch.append(visit)
        if len(batch) == _BATCH:
            archive.record_many(batch, _unexpected, lease)
            batch = []
    archive.record_many(batch, _unexpected, lease)


def main(folder: Path) -> None:
    """Print seconds, peak memory and bytes of a store whose captures are all read again."""
    captures = int(os.environ.get("CAPTURES", "4000"))
    samples = _samples(folder)
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "bench.db"
        engine = open_engine(f"sqlite:///{path}")
        upgrade(engine)
        archive = Archive(engine)
        archive.open_site(_SITE)
        lease = archive.begin_crawl("bench", kind="bench", now=_START)
        _fill(archive, lease, _looks(samples, captures))
        before = path.stat().st_size
        wanted = Reextraction("bench", _NEW)
        began, after = time.process_time(), 0
        while batch := archive.read_again(
            wanted,
            lambda capture: extract_article(capture.page, GENERIC),
            lease,
            after_id=after,
            size=_BATCH,
            now=_START,
        ):
            after = batch.last_id
        read = time.process_time() - began
        ours = archive.retract_ours(wanted, lease, now=_START)
        judged = time.process_time() - began - read
        grown = path.stat().st_size - before
        engine.dispose()
    _tell(captures, len(samples), (read, judged), grown, len(ours))


def _tell(captures: int, samples: int, seconds: tuple[float, float], grown: int, ours: int) -> None:
    scale = _TOLD_FOR / captures
    read, judged = seconds
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"reextract: {captures} captures of {samples} saved pages, {ours} versions were ours")
    print(f"  read again      {read:8.1f} s of one core, {1000 * read / captures:.2f} ms a capture")
    print(f"  held together   {judged:8.1f} s")
    print(f"  memory          {peak:8.0f} MB at most")
    print(f"  store           {grown / captures / 1024:8.2f} KB more a capture")
    print(
        f"  for {_TOLD_FOR} captures, in proportion: {scale * (read + judged) / 60:.0f} min, "
        f"{scale * grown / 2**20:.0f} MB more"
    )
