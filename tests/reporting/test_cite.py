"""A citation says who, what, where and when, and what proves it."""

import json
from dataclasses import replace
from datetime import UTC

import pytest
from sqlalchemy.engine import Engine

from reporting.cite import citation_json, render_citation
from storage.archive import Archive
from storage.citation import Citation, load_citation
from storage.history import article_history
from storage.records import Lease
from storage.verify import export_heads, knows_head
from tests.storage.conftest import archive, lease  # noqa: F401 (fixtures)
from tests.storage.newsroom import SITE, article, at, never_reread, read_visit, url_of


@pytest.fixture
def cited(archive: Archive, lease: Lease, engine: Engine) -> Citation:  # noqa: F811
    """The first of two versions."""
    for minutes, text in ((1, "大桥通车。"), (9, "大桥停运。")):
        archive.record(read_visit(article(text=text), minutes), never_reread, lease)
    history = article_history(engine, url_of("1"))
    assert history is not None
    return load_citation(engine, history, history.versions[0])


def test_the_proof_is_that_of_the_chain(cited: Citation, engine: Engine) -> None:
    (last,) = export_heads(engine, SITE.key, at(10))
    proof = cited.proof
    assert (proof.link, proof.last_link, proof.last_head) == (1, 2, last.head)
    assert knows_head(engine, proof.head, SITE.key)
    assert proof.capture_digest == cited.version.capture_digest
    assert proof.kept


def test_as_text_it_is_a_block_of_lines(cited: Citation) -> None:
    lines = render_citation(cited, "text", UTC).splitlines()
    assert lines[0] == "湖滨大桥今日通车. 湖滨新闻网 (source: 湖滨日报), 2026-11-01T09:23+08:00."
    assert lines[1] == url_of("1")
    assert lines[2] == "credits: 记者 甲小明; 责编 乙小红; 通讯员 丙小刚"
    assert lines[3] == "version 1 of 2: first seen 2026-11-01 08:31, last seen 2026-11-01 08:31"
    assert lines[4].startswith("last looked 2026-11-01 08:39: live")
    assert cited.proof.capture_digest in lines[5]
    assert cited.proof.head in lines[7]


def test_as_json_it_holds_the_same(cited: Citation) -> None:
    said = json.loads(render_citation(cited, "json"))
    assert said == citation_json(cited)
    assert said["outlet"] == "湖滨新闻网"
    assert said["first_seen_at"] == "2026-11-01T08:31:00+00:00"
    assert said["evidence"]["head"] == cited.proof.head


def test_bibtex_escapes_what_it_would_trip_over(cited: Citation) -> None:
    hostile = replace(cited.version.article, headline="50% of $3 & {x}_#~^\\\n@online{a,")
    entry = render_citation(
        replace(cited, version=replace(cited.version, article=hostile)), "bibtex"
    )
    assert entry.startswith("@online{variorum-1-1,\n")
    assert "  author = {{甲小明} and {丙小刚}},\n" in entry
    assert "  editor = {{乙小红}},\n" in entry
    title = entry.split("title = ")[1].split("\n")[0]
    assert title.startswith(r"{{50\% of \$3 \& \{x\}\_\#\textasciitilde{}")
    assert entry.count("\n@online") == 0
    assert "  date = {2026-11-01},\n" in entry
