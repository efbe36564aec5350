"""What changed between two neighbouring versions of an article: one value a changed field."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import prod

from news.article import Article, Credit, PrintedTime
from news.kinds import Part, body_parts, headline_parts, part_of, told
from news.versions import compared_fields, image_identity, normal_form
from news.wording import compare_wording, new_notes

_LINES = ("headline", "kicker", "subheadline", "original_headline")


@dataclass(frozen=True, slots=True)
class FieldChange:
    """What happened to one field of an article."""

    field: str  # a name of `versions.compared_fields`
    kinds: tuple[str, ...]  # of `kinds.WEIGHTS`, the weightiest first
    announced: bool  # a correction note appeared in the same version
    significance: float  # 0 to 1
    rule: str  # each kind with its weight and what it rests on: `fact (0.80): number 3人→13人`


def compare(before: Article, after: Article, *, reversal: bool = False) -> tuple[FieldChange, ...]:
    """Compare two versions field by field; empty if and only if their content digests are equal.

    The significance of a change is 1 − Π(1 − wᵢ) over its kinds: each is a reason of its own to
    look. wᵢ is the kind's weight in `kinds.WEIGHTS`; additions, deletions and rewriting weigh more
    with the share s of the text they touch, w + s/2, at most 1. `reversal` says that the new
    version equals one before the old.
    """
    old, new = compared_fields(before), compared_fields(after)
    announced = bool(new_notes(_texts(before), _texts(after)))
    return tuple(
        _field_change(field, rule(field, before, after), announced, reversal)
        for field, rule in _RULES.items()
        if old.get(field) != new.get(field)
    )


def _field_change(
    field: str, parts: Iterable[Part], announced: bool, reversal: bool
) -> FieldChange:
    found = [*parts, *([part_of("reversal", "equals an earlier version")] if reversal else [])]
    ranked = sorted(found, key=lambda part: (-part.weight, part.kind))
    return FieldChange(
        field=field,
        kinds=tuple(part.kind for part in ranked),
        announced=announced,
        significance=round(1 - prod(1 - part.weight for part in ranked), 3),
        rule="; ".join(map(str, ranked)),
    )


def _texts(article: Article) -> list[str]:
    lines = [getattr(article, field) or "" for field in _LINES]
    return [*lines, *(block.text for block in article.body)]


def _persons(before: Article, after: Article) -> set[str]:
    return {normal_form(credit.name) for credit in (*before.credits, *after.credits)}


def _line(field: str, before: Article, after: Article) -> list[Part]:
    old, new = getattr(before, field) or "", getattr(after, field) or ""
    wording = compare_wording([old], [new], _persons(before, after))
    kind = "original_headline" if field == "original_headline" else "headline"
    return headline_parts(wording, told(old, new), kind)


def _body(_field: str, before: Article, after: Article) -> list[Part]:
    old, new = ([block.text for block in article.body] for article in (before, after))
    return body_parts(compare_wording(old, new, _persons(before, after)))


def _source(field: str, before: Article, after: Article) -> list[Part]:
    return [part_of(field, told(before.source or "", after.source or ""))]


def _section(field: str, before: Article, after: Article) -> list[Part]:
    return [part_of(field, told(" > ".join(before.section), " > ".join(after.section)))]


def _published(field: str, before: Article, after: Article) -> list[Part]:
    old, new = before.published_at, after.published_at
    texts = (time.isoformat() if _is_firm(time) and time else "" for time in (old, new))
    moved = ""
    if old and new and _is_firm(old) and _is_firm(new) and old.at != new.at:
        moved = " (back-dated)" if new.at < old.at else " (moved forward)"
    return [part_of(field, told(*texts) + moved)]


def _is_firm(time: PrintedTime | None) -> bool:
    return time is not None and not time.approximate


def _credits(_field: str, before: Article, after: Article) -> list[Part]:
    """Say for each role who came and who went; the order of names is no difference."""
    old, new = _by_role(before.credits), _by_role(after.credits)
    said = []
    for role in dict.fromkeys((*old, *new)):
        gone = [name for name in old[role] if name not in new[role]]
        came = [name for name in new[role] if name not in old[role]]
        if gone and came:
            said.append(f"{role} {'、'.join(gone)}→{'、'.join(came)}")
        elif gone or came:
            said.append(f"{role} {'dropped' if gone else 'added'} {'、'.join(gone or came)}")
        else:
            said += [f"{role} {text}" for text in _details(old[role], new[role])]
    return [part_of("credit", ", ".join(said) or "a name is given more or fewer times")]


_Details = dict[str, list[tuple[str, int]]]


def _by_role(credits_: Sequence[Credit]) -> defaultdict[str, _Details]:
    """Return for each role the names, and for each name its affiliations and levels."""
    roles: defaultdict[str, _Details] = defaultdict(dict)
    for credit in credits_:
        details = (normal_form(credit.affiliation or ""), credit.level or 0)
        roles[credit.role.value].setdefault(normal_form(credit.name), []).append(details)
    return roles


def _details(old: _Details, new: _Details) -> list[str]:
    """Say what is printed of the same names otherwise: affiliation or level of review."""
    said = []
    for name, before in old.items():
        (was, was_level), (now, now_level) = min(before), min(new[name])
        if was != now:
            said.append(f"{name} of {told(was, now)}")
        if was_level != now_level:
            said.append(f"{name} at level {was_level or '∅'}→{now_level or '∅'}")
    return said


def _images(_field: str, before: Article, after: Article) -> list[Part]:
    old, new = ([image_identity(image) for image in a.images] for a in (before, after))
    added, removed = len(set(new) - set(old)), len(set(old) - set(new))
    counts = [f"{added} added"] * (added > 0) + [f"{removed} removed"] * (removed > 0)
    same = "captions changed" if old == new else "order changed"
    return [part_of("image", ", ".join(counts) or same)]


_RULES: dict[str, Callable[[str, Article, Article], list[Part]]] = {
    **dict.fromkeys(_LINES, _line),
    "section": _section,
    "published_at": _published,
    "source": _source,
    "credits": _credits,
    "body": _body,
    "images": _images,
}
