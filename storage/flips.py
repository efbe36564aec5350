"""How articles have gone to and fro: earlier contents among versions, steady ones among looks."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from news.versions import Flips, Policy
from storage.columns import UtcDateTime
from storage.looks import Look
from storage.tables import versions, visits

_EVER = datetime(1, 1, 1, tzinfo=UTC)


def find_flips(connection: Connection, looks: Sequence[Look], policy: Policy) -> None:
    """Find for each look that reads other content than the open version how often it came back.

    And for articles that are flapping, whichever content they show.
    """
    for look in looks:
        since, base = look.situation.row["flapping_since"], look.base
        if look.content_digest is None or base is None:
            if since is not None:
                look.flips = Flips(flapping=True)
            continue
        if since is not None:
            look.flips = Flips(flapping=True, steady_since=_steady_since(connection, look))
        if look.content_digest != base.content_digest and (look.situation.number or 0) > 1:
            seen, returns = _returns(connection, look, policy)
            look.flips = replace(look.flips, seen_before=seen, returns=returns)


def _returns(connection: Connection, look: Look, policy: Policy) -> tuple[bool, int]:
    """Return whether a version had that content, and how many returned to an earlier one."""
    own = (versions.c.article_id == look.owner.article_id) & versions.c.retracted_at.is_(None)
    recent = versions.c.first_seen_at > look.moment - policy.flap_time
    is_return = recent & versions.c.same_as_version_id.is_not(None)
    query = sa.select(
        sa.func.count().filter(versions.c.content_digest == look.content_digest),
        sa.func.count().filter(is_return),
    ).where(own)
    equal, returns = connection.execute(query).one()
    return equal > 0, returns


def _steady_since(connection: Connection, look: Look) -> datetime | None:
    """Return the first of the last looks that saw nothing but the content of this one."""
    seen = bytes.fromhex((look.content_digest or "").split(":", 1)[1])
    own = visits.c.article_id == look.owner.article_id
    own &= visits.c.content_digest.is_not(None)
    latest = sa.func.max(visits.c.visited_at, type_=UtcDateTime)
    other = sa.select(latest).where(own, visits.c.content_digest != seen)
    after = visits.c.visited_at > sa.func.coalesce(
        other.scalar_subquery(), sa.literal(_EVER, UtcDateTime)
    )
    first = sa.func.min(visits.c.visited_at, type_=UtcDateTime)
    found: datetime | None = connection.scalar(sa.select(first).where(own, after))
    return found
