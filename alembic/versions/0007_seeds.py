"""When seeds are due and what that was learned from; what each look at a seed saw."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision: str | None = "0006"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
MOMENT = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")
COUNTS = {
    "matched_links": "those that are articles' by the profile",
    "foreign_links": "addresses of other sites",
    "refused_links": "not followed: a trap, malformed, or beyond a bound",
}


def _create_state() -> None:
    op.create_table(
        "seed_state",
        sa.Column("seed_id", ID, nullable=False, autoincrement=False, comment="the seed"),
        sa.Column("site_id", ID, nullable=False, comment="its site"),
        sa.Column("due_at", MOMENT, comment="when its next look is due; null is never by itself"),
        sa.Column("last_visit_at", MOMENT, comment="the last look"),
        sa.Column(
            "failures",
            sa.Integer,
            nullable=False,
            server_default="0",
            comment="looks in a row that failed",
        ),
        sa.Column(
            "arrivals",
            sa.Double,
            nullable=False,
            comment="new articles seen on it, older ones counting less",
        ),
        sa.Column(
            "hours",
            sa.Double,
            nullable=False,
            comment="hours it was watched, older ones counting less",
        ),
        sa.Column("etag", TEXT, comment="validator of the last page that was read"),
        sa.Column("last_modified", TEXT, comment="validator of the last page that was read"),
        sa.Column("body_digest", TEXT, comment="SHA-256 of the last page that was read"),
        sa.Column("read_to_end_at", MOMENT, comment="when it was last followed over all its pages"),
        sa.PrimaryKeyConstraint("seed_id", name="pk_seed_state"),
        sa.ForeignKeyConstraint(["seed_id"], ["seeds.id"], name="fk_seed_state_seed_id"),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name="fk_seed_state_site_id"),
        comment="where a seed stands: when it is due, and what its interval was learned from",
    )
    op.create_index("ix_seed_state_site_id_due_at", "seed_state", ["site_id", "due_at"])
    op.create_index("ix_seed_state_due_at", "seed_state", ["due_at"])


def _extend_seeds() -> None:
    origin = "how it came to be watched: profile, command, page (linked there) or robots"
    with op.batch_alter_table("seeds") as table:
        table.add_column(
            sa.Column("origin", TEXT, nullable=False, server_default="profile", comment=origin)
        )
        table.add_column(
            sa.Column("part_of_id", ID, comment="the seed whose further page or part it is")
        )
        table.create_foreign_key("fk_seeds_part_of_id", "seeds", ["part_of_id"], ["id"])
        table.create_index("ix_seeds_part_of_id", ["part_of_id"])


def _extend_visits() -> None:
    for name, comment in COUNTS.items():
        op.add_column(
            "seed_visits",
            sa.Column(name, sa.Integer, nullable=False, server_default="0", comment=comment),
        )
    # What was counted until now were the articles' addresses alone.
    op.execute("UPDATE seed_visits SET matched_links = links")
    if op.get_bind().dialect.name == "postgresql":
        comments = {"links": "addresses on it, each once"}
        comments |= {"new_links": "articles' addresses never seen before"}
        for name, comment in comments.items():
            op.alter_column("seed_visits", name, comment=comment, existing_type=sa.Integer)


def upgrade() -> None:
    """Add the table and the columns; seeds known so far are due when their profile is met next."""
    _create_state()
    _extend_seeds()
    _extend_visits()


def downgrade() -> None:
    """Drop them."""
    with op.batch_alter_table("seed_visits") as table:
        for name in COUNTS:
            table.drop_column(name)
    with op.batch_alter_table("seeds") as table:
        table.drop_index("ix_seeds_part_of_id")
        table.drop_constraint("fk_seeds_part_of_id", type_="foreignkey")
        table.drop_column("part_of_id")
        table.drop_column("origin")
    op.drop_table("seed_state")
