"""The article as a value: what one reading of one page found, each fact on its own."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class Role(StrEnum):
    """What a credited party did for the article; the label as printed is kept beside it."""

    REPORTER = "reporter"  # 记者 of every kind
    CORRESPONDENT = "correspondent"  # 通讯员
    WRITER = "writer"  # 作者, 撰稿, 文
    PHOTOGRAPHER = "photographer"  # 摄影, 图
    VIDEOGRAPHER = "videographer"  # 摄像, 剪辑
    DESIGNER = "designer"  # 美编, 制图
    EDITOR = "editor"  # 编辑, 责编
    REVIEWER = "reviewer"  # 审核, 一审, 终审
    PROOFREADER = "proofreader"  # 校对
    PRODUCER = "producer"  # 监制, 策划
    TRANSLATOR = "translator"  # 编译
    CONTRIBUTOR = "contributor"  # 供稿, 供图
    OTHER = "other"  # a bare signature


# Who works on the page itself, not on the text it took over.
DESK_ROLES = frozenset({Role.EDITOR, Role.REVIEWER, Role.PROOFREADER})


class PartyKind(StrEnum):
    """Whether a credited party is a person or an organisation."""

    PERSON = "person"
    ORGANIZATION = "organization"


class Precision(StrEnum):
    """How finely a page states a time."""

    DAY = "day"
    MINUTE = "minute"
    SECOND = "second"


@dataclass(frozen=True, slots=True)
class Credit:
    """One named party and its role, in page order within `Article.credits`."""

    role: Role
    name: str  # padding removed, `·` and Latin spacing kept
    kind: PartyKind = PartyKind.PERSON
    affiliation: str | None = None  # the outlet printed directly before title or name
    level: int | None = None  # 1 to 3 for 一审 to 三审
    label: str | None = None  # as printed


@dataclass(frozen=True, slots=True)
class PrintedTime:
    """A time as a page prints it: an aware datetime and how finely it was printed.

    `at` keeps the page's own offset; for `Precision.DAY` it is that day's local midnight.
    `approximate` marks a time worked out from a relative phrase (`3小时前`): it depends on when
    the page was fetched, so it is no part of what is compared between two looks.
    """

    at: datetime
    precision: Precision
    approximate: bool = False

    def isoformat(self) -> str:
        """Return ISO 8601 with offset, or the bare date, at the page's precision."""
        if self.precision is Precision.DAY:
            return self.at.date().isoformat()
        timespec = "minutes" if self.precision is Precision.MINUTE else "seconds"
        return self.at.isoformat(timespec=timespec)


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph or section heading of the body: plain text without line breaks."""

    text: str
    heading: bool = False


@dataclass(frozen=True, slots=True)
class Image:
    """One picture of the article: its absolute address and its caption."""

    url: str
    caption: str | None = None


@dataclass(frozen=True, slots=True)
class Article:
    """One news article as one extractor read it on one page. Absent facts are None or ()."""

    url: str  # canonical, made by `news.urls`
    headline: str
    kicker: str | None = None
    subheadline: str | None = None
    original_headline: str | None = None  # 原标题, the headline the text bore at its origin
    section: tuple[str, ...] = ()  # the breadcrumb, outermost first
    published_at: PrintedTime | None = None
    modified_at: PrintedTime | None = None
    source: str | None = None  # 来源, the outlet named as origin of the text
    source_url: str | None = None
    credits: tuple[Credit, ...] = ()
    body: tuple[Block, ...] = ()
    images: tuple[Image, ...] = ()
    contact_email: str | None = None
    contact_phone: str | None = None
    keywords: tuple[str, ...] = ()
    language: str | None = None
    declared_canonical: str | None = None


class PageKind(StrEnum):
    """What a page is that is not an article."""

    LIST = "list"  # a section page, a home page
    GALLERY = "gallery"
    DELETED = "deleted"  # a notice that the article is gone, served with status 200
    LOGIN = "login"
    CHALLENGE = "challenge"  # a firewall's test
    EMPTY = "empty"
    NOT_HTML = "not_html"
    UNDECODABLE = "undecodable"
    PARSE_LIMIT = "parse_limit"  # markup beyond what a parser takes: it was not read whole
    OTHER = "other"  # too little text to be an article, for no better known reason


@dataclass(frozen=True, slots=True)
class NotAnArticle:
    """The reading of a page that is no article, with the evidence for saying so."""

    kind: PageKind
    reason: str


def credit_json(credit: Credit) -> dict[str, Any]:
    """Return a credit in the shape of the command line, the export and the API."""
    return {
        "role": credit.role.value,
        "name": credit.name,
        "kind": credit.kind.value,
        "affiliation": credit.affiliation,
        "level": credit.level,
        "label": credit.label,
    }


def article_json(article: Article, article_id: str) -> dict[str, Any]:
    """Return an article in the shape of the command line, the export and the API."""
    published, modified = article.published_at, article.modified_at
    return {
        "id": article_id,
        "url": article.url,
        "headline": article.headline,
        "kicker": article.kicker,
        "subheadline": article.subheadline,
        "original_headline": article.original_headline,
        "published_at": published.isoformat() if published else None,
        "modified_at": modified.isoformat() if modified else None,
        "source": article.source,
        "source_url": article.source_url,
        "section": list(article.section),
        "credits": [credit_json(credit) for credit in article.credits],
        "body": [block.text for block in article.body],
        "headings": [i for i, block in enumerate(article.body) if block.heading],
        "images": [{"url": image.url, "caption": image.caption} for image in article.images],
        "contact": {"email": article.contact_email, "phone": article.contact_phone},
        "keywords": list(article.keywords),
        "language": article.language,
        "declared_canonical": article.declared_canonical,
    }
