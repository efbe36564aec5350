"""The canvas of pictures: Matplotlib, its fonts, and files that are written wholly.

Matplotlib is an extra (`pip install 'variorum[plots]'`), loaded when a picture
is asked for. Text becomes outlines in SVG, so that no font is needed to look at it.
"""

import io
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# Han fonts as systems have them, best first.
_HAN_FONTS = (
    "Noto Sans CJK SC", "Source Han Sans SC", "Source Han Sans CN", "PingFang SC",
    "Microsoft YaHei", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "Noto Sans CJK JP", "SimHei",
    "Hiragino Sans GB", "Arial Unicode MS", "Droid Sans Fallback", "Noto Serif CJK SC",
)  # fmt: skip
FORMATS = (".svg", ".png")
_SETTINGS: dict[str, Any] = {
    "svg.fonttype": "path",
    "svg.hashsalt": "variorum",  # the same picture from the same data
    "axes.unicode_minus": False,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.alpha": 0.3,
    "text.parse_math": False,
    "figure.dpi": 110,
}


class PlotError(Exception):
    """A picture that cannot be drawn; the message says what to do."""


def save(figure: "Figure", path: Path) -> None:
    """Write a figure into a file, wholly or not at all. PlotError where it cannot be written."""
    if path.suffix.lower() not in FORMATS:
        raise PlotError(f"{path} must end in {' or '.join(FORMATS)}")
    beside = path.with_name(f".{path.name}.part")
    try:
        beside.write_bytes(_bytes(figure, path.suffix.lower().removeprefix(".")))
        beside.replace(path)
    except OSError as error:
        raise PlotError(f"cannot write {path}: {error.strerror}") from None


def svg(figure: "Figure") -> bytes:
    """Return a figure as SVG."""
    return _bytes(figure, "svg")


def _bytes(figure: "Figure", form: str) -> bytes:
    import matplotlib as mpl  # noqa: PLC0415 - an extra, loaded when it is needed

    out = io.BytesIO()
    with mpl.rc_context(_settings()):
        # without dates, so that the same data give the same bytes
        metadata = {"Date": None} if form == "svg" else {"Software": None}
        figure.savefig(out, format=form, metadata=metadata)
    return out.getvalue()


def figure_of(fill: "Callable[[Figure], None]", height: float = 4.6) -> "Figure":
    """Return a figure that `fill` has drawn. PlotError where Matplotlib is missing."""
    try:
        import matplotlib as mpl  # noqa: PLC0415 - an extra, loaded when it is needed
        from matplotlib.figure import Figure  # noqa: PLC0415
    except ModuleNotFoundError:
        raise PlotError("pictures need Matplotlib: pip install 'variorum[plots]'") from None
    with mpl.rc_context(_settings()):
        figure = Figure(figsize=(9.6, height), layout="constrained")
        fill(figure)
    return figure


def _settings() -> Any:
    return {**_SETTINGS, "font.family": _fonts()}


@cache
def _fonts() -> list[str]:
    """Return the fonts to draw with, one for Han characters first where the system has it."""
    from matplotlib import font_manager  # noqa: PLC0415

    known = {font.name for font in font_manager.fontManager.ttflist}
    if not known.intersection(_HAN_FONTS):  # the list is kept, and may be older than the fonts
        for path in font_manager.findSystemFonts():
            if any(word in path.lower() for word in ("cjk", "han", "wqy", "fallback", "yahei")):
                font_manager.fontManager.addfont(path)
        known = {font.name for font in font_manager.fontManager.ttflist}
    return [*(name for name in _HAN_FONTS if name in known), "DejaVu Sans"]


def has_han_font() -> bool:
    """Whether Chinese text can be drawn."""
    return len(_fonts()) > 1


NO_HAN_FONT = (
    "no font for Chinese was found, so boxes stand for its characters; install one, "
    "such as fonts-noto-cjk"
)
