"""Articles told on several pages: joined into one, or not read at all."""

from datetime import UTC, datetime

import pytest
from faultserver import FaultServer, article_page, reply
from watched import Watched

from crawler.crawls import CrawlOptions
from crawler.extraction.extract import extract_article, open_page, read_page
from crawler.extraction.files import page_from_bytes
from crawler.extraction.parts import next_part, part_number
from crawler.extraction.rules import GENERIC
from crawler.extraction.whole import join_pages, split_page
from crawler.fetch import fetch_article
from crawler.reactor import run
from crawler.sites.profile import generic_profile
from news.article import Article, NotAnArticle

NOW = datetime(2026, 1, 3, tzinfo=UTC)
HEADLINE = "嘉禾市千年古堰修缮记"
TEXTS = [
    (
        f"古堰修缮工程的第{part}阶段从清理淤泥开始，工人们在齐腰深的水里一干就是半天。",
        f"负责第{part}段的老石匠说，条石要一块一块地凿，急不得，也省不得工夫。",
        f"到了第{part}个月，堰体的轮廓重新露出水面，两岸的村民都来看热闹。",
    )
    for part in "一二三"
]


def part(number: int, pager: str = "", texts: tuple[str, ...] | None = None) -> str:
    """Return one page of the story, with a pager below its text."""
    page = article_page(HEADLINE, *(texts or TEXTS[number - 1]))
    return page.replace("<p>来源", f"<div class=fy>{pager}</div><p>来源")


def link(href: str, words: str = "下一页") -> str:
    return f"<a href='{href}'>{words}</a>"


def publish(watched: Watched, **changed: str) -> None:
    watched.publish(t1=part(1, "1 " + link("/zj/t1_2.html", "2") + link("/zj/t1_2.html")))
    watched.server.answers["/zj/t1_2.html"] = reply(
        changed.get("second", part(2, link("t1_3.html")))
    )
    watched.server.answers["/zj/t1_3.html"] = reply(part(3, link("t1.html", "首页")))


def test_an_article_on_three_pages_is_one_article_with_all_its_text(watched: Watched) -> None:
    publish(watched)
    counts = watched.crawl().counts
    assert (counts.new, watched.count("articles"), watched.count("captures")) == (1, 1, 1)
    ((text,),) = watched.rows("SELECT body FROM latest_versions")
    assert [text.count(f"第{number}阶段") for number in "一二三"] == [1, 1, 1]


def test_an_address_that_turns_out_to_be_an_article_is_read_to_its_end(watched: Watched) -> None:
    publish(watched)
    watched.changes["seeds"] = generic_profile(watched.server.base + "/zj/t1.html").seeds
    assert watched.crawl().counts.new == 1
    ((text,),) = watched.rows("SELECT body FROM latest_versions")
    assert [text.count(f"第{number}阶段") for number in "一二三"] == [1, 1, 1]


def test_an_unchanged_article_on_three_pages_makes_no_version(watched: Watched) -> None:
    publish(watched)
    watched.crawl()
    assert watched.crawl().counts.unchanged == 1
    assert (watched.count("versions"), watched.count("captures")) == (1, 1)


def test_an_edit_on_the_second_page_is_a_version_of_the_article(watched: Watched) -> None:
    publish(watched)
    watched.crawl()
    edited = (*TEXTS[1][:2], "到了第二个月，堰体又塌了三十米，两岸的村民都来抢险。")
    publish(watched, second=part(2, link("t1_3.html"), edited))
    assert watched.crawl().counts.changed == 1
    assert watched.rows("SELECT field FROM changes") == [("body",)]


def test_a_part_that_cannot_be_had_is_no_shorter_article(watched: Watched) -> None:
    publish(watched)
    watched.crawl()
    watched.server.answers["/zj/t1_3.html"] = reply("gone for now", status=500)
    assert watched.crawl().counts.failed == 1
    assert watched.count("versions") == 1
    assert watched.visits("t1")[-1] == ("failed", "part")


def test_a_part_that_is_no_article_is_no_shorter_article_either(watched: Watched) -> None:
    publish(watched, second="<html><body><p>请先登录</p></body></html>")
    assert watched.crawl().counts.failed == 1
    assert watched.count("versions") == 0


def test_pages_that_point_at_each_other_end(watched: Watched) -> None:
    publish(watched, second=part(2, link("t1.html")))
    assert watched.crawl().counts.new == 1


