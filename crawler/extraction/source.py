"""A page read off its own text, where its tags leave no doubt of what a parser would make of them.

Most of what a parser builds is never asked for: what stands below the article, and the tree itself.
Only the head is parsed here. A page in doubt goes to the parser whole.
"""

import re

from lxml import etree

from crawler.extraction.head import Head, read_head
from crawler.extraction.lines import Outline
from crawler.extraction.markup import parse_markup
from crawler.extraction.scripts import Shown, head_elements
from crawler.extraction.tags import UnreadableError
from crawler.extraction.walk import outline_source
from news.article import NotAnArticle

_BODY = re.compile(r"<body(?=[\s>])", re.IGNORECASE)
_NOT_SHOWN = frozenset(["iframe", "link", "meta", "script", "style", "base", "noscript"])
_LONGEST_HEAD = 500_000


def read_source(shown: Shown) -> tuple[Head, Outline] | None:
    """Return the head and the lines of a page without parsing its body, None where that must be."""
    body = _BODY.search(shown.text)
    if body is None or body.start() > _LONGEST_HEAD:
        return None
    head = _parsed(shown.text[: body.start()] + "<body></body>")
    if head is None or _has_content(head):
        return None  # something in the head has begun the body
    roots = [head]
    if below := head_elements(shown, body.start()):
        further = _parsed(f"<html><head>{below}</head><body></body></html>")
        roots += [further] if further is not None else []
    try:
        outline = outline_source(shown.text, body.start())
    except UnreadableError:
        return None
    return read_head(*roots), outline


def _parsed(markup: str) -> etree._Element | None:
    root = parse_markup(markup.encode("utf-8", "ignore"))
    return None if isinstance(root, NotAnArticle) else root


def _has_content(root: etree._Element) -> bool:
    """Tell whether a head holds what is shown, by which a parser takes the body for begun."""
    body = root.find("body")
    if body is None or (body.text or "").strip():
        return True
    return any(child.tag not in _NOT_SHOWN or (child.tail or "").strip() for child in body)
