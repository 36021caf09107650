"""The routing kernel on problems small enough to check by hand, at its limits, and on large orders."""

from typing import Any

import numpy as np
import pytest
from bench.workloads import Shape, instances
from tests.reference.plan import COST_MAX, NO_TARIFF, UNLIMITED, PlanInput, total

from fastdom._native.plan import PlanProblem, PlanResult, PlanScratch, solve, split_sizes

PLANNED, INFEASIBLE, NOT_FOUND, BAD_INPUT = 0, 1, 2, 3
PROVEN, BOUND, HEURISTIC = 0, 1, 2
BLOCKS, CANDIDATES, TARIFFS, GROUPS, OBJECTIVES = 1, 2, 3, 4, 5


def problem(nodes: int = 2, blocks: int = 2, **changes: Any) -> dict[str, Any]:
    """Every node has every block; a shipment costs 100, a unit nothing, and no tariff applies."""
    fields: dict[str, Any] = {
        "weight_g": [1_000] * blocks,
        "units": [1] * blocks,
        "cover": [(1 << blocks) - 1] * nodes,
        "fixed": [(100,)] * nodes,
        "unit_cost": [(0,)] * nodes,
        "row_i": [-1] * nodes,
        "units_left": [UNLIMITED] * nodes,
        "breakpoints_g": [1_000, 2_000],
        "step_g": 500,
        "tariff_cost": [[50, 70]],
        "tariff_step_cost": [9],
        "rows": [[0]],
    }
    return {**fields, **changes}


def parts(result: PlanResult) -> list[tuple[int, tuple[int, ...]]]:
    """Candidate and blocks of each part."""
    return [(part.candidate_i, part.blocks) for part in result.parts]


def test_one_node_ships_everything() -> None:
    """Two blocks in one shipment pay the fixed cost once."""
    result = solve(problem())
    assert (result.status, result.optimality, result.cost) == (PLANNED, PROVEN, (100,))
    assert parts(result) == [(0, (0, 1))]


def test_no_blocks_is_an_empty_plan() -> None:
    """An order without blocks costs nothing and is proven."""
    result = solve(problem(blocks=0, cover=[0, 0]))
    assert (result.status, result.optimality, result.cost, result.parts) == (PLANNED, PROVEN, (0,), ())


def test_no_candidates_is_infeasible() -> None:
    """Without candidates nothing is served, and every block is named."""
    result = solve(problem(nodes=0))
    assert (result.status, result.uncovered) == (INFEASIBLE, (0, 1))


def test_missing_block_is_named() -> None:
    """A block that nobody has makes the order infeasible, or is left out when a partial plan is allowed."""
    fields = problem(cover=[0b01, 0b01])
    assert (solve(fields).status, solve(fields).uncovered) == (INFEASIBLE, (1,))
    partial = solve({**fields, "allow_partial": True})
    assert (partial.status, partial.uncovered, parts(partial)) == (PLANNED, (1,), [(0, (0,))])


def test_weight_tiers_include_their_breakpoint() -> None:
    """A tier holds up to and including its breakpoint; beyond the last each begun step costs more."""
    costs = [
        solve(problem(nodes=1, blocks=1, row_i=[0], weight_g=[weight_g], fixed=[(0,)])).cost[0]
        for weight_g in (0, 1_000, 1_001, 2_000, 2_001, 2_500, 2_501)
    ]
    assert costs == [50, 50, 70, 70, 79, 79, 88]


def test_heavier_than_the_grid_without_steps_is_not_carried() -> None:
    """step_g 0 or a step cost of -1 ends the tariff at its last breakpoint."""
    heavy = problem(nodes=1, blocks=1, row_i=[0], weight_g=[2_001])
    assert solve({**heavy, "step_g": 0}).status == INFEASIBLE
    assert solve({**heavy, "tariff_step_cost": [-1]}).status == INFEASIBLE


