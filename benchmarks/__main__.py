"""Print the figures of all subjects, or of those named: `python -m benchmarks extraction`."""

import argparse
import os
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks import (
    archive,
    extraction,
    fuzz,
    profile,
    reextract,
    reports,
    revisit,
    search,
    sizes,
    starting,
    week,
)
from benchmarks.metamorphic import run as metamorphic
from benchmarks.saved import TESTS_PAGES

SUBJECTS: dict[str, Callable[[Path], None]] = {
    "extraction": extraction.main,
    "profile": profile.main,
    "metamorphic": metamorphic.main,
    "fuzz": fuzz.main,
    "revisit": revisit.main,
    "week": week.main,
    "starting": starting.main,
    "archive": lambda _: archive.main(),
    "search": lambda _: search.main(),
    "reports": lambda _: reports.main(),
    "reextract": reextract.main,
    "sizes": sizes.main,
}
EXPLAINED = """subjects:
  extraction  bytes to Article beside lxml's parse and six other extractors
  profile     where the time of bytes to Article goes, by stage
  metamorphic pages changed in known ways, and what is told of it
  fuzz        hostile bytes: does anything raise, does time grow with the bytes
  revisit     how many edits the schedule catches in a simulated month
  reports     how long every report takes, on VARIORUM_DATABASE or a small one
  week        a week of the sample site under the daemon, drawn as a picture
  starting    CPU of starting a scheduled crawl
  archive     what the archive takes: time a look, bytes a version
  search      what the search index takes, and how fast it answers, of 100,000 articles
  reextract   what reading stored captures again takes: time, memory, bytes (CAPTURES=4000)
  sizes       20 versions of a page as captures, gzip, zstd and a git pack
"""


def run(arguments: Sequence[str] | None = None) -> None:
    """Run the subjects named on the command line, all without any."""
    parser = argparse.ArgumentParser(
        "python -m benchmarks",
        description="Figures that need minutes, as ratios of what is timed in turn.",
        epilog=EXPLAINED,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("subject", nargs="*", help="what to measure (default: all)")
    pages = Path(os.environ.get("PAGES") or TESTS_PAGES)
    parser.add_argument(
        "--pages",
        type=Path,
        default=pages,
        metavar="DIR",
        help="folder of saved pages (default: $PAGES, else tests/pages)",
    )
    options = parser.parse_args(arguments)
    for name in options.subject:
        if name not in SUBJECTS:
            raise SystemExit(f"no subject {name!r}; there are: {', '.join(SUBJECTS)}")
    for name in options.subject or SUBJECTS:
        SUBJECTS[name](options.pages)


if __name__ == "__main__":
    run()
