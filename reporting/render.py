"""Tables in five formats: for the eye, for a spreadsheet, for a program, for a page."""

import csv
import io
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from html import escape

from rich.cells import cell_len

from reporting.layout import Span, harmless, pad, render_lines

# What makes a spreadsheet take a cell for a formula.
_FORMULA_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
_TIME = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$")
_DATE = re.compile(r"^\d{4}-\d\d-\d\d")
_WIDEST = 40  # columns of one cell in a table for the eye
_NARROWEST = 8  # columns that a text keeps where there is too little room

Cell = str | int | float | None


@dataclass(frozen=True, slots=True)
class Table:
    """A result: names of columns, and rows of as many cells. Times are text as views give them."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    brief: tuple[str, ...] = ()  # columns for a terminal; empty are all
    notes: tuple[str, ...] = ()  # what has to be said of it, for people
    title: str = field(default="", compare=False)

    def only(self, names: Sequence[str]) -> "Table":
        """Return the table with these columns alone, in their order."""
        places = [self.columns.index(name) for name in names]
        rows = tuple(tuple(row[place] for place in places) for row in self.rows)
        return replace(self, columns=tuple(names), rows=rows)


def render_table(
    table: Table, form: str = "table", *, zone: tzinfo | None = None, width: int | None = None
) -> str:
    """Return a table as table, csv, json, md or html, without a last line break.

    With a zone times are on its clock: to the minute for people, in ISO 8601 with offset for
    programs. Without one they are in UTC. A table for the eye is kept within `width` columns.
    Raises ValueError for another format.
    """
    if form not in _RENDERERS:
        raise ValueError(f"no such format: {form}; there are {', '.join(_RENDERERS)}")
    read = timed(table, zone, exact=form in {"csv", "json"})
    if form == "table":
        return _table(read, width).removesuffix("\n")
    return _RENDERERS[form](read).removesuffix("\n")


def timed(table: Table, zone: tzinfo | None, *, exact: bool = False) -> Table:
    """Return the table with its times as they are to be read."""
    if exact and zone is None:
        return table

    def told(cell: Cell) -> Cell:
        if not isinstance(cell, str) or not _TIME.match(cell):
            return cell
        if zone is None:
            return f"{cell[:10]} {cell[11:16]}Z"
        at = datetime.fromisoformat(cell).astimezone(zone)
        return at.isoformat(timespec="microseconds") if exact else f"{at:%Y-%m-%d %H:%M}"

    return replace(table, rows=tuple(tuple(map(told, row)) for row in table.rows))


def _csv(table: Table) -> str:
    """Return RFC 4180 with line feeds; no text can start a formula in a spreadsheet."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(table.columns)
    writer.writerows([inert(cell) for cell in row] for row in table.rows)
    return out.getvalue()


def inert(cell: Cell) -> Cell:
    """Put an apostrophe before text that a spreadsheet would run as a formula."""
    if not isinstance(cell, str):
        return cell
    text = cell.replace("\r\n", "\n").replace("\r", "\n")
    runs = text[:1] in {"\t", "\n"} or text.lstrip().startswith(_FORMULA_STARTS)
    return f"'{text}" if runs else text


def _json(table: Table) -> str:
    rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
    return json.dumps(rows, ensure_ascii=False, indent=2)


def _md(table: Table) -> str:
    lines = [table.columns, ["---"] * len(table.columns), *table.rows]
    rows = [f"| {' | '.join(map(_md_cell, line))} |" for line in lines]
    return "\n".join([*rows, *(f"\n{md_text(note)}" for note in table.notes)])


def _md_cell(cell: Cell) -> str:
    return md_text(_shown(cell))


def md_text(text: str) -> str:
    """Return text so that Markdown takes none of it for a sign of its own."""
    shown = harmless(text)
    for sign in "\\`*[]<>|":
        shown = shown.replace(sign, "\\" + sign)
    return shown