def test_tier_that_a_tariff_does_not_offer() -> None:
    """-1 in a tier removes the tariff there, and another of the row wins."""
    fields = problem(nodes=1, row_i=[0], tariff_cost=[[50, -1], [90, 95]], tariff_step_cost=[0, 0], rows=[[0, 1]])
    assert solve(fields).parts[0].tariff_i == 1
    light = solve({**fields, "weight_g": [500, 500]})
    assert (light.parts[0].tariff_i, light.cost) == (0, (150,))


def test_first_of_equal_tariffs_wins() -> None:
    """Of equally cheap carrier services the first of the row is taken."""
    fields = problem(nodes=1, row_i=[0], tariff_cost=[[50, 70]] * 3, tariff_step_cost=[9] * 3, rows=[[2, 0, 1]])
    assert solve(fields).parts[0].tariff_i == 2


def test_no_tariff_ships_free() -> None:
    """A pickup node has no tariff, and none is reported."""
    result = solve(problem())
    assert result.parts[0].tariff_i == NO_TARIFF


def test_shipping_weight_rounds_down() -> None:
    """The weighted tariff is floor(weight * raw / 1024)."""
    result = solve(problem(nodes=1, blocks=1, row_i=[0], fixed=[(0,)], shipping_weight=1_000))
    assert result.cost == (50 * 1_000 // 1024,)


def test_split_penalty_counts_from_the_second_shipment() -> None:
    """Two shipments pay the split penalty once."""
    result = solve(problem(cover=[0b01, 0b10], split_penalty=(7,)))
    assert result.cost == (207,)


def test_fewer_shipments_win_a_tie() -> None:
    """At equal cost one shipment beats two."""
    result = solve(problem(nodes=3, cover=[0b01, 0b10, 0b11], fixed=[(50,), (50,), (100,)]))
    assert parts(result) == [(2, (0, 1))]


def test_lower_candidate_wins_a_tie() -> None:
    """At equal cost and shipments the sequence of candidates, block by block, is the smallest."""
    result = solve(problem(nodes=4, cover=[0b10, 0b01, 0b10, 0b01]))
    assert parts(result) == [(1, (0,)), (0, (1,))]


def test_partial_plan_prefers_earlier_blocks() -> None:
    """Of equally good sets of blocks the one that holds the first differing block is served."""
    result = solve(problem(nodes=1, units_left=[1], allow_partial=True))
    assert (parts(result), result.uncovered) == ([(0, (0,))], (1,))


def test_node_does_not_serve_two_parts() -> None:
    """Ten units as two blocks of five: a node with six serves one of them, though it would be the cheapest for both."""
    result = solve(
        problem(
            units=[5, 5],
            groups=[({0: 5, 1: 5}, [6, 20])],
            fixed=[(1,), (100,)],
            unit_cost=[(1,), (100,)],
        )
    )
    assert parts(result) == [(0, (0,)), (1, (1,))]
    assert result.cost == (1 + 5 + 100 + 500,)


def test_split_line_takes_what_the_cheap_node_has() -> None:
    """A line of ten cut at the stock of the cheap node: it gives its six, the other four leave elsewhere."""
    sizes = split_sizes(10, [6, 10], 4)
    assert sizes == (6, 4)
    result = solve(
        problem(
            units=sizes,
            cover=[0b11, 0b11],
            groups=[(dict(enumerate(sizes)), [6, 10])],
            unit_cost=[(10,), (1_000,)],
        )
    )
    assert parts(result) == [(0, (0,)), (1, (1,))]
    assert result.cost == (100 + 60 + 100 + 4_000,)


def test_repeated_sku_shares_the_stock() -> None:
    """Two lines of one SKU, each there alone, leave from two nodes when no node has both."""
    fields = problem(units=[2, 3], groups=[({0: 2, 1: 3}, [4, 3])], fixed=[(1,), (100,)])
    assert parts(solve(fields)) == [(0, (0,)), (1, (1,))]
    assert parts(solve({**fields, "groups": [({0: 2, 1: 3}, [5, 3])]})) == [(0, (0, 1))]


def test_split_line_among_nodes_with_room_for_one_unit() -> None:
    """Three units and three nodes with room for one each: every node ships one, and a fourth unit finds none."""
    fields = problem(nodes=3, blocks=3, units_left=[1] * 3, groups=[({0: 1, 1: 1, 2: 1}, [5] * 3)])
    assert parts(solve(fields)) == [(0, (0,)), (1, (1,)), (2, (2,))]
    four = problem(nodes=3, blocks=4, units_left=[1] * 3, groups=[(dict.fromkeys(range(4), 1), [5] * 3)])
    assert solve(four).status == INFEASIBLE
    assert solve({**four, "allow_partial": True}).uncovered == (3,)


@pytest.mark.parametrize(
    ("quantity", "available", "blocks_max", "sizes"),
    [
        (5, [0, 5, 9], 4, (5,)),
        (3, [1, 5], 4, (1, 1, 1)),
        (10, [6, 5], 4, (5, 1, 4)),
        (10, [3, 3, 4], 3, (4, 3, 3)),
        (10, [6, 5], 1, (10,)),
        (10, [], 3, (10,)),
        (2**31 - 1, [2**31 - 2], 2, (2**31 - 2, 1)),
    ],
)
def test_sizes_of_a_split_line(quantity: int, available: list[int], blocks_max: int, sizes: tuple[int, ...]) -> None:
    """Whole where nobody has a part of it, single units while few, else cuts where the stock ends."""
    assert split_sizes(quantity, available, blocks_max) == sizes


def test_sizes_outside_their_limits() -> None:
    """A line has a unit, and one block or more."""
    for quantity, blocks_max in ((0, 3), (3, 0), (3, 1_001)):
        with pytest.raises(ValueError, match="quantity at least 1"):
            split_sizes(quantity, [1], blocks_max)


def test_tariff_that_punishes_merging() -> None:
    """Where one heavy parcel costs more than two light ones, the second one leaves from another node."""
    fields = problem(row_i=[0, 0], tariff_cost=[[10, 500]], fixed=[(0,), (30,)])
    assert parts(solve(fields)) == [(0, (0,)), (1, (1,))]
    assert solve({**fields, "cover": [0b11, 0b00]}).cost == (500,)


def test_capacity_of_one_unit() -> None:
    """A node with room for one unit ships one block."""
    result = solve(problem(units_left=[1, UNLIMITED], fixed=[(1,), (100,)]))
    assert parts(result) == [(1, (0, 1))]
    both = solve(problem(units_left=[1, 1], fixed=[(1,), (100,)]))
    assert parts(both) == [(0, (0,)), (1, (1,))]
    assert solve(problem(units_left=[0, 1])).status == INFEASIBLE


def test_bound_on_shipments() -> None:
    """max_shipments 1 takes the dear single shipment; where there is none, no plan exists."""
    fields = problem(nodes=3, cover=[0b01, 0b10, 0b11], fixed=[(1,), (1,), (999,)])
    assert solve(fields).cost == (2,)
    assert solve({**fields, "max_shipments": 1}).cost == (999,)
    assert solve({**problem(cover=[0b01, 0b10]), "max_shipments": 1}).status == INFEASIBLE


def test_block_cost_is_added_to_its_shipment() -> None:
    """What a block costs at a candidate counts once, in the part that ships it."""
    result = solve(problem(block_cost=[[[30], [7]], [[5], [200]]]))
    assert (parts(result), result.cost) == ([(0, (0, 1))], (137,))
    assert result.parts[0].cost == (137,)


def test_block_cost_splits_an_order() -> None:
    """Where each block is dear at the other node, two shipments are cheaper than one."""
    result = solve(problem(block_cost=[[[0], [500]], [[500], [3]]], split_penalty=(20,)))
    assert (parts(result), result.cost) == ([(0, (0,)), (1, (1,))], (223,))


def test_block_cost_decides_a_tie() -> None:
    """At equal cost the lower candidate ships; one micro on a block sends it to the other."""
    assert parts(solve(problem(block_cost=[[[1], [1]], [[2], [0]]]))) == [(0, (0, 1))]
    assert parts(solve(problem(block_cost=[[[1], [1]], [[1], [0]]]))) == [(1, (0, 1))]


def test_block_cost_saturates() -> None:
    """Block costs stop with their shipment at COST_MAX."""
    result = solve(problem(block_cost=[[[COST_MAX]] * 2] * 2))
    assert (parts(result), result.cost) == ([(0, (0, 1))], (COST_MAX,))


def test_block_cost_as_array() -> None:
    """An int64 array and nested lists mean the same, and an empty one is that of a problem without candidates."""
    costs = [[[3], [9]], [[4], [1]]]
    assert solve(problem(block_cost=np.array(costs, np.int64))) == solve(problem(block_cost=costs))
    assert solve(problem(nodes=0, block_cost=[])).status == INFEASIBLE


def test_block_costs_of_several_components() -> None:
    """Each component has its own block costs, compared in its own place."""
    fields = problem(fixed=[(5, 0), (5, 0)], unit_cost=[(0, 0)] * 2, split_penalty=(0, 0))
    result = solve({**fields, "block_cost": [[[0, 9], [0, 9]], [[0, 1], [1, 1]]]})
    assert (parts(result), result.cost) == ([(0, (0, 1))], (5, 18))


def test_place_costs_choose_the_carrier_service() -> None:
    """The service that is cheaper to ship with loses when it is late: per shipment, or per unit from two units on."""
    fields = problem(nodes=1, row_i=[0], tariff_cost=[[50, 70], [60, 80]], tariff_step_cost=[9, 9], rows=[[0, 1]])
    free = [[(0,), (0,)]]
    assert solve({**fields, "place_fixed": free, "place_unit": free}).parts[0].tariff_i == 0
    late = solve({**fields, "place_fixed": [[(11,), (0,)]], "place_unit": free})
    assert (late.parts[0].tariff_i, late.cost) == (1, (180,))
    by_unit = {**fields, "place_fixed": free, "place_unit": [[(6,), (0,)]]}
    assert (solve(by_unit).parts[0].tariff_i, solve(by_unit).cost) == (1, (180,))
    one = solve({**by_unit, "units": [1, 0]})
    assert (one.parts[0].tariff_i, one.cost) == (0, (176,))


def test_place_costs_tie_to_the_first_place() -> None:
    """Of services with equal whole costs the first place of the row carries."""
    fields = problem(nodes=1, row_i=[0], tariff_cost=[[50, 70], [60, 80]], tariff_step_cost=[9, 9], rows=[[1, 0]])
    result = solve({**fields, "place_fixed": [[(0,), (10,)]], "place_unit": [[(0,), (0,)]]})
    assert (result.parts[0].tariff_i, result.cost) == (1, (180,))


def test_place_costs_choose_the_node() -> None:
    """A node whose only service is dear for this order loses to one with a dearer tariff."""
    fields = problem(row_i=[0, 1], rows=[[0], [1]], tariff_cost=[[50, 70], [60, 80]], tariff_step_cost=[9, 9])
    result = solve({**fields, "place_fixed": [[(5,)], [(0,)]], "place_unit": [[(3,)], [(0,)]]})
    assert (parts(result), result.cost) == ([(1, (0, 1))], (180,))


def test_place_costs_of_several_components() -> None:
    """Lateness first, money second: the punctual service carries though it costs more."""
    fields = problem(
        nodes=1, row_i=[0], tariff_cost=[[50, 70], [60, 80]], tariff_step_cost=[9, 9], rows=[[0, 1]],
        fixed=[(0, 100)], unit_cost=[(0, 0)], split_penalty=(0, 0), shipping_objective=1,
    )  # fmt: skip
    result = solve({**fields, "place_fixed": [[(1, 0), (0, 0)]], "place_unit": [[(0, 0), (0, 0)]]})
    assert (result.parts[0].tariff_i, result.cost) == (1, (0, 180))


def test_large_order_with_place_costs() -> None:
    """Orders beyond the exact search count place costs too."""
    fields = problem(nodes=2, blocks=30, row_i=[0, 1], rows=[[0], [0]], fixed=[(1,), (1,)])
    result = solve({**fields, "place_fixed": [[(9,)], [(0,)]], "place_unit": [[(0,)], [(0,)]]})
    assert (result.status, parts(result)) == (PLANNED, [(1, tuple(range(30)))])
    assert result.lower_bound <= result.cost == result.parts[0].cost


def test_shipment_below_the_least_does_not_leave() -> None:
    """Two nodes with one unit each may not ship with a least of two; a dearer node with both units may."""
    fields = problem(nodes=3, cover=[0b01, 0b10, 0b11], fixed=[(1,), (1,), (999,)], min_units=2)
    assert parts(solve(fields)) == [(2, (0, 1))]
    assert solve({**fields, "cover": [0b01, 0b10, 0]}).status == INFEASIBLE


def test_plan_of_one_shipment_may_be_exempt() -> None:
    """An order smaller than the least leaves in one shipment when that is exempt, and not at all otherwise."""
    fields = problem(min_units=3)
    assert solve(fields).status == INFEASIBLE
    assert parts(solve({**fields, "min_exempt_single": True})) == [(0, (0, 1))]
    apart = {**fields, "cover": [0b01, 0b10], "min_exempt_single": True}
    assert solve(apart).status == INFEASIBLE
    assert solve({**apart, "allow_partial": True}).uncovered == (1,)


def test_large_order_with_a_least_shipment() -> None:
    """A large order keeps to the least shipment, or no plan is reported."""
    halves = [(1 << 10) - 1, ((1 << 10) - 1) << 10]
    fields = problem(nodes=3, blocks=20, cover=[*halves, (1 << 20) - 1], fixed=[(1,), (1,), (999,)])
    assert len(solve({**fields, "min_units": 10}).parts) == 2
    result = solve({**fields, "min_units": 11})
    assert (result.status, parts(result)) == (PLANNED, [(2, tuple(range(20)))])
    assert result.lower_bound <= result.cost
    short = {**fields, "cover": [*halves, 0], "min_units": 11}
    assert solve(short).status == NOT_FOUND
    assert solve({**short, "allow_partial": True}).status == NOT_FOUND
    exempt = solve({**short, "allow_partial": True, "min_exempt_single": True})
    assert (exempt.status, len(exempt.parts), len(exempt.uncovered)) == (PLANNED, 1, 10)


def test_lexicographic_objectives() -> None:
    """A tiny saving in the first component beats any saving in the second."""
    result = solve(problem(fixed=[(5, 0), (4, 10**9)], unit_cost=[(0, 0)] * 2, split_penalty=(0, 0)))
    assert (parts(result), result.cost) == ([(1, (0, 1))], (4, 10**9))


def test_shipment_cost_saturates() -> None:
    """One shipment costs at most COST_MAX in a component, and sums of shipments go on from there."""
    result = solve(
        problem(
            cover=[0b01, 0b10],
            fixed=[(COST_MAX,), (COST_MAX,)],
            unit_cost=[(COST_MAX,)] * 2,
            units=[2**31 - 1] * 2,
            split_penalty=(COST_MAX,),
        )
    )
    assert result.cost == (3 * COST_MAX,)
    assert [part.cost for part in result.parts] == [(COST_MAX,), (COST_MAX,)]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"weight_g": [-1, 0]}, BLOCKS),
        ({"weight_g": [2**40 + 1, 0]}, BLOCKS),
        ({"units": [-1, 0]}, BLOCKS),
        ({"fixed": [(-1,), (0,)]}, CANDIDATES),
        ({"fixed": [(COST_MAX + 1,), (0,)]}, CANDIDATES),
        ({"unit_cost": [(0,), (-1,)]}, CANDIDATES),
        ({"units_left": [-1, 0]}, CANDIDATES),
        ({"row_i": [1, 0]}, CANDIDATES),
        ({"row_i": [-2, 0]}, CANDIDATES),
        ({"block_cost": [[[0], [0]], [[0], [-1]]]}, CANDIDATES),
        ({"block_cost": [[[COST_MAX + 1], [0]], [[0], [0]]]}, CANDIDATES),
        ({"step_g": -1}, TARIFFS),
        ({"place_fixed": [[(-1,)]], "place_unit": [[(0,)]]}, TARIFFS),
        ({"place_fixed": [[(0,)]], "place_unit": [[(COST_MAX + 1,)]]}, TARIFFS),
        ({"breakpoints_g": [], "tariff_cost": [[]]}, TARIFFS),
        ({"breakpoints_g": list(range(65)), "tariff_cost": [[0] * 65]}, TARIFFS),
        ({"groups": [({2: 1}, [1, 1])]}, GROUPS),
        ({"groups": [({0: 0, 1: 1}, [1, 1])]}, GROUPS),
        ({"shipping_objective": 1}, OBJECTIVES),
        ({"shipping_weight": 2**20 + 1}, OBJECTIVES),
        ({"split_penalty": (-1,)}, OBJECTIVES),
        ({"max_shipments": -1}, OBJECTIVES),
        ({"min_units": -1}, OBJECTIVES),
        ({"effort_max": -1}, OBJECTIVES),
    ],
)
def test_value_outside_its_limits(changes: dict[str, Any], field: int) -> None:
    """A value outside its limits is refused and its field named."""
    result = solve(problem(**changes))
    assert (result.status, result.bad_field) == (BAD_INPUT, field)


