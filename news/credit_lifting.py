"""What is lifted out of a credit line before its words are read: times, contact, noise."""

import re
from dataclasses import dataclass, field, replace
from datetime import tzinfo
from typing import Literal

from news.article import Credit, PrintedTime, Role
from news.credit_words import FILLER, glue_padding
from news.datelines import clean_source, find_original_headline, parse_dateline
from news.dates import find_times, parse_time
from news.english_credits import find_by_lines
from news.label_reading import find_label
from news.names import is_common_name, is_organization, is_possible_person, split_names
from news.places import PROVINCES, is_place
from news.text import fold, squeeze_lines, visible
from news.titles import BOTH

Position = Literal["head", "foot", "inline"]
MAX_LENGTH = 2_000  # no credit line is longer; of a longer text its two ends are read
# What any credit in running text holds; the first test, so it is one search.
TRIGGER = re.compile(
    r"[记記]者|[讯訊]|[电電]|消息|[摄攝图圖]|文[/／∕╱:：|｜丨]|[编編][辑輯译譯]|[责責][编編]|作者|[实實][习習]生|"
    r"评论员|評論員|观察员|供稿|来源|來源|稿源|[报報][道導导]|[审審校译譯]|撰|采[写寫访訪]|[据據转轉摘]|[制製]作|策划|策劃|[统統][筹籌]|监制|監製|"
    r"剪辑|素材|整理|出品|执笔|主笔|文案|配音|航拍|绘|原[标標文题題]|[发發]|[Bb]y\s"
)
_CLAUSE = re.compile(r"[^\n()。!?]+")
# The same before folding, where clauses may end at more marks.
_RAW_CLAUSE = re.compile(r"[^\n()。!?（）［］【】〔〕〖〗﹝﹞﹙﹚｛｝\[\]{}〈〉．！？]+")
# What ends a dateline; before folding, where its bracket, colon or dash has many shapes.
_DATELINE_HINT = re.compile(r"(?:[讯訊电電]|消息|[报報][道導导])(?:[^\w]|$|[记記]者|通[讯訊])")
_ORIGINAL_HINT = re.compile("原[标標文题題名]")
_LONGEST_CLAUSE = 120
_PROSE = re.compile(r"[的了们着]|[是在](?!线)")
_ENDS_IN_PICTURE = re.compile(r"(?:摄|摄影|供图|图|图片|提供)\W{0,3}$")
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,4}")
_CONTACT_HINT = re.compile(r"@|\d{3}")
_PHONE = re.compile(
    r"(?P<label>[\u3400-\u9fff]{0,4}(?:热线|电话|手机|Tel|TEL|tel)\s?[:|]?\s{0,3})?(?<![\d-])"
    r"(?P<number>\(?0\d{2,3}\)?[-\s]?\d{7,8}(?:[-/、]\d{1,8})?|400[-\s]?\d{3,4}[-\s]?\d{3,4}|1[3-9]\d{9}|\d{5,8})(?!\d)"
)
_NOISE = re.compile(
    r"https?://[^\s\u3400-\u9fff]{1,200}|(?<![\w@.])www\.[^\s\u3400-\u9fff]{1,100}|(?:星期|周)[一二三四五六日天](?!\w)"
    r"|(?<!\d)\d{1,2}[-/]\d{1,2}\s?\d{1,2}:\d{2}(?::\d{2})?|(?<!\d)\d{1,2}:\d{2}(?::\d{2})?(?!\d)"
    r"|发表评论|我要评论|我来说两句|纠错|举报(?=\W|$)|分享到?(?=\W|$)|收藏(?=\W|$)|打印(?:本[页稿])?(?=\W|$)|关闭(?:窗口)?(?=\W|$)"
    r"|字号\s?:\s?\S{1,8}(?:\s(?:[大中小TA+-]{1,3})(?=\s|$)){0,3}|字体\s?:\s?[大中小\s]{1,8}|(?:IP\s?)?属地\s?:?\s?[\u3400-\u9fff]{2,4}|T\|T|扫一扫\w{0,20}|繁体|简体"
    r"|(?:浏览|阅读|点击|访问|播放|评论|点赞|人气)(?:次数|量|数)?\s?[:(]?\s?[\d,.]{1,12}\s?[万亿]?\+?\s?[次人条]?(?=\W|$)"
    rf"|(?:发[布表]于|属地)\s?:?\s?(?:{'|'.join(PROVINCES)})"
    r"|[·|\s]\s?[^\s·|]{2,20}(?:官方[账帐]号|领域创作者|自媒体人?)(?=[\s·|]|$)"
    r"|[*※]?[^\s\n。()]{0,20}(?:转载请注明|未经授权|未经许可|版权所有|严禁转载|不得转载|请勿转载|违者必究)[^\n]{0,80}"
)
# 电 题：a headline, and only then who reports it.
_TITLED_STORY = re.compile(r"\s{0,3}题\s?:[^\n]{2,60}?\s(?=[^\s。]{0,12}记者)")
# What an author is, said behind the name.
_ABOUT_AUTHOR = re.compile(
    r"\((?:本文)?(?:作者|译者|撰稿人|撰文)\s?:?\s?[^\s,()、:]{2,12}"
    r"(?P<about>[,\s]{0,2}(?:系|为|是|现任|现为|曾任)[^()\n。]{2,60})(?=\))"
)
_SAME_BELOW = re.compile(r"[,\s]{0,3}[上下以]{1,2}[均]?同(?=\W|$)")
_REPUBLIC_DATE = re.compile(r"\)\s{0,3}(?P<year>1[01]\d)(?P<month>\d\d)(?P<day>\d\d)\s{0,3}$")
_BULLETS = re.compile(r"[◎■□▲△●○◆◇★☆※*►▶▼▍▏◤◥➤✎✍#<>~^]")
_ADDRESS = re.compile(r"(?<=[报网社])\((?:https?://)?[\w-]{1,20}(?:\.[\w-]{1,20}){1,3}/?\)")
_GLUED_SOURCE = re.compile(
    r"(?:(?<=[\s|])|^)(?:来源|稿源|出处)(?P<name>[A-Za-z\u3400-\u9fff][\w·-]{1,15})(?=[\s|]|$)"
)
_LEADING_DOT = re.compile(r"(?:(?<=\s)|^)·")
_DAY_OF_REPORT = re.compile(r"(?:\d{1,2}月)?\d{1,2}日(?=报[道导])")
_LABEL_IN_BRACKET = re.compile(
    r"(?:(?<=[\s)])|^)\(([\u3400-\u9fff ]{2,8})\)(?=\s{0,2}:?\s{0,2}[^\s():])"
)
# `某报记者某某报道：` opens a story; what follows the colon is no part of it.
_OPENING_REPORT = re.compile(
    r"[\s(\"]{0,4}[^\s,。:()]{0,16}记者[^,。:()]{1,40}?(?:\d{1,2}月)?(?:\d{1,2}日)?\s?报[道导]\)?\s?:"
)
_BRACKETED_REPORTER = re.compile(
    r"\s{0,3}\((?P<title>[^\s()]{0,8}记者)\s?(?P<name>[\u3400-\u9fff]{2,4})\)"
)
_DOTTED = re.compile(r"(?:(?<=[\s|])|^)([\w+]{2,12})·([\u3400-\u9fff]{2,4})(?=[·\s|]|$)")
_REGION = re.compile(r"^原创\s[^\n]{2,40}\s(?P<region>[\u3400-\u9fff]{2,3})$")  # an account's
_EDITORS_NOTE = re.compile(r"^\s{0,4}编者[按注]\s?:")
_BY_LEAVE = re.compile(r"[,\s][^,。\s]{0,14}(?:经|获|已)[^,。]{0,6}授权[^,。]{0,6}(?=[。)]|$)")

