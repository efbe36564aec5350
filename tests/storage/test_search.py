"""The search index: it finds what is there, keeps behind the store, and forgets what is erased."""

from dataclasses import replace

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.engine import Engine

from news.article import Article, Block
from news.search import find_passage, parse_query
from storage.archive import Archive
from storage.engine import reading, writing
from storage.records import Lease
from storage.search.index import catch_up, clear_index, index_next, load_lines, watermark
from storage.search.query import Hit, Side, Wanted, search
from storage.tables import articles, changes, journal, search_documents, versions
from tests.storage.newsroom import article, at, never_reread, read_visit

TEXTS = st.lists(
    st.text(alphabet="甲乙丙大桥3aＡ，", min_size=1, max_size=8), min_size=1, max_size=4
)


def written(name: str, *texts: str, headline: str = "标题") -> Article:
    return replace(article(name), headline=headline, body=tuple(Block(text) for text in texts))


def record(archive: Archive, lease: Lease, *seen: tuple[float, Article]) -> None:
    for minute, read in seen:
        archive.record(read_visit(read, minute), never_reread, lease)


def index(engine: Engine) -> int:
    return sum(catch_up(engine, at(1000)))


def find(engine: Engine, query: str, side: Side = "text", **narrowed: object) -> list[Hit]:
    return search(engine, Wanted(parse_query(query), side, **narrowed))  # type: ignore[arg-type]


def told(hits: list[Hit]) -> list[tuple[str, int, int, str]]:
    return [(h.url[-6], h.version, h.last_version, h.passage.hit) for h in hits]


def test_all_versions_are_searched_and_equal_passages_are_one_hit(
    engine: Engine, archive: Archive, lease: Lease
) -> None:
    record(
        archive,
        lease,
        (0, written("1", "记者甲明报道。", "死亡3人。")),
        (60, written("1", "记者甲明报道。", "死亡13人。")),
        (120, written("1", "记者乙明报道。", "死亡13人。")),
        (30, written("2", "甲明再报。")),
    )
    assert index(engine) == 4

    assert told(find(engine, "甲明")) == [("1", 1, 2, "甲明"), ("2", 1, 1, "甲明")]
    assert told(find(engine, "死亡3人")) == [("1", 1, 1, "死亡3人")]
    assert told(find(engine, "标题 13人")) == [("1", 2, 3, "标题")]
    assert find(engine, "丙") == []


def test_what_was_removed_and_added_is_told_by_how_often_it_stands_there(
    engine: Engine, archive: Archive, lease: Lease
) -> None:
    record(
        archive,
        lease,
        (0, written("1", "责编李三。", "大桥通车。")),
        (60, written("1", "责编李四。", "大桥通车。")),  # a name of which one sign differs
        (120, written("1", "大桥通车。", "责编李四。")),  # moved is neither
        (180, written("1", "大桥通车。", "责编李四。", "另有李四。")),
    )
    index(engine)

    assert told(find(engine, "李三", "removed")) == [("1", 2, 2, "李三")]
    assert told(find(engine, "李四", "added")) == [("1", 4, 4, "李四"), ("1", 2, 2, "李四")]
    assert find(engine, "李四", "removed") == []
    assert find(engine, "大桥", "removed") == find(engine, "大桥", "added") == []
    assert find(engine, "责编", "removed") == []


def test_a_search_is_of_a_period_and_a_site(engine: Engine, archive: Archive, lease: Lease) -> None:
    record(archive, lease, *((i, written(str(i), "大桥")) for i in range(5)))
    index(engine)

    assert [h.url[-6] for h in find(engine, "大桥", limit=2)] == ["4", "3"]
    assert len(find(engine, "大桥", since=at(1), until=at(3))) == 2
    assert find(engine, "大桥", site="mountain") == []


