"""Bytes of a page to text: which encoding they are really in, and what no text may hold."""

import codecs
import re
from dataclasses import dataclass

from resiliparse.parse.encoding import detect_encoding
from w3lib.encoding import http_content_type_encoding, read_bom

from crawler.extraction.scripts import without_scripts

# A declaration stands early; 16 KB is room for what archives and accelerators put before it.
_HEAD_BYTES = 16_384
# Only a real <meta> counts: `charset=` also stands in script tags.
_META = re.compile(rb"<meta\b[^>]{0,400}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_XML_DECLARATION = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{2,40})")
_NOT_MARKUP = re.compile(
    rb"<!--.*?(?:-->|\Z)|<script\b.*?(?:</script\s*>|\Z)", re.IGNORECASE | re.DOTALL
)
# PostgreSQL refuses NUL; the others print nothing or are no characters at all.
_UNWANTED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u2060\ud800-\udfff\ufeff\ufffe\uffff]"
)
_UNWANTED_BYTES = bytes([*range(9), 11, 12, *range(14, 32), 127])
# Marks without width that are no part of any word: zero-width spaces, word joiners, BOMs.
_INVISIBLE = "\u200b\u2060\ufeff\ufffe\uffff"
# Each is a superset of what it replaces, and what pages that declare the smaller one hold.
_WIDE_TAG = re.compile(
    rb"(?P<little>(?:\s\x00){0,40}<\x00[a-zA-Z!]\x00)|(?:\x00\s){0,40}\x00<\x00[a-zA-Z!]"
)
_SUPERSETS = {"gb2312": "gb18030", "gbk": "gb18030", "big5": "big5hkscs"}
# Servers name these for everything, so they say nothing about a page.
_DEFAULTS = frozenset({"ascii", "iso8859-1", "cp1252"})
_SENSELESS = re.compile("[\ue000-\uf8ff\x80-\x9f]")
# Above this share of unreadable bytes among the non-ASCII ones the encoding is taken as wrong.
_MAX_BROKEN = 0.02


@dataclass(frozen=True, slots=True)
class Decoded:
    """A page's text, and where its encoding was learned from."""

    text: str
    encoding: str
    learned_from: str  # bom, bytes, header, meta, rules, detector

    @property
    def utf8(self) -> bytes:
        """The text as UTF-8 bytes."""
        return self.text.encode("utf-8", "ignore")


class UndecodableError(ValueError):
    """No encoding reads these bytes."""


def decode_page(body: bytes, content_type: str | None, charset: str | None) -> Decoded:
    """Decode an entity body; `charset` is a profile's word, above the page's own declarations.

    The order is BOM, strict UTF-8, profile, header, meta, detector. Strict UTF-8 goes before the
    declarations because other encodings pass it by chance only on a few characters, while wrong
    declarations are common. Raise UndecodableError where nothing reads the bytes.
    """
    bom_encoding, bom = read_bom(body)
    if bom_encoding and bom:
        text = body[len(bom) :].decode(bom_encoding, "replace")
        return Decoded(_clean(text), bom_encoding, "bom")
    if wide := _wide_codec(body):
        return Decoded(_clean(body.decode(wide, "replace")), wide, "bytes")
    plain = _utf8_text(body)
    if plain is None:
        # A script may hold what no encoding reads; nobody is shown it.
        body = without_scripts(body.decode("latin-1")).encode("latin-1")
        plain = _utf8_text(body)
    if plain is not None:
        return Decoded(plain, "utf-8", "bytes")
    return _decode_by_trial(body, content_type, charset)


def _wide_codec(body: bytes) -> str | None:
    """Return the UTF-16 that bytes without a mark are in, by their first tag."""
    tag = _WIDE_TAG.match(body)
    return tag and ("utf-16-le" if tag["little"] else "utf-16-be")


def declared_charset(body: bytes) -> str | None:
    """Return the encoding that the page's own <meta> declares, comments and scripts aside."""
    head = body[:_HEAD_BYTES]
    found = _XML_DECLARATION.search(head) or _META.search(_NOT_MARKUP.sub(b"", head))
    return found.group(1).decode("ascii", "ignore") if found else None


