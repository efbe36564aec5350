"""The body: which lines of the container are the article, and what the others are."""

import re
from dataclasses import dataclass, field
from enum import Enum, auto

from crawler.extraction import phrases, tags
from crawler.extraction.lines import Line, Node
from crawler.extraction.marks import BOILERPLATE, Mark
from news.article import Block
from news.credits import is_credit_line
from news.text import squeeze

_BAR = re.compile(r"[|｜]")
# Marks inside the container lose their meaning where they would take this share of its text.
_MAX_MARKED = 0.4
_LEAST_UNMARKED = 100  # characters
_MAX_BELOW = 0.3
_MAX_INFO = 400
_INFORMING = Mark.SOURCE | Mark.AUTHOR | Mark.TIME
_MAX_HEADING = 40
_MAX_GLUED = 40
_MAX_CAPTION = 70
_PART = re.compile(r"0[1-9]")  # before a part of an article
# What a link that follows a named source behind a blank says is another thing.
_SOURCE_NAMED = re.compile(r"(?:来源|來源|出处)\s?[:：]\s?[^\s:：]{2,24}\s$")


class Kind(Enum):
    """What a line of the container is."""

    PARAGRAPH = auto()
    HEADING = auto()
    CAPTION = auto()
    CREDIT = auto()  # byline, source, time, editor, original headline
    OTHER = auto()  # advertisement, related story, button, notice


@dataclass(slots=True)
class Body:
    """The container's lines, each with its kind, in order."""

    lines: list[tuple[Line, Kind]] = field(default_factory=list)

    def of_kind(self, *kinds: Kind) -> list[Line]:
        """Return the lines of these kinds."""
        return [line for line, kind in self.lines if kind in kinds]

    def blocks(self) -> tuple[Block, ...]:
        """Return paragraphs and headings as the article has them."""
        wanted = {Kind.PARAGRAPH, Kind.HEADING}
        return tuple(
            Block(squeeze(phrases.without_editor(line.text)), kind is Kind.HEADING)
            for line, kind in self.lines
            if kind in wanted
        )


def sort_lines(lines: list[Line], container_marks: int, headline: str) -> Body:
    """Say of each of the container's lines what it is."""
    visible = [line for line in lines if not line.marks & Mark.HIDDEN]
    outside = _trusted_marks(visible, container_marks)
    soup = _lines_per_block(visible)
    centred = _mostly_centred(visible)
    bold_page = _mostly_bold(visible)
    body = Body()
    in_related = seen_text = False
    for line in visible:
        kind = _kind(line, outside, headline, soup, not container_marks & Mark.PICTURE)
        if kind is Kind.PARAGRAPH and not centred and _is_centred_caption(line, soup):
            kind = Kind.CAPTION
        if kind is Kind.CREDIT and seen_text and phrases.is_bare_date(line.text):
            kind = Kind.PARAGRAPH  # of an announcement, whose last line is its date
        elif kind is Kind.PARAGRAPH and not seen_text:
            kind = _kind_above_text(line)
        seen_text = seen_text or kind is Kind.PARAGRAPH
        if phrases.is_related_heading(line.text):
            in_related, kind = True, Kind.OTHER
        elif in_related and _may_be_teaser(line):
            kind = Kind.OTHER
        elif kind is Kind.PARAGRAPH:
            in_related = False
            kind = Kind.HEADING if _is_heading(line, bold_page) else kind
        body.lines.append((line, kind))
    _cut_edges(body)
    return body


def _trusted_marks(lines: list[Line], container_marks: int) -> int:
    """Return the marks that part boilerplate from the article here, not the article itself."""
    total = sum(len(line.text) for line in lines) or 1
    trusted = Mark.NONE
    for mark in BOILERPLATE:
        if mark & container_marks:
            continue
        marked = sum(len(line.text) for line in lines if line.marks & mark)
        # An article may have far more comments than text of its own.
        others = mark == Mark.COMMENT and total - marked >= _LEAST_UNMARKED
        if marked <= _MAX_MARKED * total or others:
            trusted |= mark
    return trusted


