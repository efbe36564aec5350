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
            _count(own, line.block, line.prose, line.index, line.index)
    scores = _spread(own)
    best = sorted(scores.items(), key=lambda item: -item[1].prose)[:_FINALISTS]
    return [(_final(score, turns_before), node) for node, score in best]


def _final(score: _Score, turns_before: list[int]) -> float:
    """Take off what an article has little of: text that gives way to links, as in comments."""
    turns = turns_before[score.last + 1] - turns_before[score.first]
    share = turns / (score.last + 1 - score.first)
    return score.prose * (1 - share) ** 2 - _TURN_COST * turns


def _count(scores: dict[Node, _Score], node: Node, prose: float, first: int, last: int) -> None:
    known = scores.get(node)
    if known is None:
        scores[node] = _Score(prose, first, last)
        return
    known.prose += prose
    known.first, known.last = min(known.first, first), max(known.last, last)


def _spread(own: dict[Node, _Score]) -> dict[Node, _Score]:
    """Let each block's prose count for the elements around it, less at each level."""
    scores: dict[Node, _Score] = {}
    for block, score in own.items():
        node = block.parent if block.tag in _LEAVES else block
        prose = score.prose
        for _ in range(_LEVELS):
            if node is None or node.parent is None:
                break
            _count(scores, node, prose, score.first, score.last)
            prose *= _DECAY
            node = node.parent
    return scores
