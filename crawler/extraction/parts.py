"""The next page of an article that is told on several, by the links of the page at hand."""

import re
from urllib.parse import SplitResult, urljoin, urlsplit

from crawler.extraction.extract import Reading
from crawler.extraction.lines import Line
from crawler.extraction.marks import Mark

_HINTS = ("下一页", "下一頁", "下页", "后一页", "全文", "余下", "单页")
# A page without any of these words, in UTF-8 or GB 18030, has no further ones.
_HINT = re.compile(
    b"|".join(word.encode(codec) for word in _HINTS for codec in ("utf-8", "gb18030"))
    + rb"|[Nn]ext [Pp]age|[Vv]iew [Aa]ll|[Ss]ingle [Pp]age"
)
_NEXT = re.compile(
    r"[\[【(<《]?(?:下一?[页頁]|后一页|后页|next(?: page)?)[\]】)>》›»→]*", re.IGNORECASE
)
_WHOLE = re.compile(
    r"[\[【(]?(?:(?:点击)?(?:全文阅读|阅读全文|查看全文|显示全文|浏览全文|全文显示)|单页阅读"
    r"|(?:在本页)?(?:阅读|显示|查看)?余下全文|view all|single page)[\]】)>›»]*",
    re.IGNORECASE,
)
_RUNS = re.compile(r"\d+")
# What names a further page of the same address: `_2.html`, `-2.html`, `/2`, `?page=2`.
_SUFFIX = re.compile(
    r"(?P<stem>.+?)(?:[_-](?P<a>\d{1,2})|/(?:index_)?(?P<b>\d{1,2}))(?P<ext>/?|\.\w{3,5})$"
)
_QUERY = re.compile(
    r"(?:^|&)(?:page|p|pn|pageno|pageindex|page_no|curpage)=(\d{1,2})(?=&|$)", re.IGNORECASE
)
_STORY = 5  # digits of a number that names a story
_LINES_BELOW = 24


def may_have_parts(body: bytes) -> bool:
    """Tell, at little cost, whether a page's bytes speak of further pages or of a whole text."""
    return bool(_HINT.search(body))


def next_part(reading: Reading) -> str | None:
    """Return the address of the article's next page, else of its whole text; None without either.

    A link counts only by its address: the page's own with the next number, on the same host. So
    the next article (下一篇), a list's pager and another outlet's original are never taken.
    """
    here = reading.page.final_url
    links = [(text.strip(), url) for line in _near(reading) for text, url in line.links]
    targets = [(text, target) for text, url in links if (target := _beside(here, url))]
    for text, target in targets:
        if _follows(here, target) and (_NEXT.fullmatch(text) or text.isdigit()):
            return target
    wholes = (url for text, url in targets if _WHOLE.fullmatch(text) and _same_story(here, url))
    return next(wholes, None)


def _near(reading: Reading) -> list[Line]:
    """Return the lines of the container and close below it, but those of comments."""
    container, lines = reading.container, reading.outline.lines
    if container is None:
        return []
    near = lines[container.first : container.last + _LINES_BELOW]
    beside = Mark.COMMENT | Mark.RELATED
    return [line for line in near if line.anchors and not line.marks & beside]


def _beside(here: str, address: str) -> str | None:
    """Return a link's absolute address if it is on the page's own host."""
    try:
        target = urljoin(here, address.strip())
        parts = urlsplit(target)
    except ValueError:
        return None
    own = parts.netloc == urlsplit(here).netloc and parts.scheme in {"http", "https"}
    return target if own else None


def part_number(url: str) -> tuple[str, int | None]:
    """Return an address without what names a further page, and that number; None without one."""
    parts = urlsplit(url)
    found = _QUERY.search(parts.query)
    if found:
        query = (parts.query[: found.start()] + parts.query[found.end() :]).strip("&")
        return _told(parts, parts.path, query), int(found[1])
    suffix = _SUFFIX.fullmatch(parts.path)
    if suffix and not suffix["stem"].endswith("/"):
        path = suffix["stem"] + suffix["ext"].rstrip("/")
        return _told(parts, path, parts.query), int(suffix["a"] or suffix["b"])
    return _told(parts, parts.path, parts.query), None


def _told(parts: SplitResult, path: str, query: str) -> str:
    return f"{parts.netloc}{path.rstrip('/')}?{query}"


def _follows(here: str, target: str) -> bool:
    """Tell whether an address is that of the next page: the same but for a number one higher."""
    stem, number = part_number(here)
    other, following = part_number(target)
    if following is None:
        return False
    if number is not None and other == stem:
        return following == number + 1
    # The first page has no number; the second is 1 where counting begins at nought.
    parts = urlsplit(here)
    return other == _told(parts, parts.path, parts.query) and following in {1, 2}


def _same_story(here: str, target: str) -> bool:
    """Tell whether two addresses share the number that names a story."""
    runs = (_RUNS.findall(urlsplit(url).path) for url in (here, target))
    own, other = (max(found, key=len, default="") for found in runs)
    return here != target and len(own) >= _STORY and own == other
