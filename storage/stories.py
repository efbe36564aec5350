"""What a look showed, held against what the article was: itself, elsewhere, another, or nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from news.article import Article
from news.stories import Doubts, Judgement, judge, text_of
from news.visits import Finding, Reason, State
from storage.addresses import Owner, find_owners, name_owners
from storage.leases import LockedSite
from storage.looks import Base, Look, load_situations, new_look
from storage.merging import (
    close_address,
    current_addresses,
    give_address,
    merge_articles,
    tell,
)
from storage.readings import load_articles
from storage.rows import text_digest
from storage.tables import article_state, articles, events, readings, site_state, versions
from storage.writes import chunks, insert_all

_A_DAY = timedelta(days=1)
# A copy that was first seen so long before an article was last seen is no new address of it.
_MOVES_WITHIN = timedelta(days=2)
_LEAST_TEXT = 60  # characters, below which equal texts prove nothing


@dataclass(frozen=True, slots=True)
class _Nothing:
    """What a site shows for an address that cannot exist, and where such an address leads."""

    text: str | None
    led_to: str | None


def settle_missing(connection: Connection, looks: Sequence[Look]) -> None:
    """Take looks that seem to miss an article for readings where most of its text is there.

    A further address of an article that is gone says nothing of the article.
    """
    missing = [look for look in looks if look.visit.finding is Finding.MISSING]
    if not missing:
        return
    own = current_addresses(connection, {look.owner.article_id for look in missing})
    known = [look for look in missing if look.visit.article and look.situation.reading_id]
    before = load_articles(connection, [look.situation.reading_id or 0 for look in known])
    for look in missing:
        old = before.get(look.situation.reading_id or 0)
        if old is not None and look.visit.article is not None:
            _reread_missing(look, old, look.visit.article)
        if look.visit.finding is Finding.MISSING:
            addresses = own.get(look.owner.article_id, [])
            look.is_alias = look.visit.url in addresses[:-1]
            if look.is_alias:
                close_address(connection, look.visit.url, look.moment)


def _reread_missing(look: Look, before: Article, after: Article) -> None:
    state = State(look.situation.row["state"])
    judgement, _ = judge(before, after, Doubts(reason=look.visit.doubt), state)
    if judgement is Judgement.ARTICLE:
        visit = replace(look.visit, finding=Finding.READ, reason=None)
        again = new_look(look.place, visit, look.owner, look.situation)
        look.visit, look.article = again.visit, again.article
        look.content_digest, look.body_digest = again.content_digest, again.body_digest


def settle_read(connection: Connection, site: LockedSite, looks: Sequence[Look]) -> list[Look]:
    """Judge what was read; return the looks whose article has become another by that.

    Their bases have to be found anew.
    """
    read = [look for look in looks if look.article is not None and _is_to_judge(look)]
    _load_bases(connection, read)
    nothing = _what_is_nothing(connection, site) if read else _Nothing(None, None)
    turned = []
    busy = {look.owner.article_id for look in looks}
    for look in read:
        before = look.base.article if look.base else None
        doubts = _doubts(connection, look, looks, nothing)
        state = State(look.situation.row["state"])
        judgement, reason = judge(before, look.article or _NOBODY, doubts, state)
        if judgement is Judgement.MISSING:
            _make_missing(look, reason)
        elif judgement is Judgement.REUSED:
            _give_to_another(connection, site, look)
        elif judgement is Judgement.MOVED and _follow(connection, site, look, busy):
            turned.append(look)
    return turned + _found_again(connection, site, looks, busy)


_NOBODY = Article(url="", headline="")


def _is_to_judge(look: Look) -> bool:
    new = look.base is None or look.content_digest != look.base.content_digest
    return new or look.visit.led_to is not None


def _load_bases(connection: Connection, looks: Iterable[Look]) -> None:
    bases = [(look, look.base) for look in looks if look.base and look.base.reading_id]
    loaded = load_articles(connection, [base.reading_id or 0 for _, base in bases])
    for look, base in bases:
        look.base = replace(base, article=loaded[base.reading_id or 0])


def _what_is_nothing(connection: Connection, site: LockedSite) -> _Nothing:
    query = sa.select(site_state.c.probe_text, site_state.c.probe_led_to)
    row = connection.execute(query.where(site_state.c.site_id == site.site_id)).one()
    return _Nothing(row.probe_text, row.probe_led_to)


def _doubts(connection: Connection, look: Look, looks: Sequence[Look], nothing: _Nothing) -> Doubts:
    visit = look.visit
    return Doubts(
        reason=visit.doubt if visit.doubt is Reason.CANONICAL_HOME else None,
        led_to=visit.led_to,
        led_there=_led_there(connection, look, looks) if visit.led_to else 0,
        nothing=nothing.text,
        nothing_led_to=nothing.led_to,
    )


def _led_there(connection: Connection, look: Look, looks: Sequence[Look]) -> int:
    """Return how many articles of the site ended at the look's address within a day."""
    here = {one.owner.article_id for one in looks if one.visit.led_to == look.visit.led_to}
    row = article_state.c
    query = sa.select(sa.func.count()).where(
        row.site_id == look.situation.row["site_id"],
        row.last_visit_at >= look.moment - _A_DAY,
        row.led_to == look.visit.led_to,
        row.article_id.not_in(here),
    )
    return len(here) + (connection.scalar(query) or 0)


def _make_missing(look: Look, reason: Reason | None) -> None:
    look.visit = replace(look.visit, finding=Finding.MISSING, reason=reason)
    look.article = look.content_digest = look.body_digest = None


