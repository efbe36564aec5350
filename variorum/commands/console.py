"""What every command shares: exit statuses, and how lines and errors are printed."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from enum import IntEnum
from typing import NoReturn, TypeVar

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

T = TypeVar("T")

errors = Console(stderr=True, highlight=False, soft_wrap=True, emoji=False)


class Exit(IntEnum):
    """What an exit status says."""

    SUCCESS = 0
    FAILURE = 1  # nothing was achieved, or the input cannot be used
    USAGE = 2  # the command line itself is wrong
    PARTIAL = 3  # part of the work failed; what succeeded is stored
    BUSY = 4  # another crawl holds the site
    INTERRUPTED = 130  # Ctrl-C, as shells count it


def clock() -> datetime:
    """Return the time now, aware UTC."""
    return datetime.now(UTC)


def fail(message: str, status: Exit = Exit.FAILURE) -> NoReturn:
    """End the command with one clear line."""
    errors.print(f"variorum: {message}", style="red", markup=False)
    raise typer.Exit(int(status))


def say(lines: Iterable[str] | str) -> None:
    """Print plain lines, untouched by any markup."""
    for line in [lines] if isinstance(lines, str) else lines:
        typer.echo(line)


def is_terminal() -> bool:
    """Whether standard output is a terminal: colour and live displays belong there alone."""
    return sys.stdout.isatty()


def batched(items: Sequence[T], size: int, label: str) -> Iterator[Sequence[T]]:
    """Yield items in batches, with a progress display of that label on standard error."""
    columns = (TextColumn(label), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=errors, transient=True) as progress:
        bar = progress.add_task("", total=len(items))
        for start in range(0, len(items), size):
            part = items[start : start + size]
            yield part
            progress.advance(bar, len(part))
