"""Where an insertion or a deletion could stand in several places, the one a reader expects.

From 甲说，乙说，丙说 to 甲说，丙说 either `乙说，` or `说，乙` was deleted; the first is a clause.
"""

from collections.abc import Sequence

Edit = tuple[int, int, int, int]  # from and to in the old tokens, from and to in the new

_MARKS = frozenset("。，、；：！？,;:!?…\n ")


def slide(edits: Sequence[Edit], old: Sequence[str], new: Sequence[str]) -> list[Edit]:
    """Move each pure insertion and deletion to the nearest place between marks of punctuation.

    `edits` are all that differs between the tokens `old` and `new`, in order, equal text between.
    """
    moved: list[Edit] = []
    for place, edit in enumerate(edits):
        low = moved[-1] if moved else (0, 0, 0, 0)
        high = edits[place + 1] if place + 1 < len(edits) else (len(old), 0, len(new), 0)
        shift = 0
        if edit[0] == edit[1]:
            shift = _best_shift(new, edit[2:], (low[3], high[2]))
        elif edit[2] == edit[3]:
            shift = _best_shift(old, edit[:2], (low[1], high[0]))
        moved.append((edit[0] + shift, edit[1] + shift, edit[2] + shift, edit[3] + shift))
    return moved


def _best_shift(tokens: Sequence[str], span: tuple[int, int], room: tuple[int, int]) -> int:
    start, end = span
    left = right = 0
    while start - left > room[0] and tokens[start - left - 1] == tokens[end - left - 1]:
        left += 1
    while end + right < room[1] and tokens[start + right] == tokens[end + right]:
        right += 1
    shifts = sorted(range(-left, right + 1), key=abs)
    return max(shifts, key=lambda shift: _fit(tokens, start + shift, end + shift))


def _fit(tokens: Sequence[str], start: int, end: int) -> int:
    """Return how many ends of a span are ends of a clause."""
    begins = start == 0 or tokens[start - 1] in _MARKS
    return begins + (end == len(tokens) or tokens[end - 1] in _MARKS)
