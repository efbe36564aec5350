"""From words to parties: cutting a credit line into labelled fields, and reading one field."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from news.article import PartyKind, Role
from news.credit_words import (
    Atom,
    Kind,
    Piece,
    is_hard,
    label_before_colon,
    label_of,
    read_word,
)
from news.label_reading import find_label, is_modifier
from news.labels import LABELS, Field, Label, P, R, V
from news.names import is_common_name, is_organization
from news.places import PLACES
from news.surnames import SURNAMES
from news.titles import CLOSINGS, REPORT, TITLE

_JOINS_LABELS = frozenset("/、,&+·")
_ACCOUNT = re.compile(r"(?:官方)?(?:微信)?(?:公众号|微博|视频号|头条号)").fullmatch
_CLOCK_LABEL = re.compile(r"(?:时间|日期)$")
_LOOSE = ' 《》"\n'  # what may stand between an outlet and the title it belongs to
_LONGEST_OUTLET = 6  # words; longer runs of outlets are a list
_LONGEST_NAME = 4  # characters of a Chinese name
_NAMES = (Kind.NAME, Kind.MAYBE)


@dataclass(slots=True)
class Section:
    """A label and the words that stand under it; the label is None at the head of a clause."""

    clause: int
    label: Label | None = None
    label_span: tuple[int, int] = (0, 0)
    hard: bool = False  # the label is marked by a colon, a slash or a bar
    known: bool = True  # False: a word before a colon that is no label we know
    pieces: list[Piece] = field(default_factory=list)
    affiliation: tuple[int, int] | None = None
    start: int = 0


@dataclass(slots=True)
class Party:
    """One named party of a section, by its place in the line, with all that speaks of it."""

    atom: Atom
    title: Atom | None = None
    affiliation: tuple[int, int] | None = None
    prefix: Atom | None = None  # a closing word that stands before its names: `摄影 某某`
    closing: Atom | None = None
    apart: bool = False  # named under a title that follows untitled names, not under the label

    @property
    def kind(self) -> PartyKind:
        """Whether it is a person or an organisation."""
        named = self.atom.kind in _NAMES
        return PartyKind.PERSON if named else PartyKind.ORGANIZATION

    @property
    def vouched(self) -> bool:
        """Whether a title or a closing says what it did."""
        return bool(self.title or self.prefix or self.closing)


def cut_sections(pieces: Sequence[Piece]) -> list[Section]:
    """Cut the words of a line into sections, in order."""
    sections = [Section(0)]
    index = 0
    while index < len(pieces):
        piece, current = pieces[index], sections[-1]
        if _breaks(piece, pieces[index - 1] if index else None, current):
            sections.append(Section(current.clause + 1, start=piece.start))
        index += _take(pieces, index, sections)
    return sections


def _breaks(piece: Piece, before: Piece | None, current: Section) -> bool:
    """Say whether a clause ends before a piece; a label still without a value waits for it."""
    if before is None:
        return False
    if current.pieces[-1:] == [before] and REPORT.search(before.text):
        titled = REPORT.fullmatch(before.text) and any(TITLE.search(p.text) for p in current.pieces)
        if ":" in piece.before or (titled and piece.before.isspace()):
            return True
    if not is_hard(piece.before):
        return False
    last = current.pieces[-1].text if current.pieces else ""
    if last and last.endswith(("记者", "通讯员")) and "\n" in piece.before:
        return False
    return bool(current.pieces) or not current.hard or ")" in piece.before


def _take(pieces: Sequence[Piece], index: int, sections: list[Section]) -> int:
    """Put one piece, or a chain of labels, where it belongs; return how many were taken."""
    piece, current = pieces[index], sections[-1]
    count, joint = _label_chain(pieces, index)
    if joint:
        last = pieces[index + count - 1]
        sections.append(_labelled(current.clause, joint, piece.start, last.end, hard=True))
        return count
    if _is_marked(pieces, index, current):
        _open_marked(piece, sections)
    elif label := _soft_label(pieces, index, current):
        sections.append(_labelled(current.clause, label, piece.start, piece.end, hard=False))
    else:
        current.pieces.append(piece)
    return 1


def _labelled(clause: int, label: Label, start: int, end: int, *, hard: bool) -> Section:
    return Section(clause, label, (start, end), hard, start=start)


def _label_chain(pieces: Sequence[Piece], index: int) -> tuple[int, Label | None]:
    """Read `摄影/剪辑：` or `编辑、校对：`: labels joined by marks, the last before a colon."""
    roles: list[Role] = []
    for count, piece in enumerate(pieces[index : index + 4], 1):
        label = label_of(piece)
        if label is None or not label.roles:
            return 0, None
        roles += [role for role in label.roles if role not in roles]
        after = piece.after.strip()
        ends = after[:1] in {":", "|"} or (
            piece.after and not after and not TITLE.search(piece.text)
        )
        if ends:
            return (count, Label(tuple(roles), label.level)) if count > 1 else (0, None)
        if after not in _JOINS_LABELS or not after:
            return 0, None
    return 0, None


def _is_marked(pieces: Sequence[Piece], index: int, current: Section) -> bool:
    """Say whether a piece is marked as a label: by a colon, a slash or a bar after it."""
    piece = pieces[index]
    mark = piece.after.strip()[:1]
    if mark == ":":
        byline = REPORT.search(piece.text) and (current.pieces or piece.text not in LABELS)
        return not byline  # the colon of `某某报道：` opens the story
    if mark not in {"/", "|"} or index + 1 == len(pieces) or is_hard(piece.after):
        return False
    if piece.before.strip()[-1:] in {"/", "|"} and label_of(piece) is None:
        return label_before_colon(piece)[0] > 0  # 记者/某某编辑/某某
    if piece.before.strip()[-1:] == "/" or (label_of(piece) is None and not _of_outlet(piece)):
        return False
    following = pieces[index + 1]
    if following.text in CLOSINGS or REPORT.fullmatch(following.text):
        return False
    return mark == "/" or not (label_of(following) and following.after.strip()[:1] in {":", "|"})


def _of_outlet(piece: Piece) -> bool:
    """Say whether a word is a label with an outlet before it: `某某新闻编辑 | 甲某`."""
    offset, label = label_before_colon(piece)
    return bool(label and label.roles and offset and is_organization(piece.text[:offset]))


def _open_marked(piece: Piece, sections: list[Section]) -> None:
    current = sections[-1]
    offset, label = label_before_colon(piece)
    if label is None:
        account = current.label and current.label.field is Field.SOURCE
        expected = current.label and (current.label.roles or (account and _ACCOUNT(piece.text)))
        if not (current.hard and expected and not current.pieces):
            sections.append(
                Section(current.clause, Label(field=Field.SKIP), piece_span(piece), True, False)
            )
        return
    start = piece.start + offset
    section = _labelled(current.clause, label, start, piece.end, hard=True)
    pictured = current.hard and not current.pieces and current.label
    if pictured and pictured.roles[:1] in ((P,), (V,)) and label.roles == (R,):
        section.label = pictured  # 图/某报记者：a photo function wins over a title
    waiting = current.hard and not current.pieces
    titled = TITLE.search(piece.text[offset:]) is not None  # its outlet is glued before it
    if offset and not titled and (waiting or not is_organization(piece.text[:offset])):
        value = replace(piece, text=piece.text[:offset], end=start, after="")
        current.pieces.append(value)
    elif offset and not is_modifier(piece.text[:offset]):
        section.affiliation = (piece.start, start)
    _set_title_affiliation(section, piece)
    sections.append(section)


def _set_title_affiliation(section: Section, piece: Piece) -> None:
    """Take the outlet glued before a title that serves as a label: `某某报记者：`."""
    title = TITLE.search(piece.text)
    if not title or not title.start() or find_label(piece.text[: title.start()]):
        return  # 出镜记者 says what one did, not for whom
    if section.label_span[0] == piece.start:
        start = piece.start + title.start()
        section.affiliation, section.label_span = (piece.start, start), (start, piece.end)


def piece_span(piece: Piece) -> tuple[int, int]:
    """Return where a piece stands in the line."""
    return piece.start, piece.end


def _soft_label(pieces: Sequence[Piece], index: int, current: Section) -> Label | None:
    """Return the meaning of a label that only a space sets off, as in `编辑 甲某 校对 乙某`."""
    piece = pieces[index]
    if TITLE.fullmatch(piece.text) or "," in piece.before:
        return None
    if _CLOCK_LABEL.search(piece.text) and len(piece.text) <= 6:
        return Label(field=Field.SKIP)
    if piece.after.strip() or piece.text in CLOSINGS:
        return None
    label = label_of(piece)
    if label is None and not TITLE.search(piece.text) and _of_outlet(piece):
        label = label_before_colon(piece)[1]  # 某报记者 甲某 某报编辑 乙某
    if label is None or (index + 1 == len(pieces) and not current.label):
        return None
    if label.field is Field.SKIP and not is_hard(piece.before + piece.after) and not current.label:
        return None
    return label


def read_atoms(section: Section) -> list[Atom]:
    """Return the atoms of a section's words, with Latin names of several words joined."""
    atoms: list[Atom] = []
    for piece in section.pieces:
        for read in read_word(piece):
            last = atoms[-1] if atoms else None
            atom = _named_after_title(last, read, piece)
            if last and _same_latin_name(last, atom, piece):
                atoms[-1] = replace(last, end=atom.end)
            else:
                atoms.append(atom)
    return atoms


