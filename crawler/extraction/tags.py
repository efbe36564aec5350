"""What a tag means to the lines of a page, read off its text once for all its kind."""

import re
from html import unescape
from typing import NamedTuple

from crawler.extraction.marks import Mark, marks_of
from crawler.extraction.nesting import VOID, closed_by

# What an element does to lines, as bits above those of the marks; none of them: nothing.
MARKS = (1 << 20) - 1
NAMED, BOLD, LINK, BLOCK, EMPTY, PICTURE, BREAK, CHOSEN_TAG, SKIP, TEXT, PAGE = (
    1 << bit for bit in range(20, 31)
)

INLINE = NAMED | BOLD | LINK
# No parsed page has this attribute: the parser lowers the letters of their names.
CHOSEN = "Chosen"
_TAGS = {
    BLOCK: "address article aside blockquote body caption center dd details dialog dir div dl dt "
    "fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li "
    "main menu nav ol p pre section summary table tbody td tfoot th thead tr ul marquee",
    EMPTY | BREAK: "br",
    EMPTY | PICTURE: "img",
    BOLD: "b strong",
    LINK: "a",
    EMPTY | SKIP: "script style template iframe select option button svg object embed audio video "
    "canvas map head textarea noframes applet math datalist noscript",
}
_DOES = {tag: does for does, tags in _TAGS.items() for tag in tags.split()}
_TAG_MARKS = {
    "nav": Mark.NAVIGATION,
    "aside": Mark.RELATED,
    "footer": Mark.FOOT,
    "figcaption": Mark.CAPTION,
    "figure": Mark.PICTURE,
    "time": Mark.TIME,
    "center": Mark.CENTRED,
}
HEADINGS = {f"h{level}": level for level in range(1, 7)}
HEADING_ENDS = frozenset("/" + tag for tag in HEADINGS)
_ALIGNED = frozenset(("p", "div", "td"))
_ATTRIBUTE = re.compile(r"""([^\s"'<>/=]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>][^\s>]*))""")
_NAMING = ("class", "id", "data-testid")
# In an address `&copy=1` is no copyright sign.
_REFERENCE = re.compile(r"&(?:#\w{1,10}|[a-zA-Z]\w{0,31})(?:;|(?![=\w]))")
_NAME = re.compile(r"[a-zA-Z][^\s/>]*")
# A tag as every parser reads it: values in quotes, or bare and without any.
_PROPER = re.compile(
    r"""[^\s"'<>/=]++(?:(?:[\s/]++|(?<=["']))[^\s"'<>/=]++(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'"""
    r"""|[^\s"'<>=][^\s"'<>]*+))?+)*+[\s/]*+"""
)
_TELLING = re.compile(
    r"""\s(?:class|id|style|Chosen)\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'>][^\s>]*)""", re.IGNORECASE
)
_BARE_END = re.compile(r"""=\s*[^\s"'>][^\s"'>]*$""")
# What opens or ends more than itself, and text that only these hold.
_PAGE = frozenset(
    ["html", "head", "body", "frameset", "frame", "title", "xmp", "noembed", "plaintext"]
)


class UnreadableError(ValueError):
    """Markup that only a parser can make sense of."""


class Tag(NamedTuple):
    """What an opening tag means."""

    does: int
    end: str  # the end tag of its element, as `/div`
    closes: frozenset[str]  # end tags of the elements that it ends by standing inside of them


# What tags met before mean; a call less for nearly every tag of a page.
KNOWN: dict[str, Tag] = {}
_MOST_KNOWN = 16_384
_LONGEST_KNOWN = 1_000
_LONGEST = 10_000  # of no picture; what is longer has thousands of attributes
_LINK = Tag(LINK, "/a", closed_by("a"))
_EMPTY_LINK = Tag(EMPTY, "/a", closed_by("a"))
_IMAGE = Tag(EMPTY | PICTURE, "/img", closed_by("img"))
_TEXT = Tag(EMPTY | TEXT, "", closed_by(""))


