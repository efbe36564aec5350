"""Which lines a change is made of, and when a site changes one often enough for it to be noise.

A line that comes or goes in many articles of a site at the same crawls is the template's, not the
newsroom's. What is learned only ever hides; the change, the rule and its evidence stay.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from news.article import Article
from news.changes import FieldChange
from news.facts import FactKind, find_facts
from news.versions import image_identity, normal_form
from news.wording import compare_wording

# Evidence: in so many articles, and in this share of those looked at, within this time.
LEAST_ARTICLES, LEAST_SHARE = 5, 0.3
EVIDENCE_TIME = timedelta(hours=24)
# From these on a field that no line explains was moved by a new template.
TEMPLATE_LEAST, TEMPLATE_SHARE = 10, 0.5
# Fields that a new template may hide the changes of; all others are news whoever moves them.
TEMPLATE_FIELDS = frozenset({"section", "images"})

# A change with more lines is no line of a template, and a longer line is prose.
MOST_LINES, LONGEST_LINE = 20, 200
# What no learned rule may hide, in whichever field.
_VETOES = frozenset({"fact", "quotation", "correction", "headline", "source", "credit"})
_LABEL = re.compile(r"([^\W\d_][^:。,;!?\n]{1,11}):(?=.)")
# What a varying line may not say; a place or a 不 is in every other line of any text.
_HARD = frozenset(
    {
        FactKind.NUMBER,
        FactKind.PERCENT,
        FactKind.MONEY,
        FactKind.DATE,
        FactKind.NAME,
        FactKind.CASUALTY,
    }
)


@dataclass(frozen=True, slots=True)
class Pattern:
    """What a rule says is noise: `kind` is line, label, image, caption or template."""

    kind: str
    text: str

    @property
    def signature(self) -> int:
        """A number for it, the same in every process: 63 bits of SHA-256, as a signed integer."""
        hashed = hashlib.sha256(f"{self.kind}\n{self.text}".encode()).digest()
        return int.from_bytes(hashed[:8], "big", signed=True)


Line = tuple[Pattern, ...]  # any one of the patterns explains it


def changed_lines(before: Article, after: Article, change: FieldChange) -> tuple[Line, ...]:
    """Return the lines that came or went in a change; () where no learned rule may hide it.

    Never in headlines, credits, source and times, nor where a fact, a quotation or a note differs.
    """
    if change.announced or _VETOES & set(change.kinds):
        return ()
    if change.field == "body":
        lines = tuple(_body_lines(before, after))
    elif change.field == "images":
        lines = tuple(_image_lines(before, after))
    else:
        return ()
    return lines if len(lines) <= MOST_LINES and all(lines) else ()


def _body_lines(before: Article, after: Article) -> Iterator[Line]:
    old, new = (Counter(normal_form(b.text) for b in side.body) for side in (before, after))
    for text in (*(old - new).elements(), *(new - old).elements()):
        yield _patterns(text)


def _patterns(text: str) -> Line:
    if len(text) > LONGEST_LINE:
        return ()
    label = _LABEL.match(text)
    if label is None or any(fact.kind in _HARD for fact in find_facts(text)):
        return (Pattern("line", text),)
    return Pattern("line", text), Pattern("label", label[1])


def _image_lines(before: Article, after: Article) -> Iterator[Line]:
    old, new = (
        {image_identity(image): normal_form(image.caption or "") for image in side.images}
        for side in (before, after)
    )
    for identity in (*(old.keys() - new.keys()), *(new.keys() - old.keys())):
        yield (Pattern("image", identity),)
    for identity in old.keys() & new.keys():
        if old[identity] != new[identity]:
            yield from _caption_lines(old[identity], new[identity])


def _caption_lines(old: str, new: str) -> Iterator[Line]:
    vetoed = bool(compare_wording([old], [new]).facts) or max(map(len, (old, new))) > LONGEST_LINE
    for caption in filter(None, (old, new)):
        yield () if vetoed else (Pattern("caption", caption),)


def is_noise(articles: int, looked_at: int) -> bool:
    """Tell whether so many articles with a line's change, of those looked at, make it noise."""
    return articles >= LEAST_ARTICLES and articles >= LEAST_SHARE * looked_at


def is_template(articles: int, looked_at: int) -> bool:
    """Tell whether a field changed in so many articles at once that a template did it."""
    return articles >= TEMPLATE_LEAST and articles >= TEMPLATE_SHARE * looked_at


def hiding_rules(
    lines: Mapping[int, Iterable[int]], rules: Mapping[int, int]
) -> tuple[int, ...] | None:
    """Return the rules that explain all lines of a change; None where one is left over.

    `lines` holds the signatures of each line by its place, `rules` the rules by signature.
    """
    found = set()
    for signatures in lines.values():
        named = [rules[signature] for signature in signatures if signature in rules]
        if not named:
            return None
        found.add(min(named))
    return tuple(sorted(found)) or None
