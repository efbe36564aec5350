"""Which extractor made a reading: a digest over the code that reads and the rules it read by."""

import hashlib
from functools import lru_cache
from pathlib import Path

import news
from crawler.extraction.rules import ReadingRules

# Of `news`, the modules that reading a page calls; the others decide on what was read.
_CALLED = ("article", "credits", "dates", "labels", "names", "text", "urls")


def extractor_id(profile: ReadingRules) -> str:
    """Return 16 hex digits that change when the reading code or the profile's rules change."""
    digest = hashlib.sha256(_code_digest().encode())
    digest.update(profile.model_dump_json().encode())
    return digest.hexdigest()[:16]


@lru_cache(maxsize=1)
def _code_digest() -> str:
    """Return the digest of every source file that takes part in reading a page."""
    here = Path(__file__).parent
    files = sorted(here.glob("*.py"))
    folder = Path(news.__file__).parent
    files += [path for path in sorted(folder.glob("*.py")) if path.stem.startswith(_CALLED)]
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
