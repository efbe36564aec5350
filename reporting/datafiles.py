"""Exports as files of data: JSON Lines, CSV and Parquet, written in constant memory."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, BinaryIO

from reporting.export import json_line
from reporting.records import KINDS, Column, Kind, Value, without_text
from reporting.render import inert
from storage.columns import utc_text
from storage.errors import ArchiveError
from storage.exporting import Export, Told

Tell = Callable[[int, int], None]  # how many of how many articles are done
Write = Callable[[Kind, Iterator[list[Told]], BinaryIO], int]

_GROUP = 5000  # rows of a Parquet file that are written at once


def write_data(
    form: str, name: str, export: Export, out: BinaryIO, tell: Tell, *, with_text: bool = True
) -> int:
    """Write one kind of record in one format; return how many. KeyError for an unknown one."""
    parts = _told(export, tell, with_text=with_text)
    return _WRITERS[form](KINDS[name], parts, out)


def _told(export: Export, tell: Tell, *, with_text: bool) -> Iterator[list[Told]]:
    total, done = export.count(), 0
    tell(0, total)
    for part in export.parts():
        yield part if with_text else list(map(without_text, part))
        done += len(part)
        tell(done, max(done, total))


def _write_jsonl(kind: Kind, parts: Iterator[list[Told]], out: BinaryIO) -> int:
    count = 0
    for told in (told for part in parts for told in part):
        for value in kind.json(told):
            out.write(f"{json_line(value)}\n".encode())
            count += 1
    return count


def _write_csv(kind: Kind, parts: Iterator[list[Told]], out: BinaryIO) -> int:
    """Write RFC 4180 with line feeds in UTF-8; no text can start a formula in a spreadsheet."""
    text = io.TextIOWrapper(out, "utf-8", newline="", write_through=True)
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(column.name for column in kind.columns)
    count = 0
    for told in (told for part in parts for told in part):
        for row in kind.rows(told):
            writer.writerow(_cell(row[column.name]) for column in kind.columns)
            count += 1
    text.flush()
    text.detach()
    return count


def _cell(value: Value) -> Any:
    if isinstance(value, list):
        value = " > ".join(value)
    if isinstance(value, bool):
        return int(value)
    return utc_text(value) if isinstance(value, datetime) else inert(value)


def _write_parquet(kind: Kind, parts: Iterator[list[Told]], out: BinaryIO) -> int:
    arrow, parquet = _arrow()
    schema = arrow.schema([_field(arrow, column) for column in kind.columns])
    rows: list[dict[str, Value]] = []
    count = 0
    with parquet.ParquetWriter(out, schema, compression="zstd") as writer:
        for part in parts:
            rows += [row for told in part for row in kind.rows(told)]
            if len(rows) >= _GROUP:
                count += _flush(arrow, writer, schema, rows)
        count += _flush(arrow, writer, schema, rows)
    return count


def _flush(arrow: Any, writer: Any, schema: Any, rows: list[dict[str, Value]]) -> int:
    count = len(rows)
    writer.write_table(arrow.Table.from_pylist(rows, schema=schema))
    rows.clear()
    return count


def _arrow() -> tuple[Any, Any]:
    try:
        import pyarrow as pa  # noqa: PLC0415 - an extra, and slow to load
        from pyarrow import parquet  # noqa: PLC0415
    except ModuleNotFoundError:
        raise ArchiveError("Parquet needs pyarrow: pip install 'variorum[parquet]'") from None
    return pa, parquet


def _field(arrow: Any, column: Column) -> Any:
    types = {
        "text": arrow.string(),
        "integer": arrow.int64(),
        "real": arrow.float64(),
        "flag": arrow.bool_(),
        "moment": arrow.timestamp("us", tz="UTC"),
        "list": arrow.list_(arrow.string()),
    }
    return arrow.field(column.name, types[column.type], metadata={"comment": column.meaning})


_WRITERS: dict[str, Write] = {
    "jsonl": _write_jsonl,
    "csv": _write_csv,
    "parquet": _write_parquet,
}
DATA_FORMATS = tuple(_WRITERS)


def codebook() -> str:
    """Return what every column of every file means, as Markdown."""
    lines = ["# Codebook", ""]
    for name, kind in KINDS.items():
        lines += [f"## {name}", "", f"{kind.purpose[0].upper()}{kind.purpose[1:]}.", ""]
        lines += ["| column | type | meaning |", "|---|---|---|"]
        lines += [f"| `{c.name}` | {c.type} | {c.meaning} |" for c in kind.columns]
        lines.append("")
    lines += [
        "In CSV a list's parts are joined by ` > `, yes and no are 1 and 0, and text that a",
        "spreadsheet would run as a formula has an apostrophe before it. Times are UTC.",
        "",
    ]
    return "\n".join(lines)


def manifest(files: dict[str, dict[str, Any]], told: dict[str, Any]) -> str:
    """Return the manifest of a citable export: what was asked, and each file's digest."""
    return json.dumps(told | {"files": files}, ensure_ascii=False, indent=2) + "\n"
