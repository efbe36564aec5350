"""What is needed to cite a version: who said it where, when it was seen, and what proves it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from storage.engine import reading
from storage.history import ArticleHistory, VersionRecord
from storage.tables import captures, chain, outlets, readings, site_state, sites, versions


@dataclass(frozen=True, slots=True)
class Proof:
    """What the chain says of a version; times are aware UTC."""

    capture_digest: str  # SHA-256 of the bytes that were read
    captured_at: datetime
    kept: bool  # the bytes are still there
    link: int  # the number of the link that covers the reading
    head: str  # the chain's head at that link
    last_link: int
    last_head: str


@dataclass(frozen=True, slots=True)
class Citation:
    """One version of an article with its outlet and its proof."""

    history: ArticleHistory
    version: VersionRecord
    outlet: str
    site_name: str
    time_zone: str
    proof: Proof

    @property
    def last_seen_at(self) -> datetime | None:
        """The last look that saw this version."""
        return self.version.last_seen_at or self.history.last_seen_at


def load_citation(engine: Engine, history: ArticleHistory, version: VersionRecord) -> Citation:
    """Return a version of an article with what proves it."""
    with reading(engine) as connection:
        row = _row(connection, history.article_id, version.number)
    proof = Proof(
        capture_digest=row.digest,
        captured_at=row.captured_at,
        kept=row.kept,
        link=row.seq,
        head=row.head,
        last_link=row.chain_seq,
        last_head=row.chain_head,
    )
    return Citation(history, version, row.outlet, row.site_name, row.time_zone, proof)


def _row(connection: Connection, article_id: int, number: int) -> Any:
    query = (
        sa.select(
            captures.c.digest,
            captures.c.captured_at,
            captures.c.body.is_not(None).label("kept"),
            readings.c.seq,
            chain.c.head,
            site_state.c.chain_seq,
            site_state.c.chain_head,
            outlets.c.name.label("outlet"),
            sites.c.name.label("site_name"),
            sites.c.time_zone,
        )
        .join_from(versions, readings, versions.c.reading_id == readings.c.id)
        .join(captures, readings.c.capture_id == captures.c.id)
        .join(sites, captures.c.site_id == sites.c.id)
        .join(outlets, sites.c.outlet_id == outlets.c.id)
        .join(site_state, site_state.c.site_id == sites.c.id)
        .join(chain, (chain.c.site_id == sites.c.id) & (chain.c.seq == readings.c.seq))
        .where(versions.c.article_id == article_id, versions.c.number == number)
    )
    return connection.execute(query).one()
