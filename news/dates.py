"""Times as Chinese news pages print them: absolute, glued, compact, and relative to a clock."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import lru_cache

from news.article import Precision, PrintedTime
from news.text import fold

CHINA_TIME = timezone(timedelta(hours=8))
MAX_LENGTH = 20_000  # a longer text is read up to here; no page prints its time later
_FIRST_YEAR, _LAST_YEAR = 1950, 2099

Span = tuple[int, int]

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NUMERALS = {char: value for value, char in enumerate("零一二三四五六七八九")}
_NUMERALS |= {"〇": 0, "○": 0, "两": 2, "半": 0}

_YEAR = r"(?<![\d.])(?P<year>(?:19|20)\d{2})"
_MONTH = r"(?P<month>1[0-2]|0?[1-9])"
_DAY = r"(?P<day>3[01]|[12]\d|0?[1-9])"
_MONTH_NAME = r"(?P<month>(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6})\.?"
_WESTERN_YEAR = r"(?:st|nd|rd|th)?,?\s{1,3}(?P<year>(?:19|20)\d{2})"

# Each pattern finds a calendar day; the clock time, if any, is read where the match ends.
_DAYS = (
    re.compile(
        rf"{_YEAR}\s?(?:年|(?P<sep>[-/.。]))\s?{_MONTH}\s?(?(sep)(?P=sep)|月)\s?{_DAY}(?:\s?[日号])?"
    ),
    re.compile(
        r"(?<![\d.])(?P<year>20\d{2}|19[5-9]\d)(?P<month>0[1-9]|1[0-2])"
        r"(?P<day>0[1-9]|[12]\d|3[01])(?!\d{1,5}(?!\d)|\d{7}|\.\d)"
    ),
    re.compile(
        rf"(?:民[国國]\s?(?P<republic>\d{{2,3}})|(?<![\d.年])(?P<republic_>1[0-4]\d))\s?年"
        rf"\s?{_MONTH}\s?月\s?{_DAY}\s?日"
    ),
    re.compile(
        r"(?<![\d./年-])(?P<republic>1[0-4]\d)(?P<sep>[-/.])(?P<month>0[1-9]|1[0-2])(?P=sep)"
        r"(?P<day>0[1-9]|[12]\d|3[01])(?![-/.\d])"
    ),
    re.compile(
        r"(?<![\d./年-])(?P<short>[0-3]\d)(?P<sep>[-/.])(?P<month>0[1-9]|1[0-2])(?P=sep)"
        r"(?P<day>0[1-9]|[12]\d|3[01])(?=\s{1,3}[0-2]\d:[0-5]\d)"
    ),
    re.compile(
        r"(?P<year>[一二][零〇○一二三四五六七八九]{3})年"
        r"(?P<month>十[一二]?|[一二三四五六七八九])月"
        r"(?P<day>[二三]?十[一二三四五六七八九]?|[一二三四五六七八九])日"
    ),
    # The day first, as in Europe, unless figures or a half of the day say that the month is.
    re.compile(
        r"(?<![\d./-])(?P<first>3[01]|[12]\d|0?[1-9])(?P<sep>[./])(?P<second>3[01]|[12]\d|0?[1-9])"
        r"(?P=sep)(?P<year>20\d\d)(?![\d./-])(?=(?P<half_day>[\s,]{1,3}[\d:]{4,8}\s?[APap][Mm]\b)?)"
    ),
    re.compile(rf"\b{_MONTH_NAME}\s{{1,3}}{_DAY}{_WESTERN_YEAR}", re.IGNORECASE),
    re.compile(
        rf"(?<!\d){_DAY}(?:st|nd|rd|th)?\s{{1,3}}{_MONTH_NAME}{_WESTERN_YEAR}", re.IGNORECASE
    ),
)
_CLOCK = re.compile(
    r"[\sT]{0,8}(?:\(?(?:星期|周|週|礼拜|禮拜)[一二三四五六日天]\)?|\([一二三四五六日]\))?[\s,|·]{0,8}(?:-\s)?"
    r"(?P<half>凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|晚[间間]|夜[间間]|深夜|晚|[AP]M\b)?\s{0,2}"
    r"(?P<hour>2[0-4]|[01]\d|\d)"
    r"(?:\s?[:时時点點]\s?(?P<minute>[0-5]\d)"
    r"(?:\s?[:分]\s?(?P<second>[0-5]\d)(?:\.\d{1,9})?秒?|分)?|[时時点點](?:整|(?P<half_hour>半))?)"
    r"(?:\s?(?P<half_after>[AP]M\b|[AP]\.M\.))?"
    r"(?:\s?(?P<offset>Z\b|(?:GMT|UTC)?[+-]\d{2}:?\d{2}(?!\d)|GMT\b|UTC\b))?",
    re.IGNORECASE,
)
# Some print the time of day first: `08:30, March 05, 2024`.
_CLOCK_BEFORE = re.compile(
    r"(?<![\d:.-])(?P<half>)(?P<hour>2[0-3]|[01]?\d):(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d))?"
    r"(?:\s?(?P<half_after>[AP]M))?(?:\s(?P<offset>UTC[+-]\d{1,2}))?,?\s{1,3}(?:on\s|[A-Z][a-z]{2,5}day,?\s)?$",
    re.IGNORECASE,
)
_LONGEST_BEFORE = 32
_DIGITS_CLOCK = re.compile(r"(?P<hour>[01]\d|2[0-3])(?P<minute>[0-5]\d)(?P<second>[0-5]\d)(?!\d)")
_AGO = re.compile(
    r"(?<!\d)(?P<count>\d{1,3}|半|[一二两三四五六七八九十])\s?个?"
    r"(?P<unit>秒钟?|分钟?|小时|钟头|天|日|周|星期)(?:之|以)?前|(?P<just>刚刚)"
)
_NAMED_DAY = re.compile(r"(?P<named>今天|今日|昨天|昨日|前天)(?=[\s,]{0,4}[^\s,]{0,2}\d)")
_YEARLESS = re.compile(
    rf"(?<![\d./年-]){_MONTH}(?:\s?月\s?{_DAY}\s?[日号]|[-/.](?P<day_>3[01]|[12]\d|0?[1-9])(?![-/.]))"
)
_UNITS = {"秒": 1, "分": 60, "小": 3600, "钟": 3600, "天": 86400, "日": 86400, "周": 604800}
_UNITS |= {"星": 604800}
_NAMED = {"今天": 0, "今日": 0, "昨天": 1, "昨日": 1, "前天": 2}
_LATE = frozenset(("下午", "傍晚", "晚上", "晚间", "晚間", "晚", "夜间", "夜間", "深夜", "PM"))
_HINT = re.compile(r"\d|年|前|刚")


def parse_time(text: str, *, zone: tzinfo, now: datetime | None = None) -> PrintedTime | None:
    """Return the first full time or date in a text, or None.

    `zone` is the page's time zone, used unless the text prints an offset. Forms that lack a
    year or count back (`3小时前`, `昨天 08:30`, `10-08 12:00`) are read only when `now` is given,
    and are marked approximate.
    """
    found = find_times(text, zone=zone, now=now)
    return found[0][1] if found else None


def find_times(
    text: str, *, zone: tzinfo, now: datetime | None = None
) -> list[tuple[Span, PrintedTime]]:
    """Return every time in a text with its (start, end), in order and without overlaps.

    Takes the same forms as `parse_time`; reads the first 20,000 characters.
    """
    return list(_find_times(text[:MAX_LENGTH], zone, now))


# Of one line a page's reader asks this several times in a row.
@lru_cache(maxsize=32)
def _find_times(
    text: str, zone: tzinfo, now: datetime | None
) -> tuple[tuple[Span, PrintedTime], ...]:
    folded = fold(text)
    if not _HINT.search(folded):
        return ()
    found = list(_absolute(folded, zone))
    if now is not None:
        found += _relative(folded, zone, now)
    found.sort(key=lambda item: (item[0][0], -item[0][1]))
    return tuple(_without_overlaps(found))


def _without_overlaps(
    found: list[tuple[Span, PrintedTime]],
) -> list[tuple[Span, PrintedTime]]:
    kept: list[tuple[Span, PrintedTime]] = []
    for span, printed in found:
        if not kept or span[0] >= kept[-1][0][1]:
            kept.append((span, printed))
    return kept


def _absolute(text: str, zone: tzinfo) -> Iterator[tuple[Span, PrintedTime]]:
    for pattern in _DAYS:
        for match in pattern.finditer(text):
            day = _calendar_day(match)
            end = match.end()
            clock = _CLOCK.match(text, end) or _DIGITS_CLOCK.match(text, end)
            open_end = text[end - 1].isdigit() and text[end : end + 1].isdigit()
            if day is None or (clock is None and open_end):
                continue
            start = match.start()
            if clock is None:
                before = _CLOCK_BEFORE.search(text, max(0, start - _LONGEST_BEFORE), start)
                if before:
                    yield (before.start(), end), _printed(day, before, zone)
                    continue
            yield (start, clock.end() if clock else end), _printed(day, clock, zone)


def _relative(text: str, zone: tzinfo, now: datetime) -> Iterator[tuple[Span, PrintedTime]]:
    for match in _AGO.finditer(text):
        yield match.span(), _ago(match, now.astimezone(zone))
    today = now.astimezone(zone).date()
    for match in _NAMED_DAY.finditer(text):
        yield from _timed(text, match, today - timedelta(days=_NAMED[match["named"]]), zone)
    for match in _YEARLESS.finditer(text):
        day = _latest_day(int(match["month"]), int(match["day"] or match["day_"]), today)
        if day:
            yield from _timed(text, match, day, zone)


def _timed(
    text: str, match: re.Match[str], day: date, zone: tzinfo
) -> Iterator[tuple[Span, PrintedTime]]:
    clock = _CLOCK.match(text, match.end())
    if clock:
        printed = _printed(day, clock, zone)
        yield (match.start(), clock.end()), PrintedTime(printed.at, printed.precision, True)


def _ago(match: re.Match[str], now: datetime) -> PrintedTime:
    if match["just"]:
        return PrintedTime(now, Precision.MINUTE, approximate=True)
    unit = _UNITS[match["unit"][0]]
    count = 0.5 if match["count"] == "半" else _number(match["count"])
    at = now - timedelta(seconds=count * unit)
    if unit < _UNITS["天"]:
        return PrintedTime(at, Precision.MINUTE, approximate=True)
    midnight = datetime.combine(at.date(), time.min, at.tzinfo)
    return PrintedTime(midnight, Precision.DAY, approximate=True)


def _latest_day(month: int, day: int, today: date) -> date | None:
    """Return the last such day not after tomorrow: a page without a year means its latest one."""
    for year in range(today.year + 1, today.year - 9, -1):  # reaches a 29 February
        found = _day(year, month, day)
        if found and found <= today + timedelta(days=1):
            return found
    return None


def _calendar_day(match: re.Match[str]) -> date | None:
    parts = match.groupdict()
    republic = parts.get("republic") or parts.get("republic_")
    if republic:
        year = int(republic) + 1911  # the Republic's year 1 is 1912
    elif parts.get("short"):
        year = 2000 + int(parts["short"])
    elif parts["year"].isdigit():
        year = int(parts["year"])
    else:
        year = int("".join(str(_NUMERALS[char]) for char in parts["year"]))
    if parts.get("first"):
        day, month = int(parts["first"]), int(parts["second"])
        american = month > 12 or parts["half_day"]
        return _day(year, day, month) if american else _day(year, month, day)
    return _day(year, _month(parts["month"]), _number(parts["day"]))


def _day(year: int, month: int, day: int) -> date | None:
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _month(text: str) -> int:
    name = text[:3].lower()
    return _MONTHS.index(name) + 1 if name in _MONTHS else _number(text)


def _number(text: str) -> int:
    """Return the value of Arabic digits, or of a Chinese numeral below one hundred."""
    if text.isdecimal():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return _NUMERALS[text]
    return (_NUMERALS[tens] if tens else 1) * 10 + (_NUMERALS[ones] if ones else 0)


def _printed(day: date, clock: re.Match[str] | None, zone: tzinfo) -> PrintedTime:
    midnight = datetime.combine(day, time.min, zone)
    if clock is None:
        return PrintedTime(midnight, Precision.DAY)
    parts = clock.groupdict()
    half = (parts.get("half") or parts.get("half_after") or "").upper().replace(".", "")
    hours = _hour(int(parts["hour"]), half)
    at = datetime.combine(day, time.min, _offset(parts.get("offset")) or zone)
    at += timedelta(
        hours=hours,
        minutes=30 if parts.get("half_hour") else int(parts["minute"] or 0),
        seconds=int(parts["second"] or 0),
    )
    return PrintedTime(at, Precision.SECOND if parts["second"] else Precision.MINUTE)


def _hour(hour: int, half: str) -> int:
    if half in _LATE and 1 <= hour < 12:
        return hour + 12
    if half == "中午" and 1 <= hour <= 3:
        return hour + 12
    return 0 if half in {"AM", "凌晨"} and hour == 12 else hour


def _offset(text: str | None) -> tzinfo | None:
    if not text:
        return None
    digits = text.upper().removeprefix("GMT").removeprefix("UTC").replace(":", "")
    if digits in {"", "Z"}:
        return UTC
    sign = -1 if digits[0] == "-" else 1
    minutes = int(digits[1:3]) * 60 + int(digits[3:5] or 0)
    return timezone(sign * timedelta(minutes=minutes)) if minutes < 24 * 60 else None
