"""What the daemon remembers: how sites answer, its own lease, and when it was blind."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision: str | None = "0008"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
MOMENT = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")


def _column(name: str, kind: Any, comment: str, **options: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, comment=comment, **({"nullable": True} | options))


NEW = {
    "sites": (
        _column(
            "scope",
            TEXT,
            "site: its seeds are followed; articles: only single articles that were named",
            nullable=False,
            server_default="site",
        ),
    ),
    "site_state": (
        _column("circuit_reason", TEXT, "why the circuit is open, or why the last crawl failed"),
        _column(
            "failures",
            sa.Integer(),
            "crawls in a row that came to nothing",
            nullable=False,
            server_default="0",
        ),
        _column("failing_since", MOMENT, "the first of them"),
        _column("answered_at", MOMENT, "end of the last crawl that went through"),
        _column("seeds_read_at", MOMENT, "when the last crawl of its seeds began"),
    ),
    "leases": (
        _column("acquired_at", MOMENT, "since when it is held, by the database's clock"),
        _column("alive_at", MOMENT, "last sign of life, by the holder's clock; stays when it ends"),
    ),
}
# What the crawls up to now say of the new columns.
_SEEDS_READ = """
UPDATE site_state SET seeds_read_at = (
    SELECT max(started_at) FROM crawls
    WHERE crawls.site_id = site_state.site_id AND status NOT IN ('running', 'lost')
)
"""
_ANSWERED = """
UPDATE site_state SET answered_at = (
    SELECT max(ended_at) FROM crawls
    WHERE crawls.site_id = site_state.site_id AND status IN ('success', 'partial')
)
"""


def upgrade() -> None:
    """Add the columns, the table of gaps, and the index by which suspects are found."""
    for table, columns in NEW.items():
        for column in columns:
            op.add_column(table, column)
    op.create_table(
        "gaps",
        _column("id", ID, "the gap's number", nullable=False),
        _column(
            "kind",
            TEXT,
            "daemon: none was running; network: no site could be reached from here",
            nullable=False,
        ),
        _column("began_at", MOMENT, "from when on nothing was seen", nullable=False),
        _column("ended_at", MOMENT, "until when; null while it lasts"),
        _column("details", TEXT, "who ended it, or which sites showed it"),
        sa.PrimaryKeyConstraint("id", name="pk_gaps"),
        sa.UniqueConstraint("kind", "began_at", name="uq_gaps_kind_began_at"),
        comment="spans in which Variorum was blind, through no fault of any site",
    )
    suspects = sa.text("state = 'suspect'")
    op.create_index(
        "ix_article_state_suspects",
        "article_state",
        ["site_id", "first_missing_at"],
        postgresql_where=suspects,
        sqlite_where=suspects,
    )
    op.execute(_SEEDS_READ)
    op.execute(_ANSWERED)


def downgrade() -> None:
    op.drop_index("ix_article_state_suspects", "article_state")
    op.drop_table("gaps")
    for table, columns in NEW.items():
        for column in columns:
            op.drop_column(table, column.name)
