"""The engine's clock: never back, never a jump, slewed towards the wall clock."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastdom.engine.clock import JUMP_US, REFUSE_BEHIND_US, SLEW_PPM, Clock
from fastdom.engine.errors import ClockBehind

SECOND_US = 1_000_000


class Time:
    """A wall clock and a monotonic one, moved by the test."""

    def __init__(self, wall_us: int = 10**15) -> None:
        self.wall_us = wall_us
        self.monotonic_us = 5_000

    def clock(self, last_us: int = 0, *, accept: bool = False, cls: type[Clock] = Clock) -> Clock:
        """A clock on these two."""
        return cls(
            last_us, accept=accept, wall_ns=lambda: self.wall_us * 1000, monotonic_ns=lambda: self.monotonic_us * 1000
        )

    def wait(self, us: int, wall_us: int | None = None) -> None:
        """Time passes, on the wall clock differently if told so."""
        self.monotonic_us += us
        self.wall_us += us if wall_us is None else wall_us


def test_it_starts_at_the_later_of_wall_clock_and_journal() -> None:
    """A wall clock behind the journal by less than an hour starts at the journalled time."""
    time = Time()
    assert time.clock().now_us() == time.wall_us
    assert time.clock(time.wall_us - 5).now_us() == time.wall_us
    assert time.clock(time.wall_us + 5).now_us() == time.wall_us + 5


def test_a_wall_clock_an_hour_behind_is_refused() -> None:
    """One hour behind the journal is still taken, a microsecond more only when accepted; the message says how far."""
    time = Time()
    last = time.wall_us + REFUSE_BEHIND_US
    assert time.clock(last).now_us() == last
    with pytest.raises(ClockBehind, match=r"3600 s behind .* --accept-clock") as error:
        time.clock(last + 1)
    assert error.value.behind_us == REFUSE_BEHIND_US + 1
    assert time.clock(last + 1, accept=True).now_us() == last + 1


def test_a_jump_of_the_wall_clock_does_not_show() -> None:
    """Between two looks at the wall clock only the monotonic one counts."""
    time = Time()
    clock = time.clock()
    begun = clock.now_us()
    time.wait(7, wall_us=-(10**12))
    assert clock.now_us() == begun + 7


@pytest.mark.parametrize("jump_us", [10 * SECOND_US, -10 * SECOND_US])
def test_a_difference_is_worked_off_slowly(jump_us: int) -> None:
    """Each second brings the clock nearer by 500 parts in a million; the difference is told until it is gone."""
    time = Time()
    clock = time.clock()
    time.wall_us += jump_us
    time.wait(SECOND_US)
    assert clock.discipline() == jump_us
    assert abs(jump_us) > JUMP_US
    time.wait(SECOND_US)
    step = SLEW_PPM if jump_us > 0 else -SLEW_PPM
    assert clock.discipline() == jump_us - step
    for _ in range(abs(jump_us) // SLEW_PPM):
        time.wait(SECOND_US)
        clock.discipline()
    assert clock.now_us() == time.wall_us


def test_a_small_difference_is_not_overshot() -> None:
    """A difference below what a second may work off is gone after one look."""
    time = Time()
    clock = time.clock()
    time.wall_us += 100
    time.wait(SECOND_US)
    clock.discipline()
    assert clock.discipline() == 0
    assert clock.now_us() == time.wall_us


@given(st.lists(st.tuples(st.integers(0, 3 * SECOND_US), st.integers(-(10**10), 10**10), st.booleans()), max_size=60))
def test_it_never_goes_back_and_never_runs_far_off(moves: list[tuple[int, int, bool]]) -> None:
    """Whatever the wall clock does, answers never decrease and never gain more on the monotonic clock than slewing."""
    time = Time()
    clock = time.clock()
    first = latest = clock.now_us()
    passed = looks = 0
    for monotonic_us, wall_us, look in moves:
        time.wait(monotonic_us, wall_us=wall_us)
        passed += monotonic_us
        if look:
            clock.discipline()
            looks += 1
        now = clock.now_us()
        assert now >= latest
        assert now - first <= passed + passed * SLEW_PPM // 1_000_000 + looks
        latest = now


def test_another_thread_never_reads_half_an_anchor() -> None:
    """A reading between any two steps of `discipline` is the time it is, not a second more."""
    readings: list[int] = []

    class Watched(Clock):
        """Reads itself after each of its attributes is set."""

        def __setattr__(self, name: str, value: Any) -> None:
            super().__setattr__(name, value)
            if name != "_latest_us" and hasattr(self, "_latest_us"):
                readings.append(self.now_us())

    time = Time()
    clock = time.clock(cls=Watched)
    time.wait(3600 * SECOND_US)
    readings.clear()
    clock.discipline()
    assert readings
    assert all(abs(reading - time.wall_us) <= 1 for reading in readings)


def test_callables_default_to_the_machine() -> None:
    """Without clocks given it reads the machine's, which move on."""
    read: Callable[[], int] = Clock().now_us
    assert read() <= read()
