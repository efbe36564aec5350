"""Differences shown so that a reader of a text without spaces sees them at once."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.alignment import align
from news.article import Block
from news.diffs import BlockDiff, diff_bodies, diff_texts
from news.tokens import key_of, parse_sentences, parse_tokens, text_of
from news.versions import normal_form

TEXTS = st.text(
    st.sampled_from('甲乙丙丁不13.,，。？！；“”"—-…. \u3000\n\u200b²aé亿%'), max_size=40
) | st.text(max_size=40)
BODIES = st.lists(
    st.builds(
        Block,
        st.sampled_from(
            ["甲乙丙。", "甲乙丁。", "甲乙丙。丁甲？", "一二三四五六", "桥", "", "长3米"]
        )
        | TEXTS,
        st.booleans(),
    ),
    max_size=7,
)


def shown(before: str, after: str) -> str:
    """Return a difference with [-what went-] and {+what came+}."""
    return "".join(
        hunk.after
        if hunk.op == "equal"
        else (f"[-{hunk.before}-]" if hunk.before else "")
        + (f"{{+{hunk.after}+}}" if hunk.after else "")
        for hunk in diff_texts(before, after)
    )


@pytest.mark.parametrize(
    ("text", "tokens", "reason"),
    [
        ("死亡13人", ["死", "亡", "13", "人"], "a number is one token, a Han character each one"),
        ("1.5亿元", ["1.5", "亿", "元"], "with its decimals"),
        ("3,000人", ["3,000", "人"], "with its thousands"),
        ("3,50,000", ["3", ",", "50,000"], "a comma before other than three digits parts"),
        ("１．５亿", ["１．５", "亿"], "in full width too"),
        ("WiFi覆盖", ["WiFi", "覆", "盖"], "a Latin word is one token"),
        ("a b", ["a", " ", "b"], "a space between words is a token"),
        ("甲 乙", ["甲 ", "乙"], "a space of layout goes with what is before it"),
        ("  甲", ["  甲"], "or, at the start, with what is after it"),
        ("等……好", ["等", "……", "好"], "an ellipsis is one token"),
        ("一——二", ["一", "——", "二"], "a dash is one token"),
    ],
)
def test_text_is_cut_into_what_a_reader_sees_as_one(
    text: str, tokens: list[str], reason: str
) -> None:
    assert [token.text for token in parse_tokens(text)] == tokens, reason


@given(TEXTS)
def test_tokens_put_together_are_the_text_and_its_normal_form(text: str) -> None:
    tokens = parse_tokens(text)

    assert text_of(tokens) == text
    assert key_of(tokens) == normal_form(text)


@given(TEXTS)
def test_sentences_put_together_are_the_text(text: str) -> None:
    tokens = parse_tokens(text)

    assert tuple(token for sentence in parse_sentences(tokens) for token in sentence) == tokens


def test_a_closing_quote_goes_with_its_sentence() -> None:
    sentences = parse_sentences(parse_tokens("“好！”他说。走了"))

    assert [text_of(sentence) for sentence in sentences] == ["“好！”", "他说。", "走了"]


@pytest.mark.parametrize(
    ("before", "after", "expected", "reason"),
    [
        ("死亡3人。", "死亡13人。", "死亡[-3-]{+13+}人。", "the whole number"),
        ("投资1.5亿元", "投资15亿元", "投资[-1.5-]{+15+}亿元", "with its decimals"),
        ("增长3.5%", "增长35%", "增长[-3.5-]{+35+}%", "before a percent sign"),
        ("他不认罪。", "他认罪。", "他[-不-]认罪。", "one character dropped"),
        ("他认罪。", "他认罪？", "他认罪[-。-]{+？+}", "a mark of punctuation"),
        ("“专家”说", "专家说", "[-“-]专家[-”-]说", "quotation marks"),
        ("面积10²米", "面积102米", "面积[-10²-]{+102+}米", "a superscript"),
        (
            "老桥今天拆除。明天通车。",
            "市里宣布了新的方案。明天通车。",
            "[-老桥今天拆除。-]{+市里宣布了新的方案。+}明天通车。",
            "a sentence written anew is one replaced span",
        ),
        (
            "各方今天到达，随后也都开了会。",
            "各方今天到达。随后也都开了会。",
            "各方今天到达[-，-]{+。+}随后也都开了会。",
            "a sentence cut in two has not changed its words",
        ),
        (
            "会议听取了张三丰的报告后散会。",
            "会议听取了李三水的报告后散会。",
            "会议听取了[-张三丰-]{+李三水+}的报告后散会。",
            "a shard of one character is joined to the changes beside it",
        ),
        (
            "收入3千5百元。",
            "收入4千6百元。",
            "收入[-3-]{+4+}千[-5-]{+6+}百元。",
            "but numbers stand for themselves",
        ),
        ("共３人，好", "共3人,好", "共3人,好", "presentation is no difference"),
        (
            "市长说，区长说，县长说，都好。",
            "市长说，县长说，都好。",
            "市长说，[-区长说，-]县长说，都好。",
            "a clause is cut at its marks, though 说，区长 would be as short",
        ),
        ("第1条", "第2条", "第[-1-]{+2+}条", "a text that is little but its number"),
    ],
)
def test_a_change_shows_as_what_it_is(before: str, after: str, expected: str, reason: str) -> None:
    assert shown(before, after) == expected, reason


def test_one_digit_in_a_paragraph_of_600_characters_shows_as_its_number() -> None:
    text = "".join(chr(0x4E00 + (place * 7919) % 5000) for place in range(600))
    before, after = (f"{text[:300]}死亡{number}人{text[300:]}" for number in ("2,013", "2,113"))

    differing = [hunk for hunk in diff_texts(before, after) if hunk.op != "equal"]

    assert [(hunk.before, hunk.after) for hunk in differing] == [("2,013", "2,113")]


@given(TEXTS, TEXTS)
def test_hunks_put_together_are_the_two_texts(before: str, after: str) -> None:
    hunks = diff_texts(before, after)

    assert "".join(hunk.before for hunk in hunks) == before
    assert "".join(hunk.after for hunk in hunks) == after


@given(TEXTS, TEXTS)
def test_something_shows_if_and_only_if_the_texts_differ(before: str, after: str) -> None:
    differs = any(hunk.op != "equal" for hunk in diff_texts(before, after))

    assert differs is (normal_form(before) != normal_form(after))


@given(TEXTS, TEXTS)
def test_equal_hunks_are_equal_and_never_neighbours(before: str, after: str) -> None:
    hunks = diff_texts(before, after)

    for hunk in hunks:
        if hunk.op == "equal":
            assert key_of(parse_tokens(hunk.before)) == key_of(parse_tokens(hunk.after))
    for left, right in pairwise(hunks):
        assert (left.op == "equal") is not (right.op == "equal") or "moved" in {left.op, right.op}


DREDGED, GREW, WALKED = "施工队清完了河道。", "岸边的水草露了出来。", "散步的人多了不少。"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([DREDGED + GREW + WALKED], [GREW + WALKED + DREDGED]),
        ([DREDGED + GREW, WALKED + "完。"], [GREW, WALKED + DREDGED + "完。"]),
    ],
    ids=["within a paragraph", "to another paragraph"],
)
def test_a_moved_sentence_is_shown_as_moved_in_both_places(
    before: list[str], after: list[str]
) -> None:
    diffs = diff_bodies([Block(text) for text in before], [Block(text) for text in after])
    hunks = [hunk for diff in diffs for hunk in diff.hunks if hunk.op != "equal"]
    assert {hunk.op for hunk in hunks} == {"moved"}
    assert min(hunk.before + hunk.after for hunk in hunks) in {DREDGED, GREW, WALKED}
    assert "".join(h.before for h in hunks) == "".join(h.after for h in hunks) != ""


def test_a_paragraph_that_keeps_some_sentences_is_the_same_one_rewritten() -> None:
    before = DREDGED + GREW + "住在岸边的老人说，从前这里走船，后来淤了，谁也不愿意靠近。"
    after = GREW + "两岸人家回忆往昔，河道淤塞之前舟楫往来，如今水又清了。" + DREDGED
    (diff,) = diff_bodies([Block(before)], [Block(after)])
    assert diff.kind == "changed"
    kept = {h.after: h.op for h in diff.hunks if h.op in {"equal", "moved"} and h.after}
    assert kept in ({GREW: "equal", DREDGED: "moved"}, {GREW: "moved", DREDGED: "equal"})


def test_sentences_too_short_to_be_known_again_are_not_called_moved() -> None:
    hunks = diff_texts("好的。" + GREW + DREDGED, GREW + DREDGED + "好的。")
    assert "moved" not in {hunk.op for hunk in hunks}


@given(st.lists(st.sampled_from("abc"), max_size=8), st.lists(st.sampled_from("abc"), max_size=8))
def test_an_alignment_holds_every_item_once_and_in_order(
    before: list[str], after: list[str]
) -> None:
    pairs = align(before, after, 0.6)

    assert [i for i, _ in pairs if i is not None] == list(range(len(before)))
    assert [j for _, j in pairs if j is not None] == list(range(len(after)))
    assert all(before[i] == after[j] for i, j in pairs if i is not None and j is not None)


def test_the_pairs_that_are_most_alike_are_chosen() -> None:
    """The first that is alike enough would be wrong here: a paragraph like the old one is new."""
    before = ["市里今年新建了两座小学。"]
    after = ["县里去年新建了两座中学。", "市里今年新建了两座小学校。"]

    assert align(before, after, 0.5) == [(None, 0), (0, 1)]


def kinds(diffs: tuple[BlockDiff, ...]) -> list[tuple[str, int | None, int | None]]:
    return [(diff.kind, diff.before_index, diff.after_index) for diff in diffs]


FIRST, SECOND, THIRD = Block("第一段讲桥。"), Block("另起说路面宽度。"), Block("末了谈水务工程。")


@pytest.mark.parametrize(
    ("before", "after", "expected", "reason"),
    [
        ((FIRST,), (FIRST,), [("equal", 0, 0)], "nothing happened"),
        ((FIRST,), (FIRST, SECOND), [("equal", 0, 0), ("added", None, 1)], "one is new"),
        ((FIRST, SECOND), (SECOND,), [("removed", 0, None), ("equal", 1, 0)], "one was cut"),
        ((FIRST,), (Block("第一段讲大桥。"),), [("changed", 0, 0)], "one was edited"),
        (
            (FIRST,),
            (Block("毫不相干的内容在此处。"),),
            [("removed", 0, None), ("added", None, 0)],
            "one took another's place",
        ),
        (
            (FIRST, SECOND, THIRD),
            (THIRD, FIRST, SECOND),
            [("moved", 2, 0), ("equal", 0, 1), ("equal", 1, 2)],
            "the last was moved up",
        ),
        ((FIRST,), (Block(FIRST.text, heading=True),), [("changed", 0, 0)], "made a heading"),
        ((FIRST,), (Block("　　第一段讲桥。"),), [("equal", 0, 0)], "only indented"),
    ],
)
def test_each_block_says_what_became_of_it(
    before: tuple[Block, ...],
    after: tuple[Block, ...],
    expected: list[tuple[str, int | None, int | None]],
    reason: str,
) -> None:
    assert kinds(diff_bodies(before, after)) == expected, reason


@given(BODIES, BODIES)
def test_block_diffs_put_together_are_the_two_bodies(
    before: list[Block], after: list[Block]
) -> None:
    diffs = diff_bodies(before, after)
    old = {d.before_index: "".join(h.before for h in d.hunks) for d in diffs}
    new = {d.after_index: "".join(h.after for h in d.hunks) for d in diffs}

    assert [old[place] for place in range(len(before))] == [block.text for block in before]
    assert [new[place] for place in range(len(after))] == [block.text for block in after]
    assert [d.after_index for d in diffs if d.after_index is not None] == list(range(len(after)))


def test_a_hostile_body_finds_its_partners() -> None:
    """Two hundred long blocks, all alike and none equal, are the worst case of alignment."""
    before = [Block("高低" * 200 + str(place)) for place in range(200)]
    after = [Block("高低" * 200 + str(place)) for place in range(500, 700)]

    assert {diff.kind for diff in diff_bodies(before, after)} == {"changed"}
