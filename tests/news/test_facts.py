"""Where the facts of a text stand."""

import pytest

from news.facts import FactKind, find_facts, find_names
from news.versions import normal_form


def facts(text: str) -> list[tuple[FactKind, str]]:
    folded = normal_form(text)
    return [(fact.kind, fact.text) for fact in find_facts(folded, find_names(folded))]


@pytest.mark.parametrize(
    ("text", "expected", "reason"),
    [
        ("共13人", [(FactKind.NUMBER, "13人")], "a number with what it counts"),
        ("共3，另有", [(FactKind.NUMBER, "3")], "a comma that parts no thousands"),
        ("1,300余辆", [(FactKind.NUMBER, "1,300余辆")], "thousands, and a rest"),
        ("气温-5℃", [(FactKind.NUMBER, "-5℃")], "below zero"),
        ("面积10²", [(FactKind.NUMBER, "10²")], "a superscript belongs to it"),
        ("十五人到场", [(FactKind.NUMBER, "十五人")], "in Han numerals, with a unit"),
        ("第三次", [(FactKind.NUMBER, "第三")], "an ordinal"),
        ("一个目标，十分满意，万一", [], "一个 is an article, 十分 an adverb, 万一 a conjunction"),
        ("增长3.5%", [(FactKind.PERCENT, "3.5%")], "a percentage"),
        ("百分之二十", [(FactKind.PERCENT, "百分之二十")], "in words"),
        ("投资1.5亿元", [(FactKind.MONEY, "1.5亿元")], "money with its scale"),
        ("2022年11月7日", [(FactKind.DATE, "2022年11月7日")], "a date as one"),
        ("昨日上午9:23", [(FactKind.DATE, "昨日"), (FactKind.DATE, "9:23")], "a day and a time"),
        ("并不排除", [(FactKind.NEGATION, "不")], "a negation"),
        ("不断提升，非常好，无锡", [(FactKind.PLACE, "无锡")], "characters that deny nothing"),
        ("疑似有误", [(FactKind.CERTAINTY, "疑似")], "a hedge"),
        ("约30人", [(FactKind.CERTAINTY, "约"), (FactKind.NUMBER, "30人")], "about"),
        ("2人失联", [(FactKind.NUMBER, "2人"), (FactKind.CASUALTY, "失联")], "a casualty"),
        ("从嘉善县到绍兴", [(FactKind.PLACE, "嘉善县"), (FactKind.PLACE, "绍兴")], "places"),
        ("城市和农村", [], "nouns of every place are none"),
    ],
)
def test_facts_are_found_with_what_belongs_to_them(
    text: str, expected: list[tuple[FactKind, str]], reason: str
) -> None:
    assert facts(text) == expected, reason


@pytest.mark.parametrize(
    ("text", "names", "reason"),
    [
        ("市长王小明表示，", {"王小明"}, "a title before"),
        ("现场，李大华说", {"李大华"}, "a verb of speech after"),
        ("张某某被带走", {"张某某"}, "a masked name"),
        ("欧阳明说", {"欧阳明"}, "a surname of two characters"),
        ("他高兴地说，", set(), "an adverb names nobody"),
        ("记者从市里获悉", set(), "a title without a name"),
    ],
)
def test_names_are_found_where_the_text_shows_that_they_are(
    text: str, names: set[str], reason: str
) -> None:
    assert find_names(normal_form(text)) == names, reason
