"""How fast a site's virtual clock runs, measured by the hour."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision: str | None = "0004"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")
REAL = sa.Double()


def upgrade() -> None:
    """Add the columns."""
    for column in (
        sa.Column(
            "clock_rate",
            REAL,
            nullable=True,
            comment="hours in which the virtual clock moves by one, smoothed",
        ),
        sa.Column(
            "clock_sampled",
            REAL,
            nullable=True,
            comment="the virtual clock when its rate was last measured",
        ),
        sa.Column(
            "clock_sampled_at",
            MOMENT,
            nullable=True,
            comment="when its rate was last measured",
        ),
    ):
        op.add_column("site_state", column)


def downgrade() -> None:
    """Drop the columns."""
    with op.batch_alter_table("site_state") as table:
        for name in ("clock_rate", "clock_sampled", "clock_sampled_at"):
            table.drop_column(name)
