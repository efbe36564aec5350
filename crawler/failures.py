"""Why a fetch failed: the exceptions of the libraries and our own, as a closed list of reasons."""

from collections.abc import Iterator

from OpenSSL import SSL
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)
from service_identity import VerificationError
from twisted.internet import error as network
from twisted.python.failure import Failure
from twisted.web import _newclient as http

from crawler.addresses import BlockedAddress
from crawler.decoding import DecodingError
from news.visits import Reason


class Refusal(IgnoreRequest):
    """We did not make or follow a request; `reason` says why. Never retried."""

    def __init__(self, reason: str, message: str = "") -> None:
        self.reason = reason
        super().__init__(message or reason)


class HostUnavailable(Refusal):
    """Nothing of this host may be asked for now: its robots.txt could not be had."""


# The first entry that fits decides, over the exception and all that caused it, outermost first
# for our own and the precise ones, then the general ones.
_PRECISE: tuple[tuple[tuple[type[BaseException], ...], Reason], ...] = (
    ((CannotResolveHostError, network.DNSLookupError), Reason.DNS),
    ((DownloadTimeoutError, network.TimeoutError, TimeoutError), Reason.TIMEOUT),
    ((DownloadConnectionRefusedError, network.ConnectionRefusedError), Reason.REFUSED),
    ((network.NoRouteError, network.UnknownHostError, network.ConnectBindError), Reason.REFUSED),
    ((SSL.Error, VerificationError, network.VerifyError), Reason.TLS),
    ((ResponseDataLossError,), Reason.TRUNCATED),
    ((DownloadCancelledError,), Reason.TOO_LARGE),
    ((UnsupportedURLSchemeError,), Reason.BLOCKED_ADDRESS),
    ((http.ParseError, http.BadHeaders), Reason.PROTOCOL),
)
_GENERAL: tuple[tuple[tuple[type[BaseException], ...], Reason], ...] = (
    ((network.ConnectionLost, network.ConnectionDone, network.ConnectionAborted), Reason.RESET),
    ((DownloadFailedError,), Reason.RESET),
    ((network.ConnectError, OSError), Reason.REFUSED),
    ((ValueError,), Reason.PROTOCOL),
)


def failure_reason(error: BaseException | None) -> str:
    """Return the reason class of a failed fetch; see `news.visits.Reason`."""
    causes = list(_causes(error)) if error is not None else []
    for cause in causes:
        if isinstance(cause, Refusal | BlockedAddress | DecodingError):
            return str(cause.reason)
    for table in (_PRECISE, _GENERAL):
        for kinds, reason in table:
            if any(isinstance(cause, kinds) for cause in causes):
                return reason.value
    return Reason.OTHER.value


def _causes(error: BaseException, depth: int = 0) -> Iterator[BaseException]:
    """Yield an exception and what it wraps, the outermost first."""
    yield error
    if depth >= 5:
        return
    inner = [i.value if isinstance(i, Failure) else i for i in getattr(error, "reasons", ())]
    for cause in (error.__cause__, *inner):
        if isinstance(cause, BaseException):
            yield from _causes(cause, depth + 1)
