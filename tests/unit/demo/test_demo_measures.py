"""Percentiles of a demo run."""

from hypothesis import given
from hypothesis import strategies as st

from fastdom.demo.measures import p50_p99, percentile


@given(times=st.lists(st.integers(0, 10**9), min_size=1), permille=st.integers(1, 1000))
def test_a_percentile_is_the_smallest_time_that_covers_its_share(times: list[int], permille: int) -> None:
    """At least the share is not above it, and less than the share is below it."""
    at = percentile(times, permille)
    assert at in times
    assert sum(time <= at for time in times) * 1000 >= permille * len(times)
    assert sum(time < at for time in times) * 1000 < permille * len(times)


def test_no_times_have_no_percentile() -> None:
    """An empty run shows null, not zero."""
    assert p50_p99([]) == {"p50": None, "p99": None}