_CLOSING_IN_BRACKET = re.compile(r"\(\s?(摄影报道|摄影|摄|文|图|文图|图文|文/图|制图|绘)\s?\)(?=.)")


@dataclass(frozen=True, slots=True)
class CreditLine:
    """What one credit line says; absent facts are None or ()."""

    source: str | None = None
    published_at: PrintedTime | None = None
    original_headline: str | None = None
    credits: tuple[Credit, ...] = ()
    contact_email: str | None = None
    contact_phone: str | None = None


@dataclass(slots=True)
class Draft:
    """A line while it is read: its folded form, what was lifted out of it, what was found."""

    text: str
    folded: str
    position: Position
    line: CreditLine = CreditLine()
    credits: list[tuple[int, Credit]] = field(default_factory=list)
    evident: bool = False  # something in it only a credit line has
    whole: bool = True  # every word of it was understood
    dateline_end: int | None = None
    labels: int = 0  # marked labels that are known

    def blank(self, start: int, end: int) -> None:
        """Take a stretch out of the line; what stands on both sides stays apart."""
        self.folded = self.folded[:start] + "\n" * (end - start) + self.folded[end:]


def open_draft(text: str, position: Position, zone: tzinfo) -> Draft:
    """Return a line made ready for its words: what has a form of its own is lifted out of it."""
    draft = _prepare(text, position)
    _lift_by_lines(draft)
    if "原" in draft.text:
        _lift_original_headline(draft)
    if "同" in draft.folded:
        _lift_all(_SAME_BELOW, draft)
    if position != "inline":
        _lift_time(draft, zone)
        _lift_contact(draft)
        _lift_all(_NOISE, draft)
    _lift_dateline(draft, zone)
    _lift_asides(draft)
    if position == "inline":
        _lift_all(_EDITORS_NOTE, draft)
        _drop_prose(draft)
    if position != "inline":
        draft.folded = _LABEL_IN_BRACKET.sub(_as_label, draft.folded)
    unbracketed = _CLOSING_IN_BRACKET.sub(_without_brackets, draft.folded)
    draft.folded, draft.text = glue_padding(unbracketed, draft.text)
    draft.folded = BOTH.sub(_mark_both, draft.folded)
    return draft


