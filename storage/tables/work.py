"""Work: crawls, and the leases of those who do it."""

import sqlalchemy as sa

from storage.tables.base import big, metadata, moment, ref, row_id, text

crawls = sa.Table(
    "crawls",
    metadata,
    row_id("the crawl's number"),
    ref("site_id", "sites.id", "the site"),
    text("kind", "manual, scheduled and the like"),
    moment("started_at", "when it began"),
    moment("ended_at", "when it ended; null while it runs", null=True),
    text("status", "running, success, partial, failure, or lost where its process died"),
    big("token", "token of the lease it wrote under"),
    text("counts", "what it came to, a JSON object", null=True),
    sa.Index(None, "site_id", "started_at"),
    comment="runs over a site",
)

leases = sa.Table(
    "leases",
    metadata,
    text("name", "what is leased", key=True),
    text("holder", "who holds it", null=True),
    big("token", "grows with every lease", default="0"),
    moment("expires_at", "until when, by the database's clock", null=True),
    comment="leases other than those of sites, such as the daemon's",
)
