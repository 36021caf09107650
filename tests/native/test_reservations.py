"""The reservation table against dictionaries: records, the heap of expiries, the list of final ones."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from fastdom._native.inspect import ReservationsDesk

RECORD_BYTES = 1 << 20


@settings(deadline=None)
@given(st.integers(0, 2**32))
def test_table_equals_dictionaries(seed: int) -> None:
    """Records keep their parts through growth and others' removal; heap top and final order are those of a sort."""
    rng = random.Random(seed)
    table = ReservationsDesk(40, RECORD_BYTES)
    records: dict[int, tuple[list[int], list[int], bytes]] = {}
    due: dict[int, int] = {}
    finals: list[int] = []
    for step in range(150):
        number = rng.randint(1, 60)
        if number not in records:
            if len(records) < 40:
                parts = rng.randint(0, 4), rng.randint(0, 6), rng.randbytes(rng.randint(0, 90))
                assert table.add(number, *parts)
                records[number] = [number] * parts[0], [number] * parts[1], parts[2]
            else:
                assert not table.fits(1)
            continue
        action = rng.choice(("due", "settle", "touch", "grow", "remove", "read"))
        if action == "due":
            due[number] = rng.randint(0, 9)
            table.expires(number, due[number])
        elif action == "settle":
            due.pop(number, None)
            table.settled(number)
        elif action == "touch":
            finals = [*(other for other in finals if other != number), number]
            table.touch(number, step)
        elif action == "grow":
            shipments, allocations, context = records[number]
            more = rng.randint(0, 3), rng.randint(0, 3)
            assert table.resize(number, len(shipments) + more[0], len(allocations) + more[1])
            records[number] = shipments + [0] * more[0], allocations + [0] * more[1], context
        elif action == "remove":
            table.remove(number)
            del records[number]
            due.pop(number, None)
            finals = [other for other in finals if other != number]
        first = min(((at, known) for known, at in due.items()), default=None)
        assert table.first_due() == first
        assert table.finals() == finals
    assert {number: table.read(number) for number in records} == records
    assert [number in table for number in range(1, 61)] == [number in records for number in range(1, 61)]
    assert table.counts == (len(records), len(finals), len(due))


def test_holds_leave_the_heap_in_order_of_expiry_then_creation() -> None:
    """Taking the top again and again gives expiries in order, equal ones in the order they were made."""
    rng = random.Random(5)
    table = ReservationsDesk(500, RECORD_BYTES)
    ends = {number: rng.randint(0, 20) for number in range(1, 501)}
    for number in rng.sample(range(1, 501), 500):
        table.add(number, 0, 0, b"")
        table.expires(number, ends[number])
    found = []
    while (top := table.first_due()) is not None:
        found.append(top)
        table.settled(top[1])
    assert found == sorted((at, number) for number, at in ends.items())


def test_a_table_without_bytes_refuses_a_record() -> None:
    """`fits` is false, and nothing is added, when the record's bytes are not there although a slot is."""
    table = ReservationsDesk(10, 1 << 12)
    assert table.fits(1000)
    assert not table.fits(1 << 13)
    assert not table.add(1, 60, 0, b"")
    assert table.counts == (0, 0, 0)