def _named_after_title(last: Atom | None, atom: Atom, piece: Piece) -> Atom:
    """Read 詹台 behind 记者 as a person, though names of outlets end like that."""
    if last and last.kind is Kind.ORGANIZATION and atom.kind is Kind.NOTHING:
        # 国际中心／甲某某报道: behind a desk stands who reports, behind a reporter from where.
        named = atom.gap.strip() == "/" and is_common_name(piece.text[: atom.end - atom.start])
        return replace(atom, kind=Kind.NAME) if named else atom
    short = atom.kind is Kind.ORGANIZATION and atom.end - atom.start in (2, 3)
    if not last or last.kind is not Kind.TITLE or piece.text[0] not in SURNAMES:
        return atom
    if short:
        return replace(atom, kind=Kind.NAME)
    # 米兰 may be either, and a given name of three characters may hold a word of grammar.
    if atom.kind is not Kind.UNKNOWN or atom.gap != " ":
        return atom
    if len(piece.text) == 3:
        return replace(atom, kind=Kind.NAME)
    return replace(atom, kind=Kind.MAYBE) if piece.text in PLACES else atom


def _same_latin_name(last: Atom, atom: Atom, piece: Piece) -> bool:
    both_maybe = last.kind is atom.kind is Kind.MAYBE
    return both_maybe and atom.gap == " " and piece.text.isascii() and atom.start == last.end + 1


