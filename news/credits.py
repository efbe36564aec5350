"""Credit lines of Chinese news pages: who wrote, edited and let pass a text, and whence it came.

The grammar: a line is cut into words, words into sections under labels (`news.labels`), and the
words of a section are read as outlets, titles, names and closing words (`记者 某某 摄`). Prose
gives nothing, because a clause counts only where every word of it is understood.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import tzinfo
from typing import Literal

from news.article import Credit, PrintedTime, Role
from news.credit_fields import (
    Party,
    Section,
    cut_sections,
    read_atoms,
    read_parties,
    roles_of,
    source_words,
)
from news.credit_words import FILLER, OWN_OUTLETS, Atom, Kind, cut, glue_padding
from news.datelines import (
    clean_source,
    find_original_headline,
    parse_dateline,
    parse_original_headline,
    parse_source_phrase,
)
from news.dates import CHINA_TIME, find_times
from news.labels import BOTH, CLOSINGS, Field, Label
from news.names import is_organization
from news.text import fold, squeeze_lines, visible

__all__ = [
    "CreditLine",
    "clean_source",
    "find_inline_credits",
    "is_credit_line",
    "parse_credit_line",
    "parse_original_headline",
]

Position = Literal["head", "foot", "inline"]
MAX_LENGTH = 2_000  # no credit line is longer; of a longer text its two ends are read
MAX_WHOLE_LINE = 400
_TRIGGER = re.compile(
    r"[记記]者|[讯訊]|[电電]|通[讯訊]|消息|[摄攝图圖]|文[/／∕:：|｜丨]|[编編][辑輯]|[责責][编編]|作者|实习|實習|"
    r"供稿|来源|來源|稿源|[报報][道導]|[审審]|校[对對]|撰|采[写寫访訪]|[据據转轉摘]|制作|製作|原[标標文题題]|[发發]"
)
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,4}")
_PHONE = re.compile(
    r"(?P<label>(?:热线|电话|手机|Tel|TEL|tel)\s?[:|]?\s{0,3})?(?<![\d-])"
    r"(?P<number>\(?0\d{2,3}\)?[-\s]?\d{7,8}(?:[-/、]\d{1,8})?|400[-\s]?\d{3,4}[-\s]?\d{3,4}|1[3-9]\d{9}|\d{5,8})(?!\d)"
)
_NOISE = re.compile(
    r"https?://[^\s\u3400-\u9fff]{1,200}|(?<![\w@.])www\.[^\s\u3400-\u9fff]{1,100}|(?:星期|周)[一二三四五六日天](?!\w)"
    r"|(?<!\d)\d{1,2}[-/]\d{1,2}\s?\d{1,2}:\d{2}(?::\d{2})?|(?<!\d)\d{1,2}:\d{2}(?::\d{2})?(?!\d)"
    r"|发表评论|我要评论|我来说两句|纠错|分享到?(?=\W|$)|收藏(?=\W|$)|打印(?:本[页稿])?(?=\W|$)|关闭(?:窗口)?(?=\W|$)"
    r"|字号\s?:\s?\S{1,8}(?:\s(?:[大中小TA+-]{1,3})(?=\s|$)){0,3}|字体\s?:\s?[大中小\s]{1,8}|T\|T|扫一扫\w{0,20}|繁体|简体"
    r"|(?:浏览|阅读|点击|访问|播放|评论|点赞|人气)(?:次数|量|数)?\s?:?\s?[\d,.]{1,12}\s?[万亿]?\+?\s?[次人条]?(?=\W|$)"
    r"|[*※]?[^\s\n。()]{0,20}(?:转载请注明|未经授权|未经许可|版权所有|严禁转载|不得转载|请勿转载|违者必究)[^\n]{0,80}"
)
_SAME_BELOW = re.compile(r"[,\s]{0,3}[上下以]{1,2}[均]?同(?=\W|$)")
_REPUBLIC_DATE = re.compile(r"\)\s{0,3}(?P<year>1[01]\d)(?P<month>\d\d)(?P<day>\d\d)\s{0,3}$")
_PICTURE = [CLOSINGS[word] for word in ("摄", "摄影", "供图", "图")]
_BULLETS = re.compile(r"[◎■□▲△●○◆◇★☆※*►▶▼▍▏◤◥➤✎✍#>~^]")
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


_EMPTY = CreditLine()


def parse_credit_line(
    text: str, *, position: Position = "foot", zone: tzinfo = CHINA_TIME
) -> CreditLine:
    """Return what a line at the head, at the foot or inside a page's text says about its making.

    At head and foot, bare names are writers and words behind a label may be dropped; inline, a
    clause counts only where all of it is credit. `zone` is that of a printed time.
    """
    return _read(text, position, zone).line


def find_inline_credits(paragraph: str) -> CreditLine:
    """Return the credits and the source that a paragraph of running text carries.

    `（记者 某某）`, `某某社某地12月9日电（记者某某）`, `某某 摄`; plain prose gives an empty line.
    """
    if not _TRIGGER.search(paragraph):
        return _EMPTY
    return _read(paragraph, "inline", CHINA_TIME).line


def is_credit_line(text: str) -> bool:
    """Say whether a whole line is credit, source, time or contact matter and nothing else."""
    if not 2 <= len(text.strip()) <= MAX_WHOLE_LINE:
        return False
    reading = _read(text, "foot", CHINA_TIME)
    return reading.evident and reading.whole


@dataclass(slots=True)
class _Reading:
    """A line while it is read: its folded form, what was lifted out of it, what was found."""

    text: str
    folded: str
    position: Position
    line: CreditLine = _EMPTY
    credits: list[tuple[int, Credit]] = field(default_factory=list)
    evident: bool = False  # something in it only a credit line has
    whole: bool = True  # every word of it was understood
    dateline_end: int | None = None

    def blank(self, start: int, end: int) -> None:
        """Take a stretch out of the line; what stands on both sides stays apart."""
        self.folded = self.folded[:start] + "\n" * (end - start) + self.folded[end:]


def _read(text: str, position: Position, zone: tzinfo) -> _Reading:
    reading = _prepare(text, position)
    _lift_original_headline(reading)
    _lift_all(_SAME_BELOW, reading)
    if position != "inline":
        _lift_time(reading, zone)
        _lift_contact(reading)
        _lift_all(_NOISE, reading)
    _lift_dateline(reading)
    reading.folded, reading.text = glue_padding(
        _CLOSING_IN_BRACKET.sub(lambda m: m[0].replace("(", " ").replace(")", " "), reading.folded),
        reading.text,
    )
    reading.folded = BOTH.sub(_mark_both, reading.folded)
    _read_sections(reading)
    reading.line = replace(reading.line, credits=_in_order(reading))
    return reading


def _mark_both(match: re.Match[str]) -> str:
    """Write 文/图 in all its forms as one word of the same width."""
    return "文图".ljust(len(match[0]), FILLER)


def _prepare(text: str, position: Position) -> _Reading:
    if len(text) > MAX_LENGTH:
        text = text[: MAX_LENGTH // 2] + "\n" + text[-MAX_LENGTH // 2 :]
    clean = squeeze_lines(visible(text))
    folded = _BULLETS.sub(" ", fold(clean))
    return _Reading(clean, folded, position)


def _in_order(reading: _Reading) -> tuple[Credit, ...]:
    """Return the credits in page order, each role and name once."""
    seen: dict[tuple[Role, str], Credit] = {}
    for _, credit in sorted(reading.credits, key=lambda item: item[0]):
        seen.setdefault((credit.role, credit.name), credit)
    return tuple(seen.values())


def _lift_original_headline(reading: _Reading) -> None:
    found = find_original_headline(reading.text)
    if found:
        start, end, headline = found
        reading.line = replace(reading.line, original_headline=headline)
        reading.evident = True
        reading.blank(start, end)


def _lift_time(reading: _Reading, zone: tzinfo) -> None:
    times = find_times(reading.folded, zone=zone)
    agency = _REPUBLIC_DATE.search(reading.folded)
    if agency and not times:
        year, month, day = (int(agency[part]) for part in ("year", "month", "day"))
        spelled = find_times(f"{year + 1911}-{month:02}-{day:02}", zone=zone)
        times = [(agency.span("year")[:1] + agency.span("day")[1:], at) for _, at in spelled]
    for (start, end), _ in times:
        reading.blank(start, end)
    if times:
        reading.line = replace(reading.line, published_at=times[0][1])
        reading.evident = True


def _lift_contact(reading: _Reading) -> None:
    email = _EMAIL.search(reading.folded)
    phone = next((m for m in _PHONE.finditer(reading.folded) if _is_phone(m)), None)
    for match in (*_EMAIL.finditer(reading.folded), phone):
        if match:
            reading.blank(*match.span(0))
    if email or phone:
        number = reading.text[slice(*phone.span("number"))] if phone else None
        reading.line = replace(
            reading.line, contact_email=email[0] if email else None, contact_phone=number
        )
        reading.evident = True


def _is_phone(match: re.Match[str]) -> bool:
    return bool(match["label"]) or match["number"].startswith(("0", "(0", "400"))


def _lift_all(noise: re.Pattern[str], reading: _Reading) -> None:
    for match in noise.finditer(reading.folded):
        reading.blank(*match.span())


def _lift_dateline(reading: _Reading) -> None:
    found = parse_dateline(reading.folded)
    if found is None:
        return
    reading.evident = True
    reading.dateline_end = found.end
    if found.source:
        source = clean_source(reading.text[slice(*found.source)])
        reading.line = replace(reading.line, source=source)
    for left, right in found.names:
        credit = Credit(Role.REPORTER, reading.text[left:right], label="记者")
        reading.credits.append((left, credit))
    reading.blank(0, found.end)


def _read_sections(reading: _Reading) -> None:
    pieces = cut(reading.folded)
    sections = [s for s in cut_sections(pieces) if s.pieces or s.label]
    for clause in _clauses(sections):
        credits: list[tuple[int, Credit]] = []
        understood = all([_read_section(reading, s, credits) for s in clause])
        reading.whole = reading.whole and understood
        if understood or reading.position != "inline":
            reading.credits += credits


def _clauses(sections: Sequence[Section]) -> Iterator[list[Section]]:
    clauses: dict[int, list[Section]] = {}
    for section in sections:
        clauses.setdefault(section.clause, []).append(section)
    yield from clauses.values()


def _read_section(
    reading: _Reading, section: Section, credits: list[tuple[int, Credit]]
) -> bool:
    """Read one section into credits; say whether all of it was understood."""
    label = section.label
    if label and label.field is Field.SKIP:
        reading.evident = reading.evident or section.known
        return section.known and sum(len(p.text) for p in section.pieces) <= 20
    if label and label.field is Field.SOURCE:
        section = _take_source(reading, section)
    elif label is None and _take_source_phrase(reading, section):
        return True
    reading.evident = reading.evident or section.label is not None
    return _take_people(reading, section, credits)


def _take_source(reading: _Reading, section: Section) -> Section:
    """Take the outlet behind 来源; return what is left: the people named after it."""
    words, people = source_words(section)
    reading.evident = True
    if words and reading.line.source is None:
        name = clean_source(reading.text[words[0].start : words[-1].end])
        reading.line = replace(reading.line, source=name)
    return Section(section.clause, Label((Role.WRITER,)), hard=True, pieces=people)


def _take_source_phrase(reading: _Reading, section: Section) -> bool:
    if not section.pieces or reading.line.source is not None:
        return False
    first, last = section.pieces[0].start, section.pieces[-1].end
    place = parse_source_phrase(reading.folded[first:last])
    if place is None:
        head = section.pieces[0]
        place = parse_source_phrase(head.text) if head.text.endswith("发") else None
        if place is None:
            return False
        last = section.pieces.pop(0).end
    start, end = first + place[0], first + place[1]
    reading.line = replace(reading.line, source=clean_source(reading.text[start:end]))
    reading.evident = True
    return not section.pieces or last == section.pieces[-1].end


def _take_people(
    reading: _Reading, section: Section, credits: list[tuple[int, Credit]]
) -> bool:
    atoms, caption = _without_caption(section, read_atoms(section))
    parties, understood = read_parties(atoms)
    default = None if section.label else _default_role(reading, section, parties)
    if section.label is None and not (understood and _stands_alone(reading, parties, default)):
        return not section.pieces or _is_lone_outlet(reading, section)
    reading.whole = reading.whole and not caption
    for party in parties:
        reading.evident = reading.evident or party.vouched
        credits += _credits_of(reading, section, party, default)
    return understood


def _without_caption(section: Section, atoms: list[Atom]) -> tuple[list[Atom], bool]:
    """Drop a caption before the names of those who made its picture: `…现场 某某 摄`."""
    if section.label or not atoms or atoms[-1].closing not in _PICTURE:
        return atoms, False
    known = next((i for i, a in enumerate(atoms) if a.kind not in (Kind.MAYBE, Kind.UNKNOWN)), 0)
    named = atoms[known:]
    sure = named[0].kind in (Kind.NAME, Kind.TITLE, Kind.AFFILIATION, Kind.ORGANIZATION)
    if not known or not sure or named[0].gap.strip(" "):
        return atoms, False
    return named, True


def _default_role(
    reading: _Reading, section: Section, parties: Sequence[Party]
) -> Role | None:
    """Return what bare names are: reporters in a dateline's bracket, else writers, if anything."""
    if reading.dateline_end is not None:
        between = reading.folded[reading.dateline_end : parties[0].atom.start if parties else 0]
        if between.strip() == "(":
            return Role.REPORTER
    return None if reading.position == "inline" or section.hard else Role.WRITER


