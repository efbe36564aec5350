"""How much there is, and what it takes."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from storage.engine import reading
from storage.tables import articles, captures, metadata, sites, versions


@dataclass(frozen=True, slots=True)
class TableSize:
    """Rows of a table, and its bytes with those of its indexes where the database can say."""

    name: str
    rows: int
    size: int | None


@dataclass(frozen=True, slots=True)
class SiteSize:
    """What a site has come to; `raw` and `stored` are the bytes of its captures."""

    key: str
    articles: int
    versions: int
    captures: int
    raw: int
    stored: int


@dataclass(frozen=True, slots=True)
class Sizes:
    """The sizes of an archive."""

    tables: tuple[TableSize, ...]
    sites: tuple[SiteSize, ...]


def measure(engine: Engine) -> Sizes:
    """Count the rows and bytes of every table, and what each site has come to."""
    with reading(engine) as connection:
        return Sizes(tables=_tables(connection), sites=_sites(connection))


def stats(engine: Engine) -> list[str]:
    """Return the sizes of an archive as lines for people."""
    sizes = measure(engine)
    lines = [f"{'table':<16}{'rows':>12}{'bytes':>14}"]
    lines += [
        f"{table.name:<16}{table.rows:>12,}"
        f"{'' if table.size is None else format(table.size, ','):>14}"
        for table in sizes.tables
    ]
    for site in sizes.sites:
        ratio = site.raw / site.stored if site.stored else 0.0
        lines.append(
            f"site {site.key}: {site.articles:,} articles, {site.versions:,} versions, "
            f"{site.captures:,} captures of {site.raw:,} bytes in {site.stored:,} ({ratio:.1f} : 1)"
        )
    return lines


def _tables(connection: Connection) -> tuple[TableSize, ...]:
    found = []
    sizes = _bytes(connection)
    for name in sorted(metadata.tables):
        count = sa.select(sa.func.count()).select_from(metadata.tables[name])
        found.append(TableSize(name, connection.execute(count).scalar_one(), sizes.get(name)))
    return tuple(found)


def _bytes(connection: Connection) -> dict[str, int]:
    """Return the bytes of each table, its indexes and its partitions included."""
    if connection.dialect.name == "postgresql":
        query = (
            "SELECT c.relname, coalesce((SELECT sum(pg_total_relation_size(t.relid)) "
            "FROM pg_partition_tree(c.oid) AS t), pg_total_relation_size(c.oid)) "
            "FROM pg_class AS c WHERE c.relkind IN ('r', 'p') "
            "AND c.relnamespace = current_schema()::regnamespace"
        )
    else:
        query = (
            "SELECT m.tbl_name, sum(s.pgsize) FROM dbstat AS s "
            "JOIN sqlite_master AS m ON m.name = s.name "
            "WHERE s.aggregate = TRUE GROUP BY m.tbl_name"
        )
    try:
        with connection.begin_nested():
            rows = connection.exec_driver_sql(query).all()
    except sa.exc.OperationalError:  # an SQLite built without dbstat
        return {}
    return {name: int(size) for name, size in rows if size is not None}


def _sites(connection: Connection) -> tuple[SiteSize, ...]:
    found = []
    for site in connection.execute(sa.select(sites.c.id, sites.c.key).order_by(sites.c.key)).all():
        own = articles.c.site_id == site.id
        counted = sa.select(sa.func.count(versions.c.id)).join_from(versions, articles).where(own)
        kept = sa.select(
            sa.func.count(captures.c.id),
            sa.func.coalesce(sa.func.sum(captures.c.size), 0),
            sa.func.coalesce(sa.func.sum(sa.func.length(captures.c.body)), 0),
        ).where(captures.c.site_id == site.id)
        number, raw, stored = connection.execute(kept).one()
        found.append(
            SiteSize(
                key=site.key,
                articles=connection.scalar(sa.select(sa.func.count()).where(own)) or 0,
                versions=connection.scalar(counted) or 0,
                captures=number,
                raw=int(raw),
                stored=int(stored),
            )
        )
    return tuple(found)
