"""When to stop asking a host: it has said so, or it has not answered for a while."""

from collections import Counter
from datetime import timedelta

from news.backoff import Answers
from news.visits import Finding, Reason

# So many looks at a host in a row that did not get through, and it is left alone for this crawl.
LOOKS_IN_A_ROW = 10
_PUSHED_BACK = frozenset({"http_429"})
# Any answer of the site itself but a failure or a refusal.
_ANSWERED = frozenset(Finding) - {Finding.FAILED, Finding.BLOCKED}
_NOT_THROUGH = frozenset(
    {
        Reason.DNS,
        Reason.REFUSED,
        Reason.TIMEOUT,
        Reason.RESET,
        Reason.TLS,
        Reason.CHALLENGE,
        "http_403",
        "http_500",
        "http_502",
        "http_503",
        "http_504",
    }
)


class Circuit:
    """Counts, for each host of a crawl, the looks in a row that did not get through.

    `looks` of them are enough to give it up: one for a crawl that only tries whether a site
    answers again.
    """

    def __init__(self, looks: int = LOOKS_IN_A_ROW) -> None:
        self._looks = looks
        self._in_a_row: Counter[str] = Counter()
        self._open: dict[str, str] = {}
        self._asked: set[str] = set()
        self._last: str | None = None  # why the last look failed, if it did
        self._answered = False
        self._pushed_back = False
        self._retry_after: timedelta | None = None

    def note(self, host: str, finding: Finding, reason: str | None) -> None:
        """Take in what one look at the host found."""
        failed = finding in {Finding.FAILED, Finding.BLOCKED}
        self._asked.add(host)
        self._answered = self._answered or finding in _ANSWERED
        self._last = str(reason) if failed else None
        if failed and reason in _PUSHED_BACK:
            self._pushed_back = True
            self.give_up(host, str(reason))
        elif reason in _NOT_THROUGH:
            self._in_a_row[host] += 1
            if self._in_a_row[host] >= self._looks:
                self.give_up(host, str(reason))
        else:
            self._in_a_row[host] = 0

    def give_up(self, host: str, reason: str) -> None:
        """Ask the host no more in this crawl."""
        self._open.setdefault(host, reason)

    def push_back(self, host: str, reason: str, retry_after: timedelta | None) -> None:
        """Take in that the host asks to be left alone, for so long where it says so."""
        self._pushed_back = True
        longest = max(filter(None, (self._retry_after, retry_after)), default=None)
        self._retry_after = longest
        self.give_up(host, reason)

    @property
    def answers(self) -> Answers:
        """What the crawl has learnt: how the site answers, all its hosts together.

        One dead host among several is no matter of the site's, one that pushes back is.
        """
        all_given_up = bool(self._asked) and self._asked <= self._open.keys()
        reason = next(reversed(self._open.values()), self._last)
        failed = self._pushed_back or all_given_up or not self._answered
        return Answers(
            asked=bool(self._asked),
            answered=self._answered,
            reason=reason if failed else None,
            pushed_back=self._pushed_back,
            retry_after=self._retry_after,
        )

    def given_up(self, host: str) -> str | None:
        """Return why the host is asked no more, or None while it is."""
        return self._open.get(host)

    @property
    def hosts(self) -> dict[str, str]:
        """The hosts given up, with the reason."""
        return dict(self._open)
