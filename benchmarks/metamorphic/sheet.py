"""A page that can be changed where its article stands, and read again."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import lxml.html
from lxml import etree

from crawler.extraction.decode import UndecodableError, decode_page
from crawler.extraction.extract import extract_article
from crawler.extraction.files import page_from_bytes
from crawler.extraction.rules import GENERIC
from news.article import Article, NotAnArticle

NOW = datetime(2026, 1, 1, tzinfo=UTC)
_SKIPPED = frozenset({"script", "style", "title", "noscript", "textarea", "option"})


@dataclass(slots=True)
class TextNode:
    """A text of the tree: the text of an element, or what follows it."""

    element: etree._Element
    tail: bool

    @property
    def text(self) -> str:
        """The text itself."""
        return (self.element.tail if self.tail else self.element.text) or ""

    def put(self, text: str) -> None:
        """Replace the text."""
        if self.tail:
            self.element.tail = text
        else:
            self.element.text = text

    def holder(self) -> etree._Element | None:
        """Return the element that the text stands in."""
        return self.element.getparent() if self.tail else self.element


class Sheet:
    """One page as a tree, with the article that is read on it as it came."""

    def __init__(self, root: etree._Element, article: Article) -> None:
        self.root, self.article = root, article

    @classmethod
    def of(cls, body: bytes) -> Sheet | None:
        """Return a page's sheet, None where the page is no article or cannot be decoded."""
        try:
            utf8 = decode_page(body, None, None).utf8
            root = lxml.html.document_fromstring(utf8.decode("utf-8", "ignore"))
        except (UndecodableError, etree.LxmlError, ValueError):
            return None
        found = read(serialised(root))
        return cls(root, found) if isinstance(found, Article) else None

    def copy(self) -> Sheet:
        """Return a sheet that can be changed while this one stays."""
        return Sheet(copy.deepcopy(self.root), self.article)

    def bytes(self) -> bytes:
        """Return the page as UTF-8."""
        return serialised(self.root)

    def settle(self) -> bool:
        """Read the page as it is now and keep that as its article; False where it is none."""
        found = read(self.bytes())
        if isinstance(found, Article):
            self.article = found
        return isinstance(found, Article)

    def texts(self) -> Iterator[TextNode]:
        """Yield the texts that a reader may see, in page order."""
        for element in self.root.iter():
            shown = not callable(element.tag) and element.tag not in _SKIPPED  # no comment
            if element.text and shown:
                yield TextNode(element, tail=False)
            if element.tail and element is not self.root:
                yield TextNode(element, tail=True)

    def find(self, words: str, *, whole: bool = False) -> TextNode | None:
        """Return the first text that holds some words, or is them but for white space."""
        for node in self.texts():
            if whole and "".join(node.text.split()) == "".join(words.split()):
                return node
            if not whole and words in node.text:
                return node
        return None

    def replace(self, old: str, new: str) -> bool:
        """Replace words everywhere but in the head's elements; say whether they were there."""
        nodes = [node for node in self.texts() if old in node.text]
        for node in nodes:
            node.put(node.text.replace(old, new))
        return bool(nodes)

    def paragraphs(self) -> list[TextNode]:
        """Return the text of each paragraph of the body that is one text and no more."""
        by_text: dict[str, TextNode] = {}
        for node in self.texts():
            by_text.setdefault("".join(node.text.split()), node)
        keys = ("".join(block.text.split()) for block in self.article.body if not block.heading)
        return [by_text[key] for key in keys if key in by_text]

    def insert(self, texts: list[str], place: float = 0.4) -> bool:
        """Put paragraphs of the page's own kind into its body; say whether it has a place."""
        found = self.paragraphs()
        if len(found) < 2:
            return False
        at = found[min(len(found) - 2, int(place * len(found)))]
        for text in reversed(texts):
            _put_behind(at, text)
        return True


def _put_behind(at: TextNode, text: str) -> None:
    holder = at.holder()
    if at.tail or holder is None or holder.tag in {"div", "td", "body", "font", "span", "article"}:
        mark = etree.Element("br")
        mark.tail = text
        if at.tail:
            rest, at.element.tail = at.element.tail, None
            at.element.addnext(mark)
            at.element.tail = rest
        elif holder is not None:
            holder.insert(0, mark)
        return
    twin = copy.deepcopy(holder)
    for child in list(twin):
        twin.remove(child)
    twin.text = text
    twin.tail = holder.tail
    holder.addnext(twin)


def serialised(root: etree._Element) -> bytes:
    """Return a tree as UTF-8 HTML that says so."""
    text = etree.tostring(root, encoding="unicode", method="html")
    return text.encode("utf-8", "ignore")


def read(body: bytes, minutes: int = 0) -> Article | NotAnArticle:
    """Read a page by the general rules, so many minutes later."""
    page = page_from_bytes(body, "http://localhost/a/363189.html", NOW + timedelta(minutes=minutes))
    return extract_article(page, GENERIC)
