"""Articles and versions as JSON Lines, in the shape of the command line and the API."""

import json
from collections.abc import Iterator
from typing import Any

from news.article import article_json
from storage.engine import Engine
from storage.history import (
    ArticleHistory,
    ChangeRecord,
    VersionRecord,
    article_history,
    list_articles,
)


def version_json(history: ArticleHistory, version: VersionRecord) -> dict[str, Any]:
    """Return one version: the article as it was, and the evidence for when it was so.

    `last_seen_at` of the open version is the last look that saw it.
    """
    last_seen_at = version.last_seen_at or history.last_seen_at
    retracted_at = version.retracted_at
    return {
        **article_json(version.article, f"{history.article_id}.{version.number}"),
        "article_id": history.article_id,
        "site": history.site,
        "state": history.state,
        "version": version.number,
        "first_seen_at": version.first_seen_at.isoformat(),
        "last_seen_at": last_seen_at.isoformat() if last_seen_at else None,
        "is_open": version.last_seen_at is None,
        "same_as": version.same_as,
        "retracted_at": retracted_at.isoformat() if retracted_at else None,
        "content_digest": version.content_digest,
        "capture_digest": version.capture_digest,
        "extractor": version.extractor,
    }


def change_json(change: ChangeRecord) -> dict[str, Any]:
    """Return one changed field with its bounds."""
    last_seen_at = change.last_seen_at
    return {
        "article_id": change.article_id,
        "url": change.url,
        "headline": change.headline,
        "from_version": change.from_version,
        "to_version": change.to_version,
        "field": change.field,
        "kinds": list(change.kinds),
        "announced": change.announced,
        "significance": change.significance,
        "rule": change.rule,
        "hidden_by": change.hidden_by,
        "last_seen_at": last_seen_at.isoformat() if last_seen_at else None,
        "first_seen_at": change.first_seen_at.isoformat(),
    }


def export_versions(engine: Engine, site: str | None = None) -> Iterator[str]:
    """Yield every version of every article, of one site or of all, one JSON object a line."""
    for article_id, _ in list_articles(engine, site):
        history = article_history(engine, article_id)
        for version in history.versions if history else ():
            if history:
                yield json_line(version_json(history, version))


def json_line(value: object) -> str:
    """Return a value as JSON on one line, Chinese as it is."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