def _lift_asides(draft: Draft) -> None:
    """Take out what is said of an author, of a report and of its day beside the names."""
    if "(" in draft.folded:
        for about in _ABOUT_AUTHOR.finditer(draft.folded):
            draft.blank(*about.span("about"))
    if opening := _OPENING_REPORT.match(draft.folded, draft.dateline_end or 0):
        draft.blank(opening.end() - 1, opening.end())
    if "日报" in draft.folded:
        draft.folded = _DAY_OF_REPORT.sub(lambda match: " " * len(match[0]), draft.folded)
    _lift_all(_BY_LEAVE, draft)
    if draft.position == "head" and "·" in draft.folded:
        draft.folded = _DOTTED.sub(_part_at_dot, draft.folded)
    region = _REGION.match(draft.folded)
    if region and is_place(region["region"]):
        draft.blank(*region.span("region"))


def is_plain_prose(paragraph: str) -> bool:
    """Say, at a tenth of the cost of reading it, that a paragraph holds no credit at all.

    It opens with no dateline, names no original headline, and none of its clauses may be credit.
    """
    if _DATELINE_HINT.search(paragraph, 0, 84) or _ORIGINAL_HINT.search(paragraph):
        return False
    clauses = (clause[0] for clause in _RAW_CLAUSE.finditer(paragraph))
    return not any(len(clause) <= _LONGEST_CLAUSE and _may_credit(clause) for clause in clauses)


def _drop_prose(draft: Draft) -> None:
    """Blank the clauses of running text that cannot be credits, which are most of them."""
    after_dateline = draft.dateline_end or -1
    for match in _CLAUSE.finditer(draft.folded):
        clause = match[0]
        opens = match.start() - after_dateline in (1, 2) and after_dateline > 0
        if opens or (len(clause) <= _LONGEST_CLAUSE and _may_credit(clause)):
            continue
        draft.blank(*match.span())


def _may_credit(clause: str) -> bool:
    if not TRIGGER.search(clause):
        return False
    return not _PROSE.search(clause) or bool(_ENDS_IN_PICTURE.search(clause))


def _part_at_dot(match: re.Match[str]) -> str:
    """Write `某报·某某` as two words: there a dot parts an outlet from a person."""
    parted = is_organization(match[1]) and is_common_name(match[2])
    return f"{match[1]}|{match[2]}" if parted else match[0]


def _as_label(match: re.Match[str]) -> str:
    """Write `【记者】甲某` as `记者：甲某`, at the same width."""
    label = find_label(match[1].replace(" ", ""))
    return f" {match[1]}:" if label else match[0]


def _without_brackets(match: re.Match[str]) -> str:
    return " " + match[0][1:-1] + " "


def _mark_both(match: re.Match[str]) -> str:
    """Write 文/图 in all its forms as one word of the same width."""
    return "文图".ljust(len(match[0]), FILLER)


