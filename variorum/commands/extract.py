"""`variorum extract`: what the extractor sees, as JSON, with nothing stored."""

import json
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from crawler.extraction.explain import explain_page
from crawler.extraction.extract import extract_article
from crawler.extraction.files import declared_url, page_from_bytes, placeholder_url
from crawler.extraction.rules import GENERIC, ReadingRules
from crawler.fetch import FetchError, fetch_article, fetch_page
from crawler.run import run
from crawler.sites.load import find_profile
from news.article import NotAnArticle, PageKind, article_json
from news.page import Page
from news.urls import canonical_url
from variorum.commands.console import Exit, clock, errors, fail
from variorum.commands.options import crawl_options
from variorum.config import load_settings

PAGE_SUFFIXES = {".html", ".htm", ".shtml", ".xhtml"}


def page_files(path: Path) -> list[Path]:
    """Return the saved pages a path names: itself, or all pages of a folder, in order."""
    if path.is_dir():
        found = sorted(p for p in path.rglob("*") if p.suffix.lower() in PAGE_SUFFIXES)
        return found or fail(f"{path}: no saved pages (*.html) in this folder")
    if not path.is_file():
        fail(f"{path}: no such file")
    return [path]


def page_of_file(path: Path, url: str | None) -> Page:
    """Return a saved page, at the address given, else declared, else made of its name."""
    try:
        body = path.read_bytes()
    except OSError as error:
        fail(f"{path}: {error.strerror}")
    address = url or declared_url(body) or placeholder_url(printable(path.name))
    return page_from_bytes(body, address, clock())


def printable(name: str) -> str:
    """Return a file's name as text, bytes that are no UTF-8 replaced."""
    return os.fsencode(name).decode("utf-8", "replace")


def require_address(url: str) -> None:
    """End the command where an address is none that a page could be at."""
    try:
        canonical_url(url)
    except ValueError as error:
        fail(f"--url {url}: {error}", Exit.USAGE)


def fetched(urls: Sequence[str], rules: ReadingRules | None) -> dict[str, Page]:
    """Return the page at each address, fetched by the rules of a crawl.

    With `rules`, the pages of an article that is told on several are joined.
    """
    options = crawl_options(load_settings())

    async def fetch(url: str) -> Page:
        return await (fetch_article(url, rules, options) if rules else fetch_page(url, options))

    async def fetch_all() -> dict[str, Page]:
        return {url: await fetch(url) for url in urls}

    try:
        return run(fetch_all) if urls else {}
    except FetchError as error:
        fail(str(error))


def _pages(
    sources: Sequence[str], url: str | None, rules: ReadingRules | None = None
) -> Iterator[tuple[str, Page]]:
    """Yield each page with its id: a file's stem, or an address."""
    from_the_web = fetched([source for source in sources if "://" in source], rules)
    for source in sources:
        if source in from_the_web:
            yield source, from_the_web[source]
            continue
        for path in page_files(Path(source)):
            yield printable(path.stem), page_of_file(path, url)


def _reading_json(page_id: str, page: Page, rules: ReadingRules) -> tuple[dict[str, Any], bool]:
    try:
        reading = extract_article(page, rules)
    except Exception as error:  # noqa: BLE001 - a page that trips the reader costs one page, not all
        reading = NotAnArticle(PageKind.OTHER, f"the reader failed: {error!r}")
    if isinstance(reading, NotAnArticle):
        verdict = {"kind": reading.kind.value, "reason": reading.reason}
        return {"id": page_id, "url": page.url, "not_an_article": verdict}, False
    return article_json(reading, page_id), True


def extract(
    sources: Annotated[
        list[str], typer.Argument(metavar="FILE|FOLDER|URL", help="Saved pages, or addresses.")
    ],
    site: Annotated[
        str | None, typer.Option(help="Read by this site's profile instead of the generic rules.")
    ] = None,
    url: Annotated[str | None, typer.Option(help="The address a saved page was at.")] = None,
    jsonl: Annotated[
        bool, typer.Option("--jsonl", help="One object a line, with id = file stem.")
    ] = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Per field the candidates, the rule, the place.")
    ] = False,
) -> None:
    """Show what the extractor sees on saved pages or addresses, as JSON.

    A page that is no article gives an object with `not_an_article` (its kind and the reason);
    the exit status is then 3, or 1 when none was an article.

    \b
    Examples:
      variorum extract page.html --url http://news.example.com/a/1.html
      variorum extract --jsonl folder-of-pages/ > articles.jsonl
      variorum extract --explain page.html
    """
    if url is not None:
        require_address(url)
    rules = find_profile(site, load_settings().sites_dir).reading if site else GENERIC
    indent = None if jsonl else 2
    if explain:
        for page_id, page in _pages(sources, url):
            sys.stdout.write(f"{page_id}\n{explain_page(page, rules)}\n\n")
        return
    read, total = 0, 0
    for page_id, page in _pages(sources, url, rules):
        reading, is_article = _reading_json(page_id, page, rules)
        read, total = read + is_article, total + 1
        sys.stdout.write(json.dumps(reading, ensure_ascii=False, indent=indent) + "\n")
    if read < total:
        errors.print(f"variorum: {total - read} of {total} pages are no article", markup=False)
        raise typer.Exit(int(Exit.PARTIAL if read else Exit.FAILURE))
