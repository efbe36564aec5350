"""Times as pages print them."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.article import Precision
from news.dates import CHINA_TIME, find_times, parse_time

FIRST, LAST = datetime.fromisoformat("1950-01-01"), datetime.fromisoformat("2099-12-31")
NOW = datetime(2024, 12, 20, 4, 0, tzinfo=UTC)  # noon in China


@pytest.mark.parametrize(
    ("text", "printed", "reason"),
    [
        ("发布时间 | 2022-11-07 09:23:40", "2022-11-07T09:23:40+08:00", "ISO date, clock"),
        ("2019-09-2612:11来源", "2019-09-26T12:11+08:00", "date and clock glued"),
        ("2019-9-612:11", "2019-09-06T12:11+08:00", "glued, and no month has 61 days"),
        ("2024年08月01日 16:07", "2024-08-01T16:07+08:00", "Chinese date"),
        ("2024年8月1日16时07分30秒", "2024-08-01T16:07:30+08:00", "Chinese clock"),
        ("2024年8月1日 星期四 下午3:05", "2024-08-01T15:05+08:00", "weekday, half of the day"),
        ("2024年8月1日晚8时", "2024-08-01T20:00+08:00", "an hour without minutes"),
        ("2018/5/7 22:22:57", "2018-05-07T22:22:57+08:00", "slashes, one digit"),
        ("2024.08.01", "2024-08-01", "points; no clock"),
        ("２０２４年８月１日", "2024-08-01", "full-width digits"),
        ("2024-08-01T16:07:33Z", "2024-08-01T16:07:33+00:00", "the page's own offset is kept"),
        ("2024-08-01T16:07:33.123+09:00", "2024-08-01T16:07:33+09:00", "fractions are dropped"),
        ("20240801160733", "2024-08-01T16:07:33+08:00", "fourteen digits"),
        ("20240801", "2024-08-01", "eight digits"),
        ("二〇二四年十二月二十一日", "2024-12-21", "Chinese numerals"),
        ("民國113年3月10日", "2024-03-10", "the Republic's year 113"),
        ("18/11/2022 - 12:05", "2022-11-18T12:05+08:00", "the day first"),
        ("08.11.2022", "2022-11-08", "the day first, with points"),
        ("5/9/2023 8:12:33 PM", "2023-05-09T20:12:33+08:00", "the month first, as its half says"),
        ("23-05-09 08:12", "2023-05-09T08:12+08:00", "a year of two digits, before a clock"),
        ("113年3月10日", "2024-03-10", "the Republic's year by itself"),
        ("113-03-10 08:30", "2024-03-10T08:30+08:00", "and as offices write it"),
        ("2024/08/01(四) 08:30", "2024-08-01T08:30+08:00", "a weekday of one character"),
        ("2024-08-01·08:30", "2024-08-01T08:30+08:00", "a dot between"),
        ("2024年8月1日晚8点半", "2024-08-01T20:30+08:00", "half an hour"),
        ("08:30, August 01, 2024", "2024-08-01T08:30+08:00", "the time of day first"),
        ("20:30 UTC+8, 2024-08-01", "2024-08-01T20:30+08:00", "with its zone"),
        ("2024年8月1日2024年8月3日", "2024-08-01", "a second date glued to the first"),
        ("20:30 2024-08-01", "2024-08-01T20:30+08:00", "the same in figures"),
        ("Aug. 1, 2024 8:30 p.m.", "2024-08-01T20:30+08:00", "p.m. with points"),
        ("Aug 1, 2024 10:22 PM", "2024-08-01T22:22+08:00", "English month and PM"),
        ("Thu, 01 Aug 2024 10:00:00 GMT", "2024-08-01T10:00:00+00:00", "as in HTTP and RSS"),
        ("2024-08-01 24:00", "2024-08-02T00:00+08:00", "the end of a day is the next one's start"),
    ],
)
def test_a_full_time_is_read_at_its_printed_precision(text: str, printed: str, reason: str) -> None:
    found = parse_time(text, zone=CHINA_TIME)
    assert found is not None, reason
    assert found.isoformat() == printed, reason
    assert not found.approximate


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("2024-02-30", "no such day"),
        ("7816次浏览", "a count"),
        ("2024-13-01", "no such month"),
        ("1024-08-01", "no newspaper is that old"),
        ("电话 0573-82228888", "a telephone number"),
        ("23-05-09", "a year of two digits alone may be anything"),
        ("113.03.10.22", "an address"),
        ("110-1234567", "a telephone number"),
        ("3小时前", "relative, and no clock was given"),
        ("10-08 12:00", "no year, and no clock was given"),
        ("", "nothing"),
    ],
)
def test_what_is_no_full_time_gives_none(text: str, reason: str) -> None:
    assert parse_time(text, zone=CHINA_TIME) is None, reason


@pytest.mark.parametrize(
    ("text", "printed", "reason"),
    [
        ("昨天 12:30", "2024-12-19T12:30+08:00", "yesterday in the page's zone"),
        ("今天上午9:30", "2024-12-20T09:30+08:00", "today"),
        ("3小时前", "2024-12-20T09:00+08:00", "hours ago"),
        ("半小时前", "2024-12-20T11:30+08:00", "half an hour ago"),
        ("2天前", "2024-12-18", "days ago say no clock time"),
        ("刚刚", "2024-12-20T12:00+08:00", "just now"),
        ("10-0812:00", "2024-10-08T12:00+08:00", "no year, glued: this year"),
        ("12月24日 10:00", "2023-12-24T10:00+08:00", "no year and not yet come: last year"),
    ],
)
def test_a_relative_time_is_read_by_the_given_clock_and_marked(
    text: str, printed: str, reason: str
) -> None:
    found = parse_time(text, zone=CHINA_TIME, now=NOW)
    assert found is not None, reason
    assert (found.isoformat(), found.approximate) == (printed, True), reason


def test_times_come_in_order_with_their_places() -> None:
    text = "更新于2024-08-02 10:00，首发2024-08-01"
    found = find_times(text, zone=CHINA_TIME)
    assert [text[start:end] for (start, end), _ in found] == ["2024-08-02 10:00", "2024-08-01"]
    assert [printed.precision for _, printed in found] == [Precision.MINUTE, Precision.DAY]


@given(st.datetimes(min_value=FIRST, max_value=LAST))
def test_every_time_is_read_back_from_the_forms_pages_use(moment: datetime) -> None:
    expected = moment.replace(microsecond=0, tzinfo=CHINA_TIME)
    for form in ("%Y-%m-%d %H:%M:%S", "%Y年%m月%d日%H:%M:%S", "%Y/%m/%d　%H:%M:%S"):
        found = parse_time(f"时间：{moment.strftime(form)} 来源", zone=CHINA_TIME)
        assert found is not None
        assert found.at == expected


@given(st.text(alphabet="0123456789-/年月日 :时分秒.前天小昨T+Z二〇十", max_size=60))
def test_no_text_makes_the_reader_fail(text: str) -> None:
    for (start, end), printed in find_times(text, zone=CHINA_TIME, now=NOW):
        assert 0 <= start < end <= len(text)
        assert printed.at.tzinfo is not None


def test_the_page_zone_is_used_where_none_is_printed() -> None:
    tokyo = timezone(timedelta(hours=9))
    found = parse_time("2024-08-01 16:07", zone=tokyo)
    assert found is not None
    assert found.at.utcoffset() == timedelta(hours=9)
