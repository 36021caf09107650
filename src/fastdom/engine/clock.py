"""The time that commands are judged at: anchored once, then monotonic, slewed towards the wall clock."""

import time
from collections.abc import Callable

from fastdom.engine.errors import ClockBehind

REFUSE_BEHIND_US = 3_600_000_000
"""A clock this far behind the journal at start is an accident, not drift."""

JUMP_US = 1_000_000
"""A difference to the wall clock beyond this is worth a line in the log."""

SLEW_PPM = 500
"""How fast a difference is worked off: 0.5 ms a second, as NTP does."""


class Clock:
    """Microseconds UTC that never go back and never jump.

    Parameters
    ----------
    last_us : int
        Last journalled time; the clock starts at it or later.
    accept : bool
        Start although the wall clock is far behind `last_us`.
    wall_ns, monotonic_ns : callables
        The clocks; replaced in tests.

    Raises
    ------
    ClockBehind
        The wall clock is more than an hour behind `last_us` and `accept` is false.
    """

    def __init__(
        self,
        last_us: int = 0,
        *,
        accept: bool = False,
        wall_ns: Callable[[], int] = time.time_ns,
        monotonic_ns: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        self._wall_ns = wall_ns
        self._monotonic_ns = monotonic_ns
        wall_us = wall_ns() // 1000
        if last_us - wall_us > REFUSE_BEHIND_US and not accept:
            raise ClockBehind(last_us - wall_us)
        # one attribute: another thread never sees the time of one anchor with the moment of another
        self._anchor = (max(wall_us, last_us), monotonic_ns())
        self._latest_us = self._anchor[0]

    def now_us(self) -> int:
        """Microseconds UTC, never less than an answer before."""
        anchor_us, anchor_ns = self._anchor
        now = anchor_us + (self._monotonic_ns() - anchor_ns) // 1000
        self._latest_us = max(self._latest_us, now)
        return self._latest_us

    def discipline(self) -> int:
        """Work off a little of the difference to the wall clock; call about once a second.

        Returns
        -------
        int
            Wall clock minus this clock, microseconds; beyond `JUMP_US` it deserves a line in the log.
        """
        anchor_us, anchor_ns = self._anchor
        monotonic_ns = self._monotonic_ns()
        elapsed_us = (monotonic_ns - anchor_ns) // 1000
        now = anchor_us + elapsed_us
        difference = self._wall_ns() // 1000 - now
        most = max(1, elapsed_us * SLEW_PPM // 1_000_000)
        self._anchor = (now + max(-most, min(most, difference)), monotonic_ns)
        return difference
