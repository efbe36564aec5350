"""A site gone quiet against its own rhythm, and its return: one event each."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from news.silence import REMEMBERED, WatchedHour, is_quiet
from storage.leases import LockedSite
from storage.tables import events, seed_hours, site_habits, sites
from storage.writes import insert_missing

_CHECK_EVERY = timedelta(hours=1)


def note_hour(connection: Connection, site: LockedSite, at: datetime, new: int) -> None:
    """Note a look at a seed that was read, and see whether the site is silent or speaks again."""
    hour = at.replace(minute=0, second=0, microsecond=0)
    row = {"site_id": site.site_id, "hour_at": hour, "looks": 0, "new_links": 0}
    insert_missing(connection, seed_hours, [row])
    own = (seed_hours.c.site_id == site.site_id) & (seed_hours.c.hour_at == hour)
    more = {"looks": seed_hours.c.looks + 1, "new_links": seed_hours.c.new_links + new}
    connection.execute(sa.update(seed_hours).where(own).values(**more))
    habits = _habits(connection, site.site_id)
    if new and habits.quiet_since is not None:
        _tell(connection, site, "resumed", at, habits.quiet_since)
        _set(connection, site.site_id, {"quiet_since": None})
    elif not new and habits.quiet_since is None and _is_time(habits.quiet_checked_at, at):
        _set(connection, site.site_id, {"quiet_checked_at": at})
        _check(connection, site, at)


def _is_time(checked_at: datetime | None, now: datetime) -> bool:
    return checked_at is None or now - checked_at >= _CHECK_EVERY


def _check(connection: Connection, site: LockedSite, now: datetime) -> None:
    zone_name = connection.scalar(sa.select(sites.c.time_zone).where(sites.c.id == site.site_id))
    zone = ZoneInfo(str(zone_name))
    own = (seed_hours.c.site_id == site.site_id) & (seed_hours.c.hour_at >= now - REMEMBERED)
    query = sa.select(seed_hours.c.hour_at, seed_hours.c.new_links).where(own)
    rows = connection.execute(query.order_by(seed_hours.c.hour_at)).all()
    hours = [WatchedHour(row.hour_at.astimezone(zone), row.new_links) for row in rows]
    if not is_quiet(hours):
        return
    since = next(row.hour_at for row in reversed(rows) if row.new_links)
    _tell(connection, site, "gone_quiet", now, since)
    _set(connection, site.site_id, {"quiet_since": since})


def _tell(
    connection: Connection, site: LockedSite, kind: str, at: datetime, since: datetime
) -> None:
    details = f"no new article since the hour of {since.isoformat(timespec='minutes')}"
    row = {"site_id": site.site_id, "kind": kind, "occurred_at": at, "details": details}
    connection.execute(events.insert(), [row | {"crawl_id": site.crawl_id, "last_seen_at": since}])


def _habits(connection: Connection, site_id: int) -> sa.Row[Any]:
    insert_missing(connection, site_habits, [{"site_id": site_id}])
    return connection.execute(sa.select(site_habits).where(site_habits.c.site_id == site_id)).one()


def _set(connection: Connection, site_id: int, values: dict[str, Any]) -> None:
    own = site_habits.c.site_id == site_id
    connection.execute(sa.update(site_habits).where(own).values(**values))
