"""What a search has found, as a table."""

from reporting.report import Table
from storage.columns import utc_text
from storage.search.query import Hit

_COLUMNS = ("site", "headline", "version", "last_version", "first_seen_at", "passage", "url")
_BRIEF = ("first_seen_at", "version", "passage", "url")


def hits_table(hits: list[Hit], *, marked: bool) -> Table:
    """Return hits as rows; `marked` puts 【】 around what was searched for, for people."""
    rows = tuple(
        (
            hit.site,
            hit.headline,
            hit.version,
            hit.last_version,
            utc_text(hit.first_seen_at),
            _passage(hit, marked),
            hit.url,
        )
        for hit in hits
    )
    return Table(_COLUMNS, rows, brief=_BRIEF)


def _passage(hit: Hit, marked: bool) -> str:
    own = hit.passage
    return f"{own.before}【{own.hit}】{own.after}" if marked else own.before + own.hit + own.after


def render_hits(hits: list[Hit], times: list[str]) -> list[str]:
    """Return hits as lines for a terminal: time, version and address, then the passage."""
    lines = []
    for hit, at in zip(hits, times, strict=True):
        last = f"–{hit.last_version}" if hit.last_version != hit.version else ""
        lines += [
            f"{at}  {hit.headline}",
            f"    version {hit.version}{last}  {hit.url}",
            f"    {_passage(hit, marked=True)}",
        ]
    return lines
