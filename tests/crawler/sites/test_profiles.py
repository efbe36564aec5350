"""Profiles: a fault is one line that names file and key, and the bundled ones are right."""

import re
from pathlib import Path

import pytest

from crawler.sites.load import (
    SiteProfileError,
    find_profile,
    load_profile,
    profile_for,
    profile_text,
    site_keys,
)
from crawler.sites.profile import SiteProfile, generic_profile, registrable_domain

GOOD = """
key = "probe"
name = "测试网"
home = "http://news.example.com/"
hosts = ["news.example.com"]
seeds = [{ url = "/local/" }]
"""


def written(folder: Path, text: str, name: str = "probe.toml") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def test_the_smallest_profile_names_a_home_a_host_and_a_seed(tmp_path: Path) -> None:
    profile = load_profile(written(tmp_path, GOOD))
    assert profile.seed_urls == ("http://news.example.com/local/",)
    assert profile.politeness.delay == 1.0


FAULTS = [
    ("seedz = []", "seedz: unknown key", "a misspelt key"),
    ("[politeness]\ndelay = -1", "politeness.delay: ", "a negative delay"),
    ("[politeness]\nspeed = 3", "politeness.speed: unknown key", "an unknown key in a table"),
    ("article_url = '('", "article_url: ", "no regular expression"),
    ("[paging]\nurl = '['", "paging.url: ", "no regular expression in a table"),
    ("[paging]\nmax_pages = 0", "paging.max_pages: ", "no pages at all"),
    ('time_zone = "Asia/Nowhere"', "time_zone: ", "an unknown time zone"),
    ('confidence = "sure"', "confidence: ", "not one of the choices"),
    ('[reading]\ncharsett = "gbk"', "reading.charsett: unknown key", "below the reading rules"),
    ("key = 3", "Cannot overwrite", "not even TOML: a key twice"),
    ("= 3", "line 7", "not TOML"),
]


@pytest.mark.parametrize(("line", "names", "why"), FAULTS)
def test_a_fault_is_one_line_that_names_file_and_key(
    tmp_path: Path, line: str, names: str, why: str
) -> None:
    path = written(tmp_path, GOOD + line)
    with pytest.raises(SiteProfileError) as caught:
        load_profile(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert names in message, why
    assert "\n" not in message


REPLACED = [
    ('home = "http://news.example.com/"', 'home = "file:///x"', "home: "),
    ('hosts = ["news.example.com"]', "hosts = []", "hosts: "),
    ('hosts = ["news.example.com"]', 'hosts = ["other.example.com"]', "home: "),
    ('seeds = [{ url = "/local/" }]', "", "seeds: "),
    ('seeds = [{ url = "/local/" }]', 'seeds = [{ url = "http://b.test/" }]', "seeds.0.url: "),
    ('seeds = [{ url = "/local/" }]', 'seeds = [{ url = "ftp://b.test/" }]', "seeds.0.url: "),
    ('key = "probe"', 'key = "Probe One"', "key: "),
    ('key = "probe"', 'key = "other"', "key: "),
    ('name = "测试网"', 'name = ""', "name: "),
]


@pytest.mark.parametrize(("good", "bad", "names"), REPLACED)
def test_a_bad_value_is_one_line_that_names_the_key(
    tmp_path: Path, good: str, bad: str, names: str
) -> None:
    with pytest.raises(SiteProfileError, match=re.escape(names)) as caught:
        load_profile(written(tmp_path, GOOD.replace(good, bad)))
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_an_error_of_that_file(tmp_path: Path) -> None:
    with pytest.raises(SiteProfileError, match=r"none\.toml"):
        load_profile(tmp_path / "none.toml")


def test_an_unknown_site_is_an_error_that_names_those_like_it() -> None:
    with pytest.raises(SiteProfileError, match="zjnews_china"):
        find_profile("zjnews_chinna")


def test_a_profile_of_the_users_takes_the_place_of_a_bundled_one(tmp_path: Path) -> None:
    text = profile_text("zjnews_china").replace("max_pages = 500", "max_pages = 7")
    written(tmp_path, text, "zjnews_china.toml")
    assert find_profile("zjnews_china", tmp_path).politeness.max_pages == 7
    assert find_profile("zjnews_china").politeness.max_pages == 500


def test_the_keys_of_the_bundled_profiles_are_told() -> None:
    assert {"sample", "zjnews_china"} < set(site_keys())


@pytest.mark.parametrize(
    "url",
    [
        "http://zjnews.china.com.cn/zj/jiaxing/wc/2022-12-20/363189.html",
        "http://zjnews.china.com.cn/yuanchuan/2022-04-02/334005.html",
        "http://zjnews.china.com.cn/qjcp/2018-07-23/142923.html",
    ],
)
def test_the_known_article_addresses_of_zjnews_fit_its_pattern(url: str) -> None:
    profile = find_profile("zjnews_china")
    assert profile.article_url is not None
    assert re.fullmatch(profile.article_url, url)
    assert profile.covers(url)


def test_zjnews_has_both_templates_the_newer_one_first() -> None:
    templates = find_profile("zjnews_china").reading.templates
    assert [template.until is None for template in templates] == [True, False]
    assert templates[0].selectors.credits == ("p.laiYuan",)
    assert templates[1].selectors.headline == ("h1.article-title",)


def test_a_profile_moves_to_another_base_address_as_a_whole(tmp_path: Path) -> None:
    text = GOOD.replace("/local/", "http://news.example.com/local/?x=1")
    moved = load_profile(written(tmp_path, text)).with_home("http://127.0.0.1:8123")
    assert moved.home == "http://127.0.0.1:8123/"
    assert moved.seed_urls == ("http://127.0.0.1:8123/local/?x=1",)
    assert moved.covers("http://127.0.0.1:8123/zj/1.html")
    assert not moved.covers("http://127.0.0.1:8124/zj/1.html")


def test_the_digest_changes_with_the_content_alone(tmp_path: Path) -> None:
    one = load_profile(written(tmp_path, GOOD))
    same = load_profile(written(tmp_path, "# a comment\n" + GOOD))
    other = load_profile(written(tmp_path, GOOD + "[politeness]\ndelay = 2"))
    assert one.digest == same.digest != other.digest


def covering(*hosts: str) -> SiteProfile:
    return generic_profile("http://news.example.com/").model_copy(update={"hosts": hosts})


@pytest.mark.parametrize(
    ("hosts", "url", "covered", "why"),
    [
        (("a.test",), "http://a.test/x", True, "the host"),
        (("a.test",), "https://a.test/x", True, "by either scheme"),
        (("a.test",), "http://a.test:80/x", True, "its default port, spelt out"),
        (("a.test",), "http://a.test:6379/x", False, "another port was not declared"),
        (("a.test",), "http://b.a.test/x", False, "a host below"),
        ((".a.test",), "http://b.a.test/x", True, "all below"),
        ((".a.test",), "http://a.test/x", True, "and itself"),
        ((".a.test",), "http://ba.test/x", False, "not by its letters"),
        (("a.test:8080",), "http://a.test:8080/x", True, "a declared port"),
        (("a.test:8080",), "http://a.test/x", False, "then not the default one"),
        (("[::1]:8080",), "http://[::1]:8080/x", True, "an IPv6 literal"),
        (("a.test",), "http://a.test:x/", False, "no port at all"),
        (("a.test",), "mailto:x@a.test", False, "no host at all"),
    ],
)
def test_a_site_is_its_hosts_with_their_ports(
    hosts: tuple[str, ...], url: str, covered: bool, why: str
) -> None:
    assert covering(*hosts).covers(url) is covered, why


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("zjnews.china.com.cn", "china.com.cn"),
        ("www.jiaxing.gov.cn", "jiaxing.gov.cn"),
        ("news.replay.test", "replay.test"),
        ("someone.github.io", "someone.github.io"),
        ("localhost", "localhost"),
        ("192.0.2.7", "192.0.2.7"),
        ("a.b.example.co.uk", "example.co.uk"),
    ],
)
def test_the_registrable_domain_is_found_without_a_network(host: str, domain: str) -> None:
    assert registrable_domain(host) == domain


