"""Where a text says it comes from: datelines, source phrases, and the headline at its origin."""

import re
from dataclasses import dataclass

from news.label_reading import find_label
from news.labels import Field
from news.names import is_common_name, is_organization, is_placeholder, split_names
from news.places import is_place, split_trailing_place
from news.text import all_han, fold, squeeze, words

_OWN = ("本报", "本网", "本台", "本站", "本社", "本刊", "本端", "本市", "本县")
_DATELINE = re.compile(
    r"^[\s(\"—]{0,6}据?(?P<head>[^(),:。、;\n!?]{1,32}?)\s{0,2}"
    r"(?P<date>(?:\d{4}年)?(?:\d{1,2}月)?\d{1,2}日)?\s?"
    r"(?P<end>(?:综合|专|急)?(?:电|讯)|消息|音频报道|(?<=日)(?:综合)?(?:外电)?报[道导]|报道(?=\s?\(记者))\s{0,4}"
    r"(?=[\s(:)\"—]|$|记者|通讯员|(?(date),|(?!)))"
)
_SIGNED_DATELINE = re.compile(
    r"^[\s(\"]{0,6}(?P<outlet>[^\s(),:。、;\"!?]{2,12}?)记者\s?(?P<names>[^(),:。;\n\"!?]{2,40}?)"
    r"(?:\d{1,2}月)?\d{1,2}日(?:综合|专|急|外|深度)?(?P<end>电|讯)(?=[\s)]|$)"
)
_AGENCY = re.compile(r"[\u3400-\u9fff]{1,7}?社(?![区会科])")  # whatever place or ship follows
_BRAND_WORDS = ("掌上", "客户端", "新闻", "频道", "App", "APP", "云", "在线", "网", "报", "融媒")
_PHRASE = re.compile(
    r"^(?:(?:本文|文章|内容|稿件|全文|原文)(?:系|由)?(?=[转摘选原综来]))?"
    r"(?P<from>据|转自|转载自|摘自|选自|原载于?|综合自?|来源于|来自|源自)?(?P<name>.{2,40}?)(?P<more>等)?"
    r"(?P<end>发|电|消息|报道|讯|(?:微信)?公众号|官方微信|微博)?$"
)
# A book or a journal after 摘自 is the source, whatever number or page of it follows.
_FROM_TITLE = re.compile(
    r"^[\s(]{0,4}(?:本文|文章)?(?:转自|转载自|摘自|选自|原载于?|摘编自|节选自)\s?《(?P<title>[^《》]{2,30})》"
    r"[\s\d年月日第期号版卷总,()/、.·-]{0,30}$"
)
_CITED = re.compile(r"(?P<quote>[\"“]?)(?P<from>据|转自|转载自|摘自|选自|原载于?)")


@dataclass(frozen=True, slots=True)
class Dateline:
    """An opening such as `某社某地12月9日电`: where it ends, and what it says."""

    end: int
    source: tuple[int, int] | None  # its place; None where the outlet speaks of itself: 本报讯
    names: tuple[tuple[int, int], ...] = ()  # places of the reporters named inside it


def parse_dateline(text: str) -> Dateline | None:
    """Return the dateline at the head of a text, or None.

    Without a date the outlet must be one by its own name; a place after it is dropped.
    """
    folded = fold(text[:80])
    signed = _SIGNED_DATELINE.match(folded)
    if signed:
        return _dateline_with_reporter(signed)
    match = _DATELINE.match(folded)
    if match is None:
        return None
    head, start = match["head"], match.start("head")
    if "记者" in head:
        return None  # of whom it is told, not of the outlet
    if head.startswith(_OWN):
        rest = head[2:]
        return (
            Dateline(match.end("end"), None)
            if not rest or match["date"] or is_place(rest) or _is_short(rest, match["end"])
            else None
        )
    outlet = _outlet(head.strip(), dated=bool(match["date"]))
    if not outlet:
        return None
    offset = head.index(outlet)
    return Dateline(match.end("end"), (start + offset, start + offset + len(outlet)))


def _is_short(place: str, end: str) -> bool:
    """Say whether a short word between 本报 and 讯 is a place that no list has."""
    return end == "讯" and len(place) <= 4 and all_han(place)


