"""Content decoding is whole or an error, and never larger than its limit."""

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.decoding import DecodingError, decode_body

LIMIT = 1_000_000
PAGE = "新闻".encode() * 5000


def gz(data: bytes) -> bytes:
    """Compress without the time, so that two processes collect the same cases."""
    return gzip.compress(data, mtime=0)


def raw_deflate(body: bytes) -> bytes:
    stream = zlib.compressobj(wbits=-15)
    return stream.compress(body) + stream.flush()


@pytest.mark.parametrize(
    ("sent", "encodings", "why"),
    [
        (PAGE, [], "not encoded"),
        (PAGE, ["identity"], "said to be not encoded"),
        (gz(PAGE), ["gzip"], "gzip"),
        (gz(PAGE), ["x-gzip"], "gzip by its old name"),
        (PAGE, ["gzip"], "said to be gzip, but plain"),
        (
            gz(PAGE[:100]) + gz(PAGE[100:]),
            ["gzip"],
            "two members",
        ),
        (gz(PAGE) + bytes(8), ["gzip"], "padded"),
        (zlib.compress(PAGE), ["deflate"], "deflate as the standard says"),
        (raw_deflate(PAGE), ["deflate"], "deflate as some servers say it"),
        (gz(gz(PAGE)), ["gzip", "gzip"], "gzip twice"),
    ],
)
def test_a_whole_body_is_decoded(sent: bytes, encodings: list[str], why: str) -> None:
    assert decode_body(sent, encodings, LIMIT) == PAGE, why


@pytest.mark.parametrize(
    ("sent", "encoding", "reason"),
    [
        (gz(PAGE)[:-1], "gzip", "truncated"),
        (
            gz(PAGE)[: len(gz(PAGE)) // 2],
            "gzip",
            "truncated",
        ),
        (zlib.compress(PAGE)[:-5], "deflate", "truncated"),
        (raw_deflate(PAGE)[:-2], "deflate", "truncated"),
        (gz(PAGE)[:-8] + b"\0" * 8, "gzip", "decode"),
        (b"\x1f\x8bnonsense", "gzip", "decode"),
        (PAGE, "br", "decode"),
        (gz(bytes(LIMIT + 1)), "gzip", "too_large"),
        (zlib.compress(bytes(50 * LIMIT), 9), "deflate", "too_large"),
        (gz(bytes(LIMIT)) + gz(b"x"), "gzip", "too_large"),
    ],
)
def test_anything_less_than_whole_is_an_error(sent: bytes, encoding: str, reason: str) -> None:
    with pytest.raises(DecodingError) as caught:
        decode_body(sent, [encoding], LIMIT)
    assert caught.value.reason == reason


@given(st.binary(max_size=300), st.sampled_from(["gzip", "deflate"]), st.data())
def test_no_cut_of_a_compressed_body_passes_for_the_body(
    body: bytes, encoding: str, data: st.DataObject
) -> None:
    whole = gz(body) if encoding == "gzip" else zlib.compress(body)
    cut = whole[: data.draw(st.integers(2, len(whole) - 1))]
    with pytest.raises(DecodingError):
        decode_body(cut, [encoding], LIMIT)
