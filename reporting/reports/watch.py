"""Reports on volume and on ourselves: what came in, where we were blind, how crawling goes."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from reporting.ask import Ask, Report, cut
from reporting.rates import rate
from reporting.render import Table
from storage.activity import (
    count_by_day,
    count_by_site,
    count_crawls,
    count_reasons,
    find_gaps,
    list_own_gaps,
)
from storage.columns import utc_text
from storage.engine import Engine
from storage.spans import moment_of

_FIRST_DAY = date(1970, 1, 1)
# A site that nothing told of for as many hours as this, or more, was out of sight.
BLIND_HOURS = 3

_VOLUME = (
    "day",
    "site",
    "first_reads",
    "versions",
    "changes",
    "announced",
    "fact_changes",
    "headline_changes",
    "removals",
    "returns",
    "looks",
    "hours_watched",
    "gap",
)


def _volume(engine: Engine, ask: Ask) -> Table:
    days = with_gaps(count_by_day(engine, ask.span, ask.zone))
    rows = tuple(tuple(day[name] for name in _VOLUME) for day in days)
    note = f"Days of {ask.zone}; gap marks days on which no look told anything."
    return cut(Table(_VOLUME, tuple(reversed(rows)), notes=(note,)), ask)


def with_gaps(rows: list[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield days with their date, and between a site's first and last day those without a row."""
    known = {(row["day"], row["site"]): row for row in rows}
    bounds: dict[str, list[int]] = {}
    for row in rows:
        bounds.setdefault(row["site"], [row["day"], row["day"]])[1] = row["day"]
    first = min((low for low, _ in bounds.values()), default=0)
    last = max((high for _, high in bounds.values()), default=-1)
    for day in range(first, last + 1):
        for site in sorted(site for site, (low, high) in bounds.items() if low <= day <= high):
            counts = known.get((day, site)) or dict.fromkeys((*_VOLUME, "hours_watched"), 0)
            told = (_FIRST_DAY + timedelta(days=day)).isoformat()
            gap = None if counts["hours_watched"] else "blind"
            yield {**counts, "day": told, "site": site, "gap": gap}


_COVERAGE = ("site", "blind_from", "blind_until", "hours", "looks_tried", "why")


def _coverage(engine: Engine, ask: Ask) -> Table:
    rows, own = [], list_own_gaps(engine)
    for gap in find_gaps(engine, ask.span, BLIND_HOURS, ask.now):
        end = moment_of(gap["until"]) if gap["until"] is not None else None
        last = min(ask.span.until or ask.now, ask.now)
        hours = ((end or last) - moment_of(gap["from"])) // timedelta(hours=1)
        why = _why(moment_of(gap["from"] + 1), end or last, gap["tried"], own)
        until = utc_text(end) if end else None
        rows.append(
            (gap["site"], utc_text(moment_of(gap["from"])), until, hours, gap["tried"], why)
        )
    note = (
        f"Spans of {BLIND_HOURS} hours or more in which no look told anything of a site; what was "
        "published and gone again within them was not seen. Both bounds are rounded down to the "
        "hour of the look before and after, so a span may be up to an hour longer or shorter. An "
        "empty end is still open."
    )
    return cut(Table(_COVERAGE, tuple(rows), notes=(note,)), ask)


_OURS = {"daemon": "no daemon was running", "network": "no network"}


def _why(start: datetime, end: datetime, tried: int, own: Sequence[Mapping[str, Any]]) -> str:
    """Return why nothing told of a site: what was wrong here where that is known."""
    for gap in own:
        if gap["began_at"] < end and (gap["ended_at"] is None or gap["ended_at"] > start):
            return _OURS.get(gap["kind"], str(gap["kind"]))
    return "refused or failed" if tried else "not looked at"


_HEALTH = (
    "site",
    "crawls",
    "good",
    "partial",
    "bad",
    "last_good_at",
    "looks",
    "answered",
    "share_answered",
    "missing",
    "blocked",
    "failed",
    "not_article",
    "seed_looks",
    "seed_failed",
    "main_reason",
)


