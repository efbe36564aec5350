"""An archive in which one article was edited, set back, removed and restored."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from news.article import Article, Block, Credit, Role
from news.visits import Finding, Reason
from storage.archive import Archive
from storage.engine import open_engine
from tests.conftest import migrated_sqlite
from tests.reporting.season import fill
from tests.storage.newsroom import SITE, article, at, never_reread, other_visit, read_visit

FIRST = article("1", "事故造成死亡3人。")
SECOND = replace(
    article("1", "事故造成死亡13人。"),
    credits=(Credit(Role.REPORTER, "甲小明"), Credit(Role.EDITOR, "丁大山")),
)
OTHER = replace(article("2"), headline="=HYPERLINK(1)新楼落成", body=(Block("楼高九层。"),))
CORRECTED = replace(OTHER, body=(*OTHER.body, Block("更正：本文此前楼层有误。")))


@pytest.fixture
def told(engine: Engine) -> Engine:
    """The archive, after visits in minutes from its start."""
    archive = Archive(engine)
    archive.open_site(SITE)
    lease = archive.begin_crawl(SITE.key, kind="test", now=at(0))
    for name, visits in _VISITS.items():
        for minute, seen in visits:
            if isinstance(seen, Article):
                visit = read_visit(seen, minute)
            else:
                visit = other_visit(Finding.MISSING, minute, name, seen)
            archive.record(visit, never_reread, lease)
    archive.end_crawl(lease, now=at(500), status="success", counts={})
    return engine


_VISITS: dict[str, list[tuple[int, Article | Reason]]] = {
    "1": [
        (0, FIRST),
        (60, SECOND),
        (120, FIRST),
        (180, Reason.NOT_FOUND),
        (240, Reason.NOT_FOUND),
        (300, FIRST),
    ],
    "2": [(1, OTHER), (61, CORRECTED)],
}


@pytest.fixture(scope="session")
def season_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("season") / "season.db"
    path.write_bytes(migrated_sqlite())
    engine = open_engine(f"sqlite:///{path}")
    fill(engine)
    engine.dispose()
    return path


@pytest.fixture
def season(season_file: Path) -> Iterator[Engine]:
    engine = open_engine(f"sqlite:///{season_file}")
    yield engine
    engine.dispose()
