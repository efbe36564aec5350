"""`variorum export`: what is in the archive, in standard formats, whole or not at all."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from reporting.citable import Citable, write_citable
from reporting.datafiles import Tell, write_data
from reporting.warc import write_warc
from reporting.wholefile import whole_file
from storage.archive import Archive
from storage.engine import Engine
from storage.evidence import Selection
from storage.exporting import Export, Scope
from storage.transfer import dump
from variorum import __version__
from variorum.commands.console import Exit, clock, errors, fail
from variorum.commands.reports import parse_moment
from variorum.commands.store import Database, open_store


class ExportFormat(StrEnum):
    """The formats of an export."""

    JSONL = "jsonl"
    CSV = "csv"
    PARQUET = "parquet"
    WARC = "warc"


class What(StrEnum):
    """What is exported."""

    ARTICLES = "articles"
    VERSIONS = "versions"
    CHANGES = "changes"
    CREDITS = "credits"
    ARCHIVE = "archive"


_SHOWN = 20  # captures that could not be had; the count tells of all


@contextmanager
def told_progress(name: str) -> Iterator[Tell]:
    """Show progress on standard error while something is written or read."""
    columns = (TextColumn(name), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=errors, transient=True) as shown:
        task = shown.add_task("", total=None)
        yield lambda done, total: shown.update(task, completed=done, total=total or None)


def export(
    form: Annotated[
        ExportFormat, typer.Option("--format", help="What to write.")
    ] = ExportFormat.JSONL,
    what: Annotated[What, typer.Option(help="`archive` is all, for `import`.")] = What.VERSIONS,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="- is standard output.")
    ] = None,
    site: Annotated[str | None, typer.Option(metavar="KEY", help="Only this site.")] = None,
    since: Annotated[str | None, typer.Option(help="7d, 12h, or an ISO date.")] = None,
    until: Annotated[str | None, typer.Option(help="Like --since.")] = None,
    since_change: Annotated[
        int | None, typer.Option(min=0, metavar="N", help="Only what changed after change N.")
    ] = None,
    citable: Annotated[
        Path | None, typer.Option(metavar="DIR", help="A folder: data, codebook, manifest.")
    ] = None,
    no_text: Annotated[bool, typer.Option("--no-text", help="Leave bodies out.")] = False,
    database: Database = None,
) -> None:
    """Export articles, versions, changes or credits to a file, whole or not at all.

    The last line on standard error names the last change that is in it: give that number to
    --since-change, and the next export holds all that has changed since, skipping nothing.

    `warc` is the evidence: WARC 1.1 with a response record for each capture, and a revisit record
    for each look that met kept bytes again. Exit status 3 says that some could not be had.

    \b
    Examples:
      variorum export --format csv --what changes --since 30d -o changes.csv
      variorum export --format jsonl --since-change 1200 -o news.jsonl
      variorum export --format warc --site zjnews_china -o news.warc.gz
      variorum export --citable news-2026 --no-text
      variorum export --what archive -o whole.jsonl
    """
    if (output is None) == (citable is None):
        fail("name a file by -o FILE, or a folder by --citable DIR", Exit.USAGE)
    _, engine = open_store(database)
    now = clock()
    scope = Scope(
        _known_site(engine, site), parse_moment(since, now), parse_moment(until, now), since_change
    )
    try:
        if citable is not None:
            said = _citable(engine, scope, citable, with_text=not no_text)
        elif output is not None and form is ExportFormat.WARC:
            said = _warc(engine, scope, output, what)
        elif output is not None and what is What.ARCHIVE:
            said = _archive(engine, scope, output, form)
        elif output is not None:
            said = _data(engine, scope, output, (form.value, what.value), with_text=not no_text)
    except OSError as error:
        fail(f"{output or citable}: {error.strerror}")
    except KeyboardInterrupt:
        fail("interrupted; nothing was written", Exit.INTERRUPTED)
    errors.print(f"variorum: {said}", style="dim", markup=False)


def _known_site(engine: Engine, site: str | None) -> str | None:
    keys = Archive(engine).all_site_keys() if site is not None else []
    if site is not None and site not in keys:
        fail(f"no site {site!r} in this database; there are: {', '.join(keys) or 'none'}")
    return site


def _data(engine: Engine, scope: Scope, path: Path, of: tuple[str, str], *, with_text: bool) -> str:
    own = Export(engine, scope)
    with told_progress(path.name) as tell, whole_file(path) as out:
        count = write_data(*of, own, out, tell, with_text=with_text)
    return f"{count} {of[1]}; last change {own.cursor} (--since-change {own.cursor})"


def _warc(engine: Engine, scope: Scope, path: Path, what: What) -> str:
    if what is not What.VERSIONS or scope.after is not None:
        fail(
            "--format warc holds captures: --what and --since-change do not go with it", Exit.USAGE
        )
    wanted = Selection(scope.site, scope.since, scope.until)
    with told_progress(path.name) as tell, whole_file(path) as out:
        found = write_warc(engine, wanted, out, clock(), tell)
    for problem in found.problems[:_SHOWN]:
        errors.print(f"variorum: {problem}", style="red", markup=False)
    if found.problems:
        fail(f"{path}: {len(found.problems)} captures could not be exported", Exit.PARTIAL)
    return str(found)


def _archive(engine: Engine, scope: Scope, path: Path, form: ExportFormat) -> str:
    if scope != Scope() or form is not ExportFormat.JSONL:
        fail("--what archive is all of the archive, as jsonl", Exit.USAGE)
    with told_progress(path.name) as tell, whole_file(path) as out:
        count = dump(engine, out, clock(), tell)
    return f"{count} rows; `variorum import {path}` takes them into an empty database"


def _citable(engine: Engine, scope: Scope, folder: Path, *, with_text: bool) -> str:
    wanted = Citable(scope, with_text, f"variorum {__version__}", clock())
    with told_progress(folder.name) as tell:
        cursor = write_citable(engine, wanted, folder, tell)
    return f"{folder} written; last change {cursor} (--since-change {cursor})"
