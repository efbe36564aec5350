"""The sample site's own record: every version, edit, removal and return it served, as JSON."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any
from urllib.parse import urljoin

from news.article import Article, article_json
from news.versions import content_digest
from variorum.demo.timeline import Course, Served, Timeline

# What of an article is compared; the rest belongs to the template or to a crawler's reading.
FIELDS = (
    "headline",
    "original_headline",
    "published_at",
    "source",
    "section",
    "credits",
    "body",
    "headings",
    "images",
    "contact",
)


def timeline_truth(timeline: Timeline, home: str) -> dict[str, Any]:
    """Return the record of a site served at the address `home`; all times are UTC."""
    courses = timeline.courses.values()
    return {
        "site": home,
        "seed": timeline.seed,
        "clock": "simulated",
        "rounds": [_time(at) for at in timeline.rounds],
        "articles": [_course_truth(course, home) for course in courses],
        "hiccups": [*_hiccups(timeline, home)],
    }


def _course_truth(course: Course, home: str) -> dict[str, Any]:
    """Return the record of one address. Hiccups take nothing back, so they leave no trace here."""
    entries = [served for served in course.entries if not served.hiccup]
    return {
        "url": urljoin(home, course.path),
        "delisted_at": _time(course.delisted_at) if course.delisted_at else None,
        "versions": _versions(entries, home),
        "edits": [
            {
                "at": _time(served.at),
                "name": edit.name,
                "field": edit.field,
                "kinds": list(edit.kinds),
                "announced": edit.announced,
                "what": edit.what,
            }
            for served in entries
            for edit in served.edits
        ],
        "removals": [
            {"at": _time(served.at), "how": served.habit.value}
            for served in entries
            if served.habit
        ],
        "returns": [
            {"at": _time(after.at), "edited": bool(after.edits)}
            for before, after in pairwise(entries)
            if before.habit and not after.habit
        ],
    }


def _versions(entries: list[Served], home: str) -> list[dict[str, Any]]:
    """Return the versions: runs of equal content, numbered from 1.

    A removal ends a version, and its return goes on with it where the content is the same.
    `same_as` is the first version of equal content, where an edit was taken back.
    """
    versions: list[dict[str, Any]] = []
    digests: list[str] = []
    for served in entries:
        digest = content_digest(served.story.article)
        same = bool(digests) and digest == digests[-1]
        if versions and versions[-1]["served_until"] is None:
            versions[-1]["served_until"] = _time(served.at)
        if not served.habit and same:
            versions[-1]["served_until"] = None
        elif not served.habit:
            same_as = digests.index(digest) + 1 if digest in digests else None
            digests.append(digest)
            versions.append(_version(len(digests), served, same_as, home))
    return versions


def _version(number: int, served: Served, same_as: int | None, home: str) -> dict[str, Any]:
    return {
        "number": number,
        "served_from": _time(served.at),
        "served_until": None,
        "same_as": same_as,
        "article": article_truth(located(served.story.article, home)),
    }


def located(article: Article, home: str) -> Article:
    """Return the article with its addresses made absolute."""
    images = tuple(replace(image, url=urljoin(home, image.url)) for image in article.images)
    return replace(article, url=urljoin(home, article.url), images=images)


def article_truth(article: Article) -> dict[str, Any]:
    """Return what is compared of an article, as JSON; pictures without the query of one fetch."""
    values = article_json(article, "")
    for image in values["images"]:
        image["url"] = image["url"].partition("?")[0]
    for credit in values["credits"]:
        del credit["label"]  # how a role was printed is the template's
    return {name: values[name] for name in FIELDS}


def _hiccups(timeline: Timeline, home: str) -> Iterator[dict[str, str]]:
    for course in timeline.courses.values():
        for start, end in pairwise(course.entries):
            if start.hiccup and start.habit:
                yield _hiccup(urljoin(home, course.path), start.habit.value, start.at, end.at)
    for hiccup in timeline.list_hiccups:
        yield _hiccup(urljoin(home, hiccup.path), "error", hiccup.since, hiccup.until)


def _hiccup(url: str, how: str, since: datetime, until: datetime) -> dict[str, str]:
    return {"url": url, "how": how, "from": _time(since), "until": _time(until)}


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")
