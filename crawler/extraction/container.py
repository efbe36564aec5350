"""Where the article stands: the element that holds most of the prose, found from the lines."""

import re
from dataclasses import dataclass

from lxml import etree

from crawler.extraction.lines import Line
from crawler.extraction.marks import Mark

_PUNCTUATION = re.compile("[，。；！？：、“”,.;!?]")
# A paragraph's own element is not where the article stands; it counts from the one above.
_LEAVES = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "center", "blockquote", "pre"})
# Prose counts less at each level up, so that the lowest element with all of it wins.
_DECAY = 0.75
_LEVELS = 12
_FINALISTS = 8
_TURN_COST = 12.0
_NOT_PROSE = Mark.COMMENT | Mark.RELATED | Mark.FOOT | Mark.NAVIGATION | Mark.ADVERT | Mark.CRUMB


def prose_weight(line: Line) -> float:
    """Return how much a line speaks for an article around it, about one a character of prose."""
    free = len(line.text) - line.linked
    if free < 6 or line.linked > free:
        return 0.0
    weight = float(free) if free >= 12 and _PUNCTUATION.search(line.text) else 0.2 * free
    return weight * 0.1 if line.marks & _NOT_PROSE else weight


@dataclass(slots=True)
class _Score:
    """How much an element has of prose, and between which of its lines."""

    prose: float
    first: int
    last: int


def find_container(lines: list[Line], hidden: bool = False) -> etree._Element | None:
    """Return the element that holds the article's prose, None where there is no prose at all.

    Lines not shown count only with `hidden`, for pages that show their text by script.
    """
    own: dict[etree._Element, _Score] = {}
    turns_before = [0]  # how often, before each line, text gives way to links
    in_links = False
    for line in lines:
        was, in_links = in_links, line.linked * 2 > len(line.text)
        turns_before.append(turns_before[-1] + (in_links and not was))
        weight = prose_weight(line)
        if weight and (hidden or not line.marks & Mark.HIDDEN):
            _count(own, line.block, _Score(weight, line.index, line.index))
    scores = _spread(own)
    if not scores:
        return None
    best = sorted(scores.items(), key=lambda item: -item[1].prose)[:_FINALISTS]
    return max(best, key=lambda item: _final(item[1], turns_before))[0]


def lines_within(lines: list[Line], container: etree._Element) -> list[Line]:
    """Return the lines that stand in the container; they follow one another."""
    known: dict[etree._Element, bool] = {}
    return [line for line in lines if _is_within(line.block, container, known)]


def _is_within(
    element: etree._Element, container: etree._Element, known: dict[etree._Element, bool]
) -> bool:
    climbed = []
    found = False
    step: etree._Element | None = element
    while step is not None:
        if step is container or step in known:
            found = step is container or known[step]
            break
        climbed.append(step)
        step = step.getparent()
    known.update(dict.fromkeys(climbed, found))
    return found


def _final(score: _Score, turns_before: list[int]) -> float:
    """Take off what an article has little of: text that gives way to links, as in comments."""
    turns = turns_before[score.last + 1] - turns_before[score.first]
    share = turns / (score.last + 1 - score.first)
    return score.prose * (1 - share) ** 2 - _TURN_COST * turns


def _count(scores: dict[etree._Element, _Score], element: etree._Element, more: _Score) -> None:
    known = scores.get(element)
    if known is None:
        scores[element] = _Score(more.prose, more.first, more.last)
    else:
        known.prose += more.prose
        known.first, known.last = min(known.first, more.first), max(known.last, more.last)


def _spread(own: dict[etree._Element, _Score]) -> dict[etree._Element, _Score]:
    """Let each block's prose count for the elements around it, less at each level."""
    scores: dict[etree._Element, _Score] = {}
    for block, score in own.items():
        element = block.getparent() if block.tag in _LEAVES else block
        for level in range(_LEVELS):
            if element is None or element.tag == "html":
                break
            part = _Score(score.prose * _DECAY**level, score.first, score.last)
            _count(scores, element, part)
            element = element.getparent()
    return scores
