"""What differs between two versions of an article, field by field, ready to be shown."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from news.article import Article, Credit, Image
from news.changes import FieldChange, compare
from news.diffs import BlockDiff, Hunk, Op, diff_bodies, diff_texts
from news.kinds import WEIGHTS
from news.versions import image_identity, normal_form

# Which kind a field's own name says already.
_SAID = {
    **{name: (name,) for name in ("headline", "original_headline", "source", "section")},
    "kicker": ("headline",),
    "subheadline": ("headline",),
    "published_at": ("published_at",),
    "credits": ("credit",),
    "images": ("image",),
}
_LINES = frozenset({"headline", "kicker", "subheadline", "original_headline"})


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a field that is no running text, an image or the names of one role."""

    label: str
    hunks: tuple[Hunk, ...]


@dataclass(frozen=True, slots=True)
class FieldDiff:
    """One changed field: its kinds with the rules behind them, and what to show of it."""

    change: FieldChange
    lines: tuple[Line, ...] = ()
    blocks: tuple[BlockDiff, ...] = ()  # of the body

    @property
    def name(self) -> str:
        """The field's name as people read it."""
        return self.change.field.replace("_", " ")


def told_kinds(field: str, kinds: Iterable[str]) -> str:
    """Return the kinds of a field's change, the weightiest first, without what its name says."""
    said = _SAID.get(field, ())
    ranked = sorted(kinds, key=lambda kind: (-WEIGHTS.get(kind, 0.0), kind))
    return ", ".join(kind.replace("_", " ") for kind in ranked if kind not in said)


def diff_articles(before: Article, after: Article) -> tuple[FieldDiff, ...]:
    """Return the fields that differ between two versions, in the order of a page."""
    return tuple(_diff_field(change, before, after) for change in compare(before, after))


def _diff_field(change: FieldChange, before: Article, after: Article) -> FieldDiff:
    field = change.field
    if field == "body":
        return FieldDiff(change, blocks=diff_bodies(before.body, after.body))
    if field == "credits":
        return FieldDiff(change, _credit_lines(before.credits, after.credits))
    if field == "images":
        return FieldDiff(change, _image_lines(before.images, after.images))
    old, new = _text(field, before), _text(field, after)
    hunks = diff_texts(old, new) if field in _LINES else replaced(old, new)
    return FieldDiff(change, (Line("", hunks),))


def _text(field: str, article: Article) -> str:
    if field == "section":
        return " > ".join(article.section)
    if field == "published_at":
        published = article.published_at
        return published.isoformat() if published and not published.approximate else ""
    return str(getattr(article, field) or "")


def replaced(before: str, after: str) -> tuple[Hunk, ...]:
    """Return one text as replaced by another as a whole: half a name is no name."""
    if before == after:
        return (Hunk("equal", before, after),) if before else ()
    op: Op = "replace" if before and after else "delete" if before else "insert"
    return (Hunk(op, before, after),)


def _credit_lines(before: Sequence[Credit], after: Sequence[Credit]) -> tuple[Line, ...]:
    """Return one line for each role whose parties differ, the names that stay first."""
    lines = []
    for role in dict.fromkeys(credit.role for credit in (*before, *after)):
        old, new = (
            {_credit_key(credit): party(credit) for credit in side if credit.role is role}
            for side in (before, after)
        )
        if old.keys() != new.keys():
            stays = "、".join(name for key, name in new.items() if key in old)
            went = "、".join(name for key, name in old.items() if key not in new)
            came = "、".join(name for key, name in new.items() if key not in old)
            kept = replaced(stays, stays) + replaced(" ", " ") if stays else ()
            lines.append(Line(role.value, kept + replaced(went, came)))
    return tuple(lines)


def _credit_key(credit: Credit) -> tuple[str, str, int]:
    return normal_form(credit.name), normal_form(credit.affiliation or ""), credit.level or 0


def party(credit: Credit) -> str:
    """Return a credited party as `name (affiliation, level 2)`."""
    details = [credit.affiliation, f"level {credit.level}" if credit.level else None]
    told = ", ".join(filter(None, details))
    return f"{credit.name} ({told})" if told else credit.name


def _image_lines(before: Sequence[Image], after: Sequence[Image]) -> tuple[Line, ...]:
    """Return one line for each image that went or came and each caption that differs."""
    old, new = ({image_identity(image): image for image in side} for side in (before, after))
    went = [Line("", replaced(_shown(image), "")) for key, image in old.items() if key not in new]
    came = [Line("", replaced("", _shown(image))) for key, image in new.items() if key not in old]
    captions = [
        Line(_name(new[key]), diff_texts(old[key].caption or "", new[key].caption or ""))
        for key in old
        if key in new and normal_form(old[key].caption or "") != normal_form(new[key].caption or "")
    ]
    orders = ("、".join(map(_name, side)) for side in (before, after))
    return (*went, *came, *captions) or (Line("order", replaced(*orders)),)


def _shown(image: Image) -> str:
    return f"{_name(image)} {image.caption}" if image.caption else _name(image)


def _name(image: Image) -> str:
    return image_identity(image).rpartition("/")[2] or image.url
