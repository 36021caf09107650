"""Admission: a call that would only make the queue longer is refused at the door, before anything is decided.

Three bounds: calls in flight, lag of the event loop, and a deadline that the lag alone would break. The fourth, bytes
decided but not yet on disk, is the engine's own. Health checks pass by all of them.
"""

import asyncio
from typing import NamedTuple

SAMPLE_S = 0.02
"""Interval between two looks at the event loop's lag."""


class Excess(NamedTuple):
    """The bound that was met: its name, its value in the unit of the name."""

    what: str
    limit: int


class Admission:
    """Counts the calls of one event loop and watches its lag."""

    def __init__(self, in_flight_max: int, lag_max_ms: int) -> None:
        self.in_flight = 0
        self.refused = 0
        self.lag_s = 0.0
        self._in_flight_max = in_flight_max
        self._lag_max_s = lag_max_ms / 1_000
        self._sampling: asyncio.TimerHandle | None = None

    def excess(self, remaining_s: float | None) -> Excess | None:
        """Return the bound that refuses a call with this much time left (None = no deadline), or None to let it in."""
        if self.in_flight >= self._in_flight_max:
            self.refused += 1
            return Excess("in_flight_calls", self._in_flight_max)
        if self.lag_s > self._lag_max_s:
            self.refused += 1
            return Excess("event_loop_lag_ms", int(self._lag_max_s * 1_000))
        if remaining_s is not None and 0 < remaining_s < self.lag_s:
            self.refused += 1
            return Excess("deadline_ms", int(remaining_s * 1_000))
        return None

    def watch(self, loop: asyncio.AbstractEventLoop) -> None:
        """Sample the lag from now on."""

        def sample(due: float) -> None:
            now = loop.time()
            self.lag_s = now - due
            self._sampling = loop.call_at(now + SAMPLE_S, sample, now + SAMPLE_S)

        sample(loop.time())

    def close(self) -> None:
        """Stop sampling."""
        if self._sampling is not None:
            self._sampling.cancel()
