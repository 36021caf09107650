"""The dual search: orders of 11 blocks and more get the plan of the slow twin, or an honest bound.

The twin cannot plan 11 blocks of everyday size. Weightless company can: blocks without weight, units and cost that
every candidate has change neither the cost of a plan nor which blocks travel together, but they send a small problem
the way of a large one.
"""

import random
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from typing import Any

import pytest
from bench.quality.optimality import solver_plan, with_company
from bench.workloads import Shape, instances, light, shared_sku, tight_nodes, two_shipments
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.property.test_plan_exact import nodes_of, problems
from tests.reference.plan import COST_MAX, UNLIMITED, PlanInput, node_by_node, total

from fastdom._native.plan import PlanProblem, PlanScratch

SCRATCH = PlanScratch()
PLANNED, INFEASIBLE, NOT_FOUND = 0, 1, 2
PROVEN, BOUND = 0, 1


def fields(nodes: int = 4, blocks: int = 12, **changes: Any) -> dict[str, Any]:
    """Every node has every block; a shipment costs 100, a unit nothing, and no tariff applies."""
    same: dict[str, Any] = {
        "weight_g": [1_000] * blocks,
        "units": [1] * blocks,
        "cover": [(1 << blocks) - 1] * nodes,
        "fixed": [(100,)] * nodes,
        "unit_cost": [(0,)] * nodes,
        "row_i": [-1] * nodes,
        "units_left": [UNLIMITED] * nodes,
        "breakpoints_g": [5_000, 10_000],
        "step_g": 1_000,
        "tariff_cost": [[50, 70]],
        "tariff_step_cost": [9],
        "rows": [[0]],
    }
    return {**same, **changes}


def same(problem: PlanInput, block_cost: list[list[tuple[int]]] | None = None) -> None:
    """In company the plan is the one the twin finds without."""
    expected = node_by_node(problem if block_cost is None else replace(problem, block_cost=block_cost))
    company = with_company(asdict(problem) if block_cost is None else asdict(replace(problem, block_cost=block_cost)))
    result = SCRATCH.solve(PlanProblem(**company))
    if expected is None:
        assert result.status == INFEASIBLE
        return
    blocks = len(problem.weight_g)
    nodes = nodes_of(PlanInput(**company), result)
    assert (result.status, result.optimality, result.cost) == (PLANNED, PROVEN, expected.cost)
    assert result.lower_bound == result.cost
    assert nodes[:blocks] == expected.nodes


@settings(max_examples=400, deadline=None)
@given(problems(), st.integers(0, 3))
def test_same_plan_in_company(problem: PlanInput, max_shipments: int) -> None:
    """Ties, shared SKUs, tight nodes, tariffs that fall with weight: the plan is the twin's."""
    if len(problem.split_penalty) == 1 and most(problem) < COST_MAX >> 2:
        same(replace(problem, max_shipments=max_shipments))


def most(problem: PlanInput) -> int:
    """The largest amount in the problem."""
    amounts = [*problem.fixed, *problem.unit_cost, *problem.tariff_cost, problem.tariff_step_cost]
    amounts.append(problem.split_penalty)
    weighted = problem.shipping_weight * max(max(row) for row in problem.tariff_cost) >> 10
    return max(weighted, 64 * max(max(row) for row in amounts))


@settings(max_examples=150, deadline=None)
@given(problems(blocks=7, nodes=4, cost_most=60))
def test_same_plan_of_more_blocks(problem: PlanInput) -> None:
    """Seven blocks over few nodes, whose costs differ, plan as the twin does."""
    if len(problem.split_penalty) == 1 and most(problem) < COST_MAX >> 2:
        same(problem)


@settings(max_examples=300, deadline=None)
@given(problems(cost_most=5))
def test_same_plan_where_costs_add_up(problem: PlanInput) -> None:
    """Without tariffs and scarcity the set of candidates is searched; the plan is the twin's, ties included."""
    if len(problem.split_penalty) == 1 and most(problem) < COST_MAX >> 2:
        nodes = len(problem.cover)
        same(replace(problem, row_i=[-1] * nodes, units_left=[UNLIMITED] * nodes, groups=()))


