"""Searching Chinese: texts and queries as tokens, and what a query's pattern is.

Runs of Han (and of kana and hangul) are cut into overlapping pairs, and the last sign of a run
stands alone; other letters and digits make words. So a name of two signs is one token, one sign is
the start of a token wherever it stands, and a phrase is a run of tokens, with no dictionary.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

_HAN = (
    "\u3005\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\uac00-\ud7af\U00020000-\U0003ffff"
)
_WORD = rf"[^\W_{_HAN}]"
_BREAK = rf"(?:[^\w\n{_HAN}]|_)"
_RUN = re.compile(rf"(?P<han>[{_HAN}]+)|(?P<word>{_WORD}+)")
_PIECE = re.compile(r'["“”]([^"“”]*)["“”]?|([^\s"“”]+)')
# A document keeps within what PostgreSQL's tsvector can hold of places in all and of one token.
_MOST_TOKENS, _MOST_OF_ONE = 4000, 250
# Tokens that a phrase may have and is still found where a long line had to be cut.
LONGEST_PHRASE = 60
# Stands between two lines, so that no phrase reaches over them.
LINE = "z"


class _Folds(dict[int, int]):
    """Signs that are searched for as another: full width as half width, capitals as small."""

    def __missing__(self, code: int) -> int:
        wide = unicodedata.normalize("NFKC", chr(code))
        sign = wide if len(wide) == 1 else chr(code)
        low = sign.lower()
        self[code] = ord(low if len(low) == 1 else sign)
        return self[code]


_FOLDS = _Folds()


def fold(text: str) -> str:
    """Return a text of the same length in which signs that count as equal are equal."""
    return text.translate(_FOLDS)


def _han_token(signs: str) -> str:
    return "h" + "".join(f"{ord(sign):05x}" for sign in signs)


def _word_token(word: str) -> str:
    return f"w{word}" if word.isascii() else f"u{word.encode().hex()}"


def _tokens(folded: str, *, is_open: bool = False) -> Iterator[str]:
    """Yield the tokens of one line; `is_open` where its last run may go on, as in a query."""
    for found in _RUN.finditer(folded):
        run = found[0]
        if found.lastgroup == "word":
            yield _word_token(run)
            continue
        for place in range(len(run) - 1):
            yield _han_token(run[place : place + 2])
        if not (is_open and found.end() == len(folded) and len(run) > 1):
            yield _han_token(run[-1])


def documents(lines: Iterable[str]) -> Iterator[list[str]]:
    """Yield the tokens of lines as documents of a bounded size.

    Lines keep together unless one is longer than a document; then its parts overlap.
    """
    own: list[str] = []
    counts: Counter[str] = Counter()
    for line in lines:
        tokens = list(_tokens(fold(line)))
        if own and len(own) + len(tokens) >= _MOST_TOKENS:
            yield own
            own, counts = [], Counter()
        start = len(own)
        for token in tokens:
            if len(own) >= _MOST_TOKENS or counts[token] >= _MOST_OF_ONE:
                yield own
                own = own[start:][-LONGEST_PHRASE:]
                start, counts = 0, Counter(own)
            own.append(token)
            counts[token] += 1
        own.append(LINE)
    if any(token != LINE for token in own):
        yield own


@dataclass(frozen=True, slots=True)
class Phrase:
    """Signs that must stand together: the tokens to look up, and the pattern that decides."""

    text: str
    tokens: tuple[str, ...]
    is_prefix: bool  # the last token is the start of one
    pattern: re.Pattern[str]

    def count(self, lines: Iterable[str]) -> int:
        """Return how often the phrase stands in lines."""
        return sum(len(self.pattern.findall(fold(line))) for line in lines)


def parse_query(text: str) -> tuple[Phrase, ...]:
    """Return the phrases that all must be found: words, and what stands between quotes.

    Raises ValueError where there is none.
    """
    pieces = [found[1] if found[1] is not None else found[2] for found in _PIECE.finditer(text)]
    phrases = tuple(phrase for piece in pieces if (phrase := _phrase(piece)))
    if not phrases:
        raise ValueError("there is no word to search for")
    return phrases


def _phrase(piece: str) -> Phrase | None:
    runs = list(_RUN.finditer(fold(piece)))
    if not runs:
        return None
    folded = fold(piece)[: runs[-1].end()]
    tokens = tuple(_tokens(folded, is_open=True))
    last = runs[-1]
    is_prefix = last.lastgroup == "han" and len(last[0]) == 1 and len(tokens) <= LONGEST_PHRASE
    return Phrase(piece, tokens[:LONGEST_PHRASE], is_prefix, _pattern(runs))


def _pattern(runs: Sequence[re.Match[str]]) -> re.Pattern[str]:
    """Return the pattern that says the same as the tokens: words whole, breaks of any kind."""
    parts: list[str] = []
    before = None
    for found in runs:
        if before is not None:
            parts.append(f"{_BREAK}+" if before == found.lastgroup else f"{_BREAK}*")
        parts.append(re.escape(found[0]))
        before = found.lastgroup
    start = rf"(?<!{_WORD})" if runs[0].lastgroup == "word" else ""
    end = rf"(?!{_WORD})" if runs[-1].lastgroup == "word" else ""
    return re.compile(start + "".join(parts) + end)


def lines_gone(before: Sequence[str], after: Sequence[str]) -> list[str]:
    """Return the lines of the first that are not among those of the second, each as often."""
    left = Counter(after)
    gone = []
    for line in before:
        if left[line] > 0:
            left[line] -= 1
        else:
            gone.append(line)
    return gone


@dataclass(frozen=True, slots=True)
class Passage:
    """Text around a hit: what stands before it, the hit itself, what follows."""

    before: str
    hit: str
    after: str


def find_passage(
    phrases: Sequence[Phrase], lines: Sequence[str], width: int = 36
) -> Passage | None:
    """Return the first line's text around a phrase; None where not all phrases are in the lines."""
    folded = [fold(line) for line in lines]
    hits = []
    for phrase in phrases:
        found = next(
            (
                (place, hit)
                for place, line in enumerate(folded)
                if (hit := phrase.pattern.search(line))
            ),
            None,
        )
        if found is None:
            return None
        hits.append(found)
    place, hit = min(hits, key=lambda found: (found[0], found[1].start()))
    line, start, end = lines[place], max(hit.start() - width, 0), hit.end() + width
    return Passage(
        ("…" if start else "") + line[start : hit.start()],
        line[hit.start() : hit.end()],
        line[hit.end() : end] + ("…" if end < len(line) else ""),
    )
