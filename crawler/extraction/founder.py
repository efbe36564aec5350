"""The comment `enpproperty`, in which Founder's publishing system states what an article is.

It has its facts as elements (`<date>…</date>`) or, in a later version, as attributes (`date="…"`).
"""

import re

from crawler.extraction.head import Head
from news.text import squeeze

_START, _END = b"<!--enpproperty", b"-->"
_LONGEST = 20_000  # bytes of the comment
_FACT = re.compile(r"<(\w{1,20})>([^<>]{1,600})</\1>|\b(\w{1,20})\s?=\s?\"([^\"<>]{1,600})\"")
_MIDNIGHT = re.compile(r"\s+00:00(?::00(?:\.0+)?)?$")
_FRACTION = re.compile(r"\.\d+$")
# What the facts are called as elements of a head; one that the head has itself stays.
_METAS = {
    "date": "publishdate",
    "sourcename": "source",
    "author": "enp:author",
    "nodename": "enp:section",
    "introtitle": "enp:kicker",
    "subtitle": "enp:subheadline",
}


def add_founder_facts(head: Head, body: bytes) -> Head:
    """Add what a page's comment states to its head, and return that."""
    start = body.find(_START)
    if start < 0:
        return head
    end = body.find(_END, start, start + _LONGEST)
    text = _decoded(body[start + len(_START) : end]) if end > 0 else ""
    for fact in _FACT.finditer(text):
        name = _METAS.get((fact[1] or fact[3]).lower())
        value = squeeze(fact[2] or fact[4])
        if name == "publishdate":  # midnight stands for a day without an hour
            value = _MIDNIGHT.sub("", _FRACTION.sub("", value))
        if name and value and value.lower() != "null":
            head.metas.setdefault(name, value)
    return head


def _decoded(comment: bytes) -> str:
    try:
        return comment.decode("utf-8")
    except UnicodeDecodeError:
        return comment.decode("gb18030", "replace")
