"""A page read into an article: one decode, one parse, one walk, then decisions on lines."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta, timezone, tzinfo
from functools import lru_cache
from urllib.parse import urljoin
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from lxml import etree

from crawler.extraction import pagekind
from crawler.extraction.body import Body, Kind, sort_lines
from crawler.extraction.breadcrumb import find_section
from crawler.extraction.container import (
    container_of_pictures,
    container_under_title,
    find_container,
)
from crawler.extraction.decode import UndecodableError, decode_page, is_mojibake
from crawler.extraction.founder import add_founder_facts
from crawler.extraction.head import Head, keywords_of, language_of, read_head
from crawler.extraction.headline import FoundHeadline, find_headline
from crawler.extraction.images import find_images, pictures_behind
from crawler.extraction.info import Info, Place
from crawler.extraction.infoline import read_info
from crawler.extraction.lead import with_lead
from crawler.extraction.lines import Line, Node, Outline
from crawler.extraction.marks import Mark
from crawler.extraction.markup import parse_markup, too_many_tags
from crawler.extraction.phrases import key
from crawler.extraction.rules import ReadingRules
from crawler.extraction.scripts import shown_part
from crawler.extraction.selectors import NOTHING, Selected, select
from crawler.extraction.source import read_source
from crawler.extraction.stated import stated_article
from crawler.extraction.taken import add_stated_author, take_selected
from crawler.extraction.times import settle_published, stated_modified
from crawler.extraction.trust import is_headline, trusted_body
from crawler.extraction.walk import outline_page
from crawler.extraction.whole import is_joined, join_articles, split_page
from news.article import Article, Credit, NotAnArticle, PageKind, Role
from news.credits import clean_source
from news.page import Page
from news.text import squeeze
from news.urls import article_address

# So many times the text that is shown a page has to hide for it to be the article.
_HIDDEN = 5.0
_STORY = 60.0  # prose of a story that stands beside another one
_DEFAULT_ZONE = timezone(timedelta(hours=8))
# With less text than this a page is no article, unless a profile's selector names the text.
_MIN_PROSE = 20
# With less shown than this, what the page states of its text is the article.
_MIN_SHOWN = 60
_WANT_PROSE = frozenset((PageKind.OTHER, PageKind.GALLERY))
_SHOWS_NOTHING = frozenset((PageKind.EMPTY, PageKind.OTHER))


@dataclass(slots=True)
class Reading:
    """One page while it is being read, and what was found on it so far."""

    page: Page
    rules: ReadingRules
    zone: tzinfo
    head: Head
    selected: Selected
    breadcrumb: list[Line] | None  # of the element that the profile names
    outline: Outline
    container: Node | None = None
    headline: FoundHeadline | None = None
    body: Body | None = None
    info: Info | None = None


def extract_article(page: Page, profile: ReadingRules) -> Article | NotAnArticle:
    """Read a page by a profile's rules, then by general ones; never raises on any bytes."""
    if is_joined(page) and len(pages := split_page(page)) > 1:
        return _extract_whole(pages, profile)
    return _extract_one(page, profile)


def _extract_whole(pages: list[Page], profile: ReadingRules) -> Article | NotAnArticle:
    found = []
    for number, page in enumerate(pages, 1):
        read = _extract_one(page, profile)
        if isinstance(read, NotAnArticle):
            return NotAnArticle(read.kind, f"part {number} of {len(pages)}: {read.reason}")
        found.append(read)
    return join_articles(found)


def _extract_one(page: Page, profile: ReadingRules) -> Article | NotAnArticle:
    reading = open_page(page, profile)
    return reading if isinstance(reading, NotAnArticle) else read_opened(reading)


