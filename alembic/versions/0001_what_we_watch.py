"""What we watch, and the work on it: outlets, sites, seeds, crawls, leases."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision: str | None = None
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
MOMENT = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")


def _column(name: str, kind: Any, comment: str, **options: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, comment=comment, **({"nullable": False} | options))


def _reference(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=f"fk_{table}_{column}")


def _create_outlets() -> None:
    op.create_table(
        "outlets",
        _column("id", ID, "the outlet's number"),
        _column("name", TEXT, "the one name it goes by here"),
        sa.PrimaryKeyConstraint("id", name="pk_outlets"),
        sa.UniqueConstraint("name", name="uq_outlets_name"),
        comment="news organisations: sites belong to one, sources and affiliations point to one",
    )


def _create_outlet_aliases() -> None:
    op.create_table(
        "outlet_aliases",
        _column("alias", TEXT, "a name as printed; the outlet's own name is among them"),
        _column("outlet_id", ID, "the outlet it means"),
        sa.PrimaryKeyConstraint("alias", name="pk_outlet_aliases"),
        _reference("outlet_aliases", "outlet_id", "outlets.id"),
        comment="the names under which an outlet is printed, each belonging to one outlet",
    )
    op.create_index("ix_outlet_aliases_outlet_id", "outlet_aliases", ["outlet_id"])


def _create_sites() -> None:
    op.create_table(
        "sites",
        _column("id", ID, "the site's number"),
        _column("key", TEXT, "the short name used in commands"),
        _column("name", TEXT, "the name for people"),
        _column("home_url", TEXT, "address of the home page"),
        _column("time_zone", TEXT, "IANA name of the zone in which the site prints times"),
        _column(
            "outlet_id", ID, "the outlet the site belongs to; its own name where none is named"
        ),
        _column("profile_digest", TEXT, "digest of the profile it was last crawled with"),
        _column("paused_at", MOMENT, "since when it is not crawled by schedule", nullable=True),
        _column("first_seen_at", MOMENT, "when it was first crawled"),
        sa.PrimaryKeyConstraint("id", name="pk_sites"),
        _reference("sites", "outlet_id", "outlets.id"),
        sa.UniqueConstraint("key", name="uq_sites_key"),
        comment="watched web sites",
    )


def _create_site_state() -> None:
    op.create_table(
        "site_state",
        _column("site_id", ID, "the site", autoincrement=False),
        _column("virtual_clock", sa.Double, "highest next_key served so far", server_default="0"),
        _column(
            "budget_tokens",
            sa.Double,
            "looks saved up in the politeness bucket",
            server_default="0",
        ),
        _column("budget_at", MOMENT, "when the bucket was last filled", nullable=True),
        _column("circuit", TEXT, "closed, open or half_open; null is closed", nullable=True),
        _column("circuit_until", MOMENT, "until when no request is made", nullable=True),
        _column("retry_after_at", MOMENT, "what the site asked for by Retry-After", nullable=True),
        _column(
            "lease_holder", TEXT, "host/namespace/process/start of who may write now", nullable=True
        ),
        _column(
            "lease_token",
            ID,
            "grows with every lease; a write with an older one is refused",
            server_default="0",
        ),
        _column("lease_acquired_at", MOMENT, "since when, by the database's clock", nullable=True),
        _column(
            "lease_expires_at",
            MOMENT,
            "until when without renewal, by the database's clock",
            nullable=True,
        ),
        _column(
            "chain_seq", ID, "number of the last link of the site's hash chain", server_default="0"
        ),
        _column("chain_head", TEXT, "head of the site's hash chain", nullable=True),
        sa.PrimaryKeyConstraint("site_id", name="pk_site_state"),
        _reference("site_state", "site_id", "sites.id"),
        comment="what moves about a site: clock, budget, circuit, lease and head of the chain",
    )


def _create_crawls() -> None:
    op.create_table(
        "crawls",
        _column("id", ID, "the crawl's number"),
        _column("site_id", ID, "the site"),
        _column("kind", TEXT, "manual, scheduled and the like"),
        _column("started_at", MOMENT, "when it began"),
        _column("ended_at", MOMENT, "when it ended; null while it runs", nullable=True),
        _column(
            "status", TEXT, "running, success, partial, failure, or lost where its process died"
        ),
        _column("token", ID, "token of the lease it wrote under"),
        _column("counts", TEXT, "what it came to, a JSON object", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_crawls"),
        _reference("crawls", "site_id", "sites.id"),
        comment="runs over a site",
    )
    op.create_index("ix_crawls_site_id_started_at", "crawls", ["site_id", "started_at"])


def _create_leases() -> None:
    op.create_table(
        "leases",
        _column("name", TEXT, "what is leased"),
        _column("holder", TEXT, "who holds it", nullable=True),
        _column("token", ID, "grows with every lease", server_default="0"),
        _column("expires_at", MOMENT, "until when, by the database's clock", nullable=True),
        sa.PrimaryKeyConstraint("name", name="pk_leases"),
        comment="leases other than those of sites, such as the daemon's",
    )


def _create_seeds() -> None:
    op.create_table(
        "seeds",
        _column("id", ID, "the seed's number"),
        _column("site_id", ID, "the site it belongs to"),
        _column("url", TEXT, "its address"),
        _column("kind", TEXT, "list, feed or sitemap"),
        sa.PrimaryKeyConstraint("id", name="pk_seeds"),
        _reference("seeds", "site_id", "sites.id"),
        sa.UniqueConstraint("site_id", "url", name="uq_seeds_site_id_url"),
        comment="pages, feeds and sitemaps in which sites announce articles",
    )


def _create_seed_visits() -> None:
    op.create_table(
        "seed_visits",
        _column("seed_id", ID, "the seed", autoincrement=False),
        _column("visited_at", MOMENT, "when the look began"),
        _column("crawl_id", ID, "the crawl that looked"),
        _column("outcome", TEXT, "read, not_modified, blocked or failed"),
        _column("status", sa.Integer, "status of the answer, where one came", nullable=True),
        _column("reason", TEXT, "why it failed or was blocked", nullable=True),
        _column("links", sa.Integer, "addresses of articles on it"),
        _column("new_links", sa.Integer, "those never seen before"),
        sa.PrimaryKeyConstraint("seed_id", "visited_at", name="pk_seed_visits"),
        _reference("seed_visits", "seed_id", "seeds.id"),
        _reference("seed_visits", "crawl_id", "crawls.id"),
        comment="every look at a seed",
    )


def upgrade() -> None:
    _create_outlets()
    _create_outlet_aliases()
    _create_sites()
    _create_site_state()
    _create_crawls()
    _create_leases()
    _create_seeds()
    _create_seed_visits()


def downgrade() -> None:
    op.drop_table("seed_visits")
    op.drop_table("seeds")
    op.drop_table("leases")
    op.drop_table("crawls")
    op.drop_table("site_state")
    op.drop_table("sites")
    op.drop_table("outlet_aliases")
    op.drop_table("outlets")
