"""The exception table: at most one open record a subject, ids that are never used twice, a ring that reports losses."""

from hypothesis import given
from hypothesis import strategies as st

from fastdom._native.inspect import FaultsDesk

SUBJECTS = st.tuples(st.integers(1, 3), st.integers(-1, 1), st.integers(0, 1), st.integers(0, 2))
SLOTS = 6


@given(st.lists(st.tuples(st.booleans(), SUBJECTS, st.integers(1, 9)), max_size=80))
def test_table_equals_a_list(moves: list[tuple[bool, tuple[int, int, int, int], int]]) -> None:
    """Raising again changes the open record, resolving closes it, the oldest are overwritten and counted as dropped."""
    table = FaultsDesk(SLOTS)
    records: list[list[object]] = []  # subject, quantity, opened, resolved
    dropped = 0
    for now_us, (resolve, subject, quantity) in enumerate(moves, 1):
        kept = range(max(0, len(records) - SLOTS), len(records))
        known = [i for i in kept if records[i][0] == subject and records[i][3] == 0]
        assert table.open_of(*subject) == (known[0] + 1 if known else 0)
        if resolve and known:
            table.resolve(known[0] + 1, now_us)
            records[known[0]][3] = now_us
        elif known:
            assert table.report(*subject, quantity, now_us) == known[0] + 1
            records[known[0]][1] = quantity
        else:
            if len(records) >= SLOTS and records[len(records) - SLOTS][3] == 0:
                dropped += 1
            assert table.report(*subject, quantity, now_us) == len(records) + 1
            records.append([subject, quantity, now_us, 0])
    kept = range(max(0, len(records) - SLOTS), len(records))
    assert table.counts == (sum(records[i][3] == 0 for i in kept), dropped)
    for i, (_, quantity, opened, resolved) in enumerate(records):
        found = table.find(i + 1)
        assert (found is not None) == (i in kept)
        if found is not None:
            assert [found["quantity"], found["opened_at_us"], found["resolved_at_us"]] == [quantity, opened, resolved]
    assert table.find(0) is None
    assert table.find(len(records) + 1) is None


def test_resolving_twice_keeps_the_first_time() -> None:
    """A resolved record stays as it was resolved."""
    table = FaultsDesk(4)
    number = table.report(1, 0, 0, 0, 5, 10)
    table.resolve(number, 20)
    table.resolve(number, 30)
    found = table.find(number)
    assert found is not None
    assert found["resolved_at_us"] == 20
    assert table.counts == (0, 0)
