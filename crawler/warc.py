"""Web archives taken in: each good page of a WARC becomes a look at the time the WARC says.

The file is hostile until proven otherwise: what one record may take is bounded before it is read
and after it is decompressed, times and addresses must be possible, and what cannot be used is
counted and left out.
"""

import gzip
import json
import tempfile
import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO, cast
from urllib.parse import urlsplit

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeadersParser, StatusAndHeadersParserException

from crawler.extraction.identity import extractor_id
from crawler.reading import Answer, read_answer
from crawler.run import reread_with
from crawler.sites.load import SiteProfileError, profile_for
from crawler.sites.profile import SiteProfile
from news.page import Page
from news.urls import canonical_url
from news.visits import Finding, Visit
from storage.archive import Archive

MOST_BYTES = 16 * 1024 * 1024  # of one page, sent or decompressed
_MOST_HEADER = 1024 * 1024  # of a record, before its length is known
_MOST_SITES = 500
_EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)
_BATCH = 50
_PROTOCOLS = ["HTTP/1.1", "HTTP/1.0", "HTTP/2.0", "HTTP/2", "HTTP/3"]

Tell = Callable[[int, int], None]  # how many of how many bytes, then pages, are done


class WarcError(Exception):
    """The file is no web archive, or too damaged to be read; nothing of it was recorded."""


@dataclass(slots=True)
class TakenIn:
    """What became of the records of a web archive."""

    looks: Counter[str] = field(default_factory=Counter)  # by outcome
    left_out: Counter[str] = field(default_factory=Counter)  # by reason


@dataclass(frozen=True, slots=True)
class _Spooled:
    """Where a page lies in the spool; ordered by time and place in the file."""

    at: datetime
    place: int
    size: int
    url: str


class _Bounded:
    """A stream that gives no more than its allowance, which whoever reads it renews."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self.allowance = 0

    def read(self, size: int = -1) -> bytes:
        """Read at most `size` bytes; WarcError where the allowance is used up."""
        if self.allowance <= 0:
            raise WarcError(f"a record's header is longer than {_MOST_HEADER} bytes")
        part = self._source.read(size if size >= 0 else self.allowance)
        self.allowance -= len(part)
        return part


def import_warc(
    path: Path, archive: Archive, folder: Path | None, *, now: datetime, tell: Tell
) -> TakenIn:
    """Record the pages of a WARC in the order of their times, site by site.

    `folder` holds further profiles; other sites are read by the generic rules. Raises WarcError
    before anything is recorded, ArchiveError and SiteBusy as a crawl does.
    """
    taken = TakenIn()
    with tempfile.TemporaryFile() as spool:
        spooled = list(_spool(path, cast("BinaryIO", spool), taken, now, tell))
        by_site = _by_site(spooled, folder, taken)
        for profile, pages in by_site:
            _record(archive, profile, pages, cast("BinaryIO", spool), taken, now)
    return taken


def _spool(
    path: Path, spool: BinaryIO, taken: TakenIn, now: datetime, tell: Tell
) -> Iterator[_Spooled]:
    """Put the pages of a WARC aside, so that they can be taken in the order of their times."""
    total = path.stat().st_size
    with path.open("rb") as raw:
        is_gzip = raw.read(2) == b"\x1f\x8b"
        raw.seek(0)
        source = cast("BinaryIO", gzip.GzipFile(fileobj=raw)) if is_gzip else raw
        for headers, content in _records(_Bounded(source)):
            tell(raw.tell(), total)
            page = _page(headers, content, taken, now)
            if page is not None:
                place = spool.tell()
                spool.write(_packed(page))
                yield _Spooled(page.fetched_at, place, spool.tell() - place, page.url)


def _records(stream: _Bounded) -> Iterator[tuple[Any, bytes | None]]:
    """Yield each response's headers and bytes; None for the bytes of one that is too long."""
    stream.allowance = _MOST_HEADER
    try:
        for record in ArchiveIterator(stream, no_record_parse=True):
            stream.allowance = 1 << 62  # its length is bounded by the read below
            if record.rec_type == "response":
                content = record.raw_stream.read(MOST_BYTES + 1)
                yield record.rec_headers, content if len(content) <= MOST_BYTES else None
            while record.raw_stream.read(1 << 16):
                pass
            stream.allowance = _MOST_HEADER
    except (ArchiveLoadFailed, StatusAndHeadersParserException, OSError, EOFError) as error:
        raise WarcError(f"no web archive, or a damaged one: {error}") from None
    except (ValueError, TypeError, zlib.error) as error:
        raise WarcError(f"a damaged web archive: {error}") from None


def _page(headers: Any, content: bytes | None, taken: TakenIn, now: datetime) -> Page | None:
    """Return a response as a page; None where it cannot be one, which is counted."""
    url = (headers.get_header("WARC-Target-URI") or "").strip("<>")
    at = _parse_time(headers.get_header("WARC-Date"), now)
    if content is None:
        taken.left_out["too_large"] += 1
    elif _scheme(url) not in {"http", "https"}:
        taken.left_out["no_web_address"] += 1
    elif at is None:
        taken.left_out["no_possible_time"] += 1
    else:
        page = _parse_response(url, at, content)
        if page is None:
            taken.left_out["damaged"] += 1
        return page
    return None


