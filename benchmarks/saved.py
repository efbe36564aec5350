"""The saved pages that extraction is measured on."""

from datetime import UTC, datetime
from pathlib import Path

from crawler.extraction.files import page_from_bytes
from news.page import Page

TESTS_PAGES = Path(__file__).resolve().parent.parent / "tests" / "pages"
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def load_pages(folder: Path) -> list[Page]:
    """Return all saved pages (*.html, *.htm) below a folder; exit where there is none."""
    paths = sorted(path for path in folder.rglob("*.htm*") if path.suffix in {".html", ".htm"})
    if not paths:
        raise SystemExit(f"no pages (*.html) in {folder}")
    return [page_from_bytes(path.read_bytes(), "http://localhost/a/1.html", NOW) for path in paths]


def describe(pages: list[Page]) -> str:
    """Say how many pages there are, and how large."""
    size = sum(len(page.body) for page in pages) / len(pages) / 1024
    return f"{len(pages)} pages, {size:.0f} KiB on average"
