"""Meaning: versions, where articles stand, changes, events, people, credits."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision: str | None = "0003"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
MOMENT = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")


def _column(name: str, kind: Any, comment: str, **options: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, comment=comment, **({"nullable": False} | options))


def _reference(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=f"fk_{table}_{column}")


def _create_versions() -> None:
    op.create_table(
        "versions",
        _column("id", ID, "the version's number in the archive"),
        _column("article_id", ID, "the article"),
        _column("number", sa.Integer, "1, 2, 3 within the article; never used again"),
        _column("reading_id", ID, "what was read"),
        _column("content_digest", TEXT, "versioned digest of what is compared"),
        _column("first_seen_at", MOMENT, "the first look that saw it"),
        _column(
            "last_seen_at",
            MOMENT,
            "the last look that saw it; null while it is open",
            nullable=True,
        ),
        _column("same_as_version_id", ID, "first version of equal content", nullable=True),
        _column(
            "retracted_at",
            MOMENT,
            "since when it is known to be ours, not the outlet's",
            nullable=True,
        ),
        sa.PrimaryKeyConstraint("id", name="pk_versions"),
        _reference("versions", "article_id", "articles.id"),
        _reference("versions", "reading_id", "readings.id"),
        _reference("versions", "same_as_version_id", "versions.id"),
        sa.UniqueConstraint("article_id", "number", name="uq_versions_article_id_number"),
        comment="runs of equal content in time",
    )
    op.create_index("ix_versions_first_seen_at", "versions", ["first_seen_at"])
    op.create_index("ix_versions_reading_id", "versions", ["reading_id"])


def _article_schedule() -> list[sa.Column[Any]]:
    return [
        _column(
            "posterior_k", sa.Double, "shape of the posterior of its rate of edits", nullable=True
        ),
        _column(
            "posterior_b", sa.Double, "rate of the posterior of its rate of edits", nullable=True
        ),
        _column(
            "next_key",
            sa.Double,
            "when its next look is due, on the site's virtual clock; null is never",
            nullable=True,
        ),
    ]


def _create_article_state() -> None:
    op.create_table(
        "article_state",
        _column("article_id", ID, "the article", autoincrement=False),
        _column("site_id", ID, "its site"),
        _column("state", TEXT, "found, live, suspect, removed or not_article"),
        _column("last_visit_at", MOMENT, "the last look", nullable=True),
        _column("last_outcome", TEXT, "what the last look came to", nullable=True),
        _column("open_version_id", ID, "the version that is served now", nullable=True),
        _column("last_seen_at", MOMENT, "the last look that saw the open version", nullable=True),
        _column(
            "first_missing_at",
            MOMENT,
            "the first of the looks that found it missing",
            nullable=True,
        ),
        _column("etag", TEXT, "validator of the last accepted page", nullable=True),
        _column("last_modified", TEXT, "validator of the last accepted page", nullable=True),
        _column("body_digest", TEXT, "SHA-256 of the last accepted page", nullable=True),
        _column("extractor", TEXT, "who read the last accepted page", nullable=True),
        *_article_schedule(),
        sa.PrimaryKeyConstraint("article_id", name="pk_article_state"),
        _reference("article_state", "article_id", "articles.id"),
        _reference("article_state", "site_id", "sites.id"),
        _reference("article_state", "open_version_id", "versions.id"),
        comment="where an article stands: the only row of an article that changes",
    )
    op.create_index(
        "ix_article_state_site_id_last_visit_at", "article_state", ["site_id", "last_visit_at"]
    )
    op.create_index("ix_article_state_site_id_next_key", "article_state", ["site_id", "next_key"])


def _create_changes() -> None:
    op.create_table(
        "changes",
        _column("id", ID, "the change's number"),
        _column("article_id", ID, "the article"),
        _column("from_version_id", ID, "the version before"),
        _column("to_version_id", ID, "the version after"),
        _column("field", TEXT, "the field that differs"),
        _column("kinds", TEXT, "what kinds of change, sorted, separated by commas"),
        _column("announced", sa.Boolean, "a correction note appeared with it"),
        _column("significance", sa.Double, "from 0 to 1"),
        _column("rule", TEXT, "the rule behind each part of the significance"),
        _column("hidden_by", TEXT, "the rule that hides it; null is shown", nullable=True),
        _column("last_seen_at", MOMENT, "last look that saw the old", nullable=True),
        _column("first_seen_at", MOMENT, "first look that saw the new"),
        sa.PrimaryKeyConstraint("id", name="pk_changes"),
        _reference("changes", "article_id", "articles.id"),
        _reference("changes", "from_version_id", "versions.id"),
        _reference("changes", "to_version_id", "versions.id"),
        sa.UniqueConstraint("to_version_id", "field", name="uq_changes_to_version_id_field"),
        comment="what differs between neighbouring versions, one row a field",
    )
    op.create_index("ix_changes_article_id", "changes", ["article_id"])
    op.create_index("ix_changes_first_seen_at", "changes", ["first_seen_at"])


def _create_events() -> None:
    op.create_table(
        "events",
        _column("id", ID, "the event's number"),
        _column("site_id", ID, "the site"),
        _column("article_id", ID, "the article; null where it is the site's", nullable=True),
        _column(
            "kind",
            TEXT,
            "first_read, suspected, cleared, removed, returned, not_article, and others",
        ),
        _column("occurred_at", MOMENT, "the look that showed it"),
        _column("from_state", TEXT, "state before", nullable=True),
        _column("to_state", TEXT, "state after", nullable=True),
        _column("last_seen_at", MOMENT, "last look that saw the article", nullable=True),
        _column("first_missing_at", MOMENT, "first look that found it missing", nullable=True),
        _column("crawl_id", ID, "the crawl that looked", nullable=True),
        _column("details", TEXT, "status and reason of the look", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_events"),
        _reference("events", "site_id", "sites.id"),
        _reference("events", "article_id", "articles.id"),
        _reference("events", "crawl_id", "crawls.id"),
        sa.UniqueConstraint(
            "article_id", "kind", "occurred_at", name="uq_events_article_id_kind_occurred_at"
        ),
        comment="what happened to an article or a site",
    )
    op.create_index("ix_events_site_id_occurred_at", "events", ["site_id", "occurred_at"])


def _create_people() -> None:
    op.create_table(
        "people",
        _column("id", ID, "the person's number"),
        _column("outlet_id", ID, "the outlet the name is read within"),
        _column("name", TEXT, "name as printed"),
        sa.PrimaryKeyConstraint("id", name="pk_people"),
        _reference("people", "outlet_id", "outlets.id"),
        sa.UniqueConstraint("outlet_id", "name", name="uq_people_outlet_id_name"),
        comment="names within outlets; derived from credits, and rebuilt from them",
    )


def _create_credits() -> None:
    op.create_table(
        "credits",
        _column("reading_id", ID, "the reading", autoincrement=False),
        _column("position", sa.Integer, "place on the page, from 0"),
        _column("role", TEXT, "what the party did"),
        _column("name", TEXT, "name as printed, padding removed"),
        _column("kind", TEXT, "person or organization"),
        _column("affiliation", TEXT, "the outlet printed with the name", nullable=True),
        _column("level", sa.Integer, "1 to 3 for 一审 to 三审", nullable=True),
        _column("label", TEXT, "the label as printed", nullable=True),
        _column("person_id", ID, "the person; derived", nullable=True),
        sa.PrimaryKeyConstraint("reading_id", "position", name="pk_credits"),
        _reference("credits", "reading_id", "readings.id"),
        _reference("credits", "person_id", "people.id"),
        comment="named parties and their roles, in page order",
    )
    op.create_index("ix_credits_person_id", "credits", ["person_id"])


def upgrade() -> None:
    _create_versions()
    _create_article_state()
    _create_changes()
    _create_events()
    _create_people()
    _create_credits()


def downgrade() -> None:
    op.drop_table("credits")
    op.drop_table("people")
    op.drop_table("events")
    op.drop_table("changes")
    op.drop_table("article_state")
    op.drop_table("versions")
