"""Scripts and styles taken out of a page before it is parsed: half of its bytes, never read.

What is not plainly one element is left to the parser: one that a comment begins or ends in, one
that is not closed, and those that hold linked data.
"""

import re

# One pass over the page: of a first byte and a few next ones the search is fast, and only so.
_EDGE = re.compile(rb"<[sS/][sScCtT](?:cript|tyle|ript|yle|CRIPT|TYLE|RIPT|YLE)(?=[\s>/])")
_DATA = b"ld+json"


def without_scripts(utf8: bytes) -> bytes:
    """Return the page without its script and style elements but those of linked data."""
    kept = []
    position = opened = 0
    closing = b""  # the end tag that is waited for
    for edge in _EDGE.finditer(utf8):
        tag = edge[0].lower()
        if tag[1:2] == b"/":
            end = utf8.find(b">", edge.end()) + 1
            if tag == closing and end and _is_plain(utf8, opened, edge.start()):
                kept.append(utf8[position:opened])
                position = end
            closing = b"" if tag == closing else closing
        elif not closing:
            closing, opened = b"</" + tag[1:], edge.start()
    kept.append(utf8[position:])
    return b"".join(kept)


def _is_plain(utf8: bytes, start: int, close: int) -> bool:
    tag_end = utf8.find(b">", start, close)
    if tag_end < 0 or utf8.find(_DATA, start, tag_end) >= 0:
        return False
    return utf8.find(b"-->", tag_end, close) < 0 and utf8.find(b"<!--", tag_end, close) < 0
