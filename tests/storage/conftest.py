"""An archive with one open site, on each kind of database."""

import pytest
from sqlalchemy.engine import Engine

from storage.archive import Archive
from storage.records import Lease
from tests.storage.newsroom import SITE, at


@pytest.fixture
def archive(engine: Engine) -> Archive:
    """An archive that knows one site and nothing of it."""
    opened = Archive(engine)
    opened.open_site(SITE)
    return opened


@pytest.fixture
def lease(archive: Archive) -> Lease:
    """The right to write for that site."""
    return archive.begin_crawl(SITE.key, kind="test", now=at(0))
