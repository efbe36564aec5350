"""One walk over a page's tags and texts, which makes its lines.

It goes over a page's own tags, which it nests as lxml's parser would (`nesting`), or over a
serialised tree where only the parser can tell what they mean. And it ends some way below the
article: what follows are other stories, two thirds of the markup of a usual page.
"""

from __future__ import annotations

import re
from collections import deque
from html import unescape
from operator import length_hint

from lxml import etree

from crawler.extraction import tags
from crawler.extraction.lines import ARTICLE, Line, Node, Outline, Picture
from crawler.extraction.marks import Mark
from crawler.extraction.tags import (
    BLOCK,
    BOLD,
    CHOSEN_TAG,
    EMPTY,
    HEADING_ENDS,
    HEADINGS,
    INLINE,
    KNOWN,
    LINK,
    MARKS,
    NAMED,
    PAGE,
    TEXT,
    Tag,
    UnreadableError,
)
from crawler.extraction.tagstream import TagStream

_TAG = re.compile("<[^>]*>")
_PUNCTUATION = re.compile("[，。；！？：、“”,.;!?]")
_NOT_PROSE = Mark.COMMENT | Mark.RELATED | Mark.FOOT | Mark.NAVIGATION | Mark.ADVERT | Mark.CRUMB
# A block that has so much of the page's prose and full stops is the article.
_MOST = 0.75
_LINES_BELOW = 24  # the article's foot lines stand there
_SHORTEST = 6  # characters of a line that can be prose
_PARAGRAPH = 40.0  # with so much prose below it, the article may go on
_BOTTOM = "//"  # no end tag


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
    if markup.count("<") != markup.count(">"):
        # Broken markup can leave a bracket in the name of an attribute, nowhere else.
        markup = _TAG.sub(lambda tag: "<" + tag.group()[1:].replace("<", ""), markup)
    return _Walk(markup, parsed=True, whole=chosen is not None).run()


def outline_source(text: str, start: int) -> Outline:
    """Return the lines of a page's own text from its body's tag on, as those of its tree would be.

    Raise UnreadableError where the tags leave open what a parser would make of them.
    """
    return _Walk(text, start, parsed=False).run()


