"""The position table against a dictionary, and the log of fulfilments against a list."""

import random

from hypothesis import given
from hypothesis import strategies as st

from fastdom._native.inspect import PositionsDesk

PAIRS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 40), st.booleans()), max_size=300)


@given(PAIRS)
def test_positions_are_found_and_never_move(pairs: list[tuple[int, int, bool]]) -> None:
    """Every (SKU, node) has one position for good, also when SKUs begin wide and narrow; its fields are its own."""
    table, model = PositionsDesk(1000, 10, 8), dict[tuple[int, int], int]()
    for sku, node, wide in pairs:
        table.widen(wide)
        assert table.find(sku, node) == model.get((sku, node), -1)
        p = table.add(sku, node)
        assert model.setdefault((sku, node), p) == p
    assert len(table) == len(model) == len(set(model.values()))
    for n, p in enumerate(model.values()):
        table.put(p, n)
    assert [table.read(p) for p in model.values()] == [{n} for n in range(len(model))]
    for sku in range(10):
        assert sorted(table.nodes(sku)) == sorted(node for known, node in model if known == sku)


@given(st.lists(st.integers(1, 20), min_size=1, max_size=60), st.booleans())
def test_lanes_stay_within_what_is_mapped(nodes_of_sku: list[int], wide: bool) -> None:
    """As many positions as the table may hold fit, however they spread over SKUs."""
    total = sum(nodes_of_sku)
    table = PositionsDesk(total, len(nodes_of_sku), 8, wide)
    for sku, nodes in enumerate(nodes_of_sku):
        assert all(table.add(sku, node) >= 0 for node in range(nodes))
    assert len(table) == total


def test_a_narrow_sku_uses_as_many_lanes_as_it_has_positions() -> None:
    """Runs of 1, 1, 2, 4 and 8: a thousand SKUs with one position each take a thousand lanes."""
    table = PositionsDesk(4000, 1000, 8)
    for sku in range(1000):
        table.add(sku, sku % 7)
    assert table.lanes == 1000


def test_unknown_skus_have_no_position() -> None:
    """A SKU beyond the table, or below 0, is neither found nor added."""
    table = PositionsDesk(100, 4, 8)
    assert [table.find(-1, 0), table.find(4, 0), table.add(-1, 0), table.add(4, 0)] == [-1] * 4


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(1, 9)), max_size=60), st.integers(1, 40), st.integers(0, 70))
def test_fulfilments_since_a_sequence(fulfilments: list[tuple[int, int]], log_max: int, since: int) -> None:
    """The sum over later fulfilments of the position, or -1 where the log no longer reaches back to be sure."""
    table = PositionsDesk(100, 4, log_max)
    places = [table.add(sku, 0) for sku in range(4)]
    for seq, (sku, units) in enumerate(fulfilments, 1):
        table.note(places[sku], seq, units)
    kept = range(max(0, len(fulfilments) - log_max), len(fulfilments))
    for sku in range(4):
        mine = [i for i, (known, _) in enumerate(fulfilments) if known == sku]
        later = [i for i in mine if i + 1 > since]
        last_before = [i for i in mine if i + 1 <= since][-1:]
        sure = all(i in kept for i in later + (last_before if later or last_before else []))
        if last_before and not later and last_before[0] in kept:
            sure = True
        expected = sum(fulfilments[i][1] for i in later) if sure else -1
        assert table.since(places[sku], since) == expected


@given(st.integers(0, 2**32), st.integers(1, 4), st.sampled_from([64, 700, 5_000]))
def test_long_chains_of_fulfilments(seed: int, n_skus: int, log_max: int) -> None:
    """Over thousands of entries, jumps find the units since any sequence, or that the log no longer reaches back."""
    rng = random.Random(seed)
    table = PositionsDesk(8, 4, log_max)
    places = [table.add(sku, 0) for sku in range(n_skus)]
    noted = [(rng.randrange(n_skus), rng.randint(1, 9)) for _ in range(2_000)]
    for seq, (sku, quantity) in enumerate(noted, 1):
        table.note(places[sku], seq, quantity)
    oldest = max(1, len(noted) - log_max + 1)  # the first sequence that is still in the ring
    for since in [0, *(rng.randrange(len(noted) + 1) for _ in range(50)), len(noted)]:
        for sku in range(n_skus):
            mine = [seq for seq, (known, _) in enumerate(noted, 1) if known == sku]
            later = [seq for seq in mine if seq > since]
            before = [seq for seq in mine if seq <= since][-1:]
            known = all(seq >= oldest for seq in (later or before)[:1] + (before if later else []))
            expected = sum(noted[seq - 1][1] for seq in later) if known else -1
            assert table.since(places[sku], since) == expected
