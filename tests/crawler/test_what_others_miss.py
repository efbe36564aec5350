"""What other trackers get wrong, case by case, through the real path: fetched, read, recorded.

That a kill between fetch and commit, or between two commits, loses and doubles nothing is pinned
where processes are killed: tests/test_whole_path.py, tests/storage/test_kills.py.
"""

from datetime import timedelta
from hashlib import sha1
from zlib import crc32

import pytest
from faultserver import article_page, list_page, reply
from watched import Watched

from news.article import Role
from news.diffs import diff_texts
from reporting.diff import render_diff
from storage.history import ArticleHistory, article_history
from storage.integrity import check

REST = (
    "施工队昨天清完了最后一段河道，岸边的水草重新露了出来，傍晚来散步的人比往年多了不少。",
    "沿线的商户说，水清了，生意也跟着好了，盼着下一期工程早日开工。",
)
CREDITS = "<p>来源:嘉禾日报 | 记者 丁一 | 责编:王二</p>"


def page(headline: str = "嘉禾市河道清淤完工", *first: str, foot: str = CREDITS) -> str:
    text = article_page(headline, *first, *REST)
    return text.replace("<p>来源:嘉禾日报</p>", foot)


def history(watched: Watched, name: str = "a") -> ArticleHistory:
    found = article_history(watched.archive._engine, f"{watched.server.base}/zj/{name}.html")
    assert found is not None
    return found


def serve(watched: Watched, *pages: str | bytes) -> ArticleHistory:
    """Serve one page after the other at one address, with a crawl at each."""
    for one in pages:
        watched.publish(a=one)
        watched.crawl()
    assert check(watched.archive._engine) == []
    return history(watched)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("项目总投资1.5亿元。", "项目总投资15亿元。"),
        ("事故造成3人死亡。", "事故造成13人死亡。"),
        ("同比增长3.5%。", "同比增长35%。"),
        ("被告人当庭认罪。", "被告人当庭认罪？"),
        ("一位“专家”作了讲解。", "一位专家作了讲解。"),
    ],
)
def test_case_1_small_edits_that_matter_are_visible(
    watched: Watched, before: str, after: str
) -> None:
    found = serve(watched, page("通报", before), page("通报", after))
    assert [version.number for version in found.versions] == [1, 2]
    assert [(change.field, change.hidden_by) for change in found.changes] == [("body", None)]
    assert "formatting" not in found.changes[0].kinds or len(found.changes[0].kinds) > 1


@pytest.mark.parametrize(
    ("after", "field"),
    [
        (page("嘉禾市河道清淤延期"), "headline"),
        (page(foot=CREDITS.replace("丁一", "吴双")), "credits"),
        (page(foot=CREDITS.replace("王二", "李三")), "credits"),
    ],
    ids=["headline", "reporter", "editor"],
)
def test_case_2_headline_reporter_and_editor_alone_are_edits(
    watched: Watched, after: str, field: str
) -> None:
    found = serve(watched, page(), after)
    assert [(change.field, change.hidden_by) for change in found.changes] == [(field, None)]


def test_case_3_there_and_back_and_there_again_are_four_versions(watched: Watched) -> None:
    one, two = page("标题甲在此"), page("标题乙在此")
    found = serve(watched, one, two, one, two)
    assert [version.number for version in found.versions] == [1, 2, 3, 4]
    assert [version.same_as for version in found.versions] == [None, None, 1, 2]


def test_case_4_removal_and_return_are_events_with_a_diff_across_the_gap(watched: Watched) -> None:
    gone = reply("404", 404)
    found = serve(watched, page("通报", "造成3人受伤。"), gone, gone, page("通报", "造成5人受伤。"))
    kinds = [event.kind for event in found.events]
    assert kinds == ["first_read", "suspected", "removed", "returned"]
    (change,) = found.changes
    assert "fact" in change.kinds
    assert change.last_seen_at == found.versions[0].last_seen_at
    assert found.events[3].last_seen_at == change.last_seen_at


def test_case_4_a_single_500_changes_nothing(watched: Watched) -> None:
    found = serve(watched, page(), reply("500", 500), page())
    assert [event.kind for event in found.events] == ["first_read"]
    assert (found.state, len(found.versions)) == ("live", 1)


@pytest.mark.parametrize("status", [200, 412])
def test_case_5_a_challenge_makes_no_version(watched: Watched, status: int) -> None:
    wall = "<html><head><title>安全验证</title></head><body>请完成安全验证后继续访问</body></html>"
    found = serve(watched, page(), reply(wall, status), page())
    assert (len(found.versions), found.looks.by_outcome.get("blocked")) == (1, 1)
    assert [event.kind for event in found.events] == ["first_read"]


def test_case_6_one_character_in_a_long_paragraph_is_shown_as_that(watched: Watched) -> None:
    long = "".join(f"第{n}号街区今年完成改造，居民出行更加方便，" for n in range(30)) + "验收合格。"
    found = serve(
        watched, page("改造完工", long), page("改造完工", long.replace("第17号", "第71号"))
    )
    before, after = (version.article.body[0].text for version in found.versions)
    assert len(before) > 600
    spans = [hunk for hunk in diff_texts(before, after) if hunk.op != "equal"]
    assert [(span.before, span.after) for span in spans] == [("17", "71")]


