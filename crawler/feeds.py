"""RSS and Atom: which articles a feed states, and when each was updated.

feedparser reads the entries, from bytes that were had before: it never goes to the network. Its
second, lenient parser takes time that grows with the square of the nesting, so a broken feed is
cut before its first fault and closed instead; what came before the fault is read.
"""

import calendar
import io
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from time import struct_time
from typing import Any
from urllib.parse import urljoin

import feedparser

from crawler.safe_xml import UnreadableXmlError, readable_xml, scan_xml
from crawler.sitemaps import Stated
from news.visits import Reason

LIMIT = 4 * 1024 * 1024  # bytes; a feed of a thousand whole articles has less
ENTRIES = 5000
_ELEMENTS = 200_000
_ITEM_END = re.compile(rb"</(?:\w+:)?(?:item|entry)\s*>", re.IGNORECASE)
_TEXT_OPTIONS = {"resolve_relative_uris": False, "sanitize_html": False}


@dataclass(frozen=True, slots=True)
class Feed:
    """The entries of a feed in its order, and the address of its next page (RFC 5005)."""

    entries: tuple[Stated, ...] = ()
    next_url: str | None = None
    whole: bool = True  # False: malformed; what came before the fault is here


def is_feed_root(name: str | None) -> bool:
    """Tell whether a document with this root element is a feed."""
    return name in {"rss", "feed", "rdf"}


def read_feed(body: bytes, url: str, content_type: str | None = None) -> Feed:
    """Read a feed that was had from `url`; raise `UnreadableXmlError` for a hostile one."""
    if len(body) > LIMIT:
        raise UnreadableXmlError(Reason.TOO_LARGE, f"more than {LIMIT} bytes")
    text = readable_xml(body, content_type)
    outline = _Outline()
    scan = scan_xml(text, start=outline.start, end=outline.end)
    if not scan.whole:
        text = _mended(text[: scan.sound], outline.open)
    parsed = feedparser.parse(io.BytesIO(text), **_TEXT_OPTIONS)
    entries = (_stated(entry, url) for entry in parsed.get("entries", ()))
    found = tuple(entry for entry in entries if entry is not None)
    return Feed(found, _next(parsed, url), scan.whole)


class _Outline:
    """Counts what a feed is made of, and ends its scan where there is too much of it."""

    def __init__(self) -> None:
        self.open: list[str] = []
        self._items = self._elements = 0

    def start(self, name: str, depth: int) -> None:
        del depth
        self._elements += 1
        self._items += _is_item(name)
        if self._items > ENTRIES or self._elements > _ELEMENTS:
            raise StopIteration
        self.open.append(name)

    def end(self, name: str) -> None:
        del name
        self.open.pop()


def _mended(sound: bytes, open_elements: list[str]) -> bytes:
    """Cut a broken feed after its last whole item, and close what is open around items."""
    ends = [match.end() for match in _ITEM_END.finditer(sound)]
    if not ends:
        return b""
    around = [name for name in open_elements if not _is_item(name)]
    outer = around[:2] if around[:1] and around[0].lower() == "rss" else around[:1]
    return sound[: ends[-1]] + b"".join(b"</%s>" % name.encode() for name in reversed(outer))


def _is_item(name: str) -> bool:
    return name.rpartition(":")[2].lower() in {"item", "entry"}


def _stated(entry: dict[str, Any], url: str) -> Stated | None:
    """Return an entry's address and times, by dict's own `get`: feedparser's answers for others."""
    address = next(filter(None, (_text(entry, name) for name in _ADDRESSES)), None)
    if address is None and (_text(entry, "id") or "").startswith(("http://", "https://")):
        address = _text(entry, "id")
    if address is None:
        return None
    published = _time(dict.get(entry, "published_parsed"))
    updated = _time(dict.get(entry, "updated_parsed"))
    try:
        return Stated(urljoin(url, address), updated, published)
    except ValueError:
        return None


_ADDRESSES = ("feedburner_origlink", "link")


def _text(entry: dict[str, Any], name: str) -> str | None:
    found = dict.get(entry, name)
    return found.strip() if isinstance(found, str) and found.strip() else None


def _time(found: struct_time | None) -> datetime | None:
    if found is None:
        return None
    try:
        return datetime.fromtimestamp(calendar.timegm(found), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _next(parsed: dict[str, Any], url: str) -> str | None:
    links = (parsed.get("feed") or {}).get("links", ())
    found = next((link.get("href") for link in links if link.get("rel") == "next"), None)
    try:
        return urljoin(url, found) if found else None
    except ValueError:
        return None
