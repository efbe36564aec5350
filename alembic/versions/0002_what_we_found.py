"""What we found: articles, their addresses, and where they were announced."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision: str | None = "0001"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
MOMENT = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")


def _column(name: str, kind: Any, comment: str, **options: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, comment=comment, **({"nullable": False} | options))


def _reference(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=f"fk_{table}_{column}")


def _create_articles() -> None:
    op.create_table(
        "articles",
        _column("id", ID, "the article's number"),
        _column("site_id", ID, "the site it is on"),
        _column("url", TEXT, "the address it was first found at; never changes, see article_urls"),
        _column("first_seen_at", MOMENT, "when a seed or a command first named it"),
        _column("merged_into", ID, "the article it turned out to be", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_articles"),
        _reference("articles", "site_id", "sites.id"),
        _reference("articles", "merged_into", "articles.id"),
        comment="news articles, each known by its canonical address",
    )
    op.create_index("ix_articles_site_id", "articles", ["site_id"])
    op.create_index("ix_articles_url", "articles", ["url"])


def _create_article_urls() -> None:
    op.create_table(
        "article_urls",
        _column("id", ID, "the row's number"),
        _column("article_id", ID, "the article served there"),
        _column("url", TEXT, "a canonical address"),
        _column("valid_from", MOMENT, "since when the address is the article's"),
        _column("valid_to", MOMENT, "until when; null while it is", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_article_urls"),
        _reference("article_urls", "article_id", "articles.id"),
        comment="addresses of articles with their dates; an address has one owner at a time",
    )
    op.create_index("ix_article_urls_article_id", "article_urls", ["article_id"])
    op.create_index(
        "uq_article_urls_current",
        "article_urls",
        ["url"],
        unique=True,
        postgresql_where=sa.text("valid_to IS NULL"),
        sqlite_where=sa.text("valid_to IS NULL"),
    )


def _create_listings() -> None:
    op.create_table(
        "listings",
        _column("seed_id", ID, "the seed", autoincrement=False),
        _column("article_id", ID, "the article it announced", autoincrement=False),
        _column("first_seen_at", MOMENT, "first look that found the article on the seed"),
        _column("last_seen_at", MOMENT, "last look that found it there"),
        sa.PrimaryKeyConstraint("seed_id", "article_id", name="pk_listings"),
        _reference("listings", "seed_id", "seeds.id"),
        _reference("listings", "article_id", "articles.id"),
        comment="which article was announced on which seed, and from when to when",
    )
    op.create_index("ix_listings_article_id", "listings", ["article_id"])


def upgrade() -> None:
    _create_articles()
    _create_article_urls()
    _create_listings()


def downgrade() -> None:
    op.drop_table("listings")
    op.drop_table("article_urls")
    op.drop_table("articles")
