"""Who holds a lease: a process, named so that others on its machine can see whether it lives."""

import os
import socket
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import psutil

# Two readings of one process's start differ by rounding; a recycled number starts later.
_SAME_START_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Holder:
    """One process on one machine: numbers of processes mean something only within a namespace."""

    host: str
    namespace: str  # of this boot and this container
    pid: int
    started: float  # seconds since the epoch, as the system says

    def __str__(self) -> str:
        return f"{self.host}/{self.namespace}/{self.pid}/{self.started:.2f}"

    @classmethod
    def parse(cls, text: str) -> "Holder | None":
        """Read a holder's text form; None where it is none."""
        try:
            host, namespace, pid, started = text.rsplit("/", 3)
            return cls(host, namespace, int(pid), float(started))
        except ValueError:
            return None


@cache
def _namespace() -> str:
    """Return what tells this machine's boot and this container from all others."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
        inode = Path("/proc/self/ns/pid").stat().st_ino
    except OSError:  # not Linux: containers are no matter there
        return f"{psutil.boot_time():.0f}"
    return f"{boot[:8]}.{inode}"


def this_process() -> Holder:
    """Return this process as a holder."""
    pid = os.getpid()  # asked each time: a fork has another
    return Holder(socket.gethostname(), _namespace(), pid, psutil.Process(pid).create_time())


def is_dead(text: str) -> bool:
    """Whether a holder is a process of this machine that is no more; unsure is alive."""
    holder, here = Holder.parse(text), this_process()
    if holder is None or (holder.host, holder.namespace) != (here.host, here.namespace):
        return False
    try:
        process = psutil.Process(holder.pid)
        recycled = abs(process.create_time() - holder.started) > _SAME_START_SECONDS
        return recycled or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
    except psutil.AccessDenied:
        return False
