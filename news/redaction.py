"""Taking words out of an article: a person's name, or everything."""

import html
import re
from dataclasses import fields, replace
from typing import Any

from news.article import Article, Credit, Image

# What stands where something was erased.
ERASED = "[erased]"
# Addresses are how an article is known; to take one down is another matter.
_KEPT = {"url", "source_url", "declared_canonical", "language"}
_PADDING = r"[\s\u00a0\u3000]*"  # 丁 一 is printed as wide as three characters
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")
_ENCODINGS = ("utf-8", "gb18030", "big5", "utf-16")


def name_pattern(name: str) -> re.Pattern[str]:
    """Return what finds a name in print; ValueError for less than two characters.

    Characters of a Chinese name may stand apart; a Latin name is found as whole words.
    """
    characters = [c for c in name if not c.isspace()]
    if len(characters) < 2:
        raise ValueError(f"{name!r} is too short to be looked for in every text")
    if name.isascii():
        words = r"\s+".join(map(re.escape, name.split()))
        return re.compile(rf"\b{words}\b", re.IGNORECASE)
    return re.compile(_PADDING.join(map(re.escape, characters)))


def without(article: Article, pattern: re.Pattern[str]) -> Article:
    """Return an article with `[erased]` wherever the pattern was found."""
    return replace(
        article,
        **{
            field.name: _without(getattr(article, field.name), pattern)
            for field in fields(article)
            if field.name not in _KEPT
        },
    )


def _without(value: Any, pattern: re.Pattern[str]) -> Any:
    if type(value) is str:
        return pattern.sub(ERASED, value)
    if isinstance(value, tuple):
        return tuple(_without(item, pattern) for item in value)
    if isinstance(value, Image):
        return replace(value, caption=_without(value.caption, pattern))
    if isinstance(value, Credit):
        names = ("name", "affiliation", "label")
        return replace(value, **{n: _without(getattr(value, n), pattern) for n in names})
    if hasattr(value, "text"):
        return replace(value, text=_without(value.text, pattern))
    return value


def emptied(article: Article) -> Article:
    """Return an article of which only the address is left."""
    return Article(article.url, ERASED)


def changed_fields(before: Article, after: Article) -> tuple[str, ...]:
    """Return the names of the fields that differ, sorted."""
    names = sorted(field.name for field in fields(before))
    return tuple(name for name in names if getattr(before, name) != getattr(after, name))


def mentions(body: bytes, pattern: re.Pattern[str]) -> bool:
    """Whether a page holds what the pattern finds, in any usual encoding, also in escapes."""
    return any(_found(body.decode(encoding, "ignore"), pattern) for encoding in _ENCODINGS)


def _found(text: str, pattern: re.Pattern[str]) -> bool:
    unescaped = _ESCAPED.sub(lambda escape: chr(int(escape[1], 16)), html.unescape(text))
    return bool(pattern.search(unescaped) or pattern.search(text))
