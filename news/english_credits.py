"""Credits in English sentences of their own kind: `By A and B in Beijing`, `(Editing by C)`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from news.article import Role
from news.names import is_organization

# What was done `by` someone; the first word alone decides. Extended by one entry.
_DEEDS: dict[str, Role] = {
    "": Role.WRITER,
    "written": Role.WRITER,
    "writing": Role.WRITER,
    "story": Role.WRITER,
    "text": Role.WRITER,
    "words": Role.WRITER,
    "compiled": Role.WRITER,
    "reporting": Role.REPORTER,
    "reported": Role.REPORTER,
    "edited": Role.EDITOR,
    "editing": Role.EDITOR,
    "translated": Role.TRANSLATOR,
    "translation": Role.TRANSLATOR,
    "reviewed": Role.REVIEWER,
    "proofread": Role.PROOFREADER,
    "photo": Role.PHOTOGRAPHER,
    "photos": Role.PHOTOGRAPHER,
    "photograph": Role.PHOTOGRAPHER,
    "photographs": Role.PHOTOGRAPHER,
    "photographed": Role.PHOTOGRAPHER,
    "photography": Role.PHOTOGRAPHER,
    "picture": Role.PHOTOGRAPHER,
    "pictures": Role.PHOTOGRAPHER,
    "video": Role.VIDEOGRAPHER,
    "filmed": Role.VIDEOGRAPHER,
    "graphic": Role.DESIGNER,
    "graphics": Role.DESIGNER,
    "illustration": Role.DESIGNER,
    "illustrations": Role.DESIGNER,
    "designed": Role.DESIGNER,
    "produced": Role.PRODUCER,
}
# A name is two to four capitalised words; particles of Western names may stand inside.
_WORD = r"[A-Z][\w.'’-]{0,20}"
_NO_NAME = r"(?!(?:For|Published|Updated|Posted|Source|Editor|Photo)\b)"
_NAME = rf"{_NO_NAME}{_WORD}(?:\s(?:(?:de|van|von|der|bin|al|da|di)\s)?{_NO_NAME}{_WORD}){{1,3}}"
_JOINT = r"\s?(?:,|&|;|/|,?\sand)\s?"
_TOWN = r"[A-Z][\w'’-]{1,20}(?:\s[A-Z][\w'’-]{1,20}){0,2}"
_PLACE = rf"\s(?:in|from|at)\s{_TOWN}"
_PLACE_LIST = r"\s(?:in|from|at)\s[A-Z][\w'’-]{1,20}(?:[\s,]{1,2}[A-Z][\w'’-]{1,20}){0,2}"
_BY = re.compile(
    rf"(?P<deed>(?:(?:Additional|Further)\s)?[A-Za-z]{{0,12}})\s?\b(?P<by>by|By|BY)\s{{1,3}}"
    rf"(?P<names>{_NAME}(?:(?:{_PLACE})?{_JOINT}{_NAME}){{0,7}})(?:{_PLACE_LIST})?"
    r"(?=\s{0,2}(?:$|[\n;.,()\[\]|/\u3400-\u9fff]|Updated|Published|Source|\d))"
)
_OPENS = re.compile(r"(?:^|[\n(\[;.|])\s{0,3}$")


@dataclass(frozen=True, slots=True)
class ByLine:
    """One `by` with the places of its names in the text, and of all of it."""

    role: Role
    span: tuple[int, int]
    names: tuple[tuple[int, int], ...]


def find_by_lines(text: str) -> Iterator[ByLine]:
    """Yield each statement of who did what, at the head of a line, of a sentence or a bracket."""
    if "y " not in text and "Y " not in text:
        return
    for match in _BY.finditer(text):
        deed = match["deed"].lower().split()[-1:] or [""]
        role = _DEEDS.get(deed[0])
        if role is None or not _OPENS.search(text, 0, match.start()):
            continue
        start = match.start("names")
        people_only = re.sub(_PLACE, lambda place: ";" * len(place[0]), match["names"])
        found = re.finditer(_NAME, people_only)
        people = [name for name in found if not is_organization(name[0])]
        names = tuple((start + name.start(), start + name.end()) for name in people)
        yield ByLine(role, match.span(), names)
