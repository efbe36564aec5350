"""Noise rules: put on changes past and future, and taken back by number."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from news.article import Article
from news.changes import FieldChange
from news.noise import (
    TEMPLATE_FIELDS,
    changed_lines,
    hiding_rules,
)
from storage.errors import ArchiveError
from storage.tables import (
    articles,
    change_lines,
    changes,
    noise_rules,
    sites,
)
from storage.writes import chunks

HIDDEN = "noise:"  # begins `changes.hidden_by`, the rules' numbers follow


@dataclass(frozen=True, slots=True)
class NoiseRule:
    """One learned rule with its evidence; times are aware UTC."""

    id: int
    site: str
    kind: str
    pattern: str
    articles: int
    looked_at: int
    crawls: int
    first_seen_at: datetime
    last_seen_at: datetime
    samples: tuple[tuple[str, str, str], ...]  # address, before, after
    learned_at: datetime
    disabled_at: datetime | None
    hides: int  # changes that are hidden by it now


def line_rows(
    change_id: int, before: Article, after: Article, change: FieldChange
) -> list[dict[str, int]]:
    """Return the rows of `change_lines` for a change; none where no rule may hide it."""
    return [
        {"signature": pattern.signature, "change_id": change_id, "place": place}
        for place, line in enumerate(changed_lines(before, after, change))
        for pattern in line
    ]


def enabled(connection: Connection, site_id: int) -> dict[int, int]:
    """Return the site's rules in force, by their signatures."""
    query = sa.select(noise_rules.c.signature, noise_rules.c.id).where(
        noise_rules.c.site_id == site_id, noise_rules.c.disabled_at.is_(None)
    )
    return {row.signature: row.id for row in connection.execute(query)}


def hidden_by(rows: Iterable[Mapping[Any, Any]], rules: Mapping[int, int]) -> str | None:
    """Return what `changes.hidden_by` says of a change with these lines; None is shown."""
    lines: defaultdict[int, list[int]] = defaultdict(list)
    for row in rows:
        lines[row["place"]].append(row["signature"])
    found = hiding_rules(lines, rules)
    return HIDDEN + ",".join(map(str, found)) if found else None


def hide_fields(
    connection: Connection,
    site_id: int,
    rule: int,
    fields: Sequence[str],
    since: datetime,
    until: datetime,
) -> None:
    """Hide the changes of some fields that were first seen within a time."""
    own = sa.select(articles.c.id).where(articles.c.site_id == site_id)
    connection.execute(
        sa.update(changes)
        .where(
            changes.c.article_id.in_(own),
            changes.c.first_seen_at.between(since, until),
            changes.c.field.in_(fields),
            changes.c.hidden_by.is_(None),
        )
        .values(hidden_by=f"{HIDDEN}{rule}")
    )


def mark_touched(connection: Connection, site_id: int, rules: Sequence[int]) -> None:
    """Judge anew every change, however old, that has a line which these rules are about."""
    signatures = sa.select(noise_rules.c.signature).where(noise_rules.c.id.in_(rules))
    touched = (
        sa.select(changes.c.id)
        .distinct()
        .join_from(change_lines, changes, change_lines.c.change_id == changes.c.id)
        .join(articles, changes.c.article_id == articles.c.id)
        .where(articles.c.site_id == site_id, change_lines.c.signature.in_(signatures))
        .where(changes.c.hidden_by.is_(None) | changes.c.hidden_by.startswith(HIDDEN))
    )
    in_force = enabled(connection, site_id)
    for part in chunks(connection.scalars(touched).all()):
        query = sa.select(change_lines).where(change_lines.c.change_id.in_(part))
        by_change = defaultdict(list)
        for row in connection.execute(query).mappings():
            by_change[row["change_id"]].append(row)
        by_verdict = defaultdict(list)
        for change_id in part:
            by_verdict[hidden_by(by_change[change_id], in_force)].append(change_id)
        for verdict, numbers in by_verdict.items():
            update = sa.update(changes).where(changes.c.id.in_(numbers))
            connection.execute(update.values(hidden_by=verdict))


def switch(connection: Connection, rule_id: int, *, on: bool, now: datetime) -> None:
    """Put a rule in force or out of it; what it hid, or may hide again, is judged anew."""
    rule = connection.execute(
        sa.select(noise_rules).where(noise_rules.c.id == rule_id)
    ).one_or_none()
    if rule is None:
        raise ArchiveError(f"there is no noise rule {rule_id}; `variorum sites rules` lists them")
    if (rule.disabled_at is None) == on:
        return
    connection.execute(
        sa.update(noise_rules)
        .where(noise_rules.c.id == rule_id)
        .values(disabled_at=None if on else now)
    )
    if rule.kind != "template":
        mark_touched(connection, rule.site_id, [rule_id])
    elif on:
        fields = sorted(TEMPLATE_FIELDS.intersection(rule.pattern.partition(" at ")[0].split(", ")))
        hide_fields(connection, rule.site_id, rule_id, fields, rule.first_seen_at, rule.learned_at)
    else:
        hidden = changes.c.hidden_by == f"{HIDDEN}{rule_id}"
        connection.execute(sa.update(changes).where(hidden).values(hidden_by=None))


def list_rules(connection: Connection, site_key: str | None = None) -> list[NoiseRule]:
    """Return the rules of one site, or of all, by number."""
    query = sa.select(noise_rules, sites.c.key).join_from(noise_rules, sites)
    if site_key is not None:
        query = query.where(sites.c.key == site_key)
    return [
        NoiseRule(
            id=row.id,
            site=row.key,
            kind=row.kind,
            pattern=row.pattern,
            articles=row.articles,
            looked_at=row.looked_at,
            crawls=row.crawls,
            first_seen_at=row.first_seen_at,
            last_seen_at=row.last_seen_at,
            samples=tuple(tuple(sample) for sample in json.loads(row.samples)),
            learned_at=row.learned_at,
            disabled_at=row.disabled_at,
            hides=_hides(connection, row.id),
        )
        for row in connection.execute(query.order_by(noise_rules.c.id)).all()
    ]


def _hides(connection: Connection, rule_id: int) -> int:
    """Return how many changes a rule hides now, alone or with others."""
    told = "," + sa.func.substr(changes.c.hidden_by, len(HIDDEN) + 1) + ","
    query = sa.select(sa.func.count()).where(
        changes.c.hidden_by.startswith(HIDDEN), told.contains(f",{rule_id},")
    )
    return connection.scalar(query) or 0
