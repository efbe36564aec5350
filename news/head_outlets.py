"""Outlets that stand at a page's head under no label, beside its time and its people."""

from collections.abc import Sequence
from dataclasses import replace

from news.credit_fields import Section
from news.credit_lifting import Draft
from news.credit_words import Atom, Kind
from news.datelines import clean_source


def take_leading_outlet(draft: Draft, atoms: Sequence[Atom]) -> None:
    """Take the outlet in `2024-03-05 某某报 记者某某` as the source too: it opens a page's head."""
    line = draft.line
    if draft.position != "head" or line.source or not line.published_at or len(atoms) < 2:
        return
    first, second = atoms[:2]
    opens = first.kind is Kind.ORGANIZATION and second.kind in (Kind.TITLE, Kind.NAME)
    if opens and second.gap and not draft.folded[: first.start].strip():
        source = clean_source(draft.text[first.start : first.end])
        draft.line = replace(line, source=source)


def without_barred_outlet(draft: Draft, section: Section, atoms: list[Atom]) -> list[Atom]:
    """Take the outlet in `2024-03-05 | 某某报 | 某某` as the source: bars part what is not one."""
    line = draft.line
    if draft.position != "head" or section.label or not line.published_at or len(atoms) < 2:
        return atoms
    first, second = atoms[:2]
    barred = first.kind is Kind.ORGANIZATION and "|" in second.gap
    if not barred or draft.folded[: first.start].strip(" |\n"):
        return atoms
    if line.source is None:
        source = clean_source(draft.text[first.start : first.end])
        draft.line = replace(line, source=source)
    return atoms[1:]


def without_trailing_outlet(draft: Draft, section: Section, atoms: list[Atom]) -> list[Atom]:
    """Take the outlet in `某某 某某报 2024-03-05` as the source: nothing else follows the names."""
    line, names = draft.line, [atom for atom in atoms[:-1] if atom.kind is not Kind.NOTHING]
    dated = line.published_at or draft.folded.startswith("原创 ")
    if draft.position != "head" or section.label or line.source or not dated:
        return atoms
    named = names and all(atom.kind is Kind.NAME for atom in names)
    if not named or atoms[-1].kind is not Kind.ORGANIZATION or not atoms[-1].gap.isspace():
        return atoms
    source = clean_source(draft.text[atoms[-1].start : atoms[-1].end])
    draft.line = replace(line, source=source)
    return atoms[:-1]
