"""The part of a site's profile that says how to read its pages."""

from datetime import date

from cssselect import SelectorError
from lxml.cssselect import CSSSelector
from pydantic import BaseModel, ConfigDict, field_validator

# A closed set of names is what makes a misspelt key in a profile an error and not a silent no-op.
_STRICT = ConfigDict(frozen=True, extra="forbid")


class Selectors(BaseModel):
    """CSS selectors a field, tried in turn; the first that gives text wins."""

    model_config = _STRICT

    headline: tuple[str, ...] = ()
    kicker: tuple[str, ...] = ()
    subheadline: tuple[str, ...] = ()
    original_headline: tuple[str, ...] = ()
    section: tuple[str, ...] = ()  # the element that holds the breadcrumb
    published: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    credits: tuple[str, ...] = ()  # every match is read, not only the first
    contact: tuple[str, ...] = ()  # every match is read, not only the first
    body: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()  # every match inside the body is left out

    @field_validator("*")
    @classmethod
    def _proper(cls, selectors: tuple[str, ...]) -> tuple[str, ...]:
        """Refuse what is no CSS selector, so that a profile fails when loaded, not when used."""
        for selector in selectors:
            try:
                CSSSelector(selector, translator="html")
            except SelectorError as error:
                raise ValueError(f"no CSS selector: {selector!r} ({error})") from error
        return selectors


class TemplateRules(BaseModel):
    """One page template of a site; `until` is the last day on which it was published with."""

    model_config = _STRICT

    selectors: Selectors = Selectors()
    until: date | None = None


class ReadingRules(BaseModel):
    """How to read a site's pages: its templates, newest first, and what its pages leave unsaid."""

    model_config = _STRICT

    templates: tuple[TemplateRules, ...] = ()
    charset: str | None = None  # overrides a wrong declaration; strict UTF-8 still wins over it
    time_zone: str = "Asia/Shanghai"  # of printed times without an offset
    keep_params: tuple[str, ...] = ()  # query parameters that are part of an address


GENERIC = ReadingRules()
