"""Wording that tells what a line is: the vocabulary of Chinese news pages, not of one site."""

import re
import unicodedata

from news.credits import parse_original_headline
from news.names import is_common_name

# Each pattern is linear: no repeat of a repeat, and gaps are bounded.
_RELATED = re.compile(
    r"[\[【(（■◆●>》☆★]{0,2}(?:更多|其他)?(?:相关|相關|延伸|推荐|推薦|往期|热门|热点|精彩|更多|此前|近期"
    r"|新闻|扩展|其他|最新|今日)"
    r"(?:新闻|新聞|阅读|閱讀|链接|連結|报道|報導|推荐|推薦|专题|文章|内容|视频|回顾|稿件|资讯"
    r"|热点|搜索|图集|链接){1,2}"
    r"[\]】)）]?\s?[:：>》]{0,3}"
)
_TEASER = re.compile(
    r"[\[【(（]?(?:此前报道|早前报道|相关报道|相关新闻|相关阅读|延伸阅读|推荐阅读|更多阅读)[:：\]】)）]"
    r"|(?:自动播放|正在播放|视频[-—:：])"
    r"|[上下]一?[篇条页則则][:：]"
    r"|(?:分类|分類|标签|標籤|关键词|关键字|關鍵字|栏目|Tags?|Keywords?)\s?[:：](?!.{0,80}(?:编辑|责编|来源|作者)\s?[:：])"
)
_DATE = r"(?:(?:19|20)\d\d|(?<!\d)1[0-4]\d)\s?[-年/.]\s?\d{1,2}"
_INFO = re.compile(
    rf"^.{{0,12}}(?:时间|時間|日期|发布|發[布佈]|发表|發表)(?:于|[:：|｜])?\s{{0,3}}{_DATE}"
    rf"|{_DATE}.{{0,40}}(?:来源|來源|出处)\s?[:：]|(?:来源|來源)\s?[:：].{{0,40}}{_DATE}"
)
# A name, and how long ago it put the text up.
_AGO = re.compile(r"^.{0,20}?(?:^|[\s·|｜•])\d{1,3}\s?(?:秒|分钟|小时|天|分鐘|小時)[之以]?前$")
# What no credit line is without; far cheaper to look for than to parse a line.
_CREDIT_HINT = re.compile(
    r"[编編责責摄攝图圖稿审審校撰译譯@刊绘繪剪]|[记記]\s?者|[来來][源自]|源自|[采採][写寫访訪编編]"
    r"|[监監]\s?[制製督]|策\s?[划劃]|[统統]\s?[筹籌]|通\s?[讯訊]|[热熱][线線]|[邮郵][箱件]|原[标標文题題名载載创創]"
    r"|主播|导播|播音|摘[自录錄]|[转轉][自载載]|作者|\d{4}"
    r"|[单單]位[:：]|[机機][构構][:：]"
    r"|文字?\s?[/:：／]|[导導製制配設设签簽][演作音图圖计計发發]|[Bb][Yy]\s|[Ee]dit|[Rr]eport|[Ss]ource"
)
# A sentence gives what it says of people's work only with a label, or in a bracket.
_CLAUSES = re.compile("[，,。！？!?；]")
_CREDIT_LABEL = re.compile(
    r"(?:[记記]者|[编編][辑輯]|[责責][编編]|[来來]源|作者|[摄攝][影像]?|[图圖文]|稿"
    r"|[审審][核校]?|校[对對]?|撰[稿文]"
    r"|[写寫]|[译譯]|制|策[划劃]|通[讯訊][员員]|[热熱][线線]|[邮郵][箱件]|原[标標文]?[题題]"
    r"|[时時][间間]|日期)"
    r"\s?[】）)\]]?\s?[:：/／|｜丨《]|^[（(【〔\[]"
)
_INLINE_HINT = re.compile(
    r"[记記]者|通[讯訊][员員]|[评評][论論][员員]"
    r"|[摄攝供][图圖影)）]?|[讯訊电電][ 　(（]|[编編][译譯辑輯]|作者"
    r"|文[/／]|撰|[图圖][/／]|采[写寫]"
    r"|[（(][^（）()]{2,8}[）)]$"
)
_EDITOR = re.compile(
    r"(?:责任编辑|責任編輯|责编|責編|(?:^|[(（\[【])(?:(?:图片|视频|值班|网络|文字)?编辑|编审|校对|审核|监制"
    r"|[一二三初复终]审))\s?[:：|｜丨/]"
)
_GUESS = re.compile(
    r"(?:文章作者|作者简介|关于作者|作者信息|猜你喜欢|大家都在看|点击进入专题|编辑推荐|为您推荐|热门评论|网友评论).{0,6}"
)
_TOOL_WORDS = """
报道 发布 撰文 听新闻
分享 分享到 分享至 打印 打印本页 打印本稿 关闭 关闭窗口 关闭本页 收藏 举报 评论 发表评论
我要评论 查看评论 大 中 小 标准 超大 特大 字号 字体 纠错 推荐 推薦 facebook twitter line weibo
wechat 微信 微博 qq qq空间 qq好友 qzone 新浪微博 腾讯微博 微信好友 朋友圈 转发 点赞 赞 踩 回复
阅读 浏览 更多 返回 返回首页 返回顶部 上一页 下一页 上一篇 下一篇 首页 尾页 末页 自动播放
自动播放开关 正在加载 加载中 play 播放 暂停 全屏 重播 向前 向后 a a- a+ t 广告 advertisement
列印 留言 转播到腾讯微博 易信 领英分享 缩小字体 放大字体 复制链接 我要分享 我要纠错 稿件纠错
保存 手机看 手机阅读 查看原图 点击查看大图 登录 注册 关注 已关注 加关注 展开全文 展开 收起
余下全文 全文 阅读全文 阅读原文 显示图片 幻灯播放 原图 在看 用微信扫码二维码 分享至好友和朋友圈
a-a+ a+a- 视频 图片 扫一扫 打开app 朗读 听新闻 语音播报 设置字体
责任编辑 编辑 来源 作者 记者 审核 校对
原标题 详细内容 开心网 人人网 腾讯微博 豆瓣 豆瓣网 百度贴吧 知乎 抖音 快手 贴吧 微信朋友圈
复制地址 参与互动 网站首页 查看余下全文 余下全文 查看全文 全文阅读
請繼續往下閱讀 请继续往下阅读 繼續閱讀 继续阅读 請往下繼續閱讀 文章未完 廣告
举报/反馈 反馈 分享本文 投诉
"""
_TOOLS = frozenset(_TOOL_WORDS.split())
_TOOL_GAP = re.compile(r"[\s|/·、,，:：()（）\[\]【】<>《》.…。!！>]+")
_COUNTER = re.compile(
    r"(?:(?:阅读|浏览|点击|评论|跟贴|点赞|参与|访问|播放|查看|瀏覽|點閱|點擊|閱讀|人氣)(?:次[数數]|数|量"
    r"|人[数數])?\s?[:：]?\s?[\d,.]*\s?[万次人条]{0,2}"
    r"|[\d,.]{1,12}\s?[万+]{0,2}\s?[次人条个]?\s?(?:阅读|浏览|评论|跟贴|点赞|参与|播放|赞)"
    r"|\d{1,3}\s?(?:秒|分钟|小时|天)前|刚刚)"
)
# What a reader is told to do or may not do: about the page, not about the news.
_PROMPT = re.compile(
    r"(?:扫描|扫一扫|扫码|识别|长按)[^。]{0,16}(?:二维码|关注|下载|解锁)|二维码.{0,10}(?:关注"
    r"|下载)"
    r"|(?:欢迎|敬请|请|点击).{0,10}关注.{0,20}(?:公众号|微信|微博|专区|客户端|我们)"
    r"|下载.{0,10}(?:客户端|APP)|(?:客户端|APP).{0,4}下载.{0,4}(?:观看|查看|阅读)"
    r"|请.{0,4}下载.{0,6}应用|打开.{0,8}(?:客户端|APP).{0,10}(?:查看|阅读)"
    r"|(?:点击|点).{0,3}(?:【?在看|下方|上方|菜单|左下角|蓝字|阅读原文|进入专题|我下载|下载|图片)"
    r"|回复[【\[「“].{1,12}[】\]」”]|更多(?:精彩|原创|资讯|新闻|内容|新聞|內容).{0,12}(?:关注|關注|追蹤|按讚|訂閱|下載|下载|点击"
    r"|请|尽在|查看)"
    r"|(?:想|要|有)?(?:爆料|报料).{0,30}(?:热线|登录|登錄|拨打|微信|电话)"
    r"|查看更多$|按我看活動|點我下載",
    re.IGNORECASE,
)
_NOTICE = re.compile(
    r"(?:免责|版权|特别|郑重|重要|本[站网报])?(?:声明|聲明)[:：]|(?:免责|版权|特别"
    r"|郑重)(?:声明|聲明)"
    r"|[未非][经經].{0,12}(?:授[权權]|许可|許可|允许|书面|同意).{0,20}(?:转载|轉載|不得|使用|摘编|复制)|禁止[转轉][载載]"
    r"|谢绝转载"
    r"|(?:转载|轉載|转发|引用).{0,8}(?:请|請|须|需|务必|应).{0,8}(?:注明|註明|联系|附|保留)"
    r"|(?:版[权權]|著作權)(?:归|歸|属于|屬於|所有)"
    r"|(?:不|仅|並不|并不)代表.{0,16}(?:观点|立场|意见|赞同)|如有侵权|侵权.{0,10}(?:联系"
    r"|删除)|图片来(?:自|源).{0,4}网络"
    r"|(?:本文|文章|稿件|内容).{0,6}(?:系|来自|来源于|转载自).{0,20}(?:更多|不代表|转载)"
    r"|违法和不良信息举报|(?i:copyright).{0,60}(?:(?i:rights reserved)|\d{4})|ICP[备证]\s?\d{5}"
    r"|公网安备\s?\d|许可证(?:编?号)?[:：]\s?\w{4}|本文(?:为|系).{0,20}原创|^本文(?:地址|链接|网址|标题|永久)"
)
# Every notice has one of them; a search for words is far cheaper than the pattern.
_NOTICE_WORDS = re.compile(
    "声明|聲明|Copyright|COPYRIGHT|copyright|ICP|公网安备|许可证|转载|轉載|转发"
    "|引用|版权|版權|著作權|代表|侵权|未经|更多|原创|本文|图片来|违法和不良"
)
_CAPTION_START = re.compile(
    r"(?:图为|圖為|图片说明|图片来源|图片来自|图说|資料照|资料图|资料照|资料图片|[▲△▼▽↑↓]"
    r"|图源|图[①-⑳\d一二三]{1,2}[:：. ]"
    r"|图\s?[:：/／|丨]|圖\s?[:：/／]|[(（]图|摄影[:：/]|视频截图|网络配图|配图)"
)
_CAPTION_END = re.compile(
    r"(?:[ 　/／:：|、].{1,12}[摄攝]|[ 　][^ 　，。]{2,12}[ 　][图圖]|[^，。]{2,10}供[图圖]|資料照"
    r"|资料图|資料圖|资料照|图文无关|视觉中国|截[图圖]|发)[)）]?$"
    r"|[(（][^()（）]{0,20}(?:[摄攝](?:[，,]\s?下同)?|[图圖照]|提供)[)）]$"
)
_PHOTOGRAPHER = re.compile(r"[（(][^()（）]{1,20}[摄攝](?:[，,]\s?下同)?[)）]$")
_BLANK = re.compile(r"\s+")
SENTENCE_END = ("。", "！", "；", "…", "”", ".", "!", ";", "：", ":", "，", ",", "』", "」")


