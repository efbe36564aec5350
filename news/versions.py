"""What is a version, and what one look means for an article: decided here, written elsewhere."""

import hashlib
import json
import re
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import unquote, urlsplit

from news.article import Article, Image
from news.visits import Finding, Outcome, Reason, State, Visit

# The digest's own version: a change of the rules below must change this, so that digests of
# different rules are never compared.
DIGEST_VERSION = "2"

# Presentation that is folded: width of ASCII, shapes of quotes, dashes and ellipses. Digits,
# superscripts, scripts and punctuation that carries meaning stay apart, which is why this is
# not NFKC (it makes 10² into 102).
_FOLDED = {
    **{code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)},
    **dict.fromkeys(map(ord, "“”„‟「」『』〝〞"), '"'),
    **dict.fromkeys(map(ord, "‘’‚‛"), "'"),
    **dict.fromkeys(map(ord, "‐‑‒–—―─"), "-"),
    **dict.fromkeys(map(ord, "⋯…"), "..."),
    # zero-width and directional marks print nothing
    **dict.fromkeys([0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), 0x2060, 0xFEFF]),
}
_FILE = re.compile(r"[^=&?]{1,300}\.(?:jpe?g|png|gif|webp|bmp|avif)\b", re.IGNORECASE)
# How content servers are told a size: `_640x360`, `-600x400`, `!w640`, `@480w_270h`.
_SIZE = re.compile(r"[_-]\d{2,4}[xX*]\d{2,4}(?=\.\w{3,4}$)|[!@](?:[\w!.,-]{1,60})$")
_SPACE = re.compile(r"\s+")
# A space between two Latin words is text; any other is layout.
_LAYOUT_SPACE = re.compile(r"(?<![0-9A-Za-z]) | (?![0-9A-Za-z])")
_DASHES = re.compile(r"-{2,}")
_DOTS = re.compile(r"\.{3,}")  # an ellipsis is one sign or two, or dots


def normal_form(text: str) -> str:
    """Return text as versions compare it: presentation folded, everything with meaning kept."""
    folded = _SPACE.sub(" ", text.translate(_FOLDED)).strip()
    closed = _DASHES.sub("-", _LAYOUT_SPACE.sub("", folded))
    return _DOTS.sub("...", closed)


def image_identity(image: Image) -> str:
    """Return an image's address without host, token and size: what makes it the same picture.

    Where a service of pictures is given the file in the query, that file is the picture.
    """
    parts = urlsplit(image.url)
    asked = _FILE.findall(unquote(parts.query)) if parts.query else []
    path = asked[-1] if asked and not _FILE.search(parts.path) else parts.path
    return _SIZE.sub("", path)


def compared_fields(article: Article) -> dict[str, Any]:
    """Return the fields whose difference makes a version, in normal form, empty ones left out.

    Left out on purpose: the address, keywords, language and contact (they belong to the template),
    `modified_at` (many systems print the time of rendering) and times that are approximate.
    Credits are a set by role, so the order of names within a line is no difference.
    """
    published = article.published_at
    fields = {
        "headline": normal_form(article.headline),
        "kicker": normal_form(article.kicker or ""),
        "subheadline": normal_form(article.subheadline or ""),
        "original_headline": normal_form(article.original_headline or ""),
        "section": [normal_form(item) for item in article.section],
        "published_at": published.isoformat() if published and not published.approximate else "",
        "source": normal_form(article.source or ""),
        "credits": sorted(
            [c.role.value, normal_form(c.name), normal_form(c.affiliation or ""), c.level or 0]
            for c in article.credits
        ),
        "body": [[block.heading, normal_form(block.text)] for block in article.body],
        "images": [
            [image_identity(image), normal_form(image.caption or "")] for image in article.images
        ],
    }
    return {name: value for name, value in fields.items() if value}


def content_digest(article: Article) -> str:
    """Return the versioned digest of what is compared: `2:` and 32 hex digits (128 bits)."""
    canonical = json.dumps(
        compared_fields(article), ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )
    return f"{DIGEST_VERSION}:{hashlib.sha256(canonical.encode()).hexdigest()[:32]}"


@dataclass(frozen=True, slots=True)
class Policy:
    """How long a missing article is suspect, and how fast content may flip to and fro."""

    confirm_after: timedelta = timedelta(minutes=30)  # before a second look may confirm removal
    # More than so many returns to earlier content within this time are flapping, and it has ended
    # when one content has stood for as long.
    most_returns: int = 3
    flap_time: timedelta = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Flips:
    """How an article has gone to and fro, as far as the content of a look is concerned."""

    flapping: bool = False
    seen_before: bool = False  # an earlier version had that content
    returns: int = 0  # to earlier content, by versions within the policy's time
    steady_since: datetime | None = None  # while flapping: the first of the looks that saw just it


@dataclass(frozen=True, slots=True)
class Crowd:
    """How looks at a site's other articles went since this one was missing, or shortly before."""

    missing: int = 0
    seen: int = 0

    @property
    def is_outage(self) -> bool:
        """Whether nearly all of a site's articles are missing: its doing or ours, no removals."""
        return self.missing >= _OUTAGE and self.seen * 10 <= self.missing

    @property
    def may_become_outage(self) -> bool:
        """Whether several articles are missing and no more are seen: a 410 can wait for a look."""
        return self.missing >= _SEVERAL and self.seen <= self.missing


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of an article before a look."""

    state: State = State.FOUND
    content_digest: str | None = None  # of the open version
    last_seen_at: datetime | None = None  # the last look that saw the open version
    first_missing_at: datetime | None = None  # since when looks have found it missing
    flips: Flips = field(default_factory=Flips)
    crowd: Crowd = field(default_factory=Crowd)


@dataclass(frozen=True, slots=True)
class Transition:
    """A change of state, with its bounds; `kind` is the event's name."""

    kind: str  # first_read, suspected, cleared, removed, returned, not_article
    before: State
    after: State
    last_seen_at: datetime | None
    first_missing_at: datetime | None


