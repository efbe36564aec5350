"""What a page's head says of the article: title, meta elements, links, JSON-LD."""

import json
import re
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from lxml import etree

from news.names import is_organization, is_possible_person
from news.text import fold, squeeze

# Types of schema.org whose fields are an article's.
_ARTICLE_TYPE_NAMES = """
NewsArticle Article ReportageNewsArticle BlogPosting SocialMediaPosting AnalysisNewsArticle
OpinionNewsArticle BackgroundNewsArticle WebPage
"""
_ARTICLE_TYPES = frozenset(_ARTICLE_TYPE_NAMES.split())
_AND = re.compile("[、,，;；/&]")
_MAX_JSON = 1_000_000
_HAN = re.compile("[\u4e00-\u9fff]+")


@dataclass(slots=True)
class Head:
    """The head of a page; names of meta elements in lower case, the first of a name wins."""

    title: str = ""
    base: str | None = None
    canonical: str | None = None
    language: str | None = None
    metas: dict[str, str] = field(default_factory=dict)
    linked_data: dict[str, Any] = field(default_factory=dict)  # the article's JSON-LD object

    def first(self, *names: str) -> str | None:
        """Return the first of these meta elements that is there and not blank."""
        return next((self.metas[name] for name in names if self.metas.get(name)), None)

    def authors(self) -> frozenset[str]:
        """Return whom the page's data name as its authors, organisations left out."""
        stated = self.linked_data.get("author")
        named = stated if isinstance(stated, list) else [stated]
        told = [text_of(item) or "" for item in named] + [self.metas.get("author", "")]
        names = (name.strip() for text in told for name in _AND.split(text[:80]))
        return frozenset(name for name in names if _is_somebody(fold(name)))


def _is_somebody(name: str) -> bool:
    return is_possible_person(name) and not is_organization(name)


def read_head(*roots: etree._Element) -> Head:
    """Return what the head elements of a page say, wherever broken markup has put them.

    Of several trees the first is the page's, the others hold what stands further below in it.
    """
    head = Head(language=roots[0].get("lang") or roots[0].get("xml:lang"))
    for element in chain.from_iterable(root.iter(*_READERS) for root in roots):
        _READERS[str(element.tag)](element, head)
    return head


def _read_title(element: etree._Element, head: Head) -> None:
    if not head.title:
        head.title = " ".join("".join(map(str, element.itertext())).split())


def _read_link(element: etree._Element, head: Head) -> None:
    if (element.get("rel") or "").strip().lower() == "canonical":
        head.canonical = head.canonical or (element.get("href") or "").strip() or None


def _read_base(element: etree._Element, head: Head) -> None:
    head.base = head.base or (element.get("href") or "").strip() or None


def _read_script(element: etree._Element, head: Head) -> None:
    if "ld+json" in (element.get("type") or ""):
        head.linked_data = head.linked_data or _article_object(element.text or "")


def _read_meta(element: etree._Element, head: Head) -> None:
    name = element.get("property") or element.get("name") or element.get("itemprop")
    content = (element.get("content") or "").strip()
    if name and content:
        head.metas.setdefault(name.strip().lower(), content)


_READERS = {
    "title": _read_title,
    "meta": _read_meta,
    "link": _read_link,
    "base": _read_base,
    "script": _read_script,
}


def _article_object(text: str) -> dict[str, Any]:
    """Return the first article in a JSON-LD text, {} where there is none or it is broken."""
    if not text.strip() or len(text) > _MAX_JSON:
        return {}
    try:
        value = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return {}
    candidates = value if isinstance(value, list) else [value]
    if isinstance(value, dict) and isinstance(value.get("@graph"), list):
        candidates = [value, *value["@graph"]]
    for candidate in candidates[:50]:
        if isinstance(candidate, dict) and _types(candidate) & _ARTICLE_TYPES:
            return candidate
    return {}


def _types(value: dict[str, Any]) -> set[str]:
    found = value.get("@type")
    found = found if isinstance(found, list) else [found]
    return {item for item in found if isinstance(item, str)}


def text_of(value: Any) -> str | None:
    """Return the text of a JSON-LD value: itself, its name, or that of its first item."""
    for _ in range(4):
        if isinstance(value, list):
            value = value[0] if value else None
        elif isinstance(value, dict):
            value = value.get("name") or value.get("@value")
    return value.strip() or None if isinstance(value, str) else None


def keywords_of(head: Head) -> tuple[str, ...]:
    """Return the keywords that a page states, each once, at most sixty."""
    text = head.first("keywords", "news_keywords") or ""
    for mark in ";；，、|":
        text = text.replace(mark, ",")
    parts = text.split(",") if "," in text else text.split()
    return tuple(dict.fromkeys(squeeze(part) for part in parts[:60] if squeeze(part)))


def language_of(head: Head, text: str) -> str | None:
    """Return the declared language, but Chinese where the text is and the page says otherwise."""
    declared = squeeze(head.language or "")[:35] or None
    text = text[:2000]
    han = sum(map(len, _HAN.findall(text)))
    if han > 0.3 * len(text) and not (declared or "").lower().startswith("zh"):
        return "zh"
    return declared
