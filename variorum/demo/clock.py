"""The demo's clock: hours pass between rounds, real seconds within one."""

import time
from datetime import UTC, datetime, timedelta


class SimulatedClock:
    """A clock that can be set forward and runs on from there. Gives aware UTC times."""

    def __init__(self, start: datetime) -> None:
        self._set = (start, time.monotonic())

    def set_to(self, at: datetime) -> None:
        """Let it be `at` now."""
        self._set = (at, time.monotonic())

    def __call__(self) -> datetime:
        """Return the simulated time."""
        at, since = self._set
        return (at + timedelta(seconds=time.monotonic() - since)).astimezone(UTC)
