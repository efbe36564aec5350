"""Credit lines of Chinese news pages: who wrote, edited and let pass a text, and whence it came.

The grammar: a line is cut into words, words into sections under labels (`news.labels`), and the
words of a section are read as outlets, titles, names and closing words (`记者 某某 摄`). Prose
gives nothing, because a clause counts only where every word of it is understood.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import tzinfo
from functools import lru_cache
from itertools import pairwise

from news.article import Credit, Role
from news.credit_fields import (
    Party,
    Section,
    cut_sections,
    read_atoms,
    read_parties,
)
from news.credit_lifting import TRIGGER, CreditLine, Draft, Position, is_plain_prose, open_draft
from news.credit_roles import roles_of
from news.credit_words import OWN_OUTLETS, Atom, Kind, Piece, cut, read_word
from news.datelines import clean_source, parse_original_headline, parse_source_phrase
from news.dates import CHINA_TIME
from news.head_outlets import (
    take_leading_outlet,
    without_barred_outlet,
    without_trailing_outlet,
)
from news.labels import Field, Label
from news.names import is_common_name, is_organization, is_person
from news.places import is_place
from news.surnames import SURNAMES
from news.text import fold
from news.titles import CLOSINGS

__all__ = [
    "CreditLine",
    "clean_source",
    "find_inline_credits",
    "is_credit_line",
    "parse_credit_line",
    "parse_original_headline",
    "parse_signature",
]

MAX_WHOLE_LINE = 400
_SIGNATURE = re.compile(r"[。！？!?”」…][\s　]{0,3}[(（](?P<names>[^()（）]{2,16})[)）]\s*$")
_SIGNING = frozenset({Role.EDITOR, Role.WRITER, Role.REPORTER, Role.CORRESPONDENT})
_ASKS = frozenset({Role.REPORTER, Role.CORRESPONDENT})
_LONGEST_PEN_NAME = 6
_LONGEST_LABELLED = 120
_PRESS = ("社", "报", "网", "新闻", "客户端", "在线", "台", "广播", "周刊")
_PICTURE = [CLOSINGS[word] for word in ("摄", "摄影", "供图", "图")]


def parse_credit_line(
    text: str, *, position: Position = "foot", zone: tzinfo = CHINA_TIME
) -> CreditLine:
    """Return what a line at the head, at the foot or inside a page's text says about its making.

    At head and foot, bare names are writers and words behind a label may be dropped; inline, a
    clause counts only where all of it is credit. `zone` is that of a printed time.
    """
    return _in_zone(_read(text, position).line, zone)


def _in_zone(line: CreditLine, zone: tzinfo) -> CreditLine:
    """Return a line that was read in China's time with its time, if printed without an offset."""
    printed = line.published_at
    if zone is CHINA_TIME or printed is None or printed.at.tzinfo is not CHINA_TIME:
        return line
    return replace(line, published_at=replace(printed, at=printed.at.replace(tzinfo=zone)))


def find_inline_credits(paragraph: str) -> CreditLine:
    """Return the credits and the source that a paragraph of running text carries.

    `（记者 某某）`, `某某社某地12月9日电（记者某某）`, `某某 摄`; plain prose gives an empty line.
    """
    if not TRIGGER.search(paragraph) or is_plain_prose(paragraph):
        return CreditLine()
    return _read(paragraph, "inline").line


def parse_signature(paragraph: str) -> tuple[Credit, ...]:
    """Return who signs an article in a bracket behind its end: `。(甲某)`, `。(某局 甲某)`.

    What they did nobody says, so their role is OTHER. To be asked of the last paragraph alone.
    """
    signed = _SIGNATURE.search(paragraph[-40:])
    if signed is None:
        return ()
    office, _, name = signed["names"].strip().rpartition(" ")
    from_place = len(office) > 2 and is_place(fold(office))
    if (from_place or (len(office) > 3 and is_organization(fold(office)))) and is_person(
        fold(name)
    ):
        return (Credit(Role.OTHER, name, affiliation=office),)
    apart = signed["names"].split("、")
    words = signed["names"].split()
    if len(apart) == 1 and min(map(len, words)) > 1:
        apart = words
    names = ["".join(name.split()) for name in apart]
    if not all(is_common_name(fold(name)) for name in names):
        return ()
    return tuple(Credit(Role.OTHER, name) for name in names)


