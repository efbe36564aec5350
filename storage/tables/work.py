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
    moment("acquired_at", "since when it is held, by the database's clock", null=True),
    moment("alive_at", "last sign of life, by the holder's clock; stays when it ends", null=True),
    comment="leases other than those of sites, such as the daemon's",
)

gaps = sa.Table(
    "gaps",
    metadata,
    row_id("the gap's number"),
    text("kind", "daemon: none was running; network: no site could be reached from here"),
    moment("began_at", "from when on nothing was seen"),
    moment("ended_at", "until when; null while it lasts", null=True),
    text("details", "who ended it, or which sites showed it", null=True),
    sa.UniqueConstraint("kind", "began_at"),
    comment="spans in which Variorum was blind, through no fault of any site",
)