def test_too_many_blocks_or_candidates() -> None:
    """1,001 blocks or 4,096 candidates are refused."""
    assert solve(problem(blocks=1_001)).bad_field == BLOCKS
    assert solve(problem(nodes=4_096)).bad_field == CANDIDATES


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"units": [1]}, "units"),
        ({"fixed": [(1,)]}, "fixed"),
        ({"tariff_cost": [[1]]}, "tariff_cost"),
        ({"tariff_step_cost": []}, "tariff_step_cost"),
        ({"rows": [[7]]}, "rows"),
        ({"rows": [[0] * 5]}, "rows"),
        ({"groups": [({0: 1}, [1])]}, "groups"),
        ({"block_cost": [[[0], [0]]]}, "block_cost"),
        ({"block_cost": [[[0, 0], [0, 0]]] * 2}, "block_cost"),
        ({"block_cost": [[[0], [0]], [[0]]]}, "block_cost"),
        ({"split_penalty": (0,) * 5}, "split_penalty"),
        ({"place_fixed": [[(0,)]]}, "place_unit"),
        ({"place_fixed": [], "place_unit": [[(0,)]]}, "place_fixed"),
        ({"place_fixed": [[(0,)]], "place_unit": [[(0,), (0,)]]}, "place_unit"),
        ({"place_fixed": [[(0, 0)]], "place_unit": [[(0,)]]}, "place_fixed"),
    ],
)
def test_lengths_that_disagree(changes: dict[str, Any], name: str) -> None:
    """The Python face names the field whose length is wrong."""
    with pytest.raises(ValueError, match=f"^{name}:"):
        solve(problem(**changes))


