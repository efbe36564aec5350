"""The bundled sites: every fact in their profiles fits the others, and no two sites overlap."""

import re
from collections import Counter
from functools import lru_cache
from pathlib import Path

import pytest

from crawler.sites.families import family_names, find_family
from crawler.sites.load import Told, find_profile, list_sites, profile_for
from crawler.sites.profile import SiteProfile
from crawler.sites.reference import render_sites
from news.places import PROVINCES

DOCS = Path(__file__).resolve().parents[3] / "docs" / "sites.md"
SITES = {site.key: site for site in list_sites() if not site.is_paper}
# As in the sources: 379 addresses, of which one was listed for two sites.
EXAMPLES = 378


@lru_cache(maxsize=1)
def profiles() -> dict[str, SiteProfile]:
    return {key: find_profile(key) for key in SITES}


def examples() -> list[tuple[str, str]]:
    return [(key, url) for key, profile in profiles().items() for url in profile.examples]


def test_there_are_105_sites_in_31_provinces_and_the_local_editions_of_national_media() -> None:
    assert len(SITES) == 105
    assert {site.region for site in SITES.values()} < set(PROVINCES)
    assert len({site.region for site in SITES.values()} - {"全国"}) == 31


def test_every_example_address_is_an_article_of_its_own_site_and_of_no_other() -> None:
    found = examples()
    assert len(found) == len({url for _, url in found}) == EXAMPLES
    for key, url in found:
        takers = [k for k, p in profiles().items() if p.is_article(p.canonical(url))]
        assert takers == [key], url


def test_an_example_address_is_read_by_its_own_sites_profile() -> None:
    for key, profile in profiles().items():
        url = profile.examples[0]
        found, urls = profile_for(url)
        assert (found.key, urls) == (key, (url,))


def test_every_example_has_one_canonical_address_that_stays_as_it_is() -> None:
    for key, url in examples():
        canonical = profiles()[key].canonical(url)
        assert profiles()[key].canonical(canonical) == canonical
        assert profiles()[key].covers(canonical)


def test_two_examples_of_a_site_are_two_articles() -> None:
    for profile in profiles().values():
        found = Counter(map(profile.canonical, profile.examples))
        assert max(found.values()) == 1, profile.key


LONG = "1012345678901234567"
ONE_ARTICLE = [
    ("hinews", "https://m.hinews.cn/page?m=1&n=2826960&s=1044", "its mobile host"),
    ("hinews", "https://www.hinews.cn/page?s=1044&n=2826960&m=1", "another order of the query"),
    ("cqnews", f"https://cq.cqnews.net/1/detail/{LONG}/app/content_{LONG}.html", "the app's page"),
    ("cqnews", f"https://cq.cqnews.net/app/content_{LONG}.html", "the app's short page"),
    ("jfdaily", "https://www.shobserver.com/news/detail?id=999001", "the outlet's other name"),
    ("jfdaily", "https://www.jfdaily.com/wx/detail.do?id=999001", "the page for WeChat"),
    ("tidenews", "https://www.tidenews.com.cn/news.html?id=77001&source=1", "a shared address"),
    ("xinhua_local", "http://zj.news.cn/20260806/8c33b588f1584af9bc57c2cc2d57a675/c.html", "host"),
    ("xinhua_local", "http://www.zj.xinhuanet.com/20260806/8c33b588f1584af9bc57c2cc2d57a675/c.html",
     "the older host"),
    ("zjol_county", "https://dqnews.zjol.com.cn/dqnews/system/2021/04/16/032987957_01.shtml",
     "its second page"),
    ("people_local", "http://zj.people.com.cn/n2/2023/0630/c370990-40477513-2.html", "page two"),
    ("zjrb_epaper", "http://zjrb.zjol.com.cn/html/2014-08/09/content_2779543.htm?div=-1", "place"),
    ("thepaper", "https://m.thepaper.cn/newsDetail_forward_3541395", "its mobile host"),
]  # fmt: skip
AS = {
    "hinews": "https://www.hinews.cn/page?m=1&n=2826960&s=1044",
    "cqnews": f"https://cq.cqnews.net/1/detail/{LONG}/web/content_{LONG}.html",
    "jfdaily": "https://www.jfdaily.com/news/detail?id=999001",
    "tidenews": "https://tidenews.com.cn/news.html?id=77001",
    "xinhua_local": "https://www.zj.news.cn/20260806/8c33b588f1584af9bc57c2cc2d57a675/c.html",
    "zjol_county": "https://dqnews.zjol.com.cn/dqnews/system/2021/04/16/032987957.shtml",
    "people_local": "http://zj.people.com.cn/n2/2023/0630/c370990-40477513.html",
    "zjrb_epaper": "http://zjrb.zjol.com.cn/html/2014-08/09/content_2779543.htm",
    "thepaper": "https://www.thepaper.cn/newsDetail_forward_3541395",
}


@pytest.mark.parametrize(("key", "url", "why"), ONE_ARTICLE)
def test_the_addresses_of_one_article_come_to_one(key: str, url: str, why: str) -> None:
    profile = profiles()[key]
    assert profile.canonical(url) == profile.canonical(AS[key]) == AS[key], why
    assert profile.is_article(AS[key])


@pytest.mark.parametrize("key", ["fznews", "kankanews", "thecover"])
def test_where_case_names_the_article_it_is_kept(key: str) -> None:
    url = next(u for u in profiles()[key].examples if re.search("[a-z].*[A-Z]", u.split("/")[-1]))
    assert profiles()[key].canonical(url) == url
    assert profiles()[key].canonical(url.swapcase().replace("HTTPS://", "https://")) != url


@pytest.mark.parametrize(
    ("key", "url"),
    [
        ("hinews", "https://www.hinews.cn/page?m=1&n=2826961&s=1044"),
        ("jfdaily", "https://www.jfdaily.com/news/detail?id=999002"),
        ("tidenews", "https://tidenews.com.cn/news.html?id=77002"),
    ],
)
def test_where_the_query_names_the_article_another_query_is_another_article(
    key: str, url: str
) -> None:
    assert profiles()[key].canonical(url) == url != AS[key]
    assert profiles()[key].is_article(url)


def test_no_seed_is_an_article_and_none_comes_twice() -> None:
    for profile in profiles().values():
        assert not [url for url in profile.seed_urls if profile.is_article(url)], profile.key
        bare = Counter(url.partition("://")[2] for url in profile.seed_urls)
        assert max(bare.values()) == 1, profile.key


@pytest.mark.parametrize("site", SITES.values(), ids=SITES)
def test_every_site_says_where_it_is_how_well_it_is_known_and_since_when(site: Told) -> None:
    assert site.region
    assert re.fullmatch(r"20\d\d.*", site.facts)
    assert not site.family or site.family in family_names()


def test_every_family_is_one_and_has_sites() -> None:
    families = Counter(site.family for site in list_sites())
    for name in family_names():
        assert find_family(name).title
        assert families[name], name


def test_the_table_in_the_docs_is_the_one_the_profiles_give() -> None:
    assert DOCS.read_text("utf-8") == render_sites(), "run `make docs`"
