"""Tombstones of what was erased, legal holds, and marks that name an altered row."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision: str | None = "0007"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_FIELDS = "what is gone: bytes, fields of the reading, or the article as a whole"
MOMENT = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")


def _column(
    name: str, kind: sa.types.TypeEngine[object], comment: str, *, null: bool = False
) -> sa.Column[object]:
    return sa.Column(name, kind, nullable=null, comment=comment)


def _reference(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=f"fk_{table}_{column}")


def _create_tombstones() -> None:
    op.create_table(
        "tombstones",
        _column("id", ID, "the tombstone's number"),
        _column("site_id", ID, "the site"),
        _column("article_id", ID, "the article"),
        _column("capture_id", ID, "the capture whose bytes are gone", null=True),
        _column("reading_id", ID, "the reading of which something is gone", null=True),
        _column("fields", TEXT, _FIELDS),
        _column("remains", TEXT, "SHA-256 over the fields that are left of the reading", null=True),
        _column("rule", TEXT, "retention, take_down or person"),
        _column("reason", TEXT, "why, in the words of who asked for it", null=True),
        _column("erased_at", MOMENT, "when"),
        _column("seq", ID, "link of the site's chain that covers it"),
        sa.PrimaryKeyConstraint("id", name="pk_tombstones"),
        _reference("tombstones", "site_id", "sites.id"),
        _reference("tombstones", "article_id", "articles.id"),
        _reference("tombstones", "capture_id", "captures.id"),
        _reference("tombstones", "reading_id", "readings.id"),
        comment="what was erased, when and by which rule; what stands in its place",
    )
    op.create_index("ix_tombstones_site_id_seq", "tombstones", ["site_id", "seq"])
    for column in ("article_id", "capture_id", "reading_id"):
        op.create_index(f"ix_tombstones_{column}", "tombstones", [column])


def _create_holds() -> None:
    op.create_table(
        "holds",
        _column("id", ID, "the hold's number"),
        _column("site_id", ID, "the site"),
        _column("article_id", ID, "the article; null where all of the site is held", null=True),
        _column("reason", TEXT, "why, such as the number of a case"),
        _column("placed_at", MOMENT, "since when"),
        _column("released_at", MOMENT, "until when; null while it holds", null=True),
        sa.PrimaryKeyConstraint("id", name="pk_holds"),
        _reference("holds", "site_id", "sites.id"),
        _reference("holds", "article_id", "articles.id"),
        comment="legal holds: what no rule may erase",
    )
    for column in ("site_id", "article_id"):
        op.create_index(f"ix_holds_{column}", "holds", [column])


def upgrade() -> None:
    """Add the tables and the columns."""
    _create_tombstones()
    _create_holds()
    marks = "8 bytes of each row's digest, to name the row that was altered"
    op.add_column("chain", _column("marks", sa.LargeBinary(), marks, null=True))
    if op.get_bind().dialect.name == "postgresql":
        op.create_table_comment(
            "chain", "one hash chain a site over captures, readings, visits and tombstones"
        )
    withheld = "since when it is taken down here, and looked at no more"
    op.add_column("article_state", _column("withheld_at", MOMENT, withheld, null=True))


def downgrade() -> None:
    """Take them away; what was erased stays erased."""
    with op.batch_alter_table("article_state") as table:
        table.drop_column("withheld_at")
    with op.batch_alter_table("chain") as table:
        table.drop_column("marks")
    op.drop_table("holds")
    op.drop_table("tombstones")