def key(text: str) -> str:
    """Return text as two spellings of the same headline are compared: NFKC, no white space."""
    return _BLANK.sub("", unicodedata.normalize("NFKC", text)).lower()


def has_words(text: str) -> bool:
    """Tell whether a line has a letter or a figure at all; most begin with one."""
    return text[:1].isalnum() or any(char.isalnum() for char in text)


def is_related_heading(text: str) -> bool:
    """Tell whether a line announces a list of other stories."""
    return len(text) <= 24 and bool(_RELATED.fullmatch(text) or _GUESS.fullmatch(text))


def is_info_line(text: str) -> bool:
    """Tell whether a line has a labelled time or source as info lines do, beside other words."""
    if len(text) > 120 or "。" in text:
        return False
    return bool(_INFO.search(text) or (len(text) < 40 and _AGO.search(text)))


def may_be_credit(text: str) -> bool:
    """Tell whether it pays to parse a line as a credit line."""
    if len(text) <= 20 or (len(text) <= 60 and not _CLAUSES.search(text)):
        return bool(_CREDIT_HINT.search(text))
    # A line that is credit all over has a label among its first words.
    return len(text) <= 400 and bool(_CREDIT_LABEL.search(text, 0, 60))


def may_hold_credits(text: str) -> bool:
    """Tell whether it pays to look for credits in a paragraph: they stand at its ends."""
    if len(text) <= 200:
        return bool(_INLINE_HINT.search(text))
    return bool(_INLINE_HINT.search(text[:100]) or _INLINE_HINT.search(text[-60:]))