class _Walk(TagStream):
    """The state of one walk: the open line, what the open elements say, and what was met so far."""

    def __init__(self, text: str, start: int = 0, *, parsed: bool, whole: bool = False) -> None:
        super().__init__(text, start, parsed=parsed)
        self.whole = whole  # never end it below the article
        self.lines: list[Line] = []
        self.block = Node("", "", None, 0, 0.0, 0)
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

    def run(self) -> Outline:  # noqa: C901, PLR0912, PLR0915 (long: calls spared are spared a thousand times)
        """Go over the tags and texts: this loop is a good part of the time that reading takes."""
        parts, known, meaning = self.parts, KNOWN.get, self.meaning
        lines = self.lines
        stack = self.stack
        marks = self._enter(next(self.pieces))
        closing = self.closing
        for piece in self.pieces:
            tag, bracket, text = piece.partition(">")
            if tag == closing:
                closing, before = stack.pop()
                if before > MARKS:
                    if before & BLOCK:
                        if parts:
                            self._end_line(marks)
                        self.after_break = False
                        block = self.block
                        block.last = len(lines)
                        if self.prose > block.enough:
                            self._note_article(block)
                        if self.level and block.tag in HEADINGS:
                            self.level = 0
                        self.block = block.parent  # type: ignore[assignment]
                    if before & INLINE == LINK:
                        link, start = self.open_link  # type: ignore[misc]
                        if words := _clean(parts[start:]):
                            self.anchors.append((words, link))
                        self.open_link = None
                    elif before & INLINE:
                        self._close(before)
                marks = before & MARKS
            elif tag[:1] == "/":
                self.closing = closing
                marks = self._end(self.ended(tag, text), marks)
                closing = self.closing
            else:
                if (meant := known(tag)) is None:
                    try:
                        meant = meaning(tag)
                    except UnreadableError:
                        tag, text = self.whole_tag(piece)
                        meant, bracket = meaning(tag), ">"
                does, end, closes = meant
                if closing in closes:
                    self.closing = closing
                    marks = self._end(self.displaced(closes), marks)
                    closing = self.closing
                if does & BLOCK and not does & EMPTY:
                    if not stack[-1][1] & BLOCK and not self.is_empty(end, text, closing):
                        self._wrap(marks)
                    if parts:
                        self._end_line(marks)
                    self.after_break = False
                    self.block = Node(end[1:], tag, self.block, len(lines), self.prose, self.stops)
                    if does & (CHOSEN_TAG | PAGE) or end in HEADING_ENDS:
                        self._note_block(does, end)
                    stack.append((closing, marks | BLOCK))
                    closing = end
                    marks |= does & MARKS
                elif not does:
                    stack.append((closing, marks))
                    closing = end
                elif does & EMPTY:
                    self.closing = closing
                    text = self._pass(meant, tag, text, marks) if does & TEXT == 0 else "<" + piece
                elif does == LINK and self.open_link is None:
                    self.open_link = (tag, len(parts))
                    stack.append((closing, marks | LINK))
                    closing = end
                else:
                    stack.append((closing, marks | self._open(does, tag, marks)))
                    closing = end
                    marks |= does & MARKS
            if text:
                if parts or not text.isspace():
                    parts.append(text)
                    if self.bold_depth:
                        self.bold += len(unescape(text).strip())
            elif not bracket:
                self.refuse(tag)
        self.closing = closing
        if self.done:
            self._close_all()
        else:
            self._end(len(stack), marks)  # what is still open ends with the page
        return Outline(self.lines, tuple(self.pictures), self.chosen)

    def _enter(self, piece: str) -> int:
        """Open the element that all is inside of; return its marks."""
        tag, _, text = piece.partition(">")
        does, end, _ = self.meaning(tag)
        if tag.endswith("/"):
            return self.refuse(tag)
        if does & BLOCK:
            self.block = Node(end[1:], tag, self.block, 0, 0.0, 0)
            self._note_block(does & ~PAGE, end)
            self.stack.append(("", BLOCK))
        else:
            self.stack.append(("", self._open(does & ~PAGE, tag, Mark.NONE)))
        # A page may print the end of its body anywhere; what a tree has is there once.
        self.closing = end if self.parsed else _BOTTOM
        if text and not text.isspace():
            self.parts.append(text)
        return does & MARKS

    def _end(self, count: int, marks: int) -> int:
        """End the last so many elements; return the marks behind them."""
        for _ in range(count):
            self.closing, before = self.stack.pop()
            if before & BLOCK:
                self._close_block(marks)
            if before & INLINE:
                self._close(before)
            marks = before & MARKS
        return marks

    def _pass(self, meant: Tag, tag: str, text: str, marks: int) -> str:
        """Note an element with nothing to read inside; return the text behind it."""
        does, end, _ = meant
        if does & tags.PICTURE:
            self.pictures.append(Picture(tag, self.block))
        elif does & (tags.BREAK | BLOCK):
            if self.parts:
                self._end_line(marks)
            self.after_break = does & tags.BREAK != 0
        elif does & tags.SKIP:
            return self.skip(does, end)
        if does & PAGE:
            self.refuse(tag)
        return text

    def _open(self, does: int, tag: str, marks: int) -> int:
        """Open an element that is no block; return what its end has to undo."""
        if does & PAGE:
            self.refuse(tag)
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

    def _wrap(self, marks: int) -> None:
        """Make a block of the inline element that a block opens in, as `<font><p>` has it."""
        if self.parts:
            self._end_line(marks)
        self.block = Node("", "", self.block, len(self.lines), self.prose, self.stops)
        around, before = self.stack[-1]
        self.stack[-1] = (around, before | BLOCK)

    def _note_block(self, does: int, end: str) -> None:
        """Note what the block that has just been opened is besides."""
        if does & PAGE:
            self.refuse(end)
        self.level = HEADINGS.get(end[1:], self.level)
        if does & CHOSEN_TAG:
            self.chosen = self.block

    def _close(self, undo: int) -> None:
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
        if self.prose > block.enough:
            self._note_article(block)
        if self.level and block.tag in HEADINGS:
            self.level = 0
        self.block = block.parent or block

    def _note_article(self, block: Node) -> None:
        """Let the walk end below a block with most of the prose there was and can be yet."""
        if self.ends_at or self.whole:
            return
        if self.prose - block.enough + ARTICLE < _MOST * self.prose:
            return
        if self.stops - block.stops_before > _MOST * self._stops_of_all():
            self.ends_at = block.last + _LINES_BELOW

    def _stops_of_all(self) -> int:
        """Return how many full stops the page has outside of links."""
        if self.all_stops is None:
            self.all_stops = self.stops + self.stops_ahead()
        return self.all_stops

    def _close_all(self) -> None:
        """Close the blocks that are still open where the walk has ended early."""
        block: Node | None = self.block
        while block is not None:
            block.last = len(self.lines)
            block = block.parent

    def _text_since(self, start: int) -> str:
        return _clean(self.parts[start:])

    def _end_line(self, marks: int) -> None:
        if self.open_link or self.open_named:
            self._part_open()
        lines, parts, anchors = self.lines, self.parts, self.anchors
        text = parts[0] if len(parts) == 1 else "".join(parts)
        if "&" in text:
            text = unescape(text)
        parts.clear()
        if text := " ".join(text.split()):
            linked = 0
            for words, _ in anchors:
                linked += len(words)
            size, prose = len(text), 0.0
            if 2 * linked <= size and size - linked >= _SHORTEST:
                prose = _prose(text, size - linked, marks)
                if not marks & Mark.HIDDEN:
                    self.prose += prose
                    self.stops += text.count("。")
            lines.append(
                Line(
                    text, len(lines), self.block, marks, self.level, self.bold,
                    min(size, linked), prose, tuple(anchors), self.after_break,
                    tuple(self.named), tuple(self.pictures), self.markup,
                    len(self.markup) - length_hint(self.stretch) - 1,
                )
            )  # fmt: skip
            self.pictures.clear()
            if self.ends_at:
                self._may_end(prose)
        self.bold = 0
        anchors.clear()
        self.named.clear()

    def _part_open(self) -> None:
        """Give the line what it has of elements that go on over its end."""
        if self.open_link:
            tag, start = self.open_link
            if linked := self._text_since(start):
                self.anchors.append((linked, tag))
            self.open_link = (tag, 0)
        for named, start in self.open_named:
            if words := self._text_since(start):
                self.named.append((named, words))
        self.open_named = [(named, 0) for named, _ in self.open_named]

    def _may_end(self, prose: float) -> None:
        """End the walk where enough lines stand below the article, none of them a paragraph."""
        if prose > _PARAGRAPH:
            self.ends_at = len(self.lines) + _LINES_BELOW
        elif len(self.lines) >= self.ends_at:
            self.done = True
            deque(self.stretch, maxlen=0)  # which ends the loop over them


def _prose(text: str, free: int, marks: int) -> float:
    """Weigh a line with that many characters outside of links, at least half of it."""
    weight = float(free) if free >= 12 and _PUNCTUATION.search(text) else 0.2 * free
    return weight * 0.1 if marks & _NOT_PROSE else weight


def _clean(parts: list[str]) -> str:
    """Return texts as one line."""
    text = parts[0] if len(parts) == 1 else "".join(parts)
    if "&" in text:
        text = unescape(text)
    return " ".join(text.split())
