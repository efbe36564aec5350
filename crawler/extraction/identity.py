"""Which extractor made a reading: a digest over the code that reads and the rules it read by."""

import hashlib
import re
from functools import lru_cache
from pathlib import Path

import news
from crawler.extraction.rules import ReadingRules

_IMPORT = re.compile(r"^(?:from|import) news\.(\w+)", re.MULTILINE)


def extractor_id(profile: ReadingRules) -> str:
    """Return 16 hex digits that change when the reading code or the profile's rules change."""
    digest = hashlib.sha256(_code_digest().encode())
    digest.update(profile.model_dump_json().encode())
    return digest.hexdigest()[:16]


def reading_modules() -> tuple[Path, ...]:
    """Return the files whose code takes part in reading a page, by what they import.

    All of this package, and those modules of `news` that it calls, directly or not; the others
    there decide on what was read, and changing them changes no reading.
    """
    files = sorted(Path(__file__).parent.glob("*.py"))
    folder = Path(news.__file__).parent
    called: dict[str, Path] = {}
    open_files = list(files)
    while open_files:
        for name in _IMPORT.findall(open_files.pop().read_text("utf-8")):
            if name not in called:
                called[name] = folder / f"{name}.py"
                open_files.append(called[name])
    return (*files, *(called[name] for name in sorted(called)))


@lru_cache(maxsize=1)
def _code_digest() -> str:
    digest = hashlib.sha256()
    for path in reading_modules():
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
