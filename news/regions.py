"""Changes widened to the facts they touch: 1→13 inside 1.5亿元 is a change of the whole amount."""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from news.diffs import TokenHunk
from news.facts import Fact, FactKind, find_facts, is_speaker
from news.tokens import key_of

Span = tuple[int, int]

_LONGEST_FACT = 64  # characters; what is longer is no number that anyone reads


@dataclass(frozen=True, slots=True)
class FactChange:
    """A fact that differs, with the text of both sides widened to whole facts."""

    kinds: tuple[FactKind, ...]
    before: str
    after: str
    of_speaker: bool  # a name that is followed by a verb of speech


@dataclass(frozen=True, slots=True)
class Region:
    """A changed run of text as spans of both normal forms."""

    before: Span
    after: Span


@dataclass(frozen=True, slots=True)
class Place:
    """A hunk and where its two sides stand in the normal forms of the two texts."""

    hunk: TokenHunk
    before: Span
    after: Span


def place_hunks(hunks: Iterable[TokenHunk]) -> list[Place]:
    """Return hunks with their places, given all hunks of two texts in order."""
    places: list[Place] = []
    before = after = 0
    for hunk in hunks:
        before_end = before + len(key_of(hunk.before))
        after_end = after + len(key_of(hunk.after))
        places.append(Place(hunk, (before, before_end), (after, after_end)))
        before, after = before_end, after_end
    return places


@dataclass(frozen=True, slots=True)
class Marked:
    """A text in normal form with its facts by their start."""

    text: str
    facts: Sequence[Fact]

    def touched(self, span: Span) -> list[Fact]:
        """Return the facts that a span overlaps; a span of no width only those around it."""
        first = bisect_left(self.facts, span[0] - _LONGEST_FACT, key=lambda fact: fact.start)
        last = bisect_left(self.facts, span[1], key=lambda fact: fact.start)
        return [fact for fact in self.facts[first:last] if fact.end > span[0]]

    def widen(self, span: Span) -> Span:
        """Return a span grown to the ends of the facts it touches."""
        facts = self.touched(span)
        start = min((fact.start for fact in facts), default=span[0])
        return min(start, span[0]), max((span[1], *(fact.end for fact in facts)))

    def with_torn(self, spans: Iterable[Span]) -> "Marked":
        """Return the text with the facts that are such only by themselves.

        A 不 that comes or goes alone denies, also in 不断, where the whole word does not.
        """
        torn = {
            replace(fact, start=fact.start + start, end=fact.end + start)
            for start, end in spans
            for fact in find_facts(self.text[start:end])
            if fact.kind is FactKind.NEGATION
        }
        facts = sorted({*self.facts, *torn}, key=lambda fact: (fact.start, fact.end))
        return Marked(self.text, facts)

    def of_speaker(self, fact: Fact) -> bool:
        """Tell whether a fact of this text is the name of one who says something."""
        return is_speaker(fact, self.text)


def mark(text: str, names: Iterable[str]) -> Marked:
    """Return a text in normal form with its facts, the given names of persons included."""
    return Marked(text, find_facts(text, names))


def fact_changes(places: Sequence[Place], old: Marked, new: Marked) -> tuple[FactChange, ...]:
    """Return the facts that differ between two texts.

    Only changes inside sentences count: the facts of a new or cut sentence go with it.
    """
    inside = [place for place in places if place.hunk.op != "equal" and not place.hunk.whole]
    old = old.with_torn(place.before for place in inside)
    new = new.with_torn(place.after for place in inside)
    spans = [place.before for place in places], [place.after for place in places]
    regions = [_widened(place, spans, old, new) for place in inside]
    changes = (_fact_change(region, old, new) for region in _merged(regions))
    return tuple(change for change in changes if change)


def _fact_change(region: Region, old: Marked, new: Marked) -> FactChange | None:
    """Return what facts a region has on one side only, or None."""
    had, has = old.touched(region.before), new.touched(region.after)
    counts = Counter((f.kind, f.text) for f in had), Counter((f.kind, f.text) for f in has)
    differing = {*(counts[0] - counts[1]), *(counts[1] - counts[0])}
    if not differing:
        return None
    spoken = [f for f in had if old.of_speaker(f)] + [f for f in has if new.of_speaker(f)]
    return FactChange(
        kinds=tuple(sorted({kind for kind, _ in differing})),
        before=old.text[slice(*region.before)],
        after=new.text[slice(*region.after)],
        of_speaker=any((f.kind, f.text) in differing for f in spoken),
    )


def _widened(
    place: Place, spans: tuple[list[Span], list[Span]], old: Marked, new: Marked
) -> Region:
    """Return a change grown to whole facts, and to the counterpart of what it grew by.

    `spans` are those of all hunks, in the old text and in the new.
    """
    before, after = old.widen(place.before), new.widen(place.after)
    carried_after, carried_before = _carry(before, *spans), _carry(after, *reversed(spans))
    return Region(_union(before, carried_before), _union(after, carried_after))


def _carry(span: Span, here: Sequence[Span], there: Sequence[Span]) -> Span:
    """Return where a span of one text stands in the other, given the places of all hunks.

    Text of one side only may stand at either end; it is left out on both.
    """
    first = bisect_right(here, span[0], key=lambda place: place[0]) - 1
    last = min(bisect_left(here, span[1], key=lambda place: place[1]), len(here) - 1)
    start = there[first][0] + min(span[0] - here[first][0], there[first][1] - there[first][0])
    end = there[last][1] - min(here[last][1] - span[1], there[last][1] - there[last][0])
    return start, end


def _union(one: Span, other: Span) -> Span:
    return min(one[0], other[0]), max(one[1], other[1])


def _merged(regions: Iterable[Region]) -> list[Region]:
    """Join regions that overlap on either side, as two changed digits of one date do."""
    merged: list[Region] = []
    for region in regions:
        last = merged[-1] if merged else None
        if last and (region.before[0] < last.before[1] or region.after[0] < last.after[1]):
            merged[-1] = Region(
                _union(last.before, region.before), _union(last.after, region.after)
            )
        else:
            merged.append(region)
    return merged
