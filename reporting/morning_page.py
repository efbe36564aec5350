"""The morning report as a page for a browser and as Markdown."""

from collections.abc import Iterator
from datetime import timedelta, tzinfo

from reporting.ask import Ask
from reporting.canvas import PlotError, svg
from reporting.diff import shortened, spans_of
from reporting.fields import FieldDiff, told_kinds
from reporting.layout import marked
from reporting.morning import Morning, load_morning, told_edits
from reporting.page import document, link, picture, text
from reporting.period import Edit, Story
from reporting.plots import draw
from reporting.render import Table, html_table, md_text, render_table, timed
from reporting.times import render_bounds, render_time, render_zone
from reporting.webpage import render_fields
from storage.engine import Engine
from storage.news import PERIODS_BEFORE, Pace, SiteEvent
from storage.spans import Span

_STYLE = """
body { max-width: 60em; }
h2 { font-size: 1.2em; margin-top: 2.2em; }
h3 { font-size: 1.05em; margin: 1.8em 0 .2em; }
.story { border-left: 3px solid #ccc; padding-left: 1em; margin: 1.5em 0; }
.story h2 { font-size: 1em; margin: .8em 0 .2em; border: 0; }
.story p { margin: .3em 0; }
.announced { color: #0b5a1c; } .silent { color: #8a1010; }
"""
_CONTEXT = 24
_PICTURED = timedelta(days=30)


def render_morning(engine: Engine, ask: Ask, *, as_html: bool) -> str:
    """Return the morning report as one self-contained page, or as Markdown."""
    morning = load_morning(engine, ask)
    if not as_html:
        return "\n".join(_markdown(morning))
    return document(_title(morning), _page(morning, _picture(engine, morning)), _STYLE)


def _picture(engine: Engine, morning: Morning) -> str:
    """Return the picture of the last weeks; nothing where it cannot be drawn."""
    since = min(morning.until - _PICTURED, morning.since)
    try:
        figure = draw(
            engine,
            "volume",
            Ask(Span(since, morning.until, morning.site), morning.zone, now=morning.until),
        )
    except PlotError:
        return ""
    return picture(svg(figure), "articles and changes by day")


def _title(morning: Morning) -> str:
    return f"Morning report, {morning.until.astimezone(morning.zone):%Y-%m-%d}"


def _period(morning: Morning) -> str:
    since, until = (render_time(at, morning.zone) for at in (morning.since, morning.until))
    of = f" of {morning.site}" if morning.site else ""
    return f"What was seen{of} from {since} to {until}; times in {render_zone(morning.zone)}."


def _page(morning: Morning, drawn: str) -> Iterator[str]:
    yield f"<h1>{text(_title(morning))}</h1>"
    yield f'<p class="note">{text(_period(morning))}</p>'
    yield html_table(morning.volume)
    yield "<h2>Significant changes</h2>"
    yield from (_story_html(story, morning.zone) for story in morning.stories)
    yield from (f'<p class="note">{text(words)}</p>' for words in _stories_note(morning))
    for heading, table in _tables(morning):
        yield f"<h2>{text(heading)}</h2>"
        yield html_table(timed(table, morning.zone))
    yield "<h2>Sites gone quiet</h2>"
    yield _list_html([*map(_told_pace, morning.quiet)])
    if morning.events:
        yield "<h2>Of whole sites</h2>"
        yield _list_html([_told_event(event, morning.zone) for event in morning.events])
    yield "<h2>Crawl health</h2>"
    yield html_table(timed(morning.health, morning.zone))
    if morning.blind.rows:
        yield "<h3>Where we were blind</h3>"
        yield html_table(timed(morning.blind, morning.zone))
    if drawn:
        yield f"<h2>The last weeks</h2>{drawn}"


def _tables(morning: Morning) -> Iterator[tuple[str, Table]]:
    shown = ("site", "headline", "last_seen_at", "first_missing_at", "returned_at", "url")
    yield "Removed", morning.removals.only(shown)
    yield "New", morning.fresh


