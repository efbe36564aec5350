"""What the tests of the crawler share: a fault server, a canary, and no proxy."""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

# The tests are no package; this is how they find the server beside them.
sys.path.insert(0, str(Path(__file__).parent))

from faultserver import Canary, FaultServer, serving
from watched import Watched

from storage.archive import Archive
from storage.engine import open_engine
from storage.migrate import upgrade


@pytest.fixture
def faults() -> Iterator[FaultServer]:
    """A fault server on a free port of loopback."""
    yield from serving()


@pytest.fixture
def other_site() -> Iterator[FaultServer]:
    """A second fault server, for another host."""
    yield from serving()


@pytest.fixture
def canary() -> Iterator[Canary]:
    """A listener on loopback that no guarded fetch may reach."""
    found = Canary()
    yield found
    found.close()


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture(scope="session")
def empty_archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with all tables and no rows, to be copied."""
    path = tmp_path_factory.mktemp("empty") / "archive.db"
    engine = open_engine(f"sqlite:///{path}")
    upgrade(engine)
    engine.dispose()
    return path


@pytest.fixture
def archive(empty_archive: Path, tmp_path: Path) -> Iterator[Archive]:
    """An empty archive in an SQLite file; both databases are tested where SQL is written."""
    path = shutil.copy(empty_archive, tmp_path / "archive.db")
    opened = open_engine(f"sqlite:///{path}")
    yield Archive(opened)
    opened.dispose()


@pytest.fixture
def watched(archive: Archive, faults: FaultServer) -> Watched:
    """The fault server as a site that is crawled into the archive."""
    return Watched(archive, faults)
