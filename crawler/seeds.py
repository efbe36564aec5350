"""What a seed announces: the articles it names, and where it goes on."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from html import unescape
from itertools import islice
from urllib.parse import parse_qsl, urljoin, urlsplit

from bs4 import BeautifulSoup
from bs4.filter import SoupStrainer
from lxml import etree, html

from crawler.feeds import is_feed_root, read_feed
from crawler.harvest import LINKS_A_PAGE, Harvest
from crawler.safe_xml import UnreadableXmlError, root_name
from crawler.sitemaps import Stated, is_sitemap_root, read_sitemap, unzip
from crawler.sites.profile import SiteProfile
from news.page import Page
from news.visits import Reason
from storage.records import SeedRecord

_RESOURCE_LIMIT = etree.ErrorTypes.ERR_RESOURCE_LIMIT
# Beyond so many links a page is scanned and not parsed: a tree of a million takes half a gigabyte.
_MOST_PARSED = 50_000
_MOST_SCANNED = 200_000
_MOST_LINK_ELEMENTS = 200
MOST_DISCOVERED = 5  # feeds or sitemaps of a site that come to be watched by themselves
_HREF = re.compile(
    rb"<a\b[^<>]{0,300}?\bhref\s{0,9}=\s{0,9}[\"']?([^\"'\s<>]{1,2083})", re.IGNORECASE
)
_FEED_TYPES = frozenset({"application/rss+xml", "application/atom+xml", "application/rdf+xml"})
_INDEX = re.compile(r"(?:index|default|home|main)(?:[_-]?\d+)?\.\w+$", re.IGNORECASE)
_DOCUMENT = re.compile(r"\.(?:s?html?|php|aspx?|jsp|do)$", re.IGNORECASE)
_OTHER_FILE = re.compile(
    r"\.(?:jpe?g|png|gif|webp|svg|ico|css|js|json|xml|rss|pdf|docx?|xlsx?|pptx?|zip|rar|apk|exe"
    r"|mp[34]|m3u8|avi|flv|wmv|swf)$",
    re.IGNORECASE,
)
# A day, or a month as a path of its own: 2022-12-20, 2022/1220, 20221220, 2022-12/20, 202212.
_DATE = re.compile(r"(?<!\d)(?:19|20)\d\d[-/_]?(?:0[1-9]|1[0-2])(?:[-/_]?(?:0[1-9]|[12]\d|3[01]))?")
_LONG_NUMBER = re.compile(r"\d{5,}")
_PAGE_NAME = re.compile(r"^(?:list|page|p|node|channel|tag|more)[_-]?\d*$", re.IGNORECASE)
_ID_PARAMETER = re.compile(r"^(?:id|aid|nid|(?:news|article|content|doc|info)_?id)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Links:
    """What a seed announces, as canonical addresses in its order, each once; and the numbers."""

    articles: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()  # where a list or feed goes on
    # The sitemaps of an index, and when each was modified.
    parts: tuple[tuple[str, datetime | None], ...] = ()
    kind: str = "list"  # what it proved to be: list, feed or sitemap
    found: int = 0  # addresses, each once
    foreign: int = 0  # of them on other sites
    refused: tuple[tuple[str, int], ...] = ()  # not followed, by the reason
    stated: tuple[tuple[str, datetime], ...] = ()  # when articles were modified, as it says
    discovered: tuple[SeedRecord, ...] = ()  # feeds it names
    fault: Reason | None = None  # it is not what it was declared as, or hostile


def read_seed_page(
    page: Page, profile: SiteProfile, declared: str = "list", *, undated: bool = True
) -> Links:
    """Return what a page announces: by what it is, whatever it was declared as or sent as.

    A page declared as feed or sitemap that is neither has a fault, and no links. With `undated`
    a sitemap's entries count that do not say when they were modified.
    """
    try:
        body = unzip(page.body)
        root = root_name(body)
        if is_feed_root(root):
            return _feed_links(page, body, profile)
        if is_sitemap_root(root):
            return _sitemap_links(page, body, profile, undated)
    except UnreadableXmlError as refused:
        return Links(kind=declared, fault=refused.reason)
    if declared != "list":
        return Links(kind=declared, fault=Reason.NOT_FEED)
    return extract_links(page, profile)


def _feed_links(page: Page, body: bytes, profile: SiteProfile) -> Links:
    feed = read_feed(body, page.final_url, page.header("Content-Type"))
    further = [feed.next_url] if feed.next_url else []
    return _stated_links(page, profile, "feed", feed.entries, further)


def _sitemap_links(page: Page, body: bytes, profile: SiteProfile, undated: bool) -> Links:
    sitemap = read_sitemap(body, page.header("Content-Type"))
    young, old = _by_age(sitemap.entries, page.fetched_at, profile.sitemap_days)
    if not undated:
        young = [entry for entry in young if entry.modified_at or entry.published_at]
    parts, _ = _by_age(sitemap.parts, page.fetched_at, profile.sitemap_days)
    refused = {"stated_as_old": old, "links_beyond_bound": int(sitemap.cut)}
    links = _stated_links(page, profile, "sitemap", young)
    harvest = Harvest(profile, page.final_url)
    own_parts = {url: part.modified_at for part in parts if (url := harvest.take(part.url))}
    numbers = Counter(dict(links.refused)) + Counter(refused) + harvest.refused
    return replace(
        links,
        parts=tuple(own_parts.items()),
        found=links.found + old + harvest.found,
        foreign=links.foreign + harvest.foreign,
        refused=tuple(sorted(numbers.items())),
    )


def _by_age(entries: list[Stated], now: datetime, days: int) -> tuple[list[Stated], int]:
    """Return the young entries, the youngest first and undated last; and how many are old."""
    oldest = now - timedelta(days=days)
    dated = [(entry.modified_at or entry.published_at, entry) for entry in entries]
    young = [(at, entry) for at, entry in dated if at is not None and at >= oldest]
    undated = [entry for at, entry in dated if at is None]
    kept = [entry for _, entry in sorted(young, key=lambda pair: pair[0], reverse=True)]
    return kept + undated, len(entries) - len(kept) - len(undated)


def _stated_links(
    page: Page,
    profile: SiteProfile,
    kind: str,
    entries: Iterable[Stated],
    further: Iterable[str] = (),
) -> Links:
    harvest = Harvest(profile, page.final_url)
    stated: dict[str, datetime | None] = {}
    for entry in entries:
        url = harvest.take(entry.url)
        if url is None or not is_article_address(url, profile):
            continue
        if len(stated) >= LINKS_A_PAGE:
            harvest.refused["links_beyond_bound"] += 1
        else:
            stated.setdefault(url, entry.modified_at)
    latest = page.fetched_at + timedelta(days=1)  # what is stated for later is no statement
    here = _canonical(page.final_url, profile)
    return Links(
        articles=tuple(stated),
        lists=tuple(url for url in harvest.own(further) if url != here),
        kind=kind,
        found=harvest.found,
        foreign=harvest.foreign,
        refused=tuple(sorted(harvest.refused.items())),
        stated=tuple((url, at) for url, at in stated.items() if at is not None and at <= latest),
    )


def extract_links(page: Page, profile: SiteProfile) -> Links:
    """Return the articles and further list pages that a page of the site links to."""
    if _counts_links(page.body) > _MOST_PARSED:
        harvest = Harvest(profile, page.final_url)
        return _sorted_links(page, profile, harvest, harvest.own(_scan_hrefs(page.body)), [])
    tree = _parse(page.body)
    if tree is None:
        return Links()
    harvest = Harvest(profile, _base_address(tree, page.final_url))
    found = harvest.own(_hrefs(tree, "//a/@href|//area/@href"))
    # By selector they are lists even where they were met as plain links before.
    chosen = Harvest(profile, _base_address(tree, page.final_url))
    selected = chosen.own(_selected_hrefs(tree, profile.paging.css))
    links = _sorted_links(page, profile, harvest, found, selected)
    return replace(links, discovered=_named_feeds(tree, page, profile))


def _sorted_links(
    page: Page, profile: SiteProfile, harvest: Harvest, found: list[str], selected: list[str]
) -> Links:
    lists = dict.fromkeys([url for url in found if _is_list(url, profile)] + selected)
    here = _canonical(page.final_url, profile)
    articles = (u for u in found if u not in lists and is_article_address(u, profile))
    return Links(
        articles=tuple(url for url in articles if url != here),
        lists=tuple(url for url in lists if url != here),
        found=harvest.found,
        foreign=harvest.foreign,
        refused=tuple(sorted(harvest.refused.items())),
    )


def _named_feeds(
    tree: html.HtmlElement, page: Page, profile: SiteProfile
) -> tuple[SeedRecord, ...]:
    """Return the feeds that a page's head names, but for those of comments."""
    if not profile.discover:
        return ()
    hrefs = [
        str(link.get("href"))
        for link in tree.xpath("//link[@href][@type]")[:_MOST_LINK_ELEMENTS]
        if "alternate" in str(link.get("rel", "")).lower().split()
        and str(link.get("type")).strip().lower() in _FEED_TYPES
    ]
    harvest = Harvest(profile, _base_address(tree, page.final_url))
    named = [url for url in harvest.own(hrefs) if "comment" not in url.lower()]
    return tuple(SeedRecord(url, "feed", "page") for url in named[:MOST_DISCOVERED])


