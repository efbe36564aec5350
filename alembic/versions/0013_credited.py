"""Who is credited, kept with what was counted of them; and how an entry's neighbours are found."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision: str | None = "0012"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Add the column, which the summaries fill when they are made anew, and the index."""
    op.add_column(
        "article_facts",
        sa.Column(
            "credited",
            TEXT,
            nullable=False,
            server_default="[]",
            comment="who is credited at its first reading: JSON, [role, name, affiliation] each",
        ),
    )
    op.create_index("ix_listings_seed_id_first_seen_at", "listings", ["seed_id", "first_seen_at"])


def downgrade() -> None:
    """Take both away."""
    op.drop_index("ix_listings_seed_id_first_seen_at", "listings")
    op.drop_column("article_facts", "credited")
