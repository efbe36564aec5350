"""A page as its lines in reading order, each with what the markup says of it: one walk, in C order.

Everything later (headline, info line, body, breadcrumb) looks at these lines and never walks the
tree again, which is what keeps reading a page within a small multiple of parsing it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

from lxml import etree

from crawler.extraction.marks import Mark, marks_of

# What an element does to lines, by its tag; every other tag is an inline element.
_PLAIN, _BLOCK, _BOLD, _LINK, _BREAK, _PICTURE, _SKIPPED = range(7)
_TAGS = {
    _BLOCK: """
        address article aside blockquote body caption center dd details dialog dir div dl dt
        fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li
        main menu nav ol p pre section summary table tbody td tfoot th thead tr ul marquee""",
    _BREAK: "br",
    _PICTURE: "img",
    _BOLD: "b strong",
    _LINK: "a",
    _SKIPPED: """
        script style template iframe select option button svg object embed audio video canvas map
        head textarea noframes applet math datalist noscript""",
}
_DOES = {tag: deed for deed, tags in _TAGS.items() for tag in tags.split()}
_TAG_MARKS = {
    "nav": Mark.NAVIGATION,
    "aside": Mark.RELATED,
    "footer": Mark.FOOT,
    "figcaption": Mark.CAPTION,
    "time": Mark.TIME,
    "center": Mark.CENTRED,
}
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_ALIGNED = frozenset(("p", "div", "td"))


@dataclass(slots=True)
class Line:
    """One visible line: a run of text between two block boundaries or <br>."""

    text: str
    index: int
    block: etree._Element
    marks: int
    level: int  # 1 to 6 inside h1 to h6, else 0
    bold: int  # characters in bold
    linked: int  # characters in links
    links: tuple[tuple[str, str], ...]  # text and address of each link
    after_break: bool  # follows a <br> of the same block
    named: tuple[tuple[int, str], ...]  # inline elements whose name says what they hold
    pictures: tuple[etree._Element, ...]  # since the line before


@dataclass(slots=True)
class Outline:
    """A page's lines, and its pictures after the last of them."""

    lines: list[Line] = field(default_factory=list)
    pictures_left: tuple[etree._Element, ...] = ()


def outline_page(
    body: etree._Element,
    blocks: frozenset[etree._Element] = frozenset(),
    skipped: frozenset[etree._Element] = frozenset(),
) -> Outline:
    """Return the lines of a page's body in reading order, hidden ones marked as such.

    A profile may name elements that are to end lines like blocks, and others to leave out.
    """
    return _Walk(blocks, skipped).run(body)


