"""A citable export: data, codebook, coverage, and a manifest of digests, in one folder."""

import hashlib
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import sqlalchemy as sa

from reporting.datafiles import Tell, codebook, manifest, write_data
from reporting.records import KINDS
from reporting.report import Table, render_table
from storage.columns import utc_text
from storage.digest import digest
from storage.engine import Engine, reading
from storage.errors import ArchiveError
from storage.exporting import Export, Scope


@dataclass(frozen=True, slots=True)
class Citable:
    """What a citable export is of."""

    scope: Scope
    with_text: bool
    program: str  # its name and version
    now: datetime


def write_citable(engine: Engine, wanted: Citable, folder: Path, tell: Tell) -> int:
    """Write the folder whole or not at all; return the last change it holds.

    Raises ArchiveError where something stands at its place.
    """
    if folder.exists():
        raise ArchiveError(f"{folder} exists; name a folder that does not")
    folder.parent.mkdir(parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        cursor = _fill(engine, wanted, partial, tell)
        partial.chmod(0o755)
        partial.rename(folder)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    return cursor


def _fill(engine: Engine, wanted: Citable, folder: Path, tell: Tell) -> int:
    export = Export(engine, wanted.scope)
    files: dict[str, dict[str, object]] = {}
    for name in KINDS:
        for form in ("csv", "jsonl"):

            def write(out: BinaryIO, name: str = name, form: str = form) -> int:
                return write_data(form, name, export, out, tell, with_text=wanted.with_text)

            files[f"{name}.{form}"] = _write(folder / f"{name}.{form}", write)
    coverage = render_table(_coverage(engine, wanted.scope.site), "csv") + "\n"
    for name, text in (("coverage.csv", coverage), ("codebook.md", codebook())):
        (folder / name).write_text(text, "utf-8")
        files[name] = _described(folder / name)
    told = {
        "made_by": wanted.program,
        "made_at": utc_text(wanted.now),
        "site": wanted.scope.site,
        "since": wanted.scope.since and utc_text(wanted.scope.since),
        "until": wanted.scope.until and utc_text(wanted.scope.until),
        "since_change": wanted.scope.after,
        "last_change": export.cursor,
        "with_text": wanted.with_text,
        "archive_digest": digest(engine),
    }
    (folder / "manifest.json").write_text(manifest(files, told), "utf-8")
    return export.cursor


def _write(path: Path, write: Callable[[BinaryIO], int]) -> dict[str, object]:
    with path.open("wb") as out:
        records = write(out)
    return _described(path) | {"records": records}


def _described(path: Path) -> dict[str, object]:
    hashed = hashlib.sha256()
    with path.open("rb") as file:
        while part := file.read(1 << 20):
            hashed.update(part)
    return {"sha256": hashed.hexdigest(), "bytes": path.stat().st_size}


def _coverage(engine: Engine, site: str | None) -> Table:
    query = sa.select(sa.text("*")).select_from(sa.table("coverage"))
    if site is not None:
        query = query.where(sa.column("site") == site)
    with reading(engine) as connection:
        result = connection.execute(query.order_by(sa.column("day"), sa.column("site")))
        return Table(tuple(result.keys()), tuple(tuple(row) for row in result))
