"""When nearly all articles of a site are missing at once: an event of the site, no removals."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from news.versions import Crowd
from news.visits import Finding, State
from storage.leases import LockedSite
from storage.looks import Look
from storage.merging import tell
from storage.tables import article_state

# Looks shortly before an article was first missing count too: the outage may have begun then.
_BEFORE = timedelta(hours=1)
_SEEN = ("changed", "unchanged", "not_modified", "new")


def find_crowds(connection: Connection, looks: Sequence[Look]) -> None:
    """Find, for each look that misses an article, how the others of its site fare."""
    for look in looks:
        state = State(look.situation.row["state"])
        if look.visit.finding is Finding.MISSING and state in {State.LIVE, State.SUSPECT}:
            since = look.situation.row["first_missing_at"] or look.visit.visited_at
            crowds = [_crowd(connection, look, looks, start) for start in (since, since - _BEFORE)]
            look.crowd = max(crowds, key=lambda crowd: (crowd.is_outage, crowd.missing))


def _crowd(connection: Connection, look: Look, looks: Sequence[Look], since: datetime) -> Crowd:
    others = [one for one in looks if one is not look]
    row = article_state.c
    newly = (row.state == State.SUSPECT.value) | (row.first_missing_at >= since)
    missing = (row.last_outcome == "missing") & newly
    query = sa.select(
        sa.func.count().filter(missing), sa.func.count().filter(row.last_outcome.in_(_SEEN))
    ).where(
        row.site_id == look.situation.row["site_id"],
        row.last_visit_at >= since,
        row.article_id.not_in([one.owner.article_id for one in looks]),
    )
    stored_missing, stored_seen = connection.execute(query).one()
    return Crowd(
        stored_missing + sum(_is_newly_missing(one) for one in others),
        stored_seen + sum(one.visit.finding in _SHOWN for one in others),
    )


_SHOWN = {Finding.READ, Finding.SAME_BYTES, Finding.NOT_MODIFIED}


def _is_newly_missing(look: Look) -> bool:
    was_there = look.situation.row["state"] in {State.LIVE.value, State.SUSPECT.value}
    return look.visit.finding is Finding.MISSING and was_there


def note_outage(connection: Connection, site: LockedSite, looks: Sequence[Look]) -> None:
    """Tell once that an outage has begun, and once that it is over."""
    for look in looks:
        moment = look.visit.visited_at
        if look.crowd.is_outage and site.outage_since is None:
            site.outage_since = moment
            told = f"{look.crowd.missing + 1} articles missing, {look.crowd.seen} served"
            tell(connection, site, None, "outage", moment, told)
        elif look.decided.seen and site.outage_since is not None and not look.number:
            site.outage_since = None
            tell(connection, site, None, "outage_over", moment)