def test_an_unknown_address_is_its_own_seed_on_its_registrable_domain() -> None:
    profile, urls = profile_for("http://news.county.example.com/local/?a=1#top")
    assert (profile.key, urls) == ("news.county.example.com", ())
    assert profile.seed_urls == ("http://news.county.example.com/local/?a=1",)
    assert profile.covers("http://other.example.com/x")
    assert not profile.covers("http://example.org/x")


def test_the_home_of_an_unknown_site_brings_its_profile_back() -> None:
    profile = generic_profile("http://news.county.example.com/local/")
    assert generic_profile(profile.home) == profile


def test_an_address_of_a_described_site_is_looked_at_alone() -> None:
    url = "http://zjnews.china.com.cn/yuanchuan/2022-04-02/334005.html"
    profile, urls = profile_for(url)
    assert (profile.key, urls) == ("zjnews_china", (url,))
    assert profile_for("http://zjnews.china.com.cn")[1] == ()


def test_an_address_that_is_none_is_an_error_of_one_line() -> None:
    with pytest.raises(SiteProfileError, match="ftp"):
        profile_for("ftp://news.example.com/")


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("http://[2001:4860::1]:8080/local/", "[2001:4860::1]:8080"),  # an address literal
        ("http://新闻.example.com/", "xn--efvy88h.example.com"),  # a name beyond ASCII
        ("http://a_b.example.com/", "a_b.example.com"),  # not a hostname by the letter, but in use
    ],
)
def test_any_host_makes_a_generic_profile_of_its_name(url: str, key: str) -> None:
    assert generic_profile(url).key == key


@pytest.mark.parametrize(
    ("reading", "zone"),
    [
        ({}, "Asia/Urumqi"),  # pages print the site's time
        ({"time_zone": "UTC"}, "UTC"),  # unless the profile knows better
    ],
)
def test_pages_are_read_in_the_sites_zone_unless_the_profile_says_otherwise(
    reading: dict[str, str], zone: str
) -> None:
    values = {
        "key": "lakenews",
        "name": "湖滨新闻网",
        "home": "http://news.example.com/",
        "hosts": ["news.example.com"],
        "seeds": [{"url": "/local/"}],
        "time_zone": "Asia/Urumqi",
        "reading": reading,
    }
    assert SiteProfile.model_validate(values).reading.time_zone == zone
