"""Every table of the archive by its name; comments say what each table and column holds."""

from storage.tables.base import metadata
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
from storage.tables.watched import (
    listings,
    outlet_aliases,
    outlets,
    seed_state,
    seed_visits,
    seeds,
    site_state,
    sites,
)
from storage.tables.work import crawls, gaps, leases

__all__ = [
    "article_state",
    "article_urls",
    "articles",
    "captures",
    "chain",
    "change_lines",
    "changes",
    "crawls",
    "credits",
    "events",
    "gaps",
    "holds",
    "leases",
    "listings",
    "metadata",
    "noise_rules",
    "outlet_aliases",
    "outlets",
    "people",
    "readings",
    "seed_state",
    "seed_visits",
    "seeds",
    "site_state",
    "sites",
    "texts",
    "tombstones",
    "versions",
    "visits",
]
