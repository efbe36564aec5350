"""What an outlet changes in an article: each edit with the kinds that it must be told as."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise

from benchmarks.metamorphic.sheet import Sheet
from news.article import Article, Precision

Kinds = Mapping[str, frozenset[str]]  # by field


@dataclass(slots=True)
class Edit:
    """A page before and after one edit, and what the edit is."""

    before: Article
    after: bytes
    wanted: Kinds
    announced: bool = False
    back: bool = False  # the page is as it was before an edit that `before` has


# Returns the edit, None where the page has nothing that the operator is about.
Meaning = Callable[[Sheet, random.Random], Edit | None]


@dataclass(frozen=True, slots=True)
class Wording:
    """A sentence that is put into the body, and words of it that are then replaced."""

    name: str
    sentence: str
    old: str
    new: str
    kinds: tuple[str, ...]

    def __call__(self, sheet: Sheet, _chance: random.Random) -> Edit | None:
        """Edit the sentence in a page that has it."""
        if not sheet.insert([self.sentence]) or not sheet.settle():
            return None
        if self.sentence not in [block.text for block in sheet.article.body]:
            return None
        before = sheet.article
        sheet.replace(self.sentence, self.sentence.replace(self.old, self.new))
        size = sum(len(block.text) for block in before.body) - len(self.old) + len(self.new)
        kinds = frozenset(self.kinds) | _extent(before, size)
        return Edit(before, sheet.bytes(), {"body": kinds})


WORDINGS = (
    Wording("number", "据通报，事故造成3人死亡、12人受伤。", "3人", "13人", ("fact",)),
    Wording("magnitude", "该项目总投资1.5亿元，工期两年。", "1.5亿", "15亿", ("fact",)),
    Wording("decimal", "全年增速为2.3%，高于上年同期。", "2.3", "1.8", ("fact",)),
    Wording("Chinese numeral", "现场有三名工人被困，救援正在进行。", "三名", "五名", ("fact",)),
    Wording("date", "听证会定于3月12日上午举行。", "12日", "21日", ("fact",)),
    Wording("clock time", "大会将于上午9时30分开始。", "9时", "10时", ("fact",)),
    Wording("money", "监管部门对该公司罚款5000元。", "5000元", "5万元", ("fact",)),
    Wording("share", "受访者中有六成表示支持。", "六成", "八成", ("fact",)),
    Wording("name behind a title", "县长李大川到现场指挥救援。", "李大川", "李大山", ("fact",)),
    Wording("place", "救援队从杭州出发，次日抵达。", "杭州", "宁波", ("fact",)),
    Wording("denial", "公司承认产品存在质量问题。", "承认", "否认", ("fact",)),
    Wording("negation", "检查发现送检的水质合格。", "合格", "不合格", ("fact",)),
    Wording("certainty", "该负责人涉嫌挪用资金被调查。", "涉嫌", "", ("fact",)),
    Wording("casualty word", "两名工人受伤，已送医救治。", "受伤", "死亡", ("fact",)),
    Wording(
        "quotation",
        "“这次改造让大家很放心。”一位居民告诉记者。",
        "很放心",
        "很满意",
        ("quotation",),
    ),
    Wording("typo", "有关部门已经作出部暑。", "部暑", "部署", ("typo",)),
    Wording("punctuation", "水压上去了，大家都很高兴。", "，", "；", ("formatting",)),
    Wording("wording", "有关方面正在抓紧研究解决办法。", "解决办法", "应对措施", ("rewritten",)),
    Wording(
        "clause cut",
        "工程预计年内完工，届时沿线群众出行会更加便捷。",
        "，届时沿线群众出行会更加便捷",
        "",
        ("deletion",),
    ),
)
_ADDED = "周边群众告诉来访的媒体，他们希望有关方面尽快公布处理结果，并把善后工作做细做实。"
_MOVED = ("沿线的商户对此普遍表示欢迎。", "管线的走向在社区的公告栏里公示。")
_NOTE = "更正：本文此前报道有误，特此致歉。"


def speaker(sheet: Sheet, chance: random.Random) -> Edit | None:
    """Somebody else says it."""
    told = Wording("", "王建民说，供水已经全面恢复。", "王建民", "周志强", ("fact", "quotation"))
    return told(sheet, chance)


def _extent(before: Article, left: int) -> frozenset[str]:
    """Return what the length alone says, for a body with so many characters left."""
    length = sum(len(block.text) for block in before.body)
    kinds = {"gutted"} if left < 0.5 * length else {"shortened"} if left < 0.9 * length else set()
    return frozenset(kinds)


def paragraph_added(sheet: Sheet, _chance: random.Random) -> Edit | None:
    """A new paragraph."""
    before = sheet.article
    if not sheet.insert([_ADDED], 0.7):
        return None
    return Edit(before, sheet.bytes(), {"body": frozenset({"addition"})})


def paragraph_cut(sheet: Sheet, _chance: random.Random) -> Edit | None:
    """A paragraph that is gone."""
    if not sheet.insert([_ADDED], 0.7) or not sheet.settle():
        return None
    before = sheet.article
    sheet.replace(_ADDED, "")
    size = sum(len(block.text) for block in before.body)
    return Edit(
        before,
        sheet.bytes(),
        {"body": frozenset({"deletion"}) | _extent(before, size - len(_ADDED))},
    )


def paragraphs_moved(sheet: Sheet, _chance: random.Random) -> Edit | None:
    """Two paragraphs in the other order."""
    if not sheet.insert(list(_MOVED)) or not sheet.settle():
        return None
    before = sheet.article
    first, second = (sheet.find(text, whole=True) for text in _MOVED)
    if first is None or second is None:
        return None
    first.put(_MOVED[1])
    second.put(_MOVED[0])
    return Edit(before, sheet.bytes(), {"body": frozenset({"formatting"})})


def correction_note(sheet: Sheet, _chance: random.Random) -> Edit | None:
    """A note that announces a correction, and nothing else."""
    before = sheet.article
    if not sheet.insert([_NOTE], 0.9):
        return None
    return Edit(before, sheet.bytes(), {"body": frozenset({"correction"})}, announced=True)


def announced_fact(sheet: Sheet, chance: random.Random) -> Edit | None:
    """A number put right, with a note that says so."""
    edit = WORDINGS[0](sheet, chance)
    if edit is None or not sheet.insert([_NOTE], 0.9):
        return None
    return Edit(edit.before, sheet.bytes(), {"body": frozenset({"fact", "correction"})}, True)


def gutted(sheet: Sheet, _chance: random.Random) -> Edit | None:
    """Most of the text gone."""
    return _cut_share(sheet, 0.7, "gutted")


def shortened(sheet: Sheet, _chance: random.Random) -> Edit | None:
    """A quarter of the text gone."""
    return _cut_share(sheet, 0.25, "shortened")


def _cut_share(sheet: Sheet, share: float, kind: str) -> Edit | None:
    """Empty paragraphs without figures from the end until that share of the text is gone."""
    before, nodes = sheet.article, sheet.paragraphs()
    total = sum(len(block.text) for block in before.body)
    if len(nodes) < 5 or len(nodes) < 0.8 * len(before.body):
        return None
    cut = 0
    for node in reversed(nodes[1:]):
        if cut >= share * total:
            break
        cut += len(node.text.strip())
        node.put("")
    if _extent(before, total - cut) != {kind}:
        return None
    return Edit(before, sheet.bytes(), {"body": frozenset({kind, "deletion"})})


def headline_reworded(sheet: Sheet, _chance: random.Random) -> Edit | None:
    """Another headline for the same text."""
    return _headline(sheet, "山间小镇迎来新的图书馆", "山间小镇的图书馆敞开大门", {"headline"})


def headline_number(sheet: Sheet, _chance: random.Random) -> Edit | None:
    """Another number in the headline."""
    return _headline(
        sheet, "青屏一仓库起火致3人死亡", "青屏一仓库起火致13人死亡", {"headline", "fact"}
    )


def headline_typo(sheet: Sheet, _chance: random.Random) -> Edit | None:
    """A wrong character in the headline put right."""
    return _headline(
        sheet, "青屏县部暑春季造林工作安排", "青屏县部署春季造林工作安排", {"headline", "typo"}
    )


def _headline(sheet: Sheet, old: str, new: str, kinds: set[str]) -> Edit | None:
    printed = sheet.article.headline
    if printed in (sheet.article.original_headline or ""):
        return None
    _put_headline(sheet, printed, old)
    if not sheet.settle() or sheet.article.headline != old:
        return None
    before = sheet.article
    _put_headline(sheet, old, new)
    return Edit(before, sheet.bytes(), {"headline": frozenset(kinds)})


def _put_headline(sheet: Sheet, old: str, new: str) -> None:
    sheet.replace(old, new)
    for title in sheet.root.iter("title"):
        if title.text:
            title.text = title.text.replace(old, new)
    for meta in sheet.root.iter("meta"):
        if old in (meta.get("content") or ""):
            meta.set("content", (meta.get("content") or "").replace(old, new))


def _put_everywhere(sheet: Sheet, old: str, new: str) -> None:
    """Replace words in texts, attributes and scripts alike."""
    for element in sheet.root.iter():
        for name, value in [(str(name), str(value)) for name, value in element.attrib.items()]:
            if old in value:
                element.set(name, value.replace(old, new))
        if element.text and old in element.text:
            element.text = element.text.replace(old, new)
        if element.tail and old in element.tail:
            element.tail = element.tail.replace(old, new)


def _outside_text(article: Article, words: str) -> bool:
    captions = [image.caption or "" for image in article.images]
    texts = [article.headline, *captions, *(block.text for block in article.body)]
    return not any(words in text for text in texts)


def person_replaced(sheet: Sheet, _chance: random.Random) -> Edit | None:
    """Somebody else edited or wrote it."""
    before = sheet.article
    for credit in before.credits:
        han = re.fullmatch("[一-鿿]{2,3}", credit.name)
        free = han and credit.kind == "person" and _outside_text(before, credit.name)
        if free and sheet.find(credit.name):
            _put_everywhere(sheet, credit.name, "周文静")
            return Edit(before, sheet.bytes(), {"credits": frozenset({"credit"})})
    return None


def editor_added(sheet: Sheet, _chance: random.Random) -> Edit | None:
    """A line at the foot that names who reviewed it."""
    nodes = sheet.paragraphs()
    before = sheet.article
    if (
        len(nodes) < 2
        or nodes[-1].tail
        or "".join(before.body[-1].text.split()) != "".join(nodes[-1].text.split())
    ):
        return None
    holder = nodes[-1].holder()
    if holder is None or holder.tag != "p":
        return None
    line = type(holder)()
    line.tag, line.text = "p", "审核：周文静"
    holder.addnext(line)
    return Edit(before, sheet.bytes(), {"credits": frozenset({"credit"})})


def source_replaced(sheet: Sheet, _chance: random.Random) -> Edit | None:
    """Another source named."""
    before = sheet.article
    if not before.source or not _outside_text(before, before.source):
        return None
    used = [*before.section, *(c.affiliation or "" for c in before.credits)]
    if any(before.source in text for text in [*used, *(c.name for c in before.credits)]):
        return None
    if not sheet.replace(before.source, "北屏晚报"):
        return None
    return Edit(before, sheet.bytes(), {"source": frozenset({"source"})})


def back_dated(sheet: Sheet, _chance: random.Random) -> Edit | None:
    """An earlier day of publication, wherever the page states it."""
    before, time = sheet.article, sheet.article.published_at
    if time is None or time.approximate or time.at.day < 2:
        return None
    day, earlier = time.at, time.at.replace(day=time.at.day - 1)
    found = False
    for form in ("%Y-%m-%d", "%Y年%m月%d日", "%Y/%m/%d", "%Y.%m.%d"):
        old, new = day.strftime(form), earlier.strftime(form)
        if not _outside_text(before, old) or any(old in image.url for image in before.images):
            return None
        found = found or sheet.find(old) is not None
        _put_everywhere(sheet, old, new)
    return (
        Edit(before, sheet.bytes(), {"published_at": frozenset({"published_at"})})
        if found
        else None
    )


def section_moved(sheet: Sheet, _chance: random.Random) -> Edit | None:
    """The article under another section."""
    before = sheet.article
    if len(before.section) < 2 or not _outside_text(before, before.section[-1]):
        return None
    nodes = [node for node in sheet.texts() if node.text.strip() == before.section[-1]]
    if not nodes:
        return None
    for node in nodes:
        node.put("民生观察")
    return Edit(before, sheet.bytes(), {"section": frozenset({"section"})})


def image_replaced(sheet: Sheet, _chance: random.Random) -> Edit | None:
    """Another picture in the same place."""
    before = sheet.article
    if not before.images:
        return None
    name = before.images[0].url.rpartition("/")[2].partition("?")[0]
    if len(name) < 5 or "." not in name or sum(name in i.url for i in before.images) != 1:
        return None
    _put_everywhere(sheet, name, "another-picture-0815.jpg")
    return Edit(before, sheet.bytes(), {"images": frozenset({"image"})})


def original_headline_changed(sheet: Sheet, _chance: random.Random) -> Edit | None:
    """Another headline named as that at the origin."""
    before, old = sheet.article, sheet.article.original_headline
    if not old or old in before.headline or not _outside_text(before, old):
        return None
    new = "山间小镇迎来新的图书馆"
    if not sheet.replace(old, new):
        return None
    return Edit(before, sheet.bytes(), {"original_headline": frozenset({"original_headline"})})


def taken_back(sheet: Sheet, _chance: random.Random) -> Edit | None:
    """A number changed, and then changed back."""
    text = WORDINGS[0]
    if not sheet.insert([text.sentence]) or not sheet.settle():
        return None
    if text.sentence not in [block.text for block in sheet.article.body]:
        return None
    first = sheet.bytes()
    sheet.replace(text.sentence, text.sentence.replace(text.old, text.new))
    if not sheet.settle():
        return None
    return Edit(sheet.article, first, {"body": frozenset({"fact", "reversal"})}, back=True)


def person_dropped(sheet: Sheet, _chance: random.Random) -> Edit | None:
    """One of several who are named together is named no more."""
    before = sheet.article
    for one, other in pairwise(before.credits):
        alone = one.role is other.role and one.kind == other.kind == "person"
        if not alone or not _outside_text(before, other.name):
            continue
        named = re.compile(f"({re.escape(one.name)})[、 \u3000]{{1,3}}{re.escape(other.name)}")
        nodes = [node for node in sheet.texts() if named.search(node.text)]
        if len(nodes) == 1 and sum(other.name in node.text for node in sheet.texts()) == 1:
            nodes[0].put(named.sub(r"\1", nodes[0].text))
            return Edit(before, sheet.bytes(), {"credits": frozenset({"credit"})})
    return None


def dated_later(sheet: Sheet, _chance: random.Random) -> Edit | None:
    """Nothing but the displayed hour of publication is another."""
    before, time = sheet.article, sheet.article.published_at
    if time is None or time.approximate or time.precision is Precision.DAY or time.at.hour > 22:
        return None
    old = f"{time.at:%H:%M}"
    new = f"{time.at.replace(hour=time.at.hour + 1):%H:%M}"
    if not _outside_text(before, old) or any(old in image.url for image in before.images):
        return None
    if sheet.find(old) is None:
        return None
    _put_everywhere(sheet, old, new)
    return Edit(before, sheet.bytes(), {"published_at": frozenset({"published_at"})})


FUNCTIONS: tuple[Meaning, ...] = (
    speaker, paragraph_added, paragraph_cut, paragraphs_moved, correction_note, announced_fact,
    gutted, shortened, headline_reworded, headline_number, headline_typo, person_replaced,
    editor_added, source_replaced, back_dated, section_moved, image_replaced,
    original_headline_changed, taken_back, person_dropped, dated_later,
)  # fmt: skip
OPERATORS: dict[str, Meaning] = {
    **{wording.name: wording for wording in WORDINGS},
    **{function.__name__.replace("_", " "): function for function in FUNCTIONS},
}
