"""Styled text laid out for a terminal: Chinese counted at two columns, hostile characters shown."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Literal

from rich.cells import cell_len

Style = Literal["plain", "deleted", "inserted", "left", "moved", "dim", "strong"]

_ANSI: dict[Style, str] = {
    "deleted": "\x1b[31;9m",
    "inserted": "\x1b[32;4m",
    "left": "\x1b[2;34;9m",  # where a sentence stood
    "moved": "\x1b[34;4m",  # where it stands now
    "dim": "\x1b[2m",
    "strong": "\x1b[1m",
}
_RESET = "\x1b[0m"
_MARKS: dict[Style, tuple[str, str]] = {
    "deleted": ("[-", "-]"),
    "inserted": ("{+", "+}"),
    "left": ("[<", "<]"),
    "moved": ("{>", ">}"),
}
# Control characters drive the terminal, directional ones turn the line round: neither may act.
_ACTING = re.compile(
    "[\x00-\x08\x0a-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
_UNIT = re.compile(r"[!-~]+|\s|.", re.DOTALL)
# What may not begin a line.
_CLINGING = frozenset("，。、；：？！”’）》」』】…—％,.;:?!)]}%")


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text in one style."""

    text: str
    style: Style = "plain"


def harmless(text: str) -> str:
    """Return text with characters that act replaced by `�`, line breaks by spaces."""
    return _ACTING.sub(lambda match: " " if match[0] in "\n\r" else "\ufffd", text)


def marked(spans: Iterable[Span]) -> list[Span]:
    """Return spans with signs around what came and went, for where there is no colour."""
    signs = ((span, *_MARKS.get(span.style, ("", ""))) for span in spans)
    return [Span(f"{start}{span.text}{end}", span.style) for span, start, end in signs]


def render_lines(
    spans: Sequence[Span], *, width: int, colour: bool, first: str = "", rest: str = ""
) -> list[str]:
    """Return spans broken into lines of at most that many columns, each after its indent."""
    shown = spans if colour else marked(spans)
    lines = _broken(_units(shown), width - cell_len(rest), width - cell_len(first))
    indents = [first, *[rest] * len(lines)]
    return [
        (indent + "".join(_painted(line, colour))).rstrip()
        for indent, line in zip(indents, lines or [[]], strict=False)
    ]


def _units(spans: Iterable[Span]) -> Iterator[Span]:
    for span in spans:
        for match in _UNIT.finditer(harmless(span.text)):
            yield Span(match[0], span.style)


def _broken(units: Iterable[Span], width: int, first_width: int) -> list[list[Span]]:
    """Fill lines unit by unit; a closing mark takes the unit before it along to the next line."""
    lines: list[list[Span]] = [[]]
    room = first_width
    for unit in chain.from_iterable(_chopped(word, max(width, 2)) for word in units):
        size = _cells(unit.text)
        if size > room and lines[-1]:
            line = lines[-1]
            carried = [line.pop()] if unit.text in _CLINGING and len(line) > 1 else []
            lines.append(carried)
            room = width - sum(_cells(each.text) for each in carried)
            if unit.text.isspace():
                continue
        lines[-1].append(unit)
        room -= size
    return lines if lines[-1] or len(lines) == 1 else lines[:-1]


def _chopped(unit: Span, width: int) -> Iterator[Span]:
    """Cut a word that is wider than a line, an address mostly."""
    text = unit.text
    while _cells(text) > width:
        yield Span(text[:width], unit.style)
        text = text[width:]
    yield Span(text, unit.style)


@lru_cache(maxsize=8192)
def _cells(text: str) -> int:
    return cell_len(text)


def _painted(line: Iterable[Span], colour: bool) -> Iterator[str]:
    """Yield text with the sequences that colour it, one run of equal style at a time."""
    style: Style = "plain"
    for span in line:
        if colour and span.style != style:
            yield (_RESET if style != "plain" else "") + _ANSI.get(span.style, "")
            style = span.style
        yield span.text
    if style != "plain":
        yield _RESET


def pad(text: str, width: int) -> str:
    """Return harmless text of exactly that many columns, shortened with an ellipsis or padded."""
    text = harmless(text)
    if cell_len(text) > width:
        while text and cell_len(text) > width - 1:
            text = text[:-1]
        text += "…"
    return text + " " * (width - cell_len(text))


def paint(text: str, style: Style, colour: bool) -> str:
    """Return harmless text in a style, as it is without colour."""
    return "".join(_painted([Span(harmless(text), style)], colour))