def is_article_address(url: str, profile: SiteProfile) -> bool:
    """Tell whether an address of the site is an article's: by its pattern, else by its shape."""
    if profile.article_url is not None:
        return re.fullmatch(profile.article_url, url) is not None
    return looks_like_article(url)


def looks_like_article(url: str) -> bool:
    """Tell by its shape alone whether an address is rather an article's than a list's.

    Publishing systems file articles under a date or a number; lists have the name of a section
    or are the index of a folder. A name of its own that ends in `.html` counts as an article.
    """
    parts = urlsplit(url)
    segments = [segment for segment in parts.path.split("/") if segment]
    last = segments[-1] if segments else ""
    if _OTHER_FILE.search(last):
        return False
    stem = _DOCUMENT.sub("", last)
    if _PAGE_NAME.fullmatch(stem):
        return False
    if _names_an_id(parts.query):
        return True
    if not last or _INDEX.search(last):
        return False
    if _LONG_NUMBER.search(stem) or _DATE.search(parts.path):
        # A date that ends the path as a folder is that day's list, not an article.
        return not parts.path.endswith("/") or bool(_LONG_NUMBER.search(stem))
    return bool(_DOCUMENT.search(last)) and not parts.path.endswith("/") and len(segments) > 1


def _names_an_id(query: str) -> bool:
    pairs = parse_qsl(query)
    return any(_ID_PARAMETER.match(k) and re.search(r"\d{3,}", v) for k, v in pairs)


