"""Kill writers by the thousand: `python -m benchmarks.torture --kills 1000`."""

import argparse
import secrets
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.timing import render_table
from benchmarks.torture.databases import (
    postgres_databases,
    sqlite_databases,
    undisturbed_digest,
)
from benchmarks.torture.rounds import RANDOM_MOMENT, WRITERS, Tally, torture
from benchmarks.torture.writer import ALL_STEPS

KINDS = ("sqlite", "postgresql")


@contextmanager
def databases(kind: str, folder: Path) -> Iterator[Iterator[str]]:
    """Give new databases of a kind."""
    if kind == "sqlite":
        yield sqlite_databases(folder)
    else:
        with postgres_databases() as found:
            yield found


def progress(kind: str, kills: int) -> Callable[[Tally], None]:
    """Return what tells on stderr how far a run has come, every ten seconds at most."""
    told = [0.0]

    def tell(tally: Tally) -> None:
        if time.monotonic() - told[0] >= 10:
            told[0] = time.monotonic()
            print(f"{kind}: {tally.total} of {kills} kills, {tally.rounds} rounds", file=sys.stderr)

    return tell


def run(kills: int, seed: int, kinds: Sequence[str]) -> dict[str, Tally]:
    """Kill that many writers on each kind of database; return what each run came to."""
    found = {}
    with tempfile.TemporaryDirectory(prefix="variorum-torture-") as name:
        undisturbed = undisturbed_digest(Path(name))
        for kind in kinds:
            with databases(kind, Path(name)) as urls:
                tell = progress(kind, kills)
                found[kind] = torture(kills, urls, undisturbed, seed=seed, tell=tell)
    return found


def render(found: dict[str, Tally]) -> str:
    """Return the counts as a table, a column a database."""
    rows = [("", *found)]
    rows += [
        ("writers killed", *(f"{tally.total}" for tally in found.values())),
        *(
            (f"  {step}", *(f"{tally.kills[step]}" for tally in found.values()))
            for step in (RANDOM_MOMENT, *ALL_STEPS)
        ),
        (
            "rounds ended, each with the undisturbed digest",
            *(f"{tally.rounds}" for tally in found.values()),
        ),
        ("commits acknowledged", *(f"{tally.commits}" for tally in found.values())),
        ("checks for lost or half-written work", *(f"{tally.checks}" for tally in found.values())),
        ("  of the whole database", *(f"{tally.whole_checks}" for tally in found.values())),
        ("problems found", *(f"{len(tally.problems)}" for tally in found.values())),
    ]
    return render_table(rows)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run, print the counts, and return 1 where anything was wrong."""
    parser = argparse.ArgumentParser("python -m benchmarks.torture", description=__doc__)
    parser.add_argument("--kills", type=int, default=1000, help="on each database (default: 1000)")
    parser.add_argument("--database", choices=KINDS, action="append", help="default: both")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6))
    options = parser.parse_args(arguments)
    print(f"seed {options.seed}; {len(WRITERS)} writers at once")
    found = run(options.kills, options.seed, options.database or KINDS)
    print(render(found))
    wrong = [f"{kind}: {line}" for kind, tally in found.items() for line in tally.problems]
    print(*wrong[:50], sep="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