def read_parties(atoms: Sequence[Atom]) -> tuple[list[Party], bool]:
    """Return the parties that a section names, and whether every word of it was understood.

    Stops at the first word that makes no sense.
    """
    reader = _PartyReader(atoms)
    while reader.index < len(atoms):
        if atoms[reader.index].kind is Kind.UNKNOWN:
            return reader.parties, False
        reader.step()
    return reader.parties, True


class _PartyReader:
    """Walks the atoms of one section and remembers which title and outlet are in force."""

    def __init__(self, atoms: Sequence[Atom]) -> None:
        self.atoms = atoms
        self.index = 0
        self.parties: list[Party] = []
        self.title: Atom | None = None
        self.affiliation: tuple[int, int] | None = None
        self.prefix: Atom | None = None
        self.apart = False
        self.open_from = 0  # the first party that the next closing speaks of

    def step(self) -> None:
        """Take the next atom, or the run of atoms that names an affiliation."""
        end = _affiliation_end(self.atoms, self.index)
        if end > self.index:
            self.affiliation = (self.atoms[self.index].start, self.atoms[end - 1].end)
            self.title = None
            self.index = end
            if self.atoms[end].kind is Kind.TITLE:
                self.index += 1
                self._take_title(self.atoms[end])
            return
        atom = self.atoms[self.index]
        self.index += 1
        if atom.kind is Kind.TITLE:
            self.affiliation = None
            self._take_title(atom)
        elif atom.kind is Kind.CLOSING:
            self._take_closing(atom)
        elif atom.kind is not Kind.NOTHING:
            party = Party(atom, self.title, self._affiliation_of(atom), self.prefix)
            party.apart = self.apart
            self.parties.append(party)

    def _affiliation_of(self, atom: Atom) -> tuple[int, int] | None:
        return self.affiliation if atom.kind in _NAMES else None

    def _take_title(self, atom: Atom) -> None:
        rest = self.atoms[self.index :]
        named = any(other.kind in (*_NAMES, Kind.ORGANIZATION) for other in rest)
        if not named:  # the title follows its names: `某某｜某报特派记者`
            for party in self.parties[self.open_from :]:
                if party.title is None:
                    party.title, party.affiliation = atom, self.affiliation
        if named and any(not party.vouched for party in self.parties):
            self.apart = True
            self.open_from = len(self.parties)
        self.title = atom

    def _take_closing(self, atom: Atom) -> None:
        waiting = self.parties[self.open_from :]
        if not waiting or self._opens(atom):
            self.prefix, self.title, self.affiliation = atom, None, None
        for party in waiting:
            if self.prefix is not atom:
                party.closing = atom
        self.open_from = len(self.parties)

    def _opens(self, atom: Atom) -> bool:
        """Say whether a word that may close a list opens the next one instead.

        A line that ends in a closing reads all of them after their names.
        """
        if self.index >= len(self.atoms) or self.atoms[-1].kind is Kind.CLOSING:
            return False
        following = self.atoms[self.index]
        label = LABELS.get(_closing_text(atom))
        return label is not None and following.kind in (*_NAMES, Kind.ORGANIZATION)


