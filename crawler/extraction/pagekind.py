"""What a page is that is not an article: by its bytes, by its words, by its links."""

import re

from crawler.extraction.container import is_linked_story
from crawler.extraction.lines import Line
from crawler.extraction.marks import Mark
from crawler.extraction.phrases import is_related_heading, names_editor
from news.article import NotAnArticle, PageKind

_MAGIC = (
    (b"%PDF-", "PDF"), (b"\xff\xd8\xff", "JPEG"), (b"\x89PNG", "PNG"), (b"GIF8", "GIF"),
    (b"PK\x03\x04", "zip"), (b"\x1f\x8b", "gzip"), (b"RIFF", "RIFF"), (b"BM", "bitmap"),
    (b"\x00\x00\x00", "video"), (b"ID3", "audio"), (b"Rar!", "rar"), (b"7z\xbc\xaf", "7z"),
    (b"OggS", "Ogg"), (b"\xd0\xcf\x11\xe0", "Office document"), (b"{\\rtf", "RTF"),
    (b"wOFF", "font"), (b"\x28\xb5\x2f\xfd", "zstd"),
)  # fmt: skip
_TAG = re.compile(rb"<\s*(?:!doctype|html|head|body|div|p|table|title|meta|span|br|h[1-6]|section"
                  rb"|article|script|center|font|a|td|li|ul)\b", re.IGNORECASE)  # fmt: skip
_FEED = re.compile(rb"(?:<\?xml[^>]{0,200}>\s{0,99})?<(?:rss|feed|urlset|sitemapindex|rdf:RDF)\b")
_WIDE_TAG = re.compile(rb"<\x00[a-zA-Z!]|\x00<\x00?[a-zA-Z!]")

_DELETED = re.compile(
    r"(?:页面|頁面|网页|文章|内容|稿件|新闻|信息|帖子|视频)(?:已)?(?:不存在|未找到|没有找到"
    r"|无法访问)"
    r"|(?:您|你)(?:要)?访问的(?:页面|网页|内容|文章).{0,6}(?:不存在|已删除|被删除|找不到)"
    r"|(?:文章|内容|页面|新闻|稿件|帖子|信息|作品)(?:不存在或)?(?:已|已经)?被?(?:发布者|作者"
    r"|发送人)?(?:删除|下线|撤回|撤销|移除)"
    r"|该(?:文章|内容|页面|稿件|新闻|信息).{0,8}(?:下线|删除|移除|撤回|撤稿)"
    r"|因违规(?:无法查看|已删除)|发送失败无法查看|暂时无法查看|根据作者隐私设置"
    r"|公众号已被封禁|[帐账]号已注销"
    r"|(?:稿件|文章|内容|新闻|新聞|信息).{0,4}(?:已下架|已失效)|[頁页]面(?:已经)?(?:丢失|不见)了"
    r"|(?:页面|网页|文章|内容).{0,4}(?:暂时)?无法找到|(?:文章|新聞|內容|網頁|貼文).{0,4}(?:已被?[刪移]除|不存在)"
    r"|找不到[這该此]{0,2}[個个]?(?:網頁|网页|頁面|新聞|文章)"
    r"|链接已过期|已经?被移除|找不到(?:您要的)?(?:頁面|页面|网页|文件)|此新聞已下架"
    r"|新闻已撤回|稿件已撤销"
    r"|文件不存在|404 not found|page not found|您访问的文章走丢了|页面(?:走)?丢了"
    r"|抱歉.{0,8}(?:找不到|不存在)"
    r"|(?:文章|内容|帖子|主题|稿件|视频|信息|作品).{0,4}(?:正在|正被|仍在|尚在)?(?:被)?审核(?:中|之中|，|。|$)"
    r"|^404$|404错误|错误404",
    re.IGNORECASE,
)
_CHALLENGE = re.compile(
    r"^403 (?:Forbidden|禁止访问)|^403$|环境异常|"
    r"完成(?:安全)?验证|安全验证|人机验证|访问(?:过于)?频繁|请求过于频繁|验证码"
    r"|滑动.{0,8}(?:验证|滑块|拼图)"
    r"|拖动.{0,6}滑块|检测到.{0,10}异常|您的访问.{0,10}(?:拦截|异常|受限)|请求.{0,8}(?:被拦截"
    r"|被阻断|存在威胁)|访问被拒绝"
    r"|(?:网站|web应用)防火墙|(?:安全)?防护系统|just a moment|checking your browser"
    r"|attention required|ddos protection"
    r"|enable javascript and cookies|are you a robot|access denied|正在(?:检查"
    r"|验证).{0,8}(?:浏览器|安全)|浏览器安全检查"
    r"|请开启javascript|enable javascript|不合法参数|造成(?:安全)?威胁|疑似(?:黑客)?攻击|创宇盾"
    r"|网站卫士|安全狗|云锁|云防护|雷池|已被.{0,12}(?:拦截|阻断)|(?:访问|请求).{0,6}(?:阻断|拦截)"
    r"|百度云加速|yunjiasu|安全检查中|完成安全检查|request rejected|requested url was rejected"
    r"|请求被拒绝|support id is|支持id|您的ip.{0,8}(?:限制|禁止|封禁|拦截)|不是機器人|不是机器人"
    r"|安全性?[檢检][查驗验]"
    r"|you have been blocked|verify (?:that )?you are (?:a )?human|我不是机器人|您是(?:否是)?真人",
    re.IGNORECASE,
)
_CHALLENGE_SCRIPT = re.compile(
    rb"acw_sc__v2|_jsl_clearance|__jsluid|wzwschallenge|/WZWSREL"
    rb"|<script[^>]{0,200}\sr=[\\\"']{1,2}m\b|_cf_chl_opt|cf-browser-verification|\$_ts\s*=|aliyun_waf"
    rb"|yunsuo_session|probe\.js\?v|"
    rb"captcha\.(?:js|html)|TencentCaptcha|geetest|waf_captcha|wzws-waf-cgi|_Incapsula_Resource"
    rb"|HWWAFSES|safeline|btwaf|cdn-cgi/challenge|__tst_status|EO_Bot_Ssid",
    re.IGNORECASE)  # fmt: skip
