"""Learning noise rules: from what changed in many articles of a site at the same crawls."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from news.article import Article
from news.changes import FieldChange
from news.noise import (
    EVIDENCE_TIME,
    LEAST_ARTICLES,
    TEMPLATE_FIELDS,
    Pattern,
    changed_lines,
    is_noise,
    is_template,
)
from news.versions import image_identity, normal_form
from storage.columns import UtcDateTime
from storage.leases import LockedSite
from storage.noise import hide_fields, mark_touched
from storage.readings import load_articles
from storage.tables import (
    article_state,
    articles,
    change_lines,
    changes,
    events,
    noise_rules,
    versions,
    visits,
)
from storage.writes import insert_all

_SAMPLES = 3
_LONGEST_SAMPLE = 120
_SEEN = ("changed", "unchanged", "not_modified")
_EVIDENCE = ("articles", "crawls", "first_seen_at", "last_seen_at")


def learn(connection: Connection, site: LockedSite, now: datetime) -> list[int]:
    """Learn from the last day's changes of a site; return the numbers of the new rules.

    A rule that is there already, enabled or not, is left as it is.
    """
    since = now - EVIDENCE_TIME
    looked_at = _looked_at(connection, site.site_id, since)
    known = _known(connection, site.site_id)
    new = [
        rule
        for signature, number in _frequent(connection, site.site_id, since)
        if signature not in known and is_noise(number, looked_at)
        if (rule := _learn_line(connection, site, signature, (looked_at, since, now)))
    ]
    if new:
        mark_touched(connection, site.site_id, new)
    template = _learn_template(connection, site, looked_at, since, now)
    return new + ([template] if template else [])


def _known(connection: Connection, site_id: int) -> set[int]:
    own = noise_rules.c.site_id == site_id
    return set(connection.scalars(sa.select(noise_rules.c.signature).where(own)))


def _looked_at(connection: Connection, site_id: int, since: datetime) -> int:
    """Return how many articles known before were seen by a look since."""
    query = sa.select(sa.func.count()).where(
        article_state.c.site_id == site_id,
        article_state.c.last_visit_at >= since,
        article_state.c.last_outcome.in_(_SEEN),
    )
    return connection.scalar(query) or 0


def _frequent(connection: Connection, site_id: int, since: datetime) -> list[tuple[int, int]]:
    """Return the signatures that changed in many articles since, and in how many."""
    number = sa.func.count(changes.c.article_id.distinct())
    query = (
        sa.select(change_lines.c.signature, number)
        .join_from(change_lines, changes, change_lines.c.change_id == changes.c.id)
        .join(articles, changes.c.article_id == articles.c.id)
        .where(articles.c.site_id == site_id, changes.c.first_seen_at >= since)
        .group_by(change_lines.c.signature)
        .having(number >= LEAST_ARTICLES)
        .order_by(change_lines.c.signature)
    )
    return [(row[0], row[1]) for row in connection.execute(query)]


def _evidence(connection: Connection, wanted: sa.ColumnElement[bool]) -> sa.Row[Any]:
    """Return how many articles and crawls some changes were seen in, the first and the last."""
    seen = changes.c.first_seen_at
    query = (
        sa.select(
            sa.func.count(changes.c.article_id.distinct()).label("articles"),
            sa.func.count(visits.c.crawl_id.distinct()).label("crawls"),
            sa.func.min(seen, type_=UtcDateTime).label("first_seen_at"),
            sa.func.max(seen, type_=UtcDateTime).label("last_seen_at"),
        )
        .join_from(changes, articles, changes.c.article_id == articles.c.id)
        .outerjoin(
            visits, (visits.c.article_id == changes.c.article_id) & (visits.c.visited_at == seen)
        )
        .where(wanted)
    )
    return connection.execute(query).one()


def _learn_line(
    connection: Connection, site: LockedSite, signature: int, told: tuple[int, datetime, datetime]
) -> int | None:
    looked_at, since, now = told
    within = sa.select(change_lines.c.change_id).where(change_lines.c.signature == signature)
    wanted = sa.and_(
        articles.c.site_id == site.site_id,
        changes.c.first_seen_at >= since,
        changes.c.id.in_(within),
    )
    samples = _samples(connection, wanted)
    pattern = next(
        (p for _, _, lines in samples for line in lines for p in line if p.signature == signature),
        None,
    )
    if pattern is None:  # the texts were erased, or are read otherwise by now
        return None
    shown = [(url, *sides) for url, sides, _ in samples]
    evidence = _evidence(connection, wanted)
    return _write(connection, site, pattern, evidence, (looked_at, now, shown))


Sample = tuple[str, tuple[str, str], tuple[tuple[Pattern, ...], ...]]


def _samples(connection: Connection, wanted: sa.ColumnElement[bool]) -> list[Sample]:
    """Return of a few changes the address, what the lines were and are, and their patterns."""
    old, new = versions.alias("old"), versions.alias("new")
    query = (
        sa.select(changes, articles.c.url, old.c.reading_id.label("a"), new.c.reading_id.label("b"))
        .join_from(changes, articles, changes.c.article_id == articles.c.id)
        .join(old, changes.c.from_version_id == old.c.id)
        .join(new, changes.c.to_version_id == new.c.id)
        .where(wanted)
        .order_by(changes.c.id)
        .limit(_SAMPLES)
    )
    rows = connection.execute(query).all()
    loaded = load_articles(connection, [n for row in rows for n in (row.a, row.b)])
    return [_sample(row, loaded[row.a], loaded[row.b]) for row in rows]


def _sample(row: sa.Row[Any], before: Article, after: Article) -> Sample:
    kinds = tuple(row.kinds.split(",")) if row.kinds else ()
    change = FieldChange(row.field, kinds, row.announced, row.significance, row.rule)
    return row.url, _sides(row.field, before, after), changed_lines(before, after, change)


def _sides(field: str, before: Article, after: Article) -> tuple[str, str]:
    """Return what a field had that is gone, and what it has that is new."""
    old, new = _items(field, before), _items(field, after)
    gone = "¶".join(item for item in old if item not in new)
    return gone[:_LONGEST_SAMPLE], "¶".join(i for i in new if i not in old)[:_LONGEST_SAMPLE]


def _items(field: str, article: Article) -> list[str]:
    if field == "images":
        return [
            f"{image_identity(image)} {normal_form(image.caption or '')}".strip()
            for image in article.images
        ]
    if field == "section":
        return [" > ".join(article.section)]
    return [normal_form(block.text) for block in article.body]


def _write(
    connection: Connection,
    site: LockedSite,
    pattern: Pattern,
    evidence: sa.Row[Any],
    told: tuple[int, datetime, Sequence[tuple[str, ...]]],
) -> int:
    """Write a rule and the event that tells of it; return its number."""
    looked_at, now, samples = told
    row = {
        "site_id": site.site_id,
        "kind": pattern.kind,
        "pattern": pattern.text,
        "signature": pattern.signature,
        "looked_at": looked_at,
        "learned_at": now,
        "samples": json.dumps(samples, ensure_ascii=False, separators=(",", ":")),
        **{name: getattr(evidence, name) for name in _EVIDENCE},
    }
    rule = connection.scalar(noise_rules.insert().returning(noise_rules.c.id), row)
    what = f"{pattern.kind} {pattern.text[:40]!r} in {evidence.articles} of {looked_at} articles"
    kind = "template_changed" if pattern.kind == "template" else "noise_learned"
    event = {"site_id": site.site_id, "kind": kind, "occurred_at": now, "crawl_id": site.crawl_id}
    insert_all(connection, events, [event | {"details": f"rule {rule}: {what}"}])
    return int(rule or 0)


def _learn_template(
    connection: Connection, site: LockedSite, looked_at: int, since: datetime, now: datetime
) -> int | None:
    """Learn that a new template moved fields of most articles at once: one event, one rule."""
    told = noise_rules.c.kind == "template"
    own = noise_rules.c.site_id == site.site_id
    last = connection.scalar(sa.select(sa.func.max(noise_rules.c.learned_at)).where(own, told))
    since = max(since, last) if last else since
    counts = _moved_fields(connection, site.site_id, since)
    moved = {field: n for field, n in counts.items() if is_template(n, looked_at)}
    if not moved:
        return None
    fields = sorted(TEMPLATE_FIELDS & moved.keys())
    wanted = sa.and_(
        articles.c.site_id == site.site_id,
        changes.c.first_seen_at >= since,
        changes.c.field.in_(moved),
        changes.c.hidden_by.is_(None),
    )
    shown = [(url, *sides) for url, sides, _ in _samples(connection, wanted)]
    pattern = Pattern("template", f"{', '.join(sorted(moved))} at {now.isoformat()}")
    rule = _write(connection, site, pattern, _evidence(connection, wanted), (looked_at, now, shown))
    hide_fields(connection, site.site_id, rule, fields, since, now)
    return rule


def _moved_fields(connection: Connection, site_id: int, since: datetime) -> dict[str, int]:
    query = (
        sa.select(changes.c.field, sa.func.count(changes.c.article_id.distinct()))
        .join_from(changes, articles, changes.c.article_id == articles.c.id)
        .where(
            articles.c.site_id == site_id,
            changes.c.first_seen_at >= since,
            changes.c.hidden_by.is_(None),
        )
        .group_by(changes.c.field)
    )
    return {row[0]: row[1] for row in connection.execute(query)}
