"""`variorum cite`: a citation block for a version."""

import re
from enum import StrEnum
from typing import Annotated

import typer

from reporting.cite import render_citation
from storage.citation import load_citation
from variorum.commands.articles import find_version, load_article
from variorum.commands.console import Exit, fail, say
from variorum.commands.store import Database, open_store

_VERSION = re.compile(r"(\d+)\.(\d+)")


class CitationFormat(StrEnum):
    """How a citation may be shown."""

    TEXT = "text"
    JSON = "json"
    BIBTEX = "bibtex"


def cite(
    version: Annotated[
        str,
        typer.Argument(
            metavar="VERSION|ARTICLE|URL",
            help="12.3 is version 3 of article 12; without a number the latest.",
        ),
    ],
    number: Annotated[
        int | None, typer.Option("--version", help="The version of an ARTICLE or URL.")
    ] = None,
    form: Annotated[
        CitationFormat, typer.Option("--format", help="How to show it.")
    ] = CitationFormat.TEXT,
    database: Database = None,
) -> None:
    """Print a citation block for a version: who, what, where, when it was seen, and the proof.

    The head in it can be held against the archive at any later time: `variorum verify --head`.

    \b
    Examples:
      variorum cite 12.3
      variorum cite http://news.example.com/a/2026-11-01/1.html
      variorum cite 12 --version 1 --format bibtex
    """
    _, engine = open_store(database)
    named = _VERSION.fullmatch(version)
    if named and number is not None:
        fail(f"{version} names a version already; leave out --version", Exit.USAGE)
    history = load_article(engine, named[1] if named else version)
    if not history.versions:
        fail(f"{history.url} was never read, so there is nothing to cite")
    wanted = int(named[2]) if named else number
    found = history.versions[-1] if wanted is None else find_version(history, wanted)
    say(render_citation(load_citation(engine, history, found), form.value))
