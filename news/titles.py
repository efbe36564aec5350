"""The titles people bear and the words that close a list of names, as tables to be extended.

Keys are in simplified characters and half-width marks, as `news.text.fold` leaves a line.
"""

import re

from news.labels import C, Closing, D, E, G, Label, M, P, R, S, T, V, W
from news.text import words

# The rank or beat before a title; no part of an affiliation.
_RANKS = words(
    "首席 见习 实习 全媒体 全媒 特派 特约 特邀 特聘 资深 高级 主任 文字 学生 校园 小 本报 本网 "
    "本台 本刊 本站 本社 本端 多媒体 前方 现场 随队 随军 一线 外派 专职 兼职 签约 机动 驻地"
)
# A beat, which also ends the names of outlets: part of the affiliation unless what precedes it
# is an outlet without it.
BEATS = words(
    "融媒体 融媒 新媒体 深度 调查 时政 财经 体育 文化 教育 经济 社会 法治 国际 科技 娱乐 "
    "民生 综合 跑线 联合 科普 青年 大学生 数据 品牌 专题 职工 教师 要闻 地方 农村 城市 军事 "
    "评论 热线"
)
_STATIONED = r"驻[\u3400-\u9fff]{1,3}"
RANK = rf"(?:{'|'.join(_RANKS)}|{_STATIONED}|部)"

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
    "专栏作者": Label((W,)),
    "专栏作家": Label((W,)),
    "特约作者": Label((W,)),
    "编译": Label((T,)),
    "摄影师": Label((P,)),
    "摄影": Label((P,)),
}
# What makes another word of a title: a club, a meeting, a day, a card of 记者.
_NO_TITLE = r"(?![节会站团部证室协网家们席招笔之])"
TITLE = re.compile(
    rf"(?P<ranks>{RANK}{{0,4}})(?P<head>摄影记者|图片记者|视觉记者|摄像记者|视频记者|文摄记者"
    rf"|记者|实习生|通讯员|报料人|评论员|观察员|专栏作者|专栏作家|特约作者|(?<=特约)撰稿人?)(?:们)?{_NO_TITLE}"
)

CLOSINGS: dict[str, Closing] = {
    "摄": Closing((P,)),
    "摄影": Closing((P,)),
    "翻摄": Closing((P,)),
    "拍摄": Closing((P,)),
    "航拍": Closing((P,)),
    "图": Closing((P,), glues=False),
    "图片": Closing((P,), glues=False),
    "摄像": Closing((V,)),
    "视频": Closing((V,), glues=False),
    "剪辑": Closing((V,), glues=False),
    "供图": Closing((G,)),
    "图片提供": Closing((G,)),
    "提供": Closing((G,)),
    "供稿": Closing((G,)),
    "制图": Closing((D,)),
    "绘": Closing((D,)),
    "绘图": Closing((D,)),
    "漫画": Closing((D,), glues=False),
    "设计": Closing((D,), glues=False),
    "制作": Closing((M,)),
    "出品": Closing((M,)),
    "译": Closing((T,)),
    "编译": Closing((T,)),
    "翻译": Closing((T,), glues=False),
    "编辑": Closing((E,), glues=False),
    "校对": Closing((S,), glues=False),
    "文": Closing((W,), keeps_title=True, glues=False),
    "撰文": Closing((W,), keeps_title=True),
    "整理": Closing((W,), keeps_title=True),
    "采写": Closing((W,), keeps_title=True),
    "撰稿": Closing((W,), keeps_title=True),
    "报道": Closing((R,), keeps_title=True),
    "采访": Closing((R,), keeps_title=True, glues=False),
    "文图": Closing((W, P), keeps_title=True, note="文/图 is one word to the reader"),
    "摄影报道": Closing((R, P), keeps_title=True),
    "图文报道": Closing((R, P), keeps_title=True),
    "文图报道": Closing((R, P), keeps_title=True),
    "图片报道": Closing((R, P), keeps_title=True),
    "视频报道": Closing((R, V), keeps_title=True),
}
# 文/图, 图、文, 文字/摄影, 图文: one mark for both, wherever it stands.
BOTH = re.compile(
    r"(?:(?<![\u3400-\u9fff])|(?<=本[版报组文]))(?:文字?|采写|撰文|采访)\s?[/、&+·,并]?\s?(?:图片?|摄影?|供图|拍摄|片)(?!片?来源|[\u3400-\u9fff]{0,6}记者)"
    r"|图片?\s?[/、&+·,并]?\s?文字?(?![\u3400-\u9fff])"
)
REPORT = re.compile(
    r"(?P<kind>摄影|图文|文图|图片|视频)?(?:综合|即时|专题|专访|现场|采访|整理|编译|独家|连线|联合|深度|特别|实时|"
    r"外电|追踪|后续|滚动|直播|专电|发自现场){0,2}报[道导]$"
)