@settings(max_examples=100, deadline=None)
@given(problems(cost_most=9), st.data())
def test_same_plan_with_block_costs(problem: PlanInput, data: st.DataObject) -> None:
    """Costs by candidate and block count in the search as in the twin."""
    if len(problem.split_penalty) > 1 or most(problem) >= COST_MAX >> 2:
        return
    cost = st.tuples(st.integers(0, 9))
    row = st.lists(cost, min_size=len(problem.weight_g), max_size=len(problem.weight_g))
    same(problem, data.draw(st.lists(row, min_size=len(problem.cover), max_size=len(problem.cover))))


@pytest.mark.parametrize("seed", range(3))
def test_eleven_blocks_of_three_nodes(seed: int) -> None:
    """Eleven blocks with weight, some of one scarce SKU, are planned as the twin plans them."""
    rng = random.Random(seed)
    order = next(instances(Shape(11, 3, 0.75), 1, seed))
    order |= {"allow_partial": False, "groups": [({0: 2, 1: 2, 2: 1}, [rng.randrange(2, 6) for _ in range(3)])]}
    order["cover"][0] |= (1 << 11) - 1 & ~7
    expected = node_by_node(PlanInput(**order))
    result = SCRATCH.solve(PlanProblem(**order))
    assert (result.status == INFEASIBLE) == (expected is None)
    if expected is not None:
        assert (nodes_of(PlanInput(**order), result), result.cost) == (expected.nodes, expected.cost)


@pytest.mark.parametrize(
    "shape", [Shape(11, 8, 0.75), Shape(12, 8, 0.5), Shape(13, 6, 1.0), Shape(14, 6, 0.5)], ids=str
)
def test_as_good_as_a_general_solver(shape: Shape) -> None:
    """HiGHS finds no better plan, and the kernel no worse one."""
    pytest.importorskip("highspy")
    for order in instances(shape, 3):
        order["allow_partial"] = False
        result = SCRATCH.solve(PlanProblem(**order))
        nodes = solver_plan(order)
        if nodes is None:
            assert result.status == INFEASIBLE
            continue
        priced = total(PlanInput(**order), nodes)
        assert priced is not None
        assert (result.optimality, result.cost) == (PROVEN, priced[0])


@pytest.mark.parametrize("variant", [dict, light, two_shipments, tight_nodes, shared_sku])
def test_little_effort_is_honest(variant: Any) -> None:
    """However early the search ends, its plan can be shipped, and the bound is below the optimum."""
    for fields_of_one in instances(Shape(12, 20, 0.75), 4):
        order = {**variant(fields_of_one), "allow_partial": False}
        best = SCRATCH.solve(PlanProblem(**order))
        for effort_max in (1, 500, 5_000, 20_000, 60_000):
            result = SCRATCH.solve(PlanProblem(**order, effort_max=effort_max))
            if result.status != PLANNED:
                assert (result.status, effort_max < 60_000) in ((NOT_FOUND, True), (best.status, effort_max < 60_000))
                continue
            assert total(PlanInput(**order), nodes_of(PlanInput(**order), result)) == (result.cost, len(result.parts))
            assert result.lower_bound <= best.cost <= result.cost
            if result.optimality == PROVEN:
                assert (result.cost, result.parts) == (best.cost, best.parts)


def test_same_effort_same_answer() -> None:
    """An answer depends on the problem and the effort, not on what the memory held before."""
    orders = [order for shape in (Shape(12, 30, 0.75), Shape(20, 20, 0.5)) for order in instances(shape, 5)]
    solved = [PlanProblem(**order, effort_max=30_000) for order in orders]
    first = [SCRATCH.solve(problem) for problem in solved]
    assert [SCRATCH.solve(problem) for problem in reversed(solved)] == first[::-1]
    assert [PlanScratch().solve(problem) for problem in solved] == first


