"""A log line is one line, whatever a site puts into it."""

import json
import logging

import pytest

from crawler.logs import JsonLines, TextLines


def record(event: str, **keys: object) -> logging.LogRecord:
    found = logging.makeLogRecord({"msg": event, "levelname": "INFO", "created": 1772366400.12})
    vars(found).update(keys)
    return found


def test_a_line_is_time_level_event_and_keys() -> None:
    line = TextLines().format(record("crawl_ended", site="a", pages=3))
    assert line == "2026-03-01T12:00:00.120+00:00 info crawl_ended site=a pages=3"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("two words", '"two words"'),
        ("a=b", '"a=b"'),
        ("", '""'),
        ("line\nbreak", '"line\\nbreak"'),
        ("\x1b[31m", '"\\u001b[31m"'),
        ("嘉禾", "嘉禾"),
    ],
)
def test_what_is_no_plain_word_is_quoted_and_no_control_character_acts(
    value: str, shown: str
) -> None:
    assert TextLines().format(record("e", key=value)).endswith(f" e key={shown}")


@pytest.mark.parametrize("value", ["\n" * 3, "\x1b]0;title\x07", "x" * 1_000_000, "\u2028"])
@pytest.mark.parametrize("form", [TextLines(), JsonLines()])
def test_hostile_values_stay_on_one_line_of_bounded_length(
    value: str, form: logging.Formatter
) -> None:
    line = form.format(record("page_unreadable", url=value))
    assert len(line.splitlines()) == 1
    assert "\x1b" not in line
    assert len(line) < 4000


def test_json_lines_hold_the_same_keys() -> None:
    told = json.loads(JsonLines().format(record("crawl_ended", site="嘉禾", pages=3)))
    assert told == {
        "at": "2026-03-01T12:00:00.120+00:00",
        "level": "info",
        "event": "crawl_ended",
        "site": "嘉禾",
        "pages": 3,
    }


def test_an_exception_comes_along_on_the_same_line() -> None:
    try:
        raise ValueError("for\ngood")
    except ValueError as error:
        given = record("failed", exc_info=(type(error), error, error.__traceback__))
    for form in (TextLines(), JsonLines()):
        line = form.format(given)
        assert len(line.splitlines()) == 1
        assert "ValueError" in line
