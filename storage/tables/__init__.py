"""Every table of the archive by its name; comments say what each table and column holds."""

from storage.tables.base import metadata
from storage.tables.derived import journal, search_documents, search_state
from storage.tables.evidence import (
    captures,
    chain,
    holds,
    readings,
    texts,
    tombstones,
    visits,
)
from storage.tables.found import article_state, article_urls, articles
from storage.tables.meaning import (
    changes,
    credits,  # noqa: A004 - the design's name of the table
    events,
    people,
    versions,
)
from storage.tables.noise import change_lines, noise_rules
from storage.tables.summaries import (
    article_facts,
    byline_days,
    clock_days,
    desk_days,
    life_days,
    reason_hours,
    site_hours,
    source_days,
    stale_articles,
)
from storage.tables.watched import (
    listings,
    outlet_aliases,
    outlets,
    seed_hours,
    seed_state,
    seed_visits,
    seeds,
    site_habits,
    site_state,
    sites,
)
from storage.tables.work import crawls, gaps, leases

__all__ = [
    "article_facts",
    "article_state",
    "article_urls",
    "articles",
    "byline_days",
    "captures",
    "chain",
    "change_lines",
    "changes",
    "clock_days",
    "crawls",
    "credits",
    "desk_days",
    "events",
    "gaps",
    "holds",
    "journal",
    "leases",
    "life_days",
    "listings",
    "metadata",
    "noise_rules",
    "outlet_aliases",
    "outlets",
    "people",
    "readings",
    "reason_hours",
    "search_documents",
    "search_state",
    "seed_hours",
    "seed_state",
    "seed_visits",
    "seeds",
    "site_habits",
    "site_hours",
    "site_state",
    "sites",
    "source_days",
    "stale_articles",
    "texts",
    "tombstones",
    "versions",
    "visits",
]
