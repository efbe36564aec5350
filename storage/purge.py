"""What may go: retention by age, take-down of an article, erasure of a person. Holds win."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from news.article import Article
from news.redaction import ERASED, emptied, mentions, name_pattern, without
from news.visits import State
from storage.captures import load_body
from storage.chain import add_link
from storage.engine import outside, reading, run_unit
from storage.erasure import Plan, Warrant, erase
from storage.errors import ArchiveError
from storage.holds import held
from storage.leases import lock, update_site
from storage.openings import Ledger
from storage.readings import load_articles
from storage.records import Lease
from storage.rows import storable
from storage.tables import (
    article_state,
    articles,
    captures,
    credits,  # noqa: A004 - the name of the table
    outlet_aliases,
    outlets,
    people,
    readings,
    sites,
    versions,
)

Number = sa.Select[tuple[int]]


class Rule(Protocol):
    """What is to be erased: which articles it may touch, and what of each."""

    @property
    def name(self) -> str:
        """The rule's name in `tombstones.rule`."""

    def candidates(self) -> sa.Select[Any]:
        """Select the numbers of the articles it may touch."""

    def plan(self, connection: Connection, article_id: int, url: str) -> Plan:
        """Return what of an article is to go."""


@dataclass(frozen=True, slots=True)
class Retention:
    """Bytes and texts that are older than they may be kept; times are aware UTC.

    A capture's age is since it was fetched, a text's since it was last served. What is served now
    stays, for the next change is told by it; with `current` its bytes go as well.
    """

    captures_before: datetime | None = None
    texts_before: datetime | None = None
    current: bool = False
    name: str = "retention"

    def candidates(self) -> sa.Select[Any]:
        """Select articles that have something too old."""
        parts = [
            *([self._captures(captures.c.article_id)] if self.captures_before else []),
            *([self._readings(readings.c.article_id)] if self.texts_before else []),
        ]
        found = sa.union(*parts).subquery()
        return sa.select(found.c.article_id)

    def plan(self, connection: Connection, article_id: int, url: str) -> Plan:
        """Return the captures and bodies that are too old."""
        old: list[Any] = []
        if self.captures_before:
            query = self._captures(captures.c.id, sa.func.length(captures.c.body))
            old = list(connection.execute(query.where(captures.c.article_id == article_id)))
        remains: dict[int, Article] = {}
        if self.texts_before:
            query = self._readings(readings.c.id).where(readings.c.article_id == article_id)
            loaded = load_articles(connection, connection.scalars(query).all())
            remains = {number: _without_body(article) for number, article in loaded.items()}
        sizes = sum(size for _, size in old)
        return Plan(article_id, url, [number for number, _ in old], remains, size=sizes)

    def _captures(self, *columns: Any) -> sa.Select[Any]:
        query = sa.select(*columns).where(captures.c.body.is_not(None))
        query = query.where(captures.c.captured_at < self.captures_before)
        return query if self.current else query.where(~_served(captures.c.id, None))

    def _readings(self, *columns: Any) -> sa.Select[Any]:
        query = sa.select(*columns).where(readings.c.body_digest.is_not(None))
        query = query.where(readings.c.read_at < self.texts_before)
        return query.where(~_served(readings.c.capture_id, self.texts_before))


def _served(capture_id: sa.Column[int], since: datetime | None) -> sa.Exists:
    """Whether a version rests on the capture that is served now, or was served since."""
    own = readings.alias("own")
    ended = sa.func.coalesce(versions.c.last_seen_at, article_state.c.last_seen_at)
    open_ = versions.c.last_seen_at.is_(None) & (article_state.c.state != State.REMOVED.value)
    query = sa.select(versions.c.id).join_from(versions, own, versions.c.reading_id == own.c.id)
    query = query.join(article_state, article_state.c.article_id == versions.c.article_id)
    query = query.where(own.c.capture_id == capture_id)
    return query.where(open_ if since is None else open_ | (ended >= since)).exists()


def _without_body(article: Article) -> Article:
    values = {name: getattr(article, name) for name in Article.__dataclass_fields__}
    return Article(**values | {"body": ()})


@dataclass(frozen=True, slots=True)
class TakeDown:
    """All of an article but its address, its numbers and its dates; it is looked at no more.

    Articles that turned out to be the same one go with it.
    """

    article_id: int
    name: str = "take_down"

    def candidates(self) -> sa.Select[Any]:
        """Select the article, if it is not taken down already."""
        merged = sa.select(articles.c.id).where(articles.c.merged_into == self.article_id)
        number = article_state.c.article_id
        own = (number == self.article_id) | number.in_(merged)
        return sa.select(number).where(article_state.c.withheld_at.is_(None), own)

    def plan(self, connection: Connection, article_id: int, url: str) -> Plan:
        """Return all captures and readings of the article."""
        kept = _kept_captures(connection, article_id)
        loaded = _articles(connection, article_id)
        return Plan(
            article_id,
            url,
            [number for number, _ in kept],
            {number: emptied(article) for number, article in loaded.items()},
            withhold=True,
            words=lambda _: ERASED,
            size=sum(size for _, size in kept),
        )