@dataclass(frozen=True, slots=True)
class Decision:
    """What a look comes to: what `storage.archive` shall write."""

    outcome: Outcome
    state: State
    opens_version: bool = False
    seen: bool = False  # the open version was seen by this look
    first_missing_at: datetime | None = None
    transition: Transition | None = None
    flapping: bool = False  # it flips too fast for every flip to be a version
    reason: Reason | None = None  # why what differs is no version


# Articles missing at once from which on it is an outage, or may become one.
_OUTAGE, _SEVERAL = 5, 3
_SEEN = {Finding.READ, Finding.SAME_BYTES, Finding.NOT_MODIFIED}
_PLAIN_OUTCOME = {
    Finding.NOT_MODIFIED: Outcome.NOT_MODIFIED,
    Finding.SAME_BYTES: Outcome.UNCHANGED,
    Finding.BLOCKED: Outcome.BLOCKED,
    Finding.NOT_ARTICLE: Outcome.NOT_ARTICLE,
    Finding.FAILED: Outcome.FAILED,
    Finding.MISSING: Outcome.MISSING,
}
_READ_KIND = {
    State.FOUND: "first_read",
    State.NOT_ARTICLE: "first_read",
    State.SUSPECT: "cleared",
    State.REMOVED: "returned",
}


def decide(known: Known, visit: Visit, digest: str | None, policy: Policy) -> Decision:
    """Decide what one look means, from what is known and what it found.

    `digest` is the content digest of what was read, by the same extractor as the known one; it
    is None for every finding but READ.
    """
    if visit.finding in _SEEN and (visit.finding is Finding.READ or known.content_digest):
        return _decide_seen(known, visit, digest, policy)
    if visit.finding is Finding.MISSING:
        return _decide_missing(known, visit, policy)
    if visit.finding is Finding.NOT_ARTICLE and known.state is State.FOUND:
        transition = Transition("not_article", known.state, State.NOT_ARTICLE, None, None)
        return Decision(Outcome.NOT_ARTICLE, State.NOT_ARTICLE, transition=transition)
    if visit.finding in _SEEN:  # 304 or same bytes where nothing is known proves nothing
        return unmoved(known, Outcome.FAILED)
    return unmoved(known, _PLAIN_OUTCOME[visit.finding])


def moved(decision: Decision) -> Decision:
    """Return what is decided where the article is served, at another address than it was."""
    before = decision.transition
    if before is None:
        return decision
    transition = replace(before, kind="moved", after=State.LIVE)
    return replace(decision, state=State.LIVE, first_missing_at=None, transition=transition)


def unmoved(known: Known, outcome: Outcome) -> Decision:
    """Return the decision that leaves an article where it stood."""
    return Decision(
        outcome,
        known.state,
        first_missing_at=known.first_missing_at,
        flapping=known.flips.flapping,
    )


def _decide_seen(known: Known, visit: Visit, digest: str | None, policy: Policy) -> Decision:
    """The article was served: perhaps for the first time, perhaps again, perhaps changed."""
    read = visit.finding is Finding.READ
    differs = read and digest != known.content_digest
    flapping = _flaps(known.flips, visit, differs, policy)
    opens = differs and not (flapping and known.flips.seen_before)
    if read:
        first = known.content_digest is None
        outcome = Outcome.NEW if first else Outcome.CHANGED if opens else Outcome.UNCHANGED
    else:
        outcome = _PLAIN_OUTCOME[visit.finding]
    kind = _READ_KIND.get(known.state)
    transition = kind and Transition(
        kind, known.state, State.LIVE, known.last_seen_at, known.first_missing_at
    )
    return Decision(
        outcome,
        State.LIVE,
        opens_version=opens,
        # bytes seen before say nothing of which content they are, while it flips
        seen=opens or not (differs or (flapping and not read)),
        transition=transition or None,
        flapping=flapping,
        reason=Reason.FLAPPING if differs and not opens else None,
    )


def _flaps(flips: Flips, visit: Visit, differs: bool, policy: Policy) -> bool:
    """Tell whether an article flips to and fro, now that one more look has been made."""
    if not flips.flapping:
        return differs and flips.seen_before and flips.returns >= policy.most_returns
    steady = flips.steady_since
    return steady is None or visit.visited_at - steady < policy.flap_time


def _decide_missing(known: Known, visit: Visit, policy: Policy) -> Decision:
    """Absence is never removal until confirmed: 410 at once, all else by a second, later look.

    And while nearly all of a site's articles are missing, none is removed.
    """
    if known.state not in {State.LIVE, State.SUSPECT}:
        return unmoved(known, Outcome.MISSING)
    since = known.first_missing_at or visit.visited_at
    waited = visit.visited_at - since >= policy.confirm_after and known.state is State.SUSPECT
    at_once = visit.reason == Reason.GONE and not known.crowd.may_become_outage
    confirmed = at_once or (waited and (visit.site_answers or visit.reason == Reason.GONE))
    if confirmed and not known.crowd.is_outage:
        kind, state = "removed", State.REMOVED
    elif known.state is State.LIVE:
        kind, state = "suspected", State.SUSPECT
    else:
        return unmoved(known, Outcome.MISSING)
    transition = Transition(kind, known.state, state, known.last_seen_at, since)
    return Decision(
        Outcome.MISSING,
        state,
        first_missing_at=since,
        transition=transition,
        flapping=known.flips.flapping,
    )