def _lines_per_block(lines: list[Line]) -> dict[Node, int]:
    counts: dict[Node, int] = {}
    for line in lines:
        counts[line.block] = counts.get(line.block, 0) + 1
    return counts


def _mostly_bold(lines: list[Line]) -> bool:
    bold = sum(line.bold for line in lines)
    return bold > 0.5 * (sum(len(line.text) for line in lines) or 1)


def _kind(line: Line, outside: int, headline: str, soup: dict[Node, int], in_picture: bool) -> Kind:
    text = line.text
    if not phrases.has_words(text) or (
        len(text) < 4 and text.isdigit() and not _PART.fullmatch(text)
    ):
        return Kind.OTHER
    if phrases.is_end_mark(text):
        return Kind.OTHER
    if line.marks & outside:
        signed = line.marks & outside == Mark.FOOT and phrases.names_editor(text)
        return Kind.CREDIT if signed and _is_credit(text) else Kind.OTHER
    if phrases.is_tool(text) or phrases.is_teaser(text) or _is_linked_away(line):
        return Kind.OTHER
    if is_credit_in_parts(line) or phrases.is_paper_number(text):
        return Kind.CREDIT
    if line.marks & Mark.CAPTION or _is_caption(line, soup, in_picture):
        return Kind.CAPTION
    if line.level and phrases.key(text) == phrases.key(headline):
        return Kind.OTHER
    return Kind.PARAGRAPH


def _kind_above_text(line: Line) -> Kind:
    """Say what a line above the first paragraph is: part of the headline, of the info, or text."""
    if phrases.is_subheadline(line.text):
        return Kind.OTHER
    if phrases.is_byline(line.text) or phrases.is_clock_line(line.text):
        return Kind.CREDIT
    if line.text.startswith("原创") and len(line.text) <= _MAX_GLUED:
        return Kind.CREDIT  # an account's mark on its own text, before writer and name
    told = line.marks | sum({mark for mark, _ in line.named})
    informs = told & _INFORMING and len(line.text) <= 60 and not phrases.ends_sentence(line.text)
    return Kind.CREDIT if informs else Kind.PARAGRAPH


def text_in_parts(line: Line) -> str:
    """Return a line without its buttons, and with a break behind each link that words follow.

    `来源: A报 举报` and `来源： A报 B网` are told from a source of two words by their links only.
    """
    text = line.text
    if len(text) > _MAX_INFO:
        return text
    for linked, _ in line.anchors:
        before, found, after = _part_at(text, linked)
        if found and (phrases.is_tool(linked) or phrases.is_prompt(linked)):
            text = f"{before.rstrip()} {after.lstrip()}".strip()
        elif found and _SOURCE_NAMED.search(before):
            text = f"{before}\n{linked}{after}"
        elif found and before.strip() and (after.startswith(" ") or before.endswith((":", "："))):
            text = f"{before}{linked}\n{after}"
    parts = _BAR.split(text)
    kept = [part for part in parts if not phrases.is_counter(part.strip())]
    # A bar may part a label from its name; between counters it parts whole statements.
    return text if len(kept) == len(parts) else "\n".join(kept)


def _part_at(text: str, linked: str) -> tuple[str, str, str]:
    """Part a text at a link's words, rather where they stand alone than inside of others."""
    alone = re.search(rf"(?<![^\s|（(\[]){re.escape(linked)}(?![^\s|）)\]])", text)
    if alone is None:
        return text.partition(linked) if len(linked) > 2 else (text, "", "")
    return text[: alone.start()], linked, text[alone.end() :]


def is_credit_in_parts(line: Line) -> bool:
    """Tell whether a line is credit as it stands, or as its elements part it."""
    if _is_credit(text_in_parts(line)):
        return True
    # Names and labels in elements of their own may have nothing else between them.
    text = line.text
    if len(text) > _MAX_GLUED or " " in text or not phrases.may_be_credit(text):
        return False
    parted = line.parted()
    return parted != text and _is_credit(parted)


def _is_credit(text: str) -> bool:
    if phrases.is_info_line(text) or phrases.original_headline(text):
        return True
    return phrases.may_be_credit(text) and is_credit_line(text)