def _give_to_another(connection: Connection, site: LockedSite, look: Look) -> None:
    """Let a new article have the address; the old one is gone from it, its history stays."""
    old, row, url = look.owner, look.situation.row, look.visit.url
    close_address(connection, url, look.moment)
    look.owner = name_owners(connection, site, {url: look.moment})[url]
    look.situation = load_situations(connection, [look.owner.article_id])[look.owner.article_id]
    look.base = None
    if current_addresses(connection, [old.article_id]):
        return
    missing = row["first_missing_at"] or look.moment
    gone = {"state": State.REMOVED.value, "first_missing_at": missing, "next_key": None}
    own = article_state.c.article_id == old.article_id
    connection.execute(sa.update(article_state).where(own).values(**gone))
    event = {
        "site_id": site.site_id,
        "article_id": old.article_id,
        "kind": "replaced",
        "occurred_at": look.visit.visited_at,
        "from_state": row["state"],
        "to_state": State.REMOVED.value,
        "last_seen_at": row["last_seen_at"],
        "first_missing_at": missing,
        "crawl_id": site.crawl_id,
        "details": f"the address tells another story, article {look.owner.article_id}",
    }
    insert_all(connection, events, [event])


def _follow(connection: Connection, site: LockedSite, look: Look, busy: set[int]) -> bool:
    """Follow an article to the address its old one leads to; say whether it became another's."""
    target = look.visit.led_to or ""
    there = find_owners(connection, [target]).get(target)
    own = look.owner
    if there is not None and (there.article_id == own.article_id or there.article_id in busy):
        return False  # known already; or looked at in this very commit: the next look will tell
    stays = own
    if there is not None:
        stays, goes = sorted((own, there), key=lambda one: (one.first_seen_at, one.article_id))
        merge_articles(connection, site, goes.article_id, stays.article_id, look.moment)
    give_address(connection, stays.article_id, target, look.moment)
    tell(connection, site, stays.article_id, "moved", look.visit.visited_at, f"to {target}")
    if stays.article_id == own.article_id:
        return False
    _hand_over(connection, look, stays)
    return True


def _hand_over(connection: Connection, look: Look, owner: Owner) -> None:
    situation = load_situations(connection, [owner.article_id])[owner.article_id]
    look.owner, look.situation = owner, situation
    look.base = (
        Base(situation.content_digest, situation.reading_id) if situation.content_digest else None
    )


def _found_again(
    connection: Connection, site: LockedSite, looks: Sequence[Look], busy: set[int]
) -> list[Look]:
    """Find first readings of what is missing elsewhere on the site, and let them be that article.

    Returns those looks. Only where text and headline are equal, and just one article fits.
    """
    first = {look.place: look for look in looks if look.article is not None and look.base is None}
    if not first:
        return []
    digests = {place: _text_digest(look.article) for place, look in first.items()}
    lost = _lost_texts(connection, site, {digest for digest in digests.values() if digest})
    turned = []
    for place, look in first.items():
        headline = look.article.headline if look.article else ""
        fitting = [row for row in lost.get(digests[place] or "", []) if row.headline == headline]
        if len(fitting) != 1 or fitting[0].id in busy:
            continue
        owner = Owner(fitting[0].id, fitting[0].url, fitting[0].first_seen_at)
        busy.add(owner.article_id)
        merge_articles(connection, site, look.owner.article_id, owner.article_id, look.moment)
        give_address(connection, owner.article_id, look.visit.url, look.moment)
        _hand_over(connection, look, owner)
        look.moved = True
        turned.append(look)
    return turned


def _text_digest(article: Article | None) -> str | None:
    if article is None or sum(len(block.text) for block in article.body) < _LEAST_TEXT:
        return None
    return text_digest(text_of(article))


def _lost_texts(
    connection: Connection, site: LockedSite, digests: set[str]
) -> dict[str, list[sa.Row[tuple[object, ...]]]]:
    """Return the site's missing articles by the text they had."""
    found: dict[str, list[sa.Row[tuple[object, ...]]]] = {}
    missing = article_state.c.state.in_([State.SUSPECT.value, State.REMOVED.value])
    for part in chunks(sorted(digests)):
        query = _by_text(site).where(readings.c.body_digest.in_(part), missing)
        for row in connection.execute(query):
            found.setdefault(row.body_digest, []).append(row)
    return found


def _by_text(site: LockedSite) -> sa.Select[tuple[object, ...]]:
    columns = (articles.c.id, articles.c.url, articles.c.first_seen_at)
    return (
        sa.select(*columns, readings.c.body_digest, readings.c.headline)
        .join_from(readings, versions, versions.c.reading_id == readings.c.id)
        .join(article_state, article_state.c.open_version_id == versions.c.id)
        .join(articles, articles.c.id == article_state.c.article_id)
        .where(article_state.c.site_id == site.site_id, articles.c.merged_into.is_(None))
    )


def find_new_address(connection: Connection, site: LockedSite, look: Look, busy: set[int]) -> bool:
    """Find where an article that is to be called removed is served now, and go on there."""
    situation = look.situation
    own = load_articles(connection, [situation.reading_id or 0]).get(situation.reading_id or 0)
    digest = _text_digest(own)
    if own is None or digest is None:
        return False
    since = (situation.row["last_seen_at"] or look.moment) - _MOVES_WITHIN
    query = _by_text(site).where(
        readings.c.body_digest == digest,
        readings.c.headline == own.headline,
        article_state.c.state == State.LIVE.value,
        articles.c.first_seen_at >= since,
        articles.c.first_seen_at > look.owner.first_seen_at,
        articles.c.id != look.owner.article_id,
    )
    rows = connection.execute(query.limit(2)).all()
    if len(rows) != 1 or rows[0].id in busy:
        return False
    merge_articles(connection, site, rows[0].id, look.owner.article_id, look.moment)
    close_address(connection, look.visit.url, look.moment)
    return True
