"""What the tests of the crawler share: a fault server, a canary, and no proxy."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

# The tests are no package; this is how they find the server beside them.
sys.path.insert(0, str(Path(__file__).parent))

from faultserver import Canary, FaultServer, served


@pytest.fixture
def faults() -> Iterator[FaultServer]:
    """A fault server on a free port of loopback."""
    yield from served()


@pytest.fixture
def other_site() -> Iterator[FaultServer]:
    """A second fault server, for another host."""
    yield from served()


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
