"""Where the article stands: the element that holds most of the prose, found from the lines."""

from crawler.extraction.lines import Line, Node
from crawler.extraction.marks import Mark

# A paragraph's own element is not where the article stands; it counts from the one above.
_LEAVES = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "center", "blockquote", "pre"})
# Prose counts less at each level up, so that the lowest element with all of it wins.
_DECAY = 0.75
_LEVELS = 12
_FINALISTS = 8
_TURN_COST = 12.0


# How much prose an element has, and its first and last line of prose.
_Score = list[float]


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
            known = own.get(line.block)
            if known is None:
                own[line.block] = [line.prose, line.index, line.index]
            else:
                known[0] += line.prose
                known[2] = line.index
    scores = _spread(own)
    best = sorted(scores.items(), key=lambda item: -item[1][0])[:_FINALISTS]
    return [(_final(score, turns_before), node) for node, score in best]


def _final(score: _Score, turns_before: list[int]) -> float:
    """Take off what an article has little of: text that gives way to links, as in comments."""
    prose, first, last = score[0], int(score[1]), int(score[2])
    turns = turns_before[last + 1] - turns_before[first]
    share = turns / (last + 1 - first)
    return prose * (1 - share) ** 2 - _TURN_COST * turns


def _spread(own: dict[Node, _Score]) -> dict[Node, _Score]:
    """Let each block's prose count for the elements around it, less at each level.

    Blocks come in the order of their first lines, so that no other can stand before that.
    """
    scores: dict[Node, _Score] = {}
    for block, (prose, first, last) in own.items():
        node = block.parent if block.tag in _LEAVES else block
        counted = prose
        for _ in range(_LEVELS):
            if node is None or node.parent is None:
                break
            known = scores.get(node)
            if known is None:
                scores[node] = [counted, first, last]
            else:
                known[0] += counted
                known[2] = max(known[2], last)
            counted *= _DECAY
            node = node.parent
    return scores
