"""Formats of credit lines, one a row: what a page prints, and who is credited with what."""

import pytest

from news.article import PartyKind, Role
from news.credit_lifting import Position
from news.credits import parse_credit_line, parse_signature

ROWS: list[tuple[Position, str, str]] = [
    # a place a report was sent from is nobody
    ("foot", "采写：南都记者陆文琪 发自东莞", "reporter 陆文琪 @南都"),
    ("foot", "編譯陸文琪／綜合外電", "translator 陸文琪"),
    ("head", "記者陸文琪羅東報導", "reporter 陸文琪"),
    ("head", "陸文琪 羅東報導", "reporter 陸文琪"),
    ("head", "21世纪经济报道 记者 陆文琪 上海报道", "reporter 陆文琪 @21世纪经济报道"),
    ("inline", "（中央社華盛頓8日綜合外電報導）", "source 中央社"),
    ("inline", "（中央社華盛頓8日報導）", "source 中央社"),
    (
        "inline",
        "嘉禾新闻网讯 首席记者陆文琪报道：4月6日，记者在嘉禾看到，书柜投入使用。",
        "reporter 陆文琪; source 嘉禾新闻网",
    ),
    (
        "head",
        "By LU WENQI in Jiahe and HE LI in New York | Jiahe Daily | 2022-11-22 09:12",
        "writer LU WENQI; writer HE LI; source Jiahe Daily",
    ),
    # a word apart between two titles is a name, whatever its surname
    ("foot", "撰稿：记者 甲小明 通讯员 乙小红", "reporter 甲小明; correspondent 乙小红"),
    (
        "foot",
        "记者 甲小明、丙小红 通讯员 乙一",
        "reporter 甲小明; reporter 丙小红; correspondent 乙一",
    ),
    (
        "foot",
        "记者 甲小明 丙小红 通讯员 乙一",
        "reporter 甲小明; reporter 丙小红; correspondent 乙一",
    ),
    (
        "foot",
        "记者 甲小明 嘉禾日报通讯员 乙小红",
        "reporter 甲小明; correspondent 乙小红 @嘉禾日报",
    ),
    ("foot", "记者 陆文琪 嘉禾融媒 通讯员 何立", "reporter 陆文琪; correspondent 何立 @嘉禾融媒"),
    (
        "foot",
        "文/图 甲一 乙二 编辑/丙三",
        "writer 甲一; photographer 甲一; writer 乙二; photographer 乙二; editor 丙三",
    ),
    # who is named behind an outlet took the picture; the outlet supplied it
    ("foot", "图片来源：嘉禾新闻 / 陆文琪", "photographer 陆文琪 @嘉禾新闻"),
    # what one did before a title is no outlet
    ("foot", "出镜记者：陆文琪 摄像：何立", "reporter 陆文琪; videographer 何立"),
    ("foot", "本版图片均由记者何立摄", "photographer 何立"),
    ("foot", "海报设计：陆文琪", "designer 陆文琪"),
    ("foot", "视频拍摄：陆文琪 视频剪辑：何立", "videographer 陆文琪; videographer 何立"),
    ("foot", "新媒体编辑/陆文琪", "editor 陆文琪"),
    ("foot", "撰稿：陆文琪 摄影：何立 部分图片来自网络", "writer 陆文琪; photographer 何立"),
    ("foot", "●南方日报记者 陆文琪 通讯员 何立", "reporter 陆文琪 @南方日报; correspondent 何立"),
    ("head", "2024-03-05 10:20:33 | 嘉禾日报 | 陆文琪", "writer 陆文琪; source 嘉禾日报"),
    ("head", "原创 陆文琪 嘉禾发布 2024-03-05 08:30 浙江", "writer 陆文琪; source 嘉禾发布"),
    ("head", "陆文琪、何立　嘉禾日报　2024年3月5日", "writer 陆文琪; writer 何立; source 嘉禾日报"),
    ("head", "2024-03-05 08:30 嘉禾日报·陆文琪", "writer 陆文琪; source 嘉禾日报"),
    ("head", "2024-03-05 08:30 嘉禾日报·嘉禾新闻网", "source 嘉禾日报·嘉禾新闻网"),
    # labels of offices, of joint work, glued, before a telephone number
    ("foot", "拟稿：陆文琪 校稿：何立", "writer 陆文琪; proofreader 何立"),
    ("foot", "信息员：陆文琪", "correspondent 陆文琪"),
    ("foot", "责编/版式 陆文琪 校对 何立", "editor 陆文琪; designer 陆文琪; proofreader 何立"),
    ("foot", "见习记者陆文琪 审校何立", "reporter 陆文琪; reviewer 何立"),
    ("foot", "责任编辑：陆文琪 监督电话：0573-80000000", "editor 陆文琪"),
    ("foot", "作者：陆文琪 作者单位：嘉禾大学", "writer 陆文琪"),
    ("foot", "嘉禾新闻记者 陆文琪 嘉禾新闻编辑 何立", "reporter 陆文琪 @嘉禾新闻; editor 何立"),
    ("foot", "嘉禾新闻记者：陆文琪", "reporter 陆文琪 @嘉禾新闻"),
    ("foot", "禾方+记者 陆文琪", "reporter 陆文琪 @禾方+"),
    ("foot", "图据受访者 编辑 陆文琪", "editor 陆文琪"),
    ("foot", "文：陆文琪 圖：網上圖片", "writer 陆文琪"),
    ("foot", "經費來源：自籌", ""),
    ("foot", "责任编辑：陆文琪 举报", "editor 陆文琪"),
    ("foot", "编辑：陆文琪责任编辑：", "editor 陆文琪"),
    ("foot", "【编辑】：陆文琪", "editor 陆文琪"),
    ("foot", "文/片 本报记者 陆文琪", "reporter 陆文琪; photographer 陆文琪"),
    ("foot", "本版文图 / 本报记者 陆文琪", "reporter 陆文琪; photographer 陆文琪"),
    # desks, and places after a slash
    ("foot", "即時中心／陆文琪報導", "reporter 陆文琪 @即時中心"),
    ("foot", "記者 陆文琪 / 高雄 即時報導", "reporter 陆文琪"),
    ("inline", "（記者陆文琪台灣台北報導）", "reporter 陆文琪"),
    ("inline", "本报记者 陆文琪 报道 今日上午，会议举行。", "reporter 陆文琪"),
    ("inline", "本报嘉禾讯 记者陆文琪报道：今日上午，会议举行。", "reporter 陆文琪"),
    # sources said in a sentence, or by an account's quoted name
    ("foot", "本文转载自“嘉禾发布”公众号", "source 嘉禾发布"),
    ("foot", "文章来源于微信公众号“嘉禾发布”", "source 嘉禾发布"),
    ("foot", "摘自《嘉禾文学》2021年第11期 作者：陆文琪", "writer 陆文琪; source 嘉禾文学"),
    (
        "inline",
        "编者按：本文来自微信公众号“嘉禾发布”，作者：陆文琪，某网经授权发布。",
        "writer 陆文琪; source 嘉禾发布",
    ),
    # a dateline vouches for whatever name its bracket holds; of a ship, a report, a day
    ("inline", "嘉禾网讯（记者刀小文）记者从气象台了解到", "reporter 刀小文; source 嘉禾网"),
    ("inline", "本台消息（记者 雁翎）", "reporter 雁翎"),
    ("inline", "新华社“远望号”船11月3日电（记者陆文琪）", "reporter 陆文琪; source 新华社"),
    ("inline", "国际在线报道（记者 陆文琪）：今天", "reporter 陆文琪; source 国际在线"),
    ("inline", "嘉禾网记者陆文琪11月7日报道：老街的灯亮了。", "reporter 陆文琪 @嘉禾网"),
    ("head", "来源：微信公众号：嘉禾发布", "source 嘉禾发布"),
    ("foot", "综合新华社、嘉禾日报等", "source 新华社、嘉禾日报"),
    ("foot", "综合：新华社、嘉禾日报", "source 新华社、嘉禾日报"),
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
    ("foot", "By Lu Wenqi, Jiahe Daily", "writer Lu Wenqi"),
    ("head", "Written by Lu Wenqi   Published Mar 5, 2024", "writer Lu Wenqi"),
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
    "来源：本次数据来自国家统计局，截至9月底。",
    "资金来源：市财政拨款200万元，单位自筹50万元。",
    "水的来源：地表水占七成，地下水占三成。",
    "尊敬的编辑：您好！",
    "责任编辑陆文琪说，投稿量比去年翻了一番。",
    "新华社记者陆文琪 在现场 看到，救援仍在继续。",
    "获奖作者陆文琪、何立上台领奖。",
    "一审：判处有期徒刑十年；二审：维持原判。",
    "市民 陆文琪 向 记者 反映，路灯坏了。",
    "摄影：光圈F8，快门1/250秒，ISO 100。",
    "这张照片由陆文琪摄于北京。",
    "据《人民日报》报道，今年粮食产量再创新高。",
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
        ("工程全部完工。（芦湾镇 李楠）", ["李楠"]),
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