def _dateline_with_reporter(match: re.Match[str]) -> Dateline | None:
    """Read `中央社記者甲某某、乙某某台北1日電`, where the reporters stand inside."""
    outlet = match["outlet"]
    if not (is_organization(outlet) or outlet in _OWN):
        return None
    spans = []
    for word in re.finditer(r"[^、,\s]+", match["names"]):
        names = split_names(split_trailing_place(word[0])[0]) or _names_before_place(word[0])
        at = match.start("names") + word.start()
        for name in names:
            spans.append((at, at + len(name)))
            at += len(name)
    if not spans:
        return None
    source = None if outlet in _OWN else match.span("outlet")
    return Dateline(match.end("end"), source, tuple(spans))


def _names_before_place(text: str) -> tuple[str, ...]:
    """Return the names in a word that may end in a place no list has: `甲某某青屏县`."""
    names = split_names(text)
    unlisted = not names and 5 <= len(text) <= 7 and is_common_name(text[:3])
    return (text[:3],) if unlisted and (is_place(text[3:]) or len(text) == 5) else names


def _outlet(head: str, *, dated: bool) -> str:
    """Return the outlet in `某社某地`, the words before a date; an empty text if there is none."""
    if not dated:
        return head if is_organization(head) else _outlet_before_place(head, any_place=False)
    before_place = _outlet_before_place(head, any_place=True)
    if before_place:
        return before_place
    return head if is_organization(head) or any(word in head for word in _BRAND_WORDS) else ""


def _outlet_before_place(head: str, *, any_place: bool) -> str:
    """Return the outlet before a listed place, or before any short word that may be one."""
    agency = _AGENCY.match(head) if any_place else None
    if agency and is_organization(agency[0]):
        return agency[0]
    before = split_trailing_place(head)[0].rstrip(" /")  # 中央社|台北, not 中央社台|北
    if before != head and is_organization(before):
        return before
    for length in range(len(head), 1, -1) if any_place else ():
        outlet, rest = head[:length].strip(), head[length:].strip()
        if not is_organization(outlet):
            continue
        if not rest:
            return outlet
        # A wire agency names any place on earth; of the others only a short word is one.
        if is_place(rest) or outlet.endswith("社") or (len(rest) <= 3 and all_han(rest)):
            return "" if any(word in rest for word in _BRAND_WORDS) else outlet
    return ""


def parse_source_phrase(folded: str) -> tuple[int, int] | None:
    """Return the place of the outlet in a whole clause `据某某报` or `某社发`, or None."""
    quoted = _FROM_TITLE.match(folded)
    if quoted:
        return quoted.span("title")
    match = _PHRASE.match(folded.strip())
    if match is None or not (match["from"] or match["end"] == "发"):
        return None
    account = _ACCOUNT.match(match["name"])
    if account and match["from"]:
        lead = len(folded) - len(folded.lstrip()) + match.start("name")
        return lead + account.start(1), lead + account.end(1)
    names = [name for name in re.split(r"[、,/\s《》\"]+", match["name"]) if name]
    if not names or not all(is_organization(name) for name in names):
        return None
    if match["from"] is None and not names[-1].endswith(("社", "报", "网", "新闻", "客户端")):
        return None
    lead = len(folded) - len(folded.lstrip())
    start, end = match.span("name")
    inner = folded.strip()[start:end]
    start += len(inner) - len(inner.lstrip(' 《"'))
    end -= len(inner) - len(inner.rstrip(' 》"'))
    return lead + start, lead + end


_WRAPPED = re.compile(r"^《([^《》]{1,60})》$")
# An account says its name in quotes, before or behind the word for what it is.
_ACCOUNT = re.compile(
    r"^(?:官方)?(?:微信)?(?:公众号|微博|视频号|头条号)\s?(?::?\s?[“\"「《]|[:：]\s?)([^“”\"「」《》]{2,30})[”\"」》]?$"
)
_SOURCE_TAIL = re.compile(
    r"(?<=[社报网闻视布端台])等$|官方[账帐]号$|[\s(]+(?:独家|转载|综合整理|综合|原创|作者授权.{0,8})\)?$|(?<!本[站网报刊台])原创$|[\s,;:|/、。·-]+$"
)
_STAFF_CODE = re.compile(r"(?<=[^\W\d_])[_-][A-Za-z]{1,3}\d{2,7}$")