def test_same_problem_same_plan() -> None:
    """Scratch keeps nothing from one problem that changes the next."""
    scratch = PlanScratch()
    problems = [
        PlanProblem(**fields)
        for shape in (Shape(8, 20, 0.5), Shape(3, 5, 0.75), Shape(40, 20, 0.75))
        for fields in instances(shape, 10)
    ]
    first = [scratch.solve(item) for item in problems]
    assert [scratch.solve(item) for item in reversed(problems)] == first[::-1]
    assert [PlanScratch().solve(item) for item in problems] == first


def test_benchmark_instances_are_proven() -> None:
    """Orders of up to ten lines are planned exactly over all candidates."""
    for shape in (Shape(5, 50, 0.75), Shape(8, 50, 0.25), Shape(10, 50, 1.0)):
        for fields in instances(shape, 20):
            result = solve(fields)
            assert result.optimality == PROVEN
            assert result.lower_bound == result.cost


def test_effort_ends_the_exact_search() -> None:
    """With too little effort the plan comes from the heuristic, says so, and bounds the optimum."""
    for fields in instances(Shape(8, 50, 0.75), 40):
        exact = solve(fields)
        rough = solve({**fields, "effort_max": 60})
        assert rough.cost >= exact.cost
        assert rough.optimality in (PROVEN, BOUND)
        assert rough.lower_bound <= exact.cost


