"""The batch scorer gives the plan of the native kernel, for every cost and every constraint."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.property.test_plan_block_cost import block_costs
from tests.property.test_plan_exact import kernel, nodes_of, problems
from tests.property.test_plan_least import least
from tests.property.test_plan_lex import vectors
from tests.property.test_plan_places import places
from tests.reference.plan import PlanInput

from fastdom.routing.plan_jit import BLOCKS_MAX, COST_MAX, INFEASIBLE, OK, WEIGHT_G_MAX, pack, score_plans

KINDS = st.one_of(
    problems(),
    block_costs(problems()),
    vectors(problems()),
    places(block_costs(problems())),
    places(vectors(problems(blocks=4, nodes=4))),
)
ANY = st.one_of(KINDS, least(KINDS))


def fields(problem: PlanInput) -> dict[str, Any]:
    """The fields of a problem by name, its sequences as they are."""
    return {name: getattr(problem, name) for name in PlanInput.__dataclass_fields__}


def same(drawn: list[PlanInput]) -> None:
    """One batch gives what the kernel gives one by one: status, costs, nodes, tariffs, shipments."""
    plans = score_plans(pack([fields(problem) for problem in drawn]))
    for i, problem in enumerate(drawn):
        result = kernel(problem)
        n, n_cost = len(problem.weight_g), len(problem.split_penalty)
        assert result.status == plans.status[i]
        assert plans.status[i] in (OK, INFEASIBLE)
        if result.status == OK:
            tariffs = {block: part.tariff_i for part in result.parts for block in part.blocks}
            nodes = [-1 if node is None else node for node in nodes_of(problem, result)]
            assert plans.cost[i, :n_cost].tolist() == list(result.cost)
            assert plans.node[i, :n].tolist() == nodes
            assert plans.tariff[i, :n].tolist() == [tariffs.get(block, 0xFFFF) for block in range(n)]
            assert plans.shipments[i] == len(result.parts)
        assert (plans.node[i, n:] == -1).all()


@settings(max_examples=400, deadline=None)
@given(st.lists(ANY, max_size=6), st.booleans(), st.integers(0, 3))
def test_same_plans(drawn: list[PlanInput], allow_partial: bool, max_shipments: int) -> None:
    """A batch of problems of different kinds and sizes has the kernel's plans."""
    same(drawn)
    same([replace(one, allow_partial=allow_partial, max_shipments=max_shipments) for one in drawn])


@settings(max_examples=60, deadline=None)
@given(least(st.one_of(problems(blocks=8, nodes=5), places(block_costs(problems(blocks=8, nodes=4))))))
def test_same_plan_up_to_eight_blocks(problem: PlanInput) -> None:
    """Orders of up to eight blocks have the kernel's plan."""
    same([problem])


@settings(max_examples=150, deadline=None)
@given(least(problems(blocks=6, nodes=3, cost_most=9)))
def test_same_plan_where_merging_costs_more(problem: PlanInput) -> None:
    """Where tariffs punish merging, the best node of several parts is the same one, and a plan may not use it twice."""
    tiers = len(problem.breakpoints_g)
    dear = replace(
        problem,
        tariff_cost=[[tier * tier * 10 for tier in range(tiers)] for _ in problem.tariff_cost],
        cover=[(1 << len(problem.units)) - 1] * len(problem.cover),
        split_penalty=[0] * len(problem.split_penalty),
    )
    same([dear, replace(dear, max_shipments=0)])


ONE: dict[str, Any] = {
    "weight_g": [5], "units": [1], "cover": [1], "fixed": [[7]], "unit_cost": [[1]], "row_i": [0],
    "units_left": [9], "breakpoints_g": [10], "step_g": 0, "tariff_cost": [[3]], "tariff_step_cost": [-1],
    "rows": [[0]],
}  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"weight_g": [1] * (BLOCKS_MAX + 1)}, "weight_g: blocks up to 8"),
        ({"weight_g": [WEIGHT_G_MAX + 1]}, "weight_g"),
        ({"units": [1, 1]}, "units: shape"),
        ({"row_i": [1]}, "row_i"),
        ({"rows": [[1]]}, "row_tariffs"),
        ({"fixed": [[COST_MAX + 1]]}, "fixed"),
        ({"unit_cost": [[-1]]}, "unit_cost"),
        ({"breakpoints_g": [], "tariff_cost": [[]]}, "rows: rows up to 0"),
        ({"groups": [({1: 1}, [1])]}, "group_block"),
        ({"groups": [({0: 1}, [1, 2])]}, "group_available"),
        ({"place_fixed": [[[1]]]}, "place_unit"),
        ({"place_fixed": [[[1], [2]]], "place_unit": [[[1], [2]]]}, "place_fixed"),
        ({"split_penalty": []}, "split_penalty"),
        ({"shipping_objective": 1}, "shipping_objective"),
    ],
)
def test_what_does_not_fit_is_refused(changed: dict[str, Any], message: str) -> None:
    """A problem outside the limits is refused by its index and field before compiled code reads it."""
    with pytest.raises(ValueError, match=f"problem 1, {message}"):
        pack([ONE, {**ONE, **changed}])


def test_shared_tables_are_stored_once() -> None:
    """Problems that name the same tables add only what is theirs."""
    one = pack([ONE])
    two = pack([ONE, {**ONE, "units": [2]}])
    assert len(two.numbers) == len(one.numbers) + 1
    assert score_plans(two).cost[:, 0].tolist() == [11, 12]
