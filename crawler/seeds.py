"""What a list page announces: the articles it links to, and where the list goes on."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from urllib.parse import parse_qsl, urljoin, urlsplit

from bs4 import BeautifulSoup
from bs4.filter import SoupStrainer
from lxml import etree, html

from crawler.sites.profile import SiteProfile
from news.page import Page

# A page with more links than this is a trap or a site map, not a list.
LINKS_A_PAGE = 5000
_RESOURCE_LIMIT = etree.ErrorTypes.ERR_RESOURCE_LIMIT
_REPEATS = 2  # /a/b/a/b/…: the mark of relative links gone wrong
_MOST_SEGMENTS = 20
_MAX_URL = 2083
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
    """What a list page links to, as canonical addresses in page order, each once."""

    articles: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()


def extract_links(page: Page, profile: SiteProfile) -> Links:
    """Return the articles and further list pages that a page of the site links to."""
    tree = _parse(page.body)
    if tree is None:
        return Links()
    base = _base_address(tree, page.final_url)
    found = list(_own_addresses(_hrefs(tree, "//a/@href|//area/@href"), base, profile))
    lists = [url for url in found if _is_list(url, profile)]
    lists += _own_addresses(_selected_hrefs(tree, profile.paging.css), base, profile)
    here = _canonical(page.final_url, profile)
    articles = [url for url in found if url not in lists and is_article_address(url, profile)]
    return Links(
        tuple(url for url in dict.fromkeys(articles) if url != here),
        tuple(url for url in dict.fromkeys(lists) if url != here),
    )


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
    return [str(href) for href in found[:LINKS_A_PAGE]] if isinstance(found, list) else []


def _selected_hrefs(tree: html.HtmlElement, selectors: Iterable[str]) -> Iterator[str]:
    for selector in selectors:
        for element in tree.cssselect(selector):
            if href := element.get("href"):
                yield str(href)


def _own_addresses(hrefs: Iterable[str], base: str, profile: SiteProfile) -> Iterator[str]:
    for href in hrefs:
        try:
            url = profile.canonical(urljoin(base, href.strip()))
        except ValueError:
            continue
        if profile.covers(url) and not _is_trap(url):
            yield url


def _is_list(url: str, profile: SiteProfile) -> bool:
    pattern = profile.paging.url
    return pattern is not None and re.fullmatch(pattern, url) is not None


def _is_trap(url: str) -> bool:
    """Overlong addresses, and paths that repeat themselves (Heritrix: 2 repeats, 20 segments)."""
    segments = [segment for segment in urlsplit(url).path.split("/") if segment]
    pairs = list(pairwise(segments))
    repeated = any(pairs.count(pair) > _REPEATS for pair in pairs)
    return len(url) > _MAX_URL or len(segments) > _MOST_SEGMENTS or repeated


def _canonical(url: str, profile: SiteProfile) -> str:
    try:
        return profile.canonical(url)
    except ValueError:
        return url
