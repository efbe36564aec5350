"""Sitemaps: which addresses a site states, and when each was modified (sitemaps.org, 0.9)."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from crawler.decoding import DecodingError, decode_body
from crawler.safe_xml import UnreadableXmlError, readable_xml, scan_xml
from news.visits import Reason

LIMIT = 16 * 1024 * 1024  # bytes after decompression
ENTRIES = 50_000  # the protocol's own bound
_LONGEST = 4096  # characters of one field
_GZIP = b"\x1f\x8b"
_ENTRY = frozenset({"url", "sitemap"})
# Fields that are read, and within which elements: an image within an entry has a `loc` too.
_FIELDS = {"loc": _ENTRY, "lastmod": _ENTRY, "publication_date": frozenset({"news"})}


@dataclass(frozen=True, slots=True)
class Stated:
    """One address as a feed or sitemap states it."""

    url: str  # as printed
    modified_at: datetime | None = None  # aware UTC
    published_at: datetime | None = None  # aware UTC


@dataclass(slots=True)
class Sitemap:
    """What a sitemap holds: addresses, or with an index the addresses of sitemaps."""

    entries: list[Stated] = field(default_factory=list)
    parts: list[Stated] = field(default_factory=list)
    cut: bool = False  # more than is read
    whole: bool = True  # False: malformed; what came before the fault is here


def is_sitemap_root(name: str | None) -> bool:
    """Tell whether a document with this root element is a sitemap."""
    return name in {"urlset", "sitemapindex"}


def unzip(body: bytes) -> bytes:
    """Return the body of a sitemap that is kept compressed (`.xml.gz`), bounded.

    Raise `UnreadableXmlError` for one that is cut, broken or too large.
    """
    if not body.startswith(_GZIP):
        return body
    try:
        return decode_body(body, ["gzip"], LIMIT)
    except DecodingError as error:
        raise UnreadableXmlError(error.reason, str(error)) from error


def read_sitemap(body: bytes, content_type: str | None = None) -> Sitemap:
    """Read a sitemap or an index; raise `UnreadableXmlError` for a hostile one."""
    if len(body) > LIMIT:
        raise UnreadableXmlError(Reason.TOO_LARGE, f"more than {LIMIT} bytes")
    collector = _Collector()
    text = readable_xml(body, content_type)
    scan = scan_xml(text, start=collector.start, end=collector.end, data=collector.data)
    collector.found.whole = scan.whole or collector.found.cut
    return collector.found


class _Collector:
    """Gathers entries from what the scan tells."""

    def __init__(self) -> None:
        self.found = Sitemap()
        self._path: list[str] = []
        self._fields: dict[str, str] = {}
        self._text: list[str] = []
        self._length = 0

    def start(self, name: str, depth: int) -> None:
        del depth
        self._path.append(name.lower())
        self._text, self._length = [], 0

    def data(self, text: str) -> None:
        if self._length <= _LONGEST:
            self._text.append(text)
            self._length += len(text)

    def end(self, name: str) -> None:
        del name
        path = self._path.pop()
        local = path.rpartition(":")[2]
        parent = self._path[-1].rpartition(":")[2] if self._path else ""
        if parent in _FIELDS.get(local, ()) and self._length <= _LONGEST:
            self._fields.setdefault(local, "".join(self._text).strip())
        elif local in _ENTRY:
            self._take(self.found.entries if local == "url" else self.found.parts)
            self._fields = {}
        self._text, self._length = [], 0

    def _take(self, entries: list[Stated]) -> None:
        if not (address := self._fields.get("loc")):
            return
        if len(entries) >= ENTRIES:
            self.found.cut = True
            raise StopIteration
        modified = stated_time(self._fields.get("lastmod"))
        entries.append(Stated(address, modified, stated_time(self._fields.get("publication_date"))))


def stated_time(text: str | None) -> datetime | None:
    """Return a W3C date or time as UTC, a bare date at its beginning; None for any other text."""
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text.strip())
        return found.replace(tzinfo=found.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