def read_opened(reading: Reading) -> Article | NotAnArticle:
    """Read what a page shows, or the article that its data state where it shows nothing."""
    found = read_page(reading)
    if isinstance(found, NotAnArticle):
        root = stated_article(reading.head, reading.page) if found.kind in _SHOWS_NOTHING else None
    else:
        shown = sum(len(block.text) for block in found.body)
        root = stated_article(reading.head, reading.page) if shown < _MIN_SHOWN else None
    if root is None:
        return _read_pictures(reading, found)
    reading.outline, reading.container = outline_page(root), None
    read = read_page(reading)
    return found if isinstance(read, NotAnArticle) else _signed(read, reading.head)


def _read_pictures(reading: Reading, found: Article | NotAnArticle) -> Article | NotAnArticle:
    """Read a page again as an article of pictures, where it has too little prose for another."""
    if not isinstance(found, NotAnArticle) or found.kind not in _WANT_PROSE:
        return found
    title = reading.head.first("og:title") or reading.head.title
    outline = reading.outline
    container = container_of_pictures(outline.lines, title, outline.pictures_left)
    if container is None:
        return found
    reading.container = container
    return read_page(reading)


def _signed(article: Article, head: Head) -> Article:
    """Return an article with the people whom only the page's data name, where it names none."""
    named = tuple(Credit(Role.WRITER, name) for name in sorted(head.authors()))
    return article if article.credits else replace(article, credits=named)


def open_page(page: Page, profile: ReadingRules) -> Reading | NotAnArticle:
    """Decode and parse a page, and return it as lines ready to be read."""
    refused = pagekind.not_html(page.body) or too_many_tags(page.body)
    if refused:
        return refused
    try:
        decoded = decode_page(page.body, page.header("content-type"), profile.charset)
    except UndecodableError as error:
        return NotAnArticle(PageKind.UNDECODABLE, str(error))
    shown = shown_part(decoded.text)
    if not profile.templates and (read := read_source(shown)):
        zone = _time_zone(profile.time_zone)
        head = add_founder_facts(read[0], page.body)
        return Reading(page, profile, zone, head, NOTHING, None, read[1])
    root = parse_markup(shown.text.encode("utf-8", "ignore"))
    if isinstance(root, NotAnArticle):
        return pagekind.script_test(page.body) or root
    return _opened(page, profile, root)


def _opened(page: Page, rules: ReadingRules, root: etree._Element) -> Reading:
    zone = _time_zone(rules.time_zone)
    selected = select(root, rules, page.fetched_at.astimezone(zone).date())
    head = add_founder_facts(read_head(root), page.body)
    named = selected.section
    breadcrumb = outline_page(named).lines if named is not None else None
    body = root.find("body")
    outline = outline_page(body if body is not None else root, selected.body, selected.excluded)
    chosen = trusted_body(outline.lines, outline.chosen)
    return Reading(page, rules, zone, head, selected, breadcrumb, outline, chosen)


@lru_cache(maxsize=64)
def _time_zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return _DEFAULT_ZONE


def read_page(reading: Reading, *, notices: bool = True) -> Article | NotAnArticle:
    """Decide what is the article among the lines of a page; the reading keeps what was weighed.

    Without `notices` a page is read also where it seems to say that there is no article.
    """
    lines = reading.outline.lines
    by_profile = reading.container is not None
    inside = _find_inside(reading)
    if not inside:
        return _refuse(reading, 0)
    headline = _headline(reading, inside)
    if headline is None:
        return _refuse(reading, 0)
    story = _first_story(reading, inside, headline)
    inside = with_lead(lines, story, headline)
    below = [line for line in inside if headline.last is None or line.index > headline.last]
    body = sort_lines(below, inside[0].marks, headline.text)
    first, last, now = inside[0].index, inside[-1].index, reading.page.fetched_at
    place = Place(headline, first, last, reading.zone, now, reading.head.authors())
    info = read_info(lines, body, place)
    reading.headline, reading.body, reading.info = headline, body, info
    prose = sum(len(line.text) - line.linked for line in body.of_kind(Kind.PARAGRAPH))
    if notices and (not by_profile or prose < _MIN_PROSE):
        refused = _refusal(reading, prose, below, info)
        if refused and not _is_pictures(reading, prose, refused):
            return refused
    return _article(reading, headline, body, place, info)


