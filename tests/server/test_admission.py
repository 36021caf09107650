"""Calls that would only make the queue longer are refused at the door."""

import pytest

from fastdom_server.admission import Admission, Excess


def test_within_bounds() -> None:
    """A call within the bounds comes in, with a deadline or without."""
    admission = Admission(in_flight_max=2, lag_max_ms=100)
    assert admission.excess(None) is None
    assert admission.excess(0.001) is None


def test_in_flight() -> None:
    """A call beyond the calls in flight is refused with the bound it met, and counted."""
    admission = Admission(in_flight_max=2, lag_max_ms=100)
    admission.in_flight = 2
    assert admission.excess(None) == Excess("in_flight_calls", 2)
    assert admission.refused == 1


@pytest.mark.parametrize(
    ("lag_s", "remaining_s", "what"), [(0.2, None, "event_loop_lag_ms"), (0.05, 0.04, "deadline_ms")]
)
def test_lag(lag_s: float, remaining_s: float | None, what: str) -> None:
    """A lag over its bound, or over the time the caller has left, refuses."""
    admission = Admission(in_flight_max=2, lag_max_ms=100)
    admission.lag_s = lag_s
    excess = admission.excess(remaining_s)
    assert excess is not None
    assert excess.what == what


def test_a_deadline_already_passed_is_let_in() -> None:
    """A deadline that has passed is judged by the engine, which answers DEADLINE_PASSED."""
    admission = Admission(in_flight_max=2, lag_max_ms=100)
    admission.lag_s = 0.05
    assert admission.excess(0.0) is None


def test_lag_is_what_the_loop_was_late() -> None:
    """The lag is the loop's time minus the time the sample was due."""

    class Loop:
        """A loop that is late by 30 ms at the second sample."""

        def __init__(self) -> None:
            self.now = 100.0
            self.due: list[tuple[object, float]] = []

        def time(self) -> float:
            return self.now

        def call_at(self, _when: float, call: object, due: float) -> "Loop":
            self.due.append((call, due))
            return self

        def cancel(self) -> None:
            self.due.clear()

    loop = Loop()
    admission = Admission(in_flight_max=2, lag_max_ms=100)
    admission.watch(loop)  # type: ignore[arg-type]
    assert admission.lag_s == 0.0
    sample, due = loop.due.pop()
    loop.now = due + 0.030
    sample(due)  # type: ignore[operator]
    assert admission.lag_s == pytest.approx(0.030)
    admission.close()
    assert not loop.due
