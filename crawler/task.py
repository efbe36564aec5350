"""What one crawl's spider is given."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from crawler.pipeline import Writer
from crawler.sites.profile import SiteProfile


@dataclass(frozen=True, slots=True)
class Task:
    """What one crawl's spider works with."""

    profile: SiteProfile
    writer: Writer
    clock: Callable[[], datetime]
    extractor: str
    urls: tuple[str, ...]  # look at just these; () means the whole site
    max_pages: int
    looks: int | None  # at known articles that are due; None: at all, listed ones first
    allowed: frozenset[str]
    seeds: bool = True  # read the lists
    follows: bool = True  # what lists announce becomes known; False: they only show an answer
    confirm: bool = False  # look at suspects alone, and at one list to see that the site answers
    articles: bool = False  # `urls` are articles, whatever they look like
    probe: bool = False  # the site did not answer lately: give up at the first failure