def is_credit_line(text: str) -> bool:
    """Say whether a whole line is credit, source, time or contact matter and nothing else.

    Beside two labels a word that makes no sense is taken for a name nobody foresaw.
    """
    if not 2 <= len(text.strip()) <= MAX_WHOLE_LINE:
        return False
    draft = _read(text, "foot")
    labelled = draft.labels > 1 and len(text) <= _LONGEST_LABELLED and "。" not in text
    return draft.evident and (draft.whole or labelled)


# A page's reader asks of one line first what it is and then what it says.
@lru_cache(maxsize=64)
def _read(text: str, position: Position) -> Draft:
    draft = open_draft(text, position, CHINA_TIME)
    _read_sections(draft)
    if draft.credits:
        draft.line = replace(draft.line, credits=_in_order(draft))
    return draft


def _in_order(draft: Draft) -> tuple[Credit, ...]:
    """Return the credits in page order, each role and name once."""
    seen: dict[tuple[Role, str], Credit] = {}
    for _, credit in sorted(draft.credits, key=lambda item: item[0]):
        seen.setdefault((credit.role, credit.name), credit)
    return tuple(seen.values())


def _read_sections(draft: Draft) -> None:
    pieces = cut(draft.folded)
    sections = [s for s in cut_sections(pieces) if s.pieces or s.label]
    for clause in _clauses(sections):
        found: list[tuple[int, Credit]] = []
        understood = not [s for s in clause if not _read_section(draft, s, found)]
        draft.whole = draft.whole and understood
        if understood or draft.position != "inline":
            draft.credits += found


def _clauses(sections: Sequence[Section]) -> Iterator[list[Section]]:
    clauses: dict[int, list[Section]] = {}
    for section in sections:
        clauses.setdefault(section.clause, []).append(section)
    yield from clauses.values()


def _read_section(draft: Draft, section: Section, found: list[tuple[int, Credit]]) -> bool:
    """Read one section into credits; say whether all of it was understood."""
    label = section.label
    draft.labels += bool(section.hard and section.pieces and _tells(section))
    if label and label.field is Field.SKIP:
        draft.evident = draft.evident or section.known
        return section.known and sum(len(p.text) for p in section.pieces) <= 20
    if label and label.field is Field.SOURCE:
        section = _take_source(draft, section)
    elif label is None and _take_source_phrase(draft, section):
        return True
    draft.evident = draft.evident or section.label is not None
    return _take_people(draft, section, found)


def _take_source(draft: Draft, section: Section) -> Section:
    """Take the outlet behind 来源; return what is left: the people named after it."""
    words, people = _source_words(section)
    if words and _is_sentence(words):
        draft.whole = False
        return Section(section.clause, section.label, hard=True)
    draft.evident = True
    if words and draft.line.source is None:
        end = words[-1].end
        tail = draft.text[end : end + 1]
        end += tail == "+" or (tail == "》" and "《" in draft.text[words[0].start : end])
        name = clean_source(draft.text[words[0].start : end])
        draft.line = replace(draft.line, source=name)
    return Section(section.clause, Label((Role.WRITER,)), hard=True, pieces=people)


def _is_sentence(words: Sequence[Piece]) -> bool:
    """Say whether what stands behind 来源 is a sentence of several clauses, no outlet's name."""
    ends = words[-1].after.lstrip().startswith(("。", "!", "?"))
    return ends and any("," in word.before for word in words[1:])