# What a page prints as the origin where the text is its own: said, so kept.
_OWN_SOURCES = frozenset(words("本站 本网 本报 本刊 本台 本站原创 本网原创 本报原创"))


def clean_source(text: str) -> str | None:
    """Return an outlet's name without label, 《》, staff code and 原创, or None.

    None for a placeholder such as 未知 or 网络整理, and for what holds no letter at all.
    """
    name = squeeze(text[:400])
    name = _drop_source_label(name).strip(' :：|/、，,;；。[]【】<>"“”·•')
    for _ in range(3):
        name = _STAFF_CODE.sub("", _SOURCE_TAIL.sub("", name)).strip()
    collected = re.match(r"综合自?", name)
    if collected and is_organization(fold(re.split(r"[、，,\s]", name[collected.end() :])[0])):
        name = name[collected.end() :]
    name = _ACCOUNT.sub(r"\1", name)
    wrapped = _WRAPPED.match(name)
    name = wrapped[1].strip() if wrapped else name
    if (name[:1], name[-1:]) in {("（", "）"), ("(", ")"), ("【", "】")}:
        name = name[1:-1].strip()
    return None if not name or (is_placeholder(name) and name not in _OWN_SOURCES) else name


def _drop_source_label(text: str) -> str:
    folded = fold(text)
    head, colon, _ = folded.partition(":")
    if colon:
        label = find_label(head.strip(" ()"))
        ends_well = head.strip().endswith(("来源", "出处", "稿源", "转自"))
        if ends_well or (label and label.field is Field.SOURCE):
            return text[len(head) + 1 :]
    for word in ("转自", "摘自", "转载自"):
        if folded.startswith(word) and len(folded) > len(word) + 1:
            return text[len(word) :]
    return text


_ORIGINAL_LABEL = re.compile(
    r"(?:原标题|原文标题|原题目?|原文题目|原文题|原题名|原名)(?:为|是)?\s{0,3}:?\s{0,3}(?=[^\s:])"
)
_AFTER_HEADLINE = re.compile(
    r"\s{1,8}(?:[^\s:]{0,4}(?:来源|编辑|责编|作者|记者|审核|校对|时间)\s?[:/|])|[ ]{4,}|\n"
)


def find_original_headline(text: str) -> tuple[int, int, str] | None:
    """Return (start, end, headline) of the first 原标题 phrase in a text, or None.

    In running text only the bracketed forms count, or one that opens the text.
    """
    folded = fold(text[:2_000])
    for match in _ORIGINAL_LABEL.finditer(folded):
        start = match.start()
        before = folded[:start].rstrip()
        opened = before.endswith("(")
        printed = ":" in match[0] or folded[match.end()] in '《"'
        if not printed or not (opened or not before or folded[start - 1] in " \n。"):
            continue
        end = (
            _closing_bracket(folded, match.end()) if opened else _headline_end(folded, match.end())
        )
        headline = _unwrap(text[match.end() : end])
        if headline:
            return (len(before) - 1 if opened else start), min(end + opened, len(text)), headline
    return None


def _closing_bracket(folded: str, start: int) -> int:
    depth = 0
    for index in range(start, len(folded)):
        depth += {"(": 1, ")": -1}.get(folded[index], 0)
        if depth < 0:
            return index
    return len(folded)


def _headline_end(folded: str, start: int) -> int:
    match = _AFTER_HEADLINE.search(folded, start)
    return match.start() if match else len(folded)


def _unwrap(text: str) -> str | None:
    """Drop marks that wrap the whole headline; those around a part of it stay."""
    headline = squeeze(text)
    for opening, closing in ("《》", "“”", '""', "「」", "『』"):
        inner = headline[1:-1]
        if headline[:1] == opening and headline[-1:] == closing and opening not in inner:
            headline = inner.strip()
    return headline or None


def parse_original_headline(text: str) -> str | None:
    """Return the headline that a text names as the one at its origin (原标题), or None."""
    found = find_original_headline(text)
    return found[2] if found else None