@pytest.mark.parametrize(
    "shape", [Shape(11, 23, 0.75), Shape(64, 50, 0.5), Shape(65, 50, 0.5), Shape(1_000, 50, 0.75)], ids=str
)
def test_large_orders(shape: Shape) -> None:
    """Large orders are planned whole, at the cost stated, above the bound stated, below every single shipment."""
    for fields in instances(shape, 5):
        result = solve(fields)
        nodes: list[int | None] = [None] * shape.lines
        for part in result.parts:
            for block in part.blocks:
                nodes[block] = part.candidate_i
        fields.pop("allow_partial")
        assert result.status == PLANNED
        assert not result.uncovered
        assert total(PlanInput(**fields), nodes) == (result.cost, len(result.parts))
        assert result.optimality in (PROVEN, BOUND)
        assert result.lower_bound <= result.cost
        for node, cover in enumerate(fields["cover"]):
            if cover == (1 << shape.lines) - 1:
                single = total(PlanInput(**fields), [node] * shape.lines)
                assert single is None or result.cost <= single[0]


def test_large_order_at_one_node_is_proven() -> None:
    """Where two shipments cost more than the best single one, a large order is proven."""
    result = solve(problem(nodes=3, blocks=900, fixed=[(70,), (60,), (80,)]))
    assert (result.optimality, parts(result)) == (PROVEN, [(1, tuple(range(900)))])


