"""The article that a page states in its data only: its text is shown by script, if at all.

Data are JSON-LD, or form fields (textarea) that hold the parts of the article as markup.
"""

import re
from datetime import datetime
from html import escape

from lxml import etree

from crawler.extraction.decode import UndecodableError, decode_page
from crawler.extraction.head import Head, text_of
from crawler.extraction.marks import Mark, marks_of
from crawler.extraction.markup import parse_markup
from news.article import NotAnArticle
from news.dates import CHINA_TIME
from news.page import Page

_TAG = re.compile(r"</?(?:p|br|div)\b", re.IGNORECASE)
_MILLISECONDS = re.compile(r"1\d{12}")
_LONGEST_NAME = 24
_SHORTEST = 60  # characters; with fewer it is the summary of the article


def stated_article(head: Head, page: Page) -> etree._Element | None:
    """Return a page made of the headline and the text of a page's data, None without a text."""
    if head.linked_data.get("articleBody"):
        return _of_linked_data(head)
    return _of_fields(head, page) if b"<textarea" in page.body else None


def _of_fields(head: Head, page: Page) -> etree._Element | None:
    try:
        root = parse_markup(decode_page(page.body, page.header("content-type"), None).utf8)
    except UndecodableError:
        return None
    if isinstance(root, NotAnArticle):
        return None
    fields = [(marks_of(f.get("class") or ""), f.text or "") for f in root.iter("textarea")]
    text = max((text for _, text in fields if _TAG.search(text)), key=len, default="")
    if len(text) < _SHORTEST or not head.title:
        return None
    sources = (text for marks, text in fields if marks & Mark.SOURCE and len(text) <= _LONGEST_NAME)
    source, at = next(sources, ""), next((found for _, text in fields if (found := _at(text))), "")
    info = f"{at} 来源：{escape(source)}" if source else at
    return _page(head.title, f"<p>{info}</p><div>{text}</div>")


def _at(text: str) -> str:
    """Return a time in milliseconds since 1970 as Chinese pages print one, else nothing."""
    if not _MILLISECONDS.fullmatch(text.strip()):
        return ""
    return f"{datetime.fromtimestamp(int(text) // 1000, CHINA_TIME):%Y-%m-%d %H:%M:%S}"


def _of_linked_data(head: Head) -> etree._Element | None:
    text = text_of(head.linked_data.get("articleBody"))
    headline = text_of(head.linked_data.get("headline")) or head.title
    if not text or not headline or len(text) < _SHORTEST:
        return None
    if not _TAG.search(text):
        paragraphs = (escape(line.strip()) for line in text.splitlines() if line.strip())
        text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return _page(headline, f"<div>{text}</div>")


def _page(headline: str, text: str) -> etree._Element | None:
    markup = f"<html><body><h1>{escape(headline)}</h1>{text}</body></html>"
    root = parse_markup(markup.encode())
    return None if isinstance(root, NotAnArticle) else root
