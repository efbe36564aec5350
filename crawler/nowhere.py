"""What a site shows for an address that cannot exist: many show a page, and say 200."""

import re
from collections.abc import Callable, Iterator, Sequence
from urllib.parse import urlsplit, urlunsplit

from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.extraction.extract import open_page
from crawler.reading import led_to
from crawler.sites.profile import SiteProfile
from crawler.task import Task
from news.article import NotAnArticle
from news.page import Page

_DIGITS = re.compile(r"\d+(?=\D*$)")
_LONGEST = 20_000  # characters of a page that are kept


def nowhere_address(url: str) -> str:
    """Return an address like an article's, in the same folder, that no article has."""
    parts = urlsplit(url)
    folder, _, name = parts.path.rpartition("/")
    stem, dot, ending = name.rpartition(".") if "." in name else (name, "", "")
    absent = _DIGITS.sub(lambda match: "9" * (len(match[0]) + 5), stem)
    absent = absent if absent != stem else f"{stem or 'nowhere'}-99999999"
    return urlunsplit((parts.scheme, parts.netloc, f"{folder}/{absent}{dot}{ending}", "", ""))


def read_nowhere(page: Page, profile: SiteProfile) -> tuple[str | None, str | None] | None:
    """Return the text shown there and where redirects ended; None where nothing can be said.

    A site that says 404 has neither.
    """
    if page.status in {404, 410}:
        return None, None
    if page.status != 200:
        return None
    opened = open_page(page, profile.reading)
    if isinstance(opened, NotAnArticle):
        return None, led_to(page, profile)
    text = "\n".join(line.text for line in opened.outline.lines)
    return text[:_LONGEST], led_to(page, profile)


class Nowhere:
    """The weekly look at an address that cannot exist, within one crawl."""

    def __init__(self, page_of: Callable[[Response, str], Page]) -> None:
        self._page_of = page_of
        self._task: Task | None = None

    async def begin(self, task: Task) -> None:
        """See whether it is time; only of a site whose articles have been read before."""
        due = not task.confirm and await task.writer.probe_due(task.profile.key, task.clock())
        self._task = task if due else None

    def requests(self, listed: Sequence[str]) -> Iterator[Request]:
        """Yield the request, once, given addresses of articles."""
        if self._task is not None and listed:
            task, self._task = self._task, None
            url = nowhere_address(listed[0])
            kwargs = {"task": task, "url": url}
            yield Request(
                url, callback=self.read, errback=_ignored, cb_kwargs=kwargs, dont_filter=True
            )

    async def read(self, response: Response, task: Task, url: str) -> None:
        """Remember what is shown there."""
        found = read_nowhere(self._page_of(response, url), task.profile)
        if found is not None:
            text, elsewhere = found
            await task.writer.record_probe(task.clock(), text=text, led_to=elsewhere)


async def _ignored(_: Failure) -> None:
    """Let a look that failed be made by the next crawl."""
