"""Rounds of killing: several writers at once, each started again whenever it has been killed."""

import multiprocessing
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any

from benchmarks.torture.checks import problems
from benchmarks.torture.workload import SITE_KEYS
from benchmarks.torture.writer import ALL_STEPS, Fault, work
from storage.digest import digest
from storage.engine import open_engine

# A fork costs milliseconds, a new interpreter a second; only where there is no fork, that.
CONTEXT: Any = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
# One site has two writers, which take turns by its lease.
WRITERS = (*SITE_KEYS, SITE_KEYS[-1])
LONGEST_PAUSE = 0.4  # seconds; about what the work of one writer takes
WHOLE_EVERY = 5  # kills after which all of the database is checked, besides the end of a round
STUCK = 60  # seconds in which a writer must have done something
RANDOM_MOMENT = "random moment"


@dataclass
class Tally:
    """What a run came to: kills by where they hit, and what was found wrong."""

    kills: Counter[str] = field(default_factory=Counter)
    rounds: int = 0
    commits: int = 0  # acknowledged, in all rounds
    checks: int = 0  # nothing lost, doubled or half-written, foreign keys
    whole_checks: int = 0  # with the file, the chain, bytes and texts against digests
    problems: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        """How many writers were killed."""
        return sum(self.kills.values())


@dataclass
class Slot:
    """One writer's place: its process, and how it is to end."""

    site: str
    process: BaseProcess
    says: Connection
    fault: Fault | None
    kill_at: float | None  # on the monotonic clock
    heard_at: float


class Round:
    """One database and its writers, from the first start to the last one's end."""

    def __init__(self, url: str, draw: random.Random, tally: Tally, wanted: int) -> None:
        self.url, self.draw, self.tally, self.wanted = url, draw, tally, wanted
        self.acknowledged: dict[str, int] = dict.fromkeys(SITE_KEYS, 0)

    def run(self) -> None:
        """Start the writers, kill them as drawn, until all have come to their end."""
        slots = [self._start(site) for site in WRITERS]
        while slots:
            now = time.monotonic()
            deadlines = [slot.kill_at for slot in slots if slot.kill_at is not None]
            pause = max(0.0, min([*deadlines, now + 1.0]) - now)
            wait([slot.process.sentinel for slot in slots] + [s.says for s in slots], pause)
            slots = [left for slot in slots if (left := self._attend(slot)) is not None]

    def _start(self, site: str) -> Slot:
        fault, kill_at, now = None, None, time.monotonic()
        if self.tally.total < self.wanted:
            if self.draw.random() < 0.5:
                step, after = self.draw.choice(ALL_STEPS), self.draw.random() < 0.5
                fault = Fault(step, self.draw.randint(1, 3), after)
            else:
                kill_at = now + self.draw.uniform(0.0, LONGEST_PAUSE)
        ours, theirs = CONTEXT.Pipe(duplex=False)
        process = CONTEXT.Process(target=work, args=(self.url, site, theirs, fault))
        process.start()
        theirs.close()
        return Slot(site, process, ours, fault, kill_at, now)

    def _attend(self, slot: Slot) -> Slot | None:
        """See to one writer; return who is in its place then, None where it is done."""
        self._listen(slot)
        if slot.process.is_alive():
            now = time.monotonic()
            if slot.kill_at is not None and now >= slot.kill_at:
                self._kill(slot)
            elif now - slot.heard_at > STUCK:
                self.tally.problems.append(f"{slot.site}: a writer hangs")
                self._kill(slot)
            return slot
        slot.process.join()
        self._listen(slot)
        slot.says.close()
        return self._after(slot, slot.process.exitcode or 0)

    def _kill(self, slot: Slot) -> None:
        if slot.process.pid is not None:
            os.kill(slot.process.pid, signal.SIGKILL)
        slot.kill_at = None

    def _listen(self, slot: Slot) -> None:
        try:
            while slot.says.poll():
                commit = slot.says.recv() + 1
                slot.heard_at = time.monotonic()
                self.acknowledged[slot.site] = max(self.acknowledged[slot.site], commit)
        except EOFError:
            return

    def _after(self, slot: Slot, code: int) -> Slot | None:
        if code == 0:
            return None
        if code == -signal.SIGKILL:
            self.tally.kills[slot.fault.step if slot.fault else RANDOM_MOMENT] += 1
        else:
            self.tally.problems.append(f"{slot.site}: a writer failed with status {code}")
        self.check(whole=self.tally.total % WHOLE_EVERY == 0)
        return self._start(slot.site)

    def check(self, *, whole: bool = True) -> None:
        """Hold the database against what was acknowledged, whoever is at work on it."""
        self.tally.checks += 1
        self.tally.whole_checks += whole
        self.tally.problems += problems(self.url, dict(self.acknowledged), whole=whole)


def torture(
    kills: int,
    databases: Iterable[str],
    undisturbed: str,
    *,
    seed: int,
    tell: Callable[[Tally], None] = lambda _: None,
) -> Tally:
    """Kill so many writers, a new database a round; `undisturbed` is the digest of the work.

    Stops at the first round in which something was wrong.
    """
    draw, tally = random.Random(seed), Tally()
    for url in databases:
        own = Round(url, draw, tally, kills)
        own.run()
        own.check()
        tally.rounds += 1
        tally.commits += sum(own.acknowledged.values())
        engine = open_engine(url)
        if digest(engine) != undisturbed:
            tally.problems.append("the digest is not that of an undisturbed run")
        engine.dispose()
        tell(tally)
        if tally.problems or tally.total >= kills:
            break
    return tally
