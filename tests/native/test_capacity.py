"""Day buckets: a ring of days for every node."""

import re
from collections import Counter
from dataclasses import replace
from importlib.resources import files

from hypothesis import given
from hypothesis import strategies as st
from tests.native.engines import DAY_US, Desk, line, network_files, order, tables_of

from fastdom._native import inspect
from fastdom._native.inspect import CapacityDesk
from fastdom.network import load_files
from fastdom.network.compile import PAST_DAYS
from fastdom.network.limits import HORIZON_DAYS_MAX
from fastdom.types import ReserveOutcome, ReserveRequest

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


def test_the_ring_is_longer_than_any_horizon() -> None:
    """Today and the last day that an order may ship on never share a bucket, whatever horizon a network has."""
    (days,) = re.findall(r"CAPACITY_DAYS = (\d+)", (files("fastdom._native") / "capacity.pxd").read_text())
    assert int(days) == DAYS > PAST_DAYS + HORIZON_DAYS_MAX


def far_sighted() -> Desk:
    """A desk with the longest horizon and room for one shipment a day at one node."""
    given = network_files({"alder": ("SHIPMENTS", 1)})
    given["network.toml"] = given["network.toml"].replace(b"horizon_days = 30", b"horizon_days = %d" % HORIZON_DAYS_MAX)
    desk = Desk()
    desk.face.activate_network(tables_of(load_files(given), 2), 2, bytes([2]) * 32, desk.now_us)
    desk.set("ink", "alder", 1000)
    return desk


def test_orders_placed_far_ahead_leave_today_its_count() -> None:
    """Orders placed around the end of the horizon and around the length of the ring leave today's bucket full."""
    desk = far_sighted()
    wanted = order([line(1, "ink", 1, "alder")])
    today = desk.now_us // DAY_US
    assert desk.reserve(wanted.lines, pinned=False).outcome is ReserveOutcome.GRANTED
    for days in (*range(HORIZON_DAYS_MAX - 2, HORIZON_DAYS_MAX + 3), *range(DAYS - 1, DAYS + 2)):
        desk.face.reserve(
            ReserveRequest(desk.fresh(), replace(wanted, placed_at_us=desk.now_us + days * DAY_US)), desk.now_us
        )
    taken = inspect.capacity(desk.face)
    assert (taken["alder", today], max(taken.values())) == (1, 1)
    assert max(day for _, day in taken) >= today + HORIZON_DAYS_MAX - 2