def _parse(body: bytes) -> html.HtmlElement | None:
    """Parse for links alone; the charset does not matter to ASCII addresses."""
    if not body.strip():
        return None
    parser = html.HTMLParser(huge_tree=True)
    try:
        tree = html.document_fromstring(body, parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None
    # libxml2 gives back what it has when tags that nobody closed nest deeper than it goes.
    limits = (entry.type == _RESOURCE_LIMIT for entry in parser.error_log.filter_from_fatals())
    return _parse_leniently(body) if any(limits) else tree


def _parse_leniently(body: bytes) -> html.HtmlElement:
    """Return a flat tree of a page's links alone: slow, but no nesting is too deep for it."""
    soup = BeautifulSoup(body, "html.parser", parse_only=SoupStrainer(["a", "area", "base"]))
    tree = html.Element("html")
    for tag in soup.find_all(href=True):
        etree.SubElement(tree, tag.name, {"href": str(tag["href"])})
    return tree


def _base_address(tree: html.HtmlElement, url: str) -> str:
    given = _hrefs(tree, "//base[@href][1]/@href")
    return urljoin(url, given[0]) if given else url


def _hrefs(tree: html.HtmlElement, path: str) -> list[str]:
    found = tree.xpath(path)
    return [str(href) for href in found] if isinstance(found, list) else []


def _counts_links(body: bytes) -> int:
    return body.count(b"<a ") + body.count(b"<A ")


def _scan_hrefs(body: bytes) -> Iterator[str]:
    """Yield the links of a page that has too many of them for a tree, as far as they are read."""
    for match in islice(_HREF.finditer(body), _MOST_SCANNED):
        yield unescape(match[1].decode("ascii", "ignore"))


def _selected_hrefs(tree: html.HtmlElement, selectors: Iterable[str]) -> Iterator[str]:
    for selector in selectors:
        for element in tree.cssselect(selector):
            if href := element.get("href"):
                yield str(href)


def _is_list(url: str, profile: SiteProfile) -> bool:
    pattern = profile.paging.url
    return pattern is not None and re.fullmatch(pattern, url) is not None


def _canonical(url: str, profile: SiteProfile) -> str:
    try:
        return profile.canonical(url)
    except ValueError:
        return url