@pytest.mark.parametrize(
    ("here", "href", "words", "taken", "reason"),
    [
        ("http://n.example/a/t1.html", "t1_2.html", "下一页", True, "a suffix"),
        ("http://n.example/a/t1_2.html", "t1_3.html", "下一页>", True, "the suffix one higher"),
        ("http://n.example/a/t1.html", "t1_1.html", "2", True, "a pager that counts from nought"),
        ("http://n.example/a/t1.html", "?page=2", "下一页", True, "a query"),
        ("http://n.example/a/1234567", "1234567/2", "Next page", True, "a folder"),
        ("http://n.example/a/3631890.html", "/all/3631890.html", "全文阅读", True, "all of it"),
        ("http://n.example/a/t1.html", "t2.html", "下一篇", False, "the next article"),
        ("http://n.example/a/100.html", "101.html", "下一页", False, "an article's own number"),
        ("http://n.example/a/t1.html", "t1_3.html", "下一页", False, "a page left out"),
        ("http://n.example/a/t1_2.html", "t1.html", "上一页", False, "backwards"),
        (
            "http://n.example/a/t1.html",
            "//o.example/a/t1_2.html",
            "下一页",
            False,
            "elsewhere",
        ),
        (
            "http://n.example/a/3631890.html",
            "//o.example/3631890",
            "阅读全文",
            False,
            "origin",
        ),
    ],
)
def test_a_further_page_has_the_address_with_the_next_number(
    here: str, href: str, words: str, taken: bool, reason: str
) -> None:
    reading = open_page(page_from_bytes(part(1, link(href, words)).encode(), here, NOW), GENERIC)
    assert not isinstance(reading, NotAnArticle)
    read_page(reading)
    assert (next_part(reading) is not None) is taken, reason


def test_an_address_is_parted_from_the_number_of_its_page() -> None:
    assert part_number("http://n.example/a/t1_2.html") == ("n.example/a/t1.html?", 2)
    assert part_number("http://n.example/a?id=7&page=3") == ("n.example/a?id=7", 3)
    assert part_number("http://n.example/a/t1.html") == ("n.example/a/t1.html?", None)


def test_joined_pages_come_apart_as_they_were() -> None:
    bodies = [b"<p>a\r\n--variorum-part 2 3 x\r\nabc", b"", b"\r\n\xff\x00"]
    pages = [page_from_bytes(body, f"http://n.example/{n}", NOW) for n, body in enumerate(bodies)]
    joined = join_pages(pages)
    assert [page.body for page in split_page(joined)] == bodies
    assert [page.final_url for page in split_page(joined)] == [page.url for page in pages]


@pytest.mark.parametrize(
    "body",
    [
        b"--variorum-part 1 999 http://x/\r\nabc",
        b"--variorum-part 1 3 http://x/\r\nabc",
        b"--variorum-part 2 3 http://x/\r\nabc\r\n--variorum-part 3 1 x\r\na",
        b"--variorum-part 1 3 http://x/\r\nabc\r\n--variorum-part 2 3 x\r\na",
    ],
)
def test_a_page_that_imitates_joined_ones_stays_one_page(body: bytes) -> None:
    page = page_from_bytes(body, "http://n.example/1", NOW)
    assert split_page(page) == [page]
    extract_article(page, GENERIC)


def test_a_page_with_the_whole_text_stands_for_all_parts() -> None:
    first = part(1)
    whole = article_page(HEADLINE, *(text for texts in TEXTS for text in texts))
    pages = [page_from_bytes(html.encode(), "http://n.example/1", NOW) for html in (first, whole)]
    article = extract_article(join_pages(pages), GENERIC)
    assert isinstance(article, Article)
    assert [block.text for block in article.body] == [text for texts in TEXTS for text in texts]


def test_a_single_article_is_fetched_with_all_its_pages(faults: FaultServer) -> None:
    pager = "1 " + link("/c/12345_2.html", "2") + link("/c/12345_2.html")
    faults.answers["/c/12345.html"] = reply(part(1, pager))
    faults.answers["/c/12345_2.html"] = reply(part(2, link("12345.html", "上一页")))
    options = CrawlOptions(allow_addresses=frozenset({faults.address}))
    page = run(lambda: fetch_article(faults.base + "/c/12345.html", GENERIC, options))
    read = extract_article(page, GENERIC)
    assert isinstance(read, Article)
    assert [block.text for block in read.body] == [*TEXTS[0], *TEXTS[1]]
