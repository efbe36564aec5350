"""Print the figures of all subjects, or of those named: `python -m benchmarks extraction`."""

import sys

from benchmarks import archive, extraction
from benchmarks.metamorphic import run as metamorphic

SUBJECTS = {
    "extraction": extraction.main,
    "archive": archive.main,
    "metamorphic": metamorphic.main,
}


def run() -> None:
    """Run the subjects named on the command line, all without any."""
    names = sys.argv[1:] or list(SUBJECTS)
    unknown = [name for name in names if name not in SUBJECTS]
    if unknown:
        sys.exit(f"no subject {unknown[0]!r}; there are: {', '.join(SUBJECTS)}")
    for name in names:
        SUBJECTS[name]()


run()
