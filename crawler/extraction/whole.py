"""An article told on several pages: kept as one entity, read as one article.

The entity is a sequence of the pages' own bodies, each framed by its address and its length, so
that every byte that came is there again. What changes with each fetch (headers) stays outside, so
that an unchanged article is the same bytes.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from news.article import Article, Block, Credit, Role
from news.page import Page

MOST_PARTS = 30
_MARK = b"--variorum-part"
_FRAME = re.compile(rb"--variorum-part (\d{1,3}) (\d{1,12}) ([^\r\n]{1,4000})\r\n")
_NAMES_ONE_PAGE = frozenset({"etag", "last-modified", "content-length"})
_LEAD = 4  # blocks at the head of a part that may be printed there again
_WHOLE = 0.8  # of the first part's text in another one: that one is the whole article


def join_pages(pages: Sequence[Page]) -> Page:
    """Return the pages of one article as one, under the first one's address.

    Its headers are the first page's but for those that speak of one body, and each further page's
    under `Part-N-`.
    """
    first = pages[0]
    frames = []
    for number, page in enumerate(pages, 1):
        address = page.final_url.encode("ascii", "backslashreplace")
        frames.append(b"%s %d %d %s\r\n" % (_MARK, number, len(page.body), address) + page.body)
    headers = [header for header in first.headers if header[0].lower() not in _NAMES_ONE_PAGE]
    for number, page in enumerate(pages[1:], 2):
        headers += [(f"Part-{number}-{name}", value) for name, value in page.headers]
    return replace(first, body=b"\r\n".join(frames), headers=tuple(headers))


def split_page(page: Page) -> list[Page]:
    """Return the pages that were joined, the page alone where it is none of ours."""
    pages: list[Page] = []
    position = 0
    while frame := _FRAME.match(page.body, position):
        end = frame.end() + int(frame[2])
        if int(frame[1]) != len(pages) + 1 or end > len(page.body):
            return [page]
        body, address = page.body[frame.end() : end], frame[3].decode("ascii", "replace")
        pages.append(replace(page, body=body, final_url=address, headers=_headers(page, frame)))
        position = end + 2
    return pages if len(pages) > 1 and position == len(page.body) + 2 else [page]


def is_joined(page: Page) -> bool:
    """Tell, at no cost, whether a page may be several joined ones."""
    return page.body.startswith(_MARK)


def _headers(page: Page, frame: re.Match[bytes]) -> tuple[tuple[str, str], ...]:
    if frame[1] == b"1":
        return page.headers
    prefix = f"Part-{frame[1].decode()}-"
    own = [(name, value) for name, value in page.headers if name.startswith(prefix)]
    return tuple((name.removeprefix(prefix), value) for name, value in own)


def join_articles(articles: Sequence[Article]) -> Article:
    """Return one article of what was read on its pages, in order.

    What a later page repeats at its head is left out; facts that the first page lacks come from
    the first page that has them. A page that holds nearly all of the first one's text is the whole
    article, and its text stands alone.
    """
    first = articles[0]
    whole = next((one for one in articles[1:] if _holds(one, first)), None)
    told = [whole] if whole else list(articles)
    return replace(
        first,
        original_headline=_first_of(articles, "original_headline"),
        source=_first_of(articles, "source"),
        source_url=_first_of(articles, "source_url"),
        published_at=_first_of(articles, "published_at"),
        section=first.section or _first_of(articles, "section") or (),
        credits=_credits(articles),
        body=_bodies(told),
        images=tuple({image.url: image for one in told for image in one.images}.values()),
    )


def _first_of(articles: Sequence[Article], field: str) -> Any:
    return next((value for one in articles if (value := getattr(one, field))), None)


def _credits(articles: Sequence[Article]) -> tuple[Credit, ...]:
    """Return everyone named, each once a role, where they are named first."""
    found: dict[tuple[Role, str], Credit] = {}
    for credit in (credit for one in articles for credit in one.credits):
        found.setdefault((credit.role, credit.name), credit)
    return tuple(found.values())


def _bodies(articles: Sequence[Article]) -> tuple[Block, ...]:
    body: list[Block] = []
    met: set[str] = set()
    for article in articles:
        fresh = list(article.body)
        lead = 0
        while met and lead < min(_LEAD, len(fresh)) and fresh[lead].text in met:
            lead += 1
        body += fresh[lead:]
        met.update(block.text for block in fresh)
    return tuple(body)


def _holds(one: Article, other: Article) -> bool:
    texts = {block.text for block in one.body}
    size = sum(len(block.text) for block in other.body)
    held = sum(len(block.text) for block in other.body if block.text in texts)
    return len(one.body) > len(other.body) and size > 0 and held >= _WHOLE * size