def test_retracted_versions_and_hidden_changes_are_not_found(
    engine: Engine, archive: Archive, lease: Lease
) -> None:
    record(archive, lease, (0, written("1", "甲乙")), (60, written("1", "丙丁")))
    index(engine)
    with writing(engine) as connection:
        connection.execute(sa.update(changes).values(hidden_by="x"))
    assert find(engine, "丙丁", "added") == []
    with writing(engine) as connection:
        newest = versions.c.number == 2
        connection.execute(sa.update(versions).where(newest).values(retracted_at=at(90)))
    assert find(engine, "丙丁") == []


def test_the_index_keeps_behind_the_store_and_says_how_far(
    engine: Engine, archive: Archive, lease: Lease
) -> None:
    assert watermark(engine).seen_at is None
    record(archive, lease, (0, written("1", "甲乙")))
    assert watermark(engine).behind == 1
    index(engine)
    record(archive, lease, (60, written("1", "丙丁")))
    mark = watermark(engine)

    assert (mark.seen_at, mark.behind) == (at(0), 1)
    assert find(engine, "丙丁") == []
    assert index(engine) == 1
    assert index_next(engine, at(0)) is None
    assert len(find(engine, "丙丁")) == 1


def test_an_index_made_anew_finds_the_same(engine: Engine, archive: Archive, lease: Lease) -> None:
    record(archive, lease, *((i, written(str(i), f"大桥{i}号")) for i in range(90)))
    index(engine)
    before = find(engine, "大桥", limit=0)
    clear_index(engine)

    assert find(engine, "大桥") == []
    assert index(engine) == 90
    assert find(engine, "大桥", limit=0) == before
    assert len(before) == 90


def test_what_is_erased_leaves_the_index(engine: Engine, archive: Archive, lease: Lease) -> None:
    record(archive, lease, (0, written("1", "甲乙")), (1, written("2", "甲乙")))
    index(engine)
    with writing(engine) as connection:
        first = connection.scalar(sa.select(sa.func.min(articles.c.id)))
        connection.execute(
            journal.insert(),
            {"number": 10_000, "kind": "erased", "article_id": first},
        )
        connection.execute(sa.text("UPDATE texts SET text = NULL WHERE text = '甲乙'"))
    index(engine)

    assert find(engine, "甲乙") == []
    with reading(engine) as connection:
        sides = connection.scalar(sa.select(sa.func.count()).select_from(search_documents))
    assert sides == 2  # their headlines
    assert index(engine) == 0


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    bodies=st.lists(TEXTS, min_size=1, max_size=5),
    queries=st.lists(st.text(alphabet="甲乙大桥3a ", min_size=1, max_size=4), max_size=6),
)
def test_the_index_finds_what_reading_every_version_finds(
    engine: Engine, archive: Archive, lease: Lease, bodies: list[list[str]], queries: list[str]
) -> None:
    start = _count(engine) * 60.0
    record(
        archive,
        lease,
        *((start + i * 60, written("1", *body)) for i, body in enumerate(bodies)),
    )
    index(engine)
    with reading(engine) as connection:
        numbers = dict(connection.execute(sa.select(versions.c.id, versions.c.number)).all())
        lines = load_lines(connection, numbers)
    for query in queries:
        if not query.strip():
            continue
        phrases = parse_query(query)
        said = {numbers[i] for i in numbers if find_passage(phrases, lines[i])}
        hits = find(engine, query, limit=0)
        assert {h.version for h in hits} | {h.last_version for h in hits} <= said
        assert bool(hits) is bool(said)
        assert max((h.last_version for h in hits), default=0) == max(said, default=0)
        if query.isalpha() and not query.isascii() and "3" not in query and "a" not in query:
            like = {numbers[i] for i in numbers if any(query in line for line in lines[i])}
            assert like == said


def _count(engine: Engine) -> int:
    with reading(engine) as connection:
        return connection.scalar(sa.text("SELECT count(*) FROM visits")) or 0


@pytest.mark.parametrize(
    "query", ["大桥' OR 1", '"; DROP TABLE x', "大桥*", "a NEAR b", "( AND )", "!甲 & |"]
)
def test_signs_of_the_databases_own_queries_mean_nothing(engine: Engine, query: str) -> None:
    assert find(engine, query) == []
