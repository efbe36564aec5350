"""The errors of the archive, each with what to do in its one-line message."""

from datetime import datetime


class ArchiveError(Exception):
    """The archive cannot be opened, read or written; the message is one line for the user."""


class NoDatabase(ArchiveError):  # noqa: N818 - it states a fact
    """There is no database at the address."""


class NoDriver(ArchiveError):  # noqa: N818 - it states a fact
    """The program that speaks with this kind of database is not installed."""


class LeaseLost(ArchiveError):  # noqa: N818 - the contract's name; it states a fact
    """Another process has taken over the site: nothing more may be written under this lease."""


class SiteBusy(ArchiveError):  # noqa: N818 - the contract's name; it states a fact
    """Another crawl works on the site."""

    def __init__(self, site_key: str, holder: str, since: datetime | None) -> None:
        self.site_key = site_key
        self.holder = holder
        self.since = since
        moment = f" since {since:%Y-%m-%d %H:%M:%S} UTC" if since else ""
        super().__init__(
            f"site {site_key} is being crawled by {holder}{moment}; wait until it has ended"
        )
