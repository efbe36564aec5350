"""What the summaries by hour tell, added up: by site, by day on a reader's clock, and gaps."""

from datetime import datetime, timedelta, tzinfo
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from storage.engine import reading
from storage.spans import Row, Span, hour_of, load_rows, moment_of, total, within
from storage.tables import crawls, gaps, outlets, reason_hours, site_hours, sites

COUNTED = tuple(c.name for c in site_hours.columns if not c.primary_key)


def count_by_site(engine: Engine, span: Span) -> list[Row]:
    """Return every count of `site_hours` by site, with its outlet's name, by the site's key."""
    columns = (total(site_hours.c[name], name) for name in COUNTED)
    query = sa.select(sites.c.key.label("site"), outlets.c.name.label("outlet"), *columns)
    query = query.join_from(site_hours, sites).join(outlets)
    query = query.where(*within(site_hours, span)).group_by(sites.c.key, outlets.c.name)
    return load_rows(engine, query.order_by(sites.c.key))


def count_by_day(engine: Engine, span: Span, zone: tzinfo) -> list[Row]:
    """Return every count of `site_hours` by day of a clock and site, and the hours watched.

    `day` is the number of days since 1970; an hour that the clock cuts counts whole.
    """
    with reading(engine) as connection:
        bounds = connection.execute(
            sa.select(sa.func.min(site_hours.c.hour), sa.func.max(site_hours.c.hour))
        ).one()
    if bounds[0] is None:
        return []
    offset = _offset(zone, *bounds)
    day = sa.cast((site_hours.c.hour + offset - (site_hours.c.hour + offset) % 24) / 24, sa.Integer)
    columns = [total(site_hours.c[name], name) for name in COUNTED]
    columns.append(total(sa.case((_told() > 0, 1), else_=0), "hours_watched"))
    query = sa.select(day.label("day"), sites.c.key.label("site"), *columns)
    query = query.join_from(site_hours, sites).where(*within(site_hours, span))
    query = query.group_by(sa.text("1"), sites.c.key).order_by(sa.text("1"), sites.c.key)
    return load_rows(engine, query)


def _told() -> sa.ColumnElement[int]:
    """Return the looks of an hour that told something of the site."""
    hours = site_hours.c
    return hours.looks - hours.looks_blocked - hours.looks_failed + hours.seed_answered


def _offset(zone: tzinfo, first: int, last: int) -> sa.ColumnElement[int]:
    """Return the hours by which a clock is ahead of UTC, as SQL: it may change with the season."""
    offsets = [(first, _offset_at(zone, first))]
    for hour in range(first - first % 24, last + 24, 24):
        if _offset_at(zone, hour) != offsets[-1][1]:
            changed = next(h for h in range(hour - 24, hour + 1) if _offset_at(zone, h)
                           == _offset_at(zone, hour))  # fmt: skip
            offsets.append((changed, _offset_at(zone, hour)))
    if len(offsets) == 1:
        return sa.literal(offsets[0][1], sa.Integer)
    cases = [(site_hours.c.hour >= since, offset) for since, offset in reversed(offsets)]
    return sa.case(*cases, else_=offsets[0][1])


def _offset_at(zone: tzinfo, hour: int) -> int:
    offset = moment_of(hour).astimezone(zone).utcoffset() or timedelta()
    return offset // timedelta(hours=1)


def find_gaps(engine: Engine, span: Span, longest: int, now: datetime) -> list[Row]:
    """Return where a site may have been out of sight for more than `longest` hours, by site.

    From the hour in which the last look told to the hour in which the next one did; the last may
    be open. Looks are counted by the hour, so that a span is known to less than an hour; one of
    just `longest` hours by this count may be longer and is given too. `tried` counts the looks in
    between, which told nothing. A period that starts in a gap of a site known before cuts it.
    """
    inner = _told_hours(span).subquery()
    began: sa.ColumnElement[int] = inner.c.before
    if span.since:
        known = inner.c.known_at < span.since
        began = sa.func.coalesce(began, sa.case((known, hour_of(span.since))))
    missed = inner.c.so_far - inner.c.own - sa.func.coalesce(inner.c.so_far_before, 0)
    query = sa.select(
        inner.c.site,
        began.label("from"),
        inner.c.hour.label("until"),
        sa.cast(missed, sa.BigInteger).label("tried"),
    ).where(inner.c.told > 0, inner.c.hour - began >= longest)
    found = [*load_rows(engine, query), *_open_gaps(engine, span, longest, now)]
    return sorted(found, key=lambda gap: (gap["site"], gap["from"]))


