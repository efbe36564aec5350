"""Pictures: drawn whole, the same from the same data, whatever the text in them."""

from datetime import UTC
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from reporting.ask import Ask
from reporting.canvas import PlotError, save, svg
from reporting.plots import PLOTS, draw, draw_timeline
from reporting.report import REPORTS
from storage.history import article_history
from storage.lives import list_looks
from storage.spans import Span
from tests.reporting.season import NOW, URLS, hours

EVERYTHING = Ask(Span(), UTC, now=NOW)


def test_every_picture_belongs_to_a_report() -> None:
    assert set(PLOTS) <= set(REPORTS)


@pytest.mark.parametrize("name", sorted(PLOTS))
def test_a_picture_is_the_same_from_the_same_data(season: Engine, name: str) -> None:
    first, second = (svg(draw(season, name, EVERYTHING)) for _ in range(2))
    assert first == second
    assert first.startswith(b"<?xml")
    assert b"<script" not in first


def test_a_timeline_draws_versions_looks_and_a_removal(season: Engine, tmp_path: Path) -> None:
    history = article_history(season, URLS["lake"].format(5))
    assert history is not None
    figure = draw_timeline(history, list_looks(season, history.article_id), UTC)
    words = {text.get_text().strip() for axes in figure.axes for text in axes.texts}
    assert words == {"removed", "back"}
    save(figure, tmp_path / "line.png")
    assert (tmp_path / "line.png").read_bytes().startswith(b"\x89PNG")
    assert [path.name for path in tmp_path.iterdir()] == ["line.png"]


def test_hostile_text_is_drawn_as_it_is(season: Engine) -> None:
    history = article_history(season, URLS["lake"].format(3))
    assert history is not None
    drawn = svg(draw_timeline(history, list_looks(season, history.article_id), UTC))
    assert b"<script" not in drawn


@pytest.mark.parametrize(
    ("path", "said"),
    [("picture.pdf", "must end in"), ("missing/picture.svg", "cannot write")],
)
def test_a_picture_that_cannot_be_written_is_one_line(
    season: Engine, tmp_path: Path, path: str, said: str
) -> None:
    with pytest.raises(PlotError, match=said):
        save(draw(season, "volume", EVERYTHING), tmp_path / path)


@pytest.mark.parametrize("name", sorted(PLOTS))
def test_a_period_without_anything_is_said_and_not_drawn(season: Engine, name: str) -> None:
    with pytest.raises(PlotError):
        draw(season, name, Ask(Span(hours(9000), hours(9001)), UTC, now=NOW))
