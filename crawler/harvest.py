"""Addresses found on a seed: the site's own, other sites', and what is refused, all counted."""

import re
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from urllib.parse import urljoin, urlsplit

from crawler.sites.profile import SiteProfile

# A page with more links of its own than this is a trap or a site map, not a list.
LINKS_A_PAGE = 5000
_REPEATS = 2  # /a/b/a/b/…: the mark of relative links gone wrong (as Heritrix counts it)
_MOST_SEGMENTS = 20
_MOST_PARAMETERS = 30
LONGEST_URL = 2083
_ABSOLUTE = re.compile(r"(?:https?:)?//([a-z0-9._-]+)(?=[/?#:]|$)", re.IGNORECASE)
_NOT_HTTP = re.compile(r"(?!https?:)[a-z][a-z0-9+.-]{0,30}:(?!\d)", re.IGNORECASE)


class Harvest:
    """Sorts the addresses of one page; `refused` says how many were left out, by the reason."""

    def __init__(self, profile: SiteProfile, base: str) -> None:
        self._profile, self._base = profile, base
        self._met: set[str] = set()
        self._names = tuple(
            host.lstrip(".").rpartition(":")[0] or host.lstrip(".") for host in profile.hosts
        )
        self.foreign = 0
        self.refused: Counter[str] = Counter()

    @property
    def found(self) -> int:
        """How many different addresses were met."""
        return len(self._met)

    def own(self, hrefs: Iterable[str]) -> list[str]:
        """Return the site's own addresses among these in canonical form, each once, in order."""
        urls: dict[str, None] = {}
        for href in hrefs:
            url = self.take(href)
            if url is None or url in urls:
                continue
            if len(urls) < LINKS_A_PAGE:
                urls[url] = None
            else:
                self.refused["links_beyond_bound"] += 1
        return list(urls)

    def take(self, href: str) -> str | None:
        """Return an address in canonical form if it is new here, the site's, and no trap."""
        href = href.strip()
        if not href or href.startswith("#") or href in self._met:
            return None
        self._met.add(href)
        if _NOT_HTTP.match(href):
            self.refused["not_http"] += 1
            return None
        if self._is_plainly_foreign(href):
            self.foreign += 1
            return None
        return self._take_canonical(href)

    def _is_plainly_foreign(self, href: str) -> bool:
        """Tell by the host alone, without reading the address: pages may link to 50,000 others."""
        named = _ABSOLUTE.match(href)
        return named is not None and not named[1].lower().rstrip(".").endswith(self._names)

    def _take_canonical(self, href: str) -> str | None:
        try:
            url = self._profile.canonical(urljoin(self._base, href))
        except ValueError:
            self.refused["malformed"] += 1
            return None
        if not self._profile.covers(url):
            self.foreign += 1
            return None
        if trap := trap_of(url):
            self.refused[trap] += 1
            return None
        return url


def trap_of(url: str) -> str | None:
    """Return what kind of trap an address is by its form alone, or None."""
    parts = urlsplit(url)
    segments = [segment for segment in parts.path.split("/") if segment]
    pairs = Counter(pairwise(segments))
    if len(url) > LONGEST_URL:
        return "overlong"
    if len(segments) > _MOST_SEGMENTS:
        return "deep_path"
    if max(pairs.values(), default=0) > _REPEATS or _most_repeated(segments) > _REPEATS + 1:
        return "repeating_path"
    if parts.query.count("&") >= _MOST_PARAMETERS:
        return "many_parameters"
    return None


def _most_repeated(segments: list[str]) -> int:
    """Return how often one segment that is no number comes; dates and numbers may repeat."""
    counts = Counter(segment for segment in segments if not segment.isdigit())
    return max(counts.values(), default=0)