def test_large_order_within_a_bound_on_shipments() -> None:
    """A large order keeps to max_shipments, or reports that there is no plan."""
    cover = [(1 << 10) - 1 << 10 * i for i in range(4)] + [(1 << 20) - 1, (1 << 20) - 1 << 20]
    fields = problem(nodes=6, blocks=40, cover=cover, fixed=[(1,)] * 4 + [(90,)] * 2)
    assert len(solve(fields).parts) == 4
    assert [part.candidate_i for part in solve({**fields, "max_shipments": 2}).parts] == [4, 5]
    assert solve({**fields, "max_shipments": 1}).status == INFEASIBLE
    quarters = {**fields, "cover": cover[:4] * 2, "fixed": [(1,)] * 8, "max_shipments": 3, "row_i": [-1] * 8}
    quarters |= {"unit_cost": [(0,)] * 8, "units_left": [UNLIMITED] * 8}
    assert solve(quarters).status == INFEASIBLE
    assert solve({**quarters, "effort_max": 1}).status == NOT_FOUND


def test_large_order_with_shared_skus() -> None:
    """A large order never asks a node for more of a SKU than it has."""
    demand = dict.fromkeys(range(20), 2)
    fields = problem(nodes=4, blocks=20, groups=[(demand, [9, 11, 13, 40])], fixed=[(1,), (1,), (1,), (500,)])
    result = solve(fields)
    assert result.status == PLANNED
    for part in result.parts:
        assert 2 * len(part.blocks) <= [9, 11, 13, 40][part.candidate_i]


def test_large_partial_order() -> None:
    """Blocks that nobody has are left out of a large order, and only those."""
    result = solve(problem(blocks=70, cover=[((1 << 70) - 1) & ~(1 << 66)] * 2, allow_partial=True))
    assert (result.status, result.uncovered, len(result.parts)) == (PLANNED, (66,), 1)
    assert solve(problem(blocks=70, cover=[((1 << 70) - 1) & ~(1 << 66)] * 2)).status == INFEASIBLE
