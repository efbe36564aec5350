"""The words of a credit line: cutting a line into pieces, and reading one piece by itself."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from functools import lru_cache

from news.label_reading import find_label, guess_label, is_modifier, split_label
from news.labels import LABELS, Closing, Field, Label
from news.names import (
    drop_code,
    is_code,
    is_organization,
    is_person,
    is_placeholder,
    is_possible_person,
    split_names,
)
from news.places import is_place, split_trailing_place
from news.text import all_han, words
from news.titles import BEATS, CLOSINGS, REPORT, TITLE, TITLES

_LONGEST_WORD = 100  # characters; longer runs of titles and names are no credit line
FILLER = "\ue000"  # keeps the width of 文/图, which is read as one word
# A plus joins two words, but ends the name of an outlet that stands before its reporter: 南方+.
_PIECE = re.compile(rf"文图{FILLER}*|[^\s:/|(),、;。!?\"《》—+&]+(?:\+(?=记者|客户端|通讯员))?")
_HARD = re.compile(r"[\n()。!?]")
OWN_OUTLETS = frozenset(
    words("本报 本网 本台 本站 本社 本刊 本端 本")
)  # the outlet speaking of itself
_PROSE_BEFORE_TITLE = frozenset(
    "的了是在我你他她它们这那哪对向让使当因什怎问据被给称说跟和与名位个"
)
_SUPPLIED = re.compile(
    r"(?:本[文组版篇]|以上|文[中内]|部分)?(?:图片|照片|视频|供图|题图|素材|图|文字)?(?:[均皆都]?由|[均皆都]为?|系|为)"
)
# Where a report was sent from, or what it was put together of: no names.
_SENT_FROM = re.compile(
    r"发自.{2,8}|综合外[电媒]|综合(?:报道|整理|编译|消息)|[图视](?:据|自|源自).{2,8}"
)


class Kind(Enum):
    """What a word, or a part of one, is."""

    NAME = auto()  # surely a person's
    MAYBE = auto()  # a person's where a label or title announces one
    ORGANIZATION = auto()
    AFFILIATION = auto()  # what stands glued before a title
    TITLE = auto()
    CLOSING = auto()
    NOTHING = auto()  # a place before 报道, a placeholder, a staff code
    UNKNOWN = auto()


@dataclass(frozen=True, slots=True)
class Piece:
    """One word between separators: its place in the line, and the marks before and after it."""

    text: str
    start: int
    end: int
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Atom:
    """The smallest meaningful part of a word, with its place in the line."""

    kind: Kind
    start: int
    end: int
    gap: str = ""  # the separators before it; empty where it is glued to the one before
    title: Label | None = None
    closing: Closing | None = None


def cut(folded: str) -> list[Piece]:
    """Cut a folded line into its words; runs of separators become `before` and `after`."""
    spans = [m.span() for m in _PIECE.finditer(folded) if _meaningful(m[0])]
    edges = [0, *(end for _, end in spans)]
    starts = [*(start for start, _ in spans), len(folded)]
    return [
        Piece(folded[s:e].rstrip(FILLER), s, e, folded[edges[i] : s], folded[e : starts[i + 1]])
        for i, (s, e) in enumerate(spans)
    ]


def _meaningful(word: str) -> bool:
    return any(char.isalnum() for char in word)


def is_hard(gap: str) -> bool:
    """Say whether separators end a clause: a line break, a bracket, a full stop."""
    return bool(_HARD.search(gap))


def read_word(piece: Piece) -> list[Atom]:
    """Return what one word holds; a word that makes no sense is one UNKNOWN."""
    match = REPORT.search(piece.text) if piece.before.strip() == "/" else None
    if match and 0 < match.start() <= 6:  # 记者某某／某地报道: what stands there is a place
        place: _Part = (Kind.NOTHING, piece.text[: match.start()], None, None)
        parts: Sequence[_Part] = (place, *_read_report(match[0]))
    elif piece.before.strip() == "/" and is_place(piece.text):
        parts = ((Kind.NOTHING, piece.text, None, None),)  # 记者某某/某地 即时报道
    else:
        parts = _read(piece.text)
    atoms, start = [], piece.start
    for kind, text, label, closing in parts:
        gap = piece.before if start == piece.start else ""
        atoms.append(Atom(kind, start, start + len(text), gap, label, closing))
        start += len(text)
    return [replace(atoms[0], end=piece.end)] if len(atoms) == 1 else atoms


_Part = tuple[Kind, str, Label | None, Closing | None]


@lru_cache(maxsize=4096)
def _read(text: str) -> tuple[_Part, ...]:
    if text in CLOSINGS:
        return ((Kind.CLOSING, text, None, CLOSINGS[text]),)
    if len(text) > _LONGEST_WORD:
        return ((Kind.UNKNOWN, text, None, None),)
    return tuple(
        _read_titled(text)
        or _read_nobody(text)
        or _read_report(text)
        or _read_whole(text)
        or _read_labelled(text)
        or _read_closed(text)
        or _read_loose(text)
    )


def _read_nobody(text: str) -> list[_Part]:
    nobody = is_code(text) or is_placeholder(text) or _SENT_FROM.fullmatch(text)
    return [(Kind.NOTHING, text, None, None)] if nobody else []


def _read_whole(text: str) -> list[_Part]:
    if is_organization(text):
        return [(Kind.ORGANIZATION, text, None, None)]
    if is_person(text):
        return [(Kind.NAME, text, None, None)]
    return []


def _read_loose(text: str) -> list[_Part]:
    """Read glued names, names with a staff code, and words that only a label makes names."""
    names = split_names(text)
    if names:
        return [(Kind.NAME, name, None, None) for name in names]
    bare = drop_code(text)
    if bare != text and (is_person(bare) or is_possible_person(bare)):
        return [(Kind.NAME, bare, None, None), (Kind.NOTHING, text[len(bare) :], None, None)]
    kind = Kind.MAYBE if is_possible_person(text) else Kind.UNKNOWN
    return [(kind, text, None, None)]


def _read_titled(text: str) -> list[_Part]:
    """Read `某报全媒体记者甲某` as affiliation, title and names."""
    match = TITLE.search(text)
    if match is None:
        return []
    start = match.start()
    for beat in BEATS:
        if text[:start].endswith(beat) and _names_outlet(text[: start - len(beat)]):
            start -= len(beat)
    before = _read_before_title(text[:start])
    after = _read_after_title(text[match.end() :], match["head"])
    if before is None or after is None:
        return [(Kind.UNKNOWN, text, None, None)]
    title = TITLES.get(match["head"]) or TITLES["撰稿人"]
    return [*before, (Kind.TITLE, text[start : match.end()], title, None), *after]


def _names_outlet(text: str) -> bool:
    return not text or text in OWN_OUTLETS or is_organization(text)


def _read_before_title(text: str) -> list[_Part] | None:
    if not text:
        return []
    work = find_label(text)  # 出镜记者: what one did, not for whom
    if text in OWN_OUTLETS or is_placeholder(text) or _SUPPLIED.fullmatch(text) or work:
        return [(Kind.NOTHING, text, None, None)]
    names = () if is_organization(text) else split_names(text)
    if len(names) > 1 or (names and len(text) == 3):
        return [(Kind.NAME, name, None, None) for name in names]
    prose = _PROSE_BEFORE_TITLE & set(text.replace("在线", ""))
    if len(text) > 24 or (prose and not is_organization(text)):
        return None
    closed = _read_closed(text)
    return closed or [(Kind.AFFILIATION, text, None, None)]


def _read_after_title(text: str, title: str = "") -> list[_Part] | None:
    """Read what is glued to a title: names, then perhaps a place, a closing, another title."""
    if not text:
        return []
    if text in CLOSINGS:
        return [(Kind.CLOSING, text, None, CLOSINGS[text])]
    for parts in (_read_titled(text), _read_report(text), _read_names(text), _read_closed(text)):
        if parts:
            return None if parts[0][0] is Kind.UNKNOWN else parts
    bare = drop_code(text)
    if bare != text and is_person(bare):
        return [(Kind.NAME, bare, None, None), (Kind.NOTHING, text[len(bare) :], None, None)]
    if title == "通讯员" and len(text) <= 4 and is_possible_person(text):
        return [(Kind.MAYBE, text, None, None)]  # offices sign with pen names: 交宣, 公轩
    return None


def _read_names(text: str) -> list[_Part]:
    return [(Kind.NAME, name, None, None) for name in split_names(text)]


def _read_report(text: str) -> list[_Part]:
    """Read `甲某台北综合报道`: names, a place, and the closing 报道."""
    match = REPORT.search(text)
    if match is None:
        return []
    closing = CLOSINGS[(match["kind"] or "") + "报道"]
    end: _Part = (Kind.CLOSING, match[0], None, closing)
    before = text[: match.start()]
    if not before:
        return [end]
    if is_place(before):
        return [(Kind.NOTHING, before, None, None), end]
    names, place = split_trailing_place(before)
    if parts := _read_names(names):
        return [*parts, *([(Kind.NOTHING, place, None, None)] if place else []), end]
    if parts := _read_names(before):
        return [*parts, end]
    if is_organization(before):
        return [(Kind.ORGANIZATION, before, None, None), end]
    if all_han(before) and len(before) <= 4:
        return [(Kind.NOTHING, before, None, None), end]
    return []


def _read_labelled(text: str) -> list[_Part]:
    """Read `责任编辑甲某`, a label glued to names, as a title before them."""
    for length in range(min(6, len(text) - 2), 1, -1):
        label = find_label(text[:length]) if _glues(text[:length]) else None
        if label and label.roles and (names := _read_names(text[length:])):
            return [(Kind.TITLE, text[:length], label, None), *names]
    return []


_GLUED_LABELS = words("编辑 责编 作者 摄影 撰文 校对 审核 文字 一审 二审 三审 编译 审校 校审 美编")


def _glues(label: str) -> bool:
    """Say whether a label is met glued to a name; most others then begin an everyday phrase."""
    return label.endswith(_GLUED_LABELS)


def _read_closed(text: str) -> list[_Part]:
    """Read `甲某摄`, `某社音视频部制作`, `图片由某局提供`: whom it is about, and a closing."""
    for length in range(min(4, len(text) - 2), 0, -1):
        closing = CLOSINGS.get(text[-length:])
        if closing is None or not closing.glues:
            continue
        lead = _SUPPLIED.match(text)
        start = lead.end() if lead else 0
        whom = text[start:-length]
        parts = _read_whole(whom) or _read_names(whom) or _read_nobody(whom)
        pictured = lead and lead[0].endswith("由") and len(lead[0]) > 1
        if not parts and pictured and 2 <= len(whom) <= 15 and all_han(whom):
            parts = [(Kind.ORGANIZATION, whom, None, None)]  # 图片由某村提供
        if parts:
            before: list[_Part] = [(Kind.NOTHING, text[:start], None, None)] if start else []
            return [*before, *parts, (Kind.CLOSING, text[-length:], None, closing)]
    return []


def label_of(piece: Piece) -> Label | None:
    """Return the label that a word is by itself, whatever follows it."""
    match = TITLE.fullmatch(piece.text)
    return find_label(piece.text) or (TITLES.get(match["head"]) if match else None)


def label_before_colon(piece: Piece) -> tuple[int, Label | None]:
    """Return where the label before a colon begins within a word, and its meaning.

    A word that merely ends in a label is a compound of it (`本篇统筹`), unless a name or an outlet
    is glued to its front (`某某报作者`): then the label begins after it.
    """
    label = label_of(piece)
    if label:
        return 0, label
    text = piece.text
    for length in range(2, min(len(text) - 1, 12)):
        found = find_label(text[length:])
        if found and _is_value(text[:length], found, text[length:]):
            return _end_of_outlet(text, length), found
    head, prefix = split_label(text)
    if len(head) > 1 and len(prefix) <= 6 and all_han(prefix):
        label = LABELS[head]
        # 资金来源 and 水的来源 say where something else comes from.
        return 0, None if label.field is Field.SOURCE and not is_modifier(prefix) else label
    return 0, guess_label(text)


def _end_of_outlet(text: str, length: int) -> int:
    """Return where an outlet before a label ends: 嘉禾新闻记者 is of 嘉禾新闻, not of 嘉禾."""
    longer = range(length + 1, min(len(text) - 1, 12))
    ends = (end for end in longer if is_organization(text[:end]) and find_label(text[end:]))
    return max(ends, default=length) if is_organization(text[:length]) else length


def _is_value(text: str, label: Label, printed: str) -> bool:
    if (label.field is Field.SKIP and len(text) <= 4) or find_label(text):
        return False  # 海报设计 is one kind of work, though 海报 is an outlet too
    if is_organization(text):
        return True
    # Two characters before 全媒体记者 are rather a paper's short name than a person's.
    return bool(split_names(text)) and (len(text) > 2 or printed in LABELS.keys() - TITLES.keys())


def glue_padding(folded: str, text: str) -> tuple[str, str]:
    """Take the spaces out of padded names (`王　某`) in a folded line and in its original."""
    spans = [span for match in _PADDED.finditer(folded) for span in _inner_spaces(match)]
    spans += [m.span(1) for m in _PADDED_AFTER_TITLE.finditer(folded)]
    for start, end in sorted(set(spans), reverse=True):
        folded, text = folded[:start] + folded[end:], text[:start] + text[end:]
    return folded, text


_HAN = r"\u3400-\u9fff"
_PADDED = re.compile(
    rf"(?<![{_HAN}·])(?![文图摄译绘]\s)[{_HAN}](?:[ ]+(?![文图摄译绘](?![{_HAN}]))[{_HAN}])+"
    rf"(?=[^{_HAN}·]|$|摄|文/?图|报道)"
)
_PADDED_AFTER_TITLE = re.compile(
    rf"(?<=记者|讯员|习生)[{_HAN}]([ ]+)(?![文图摄译])[{_HAN}](?=[^{_HAN}·]|$|摄)"
)


def _inner_spaces(match: re.Match[str]) -> Iterator[tuple[int, int]]:
    """Yield the spaces to close in a run of single characters: one name of three, else pairs."""
    run = match[0]
    gaps = [m.span() for m in re.finditer(" +", run)]
    whole = len(gaps) == 2
    for index, (start, end) in enumerate(gaps):
        if whole or index % 2 == 0:
            yield match.start() + start, match.start() + end
