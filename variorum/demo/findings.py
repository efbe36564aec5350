"""Reads out of an archive what is held against truth.json."""

from storage.engine import Engine
from storage.history import ArticleHistory, article_history, list_articles
from variorum.demo.compare import FoundArticle, FoundChange, FoundEvent, FoundVersion
from variorum.demo.truth import article_truth

_COMPARED_EVENTS = {"removed", "returned"}


def load_found(engine: Engine) -> list[FoundArticle]:
    """Return every article of an archive, what no list or seed announced included."""
    histories = (article_history(engine, number) for number, _ in list_articles(engine))
    return [_found(history) for history in histories if history]


def _found(history: ArticleHistory) -> FoundArticle:
    return FoundArticle(
        url=history.url,
        state=history.state,
        versions=tuple(
            FoundVersion(
                version.number,
                version.first_seen_at,
                version.last_seen_at,
                version.same_as,
                article_truth(version.article),
            )
            for version in history.versions
            if version.retracted_at is None
        ),
        events=tuple(
            FoundEvent(event.kind, event.occurred_at, event.last_seen_at, event.first_missing_at)
            for event in history.events
            if event.kind in _COMPARED_EVENTS
        ),
        changes=tuple(
            FoundChange(change.to_version, change.field, change.kinds, change.announced)
            for change in history.changes
            if change.hidden_by is None
        ),
    )
