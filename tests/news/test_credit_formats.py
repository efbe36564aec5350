"""Formats of credit lines, one a row: what a page prints, and who is credited with what."""

import pytest

from news.article import PartyKind, Role
from news.credit_lifting import Position
from news.credits import parse_credit_line, parse_signature

ROWS: list[tuple[Position, str, str]] = [
    # a place a report was sent from is nobody
    ("foot", "采写：南都记者陆文琪 发自东莞", "reporter 陆文琪 @南都"),
    ("foot", "編譯陸文琪／綜合外電", "translator 陸文琪"),
    # what one did before a title is no outlet
    ("foot", "出镜记者：陆文琪 摄像：何立", "reporter 陆文琪; videographer 何立"),
    ("foot", "本版图片均由记者何立摄", "photographer 何立"),
    ("foot", "海报设计：陆文琪", "designer 陆文琪"),
    ("foot", "视频拍摄：陆文琪 视频剪辑：何立", "videographer 陆文琪; videographer 何立"),
    ("foot", "新媒体编辑/陆文琪", "editor 陆文琪"),
    ("foot", "撰稿：陆文琪 摄影：何立 部分图片来自网络", "writer 陆文琪; photographer 何立"),
    ("foot", "●南方日报记者 陆文琪 通讯员 何立", "reporter 陆文琪 @南方日报; correspondent 何立"),
    ("head", "2024-03-05 10:20:33 | 嘉禾日报 | 陆文琪", "writer 陆文琪; source 嘉禾日报"),
    # sources said in a sentence, or by an account's quoted name
    ("foot", "本文转载自“嘉禾发布”公众号", "source 嘉禾发布"),
    ("foot", "文章来源于微信公众号“嘉禾发布”", "source 嘉禾发布"),
    ("inline", "财联社3月5日电，嘉禾市公布新规。", "source 财联社"),
    ("inline", "证券时报网（www.stcn.com）03月05日讯", "source 证券时报网"),
    # a story's headline between dateline and reporters
    (
        "inline",
        "新华社北京3月5日电 题：春天的故事——嘉禾见闻 新华社记者陆文琪、何立",
        "reporter 陆文琪 @新华社; reporter 何立 @新华社; source 新华社",
    ),
    ("inline", "（本报评论员 陆文琪）", "writer 陆文琪"),
    ("inline", "（作者：陆文琪，系嘉禾大学教授）", "writer 陆文琪"),
    # English
    ("foot", "By Lu Wenqi in Beijing", "writer Lu Wenqi"),
    ("foot", "By LU WENQI and HE LI", "writer LU WENQI; writer HE LI"),
    ("foot", "By Lu Wenqi, He Li | Xinhua", "writer Lu Wenqi; writer He Li"),
    ("inline", "(Reporting by Lu Wenqi; Editing by He Li)", "reporter Lu Wenqi; editor He Li"),
    ("foot", "Photo by He Li", "photographer He Li"),
]

PROSE = [
    "来源于群众，服务于群众。",
    "他曾任《嘉禾日报》记者、编辑、主任。",
    "记者：您如何看待这个问题？",
    "参赛选手（陆文琪、何立）获得冠军。",
    "校对工作由何立负责。",
    "初审合格名单：陆文琪、何立、宋晓燕",
    "由文联、作协主办，陆文琪策划的展览开幕。",
    "设计：小户型也能住出大空间",
    "终审判决维持原判，陆文琪败诉。",
    "（作者系嘉禾大学教授）",
    "联系人：陆文琪 电话：0573-82512345",
    "By the end of 2023, the company had built three plants.",
    "The book, edited by Li Wei, was released in Beijing.",
    "Written by a computer, the poem surprised many.",
]


@pytest.mark.parametrize(("position", "text", "told"), ROWS)
def test_a_line_is_read_as_its_row_says(position: Position, text: str, told: str) -> None:
    line = parse_credit_line(text, position=position)
    found = [
        f"{credit.role.value} {credit.name}"
        + (f" @{credit.affiliation}" if credit.affiliation else "")
        for credit in line.credits
    ]
    found += [f"source {line.source}"] if line.source else []
    assert "; ".join(found) == told
    assert all(credit.kind is PartyKind.PERSON for credit in line.credits)


@pytest.mark.parametrize("text", PROSE)
def test_prose_credits_nobody(text: str) -> None:
    line = parse_credit_line(text, position="inline")
    assert (line.credits, line.source) == ((), None)


@pytest.mark.parametrize(
    ("paragraph", "names"),
    [
        ("工程全部完工。(李楠)", ["李楠"]),
        ("工程全部完工。（李楠、王　敏）", ["李楠", "王敏"]),
        ("他说：“完工了。”（歐陽明）", ["歐陽明"]),
        ("工程全部完工。（左一）", []),
        ("工程全部完工。（北京）", []),
        ("工程全部完工。（编辑）", []),
        ("项目负责人（李楠）", []),
        ("（李楠）工程全部完工。", []),
    ],
)
def test_a_bare_name_behind_the_last_sentence_signs_the_article(
    paragraph: str, names: list[str]
) -> None:
    signed = parse_signature(paragraph)
    assert [credit.name for credit in signed] == names
    assert all(credit.role is Role.OTHER for credit in signed)
