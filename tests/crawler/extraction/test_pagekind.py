"""Facts about telling articles from what is none."""

from datetime import UTC, datetime

import pytest

from crawler.extraction.extract import extract_article
from crawler.extraction.files import page_from_bytes
from crawler.extraction.rules import GENERIC
from news.article import Article, NotAnArticle, PageKind

LOOKED_AT = datetime(2023, 6, 1, tzinfo=UTC)


def _read(body: str | bytes) -> Article | NotAnArticle:
    raw = body if isinstance(body, bytes) else body.encode()
    return extract_article(page_from_bytes(raw, "http://n.example/1", LOOKED_AT), GENERIC)


@pytest.mark.parametrize(
    ("body", "kind", "reason"),
    [
        (b"", PageKind.EMPTY, "no byte"),
        (b" \r\n\t ", PageKind.EMPTY, "white space"),
        (b"<html><body></body></html>", PageKind.EMPTY, "markup without text"),
        (b"%PDF-1.4 ...", PageKind.NOT_HTML, "a PDF, whatever its type says"),
        (b"\xff\xd8\xff\xe0 ...", PageKind.NOT_HTML, "a JPEG"),
        (b'{"code": 404}', PageKind.NOT_HTML, "JSON"),
        (b"just words", PageKind.NOT_HTML, "plain text"),
        (b'<?xml version="1.0"?><rss><channel/></rss>', PageKind.NOT_HTML, "a feed"),
        ("<title>404</title><p>页面不存在</p>", PageKind.DELETED, "a soft 404"),
        ("<p>该内容已被发布者删除</p>", PageKind.DELETED, "taken back by its writer"),
        ("<p>此文章已下线</p><a href=/>首页</a>", PageKind.DELETED, "taken off"),
        ("<p>新闻已撤回</p>", PageKind.DELETED, "withdrawn"),
        ("<title>环境异常</title><p>完成验证后即可继续访问</p>", PageKind.CHALLENGE, "a test"),
        ("<title>Just a moment...</title><p>wait</p>", PageKind.CHALLENGE, "a test in English"),
        ("<p>请先登录后查看</p>", PageKind.LOGIN, "a login wall"),
        ("<p>您需要登录后才可以查看</p>", PageKind.LOGIN, "another"),
        ("<p>本內容僅限訂閱會員閱讀，請登入</p>", PageKind.LOGIN, "in traditional characters"),
        ("<p>该文章正在审核中，请稍后再来查看</p>", PageKind.DELETED, "held back for review"),
        (
            "<title>403 Forbidden</title><center><h1>403 Forbidden</h1></center><hr>nginx",
            PageKind.CHALLENGE,
            "a server that refuses",
        ),
        ("<p>該文章已被刪除</p>", PageKind.DELETED, "in traditional characters"),
        ("<p>您访问的稿件已下架</p>", PageKind.DELETED, "taken down"),
        ("<p>抱歉，你访问的页面不见了</p>", PageKind.DELETED, "lost"),
        ("<p>请完成安全检查</p><i>Yunjiasu-nginx</i>", PageKind.CHALLENGE, "an accelerator"),
        (
            "<title>Request Rejected</title>The requested URL was rejected. Your support ID is: 1",
            PageKind.CHALLENGE,
            "a load balancer",
        ),
        ("<p>抱歉，您的IP地址已被限制访问。</p>", PageKind.CHALLENGE, "an address shut out"),
        (
            "<script>document.cookie=('_')+('_jsl_clearance_s=')+1</script>",
            PageKind.CHALLENGE,
            "a script before any page",
        ),
        (
            '<html><head><meta id="a" content="b" r="m"><script src="/a.js" r="m"></script></head>',
            PageKind.CHALLENGE,
            "a script under a changing name",
        ),
        ("<p>很抱歉，您的访问被阻断。</p>", PageKind.CHALLENGE, "a firewall that refuses"),
        ("<p>您的请求带有不合法参数，已被网站管理员设置拦截！</p>", PageKind.CHALLENGE, "another"),
        ("<p>当前访问疑似黑客攻击，已被创宇盾拦截。</p>", PageKind.CHALLENGE, "a third"),
        (
            "<html><head><script>var arg1='x';document.cookie='acw_sc__v2='</script></head></html>",
            PageKind.CHALLENGE,
            "a test that shows nothing and has no body",
        ),
        (
            "<title>组图：岚江初雪</title>" + "<img src=1.jpg>" * 4 + "<p>1/4</p>",
            PageKind.GALLERY,
            "",
        ),
        ("<p>好</p>", PageKind.OTHER, "too little of anything"),
    ],
)
def test_what_is_no_article_is_named(body: str | bytes, kind: PageKind, reason: str) -> None:
    found = _read(body)
    assert isinstance(found, NotAnArticle), reason
    assert found.kind is kind, f"{reason}: {found.reason}"


