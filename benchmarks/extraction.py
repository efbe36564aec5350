"""How long `bytes → Article` takes, against lxml's own parse and against other extractors."""

import importlib
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import lxml.html

from benchmarks.timing import interleaved, render_ratios
from crawler.extraction.extract import extract_article
from crawler.extraction.files import page_from_bytes
from crawler.extraction.rules import GENERIC

PAGES = Path(__file__).resolve().parent.parent / "tests" / "pages"
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def saved_pages() -> list[bytes]:
    """Return the bytes of all saved pages of the folder PAGES names, else of the tests' own."""
    folder = Path(os.environ.get("PAGES", PAGES))
    return [path.read_bytes() for path in sorted(folder.rglob("*.html"))]


def others(pages: list[bytes]) -> dict[str, Callable[[], object]]:
    """Return the other extractors that are installed, each over all pages."""
    texts = [page.decode("utf-8", "replace") for page in pages]
    works: dict[str, Callable[[], object]] = {}
    try:
        trafilatura = importlib.import_module("trafilatura")
        works["trafilatura"] = lambda: [
            trafilatura.bare_extraction(text, with_metadata=True) for text in texts
        ]
    except ImportError:
        print("trafilatura is not installed: left out")
    try:
        newspaper = importlib.import_module("newspaper")
        works["newspaper4k"] = lambda: [
            newspaper.article(
                "http://localhost/", language="zh", input_html=text, fetch_images=False
            )
            for text in texts
        ]
    except ImportError:
        print("newspaper4k is not installed: left out")
    return works


def main() -> None:
    """Print medians and ratios over all saved pages."""
    pages = saved_pages()
    size = sum(map(len, pages)) / len(pages) / 1024
    print(f"extraction: {len(pages)} pages, {size:.0f} KiB on average, generic rules")
    ours = [page_from_bytes(page, "http://localhost/a/1.html", NOW) for page in pages]
    works: dict[str, Callable[[], object]] = {
        "lxml parse": lambda: [lxml.html.document_fromstring(page) for page in pages],
        "bytes to Article": lambda: [extract_article(page, GENERIC) for page in ours],
    }
    print(*render_ratios(interleaved(works, 7), "lxml parse", len(pages), "page"), sep="\n")
    works |= others(pages)
    slow = interleaved(works, 2)
    print(*render_ratios(slow, "bytes to Article", len(pages), "page"), sep="\n")
