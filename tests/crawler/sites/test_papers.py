"""Electronic editions: seeds of the day, pages that are lists, articles of one paper alone."""

import re
from collections import defaultdict
from datetime import UTC, datetime
from functools import lru_cache

import pytest

from crawler.sites.load import find_profile
from crawler.sites.papers import own_folder, paper_values
from crawler.sites.profile import SiteProfile

# In the evening of the 26th by UTC it is the 27th in China.
AT = datetime(2026, 11, 26, 23, tzinfo=UTC)
# What stands for the name of the first page in an article's address, by family.
ARTICLES = {
    "epaper-founder-html": ("content_1234567.htm", "content_88_123456.htm"),
    "epaper-founder-pc": ("content_1234567.html", "c1234567.html"),
    "epaper-shtml": ("1234567.shtml",),
    "epaper-pagetb": ("Articel01002TB.htm",),
    "epaper-joyhua": ("content_123456.htm",),
    "epaper-szb": ("szbzA1_12.Html",),
    "epaper-qpaper": ("12345.html",),
}


@lru_cache(maxsize=1)
def papers() -> dict[str, SiteProfile]:
    return {key: find_profile(key).at(AT) for key in paper_values()}


def test_there_are_467_editions_besides_the_three_in_profiles_of_their_own() -> None:
    assert len(papers()) == 467


def test_the_first_page_is_that_of_the_day_in_the_papers_zone() -> None:
    for key, profile in papers().items():
        (url,) = profile.seed_urls
        assert "{" not in url, key
        assert re.search(r"2026[-/]?n?/?11[-/]?y?/?27", url), url


def test_a_page_of_an_edition_is_a_list_and_no_article() -> None:
    for key, profile in papers().items():
        (url,) = profile.seed_urls
        assert profile.paging.url is not None
        assert re.fullmatch(profile.paging.url, url), key
        assert not profile.is_article(url), key


def test_an_article_beside_the_first_page_belongs_to_its_paper_alone() -> None:
    hosts = defaultdict(list)
    for profile in papers().values():
        hosts[profile.hosts].append(profile)
    told = 0
    for profile in papers().values():
        if "articles" in row_of(profile) or profile.family not in ARTICLES:
            continue
        for name in ARTICLES[profile.family]:
            url = profile.canonical(profile.seed_urls[0].rpartition("/")[0] + "/" + name)
            takers = [other.key for other in hosts[profile.hosts] if other.is_article(url)]
            assert takers == [profile.key], url
            told += 1
    assert told > 600


def row_of(profile: SiteProfile) -> dict[str, object]:
    """Whether a paper's own row gives its pattern shows in the pattern alone."""
    table = [p for p in papers().values() if p.family == profile.family]
    tails = [tail(p) for p in table]
    common = max(set(tails), key=tails.count)
    return {} if tail(profile) == common else {"articles": tail(profile)}


def tail(profile: SiteProfile) -> str:
    assert profile.article_path is not None
    return profile.article_path.rpartition("/)*")[2]


def test_editions_of_one_host_do_not_share_their_first_pages() -> None:
    seeds = [profile.seed_urls[0].partition("://")[2] for profile in papers().values()]
    assert len(set(seeds)) == len(seeds)


@pytest.mark.parametrize(
    ("path", "folder"),
    [
        ("/html/{yyyy}-{mm}/{dd}/node_2.htm", "/"),
        ("/nbrb/html/{yyyy}-{mm}/{dd}/node_2.htm", "/nbrb/"),
        ("/a/b/pc/layout/{yyyy}{mm}/{dd}/node_01.html", "/a/b/"),
        ("/shtml/code/{yyyy}{mm}{dd}/v1.shtml", "/shtml/code/"),
        ("/journal/index.html", "/journal/"),
    ],
)
def test_a_papers_own_folder_lies_above_its_layout_and_days(path: str, folder: str) -> None:
    assert own_folder(path) == folder