def _source_words(section: Section) -> tuple[list[Piece], list[Piece]]:
    """Divide what stands behind 来源 into the outlet's words and those of people after it."""
    for index, piece in enumerate(section.pieces):
        atoms = read_word(piece)
        kinds = [atom.kind for atom in atoms]
        if Kind.TITLE in kinds or (index and set(kinds) == {Kind.NAME}):
            return section.pieces[:index], section.pieces[index:]
    return section.pieces, []


def _take_source_phrase(draft: Draft, section: Section) -> bool:
    if not section.pieces or draft.line.source is not None:
        return False
    first, last = section.pieces[0].start, section.pieces[-1].end
    place = parse_source_phrase(draft.folded[first:last])
    if place is None:
        head = section.pieces[0]
        place = parse_source_phrase(head.text) if head.text.endswith("发") else None
        if place is None:
            return False
        last = section.pieces.pop(0).end
    start, end = first + place[0], first + place[1]
    draft.line = replace(draft.line, source=clean_source(draft.text[start:end]))
    draft.evident = True
    return not section.pieces or last == section.pieces[-1].end


def _take_people(draft: Draft, section: Section, found: list[tuple[int, Credit]]) -> bool:
    atoms, caption = _without_caption(section, _with_pen_name(draft, section))
    atoms = without_barred_outlet(draft, section, atoms)
    atoms = without_trailing_outlet(draft, section, atoms)
    parties, understood = read_parties(atoms)
    default = None if section.label else _default_role(draft, section, parties)
    alone = understood and _stands_alone(draft, section, parties, default)
    if section.label is None and not alone:
        return not section.pieces or _is_lone_outlet(draft, section)
    unsure = bool(parties) and all(party.atom.kind is Kind.MAYBE for party in parties)
    if section.label and unsure and draft.position == "inline":
        return False
    titled = all(party.title for party in parties)
    unproven = unsure and not titled and _says_little(section)
    draft.whole = draft.whole and not caption and not unproven
    take_leading_outlet(draft, atoms)
    for party in parties:
        draft.evident = draft.evident or party.vouched
        found += _credits_of(draft, section, party, default)
    return understood


def _with_pen_name(draft: Draft, section: Section) -> list[Atom]:
    """Read what stands alone behind 编辑： or 作者： as a name, even one that is a phrase."""
    atoms = read_atoms(section)
    roles = set(section.label.roles) if section.label else set()
    signed = section.hard and section.label and roles <= _SIGNING
    if not signed or draft.position == "inline" or len(atoms) != 1 or len(section.pieces) != 1:
        return atoms
    atom, start, end = atoms[0], *section.label_span
    # An interview asks under the same label: 记者：费用怎么分摊？
    longest = 0 if "?" in section.pieces[0].after else 4 if roles & _ASKS else _LONGEST_PEN_NAME
    phrase = atom.kind is Kind.UNKNOWN and 2 <= atom.end - atom.start <= longest
    return [replace(atom, kind=Kind.MAYBE)] if phrase and end - start >= 2 else atoms


def _tells(section: Section) -> bool:
    """Say whether a section's label is one that only credit lines have."""
    label = section.label
    if label is None or label.field is Field.SKIP:
        return False
    return label.field is Field.SOURCE or not _says_little(section)


def _says_little(section: Section) -> bool:
    """Say whether a label is also an everyday word, so that it proves nothing by itself."""
    start, end = section.label_span
    roles = set(section.label.roles) if section.label else set()
    return end - start < 2 or not roles <= _SIGNING | {Role.REVIEWER, Role.PHOTOGRAPHER}


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


def _default_role(draft: Draft, section: Section, parties: Sequence[Party]) -> Role | None:
    """Return what bare names are: reporters in a dateline's bracket, else writers, if anything."""
    if draft.dateline_end is not None:
        between = draft.folded[draft.dateline_end : parties[0].atom.start if parties else 0]
        if between.strip() == "(":
            return Role.REPORTER
    follows_label = section.pieces and ":" in section.pieces[0].before
    return None if draft.position == "inline" or follows_label else Role.WRITER


