"""What the benchmarks promise: rounds in turn, peers that may fail, clear errors."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.__main__ import SUBJECTS, run
from benchmarks.child import Peer
from benchmarks.profile import STAGES, Clock, clocked
from benchmarks.saved import TESTS_PAGES, load_pages
from benchmarks.timing import GaveUpError, interleaved, ratios, render_table
from crawler.extraction.extract import extract_article
from crawler.extraction.rules import GENERIC

ROOT = Path(__file__).resolve().parents[2]


def fake(prepare: str) -> list[str]:
    """Return a command that serves a peer made by a Python expression."""
    code = f"import os, sys; sys.path.insert(0, {str(ROOT)!r})\nfrom benchmarks import peers\n"
    return [sys.executable, "-P", "-c", f"{code}peers.serve('lxml', {prepare})"]


def test_a_peer_reads_all_pages_a_round_and_tells_the_seconds_and_its_versions() -> None:
    with Peer(fake("lambda: len"), ["<p>一</p>", "<p>二</p>"]) as peer:
        assert peer.run() > 0
        assert peer.run() > 0
        assert peer.failures == {}
        assert peer.fault == ""
        assert peer.version == peer.lxml != "none"


def test_pages_that_a_peer_fails_on_are_counted_and_end_nothing() -> None:
    with Peer(fake("lambda: int"), ["1", "one", "two"]) as peer:
        peer.run()
        peer.run()
        assert peer.failures == {"ValueError": 2}


def test_what_a_peer_prints_is_no_answer() -> None:
    with Peer(fake("lambda: print"), ["not JSON"]) as peer:
        assert peer.run() > 0


def test_a_peer_that_is_not_installed_says_so_and_gives_up() -> None:
    with Peer(fake("lambda: __import__('no_such_peer')"), ["<p>"]) as peer:
        assert "no_such_peer" in peer.fault
        with pytest.raises(GaveUpError, match="no_such_peer"):
            peer.run()


@pytest.mark.parametrize("death", ["os._exit(1)", "__import__('time').sleep(60)"])
def test_a_peer_that_dies_or_hangs_on_a_page_gives_up(death: str) -> None:
    with Peer(fake(f"lambda: lambda text: {death}"), ["<p>"], patience=2.0) as peer:
        with pytest.raises(GaveUpError, match="without an answer"):
            peer.run()
        with pytest.raises(GaveUpError):
            peer.run()


def test_works_run_in_turn_and_the_first_round_does_not_count() -> None:
    order: list[str] = []

    def work(name: str, seconds: float) -> float:
        order.append(name)
        return seconds

    seconds = interleaved({"a": lambda: work("a", 1.0), "b": lambda: work("b", 2.0)}, 2)
    assert order == ["a", "b"] * 3
    assert seconds == {"a": [1.0, 1.0], "b": [2.0, 2.0]}
    assert ratios(seconds["b"], seconds["a"]) == [2.0, 2.0]


def test_a_work_that_gives_up_is_left_out_and_the_others_go_on() -> None:
    def give_up() -> float:
        raise GaveUpError("gone")

    assert interleaved({"gone": give_up, "here": lambda: 1.0}, 3) == {"here": [1.0, 1.0, 1.0]}


def test_a_table_is_markdown_with_its_columns_aligned() -> None:
    assert render_table([["a", "bb"], ["ccc", "d"]]) == ("| a   | bb |\n|-----|----|\n| ccc | d  |")


def test_the_clock_meets_the_stages_of_a_reading_and_leaves_the_article_as_it_is() -> None:
    page = next(page for page in load_pages(TESTS_PAGES) if "记者".encode() in page.body)
    # Without its body tag a page goes to the parser, so that the two pass through all stages.
    pages = [page, replace(page, body=page.body.replace(b"<body", b"<div", 1))]
    plain = [extract_article(each, GENERIC) for each in pages]
    clock = Clock()
    with clocked(clock):
        assert [extract_article(each, GENERIC) for each in pages] == plain
    assert set(STAGES) <= set(clock.seconds)
    before = dict(clock.seconds)
    extract_article(page, GENERIC)
    assert clock.seconds == before


def test_an_unknown_subject_is_one_line_that_names_the_subjects() -> None:
    with pytest.raises(SystemExit) as told:
        run(["speed"])
    assert str(told.value) == f"no subject 'speed'; there are: {', '.join(SUBJECTS)}"


def test_help_lists_every_subject(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        run(["--help"])
    told = capsys.readouterr().out
    assert all(f"\n  {subject} " in told for subject in SUBJECTS)


def test_a_folder_without_pages_is_named(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="no pages"):
        run(["extraction", "--pages", str(tmp_path)])
