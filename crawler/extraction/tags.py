"""What a tag means to the lines of a page, read off its serialised form once for all its kind."""

import re
from html import unescape

from crawler.extraction.marks import Mark, marks_of

# What an element does to lines, as bits above those of the marks; none of them: nothing.
MARKS = (1 << 20) - 1
NAMED, BOLD, LINK, BLOCK, EMPTY, PICTURE, BREAK, CHOSEN_TAG, SKIP = (
    1 << bit for bit in range(20, 29)
)

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
_ALIGNED = frozenset(("p", "div", "td"))
_ATTRIBUTE = re.compile(r'([^\s="/]+)="([^"]*)"')
# What tags met before mean; a call less for nearly every tag of a page.
KNOWN: dict[str, int] = {}
_MOST_KNOWN = 16_384
_TELLING = re.compile(r' (?:class|id|style|Chosen)="[^"]*"')


def attributes(markup: str) -> dict[str, str]:
    """Return the attributes of a serialised opening tag."""
    return {name: unescape(value) for name, value in _ATTRIBUTE.findall(markup)}


def meaning(markup: str) -> int:
    """Return what a serialised opening tag does, and the marks that its names give it.

    The tag comes without its angle brackets, and with `/` at its end where nothing is inside.
    """
    if markup.startswith("a "):
        # Addresses make every link another tag; class, id and style make few kinds of them.
        if "class=" not in markup and "style=" not in markup and "id=" not in markup:
            return EMPTY if markup[-1] == "/" else LINK
        markup = "a" + "".join(_TELLING.findall(markup)) + markup[-1:]
        does = KNOWN.get(markup)
        if does is not None:
            return does
    elif markup.startswith("img "):
        return EMPTY | PICTURE
    if len(KNOWN) > _MOST_KNOWN:
        KNOWN.clear()
    does = KNOWN[markup] = _meaning(markup)
    return does


def _meaning(markup: str) -> int:
    tag = markup.partition(" ")[0].rstrip("/").lower()
    given = attributes(markup)
    marks = _TAG_MARKS.get(tag, Mark.NONE) | _style_marks(given.get("style", ""))
    if names := f"{given.get('class', '')} {given.get('id', '')}".strip():
        marks |= marks_of(names)
    if tag in _ALIGNED and given.get("align") == "center":
        marks |= Mark.CENTRED
    does = _DOES.get(tag, 0)
    if markup.endswith("/"):
        does = does & ~SKIP | EMPTY
    elif CHOSEN in given:
        does |= BLOCK | CHOSEN_TAG
    elif marks & Mark.HIDDEN and not does & EMPTY:
        does |= BLOCK
    return does | marks


def _style_marks(style: str) -> int:
    style = "".join(style.split()).lower()
    marks = Mark.NONE
    if "display:none" in style or "visibility:hidden" in style:
        marks |= Mark.HIDDEN
    if "text-align:center" in style:
        marks |= Mark.CENTRED
    return marks
