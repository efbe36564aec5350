"""A bound on the head of an answer: Twisted bounds each line of it, but not how many there are.

A server that sends header lines without end would fill the memory until the deadline comes.
"""

from typing import Any

from scrapy.core.downloader.handlers import http11
from twisted.web import _newclient

MOST_HEAD_BYTES = 256 * 1024  # status and header lines, and those of 1xx answers before


class BoundedParser(http11._LenientHTTPClientParser):  # noqa: SLF001 - see `bound_heads`
    """Scrapy's parser of answers, which gives up on a head that does not end."""

    _head_bytes = 0

    def lineReceived(self, line: bytes) -> None:  # noqa: N802 - Twisted's name
        """Take a line of the head; ParseError once there is too much of it."""
        self._head_bytes += len(line) + 2
        if self._head_bytes > MOST_HEAD_BYTES:
            raise _newclient.ParseError("the head does not end", b"")  # type: ignore[no-untyped-call]
        super().lineReceived(line)


def bound_heads() -> None:
    """Have all answers of the process read by the bounded parser.

    Scrapy gives each connection its parser's class by this name and offers no other way to
    change it; a test sends such a head, so that an upgrade cannot undo it in silence.
    """
    module: Any = http11
    module._LenientHTTPClientParser = BoundedParser  # noqa: SLF001