def _find_inside(reading: Reading) -> list[Line]:
    """Return the lines of the container, found if the profile names none; [] without any."""
    lines = reading.outline.lines
    if reading.container is None:
        container = _container_of(lines)
        title = reading.head.first("og:title") or reading.head.title
        reading.container = container and container_under_title(lines, title, container)
    if reading.container is None:
        return []
    inside = lines[reading.container.first : reading.container.last]
    shown = sum(line.prose for line in inside if not line.marks & Mark.HIDDEN)
    if _HIDDEN * shown < sum(line.prose for line in inside):
        for line in inside:  # the page shows its text by script
            line.marks &= ~Mark.HIDDEN
    return inside


def _container_of(lines: list[Line]) -> Node | None:
    """Return where the article stands; among hidden lines only if far more prose stands there."""
    shown = find_container(lines)
    least = _HIDDEN * _prose_in(lines, shown)
    if sum(line.prose for line in lines) <= least:
        return shown  # as on nearly every page, whose hidden lines need no look then
    hidden = find_container(lines, hidden=True)
    return hidden if hidden is not None and _prose_in(lines, hidden) > least else shown


def _first_story(reading: Reading, inside: list[Line], headline: FoundHeadline) -> list[Line]:
    """Return the lines of the headline's own story where further stories follow on the page.

    They stand beside it in elements of the same kind, each under a headline of the same rank.
    """
    lines, container = reading.outline.lines, reading.container
    if headline.first is None or container is None or not lines[headline.first].level:
        return inside
    rank = lines[headline.first].level
    own = container.child_above(lines[headline.first].block)
    for line in inside:
        if own is None or line.index <= own.last or line.level != rank:
            continue
        other = container.child_above(line.block)
        alike = other is not None and other is not own and other.tag == own.tag
        if alike and min(_prose_in(lines, own), _prose_in(lines, other)) > _STORY:
            reading.container = own
            return lines[own.first : own.last]
    return inside


def _prose_in(lines: list[Line], container: Node | None) -> float:
    held = lines[container.first : container.last] if container else []
    return sum(line.prose for line in held)


def _headline(reading: Reading, inside: list[Line]) -> FoundHeadline | None:
    start = inside[0].index
    found = find_headline(reading.outline.lines, reading.head, start)
    named = reading.selected.headline
    title = reading.head.first("og:title") or reading.head.title
    if named is None or not is_headline(named, found.text if found else None, title):
        return found
    lines = [line for line in reading.outline.lines if line.text and squeeze(line.text) == named]
    place = min(lines, key=lambda line: abs(line.index - start), default=None)
    return FoundHeadline(named, place.index, place.index) if place else FoundHeadline(named)


def _refuse(reading: Reading, prose: int) -> NotAnArticle:
    refusal = _refusal(reading, prose, [], Info())
    return refusal or NotAnArticle(PageKind.OTHER, "no text that could be an article")


def _is_pictures(reading: Reading, prose: int, refused: NotAnArticle) -> bool:
    """Tell whether what was refused for want of prose is a signed article of pictures."""
    body, container, info = reading.body, reading.container, reading.info
    if refused.kind not in _WANT_PROSE or prose >= _MIN_PROSE or not (info and info.is_signed()):
        return False
    if body is None or container is None:
        return False
    lines, left = reading.outline.lines, reading.outline.pictures_left
    behind = pictures_behind(lines, container.last - 1, left)
    return bool(find_images(body, behind, container, _base(reading)))


