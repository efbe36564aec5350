"""What differs between two texts or two bodies, cut so that a reader of Chinese sees it at once.

Blocks are aligned with blocks, sentences with sentences, and inside a changed sentence tokens with
tokens. A sentence that shares too little with any other is shown as replaced, and so are shards of
equal text that stand between larger changes.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Literal

from rapidfuzz.distance import Levenshtein

from news.alignment import Pair, align, likeness
from news.article import Block
from news.sliding import Edit, slide
from news.tokens import BREAK, SENTENCE_END, Token, key_of, parse_sentences, parse_tokens, text_of
from news.versions import normal_form

# From these shares of equal text on, a sentence or a block is the same one, changed.
SENTENCE_RATIO = 0.6
BLOCK_RATIO = 0.5
# Two runs of tokens whose lengths multiply to more are shown as replaced: aligning takes minutes.
_MOST_CELLS = 200_000_000
_LEAST_MOVED = 6  # letters of a sentence that is shown as moved; shorter ones recur by chance

Op = Literal["equal", "replace", "delete", "insert", "moved"]
BlockKind = Literal["equal", "changed", "added", "removed", "moved"]
Sentence = tuple[Token, ...]


@dataclass(frozen=True, slots=True)
class Hunk:
    """A run of text that differs, or is equal in all but its printing.

    The `before` sides of all hunks put together are the old text, the `after` sides the new one.
    A sentence that moved is two hunks: what it was where it stood, what it is where it stands.
    """

    op: Op
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class TokenHunk:
    """A hunk in tokens; `whole` where it is whole sentences without a partner."""

    op: Op
    before: Sentence
    after: Sentence
    whole: bool = False


@dataclass(frozen=True, slots=True)
class BlockDiff:
    """What became of one block of a body; an index is None on the side where it is missing."""

    kind: BlockKind
    before_index: int | None
    after_index: int | None
    heading: bool  # whether it is one now, or was one when it was removed
    hunks: tuple[Hunk, ...]


def diff_texts(before: str, after: str) -> tuple[Hunk, ...]:
    """Return what differs between two texts as a reader should see it."""
    (hunks,) = _with_moves([_token_hunks(before, after)])
    return _hunks(hunks)


def _token_hunks(before: str, after: str) -> list[TokenHunk]:
    return _shards_marked(diff_tokens(parse_tokens(before), parse_tokens(after)))


def _hunks(hunks: Iterable[TokenHunk]) -> tuple[Hunk, ...]:
    """Return hunks with neighbours of one kind put together, as text."""
    shown: list[Hunk] = []
    for (op, _), group in groupby(hunks, key=_shown_apart):
        run = list(group)
        old, new = _sides(run)
        shown.append(Hunk("moved" if op == "moved" else _op(run), text_of(old), text_of(new)))
    return tuple(shown)


def _shown_apart(hunk: TokenHunk) -> tuple[str, bool]:
    if hunk.op == "moved":
        return "moved", bool(hunk.before)
    return ("equal" if hunk.op == "equal" else "differs"), False


def _with_moves(groups: Sequence[list[TokenHunk]]) -> list[list[TokenHunk]]:
    """Call sentences moved that are gone from one place, in whichever group, and are in another."""
    keys = [[_moving_key(hunk) for hunk in group] for group in groups]
    gone, come = Counter[str](), Counter[str]()
    for group, names in zip(groups, keys, strict=True):
        for hunk, name in zip(group, names, strict=True):
            if name:
                (gone if hunk.before else come)[name] += 1
    left = {True: gone & come, False: gone & come}
    return [
        [_moved(hunk, name, left) for hunk, name in zip(group, names, strict=True)]
        for group, names in zip(groups, keys, strict=True)
    ]


def _moving_key(hunk: TokenHunk) -> str:
    """Return what a sentence without a partner is known by; "" for any other hunk."""
    if not hunk.whole or bool(hunk.before) == bool(hunk.after):
        return ""
    key = key_of(hunk.before or hunk.after).strip(BREAK)
    return key if sum(map(str.isalnum, key)) >= _LEAST_MOVED else ""


def _moved(hunk: TokenHunk, name: str, left: dict[bool, Counter[str]]) -> TokenHunk:
    side = bool(hunk.before)
    if not name or not left[side][name]:
        return hunk
    left[side][name] -= 1
    return replace(hunk, op="moved")


def diff_tokens(before: Sentence, after: Sentence) -> list[TokenHunk]:
    """Return what differs between two texts, in the smallest hunks, by sentences first."""
    if key_of(before) == key_of(after):
        return [TokenHunk("equal", before, after)]
    old, new = list(parse_sentences(before)), list(parse_sentences(after))
    hunks: list[TokenHunk] = []
    for i, j in align([key_of(s) for s in old], [key_of(s) for s in new], SENTENCE_RATIO):
        if i is None or j is None:
            op: Op = "insert" if i is None else "delete"
            left, right = () if i is None else old[i], () if j is None else new[j]
            hunks.append(TokenHunk(op, left, right, whole=True))
        else:
            hunks += _diff_sentence(old[i], new[j])
    return [hunk for run in _runs(hunks) for hunk in _refined(run)]


def _refined(run: list[TokenHunk]) -> list[TokenHunk]:
    """Diff what stands together once more: a sentence cut in two has halves in two places."""
    before, after = _sides(run)
    if _op(run) == "equal":
        return [TokenHunk("equal", before, after)]
    alike = likeness(key_of(before), key_of(after))
    if len(run) > 1 and alike >= SENTENCE_RATIO:
        return _diff_sentence(before, after)
    return run


def _diff_sentence(before: Sentence, after: Sentence) -> list[TokenHunk]:
    """Return the hunks inside one sentence."""
    hunks: list[TokenHunk] = []
    i = j = 0
    for edit in (*_edits(before, after), (len(before), len(before), len(after), len(after))):
        hunks.append(TokenHunk("equal", before[i : edit[0]], after[j : edit[2]]))
        hunks.append(TokenHunk("replace", before[edit[0] : edit[1]], after[edit[2] : edit[3]]))
        i, j = edit[1], edit[3]
    told = [hunk for hunk in hunks if hunk.before or hunk.after]
    return [TokenHunk(_op(run), *_sides(run)) for run in _runs(told)]


def _edits(before: Sentence, after: Sentence) -> list[Edit]:
    old, new = [token.key for token in before], [token.key for token in after]
    if len(old) * len(new) > _MOST_CELLS and old != new:
        return [(0, len(old), 0, len(new))]
    codes = [code for code in Levenshtein.opcodes(old, new) if code.tag != "equal"]
    edits = [(c.src_start, c.src_end, c.dest_start, c.dest_end) for c in codes]
    return slide(edits, old, new)


def _runs(hunks: Iterable[TokenHunk]) -> list[list[TokenHunk]]:
    """Return the hunks in runs of neighbours that all are equal or all differ."""
    return [list(run) for _, run in groupby(hunks, key=lambda hunk: hunk.op == "equal")]


def _sides(run: Iterable[TokenHunk]) -> tuple[Sentence, Sentence]:
    hunks = list(run)
    before = tuple(token for hunk in hunks for token in hunk.before)
    return before, tuple(token for hunk in hunks for token in hunk.after)


def _op(run: Sequence[TokenHunk]) -> Op:
    if all(hunk.op == "equal" for hunk in run):
        return "equal"
    if not any(hunk.before for hunk in run):
        return "insert"
    return "replace" if any(hunk.after for hunk in run) else "delete"


def _shards_marked(hunks: list[TokenHunk]) -> list[TokenHunk]:
    """Call equal runs replaced that are too short to read between the changes beside them."""
    marked = list(hunks)
    for place in range(1, len(hunks) - 1):
        left, hunk, right = hunks[place - 1 : place + 2]
        if hunk.op == "equal" and _is_shard(left, hunk, right):
            marked[place] = replace(hunk, op="replace")
    return marked


def _is_shard(left: TokenHunk, equal: TokenHunk, right: TokenHunk) -> bool:
    """Tell whether equal text is lost between two changes; a number always stands for itself."""
    if "equal" in {left.op, right.op} or _is_number(left) or _is_number(right):
        return False
    if any(token.key in SENTENCE_END for token in equal.before):
        return False
    least = min(max(len(side.before), len(side.after)) for side in (left, right))
    return len(equal.before) == 1 or 2 * len(equal.before) <= least


def _is_number(hunk: TokenHunk) -> bool:
    """Tell whether a hunk is one number on each side where it has any text."""
    sides = [side for side in (hunk.before, hunk.after) if side]
    return all(len(side) == 1 and side[0].key[:1].isdigit() for side in sides)


def diff_bodies(before: Sequence[Block], after: Sequence[Block]) -> tuple[BlockDiff, ...]:
    """Return what became of each block, in the order of the new body.

    What was removed stands where it was; what was moved stands where it is now.
    """
    old, new = [_key(block) for block in before], [_key(block) for block in after]
    pairs = _rejoined(align(old, new, BLOCK_RATIO), old, new)
    origins = _origins(pairs, old, new)
    moved = set(origins.values())
    places = [
        (origins.get(j, i) if j is not None else i, j, i is not None)
        for i, j in pairs
        if j is not None or i not in moved
    ]
    texts = [
        (before[i].text if i is not None else "", after[j].text if j is not None else "")
        for i, j, _ in places
    ]
    groups = _with_moves([_token_hunks(*pair) for pair in texts])
    return tuple(
        _diff_block(before, after, place, _hunks(hunks))
        for place, hunks in zip(places, groups, strict=True)
    )


def _rejoined(pairs: Sequence[Pair], old: Sequence[str], new: Sequence[str]) -> list[Pair]:
    """Pair paragraphs that stand in one place and share sentences, however much else differs."""
    joined: list[Pair] = []
    for paired, group in groupby(pairs, key=lambda pair: None not in pair):
        run = list(group)
        joined += run if paired else _by_sentences(run, old, new)
    return joined


def _by_sentences(run: Sequence[Pair], old: Sequence[str], new: Sequence[str]) -> list[Pair]:
    gone = [i for i, j in run if i is not None]
    come = [(j, _sentences(new[j])) for i, j in run if j is not None]
    joined: list[Pair] = []
    for i in gone:
        own = _sentences(old[i])
        place = next((n for n, (_, theirs) in enumerate(come) if own & theirs), None)
        if place is None:
            joined.append((i, None))
            continue
        joined += [(None, j) for j, _ in come[:place]]
        joined.append((i, come[place][0]))
        come = come[place + 1 :]
    return joined + [(None, j) for j, _ in come]


def _sentences(text: str) -> set[str]:
    """Return the sentences of a paragraph that are long enough to be known again."""
    keys = [key_of(sentence) for sentence in parse_sentences(parse_tokens(text))]
    return {key for key in keys if sum(map(str.isalnum, key)) >= _LEAST_MOVED}


def _key(block: Block) -> str:
    """Return what a block is aligned by: a heading is like the same paragraph, never equal."""
    return ("\n" if block.heading else "") + normal_form(block.text)


def _origins(pairs: Sequence[Pair], old: Sequence[str], new: Sequence[str]) -> dict[int, int]:
    """Return for each new block without a partner the equal old one it was moved from."""
    gone: defaultdict[str, list[int]] = defaultdict(list)
    for i, j in reversed(pairs):
        if j is None and i is not None:
            gone[old[i]].append(i)
    return {j: gone[new[j]].pop() for i, j in pairs if i is None and j is not None and gone[new[j]]}


def _diff_block(
    before: Sequence[Block],
    after: Sequence[Block],
    place: tuple[int | None, int | None, bool],
    hunks: tuple[Hunk, ...],
) -> BlockDiff:
    i, j, in_place = place
    old = before[i] if i is not None else Block("")
    new = after[j] if j is not None else Block("")
    heading = (old if j is None else new).heading
    if i is None or j is None:
        return BlockDiff("added" if i is None else "removed", i, j, heading, hunks)
    if not in_place:
        return BlockDiff("moved", i, j, heading, hunks)
    kind: BlockKind = "equal" if _key(old) == _key(new) else "changed"
    return BlockDiff(kind, i, j, heading, hunks)
