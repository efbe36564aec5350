"""A peer in a process of its own, run a round at a time."""

import json
import subprocess
import threading
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Self

from benchmarks.timing import GaveUpError

# A round over a few dozen pages takes a slow peer a minute.
PATIENCE_SECONDS = 600.0


class Peer:
    """A process that answers as `benchmarks.peers` describes, and what became of it."""

    def __init__(
        self, command: Sequence[str], pages: Sequence[str], patience: float = PATIENCE_SECONDS
    ) -> None:
        """Start the process and give it the pages; `fault` tells if that came to nothing."""
        self.version = self.lxml = self.fault = ""
        self.failures: dict[str, int] = {}  # pages of the last round, by error
        self._patience = patience
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
        )
        try:
            ready = self._ask(list(pages))
        except GaveUpError:
            return
        self.fault = ready.get("error", "")
        self.version, self.lxml = ready.get("version", ""), ready.get("lxml", "")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.kill()
        self._process.communicate()

    def run(self) -> float:
        """Have all pages read once; return the seconds, raise GaveUpError if it is no more."""
        if self.fault:
            raise GaveUpError(self.fault)
        answer = self._ask("read")
        self.failures = answer["failures"]
        return float(answer["seconds"])

    def _ask(self, order: object) -> dict[str, Any]:
        process = self._process
        late = threading.Timer(self._patience, process.kill)
        late.start()
        try:
            print(json.dumps(order), file=process.stdin, flush=True)
            line = process.stdout.readline() if process.stdout else ""
        except BrokenPipeError:
            line = ""
        finally:
            late.cancel()
        if not line:
            self.fault = f"ended by itself, or after {self._patience:.0f} s without an answer"
            raise GaveUpError(self.fault)
        answer: dict[str, Any] = json.loads(line)
        return answer
