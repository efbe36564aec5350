"""UTF-8 bytes to an element tree, and the refusal of trees that the parser gave up on."""

from lxml import etree

from news.article import NotAnArticle, PageKind

_RESOURCE_LIMIT = etree.ErrorTypes.ERR_RESOURCE_LIMIT


def parse_markup(utf8: bytes) -> etree._Element | NotAnArticle:
    """Parse a page; a page nested deeper than libxml2 goes is refused, not read by half.

    libxml2 stops at 2,048 levels without raising, and gives back what it has.
    """
    parser = etree.HTMLParser(
        encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(utf8, parser)
    except etree.XMLSyntaxError as error:
        return NotAnArticle(PageKind.EMPTY, f"no markup: {error.msg}")
    if any(entry.type == _RESOURCE_LIMIT for entry in parser.error_log.filter_from_fatals()):
        return NotAnArticle(PageKind.OTHER, "nested too deeply to be read whole")
    if root is None or root.find("body") is None:
        return NotAnArticle(PageKind.EMPTY, "no body")
    return root
