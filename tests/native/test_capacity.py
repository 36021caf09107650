"""Day buckets: a ring of days for every node."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from fastdom._native.inspect import CapacityDesk

DAYS = 512


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(20_000, 20_000 + DAYS - 1), st.integers(-3, 9)), max_size=100))
def test_buckets_of_a_ring_are_counters(moves: list[tuple[int, int, int]]) -> None:
    """Within the days of a ring every (node, day) counts for itself."""
    table, model = CapacityDesk(3), Counter[tuple[int, int]]()
    for node, day, amount in moves:
        table.take(node, day, amount)
        model[node, day] += amount
    assert {key: table.taken(*key) for key in model} == dict(model)


def test_a_later_day_takes_the_bucket_over() -> None:
    """A day one ring later begins at zero, and the day before it then counts nothing, whoever gives back."""
    table = CapacityDesk(1)
    table.take(0, 20_000, 5)
    table.take(0, 20_000 + DAYS, 2)
    table.take(0, 20_000, -5)
    assert (table.taken(0, 20_000), table.taken(0, 20_000 + DAYS)) == (0, 2)
