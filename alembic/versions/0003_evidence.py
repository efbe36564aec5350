"""Evidence: captures, readings, texts, visits by month, and their chain."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision: str | None = "0002"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
MOMENT = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")


def _column(name: str, kind: Any, comment: str, **options: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, comment=comment, **({"nullable": False} | options))


def _reference(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=f"fk_{table}_{column}")


def _create_texts() -> None:
    op.create_table(
        "texts",
        _column("digest", TEXT, "SHA-256 of the text in UTF-8, in hex"),
        _column("text", TEXT, "the text; null once erased under a tombstone", nullable=True),
        sa.PrimaryKeyConstraint("digest", name="pk_texts"),
        comment="bodies of articles, one paragraph or heading a line, stored once",
    )


def _create_captures() -> None:
    op.create_table(
        "captures",
        _column("id", ID, "the capture's number"),
        _column("site_id", ID, "the site it is of"),
        _column("article_id", ID, "the article it is of"),
        _column("digest", TEXT, "SHA-256 of the entity body after content decoding, in hex"),
        _column(
            "body",
            sa.LargeBinary,
            "the body as a zstd frame; null once erased under a tombstone",
            nullable=True,
        ),
        _column("base_capture_id", ID, "capture whose body is the frame's prefix", nullable=True),
        _column(
            "frame_depth", sa.Integer, "frames to decompress before this one; 0 is a key frame"
        ),
        _column("size", sa.Integer, "length of the body in bytes"),
        _column("headers", TEXT, "the answer's headers as the client received them, JSON pairs"),
        _column("status", sa.Integer, "status of the answer"),
        _column("url", TEXT, "the address asked for"),
        _column("final_url", TEXT, "the address where redirects ended"),
        _column("captured_at", MOMENT, "when it was fetched"),
        _column("seq", ID, "link of the site's chain that covers it"),
        sa.PrimaryKeyConstraint("id", name="pk_captures"),
        _reference("captures", "site_id", "sites.id"),
        _reference("captures", "article_id", "articles.id"),
        _reference("captures", "base_capture_id", "captures.id"),
        sa.UniqueConstraint("article_id", "digest", name="uq_captures_article_id_digest"),
        comment="the bytes and headers behind readings, once a digest and article",
    )
    op.create_index("ix_captures_site_id_seq", "captures", ["site_id", "seq"])


def _readings_origin() -> list[sa.Column[Any]]:
    return [
        _column("id", ID, "the reading's number"),
        _column("capture_id", ID, "the capture that was read"),
        _column("article_id", ID, "the article"),
        _column("extractor", TEXT, "who read it: digest of the reading code and the site's rules"),
        _column("seq", ID, "link of the site's chain that covers it"),
        _column("read_at", MOMENT, "when it was read"),
        _column("content_digest", TEXT, "versioned digest of what is compared"),
        _column("fields_digest", TEXT, "SHA-256 of all fields, credits and body"),
        _column("url", TEXT, "the article's canonical address"),
    ]


def _readings_heads() -> list[sa.Column[Any]]:
    return [
        _column("headline", TEXT, "headline"),
        _column("kicker", TEXT, "line over the headline", nullable=True),
        _column("subheadline", TEXT, "line under the headline", nullable=True),
        _column(
            "original_headline", TEXT, "the headline the text bore at its origin", nullable=True
        ),
        _column("section", TEXT, "breadcrumb, outermost first, joined by ' > '", nullable=True),
    ]


def _readings_times() -> list[sa.Column[Any]]:
    return [
        _column(
            "published_at",
            MOMENT,
            "published time in UTC; local midnight for a bare date",
            nullable=True,
        ),
        _column(
            "published_text",
            TEXT,
            "published time as printed, ISO 8601 with offset or a date",
            nullable=True,
        ),
        _column(
            "published_offset", sa.Integer, "the page's offset from UTC in seconds", nullable=True
        ),
        _column("published_precision", TEXT, "day, minute or second", nullable=True),
        _column(
            "published_approximate", sa.Boolean, "worked out from a relative phrase", nullable=True
        ),
        _column("modified_at", MOMENT, "modified time in UTC, as the page claims", nullable=True),
        _column("modified_text", TEXT, "modified time as printed", nullable=True),
        _column(
            "modified_offset", sa.Integer, "the page's offset from UTC in seconds", nullable=True
        ),
        _column("modified_precision", TEXT, "day, minute or second", nullable=True),
        _column(
            "modified_approximate", sa.Boolean, "worked out from a relative phrase", nullable=True
        ),
    ]


def _readings_matter() -> list[sa.Column[Any]]:
    return [
        _column(
            "source", TEXT, "the outlet the page names as the origin of its text", nullable=True
        ),
        _column("source_url", TEXT, "address behind the source's name", nullable=True),
        _column("body_digest", TEXT, "the body", nullable=True),
        _column(
            "headings",
            TEXT,
            "which lines of the body are headings, a JSON list from 0",
            nullable=True,
        ),
        _column("images", TEXT, "addresses and captions, a JSON list", nullable=True),
        _column("contact_email", TEXT, "address for letters to the desk", nullable=True),
        _column("contact_phone", TEXT, "number of the news desk", nullable=True),
        _column("keywords", TEXT, "a JSON list", nullable=True),
        _column("language", TEXT, "language tag", nullable=True),
        _column(
            "declared_canonical", TEXT, "the address the page declares canonical", nullable=True
        ),
    ]


def _create_readings() -> None:
    op.create_table(
        "readings",
        *_readings_origin(),
        *_readings_heads(),
        *_readings_times(),
        *_readings_matter(),
        sa.PrimaryKeyConstraint("id", name="pk_readings"),
        _reference("readings", "capture_id", "captures.id"),
        _reference("readings", "article_id", "articles.id"),
        _reference("readings", "body_digest", "texts.digest"),
        sa.UniqueConstraint("capture_id", "extractor", name="uq_readings_capture_id_extractor"),
        comment="what one extractor read in one capture",
    )
    op.create_index("ix_readings_article_id_seq", "readings", ["article_id", "seq"])
    op.create_index("ix_readings_body_digest", "readings", ["body_digest"])


def _create_chain() -> None:
    op.create_table(
        "chain",
        _column("site_id", ID, "the site", autoincrement=False),
        _column("seq", ID, "number of the link, from 1, one a commit", autoincrement=False),
        _column("digest_of_rows", TEXT, "SHA-256 over the rows that carry this number"),
        _column("head", TEXT, "SHA-256 over the head before and the digest of rows"),
        sa.PrimaryKeyConstraint("site_id", "seq", name="pk_chain"),
        _reference("chain", "site_id", "sites.id"),
        comment="one hash chain a site over captures, readings and visits",
    )


def _create_visits() -> None:
    op.create_table(
        "visits",
        _column("article_id", ID, "the article", autoincrement=False),
        _column("visited_at", MOMENT, "when the look began, fixed before the fetch"),
        _column("seq", ID, "link of the site's chain that covers it"),
        _column("crawl_id", ID, "the crawl that looked"),
        _column(
            "outcome",
            TEXT,
            "new, changed, unchanged, not_modified, missing, blocked, not_article, failed",
        ),
        _column("status", sa.Integer, "status of the answer, where one came", nullable=True),
        _column("reason", TEXT, "why it failed, was blocked or missing", nullable=True),
        _column(
            "content_digest",
            sa.LargeBinary,
            "16 bytes: digest of the content the look saw",
            nullable=True,
        ),
        sa.PrimaryKeyConstraint("article_id", "visited_at", name="pk_visits"),
        _reference("visits", "article_id", "articles.id"),
        _reference("visits", "crawl_id", "crawls.id"),
        sqlite_with_rowid=False,
        postgresql_partition_by="RANGE (visited_at)",
        comment="every look at an article; by month on PostgreSQL, and nothing points here",
    )


def upgrade() -> None:
    _create_texts()
    _create_captures()
    _create_readings()
    _create_chain()
    _create_visits()
    if op.get_bind().dialect.name == "postgresql":
        op.execute("CREATE TABLE visits_default PARTITION OF visits DEFAULT")


def downgrade() -> None:
    op.drop_table("visits")
    op.drop_table("chain")
    op.drop_table("readings")
    op.drop_table("captures")
    op.drop_table("texts")