def test_first_of_equal_plans() -> None:
    """Four equal nodes with room for six of twelve units: the first six leave from the first node."""
    result = SCRATCH.solve(PlanProblem(**fields(units_left=[6] * 4)))
    assert (result.optimality, result.cost) == (PROVEN, (200,))
    assert [(part.candidate_i, part.blocks) for part in result.parts] == [
        (0, tuple(range(6))),
        (1, tuple(range(6, 12))),
    ]


def test_units_of_a_split_line() -> None:
    """Twelve single units of one SKU are taken from the cheapest nodes that have them, in the order of the nodes."""
    demand = dict.fromkeys(range(12), 1)
    changes: dict[str, Any] = {"groups": [(demand, [5, 7, 4, 6])], "fixed": [(30,), (10,), (15,), (20,)]}
    result = SCRATCH.solve(PlanProblem(**fields(**changes)))
    assert (result.optimality, result.cost) == (PROVEN, (30,))
    assert [(part.candidate_i, part.blocks) for part in result.parts] == [
        (1, tuple(range(7))),
        (3, tuple(range(7, 12))),
    ]


def test_parcels_are_filled_to_the_tier() -> None:
    """Eleven kilograms leave as ten and one where the tier beyond ten costs more than a second parcel."""
    order = fields(2, 11, row_i=[0, 0], tariff_cost=[[50, 70]], tariff_step_cost=[900], fixed=[(10,), (10,)])
    result = SCRATCH.solve(PlanProblem(**order))
    assert (result.optimality, result.cost) == (PROVEN, (10 + 50 + 10 + 70,))


def test_more_than_the_grid_carries() -> None:
    """Where nothing heavier than the grid is carried, the order is split, or proven impossible."""
    order = fields(2, 12, row_i=[0, 0], step_g=0)
    assert SCRATCH.solve(PlanProblem(**order)).cost == (100 + 50 + 100 + 70,)
    assert SCRATCH.solve(PlanProblem(**order | {"weight_g": [2_000] * 12})).status == INFEASIBLE


def test_plans_without_tariffs_are_proven() -> None:
    """Costs that add up over blocks, as in facility location, are proven too."""
    for order in instances(Shape(20, 50, 0.75), 10):
        order |= {"row_i": [-1] * 50, "allow_partial": False}
        result = SCRATCH.solve(PlanProblem(**order))
        assert (result.optimality, result.lower_bound) == (PROVEN, result.cost)


def test_blocks_that_nobody_has() -> None:
    """A partial plan of what is there is proven, and names what is not."""
    order = fields(cover=[(1 << 11) - 1] * 4, allow_partial=True)
    result = SCRATCH.solve(PlanProblem(**order))
    assert (result.optimality, result.cost, result.uncovered) == (PROVEN, (100,), (11,))


def test_amounts_beyond_the_search() -> None:
    """Amounts near COST_MAX are left to the heuristic, which does not claim a proof for two shipments."""
    cover = [(1 << 6) - 1, (1 << 12) - (1 << 6)]
    result = SCRATCH.solve(PlanProblem(**fields(2, 12, cover=cover, fixed=[(COST_MAX,)] * 2)))
    assert (result.cost, result.optimality) == ((2 * COST_MAX,), BOUND)


@pytest.mark.parametrize("variant", [dict, light, two_shipments, tight_nodes])
def test_bound_by_weight(variant: Any) -> None:
    """What it costs to move the weight is below the optimum, and not far: seen through a second, idle component."""
    for shape in (Shape(12, 20, 0.75), Shape(16, 12, 1.0)):
        for one in instances(shape, 5):
            order = variant(one)
            best = SCRATCH.solve(PlanProblem(**order))
            idle = {name: [(row[0], 0) for row in order[name]] for name in ("fixed", "unit_cost")}
            result = SCRATCH.solve(PlanProblem(**{**order, **idle, "split_penalty": (order["split_penalty"][0], 0)}))
            assert len(result.uncovered) > len(best.uncovered) or (
                0.5 * best.cost[0] < result.lower_bound[0] <= best.cost[0]
            )


