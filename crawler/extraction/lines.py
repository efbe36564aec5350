"""A page as its lines in reading order, each with what the markup says of it: one walk, in C order.

Everything later (headline, info line, body, breadcrumb) looks at these lines and never at the tree
again. The walk goes over the serialised tree, not over its elements: one string cut into tags costs
half of what a thousand element objects with their texts and attributes do. And it ends some way
below the article: what follows are other stories, two thirds of the markup of a usual page.
"""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass, field
from html import unescape
from operator import length_hint

from lxml import etree

from crawler.extraction import tags
from crawler.extraction.marks import Mark
from crawler.extraction.tags import BLOCK, BOLD, EMPTY, LINK, MARKS, NAMED, attributes, meaning

_TAG = re.compile("<[^>]*>")
_PUNCTUATION = re.compile("[，。；！？：、“”,.;!?]")
_NOT_PROSE = Mark.COMMENT | Mark.RELATED | Mark.FOOT | Mark.NAVIGATION | Mark.ADVERT | Mark.CRUMB
# A block with so much prose, and so much of the page's, is the article: the walk may end below it.
_ARTICLE = 400.0
_MOST = 0.75
_LINES_BELOW = 24  # the article's foot lines stand there
_LONGEST_LINE = 80  # pieces of an info line
_SHORTEST = 6  # characters of a line that can be prose
_PARAGRAPH = 40.0  # with so much prose below it, the article may go on


class Node:
    """A block element among the others, and which of the page's lines it holds."""

    __slots__ = ("first", "last", "markup", "parent", "prose_before", "stops_before", "tag")

    def __init__(self, markup: str, parent: Node | None, first: int, before: float, stops: int):
        self.markup, self.parent = markup, parent
        self.tag = markup.partition(" ")[0]
        self.first = self.last = first  # holds lines[first:last]
        self.prose_before, self.stops_before = before, stops

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
    """An img element: its opening tag as serialised, and the block that it stands in."""

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


def outline_page(
    body: etree._Element,
    chosen: etree._Element | None = None,
    excluded: tuple[etree._Element, ...] = (),
) -> Outline:
    """Return the lines of a page's body in reading order, hidden ones marked as such.

    The lines end some way below what is plainly the article. `chosen` is an element to find again
    among the blocks; the page is then read to its end. `excluded` are emptied, thus left out.
    """
    if chosen is not None:
        chosen.set(tags.CHOSEN, "")
    for element in excluded:
        element.clear(keep_tail=True)  # type: ignore[call-arg]
    markup = etree.tostring(body, encoding="unicode", with_tail=False)
    pieces = markup.split("<")
    if len(pieces) - 1 != markup.count(">"):
        # Broken markup can leave a bracket in the name of an attribute, nowhere else.
        pieces = _TAG.sub(lambda tag: "<" + tag.group()[1:].replace("<", ""), markup).split("<")
    return _Walk(pieces, whole=chosen is not None).run()


