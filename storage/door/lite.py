"""The SQL door on SQLite: opened for reading, with an authorizer that knows what may be read."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy.engine import Engine

from storage.door.answers import Answer, Limits, Parameter, QueryRefused, collect
from storage.door.statements import require_given
from storage.tables import metadata
from storage.views import view_names

# Everything built in that computes; none that loads, writes, reads files or holds pointers.
_FUNCTIONS = frozenset(
    """
    -> ->> abs acos acosh asin asinh atan atan2 atanh avg ceil ceiling char coalesce concat
    concat_ws cos cosh count cume_dist current_date current_time current_timestamp date datetime
    degrees dense_rank exp first_value floor format glob group_concat hex ifnull iif instr json
    json_array json_array_length json_error_position json_extract json_group_array
    json_group_object json_insert json_object json_patch json_pretty json_quote json_remove
    json_replace json_set json_type json_valid julianday lag last_value lead length like
    likelihood likely ln log log10 log2 lower ltrim max median min mod nth_value ntile nullif
    octet_length percent_rank percentile pi pow power printf quote radians random randomblob rank
    replace round row_number rtrim sign sin sinh soundex sqlite_version sqrt strftime string_agg
    substr substring sum tan tanh time timediff total trim trunc typeof unhex unicode unixepoch
    unlikely upper zeroblob
    """.split()  # noqa: SIM905 - a list would take a page
)
_PRAGMAS = frozenset({"table_info", "table_xinfo", "table_list", "index_list", "index_info"})
_SCHEMA = frozenset({"sqlite_master", "sqlite_schema"})
_VIRTUAL = frozenset({"json_each", "json_tree", *(f"pragma_{name}" for name in _PRAGMAS)})
# No stored value comes near; without it a few function calls could fill the memory.
_LONGEST_VALUE = 64_000_000
_LIMITS = {
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
    sqlite3.SQLITE_LIMIT_LENGTH: _LONGEST_VALUE,
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 1_000_000,
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 500,
    sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 1000,
    sqlite3.SQLITE_LIMIT_WORKER_THREADS: 0,
}
_STEPS = 5000  # of SQLite's machine between two looks at the clock


def ask(engine: Engine, query: str, parameters: dict[str, Parameter], limits: Limits) -> Answer:
    """Answer one query; see `storage.door.ask`."""
    require_given(query, set(parameters))
    with _errors(limits), _opened(Path(engine.url.database or ""), limits) as connection:
        cursor = connection.execute(query, parameters)
        if cursor.description is None:
            raise QueryRefused("there is no query")
        return collect((column[0] for column in cursor.description), cursor, limits)


@contextmanager
def _opened(path: Path, limits: Limits) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(
        f"file:{quote(str(path.resolve()))}?mode=ro", uri=True, isolation_level=None
    )
    try:
        _set_up(connection, limits)
        yield connection
    finally:
        connection.close()


def _set_up(connection: sqlite3.Connection, limits: Limits) -> None:
    connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
    for setting in ("query_only=ON", "trusted_schema=OFF", "temp_store=MEMORY"):
        connection.execute(f"PRAGMA {setting}")
    connection.execute("PRAGMA busy_timeout=30000")
    if limits.memory is not None:
        connection.execute(f"PRAGMA hard_heap_limit={int(limits.memory)}")
    for name in sorted(_VIRTUAL):  # known once used; the authorizer would have to allow that
        connection.execute(f"SELECT 1 FROM {name}('0') LIMIT 1").fetchall()  # noqa: S608
    for category, most in _LIMITS.items():
        connection.setlimit(category, most)
    connection.set_authorizer(_authorize)
    connection.set_progress_handler(_over(limits.seconds), _STEPS)


def _over(seconds: float) -> Callable[[], bool]:
    end = time.monotonic() + seconds
    return lambda: time.monotonic() > end


@cache
def _readable() -> frozenset[str]:
    return frozenset(metadata.tables) | frozenset(view_names()) | _SCHEMA | _VIRTUAL


def _authorize(
    action: int, first: str | None, second: str | None, schema: str | None, _of: str | None
) -> int:
    """Allow what reads documented tables and views; deny everything else."""
    allowed = {
        sqlite3.SQLITE_SELECT: True,
        sqlite3.SQLITE_RECURSIVE: True,
        # Without a column it is a count of rows, of a common table expression too.
        sqlite3.SQLITE_READ: schema in {None, "main"} and (first in _readable() or not second),
        sqlite3.SQLITE_FUNCTION: (second or "").lower() in _FUNCTIONS,
        # An argument could be a value to set; those listed take the name of a table alone.
        sqlite3.SQLITE_PRAGMA: first in _PRAGMAS,
    }
    return sqlite3.SQLITE_OK if allowed.get(action, False) else sqlite3.SQLITE_DENY


@contextmanager
def _errors(limits: Limits) -> Iterator[None]:
    try:
        yield
    except MemoryError:
        raise QueryRefused("the query takes more memory than it may have") from None
    except sqlite3.Error as error:
        raise QueryRefused(_told(error, limits)) from None


def _told(error: Any, limits: Limits) -> str:
    code = getattr(error, "sqlite_errorcode", None)
    if code == sqlite3.SQLITE_INTERRUPT:
        return f"the query took more than {limits.seconds:g} s; ask for less, or --timeout"
    if code == sqlite3.SQLITE_TOOBIG:
        return f"the query makes a value of more than {_LONGEST_VALUE // 1_000_000} MB"
    if code == sqlite3.SQLITE_AUTH:
        return f"not for reading here: {error}"
    return str(error).splitlines()[0] if str(error) else type(error).__name__
