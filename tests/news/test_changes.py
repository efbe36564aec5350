"""What kind of change an edit is, by rules that say what they rest on."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.article import Article, Block, Credit, Image, Precision, PrintedTime, Role
from news.changes import FieldChange, compare
from news.kinds import WEIGHTS
from news.versions import compared_fields, content_digest

NOON = datetime(2022, 11, 7, 4, 0, tzinfo=UTC)
BODY = (
    "湖畔区昨晚发生一起事故，造成死亡3人，另有5人受伤。救援工作持续到凌晨。",
    "项目总投资1.5亿元，同比增长3.5%。负责人表示：“我们会尽快查明原因。”",
    "多名居民在现场协助疏散，周边道路临时封闭，附近学校停课半日，供水供电没有受到影响。",
    "他不认罪。所谓“专家”的说法遭到质疑。区里将公布后续调查结果，并对受损房屋逐一登记。",
    "记者从现场了解到，安置点已备好棉被和热食，志愿者正在分发物资，秩序良好。",
)
ARTICLE = Article(
    url="http://news.example/a/1.html",
    headline="湖畔区一在建项目发生事故",
    original_headline="在建项目事故追踪",
    section=("要闻", "民生"),
    published_at=PrintedTime(NOON, Precision.MINUTE),
    source="湖畔日报",
    credits=(
        Credit(Role.REPORTER, "安一"),
        Credit(Role.REPORTER, "白二"),
        Credit(Role.EDITOR, "岑三"),
        Credit(Role.REVIEWER, "董四", level=1),
    ),
    body=tuple(map(Block, BODY)),
    images=(Image("http://img.example/a/1.jpg", "现场"), Image("http://img.example/a/2.jpg")),
)


def edited(old: str, new: str) -> Article:
    """Return the article with one passage of its body exchanged."""
    assert any(old in text for text in BODY)
    return replace(ARTICLE, body=tuple(Block(text.replace(old, new)) for text in BODY))


def only(after: Article) -> FieldChange:
    """Return the one change of the article."""
    (change,) = compare(ARTICLE, after)
    return change


@pytest.mark.parametrize(
    ("old", "new", "kinds", "rule"),
    [
        ("死亡3人", "死亡13人", {"fact"}, "number 3人→13人"),
        ("1.5亿", "15亿", {"fact"}, "money 1.5亿元→15亿元"),
        ("1.5亿", "1.5万", {"fact"}, "money 1.5亿元→1.5万元"),
        ("3.5%", "35%", {"fact"}, "percent 3.5%→35%"),
        ("昨晚", "今晚", {"fact"}, "date 昨晚→今晚"),
        ("不认罪", "认罪", {"fact"}, "negation 不→∅"),
        ("没有受到", "受到", {"fact"}, "negation 没有→∅"),
        ("持续到凌晨", "不断持续到凌晨", {"typo"}, "∅→不断"),
        ("持续到凌晨", "不持续到凌晨", {"fact"}, "negation ∅→不"),
        ("他不认罪。", "他不认罪？", {"fact"}, "certainty 。→?"),
        ("死亡3人", "失联3人", {"fact"}, "casualty 死亡→失联"),
        ("负责人表示：“我们会尽快查明原因。”", "", {"deletion"}, "负责人表示"),
        ("所谓“专家”的", "所谓专家的", {"quotation"}, '"→'),
        ("尽快查明", "全面查明", {"quotation"}, "尽快→全面"),
        ("热食", "热饭", {"typo"}, "食→饭"),
        ("救援工作持续到凌晨。", "", {"deletion"}, "10 characters: 救援工作持续到凌晨。"),
        ("持续到凌晨。", "持续到凌晨，", {"formatting"}, "。→,"),
        (
            "救援工作持续到凌晨。",
            "救援工作持续到凌晨。区里已成立专班，连夜调拨帐篷，并对周边三个小区展开排查，防止次生灾害。",
            {"addition"},
            "characters: 区里已成立专班",
        ),
        (
            "志愿者正在分发物资，秩序良好",
            "街道干部正在挨家挨户走访，秩序井然",
            {"rewritten"},
            "wording",
        ),
    ],
)
def test_an_edit_of_the_body_gets_its_kind_and_says_why(
    old: str, new: str, kinds: set[str], rule: str
) -> None:
    change = only(edited(old, new))

    assert (change.field, set(change.kinds)) == ("body", kinds)
    assert rule in change.rule


def test_a_speaker_exchanged_is_a_fact_and_a_quotation() -> None:
    before = replace(ARTICLE, body=(Block("市长王小明表示，工程将于年底完工。"),))
    after = replace(ARTICLE, body=(Block("市长李大华表示，工程将于年底完工。"),))
    (change,) = compare(before, after)

    assert set(change.kinds) == {"fact", "quotation"}
    assert "speaker 王小明→李大华" in change.rule


def test_a_credited_name_is_a_name_wherever_it_stands() -> None:
    before = replace(ARTICLE, body=(Block("稿件随后由安一核对。"),))
    after = replace(ARTICLE, body=(Block("稿件随后由白二核对。"),))
    (change,) = compare(before, after)

    assert change.kinds == ("fact",)
    assert "name 安一→白二" in change.rule


def test_a_place_exchanged_is_a_fact() -> None:
    before = replace(ARTICLE, body=(Block("车队当天下午从嘉兴出发。"),))
    after = replace(ARTICLE, body=(Block("车队当天下午从湖州出发。"),))

    assert compare(before, after)[0].kinds == ("fact",)


def test_two_numbers_of_one_date_are_one_fact() -> None:
    before = replace(ARTICLE, body=(Block("签约在2021年11月8日举行。"),))
    after = replace(ARTICLE, body=(Block("签约在2022年12月8日举行。"),))

    assert "date 2021年11月8日→2022年12月8日" in compare(before, after)[0].rule


@pytest.mark.parametrize(
    ("body", "kinds", "reason"),
    [
        (BODY[::-1], {"formatting"}, "paragraphs in another order"),
        (("".join(BODY[:2]), *BODY[2:]), {"formatting"}, "two paragraphs joined"),
        (BODY[:3], {"deletion", "shortened"}, "two paragraphs of five cut"),
        (BODY[:1], {"deletion", "gutted"}, "four paragraphs of five cut"),
        ((), {"deletion", "gutted"}, "all cut"),
        (
            tuple(text.translate(dict.fromkeys(range(0x4E00, 0x9FFF), "换")) for text in BODY),
            {"rewritten"},
            "every sentence another",
        ),
    ],
)
def test_a_large_edit_gets_its_kind(body: tuple[str, ...], kinds: set[str], reason: str) -> None:
    assert set(only(replace(ARTICLE, body=tuple(map(Block, body)))).kinds) == kinds, reason


def test_a_paragraph_made_a_heading_is_formatting() -> None:
    body = (replace(ARTICLE.body[0], heading=True), *ARTICLE.body[1:])

    assert only(replace(ARTICLE, body=body)).kinds == ("formatting",)


@pytest.mark.parametrize(
    "note",
    [
        "更正：本文此前所报伤亡数字有误。",
        "【勘误】原文第二段应为“十五人”。",
        "本报11月8日的报道有误，特此更正并向读者致歉。",
        "编者按：本文已更新。",
    ],
)
def test_a_correction_note_announces_every_change_of_its_version(note: str) -> None:
    after = edited("死亡3人", "死亡13人")
    after = replace(after, body=(*after.body, Block(note)), headline="湖畔区发生事故")
    changes = compare(ARTICLE, after)

    assert {change.field for change in changes} == {"headline", "body"}
    assert all(change.announced for change in changes)
    assert set(changes[1].kinds) == {"fact", "correction"}


@pytest.mark.parametrize(
    "sentence",
    ["该公司随后向消费者致歉。", "当事人可在十日内办理更正登记。", "企业公开致歉：将赔偿。"],
)
def test_news_of_an_apology_is_no_correction_note(sentence: str) -> None:
    change = only(replace(ARTICLE, body=(*ARTICLE.body, Block(sentence))))

    assert not change.announced
    assert "correction" not in change.kinds


def test_a_note_that_was_there_before_announces_nothing() -> None:
    note = Block("更正：本文此前所报数字有误。")
    before = replace(ARTICLE, body=(*ARTICLE.body, note))
    after = replace(edited("死亡3人", "死亡13人"), body=(*edited("3人", "13人").body, note))

    assert not any(change.announced for change in compare(before, after))


def credited(*credits_: Credit) -> Article:
    return replace(ARTICLE, credits=credits_)


ONE, TWO, EDITOR, REVIEWER = ARTICLE.credits


@pytest.mark.parametrize(
    ("after", "rule"),
    [
        (credited(ONE, TWO, replace(EDITOR, name="范五"), REVIEWER), "editor 岑三→范五"),
        (credited(ONE, EDITOR, REVIEWER), "reporter dropped 白二"),
        (credited(*ARTICLE.credits, Credit(Role.PROOFREADER, "范五")), "proofreader added 范五"),
        (
            credited(replace(ONE, affiliation="湖畔日报"), TWO, EDITOR, REVIEWER),
            "reporter 安一 of ∅→湖畔日报",
        ),
        (credited(ONE, TWO, EDITOR, replace(REVIEWER, level=2)), "reviewer 董四 at level 1→2"),
        (
            credited(replace(ONE, role=Role.WRITER), TWO, EDITOR, REVIEWER),
            "reporter dropped 安一, writer added 安一",
        ),
    ],
)
def test_a_change_of_credits_says_who_and_in_what_role(after: Article, rule: str) -> None:
    change = only(after)

    assert (change.field, change.kinds) == ("credits", ("credit",))
    assert change.rule == f"credit (0.40): {rule}"


@pytest.mark.parametrize(
    ("field", "value", "kinds", "rule"),
    [
        ("headline", "湖畔区一在建项目发生坍塌事故致3人遇难", {"headline", "fact"}, "遇难"),
        ("headline", "湖畔区，一在建项目发生事故", {"headline", "formatting"}, "minor"),
        ("headline", "湖畔区一在建项目发生事顾", {"headline", "typo"}, "minor"),
        ("headline", "区里通报调查进展", {"headline"}, "→区里通报调查进展"),
        ("kicker", "快讯", {"headline"}, "∅→快讯"),
        ("subheadline", "调查组已进驻现场", {"headline"}, "∅→调查组"),
        ("original_headline", "项目事故后续", {"original_headline"}, "→项目事故后续"),
        ("original_headline", None, {"original_headline"}, "→∅"),
        ("source", "山前晚报", {"source"}, "湖畔日报→山前晚报"),
        ("section", ("要闻",), {"section"}, "要闻 > 民生→要闻"),
        (
            "published_at",
            PrintedTime(NOON - timedelta(hours=2), Precision.MINUTE),
            {"published_at"},
            "back-dated",
        ),
        (
            "published_at",
            PrintedTime(NOON + timedelta(hours=2), Precision.MINUTE),
            {"published_at"},
            "moved forward",
        ),
        ("published_at", None, {"published_at"}, "→∅"),
        ("images", ARTICLE.images[:1], {"image"}, "1 removed"),
        ("images", ARTICLE.images[::-1], {"image"}, "order changed"),
        ("images", (Image(ARTICLE.images[0].url), ARTICLE.images[1]), {"image"}, "captions"),
    ],
)
def test_a_change_of_any_other_field_gets_its_kind(
    field: str, value: Any, kinds: set[str], rule: str
) -> None:
    change = only(replace(ARTICLE, **{field: value}))

    assert (change.field, set(change.kinds)) == (field, kinds)
    assert rule in change.rule


def test_a_reversal_is_said_of_every_changed_field() -> None:
    (change,) = compare(ARTICLE, edited("死亡3人", "死亡13人"), reversal=True)

    assert set(change.kinds) == {"fact", "reversal"}


def test_one_digit_of_a_fact_weighs_more_than_a_long_addition_or_a_typo() -> None:
    """Never a pure size threshold: one digit can be the story."""
    fact = only(edited("死亡3人", "死亡13人"))
    addition = only(replace(ARTICLE, body=(*ARTICLE.body, Block("各方反应平静。" * 8))))
    typo = only(edited("热食", "热饭"))

    assert fact.significance > addition.significance > typo.significance


NAMES = st.sampled_from(["安一", "白二", "岑三", "安 一"])
LINES = st.sampled_from(
    ["", "死亡3人。", "死亡13人。", "“好”", "好", "更正：本文有误。", "1.5", "15"]
)
TIMES = st.sampled_from([NOON, NOON + timedelta(hours=1)])
ARTICLES = st.builds(
    Article,
    url=st.just("http://news.example/a/1.html"),
    headline=LINES | st.text(max_size=8),
    kicker=st.none() | LINES,
    original_headline=st.none() | LINES,
    section=st.lists(st.sampled_from(["要闻", "民生", ""]), max_size=2).map(tuple),
    published_at=st.none()
    | st.builds(PrintedTime, TIMES, st.sampled_from(Precision), st.booleans()),
    source=st.none() | LINES,
    credits=st.lists(
        st.builds(
            Credit,
            st.sampled_from([Role.EDITOR, Role.REPORTER]),
            NAMES,
            affiliation=st.none() | NAMES,
            level=st.sampled_from([None, 1, 2]),
        ),
        max_size=3,
    ).map(tuple),
    body=st.lists(
        st.builds(Block, LINES | st.text("甲乙3.。“ \u3000", max_size=12), st.booleans()),
        max_size=4,
    ).map(tuple),
    images=st.lists(
        st.builds(
            Image, st.sampled_from(["http://a/1", "http://b/1?x", "http://a/2"]), st.none() | LINES
        ),
        max_size=2,
    ).map(tuple),
)


@given(ARTICLES, ARTICLES)
def test_there_is_a_change_if_and_only_if_there_is_a_version(one: Article, other: Article) -> None:
    assert bool(compare(one, other)) is (content_digest(one) != content_digest(other))


@given(ARTICLES, ARTICLES, st.booleans())
def test_each_changed_field_has_kinds_of_the_list_and_a_rule(
    one: Article, other: Article, reversal: bool
) -> None:
    old, new = compared_fields(one), compared_fields(other)
    changes = compare(one, other, reversal=reversal)

    assert {change.field for change in changes} == {
        field for field in {*old, *new} if old.get(field) != new.get(field)
    }
    for change in changes:
        assert change.kinds
        assert set(change.kinds) <= set(WEIGHTS)
        assert len(set(change.kinds)) == len(change.kinds)
        assert all(f"{kind} (" in change.rule for kind in change.kinds)
        assert 0 < change.significance <= 1
