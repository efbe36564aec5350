"""The published time: what a reader sees, made finer by page data only where the two agree."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from itertools import islice

from crawler.extraction.head import Head, text_of
from news.article import Precision, PrintedTime
from news.dates import parse_time

_PUBLISHED = (
    "article:published_time", "og:published_time", "og:release_date", "datepublished", "pubdate",
    "publishdate", "og:time", "publish_date", "weibo: article:create_at", "weibo:article:create_at",
    "dateupdate", "apub:time", "date", "dc.date", "firstcreationtime", "pub_date", "ptime",
)  # fmt: skip
_MODIFIED = ("article:modified_time", "og:updated_time", "datemodified", "lastmodified")
# A quoted date as the value of an attribute, or of a key in a script; what it is called stands
# before it. Each pattern begins with one byte, which is what makes a search over a page fast.
_ATTRIBUTE_STAMP = re.compile(rb"=\s?[\"']((?:19|20)\d\d[^\"'<>]{4,36})[\"']")
_SCRIPT_STAMP = re.compile(rb":\s?[\"']((?:19|20)\d\d[-/][^\"']{4,24})[\"']")
_ATTRIBUTE_NAME = re.compile(
    rb"\s[\w:-]*(?:time|date)[\w:-]*\s?$|<time\s[^<>]{0,24}title\s?$", re.IGNORECASE
)
_SCRIPT_NAME = re.compile(
    rb"[\"'](?:pub|publish|ptime|create|release)[\w-]{0,16}[\"']\s?$", re.IGNORECASE
)
_EPOCH = re.compile(
    rb"(?i:publish_?(?:ed_?)?(?:time|at|date)?|pub_?(?:time|date)|create_?(?:d_?)?(?:time|at)|\bcreated|ctime|\bct)"
    rb"[\"']?\s{0,3}[:=]\s{0,3}[\"']?(1[0-9]{9})(?:\d{3})?(?!\d)"
)
_LONGEST_NAME = 40
_MOST_STAMPS = 20
_ORDER = {Precision.DAY: 0, Precision.MINUTE: 1, Precision.SECOND: 2}


def settle_published(
    shown: PrintedTime | None, head: Head, body: bytes, zone: tzinfo
) -> PrintedTime | None:
    """Return the shown time, finer where page data agrees with it, else the page data's own.

    A time worked out from a relative phrase gives way to any exact one.
    """
    if shown and shown.precision is Precision.SECOND and not shown.approximate:
        return shown
    stated = _stated(head, zone)
    if shown is None or shown.approximate:
        more = stated or _stamps(body, zone) or _agreeing(shown, body, zone) or _epochs(body, zone)
        if not more or more[0].precision is not Precision.DAY:
            return more[0] if more else shown
        others = [*more, *_stamps(body, zone), *_epochs(body, zone)]
        return next((time for time in others if _refines(time, more[0])), more[0])
    finer = [time for time in stated if _refines(time, shown)]
    if not finer and shown.precision is Precision.DAY:
        finer = [time for time in _stamps(body, zone) if _refines(time, shown)]
    return finer[0] if finer else shown


def stated_times(
    shown: PrintedTime | None, head: Head, body: bytes, zone: tzinfo
) -> list[tuple[str, PrintedTime]]:
    """Return the times of publication in a page's data, each with where it stands."""
    named = [("JSON-LD datePublished", text_of(head.linked_data.get("datePublished")))]
    named += [(f"meta {name}", head.metas.get(name)) for name in _PUBLISHED]
    told = [(where, time) for where, text in named for time in _parsed([text], zone)]
    told += [("attribute or script", time) for time in _stamps(body, zone)]
    told += [("attribute that agrees", time) for time in _agreeing(shown, body, zone)]
    return told + [("seconds since 1970", time) for time in _epochs(body, zone)]


def stated_modified(head: Head, zone: tzinfo) -> PrintedTime | None:
    """Return when the page data says that the article was last changed."""
    texts = [text_of(head.linked_data.get("dateModified")), head.first(*_MODIFIED)]
    return next((time for time in _parsed(texts, zone)), None)


def _stated(head: Head, zone: tzinfo) -> list[PrintedTime]:
    texts = [text_of(head.linked_data.get("datePublished"))]
    texts += [head.metas.get(name) for name in _PUBLISHED]
    return _parsed(texts, zone)


def _stamps(body: bytes, zone: tzinfo) -> list[PrintedTime]:
    """Return times in attributes and script variables whose name says so."""
    attributes = _named_stamps(body, _ATTRIBUTE_STAMP, _ATTRIBUTE_NAME)
    return _parsed([*attributes, *_named_stamps(body, _SCRIPT_STAMP, _SCRIPT_NAME)], zone)


def _named_stamps(
    body: bytes, stamp: re.Pattern[bytes], name: re.Pattern[bytes]
) -> Iterator[str | None]:
    told = (
        found.group(1).decode("utf-8", "replace")
        for found in stamp.finditer(body)
        if name.search(body, max(0, found.start() - _LONGEST_NAME), found.start())
    )
    return islice(told, _MOST_STAMPS)


def _agreeing(shown: PrintedTime | None, body: bytes, zone: tzinfo) -> list[PrintedTime]:
    """Return quoted times, under any name, with the month, day, hour and minute that are shown."""
    if shown is None or shown.precision is Precision.DAY:
        return []
    texts = [found.group(1) for found in islice(_ATTRIBUTE_STAMP.finditer(body), 5 * _MOST_STAMPS)]
    times = _parsed([text.decode("utf-8", "replace") for text in texts], zone)
    wanted = f"{shown.at:%m-%d %H:%M}"
    return [time for time in times if f"{time.at:%m-%d %H:%M}" == wanted]


def _epochs(body: bytes, zone: tzinfo) -> list[PrintedTime]:
    """Return the seconds or milliseconds since 1970 under a name for the time of publication."""
    seconds = [int(found.group(1)) for found in islice(_EPOCH.finditer(body), _MOST_STAMPS)]
    return [PrintedTime(datetime.fromtimestamp(at, zone), Precision.SECOND) for at in seconds]


def _parsed(texts: list[str | None], zone: tzinfo) -> list[PrintedTime]:
    times = [parse_time(text[:80], zone=zone) for text in texts if text]
    return [_local(time, zone) for time in times if time]


def _local(time: PrintedTime, zone: tzinfo) -> PrintedTime:
    """Return a time that is stated in UTC, as machines do, in the zone of the page's readers."""
    universal = time.at.tzinfo is UTC and time.precision is not Precision.DAY
    return replace(time, at=time.at.astimezone(zone)) if universal else time


def _refines(time: PrintedTime, shown: PrintedTime) -> bool:
    """Tell whether a time is finer than the shown one and, where both speak, the same."""
    if _ORDER[time.precision] <= _ORDER[shown.precision]:
        return False
    local: datetime = time.at.astimezone(shown.at.tzinfo)
    if shown.precision is Precision.DAY:
        return local.date() == shown.at.date()
    return local.replace(second=0, microsecond=0) == shown.at
