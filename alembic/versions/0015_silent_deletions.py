"""Views anew: silent deletions are unannounced, and a removal's last time is `confirmed_at`.

Every upgrade makes the views again; this revision makes databases of before ask for one.
"""

revision = "0015"
down_revision: str | None = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change no table: the views are made anew after the last revision."""


def downgrade() -> None:
    """Change no table."""