def test_case_7_seven_labelled_parties_are_seven_facts(watched: Watched) -> None:
    foot = "<p>来源:嘉禾日报 作者:丁一 记者:吴双 通讯员:周小禾 责编:王二 校对:郑四 审核:李五</p>"
    article = serve(watched, page(foot=foot)).versions[0].article
    assert article.source == "嘉禾日报"
    assert [(credit.role, credit.name) for credit in article.credits] == [
        (Role.WRITER, "丁一"),
        (Role.REPORTER, "吴双"),
        (Role.CORRESPONDENT, "周小禾"),
        (Role.EDITOR, "王二"),
        (Role.PROOFREADER, "郑四"),
        (Role.REVIEWER, "李五"),
    ]


def test_case_8_rare_characters_behind_a_gb2312_label_are_read(watched: Watched) -> None:
    text = page("㐂丏路改造完工", "䶮湖与㴔溪沿线的步道今日开放，𠮷祥桥同时通行。")
    body = text.replace("charset=utf-8", "charset=gb2312").encode("gb18030")
    answer = reply(body).replace(b"text/html; charset=utf-8", b"text/html", 1)
    article = serve(watched, answer).versions[0].article
    assert article.headline == "㐂丏路改造完工"
    assert "𠮷祥桥" in article.body[0].text
    assert "\ufffd" not in article.body[0].text


def test_case_10_an_upgrade_of_the_extractor_is_no_edit(watched: Watched) -> None:
    watched.publish(a=page(), b=page("另一条本地新闻的标题", "粮站开仓收粮，农户排起了长队。"))
    watched.crawl()
    rules = watched.profile.reading.model_copy(update={"time_zone": "Asia/Urumqi"})
    watched.changes["reading"] = rules
    counts = watched.crawl().counts
    assert (counts.changed, counts.unchanged) == (0, 2)
    assert watched.count("changes") == 0
    assert watched.rows("SELECT count(DISTINCT extractor) FROM readings") == [(2,)]


def test_case_11_a_story_off_the_lists_is_still_looked_at_on_day_30(watched: Watched) -> None:
    watched.publish(a=page("通报", "造成3人受伤。"), b=page("另一条本地新闻的标题"))
    watched.crawl()
    watched.publish(a=page("通报", "造成5人受伤。"))
    watched.server.answers["/"] = reply(list_page("/zj/b.html"))
    counts = watched.crawl(later=timedelta(days=30), looks=10, kind="scheduled").counts
    assert counts.changed == 1
    assert [version.number for version in history(watched).versions] == [1, 2]


def test_case_12_hostile_pages_run_nothing_when_shown(watched: Watched) -> None:
    nasty = "&lt;script&gt;alert(1)&lt;/script&gt;\u202e&lt;img src=x onerror=alert(2)&gt;"
    found = serve(watched, page("通报"), page("通报" + nasty, f"新增一段说明文字。{nasty}"))
    shown = render_diff(found.versions[0], found.versions[1], format="html")
    assert "<script" not in shown
    assert "<img" not in shown
    assert "\u202e" not in shown
    assert "default-src 'none'" in shown


def test_case_12_private_addresses_are_not_asked(watched: Watched) -> None:
    watched.publish(a=page())
    summary = watched.crawl(allow_addresses=frozenset())
    assert summary.status == "failure"
    assert watched.server.asked == []
    assert {reason for _, reason in summary.failures} == {"blocked_address"}


def test_case_13_addresses_that_collide_in_a_short_hash_are_two_articles(watched: Watched) -> None:
    base, seen = f"{watched.server.base}/zj/", dict[int, str]()
    pair = None
    for number in range(1_000_000):
        name = sha1(str(number).encode(), usedforsecurity=False).hexdigest()[:12]
        other = seen.setdefault(crc32(f"{base}{name}.html".encode()), name)
        if other != name:
            pair = (other, name)
            break
    assert pair is not None
    one, two = page("第一条新闻的标题"), page("第二条新闻的标题", "粮站开仓收粮，农户排起长队。")
    watched.publish(**{pair[0]: one, pair[1]: two})
    assert watched.crawl().counts.new == 2
    found = [history(watched, name) for name in pair]
    assert [f.versions[0].article.headline for f in found] == [
        "第一条新闻的标题",
        "第二条新闻的标题",
    ]


def test_case_14_the_rule_that_hides_is_kept_and_taken_back_without_a_fetch(
    watched: Watched,
) -> None:
    places = ("东门", "西街", "南桥", "北巷", "河口", "山脚")
    told = {f"a{n}": (f"{p}老街修缮完工的消息", f"{p}的木窗都编了号，修好以后装回原处。")
            for n, p in enumerate(places)}  # fmt: skip
    watched.publish(**{name: page(*texts) for name, texts in told.items()})
    watched.crawl()
    line = "编辑部的伙伴们在此祝愿读者万事顺遂。"
    watched.publish(**{name: page(*texts, line) for name, texts in told.items()})
    watched.crawl()
    assert watched.rows("SELECT hidden_by FROM changes") == [("noise:1",)] * 6
    (rule,) = watched.archive.noise_rules()
    assert (rule.kind, rule.articles, rule.hides) == ("line", 6, 6)
    asked = len(watched.server.asked)
    watched.archive.switch_noise_rule(rule.id, on=False, now=watched.clock())
    assert watched.rows("SELECT hidden_by FROM changes") == [(None,)] * 6
    assert len(watched.server.asked) == asked
