"""A copy made while everything goes on is sound, and means what the database meant."""

import os
import shutil
import subprocess
import threading
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine, make_url

from storage.archive import Archive
from storage.backup import backup, find_pg_dump
from storage.digest import digest
from storage.engine import open_engine, reading
from storage.errors import ArchiveError
from storage.integrity import check
from storage.records import Lease
from tests.conftest import drop_database, scratch_database
from tests.storage.newsroom import article, never_reread, read_visit


def restored(engine: Engine, copy: Path, tmp_path: Path, server: Engine | None) -> Engine:
    """Bring a copy back into use, as the manual says."""
    if server is None:
        return open_engine(f"sqlite:///{shutil.copy(copy, tmp_path / 'restored.db')}")
    url = scratch_database(server)
    program = str(Path(find_pg_dump() or "").with_name("pg_restore"))
    place = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    done = subprocess.run(
        [program, "--no-owner", f"--dbname={place}", str(copy)],
        env=os.environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return open_engine(url)


@pytest.fixture
def server(engine: Engine, request: pytest.FixtureRequest) -> Engine | None:
    if engine.dialect.name == "sqlite":
        return None
    if find_pg_dump() is None:
        pytest.skip("pg_dump is not installed here")
    found: Engine = request.getfixturevalue("postgres_server")
    return found


def test_a_restored_copy_has_the_same_digest(
    engine: Engine, archive: Archive, lease: Lease, tmp_path: Path, server: Engine | None
) -> None:
    for n in range(20):
        archive.record(read_visit(article(str(n % 5), f"第{n}稿。"), n), never_reread, lease)
    backup(engine, tmp_path / "copy")
    again = restored(engine, tmp_path / "copy", tmp_path, server)
    assert check(again) == []
    assert digest(again) == digest(engine)
    again.dispose()
    if server is not None:
        drop_database(server, again.url.render_as_string(hide_password=False))


def test_a_copy_made_during_writes_is_a_moment_of_the_database(
    engine: Engine, archive: Archive, lease: Lease, tmp_path: Path, server: Engine | None
) -> None:
    written, enough, stop = [0], threading.Event(), threading.Event()

    def write() -> None:
        while not stop.is_set():
            n = written[0]
            archive.record(read_visit(article(str(n), f"第{n}稿。"), n), never_reread, lease)
            written[0] += 1
            if written[0] == 10:
                enough.set()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        assert enough.wait(60)
        least = written[0]
        backup(engine, tmp_path / "copy")
        most = written[0] + 1
    finally:
        stop.set()
        writer.join()
    again = restored(engine, tmp_path / "copy", tmp_path, server)
    assert check(again) == []
    with reading(again) as connection:
        held = connection.exec_driver_sql("SELECT count(*) FROM visits").scalar()
    assert least <= held <= most
    again.dispose()
    if server is not None:
        drop_database(server, again.url.render_as_string(hide_password=False))


def test_nothing_is_written_over_and_nothing_half_made_is_left(
    engine: Engine, tmp_path: Path, server: Engine | None
) -> None:
    (tmp_path / "there").write_text("precious", "utf-8")
    for target, said in (
        (tmp_path / "there", "exists already"),
        (tmp_path / "no" / "folder", "no folder"),
    ):
        with pytest.raises(ArchiveError, match=said):
            backup(engine, target)
    assert (tmp_path / "there").read_text("utf-8") == "precious"


def test_a_copy_that_fails_leaves_no_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "not_ours.db"
    import sqlite3  # noqa: PLC0415

    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE t (x)")
    engine = open_engine(f"sqlite:///{tmp_path / 'ours.db'}")
    monkeypatch.setattr(type(engine.url), "database", str(path), raising=False)
    with pytest.raises(ArchiveError, match="not sound"):
        backup(engine, tmp_path / "copy")
    assert not list(tmp_path.glob("*copy*"))
