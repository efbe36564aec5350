"""When to ask a site again that did not answer, or asked to be left alone."""

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum

from news.visits import Reason

FIRST_WAIT = timedelta(minutes=10)
LONGEST_WAIT = timedelta(hours=24)
# So much of a wait is drawn by the site's name, so that sites that failed together, as behind one
# server, are not asked again together.
_SPREAD = 0.2
# Reasons that may lie in our own connection as well as with the site.
NETWORK_FAULTS = frozenset({Reason.DNS, Reason.REFUSED, Reason.TIMEOUT, Reason.RESET})
# A crawl that came to nothing for one of these is not begun again at once.
UNREACHABLE = NETWORK_FAULTS | {
    Reason.TLS,
    Reason.CHALLENGE,
    Reason.ROBOTS_UNAVAILABLE,
    Reason.CRASHED,
    "http_403",
    "http_429",
    "http_500",
    "http_502",
    "http_503",
    "http_504",
}


class CircuitState(StrEnum):
    """Whether a site is asked: as ever, not at all for a while, or with one request to try."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


@dataclass(frozen=True, slots=True)
class Answers:
    """What a crawl has learnt of its site's readiness to answer."""

    asked: bool = False  # anything was
    answered: bool = False  # at least once, and well
    reason: str | None = None  # why it did not, or was given up; a `Reason` or `http_NNN`
    pushed_back: bool = False  # it asked to be left alone: 429, or 503 with Retry-After
    retry_after: timedelta | None = None  # for how long, where it said so

    @property
    def got_through(self) -> bool:
        """Whether asking was worth while: it need not be done again before its time."""
        return self.asked and (self.answered or self.reason not in UNREACHABLE)


NOTHING_ASKED = Answers()


@dataclass(frozen=True, slots=True)
class Standing:
    """How a site has answered lately, over all crawls."""

    failures: int = 0  # crawls in a row that came to nothing
    failing_since: datetime | None = None
    answered_at: datetime | None = None  # the end of the last crawl that went through
    circuit: CircuitState = CircuitState.CLOSED
    until: datetime | None = None  # while the circuit is open
    reason: str | None = None  # why it is, or why the last crawl failed
    retry_after_at: datetime | None = None  # until when the site asked to be left alone


def parse_retry_after(value: str | None, now: datetime) -> timedelta | None:
    """Return what a Retry-After header asks for: seconds or a date (RFC 9110, section 10.2.3).

    None where there is none, and for what means nothing: a negative number, a date that has
    passed, any other text.
    """
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        return timedelta(seconds=min(int(text[:12]), 10**8))
    try:
        at = parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    asked = (at if at.tzinfo else at.replace(tzinfo=UTC)) - now
    return asked if asked > timedelta() else None


def wait_after(failures: int, site: str) -> timedelta:
    """Return how long to wait after so many failures in a row: doubled each time, up to a day."""
    doubled = FIRST_WAIT * (1 << min(max(failures - 1, 0), 10))
    drawn = hashlib.sha256(f"{site} {failures}".encode()).digest()[0] / 255 * 2 - 1
    return min(LONGEST_WAIT, doubled * (1 + _SPREAD * drawn))


def after_crawl(standing: Standing, answers: Answers, now: datetime, site: str) -> Standing:
    """Return how a site stands after a crawl.

    One that answered is asked as ever. One that could not be reached, or asked to be left alone,
    is left alone: for the time it named, but no shorter than the wait for that many failures and
    no longer than a day. Other failures, such as a seed that is not there, are only counted.
    """
    if not answers.asked:
        return standing
    if answers.answered and answers.reason is None:
        return Standing(answered_at=now)
    failures = standing.failures + 1
    failed = replace(
        standing,
        failures=failures,
        failing_since=standing.failing_since or now,
        reason=answers.reason,
    )
    if not answers.pushed_back and answers.reason not in UNREACHABLE:
        return replace(failed, circuit=CircuitState.CLOSED, until=None, retry_after_at=None)
    least = wait_after(failures, site)
    wait = min(max(answers.retry_after or least, least), LONGEST_WAIT)
    asked_for = now + wait if answers.retry_after else None
    return replace(failed, circuit=CircuitState.OPEN, until=now + wait, retry_after_at=asked_for)


def network_lost(standings: dict[str, Standing], now: datetime) -> frozenset[str]:
    """Return the sites whose failures are our own outage; none where there is no outage.

    It is ours where at least two sites that answered within a day have failed, for reasons that a
    dead connection gives, and none has answered since. A site alone cannot tell.
    """
    answered = [s.answered_at for s in standings.values() if s.answered_at is not None]
    if not answered:
        return frozenset()
    last = max(answered)
    healthy = {
        site: standing
        for site, standing in standings.items()
        if standing.answered_at and now - standing.answered_at < timedelta(days=1)
    }
    failing = {
        site
        for site, standing in healthy.items()
        if standing.failing_since
        and standing.failing_since > last
        and standing.reason in NETWORK_FAULTS
    }
    return frozenset(failing) if len(failing) >= 2 else frozenset()
