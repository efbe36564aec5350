"""`variorum verify`: is the evidence what was recorded."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from storage.archive import Archive
from storage.contents import content_problems, count_contents
from storage.engine import Engine
from storage.errors import ArchiveError
from storage.verify import Head, Verdict, export_heads, knows_head, verify_chain
from variorum.commands.console import Exit, clock, errors, fail, say
from variorum.commands.store import Database, open_store

_SHORTEST_HEAD = 64  # hexadecimal digits of SHA-256


def read_heads(path: Path) -> list[Head]:
    """Read exported heads, one JSON object a line; end the command where they cannot be read."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        fail(f"{path}: {getattr(error, 'strerror', None) or 'not UTF-8 text'}")
    heads = []
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                heads.append(Head.parse(line))
            except ArchiveError as error:
                fail(f"{path}, line {number}: {error}")
    return heads or fail(f"{path}: no heads in this file")


def write_heads(path: Path, heads: Sequence[Head]) -> None:
    """Append heads to a file in one write; `-` is standard output."""
    text = "".join(f"{head.line()}\n" for head in heads)
    if str(path) == "-":
        typer.echo(text, nl=False)
        return
    try:
        with path.open("a", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        fail(f"{path}: {error.strerror}")
    added = f"{len(heads)} head{'s' * (len(heads) != 1)} added to {path}"
    errors.print(f"variorum: {added}", style="dim", markup=False)


def _contents(engine: Engine, key: str) -> Iterator[str]:
    """Yield what is wrong with a site's bytes, fields and texts, with a progress display."""
    columns = (TextColumn(key), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=errors, transient=True) as progress:
        bar = progress.add_task("", total=count_contents(engine, key))
        for problem in content_problems(engine, key, lambda rows: progress.advance(bar, rows)):
            yield f"site {key}: {problem}"


def _told(verdict: Verdict, problems: Sequence[str]) -> Iterator[str]:
    yield from problems
    if not problems:
        counts = f"{verdict.links} links over {verdict.rows} rows"
        yield f"site {verdict.site}: whole, {counts}, head {verdict.head}"


def _keys(engine: Engine, site: str | None, heads: Sequence[Head]) -> list[str]:
    """Return the sites to verify; those of the heads that are not there are a problem."""
    there = Archive(engine).all_site_keys()
    if site is not None and site not in there:
        fail(f"no site {site!r} in this database; there are: {', '.join(there) or 'none'}")
    return [site] if site else sorted({*there, *(head.site or "" for head in heads)})


def _verify(engine: Engine, key: str, heads: Sequence[Head], chain_only: bool) -> list[str]:
    """Verify one site and say what was found; return its problems."""
    own = [head for head in heads if head.site == key]
    try:
        verdict = verify_chain(engine, key, own)
    except ArchiveError as error:
        say(f"site {key}: {error}, but a head of it was exported")
        return [str(error)]
    problems = [*verdict.problems, *(() if chain_only else _contents(engine, key))]
    say(_told(verdict, problems))
    return problems


def verify(
    site: Annotated[
        str | None, typer.Option(metavar="KEY", help="Only this site; default: all.")
    ] = None,
    head: Annotated[
        str | None, typer.Option(metavar="DIGEST", help="A head that was noted down earlier.")
    ] = None,
    heads: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Heads exported earlier, JSON lines.")
    ] = None,
    export: Annotated[
        Path | None,
        typer.Option(
            "--export-heads",
            metavar="FILE",
            help="Append today's heads to a file where all is whole; - prints them.",
        ),
    ] = None,
    chain_only: Annotated[
        bool, typer.Option("--chain-only", help="Leave bytes, fields and texts unread: faster.")
    ] = False,
    database: Database = None,
) -> None:
    """Verify that the evidence is what was recorded; name the first row that is not.

    Each site's captures, readings, visits and tombstones are held against its hash chain, and the
    chain against heads exported before. Then bytes, fields and texts are held against their
    digests. Without a head kept elsewhere this proves nothing against somebody who can write to
    the database: he can write the chain anew.

    Exit status: 0 whole, 1 not.

    \b
    Examples:
      variorum verify
      variorum verify --heads heads.jsonl --export-heads heads.jsonl
      variorum verify --site zjnews_china --head 6f1c…
    """
    if head is not None and (len(head) != _SHORTEST_HEAD or not head.isalnum()):
        fail(f"--head {head}: a head has 64 hexadecimal digits", Exit.USAGE)
    begins = heads == export and heads is not None and not heads.exists()  # a first day
    known = read_heads(heads) if heads and not begins else []
    _, engine = open_store(database)
    problems = []
    for key in _keys(engine, site, known):
        problems += _verify(engine, key, known, chain_only)
    if head is not None and not knows_head(engine, head.lower(), site):
        problems.append(f"no chain has the head {head}: rows were rewritten or cut off since")
        say(problems[-1])
    if problems:
        count = f"{len(problems)} problem{'s' * (len(problems) > 1)} found"
        fail(count if not export else f"{count}; no heads were exported")
    if export:
        write_heads(export, export_heads(engine, site, clock()))
