"""What a page's lines tell of its article: every candidate of a field, and the one that stays."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo

from crawler.extraction.headline import FoundHeadline
from crawler.extraction.lines import Line
from news.article import Credit, PrintedTime
from news.credits import CreditLine


@dataclass(frozen=True, slots=True)
class Told:
    """A candidate for a field: its value, the rule that found it, and the line it stands on."""

    field: str
    value: str
    rule: str
    line: Line | None


@dataclass(slots=True)
class Info:
    """What the page prints about the article; the first finding of a fact stays."""

    source: str | None = None
    source_url: str | None = None
    published_at: PrintedTime | None = None
    original_headline: str | None = None
    credits: list[Credit] = field(default_factory=list)
    contact_email: str | None = None
    contact_phone: str | None = None

    told: list[Told] = field(default_factory=list)  # every candidate, chosen or not

    def take(self, found: CreditLine, rule: str, line: Line | None = None) -> None:
        """Add what one credit line says, and by which rule it was asked."""
        self.name_source(found.source, rule, line)
        self.date(found.published_at, rule, line)
        self.name_original(found.original_headline, rule, line)
        self.contact_email = self.contact_email or found.contact_email
        self.contact_phone = self.contact_phone or found.contact_phone
        self.add(found.credits, rule, line)

    def is_signed(self) -> bool:
        """Tell whether the page prints its time, and its source or its people, as articles do."""
        return self.published_at is not None and bool(self.source or self.credits)

    def name_source(self, source: str | None, rule: str, line: Line | None = None) -> None:
        """Note a source; the first one stays."""
        if source:
            self.told.append(Told("source", source, rule, line))
            self.source = self.source or source

    def date(self, time: PrintedTime | None, rule: str, line: Line | None = None) -> None:
        """Note a time of publication; the first one stays."""
        if time:
            self.told.append(Told("published_at", time.isoformat(), rule, line))
            self.published_at = self.published_at or time

    def name_original(self, headline: str | None, rule: str, line: Line | None = None) -> None:
        """Note an original headline; the first one stays."""
        if headline:
            self.told.append(Told("original_headline", headline, rule, line))
            self.original_headline = self.original_headline or headline

    def add(self, found: tuple[Credit, ...], rule: str, line: Line | None = None) -> None:
        """Add credits, each party once a role, with the outlet where any line names it."""
        known = {(credit.role, credit.name): i for i, credit in enumerate(self.credits)}
        for credit in found:
            self.told.append(Told("credits", f"{credit.role.value} {credit.name}", rule, line))
            place = known.setdefault((credit.role, credit.name), len(self.credits))
            if place == len(self.credits):
                self.credits.append(credit)
            elif credit.affiliation and not self.credits[place].affiliation:
                self.credits[place] = replace(self.credits[place], affiliation=credit.affiliation)


@dataclass(frozen=True, slots=True)
class Place:
    """Where the article stands among the page's lines, and how its times are to be read."""

    headline: FoundHeadline
    first: int  # of the container
    last: int
    zone: tzinfo
    now: datetime
    authors: frozenset[str] = frozenset()  # as the page's data name them