class _Walk:
    """The state of one walk: the open line, what the open elements say, and what was met so far."""

    def __init__(self, markup: list[str], *, whole: bool) -> None:
        self.markup = markup  # each piece a tag without its first bracket, and the text behind it
        self.pieces = iter(markup)
        self.whole = whole  # never end it below the article
        self.lines: list[Line] = []
        self.block = Node("", None, 0, 0.0, 0)
        self.chosen: Node | None = None
        self.parts: list[str] = []  # of the open line
        self.anchors: list[tuple[str, str]] = []
        self.named: list[tuple[int, str]] = []
        self.pictures: list[Picture] = []
        self.open_named: list[tuple[int, int]] = []  # marks, and the part that it begins with
        self.open_link: tuple[str, int] | None = None  # its tag, and the part it begins with
        self.bold = self.bold_depth = self.level = 0
        self.after_break = False
        self.prose, self.stops = 0.0, 0  # met so far; the full stops in it
        self.all_stops: int | None = None  # those of the whole page
        self.ends_at = 0  # the number of lines with which the walk ends, 0 while unknown

    def run(self) -> Outline:  # noqa: C901, PLR0912, PLR0915 (each call spared is spared a thousand times)
        """Go over the tags and texts: this loop is a good part of the time that reading takes."""
        parts, pieces, known = self.parts, self.pieces, tags.KNOWN.get
        around: list[int] = []  # for each open element the marks around it and what it undoes
        marks = Mark.NONE
        next(pieces)
        for piece in pieces:
            if piece[0] == "/":
                before = around.pop()
                if before > MARKS:
                    if before & BLOCK:
                        self._close_block(marks)
                    self._close(before)
                marks = before & MARKS
                if piece[-1] == ">":
                    continue
                text = piece[piece.find(">") + 1 :]
            else:
                tag, _, text = piece.partition(">")
                does = known(tag)
                if does is None:
                    does = meaning(tag)
                if not does:
                    around.append(marks)
                elif does & EMPTY:
                    text = self._pass(does, tag, text, marks)
                else:
                    if does & BLOCK and around and not around[-1] & BLOCK:
                        around[-1] |= self._wrap(marks)
                    around.append(marks | self._open(does, tag, marks))
                    marks |= does & MARKS
            if text and (parts or not text.isspace()):
                parts.append(text)
                if self.bold_depth:
                    self.bold += len(text.strip())
        self._close_all()
        return Outline(self.lines, tuple(self.pictures), self.chosen)

    def _pass(self, does: int, tag: str, text: str, marks: int) -> str:
        """Note an element with nothing to read inside; return the text behind it."""
        if does & tags.PICTURE:
            self.pictures.append(Picture(tag, self.block))
        elif does & (tags.BREAK | BLOCK):
            if self.parts:
                self._end_line(marks)
            self.after_break = does & tags.BREAK != 0
        elif does & tags.SKIP:
            return self._skip()
        return text

    def _skip(self) -> str:
        depth = 1
        for piece in self.pieces:
            tag, _, text = piece.partition(">")
            if tag[0] == "/":
                depth -= 1
                if not depth:
                    return text
            elif tag[-1] != "/":
                depth += 1
        return ""

    def _open(self, does: int, tag: str, marks: int) -> int:
        """Open an element; return what its end has to undo."""
        if does & BLOCK:
            self._open_block(does, tag, marks)
            return BLOCK
        undo = does & BOLD
        if undo:
            self.bold_depth += 1
        elif does & LINK and self.open_link is None:
            self.open_link = (tag, len(self.parts))
            undo = LINK
        own = does & MARKS
        if own & ~marks:
            self.open_named.append((own, len(self.parts)))
            undo |= NAMED
        return undo

    def _wrap(self, marks: int) -> int:
        """Make a block of the inline element that a block opens in, as `<font><p>` has it."""
        if self.parts:
            self._end_line(marks)
        self.block = Node("", self.block, len(self.lines), self.prose, self.stops)
        return BLOCK

    def _open_block(self, does: int, tag: str, marks: int) -> None:
        if self.parts:
            self._end_line(marks)
        self.after_break = False
        self.block = Node(tag, self.block, len(self.lines), self.prose, self.stops)
        name = self.block.tag
        if name in tags.HEADINGS:
            self.level = tags.HEADINGS[name]
        if does & tags.CHOSEN_TAG:
            self.chosen = self.block

    def _close(self, undo: int) -> None:
        if undo & (BOLD | LINK | NAMED) == 0:
            return
        if undo & BOLD:
            self.bold_depth -= 1
        elif undo & LINK and self.open_link:
            tag, start = self.open_link
            if text := self._text_since(start):
                self.anchors.append((text, tag))
            self.open_link = None
        if undo & NAMED:
            named, start = self.open_named.pop()
            if text := self._text_since(start):
                self.named.append((named, text))

    def _close_block(self, marks: int) -> None:
        if self.parts:
            self._end_line(marks)
        self.after_break = False
        block = self.block
        block.last = len(self.lines)
        if self.prose - block.prose_before > _ARTICLE and not (self.ends_at or self.whole):
            self._note_article(block)
        if self.level and block.tag in tags.HEADINGS:
            self.level = 0
        self.block = block.parent or block

    def _note_article(self, block: Node) -> None:
        """Let the walk end below a block with most of the prose there was and can be yet."""
        if self.prose - block.prose_before < _MOST * self.prose:
            return
        if self.all_stops is None:
            self.all_stops = self.stops + _full_stops(self.markup[-length_hint(self.pieces) :])
        if self.stops - block.stops_before > _MOST * self.all_stops:
            self.ends_at = block.last + _LINES_BELOW

    def _close_all(self) -> None:
        """Close the blocks that are still open where the walk has ended early."""
        block: Node | None = self.block
        while block is not None:
            block.last = len(self.lines)
            block = block.parent

    def _text_since(self, start: int) -> str:
        return _clean(self.parts[start:])

    def _end_line(self, marks: int) -> None:
        text = _clean(self.parts)
        if self.open_link:  # it goes over the end of the line: what the line has of it is linked
            tag, start = self.open_link
            if linked := self._text_since(start):
                self.anchors.append((linked, tag))
            self.open_link = (tag, 0)
        for named, start in self.open_named:
            if words := self._text_since(start):
                self.named.append((named, words))
        self.parts.clear()
        if text:
            self._append(text, marks)
            self.pictures.clear()
        self.bold = 0
        self.anchors.clear()
        if self.named:
            self.named.clear()
        if self.open_named:
            self.open_named = [(named, 0) for named, _ in self.open_named]

    def _append(self, text: str, marks: int) -> None:
        lines, size, anchors = self.lines, len(text), tuple(self.anchors)
        linked, prose = 0, 0.0
        for words, _ in anchors:
            linked += len(words)
        if 2 * linked <= size and size - linked >= _SHORTEST:
            prose = _prose(text, size - linked, marks)
            if not marks & Mark.HIDDEN:
                self.prose += prose
                self.stops += text.count("。")
        lines.append(
            Line(
                text, len(lines), self.block, marks, self.level, self.bold, min(linked, size),
                prose, anchors, self.after_break, tuple(self.named), tuple(self.pictures),
                self.markup, len(self.markup) - length_hint(self.pieces) - 1,
            )
        )  # fmt: skip
        if self.ends_at:
            if prose > _PARAGRAPH:
                self.ends_at = len(lines) + _LINES_BELOW
            elif len(lines) >= self.ends_at:
                deque(self.pieces, maxlen=0)  # which ends the loop over them


def _full_stops(pieces: list[str]) -> int:
    """Count full stops in texts that no link begins with."""
    told = [piece for piece in pieces if "。" in piece and not piece.startswith("a ")]
    return sum(piece.count("。", piece.find(">")) for piece in told)


def _prose(text: str, free: int, marks: int) -> float:
    """Weigh a line with that many characters outside of links, at least half of it."""
    weight = float(free) if free >= 12 and _PUNCTUATION.search(text) else 0.2 * free
    return weight * 0.1 if marks & _NOT_PROSE else weight


def _clean(parts: list[str]) -> str:
    """Return serialised texts as one line, with their characters for themselves."""
    text = parts[0] if len(parts) == 1 else "".join(parts)
    if "&" in text:
        text = unescape(text)
    return " ".join(text.split())