def original_headline(text: str) -> str | None:
    """Return the original headline where a whole line gives it, `本文原标题` included."""
    if "原" not in text[:6]:
        return None
    return parse_original_headline(text.replace("本文", "", 1) if "本文" in text[:3] else text)


_SIGNED_OFF = re.compile(
    r"\s{0,8}[\[【(（](?:责任编辑|責任編輯|责编|責編|编辑|編輯|审核|校对|责任校对|值班编辑|网编)\s?[:：]"
    r"[^\[\]【】()（）]{1,30}[\]】)）]$"
)


def without_editor(paragraph: str) -> str:
    """Return a paragraph without the bracket behind it that names the editor."""
    return (
        _SIGNED_OFF.sub("", paragraph) if paragraph.endswith(("]", "】", ")", "）")) else paragraph
    )


_PAPER_NUMBER = re.compile(
    r"[《〈]?\s{0,3}[^《》〈〉（）()，。]{2,14}?\s{0,3}[》〉]?\s{0,3}[（(]\s{0,3}(?:19|20)\d\d\s?[年.-]\s?\d{1,2}"
    r"\s?[月.-]\s?\d{1,2}\s?日?.{0,12}[)）]"
)
_END_MARK = re.compile(r"[(（【\[—-]*\s?(?:完|全文完|全文结束|正文完|END|end|End)\s?[)）】\]—-]*")
_TODAY = re.compile(
    r"(?:今天|今日|现在|當前|当前)(?:时间|日期)?\s?[是为：:]|欢迎(?:您|你|光临|访问)|农历|℃"
)
_BYLINE = re.compile(r"[^，。：、]{0,8}(?:记者|記者|编辑|編輯|撰稿人|评论员|通讯员)|发自.{2,8}")
_CLOCK_LINE = re.compile(
    r"(?:19|20)\d\d\s?[年./-]\s?\d{1,2}\s?[月./-]\s?\d{1,2}\s?日?\s{0,3}[0-2]?\d[:：][0-5]\d"
)
_DAY_LINE = re.compile(
    r"(?:19|20)\d\d\s?[年./-]\s?\d{1,2}\s?[月./-]\s?\d{1,2}\s?日?\s{0,3}(?:星期|[周週])?[一二三四五六日天]?"
)
_TIME_LABEL = re.compile(r"(?:发[布表稿]|發[布佈表稿])?(?:时间|時間|日期|于|於)\s?[:：]?\s?\d")
_BARE_DATE = re.compile(r"(?:19|20)\d\d\s?[年.-]\s?\d{1,2}\s?[月.-]\s?\d{1,2}\s?日?")


