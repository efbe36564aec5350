"""Times as people read them: in the zone of the site, to the minute."""

from datetime import UTC, datetime, timezone, tzinfo
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from storage.engine import Engine, reading
from storage.history import VersionRecord
from storage.tables import sites


def load_zones(engine: Engine) -> dict[str, tzinfo]:
    """Return for each site's key the zone in which it prints times."""
    with reading(engine) as connection:
        rows = connection.execute(sa.select(sites.c.key, sites.c.time_zone)).all()
    return {row.key: ZoneInfo(row.time_zone) for row in rows}


def page_zone(*versions: VersionRecord) -> tzinfo:
    """Return the offset of the times a page prints, newest version first, or UTC."""
    for version in reversed(versions):
        published = version.article.published_at
        offset = published.at.utcoffset() if published else None
        if offset is not None:
            return timezone(offset)
    return UTC


def render_time(at: datetime | None, zone: tzinfo) -> str:
    """Return an instant as `2022-11-07 12:00`, a dash where there is none."""
    return at.astimezone(zone).strftime("%Y-%m-%d %H:%M") if at else "-"


def render_zone(zone: tzinfo) -> str:
    """Return the name of a zone, or the offset of one that has none, as `UTC+08:00`."""
    return zone.key if isinstance(zone, ZoneInfo) else str(zone)


def render_bounds(last_seen_at: datetime | None, first_seen_at: datetime, zone: tzinfo) -> str:
    """Return between which two looks something happened, the second date only if it differs."""
    end = render_time(first_seen_at, zone)
    if last_seen_at is None:
        return f"before {end}"
    start = render_time(last_seen_at, zone)
    return f"between {start} and {end[11:] if end[:10] == start[:10] else end}"