def test_bound_of_a_hundred_blocks() -> None:
    """A basket of a hundred blocks is planned within a fifth of its bound."""
    for order in instances(Shape(100, 50, 0.75), 3):
        result = SCRATCH.solve(PlanProblem(**order))
        assert result.optimality == BOUND
        assert 0.8 * result.cost[0] < result.lower_bound[0] <= result.cost[0]


@dataclass(frozen=True)
class Offer:
    """What one candidate would ship of the open blocks; nearness: its cost of a unit and of a shipment."""

    node: int
    taken: list[int]
    cost: int
    gain: int
    nearness: tuple[Any, ...]


RULES: dict[str, Callable[[Offer], Any]] = {
    "least cost per unit": lambda offer: Fraction(offer.cost, offer.gain),
    "largest shipment": lambda offer: (-offer.gain, offer.cost),
    "nearest": lambda offer: offer.nearness,
}
"""Which candidate opens next: the one with the least of these, of equals the first."""


def simple_greedy(problem: PlanInput, rule: str) -> int | None:
    """Cost of opening candidates by the rule, each with what it has of the open blocks; None: blocks stay open."""
    nodes: list[int | None] = [None] * len(problem.weight_g)
    while None in nodes:
        offers = []
        for node, cover in enumerate(problem.cover):
            taken = [block for block, at in enumerate(nodes) if at is None and cover >> block & 1]
            alone = total(problem, [node if block in taken else None for block in range(len(nodes))])
            if taken and alone is not None and node not in nodes:
                cost = alone[0][0] + problem.split_penalty[0]
                gain = sum(problem.units[block] + 1 for block in taken)
                offers.append(Offer(node, taken, cost, gain, (problem.unit_cost[node], problem.fixed[node])))
        if not offers:
            return None
        best = min(offers, key=RULES[rule])
        for block in best.taken:
            nodes[block] = best.node
    priced = total(problem, nodes)
    return None if priced is None else priced[0][0]


@settings(max_examples=120, deadline=None)
@given(
    st.integers(11, 40),
    st.integers(2, 30),
    st.sampled_from([0.25, 0.5, 0.75, 1.0]),
    st.sampled_from([1, 3_000, 60_000]),
    st.booleans(),
    st.integers(0, 10**6),
)
def test_never_dearer_than_greedy(
    lines: int, nodes: int, stocked: float, effort_max: int, block_costs: bool, seed: int
) -> None:
    """However little effort there is, no greedy rule finds a plan that costs less."""
    order = next(instances(Shape(lines, nodes, stocked), 1, seed)) | {"allow_partial": False}
    if block_costs:
        rng = random.Random(seed)
        order["block_cost"] = [[(rng.randrange(20_000_000),) for _ in range(lines)] for _ in range(nodes)]
    problem = PlanInput(**order)
    result = SCRATCH.solve(PlanProblem(**order, effort_max=effort_max))
    alone = [total(problem, [node] * lines) for node in range(nodes) if problem.cover[node] == (1 << lines) - 1]
    costs = [simple_greedy(problem, rule) for rule in RULES] + [one[0][0] for one in alone if one is not None]
    for cost in costs:
        assert cost is None or (result.status == PLANNED and result.cost[0] <= cost)


def test_least_shipment_is_planned_for() -> None:
    """A greedy rule would leave one unit alone in a shipment; the plan knows that it may not leave so."""
    cover = [(1 << 12) - 2, (1 << 12) - 1]
    order = fields(2, 12, cover=cover, row_i=[0, 0], fixed=[(1,), (50,)], tariff_step_cost=[900], min_units=3)
    result = SCRATCH.solve(PlanProblem(**order, effort_max=60_000))
    assert result.status == PLANNED
    assert min(len(part.blocks) for part in result.parts) >= 3
