"""Summaries by site and hour, and by day of first reading, for reports over everything."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision: str | None = "0009"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
MOMENT = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")

DAY = "the day of the article's first reading, on the site's clock"
HOURLY = {
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
DAILY = {
    "articles": "articles first read that day",
    "edited": "those of them that were edited after it",
    "edits": "how often they were edited",
    "fact_edits": "edits that changed a fact without a correction note",
    "removed": "those of them that were removed",
}
# name: comment, the text and number columns of its key, further counts
BY_DAY: dict[str, tuple[str, dict[str, str], dict[str, str], dict[str, str]]] = {
    "desk_days": (
        "articles by the desk credited at their first reading; derived",
        {"role": "editor, reviewer or proofreader", "name": "name as printed"},
        {},
        {},
    ),
    "byline_days": (
        "articles by those credited with the text at their first reading; derived",
        {
            "role": "any role but those of the desk",
            "name": "name as printed",
            "affiliation": "the outlet printed with the name, or empty",
            "source": "the article's source, or empty",
            "section": "the article's section, or empty",
        },
        {},
        {},
    ),
    "source_days": (
        "articles by the source named at their first reading; derived",
        {"source": "source as printed, or empty"},
        {},
        {"original_headlines": "those that name another headline at their origin"},
    ),
    "life_days": (
        "articles by how long they are known to have been served; derived",
        {"section": "section at the first reading, or empty"},
        {"age_step": "hours of the highest step of age at which they were seen"},
        {},
    ),
    "clock_days": (
        "articles by the hour of their publication; derived",
        {},
        {"born_hour": "the hour of publication, on the site's clock"},
        {},
    ),
}


def _column(name: str, kind: Any, comment: str, **options: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, comment=comment, **({"nullable": False} | options))


def _reference(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=f"fk_{table}_{column}")


def _hour() -> list[sa.Column[Any]]:
    return [
        _column("site_id", ID, "the site", autoincrement=False),
        _column("hour", sa.Integer, "hours since 1970 began in UTC", autoincrement=False),
    ]


def _create_hours() -> None:
    op.create_table(
        "site_hours",
        *_hour(),
        *(_column(name, ID, comment, server_default="0") for name, comment in HOURLY.items()),
        sa.PrimaryKeyConstraint("site_id", "hour", name="pk_site_hours"),
        _reference("site_hours", "site_id", "sites.id"),
        comment="what happened in each hour at each site; derived",
    )
    op.create_table(
        "reason_hours",
        *_hour(),
        _column("outcome", TEXT, "missing, blocked, not_article or failed"),
        _column("reason", TEXT, "why; empty where none was noted"),
        _column("looks", ID, "such looks", server_default="0"),
        sa.PrimaryKeyConstraint("site_id", "hour", "outcome", "reason", name="pk_reason_hours"),
        _reference("reason_hours", "site_id", "sites.id"),
        comment="why looks saw no article, by site and hour; derived",
    )


def _create_facts() -> None:
    op.create_table(
        "article_facts",
        _column("article_id", ID, "the article", autoincrement=False),
        _column("site_id", ID, "its site"),
        _column("day", TEXT, "the day of its first reading, on the site's clock"),
        _column("reading_id", ID, "the reading of its first standing version"),
        _column("first_seen_at", MOMENT, "when it was first read"),
        _column(
            "born_at",
            MOMENT,
            "its published time where printed to the minute, else its first reading",
        ),
        _column("born_hour", sa.Integer, "the hour of the day of born_at, on the site's clock"),
        _column("section", TEXT, "breadcrumb at its first reading; empty where there is none"),
        _column("source", TEXT, "source at its first reading; empty where none is named"),
        _column("original_headline", sa.Boolean, "it names another headline at its origin"),
        _column(
            "edits",
            sa.Integer,
            "standing versions after the first with a change that is not hidden",
        ),
        _column("fact_edits", sa.Integer, "those that changed a fact without a correction note"),
        _column("announced", sa.Integer, "those that came with a correction note"),
        _column(
            "edit_minutes",
            sa.Integer,
            "minutes from born_at to the look that showed the first",
            nullable=True,
        ),
        _column(
            "life_minutes",
            sa.Integer,
            "minutes from its first reading to the first look that found it missing, if it was "
            "removed",
            nullable=True,
        ),
        _column(
            "age_step",
            sa.Integer,
            "hours of the highest step of age at which it was seen; see life_days",
        ),
        sa.PrimaryKeyConstraint("article_id", name="pk_article_facts"),
        _reference("article_facts", "article_id", "articles.id"),
        _reference("article_facts", "site_id", "sites.id"),
        _reference("article_facts", "reading_id", "readings.id"),
        comment="what the summaries count of each article that was read; derived",
    )
    for name, columns in {
        "edited": ["site_id", "day", "section", "born_hour", "edit_minutes"],
        "removed": ["site_id", "day", "section", "life_minutes"],
    }.items():
        given = sa.text(f"{columns[-1]} IS NOT NULL")
        op.create_index(
            f"ix_article_facts_{name}",
            "article_facts",
            columns,
            sqlite_where=given,
            postgresql_where=given,
        )


def _create_by_day(name: str) -> None:
    comment, texts, numbers, counts = BY_DAY[name]
    op.create_table(
        name,
        _column("site_id", ID, "the site", autoincrement=False),
        *(_column(key, sa.Integer, said, autoincrement=False) for key, said in numbers.items())
        if name == "clock_days"
        else (_column(key, TEXT, said) for key, said in texts.items()),
        _column("day", TEXT, DAY),
        *(
            _column(key, sa.Integer, said, autoincrement=False)
            for key, said in numbers.items()
            if name != "clock_days"
        ),
        *(
            _column(key, sa.Integer, said, server_default="0")
            for key, said in {**DAILY, **counts}.items()
        ),
        sa.PrimaryKeyConstraint(*_key(name), name=f"pk_{name}"),
        _reference(name, "site_id", "sites.id"),
        comment=comment,
        sqlite_with_rowid=False,
    )
    op.create_index(f"ix_{name}_day", name, ["day"])


def _key(name: str) -> list[str]:
    _, texts, numbers, _ = BY_DAY[name]
    if name == "clock_days":
        return ["site_id", *numbers, "day"]
    return ["site_id", *texts, "day", *numbers]


def upgrade() -> None:
    _create_hours()
    _create_facts()
    for name in BY_DAY:
        _create_by_day(name)
    op.create_table(
        "stale_articles",
        _column(
            "article_id",
            ID,
            "the article; below 0 where only its age is new, 0 for all",
            autoincrement=False,
        ),
        sa.PrimaryKeyConstraint("article_id", name="pk_stale_articles"),
        comment="articles whose summaries the transaction that runs has still to bring up to date",
    )
    op.add_column(
        "article_state",
        sa.Column(
            "age_step_at",
            MOMENT,
            nullable=True,
            comment="when, still seen, it passes the next step of age; derived",
        ),
    )


def downgrade() -> None:
    with op.batch_alter_table("article_state") as table:
        table.drop_column("age_step_at")
    for name in ("stale_articles", *reversed(BY_DAY), "article_facts", "reason_hours"):
        op.drop_table(name)
    op.drop_table("site_hours")
