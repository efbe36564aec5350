"""Text cut into what a reader sees as one unit: a Han character, a whole number, a Latin word.

Each token keeps its text as printed and its normal form. The normal forms of a text's tokens, put
together, are the normal form of the text: two texts show a difference between their tokens if and
only if `news.versions` finds them different.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from news.versions import normal_form

# In this order: a number with its thousands and decimals, a word, a run of dots (an ellipsis is
# folded into three), anything else by the character.
_TOKEN = re.compile(
    r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?|[^\W\d_\u2e80-\U0003ffff]+|\.{2,}|.", re.DOTALL
)
# A line break is the token that stands between two blocks of a body; no text contains it as one.
BREAK = "\n"
SENTENCE_END = frozenset("。!?;" + BREAK)
_OPENING = frozenset("“‘「『〝‟„‚‛")
_CLOSING = frozenset(BREAK + "\")]}〉》'")


@dataclass(frozen=True, slots=True)
class Token:
    """One unit of text: as printed, with what layout follows it, and in normal form."""

    text: str
    key: str


def parse_tokens(text: str) -> tuple[Token, ...]:
    """Cut text into tokens; their texts put together are the text again."""
    folded = normal_form(text)
    if not folded:
        return (Token(text, ""),) if text else ()
    places = _places(text, folded)
    cuts = [match.start() for match in _TOKEN.finditer(folded)]
    spans = pairwise([0, *(places[cut] for cut in cuts[1:]), len(text)])
    keys = pairwise([*cuts, len(folded)])
    return tuple(
        Token(text[start:stop], folded[cut:end])
        for (start, stop), (cut, end) in zip(spans, keys, strict=True)
    )


def _places(text: str, folded: str) -> list[int]:
    """Return for each character of the normal form where in the text it comes from."""
    places: list[int] = []
    for place, character in enumerate(text):
        for sign in _fold(character):
            # of a run of dashes, dots or spaces the normal form keeps fewer
            if folded[len(places) : len(places) + 1] != sign:
                break
            places.append(place)
    return places


@lru_cache(maxsize=20_000)
def _fold(character: str) -> str:
    return " " if character.isspace() else normal_form(character)


def parse_sentences(tokens: Iterable[Token]) -> Iterator[tuple[Token, ...]]:
    """Cut tokens into sentences at 。！？；, a closing quote or bracket going with its sentence."""
    sentence: list[Token] = []
    ended = False
    for token in tokens:
        if ended and not _closes(token):
            yield tuple(sentence)
            sentence, ended = [], False
        sentence.append(token)
        ended = ended or token.key in SENTENCE_END
    if sentence:
        yield tuple(sentence)


def _closes(token: Token) -> bool:
    """Tell whether a token may still belong to a sentence that has ended."""
    if token.key in SENTENCE_END:
        return True
    return token.key in _CLOSING and token.text.strip()[:1] not in _OPENING


def text_of(tokens: Iterable[Token]) -> str:
    """Return the tokens' text as printed."""
    return "".join(token.text for token in tokens)


def key_of(tokens: Iterable[Token]) -> str:
    """Return the tokens' normal form."""
    return "".join(token.key for token in tokens)