@dataclass(frozen=True)
class Person:
    """A name in the articles that credit it: in credits, fields and texts, and pages that show it.

    `outlet` narrows it down to the person of that name within one outlet.
    """

    person: str
    outlet: str | None = None
    name: str = "person"

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """What finds the name in print; ValueError where it is too short."""
        return name_pattern(self.person)

    def candidates(self) -> sa.Select[Any]:
        """Select the articles that credit the person."""
        query = sa.select(readings.c.article_id).join_from(credits, readings)
        query = query.where(credits.c.name == self.person)
        if self.outlet is not None:
            alias = sa.select(outlet_aliases.c.outlet_id)
            alias = alias.where(outlet_aliases.c.alias == self.outlet)
            own = (outlets.c.name == self.outlet) | outlets.c.id.in_(alias)
            named = sa.select(people.c.id).join_from(people, outlets).where(own)
            query = query.where(credits.c.person_id.in_(named))
        return query.distinct()

    def plan(self, connection: Connection, article_id: int, url: str) -> Plan:
        """Return the readings without the name, and the captures that show it."""
        loaded = _articles(connection, article_id)
        left = {n: storable(without(article, self.pattern)) for n, article in loaded.items()}
        remains = {n: article for n, article in left.items() if article != loaded[n]}
        query = sa.select(readings.c.capture_id).where(readings.c.id.in_(remains))
        read = set(connection.scalars(query))
        shown = [
            (number, size)
            for number, size in _kept_captures(connection, article_id)
            if number in read or mentions(load_body(connection, number), self.pattern)
        ]
        return Plan(
            article_id,
            url,
            [number for number, _ in shown],
            remains,
            words=lambda text: self.pattern.sub(ERASED, text),
            size=sum(size for _, size in shown),
        )


def _kept_captures(connection: Connection, article_id: int) -> list[tuple[int, int]]:
    query = sa.select(captures.c.id, sa.func.length(captures.c.body))
    query = query.where(captures.c.article_id == article_id, captures.c.body.is_not(None))
    return [(row[0], row[1]) for row in connection.execute(query.order_by(captures.c.id))]


def _articles(connection: Connection, article_id: int) -> dict[int, Article]:
    query = sa.select(readings.c.id).where(readings.c.article_id == article_id)
    return load_articles(connection, connection.scalars(query).all())


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one article, or would: a plan, or why it was left alone."""

    url: str
    captures: int = 0
    size: int = 0  # bytes of the captures as they were stored
    readings: int = 0
    refused: str | None = None


def find_articles(engine: Engine, rule: Rule, site_key: str) -> list[int]:
    """Return the articles of a site that a rule may touch, by number."""
    query = sa.select(articles.c.id).join_from(articles, sites).where(sites.c.key == site_key)
    query = query.where(articles.c.id.in_(rule.candidates())).order_by(articles.c.id)
    with reading(engine) as connection:
        return list(connection.scalars(query))


def preview(engine: Engine, rule: Rule, article_ids: Sequence[int]) -> list[Outcome]:
    """Return what a purge would do to some articles; nothing is written."""
    with reading(engine) as connection:
        return [outcome for outcome, _ in _plans(connection, rule, article_ids)]


def purge(
    engine: Engine, rule: Rule, article_ids: Sequence[int], lease: Lease, warrant: Warrant
) -> list[Outcome]:
    """Erase by a rule what some articles of the lease's site have, in one commit.

    What is done already is found to be nothing, so an interrupted purge goes on where it stopped.
    LeaseLost where another crawl has taken the site; then nothing is erased.
    """

    def unit(connection: Connection) -> list[Outcome]:
        ledger = Ledger(lock(connection, lease))
        done = []
        for outcome, plan in _plans(connection, rule, article_ids):
            done.append(_erased(connection, ledger, outcome, plan, warrant))
        site = ledger.site
        if ledger.entries:
            site.chain_head = add_link(
                connection, site.site_id, ledger.seq, site.chain_head, ledger.entries
            )
            site.chain_seq += 1
        update_site(connection, site)
        _forget_people(connection, rule)
        return done

    return run_unit(engine, unit)


def _erased(
    connection: Connection, ledger: Ledger, outcome: Outcome, plan: Plan | None, warrant: Warrant
) -> Outcome:
    try:
        if plan:
            erase(connection, ledger, plan, warrant)
    except ArchiveError as error:  # what leans on the bytes cannot be packed anew
        return Outcome(outcome.url, refused=str(error))
    return outcome


def _plans(
    connection: Connection, rule: Rule, article_ids: Sequence[int]
) -> list[tuple[Outcome, Plan | None]]:
    query = sa.select(articles.c.id, articles.c.url).where(articles.c.id.in_(article_ids))
    kept = held(connection, article_ids)
    return [
        (Outcome(row.url, refused="is under a hold"), None)
        if row.id in kept
        else _planned(connection, rule, row)
        for row in connection.execute(query.order_by(articles.c.id)).all()
    ]


def _planned(connection: Connection, rule: Rule, row: Any) -> tuple[Outcome, Plan | None]:
    try:
        plan = rule.plan(connection, row.id, row.url)
    except ArchiveError as error:  # a damaged capture: evidence of something else
        return Outcome(row.url, refused=str(error)), None
    return Outcome(row.url, len(plan.captures), plan.size, len(plan.readings)), plan


def _forget_people(connection: Connection, rule: Rule) -> None:
    """Delete a person that no credit names any more."""
    if isinstance(rule, Person):
        named = sa.exists().where(credits.c.person_id == people.c.id)
        connection.execute(sa.delete(people).where(people.c.name == rule.person, ~named))


def scrub(engine: Engine) -> None:
    """Have the database file itself let go of what was erased, and give the space back.

    ArchiveError where others are at work on an SQLite file; it is safe to do it again later.
    """
    with outside(engine) as connection:
        connection.execute("VACUUM")