def _stands_alone(reading: _Reading, parties: Sequence[Party], default: Role | None) -> bool:
    """Say whether names under no label are credits: each vouched for, or surely a name."""
    sure = any(party.atom.kind is Kind.NAME for party in parties)
    for party in parties:
        if party.atom.kind is Kind.MAYBE and not (party.vouched and (sure or reading.position != "inline")):
            return False
        if not party.vouched and (default is None or party.atom.kind is not Kind.NAME):
            return False
    return True


def _is_lone_outlet(reading: _Reading, section: Section) -> bool:
    """Take an outlet that stands unlabelled beside a time at the head of a page as the source."""
    text = reading.text[section.pieces[0].start : section.pieces[-1].end]
    line = reading.line
    if reading.position != "head" or line.source or not line.published_at:
        return False
    if not is_organization(fold(text)):
        return False
    reading.line = replace(line, source=clean_source(text))
    return True


def _credits_of(
    reading: _Reading, section: Section, party: Party, default: Role | None
) -> list[tuple[int, Credit]]:
    start, end = party.atom.start, party.atom.end
    affiliation = party.affiliation or section.affiliation
    outlet = _affiliation(reading.text[slice(*affiliation)]) if affiliation else None
    level = section.label.level if section.label else None
    return [
        (
            start,
            Credit(
                role=role,
                name=reading.text[start:end].replace("\n", " ").strip(),
                kind=party.kind,
                affiliation=outlet,
                level=level if role is Role.REVIEWER else None,
                label=_printed_label(reading, section, party, role),
            ),
        )
        for role in roles_of(party, section.label, default)
    ]


def _affiliation(text: str) -> str | None:
    """Return an outlet without marks around it; None where it names the page's own: 本报."""
    name = " ".join(text.split()).strip("《》\"“”|/ ")
    return None if not name or name in OWN_OUTLETS else name


def _printed_label(
    reading: _Reading, section: Section, party: Party, role: Role
) -> str | None:
    """Return the words that gave a party its role, as printed."""
    section_label = section.label if section.hard or section.label_span[1] else None
    closing, title, prefix = party.closing, party.title, party.prefix
    if closing and closing.closing and role in closing.closing.roles:
        return reading.text[closing.start : closing.end]
    if prefix and prefix.closing and role in prefix.closing.roles:
        return reading.text[prefix.start : prefix.end]
    if section_label and role in section_label.roles:
        return reading.text[slice(*section.label_span)] or None
    return reading.text[title.start : title.end] if title else None
