"""A page's text as its tags and the texts behind them, and which elements are open at each.

Elements end where lxml's parser would end them (`nesting`). Where it is open what a parser makes
of the markup, reading it raises UnreadableError.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from operator import length_hint

from crawler.extraction.nesting import RAW, end_tag, ended_by
from crawler.extraction.tags import EMPTY, PAGE, SKIP, Tag, UnreadableError, meaning, parsed_meaning

_STEP = 16_384  # characters that are cut into tags at a time
_DEEPEST = 2_000  # open elements; the parser, which refuses such a page, counts some more
_PAGE_END = re.compile(r"(?:/(?:body|html)\s*>)?\s*", re.IGNORECASE)
_UP_TO_END = re.compile(r"""[^"'>]*(?:(?:"[^"]*"|'[^']*')[^"'>]*)*""")
_MOST_JOINED = 50
_MOST_LOOKED_AT = 500_000


class TagStream:
    """A text that is cut into tags while it is gone over, and its open elements."""

    def __init__(self, text: str, start: int, *, parsed: bool) -> None:
        self.text = text
        self.at = start  # where the part begins that is not yet cut into tags
        self.markup: list[str] = []  # each a tag without its first bracket, and the text behind it
        self.stretch: Iterator[str] = iter(())  # of those that are cut, the ones not met yet
        self.pieces = chain.from_iterable(self._cut())
        self.done = False
        self.looked_at = 0  # open elements, over all searches for one that an end tag ends
        self.parsed = parsed  # it is a serialised tree, where all is plain
        self.meaning = parsed_meaning if parsed else meaning
        # For each open element the end tag around it, and the marks there with what it undoes.
        self.stack: list[tuple[str, int]] = []
        self.closing = ""  # the end tag of the last one

    def _cut(self) -> Iterator[Iterator[str]]:
        """Cut the text at its tags, a stretch at a time: most of a page is never asked for."""
        text = self.text
        while self.at < len(text) and not self.done:
            end = text.find("<", self.at + _STEP)
            end = end if end >= 0 else len(text)
            cut = text[self.at + 1 : end].split("<")
            self.markup += cut
            self.at = end
            self.stretch = iter(cut)
            yield self.stretch
            if len(self.stack) > _DEEPEST:
                self.refuse("nested too deeply")

    def _searched(self) -> list[str]:
        """Return the open elements' end tags to look one up; a page full of strays is given up."""
        self.looked_at += len(self.stack)
        if self.looked_at > _MOST_LOOKED_AT:
            self.refuse("stray end tags")
        return self.open_tags()

    def open_tags(self) -> list[str]:
        """Return the end tags of the open elements, the one that all is inside of first."""
        return [*(before for before, _ in self.stack[1:]), self.closing]

    def refuse(self, markup: str) -> int:
        """Give the page up to the parser; a serialised tree is the parser's already."""
        if not self.parsed:
            raise UnreadableError(markup[:20])
        return 0

    def ended(self, tag: str, text: str) -> int:
        """Return how many elements an end tag ends that is not plainly the last one's."""
        end = end_tag(tag)
        if end in {"/body", "/html"} and not self.parsed:
            rest = [text, *self.stretch, *self.text[self.at + 1 :].split("<")]
            if any(piece and not _PAGE_END.fullmatch(piece) for piece in rest):
                self.refuse(tag)
            return len(self.stack) - 1
        return ended_by(end, self._searched())

    def displaced(self, closes: frozenset[str]) -> int:
        """Return how many elements an opening tag ends by standing inside of them."""
        count = 0
        name = self.closing
        while name in closes and count < len(self.stack) - 1:
            count += 1
            name = self.stack[-count][0]
        return count

    def is_empty(self, end: str, text: str, closing: str) -> bool:
        """Tell whether an element ends where it begins."""
        if text:
            return False
        place = len(self.markup) - length_hint(self.stretch)
        at_edge = place >= len(self.markup)
        following = self.text[self.at + 1 : self.at + 100] if at_edge else self.markup[place]
        if following[:1] == "/":
            self.closing = closing
            return ended_by(end_tag(following), [*self._searched(), end]) > 0
        return end in self.meaning(following.partition(">")[0]).closes

    def whole_tag(self, piece: str) -> tuple[str, str]:
        """Return a tag that has brackets in its attributes, and the text behind it."""
        taken, start = piece, 0
        for _ in range(_MOST_JOINED):
            end = _UP_TO_END.match(taken, start).end()  # type: ignore[union-attr]
            if taken[end : end + 1] == ">":
                return taken[:end], taken[end + 1 :]
            quote = taken[end : end + 1]
            parts = [taken]
            for further in self.pieces if quote else ():
                parts.append(further)
                if quote in further:
                    break
            if len(parts) == 1:
                break
            taken, start = "<".join(parts), end
        raise UnreadableError(piece[:20])

    def skip(self, does: int, end: str) -> str:
        """Go over an element that is not shown; return the text behind it."""
        inside = [end]
        if does & PAGE:
            self.refuse(end)
        if end[1:] in RAW and not self.parsed:
            return self._skip_raw(end)
        for piece in self.pieces:
            tag, _, text = piece.partition(">")
            if tag[:1] == "/":
                ended = (
                    1 if tag == inside[-1] else ended_by(end_tag(tag), self._searched() + inside)
                )
            else:
                meant, text = self._opening(piece, tag, text)
                ended = self._open_inside(meant, inside)
            self.looked_at += len(inside)
            if ended > len(inside):
                self.refuse(piece)  # it ends more than what is skipped
            del inside[len(inside) - ended :]
            if not inside:
                return text
        return ""

    def _opening(self, piece: str, tag: str, text: str) -> tuple[Tag, str]:
        """Return what a tag does, and the text behind it."""
        try:
            return self.meaning(tag), text
        except UnreadableError:
            tag, text = self.whole_tag(piece)
            return self.meaning(tag), text

    def _open_inside(self, tag: Tag, inside: list[str]) -> int:
        """Open an element in one that is not shown; return how many of all end with that."""
        while inside and inside[-1] in tag.closes:
            inside.pop()
        raw = tag.end[1:] in RAW and not self.parsed
        if not inside or (tag.does & PAGE and not raw):
            self.refuse(tag.end)
        if raw:
            self._skip_raw(tag.end)
        elif not tag.does & EMPTY or tag.does & SKIP:
            inside.append(tag.end)
        return 0

    def _skip_raw(self, end: str) -> str:
        if end == "/plaintext":
            self.refuse(end)  # which nothing ends
        for piece in self.pieces:
            tag, _, text = piece.partition(">")
            if tag == end or (tag[:1] == "/" and end_tag(tag) == end):
                return text
            if piece.startswith("!--"):
                self.refuse(piece)  # inside of a comment a script's end may be none
        return ""

    def stops_ahead(self) -> int:
        """Return how many full stops stand ahead, outside of links and tags."""
        left = self.markup[len(self.markup) - length_hint(self.stretch) :]
        told = [piece for piece in left if "。" in piece and not piece.startswith(("a ", "A "))]
        count = sum(piece.count("。", piece.find(">")) for piece in told)
        return count + _full_stops(self.text, self.at)


def _full_stops(text: str, start: int) -> int:
    """Count the full stops from a place on, a tag's bracket, in texts that no link begins with."""
    count = 0
    place = text.find("。", start)
    while place >= 0:
        tag = text.rfind("<", start, place)
        end = text.find("<", place)
        end = end if end >= 0 else len(text)
        if not text.startswith(("<a ", "<A "), tag):
            count += text.count("。", max(tag, text.find(">", tag, end)), end)
        start, place = end, text.find("。", end)
    return count
