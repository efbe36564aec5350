"""`variorum reextract`: read stored captures again, and say which past changes were ours."""

from datetime import datetime
from typing import Annotated

import typer
from rich.progress import MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from crawler.extraction.identity import extractor_id
from crawler.run import reread_with
from crawler.sites.profile import SiteProfile
from storage.archive import Archive
from storage.errors import SiteBusy
from storage.reextract import Ours, Reextraction
from variorum.commands.console import Exit, clock, errors, fail, say
from variorum.commands.profiles import followed
from variorum.commands.store import Database, open_store

_BATCH = 50  # captures that share a commit
_SHOWN = 50  # changes that are listed


def reextract(
    site: Annotated[
        list[str] | None, typer.Option(metavar="KEY", help="A site; default: all of the database.")
    ] = None,
    since: Annotated[
        datetime | None, typer.Option(help="Only captures made since, in UTC.")
    ] = None,
    database: Database = None,
) -> None:
    """Read all stored captures again with the extractor in force, without fetching.

    Adds a reading to each capture that it has not read yet. Versions that it reads as equal to the
    one before were our doing, not the outlet's: they are retracted, and their changes hidden.
    Nothing is deleted, and numbers are not used again. Interrupted, it goes on where it stopped.

    \b
    Examples:
      variorum reextract
      variorum reextract --site zjnews_china --since 2026-11-01
    """
    settings, engine = open_store(database)
    archive = Archive(engine)
    profiles = followed(engine, settings.sites_dir)
    unknown = [key for key in site or [] if key not in profiles]
    if unknown:
        fail(f"no site {unknown[0]!r} in this database; there are: {', '.join(profiles) or 'none'}")
    busy = 0
    for key in site or profiles:
        try:
            say(_render(key, _site(archive, profiles[key], since)))
        except SiteBusy as error:
            errors.print(f"variorum: {error}", style="red", markup=False)
            busy += 1
    if busy:
        raise typer.Exit(int(Exit.BUSY))


def _site(
    archive: Archive, profile: SiteProfile, since: datetime | None
) -> tuple[int, int, list[Ours]]:
    """Read one site's captures again; return how many were read, or not, and what was ours."""
    lease = archive.begin_crawl(profile.key, kind="reextract", now=clock())
    from_ = since.replace(tzinfo=clock().tzinfo) if since and since.tzinfo is None else since
    wanted = Reextraction(profile.key, extractor_id(profile.reading), from_)
    read = unreadable = after = 0
    status = "failure"
    columns = (TextColumn(profile.key), MofNCompleteColumn(), TimeRemainingColumn())
    try:
        with Progress(*columns, console=errors, transient=True) as progress:
            bar = progress.add_task("", total=archive.count_unread(wanted))
            reread = reread_with(profile)
            while batch := archive.read_again(
                wanted, reread, lease, after_id=after, size=_BATCH, now=clock()
            ):
                after, read = batch.last_id, read + batch.read
                unreadable += batch.unreadable
                progress.advance(bar, batch.read + batch.unreadable)
        ours = archive.retract_ours(wanted, lease, now=clock())
        status = "success"
    finally:
        archive.end_crawl(lease, now=clock(), status=status, counts={"pages": read})
    return read, unreadable, ours


def _render(key: str, done: tuple[int, int, list[Ours]]) -> list[str]:
    read, unreadable, ours = done
    lines = [f"{key}: {read} captures read again, {unreadable} could not be read as articles"]
    retracted = [one for one in ours if one.retracted]
    hidden = sum(len(one.fields) for one in ours)
    lines.append(f"{key}: {len(retracted)} versions retracted as ours, {hidden} changes hidden")
    for one in ours[:_SHOWN]:
        what = "retracted" if one.retracted else "hidden"
        lines.append(f"  {what}: version {one.number} of {one.url} ({', '.join(one.fields)})")
    if len(ours) > _SHOWN:
        lines.append(f"  … and {len(ours) - _SHOWN} more")
    return lines
