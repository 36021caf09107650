"""Paired differences: their mean and its interval."""

from statistics import fmean, stdev

from hypothesis import given
from hypothesis import strategies as st

from fastdom.simulation.paired import NORMAL_95, ORDERS_MIN, Paired

MICROS = st.integers(-(2**40), 2**40)


@given(st.lists(MICROS, min_size=ORDERS_MIN, max_size=60))
def test_mean_and_interval(differences: list[int]) -> None:
    """The mean and 1.96 standard errors are those of the statistics module."""
    paired = Paired()
    for one in differences:
        paired.add(one, 10)
    assert paired.mean_micros is not None
    assert paired.half_width_micros is not None
    assert abs(paired.mean_micros - fmean(differences)) <= 1
    wanted = NORMAL_95 * stdev(differences) / len(differences) ** 0.5
    assert abs(paired.half_width_micros - wanted) <= 1 + wanted * 1e-9
    assert (paired.orders, paired.base_micros) == (len(differences), 10 * len(differences))


def test_few_orders_have_no_interval() -> None:
    """Of fewer than ORDERS_MIN orders only the mean is told, of none not even that."""
    paired = Paired()
    assert (paired.mean_micros, paired.half_width_micros) == (None, None)
    for _ in range(ORDERS_MIN - 1):
        paired.add(3, 1)
    assert (paired.mean_micros, paired.half_width_micros) == (3, None)
    paired.add(3, 1)
    assert paired.half_width_micros == 0
