"""The state of the work as lines for a terminal of 80 columns."""

from datetime import datetime, timedelta

from reporting.layout import harmless, pad
from reporting.status import SiteStatus, Status

_HEAD = ("SITE", "STATE", "LAST OK", "NEXT", "FAILS", "LOOKS", "NEW", "EDITS", "GONE")
_WIDTHS = (22, 9, 8, 8, 5, 6, 5, 5, 4)  # with a space between: 80 columns


def render_status(status: Status) -> list[str]:
    """Return what there is to say: the daemon, the sites, what was missed, what is wrong."""
    lines = [_daemon_line(status), ""]
    if status.sites:
        lines += [_row(_HEAD), *(_row(_cells(site, status.at)) for site in status.sites)]
        lines += ["", "looks, new, edits and removals are those of the last 24 hours"]
    lines += [
        f"{site.site}: its certificate is not checked ({harmless(site.unchecked_certificate)})"
        for site in status.sites
        if site.unchecked_certificate
    ]
    for gap in status.gaps[-5:]:
        until = f"{gap.ended_at:%Y-%m-%d %H:%M}" if gap.ended_at else "now"
        lines.append(f"blind ({gap.kind}) from {gap.began_at:%Y-%m-%d %H:%M} to {until} UTC")
    wrong = [*status.problems, *status.complaints]
    lines += [f"! {harmless(line)}" for line in wrong] or ["all is well"]
    return lines


def _daemon_line(status: Status) -> str:
    daemon = status.daemon
    if daemon.holder is None:
        return f"{status.at:%Y-%m-%d %H:%M} UTC: no daemon is running"
    host, _, pid, _ = daemon.holder.rsplit("/", 3)
    since = f", for {span(status.at - daemon.since)}" if daemon.since else ""
    return f"{status.at:%Y-%m-%d %H:%M} UTC: the daemon runs on {host}, process {pid}{since}"


def _cells(site: SiteStatus, now: datetime) -> tuple[str, ...]:
    last = span(now - site.last_success_at) if site.last_success_at else "never"
    counts = site.counts
    return (
        site.site,
        site.state,
        last,
        _next(site, now),
        str(site.failures or "-"),
        *(str(counts.get(name, 0)) for name in ("pages", "new", "changed", "removed")),
    )


def _next(site: SiteStatus, now: datetime) -> str:
    if site.next_at is None:
        return "-"
    if site.next_at <= now:
        late = now - site.next_at
        return "now" if late < timedelta(minutes=1) else f"-{span(late)}"
    return span(site.next_at - now)


def _row(cells: tuple[str, ...]) -> str:
    """Return one line; words from the left, figures from the right."""
    texts = [pad(text, width) for text, width in zip(cells[:2], _WIDTHS, strict=False)]
    texts += [text.rjust(width) for text, width in zip(cells[2:], _WIDTHS[2:], strict=True)]
    return " ".join(texts).rstrip()


def span(time: timedelta) -> str:
    """Return a span of time in its largest unit that is not one only: 90 s, 12 min, 5 h, 3 d."""
    seconds = max(0, round(time.total_seconds()))
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
