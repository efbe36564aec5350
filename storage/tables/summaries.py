"""Summaries: derived counts that reports add up; they follow every write, and can be rebuilt."""

import sqlalchemy as sa

from storage.columns import ByteText
from storage.tables.base import big, count, flag, metadata, moment, ref, text


def _key(name: str, comment: str) -> sa.Column[str]:
    return text(name, comment, key=True)


def _day() -> sa.Column[str]:
    return _key("day", "the day of the article's first reading, on the site's clock")


def _site() -> sa.Column[int]:
    return ref("site_id", "sites.id", "the site", key=True)


def _counts() -> list[sa.Column[int]]:
    """Return the counts of articles that recur in the summaries by day."""
    return [
        count("articles", "articles first read that day", default="0"),
        count("edited", "those of them that were edited after it", default="0"),
        count("edits", "how often they were edited", default="0"),
        count("fact_edits", "edits that changed a fact without a correction note", default="0"),
        count("removed", "those of them that were removed", default="0"),
    ]


def _hourly(comments: dict[str, str]) -> list[sa.Column[int]]:
    return [big(name, comment, default="0") for name, comment in comments.items()]


site_hours = sa.Table(
    "site_hours",
    metadata,
    _site(),
    sa.Column(
        "hour",
        sa.Integer,
        primary_key=True,
        autoincrement=False,
        comment="hours since 1970 began in UTC",
    ),
    *_hourly(
        {
            "looks": "looks at articles",
            "looks_new": "looks that read an article for the first time",
            "looks_changed": "looks that found it changed",
            "looks_unchanged": "looks that found it as it was",
            "looks_not_modified": "looks answered 304",
            "looks_missing": "looks that found it missing",
            "looks_blocked": "looks that were refused",
            "looks_not_article": "looks that found no article",
            "looks_failed": "looks that failed",
            "seed_looks": "looks at seeds",
            "seed_answered": "looks at seeds that were read or answered 304",
            "captures": "captures kept",
            "raw_bytes": "bytes of these captures",
            "stored_bytes": "bytes they take, compressed",
            "first_reads": "articles read for the first time",
            "versions": "versions after the first that stand",
            "changes": "changed fields, hidden ones left out",
            "announced": "those that came with a correction note",
            "fact_changes": "those that changed a fact without such a note",
            "headline_changes": "those of the headline",
            "removals": "confirmed removals",
            "returns": "returns",
        }
    ),
    comment="what happened in each hour at each site; derived",
)

reason_hours = sa.Table(
    "reason_hours",
    metadata,
    _site(),
    sa.Column(
        "hour",
        sa.Integer,
        primary_key=True,
        autoincrement=False,
        comment="hours since 1970 began in UTC",
    ),
    _key("outcome", "missing, blocked, not_article or failed"),
    _key("reason", "why; empty where none was noted"),
    big("looks", "such looks", default="0"),
    comment="why looks saw no article, by site and hour; derived",
)

article_facts = sa.Table(
    "article_facts",
    metadata,
    ref("article_id", "articles.id", "the article", key=True),
    ref("site_id", "sites.id", "its site"),
    text("day", "the day of its first reading, on the site's clock"),
    ref("reading_id", "readings.id", "the reading of its first standing version"),
    moment("first_seen_at", "when it was first read"),
    moment("born_at", "its published time where printed to the minute, else its first reading"),
    count("born_hour", "the hour of the day of born_at, on the site's clock"),
    text("section", "breadcrumb at its first reading; empty where there is none"),
    text("source", "source at its first reading; empty where none is named"),
    flag("original_headline", "it names another headline at its origin"),
    sa.Column(
        "credited",
        ByteText,
        nullable=False,
        server_default="[]",
        comment="who is credited at its first reading: JSON, [role, name, affiliation] each",
    ),
    count("edits", "standing versions after the first with a change that is not hidden"),
    count("fact_edits", "those that changed a fact without a correction note"),
    count("announced", "those that came with a correction note"),
    count("edit_minutes", "minutes from born_at to the look that showed the first", null=True),
    count(
        "life_minutes",
        "minutes from its first reading to the first look that found it missing, if it was removed",
        null=True,
    ),
    count("age_step", "hours of the highest step of age at which it was seen; see life_days"),
    sa.Index(
        "ix_article_facts_edited",
        *("site_id", "day", "section", "born_hour", "edit_minutes"),
        sqlite_where=sa.text("edit_minutes IS NOT NULL"),
        postgresql_where=sa.text("edit_minutes IS NOT NULL"),
    ),
    sa.Index(
        "ix_article_facts_removed",
        *("site_id", "day", "section", "life_minutes"),
        sqlite_where=sa.text("life_minutes IS NOT NULL"),
        postgresql_where=sa.text("life_minutes IS NOT NULL"),
    ),
    comment="what the summaries count of each article that was read; derived",
)

desk_days = sa.Table(
    "desk_days",
    metadata,
    _site(),
    _key("role", "editor, reviewer or proofreader"),
    _key("name", "name as printed"),
    _day(),
    *_counts(),
    sa.Index(None, "day"),
    sqlite_with_rowid=False,
    comment="articles by the desk credited at their first reading; derived",
)

byline_days = sa.Table(
    "byline_days",
    metadata,
    _site(),
    _key("role", "any role but those of the desk"),
    _key("name", "name as printed"),
    _key("affiliation", "the outlet printed with the name, or empty"),
    _key("source", "the article's source, or empty"),
    _key("section", "the article's section, or empty"),
    _day(),
    *_counts(),
    sa.Index(None, "day"),
    sqlite_with_rowid=False,
    comment="articles by those credited with the text at their first reading; derived",
)

source_days = sa.Table(
    "source_days",
    metadata,
    _site(),
    _key("source", "source as printed, or empty"),
    _day(),
    *_counts(),
    count("original_headlines", "those that name another headline at their origin", default="0"),
    sa.Index(None, "day"),
    sqlite_with_rowid=False,
    comment="articles by the source named at their first reading; derived",
)

life_days = sa.Table(
    "life_days",
    metadata,
    _site(),
    _key("section", "section at the first reading, or empty"),
    _day(),
    count("age_step", "hours of the highest step of age at which they were seen", key=True),
    *_counts(),
    sa.Index(None, "day"),
    sqlite_with_rowid=False,
    comment="articles by how long they are known to have been served; derived",
)

clock_days = sa.Table(
    "clock_days",
    metadata,
    _site(),
    count("born_hour", "the hour of publication, on the site's clock", key=True),
    _day(),
    *_counts(),
    sa.Index(None, "day"),
    sqlite_with_rowid=False,
    comment="articles by the hour of their publication; derived",
)

stale_articles = sa.Table(
    "stale_articles",
    metadata,
    big(
        "article_id",
        "the article; below 0 where only its age is new, 0 for all",
        key=True,
    ),
    comment="articles whose summaries the transaction that runs has still to bring up to date",
)
