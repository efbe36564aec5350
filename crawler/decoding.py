"""Content decoding that is strict about completeness and bounded in size.

Scrapy's own gives back what it could read of a cut stream, which a change tracker would take for
a shortened article; here a stream that does not reach its end is an error.
"""

import zlib

from news.visits import Reason

# What we ask for. Both are checked to their last byte with the standard library alone.
ACCEPTED = b"gzip, deflate"
_GZIP_MAGIC = b"\x1f\x8b"
_CHUNK = 65536


class DecodingError(Exception):
    """A body that cannot be decoded whole; `reason` says why."""

    def __init__(self, reason: Reason, message: str) -> None:
        self.reason = reason
        super().__init__(message)


def decode_body(body: bytes, encodings: list[str], limit: int) -> bytes:
    """Undo the content encodings, last applied first; raise `DecodingError`.

    A body declared as gzip that has no gzip header is taken as it is (a known fault of servers);
    more than `limit` bytes is an error before they are all there.
    """
    for encoding in reversed(encodings):
        if encoding in {"gzip", "x-gzip"}:
            body = _gunzip(body, limit) if body[:2] == _GZIP_MAGIC else body
        elif encoding == "deflate":
            body = _inflate(body, limit)
        elif encoding not in {"", "identity"}:
            raise DecodingError(Reason.DECODE, f"unknown content encoding {encoding[:20]!r}")
    return body


def _gunzip(body: bytes, limit: int) -> bytes:
    """Read every member of a gzip stream; trailing zeros are padding, other bytes are ignored."""
    out = bytearray()
    while body[:2] == _GZIP_MAGIC:
        piece, body = _read_stream(zlib.decompressobj(wbits=31), body, limit - len(out))
        out += piece
    return bytes(out)


def _inflate(body: bytes, limit: int) -> bytes:
    """Read a deflate stream, with the zlib header RFC 9110 asks for or without it."""
    zlib_header = len(body) > 1 and body[0] & 0x0F == 8 and (body[0] << 8 | body[1]) % 31 == 0
    return _read_stream(zlib.decompressobj(wbits=15 if zlib_header else -15), body, limit)[0]


def _read_stream(stream: "zlib._Decompress", body: bytes, limit: int) -> tuple[bytes, bytes]:
    """Return what the stream holds and the bytes after its end."""
    out = bytearray()
    try:
        while not stream.eof:
            piece = stream.decompress(body, _CHUNK)
            body = stream.unconsumed_tail
            out += piece
            if len(out) > limit:
                raise DecodingError(Reason.TOO_LARGE, f"more than {limit} bytes after decoding")
            if not piece and not body:
                break
    except zlib.error as error:
        raise DecodingError(Reason.DECODE, f"broken compression: {error}") from error
    if not stream.eof:
        raise DecodingError(Reason.TRUNCATED, "compressed body ends before its end")
    return bytes(out), stream.unused_data
