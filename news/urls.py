"""Addresses as identities: one canonical form for every spelling of the same address."""

import ipaddress
import re
from urllib.parse import SplitResult, quote, unquote, urlsplit

# Parameters that say how a reader came, never what is read.
_TRACKING = frozenset(
    {
        "_t", "clickid", "fbclid", "from", "from_source", "fromid", "gclid", "igshid",
        "isappinstalled", "isprint", "mc_cid", "mc_eid", "msclkid", "nsukey", "print",
        "printable", "referer", "referrer", "scm", "share", "sharefrom", "sharer", "spm",
        "timestamp", "vd_source", "wfr", "yclid",
    }
)  # fmt: skip
_TRACKING_PREFIX = ("utm_", "share_", "hmsr", "hmpl", "hmcu", "hmkw", "hmci", "spm_", "xtor")
_SESSION = frozenset({"jsessionid", "phpsessid", "aspsessionid", "sessionid", "session_id"})
# Names that may be a story's as well: a session's are told by their length and by digits in them.
_PERHAPS_SESSION = frozenset(
    {
        "cfid",
        "cftoken",
        "oscsid",
        "s",
        "sess",
        "sessid",
        "session",
        "sesskey",
        "sid",
        "token",
        "zenid",
    }
)
_SESSION_VALUE = re.compile(r"(?=.*\d)[0-9a-z-]{20,}", re.IGNORECASE)
_PATH_SESSION = re.compile(
    r";(?:jsessionid|phpsessid)=[^/]*|/\(S\([0-9a-z]{24}\)\)(?=/)", re.IGNORECASE
)
_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f-\x9f\\]")
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_DIGITS = re.compile(r"\d+")
_STORY_NUMBER = 5  # digits; fewer may be a page or a section
_BARE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_DEFAULT_PORT = {"http": 80, "https": 443}


def canonical_url(url: str, keep_params: frozenset[str] = frozenset()) -> str:
    """Return the one spelling of an http or https address; idempotent.

    Lower-cases scheme and host, drops default port, fragment, session and tracking parameters
    (but those in `keep_params`), orders the others by name, resolves dot segments and spells
    escapes as RFC 3986, section 6.2.2, does. Raise ValueError for every other scheme, and for an
    address with a user name, a backslash or a control character, which clients read differently.
    """
    url = url.strip(" ")
    if _FORBIDDEN.search(url):
        raise ValueError("address with a backslash or a control character")
    parts = urlsplit(url)
    scheme = parts.scheme.lower()
    if scheme not in _DEFAULT_PORT:
        raise ValueError(f"not an http address: scheme {scheme[:20]!r}")
    authority = _canonical_authority(parts, scheme)
    query = _canonical_query(parts.query, keep_params)
    return f"{scheme}://{authority}{_canonical_path(parts.path)}{'?' + query if query else ''}"


def url_host(url: str) -> str:
    """Return the canonical host of an address, without port; raise ValueError like the above."""
    return urlsplit(canonical_url(url)).hostname or ""


def article_address(url: str, declared: str | None) -> str:
    """Return the address an article goes by: the declared one where it is plainly the same page.

    Mobile, print and shared addresses of a page declare its main one. A declaration counts where
    it stays with the outlet's own hosts and keeps the path, or the long number that names the
    story; the one page that a whole template declares, the front, has neither. Both are canonical.
    """
    if not declared or declared == url:
        return url
    here, there = urlsplit(url), urlsplit(declared)
    if _family(here.hostname or "") != _family(there.hostname or ""):
        return url
    same_path = here.path == there.path and len(here.path) > 1 and not here.query
    short, long = sorted((_digits(here), _digits(there)), key=len)
    same_number = len(short) >= _STORY_NUMBER and long.endswith(short)
    return declared if same_path or same_number else url


def _digits(parts: SplitResult) -> str:
    return "".join(_DIGITS.findall(f"{parts.path}?{parts.query}"))


def _family(host: str) -> str:
    """Return what the hosts of one owner share: the name under a public suffix, by its shape."""
    labels = host.split(".")
    second_level = len(labels) > 2 and len(labels[-1]) == 2 and len(labels[-2]) <= 3
    return ".".join(labels[-3:] if second_level else labels[-2:])


def _canonical_authority(parts: SplitResult, scheme: str) -> str:
    if "@" in parts.netloc:
        raise ValueError("address with a user name")
    host = _canonical_host(parts.hostname or "")
    port = parts.port
    return host if port in (None, _DEFAULT_PORT[scheme]) else f"{host}:{port}"


def _canonical_host(host: str) -> str:
    if ":" in host:
        return f"[{ipaddress.IPv6Address(host).compressed}]"
    # IDNA reads the ideographic full stops as dots and full-width digits as digits.
    ascii_host = host.encode("idna").decode("ascii").lower().rstrip(".")
    if not ascii_host or not re.fullmatch(r"[a-z0-9._-]+", ascii_host) or ".." in ascii_host:
        raise ValueError("address without a proper host")
    return ascii_host


def _canonical_path(path: str) -> str:
    kept: list[str] = []
    segments = _PATH_SESSION.sub("", _canonical_escapes(path, "/:@!$&'()*+,;=")).split("/")
    for segment in segments[1:]:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in {".", ".."}:
        kept.append("")
    return "/" + "/".join(kept)


def _canonical_query(query: str, keep_params: frozenset[str]) -> str:
    pairs = [_canonical_escapes(pair, "/:@!$'()*+,;=?") for pair in query.split("&") if pair]
    named = [(pair.split("=", 1)[0], pair) for pair in pairs]
    kept = [(name, pair) for name, pair in named if name in keep_params or not _is_noise(pair)]
    return "&".join(pair for _, pair in sorted(kept, key=lambda item: item[0]))


def _is_noise(pair: str) -> bool:
    name, _, value = pair.partition("=")
    name = name.lower()
    if name in _PERHAPS_SESSION and _SESSION_VALUE.fullmatch(value):
        return True
    return name in _TRACKING or name in _SESSION or name.startswith(_TRACKING_PREFIX)


def _canonical_escapes(text: str, safe: str) -> str:
    """Spell escapes one way: unreserved characters bare, all others as %XX in capitals."""
    text = _ESCAPE.sub(_canonical_escape, _BARE_PERCENT.sub("%25", text))
    return quote(text, safe=safe + "%")


def _canonical_escape(match: re.Match[str]) -> str:
    char = unquote(match.group(), encoding="latin-1")
    return char if char in _UNRESERVED else match.group().upper()
