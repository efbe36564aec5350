"""Where the article stands: the element that holds most of the prose, found from the lines."""

import re
from dataclasses import dataclass

from crawler.extraction import phrases
from crawler.extraction.lines import Line, Node, Picture
from crawler.extraction.marks import Mark

# A paragraph's own element is not where the article stands; it counts from the one above.
_LEAVES = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "center", "blockquote", "pre"})
# Prose counts less at each level up, so that the lowest element with all of it wins.
_DECAY = 0.75
_LEVELS = 12
_FINALISTS = 8
_TURN_COST = 12.0
_LONG = 700.0  # score of an element that is no notice
_SHORTEST_TITLE = 6  # characters
_LEAST = 40.0  # prose below a headline that may be an article
_SHARE = 0.4  # of the prose of a richer container elsewhere
_LINKS = 3  # that part an article from what is none of it
_SHORTEST_STORY = 10  # characters
_SHORTEST_DATED = 7
_FIGURES = re.compile(r"[\d:：./\s年月日\[\]()（）-]+")
_FEED = 5  # stories that stand beside the headline's own element in one container


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
    """Return the elements that most of the prose stands in, each with its score.

    A notice on rights may be longer than a short article: beside one, it does not count.
    """
    ranked = _rank(lines, hidden)
    best = max(ranked, key=lambda item: item[0], default=None)
    if best is None or best[0] > _LONG:
        return ranked
    told = [line for line in lines if line.prose and phrases.is_notice(line.text)]
    return _rank(lines, hidden, frozenset(line.index for line in told)) if told else ranked


def _rank(
    lines: list[Line], hidden: bool, left_out: frozenset[int] = frozenset()
) -> list[tuple[float, Node]]:
    own: dict[Node, _Score] = {}
    turns_before = [0]  # how often, before each line, text gives way to links
    in_links = False
    for line in lines:
        was, in_links = in_links, line.linked * 2 > len(line.text)
        turns_before.append(turns_before[-1] + (in_links and not was))
        shown = line.prose and (hidden or not line.marks & Mark.HIDDEN)
        if shown and line.index not in left_out:
            _note(own, line)
    scores = _spread(own)
    best = sorted(scores.items(), key=lambda item: -item[1].prose)[:_FINALISTS]
    start = lines[0].index if lines else 0
    return [(_final(score, turns_before, start), node) for node, score in best]


def _final(score: _Score, turns_before: list[int], start: int) -> float:
    """Take off what an article has little of: text that gives way to links, as in comments."""
    turns = turns_before[score.last + 1 - start] - turns_before[score.first - start]
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


def container_under_title(lines: list[Line], title: str, container: Node) -> Node:
    """Return the container beside the headline where a richer one does not belong to it.

    A page's foot, or a feed of other stories, may hold more prose than a short article. The line
    that the page's title repeats shows which is the article.
    """
    place = _titled_line(lines, title)
    if place is None:
        return container
    if container.first <= place.index < container.last:
        own = container.child_above(place.block)
        rest = [line for line in _held(lines, container) if own and not _within(line, own)]
        if own is None or sum(map(is_linked_story, rest)) < _FEED:
            return container
        return _best_below(lines, own, place, _LEAST) or container
    node = place.block.parent
    while node is not None and node.parent is not None and not container.is_within(node):
        if not _parted(lines, node, container):
            return container
        least = _SHARE * sum(line.prose for line in _held(lines, container))
        if found := _best_below(lines, node, place, max(_LEAST, least)):
            return found
        node = node.parent
    return container


def container_of_pictures(lines: list[Line], title: str, left: tuple[Picture, ...]) -> Node | None:
    """Return the lowest element with the headline that the title repeats, and a picture below it.

    For articles that are posters or pictures alone, without a word of prose.
    """
    place = _titled_line(lines, title)
    if place is None:
        return None
    below = [picture for line in lines[place.index + 1 :] for picture in line.pictures]
    node = place.block.parent
    while node is not None and node.parent is not None:
        if any(picture.block.is_within(node) for picture in (*below, *left)):
            return node
        node = node.parent
    return None


def is_linked_story(line: Line) -> bool:
    """Tell whether a shown line is a link to a story."""
    if line.linked < _SHORTEST_DATED or line.marks & (Mark.HIDDEN | Mark.RELATED):
        return False
    if line.linked > 0.6 * len(line.text):
        return line.linked >= _SHORTEST_STORY
    words = len(_FIGURES.sub("", line.text))
    return words < len(line.text) - 4 and line.linked > 0.6 * words  # a date beside it


def _parted(lines: list[Line], node: Node, container: Node) -> bool:
    """Tell whether links stand between two elements, or all over the second one.

    Without them the second goes on where the first, with the headline and a lead, ends.
    """
    between = lines[node.last : container.first] if node.last <= container.first else []
    links = sum(line.linked > 0.6 * len(line.text) for line in between)
    stories = sum(map(is_linked_story, _held(lines, container)))
    return links >= _LINKS or stories >= _LINKS or node.first >= container.last


def _titled_line(lines: list[Line], title: str) -> Line | None:
    """Return the line with which the page's title begins, rather one marked up as a headline."""
    found = [line for line in lines if _opens(title, line)]
    marked = (line for line in found if line.level or line.marks & Mark.HEADLINE)
    return next(marked, found[0] if found else None)


def _opens(title: str, line: Line) -> bool:
    text = line.text
    if len(text) < _SHORTEST_TITLE or text[0] != title[:1] or line.linked > 0.6 * len(text):
        return False
    return title.startswith(text) and not line.marks & Mark.HIDDEN


def _best_below(lines: list[Line], node: Node, place: Line, least: float) -> Node | None:
    """Return the best container in an element, below a line, if it has so much prose."""
    below = [line for line in _held(lines, node) if line.index > place.index]
    told = [line for line in below if line.prose and not phrases.is_notice(line.text)]
    if sum(line.prose for line in told if not line.marks & Mark.HIDDEN) < least:
        return None
    return find_container(below)


def _held(lines: list[Line], node: Node) -> list[Line]:
    return lines[node.first : node.last]


def _within(line: Line, node: Node) -> bool:
    return node.first <= line.index < node.last
