"""What is asked of whoever crawls for the schedule, and what comes back.

A supervisor of a process on this machine takes orders now; a queue that hands them to many
machines takes the same ones.
"""

from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import Any, Literal, Protocol

from crawler.crawls import CrawlCounts, CrawlOptions
from crawler.sites.profile import SiteProfile

# busy: another crawl holds the site; error: it could not begin, or the archive failed; lost: the
# process it ran in is gone, and what it had committed stays.
End = Literal["success", "partial", "failure", "busy", "error", "lost"]


@dataclass(frozen=True, slots=True)
class Order:
    """One crawl to make; when the deadline has passed it is ended, cleanly where that goes."""

    profile: SiteProfile
    options: CrawlOptions
    deadline: timedelta = timedelta(hours=1)

    def as_json(self) -> dict[str, Any]:
        """Return the order as plain values, for another process."""
        options = asdict(self.options)
        options["allow_addresses"] = sorted(self.options.allow_addresses)
        return {"profile": self.profile.model_dump(mode="json"), "options": options}


@dataclass(frozen=True, slots=True)
class Ended:
    """What became of an order; `reason` is one line, where it was not made."""

    site: str
    status: End
    counts: CrawlCounts = field(default_factory=CrawlCounts)
    seconds: float = 0.0
    reason: str | None = None
    guilty: bool = False  # with `lost`: it was this crawl that ended the process

    @property
    def well(self) -> bool:
        """Whether nothing about it needs a look."""
        return self.status in {"success", "partial", "busy"}

    def account(self) -> dict[str, object]:
        """Return what it came to as the keys of a log line."""
        counts = self.counts
        told: dict[str, object] = {
            "site": self.site,
            "status": self.status,
            "pages": counts.pages,
            "new": counts.new,
            "changed": counts.changed,
            "failed": counts.failed + counts.blocked + counts.seeds_failed,
            "seconds": round(self.seconds, 1),
        }
        return told | ({"reason": self.reason} if self.reason else {})


class Starter(Protocol):
    """Who makes crawls for the schedule: any number at once, each to its end."""

    async def crawl(self, order: Order) -> Ended:
        """Make one crawl; what happens to it is told in the answer, nothing is raised."""

    async def close(self) -> None:
        """End the running crawls, within seconds, with everything committed."""


def read_order(values: dict[str, Any]) -> tuple[SiteProfile, CrawlOptions]:
    """Return the profile and options in an order's plain values."""
    options = dict(values["options"])
    options["allow_addresses"] = frozenset(options["allow_addresses"])
    options["urls"] = tuple(options["urls"])
    return SiteProfile.model_validate(values["profile"]), CrawlOptions(**options)