def _told_hours(span: Span) -> sa.Select[Any]:
    """Return each hour with the last one before that told, and the looks tried until both."""
    own = site_hours.c.looks + site_hours.c.seed_looks
    so_far = sa.over(
        sa.func.sum(own),
        partition_by=site_hours.c.site_id,
        order_by=site_hours.c.hour,
        rows=(None, 0),
    )
    hours = (
        sa.select(
            sites.c.key.label("site"),
            sites.c.first_seen_at.label("known_at"),
            site_hours.c.site_id,
            site_hours.c.hour,
            _told().label("told"),
            own.label("own"),
            so_far.label("so_far"),
        )
        .join_from(site_hours, sites)
        .where(*within(site_hours, span))
        .subquery()
    )

    def before(column: sa.ColumnElement[Any]) -> sa.Over[Any]:
        return sa.over(
            sa.func.max(sa.case((hours.c.told > 0, column))),
            partition_by=hours.c.site_id,
            order_by=hours.c.hour,
            rows=(None, -1),
        )

    return sa.select(
        hours,
        before(hours.c.hour).label("before"),
        before(hours.c.so_far).label("so_far_before"),
    )


def _open_gaps(engine: Engine, span: Span, longest: int, now: datetime) -> list[Row]:
    last = sa.func.max(sa.case((_told() > 0, site_hours.c.hour))).label("last")
    query = sa.select(sites.c.key.label("site"), last).join_from(site_hours, sites)
    query = query.where(*within(site_hours, span)).group_by(sites.c.key).order_by(sites.c.key)
    end = min(span.until, now) if span.until else now
    found: list[Row] = []
    for row in load_rows(engine, query):
        if row["last"] is not None and end > moment_of(row["last"] + longest):
            own = (sites.c.key == row["site"], site_hours.c.hour > row["last"])
            tried = total(site_hours.c.looks + site_hours.c.seed_looks, "tried")
            (since,) = load_rows(engine, sa.select(tried).join_from(site_hours, sites).where(*own))
            gap = {"site": row["site"], "from": row["last"], "until": None}
            found.append({**gap, "tried": since["tried"] or 0})
    return found


def list_own_gaps(engine: Engine) -> list[Row]:
    """Return the spans in which we saw nothing through no fault of a site, oldest first."""
    columns = (gaps.c.kind, gaps.c.began_at, gaps.c.ended_at)
    return load_rows(engine, sa.select(*columns).order_by(gaps.c.began_at, gaps.c.kind))


def count_reasons(engine: Engine, span: Span) -> list[Row]:
    """Return why looks saw no article: site, outcome, reason, looks, and the last such hour."""
    query = (
        sa.select(
            sites.c.key.label("site"),
            reason_hours.c.outcome,
            reason_hours.c.reason,
            total(reason_hours.c.looks, "looks"),
            sa.func.max(reason_hours.c.hour).label("last_hour"),
        )
        .join_from(reason_hours, sites)
        .where(*within(reason_hours, span))
        .group_by(sites.c.key, reason_hours.c.outcome, reason_hours.c.reason)
    )
    return load_rows(engine, query.order_by("site", "outcome", "reason"))


def count_crawls(engine: Engine, span: Span) -> list[Row]:
    """Return for each site its crawls by how they ended, and when the last good one began."""
    status = crawls.c.status
    good = sa.case((status == "success", crawls.c.started_at))
    query = (
        sa.select(
            sites.c.key.label("site"),
            sa.func.count().label("crawls"),
            total(sa.case((status == "success", 1), else_=0), "good"),
            total(sa.case((status == "partial", 1), else_=0), "partial"),
            total(sa.case((status.in_(["failure", "lost"]), 1), else_=0), "bad"),
            sa.func.max(good, type_=crawls.c.started_at.type).label("last_good_at"),
        )
        .join_from(crawls, sites)
        .group_by(sites.c.key)
    )
    query = query.where(crawls.c.started_at >= span.since) if span.since else query
    query = query.where(crawls.c.started_at < span.until) if span.until else query
    query = query.where(sites.c.key == span.site) if span.site else query
    return load_rows(engine, query.order_by(sites.c.key))
