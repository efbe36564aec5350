"""How sites answer, over all crawls and processes: their circuits, and our own outages."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from news.backoff import (
    NETWORK_FAULTS,
    Answers,
    CircuitState,
    Standing,
    after_crawl,
    network_lost,
)
from storage.tables import gaps, site_state, sites

NETWORK = "network"
_COLUMNS = {
    "failures": "failures",
    "failing_since": "failing_since",
    "answered_at": "answered_at",
    "circuit": "circuit",
    "until": "circuit_until",
    "reason": "circuit_reason",
    "retry_after_at": "retry_after_at",
}


def standing_of(row: Any) -> Standing:
    """Return how a site stands, from its row of `site_state`."""
    values = {name: getattr(row, column) for name, column in _COLUMNS.items()}
    return Standing(**values | {"circuit": CircuitState(row.circuit or CircuitState.CLOSED)})


def load_standings(connection: Connection, site_key: str) -> dict[str, Standing]:
    """Return how each site stands, by its key; paused ones but this are left out."""
    query = sa.select(site_state, sites.c.key).join_from(site_state, sites)
    rows = connection.execute(query.where(sites.c.paused_at.is_(None) | (sites.c.key == site_key)))
    return {row.key: standing_of(row) for row in rows}


def write_standing(connection: Connection, site_key: str, standing: Standing) -> None:
    """Write how a site stands."""
    values = {column: getattr(standing, name) for name, column in _COLUMNS.items()}
    values["circuit"] = standing.circuit.value
    own = site_state.c.site_id.in_(sa.select(sites.c.id).where(sites.c.key == site_key))
    connection.execute(sa.update(site_state).where(own).values(**values))


def note_answers(connection: Connection, site_key: str, answers: Answers, now: datetime) -> None:
    """Bring a site's standing to what a crawl has shown, and see whether the network is ours.

    While our own network is gone no failure counts; the first site that answers ends the outage.
    """
    outage = open_outage(connection)
    if outage is not None and answers.answered:
        connection.execute(sa.update(gaps).where(gaps.c.id == outage.id).values(ended_at=now))
    elif outage is not None and answers.reason in NETWORK_FAULTS:
        return
    standings = load_standings(connection, site_key)
    if not answers.asked or site_key not in standings:
        return
    standings[site_key] = after_crawl(standings[site_key], answers, now, site_key)
    write_standing(connection, site_key, standings[site_key])
    if outage is None and (lost := network_lost(standings, now)):
        _begin_outage(connection, {key: standings[key] for key in sorted(lost)})


def open_outage(connection: Connection) -> sa.Row[Any] | None:
    """Return the gap in which no site can be reached from here, if there is one now."""
    query = sa.select(gaps).where(gaps.c.kind == NETWORK, gaps.c.ended_at.is_(None))
    return connection.execute(query.limit(1)).one_or_none()


def _begin_outage(connection: Connection, lost: dict[str, Standing]) -> None:
    """Enter the outage, once, and close the circuits that it had opened."""
    began = min(standing.failing_since for standing in lost.values() if standing.failing_since)
    named = ", ".join(list(lost)[:5]) + (" and others" if len(lost) > 5 else "")
    row = {"kind": NETWORK, "began_at": began, "details": f"unreachable: {named}"}
    connection.execute(gaps.insert(), [row])
    for key, standing in lost.items():
        write_standing(connection, key, Standing(answered_at=standing.answered_at))
