"""The published time: what a reader sees, made finer by page data only where the two agree."""

import re
from datetime import datetime, tzinfo

from lxml import etree

from crawler.extraction.head import Head, text_of
from news.article import Precision, PrintedTime
from news.dates import parse_time

_PUBLISHED = (
    "article:published_time", "og:published_time", "og:release_date", "datepublished", "pubdate",
    "publishdate", "og:time", "publish_date", "weibo: article:create_at", "weibo:article:create_at",
    "dateupdate", "apub:time", "date", "dc.date", "firstcreationtime", "pub_date", "ptime",
)  # fmt: skip
_MODIFIED = ("article:modified_time", "og:updated_time", "datemodified", "lastmodified")
_STAMPS = etree.XPath(
    "//@*[(contains(name(), 'time') or contains(name(), 'date')) and string-length(.) > 7"
    " and string-length(.) < 40]",
    smart_strings=False,
)
_SCRIPT_STAMP = re.compile(
    rb"[\"'](?:pub|publish|ptime|create|release)[\w-]{0,16}[\"']\s?:\s?[\"'](\d{4}[-/][^\"']{4,24})[\"']",
    re.IGNORECASE,
)
_ORDER = {Precision.DAY: 0, Precision.MINUTE: 1, Precision.SECOND: 2}


def settle_published(
    shown: PrintedTime | None, head: Head, root: etree._Element, utf8: bytes, zone: tzinfo
) -> PrintedTime | None:
    """Return the shown time, finer where page data agrees with it, else the page data's own.

    A time worked out from a relative phrase gives way to any exact one.
    """
    if shown and shown.precision is Precision.SECOND and not shown.approximate:
        return shown
    stated = _stated(head, zone)
    if shown is None or shown.approximate:
        more = stated or _stamps(root, utf8, zone)
        return more[0] if more else shown
    finer = [time for time in stated if _refines(time, shown)]
    if not finer and shown.precision is Precision.DAY:
        finer = [time for time in _stamps(root, utf8, zone) if _refines(time, shown)]
    return finer[0] if finer else shown


def stated_modified(head: Head, zone: tzinfo) -> PrintedTime | None:
    """Return when the page data says that the article was last changed."""
    texts = [text_of(head.linked_data.get("dateModified")), head.first(*_MODIFIED)]
    return next((time for time in _parsed(texts, zone)), None)


def _stated(head: Head, zone: tzinfo) -> list[PrintedTime]:
    texts = [text_of(head.linked_data.get("datePublished"))]
    texts += [head.metas.get(name) for name in _PUBLISHED]
    return _parsed(texts, zone)


def _stamps(root: etree._Element, utf8: bytes, zone: tzinfo) -> list[PrintedTime]:
    """Return times in attributes and script variables whose name says so."""
    found = _STAMPS(root)
    texts: list[str | None] = [str(item) for item in found[:40]] if isinstance(found, list) else []
    texts += [match.group(1).decode("utf-8", "replace") for match in _script_stamps(utf8)]
    return _parsed(texts, zone)


def _script_stamps(utf8: bytes) -> list[re.Match[bytes]]:
    return [match for _, match in zip(range(20), _SCRIPT_STAMP.finditer(utf8), strict=False)]


def _parsed(texts: list[str | None], zone: tzinfo) -> list[PrintedTime]:
    times = [parse_time(text[:80], zone=zone) for text in texts if text]
    return [time for time in times if time]


def _refines(time: PrintedTime, shown: PrintedTime) -> bool:
    """Tell whether a time is finer than the shown one and, where both speak, the same."""
    if _ORDER[time.precision] <= _ORDER[shown.precision]:
        return False
    local: datetime = time.at.astimezone(shown.at.tzinfo)
    if shown.precision is Precision.DAY:
        return local.date() == shown.at.date()
    return local.replace(second=0, microsecond=0) == shown.at
