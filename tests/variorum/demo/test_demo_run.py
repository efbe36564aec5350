"""The demo's whole job: what the archive says agrees with what the sample site served."""

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest

from storage.engine import open_engine
from variorum.demo.demo import compare_with_truth, demo


def run_demo(seed: int, keep: Path | None) -> tuple[int, list[str]]:
    lines: list[str] = []
    return demo(seed, keep, lines.append), lines


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int, list[str]]:
    """A run with a proxy configured that does not answer: the demo must not ask it."""
    folder = tmp_path_factory.mktemp("demo") / "kept"
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("http_proxy", "http://127.0.0.1:9")
        return (folder, *run_demo(1, folder))


def test_the_archive_agrees_with_what_was_served(kept: tuple[Path, int, list[str]]) -> None:
    _, status, lines = kept
    assert (status, [line for line in lines if "DISAGREES" in line]) == (0, [])


def test_another_seed_agrees_too_and_leaves_nothing_behind_without_a_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    status, lines = run_demo(20, None)
    assert status == 0, lines
    assert list(tmp_path.iterdir()) == []


@pytest.mark.postgres
def test_an_archive_on_postgresql_agrees_too(tmp_path: Path, fresh_postgres_url: str) -> None:
    lines: list[str] = []
    assert demo(3, tmp_path, lines.append, database_url=fresh_postgres_url) == 0, lines


def test_the_kept_truth_and_database_can_be_held_against_each_other_later(
    kept: tuple[Path, int, list[str]],
) -> None:
    folder, _, _ = kept
    truth = json.loads((folder / "truth.json").read_text("utf-8"))
    engine = open_engine(f"sqlite:///{folder / 'variorum.db'}")
    assert compare_with_truth(engine, truth) == []
    article = next(article for article in truth["articles"] if article["removals"])
    article["removals"].clear()
    assert any(line.startswith(article["url"]) for line in compare_with_truth(engine, truth))
    engine.dispose()


def test_it_says_what_to_type_next(kept: tuple[Path, int, list[str]]) -> None:
    folder, _, lines = kept
    told = "\n".join(lines)
    assert "variorum history http://127.0.0.1:" in told
    assert "variorum diff http://127.0.0.1:" in told
    assert str(folder / "truth.json") in told


def test_the_quiet_round_finds_nothing_new_under_all_the_noise(
    kept: tuple[Path, int, list[str]],
) -> None:
    _, _, lines = kept
    second = next(number for number, line in enumerate(lines) if line.startswith("Round 2"))
    assert " new" not in lines[second + 1]
    assert " changed" not in lines[second + 1]


def test_a_folder_that_holds_a_demo_already_is_refused_in_one_line(
    kept: tuple[Path, int, list[str]],
) -> None:
    folder, _, _ = kept
    before: Any = (folder / "variorum.db").read_bytes()
    status, lines = run_demo(2, folder)
    assert status == 1
    assert len(lines) == 1
    assert (folder / "variorum.db").read_bytes() == before
