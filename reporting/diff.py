"""The difference of two versions: for a terminal, as a page of its own, or as JSON."""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import tzinfo
from itertools import groupby
from typing import Any

from news.diffs import BlockDiff, Hunk
from reporting.fields import FieldDiff, Line, diff_articles, told_kinds
from reporting.layout import Span, paint, render_lines
from reporting.times import page_zone, render_time, render_zone
from reporting.webpage import render_page
from storage.history import VersionRecord

# Characters of unchanged text that are kept on each side of a change in a paragraph.
CONTEXT = 40
_ELLIPSIS = " … "


def render_diff(
    before: VersionRecord,
    after: VersionRecord,
    *,
    format: str = "text",  # noqa: A002 - the option's name
    colour: bool = False,
    width: int = 80,
    zone: tzinfo | None = None,
) -> str:
    """Return what differs between two versions as text, html or json, ending with a line break.

    Times are in `zone`, by default in the offset that the page prints. Raises ValueError for
    another format.
    """
    where = zone or page_zone(before, after)
    fields = diff_articles(before.article, after.article)
    if format == "json":
        return json.dumps(diff_json(before, after, fields), ensure_ascii=False, indent=2) + "\n"
    if format == "html":
        return render_page(_titles(before, after, where), after.article, fields)
    if format != "text":
        raise ValueError(f"no such format: {format}; there are text, html and json")
    lines = [*_head(before, after, where, colour), *_fields(fields, colour, width)]
    return "\n".join(lines) + "\n"


def _titles(before: VersionRecord, after: VersionRecord, zone: tzinfo) -> tuple[str, str]:
    """Return for each version its number and when it was served, as far as looks tell."""
    return _title(before, zone), _title(after, zone)


def _title(version: VersionRecord, zone: tzinfo) -> str:
    start, end = version.first_seen_at, version.last_seen_at
    until = f"last seen {render_time(end, zone)}" if end else "still served at the last look"
    since = f"first seen {render_time(start, zone)}"
    return f"version {version.number}, {since}, {until} ({render_zone(zone)})"


def _head(before: VersionRecord, after: VersionRecord, zone: tzinfo, colour: bool) -> Iterator[str]:
    old, new = _titles(before, after, zone)
    yield paint(after.article.headline, "strong", colour)
    yield paint(after.article.url, "dim", colour)
    yield paint(f"--- {old}", "deleted" if colour else "plain", colour)
    yield paint(f"+++ {new}", "inserted" if colour else "plain", colour)


def _fields(fields: Sequence[FieldDiff], colour: bool, width: int) -> Iterator[str]:
    if not fields:
        yield ""
        yield "No difference."
    for field in fields:
        yield ""
        told = told_kinds(field.change.field, field.change.kinds)
        note = " (announced by a correction note)" if field.change.announced else ""
        yield paint(field.name, "strong", colour) + (f": {told}" if told else "") + note
        yield from render_field(field, colour=colour, width=width)


def render_field(
    field: FieldDiff, *, colour: bool, width: int, context: int = CONTEXT, indent: str = "  "
) -> list[str]:
    """Return what a changed field shows, unchanged paragraphs counted and long text shortened."""
    lines: list[str] = []
    for line in field.lines:
        label = f"{indent}{line.label + ' ' if line.label else ''}"
        spans = spans_of(line.hunks)
        lines += render_lines(spans, width=width, colour=colour, first=label, rest=indent + "  ")
    for unchanged, run in groupby(field.blocks, key=lambda block: block.kind == "equal"):
        blocks = list(run)
        if unchanged:
            count = f"{len(blocks)} paragraph{'s' if len(blocks) > 1 else ''}"
            lines.append(indent + paint(f"… {count} unchanged", "dim", colour))
        else:
            for block in blocks:
                lines += _block(block, colour, width, context, indent)
    return lines


def _block(block: BlockDiff, colour: bool, width: int, context: int, indent: str) -> list[str]:
    signs = {"added": "+ ", "removed": "- ", "moved": "> ", "changed": "  "}
    first = indent + signs.get(block.kind, "  ") + ("# " if block.heading else "")
    hunks = [_shorten(hunk, context, 0) for hunk in block.hunks] if block.kind == "moved" else None
    spans = spans_of(hunks or shortened(block.hunks, context))
    if block.kind == "moved" and block.before_index is not None:
        spans.insert(0, Span(f"(moved here from paragraph {block.before_index + 1}) ", "dim"))
    if block.kind == "changed" and all(hunk.op == "equal" for hunk in block.hunks):
        spans.insert(0, Span("(now a heading) " if block.heading else "(no heading now) ", "dim"))
    return render_lines(spans, width=width, colour=colour, first=first, rest=indent + "  ")


def spans_of(hunks: Iterable[Hunk]) -> list[Span]:
    """Return hunks as styled text: what went before what came."""
    spans: list[Span] = []
    for hunk in hunks:
        if hunk.op == "equal":
            spans.append(Span(hunk.after))
        elif hunk.op == "moved":
            spans += [Span(hunk.before, "left")] if hunk.before else [Span(hunk.after, "moved")]
        else:
            spans += [Span(hunk.before, "deleted")] if hunk.before else []
            spans += [Span(hunk.after, "inserted")] if hunk.after else []
    return spans


def shortened(hunks: Sequence[Hunk], context: int) -> list[Hunk]:
    """Return hunks with long unchanged text cut down to what stands beside a change."""
    last = len(hunks) - 1
    return [
        _shorten(hunk, context if place else 0, context if place < last else 0)
        if hunk.op == "equal" and last
        else hunk
        for place, hunk in enumerate(hunks)
    ]


def _shorten(hunk: Hunk, head: int, tail: int) -> Hunk:
    text = hunk.after
    if len(text) <= head + tail + len(_ELLIPSIS):
        return hunk
    kept = f"{text[:head]}{_ELLIPSIS}{text[len(text) - tail :] if tail else ''}".strip()
    return Hunk("equal", kept, kept)


def diff_json(
    before: VersionRecord, after: VersionRecord, fields: Iterable[FieldDiff]
) -> dict[str, Any]:
    """Return the difference of two versions as plain values; hunks are [op, before, after]."""
    return {
        "url": after.article.url,
        "from": _version_json(before),
        "to": _version_json(after),
        "fields": [_field_json(field) for field in fields],
    }


def _version_json(version: VersionRecord) -> dict[str, Any]:
    last = version.last_seen_at
    return {
        "version": version.number,
        "headline": version.article.headline,
        "first_seen_at": version.first_seen_at.isoformat(),
        "last_seen_at": last.isoformat() if last else None,
        "content_digest": version.content_digest,
    }


def _field_json(field: FieldDiff) -> dict[str, Any]:
    change = field.change
    told: dict[str, Any] = {
        "field": change.field,
        "kinds": list(change.kinds),
        "announced": change.announced,
        "significance": change.significance,
        "rule": change.rule,
    }
    if field.blocks:
        return told | {"blocks": [_block_json(block) for block in field.blocks]}
    return told | {"lines": [_line_json(line) for line in field.lines]}


def _line_json(line: Line) -> dict[str, Any]:
    return {"label": line.label or None, "hunks": _hunks_json(line.hunks)}


def _block_json(block: BlockDiff) -> dict[str, Any]:
    return {
        "kind": block.kind,
        "before_index": block.before_index,
        "after_index": block.after_index,
        "heading": block.heading,
        "hunks": _hunks_json(block.hunks),
    }


def _hunks_json(hunks: Iterable[Hunk]) -> list[list[str]]:
    return [[hunk.op, hunk.before, hunk.after] for hunk in hunks]