def _utf8_text(body: bytes) -> str | None:
    """Return UTF-8 as text without what no text may hold, None where it is none."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return None
    plain = body.translate(None, _UNWANTED_BYTES)
    if len(plain) != len(body):
        text = plain.decode("utf-8")
    for invisible in _INVISIBLE:
        if invisible in text:
            text = text.replace(invisible, "")
    return text


def _decode_by_trial(body: bytes, content_type: str | None, charset: str | None) -> Decoded:
    """Take the first encoding that reads nearly everything, else the one that reads most."""
    best: tuple[float, Decoded] | None = None
    tried: set[str] = set()
    for learned_from, name in _candidates(body, content_type, charset):
        codec = _codec(name)
        if codec is None or codec in tried:
            continue
        tried.add(codec)
        try:
            text = body.decode(codec, "replace")
        except UnicodeError:  # a codec for no texts, such as `undefined`, replaces nothing
            continue
        broken = _broken_share(text, codec)
        decoded = Decoded(_clean(text), codec, learned_from)
        if broken <= _MAX_BROKEN:
            return decoded
        if best is None or broken < best[0]:
            best = (broken, decoded)
    if best is None or best[0] > 4 * _MAX_BROKEN:
        raise UndecodableError("no encoding reads the bytes")
    return best[1]


def _candidates(
    body: bytes, content_type: str | None, charset: str | None
) -> list[tuple[str, str | None]]:
    header = http_content_type_encoding(content_type) if content_type else None
    meta = declared_charset(body)
    detected = detect_encoding(body)
    named = [("header", header), ("meta", meta)]
    return [
        ("rules", charset),
        *[(where, name) for where, name in named if _codec(name) not in _DEFAULTS],
        ("bytes", "utf-8"),
        ("detector", detected),
        ("bytes", "gb18030"),
        ("bytes", "big5"),
    ]


def _codec(name: str | None) -> str | None:
    """Return the name of the codec to decode with, None for an unknown encoding."""
    if not name:
        return None
    try:
        codec = codecs.lookup(name.strip().lower()).name
    except (LookupError, ValueError):
        return None
    return _SUPERSETS.get(codec, codec)


def _broken_share(text: str, codec: str) -> float:
    """Return the share of unreadable or senseless characters among the non-ASCII ones.

    A Western codec reads any bytes; where most letters come out accented it reads them wrongly.
    """
    foreign = len(text) - len(text.encode("ascii", "ignore"))
    if codec in _DEFAULTS and foreign > 0.2 * len(text):
        return 1.0
    # Private use and Latin-1 controls are what a wrong codec of the right width gives.
    broken = text.count("\ufffd") + len(_SENSELESS.findall(text))
    return broken / foreign if foreign else 0.0


def _clean(text: str) -> str:
    return _UNWANTED.sub("", text)


# The characters that any Chinese text is full of, simplified and traditional, and its marks.
_COMMON = re.compile(
    "[的一是在不了有和人这這中大为為上个個国國我以要他时時来來用们們生到作地于於出就分对對成会會可主发發"
    "年动動同工也能下过過子说說产產种種面而方后後多定行学學法所民得经經十三之进進着著等部度家电電力里如水化"
    "高自二理起小现現实實加量都两兩日月市新本，。、：“”（）]"
)
_FOREIGN = re.compile("[^\x00-\x7f]+")
# How text comes to be read wrongly: the codec it was read with, and the one it is in.
_MISREADINGS = (
    ("gb18030", "utf-8"), ("cp1252", "utf-8"), ("latin-1", "utf-8"), ("cp1252", "gb18030"),
    ("latin-1", "gb18030"), ("big5hkscs", "gb18030"), ("gb18030", "big5hkscs"),
)  # fmt: skip
_SAMPLE = 800  # characters
_FEW_LETTERS = 20
_USUAL = 0.06  # share of common characters above which text is well: real pages have 20 to 50 %
_LOST = 0.2
_ACCENTED = re.compile(
    "[\xa1-\xff]"
)  # of no language four letters in ten, but of any wrong reading
_MOST_ACCENTED = 0.4


def is_mojibake(text: str) -> bool:
    """Tell whether text was once decoded wrongly, by how few of its characters are common ones.

    Where hardly any is, it is read back in the ways that go wrong: if one of them brings forth
    text as usual, or if the replacement characters are many, it was. Looks at 800 characters.
    """
    text = text[:_SAMPLE]
    sample = "".join(_FOREIGN.findall(text))
    if len(sample) < _FEW_LETTERS:
        return _asked_away(text)
    if sample.count("\ufffd") + 3 * sample.count("锟斤拷") > _LOST * len(sample):
        return True
    accented = _ACCENTED.search(sample) and len(_ACCENTED.findall(sample))
    if accented and accented > _MOST_ACCENTED * _count_letters(text):
        return True
    usual = _share_of_common(sample)
    return usual < _USUAL and any(_reads_better(sample, *codecs) for codecs in _MISREADINGS)


def _count_letters(text: str) -> int:
    return sum(char.isalpha() for char in text)


def _share_of_common(text: str) -> float:
    return len(_COMMON.findall(text)) / max(1, len(text))


def _reads_better(text: str, read_as: str, really: str) -> bool:
    again = text.encode(read_as, "ignore").decode(really, "ignore")
    # A wrong way back loses most of the text, and finds a common character by chance only.
    return len(again) > len(text) / 5 and _share_of_common(again) > 2 * _USUAL


def _asked_away(text: str) -> bool:
    """Tell whether question marks stand for what an encoding could not hold."""
    letters = len(text) - text.count(" ")
    return letters >= _FEW_LETTERS and text.count("?") > 0.5 * letters
