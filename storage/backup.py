"""A safe copy of a running database."""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from sqlalchemy.engine import URL, Engine

from storage.engine import APPLICATION_ID, BUSY_SECONDS
from storage.errors import ArchiveError

OnProgress = Callable[[int, int], None]  # pages copied, pages in all

_PAGES = 4096  # copied at a time; in between writers get their turn
_BEGINNINGS = 5  # a writer makes the copy begin anew; after so many it is made in one go
_PG_FOLDERS = "/usr/lib/postgresql"


class _Restarted(Exception):  # noqa: N818 - a fact, and nobody sees it
    pass


def backup(engine: Engine, target: Path, on_progress: OnProgress | None = None) -> None:
    """Copy a database, as of one moment, into a file that is not there yet; writers go on.

    For SQLite the file is a database that can be used as it is; for PostgreSQL it is pg_dump's
    custom format, for pg_restore. It appears under its name only when it is whole.
    """
    if target.exists():
        raise ArchiveError(f"{target} exists already; name another file")
    if not target.parent.is_dir():
        raise ArchiveError(f"{target.parent} is no folder")
    part = target.with_name(f".{target.name}.part")
    part.unlink(missing_ok=True)
    try:
        if engine.dialect.name == "sqlite":
            _copy_sqlite(Path(engine.url.database or ""), part, on_progress)
        else:
            _dump_postgres(engine.url, part)
        _sync(part)
        part.rename(target)
    except (OSError, sqlite3.Error) as error:
        raise ArchiveError(f"{target}: the copy could not be made: {error}") from error
    finally:
        part.unlink(missing_ok=True)


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _copy_sqlite(source: Path, part: Path, on_progress: OnProgress | None) -> None:
    with (
        closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as ours,
        closing(sqlite3.connect(part)) as theirs,
    ):
        ours.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")
        try:
            ours.backup(theirs, pages=_PAGES, progress=_counting(on_progress), sleep=0.01)
        except _Restarted:
            ours.backup(theirs, pages=-1)
        found = theirs.execute("PRAGMA application_id").fetchone()[0]
        faults = [row[0] for row in theirs.execute("PRAGMA quick_check(1)")]
    if found != APPLICATION_ID or faults != ["ok"]:
        raise ArchiveError(f"{source}: the copy is not sound: {faults[0]}")


def _counting(on_progress: OnProgress | None) -> Callable[[int, int, int], None]:
    """Return a callback that tells of progress, and gives up where writers never pause."""
    beginnings, before = 0, -1

    def progress(_: int, remaining: int, total: int) -> None:
        nonlocal beginnings, before
        done = total - remaining
        beginnings += done < before
        before = done
        if beginnings >= _BEGINNINGS:
            raise _Restarted
        if on_progress is not None:
            on_progress(done, total)

    return progress


def find_pg_dump() -> str | None:
    """Return the newest pg_dump of this machine, or None."""
    installed = sorted(
        Path(_PG_FOLDERS).glob("*/bin/pg_dump"),
        key=lambda path: float(path.parts[-3]) if path.parts[-3].isdigit() else 0.0,
    )
    return str(installed[-1]) if installed else shutil.which("pg_dump")


def _dump_postgres(url: URL, part: Path) -> None:
    program = find_pg_dump()
    if program is None:
        raise ArchiveError("pg_dump is not installed here; install PostgreSQL's client programs")
    address = url.set(drivername="postgresql", password=None)
    arguments = ["--format=custom", "--no-owner", f"--file={part}"]
    secret = {"PGPASSWORD": str(url.password)} if url.password else {}
    done = subprocess.run(  # noqa: S603 - our own arguments, no shell
        [program, *arguments, f"--dbname={address.render_as_string()}"],
        env=os.environ | secret,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[0]
        raise ArchiveError(f"pg_dump failed: {reason}")
