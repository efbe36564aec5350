"""What the SQL door takes and gives: limits, parameters, and an answer in plain values."""

import json
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from storage.columns import utc_text
from storage.errors import ArchiveError

Parameter = str | int | float | None
Value = str | int | float | None

# What one cell takes beside its text.
_CELL_BYTES = 56


class QueryRefused(ArchiveError):  # noqa: N818 - it states a fact, like its siblings
    """The SQL door did not answer; the message says why in one line."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a query may take."""

    rows: int = 1000  # further ones are left out; 0 is no limit
    seconds: float = 30.0
    bytes: int = 256_000_000  # of the whole answer; more is refused
    # Of the process, for SQLite, whose memory is ours. It holds for the process from then on.
    memory: int | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """The rows of a query; `is_cut` where there were more than the limit lets through."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    is_cut: bool = False


def collect(columns: Iterable[str], rows: Iterable[Sequence[Any]], limits: Limits) -> Answer:
    """Take rows up to the limits."""
    taken: list[tuple[Value, ...]] = []
    size = 0
    for row in rows:
        if limits.rows and len(taken) == limits.rows:
            return Answer(_distinct(columns), tuple(taken), is_cut=True)
        plain = tuple(map(plain_value, row))
        size += sum(_CELL_BYTES + len(cell) * 2 for cell in plain if isinstance(cell, str))
        if size > limits.bytes:
            raise QueryRefused(
                f"the answer is larger than {limits.bytes // 1_000_000} MB; ask for fewer columns"
            )
        taken.append(plain)
    return Answer(_distinct(columns), tuple(taken))


def _distinct(columns: Iterable[str]) -> tuple[str, ...]:
    """Number names that come more than once, so that each column has its own."""
    seen: Counter[str] = Counter()
    named = []
    for column in columns:
        seen[column] += 1
        named.append(column if seen[column] == 1 else f"{column}_{seen[column]}")
    return tuple(named)


def plain_value(value: Any) -> Value:
    """Return a database's value as text or number, the same from both databases.

    Yes and no are 1 and 0, times UTC texts as in the views, bytes hex digits.
    """
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, Decimal):
        value = int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if value is None or isinstance(value, str | int):
        return value
    return _text_of(value)


def _text_of(value: Any) -> str:
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    if isinstance(value, datetime) and value.tzinfo:
        return utc_text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)
