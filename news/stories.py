"""Is what an address shows still the article, another story, the article elsewhere, or nothing.

Thresholds are those of shares of 5-grams of letters and digits: unrelated Chinese bodies share at
most 0.02 of them, a text with a tenth of its characters changed about 0.6, a text cut short all.
"""

import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from news.alignment import likeness
from news.article import Article
from news.versions import normal_form
from news.visits import Reason, State

_N = 5
_LEAST_GRAMS = 30  # of a text that a share says anything of
_NOTHING, _MUCH, _NEARLY_ALL = 0.1, 0.5, 0.8
_OTHER_HEADLINE = 0.4  # likeness of headlines that are not of one story
_TOGETHER = 3  # articles that end at one address are not there


class Judgement(StrEnum):
    """What a page at an article's address is."""

    ARTICLE = "article"  # the article, changed or not
    MISSING = "missing"
    MOVED = "moved"  # the article, at another address
    REUSED = "reused"  # another story has the address now


@dataclass(frozen=True, slots=True)
class Doubts:
    """What speaks against a page being the article that was at its address."""

    reason: Reason | None = None  # a notice, a redirect home, or a canonical address that is home
    led_to: str | None = None  # canonical address where redirects ended, if elsewhere
    led_there: int = 0  # different articles that ended there within a day, this one included
    nothing: str | None = None  # what the site shows for an address that cannot exist
    nothing_led_to: str | None = None  # where such an address led


def grams(text: str) -> frozenset[str]:
    """Return the 5-grams of a text's letters and digits, compatibility forms folded."""
    kept = "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text)))
    return frozenset(kept[i : i + _N] for i in range(len(kept) - _N + 1))


def containment(part: str, whole: str) -> float | None:
    """Return the share of a text's 5-grams that another has; None where it is too short to say."""
    own = grams(part)
    if len(own) < _LEAST_GRAMS:
        return None
    return len(own & grams(whole)) / len(own)


def text_of(article: Article) -> str:
    """Return an article's body as one text."""
    return "\n".join(block.text for block in article.body)


def judge(
    before: Article | None, after: Article, doubts: Doubts, state: State
) -> tuple[Judgement, Reason | None]:
    """Judge what was read at an article's address, and why it is missing where it is.

    `before` is what the article was when it was last seen, `state` where it stands.
    """
    kept = containment(text_of(before), text_of(after)) if before else None
    if doubts.reason in {Reason.SOFT_404, Reason.REDIRECT_HOME}:
        there = kept is not None and kept >= _MUCH
        return (Judgement.ARTICLE, None) if there else (Judgement.MISSING, doubts.reason)
    if before is None or kept is None:
        reason = _is_nothing(after, doubts)
        return (Judgement.MISSING, reason) if reason else (Judgement.ARTICLE, None)
    if kept >= _NEARLY_ALL and doubts.led_to:
        return Judgement.MOVED, None
    if kept < _NOTHING and (reason := _lost(after, doubts)):
        return Judgement.MISSING, reason
    return (Judgement.REUSED if _is_other(before, after, kept, state) else Judgement.ARTICLE), None


def _is_nothing(after: Article, doubts: Doubts) -> Reason | None:
    """Return why a page is what the site shows for addresses that do not exist, if it is."""
    if doubts.nothing and (containment(text_of(after), doubts.nothing) or 0.0) >= _NEARLY_ALL:
        return Reason.SOFT_404
    together = doubts.led_there >= _TOGETHER or doubts.led_to == doubts.nothing_led_to
    return Reason.REDIRECT_COMMON if doubts.led_to and together else None


def _lost(after: Article, doubts: Doubts) -> Reason | None:
    """Return why a page that has nothing of the old text is no article, if it is none."""
    if doubts.reason:
        return Reason.SOFT_404
    return _is_nothing(after, doubts) or (Reason.REDIRECT_OTHER if doubts.led_to else None)


def _is_other(before: Article, after: Article, kept: float, state: State) -> bool:
    """Tell whether a story is another one: by text, headline, and time or a gap before it.

    Under the displayed time it always had, a text exchanged as a whole is an edit, and news.
    """
    headlines = normal_form(before.headline), normal_form(after.headline)
    if likeness(*headlines) >= _OTHER_HEADLINE:
        return False
    if state in {State.SUSPECT, State.REMOVED}:
        return kept < _MUCH
    back = containment(text_of(after), text_of(before))
    retimed = before.published_at != after.published_at or before.published_at is None
    return kept < _NOTHING and (back or 0.0) < _NOTHING and retimed
