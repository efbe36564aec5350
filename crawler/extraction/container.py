"""Where the article stands: the element that holds most of the prose, found from the lines."""

from dataclasses import dataclass

from crawler.extraction.lines import Line, Node
from crawler.extraction.marks import Mark

# A paragraph's own element is not where the article stands; it counts from the one above.
_LEAVES = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "center", "blockquote", "pre"})
# Prose counts less at each level up, so that the lowest element with all of it wins.
_DECAY = 0.75
_LEVELS = 12
_FINALISTS = 8
_TURN_COST = 12.0


@dataclass(slots=True)
class _Score:
    """How much an element has of prose, and between which of its lines."""

    prose: float
    first: int
    last: int


def find_container(lines: list[Line], hidden: bool = False) -> Node | None:
    """Return the element that holds the article's prose, None where there is no prose at all.

    Lines not shown count only with `hidden`, for pages that show their text by script.
    """
    ranked = rank_containers(lines, hidden)
    return max(ranked, key=lambda item: item[0])[1] if ranked else None


def rank_containers(lines: list[Line], hidden: bool = False) -> list[tuple[float, Node]]:
    """Return the elements that most of the prose stands in, each with its score."""
    own: dict[Node, _Score] = {}
    turns_before = [0]  # how often, before each line, text gives way to links
    in_links = False
    for line in lines:
        was, in_links = in_links, line.linked * 2 > len(line.text)
        turns_before.append(turns_before[-1] + (in_links and not was))
        if line.prose and (hidden or not line.marks & Mark.HIDDEN):
            _note(own, line)
    scores = _spread(own)
    best = sorted(scores.items(), key=lambda item: -item[1].prose)[:_FINALISTS]
    return [(_final(score, turns_before), node) for node, score in best]


def _final(score: _Score, turns_before: list[int]) -> float:
    """Take off what an article has little of: text that gives way to links, as in comments."""
    turns = turns_before[score.last + 1] - turns_before[score.first]
    share = turns / (score.last + 1 - score.first)
    return score.prose * (1 - share) ** 2 - _TURN_COST * turns


def _note(own: dict[Node, _Score], line: Line) -> None:
    """Count a line for the lowest element that it may count for, if that is not the page itself."""
    block = line.block
    start = block.parent if block.tag in _LEAVES else block
    if start is None or start.parent is None:
        return
    known = own.get(start)
    if known is None:
        own[start] = _Score(line.prose, line.index, line.index)
    else:
        known.prose += line.prose
        known.last = line.index


def _spread(own: dict[Node, _Score]) -> dict[Node, _Score]:
    """Let each element's prose count for those around it, less at each level."""
    scores: dict[Node, _Score] = {}
    for start, score in own.items():
        node, prose, first, last = start, score.prose, score.first, score.last
        for _ in range(_LEVELS):
            known = scores.get(node)
            if known is None:
                scores[node] = _Score(prose, first, last)
            else:
                known.prose += prose
                known.first = min(known.first, first)
                known.last = max(known.last, last)
            prose *= _DECAY
            if node.parent is None or node.parent.parent is None:
                break
            node = node.parent
    return scores
