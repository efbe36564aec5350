"""What a changed text changed in substance: facts, quotations, sentences added, cut or moved."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from news.diffs import Sentence, TokenHunk, diff_tokens
from news.facts import find_names
from news.regions import FactChange, Place, fact_changes, mark, place_hunks
from news.tokens import BREAK, Token, key_of, parse_sentences, parse_tokens
from news.versions import normal_form

# What a text says of its own earlier state. The word alone is news as often as it is a note (a
# firm's 致歉, a 更正登记), so it must open the sentence or stand beside a word for the publication.
_NOTE = re.compile("更正|勘误|订正|致歉|编者[按注]|此前(?:报道)?有误|本文已?更新")
_NOTE_OPENS = re.compile(
    r"\W*(?:(?:更正|勘误|订正|致歉)(?:启事|声明|说明)?(?:\W|$)|编者[按注]|本文已?更新)"
)
_OWN_VOICE = re.compile("本[报网文刊台站社号]|此前|原文|原稿|原报道|原标题|特此|编辑部|编者")
_OPENING, _CLOSING, _STRAIGHT = frozenset("“「『〝‟„"), frozenset("”」』〞"), frozenset('"＂')
# An inserted or deleted run of at least so many letters inside a sentence is a clause.
_CLAUSE = 8


@dataclass(frozen=True, slots=True)
class Rewording:
    """What a text change comes to; texts are in normal form, lengths in characters."""

    before_length: int
    after_length: int
    facts: tuple[FactChange, ...]
    quoted: tuple[str, ...]  # what changed inside quotation marks
    added: tuple[str, ...]  # sentences and clauses that are new
    removed: tuple[str, ...]
    moved: int  # sentences that stand elsewhere now
    notes: tuple[str, ...]  # new sentences in which the outlet announces a correction
    hunks: tuple[tuple[str, str], ...]  # what differs inside sentences
    aligned_share: float  # of the old text, that in sentences still there
    same_letters: bool  # only punctuation, layout or the order of sentences differs


def compare_wording(
    before: Sequence[str], after: Sequence[str], names: Iterable[str] = ()
) -> Rewording:
    """Compare two texts given as paragraphs; `names` are persons known beside those in the text."""
    forms = [normal_form(text) for text in before], [normal_form(text) for text in after]
    head, tail = _unchanged(*forms)
    old = _stream(before[head : len(before) - tail])
    new = _stream(after[head : len(after) - tail])
    places = place_hunks(diff_tokens(old, new))
    inside = [place.hunk for place in places if place.hunk.op != "equal" and not place.hunk.whole]
    notes = new_notes(before, after)
    cut, fresh, moved = _whole_sentences([place.hunk for place in places if place.hunk.whole])
    known = frozenset(names).union(*(find_names(form) for side in forms for form in side))
    length = sum(map(len, forms[0]))
    return Rewording(
        before_length=length,
        after_length=sum(map(len, forms[1])),
        facts=fact_changes(places, mark(key_of(old), known), mark(key_of(new), known)),
        quoted=tuple(_quoted(places)),
        added=(*(text for text in fresh if text not in notes), *_clauses(inside, "insert")),
        removed=(*cut, *_clauses(inside, "delete")),
        moved=moved,
        notes=notes,
        hunks=tuple((key_of(hunk.before), key_of(hunk.after)) for hunk in inside),
        aligned_share=1 - sum(map(len, cut)) / max(1, length),
        same_letters=not cut and not fresh and all(map(_same_letters, inside)),
    )


def _unchanged(before: Sequence[str], after: Sequence[str]) -> tuple[int, int]:
    """Return how many paragraphs at the head and at the tail are equal."""
    pairs = list(zip(before, after, strict=False))
    head = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    ends = list(zip(reversed(before), reversed(after), strict=False))
    rest = ends[: len(pairs) - head]
    return head, sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], rest))


def new_notes(before: Iterable[str], after: Iterable[str]) -> tuple[str, ...]:
    """Return the sentences of the new text that announce a correction and are not in the old."""
    old = {key for text in before if _NOTE.search(text) for key in _keys(text)}
    keys = (key for text in after if _NOTE.search(text) for key in _keys(text))
    return tuple(key for key in keys if key not in old and _is_note(key))


def _is_note(sentence: str) -> bool:
    if not _NOTE.search(sentence):
        return False
    return bool(_NOTE_OPENS.match(sentence) or _OWN_VOICE.search(sentence))


def _keys(text: str) -> Iterator[str]:
    return (key_of(sentence) for sentence in parse_sentences(parse_tokens(text)))


def _stream(paragraphs: Iterable[str]) -> Sentence:
    """Return the tokens of all paragraphs, a break after each."""
    end = Token(BREAK, BREAK)
    return tuple(token for text in paragraphs for token in (*parse_tokens(text), end))


def _whole_sentences(hunks: Iterable[TokenHunk]) -> tuple[list[str], list[str], int]:
    """Return the sentences that were cut, those that are new, and how many only moved."""
    old, new = Counter[str](), Counter[str]()
    for hunk in hunks:
        side, tokens = (old, hunk.before) if hunk.before else (new, hunk.after)
        side[key_of(tokens).strip(BREAK)] += 1
    moved = (old & new).total()
    old, new = old - new, new - old
    return list(old.elements()), list(new.elements()), moved


def _clauses(hunks: Iterable[TokenHunk], op: str) -> list[str]:
    return [
        key_of(hunk.before or hunk.after) for hunk in hunks if hunk.op == op and _is_clause(hunk)
    ]


def _is_clause(hunk: TokenHunk) -> bool:
    """Tell whether a hunk inside a sentence is a clause that came or went."""
    text = key_of(hunk.before or hunk.after)
    return hunk.op in {"insert", "delete"} and len(_letters(text)) >= _CLAUSE


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))


def _same_letters(hunk: TokenHunk) -> bool:
    return _letters(key_of(hunk.before)) == _letters(key_of(hunk.after))


def _quoted(places: Sequence[Place]) -> Iterator[str]:
    """Yield what changed inside quotation marks, and quotation marks that came or went.

    A mark beside a sentence that is new or cut went with it.
    """
    in_old = in_new = False
    for number, place in enumerate(places):
        hunk = place.hunk
        was_inside = in_old or in_new
        in_old, marks_old = _follow_quotes(hunk.before, in_old)
        in_new, marks_new = _follow_quotes(hunk.after, in_new)
        if hunk.op == "equal" or hunk.whole or _is_clause(hunk):
            continue
        beside = places[max(0, number - 1) : number + 2]
        alone = not any(_letters(key_of(side)) for side in (hunk.before, hunk.after))
        if alone and any(other.hunk.whole for other in beside):
            continue
        if was_inside or marks_old != marks_new:
            yield f"{key_of(hunk.before)}→{key_of(hunk.after)}"


def _follow_quotes(tokens: Iterable[Token], inside: bool) -> tuple[bool, int]:
    """Return whether a quotation is open after the tokens, and how many marks they hold.

    A mark that stays open is taken to end with its paragraph.
    """
    marks = 0
    for token in tokens:
        if token.key == BREAK:
            inside = False
        elif token.key == '"':
            marks += 1
            character = token.text.strip()[:1]
            inside = not inside if character in _STRAIGHT else character in _OPENING
    return inside, marks
