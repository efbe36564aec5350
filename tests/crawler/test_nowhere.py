"""The page a site has for addresses that do not exist: asked for once a week, then known again."""

from datetime import timedelta

import pytest
from faultserver import article_page, redirect, reply
from watched import Watched

from crawler.nowhere import nowhere_address

NOTHING = article_page("湖滨新闻网为您推荐以下内容")


@pytest.mark.parametrize(
    ("address", "absent"),
    [
        ("http://n.example/zj/2026-01-02/363189.html", "http://n.example/zj/2026-01-02/99999999999.html"),
        ("http://n.example/a/t20260102_55.htm", "http://n.example/a/t20260102_9999999.htm"),
        ("http://n.example/news/bridge", "http://n.example/news/bridge-99999999"),
        ("http://n.example/a.php?id=7", "http://n.example/a-99999999.php"),
    ],
)  # fmt: skip
def test_an_address_that_cannot_exist_is_like_an_articles(address: str, absent: str) -> None:
    assert nowhere_address(address) == absent


STORIES = {
    "河道清淤": (
        "施工队昨天清完了最后一段河道，岸边的水草重新露了出来。",
        "傍晚来散步的人比往年多了不少。",
    ),
    "粮站开仓": (
        "农户的三轮车在粮站门外排成长队，新添的烘干机一刻不停。",
        "价格公道，大家心里踏实。",
    ),
    "老街修缮": ("匠人把拆下的木窗一扇扇编号，修好以后装回原处。", "街坊说，老街还是原来的样子。"),
    "茶园采摘": (
        "雨水一过，山上的茶园就忙了起来，采茶人天不亮就上山。",
        "今年的新茶比去年早了几天。",
    ),
}


def pages() -> dict[str, str]:
    return {
        f"a{n}": article_page(f"嘉禾市{name}", *text, *text)
        for n, (name, text) in enumerate(STORIES.items())
    }


def asked(watched: Watched) -> list[str]:
    return [one.target for one in watched.server.asked if "99999" in one.target]


def test_it_is_asked_for_once_a_week(watched: Watched) -> None:
    watched.publish(**pages())
    watched.crawl()
    assert asked(watched) == [], "nothing of the site was read yet"
    watched.crawl()
    watched.crawl()
    assert len(asked(watched)) == 1
    watched.crawl(later=timedelta(days=8))
    assert len(asked(watched)) == 2
    assert watched.rows("SELECT probe_text, probe_led_to FROM site_state") == [(None, None)]


def test_an_article_that_gives_way_to_the_page_for_nothing_is_removed(watched: Watched) -> None:
    watched.publish(**pages())
    for target in ("/zj/a9999999.html", "/zj/a999999.html"):
        watched.server.answers[target] = reply(NOTHING)
    watched.crawl()
    watched.crawl()
    watched.publish(**pages() | {"a1": NOTHING})
    watched.crawl()
    watched.crawl()
    assert watched.visits("a1")[2:] == [("missing", "soft_404")] * 2
    assert watched.rows("SELECT count(*) FROM events WHERE kind = 'removed'") == [(1,)]


def test_a_redirect_to_where_nothing_leads_is_no_article(watched: Watched) -> None:
    watched.publish(**pages())
    watched.server.answers["/zj/a9999999.html"] = watched.server.answers["/zj/a999999.html"] = (
        redirect("/zj/sorry.html")
    )
    watched.server.answers["/zj/sorry.html"] = reply(NOTHING)
    watched.crawl()
    watched.crawl()
    watched.publish(**pages() | {"a1": redirect("/zj/sorry.html")})
    watched.crawl()
    assert watched.visits("a1")[2:] == [("missing", "soft_404")]
