"""Pages that come from files: the address they declare, and a `Page` made of their bytes."""

from datetime import datetime
from urllib.parse import quote

from crawler.extraction.decode import UndecodableError, decode_page
from crawler.extraction.head import read_head
from crawler.extraction.markup import parse_markup
from crawler.extraction.pagekind import not_html
from news.article import NotAnArticle
from news.page import Page
from news.urls import canonical_url


def page_from_bytes(body: bytes, url: str, fetched_at: datetime) -> Page:
    """Return a page as if these bytes had come from that address, without any header."""
    return Page(url, url, 200, (), body, fetched_at)


def declared_url(body: bytes) -> str | None:
    """Return the address that a page gives itself, canonical; None where it gives no proper one."""
    if not_html(body):
        return None
    try:
        root = parse_markup(decode_page(body, None, None).utf8)
    except UndecodableError:
        return None
    if isinstance(root, NotAnArticle):
        return None
    head = read_head(root)
    for address in (head.canonical, head.first("og:url")):
        try:
            return canonical_url(address or "")
        except ValueError:
            continue
    return None


def placeholder_url(name: str) -> str:
    """Return an address for a file that declares none, made of its name."""
    return f"http://localhost/{quote(name, safe='')}"