_PAPER_PAGE = re.compile(r"第?\s?[A-Z]?\d{1,3}\s?版\s?(?:[:：]|$)")
_MASTHEAD_DAY = re.compile(
    r"(?:19|20)\d\d\s?年\s?\d{1,2}\s?月\s?\d{1,2}\s?日\s{0,3}[(（]?(?:星期|[周週])[一二三四五六日天]"
)


def names_paper_page(text: str) -> bool:
    """Tell whether a line begins with the number of a printed paper's page."""
    return bool(_PAPER_PAGE.match(text))


def is_masthead_day(text: str) -> bool:
    """Tell whether a short line begins with a full date and its weekday, as a paper's head does."""
    return len(text) <= 60 and bool(_MASTHEAD_DAY.match(text))


def is_bare_date(text: str) -> bool:
    """Tell whether a line is a date without a time of day and nothing else."""
    return len(text) <= 16 and bool(_BARE_DATE.fullmatch(text))


def is_paper_number(text: str) -> bool:
    """Tell whether a line says in which number of a printed paper the article stood."""
    return len(text) <= 60 and bool(_PAPER_NUMBER.fullmatch(text))


def is_end_mark(text: str) -> bool:
    """Tell whether a line only says that the article ends here."""
    return len(text) <= 12 and bool(_END_MARK.fullmatch(text))


