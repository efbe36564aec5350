"""Recording visits: in one transaction everything is written, or nothing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from news.changes import FieldChange
from news.versions import Policy, decide, moved, unmoved
from news.visits import Outcome, Visit
from storage.addresses import Owner, former_owners, name_owners
from storage.chain import add_link
from storage.flips import find_flips
from storage.habits import learn_habits
from storage.leases import LockedSite, lock, update_site
from storage.looks import Look, find_bases, load_situations, new_look
from storage.openings import Ledger, open_versions, store_readings, urls_of, write_changes
from storage.outages import find_crowds, note_outage
from storage.records import Lease, Recorded, Reread
from storage.standing import write_events, write_states, write_visits
from storage.stories import find_new_address, settle_missing, settle_read
from storage.tables import versions, visits

Placed = tuple[int, Visit, Owner]


@dataclass(frozen=True, slots=True)
class Recorder:
    """Records visits within a transaction that its caller begins and commits."""

    connection: Connection
    policy: Policy
    reread: Reread

    def record(self, batch: Sequence[Visit], lease: Lease) -> list[Recorded]:
        """Record visits in their order; LeaseLost where the lease's token is no longer the site's.

        A visit that is stored already is answered as it was the first time, and writes nothing.
        """
        strangers = {visit.site for visit in batch} - {lease.site_key}
        if strangers:
            raise ValueError(f"visits of {sorted(strangers)} under a lease of {lease.site_key}")
        ledger = Ledger(lock(self.connection, lease))
        seen: dict[str, datetime] = {}
        for visit in batch:
            seen.setdefault(visit.url, visit.visited_at)
        owners = name_owners(self.connection, ledger.site, seen)
        placed = [(place, visit, owners[visit.url]) for place, visit in enumerate(batch)]
        answers: dict[int, Recorded] = {}
        for round_ in rounds(placed):
            answers |= self._round(ledger, round_)
        self._seal(ledger)
        return [answers[place] for place in range(len(batch))]

    def _seal(self, ledger: Ledger) -> None:
        """Close the commit's link of the chain, if it wrote anything."""
        if not ledger.entries:
            return
        site = ledger.site
        site.chain_head = add_link(
            self.connection, site.site_id, ledger.seq, site.chain_head, ledger.entries
        )
        site.chain_seq += 1
        update_site(self.connection, site)

    def _round(self, ledger: Ledger, round_: Sequence[Placed]) -> dict[int, Recorded]:
        repeated = _find_repeated(self.connection, round_)
        fresh = [placed for placed in round_ if placed[0] not in repeated]
        situations = load_situations(self.connection, [owner.article_id for _, _, owner in fresh])
        looks = [
            new_look(place, visit, owner, situations[owner.article_id])
            for place, visit, owner in fresh
        ]
        changes = self._write(ledger, looks)
        return repeated | {look.place: _answer(look, changes) for look in looks}

    def _write(self, ledger: Ledger, looks: Sequence[Look]) -> dict[int, tuple[FieldChange, ...]]:
        if not looks:
            return {}
        connection, site = self.connection, ledger.site
        settle_missing(connection, looks)
        self._find_bases(ledger, looks)
        self._find_bases(ledger, settle_read(connection, site, looks))
        find_flips(connection, looks, self.policy)
        find_crowds(connection, looks)
        self._decide(site, looks)
        opening = [look for look in looks if look.decided.opens_version]
        open_versions(connection, ledger, opening)
        changes = write_changes(connection, site.site_id, opening)
        write_visits(connection, ledger, looks)
        write_events(connection, ledger, looks)
        note_outage(connection, site, looks)
        learn_habits(connection, site.site_id, looks)
        write_states(connection, ledger, looks)
        return changes

    def _find_bases(self, ledger: Ledger, looks: Sequence[Look]) -> None:
        again = find_bases(self.connection, looks, self.reread)
        store_readings(self.connection, ledger, again, urls_of(looks))

    def _decide(self, site: LockedSite, looks: Sequence[Look]) -> None:
        busy = {look.owner.article_id for look in looks}
        for look in looks:
            look.decision = decide(look.known, look.visit, look.content_digest, self.policy)
            transition = look.decision.transition
            if look.is_alias:
                look.decision = unmoved(look.known, Outcome.MISSING)
            elif transition and transition.kind == "removed":
                if find_new_address(self.connection, site, look, busy):
                    look.decision, look.moved = moved(look.decision), True
            elif transition and look.moved:
                look.decision = moved(look.decision)


def rounds(batch: Sequence[Placed]) -> Iterator[list[Placed]]:
    """Cut a batch so that no part holds two visits of one article, keeping each one's order."""
    parts: list[list[Placed]] = []
    counts: dict[int, int] = {}
    for placed in batch:
        article_id = placed[2].article_id
        nth = counts.get(article_id, 0)
        counts[article_id] = nth + 1
        if nth == len(parts):
            parts.append([])
        parts[nth].append(placed)
    yield from parts


def _answer(look: Look, changes: dict[int, tuple[FieldChange, ...]]) -> Recorded:
    return Recorded(
        outcome=look.decided.outcome,
        article_id=look.owner.article_id,
        version=look.number or look.situation.number,
        transition=look.decided.transition,
        changes=changes.get(look.place, ()),
    )


def _find_repeated(connection: Connection, round_: Sequence[Placed]) -> dict[int, Recorded]:
    """Return the answers to visits that are stored already, of whoever had the address then."""
    former = former_owners(connection, [visit.url for _, visit, _ in round_])
    by_key = {
        (article_id, visit.visited_at): place
        for place, visit, owner in round_
        for article_id in (*former.get(visit.url, ()), owner.article_id)
    }
    rows = connection.execute(
        sa.select(visits.c.article_id, visits.c.visited_at, visits.c.outcome).where(
            visits.c.article_id.in_({article_id for article_id, _ in by_key}),
            visits.c.visited_at.in_({moment for _, moment in by_key}),
        )
    ).all()
    stored = [row for row in rows if (row.article_id, row.visited_at) in by_key]
    return {
        by_key[row.article_id, row.visited_at]: Recorded(
            Outcome(row.outcome), row.article_id, _number_at(connection, row), repeated=True
        )
        for row in stored
    }


def _number_at(connection: Connection, visit: Any) -> int | None:
    """Return the number of the version that was open after a stored visit."""
    own = versions.c.article_id == visit.article_id
    query = sa.select(sa.func.max(versions.c.number)).where(
        own, versions.c.first_seen_at <= visit.visited_at
    )
    number: int | None = connection.scalar(query)
    return number
