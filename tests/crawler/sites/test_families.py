"""A site of a known family in a few lines, and what a profile's own words do to the family's."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler.seeds import extract_links
from crawler.sites.families import find_family, with_family
from crawler.sites.load import SiteProfileError, find_profile, list_sites, load_profile
from crawler.sites.profile import SiteProfile
from crawler.sites.text import profile_toml
from news.page import Page

FIVE_LINES = """
key = "lakenews"
name = "湖滨新闻网"
home = "http://news.example.com/"
hosts = ["news.example.com", ".lake.example.com"]
family = "{family}"
seeds = [{{ url = "/local/" }}]
"""
AT = datetime(2026, 11, 26, 23, tzinfo=UTC)  # the 27th in China


def written(folder: Path, text: str) -> Path:
    path = folder / "lakenews.toml"
    path.write_text(text, "utf-8")
    return path


@pytest.mark.parametrize(
    ("family", "article", "page", "neither"),
    [
        ("trs-wcm", "local/202609/t20260914_31908230.shtml", "local/index_1.shtml", "local/"),
        ("content-n", "2026-08/11/content_9277420.htm", "node_7_2.htm", "node_7.htm"),
        ("system-shtml", "system/2026/03/31/059276159.shtml",
         "system/more/7/0000/7_00000001.shtml", "index.shtml"),
        ("people-cms", "n2/2026/0702/c186327-41627255.html", "GB/1/2/index2.html", "GB/1/"),
        ("yyyy-mmdd-shtml", "2026/0914/1234567.shtml", "", "2026/0914/"),
        ("epaper-founder-html", "html/2026-09/14/content_12.htm", "html/2026-09/14/node_2.htm", ""),
    ],
)  # fmt: skip
def test_five_lines_describe_a_site_of_a_known_family(
    tmp_path: Path, family: str, article: str, page: str, neither: str
) -> None:
    profile = load_profile(written(tmp_path, FIVE_LINES.format(family=family)))
    links = "".join(f'<a href="/{href}">x</a>' for href in (article, page, neither) if href)
    found = extract_links(page_of(links, profile.home), profile)
    assert found.articles == (profile.home + article,)
    assert found.lists == ((profile.home + page,) if page else ())
    assert profile.is_article(f"https://a.lake.example.com/{article}")
    assert not profile.is_article(f"https://other.example.com/{article}")


def page_of(links: str, url: str) -> Page:
    return Page(url, url, 200, (), f"<html><body>{links}</body></html>".encode(), AT)


def test_a_profiles_own_words_go_before_those_of_its_family(tmp_path: Path) -> None:
    own = """
article_path = '/x/\\d+\\.html'
paging = { max_pages = 9 }
[[reading.templates]]
[reading.templates.selectors]
body = ["#mine"]
"""
    profile = load_profile(written(tmp_path, FIVE_LINES.format(family="trs-wcm") + own))
    family = find_family("trs-wcm")
    assert profile.is_article("http://news.example.com/x/1.html")
    assert not profile.is_article("http://news.example.com/a/202609/t20260914_1.html")
    assert (profile.paging.max_pages, profile.paging.url) == (9, family.paging.url)
    bodies = [template.selectors.body for template in profile.reading.templates]
    assert bodies == [("#mine",), (".TRS_Editor",)]


def test_an_unknown_family_is_one_line_that_names_the_known_ones(tmp_path: Path) -> None:
    path = written(tmp_path, FIVE_LINES.format(family="nowhere"))
    with pytest.raises(SiteProfileError, match=r"family: no family 'nowhere'; .*trs-wcm"):
        load_profile(path)


@pytest.mark.parametrize("key", ["zjol", "hinews", "epaper_ningbodaily", "rednet", "zjnews_china"])
def test_a_profile_that_is_shown_can_be_read_again_as_it_was(tmp_path: Path, key: str) -> None:
    path = tmp_path / f"{key}.toml"
    path.write_text(profile_toml(find_profile(key)), "utf-8")
    assert load_profile(path) == find_profile(key)
    assert load_profile(path).digest == find_profile(key).digest


def test_the_digest_of_a_profile_with_dated_seeds_is_the_same_every_day() -> None:
    profile = find_profile("epaper_ningbodaily")
    assert profile.at(AT).digest == profile.digest
    assert profile.at(AT).seed_urls == (
        "http://daily.cnnb.com.cn/nbrb/html/2026-11/27/node_2.htm",
    )  # fmt: skip


def test_the_front_page_of_an_edition_leads_to_its_pages_and_articles() -> None:
    profile = find_profile("epaper_ningbodaily").at(AT)
    here = "http://daily.cnnb.com.cn/nbrb/html/2026-11/27/"
    links = (
        '<a href="node_3.htm">2</a><a href="./content_12.htm?div=-1">a</a>'
        '<a href="content_12.htm">a</a><a href="../../2026-11/26/node_2.htm">yesterday</a>'
        '<a href="../../../../nbwb/html/2026-11/27/content_5.htm">the evening paper</a>'
    )
    found = extract_links(page_of(links, profile.seed_urls[0]), profile)
    assert found.articles == (here + "content_12.htm",)
    assert here + "node_3.htm" in found.lists


def test_a_broken_profile_of_the_users_is_one_line_and_hurts_no_other_site(tmp_path: Path) -> None:
    written(tmp_path, "key = 3")
    with pytest.raises(SiteProfileError, match=r"lakenews\.toml: ") as caught:
        list_sites(tmp_path)
    assert "\n" not in str(caught.value)
    assert find_profile("zjol", tmp_path).key == "zjol"


def test_a_family_adds_nothing_to_a_profile_without_one() -> None:
    assert with_family({"key": "x"}) == {"key": "x"}


def test_a_profile_with_a_path_moves_to_another_base_address_as_a_whole() -> None:
    moved: SiteProfile = find_profile("enorth").with_home("http://127.0.0.1:8123/")
    assert moved.is_article("http://127.0.0.1:8123/system/2026/03/31/059276159.shtml")
