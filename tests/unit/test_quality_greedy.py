"""Rules of today: what each picks, and that no proven plan costs more than theirs."""

from collections import Counter

import numpy as np
import pytest
from bench.quality.baskets import Basket, Baskets
from bench.quality.greedy import EXACT, compare
from bench.quality.greedy_rules import RULES, Rule, fewest_splits, nearest_with_stock, priority_walk
from bench.quality.worlds import World, demo_world
from hypothesis import given
from hypothesis import strategies as st

FAR_FIRST = np.array([900, 100, 500])
SAME = np.array([1, 1, 1])


def test_nearest_takes_each_line_whole_from_the_nearest_that_has_it() -> None:
    """Node 1 is nearest but has only part of line 1; that line goes whole to node 2."""
    available = np.array([[9, 9, 9], [9, 1, 9]])
    assert nearest_with_stock(available, np.array([2, 2]), FAR_FIRST, SAME) == {1: {0: 2}, 2: {1: 2}}


def test_nearest_takes_pieces_where_nobody_has_all() -> None:
    """A line of 5 is put together from 2 + 2 + 1 in order of distance."""
    split = nearest_with_stock(np.array([[2, 2, 2]]), np.array([5]), FAR_FIRST, SAME)
    assert split == {1: {0: 2}, 2: {0: 2}, 0: {0: 1}}


def test_fewest_splits_takes_the_node_that_ships_most() -> None:
    """Node 0 has both lines and wins, though it is the farthest."""
    available = np.array([[5, 5, 0], [5, 0, 5]])
    assert fewest_splits(available, np.array([1, 1]), FAR_FIRST, SAME) == {0: {0: 1, 1: 1}}


def test_fewest_splits_prefers_the_nearer_of_equals() -> None:
    """All nodes could ship everything: the nearest does."""
    assert fewest_splits(np.full((2, 3), 5), np.array([1, 1]), FAR_FIRST, SAME) == {1: {0: 1, 1: 1}}


def test_priority_walk_takes_the_first_node_with_everything() -> None:
    """Node 2 is first on the list but lacks line 1; node 0 is next and has all."""
    available = np.array([[5, 5, 5], [5, 5, 0]])
    assert priority_walk(available, np.array([1, 1]), FAR_FIRST, np.array([2, 3, 1])) == {0: {0: 1, 1: 1}}


def test_priority_walk_goes_down_the_list() -> None:
    """Nobody has everything: each ships what it has, in order of the list."""
    available = np.array([[0, 5, 0], [5, 0, 0]])
    assert priority_walk(available, np.array([1, 1]), FAR_FIRST, np.array([2, 3, 1])) == {1: {0: 1}, 0: {1: 1}}


@pytest.mark.parametrize("rule", [rule for _, rule in RULES], ids=[name for name, _ in RULES])
@given(data=st.data())
def test_a_rule_ships_all_it_can_and_no_more(rule: Rule, data: st.DataObject) -> None:
    """Each line gets what was wanted or all there is, and no node ships more than it has."""
    lines, nodes = data.draw(st.integers(1, 4)), data.draw(st.integers(1, 4))
    counts = st.integers(0, 4)
    available = np.array(data.draw(st.lists(counts, min_size=lines * nodes, max_size=lines * nodes)))
    available = available.reshape(lines, nodes)
    wanted = np.array(data.draw(st.lists(st.integers(1, 6), min_size=lines, max_size=lines)))
    distance = np.array(data.draw(st.lists(counts, min_size=nodes, max_size=nodes)))
    priority = np.array(data.draw(st.lists(counts, min_size=nodes, max_size=nodes)))
    shipped = np.zeros_like(available)
    for node, taken in rule(available, wanted, distance, priority).items():
        for line, units in taken.items():
            shipped[line, node] += units
    assert (shipped <= available).all()
    assert (shipped.sum(axis=1) == np.minimum(wanted, available.sum(axis=1))).all()


@pytest.fixture(scope="module")
def world() -> World:
    """The demo network with its stock."""
    return demo_world()


def test_no_rule_undercuts_a_proven_plan(world: World) -> None:
    """Over small baskets, all proven, every rule costs at least as much, and what was left out is told."""
    rng = np.random.default_rng(1)
    baskets = [
        Basket(f"i{i}", tuple((int(rank), int(rng.integers(1, 3))) for rank in rng.choice(1_500, 3, replace=False)))
        for i in range(60)
    ]
    found = compare(world, Baskets(baskets, 1_500, Counter({"more than 1000 lines": 1})), 60)
    assert found.left_out == {"more than 1000 lines": 1}
    everything = found.groups[-1]
    assert everything.baskets == 60
    assert everything.compared > 50
    exact, *others = everything.rows
    assert exact.rule == EXACT
    assert exact.proven_percent == 100
    assert all(row.cost_ratio >= 1 for row in others)
    assert all(row.cheaper_percent == 0 for row in others)
    assert all(row.unfilled_percent >= exact.unfilled_percent for row in others)


def test_more_units_than_there_are_stay_unfilled_under_every_rule(world: World) -> None:
    """A basket that no rule can fill is not compared, and its missing units are told for each."""
    basket = Basket("i0", ((0, int(world.available[0].sum()) + 5),))
    found = compare(world, Baskets([basket], 1), 1)
    assert found.groups[-1].compared == 0
    assert all(row.unfilled_percent > 0 for row in found.groups[-1].rows)