_LOGIN = re.compile(
    r"请(?:先)?登录|登录后(?:查看|阅读|可见|继续)|请.{0,6}登录后|会员(?:专享|登录)"
    r"|订阅后(?:查看|阅读)|用户登录|账号登录"
    r"|需要?登[录錄入]后?才|[請请]先?登[入錄]|登[入錄][後后]|[訂订][閱阅][會会][員员]|[會会][員员][專专][屬属享]"
    r"|下载.{0,8}(?:APP|客户端).{0,6}阅读(?:全文|原文)|開通會員|付费(?:阅读|内容)|扫码登录",
    re.IGNORECASE,
)
_NOTHING = b" \t\r\n\f\x00\xef\xbb\xbf"
_GALLERY = re.compile("图集|组图|圖集|組圖|高清图|图片故事|影像集|photos?|gallery", re.IGNORECASE)
_MANY_PICTURES = 3
# An article of fewer characters gives way to a notice found on the page.
SHORT = 200
_FEW = 40
_SENTENCE = 20


def not_html(body: bytes) -> NotAnArticle | None:
    """Say so where the bytes are empty or no HTML, whatever the headers claim."""
    head = body[:4096]
    if not head.strip(_NOTHING) and not body.strip(_NOTHING):
        return NotAnArticle(PageKind.EMPTY, "nothing but white space")
    for magic, name in _MAGIC:
        if head.startswith(magic):
            return NotAnArticle(PageKind.NOT_HTML, f"begins as {name}")
    if _FEED.match(head.lstrip(_NOTHING)):
        return NotAnArticle(PageKind.NOT_HTML, "a feed or sitemap")
    if not (_TAG.search(body[:65_536]) or _WIDE_TAG.search(head)):
        return NotAnArticle(PageKind.NOT_HTML, "no HTML tag")
    return None


def notice(
    title: str, lines: list[Line], body: bytes, prose: int, *, signed: bool = False
) -> NotAnArticle | None:
    """Say so where a page without much prose is a notice of deletion, a test or a login wall.

    `prose` counts the characters of what was taken for an article; with `SHORT` or more a page
    is never a notice, so that articles about captchas and removed pages are read. Neither is one
    with a sentence or two that is `signed`: that prints its time, and its source or its people.
    """
    if prose >= (_SENTENCE if signed else SHORT):
        return None
    shown = [line.text for line in lines if not line.marks & Mark.HIDDEN and len(line.text) <= 200]
    text = "\n".join([title, *shown[:60]])[:8000]
    for kind, pattern in (
        (PageKind.CHALLENGE, _CHALLENGE),
        (PageKind.DELETED, _DELETED),
        (PageKind.LOGIN, _LOGIN),
    ):
        found = pattern.search(text)
        if found and (kind is not PageKind.LOGIN or prose < _FEW):
            return NotAnArticle(kind, f"says {found.group()[:40]!r}")
    return script_test(body) if prose < _FEW else None


def script_test(body: bytes) -> NotAnArticle | None:
    """Say so where a page runs the script of a firewall's test; for pages that show nothing."""
    found = _CHALLENGE_SCRIPT.search(body[:200_000])
    if found is None:
        return None
    name = found.group().decode("ascii", "replace")
    return NotAnArticle(PageKind.CHALLENGE, f"runs the script of a firewall's test: {name}")


def gallery(title: str, pictures: int) -> NotAnArticle | None:
    """Say so where a page without prose is a set of pictures by its title and its pictures."""
    if pictures < _MANY_PICTURES or not _GALLERY.search(title):
        return None
    return NotAnArticle(PageKind.GALLERY, f"{pictures} pictures, titled {title[:40]!r}")


def _above_others(inside: list[Line]) -> list[Line]:
    """Return the lines above those of other stories, if what stands there is an article.

    It ends with the line that names its editor, or at the heading of the others.
    """
    for place, line in enumerate(inside):
        if is_related_heading(line.text) or names_editor(line.text):
            above = inside[:place]
            return above if sum(line.prose for line in above) >= 2 * _FEW else inside
    return inside


def listing(lines: list[Line], inside: list[Line], prose: int, dated: bool) -> NotAnArticle | None:
    """Say so where a page is mostly links to stories.

    Either the stories stand within what was taken for the article (`inside`), each perhaps with
    a summary; or the page is links with little prose, and prints no time as articles do.
    """
    inside = _above_others(inside) if dated else inside
    within = sum(is_linked_story(line) for line in inside)
    others = sum(len(line.text) >= 12 for line in inside) - within
    if within >= 5 and within >= 0.6 * others:
        return NotAnArticle(PageKind.LIST, f"{within} linked lines in the text")
    stories = [line for line in lines if is_linked_story(line)]
    linked = sum(line.linked for line in stories)
    bare = prose < _FEW or (prose < SHORT and not dated)
    if len(stories) >= 8 and linked > 3 * prose and bare:
        return NotAnArticle(PageKind.LIST, f"{len(stories)} linked lines, {prose} of prose")
    return None