class _Walk:
    """The state of one walk: the open line and what the open elements say."""

    def __init__(
        self, more_blocks: frozenset[etree._Element], skipped: frozenset[etree._Element]
    ) -> None:
        self.more_blocks = more_blocks
        self.skipped = skipped
        self.outline = Outline()
        self.parts: list[str] = []
        self.bold = self.linked = self.bold_depth = self.level = 0
        self.links: list[tuple[str, str]] = []
        self.named: list[tuple[int, str]] = []
        self.open_named: list[tuple[etree._Element, int, int]] = []
        self.open_link: tuple[etree._Element, int] | None = None
        self.pictures: list[etree._Element] = []
        self.after_break = False
        self.blocks: list[etree._Element] = []
        self.marks = Mark.NONE  # of the innermost open element

    def run(self, body: etree._Element) -> Outline:
        """Walk through the elements; this loop is most of the time that reading takes."""
        add, skipped = self._add, self.skipped
        # Each open element with what it does and the marks around it.
        path: list[tuple[etree._Element, int, int]] = []
        walker = etree.iterwalk(body, events=("start",))
        for _, element in walker:
            parent = element.getparent()
            while path and path[-1][0] is not parent:
                self._close(*path.pop())
            deed = _DOES.get(element.tag, _PLAIN)
            if deed >= _BREAK or element in skipped:
                self._pass(element, deed)
                walker.skip_subtree()
                text = element.tail
            else:
                path.append((element, deed, self.marks))
                self._open(element, deed)
                text = element.text
            if text:
                add(text)
        while path:
            self._close(*path.pop())
        self.outline.pictures_left = tuple(self.pictures)
        return self.outline

    def _pass(self, element: etree._Element, deed: int) -> None:
        """Note an element that has nothing to read inside."""
        if deed is _BREAK:
            self._flush(self.blocks[-1])
            self.after_break = True
        elif deed is _PICTURE:
            self.pictures.append(element)

    def _open(self, element: etree._Element, deed: int) -> None:
        own, around = _marks_on(element), self.marks
        if deed is _BLOCK or own & Mark.HIDDEN or element in self.more_blocks:
            if self.parts:
                self._flush(self.blocks[-1])
            self.after_break = False
            self.blocks.append(element)
            self.level = _HEADINGS.get(element.tag, self.level)
        elif deed is _BOLD:
            self.bold_depth += 1
        elif deed is _LINK and self.open_link is None:
            self.open_link = (element, len(self.parts))
        if own:
            self.marks = around | own
            if own & ~around and deed is not _BLOCK:
                self.open_named.append((element, own, len(self.parts)))

    def _close(self, element: etree._Element, deed: int, around: int) -> None:
        if self.blocks[-1] is element:
            self._close_block(element)
        elif deed is _BOLD:
            self.bold_depth -= 1
        elif deed is _LINK and self.open_link and self.open_link[0] is element:
            if text := self._text_since(self.open_link[1]):
                self.links.append((text, element.get("href") or ""))
                self.linked += len(text)
            self.open_link = None
        if self.open_named and self.open_named[-1][0] is element:
            _, marks, start = self.open_named.pop()
            if text := self._text_since(start):
                self.named.append((marks, text))
        self.marks = around
        tail = element.tail
        if tail and self.blocks:
            self._add(tail)

    def _close_block(self, element: etree._Element) -> None:
        if self.parts:
            self._flush(element)
        self.after_break = False
        self.blocks.pop()
        if self.level and element.tag in _HEADINGS:
            self.level = 0

    def _text_since(self, start: int) -> str:
        return " ".join("".join(self.parts[start:]).split())

    def _add(self, text: str) -> None:
        if self.parts or not text.isspace():
            self.parts.append(text)
            if self.bold_depth:
                self.bold += len(text.strip())

    def _flush(self, block: etree._Element) -> None:
        """End the open line."""
        text = " ".join("".join(self.parts).split())
        self.parts.clear()
        if self.open_link:
            self._part_link(text)
        if text:
            self._append(text, block)
        self.bold = self.linked = 0
        self.links.clear()
        self.named.clear()
        if self.open_named:
            self.open_named = [(element, marks, 0) for element, marks, _ in self.open_named]

    def _part_link(self, text: str) -> None:
        """A link goes over the end of a line: its share of the line counts as linked."""
        if self.open_link:
            self.linked += len(text)
            self.links.append((text, self.open_link[0].get("href") or ""))
            self.open_link = (self.open_link[0], 0)

    def _append(self, text: str, block: etree._Element) -> None:
        self.outline.lines.append(
            Line(
                text=text,
                index=len(self.outline.lines),
                block=block,
                marks=self.marks,
                level=self.level,
                bold=self.bold,
                linked=min(self.linked, len(text)),
                links=tuple(self.links),
                after_break=self.after_break,
                named=tuple(self.named),
                pictures=tuple(self.pictures),
            )
        )
        self.pictures.clear()


def _marks_on(element: etree._Element) -> int:
    """Read the attributes that say something; most elements have none of them."""
    tag = element.tag
    marks = _TAG_MARKS.get(tag, Mark.NONE)
    names, name_id = element.get("class"), element.get("id")
    if names or name_id:
        marks |= marks_of(f"{names} {name_id}")
    if style := element.get("style"):
        marks |= _style_marks(style)
    if tag in _ALIGNED and element.get("align") == "center":
        marks |= Mark.CENTRED
    return marks


@lru_cache(maxsize=2048)
def _style_marks(style: str) -> int:
    style = "".join(style.split()).lower()
    marks = Mark.NONE
    if "display:none" in style or "visibility:hidden" in style:
        marks |= Mark.HIDDEN
    if "text-align:center" in style:
        marks |= Mark.CENTRED
    return marks
