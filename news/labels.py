"""What the labels, titles and closing words of credit lines mean: tables made to be extended.

A successor adds one line to a table. Keys are in simplified characters and half-width marks, as
`news.text.fold` leaves a line. A label not in the table is read by its longest known ending, so
`值班编辑` needs no entry beside `编辑`, and one is only listed where the ending would mislead.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from news.article import Role
from news.text import all_han


class Field(StrEnum):
    """What stands behind a label."""

    PEOPLE = "people"
    SOURCE = "source"
    SKIP = "skip"  # counters, clocks, contact, tags: read past


@dataclass(frozen=True, slots=True)
class Label:
    """The meaning of a label: its roles, the level of a review, and why it is what it is."""

    roles: tuple[Role, ...] = ()
    level: int | None = None
    note: str = ""
    field: Field = Field.PEOPLE


@dataclass(frozen=True, slots=True)
class Closing:
    """The meaning of a word that follows the names it speaks of, as in `记者 X 摄`."""

    roles: tuple[Role, ...]
    keeps_title: bool = False  # adds to what the title says instead of replacing it
    note: str = ""


W, R, C = Role.WRITER, Role.REPORTER, Role.CORRESPONDENT
P, V, D = Role.PHOTOGRAPHER, Role.VIDEOGRAPHER, Role.DESIGNER
E, A, S = Role.EDITOR, Role.REVIEWER, Role.PROOFREADER
M, T, G, O = Role.PRODUCER, Role.TRANSLATOR, Role.CONTRIBUTOR, Role.OTHER  # noqa: E741
_SOURCE = Label(field=Field.SOURCE)
_SKIP = Label(field=Field.SKIP)

LABELS: dict[str, Label] = {
    # who wrote
    "作者": Label((W,)),
    "撰稿": Label((W,)),
    "撰稿人": Label((W,)),
    "撰文": Label((W,)),
    "撰写": Label((W,)),
    "执笔": Label((W,)),
    "采写": Label((W,)),
    "采编": Label((W,)),
    "编写": Label((W,)),
    "整理": Label((W,)),
    "文案": Label((W,)),
    "脚本": Label((W,)),
    "文稿": Label((W,)),
    "文": Label((W,)),
    "文字": Label((W,)),
    "图文": Label((W, P)),
    "文图": Label((W, P)),
    "采访": Label((R,)),
    "报道": Label((R,)),
    "采访报道": Label((R,)),
    "采写报道": Label((R,)),
    "出镜": Label((R,), note="the reporter in front of the camera"),
    "记者": Label((R,)),
    "通讯员": Label((C,)),
    # pictures, film, design
    "摄影": Label((P,)),
    "摄影师": Label((P,)),
    "拍摄": Label((P,)),
    "航拍": Label((P,)),
    "摄": Label((P,)),
    "图": Label((P,)),
    "图片": Label((P,)),
    "照片": Label((P,)),
    "翻摄": Label((P,)),
    "配图": Label((P,)),
    "摄像": Label((V,)),
    "摄制": Label((V,)),
    "视频": Label((V,)),
    "影像": Label((V,)),
    "剪辑": Label((V,)),
    "视频剪辑": Label((V,)),
    "后期": Label((V,)),
    "后制": Label((V,)),
    "后期制作": Label((V,), note="not a 制作"),
    "视频制作": Label((V,), note="not a 制作"),
    "视频编辑": Label((V,), note="cuts film"),
    "美编": Label((D,)),
    "美术编辑": Label((D,), note="not an 编辑"),
    "美术": Label((D,)),
    "美工": Label((D,)),
    "海报": Label((D,)),
    "制图": Label((D,)),
    "绘图": Label((D,)),
    "插画": Label((D,)),
    "插图": Label((D,)),
    "漫画": Label((D,)),
    "手绘": Label((D,)),
    "绘": Label((D,)),
    "动画": Label((D,)),
    "动效": Label((D,)),
    "设计": Label((D,)),
    "排版": Label((D,)),
    "版式": Label((D,)),
    "组版": Label((D,)),
    "海报制作": Label((D,), note="not a 制作"),
    "图表制作": Label((D,), note="not a 制作"),
    "图片制作": Label((D,), note="not a 制作"),
    "图表": Label((D,)),
    "可视化": Label((D,)),
    # who edited, who let it pass
    "编辑": Label((E,)),
    "责编": Label((E,)),
    "责任编辑": Label((E,)),
    "主编": Label((E,)),
    "总编": Label((E,)),
    "小编": Label((E,)),
    "统稿": Label((E,)),
    "组稿": Label((E,)),
    "编校": Label((E,)),
    "编发": Label((E,)),
    "责任": Label((E,), note="short for 责任编辑"),
    "录入": Label((E,)),
    "审核": Label((A,)),
    "审稿": Label((A,)),
    "审定": Label((A,)),
    "审阅": Label((A,)),
    "审读": Label((A,)),
    "审签": Label((A,)),
    "签审": Label((A,)),
    "签发": Label((A,)),
    "审发": Label((A,)),
    "监审": Label((A,)),
    "编审": Label((A,)),
    "主审": Label((A,)),
    "审校": Label((A,)),
    "核稿": Label((A,)),
    "核发": Label((A,)),
    "责核": Label((A,)),
    "复核": Label((A,)),
    "审查": Label((A,)),
    "审批": Label((A,)),
    "把关": Label((A,)),
    "审核人": Label((A,)),
    "核稿编辑": Label((A,), note="not an 编辑"),
    "审核编辑": Label((A,), note="not an 编辑"),
    "主任": Label((A,), note="of the desk"),
    "值班编委": Label((A,)),
    "编委": Label((A,)),
    "值班主任": Label((A,)),
    "值班总编": Label((A,), note="on duty, so the one who lets it pass"),
    "值班副总编": Label((A,)),
    "值班总编辑": Label((A,)),
    "值班副总编辑": Label((A,)),
    "值班主编": Label((A,)),
    "值班领导": Label((A,)),
    "值班": Label((A,)),
    "总值班": Label((A,)),
    "一审": Label((A,), 1),
    "初审": Label((A,), 1),
    "二审": Label((A,), 2),
    "复审": Label((A,), 2),
    "三审": Label((A,), 3),
    "终审": Label((A,), 3),
    "审": Label((A,)),
    "校对": Label((S,)),
    "校": Label((S,)),
    "校检": Label((S,)),
    "校核": Label((S,)),
    "终校": Label((S,)),
    "一校": Label((S,)),
    "二校": Label((S,)),
    "三校": Label((S,)),
    "初校": Label((S,)),
    # who had it made, who translated, who sent it in
    "监制": Label((M,)),
    "策划": Label((M,)),
    "统筹": Label((M,)),
    "编导": Label((M,)),
    "导演": Label((M,)),
    "制作": Label((M,)),
    "制作人": Label((M,)),
    "制片": Label((M,)),
    "制片人": Label((M,)),
    "出品": Label((M,)),
    "出品人": Label((M,)),
    "执行": Label((M,)),
    "协调": Label((M,)),
    "翻译": Label((T,)),
    "编译": Label((T,)),
    "译者": Label((T,)),
    "译": Label((T,)),
    "供稿": Label((G,)),
    "供图": Label((G,)),
    "供稿单位": Label((G,)),
    "供稿人": Label((G,)),
    "图片提供": Label((G,)),
    "视频提供": Label((G,)),
    "素材提供": Label((G,)),
    "资料提供": Label((G,)),
    "提供": Label((G,)),
    "素材": Label((G,)),
    "素材支持": Label((G,)),
    "图源": Label((G,)),
    "图片来源": Label((G,), note="names who supplied a picture, not the text's origin"),
    "题图来源": Label((G,)),
    "封面来源": Label((G,)),
    "封图来源": Label((G,)),
    "配图来源": Label((G,)),
    "照片来源": Label((G,)),
    "视频来源": Label((G,)),
    "素材来源": Label((G,)),
    "题图": Label((G,)),
    "配音": Label((O,)),
    "播音": Label((O,)),
    "主播": Label((O,)),
    "主持": Label((O,)),
    "主持人": Label((O,)),
    "朗读": Label((O,)),
    "技术": Label((O,)),
    "技术支持": Label((O,)),
    "运营": Label((O,)),
    "顾问": Label((O,)),
    # where the text comes from
    "来源": _SOURCE,
    "稿源": _SOURCE,
    "源自": _SOURCE,
    "来自": _SOURCE,
    "出处": _SOURCE,
    "转自": _SOURCE,
    "转载自": _SOURCE,
    "摘自": _SOURCE,
    "选自": _SOURCE,
    "原载": _SOURCE,
    "原载于": _SOURCE,
    "来源于": _SOURCE,
    "文章转载": _SOURCE,
    "source": _SOURCE,
    # Western labels of English editions
    "editor": Label((E,)),
    "reporter": Label((R,)),
    "author": Label((W,)),
    "writer": Label((W,)),
    "by": Label((W,)),
    "text": Label((W,)),
    "photo": Label((P,)),
    "photos": Label((P,)),
    # read past
    "时间": _SKIP,
    "日期": _SKIP,
    "发表于": _SKIP,
    "发布于": _SKIP,
    "发布": _SKIP,
    "发表": _SKIP,
    "更新": _SKIP,
    "更新于": _SKIP,
    "浏览": _SKIP,
    "浏览量": _SKIP,
    "次数": _SKIP,
    "阅读": _SKIP,
    "阅读量": _SKIP,
    "点击": _SKIP,
    "点击数": _SKIP,
    "点击量": _SKIP,
    "访问量": _SKIP,
    "人气": _SKIP,
    "评论": _SKIP,
    "字号": _SKIP,
    "字体": _SKIP,
    "大小": _SKIP,
    "标签": _SKIP,
    "关键词": _SKIP,
    "关键字": _SKIP,
    "栏目": _SKIP,
    "频道": _SKIP,
    "分类": _SKIP,
    "版次": _SKIP,
    "版面": _SKIP,
    "专题": _SKIP,
    "编号": _SKIP,
    "分享": _SKIP,
    "分享到": _SKIP,
    "投稿": _SKIP,
    "投稿邮箱": _SKIP,
    "邮箱": _SKIP,
    "热线": _SKIP,
    "电话": _SKIP,
    "监督电话": _SKIP,
    "联系方式": _SKIP,
    "声明": _SKIP,
    "版权": _SKIP,
    "许可证": _SKIP,
    "语言": _SKIP,
}

# The rank or beat before a title; no part of an affiliation.
_RANKS = (
    "首席 见习 实习 全媒体 全媒 特派 特约 特邀 特聘 资深 高级 主任 文字 学生 校园 小 本报 本网 本台 本刊 本站 本社 "
    "本端 多媒体 前方 现场 随队 随军 一线 外派 专职 兼职 签约 机动 驻地"
).split()
# A beat, which also ends the names of outlets: part of the affiliation unless what precedes it
# is an outlet without it.
BEATS = tuple(
    "融媒体 融媒 新媒体 深度 调查 时政 财经 体育 文化 教育 经济 社会 法治 国际 科技 娱乐 民生 综合 跑线 联合 科普 "
    "青年 大学生 数据 品牌 专题 要闻 地方 农村 城市 军事 评论 热线".split()
)
_STATIONED = r"驻[\u3400-\u9fff]{1,3}"
_RANK = rf"(?:{'|'.join(_RANKS)}|{_STATIONED}|部)"

# The title a person bears; the roles it gives. Longest first wherever one holds another.
TITLES: dict[str, Label] = {
    "摄影记者": Label((P,), note="a photo function wins over a title"),
    "图片记者": Label((P,)),
    "视觉记者": Label((P,)),
    "摄像记者": Label((V,)),
    "视频记者": Label((V,)),
    "文摄记者": Label((R, P)),
    "记者": Label((R,)),
    "实习生": Label((R,)),
    "通讯员": Label((C,)),
    "报料人": Label((C,)),
    "评论员": Label((W,)),
    "撰稿人": Label((W,)),
    "撰稿": Label((W,)),
    "观察员": Label((W,)),
    "编译": Label((T,)),
    "摄影师": Label((P,)),
    "摄影": Label((P,)),
}
# What makes another word of a title: a club, a meeting, a day, a card of 记者.
_NO_TITLE = r"(?![节会站团部证室协网家们席招笔之])"
TITLE = re.compile(
    rf"(?P<ranks>{_RANK}{{0,4}})(?P<head>摄影记者|图片记者|视觉记者|摄像记者|视频记者|文摄记者"
    rf"|记者|实习生|通讯员|报料人|评论员|观察员|(?<=特约)撰稿人?)(?:们)?{_NO_TITLE}"
)

CLOSINGS: dict[str, Closing] = {
    "摄": Closing((P,)),
    "摄影": Closing((P,)),
    "翻摄": Closing((P,)),
    "拍摄": Closing((P,)),
    "航拍": Closing((P,)),
    "图": Closing((P,)),
    "图片": Closing((P,)),
    "摄像": Closing((V,)),
    "视频": Closing((V,)),
    "剪辑": Closing((V,)),
    "供图": Closing((G,)),
    "图片提供": Closing((G,)),
    "提供": Closing((G,)),
    "供稿": Closing((G,)),
    "制图": Closing((D,)),
    "绘": Closing((D,)),
    "绘图": Closing((D,)),
    "漫画": Closing((D,)),
    "设计": Closing((D,)),
    "制作": Closing((M,)),
    "出品": Closing((M,)),
    "译": Closing((T,)),
    "编译": Closing((T,)),
    "翻译": Closing((T,)),
    "编辑": Closing((E,)),
    "校对": Closing((S,)),
    "文": Closing((W,), keeps_title=True),
    "撰文": Closing((W,), keeps_title=True),
    "整理": Closing((W,), keeps_title=True),
    "采写": Closing((W,), keeps_title=True),
    "撰稿": Closing((W,), keeps_title=True),
    "报道": Closing((R,), keeps_title=True),
    "采访": Closing((R,), keeps_title=True),
    "文图": Closing((W, P), keeps_title=True, note="文/图 is one word to the reader"),
    "摄影报道": Closing((R, P), keeps_title=True),
    "图文报道": Closing((R, P), keeps_title=True),
    "文图报道": Closing((R, P), keeps_title=True),
    "图片报道": Closing((R, P), keeps_title=True),
    "视频报道": Closing((R, V), keeps_title=True),
}
# 文/图, 图、文, 文字/摄影, 图文: one mark for both, wherever it stands.
BOTH = re.compile(
    r"(?<![\u3400-\u9fff])(?:文字?|采写|撰文|采访)\s?[/、&+·,]?\s?(?:图片?|摄影?|供图|拍摄)(?!片?来源|[\u3400-\u9fff]{0,6}记者)"
    r"|图片?\s?[/、&+·,]?\s?文字?(?![\u3400-\u9fff])"
)
REPORT = re.compile(
    r"(?P<kind>摄影|图文|文图|图片|视频)?(?:综合|即时|专题|专访|现场|采访|整理|编译|独家|连线|联合|深度|特别|实时|"
    r"外电|追踪|后续|滚动|直播|专电|发自现场){0,2}报[道导]$"
)

_MODIFIERS = re.compile(
    rf"(?:{_RANK}|值班|执行|本期|本版|本文|本篇|本条|本次|轮值|当班|当值|常务|副|总|网络|网站|新闻|微信|图片|图文|"
    r"美术|栏目|系列|内容|责任|版面|平台|技术|稿件|文章|信息|原文|英文|中文|初级|中级|责|主|项目|活动|联合|"
    r"运营|推送|后台|流程|客户端|视觉|视频|每日|终端|主任|统筹){1,3}"
)
_LONGEST_LABEL = 8
_BEARERS = re.compile(r"(?:人员|老师|单位|人|者|员|师|组)$")
# What the last character of an unlisted label tells of its work.
ENDINGS: dict[str, Role] = {
    "编": E,
    "审": A,
    "核": A,
    "签": A,
    "校": S,
    "译": T,
    "摄": P,
    "拍": P,
    "写": W,
    "撰": W,
    "绘": D,
}
_REVIEW_LEVEL = re.compile(r"^(?:[一二三]审|[初复终]审)")


def find_label(text: str) -> Label | None:
    """Return the meaning of a whole folded word as a label, by itself or by known modifiers."""
    found = LABELS.get(text.lower()) or TITLES.get(text)
    if found or len(text) < 2:
        return found
    review = _REVIEW_LEVEL.match(text)
    if review and LABELS.get(text[2:]):
        return LABELS[review[0]]
    head, prefix = split_label(text)
    if head and _MODIFIERS.fullmatch(prefix):
        return LABELS[head]
    return None


def is_modifier(text: str) -> bool:
    """Say whether a folded word only qualifies a label, as 值班 and 新媒体 do."""
    return text in BEATS or bool(_MODIFIERS.fullmatch(text))


def guess_label(text: str) -> Label | None:
    """Return what an unlisted word before a colon most likely means, by its ending, or None.

    `审核人` is an 审核, `综编` an editor of some kind.
    """
    if not 2 <= len(text) <= 6 or not all_han(text):
        return None
    bare = _BEARERS.sub("", text)
    role = ENDINGS.get(text[-1])
    return (find_label(bare) if bare != text else None) or (Label((role,)) if role else None)


def split_label(text: str) -> tuple[str, str]:
    """Return the longest listed label that a folded word ends with, and what precedes it."""
    lowered = text.lower()
    for length in range(min(len(text), _LONGEST_LABEL), 0, -1):
        if lowered[-length:] in LABELS:
            return lowered[-length:], text[:-length]
    return "", text
