"""An article as rows: what a reading holds, and back again without loss."""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from news.article import Article, Block, Credit, Image, PartyKind, Precision, PrintedTime, Role

SECTION_SEPARATOR = " > "
_PLAIN_FIELDS = (
    "url",
    "headline",
    "kicker",
    "subheadline",
    "original_headline",
    "source",
    "source_url",
    "contact_email",
    "contact_phone",
    "language",
    "declared_canonical",
)
# What no database can hold: NUL (PostgreSQL) and halves of surrogate pairs (no UTF-8).
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_LINE_BREAK = re.compile(r"[\r\n]+")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class ReadingRows:
    """An article taken apart: columns of `readings`, its body for `texts`, rows of `credits`."""

    columns: dict[str, Any]
    text: str | None
    credits: tuple[dict[str, Any], ...]


def storable_text(text: str) -> str:
    """Return text without what no database can hold."""
    return _UNSTORABLE.sub("", text)


def storable(article: Article) -> Article:
    """Return an article that every database can hold: without NUL, one line a block."""
    if _is_storable(article):
        return article
    values = {field.name: getattr(article, field.name) for field in fields(article)}
    cleaned = {name: _storable_value(value) for name, value in values.items()}
    body = tuple(replace(b, text=_LINE_BREAK.sub(" ", b.text)) for b in cleaned.pop("body"))
    return Article(body=body, **cleaned)


def _is_storable(article: Article) -> bool:
    """Whether nothing has to be taken out, as in nearly every article."""
    body = "".join(block.text for block in article.body)
    plain = [getattr(article, name) or "" for name in _PLAIN_FIELDS]
    parts = [part or "" for c in article.credits for part in (c.name, c.affiliation, c.label)]
    images = [part or "" for image in article.images for part in (image.url, image.caption)]
    rest = "".join((*plain, *parts, *images, *article.section, *article.keywords))
    return not (_UNSTORABLE.search(body + rest) or _LINE_BREAK.search(body))


def _storable_value(value: Any) -> Any:
    if isinstance(value, str) and type(value) is str:
        return storable_text(value)
    if isinstance(value, tuple):
        return tuple(_storable_value(item) for item in value)
    if isinstance(value, Block | Image | Credit):
        own = {field.name: getattr(value, field.name) for field in fields(value)}
        return type(value)(**{name: _storable_value(item) for name, item in own.items()})
    return value


def text_digest(text: str) -> str:
    """Return the SHA-256 of a text in UTF-8, in hex: its name in `texts`."""
    return hashlib.sha256(text.encode()).hexdigest()


def save(article: Article) -> ReadingRows:
    """Take a storable article apart into rows."""
    text = "\n".join(block.text for block in article.body) if article.body else None
    columns: dict[str, Any] = {name: getattr(article, name) for name in _PLAIN_FIELDS}
    columns |= {
        "section": _join_section(article.section),
        **_time_columns("published", article.published_at),
        **_time_columns("modified", article.modified_at),
        "body_digest": None if text is None else text_digest(text),
        "headings": _json([i for i, block in enumerate(article.body) if block.heading]),
        "images": _json([[image.url, image.caption] for image in article.images]),
        "keywords": _json(list(article.keywords)),
    }
    credits_ = tuple(_credit_row(i, credit) for i, credit in enumerate(article.credits))
    columns["fields_digest"] = fields_digest(columns, credits_)
    return ReadingRows(columns, text, credits_)


def load(columns: Mapping[str, Any], text: str | None, credits_: Sequence[Any]) -> Article:
    """Put an article together from its rows; `credits_` are rows in order of position."""
    headings = set(json.loads(columns["headings"] or "[]"))
    lines = text.split("\n") if text is not None else []
    plain = {name: columns[name] for name in _PLAIN_FIELDS}
    return Article(
        **plain,
        section=_split_section(columns["section"]),
        published_at=printed_time("published", columns),
        modified_at=printed_time("modified", columns),
        credits=tuple(_credit(row) for row in credits_),
        body=tuple(Block(line, i in headings) for i, line in enumerate(lines)),
        images=tuple(Image(*pair) for pair in json.loads(columns["images"] or "[]")),
        keywords=tuple(json.loads(columns["keywords"] or "[]")),
    )


DIGESTED_COLUMNS = (
    *_PLAIN_FIELDS,
    "section",
    *(
        f"{time}_{part}"
        for time in ("published", "modified")
        for part in ("text", "offset", "precision", "approximate")
    ),
    "body_digest",
    "headings",
    "images",
    "keywords",
)
DIGESTED_CREDIT = ("position", "role", "name", "kind", "affiliation", "level", "label")


def fields_digest(columns: Mapping[str, Any], credits_: Iterable[Mapping[str, Any]]) -> str:
    """Return the SHA-256 over all that a reading says, from its rows."""
    said = [
        [columns[name] for name in DIGESTED_COLUMNS],
        [[credit[name] for name in DIGESTED_CREDIT] for credit in credits_],
    ]
    return hashlib.sha256(json.dumps(said, separators=(",", ":")).encode()).hexdigest()


def _json(items: list[Any]) -> str | None:
    return json.dumps(items, ensure_ascii=False, separators=(",", ":")) if items else None


def _join_section(section: tuple[str, ...]) -> str | None:
    """Join a breadcrumb; a `>` inside a part is marked, so that only separators are bare."""
    parts = [part.replace("\\", "\\\\").replace(">", "\\>") for part in section]
    return SECTION_SEPARATOR.join(parts) if parts else None


def _split_section(joined: str | None) -> tuple[str, ...]:
    if joined is None:
        return ()
    return tuple(_ESCAPED.sub(r"\1", part) for part in joined.split(SECTION_SEPARATOR))


def _time_columns(prefix: str, printed: PrintedTime | None) -> dict[str, Any]:
    if printed is None:
        names = ("at", "text", "offset", "precision", "approximate")
        return {f"{prefix}_{name}": None for name in names}
    offset = printed.at.utcoffset() or timedelta()
    return {
        f"{prefix}_at": _in_utc(printed.at),
        f"{prefix}_text": printed.isoformat(),
        f"{prefix}_offset": int(offset.total_seconds()),
        f"{prefix}_precision": printed.precision.value,
        f"{prefix}_approximate": printed.approximate,
    }


def _in_utc(moment: datetime) -> datetime | None:
    try:
        return moment.astimezone(UTC)
    except OverflowError:  # the year 1 east of Greenwich: kept as text alone
        return None


def printed_time(prefix: str, columns: Mapping[str, Any]) -> PrintedTime | None:
    """Put the `published` or `modified` time of a reading together from its columns."""
    text = columns[f"{prefix}_text"]
    if text is None:
        return None
    zone = timezone(timedelta(seconds=columns[f"{prefix}_offset"]))
    return PrintedTime(
        datetime.fromisoformat(text).replace(tzinfo=zone),
        Precision(columns[f"{prefix}_precision"]),
        columns[f"{prefix}_approximate"],
    )


def _credit_row(position: int, credit: Credit) -> dict[str, Any]:
    return {
        "position": position,
        "role": credit.role.value,
        "name": credit.name,
        "kind": credit.kind.value,
        "affiliation": credit.affiliation,
        "level": credit.level,
        "label": credit.label,
    }


def _credit(row: Any) -> Credit:
    return Credit(
        role=Role(row.role),
        name=row.name,
        kind=PartyKind(row.kind),
        affiliation=row.affiliation,
        level=row.level,
        label=row.label,
    )
