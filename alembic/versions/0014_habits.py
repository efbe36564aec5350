"""What is learned of a site's signals, validators and silences; whether pages end whole."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision: str | None = "0013"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")
COUNTS = {
    "announced": "changes found after a seed had stated a modification",
    "unannounced": "changes found without, where seeds do state them",
    "false_signals": "such statements after which nothing had changed",
    "controls_agreed": "304s that an unconditional look confirmed",
    "controls_lied": "304s that it did not",
    "etags_kept": "equal bytes that came with the entity tag known",
    "etags_moved": "equal bytes that came with another one",
}


def _count(name: str, comment: str, default: str | None = None) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False, server_default=default, comment=comment)


def _create_hours() -> None:
    op.create_table(
        "seed_hours",
        sa.Column("site_id", ID, nullable=False, autoincrement=False, comment="the site"),
        sa.Column("hour_at", MOMENT, nullable=False, comment="the hour's beginning"),
        _count("looks", "looks at its seeds that were read"),
        _count("new_links", "articles that were new in them, but for a seed's first look"),
        sa.PrimaryKeyConstraint("site_id", "hour_at", name="pk_seed_hours"),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name="fk_seed_hours_site_id"),
        comment="the hours in which a site's seeds were watched: its rhythm, and when it is silent",
    )


def _create_habits() -> None:
    stated = "article-hours watched of such articles"
    op.create_table(
        "site_habits",
        sa.Column("site_id", ID, nullable=False, autoincrement=False, comment="the site"),
        *(_count(name, comment, "0") for name, comment in COUNTS.items()),
        sa.Column("stated_hours", sa.Double, nullable=False, server_default="0", comment=stated),
        sa.Column(
            "quiet_since", MOMENT, comment="the last new article, while the site has gone quiet"
        ),
        sa.Column("quiet_checked_at", MOMENT, comment="when that was last asked"),
        sa.PrimaryKeyConstraint("site_id", name="pk_site_habits"),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name="fk_site_habits_site_id"),
        comment="what has been learned of a site: its signals of change, validators and silences",
    )


def upgrade() -> None:
    """Add the tables and the columns."""
    _create_hours()
    _create_habits()
    for name, kind, comment in (
        ("page_ends", sa.Boolean(), "the last accepted page ended with its end tag"),
        ("stated_at", MOMENT, "latest modification that a seed states; null where none does"),
        ("signalled_at", MOMENT, "since when a statement awaits its look; null is none does"),
    ):
        op.add_column("article_state", sa.Column(name, kind, nullable=True, comment=comment))


def downgrade() -> None:
    """Drop them."""
    with op.batch_alter_table("article_state") as table:
        for name in ("page_ends", "stated_at", "signalled_at"):
            table.drop_column(name)
    op.drop_table("site_habits")
    op.drop_table("seed_hours")