ABOUT = """<html><head><title>{headline}_岚江网</title></head><body><h1>{headline}</h1>
<div>2023-05-01 07:30 来源：岚江晚报</div><div class="content"><p>{first}</p>
<p>岚江市消费者协会昨天公布的调查显示，超过六成受访者在过去一年里遇到过类似的情形，其中老年人占三成。</p>
<p>协会建议平台为老年人保留人工通道，并在显著位置公布投诉电话，三个月以后再次调查。</p>
<p>“不会操作就办不成事，这不应该。”协会负责人说，便利不能只属于年轻人，公共服务要给每个人留一扇门。</p>
<p>调查报告全文将于下周在协会网站公布，市民可以免费下载，也可以到各区服务点领取纸质版本。</p></div></body></html>"""


@pytest.mark.parametrize(
    ("headline", "first"),
    [
        ("滑动验证码难倒老年人", "“请完成验证”“拖动滑块完成拼图”，买一张车票，七旬老人试了九次。"),
        ("网页打不开，办事找谁", "“您访问的页面不存在”，市民在预约网站上反复看到这句话。"),
        ("视频会员先登录后查看全文，合理吗", "请先登录、请开通会员，看一条新闻为什么这样难。"),
        ("稿件正在审核中，作者等了三年", "“您的稿件正在审核中”，这句话他看了三年。"),
        ("文章已被删除？当事人回应", "“该内容已被发布者删除”，一则帖子的消失引来猜测。"),
    ],
)
def test_an_article_about_walls_and_tests_is_read_as_an_article(headline: str, first: str) -> None:
    found = _read(ABOUT.format(headline=headline, first=first))
    assert isinstance(found, Article), found
    assert found.headline == headline
    assert len(found.body) == 5


def test_html_sent_under_another_type_is_read() -> None:
    page = page_from_bytes(ABOUT.format(headline="甲乙丙丁", first="一").encode(), "u", LOOKED_AT)
    assert isinstance(extract_article(page, GENERIC), Article)


SIGNED = "<h1>{0}</h1><div>2023-03-05 08:30 来源：岚江日报</div>"


@pytest.mark.parametrize(
    "text",
    [
        "市民孟先生反映，办事网的页面不存在，点开总是空白，记者核实后网站已于昨日修复。",
        "不少网友吐槽滑动验证让人抓狂，安全验证要做三遍，记者实测平均耗时二十秒以上。",
    ],
)
def test_a_short_article_that_speaks_of_notices_is_none(text: str) -> None:
    page = f"<title>岚江热线</title>{SIGNED.format('岚江热线：网页打不开')}<p>{text}</p>"
    assert isinstance(_read(page), Article)


def test_a_signed_poster_is_an_article_of_pictures() -> None:
    headline = "海报丨岚江，向新而行"
    page = f"<title>{headline}</title><div>{SIGNED.format(headline)}<p><img src=1.jpg></p></div>"
    found = _read(page)
    assert isinstance(found, Article)
    assert (found.body, found.source, len(found.images)) == ((), "岚江日报", 1)


def test_a_poster_that_nobody_signs_is_none() -> None:
    page = "<title>海报丨岚江，向新而行</title><h1>海报丨岚江，向新而行</h1><img src=1.jpg>"
    assert isinstance(_read(page), NotAnArticle)