def _closing_text(atom: Atom) -> str:
    return next((text for text, closing in CLOSINGS.items() if closing is atom.closing), "")


def _affiliation_end(atoms: Sequence[Atom], index: int) -> int:
    """Return where the outlet that begins at an atom ends; `index` itself where none does.

    An outlet is an affiliation where a title or a person's name follows it; a word of any kind
    that a slash ties to one is part of it (`某某云/某某日报记者`).
    """
    if _is_between_titles(atoms, index):
        return index
    end = index
    sure = False
    while end < min(len(atoms), index + _LONGEST_OUTLET):
        atom = atoms[end]
        tied = end + 1 < len(atoms) and atoms[end + 1].gap.strip() == "/"
        glued = end == index or atom.gap.strip(_LOOSE) in {"", "/"}
        outlet = atom.kind in (Kind.ORGANIZATION, Kind.AFFILIATION)
        if not glued or not (outlet or atom.kind is Kind.MAYBE or (atom.kind in _NAMES and tied)):
            break
        sure = sure or outlet
        end += 1
    if end == len(atoms) or end == index or atoms[end].gap.strip(_LOOSE) not in {"", "/"}:
        return index
    following = atoms[end].kind
    if following is Kind.TITLE:
        return end if sure or end == index + 1 else index
    outlets = all(a.kind in (Kind.ORGANIZATION, Kind.AFFILIATION) for a in atoms[index:end])
    return end if following is Kind.NAME and sure and outlets else index


def _is_between_titles(atoms: Sequence[Atom], index: int) -> bool:
    """Say whether a word stands apart between two titles, as names do: `记者 某某 通讯员`.

    Further names may follow the first. What is an outlet by its own characters stays one.
    """
    atom = atoms[index]
    odd = atom.kind is Kind.MAYBE and atom.end - atom.start <= _LONGEST_NAME
    if not odd or index + 1 == len(atoms) or not atoms[index + 1].gap:
        return False
    first = index
    while first and _lists(atoms[first - 1], atoms[first]):
        first -= 1
    titled = first > 0 and atoms[first - 1].kind is Kind.TITLE
    return titled and atoms[index + 1].kind in (Kind.TITLE, Kind.AFFILIATION)


def _lists(before: Atom, atom: Atom) -> bool:
    """Say whether a name continues a list: behind a comma, or as odd a name as the one before."""
    if before.kind not in _NAMES:
        return False
    odd = before.kind is Kind.MAYBE and max(a.end - a.start for a in (before, atom)) < _LONGEST_NAME
    return atom.gap.strip() in {"、", ","} or (odd and atom.gap.isspace())
