"""Learned noise rules, flapping, de-listing, outages, and the page a site has for nothing."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision: str | None = "0005"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
MOMENT = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")

STATE = (
    ("flapping_since", MOMENT, "since when its content flips to and fro; null is it does not"),
    ("delisted_at", MOMENT, "since when no seed lists it any more while it is served"),
    ("led_to", TEXT, "where its address led at the last look, if elsewhere"),
)
SITE = (
    ("outage_since", MOMENT, "since when nearly all its articles are missing at once"),
    ("probed_at", MOMENT, "when an address that cannot exist was last asked for"),
    ("probe_text", TEXT, "what the site shows there as a page; null where it says 404"),
    ("probe_led_to", TEXT, "where that address led, if elsewhere"),
)


def _column(name: str, kind: Any, comment: str, **options: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, comment=comment, **({"nullable": False} | options))


def _create_rules() -> None:
    kinds = "line, label, image, caption: what is noise wherever it comes or goes; or template"
    fields = "the line, label, image or caption; of a template the fields it moved"
    op.create_table(
        "noise_rules",
        _column("id", ID, "the rule's number, as in `hidden_by`: noise:N"),
        _column("site_id", ID, "the site it was learned on"),
        _column("kind", TEXT, kinds),
        _column("pattern", TEXT, fields),
        _column("signature", ID, "hash of kind and pattern, as in change_lines"),
        _column(
            "articles",
            sa.Integer,
            "articles in which it came or went within the time of evidence",
        ),
        _column("looked_at", sa.Integer, "articles that were looked at within that time"),
        _column("crawls", sa.Integer, "crawls that saw it come or go"),
        _column("first_seen_at", MOMENT, "the first change of the evidence"),
        _column("last_seen_at", MOMENT, "the last change of the evidence"),
        _column("samples", TEXT, "a few changes of the evidence, JSON: address, before, after"),
        _column("learned_at", MOMENT, "when it was learned"),
        _column(
            "disabled_at",
            MOMENT,
            "since when it hides nothing, because somebody said so",
            nullable=True,
        ),
        sa.PrimaryKeyConstraint("id", name="pk_noise_rules"),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name="fk_noise_rules_site_id"),
        sa.UniqueConstraint("site_id", "signature", name="uq_noise_rules_site_id_signature"),
        comment="rules that hide changes, each with its evidence; they can be taken back",
    )


def _create_lines() -> None:
    op.create_table(
        "change_lines",
        _column(
            "signature",
            ID,
            "hash of a kind of rule and what it would have to say",
            autoincrement=False,
        ),
        _column("change_id", ID, "the change", autoincrement=False),
        _column(
            "place",
            sa.Integer,
            "which of the change's lines, from 0; all must be noise for it to hide",
            autoincrement=False,
        ),
        sa.PrimaryKeyConstraint("signature", "change_id", "place", name="pk_change_lines"),
        sa.ForeignKeyConstraint(["change_id"], ["changes.id"], name="fk_change_lines_change_id"),
        comment="the lines that came or went in a change that a learned rule may hide",
    )
    op.create_index("ix_change_lines_change_id", "change_lines", ["change_id"])


def upgrade() -> None:
    """Add the tables and the columns."""
    _create_rules()
    _create_lines()
    for table, columns in (("article_state", STATE), ("site_state", SITE)):
        for name, kind, comment in columns:
            op.add_column(table, _column(name, kind, comment, nullable=True))


def downgrade() -> None:
    """Drop them."""
    for table, columns in (("article_state", STATE), ("site_state", SITE)):
        with op.batch_alter_table(table) as batch:
            for name, _, _ in columns:
                batch.drop_column(name)
    op.drop_table("change_lines")
    op.drop_table("noise_rules")
