"""Change every page in every known way and count what is told wrongly."""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from benchmarks.metamorphic import meaning, noise
from benchmarks.metamorphic.sheet import Sheet, read
from news.article import NotAnArticle
from news.changes import compare
from news.versions import content_digest

_SHOWN = 3  # failures of one operator


def noise_failure(operator: noise.Noise, sheet: Sheet, seed: int) -> str | None:
    """Apply a noise operator twice, with other chances; return what became a version, if anything.

    "" where the page has nothing that the operator is about.
    """
    first = operator(sheet.copy(), random.Random(seed))
    second = operator(sheet.copy(), random.Random(seed + 1))
    if first is None or second is None:
        return ""
    for body in (first, second):
        found = read(body, minutes=137)
        if isinstance(found, NotAnArticle):
            return f"no article: {found.kind} {found.reason}"
        if content_digest(found) != content_digest(sheet.article):
            changes = compare(sheet.article, found)
            return "; ".join(f"{change.field}: {change.rule}" for change in changes)
    return None


def meaning_failure(operator: meaning.Meaning, sheet: Sheet, seed: int) -> str | None:
    """Apply a semantic operator; return what is told instead of its kinds, if anything.

    "" where the page has nothing that the operator is about.
    """
    edit = operator(sheet.copy(), random.Random(seed))
    if edit is None:
        return ""
    found = read(edit.after, minutes=137)
    if isinstance(found, NotAnArticle):
        return f"no article: {found.kind} {found.reason}"
    changes = compare(edit.before, found, reversal=edit.back)
    told = {change.field: frozenset(change.kinds) for change in changes}
    if told != dict(edit.wanted):
        wanted = {field: sorted(kinds) for field, kinds in edit.wanted.items()}
        return f"wanted {wanted}, told " + (
            "; ".join(f"{change.field}: {change.rule}" for change in changes) or "nothing"
        )
    if any(change.announced != edit.announced for change in changes):
        return f"announced should be {edit.announced}"
    return None


def sheets(folder: Path) -> Iterator[tuple[str, Sheet]]:
    """Yield the articles among the pages of a folder, each under its path."""
    for path in sorted(folder.rglob("*.html")):
        sheet = Sheet.of(path.read_bytes())
        if sheet is not None:
            yield str(path.relative_to(folder)), sheet


def main(folder: Path) -> None:
    """Print, for each operator, on how many pages it was right; exit 1 where any was wrong."""
    pages = list(sheets(folder))
    print(f"metamorphic: {len(pages)} pages that are articles")
    wrong = 0
    told = {f.__name__.replace("_", " "): f for f in noise.OPERATORS}
    print(f"{len(told)} noise operators: nothing of it may make a version")
    for name, operator in told.items():
        wrong += _row(name, {page: noise_failure(operator, sheet, 7) for page, sheet in pages})
    print(f"{len(meaning.OPERATORS)} semantic operators: exactly these kinds")
    for name, edit in meaning.OPERATORS.items():
        wrong += _row(name, {page: meaning_failure(edit, sheet, 7) for page, sheet in pages})
    print(f"wrong in all: {wrong}")
    sys.exit(wrong > 0)


def _row(name: str, results: dict[str, str | None]) -> int:
    counts = Counter(
        "none" if r == "" else "right" if r is None else "wrong" for r in results.values()
    )
    applied = counts["right"] + counts["wrong"]
    print(f"  {name:28} right {counts['right']:4} of {applied:4}", flush=True)
    failures = [(page, result) for page, result in results.items() if result]
    for page, result in failures[:_SHOWN]:
        print(f"      {page}: {result[:300]}")
    return counts["wrong"]
