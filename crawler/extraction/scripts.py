"""Scripts, styles and comments taken out of a page before it is read: half of it, never shown.

What is not plainly one of them is left to the parser: one that is not closed, a comment with an
end that only browsers know, a script that writes another one, and those that hold linked data.
"""

import re
from dataclasses import dataclass

# One pass over the page: of a first character and a few next ones the search is fast, and only so.
_EDGE = re.compile(
    r"<(?:!--|[sS](?:cript|tyle|CRIPT|TYLE)(?=[\s>/])"
    r"|[mMlLbBtT](?:eta|ink|ase|itle|ETA|INK|ASE|ITLE)(?=[\s>/]))"
)
_HEAD_TAG = re.compile(r"""<(?:[^<>"']|"[^"]*"|'[^']*')*>""")
_DATA = "ld+json"
_CLOSE = {name: re.compile(rf"</(?i:{name})(?=[\s>/])") for name in ("script", "style")}


@dataclass(slots=True)
class Shown:
    """A page without its scripts, and where in it the elements stand that speak of the page."""

    text: str
    named: list[int]  # of each meta, link, base, title and script of linked data


def shown_part(text: str) -> Shown:
    """Return the page without its comments, and without its scripts and styles but linked data."""
    kept: list[str] = []
    named: list[int] = []
    position = gone = 0  # up to where the text is kept or dropped; characters dropped before it
    search = _EDGE.search
    edge = search(text)
    while edge:
        start, tag = edge.start(), edge[0]
        if tag == "<!--":
            past, drops = _comment_end(text, start), True
        elif tag[1] in "sS":
            past, drops = _script_end(text, start, tag)
        else:
            past, drops = edge.end(), False
        if not drops:
            named.append(start - gone)
        elif past:
            kept.append(text[position:start])
            gone += past - start
            position = past
        if not past:
            break  # what is not closed is the parser's, and so is all that follows
        edge = search(text, past)
    kept.append(text[position:])
    return Shown("".join(kept), named)


def _comment_end(text: str, start: int) -> int:
    """Return where a comment ends, 0 where it does not, or not for every reader."""
    end = text.find("-->", start + 2)
    return 0 if end < 0 or text.find("--!>", start, end) >= 0 else end + 3


def _script_end(text: str, start: int, tag: str) -> tuple[int, bool]:
    """Return where a script or style ends, 0 if it does not, and whether it is to be dropped."""
    inside = text.find(">", start) + 1
    found = _CLOSE[tag[1:].lower()].search(text, inside) if inside else None
    close = found.start() if found else -1
    end = text.find(">", close) + 1 if close >= 0 else 0
    if not end or text.find(_DATA, start, inside) >= 0:
        return end, not end
    escaped = text.find("<!--", inside, close)
    nested = escaped >= 0 and text.find(tag, escaped, close) >= 0
    return (0, True) if nested else (end, True)


def head_elements(shown: Shown, start: int) -> str:
    """Return the elements that speak of the page from a place on: metas, links, linked data."""
    text, found = shown.text, []
    for place in shown.named:
        if place < start:
            continue
        tag = _HEAD_TAG.match(text, place)
        if tag is None:
            continue
        name = tag[0][1:7].lower()
        if name.startswith(("script", "title")):
            close = re.compile(f"</{name[:5]}[^>]*>", re.IGNORECASE).search(text, tag.end())
            found.append(text[place : close.end() if close else len(text)])
        else:
            found.append(tag[0])
    return "".join(found)


def without_scripts(text: str) -> str:
    """Return the page without its comments, and without its scripts and styles but linked data."""
    return shown_part(text).text
