"""UTF-8 bytes to an element tree, and the refusal of trees that the parser gave up on."""

import re

from lxml import etree

from news.article import NotAnArticle, PageKind

_LONG_TAG = re.compile(rb"<[a-zA-Z][^<>]{10000,}")
_STEP = 5_000  # a tag of 10,000 bytes goes over a whole step without a >
_MAX_ATTRIBUTES = 2_000
_MOST_TAGS = 400_000
_PARSER = etree.HTMLParser(
    encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True, collect_ids=False
)
_RESOURCE_LIMIT = etree.ErrorTypes.ERR_RESOURCE_LIMIT


def parse_markup(utf8: bytes) -> etree._Element | NotAnArticle:
    """Parse a page; a page nested deeper than libxml2 goes is refused, not read by half.

    libxml2 stops at 2,048 levels without raising, and gives back what it has.
    """
    if _has_endless_tag(utf8):
        return NotAnArticle(PageKind.PARSE_LIMIT, "a tag with thousands of attributes")
    try:
        root = etree.fromstring(utf8, _PARSER)
    except etree.XMLSyntaxError as error:
        return NotAnArticle(PageKind.EMPTY, f"no markup: {error.msg}")
    if any(entry.type == _RESOURCE_LIMIT for entry in _PARSER.error_log.filter_from_fatals()):
        return NotAnArticle(PageKind.PARSE_LIMIT, "nested too deeply to be read whole")
    body = root.find("body") if root is not None else None
    if body is None:
        return NotAnArticle(PageKind.EMPTY, "no body")
    for late in list(root.itersiblings()):
        # An early `</html>` does not end a page for its readers.
        body.extend(list(late) if late.tag == "html" else [late])
    return root


def too_many_tags(body: bytes) -> NotAnArticle | None:
    """Refuse a page whose tree would take over 100 MB; large real ones have 20,000 tags."""
    if len(body) > _MOST_TAGS and body.count(b"<") > _MOST_TAGS:
        return NotAnArticle(PageKind.PARSE_LIMIT, f"more than {_MOST_TAGS:,} tags")
    return None


def _has_endless_tag(utf8: bytes) -> bool:
    """Tell whether a tag has thousands of attributes, which take libxml2 quadratic time."""
    steps = range(0, len(utf8) - _STEP, _STEP)
    if all(utf8.find(b">", step, step + _STEP) >= 0 for step in steps):
        return False
    tags = (match.group() for match in _LONG_TAG.finditer(utf8))
    return any(len(tag.split(None, _MAX_ATTRIBUTES)) > _MAX_ATTRIBUTES for tag in tags)
