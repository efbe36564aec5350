"""What every look leaves behind: its row in `visits`, its event, and where the article stands."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy.engine import Connection

from news.article import PrintedTime
from news.page import Page
from news.revisit import Posterior, after_look, age_at, measure_clock, removed_step, step
from news.visits import Finding, Outcome, Reason, State, Validators
from storage.chain import visit_entry
from storage.leases import LockedSite
from storage.looks import Look
from storage.openings import Ledger
from storage.rows import storable_text
from storage.tables import article_state, events, visits
from storage.writes import insert_all, update_each

_NO_STATES = dict.fromkeys(("from_state", "to_state", "first_missing_at", "details"))
# A page that is no article is looked at again this many times more rarely than one that is.
RARELY = 10.0


def write_visits(connection: Connection, ledger: Ledger, looks: Sequence[Look]) -> None:
    """Write one row a look, and chain it."""
    rows = [_visit_row(look, ledger) for look in looks]
    insert_all(connection, visits, rows)
    ledger.entries += [
        visit_entry(look.owner.url, row) for look, row in zip(looks, rows, strict=True)
    ]


def _visit_row(look: Look, ledger: Ledger) -> dict[str, Any]:
    return {
        "article_id": look.owner.article_id,
        "visited_at": look.visit.visited_at,
        "seq": ledger.seq,
        "crawl_id": ledger.site.crawl_id,
        "outcome": look.decided.outcome.value,
        "status": look.visit.status,
        "reason": _reason(look),
        "content_digest": _seen_digest(look),
    }


def _reason(look: Look) -> str | None:
    reason = look.decided.reason or look.visit.reason
    return None if reason is None else storable_text(str(reason))


def _seen_digest(look: Look) -> bytes | None:
    """Return the 16 bytes of the digest of what the look saw."""
    digest = look.content_digest or (look.base.content_digest if look.base else None)
    flapped = look.decided.reason is Reason.FLAPPING
    if digest is None or not (look.decided.seen or flapped):
        return None
    return bytes.fromhex(digest.split(":", 1)[1])


def write_events(connection: Connection, ledger: Ledger, looks: Sequence[Look]) -> None:
    """Write one event for each look that moved its article to another state."""
    rows = [row for look in looks for row in _event_rows(look, ledger)]
    insert_all(connection, events, rows)


def _event_rows(look: Look, ledger: Ledger) -> Iterator[dict[str, Any]]:
    transition = look.decided.transition
    own = {
        "site_id": ledger.site.site_id,
        "article_id": look.owner.article_id,
        "occurred_at": look.visit.visited_at,
        "last_seen_at": look.situation.row["last_seen_at"],
        "crawl_id": ledger.site.crawl_id,
    }
    if transition is not None:
        details = " ".join(str(part) for part in (look.visit.status, _reason(look)) if part)
        yield (
            _NO_STATES
            | own
            | {
                "kind": transition.kind,
                "from_state": transition.before.value,
                "to_state": transition.after.value,
                "last_seen_at": transition.last_seen_at,
                "first_missing_at": transition.first_missing_at,
                "details": details or None,
            }
        )
    was = look.situation.row["flapping_since"] is not None
    if look.decided.flapping != was:
        kind = "settled" if was else "flapping"
        told = None if was else f"{look.flips.returns + 1} returns to earlier content"
        yield _NO_STATES | own | {"kind": kind, "details": told}


def write_states(connection: Connection, ledger: Ledger, looks: Sequence[Look]) -> None:
    """Bring each article's state to what its look has shown."""
    rows = [_state_row(look, ledger.site) for look in looks]
    update_each(connection, article_state, "article_id", rows)


def _state_row(look: Look, site: LockedSite) -> dict[str, Any]:
    decision, row = look.decided, dict(look.situation.row)
    row |= {
        "state": decision.state.value,
        "last_visit_at": look.moment,
        "last_outcome": decision.outcome.value,
        "first_missing_at": decision.first_missing_at,
    }
    row["led_to"] = look.visit.led_to
    if decision.seen:
        row["signalled_at"] = None
    if decision.seen:
        row["last_seen_at"] = look.moment
    if look.version_id is not None:
        row["open_version_id"] = look.version_id
    if look.visit.finding is Finding.READ and look.visit.page is not None:
        row |= _validators(look.visit.page)
        row |= {"body_digest": look.body_digest, "extractor": look.visit.extractor}
        row["page_ends"] = look.visit.page.ends
    elif look.visit.finding is Finding.SAME_BYTES and look.visit.validators is not None:
        row |= _stored(look.visit.validators)
    if look.moved and look.visit.finding is not Finding.READ:
        row |= {"etag": None, "last_modified": None}  # of the address it had
    if decision.flapping:
        # which of its contents bytes or validators stand for is not remembered: ask anew
        row |= {"etag": None, "last_modified": None, "body_digest": ""}
        row["flapping_since"] = row["flapping_since"] or look.moment
    else:
        row["flapping_since"] = None
    return row | _due(look, site)


def _validators(page: Page) -> dict[str, Any]:
    """Return what an accepted page gives to ask with; no other page may."""
    return _stored(Validators(page.header("ETag"), page.header("Last-Modified")))


def _stored(given: Validators) -> dict[str, Any]:
    etag, modified = given.etag, given.last_modified
    return {
        "etag": None if etag is None else storable_text(etag),
        "last_modified": None if modified is None else storable_text(modified),
    }


def _due(look: Look, site: LockedSite) -> dict[str, Any]:
    """Return what the look has taught of the article's rate of edits, and its next key.

    The site's clock moves on to the key of a look that was due, never back.
    """
    served = look.situation.row["next_key"]
    if look.visit.scheduled and served is not None:
        site.looks_left -= 1
        site.virtual_clock = max(site.virtual_clock, served)
        site.clock = measure_clock(site.clock, site.virtual_clock, look.moment)
    posterior, age = _posterior(look), _age(look)
    gap = step(posterior, age, (site.clock and site.clock.rate) or 0.0)
    if look.decided.state is State.REMOVED:
        gap = removed_step(_hours(look.moment - (look.decided.first_missing_at or look.moment)))
    elif look.decided.state is State.SUSPECT:
        gap = 0.0  # to be confirmed as soon as may be
    elif look.decided.state is State.NOT_ARTICLE:
        gap *= RARELY
    return {
        "posterior_k": posterior.k,
        "posterior_b": posterior.b,
        "next_key": site.virtual_clock + gap,
    }


def _hours(span: timedelta) -> float:
    return span / timedelta(hours=1)


def _published(look: Look) -> PrintedTime | None:
    return look.article.published_at if look.article else look.situation.published


def _age(look: Look) -> float:
    return age_at(look.moment, look.owner.first_seen_at, _published(look))


def _posterior(look: Look) -> Posterior:
    """Learn from looks that saw the article; others say nothing about edits."""
    before, seen_at = look.situation.posterior, look.situation.row["last_seen_at"]
    if not look.decided.seen or seen_at is None:
        return before
    return after_look(
        before,
        age_before_hours=age_at(seen_at, look.owner.first_seen_at, _published(look)),
        age_now_hours=_age(look),
        changed=look.decided.outcome is Outcome.CHANGED,
    )