def html_table(table: Table) -> str:
    """Return a table as HTML, all text escaped, numbers to the right."""
    head = "".join(f"<th>{_html(name.replace('_', ' '))}</th>" for name in table.columns)
    rows = ("".join(map(_html_cell, row)) for row in table.rows)
    body = "\n".join(f"<tr>{row}</tr>" for row in rows)
    notes = "".join(f'<p class="note">{_html(note)}</p>' for note in table.notes)
    if not table.rows:
        return f'<p class="note">Nothing.</p>{notes}'
    return (
        f'<div class="wide"><table><thead><tr>{head}</tr></thead>\n<tbody>{body}</tbody></table>'
        f"</div>{notes}"
    )


def _html_cell(cell: Cell) -> str:
    text = _html(_shown(cell))
    if isinstance(cell, int | float):
        return f'<td class="number">{text}</td>'
    if isinstance(cell, str) and cell.startswith(("http://", "https://")):
        return f'<td class="link"><a rel="noreferrer noopener" href="{text}">{text}</a></td>'
    return f"<td>{text}</td>"


def _html(text: str) -> str:
    return escape(harmless(text), quote=True)


def _table(table: Table, width: int | None) -> str:
    """Return a table for the eye: its brief columns, texts cut to the room there is."""
    shown = table.only(table.brief) if table.brief else table
    cells = [_short(row, shown.columns, brief=bool(table.brief)) for row in shown.rows]
    columns = list(zip(*cells, strict=True)) or [()] * len(shown.columns)
    names = [name.replace("_", " ") if table.brief else name for name in shown.columns]
    widths = [
        min(width or _WIDEST, max(cell_len(harmless(cell)) for cell in (name, *column)))
        for name, column in zip(names, columns, strict=True)
    ]
    places = range(len(widths))
    texts = [_is_text(shown, place) for place in places]
    able = [texts[place] and not _is_date(shown, place) for place in places]
    widths, right = _fitted(widths, able, width), [not text for text in texts]
    lines = [names, ["-" * size for size in widths], *cells]
    rows = [_aligned(line, widths, right) for line in lines]
    if not shown.rows and table.brief:
        rows.append("(nothing)")
    for note in table.notes:
        rows += ["", *render_lines([Span(note)], width=width or 80, colour=False)]
    return "\n".join(rows)


def _short(row: Sequence[Cell], names: Sequence[str], *, brief: bool) -> list[str]:
    """Return a row as texts; of a breadcrumb a brief one keeps the end, where articles differ."""
    texts = [_shown(cell) for cell in row]
    if brief and "section" in names:
        place = names.index("section")
        texts[place] = " > ".join(texts[place].split(" > ")[-2:])
    return texts


def _is_text(table: Table, place: int) -> bool:
    return not any(isinstance(row[place], int | float) for row in table.rows)


def _is_date(table: Table, place: int) -> bool:
    return any(_DATE.match(_shown(row[place])) for row in table.rows)


def _fitted(widths: Sequence[int], texts: Sequence[bool], width: int | None) -> list[int]:
    """Take columns from the widest texts, one by one, until the line fits or nothing is left."""
    fitted = list(widths)
    while width and sum(fitted) + 2 * (len(fitted) - 1) > width:
        able = [i for i, text in enumerate(texts) if text and fitted[i] > _NARROWEST]
        if not able:
            return fitted
        widest = max(able, key=lambda i: (fitted[i], i))
        fitted[widest] -= 1
    return fitted


def _aligned(cells: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    texts = [
        " " * (width - cell_len(cell)) + cell if to_right and cell_len(cell) <= width
        else pad(cell, width)
        for cell, width, to_right in zip(cells, widths, right, strict=True)
    ]  # fmt: skip
    return "  ".join(texts).rstrip()


def _shown(cell: Cell) -> str:
    return "" if cell is None else str(cell)


_RENDERERS: dict[str, Callable[[Table], str]] = {
    "table": lambda table: _table(table, None),
    "csv": _csv,
    "json": _json,
    "md": _md,
    "html": html_table,
}