def _refusal(reading: Reading, prose: int, inside: list[Line], info: Info) -> NotAnArticle | None:
    lines, title = reading.outline.lines, reading.head.title
    signed, dated = info.is_signed(), info.published_at is not None
    refused = pagekind.notice(title, lines, reading.page.body, prose, signed=signed)
    refused = refused or pagekind.listing(lines, inside, prose, dated)
    if refused or prose >= _MIN_PROSE:
        return refused
    if not lines:
        return NotAnArticle(PageKind.EMPTY, "nothing is shown")
    pictures = sum(len(line.pictures) for line in lines) + len(reading.outline.pictures_left)
    if gallery := pagekind.gallery(reading.head.title, pictures):
        return gallery
    return NotAnArticle(PageKind.OTHER, f"{prose} characters of prose")


def _article(
    reading: Reading, headline: FoundHeadline, body: Body, place: Place, info: Info
) -> Article | NotAnArticle:
    lines, head = reading.outline.lines, reading.head
    take_selected(reading.selected, info, reading.zone, reading.page.fetched_at)
    add_stated_author(head, info, reading.zone)
    blocks = body.blocks()
    text = headline.text + "".join(block.text for block in blocks)
    if is_mojibake(text):
        return NotAnArticle(PageKind.UNDECODABLE, "the text was decoded wrongly before")
    behind = pictures_behind(lines, place.last, reading.outline.pictures_left)
    base = _base(reading)
    container = reading.container or lines[0].block
    return Article(
        url=article_address(_canonical(reading, reading.page.final_url), _declared(reading, base)),
        headline=squeeze(headline.text),
        kicker=_marked_line(reading, "kicker", Mark.KICKER, place),
        subheadline=_marked_line(reading, "subheadline", Mark.SUBHEADLINE, place),
        original_headline=info.original_headline,
        section=_section(reading, headline, place),
        published_at=settle_published(info.published_at, head, reading.page.body, reading.zone),
        modified_at=stated_modified(head, reading.zone),
        source=info.source or clean_source(head.first("source", "contentsource") or ""),
        source_url=info.source_url,
        credits=tuple(info.credits),
        body=blocks,
        images=find_images(body, behind, container, base),
        contact_email=info.contact_email,
        contact_phone=info.contact_phone,
        keywords=keywords_of(head),
        language=language_of(head, text),
        declared_canonical=_declared(reading, base),
    )


def _section(reading: Reading, headline: FoundHeadline, place: Place) -> tuple[str, ...]:
    first = headline.first if headline.first is not None else place.first
    lines = reading.outline.lines
    if reading.breadcrumb is not None:
        lines, first = reading.breadcrumb, len(reading.breadcrumb)
    told = reading.body.of_kind(Kind.PARAGRAPH) if reading.body else []
    text = told[0].index if told else place.first
    found = tuple(map(squeeze, find_section(lines, headline.text, first, text)))
    stated = reading.head.metas.get("enp:section")
    return found or ((stated,) if stated else ())


def _marked_line(reading: Reading, field: str, mark: int, place: Place) -> str | None:
    """Return the line that a selector or an element's name marks, near the headline."""
    named: str | None = getattr(reading.selected, field)
    first, last = place.headline.first, place.headline.last
    named = named or reading.head.metas.get(f"enp:{field}")
    if named or first is None or last is None:
        return named
    near = reading.outline.lines[max(0, first - 3) : last + 9]
    for line in near:
        if not line.marks & mark or line.marks & Mark.HIDDEN or line.linked:
            continue
        outside = line.index < first or line.index > last
        other = key(line.text) != key(place.headline.text)
        if outside and 4 <= len(line.text) <= 80 and other:
            return squeeze(line.text)
    return None


def _canonical(reading: Reading, address: str) -> str:
    try:
        return reading.rules.canonical(address)
    except ValueError:
        return squeeze(address)


def _declared(reading: Reading, base: str) -> str | None:
    address = _join(base, reading.head.canonical)
    return _canonical(reading, address) if address else None


def _base(reading: Reading) -> str:
    return _join(reading.page.final_url, reading.head.base) or reading.page.final_url


def _join(base: str, address: str | None) -> str | None:
    if not address:
        return None
    try:
        return squeeze(urljoin(base, address))
    except ValueError:
        return None
