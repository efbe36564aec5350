"""What an export holds, kind by kind: its columns with their meaning, and its JSON.

JSON has the names of schema.org at the top, for programs that know them, and the design's own
record of the article within.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Literal

from news.article import Article, Credit, PartyKind, PrintedTime, Role
from reporting.export import change_json, version_json
from storage.exporting import Told
from storage.history import ArticleHistory, ChangeRecord, Looks, VersionRecord

Type = Literal["text", "integer", "real", "flag", "moment", "list"]
Value = str | int | float | bool | datetime | list[str] | None
_AUTHORS = {Role.REPORTER, Role.WRITER, Role.CORRESPONDENT}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table that is exported."""

    name: str
    type: Type
    meaning: str


@dataclass(frozen=True, slots=True)
class Kind:
    """What can be exported."""

    purpose: str
    columns: tuple[Column, ...]
    rows: Callable[[Told], Iterator[dict[str, Value]]]
    json: Callable[[Told], Iterator[dict[str, Any]]]


def _columns(*said: tuple[str, Type, str]) -> tuple[Column, ...]:
    return tuple(Column(*column) for column in said)


_OF_ARTICLE = _columns(
    ("article_id", "integer", "the article's number in the archive"),
    ("site", "text", "short name of its site"),
    ("url", "text", "its canonical address"),
    ("version", "integer", "number of the version within the article, from 1"),
    ("headline", "text", "headline"),
    ("kicker", "text", "line over the headline"),
    ("subheadline", "text", "line under the headline"),
    ("original_headline", "text", "the headline the text bore at its origin"),
    ("section", "list", "breadcrumb, outermost first"),
    ("published_at", "text", "published time as the page prints it, ISO 8601 or a date"),
    ("modified_at", "text", "modified time as the page prints it"),
    ("source", "text", "the outlet the page names as origin of its text"),
    ("source_url", "text", "address behind the source's name"),
    ("language", "text", "language tag"),
    ("first_seen_at", "moment", "first look that saw the version, UTC"),
    ("last_seen_at", "moment", "last look that saw it, UTC"),
    ("is_open", "flag", "it is served now, or was when last seen"),
    ("same_as", "integer", "first version of equal content"),
    ("retracted_at", "moment", "since when it is known to be our doing, UTC"),
    ("content_digest", "text", "digest of what is compared"),
    ("capture_digest", "text", "SHA-256 of the page's bytes"),
    ("extractor", "text", "who read the page"),
    ("state", "text", "where the article stands: live, suspect, removed and others"),
    ("body", "text", "the text, a paragraph or heading a line"),
)
_OF_CHANGE = _columns(
    ("article_id", "integer", "the article's number in the archive"),
    ("site", "text", "short name of its site"),
    ("url", "text", "its address now"),
    ("headline", "text", "headline after the change"),
    ("from_version", "integer", "number of the version before"),
    ("to_version", "integer", "number of the version after"),
    ("field", "text", "the field that differs"),
    ("kinds", "list", "what kinds of change"),
    ("announced", "flag", "a correction note appeared with it"),
    ("significance", "real", "from 0 to 1"),
    ("rule", "text", "the rule behind each part of the significance"),
    ("hidden_by", "text", "the rule that hides it; none is shown"),
    ("last_seen_at", "moment", "last look that saw the old, UTC"),
    ("first_seen_at", "moment", "first look that saw the new, UTC"),
)
_OF_CREDIT = _columns(
    ("article_id", "integer", "the article's number in the archive"),
    ("site", "text", "short name of its site"),
    ("url", "text", "its canonical address"),
    ("version", "integer", "number of the version within the article"),
    ("first_seen_at", "moment", "first look that saw the version, UTC"),
    ("position", "integer", "place on the page, from 0"),
    ("role", "text", "what the party did"),
    ("name", "text", "name as printed"),
    ("kind", "text", "person or organization"),
    ("affiliation", "text", "the outlet printed with the name"),
    ("level", "integer", "1 to 3 for 一审 to 三审"),
    ("label", "text", "the label as printed"),
)


def _record(told: Told, version: VersionRecord) -> dict[str, Any]:
    """Return the design's JSON of one version."""
    history = ArticleHistory(
        told.article_id, version.article.url, told.site, told.state, version.first_seen_at,
        told.last_seen_at, None, (), (), (), (), Looks(0, None, None, {}),
    )  # fmt: skip
    return version_json(history, version)


def _version_row(told: Told, version: VersionRecord) -> dict[str, Value]:
    row = _record(told, version)
    last = version.last_seen_at or told.last_seen_at
    row |= {
        "first_seen_at": version.first_seen_at,
        "last_seen_at": last,
        "retracted_at": version.retracted_at,
        "body": "\n".join(row["body"]) or None,
    }
    return {column.name: row[column.name] for column in _OF_ARTICLE}


