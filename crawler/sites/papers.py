"""Newspapers' electronic editions: one row a paper in a table of its family, a profile of each."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib import resources
from typing import Any
from urllib.parse import urlsplit

_FOLDER = resources.files("crawler.sites") / "papers"
# Folders that stand between a paper's own folder and its days, for pages or for articles.
_LAYOUT = ("c", "col", "column", "con", "cont", "content", "html", "html2", "layout", "page", "pc")
_BELOW = f"(?i:(?:{'|'.join(_LAYOUT)}|szbz)/)*"
# An edition has some dozen pages; each is a list.
_PAGES = 60


@lru_cache(maxsize=1)
def paper_values() -> Mapping[str, dict[str, Any]]:
    """Return what a profile's file would say of each paper, by its key."""
    found: dict[str, dict[str, Any]] = {}
    for file in sorted(_FOLDER.iterdir(), key=lambda file: file.name):
        if file.name.endswith(".toml"):
            table = tomllib.loads(file.read_text("utf-8"))
            found |= {row["key"]: _values(row, table) for row in table["papers"]}
    return found


def _values(row: Mapping[str, Any], table: Mapping[str, Any]) -> dict[str, Any]:
    """Return a profile's values: the row's own facts, else those of the whole table."""
    parts = urlsplit(row["index"])
    base = re.escape(own_folder(parts.path))
    articles = row.get("articles", table.get("articles"))
    pages = row.get("pages", table.get("pages"))
    values: dict[str, Any] = {
        "key": row["key"],
        "name": row["name"],
        "home": f"{parts.scheme}://{parts.netloc}/",
        "hosts": [parts.netloc],
        "seeds": [{"url": row["index"]}],
        "article_path": f"{base}(?!{_BELOW}(?:{pages})$){_BELOW}(?:{articles})",
        "paging": {
            "url": rf"https?://[^/]+{base}{_BELOW}(?:{pages})(?:\?.*)?",
            "max_pages": _PAGES,
        },
        "confidence": row.get("confidence", "low"),
        "facts": table["facts"],
    }
    if "family" in table:
        values["family"] = table["family"]
    values |= {key: row[key] for key in ("region", "city") if key in row}
    selectors = {key: row[key] for key in ("headline", "body") if key in row}
    if selectors:
        values["reading"] = {"templates": [{"selectors": selectors}]}
    return values


def own_folder(path: str) -> str:
    """Return the folder that is a paper's own, above those of its layout and its days."""
    segments = path.split("/")[1:-1]
    dated = next((i for i, name in enumerate(segments) if "{" in name), len(segments))
    own = segments[:dated]
    while own and own[-1].lower() in {*_LAYOUT, "szbz"}:
        own.pop()
    return "/" + "".join(f"{name}/" for name in own)


def papers_at(host: str) -> Iterator[str]:
    """Yield the keys of the papers at a host, its port included."""
    for key, values in paper_values().items():
        if values["hosts"] == [host]:
            yield key
