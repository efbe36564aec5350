"""Tokens and patterns of search: what a text is found by."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.search import (
    LINE,
    LONGEST_PHRASE,
    documents,
    find_passage,
    fold,
    lines_gone,
    parse_query,
)

SIGNS = st.text(alphabet="甲乙丙大桥aB3 ，。_-\n５Ｇㄅア", max_size=14)


def holds(tokens: list[str], query: str) -> bool:
    """Say what an index answers that keeps tokens in their order."""
    for phrase in parse_query(query):
        wanted, size = list(phrase.tokens), len(phrase.tokens)
        starts = range(len(tokens) - size + 1)
        runs = (tokens[start : start + size] for start in starts)
        if not any(
            run[:-1] == wanted[:-1]
            and (run[-1].startswith(wanted[-1]) if phrase.is_prefix else run[-1] == wanted[-1])
            for run in runs
        ):
            return False
    return True


@pytest.mark.parametrize(
    ("query", "text", "found"),
    [
        ("甲小明", "记者甲小明报道", True),
        ("甲小明", "记者甲小 明报道", False),
        ("小明", "记者甲小明", True),  # two signs, at the end of a run
        ("明", "记者甲小明", True),  # one sign, at the end
        ("甲", "甲小明", True),
        ("死亡3人", "事故死亡3人", True),
        ("死亡3人", "事故死亡13人", False),  # a number is a whole
        ("3", "13", False),
        ("5g基站", "新建５Ｇ基站", True),  # full width and capitals count as equal
        ("新建5g", "新建5G站", True),
        ("建5G", "新建5G站", True),
        ("5G站", "5G站点", True),
        ("covid", "Covid-19", True),
        ("covi", "Covid-19", False),  # a word is a whole
        ("大桥 通车", "通车的是大桥", True),  # all words, in any order
        ("大桥 停工", "大桥通车", False),
        ('"大桥 通车"', "大桥，通车", True),
        ('"大桥 通车"', "大桥通车", False),  # nothing stands between
        ("“大桥，通车”", "大桥。通车", True),
        ("大桥通车", "大桥\n通车", False),  # not over lines
        ('"大桥 通车"', "大桥\n通车", False),
    ],
)
def test_what_a_query_finds(query: str, text: str, found: bool) -> None:
    phrases = parse_query(query)
    lines = text.split("\n")

    assert (find_passage(phrases, lines) is not None) is found
    assert any(holds(tokens, query) for tokens in documents(lines)) is found


@given(SIGNS, SIGNS)
def test_the_index_finds_what_the_pattern_says_and_nothing_else(text: str, query: str) -> None:
    try:
        phrases = parse_query(query)
    except ValueError:
        return
    lines = text.split("\n")
    own = list(documents(lines))

    assert (find_passage(phrases, lines) is not None) is any(holds(t, query) for t in own)


@given(
    st.text(alphabet="甲乙丙丁", max_size=30), st.text(alphabet="甲乙丙丁", min_size=1, max_size=4)
)
def test_chinese_is_found_as_like_finds_it(text: str, query: str) -> None:
    assert any(holds(tokens, query) for tokens in documents([text])) is (query in text)


@given(st.text())
def test_folding_keeps_every_place(text: str) -> None:
    assert len(fold(text)) == len(text)
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize("text", ["哈" * 3000, "甲乙" * 5000, "大桥通车" * 3000])
def test_long_lines_are_cut_so_that_every_phrase_is_still_found(text: str) -> None:
    own = list(documents([text + "末尾"]))

    assert all(len(tokens) <= 4001 for tokens in own)
    assert all(tokens.count(each) <= 250 for tokens in own for each in set(tokens) - {LINE})
    for size in (2, 5, LONGEST_PHRASE - 2):
        query = text[-size:] + "末尾"
        assert any(holds(tokens, query) for tokens in own), size


def test_a_passage_shows_the_hit_with_what_stands_around_it() -> None:
    line = "一" * 50 + "大桥" + "二" * 50
    passage = find_passage(parse_query("大桥"), ["第一行", line], width=3)

    assert passage is not None
    assert (passage.before, passage.hit, passage.after) == ("…一一一", "大桥", "二二二…")


def test_a_query_without_words_is_refused() -> None:
    for query in ("", "  ", "，。", '""', "_"):
        with pytest.raises(ValueError, match="no word"):
            parse_query(query)


def test_lines_go_as_often_as_they_stood() -> None:
    assert lines_gone(["a", "b", "a"], ["a"]) == ["b", "a"]
    assert lines_gone(["a"], ["b", "a"]) == []
