"""A journal of what changed in the order of commits, and full text search."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

revision = "0012"
down_revision: str | None = "0011"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
MOMENT = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    """Make the tables; what is there already is the journal's beginning."""
    _create_journal()
    _create_documents()
    _create_state()
    _fill_journal()


def _create_journal() -> None:
    op.create_table(
        "journal",
        sa.Column(
            "id", ID, nullable=False, comment="the entry's number, in no order that means anything"
        ),
        sa.Column(
            "number",
            sa.BigInteger,
            nullable=True,
            comment="place in the order of commits, without gaps; null until it is settled",
        ),
        sa.Column(
            "kind",
            TEXT,
            nullable=False,
            comment="version, retracted, hidden, event, merged or erased",
        ),
        sa.Column(
            "article_id",
            ID,
            sa.ForeignKey("articles.id", name="fk_journal_article_id"),
            nullable=False,
            comment="the article that differs",
        ),
        sa.Column(
            "version_id",
            ID,
            sa.ForeignKey("versions.id", name="fk_journal_version_id"),
            nullable=True,
            comment="the version, where it is about one",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_journal"),
        comment="what changed, in the order of commits, for exports and the search index",
    )
    op.create_index("uq_journal_number", "journal", ["number"], unique=True)
    unsettled = sa.text("number IS NULL")
    op.create_index(
        "ix_journal_unsettled",
        "journal",
        ["id"],
        postgresql_where=unsettled,
        sqlite_where=unsettled,
    )


def _create_documents() -> None:
    op.create_table(
        "search_documents",
        sa.Column("id", ID, nullable=False, comment="the document's number in the index"),
        sa.Column(
            "version_id",
            ID,
            sa.ForeignKey("versions.id", name="fk_search_documents_version_id"),
            nullable=False,
            comment="the version it is of",
        ),
        sa.Column(
            "side", TEXT, nullable=False, comment="text, or what the version added or removed"
        ),
        sa.Column(
            "grams",
            sa.Text().with_variant(TSVECTOR(), "postgresql"),
            nullable=True,
            comment="tokens with their places; null on SQLite, which has them in search_index",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_search_documents"),
        comment="what has been indexed for search; derived, see `variorum db reindex`",
    )
    op.create_index("ix_search_documents_version_id", "search_documents", ["version_id"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute("CREATE INDEX ix_search_grams ON search_documents USING gin (grams)")
    else:
        op.execute(
            "CREATE VIRTUAL TABLE search_index USING fts5(grams, content='', tokenize='ascii')"
        )


def _create_state() -> None:
    op.create_table(
        "search_state",
        sa.Column("name", TEXT, nullable=False, comment="always index"),
        sa.Column(
            "number",
            ID,
            server_default="0",
            nullable=False,
            comment="entry of the journal up to which versions are indexed",
        ),
        sa.Column(
            "cleared_number",
            ID,
            server_default="0",
            nullable=False,
            comment="entry up to which what was erased is out of the index",
        ),
        sa.Column("indexed_at", MOMENT, nullable=True, comment="when it was last brought up"),
        sa.PrimaryKeyConstraint("name", name="pk_search_state"),
        comment="how far the search index has come",
    )


def _fill_journal() -> None:
    op.execute(
        "INSERT INTO journal (number, kind, article_id, version_id) "
        "SELECT row_number() OVER (ORDER BY id), 'version', article_id, id FROM versions"
    )
    op.execute(
        "INSERT INTO journal (number, kind, article_id) "
        "SELECT (SELECT count(*) FROM versions) + row_number() OVER (ORDER BY id), 'event', "
        "article_id FROM events WHERE article_id IS NOT NULL"
    )


def downgrade() -> None:
    """Drop them."""
    if op.get_bind().dialect.name != "postgresql":
        op.execute("DROP TABLE search_index")
    for name in ("search_state", "search_documents", "journal"):
        op.drop_table(name)
