"""The article that a page states in its data only: its text is shown by script, if at all."""

import re
from html import escape

from lxml import etree

from crawler.extraction.head import Head, text_of
from crawler.extraction.markup import parse_markup
from news.article import NotAnArticle

_TAG = re.compile(r"</?(?:p|br|div)\b", re.IGNORECASE)
_SHORTEST = 60  # characters; with fewer it is the summary of the article


def stated_article(head: Head) -> etree._Element | None:
    """Return a page made of the headline and the text of a page's JSON-LD, None without a text."""
    text = text_of(head.linked_data.get("articleBody"))
    headline = text_of(head.linked_data.get("headline")) or head.title
    if not text or not headline or len(text) < _SHORTEST:
        return None
    if not _TAG.search(text):
        paragraphs = (escape(line.strip()) for line in text.splitlines() if line.strip())
        text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    markup = f"<html><body><h1>{escape(headline)}</h1><div>{text}</div></body></html>"
    root = parse_markup(markup.encode())
    return None if isinstance(root, NotAnArticle) else root
