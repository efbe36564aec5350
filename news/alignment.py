"""Which item of one sequence became which of another: equal ones first, then those alike enough."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import groupby, takewhile

from rapidfuzz.distance import Indel

Pair = tuple[int | None, int | None]

# How much likeness is worked out at most for one gap between equal items, in pairs of items of
# ordinary length; beyond it only pairs near the diagonal are tried, so that a hostile page cannot
# cost minutes.
_PAIRS_TRIED = 40_000
_ORDINARY_LENGTH = 500
# Two texts whose lengths multiply to more count as unlike: comparing them takes seconds.
_MOST_CELLS = 1_000_000_000
_SHORTEST_PART = 6  # characters
_PART = 0.9  # of the shorter text, at the ends of the longer one
_NUMBER = re.compile(r"\d+")


def align(before: Sequence[str], after: Sequence[str], ratio: float) -> list[Pair]:
    """Pair the items of two sequences in order, a pair being alike by at least that ratio.

    Returns every index of both sides once, in reading order; None stands for no partner.
    """
    pairs: list[Pair] = []
    i = j = 0
    for block in Indel.opcodes(before, after).as_matching_blocks():
        pairs += _align_gap(before, after, (i, block.a, j, block.b), ratio)
        i, j = block.a + block.size, block.b + block.size
        pairs.extend(zip(range(block.a, i), range(block.b, j), strict=True))
    return _missing_first(pairs)


def _align_gap(
    before: Sequence[str], after: Sequence[str], gap: tuple[int, int, int, int], ratio: float
) -> list[Pair]:
    i, i_end, j, j_end = gap
    pairs: list[Pair] = []
    for i_paired, j_paired in _best_pairs(before[i:i_end], after[j:j_end], ratio):
        i_next, j_next = gap[0] + i_paired, gap[2] + j_paired
        pairs += _unpaired(i, i_next, j, j_next)
        pairs.append((i_next, j_next))
        i, j = i_next + 1, j_next + 1
    return pairs + _unpaired(i, i_end, j, j_end)


def _unpaired(i: int, i_end: int, j: int, j_end: int) -> list[Pair]:
    return [(k, None) for k in range(i, i_end)] + [(None, k) for k in range(j, j_end)]


def _missing_first(pairs: list[Pair]) -> list[Pair]:
    """Put what is missing before what is new wherever both stand together."""
    ordered: list[Pair] = []
    for paired, group in groupby(pairs, key=lambda pair: None not in pair):
        run = list(group)
        ordered += run if paired else sorted(run, key=lambda pair: pair[0] is None)
    return ordered


def _best_pairs(before: Sequence[str], after: Sequence[str], ratio: float) -> list[tuple[int, int]]:
    """Return the pairs in rising order whose likeness sums up to the most.

    The heaviest increasing subsequence of all likely pairs: `tails` holds, by rising second index,
    the best chains that end there; a chain that ends later and weighs less is dropped.
    """
    tails: list[int] = []
    chains: list[tuple[float, tuple[int, int], int]] = []  # weight, last pair, chain before (or -1)
    for i, j, like in _likely_pairs(before, after, ratio):
        place = bisect_left(tails, j, key=lambda chain: chains[chain][1][1])
        earlier = tails[place - 1] if place else -1
        weight = like + (chains[earlier][0] if place else 0.0)
        same_end = [chain for chain in tails[place : place + 1] if chains[chain][1][1] == j]
        if same_end and chains[same_end[0]][0] >= weight:
            continue
        chains.append((weight, (i, j), earlier))
        end = place
        while end < len(tails) and chains[tails[end]][0] <= weight:
            end += 1
        tails[place:end] = [len(chains) - 1]
    return _chain(chains, tails[-1] if tails else -1)


def _chain(chains: list[tuple[float, tuple[int, int], int]], last: int) -> list[tuple[int, int]]:
    pairs: list[tuple[int, int]] = []
    while last >= 0:
        _, pair, last = chains[last]
        pairs.append(pair)
    return pairs[::-1]


def _likely_pairs(
    before: Sequence[str], after: Sequence[str], ratio: float
) -> list[tuple[int, int, float]]:
    """Return (i, j, likeness) of all pairs alike enough; for one i the highest j comes first.

    That order keeps two pairs of one i out of the same chain. Whether they are alike is asked
    with all numbers taken for equal, since numbers are what is corrected; how much, with them.
    """
    if not before or not after:
        return []
    old, new = ([_NUMBER.sub("0", text) for text in side] for side in (before, after))
    scale = max(1.0, max(map(len, (*before, *after))) / _ORDINARY_LENGTH) ** 2
    reach = max(2, int(_PAIRS_TRIED / scale / max(len(before), len(after))))
    slope = len(after) / len(before)
    likely: list[tuple[int, int, float]] = []
    for i, text in enumerate(old):
        low, high = int(i * slope) - reach, int((i + 1) * slope) + reach
        for j in range(min(len(after) - 1, high), max(0, low) - 1, -1):
            like = likeness(text, new[j], ratio)
            if like < ratio and _is_part(text, new[j]):
                like = ratio
            if like >= ratio and like > 0:
                likely.append((i, j, like + likeness(before[i], after[j])))
    return likely


def _is_part(one: str, other: str) -> bool:
    """Tell whether the shorter text is the longer one with a clause cut out, however long."""
    least = min(len(one), len(other))
    if least < _SHORTEST_PART:
        return False
    same_ends = _same(one, other) + _same(reversed(one), reversed(other))
    return same_ends >= _PART * least


def _same(one: Iterable[str], other: Iterable[str]) -> int:
    """Return how many characters are equal from the start."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def likeness(one: str, other: str, least: float = 0.0) -> float:
    """Return the share of two texts that is equal, 0 where it is below the least or not tried."""
    if len(one) * len(other) > _MOST_CELLS:
        return 0.0
    return Indel.normalized_similarity(one, other, score_cutoff=least)