def _health(engine: Engine, ask: Ask) -> Table:
    crawled = {row["site"]: row for row in count_crawls(engine, ask.span)}
    counted = {row["site"]: row for row in count_by_site(engine, ask.span)}
    reasons: dict[str, tuple[int, str]] = {}
    for row in count_reasons(engine, ask.span):
        if row["outcome"] in {"blocked", "failed"}:
            told = (-row["looks"], f"{row['outcome']} {row['reason']}".strip())
            reasons[row["site"]] = min(told, reasons.get(row["site"], told))
    rows = []
    for site in sorted({*crawled, *counted}):
        crawl, count = crawled.get(site, _NO_CRAWLS), counted.get(site)
        last = crawl["last_good_at"]
        rows.append(
            (
                site,
                *(crawl[name] for name in ("crawls", "good", "partial", "bad")),
                utc_text(last) if last else None,
                *(_looks(count) if count else (0, 0, None, 0, 0, 0, 0, 0, 0)),
                reasons[site][1] if site in reasons else None,
            )
        )
    return cut(Table(_HEALTH, tuple(rows)), ask)


_NO_CRAWLS: Mapping[str, Any] = {
    "crawls": 0, "good": 0, "partial": 0, "bad": 0, "last_good_at": None
}  # fmt: skip


def _looks(count: Mapping[str, Any]) -> tuple[Any, ...]:
    answered = count["looks"] - count["looks_blocked"] - count["looks_failed"]
    share = rate(answered, count["looks"])
    return (
        count["looks"],
        answered,
        share.share if share else None,
        *(count[f"looks_{name}"] for name in ("missing", "blocked", "failed", "not_article")),
        count["seed_looks"],
        count["seed_looks"] - count["seed_answered"],
    )


_REASONS = ("site", "outcome", "reason", "looks", "last_hour")


def _reasons(engine: Engine, ask: Ask) -> Table:
    rows = [
        (
            row["site"],
            row["outcome"],
            row["reason"] or None,
            row["looks"],
            utc_text(moment_of(row["last_hour"])),
        )
        for row in count_reasons(engine, ask.span)
    ]
    rows.sort(key=lambda row: (row[0], -row[3], row[1], row[2] or ""))
    return cut(Table(_REASONS, tuple(rows)), ask)


_STORAGE = (
    "site", "articles", "versions", "looks", "captures", "raw_bytes", "stored_bytes", "ratio"
)  # fmt: skip


def _storage(engine: Engine, ask: Ask) -> Table:
    rows = [
        (
            row["site"],
            row["first_reads"],
            row["first_reads"] + row["versions"],
            row["looks"],
            row["captures"],
            row["raw_bytes"],
            row["stored_bytes"],
            round(row["raw_bytes"] / row["stored_bytes"], 1) if row["stored_bytes"] else None,
        )
        for row in count_by_site(engine, ask.span)
    ]
    note = "Bytes of captures, as they came and as they are stored; `variorum db stats` has tables."
    return cut(Table(_STORAGE, tuple(rows), notes=(note,)), ask)


WATCH = (
    Report(
        "volume",
        "articles, changes and removals by day and site, with the days we missed",
        _VOLUME,
        (
            *("day", "site", "first_reads", "changes", "removals"),
            *("hours_watched", "gap"),
        ),
        _volume,
    ),
    Report(
        "coverage",
        "where we were blind: spans in which no look told anything of a site",
        _COVERAGE,
        _COVERAGE,
        _coverage,
    ),
    Report(
        "health",
        "how crawling goes by site: crawls, answers, refusals, failures",
        _HEALTH,
        ("site", "crawls", "good", "bad", "looks", "share_answered", "blocked", "failed"),
        _health,
    ),
    Report(
        "reasons",
        "why looks saw no article: missing, refused, failed",
        _REASONS,
        _REASONS,
        _reasons,
    ),
    Report(
        "storage",
        "what each site takes: articles, versions, captures, bytes",
        _STORAGE,
        ("site", "articles", "versions", "looks", "captures", "stored_bytes", "ratio"),
        _storage,
    ),
)
