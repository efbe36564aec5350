"""What we found: articles, their addresses, and where each one stands."""

import sqlalchemy as sa

from storage.tables.base import flag, metadata, moment, real, ref, row_id, text

articles = sa.Table(
    "articles",
    metadata,
    row_id("the article's number"),
    ref("site_id", "sites.id", "the site it is on"),
    text("url", "the address it was first found at; never changes, see article_urls"),
    moment("first_seen_at", "when a seed or a command first named it"),
    ref("merged_into", "articles.id", "the article it turned out to be", null=True),
    sa.Index(None, "site_id"),
    sa.Index(None, "url"),
    comment="news articles, each known by its canonical address",
)

article_urls = sa.Table(
    "article_urls",
    metadata,
    row_id("the row's number"),
    ref("article_id", "articles.id", "the article served there"),
    text("url", "a canonical address"),
    moment("valid_from", "since when the address is the article's"),
    moment("valid_to", "until when; null while it is", null=True),
    sa.Index(None, "article_id"),
    sa.Index(
        "uq_article_urls_current",
        "url",
        unique=True,
        postgresql_where=sa.text("valid_to IS NULL"),
        sqlite_where=sa.text("valid_to IS NULL"),
    ),
    sa.Index(
        "ix_article_urls_former",
        "url",
        postgresql_where=sa.text("valid_to IS NOT NULL"),
        sqlite_where=sa.text("valid_to IS NOT NULL"),
    ),
    comment="addresses of articles with their dates; an address has one owner at a time",
)

article_state = sa.Table(
    "article_state",
    metadata,
    ref("article_id", "articles.id", "the article", key=True),
    ref("site_id", "sites.id", "its site"),
    text("state", "found, live, suspect, removed or not_article"),
    moment("last_visit_at", "the last look", null=True),
    text("last_outcome", "what the last look came to", null=True),
    ref("open_version_id", "versions.id", "the version that is served now", null=True),
    moment("last_seen_at", "the last look that saw the open version", null=True),
    moment("first_missing_at", "the first of the looks that found it missing", null=True),
    text("etag", "validator of the last accepted page", null=True),
    text("last_modified", "validator of the last accepted page", null=True),
    text("body_digest", "SHA-256 of the last accepted page", null=True),
    text("extractor", "who read the last accepted page", null=True),
    flag("page_ends", "the last accepted page ended with its end tag", null=True),
    moment("stated_at", "latest modification that a seed states; null where none does", null=True),
    moment("signalled_at", "since when a statement awaits its look; null is none does", null=True),
    real("posterior_k", "shape of the posterior of its rate of edits"),
    real("posterior_b", "rate of the posterior of its rate of edits"),
    moment(
        "flapping_since", "since when its content flips to and fro; null is it does not", null=True
    ),
    moment("delisted_at", "since when no seed lists it any more while it is served", null=True),
    text("led_to", "where its address led at the last look, if elsewhere", null=True),
    moment("age_step_at", "when, still seen, it passes the next step of age; derived", null=True),
    real("next_key", "when its next look is due, on the site's virtual clock; null is never"),
    moment("withheld_at", "since when it is taken down here, and looked at no more", null=True),
    sa.Index(None, "site_id", "next_key"),
    sa.Index(None, "site_id", "last_visit_at"),
    sa.Index(
        "ix_article_state_suspects",
        "site_id",
        "first_missing_at",
        postgresql_where=sa.text("state = 'suspect'"),
        sqlite_where=sa.text("state = 'suspect'"),
    ),
    comment="where an article stands: the only row of an article that changes",
)
