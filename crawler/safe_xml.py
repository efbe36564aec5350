"""XML from strangers: as text in one encoding, with no entities but characters, and bounded.

A document type definition can name files and addresses to be read, and can blow up by entities
within entities; nothing that we read needs one. One without declarations of its own (as old feeds
have) is passed over, any other is refused. Nothing outside the given bytes is ever read.
"""

import codecs
import re
from collections.abc import Callable
from dataclasses import dataclass
from html.entities import html5
from xml.parsers import expat

from crawler.extraction.decode import UndecodableError, decode_page
from news.visits import Reason

DEEPEST = 64  # elements within each other; feeds and sitemaps have less than ten
_CHUNK = 65536
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_DECLARATION = re.compile(rb"\A\s*<\?xml[^>]{0,300}\?>")
_ROOT = re.compile(
    rb"\A(?:\s|<\?[^>]{0,2000}>|<!--(?:[^-]|-(?!->)){0,20000}-->|<!DOCTYPE[^>\[]{0,2000}"
    rb"(?:\[[^\]]{0,60000}\][^>]{0,200})?>)*"
    rb"<(?:[\w.-]{1,40}:)?([\w.-]{1,40})[\s/>:]",
    re.IGNORECASE,
)
# Sections that are text as they stand, and ampersands that begin no reference XML knows.
_LOOSE = re.compile(
    rb"<!\[CDATA\[.*?(?:\]\]>|\Z)"
    rb"|&(?!#\d{1,7};|#x[0-9a-fA-F]{1,6};|(?:amp|lt|gt|quot|apos);)(?:([a-zA-Z][a-zA-Z0-9]{1,30});)?",
    re.DOTALL,
)


class UnreadableXmlError(Exception):
    """XML that is not read; `reason` says why."""

    def __init__(self, reason: Reason, message: str) -> None:
        self.reason = reason
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Scan:
    """How far a document is sound: all of it, or up to a byte."""

    whole: bool
    sound: int  # bytes before the first fault


def readable_xml(body: bytes, content_type: str | None) -> bytes:
    """Return XML as UTF-8 without declaration, with HTML's named entities as characters.

    Raise `UnreadableXmlError` where no encoding reads it.
    """
    try:
        text = decode_page(body, content_type, None).utf8
    except UndecodableError as error:
        raise UnreadableXmlError(Reason.DECODE, str(error)) from error
    return _LOOSE.sub(_tighten, _DECLARATION.sub(b"", text).lstrip())


def _tighten(match: re.Match[bytes]) -> bytes:
    if match.group().startswith(b"<"):
        return match.group()
    if match[1] is None:
        return b"&amp;"
    named = html5.get(match[1].decode("ascii") + ";")
    return b"&amp;" + match[1] + b";" if named is None else named.encode()


def root_name(body: bytes) -> str | None:
    """Return the local name of the first element, in lower case, by the first bytes alone."""
    head = body[:65536]
    if head.startswith(_UTF_16):
        head = head.decode("utf-16", "ignore").encode()
    found = _ROOT.match(head.removeprefix(codecs.BOM_UTF8))
    return found[1].decode("ascii", "ignore").lower() if found else None


Start = Callable[[str, int], None]
End = Callable[[str], None]
Data = Callable[[str], None]


def scan_xml(
    text: bytes, *, start: Start | None = None, end: End | None = None, data: Data | None = None
) -> Scan:
    """Go through a document once; handlers are told of elements (with their depth) and text.

    A handler may raise `StopIteration` to end it. Raise `UnreadableXmlError` for declarations of
    entities and for elements too deep; anything malformed ends the scan there.
    """
    parser = expat.ParserCreate("utf-8")
    depth = 0

    def started(name: str, _: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST:
            raise UnreadableXmlError(Reason.TOO_DEEP, f"elements nest deeper than {DEEPEST}")
        if start is not None:
            start(name, depth)

    def ended(name: str) -> None:
        nonlocal depth
        depth -= 1
        if end is not None:
            end(name)

    parser.StartElementHandler, parser.EndElementHandler = started, ended
    parser.StartDoctypeDeclHandler = _no_subset
    parser.EntityDeclHandler = _no_entity
    parser.buffer_text = True
    if data is not None:
        parser.CharacterDataHandler = data
    return _feed(parser, text)


def _feed(parser: expat.XMLParserType, text: bytes) -> Scan:
    try:
        for place in range(0, len(text), _CHUNK):
            parser.Parse(text[place : place + _CHUNK], False)
        parser.Parse(b"", True)
    except StopIteration:
        return Scan(False, parser.CurrentByteIndex)
    except expat.ExpatError:
        return Scan(False, max(0, parser.ErrorByteIndex))
    return Scan(True, len(text))


def _no_subset(name: str, system: str | None, public: str | None, subset: int) -> None:
    del system, public
    if subset:
        raise UnreadableXmlError(Reason.DTD, f"a document type of its own: {name[:40]}")


def _no_entity(*_: object) -> None:
    raise UnreadableXmlError(Reason.DTD, "an entity declaration")
