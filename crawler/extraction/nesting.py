"""Which element ends which: the rules by which lxml's parser repairs markup, as tables.

They are libxml2's, found by asking it for every pair of tags; a test asks again. A page whose own
tags are read by them gives the same elements as the parsed tree.
"""

import re

# Elements with nothing inside, whatever follows their tag.
VOID = frozenset(
    [
        "area",
        "base",
        "basefont",
        "br",
        "col",
        "frame",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "param",
    ]
)
# What stands inside these is text up to their own end tag.
RAW = frozenset(
    ["iframe", "noembed", "noframes", "plaintext", "script", "style", "textarea", "title", "xmp"]
)
# An opening tag ends an element of these kinds where it would stand directly inside of one.
_CLOSES = {
    "a": "a",
    "address": "p ul",
    "blockquote caption dir div frameset h1 h2 h3 h4 h5 h6 hr listing ol title xmp": "p",
    "center": "b font i p",
    "col": "caption p",
    "colgroup": "caption colgroup p",
    "dd": "address dir dt listing menu p pre",
    "dl": "address dir dt listing menu p pre",
    "dt": "address dd dir listing menu p pre",
    "fieldset": "a h1 h2 h3 h4 h5 h6 legend listing p pre",
    "form": "address dir dl form h1 h2 h3 h4 h5 h6 listing menu ol p pre ul",
    "li": "address dl h1 h2 h3 h4 h5 h6 li listing p pre",
    "menu pre": "p ul",
    "optgroup option": "option",
    "p": "b big h1 h2 h3 h4 h5 h6 i p s small strike tt u",
    "table": "a h1 h2 h3 h4 h5 h6 listing p pre",
    "tbody": "caption colgroup p tbody td tfoot th thead tr",
    "td th": "a b font i p span td th u",
    "tfoot": "caption colgroup p tbody td th thead tr",
    "thead": "caption colgroup",
    "tr": "caption colgroup p td th tr",
    "ul": "address dir listing menu p pre",
}
# Opening tag to the end tags of the elements that it ends.
CLOSES = {
    tag: frozenset("/" + name for name in names.split())
    for tags, names in _CLOSES.items()
    for tag in tags.split()
}
_NONE: frozenset[str] = frozenset()
# An end tag ends what stands inside of its element, but nothing that weighs more.
_WEIGHTS = {"/div": 150, "/td": 160, "/th": 160, "/tr": 170, "/thead": 180, "/tbody": 180}
_WEIGHTS |= {"/tfoot": 180, "/table": 190}
_WEIGHT = 100
_END = re.compile(r"/[a-zA-Z][^\s/>]*")


def closed_by(tag: str) -> frozenset[str]:
    """Return the end tags of the elements that an opening tag ends by standing inside of them."""
    return CLOSES.get(tag, _NONE)


def end_tag(markup: str) -> str:
    """Return an end tag as `/div`, whatever its letters and blanks; empty for what is none."""
    found = _END.match(markup)
    return found[0].lower() if found else ""


def ended_by(tag: str, open_tags: list[str]) -> int:
    """Return how many of the open elements, from the last one on, an end tag ends; 0 for a stray.

    `open_tags` are the end tags of the open elements; the first of them is never ended.
    """
    weight = _WEIGHTS.get(tag, _WEIGHT)
    for count, name in enumerate(reversed(open_tags[1:]), 1):
        if name == tag:
            return count
        if _WEIGHTS.get(name, _WEIGHT) > weight:
            return 0
    return 0
