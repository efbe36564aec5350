"""A citation block: a version as text for people, as JSON, and as BibTeX."""

import json
import re
from collections.abc import Iterator
from datetime import datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from news.article import credit_json
from reporting.layout import harmless
from reporting.times import render_time
from storage.citation import Citation

_BIBTEX_SPECIAL = re.compile(r"[\\{}$&#_%~^]")
_BIBTEX_ESCAPES = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
_EDITORS = {"editor", "reviewer", "proofreader"}


def render_citation(citation: Citation, form: str, zone: tzinfo | None = None) -> str:
    """Return a citation as `text`, `json` or `bibtex`; times of text in the site's zone."""
    if form == "json":
        return json.dumps(citation_json(citation), ensure_ascii=False, indent=2)
    if form == "bibtex":
        return _bibtex(citation)
    return "\n".join(_text(citation, zone or ZoneInfo(citation.time_zone)))


def citation_json(citation: Citation) -> dict[str, Any]:
    """Return a citation as plain values; times are ISO 8601 in UTC."""
    article, version, history = citation.version.article, citation.version, citation.history
    proof = citation.proof
    published = article.published_at
    return {
        "id": f"{history.article_id}.{version.number}",
        "url": history.url,
        "read_at_url": article.url,
        "outlet": citation.outlet,
        "site": {"key": history.site, "name": citation.site_name},
        "headline": article.headline,
        "source": article.source,
        "credits": [credit_json(credit) for credit in article.credits],
        "published_at": published.isoformat() if published else None,
        "version": version.number,
        "versions": len(history.versions),
        "state": history.state,
        "retracted_at": _iso(version.retracted_at),
        "first_seen_at": _iso(version.first_seen_at),
        "last_seen_at": _iso(citation.last_seen_at),
        "last_visit_at": _iso(history.last_visit_at),
        "evidence": {
            "captured_at": _iso(proof.captured_at),
            "capture_sha256": proof.capture_digest,
            "capture_kept": proof.kept,
            "content_digest": version.content_digest,
            "extractor": version.extractor,
            "link": proof.link,
            "head": proof.head,
            "last_link": proof.last_link,
            "last_head": proof.last_head,
        },
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _text(citation: Citation, zone: tzinfo) -> Iterator[str]:
    article, version, history = citation.version.article, citation.version, citation.history
    published = article.published_at
    when = f", {published.isoformat()}" if published else ""
    source = f" (source: {article.source})" if article.source else ""
    credited = [f"{c.label or c.role.value} {c.name}" for c in article.credits]
    yield harmless(f"{article.headline}. {citation.outlet}{source}{when}.")
    yield harmless(history.url)
    if credited:
        yield harmless("credits: " + "; ".join(credited))
    number = f"version {version.number} of {len(history.versions)}"
    if version.retracted_at:
        number += ", retracted: a difference of our own making"
    first, last = (render_time(at, zone) for at in (version.first_seen_at, citation.last_seen_at))
    yield f"{number}: first seen {first}, last seen {last}"
    looked = render_time(history.last_visit_at, zone)
    yield f"last looked {looked}: {history.state} (times in {citation.time_zone})"
    proof = citation.proof
    gone = "" if proof.kept else ", the bytes were erased since"
    yield f"capture sha256:{proof.capture_digest} of {render_time(proof.captured_at, zone)}{gone}"
    yield f"content {version.content_digest}"
    yield f"link {proof.link} of site {history.site}, head {proof.head}"
    yield f"latest link {proof.last_link}, head {proof.last_head}"


def _bibtex(citation: Citation) -> str:
    article, version, history = citation.version.article, citation.version, citation.history
    proof = citation.proof
    by_role = {
        "author": [c.name for c in article.credits if c.role.value not in _EDITORS],
        "editor": [c.name for c in article.credits if c.role.value == "editor"],
    }
    fields = {role: " and ".join(map(_braced, names)) for role, names in by_role.items() if names}
    fields["title"] = _braced(article.headline)
    fields["organization"] = _braced(citation.outlet)
    if article.published_at:
        fields["date"] = article.published_at.at.date().isoformat()
    fields["url"] = _escaped(history.url)
    fields["urldate"] = (citation.last_seen_at or version.first_seen_at).date().isoformat()
    fields["version"] = str(version.number)
    fields["note"] = _escaped(
        f"Version {version.number} of {len(history.versions)}, seen {_iso(version.first_seen_at)} "
        f"to {_iso(citation.last_seen_at)}; capture sha256:{proof.capture_digest}; content "
        f"{version.content_digest}; chain of {history.site}, link {proof.link}, head {proof.head}"
    )
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items()]
    return "\n".join([f"@online{{variorum-{history.article_id}-{version.number},", *lines, "}"])


def _braced(text: str) -> str:
    return f"{{{_escaped(text)}}}"


def _escaped(text: str) -> str:
    """Return text that BibTeX takes as it is; a line break would be a space to it."""

    def escape(found: re.Match[str]) -> str:
        return _BIBTEX_ESCAPES.get(found[0], f"\\{found[0]}")

    return _BIBTEX_SPECIAL.sub(escape, harmless(" ".join(text.split())))
