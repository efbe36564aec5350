"""Where in a text its facts stand: numbers, dates, money, names, places, negation, certainty.

Texts are in normal form (`news.versions`). The rules are patterns, so they find what looks like a
fact; they serve to say what a change touches, never to say what is true.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from news.places import PLACES
from news.surnames import COMPOUND, FREQUENT


class FactKind(StrEnum):
    """What a fact is about."""

    NUMBER = "number"
    PERCENT = "percent"
    MONEY = "money"
    DATE = "date"
    NAME = "name"
    PLACE = "place"
    NEGATION = "negation"
    CERTAINTY = "certainty"
    CASUALTY = "casualty"


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact and where it stands in the text, in characters."""

    kind: FactKind
    text: str
    start: int
    end: int


_HAN = "\u4e00-\u9fff"
_CN = "零〇一二两三四五六七八九十百千万亿"
_ARABIC = r"(?:(?<!\d)-)?\d+(?:,\d{3})*(?:\.\d+)?[²³]?"
_SCALE = "[十百千万亿]*[余多]?"
_UNIT = (
    "(?:平方|立方)?(?:公里|千米|厘米|毫米|公斤|千克|公顷|[米克吨升亩斤])|[:/]\\d+"
    "|℃|摄氏度|小时|分钟|[人名例位个起宗件次场条只头家户座栋幢辆台艘架套份张本部项所处间"
    "岁周年月日天时点分秒倍成折层楼度级届期批支队组]|[A-Za-z]+"
)
_CURRENCY = "(?:人民币|美元|欧元|港元|日元|英镑|元|块钱)"
# 一 with a vague unit is an article (一个, 一种), and 十分 is an adverb.
_COUNTED = f"(?!一[个种些次样起位条家天时件部组份点]|十分)[{_CN}]+(?:点[{_CN}]+)?[余多]?"

# Known names, then two characters and what kind of place; nouns of every place are none.
_PLACE = (
    f"(?:{'|'.join(sorted(PLACES, key=lambda place: (-len(place), place)))})[省市县区州]?"
    f"|(?:(?!城|社|地|小|园|农|乡|校|景|市|全|本|我|该|各|新|老|大)[{_HAN}]){{2}}"
    "(?:[省市县区镇乡村]|街道)"
)

_PATTERNS: tuple[tuple[FactKind, str], ...] = (
    (
        FactKind.DATE,
        (
            r"\d{4}年(?:\d{1,2}月(?:\d{1,2}日)?)?|\d{1,2}月(?:\d{1,2}日|[上中下]旬|[份底初])?"
            r"|\d{4}[-/]\d{1,2}[-/]\d{1,2}|\d{1,2}[日时]|\d{1,2}[:点时]\d{2}分?"
            r"|[今昨明前后][天日晚]|[今去明前后]年|[本上下]?(?:周|星期)[一二三四五六日天末]"
        ),
    ),
    (FactKind.PERCENT, rf"{_ARABIC}(?:%|‰|个?百分点)|百分之[{_CN}\d.]+"),
    (FactKind.MONEY, rf"(?:{_ARABIC}{_SCALE}|{_COUNTED}){_CURRENCY}"),
    (FactKind.NUMBER, rf"{_ARABIC}{_SCALE}(?:{_UNIT})?|第[{_CN}]+|{_COUNTED}(?:{_UNIT})"),
    (
        FactKind.NEGATION,
        # not the words in which these characters deny nothing
        (
            "不(?![过仅但断同少久论管禁妨愧锈])|未(?!来)|无(?![锡论线疑数穷私限]|人机)"
            "|(?<!除)非(?![常洲遗凡]|物质)|没有?|否认|否定|拒绝|取消"
        ),
    ),
    (
        FactKind.CERTAINTY,
        (
            "疑似|涉嫌|证实|确认|据称|据传|传闻|可能|或许|或将|也许|大概|预计|有望|属实"
            rf"|(?:大?约|将?近|逾|超过?|至少|最多)(?=[\d{_CN}])|\?"
        ),
    ),
    (
        FactKind.CASUALTY,
        (
            "死亡|遇难|身亡|丧生|罹难|溺亡|坠亡|遇害|[重轻受]伤|伤亡|失联|失踪|下落不明|[死伤]者"
            "|获救|脱险|生还"
        ),
    ),
    (FactKind.PLACE, _PLACE),
)
_FACT = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _PATTERNS))

_SURNAME = f"(?:{'|'.join(sorted(COMPOUND))}|[{''.join(sorted(FREQUENT))}])"
# Characters that end no given name: what reads 高兴地说 names nobody.
_GIVEN = f"(?:(?![的地得了着过也就都还又则已在是和与及或对向为被把让使说称表指介回告])[{_HAN}])"
_SPEECH = "(?:表示|说|称|指出|回应|介绍|认为|告诉|透露|强调|坦言|报道)"
_TITLE = (
    "(?:书记|[市县区镇省州]长|局长|处长|科长|主任|主席|部长|厅长|院长|校长|所长|站长|队长|会长|董事长"
    "|总经理|经理|总裁|教授|研究员|医生|护士|记者|律师|老师|村民|市民|居民|负责人|发言人|工程师)"
)
_NAMED = re.compile(
    f"(?<![{_HAN}])(?P<said>{_SURNAME}{_GIVEN}{{1,2}}?)(?={_SPEECH})"
    f"|{_TITLE}(?P<titled>{_SURNAME}{_GIVEN}{{1,2}}?)(?={_SPEECH}|[^{_HAN}]|[的在和与及等带到率]|$)"
    f"|(?P<masked>(?:{_SURNAME}|[甲乙丙丁戊己庚辛壬癸])(?:某{{1,3}}|女士|先生))"
)
_SPEAKING = re.compile(_SPEECH)


def find_names(text: str) -> frozenset[str]:
    """Return the names of persons that a text shows by a title before or a speech verb after."""
    return frozenset(match[match.lastgroup or 0] for match in _NAMED.finditer(text))


def find_facts(text: str, names: Iterable[str] = ()) -> list[Fact]:
    """Return the facts of a text in normal form, those of the given names included, by start."""
    facts = [
        Fact(FactKind(match.lastgroup or ""), match[0], *match.span())
        for match in _FACT.finditer(text)
    ]
    known = [re.escape(name) for name in sorted(names, key=len, reverse=True) if len(name) > 1]
    if known:
        facts += [
            Fact(FactKind.NAME, match[0], *match.span())
            for match in re.finditer("|".join(known), text)
        ]
    return sorted(facts, key=lambda fact: (fact.start, fact.end))


def is_speaker(fact: Fact, text: str) -> bool:
    """Tell whether a fact is the name of the one who says what the sentence quotes."""
    return fact.kind is FactKind.NAME and _SPEAKING.match(text, fact.end) is not None
