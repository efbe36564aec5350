"""What is learned of a site's habits: what its signals of change and its validators are worth."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from news.revisit import POLICY, Posterior, SignalRecord, age_at, edit_rate, pulled_key
from news.validators import ValidatorTrust
from news.visits import Finding, Outcome, State
from storage.addresses import Owner
from storage.leases import LockedSite
from storage.looks import Look
from storage.tables import article_state, site_habits, sites
from storage.writes import chunks, insert_missing, update_each

_HOUR = timedelta(hours=1)


def load_trust(connection: Connection, site_key: str) -> ValidatorTrust:
    """Return what a site's validators have shown."""
    names = ("controls_agreed", "controls_lied", "etags_kept", "etags_moved")
    query = sa.select(*(site_habits.c[name] for name in names)).join_from(site_habits, sites)
    row = connection.execute(query.where(sites.c.key == site_key)).one_or_none()
    return ValidatorTrust(*row) if row else ValidatorTrust()


def learn_habits(connection: Connection, site_id: int, looks: Sequence[Look]) -> None:
    """Count what these looks have shown of the site's signals and validators."""
    counts: Counter[str] = Counter()
    hours = 0.0
    for look in looks:
        counts.update(_shown(look))
        hours += _stated_hours(look)
    if counts or hours:
        add_habits(connection, site_id, {**counts, "stated_hours": hours})


def add_habits(connection: Connection, site_id: int, more: Mapping[str, float]) -> None:
    """Raise the counts of a site's habits."""
    insert_missing(connection, site_habits, [{"site_id": site_id}])
    values = {name: site_habits.c[name] + number for name, number in more.items()}
    own = site_habits.c.site_id == site_id
    connection.execute(sa.update(site_habits).where(own).values(**values))


def _shown(look: Look) -> list[str]:
    found, row = [], look.situation.row
    changed = look.decided.outcome is Outcome.CHANGED
    if look.decided.seen and row["stated_at"] is not None and row["last_seen_at"] is not None:
        if row["signalled_at"] is None:
            found += ["unannounced"] * changed
        else:
            found.append("announced" if changed else "false_signals")
    if look.visit.control and look.decided.seen:
        found.append("controls_lied" if changed else "controls_agreed")
    given = look.visit.validators.etag if look.visit.validators else None
    if look.visit.finding is Finding.SAME_BYTES and given and row["etag"]:
        found.append("etags_kept" if given == row["etag"] else "etags_moved")
    return found


def _stated_hours(look: Look) -> float:
    row = look.situation.row
    if not look.decided.seen or row["stated_at"] is None or row["last_seen_at"] is None:
        return 0.0
    seen_at: datetime = row["last_seen_at"]
    return max(0.0, (look.moment - seen_at) / _HOUR)


def heed_statements(
    connection: Connection,
    site: LockedSite,
    stated: Mapping[str, datetime],
    owners: Mapping[str, Owner],
    now: datetime,
) -> None:
    """Take in when a seed says articles were modified; what is news pulls their next look forward.

    It is news where it is later than what was stated before or, without that, than the last look.
    """
    wanted = {owners[url].article_id: (at, owners[url]) for url, at in stated.items()}
    names = ("article_id", "state", "stated_at", "signalled_at", "last_seen_at", "next_key")
    columns = [article_state.c[name] for name in (*names, "posterior_k", "posterior_b")]
    record = _signals(connection, site.site_id)
    rows = []
    for part in chunks(sorted(wanted)):
        query = sa.select(*columns).where(article_state.c.article_id.in_(part))
        for row in connection.execute(query).mappings():
            at, owner = wanted[row["article_id"]]
            if row["stated_at"] is None or at > row["stated_at"]:
                rows.append(_heeded(dict(row), at, owner, (record, site.virtual_clock, now)))
    update_each(connection, article_state, "article_id", rows)


def _heeded(
    row: dict[str, Any], at: datetime, owner: Owner, known: tuple[SignalRecord, float, datetime]
) -> dict[str, Any]:
    record, clock, now = known
    known_before = row["stated_at"] or row["last_seen_at"]
    news = known_before is not None and row["last_seen_at"] is not None and at > known_before
    key, signalled = row["next_key"], row["signalled_at"]
    if news and row["state"] == State.LIVE.value and key is not None:
        k, b = row["posterior_k"], row["posterior_b"]
        posterior = POLICY.prior if k is None or b is None else Posterior(k, b)
        rate = edit_rate(posterior, age_at(now, owner.first_seen_at, None))
        key, signalled = pulled_key(key, clock, rate, record), now
    return {
        "article_id": row["article_id"],
        "stated_at": at,
        "signalled_at": signalled,
        "next_key": key,
    }


def _signals(connection: Connection, site_id: int) -> SignalRecord:
    names = ("announced", "unannounced", "false_signals", "stated_hours")
    query = sa.select(*(site_habits.c[name] for name in names))
    row = connection.execute(query.where(site_habits.c.site_id == site_id)).one_or_none()
    return SignalRecord(*row) if row else SignalRecord()
