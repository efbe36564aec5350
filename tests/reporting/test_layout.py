"""Text laid out in columns of a terminal."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from reporting.layout import Span, harmless, pad, render_lines

TEXTS = st.text(st.sampled_from("甲乙，。a bc-3 \u3000“”…"), max_size=60) | st.text(max_size=30)


@pytest.mark.parametrize(
    ("text", "width", "lines", "reason"),
    [
        ("大桥今日通车", 8, ["大桥今日", "通车"], "a Han character takes two columns"),
        ("大桥 opens today", 10, ["大桥 opens", "today"], "a word is not broken"),
        ("大桥今日，通车", 8, ["大桥今", "日，通车"], "no line begins with a comma"),
        ("a" * 10, 4, ["aaaa", "aaaa", "aa"], "but for one that is wider than a line"),
        ("", 8, [""], "nothing is an empty line"),
    ],
)
def test_lines_break_where_a_reader_expects(
    text: str, width: int, lines: list[str], reason: str
) -> None:
    assert render_lines([Span(text)], width=width, colour=False) == lines, reason


@given(TEXTS, st.integers(8, 40))
def test_no_line_is_too_wide_and_nothing_but_spaces_is_lost(text: str, width: int) -> None:
    lines = render_lines([Span(text)], width=width, colour=False)

    assert all(cell_len(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(harmless(text).split())


@given(TEXTS, st.integers(2, 20))
def test_a_padded_text_fills_its_columns(text: str, width: int) -> None:
    assert cell_len(pad(text, width)) == width


@given(st.text())
def test_harmless_text_holds_no_character_that_acts(text: str) -> None:
    acting = {*map(chr, range(0x20)), *map(chr, range(0x7F, 0xA0)), *"\u202a\u202e\u2066\u2069"}
    assert not set(harmless(text)) & (acting - {"\t"})
