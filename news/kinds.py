"""Which kinds of change a rewording is: the rules, their thresholds and their weights."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from news.wording import Rewording

# The closed list of kinds, each with the weight it has by itself: how likely it is that a reader
# of the first version was told something else.
WEIGHTS = {
    "fact": 0.8,
    "gutted": 0.8,
    "correction": 0.8,
    "reversal": 0.6,
    "quotation": 0.6,
    "headline": 0.5,
    "source": 0.5,
    "shortened": 0.4,
    "credit": 0.4,
    "published_at": 0.4,
    "original_headline": 0.3,
    "rewritten": 0.3,
    "deletion": 0.3,
    "addition": 0.2,
    "image": 0.2,
    "section": 0.2,
    "typo": 0.1,
    "formatting": 0.05,
}
# Lengths in characters of normal form, shares of the old text.
_EXTENT_LEAST, _EXTENT_SHARE = 30, 0.03
_SHORTENED, _GUTTED = 0.9, 0.5
_REWRITTEN = 0.3
_TYPO_HUNKS, _TYPO_LENGTH = 3, 2
_MINOR_HEADLINE, _MINOR_LIKENESS = 0.25, 0.8
_TOLD = 24  # characters of a changed text that a rule repeats
_LISTED = 4  # changed facts that a rule repeats


@dataclass(frozen=True, slots=True)
class Part:
    """One kind that holds for a change, what it rests on, and its weight from 0 to 1."""

    kind: str
    why: str
    weight: float

    def __str__(self) -> str:
        return f"{self.kind} ({self.weight:.2f}): {self.why}"


def part_of(kind: str, why: str, extent: float = 0.0) -> Part:
    """Return a part with its kind's weight, plus half of the share of the text it touches."""
    return Part(kind, why, min(1.0, WEIGHTS[kind] + max(0.0, extent) / 2))


def headline_parts(wording: Rewording, told: str, kind: str = "headline") -> list[Part]:
    """Return the kinds of a changed headline; it weighs less where few letters and no fact did."""
    parts = list(_of_substance(wording))
    slips = wording.same_letters or (_is_typo(wording) and _likeness(wording) >= _MINOR_LIKENESS)
    if not parts and slips:
        weight = min(_MINOR_HEADLINE, WEIGHTS[kind])
        return [Part(kind, f"{told}, minor", weight), _of_slips(wording)]
    return [part_of(kind, told), *parts]


def body_parts(wording: Rewording) -> list[Part]:
    """Return the kinds of a changed body, at least one."""
    parts = [*_of_substance(wording), *_of_extent(wording)]
    if parts:
        return parts
    if wording.same_letters or _is_typo(wording):
        return [_of_slips(wording)]
    return [_of_rest(wording)]


def _of_substance(wording: Rewording) -> Iterator[Part]:
    """Yield what changes the meaning, however small: facts, quotations, a correction note."""
    if wording.facts:
        changes = [
            f"{'+'.join(fact.kinds)} {told(fact.before, fact.after)}" for fact in wording.facts
        ]
        yield part_of("fact", _listed(changes))
    speakers = [f"speaker {told(f.before, f.after)}" for f in wording.facts if f.of_speaker]
    if wording.quoted or speakers:
        yield part_of("quotation", _listed([*speakers, *map(_cut, wording.quoted)]))
    if wording.notes:
        yield part_of("correction", f"note {_cut(wording.notes[0])}")


def _of_extent(wording: Rewording) -> Iterator[Part]:
    """Yield what is large: sentences added or cut, a text much shorter or written anew."""
    length = max(1, wording.before_length)
    least = max(_EXTENT_LEAST, _EXTENT_SHARE * length)
    left = wording.after_length / length
    if wording.aligned_share < _REWRITTEN and left >= _GUTTED:
        share = 1 - wording.aligned_share
        yield part_of(
            "rewritten", f"{share:.0%} of the old text is in sentences that are gone", share
        )
        return
    sizes = {"addition": wording.added, "deletion": wording.removed}
    # What only came or only went is told however short; what was exchanged is a matter of size.
    exchanged = bool(wording.added and wording.removed)
    for kind, texts in sizes.items():
        size = sum(map(len, texts))
        if texts and (size >= least or not exchanged):
            yield part_of(kind, f"{size} characters: {_cut(texts[0])}", size / length)
    if left < _GUTTED:
        yield part_of("gutted", f"{left:.0%} of the length is left")
    elif left < _SHORTENED:
        yield part_of("shortened", f"{left:.0%} of the length is left")


def _of_rest(wording: Rewording) -> Part:
    """Return the kind of what no larger rule explains: other wording."""
    hunks = [*zip(wording.removed, wording.added, strict=False), *wording.hunks]
    share = sum(max(map(len, hunk)) for hunk in hunks) / max(1, wording.before_length)
    changed = [told(before, after) for before, after in hunks]
    return part_of("rewritten", f"wording {_listed(changed)}", share)


def _of_slips(wording: Rewording) -> Part:
    changed = _listed([told(before, after) for before, after in wording.hunks])
    if not wording.same_letters:
        return part_of("typo", changed)
    moved = f"{wording.moved} sentences moved" if wording.moved else ""
    return part_of("formatting", "; ".join(filter(None, (moved, changed))) or "layout of blocks")


def _is_typo(wording: Rewording) -> bool:
    if wording.added or wording.removed or wording.moved:
        return False
    longest = max((len(side) for hunk in wording.hunks for side in hunk), default=0)
    return 0 < len(wording.hunks) <= _TYPO_HUNKS and longest <= _TYPO_LENGTH


def _likeness(wording: Rewording) -> float:
    """Return the share of both texts that is equal, whole sentences apart."""
    changed = sum(len(before) + len(after) for before, after in wording.hunks)
    return 1 - changed / max(1, wording.before_length + wording.after_length)


def told(before: str, after: str) -> str:
    """Return `before→after`, both short, ∅ for nothing."""
    return f"{_cut(before)}→{_cut(after)}"


def _cut(text: str) -> str:
    shown = text.replace("\n", "¶")
    return (shown if len(shown) <= _TOLD else shown[: _TOLD - 1] + "…") or "∅"


def _listed(items: Sequence[str]) -> str:
    rest = len(items) - _LISTED
    return ", ".join(items[:_LISTED]) + (f" and {rest} more" if rest > 0 else "")