def attributes(markup: str) -> dict[str, str]:
    """Return the attributes of an opening tag, their names in lower case."""
    found: dict[str, str] = {}
    for name, double, single, bare in _ATTRIBUTE.findall(markup):
        value = double or single or bare
        if "&" in value:
            value = _REFERENCE.sub(lambda reference: unescape(reference[0]), value)
        found.setdefault(name if name == CHOSEN else name.lower(), value)
    return found


def meaning(markup: str) -> Tag:
    """Return what an opening tag does, and the marks that its names give it.

    The tag comes without its angle brackets. Raise UnreadableError where it is none for sure.
    """
    # Told at little cost: all values stand in double quotes.
    if "'" not in markup and markup.count('"') == 2 * markup.count('="'):
        if markup.startswith("a "):
            return _link(markup)
        if markup.startswith("img "):
            return _IMAGE
    named = _NAME.match(markup)
    if named is None or not _PROPER.fullmatch(markup):
        return _no_tag(markup)
    name = named[0].lower()
    if name in {"a", "img"}:
        return _link(markup) if name == "a" else _IMAGE
    if len(markup) > _LONGEST:
        raise UnreadableError(name)
    return _noted(name, markup)


def _link(markup: str) -> Tag:
    """Return what a link's tag means; addresses make each another, names make few kinds of them."""
    if "class=" not in markup and "style=" not in markup and "id=" not in markup:
        return _LINK if markup[-1] != "/" or _BARE_END.search(markup) else _EMPTY_LINK
    kind = "a" + "".join(_TELLING.findall(markup)) + (" /" if _is_closed(markup) else "")
    return KNOWN.get(kind) or _noted("a", kind)


def _noted(name: str, markup: str) -> Tag:
    tag = Tag(_meaning(name, markup), "/" + name, closed_by(name))
    if len(markup) <= _LONGEST_KNOWN:
        if len(KNOWN) > _MOST_KNOWN:
            KNOWN.clear()
        KNOWN[markup] = tag
    return tag


def parsed_meaning(markup: str) -> Tag:
    """Return what a tag of a serialised tree does, however odd its attributes."""
    try:
        return meaning(markup)
    except UnreadableError:
        name = markup.partition(" ")[0].rstrip("/").lower()
        return Tag(_meaning(name, markup), "/" + name, closed_by(""))


def _no_tag(markup: str) -> Tag:
    """Return that a bracket stands for itself, or that a declaration is to be left out."""
    first = markup[:1]
    if first in "!?":
        if first and not markup.startswith("!--"):
            return Tag(EMPTY, "", closed_by(""))
        if first:
            raise UnreadableError(markup[:20])
    if first.isascii() and first.isalpha():
        raise UnreadableError(markup[:20])
    return _TEXT


def _is_closed(markup: str) -> bool:
    return markup.endswith("/") and not _BARE_END.search(markup)


def _meaning(name: str, markup: str) -> int:
    given = attributes(markup)
    marks = _TAG_MARKS.get(name, Mark.NONE) | _style_marks(given.get("style", ""))
    if names := " ".join(given[kind] for kind in _NAMING if kind in given).strip():
        marks |= marks_of(names)
    if name in _ALIGNED and given.get("align") == "center":
        marks |= Mark.CENTRED
    does = _DOES.get(name, 0)
    if name in VOID or _is_closed(markup):
        does = does & ~SKIP | EMPTY
    elif CHOSEN in given:
        does |= BLOCK | CHOSEN_TAG
    elif marks & Mark.HIDDEN and not does & EMPTY:
        does |= BLOCK
    if name in _PAGE:
        does |= PAGE
    return does | marks


def _style_marks(style: str) -> int:
    style = "".join(style.split()).lower()
    marks = Mark.NONE
    if "display:none" in style or "visibility:hidden" in style:
        marks |= Mark.HIDDEN
    if "text-align:center" in style:
        marks |= Mark.CENTRED
    return marks