def _stories_note(morning: Morning) -> Iterator[str]:
    if not morning.stories:
        yield "None."
    if morning.more_stories:
        yield "There are more; `variorum report changes` lists them all."


def _story_html(story: Story, zone: tzinfo) -> str:
    history = story.history
    headline = history.versions[-1].article.headline
    parts = [f'<div class="story"><h3>{text(headline)}</h3>']
    where = f"{history.site}, article {history.article_id}"
    parts.append(f'<p class="note">{link(history.url)}<br>{text(where)}</p>')
    for edit, fields in told_edits(story):
        note = "announced" if edit.announced else "not announced"
        css = "announced" if edit.announced else "silent"
        bounds = _bounds(edit, zone)
        parts.append(f'<p class="note">{text(bounds)}, <span class="{css}">{note}</span></p>')
        parts.append(render_fields(fields))
    return "\n".join([*parts, "</div>"])


def _bounds(edit: Edit, zone: tzinfo) -> str:
    numbers = f"version {edit.before.number} → {edit.after.number}"
    return f"{numbers}, {render_bounds(edit.before.last_seen_at, edit.after.first_seen_at, zone)}"


def _told_pace(pace: Pace) -> str:
    return (
        f"{pace.site}: {pace.articles} new articles in {pace.hours} watched hours, usually "
        f"{pace.usual:.0f} (by the {PERIODS_BEFORE} periods before)"
    )


def _told_event(event: SiteEvent, zone: tzinfo) -> str:
    details = f": {event.details}" if event.details else ""
    kind = event.kind.replace("_", " ")
    return f"{render_time(event.occurred_at, zone)} {event.site} {kind}{details}"


def _list_html(lines: list[str]) -> str:
    items = "".join(f"<li>{text(line)}</li>" for line in lines)
    return f"<ul>{items}</ul>" if lines else '<p class="note">None.</p>'


def _markdown(morning: Morning) -> Iterator[str]:
    yield f"# {_title(morning)}\n"
    yield f"{md_text(_period(morning))}\n"
    yield f"{render_table(morning.volume, 'md')}\n"
    yield "## Significant changes\n"
    for story in morning.stories:
        yield from _story_md(story, morning.zone)
    yield from (f"{words}\n" for words in _stories_note(morning))
    for heading, table in _tables(morning):
        yield f"## {heading}\n"
        yield _table_md(table, morning.zone)
    yield "## Sites gone quiet\n"
    yield _list_md([*map(_told_pace, morning.quiet)])
    if morning.events:
        yield "## Of whole sites\n"
        yield _list_md([_told_event(event, morning.zone) for event in morning.events])
    yield "## Crawl health\n"
    yield _table_md(morning.health, morning.zone)
    if morning.blind.rows:
        yield "### Where we were blind\n"
        yield _table_md(morning.blind, morning.zone)


def _table_md(table: Table, zone: tzinfo) -> str:
    return f"{render_table(table, 'md', zone=zone)}\n" if table.rows else "None.\n"


def _list_md(lines: list[str]) -> str:
    return "".join(f"- {md_text(line)}\n" for line in lines) or "None.\n"


def _story_md(story: Story, zone: tzinfo) -> Iterator[str]:
    history = story.history
    yield f"### {md_text(history.versions[-1].article.headline)}\n"
    yield f"{md_text(history.url)}, article {history.article_id} of {md_text(history.site)}\n"
    for edit, fields in told_edits(story):
        note = "announced" if edit.announced else "not announced"
        yield f"{md_text(_bounds(edit, zone))}, **{note}**\n"
        yield "".join(f"- {line}\n" for field in fields for line in _field_md(field))


def _field_md(field: FieldDiff) -> Iterator[str]:
    told = told_kinds(field.change.field, field.change.kinds)
    name = f"{field.name}{f' ({told})' if told else ''}"
    shown = [line.hunks for line in field.lines]
    shown += [block.hunks for block in field.blocks if block.kind != "equal"]
    for hunks in shown:
        spans = marked(spans_of(shortened(hunks, _CONTEXT)))
        yield f"{md_text(name)}: {md_text(''.join(span.text for span in spans))}"
