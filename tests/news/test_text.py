"""Text primitives: whitespace, and one spelling for marks and labels."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.text import all_han, fold, squeeze, squeeze_lines


@pytest.mark.parametrize(
    ("text", "squeezed", "reason"),
    [
        (
            "　　正文  一句\n",
            "正文 一句",
            "indents of two full-width spaces and line ends are space",
        ),
        ("甲\xa0\xa0乙", "甲 乙", "a no-break space is a space"),
        ("甲\u200b乙\ufeff", "甲乙", "zero-width characters hold nothing apart"),
        ("甲\x00乙", "甲乙", "control characters are dropped"),
        ("\u2003甲\u2028乙", "甲 乙", "typographic spaces and line separators are spaces"),
        ("　", "", "only space is nothing"),
    ],
)
def test_squeeze_leaves_one_plain_space_between_words(
    text: str, squeezed: str, reason: str
) -> None:
    assert squeeze(text) == squeezed, reason


@given(st.text())
def test_squeezing_twice_changes_nothing(text: str) -> None:
    assert squeeze(squeeze(text)) == squeeze(text)


@given(st.text())
def test_folding_keeps_every_position(text: str) -> None:
    assert len(fold(text)) == len(text)


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_lines_survive_where_blanks_within_them_do_not() -> None:
    assert squeeze_lines(" 甲　乙 \n\n\t丙\r\n") == "甲 乙\n丙"


def test_marks_and_traditional_label_characters_get_one_spelling() -> None:
    assert fold("【責任編輯：記者／攝影】｜２０") == "(责任编辑:记者/摄影)|20"


def test_only_a_text_of_han_characters_is_all_han() -> None:
    assert all_han("王小明𠮷")
    assert not all_han("王A")
    assert not all_han("")