def _change_row(told: Told, change: ChangeRecord) -> dict[str, Value]:
    row: dict[str, Value] = change_json(change) | {
        "site": told.site,
        "first_seen_at": change.first_seen_at,
        "last_seen_at": change.last_seen_at,
    }
    return {column.name: row[column.name] for column in _OF_CHANGE}


def _credit_rows(told: Told) -> Iterator[dict[str, Value]]:
    for version in told.versions:
        for position, credit in enumerate(version.article.credits):
            yield {
                "article_id": told.article_id,
                "site": told.site,
                "url": version.article.url,
                "version": version.number,
                "first_seen_at": version.first_seen_at,
                "position": position,
                "role": credit.role.value,
                "name": credit.name,
                "kind": credit.kind.value,
                "affiliation": credit.affiliation,
                "level": credit.level,
                "label": credit.label,
            }


def _latest(told: Told) -> Iterator[VersionRecord]:
    if told.latest is not None:
        yield told.latest


def _linked(told: Told, version: VersionRecord) -> dict[str, Any]:
    """Return a version as schema.org's NewsArticle, with our own record within."""
    article = version.article
    return {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "identifier": f"{told.article_id}.{version.number}",
        "url": article.url,
        "headline": article.headline,
        "alternativeHeadline": article.subheadline,
        "articleSection": list(article.section),
        "datePublished": _iso(article.published_at),
        "dateModified": _iso(article.modified_at),
        "author": [_party(c) for c in article.credits if c.role in _AUTHORS],
        "editor": [_party(c) for c in article.credits if c.role is Role.EDITOR],
        "contributor": [
            _party(c) for c in article.credits if c.role not in _AUTHORS | {Role.EDITOR}
        ],
        "isBasedOn": _origin(article),
        "correction": [
            {
                "@type": "CorrectionComment",
                "text": change.rule,
                "datePublished": change.first_seen_at.isoformat(),
            }
            for change in told.changes
            if change.announced and change.to_version == version.number
        ],
        "articleBody": "\n".join(block.text for block in article.body) or None,
        "image": [
            {"@type": "ImageObject", "contentUrl": image.url, "caption": image.caption}
            for image in article.images
        ],
        "keywords": list(article.keywords),
        "inLanguage": article.language,
        "version": version.number,
        "record": _record(told, version),
    }


def _iso(printed: PrintedTime | None) -> str | None:
    return printed.isoformat() if printed else None


def _party(credit: Credit) -> dict[str, Any]:
    kind = "Organization" if credit.kind is PartyKind.ORGANIZATION else "Person"
    party: dict[str, Any] = {"@type": kind, "name": credit.name, "roleName": credit.role.value}
    if credit.affiliation:
        party["affiliation"] = {"@type": "Organization", "name": credit.affiliation}
    return party


def _origin(article: Article) -> dict[str, Any] | None:
    if article.source is None:
        return None
    return {
        "@type": "NewsArticle",
        "headline": article.original_headline,
        "url": article.source_url,
        "publisher": {"@type": "Organization", "name": article.source},
    }


KINDS: dict[str, Kind] = {
    "articles": Kind(
        "every article as it is served now, or was when last seen",
        _OF_ARTICLE,
        lambda told: (_version_row(told, version) for version in _latest(told)),
        lambda told: (_linked(told, version) for version in _latest(told)),
    ),
    "versions": Kind(
        "every version of every article",
        _OF_ARTICLE,
        lambda told: (_version_row(told, version) for version in told.versions),
        lambda told: (_linked(told, version) for version in told.versions),
    ),
    "changes": Kind(
        "every changed field, with the looks between which it changed",
        _OF_CHANGE,
        lambda told: (_change_row(told, change) for change in told.changes),
        lambda told: (change_json(change) | {"site": told.site} for change in told.changes),
    ),
    "credits": Kind(
        "every named party of every version",
        _OF_CREDIT,
        _credit_rows,
        lambda told: ({n: _plain(v) for n, v in row.items()} for row in _credit_rows(told)),
    ),
}


def _plain(value: Value) -> Value:
    return value.isoformat() if isinstance(value, date) else value


def without_text(told: Told) -> Told:
    """Return an article without its texts, whose rights are others'."""

    def bare(version: VersionRecord) -> VersionRecord:
        return replace(version, article=replace(version.article, body=()))

    latest = bare(told.latest) if told.latest else None
    return replace(told, versions=tuple(map(bare, told.versions)), latest=latest)
