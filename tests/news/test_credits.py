"""Credit lines, with invented names: what they say, and what prose does not say."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from news.article import Credit, PartyKind, Role
from news.credit_lifting import Position
from news.credits import (
    clean_source,
    find_inline_credits,
    is_credit_line,
    parse_credit_line,
    parse_original_headline,
)
from news.labels import LABELS, Field


def told(parties: tuple[Credit, ...]) -> str:
    """Write credits as `role:name@affiliation#level`, organisations with a star."""
    parts = []
    for credit in parties:
        star = "*" if credit.kind is PartyKind.ORGANIZATION else ""
        outlet = f"@{credit.affiliation}" if credit.affiliation else ""
        level = f"#{credit.level}" if credit.level else ""
        parts.append(f"{credit.role.value}:{star}{credit.name}{outlet}{level}")
    return " ".join(parts)


def test_the_foot_line_of_the_model_page_gives_each_fact_apart() -> None:
    line = parse_credit_line(
        "来源:桐湖日报    | 撰稿:记者 王小明 李莉莉 通讯员 赵大勇 钱一枫    "
        "| 责编:孙文文    审核:周明"
    )
    assert line.source == "桐湖日报"
    assert told(line.credits) == (
        "reporter:王小明 reporter:李莉莉 correspondent:赵大勇 correspondent:钱一枫 "
        "editor:孙文文 reviewer:周明"
    )


def test_the_contact_line_gives_address_and_number() -> None:
    line = parse_credit_line("新闻投稿:tonghu@example.com 新闻热线:0573-82220000")
    assert (line.contact_email, line.contact_phone) == ("tonghu@example.com", "0573-82220000")
    assert not line.credits


@pytest.mark.parametrize(
    ("text", "parties", "reason"),
    [
        ("撰稿：王小明", "writer:王小明", "a writing label without title"),
        ("撰稿：记者 王小明", "reporter:王小明", "an explicit title wins over a writing label"),
        ("作者: 摄影 记者 王小明", "photographer:王小明", "a photo function wins over a title"),
        ("记者 王小明 摄", "photographer:王小明", "and so does one that follows"),
        ("摄影：桐湖日报记者王小明", "photographer:王小明@桐湖日报", "a photo label as well"),
        ("（责编：王小明、李莉）", "editor:王小明 editor:李莉", "a bracket is no part of a name"),
        ("编辑 王小明 校对 李莉", "editor:王小明 proofreader:李莉", "labels set off by spaces"),
        ("编辑/王小明 校对/李莉", "editor:王小明 proofreader:李莉", "labels set off by slashes"),
        ("编辑丨王小明", "editor:王小明", "labels set off by a bar of any kind"),
        ("记者/王小明编辑/李莉", "reporter:王小明 editor:李莉", "a label glued to the last name"),
        ("编辑：王小明审核：李莉", "editor:王小明 reviewer:李莉", "the same with colons"),
        ("编 辑：王小明　责 编：李莉", "editor:王小明 editor:李莉", "padded labels"),
        ("责任编辑：王　明", "editor:王明", "a padded name"),
        ("记者王小明李莉", "reporter:王小明 reporter:李莉", "two names glued"),
        ("记者 欧阳春 诸葛小明", "reporter:欧阳春 reporter:诸葛小明", "compound surnames"),
        (
            "记者 阿依古丽·买买提 卓玛次仁",
            "reporter:阿依古丽·买买提 reporter:卓玛次仁",
            "names without a Chinese surname",
        ),
        ("责编：Lucy Wang", "editor:Lucy Wang", "a Latin name keeps its space"),
        ("责任编辑：王小明_NF4425", "editor:王小明", "a staff code is dropped"),
        ("作者：未知 编辑：admin", "", "placeholders are no credits"),
        ("编辑： 审核：", "", "empty labels give nothing"),
        (
            "一审：王小明 二审 李莉 终审/周明",
            "reviewer:王小明#1 reviewer:李莉#2 reviewer:周明#3",
            "levels of review",
        ),
        ("初审编辑：王小明", "reviewer:王小明#1", "a level of review wins over 编辑"),
        ("值班主任：王小明", "reviewer:王小明", "a duty chief lets pass"),
        ("综编：王小明", "editor:王小明", "an unlisted label is read by its ending"),
        ("本篇统筹：王小明", "producer:王小明", "a compound label by its listed ending"),
        ("摄影/剪辑：王小明", "photographer:王小明 videographer:王小明", "a joint label"),
        ("文/图 王小明", "writer:王小明 photographer:王小明", "文/图 is two credits"),
        ("记者 王小明 文/图", "reporter:王小明 photographer:王小明", "added to the title"),
        ("王小明 文 李莉 图", "writer:王小明 photographer:李莉", "functions after the names"),
        ("文 王小明 图 李莉", "writer:王小明 photographer:李莉", "functions before the names"),
        ("（文/王小明 图/宣传部）", "writer:王小明 contributor:*宣传部", "an office supplies"),
        ("图片来源：视觉中国", "contributor:*视觉中国", "a picture's source is no text source"),
        ("图片由市文旅局提供", "contributor:*市文旅局", "a passive phrase"),
        ("作者：新闻中心", "writer:*新闻中心", "an organisation in a person's place"),
        (
            "澎湖新闻记者 王小明 见习记者 李莉",
            "reporter:王小明@澎湖新闻 reporter:李莉",
            "an affiliation ends with its title",
        ),
        ("桐湖日报全媒体首席记者 王小明", "reporter:王小明@桐湖日报", "rank words are none of it"),
        ("本报记者 王小明", "reporter:王小明", "the outlet itself is no affiliation"),
        (
            "桐湖云/新湖日报记者王小明摄",
            "photographer:王小明@桐湖云/新湖日报",
            "an affiliation of two outlets",
        ),
        ("王小明｜Lake財經特派記者", "reporter:王小明@Lake財經", "the title after the name"),
        ("記者王小明／台北報導", "reporter:王小明", "traditional characters, a place"),
        ("【時報記者王小明台北報導】", "reporter:王小明@時報", "a place glued to the name"),
        ("責任編輯：陳大文", "editor:陳大文", "names stay as printed"),
        ("（譯者：王小明/核稿：李莉）1130310", "translator:王小明 reviewer:李莉", "agency form"),
        ("王小明 李　莉", "writer:王小明 writer:李莉", "bare names at the foot are writers"),
        ("来源：桐湖日报 王小明", "writer:王小明", "a person after the source"),
        ("来源：本报记者 王小明", "reporter:王小明", "people instead of a source"),
        ("编辑：小鱼不是猫", "editor:小鱼不是猫", "a pen name alone behind its label"),
    ],
)
def test_a_foot_line_names_its_parties(text: str, parties: str, reason: str) -> None:
    assert told(parse_credit_line(text, position="foot").credits) == parties, reason


@pytest.mark.parametrize(
    ("text", "source", "parties", "reason"),
    [
        ("本报讯（记者 王小明）会议今天召开。", None, "reporter:王小明", "本报 names no outlet"),
        (
            "新华社某州12月9日电（记者王小明）会议今天召开。",
            "新华社",
            "reporter:王小明",
            "a wire dateline",
        ),
        ("中新网杭州2月5日电（王小明 李莉）", "中新网", "reporter:王小明 reporter:李莉", "bare"),
        ("桐湖新闻讯（记者王小明）", "桐湖新闻", "reporter:王小明", "a local dateline"),
        ("（中央社記者王小明台北1日電）", "中央社", "reporter:王小明@中央社", "signed inside"),
        ("会议昨天闭幕。（记者 王小明 通讯员 李莉）", None,
         "reporter:王小明 correspondent:李莉", "a bracket in running text"),
        ("图为会场。王小明 摄", None, "photographer:王小明", "the last sentence of a caption"),
        ("会场一角 王小明 摄", None, "photographer:王小明", "a caption set off by a space"),
        ("（新华社发 王小明 摄）", "新华社", "photographer:王小明", "新华社发 names the source"),
        ("（据新华社）", "新华社", "", "a source in a bracket"),
        ("记者 王小明 报道：今天，会议召开。", None, "reporter:王小明", "报道 ends a byline"),
    ],
)  # fmt: skip
def test_running_text_carries_credits(
    text: str, source: str | None, parties: str, reason: str
) -> None:
    line = find_inline_credits(text)
    assert (line.source, told(line.credits)) == (source, parties), reason


@pytest.mark.parametrize(
    "prose",
    [
        "记者从市发改委获悉，今年将新建公园十座。",
        "消息来源显示，双方已经见面。",
        "编辑小段文字，三分钟就能学会。",
        "原作者女儿在网上回应了此事。",
        "据知情人士介绍，工程已经完工。",
        "记者王小明介绍说，他跑了三个村。",
        "他是一名记者，名叫王小明。",
        "记者：您怎么看？王主任：很有信心。",
        "编辑部的灯亮到深夜。",
        "初审：7月1日；终审：9月1日。",
        "文/理科不再分班。",
        "摄影：光与影的艺术",
        "一等奖：王小明 二等奖：李莉",
        "（作者单位：桐湖大学）",
        "（记者 注：数据截至三月）",
        "市府舉行記者會說明。",
        "王小明 李莉",
    ],
)
def test_plain_prose_gives_nothing(prose: str) -> None:
    line = find_inline_credits(prose)
    assert (line.credits, line.source) == ((), None)


@pytest.mark.parametrize(
    ("text", "source", "published", "reason"),
    [
        ("2019-09-26 12:11来源：桐湖时报网作者：王小明", "桐湖时报网", "2019-09-26T12:11+08:00",
         "a glued run"),
        ("来源：《桐湖酒报》  2021-04-08 15:23", "桐湖酒报", "2021-04-08T15:23+08:00", "《》"),
        ("来源：桐湖县融媒体中心2025-04-24", "桐湖县融媒体中心", "2025-04-24", "a bare date"),
        ("2024-03-05 10:22 来源： 浏览：7,816次", None, "2024-03-05T10:22+08:00", "empty source"),
        ("2024-03-05 10:22 | 桐湖在线", "桐湖在线", "2024-03-05T10:22+08:00", "no label at all"),
        ("时间：2024-03-05 来源：网络整理", None, "2024-03-05", "a placeholder"),
        ("来源：桐湖日报原创 字号：大 中 小", "桐湖日报", None, "原创 and controls are noise"),
    ],
)  # fmt: skip
def test_a_head_line_gives_source_and_time(
    text: str, source: str | None, published: str | None, reason: str
) -> None:
    line = parse_credit_line(text, position="head")
    printed = line.published_at.isoformat() if line.published_at else None
    assert (line.source, printed) == (source, published), reason


@pytest.mark.parametrize(
    ("text", "headline"),
    [
        ("（原标题：某湖治水记——一座小城的十年）", "某湖治水记——一座小城的十年"),
        ("原标题：某湖治水记", "某湖治水记"),
        ("(原文标题:某湖（下）)", "某湖（下）"),
        ("（原题为《某湖治水记》）", "某湖治水记"),
        ("（原标题：《某湖》的《水》）", "《某湖》的《水》"),
        ("来源：某报 原标题：某湖治水记 责任编辑：王小明", "某湖治水记"),
        ("他说原标题：不好", None),
        ("原题为难不倒他", None),
    ],
)
def test_the_original_headline_is_taken_without_its_marks(text: str, headline: str | None) -> None:
    assert parse_original_headline(text) == headline


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("来源：桐湖日报", "桐湖日报"),
        ("稿件来源: 《桐湖日报》", "桐湖日报"),
        ("转自：新湖·桐湖日报", "新湖·桐湖日报"),
        ("来源：综合桐湖日报、新湖网", "桐湖日报、新湖网"),
        ("来源：本站原创", "本站原创"),
        ("未知", None),
        ("网络整理", None),
        ("来源：", None),
        ("NF4425", None),
    ],
)
def test_a_source_is_an_outlets_name_alone(text: str, source: str | None) -> None:
    assert clean_source(text) == source


@pytest.mark.parametrize(
    "line",
    [
        "责任编辑：王小明",
        "（记者 王小明 通讯员 李莉）",
        "来源：桐湖日报",
        "2024-03-05 10:22 来源：桐湖日报 作者：王小明",
        "（原标题：某湖治水记）",
        "新闻投稿:tonghu@example.com 新闻热线:0573-82220000",
        "王小明 摄",
        "编辑：",
    ],
)
def test_a_line_of_credits_alone_is_one(line: str) -> None:
    assert is_credit_line(line)


@pytest.mark.parametrize(
    "line",
    [
        "会议昨天闭幕。（记者 王小明）",
        "记者从市发改委获悉，今年将新建公园十座。",
        "作者简介：王小明，桐湖大学教授。",
        "王小明",
        "时间：3月5日 地点：市会议中心",
        "设计：新颖大方 制作：精良",
        "",
    ],
)
def test_a_line_with_anything_else_is_none(line: str) -> None:
    assert not is_credit_line(line)


@pytest.mark.parametrize("label", sorted(LABELS))
def test_every_listed_label_is_read_before_a_colon(label: str) -> None:
    line = parse_credit_line(f"{label}：王小明")
    meaning = LABELS[label]
    if meaning.field is Field.PEOPLE:
        assert {credit.role for credit in line.credits} == set(meaning.roles)
        assert {credit.name for credit in line.credits} == {"王小明"}
    else:
        assert line.credits == ()


def test_the_printed_label_is_kept() -> None:
    line = parse_credit_line("責任編輯：王小明 记者 李莉 文/图")
    assert [credit.label for credit in line.credits] == ["責任編輯", "记者", "文/图"]


def test_one_person_in_two_roles_has_two_credits_and_never_one_twice() -> None:
    line = parse_credit_line("编辑：王小明\n审核：王小明\n编辑：王小明")
    assert told(line.credits) == "editor:王小明 reviewer:王小明"


SURNAMES = st.sampled_from("王李张刘陈滕郦冀邝晏")
GIVEN = st.text(alphabet="明丽强芳洁涛雯婷浩宇", min_size=1, max_size=2)
NAMES = st.builds(str.__add__, SURNAMES, GIVEN)
ROLES = st.sampled_from(
    [("责编", Role.EDITOR), ("审核", Role.REVIEWER), ("校对", Role.PROOFREADER)]
)


@given(
    st.lists(st.tuples(ROLES, st.lists(NAMES, min_size=1, max_size=4, unique=True)), max_size=4),
    st.sampled_from([" ", "、", "，", "　 "]),
    st.sampled_from(["：", ":", "｜", "/"]),
    st.sampled_from([" ", "　　", " | ", "\n", "；"]),
)
def test_any_list_of_names_behind_any_label_is_read_back(
    fields: list[tuple[tuple[str, Role], list[str]]], comma: str, colon: str, gap: str
) -> None:
    text = gap.join(f"{label}{colon}{comma.join(names)}" for (label, _), names in fields)
    wanted = {(role, name) for (_, role), names in fields for name in names}
    found = parse_credit_line(text).credits
    assert {(credit.role, credit.name) for credit in found} == wanted


MATTER = st.text(
    alphabet="记者编辑责来源：:｜/、，。（）()【】《》 　\n王小明李莉摄文图报道讯电日月1202-@.a"
    "原标题通讯员一审",
    max_size=120,
)


@settings(max_examples=300)
@given(MATTER, st.sampled_from(["head", "foot", "inline"]))
def test_no_text_makes_the_reader_fail(text: str, position: Position) -> None:
    line = parse_credit_line(text, position=position)
    assert all(credit.name.strip() for credit in line.credits)
    assert len({(credit.role, credit.name) for credit in line.credits}) == len(line.credits)
    is_credit_line(text)
    clean_source(text)


def test_a_hostile_length_is_cut_and_still_read() -> None:
    text = "（记者" * 20_000 + "。（记者 王小明）"
    assert told(find_inline_credits(text).credits) == "reporter:王小明"


@given(
    st.lists(
        st.sampled_from(
            [
                "记者",
                "张三、",
                "（",
                "【",
                "责编：",
                "By ",
                "王小明",
                "来源：",
                "摄",
                "｜",
                "/",
                "·",
                "电",
            ]
        ),
        min_size=1,
        max_size=3,
    ),
    st.integers(1, 4000),
)
@settings(max_examples=60, deadline=None)
def test_words_repeated_without_end_are_read_without_error(words: list[str], times: int) -> None:
    text = "".join(words) * times
    parse_credit_line(text, position="head")
    find_inline_credits(text)
    is_credit_line(text)
