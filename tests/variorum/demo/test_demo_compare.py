"""The comparison with truth.json is strict: any single deviation is a disagreement."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from variorum.demo.compare import (
    FoundArticle,
    FoundChange,
    FoundEvent,
    FoundVersion,
    differences,
)
from variorum.demo.plan import draw_timeline
from variorum.demo.truth import timeline_truth

TRUTH = timeline_truth(draw_timeline(3), "http://127.0.0.1:8437/")
ROUNDS = [datetime.fromisoformat(at) for at in TRUTH["rounds"]]
SECONDS = timedelta(seconds=3)


def look_from(text: str, nth: int = 1) -> datetime:
    later = [at for at in ROUNDS if at >= datetime.fromisoformat(text)]
    return later[nth - 1] + SECONDS


def look_before(text: str) -> datetime:
    return [at for at in ROUNDS if at < datetime.fromisoformat(text)][-1] + SECONDS


def perfect(truth: dict[str, Any]) -> FoundArticle:
    """Return the article as an archive has it that missed nothing."""
    versions = [
        FoundVersion(
            version["number"],
            look_from(version["served_from"]),
            look_before(version["served_until"]) if version["served_until"] else None,
            version["same_as"],
            version["article"],
        )
        for version in truth["versions"]
    ]
    events = [
        FoundEvent(
            "removed",
            look_from(removal["at"], 1 if removal["how"] == "gone" else 2),
            look_before(removal["at"]),
            look_from(removal["at"]),
        )
        for removal in truth["removals"]
    ]
    events += [FoundEvent("returned", look_from(r["at"]), None, None) for r in truth["returns"]]
    changes = []
    for version in truth["versions"][1:]:
        edits = [edit for edit in truth["edits"] if edit["at"] == version["served_from"]]
        for field in sorted({edit["field"] for edit in edits}):
            made = [edit for edit in edits if edit["field"] == field]
            kinds = tuple(kind for edit in made for kind in edit["kinds"])
            kinds += ("reversal",) if version["same_as"] else ()
            announced = any(edit["announced"] for edit in edits)
            changes.append(FoundChange(version["number"], field, kinds, announced))
    state = "removed" if len(truth["removals"]) > len(truth["returns"]) else "live"
    return FoundArticle(truth["url"], state, tuple(versions), tuple(events), tuple(changes))


def of(key: str, least: int = 1) -> dict[str, Any]:
    return next(article for article in TRUTH["articles"] if len(article[key]) >= least)


def test_an_archive_that_missed_nothing_agrees() -> None:
    assert differences(TRUTH, [perfect(article) for article in TRUTH["articles"]]) == []


def _version(article: FoundArticle, /, **values: Any) -> FoundArticle:
    return replace(
        article, versions=(replace(article.versions[0], **values), *article.versions[1:])
    )


def _field(name: str, value: object) -> Callable[[FoundArticle], FoundArticle]:
    return lambda article: _version(article, article={**article.versions[0].article, name: value})


def _event(**values: Any) -> Callable[[FoundArticle], FoundArticle]:
    def deviate(article: FoundArticle) -> FoundArticle:
        return replace(article, events=(replace(article.events[0], **values), *article.events[1:]))

    return deviate


DEVIATIONS: list[tuple[str, dict[str, Any], Callable[[FoundArticle], FoundArticle]]] = [
    ("another headline", of("versions"), _field("headline", "别的标题")),
    ("an original headline lost", of("versions"), _field("original_headline", "没有的")),
    ("another time", of("versions"), _field("published_at", "2026-03-01T08:00:00+08:00")),
    ("another source", of("versions"), _field("source", None)),
    ("a section lost", of("versions"), _field("section", ["首页"])),
    ("a credit lost", of("versions"), _field("credits", [])),
    ("a paragraph lost", of("versions"), _field("body", [])),
    ("a heading too many", of("versions"), _field("headings", [0])),
    ("a picture too many", of("versions"), _field("images", [{"url": "x", "caption": None}])),
    ("no contact", of("versions"), _field("contact", {"email": None, "phone": None})),
    ("seen too late", of("versions"), lambda a: _version(a, first_seen_at=ROUNDS[-1])),
    (
        "old version's end",
        of("versions", 2),
        lambda a: _version(a, last_seen_at=ROUNDS[0] - SECONDS),
    ),
    ("same as none", of("versions"), lambda a: _version(a, same_as=1)),
    (
        "a version too many",
        of("versions"),
        lambda a: replace(a, versions=(*a.versions, a.versions[0])),
    ),
    ("a version lost", of("versions", 2), lambda a: replace(a, versions=a.versions[:-1])),
    ("a change lost", of("edits"), lambda a: replace(a, changes=())),
    (
        "a change too many",
        of("edits"),
        lambda a: replace(a, changes=(*a.changes, FoundChange(2, "nothing", (), False))),
    ),
    (
        "a change of a version that is none",
        of("versions"),
        lambda a: replace(a, changes=(*a.changes, FoundChange(9, "body", (), False))),
    ),
    (
        "a kind lost",
        next(a for a in TRUTH["articles"] if a["edits"] and a["edits"][0]["kinds"]),
        lambda a: replace(a, changes=(replace(a.changes[0], kinds=()), *a.changes[1:])),
    ),
    (
        "a kind too many",
        of("edits"),
        lambda a: replace(
            a,
            changes=(
                replace(a.changes[0], kinds=(*a.changes[0].kinds, "gutted")),
                *a.changes[1:],
            ),
        ),
    ),
    (
        "announced where nothing was",
        of("edits"),
        lambda a: replace(
            a,
            changes=(replace(a.changes[0], announced=not a.changes[0].announced), *a.changes[1:]),
        ),
    ),
    ("a removal lost", of("removals"), lambda a: replace(a, events=a.events[1:])),
    ("a return lost", of("returns"), lambda a: replace(a, events=a.events[:1])),
    (
        "a removal too many",
        next(a for a in TRUTH["articles"] if not a["removals"]),
        lambda a: replace(a, events=(FoundEvent("removed", ROUNDS[3], ROUNDS[1], ROUNDS[2]),)),
    ),
    ("last seen after the removal", of("removals"), _event(last_seen_at=ROUNDS[-1])),
    ("first missing before the removal", of("removals"), _event(first_missing_at=ROUNDS[0])),
    ("no bound", of("removals"), _event(first_missing_at=None)),
    ("another state", of("removals"), lambda a: replace(a, state="suspect")),
]


@pytest.mark.parametrize(
    ("truth", "deviate"), [item[1:] for item in DEVIATIONS], ids=[item[0] for item in DEVIATIONS]
)
def test_one_deviation_is_a_disagreement_about_that_article(
    truth: dict[str, Any], deviate: Callable[[FoundArticle], FoundArticle]
) -> None:
    found = [perfect(article) for article in TRUTH["articles"]]
    changed = [deviate(article) if article.url == truth["url"] else article for article in found]
    assert changed != found
    lines = differences(TRUTH, changed)
    assert lines
    assert all(line.startswith(truth["url"]) for line in lines)


def test_an_article_too_many_or_too_few_is_a_disagreement() -> None:
    found = [perfect(article) for article in TRUTH["articles"]]
    extra = replace(found[0], url="http://127.0.0.1:8437/zj/jiahe/yw/")
    assert len(differences(TRUTH, [*found, extra])) == 1
    assert len(differences(TRUTH, found[1:])) == 1