def _is_linked_away(line: Line) -> bool:
    """A line that is one link and no sentence leads elsewhere."""
    return line.linked > 0.8 * len(line.text) and not line.text.endswith(("。", "？", "！", "”"))


def _is_caption(line: Line, soup: dict[Node, int], in_picture: bool) -> bool:
    """Tell whether a line is a caption; `in_picture` if elements named for pictures hold only such.

    An account's page may call the whole of its text `img-content`.
    """
    text = line.text
    named = any(mark & Mark.CAPTION and name == text for mark, name in line.named)
    if named or phrases.starts_as_caption(text):
        return True
    if (in_picture or _in_figure(line)) and line.marks & Mark.PICTURE and len(text) <= _MAX_CAPTION:
        return line.block.tag in tags.HEADINGS or not phrases.ends_sentence(text)
    if phrases.ends_with_photographer(text):
        return True
    if not line.pictures or len(text) > 160 or text.isdigit():
        return False
    if phrases.ends_as_caption(text):
        return True
    if phrases.ends_sentence(text) or len(text) > _MAX_CAPTION:
        return False
    beside = any(picture.block is line.block for picture in line.pictures)
    if beside and soup[line.block] <= 3:
        return True
    return bool(line.marks & Mark.CENTRED) and soup[line.block] <= 3


def _in_figure(line: Line) -> bool:
    parent = line.block.parent
    return line.block.tag == "figure" or (parent is not None and parent.tag == "figure")


def _is_centred_caption(line: Line, soup: dict[Node, int]) -> bool:
    """Tell whether a short line stands centred below its picture, though it ends as sentences."""
    below = line.pictures and line.marks & Mark.CENTRED and soup[line.block] <= 3
    return bool(below) and len(line.text) <= _MAX_CAPTION


def _mostly_centred(lines: list[Line]) -> bool:
    centred = sum(len(line.text) for line in lines if line.marks & Mark.CENTRED)
    return centred > 0.5 * (sum(len(line.text) for line in lines) or 1)


def _is_heading(line: Line, bold_page: bool) -> bool:
    text = line.text
    # A heading may end in a quoted word; a sentence in quotes ends before its closing quote.
    if len(text) > _MAX_HEADING or phrases.ends_sentence(text.rstrip('”』」"')):
        return False
    bold = line.bold >= len(text.replace(" ", "")) - 2 and not bold_page
    return line.level >= 2 or bold


def _may_be_teaser(line: Line) -> bool:
    return line.linked > 0.5 * len(line.text) or line.block.tag == "li" or len(line.text) < 8


def _cut_edges(body: Body) -> None:
    """Take notices and prompts off both ends, and what stands below the closing credit line."""
    _cut_below_editor(body)
    kinds = [kind for _, kind in body.lines]
    prose = [i for i, kind in enumerate(kinds) if kind in {Kind.PARAGRAPH, Kind.HEADING}]
    last_credit = max((i for i, kind in enumerate(kinds) if kind is Kind.CREDIT), default=-1)
    for rank, i in enumerate(prose):
        line = body.lines[i][0]
        at_edge = rank < 2 or rank >= len(prose) - max(6, len(prose) // 10)
        below_credits = 0 <= last_credit < i and rank > 2 and rank > 0.7 * len(prose)
        if not (at_edge or below_credits):
            continue
        if phrases.is_notice(line.text) or phrases.is_prompt(line.text):
            body.lines[i] = (line, Kind.OTHER)


def _cut_below_editor(body: Body) -> None:
    """Leave out what follows the line that names the editor, if it is little."""
    texts = {Kind.PARAGRAPH, Kind.HEADING}
    sizes = [len(line.text) if kind in texts else 0 for line, kind in body.lines]
    below = total = sum(sizes)
    for i, (line, kind) in enumerate(body.lines):
        little = 0 < below <= _MAX_BELOW * total
        if little and kind in {Kind.CREDIT, Kind.OTHER} and phrases.names_editor(line.text):
            for j in range(i + 1, len(body.lines)):
                if sizes[j]:
                    body.lines[j] = (body.lines[j][0], Kind.OTHER)
            return
        below -= sizes[i]
