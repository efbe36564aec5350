"""Reading a word as a label: by the tables, by its modifiers, by its ending."""

import re
from functools import lru_cache

from news.article import Role
from news.labels import LABELS, A, D, E, Label, P, S, T, W
from news.text import all_han
from news.titles import BEATS, RANK, TITLES

_MODIFIERS = re.compile(
    rf"(?:{RANK}|值班|执行|本期|本版|本文|本篇|本条|本次|轮值|当班|当值|常务|副|总|网络|网站|新闻|微信|图片|图文|"
    r"美术|栏目|系列|内容|责任|版面|平台|技术|稿件|文章|信息|原文|英文|中文|初级|中级|责|主|项目|活动|联合|"
    r"消息|资讯|资料|转载|原始|文稿|来稿|新闻稿|主要|运营|推送|后台|流程|客户端|视觉|视频|每日|终端|主任|统筹){1,3}"
)
_LONGEST_LABEL = 8
_BEARERS = re.compile(r"(?:人员|老师|单位|部门|人|者|员|师|组)$")
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


@lru_cache(maxsize=4096)
def find_label(text: str) -> Label | None:
    """Return the meaning of a whole folded word as a label, by itself or by known modifiers."""
    found = LABELS.get(text.lower()) or TITLES.get(text)
    if found or len(text) < 2:
        return found
    review = _REVIEW_LEVEL.match(text)
    if review and LABELS.get(text[2:]):
        return LABELS[review[0]]
    head, prefix = split_label(text)
    if head and is_modifier(prefix):
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
