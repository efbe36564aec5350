"""The house stands: imports point only down, and the pure part reaches nothing outside."""

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
# Which parts of the project each part may import besides itself.
BELOW = {
    "news": set(),
    "storage": {"news"},
    "crawler": {"storage", "news"},
    "reporting": {"storage", "news"},
    "scheduler": {"crawler", "reporting", "storage", "news"},
    "variorum": {"scheduler", "crawler", "reporting", "storage", "news"},
}
# The pure part: the standard library's modules that touch the world are as foreign as Scrapy.
PURE_LIBRARIES = {"rapidfuzz"}
IMPURE = {
    "asyncio", "ftplib", "http", "logging", "multiprocessing", "os", "pathlib", "random", "select",
    "shutil", "signal", "socket", "sqlite3", "ssl", "subprocess", "tempfile", "threading", "time",
    "urllib.request",
}  # fmt: skip
# Who knows SQL: only storage may import the database libraries.
SQL_LIBRARIES = {"sqlalchemy", "alembic", "psycopg", "sqlite3"}
# The one exception: reports read through an engine that storage made.
SQL_READERS = {"storage", "reporting"}


def sources(part: str) -> list[Path]:
    if part == "scheduler":
        return [ROOT / "scheduler.py"]
    return sorted((ROOT / part).rglob("*.py"))


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            assert node.module is not None
            found.add(node.module)
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def tops(path: Path) -> set[str]:
    return {name.split(".")[0] for name in imports(path)}


@pytest.mark.parametrize("part", BELOW)
def test_a_part_imports_only_parts_below_it(part: str) -> None:
    assert sources(part), f"{part} has no sources"
    for path in sources(part):
        above = tops(path) & set(BELOW) - BELOW[part] - {part}
        assert not above, f"{path.relative_to(ROOT)} imports {sorted(above)}"


def test_the_pure_part_imports_only_the_standard_library_and_its_alignment() -> None:
    for path in sources("news"):
        foreign = tops(path) - set(sys.stdlib_module_names) - PURE_LIBRARIES - {"news"}
        assert not foreign, f"{path.relative_to(ROOT)} imports {sorted(foreign)}"
        worldly = imports(path) & IMPURE
        assert not worldly, f"{path.relative_to(ROOT)} reaches outside by {sorted(worldly)}"


def test_the_pure_part_never_asks_the_clock() -> None:
    clocks = {"now", "utcnow", "today", "monotonic", "perf_counter"}
    for path in sources("news"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            asked = (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in clocks
            )
            assert not asked, f"{path.relative_to(ROOT)}:{node.lineno} asks the clock"


@pytest.mark.parametrize("part", sorted(set(BELOW) - SQL_READERS))
def test_only_storage_and_the_reports_on_it_know_sql(part: str) -> None:
    for path in sources(part):
        known = tops(path) & SQL_LIBRARIES
        assert not known, f"{path.relative_to(ROOT)} imports {sorted(known)}"


def test_the_migrations_are_never_a_package() -> None:
    assert not (ROOT / "alembic" / "__init__.py").exists(), "it would shadow the library alembic"


def test_every_file_has_one_subject_and_at_most_400_lines() -> None:
    for part in BELOW:
        for path in sources(part):
            length = len(path.read_text("utf-8").splitlines())
            assert length <= 400, f"{path.relative_to(ROOT)} has {length} lines"


def functions(path: Path) -> list[tuple[str, int]]:
    """Return name and lines of each function but those with the reason of their length beside."""
    found = []
    text = path.read_text("utf-8")
    lines = text.splitlines()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            if "(long: " in lines[node.lineno - 1]:
                continue
            body = node.body[1:] if ast.get_docstring(node) and len(node.body) > 1 else node.body
            last = node.body[-1].end_lineno or node.lineno
            found.append((f"{path.name}:{node.name}", last - body[0].lineno + 1))
    return found


def test_functions_are_short() -> None:
    lengths = [row for part in BELOW for path in sources(part) for row in functions(path)]
    assert sorted(length for _, length in lengths)[len(lengths) // 2] < 10
    too_long = [row for row in lengths if row[1] > 40]
    assert not too_long
