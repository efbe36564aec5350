"""A page as its lines in reading order, each with what the markup says of it.

Everything later (headline, info line, body, breadcrumb) looks at these lines and never at a tree.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from html import unescape

from crawler.extraction.tags import attributes

# A block with so much prose, and so much of the page's, is the article: a walk may end below it.
ARTICLE = 400.0
_LONGEST_LINE = 80  # pieces of an info line


class Node:
    """A block element among the others, and which of the page's lines it holds."""

    __slots__ = ("enough", "first", "last", "markup", "parent", "stops_before", "tag")

    def __init__(
        self, tag: str, markup: str, parent: Node | None, first: int, before: float, stops: int
    ) -> None:
        self.tag, self.markup, self.parent = tag, markup, parent
        self.first = self.last = first  # holds lines[first:last]
        # With so much prose met by its end it may be the article; full stops met before it.
        self.enough, self.stops_before = before + ARTICLE, stops

    def path(self) -> str:
        """Return where it stands, as tags with their first name: `div#main > div.text > p`."""
        steps: list[str] = []
        node: Node | None = self
        while node is not None and node.parent is not None:
            given = attributes(node.markup)
            name = f"#{given['id']}" if given.get("id") else ""
            classes = given.get("class", "").split()
            steps.append(node.tag + (name or (f".{classes[0]}" if classes else "")))
            node = node.parent
        return " > ".join(reversed(steps[:4]))

    def is_within(self, other: Node) -> bool:
        """Say whether it is that element or stands in it."""
        node: Node | None = self
        while node is not None and node is not other:
            node = node.parent
        return node is other

    def child_above(self, node: Node) -> Node | None:
        """Return its own child in which another element stands, None where none does."""
        step: Node | None = node
        while step is not None and step.parent is not self:
            step = step.parent
        return step


@dataclass(frozen=True, slots=True)
class Picture:
    """An img element: its opening tag, and the block that it stands in."""

    markup: str
    block: Node

    def attributes(self) -> dict[str, str]:
        """Return the element's attributes."""
        return attributes(self.markup)


@dataclass(slots=True)
class Line:
    """One visible line: a run of text between two block boundaries or <br>."""

    text: str
    index: int
    block: Node
    marks: int
    level: int  # 1 to 6 inside h1 to h6, else 0
    bold: int  # characters in bold
    linked: int  # characters in links
    prose: float  # how much it speaks for an article around it, about one a character of prose
    anchors: tuple[tuple[str, str], ...]  # text and opening tag of each link
    after_break: bool  # follows a <br> of the same block
    named: tuple[tuple[int, str], ...]  # inline elements whose name says what they hold
    pictures: tuple[Picture, ...]  # since the line before
    markup: list[str]  # of the whole page
    ends: int  # where in it the line ends

    def parted(self) -> str:
        """Return the text with a blank at each edge of an element inside it."""
        texts: list[str] = []
        size, wanted = 0, len("".join(self.text.split()))
        for piece in reversed(self.markup[max(0, self.ends - _LONGEST_LINE) : self.ends]):
            words = unescape(piece[piece.find(">") + 1 :]).split()
            size += sum(map(len, words))
            texts.append(" ".join(words))
            if size >= wanted:
                break
        return " ".join(" ".join(reversed(texts)).split()) if size == wanted else self.text

    @property
    def links(self) -> tuple[tuple[str, str], ...]:
        """The text and the address of each link."""
        return tuple((text, attributes(tag).get("href", "")) for text, tag in self.anchors)


@dataclass(slots=True)
class Outline:
    """A page's lines, its pictures after the last of them, and the element that was chosen."""

    lines: list[Line] = field(default_factory=list)
    pictures_left: tuple[Picture, ...] = ()
    chosen: Node | None = None
