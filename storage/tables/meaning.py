"""Meaning: versions, what differs between them, what happened, and who is credited."""

import sqlalchemy as sa

from storage.tables.base import count, flag, metadata, moment, real, ref, row_id, text

versions = sa.Table(
    "versions",
    metadata,
    row_id("the version's number in the archive"),
    ref("article_id", "articles.id", "the article"),
    count("number", "1, 2, 3 within the article; never used again"),
    ref("reading_id", "readings.id", "what was read"),
    text("content_digest", "versioned digest of what is compared"),
    moment("first_seen_at", "the first look that saw it"),
    moment("last_seen_at", "the last look that saw it; null while it is open", null=True),
    ref("same_as_version_id", "versions.id", "first version of equal content", null=True),
    moment("retracted_at", "since when it is known to be ours, not the outlet's", null=True),
    sa.UniqueConstraint("article_id", "number"),
    sa.Index(None, "first_seen_at"),
    sa.Index(None, "reading_id"),
    comment="runs of equal content in time",
)

changes = sa.Table(
    "changes",
    metadata,
    row_id("the change's number"),
    ref("article_id", "articles.id", "the article"),
    ref("from_version_id", "versions.id", "the version before"),
    ref("to_version_id", "versions.id", "the version after"),
    text("field", "the field that differs"),
    text("kinds", "what kinds of change, sorted, separated by commas"),
    flag("announced", "a correction note appeared with it"),
    real("significance", "from 0 to 1", null=False),
    text("rule", "the rule behind each part of the significance"),
    text("hidden_by", "the rule that hides it; null is shown", null=True),
    moment("last_seen_at", "last look that saw the old", null=True),
    moment("first_seen_at", "first look that saw the new"),
    sa.UniqueConstraint("to_version_id", "field"),
    sa.Index(None, "article_id"),
    sa.Index(None, "first_seen_at"),
    comment="what differs between neighbouring versions, one row a field",
)

events = sa.Table(
    "events",
    metadata,
    row_id("the event's number"),
    ref("site_id", "sites.id", "the site"),
    ref("article_id", "articles.id", "the article; null where it is the site's", null=True),
    text("kind", "first_read, suspected, cleared, removed, returned, not_article, and others"),
    moment("occurred_at", "the look that showed it"),
    text("from_state", "state before", null=True),
    text("to_state", "state after", null=True),
    moment("last_seen_at", "last look that saw the article", null=True),
    moment("first_missing_at", "first look that found it missing", null=True),
    ref("crawl_id", "crawls.id", "the crawl that looked", null=True),
    text("details", "status and reason of the look", null=True),
    sa.UniqueConstraint("article_id", "kind", "occurred_at"),
    sa.Index(None, "site_id", "occurred_at"),
    comment="what happened to an article or a site",
)

people = sa.Table(
    "people",
    metadata,
    row_id("the person's number"),
    ref("outlet_id", "outlets.id", "the outlet the name is read within"),
    text("name", "name as printed"),
    sa.UniqueConstraint("outlet_id", "name"),
    comment="names within outlets; derived from credits, and rebuilt from them",
)

credits = sa.Table(  # noqa: A001 - the design's name of the table
    "credits",
    metadata,
    ref("reading_id", "readings.id", "the reading", key=True),
    count("position", "place on the page, from 0", key=True),
    text("role", "what the party did"),
    text("name", "name as printed, padding removed"),
    text("kind", "person or organization"),
    text("affiliation", "the outlet printed with the name", null=True),
    count("level", "1 to 3 for 一审 to 三审", null=True),
    text("label", "the label as printed", null=True),
    ref("person_id", "people.id", "the person; derived", null=True),
    sa.Index(None, "person_id"),
    comment="named parties and their roles, in page order",
)
