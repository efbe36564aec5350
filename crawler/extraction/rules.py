"""The part of a site's profile that says how to read its pages."""

import re
from datetime import date

from cssselect import SelectorError
from lxml.cssselect import CSSSelector
from pydantic import BaseModel, ConfigDict, field_validator

from news.urls import canonical_url

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


class Rewrite(BaseModel):
    r"""One spelling of an article's address for several: `match` the whole of it, `to` what it is.

    `to` may name what the groups of `match` found, as \1.
    """

    model_config = _STRICT

    match: str
    to: str

    @field_validator("match")
    @classmethod
    def _compiling(cls, pattern: str) -> str:
        try:
            re.compile(pattern)
        except re.error as error:
            raise ValueError(f"no regular expression: {error}") from error
        return pattern


class ReadingRules(BaseModel):
    """How to read a site's pages: its templates, newest first, and what its pages leave unsaid."""

    model_config = _STRICT

    templates: tuple[TemplateRules, ...] = ()
    charset: str | None = None  # overrides a wrong declaration; strict UTF-8 still wins over it
    time_zone: str = "Asia/Shanghai"  # of printed times without an offset
    keep_params: tuple[str, ...] = ()  # query parameters that are part of an address
    rewrites: tuple[Rewrite, ...] = ()  # addresses that lead to one article; all that fit, in turn

    def spelled(self, url: str) -> str:
        """Return the canonical spelling of an address; raise ValueError as news.urls."""
        return canonical_url(url, frozenset(self.keep_params))

    def canonical(self, url: str) -> str:
        """Return the one address of an article that goes by several; raise ValueError as above."""
        found = self.spelled(url)
        for rule in self.rewrites:
            if match := re.fullmatch(rule.match, found):
                found = self.spelled(match.expand(rule.to))
        return found


GENERIC = ReadingRules()
