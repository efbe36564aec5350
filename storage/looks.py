"""What is known of articles before a look, and what a look is held against."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from news.article import Article, PrintedTime
from news.revisit import POLICY, Posterior
from news.versions import DIGEST_VERSION, Crowd, Decision, Flips, Known, content_digest
from news.visits import Finding, Reason, State, Visit
from storage.addresses import Owner
from storage.captures import load_capture
from storage.errors import ArchiveError
from storage.readings import NewReading, find_readings, load_articles
from storage.records import Reread
from storage.rows import printed_time, storable
from storage.tables import article_state, captures, readings, versions
from storage.writes import chunks


@dataclass(frozen=True, slots=True)
class Situation:
    """Where an article stands before a look."""

    row: dict[str, Any]  # of `article_state`
    version_id: int | None
    number: int | None
    content_digest: str | None
    reading_id: int | None
    capture_id: int | None
    capture_digest: str | None
    extractor: str | None  # who made the open version's reading
    published: PrintedTime | None

    @property
    def posterior(self) -> Posterior:
        """What is believed of how often the article is edited."""
        k, b = self.row["posterior_k"], self.row["posterior_b"]
        return POLICY.prior if k is None or b is None else Posterior(k, b)


@dataclass(frozen=True, slots=True)
class Base:
    """The reading of the open version that a new one is compared with."""

    content_digest: str
    reading_id: int | None = None  # where it is stored
    article: Article | None = None  # where it was just made
    same_extractor: bool = True


@dataclass(slots=True)
class Look:
    """One visit on its way into the archive."""

    place: int  # within the batch
    visit: Visit
    owner: Owner
    situation: Situation
    article: Article | None = None  # as it can be stored
    content_digest: str | None = None
    body_digest: str | None = None
    base: Base | None = None
    flips: Flips = field(default_factory=Flips)
    decision: Decision | None = None
    reading_id: int | None = None  # of the version the look opens
    version_id: int | None = None
    number: int | None = None
    same_as: int | None = None  # the first version of equal content
    is_alias: bool = False  # a further address of the article, where it was missing
    moved: bool = False  # the article was found at this address, and is gone from its own
    crowd: Crowd = field(default_factory=Crowd)

    @property
    def decided(self) -> Decision:
        """The decision, once it has been made."""
        if self.decision is None:
            raise AssertionError("the look has not been decided yet")
        return self.decision

    @property
    def moment(self) -> datetime:
        """When it was, on a clock that never runs backwards within an article."""
        last = self.situation.row["last_visit_at"]
        return max(last, self.visit.visited_at) if last else self.visit.visited_at

    @property
    def known(self) -> Known:
        """What `news.versions.decide` needs to know."""
        row = self.situation.row
        return Known(
            state=State(row["state"]),
            content_digest=self.base.content_digest if self.base else None,
            last_seen_at=row["last_seen_at"],
            first_missing_at=row["first_missing_at"],
            flips=self.flips,
            crowd=self.crowd,
        )


def load_situations(connection: Connection, article_ids: Iterable[int]) -> dict[int, Situation]:
    """Return where articles stand."""
    query = (
        sa.select(
            article_state,
            versions.c.number,
            versions.c.content_digest,
            versions.c.reading_id,
            readings.c.capture_id,
            readings.c.extractor.label("version_extractor"),
            *(column for column in readings.columns if column.name.startswith("published_")),
            captures.c.digest.label("capture_digest"),
        )
        .outerjoin_from(article_state, versions, article_state.c.open_version_id == versions.c.id)
        .outerjoin(readings, versions.c.reading_id == readings.c.id)
        .outerjoin(captures, readings.c.capture_id == captures.c.id)
    )
    found: dict[int, Situation] = {}
    for part in chunks(article_ids):
        for row in connection.execute(query.where(article_state.c.article_id.in_(part))).mappings():
            found[row["article_id"]] = _situation({str(k): v for k, v in row.items()})
    return found


def _situation(row: dict[str, Any]) -> Situation:
    return Situation(
        row={column.name: row[column.name] for column in article_state.columns},
        version_id=row["open_version_id"],
        number=row["number"],
        content_digest=row["content_digest"],
        reading_id=row["reading_id"],
        capture_id=row["capture_id"],
        capture_digest=row["capture_digest"],
        extractor=row["version_extractor"],
        published=printed_time("published", row),
    )


def new_look(place: int, visit: Visit, owner: Owner, situation: Situation) -> Look:
    """Begin a look; what cannot be stored is taken out first, so that digests speak of the rest."""
    if situation.row["withheld_at"] is not None and visit.finding is Finding.READ:
        visit = _withheld(visit)
    look = Look(place, visit, owner, situation)
    if visit.finding is Finding.READ:
        if visit.article is None or visit.page is None or visit.extractor is None:
            raise ValueError(f"a read visit lacks its page or article: {visit.url}")
        look.article = storable(visit.article)
        look.content_digest = content_digest(look.article)
        look.body_digest = visit.page.digest
    if situation.content_digest is not None:
        look.base = Base(situation.content_digest, situation.reading_id)
    return look


def _withheld(visit: Visit) -> Visit:
    """Return a look at an article that was taken down here: it is logged, nothing is kept."""
    bare = replace(visit, page=None, article=None, extractor=None)
    return replace(bare, finding=Finding.FAILED, reason=Reason.WITHHELD)


def find_bases(connection: Connection, looks: Sequence[Look], reread: Reread) -> list[NewReading]:
    """Find for each look a reading of the open version by the look's own extractor.

    Only what differs between two readings by one extractor is the outlet's doing. Where there is
    none yet, the stored capture is read again; those readings are returned, to be written.
    """
    _renew_digests(connection, looks)
    stale = [look for look in looks if _is_by_another(look)]
    stored = find_readings(connection, [look.situation.capture_id or 0 for look in stale])
    new = []
    for look in stale:
        found = stored.get((look.situation.capture_id or 0, look.visit.extractor or ""))
        if found is not None:
            look.base = Base(found.content_digest, found.id)
        elif (made := _read_again(connection, look, reread)) is not None:
            look.base = Base(made.content_digest, article=made.article)
            new.append(made)
        elif look.base is not None:
            look.base = Base(look.base.content_digest, look.base.reading_id, same_extractor=False)
    return new


def _is_by_another(look: Look) -> bool:
    situation = look.situation
    return (
        look.article is not None
        and situation.version_id is not None
        and look.visit.extractor != situation.extractor
    )


def _renew_digests(connection: Connection, looks: Sequence[Look]) -> None:
    """Compute digests anew that were made by older rules than those in force."""
    old = [
        look
        for look in looks
        if look.base and not look.base.content_digest.startswith(f"{DIGEST_VERSION}:")
    ]
    loaded = load_articles(connection, [look.situation.reading_id or 0 for look in old])
    for look in old:
        article = loaded[look.situation.reading_id or 0]
        look.base = Base(content_digest(article), look.situation.reading_id)


def _read_again(connection: Connection, look: Look, reread: Reread) -> NewReading | None:
    """Read the open version's capture by the look's extractor; None where that cannot be done."""
    capture_id, visit = look.situation.capture_id or 0, look.visit
    article = look.article
    if look.body_digest != look.situation.capture_digest:
        try:
            found = reread(load_capture(connection, capture_id))
        except ArchiveError:  # erased: nothing is left to read
            return None
        article = storable(found) if isinstance(found, Article) else None
    if article is None:
        return None
    return NewReading(
        capture_id=capture_id,
        article_id=look.owner.article_id,
        extractor=visit.extractor or "",
        read_at=visit.visited_at,
        content_digest=content_digest(article),
        article=article,
    )