def is_byline(text: str) -> bool:
    """Tell whether a line is a person's name, what a person is, or where they write from."""
    text = text.replace(" ", "") if len(text) <= 12 else text
    return is_common_name(text) or (len(text) <= 12 and bool(_BYLINE.fullmatch(text)))


def is_today(text: str) -> bool:
    """Tell whether a line shows the day on which the page is looked at."""
    return bool(_TODAY.search(text))


def is_clock_line(text: str) -> bool:
    """Tell whether a short line holds a full date and a time of day, and is no sentence."""
    return len(text) <= 60 and not ends_sentence(text) and bool(_CLOCK_LINE.search(text))


def tells_time(text: str) -> bool:
    """Tell whether a short line labels a time, in whatever order its figures stand."""
    return len(text) <= 60 and bool(_TIME_LABEL.match(text))


def is_day_line(text: str) -> bool:
    """Tell whether a line holds a date, perhaps its weekday, and nothing else."""
    return len(text) <= 24 and bool(_DAY_LINE.fullmatch(text))


def is_subheadline(text: str) -> bool:
    """Tell whether a line opens with a dash, as only second lines of headlines do."""
    return len(text) <= 40 and text.startswith(("——", "—", "--")) and not ends_sentence(text)


def names_editor(text: str) -> bool:
    """Tell whether a line names the responsible editor, as the last line of an article does."""
    return bool(_EDITOR.search(text))


def is_teaser(text: str) -> bool:
    """Tell whether a line itself points to another story."""
    return bool(_TEASER.match(text))


def is_counter(text: str) -> bool:
    """Tell whether a text counts readers or tells the time since it was put up."""
    return len(text) <= 30 and bool(_COUNTER.fullmatch(text))


def is_tool(text: str) -> bool:
    """Tell whether a line is made of buttons, counters and clocks only."""
    if len(text) > 60:
        return False
    if is_counter(text):
        return True
    words = [word for word in _TOOL_GAP.split(text.lower()) if word]
    named = [word for word in words if not word.isdigit()]
    return bool(named) and all(word in _TOOLS for word in named)


def is_prompt(text: str) -> bool:
    """Tell whether a line asks the reader to scan, follow, reply or download."""
    return len(text) <= 120 and bool(_PROMPT.search(text))


def is_notice(text: str) -> bool:
    """Tell whether a line is about rights and liability, not about the news."""
    if len(text) > 400 or not _NOTICE_WORDS.search(text):
        return False
    return bool(_NOTICE.search(text))


def starts_as_caption(text: str) -> bool:
    """Tell whether a line opens as captions do."""
    return len(text) <= 160 and bool(_CAPTION_START.match(text))


def ends_as_caption(text: str) -> bool:
    """Tell whether a line ends with who took or gave the picture."""
    return len(text) <= 160 and bool(_CAPTION_END.search(text[-30:]))


def ends_with_photographer(text: str) -> bool:
    """Tell whether a short line ends in a bracket that says who took a picture."""
    return len(text) <= 80 and bool(_PHOTOGRAPHER.search(text[-24:]))


def ends_sentence(text: str) -> bool:
    """Tell whether a line ends as sentences do."""
    return text.endswith(SENTENCE_END)
