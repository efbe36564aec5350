"""Why a page was read as it was: per field the candidates, the rule, the place on the page."""

from collections.abc import Iterator

from crawler.extraction.body import Body, Kind
from crawler.extraction.breadcrumb import rank_sections
from crawler.extraction.container import rank_containers
from crawler.extraction.extract import Reading, open_page, read_opened
from crawler.extraction.headline import rank_headlines
from crawler.extraction.info import Info
from crawler.extraction.lines import Line
from crawler.extraction.rules import ReadingRules
from crawler.extraction.times import stated_times
from news.article import Article, NotAnArticle
from news.page import Page

_CANDIDATES = 6
_SHOWN = 60  # characters of a value


def explain_page(page: Page, rules: ReadingRules) -> str:
    """Return a text that says, field by field, what was weighed and what was chosen (`*`)."""
    reading = open_page(page, rules)
    if isinstance(reading, NotAnArticle):
        return f"no article: {reading.kind.value}, {reading.reason}"
    found = read_opened(reading)
    lines = [*_head(found), *_container(reading), *_headline(reading)]
    lines += [*_section(reading, found), *_published(reading, found)]
    if reading.info and isinstance(found, Article):
        chosen = {"source": found.source, "original_headline": found.original_headline}
        for name, value in chosen.items():
            lines += _told(reading.info, name, value)
        lines += _credits(reading.info)
    lines += _body(reading.body) if reading.body else []
    return "\n".join(lines)


def _head(found: Article | NotAnArticle) -> Iterator[str]:
    if isinstance(found, NotAnArticle):
        yield f"no article: {found.kind.value}, {found.reason}"


def _container(reading: Reading) -> Iterator[str]:
    yield "container"
    if reading.selected.body is not None:
        yield _row(True, "", "profile", "")
    ranked = sorted(rank_containers(reading.outline.lines), key=lambda item: -item[0])
    for score, node in ranked[:_CANDIDATES]:
        chosen = node is reading.container
        yield _row(chosen, f"lines {node.first} to {node.last - 1}", f"{score:.0f}", node.path())


def _headline(reading: Reading) -> Iterator[str]:
    yield "headline"
    lines, chosen = reading.outline.lines, reading.headline
    start = reading.container.first if reading.container else 0
    ranked = sorted(rank_headlines(lines, reading.head, start), key=lambda item: -item[0])
    for score, candidate in ranked[:_CANDIDATES]:
        line = lines[candidate.first] if candidate.first is not None else None
        yield _row(candidate == chosen, candidate.text, f"{score:.1f} of about 10", _place(line))
    if chosen and chosen.first is None:
        yield _row(True, chosen.text, "profile or the head's own title", "")


def _section(reading: Reading, found: Article | NotAnArticle) -> Iterator[str]:
    yield "section"
    headline = reading.headline
    if not headline or not isinstance(found, Article):
        return
    lines = reading.breadcrumb or reading.outline.lines
    before = len(lines) if reading.breadcrumb or headline.first is None else headline.first
    for score, line, items in rank_sections(lines, headline.text, before):
        yield _row(items == found.section, " > ".join(items), f"{score:.1f}", _place(line))


def _published(reading: Reading, found: Article | NotAnArticle) -> Iterator[str]:
    published = found.published_at if isinstance(found, Article) else None
    time = published.isoformat() if published else None
    yield from _told(reading.info, "published_at", time) if reading.info else ()
    shown = reading.info.published_at if reading.info else None
    for where, stated in stated_times(shown, reading.head, reading.page.body, reading.zone):
        yield _row(stated.isoformat() == time, stated.isoformat(), "page data", where)


def _told(info: Info, field: str, chosen: str | None) -> Iterator[str]:
    yield field
    marked = False
    for told in info.told:
        if told.field == field:
            first = told.value == chosen and not marked
            marked = marked or first
            yield _row(first, told.value, told.rule, _place(told.line))


def _credits(info: Info) -> Iterator[str]:
    yield "credits"
    seen: set[str] = set()
    for told in info.told:
        if told.field == "credits":
            yield _row(told.value not in seen, told.value, told.rule, _place(told.line))
            seen.add(told.value)


def _body(body: Body) -> Iterator[str]:
    counts = {kind: len(body.of_kind(kind)) for kind in Kind}
    told = ", ".join(f"{count} {kind.name.lower()}" for kind, count in counts.items() if count)
    yield f"body: {told}"
    for line, kind in body.lines:
        if kind not in (Kind.PARAGRAPH, Kind.HEADING):
            yield _row(False, line.text, f"left out as {kind.name.lower()}", _place(line))


def _place(line: Line | None) -> str:
    return f"line {line.index}, {line.block.path()}" if line else ""


def _row(chosen: bool, value: str, rule: str, place: str) -> str:
    mark = "*" if chosen else " "
    return f"  {mark} {value[:_SHOWN]}   [{rule}{'; ' + place if place else ''}]"