def _prepare(text: str, position: Position) -> Draft:
    if len(text) > MAX_LENGTH:
        text = text[: MAX_LENGTH // 2] + "\n" + text[-MAX_LENGTH // 2 :]
    clean = squeeze_lines(visible(text))
    folded = _LEADING_DOT.sub(" ", _BULLETS.sub(" ", fold(clean)))
    return Draft(clean, folded, position)


def _lift_by_lines(draft: Draft) -> None:
    for found in find_by_lines(draft.text):
        draft.evident = True
        for start, end in found.names:
            draft.credits.append((start, Credit(found.role, draft.text[start:end])))
        draft.blank(*found.span)


def _lift_original_headline(draft: Draft) -> None:
    found = find_original_headline(draft.text)
    if found:
        start, end, headline = found
        draft.line = replace(draft.line, original_headline=headline)
        draft.evident = True
        draft.blank(start, end)


def _lift_time(draft: Draft, zone: tzinfo) -> None:
    times = find_times(draft.folded, zone=zone)
    agency = _REPUBLIC_DATE.search(draft.folded)
    if agency and not times:
        year, month, day = (int(agency[part]) for part in ("year", "month", "day"))
        spelled = find_times(f"{year + 1911}-{month:02}-{day:02}", zone=zone)
        times = [(agency.span("year")[:1] + agency.span("day")[1:], at) for _, at in spelled]
    for (start, end), _ in times:
        draft.blank(start, end)
    if times:
        draft.line = replace(draft.line, published_at=times[0][1])
        draft.evident = True
        _lift_glued_source(draft)


def _lift_glued_source(draft: Draft) -> None:
    """Take the source of `2024-03-05 | 来源某报 | …`: beside a time a label needs no colon."""
    glued = _GLUED_SOURCE.search(draft.folded) if draft.position == "head" else None
    if glued and draft.line.source is None:
        source = clean_source(draft.text[slice(*glued.span("name"))])
        draft.line = replace(draft.line, source=source)
        draft.blank(*glued.span())


def _lift_contact(draft: Draft) -> None:
    if not _CONTACT_HINT.search(draft.folded):
        return
    email = _EMAIL.search(draft.folded)
    phone = next((m for m in _PHONE.finditer(draft.folded) if _is_phone(m)), None)
    for match in (*_EMAIL.finditer(draft.folded), phone):
        if match:
            draft.blank(*match.span(0))
    if email or phone:
        number = draft.text[slice(*phone.span("number"))] if phone else None
        draft.line = replace(
            draft.line, contact_email=email[0] if email else None, contact_phone=number
        )
        draft.evident = True


def _is_phone(match: re.Match[str]) -> bool:
    return bool(match["label"]) or match["number"].startswith(("0", "(0", "400"))


def _lift_all(noise: re.Pattern[str], draft: Draft) -> None:
    for match in noise.finditer(draft.folded):
        draft.blank(*match.span())


def _lift_dateline(draft: Draft, zone: tzinfo) -> None:
    # An outlet may print its address behind its name, with the time that follows: `某网(www…)`
    found = parse_dateline(_ADDRESS.sub(lambda match: " " * len(match[0]), draft.folded, count=1))
    if found is None:
        return
    draft.evident = True
    draft.dateline_end = found.end
    source = clean_source(draft.text[slice(*found.source)]) if found.source else None
    dated = draft.line.published_at or parse_time(draft.text[: found.end], zone=zone)
    draft.line = replace(draft.line, source=source, published_at=dated)
    for left, right in found.names:
        credit = Credit(Role.REPORTER, draft.text[left:right], affiliation=source, label="记者")
        draft.credits.append((left, credit))
    _lift_bracketed_reporter(draft, found.end)
    draft.blank(0, found.end)
    titled = _TITLED_STORY.match(draft.folded, found.end)
    if titled:
        draft.blank(*titled.span())


def _lift_bracketed_reporter(draft: Draft, start: int) -> None:
    """Take the one name in a dateline's bracket, though no list has its surname."""
    found = _BRACKETED_REPORTER.match(draft.folded, start)
    if found is None or split_names(found["name"]) or not is_possible_person(found["name"]):
        return
    name = draft.text[slice(*found.span("name"))]
    draft.credits.append((found.start("name"), Credit(Role.REPORTER, name, label="记者")))
    draft.blank(*found.span())
