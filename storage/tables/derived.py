"""What follows the store: the journal of what changed in it, and the search index."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSVECTOR

from storage.tables.base import big, metadata, moment, ref, row_id, text

journal = sa.Table(
    "journal",
    metadata,
    row_id("the entry's number, in no order that means anything"),
    sa.Column(
        "number",
        sa.BigInteger,
        nullable=True,
        comment="place in the order of commits, without gaps; null until it is settled",
    ),
    text("kind", "version, retracted, hidden, event, merged or erased"),
    ref("article_id", "articles.id", "the article that differs"),
    ref("version_id", "versions.id", "the version, where it is about one", null=True),
    sa.Index("uq_journal_number", "number", unique=True),
    sa.Index(
        "ix_journal_unsettled",
        "id",
        sqlite_where=sa.text("number IS NULL"),
        postgresql_where=sa.text("number IS NULL"),
    ),
    comment="what changed, in the order of commits, for exports and the search index",
)

search_documents = sa.Table(
    "search_documents",
    metadata,
    row_id("the document's number in the index"),
    ref("version_id", "versions.id", "the version it is of"),
    text("side", "text, or what the version added or removed"),
    sa.Column(
        "grams",
        sa.Text().with_variant(TSVECTOR(), "postgresql"),
        nullable=True,
        comment="tokens with their places; null on SQLite, which has them in search_index",
    ),
    sa.Index(None, "version_id"),
    comment="what has been indexed for search; derived, see `variorum db reindex`",
)

search_state = sa.Table(
    "search_state",
    metadata,
    text("name", "always index", key=True),
    big("number", "entry of the journal up to which versions are indexed", default="0"),
    big("cleared_number", "entry up to which what was erased is out of the index", default="0"),
    moment("indexed_at", "when it was last brought up", null=True),
    comment="how far the search index has come",
)
