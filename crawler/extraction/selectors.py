"""A profile's selectors at work: what they find on a page."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from lxml import etree
from lxml.cssselect import CSSSelector

from crawler.extraction.rules import ReadingRules, Selectors, TemplateRules
from news.text import squeeze


@dataclass(frozen=True, slots=True)
class Selected:
    """What a profile's selectors found on a page: texts, and elements still to be read as lines."""

    headline: str | None = None
    kicker: str | None = None
    subheadline: str | None = None
    original_headline: str | None = None
    published: str | None = None
    source: str | None = None
    credits: tuple[str, ...] = ()  # the contact's texts too
    section: etree._Element | None = None
    body: etree._Element | None = None
    excluded: tuple[etree._Element, ...] = ()


NOTHING = Selected()


def select(root: etree._Element, rules: ReadingRules, day: date | None = None) -> Selected:
    """Return what the selectors of the template that fits the page find; nothing without any.

    `day` is when the page was had; without one it was today.
    """
    if not rules.templates:
        return NOTHING
    templates = in_turn(rules.templates, day or date.max)
    selectors = first_template(root, [template.selectors for template in templates])
    lines = select_all(root, (*selectors.credits, *selectors.contact))
    return Selected(
        headline=select_text(root, selectors.headline),
        kicker=select_text(root, selectors.kicker),
        subheadline=select_text(root, selectors.subheadline),
        original_headline=select_text(root, selectors.original_headline),
        published=select_text(root, selectors.published),
        source=select_text(root, selectors.source),
        credits=tuple(element_text(element) for element in lines),
        section=select_first(root, selectors.section),
        body=select_first(root, selectors.body),
        excluded=tuple(select_all(root, selectors.exclude)),
    )


@lru_cache(maxsize=1024)
def _compiled(selector: str) -> CSSSelector:
    return CSSSelector(selector, translator="html")


def _matches(root: etree._Element, selector: str) -> list[etree._Element]:
    found = _compiled(selector)(root)
    return found if isinstance(found, list) else []  # type: ignore[return-value]


def select_all(root: etree._Element, selectors: tuple[str, ...]) -> list[etree._Element]:
    """Return every element that any of the selectors finds, selector by selector."""
    found: dict[etree._Element, None] = {}
    for selector in selectors:
        found.update(dict.fromkeys(_matches(root, selector)))
    return list(found)


def select_first(root: etree._Element, selectors: tuple[str, ...]) -> etree._Element | None:
    """Return the first element with text, of the first selector that finds one."""
    for selector in selectors:
        for element in _matches(root, selector):
            if element_text(element):
                return element
    return None


def element_text(element: etree._Element) -> str:
    """Return an element's text on one line."""
    text = etree.tostring(element, method="text", encoding="unicode", with_tail=False)
    return squeeze(text)


def select_text(root: etree._Element, selectors: tuple[str, ...]) -> str | None:
    """Return the text of the first element found, None where none has any."""
    element = select_first(root, selectors)
    return element_text(element) if element is not None else None


def in_turn(templates: tuple[TemplateRules, ...], day: date) -> list[TemplateRules]:
    """Return templates in the order in which a page of a day is tried with them.

    First the one that was in use, which of those with a last day still to come has the first;
    then the newer ones, then those out of use, whose articles may still stand as they were.
    """
    used = [t for t in templates if t.until is not None and t.until >= day]
    lasting = [t for t in templates if t.until is None]
    ended = [t for t in templates if t.until is not None and t.until < day]
    return [*sorted(used, key=lambda t: t.until or date.max), *lasting, *ended]


def first_template(root: etree._Element, templates: list[Selectors]) -> Selectors:
    """Return the first template whose body selector gives text, else the first that has none.

    Without either, one without selectors.
    """
    for selectors in templates:
        if select_first(root, selectors.body) is not None:
            return selectors
    return next((selectors for selectors in templates if not selectors.body), Selectors())
