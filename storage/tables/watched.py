"""What we watch: outlets, their sites, and the seeds in which sites announce articles."""

import sqlalchemy as sa

from storage.tables.base import big, count, metadata, moment, real, ref, row_id, text

outlets = sa.Table(
    "outlets",
    metadata,
    row_id("the outlet's number"),
    text("name", "the one name it goes by here"),
    sa.UniqueConstraint("name"),
    comment="news organisations: sites belong to one, sources and affiliations point to one",
)

outlet_aliases = sa.Table(
    "outlet_aliases",
    metadata,
    text("alias", "a name as printed; the outlet's own name is among them", key=True),
    ref("outlet_id", "outlets.id", "the outlet it means"),
    sa.Index(None, "outlet_id"),
    comment="the names under which an outlet is printed, each belonging to one outlet",
)

sites = sa.Table(
    "sites",
    metadata,
    row_id("the site's number"),
    text("key", "the short name used in commands"),
    text("name", "the name for people"),
    text("home_url", "address of the home page"),
    text("time_zone", "IANA name of the zone in which the site prints times"),
    ref(
        "outlet_id",
        "outlets.id",
        "the outlet the site belongs to; its own name where none is named",
    ),
    text("profile_digest", "digest of the profile it was last crawled with"),
    moment("paused_at", "since when it is not crawled by schedule", null=True),
    text(
        "scope",
        "site: its seeds are followed; articles: only single articles that were named",
        default="site",
    ),
    moment("first_seen_at", "when it was first crawled"),
    sa.UniqueConstraint("key"),
    comment="watched web sites",
)

site_state = sa.Table(
    "site_state",
    metadata,
    ref("site_id", "sites.id", "the site", key=True),
    real("virtual_clock", "highest next_key served so far", null=False, default="0"),
    real("clock_rate", "hours in which the virtual clock moves by one, smoothed"),
    real("clock_sampled", "the virtual clock when its rate was last measured"),
    moment("clock_sampled_at", "when its rate was last measured", null=True),
    real("budget_tokens", "looks saved up in the politeness bucket", null=False, default="0"),
    moment("budget_at", "when the bucket was last filled", null=True),
    moment("outage_since", "since when nearly all its articles are missing at once", null=True),
    moment("probed_at", "when an address that cannot exist was last asked for", null=True),
    text("probe_text", "what the site shows there as a page; null where it says 404", null=True),
    text("probe_led_to", "where that address led, if elsewhere", null=True),
    text("circuit", "closed, open or half_open; null is closed", null=True),
    moment("circuit_until", "until when no request is made", null=True),
    moment("retry_after_at", "what the site asked for by Retry-After", null=True),
    text("circuit_reason", "why the circuit is open, or why the last crawl failed", null=True),
    count("failures", "crawls in a row that came to nothing", default="0"),
    moment("failing_since", "the first of them", null=True),
    moment("answered_at", "end of the last crawl that went through", null=True),
    moment("seeds_read_at", "when the last crawl of its seeds began", null=True),
    text("lease_holder", "host/namespace/process/start of who may write now", null=True),
    big("lease_token", "grows with every lease; a write with an older one is refused", default="0"),
    moment("lease_acquired_at", "since when, by the database's clock", null=True),
    moment("lease_expires_at", "until when without renewal, by the database's clock", null=True),
    big("chain_seq", "number of the last link of the site's hash chain", default="0"),
    text("chain_head", "head of the site's hash chain", null=True),
    comment="what moves about a site: clock, budget, circuit, lease and head of the chain",
)

seeds = sa.Table(
    "seeds",
    metadata,
    row_id("the seed's number"),
    ref("site_id", "sites.id", "the site it belongs to"),
    text("url", "its address"),
    text("kind", "list, feed or sitemap"),
    text(
        "origin",
        "how it came to be watched: profile, command, page (linked there) or robots",
        default="profile",
    ),
    ref("part_of_id", "seeds.id", "the seed whose further page or part it is", null=True),
    sa.UniqueConstraint("site_id", "url"),
    sa.Index(None, "part_of_id"),
    comment="pages, feeds and sitemaps in which sites announce articles",
)

seed_visits = sa.Table(
    "seed_visits",
    metadata,
    ref("seed_id", "seeds.id", "the seed", key=True),
    moment("visited_at", "when the look began", key=True),
    ref("crawl_id", "crawls.id", "the crawl that looked"),
    text("outcome", "read, not_modified, blocked or failed"),
    count("status", "status of the answer, where one came", null=True),
    text("reason", "why it failed or was blocked", null=True),
    count("links", "addresses on it, each once"),
    count("matched_links", "those that are articles' by the profile", default="0"),
    count("new_links", "articles' addresses never seen before"),
    count("foreign_links", "addresses of other sites", default="0"),
    count("refused_links", "not followed: a trap, malformed, or beyond a bound", default="0"),
    comment="every look at a seed",
)

seed_hours = sa.Table(
    "seed_hours",
    metadata,
    ref("site_id", "sites.id", "the site", key=True),
    moment("hour_at", "the hour's beginning", key=True),
    count("looks", "looks at its seeds that were read"),
    count("new_links", "articles that were new in them, but for a seed's first look"),
    comment="the hours in which a site's seeds were watched: its rhythm, and when it is silent",
)

site_habits = sa.Table(
    "site_habits",
    metadata,
    ref("site_id", "sites.id", "the site", key=True),
    count("announced", "changes found after a seed had stated a modification", default="0"),
    count("unannounced", "changes found without, where seeds do state them", default="0"),
    count("false_signals", "such statements after which nothing had changed", default="0"),
    real("stated_hours", "article-hours watched of such articles", null=False, default="0"),
    count("controls_agreed", "304s that an unconditional look confirmed", default="0"),
    count("controls_lied", "304s that it did not", default="0"),
    count("etags_kept", "equal bytes that came with the entity tag known", default="0"),
    count("etags_moved", "equal bytes that came with another one", default="0"),
    moment("quiet_since", "the last new article, while the site has gone quiet", null=True),
    moment("quiet_checked_at", "when that was last asked", null=True),
    comment="what has been learned of a site: its signals of change, validators and silences",
)

seed_state = sa.Table(
    "seed_state",
    metadata,
    ref("seed_id", "seeds.id", "the seed", key=True),
    ref("site_id", "sites.id", "its site"),
    moment("due_at", "when its next look is due; null is never by itself", null=True),
    moment("last_visit_at", "the last look", null=True),
    count("failures", "looks in a row that failed", default="0"),
    real("arrivals", "new articles seen on it, older ones counting less", null=False),
    real("hours", "hours it was watched, older ones counting less", null=False),
    text("etag", "validator of the last page that was read", null=True),
    text("last_modified", "validator of the last page that was read", null=True),
    text("body_digest", "SHA-256 of the last page that was read", null=True),
    moment("read_to_end_at", "when it was last followed over all its pages", null=True),
    sa.Index(None, "site_id", "due_at"),
    sa.Index(None, "due_at"),
    comment="where a seed stands: when it is due, and what its interval was learned from",
)

listings = sa.Table(
    "listings",
    metadata,
    ref("seed_id", "seeds.id", "the seed", key=True),
    ref("article_id", "articles.id", "the article it announced", key=True),
    moment("first_seen_at", "first look that found the article on the seed"),
    moment("last_seen_at", "last look that found it there"),
    sa.Index(None, "article_id"),
    sa.Index(None, "seed_id", "first_seen_at"),
    comment="which article was announced on which seed, and from when to when",
)