def _scheme(url: str) -> str:
    """Return an address's scheme, empty where it is no address."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return parts.scheme if parts.hostname else ""


def _parse_time(text: str | None, now: datetime) -> datetime | None:
    try:
        at = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    if at.tzinfo is None:
        return None
    return at.astimezone(UTC) if _EARLIEST <= at <= now + timedelta(days=1) else None


def _parse_response(url: str, at: datetime, content: bytes) -> Page | None:
    stream = BytesIO(content)
    try:
        http = StatusAndHeadersParser(_PROTOCOLS).parse(stream)
        record = ArcWarcRecord("warc", "response", None, stream, http, None, len(content))
        body = _read_bounded(record.content_stream())
        status = int(http.get_statuscode())
    except Exception:  # noqa: BLE001 - whatever a parser of hostile bytes may raise
        return None
    if len(body) > MOST_BYTES or not 100 <= status <= 599:
        return None
    return Page(url, url, status, tuple((str(n), str(v)) for n, v in http.headers), body, at)


def _read_bounded(stream: Any) -> bytes:
    """Read a decoded body, up to one byte more than it may have."""
    parts: list[bytes] = []
    left = MOST_BYTES + 1
    while left > 0 and (part := stream.read(min(left, 1 << 16))):
        parts.append(part)
        left -= len(part)
    return b"".join(parts)


def _packed(page: Page) -> bytes:
    head = json.dumps([page.url, page.status, page.headers, page.fetched_at.isoformat()])
    return head.encode() + b"\n" + page.body


def _unpacked(spool: BinaryIO, one: _Spooled) -> Page:
    spool.seek(one.place)
    head, _, body = spool.read(one.size).partition(b"\n")
    url, status, headers, at = json.loads(head)
    pairs = tuple((name, value) for name, value in headers)
    return Page(url, url, status, pairs, body, datetime.fromisoformat(at))


def _by_site(
    spooled: list[_Spooled], folder: Path | None, taken: TakenIn
) -> list[tuple[SiteProfile, list[_Spooled]]]:
    profiles: dict[str, SiteProfile | None] = {}
    found: dict[str, list[_Spooled]] = defaultdict(list)
    keys: dict[str, SiteProfile] = {}
    for one in sorted(spooled, key=lambda one: (one.at, one.place)):
        host = urlsplit(one.url).netloc
        if host not in profiles:
            profiles[host] = _profile(one.url, folder) if len(keys) < _MOST_SITES else None
        profile = profiles[host]
        if profile is None:
            taken.left_out["no_site"] += 1
            continue
        keys[profile.key] = profile
        found[profile.key].append(one)
    return [(keys[key], pages) for key, pages in found.items()]


def _profile(url: str, folder: Path | None) -> SiteProfile | None:
    try:
        return profile_for(url, folder)[0]
    except SiteProfileError:
        return None


def _record(
    archive: Archive,
    profile: SiteProfile,
    pages: list[_Spooled],
    spool: BinaryIO,
    taken: TakenIn,
    now: datetime,
) -> None:
    archive.open_site(profile.record())
    lease = archive.begin_crawl(profile.key, kind="import", now=now)
    counts: Counter[str] = Counter()
    status = "failure"
    try:
        for start in range(0, len(pages), _BATCH):
            looks = _looks(archive, profile, pages[start : start + _BATCH], spool, taken)
            done = archive.record_many(looks, reread_with(profile), lease)
            counts.update(one.outcome.value for one in done)
        status = "success"
    finally:
        archive.end_crawl(lease, now=now, status=status, counts=counts)
    taken.looks += counts


def _looks(
    archive: Archive,
    profile: SiteProfile,
    part: list[_Spooled],
    spool: BinaryIO,
    taken: TakenIn,
) -> list[Visit]:
    extractor = extractor_id(profile.reading)
    urls = {one: _canonical(one.url) for one in part}
    known = archive.known(profile.key, {url for url in urls.values() if url})
    visits = []
    for one, url in urls.items():
        before = known.get(url or "")
        if url is None:
            taken.left_out["no_web_address"] += 1
        elif before and before.last_visit_at and before.last_visit_at >= one.at:
            taken.left_out["older_than_known"] += 1  # versions are numbered in order of time
        else:
            visit = _visit(profile, url, _unpacked(spool, one), extractor)
            if visit is None:
                taken.left_out["no_article"] += 1
            else:
                visits.append(visit)
    return visits


def _canonical(url: str) -> str | None:
    try:
        return canonical_url(url)
    except ValueError:
        return None


def _visit(profile: SiteProfile, url: str, page: Page, extractor: str) -> Visit | None:
    try:
        look = read_answer(Answer(page), profile, None, extractor)
    except Exception:  # noqa: BLE001 - a page that breaks the reading is none
        return None
    if look.finding is not Finding.READ or look.article is None:
        return None
    return Visit(
        profile.key,
        url,
        page.fetched_at,
        Finding.READ,
        status=look.status,
        page=page,
        article=look.article,
        extractor=extractor,
        doubt=look.doubt,
    )
