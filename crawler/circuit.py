"""When to stop asking a host: it has said so, or it has not answered for a while."""

from collections import Counter

from news.visits import Finding, Reason

# So many looks at a host in a row that did not get through, and it is left alone for this crawl.
LOOKS_IN_A_ROW = 10
_PUSHED_BACK = frozenset({"http_429"})
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
    """Counts, for each host of a crawl, the looks in a row that did not get through."""

    def __init__(self) -> None:
        self._in_a_row: Counter[str] = Counter()
        self._open: dict[str, str] = {}

    def note(self, host: str, finding: Finding, reason: str | None) -> None:
        """Take in what one look at the host found."""
        if finding in {Finding.FAILED, Finding.BLOCKED} and reason in _PUSHED_BACK:
            self._open[host] = str(reason)
        elif reason in _NOT_THROUGH:
            self._in_a_row[host] += 1
            if self._in_a_row[host] >= LOOKS_IN_A_ROW:
                self._open[host] = str(reason)
        else:
            self._in_a_row[host] = 0

    def given_up(self, host: str) -> str | None:
        """Return why the host is asked no more, or None while it is."""
        return self._open.get(host)

    @property
    def hosts(self) -> dict[str, str]:
        """The hosts given up, with the reason."""
        return dict(self._open)