def _stands_alone(
    draft: Draft, section: Section, parties: Sequence[Party], default: Role | None
) -> bool:
    """Say whether names under no label are credits: each vouched for, or surely a name."""
    sure = any(party.atom.kind is Kind.NAME for party in parties) or _bracketed(section)
    inline = draft.position == "inline"
    if _glued_without_title(parties):
        return False
    for party in parties:
        if party.atom.kind is Kind.MAYBE and not (_likely(party) and (sure or not inline)):
            return False
        if not party.vouched and (default is None or party.atom.kind is not Kind.NAME):
            return False
    return True


def _bracketed(section: Section) -> bool:
    """Say whether a section is all that a bracket holds, and ends in what may be a name."""
    if not section.pieces:
        return False
    first, last = section.pieces[0], section.pieces[-1]
    whole = first.before.rstrip().endswith("(") and last.after.lstrip().startswith(")")
    return whole and len(last.text) in (2, 3) and last.text[0] in SURNAMES


def _glued_without_title(parties: Sequence[Party]) -> bool:
    """Say whether names run together that nothing vouches for: more likely some other words."""
    neighbours = pairwise(parties)
    return any(a.atom.end == b.atom.start and not b.vouched for a, b in neighbours)


def _likely(party: Party) -> bool:
    """Say whether an unsure name under no label is one: it has a title, or took a picture."""
    photo = party.closing is not None and party.closing.closing is CLOSINGS["摄"]
    both = party.prefix is not None and party.prefix.closing is CLOSINGS["文图"]
    return party.title is not None or photo or both


def _is_lone_outlet(draft: Draft, section: Section) -> bool:
    """Take an outlet that stands alone as the source: by a time, or in a bracket at the foot."""
    text = draft.text[section.pieces[0].start : section.pieces[-1].end]
    line, before = draft.line, section.pieces[0].before.rstrip()
    if draft.position == "inline" or line.source or not is_organization(fold(text)):
        return False
    dated = line.published_at and (before.endswith("《") or draft.position == "head")
    if not dated and not (before.endswith("(") and fold(text).endswith(_PRESS)):
        return False
    draft.line = replace(line, source=clean_source(text))
    return True


def _credits_of(
    draft: Draft, section: Section, party: Party, default: Role | None
) -> list[tuple[int, Credit]]:
    start, end = party.atom.start, party.atom.end
    affiliation = party.affiliation or section.affiliation
    outlet = _affiliation(draft.text[slice(*affiliation)]) if affiliation else None
    level = section.label.level if section.label else None
    return [
        (
            start,
            Credit(
                role=role,
                name=draft.text[start:end].replace("\n", " ").strip(),
                kind=party.kind,
                affiliation=outlet,
                level=level if role is Role.REVIEWER else None,
                label=_printed_label(draft, section, party, role),
            ),
        )
        for role in roles_of(party, section.label, default)
    ]


def _affiliation(text: str) -> str | None:
    """Return an outlet without marks around it; None where it names the page's own: 本报."""
    name = " ".join(text.split()).strip('《》"“”|/ ')
    return None if not name or name in OWN_OUTLETS else name


def _printed_label(draft: Draft, section: Section, party: Party, role: Role) -> str | None:
    """Return the words that gave a party its role, as printed."""
    section_label = section.label if section.hard or section.label_span[1] else None
    closing, title, prefix = party.closing, party.title, party.prefix
    if closing and closing.closing and role in closing.closing.roles:
        return draft.text[closing.start : closing.end]
    if prefix and prefix.closing and role in prefix.closing.roles:
        return draft.text[prefix.start : prefix.end]
    if section_label and role in section_label.roles:
        return draft.text[slice(*section.label_span)] or None
    return draft.text[title.start : title.end] if title else None
