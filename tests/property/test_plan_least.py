"""The least units of a shipment (min_units, min_exempt_single): the kernel gives the plan of its slow twin."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.property.test_plan_block_cost import block_costs
from tests.property.test_plan_exact import INFEASIBLE, NOT_FOUND, PLANNED, PROVEN, kernel, nodes_of, problems, same
from tests.property.test_plan_lex import vectors
from tests.property.test_plan_places import places
from tests.reference.plan import PlanInput, brute_force, node_by_node, total

KINDS = st.one_of(problems(), block_costs(problems()), vectors(problems()), places(block_costs(problems())))


@st.composite
def least(draw: st.DrawFn, problem: st.SearchStrategy[PlanInput]) -> PlanInput:
    """A problem with a least shipment."""
    drawn = draw(problem)
    return replace(
        drawn,
        min_units=draw(st.integers(1, max(1, sum(drawn.units) + 1))),
        min_exempt_single=draw(st.booleans()),
        max_shipments=draw(st.integers(0, 3)),
        allow_partial=draw(st.booleans()),
    )


@settings(max_examples=400, deadline=None)
@given(least(problems(blocks=3, nodes=4)))
def test_references_agree(problem: PlanInput) -> None:
    """Trying every assignment and adding node by node give the same plan."""
    assert brute_force(problem) == node_by_node(problem)


@settings(max_examples=1000, deadline=None)
@given(least(KINDS))
def test_same_plan(problem: PlanInput) -> None:
    """Shipments below the least do not leave, unless the plan has one shipment and is exempt."""
    same(problem)


@settings(max_examples=200, deadline=None)
@given(least(problems(blocks=6, nodes=3, cost_most=9)))
def test_same_plan_where_merging_costs_more(problem: PlanInput) -> None:
    """Where tariffs punish merging, nodes repeat in the relaxation and the least still holds."""
    tiers = len(problem.breakpoints_g)
    same(
        replace(
            problem,
            tariff_cost=[[tier * tier * 10 for tier in range(tiers)] for _ in problem.tariff_cost],
            cover=[(1 << len(problem.units)) - 1] * len(problem.cover),
            split_penalty=[0] * len(problem.split_penalty),
        )
    )


@settings(max_examples=600, deadline=None)
@given(least(st.one_of(problems(cost_most=40), places(problems(cost_most=40)))), st.sampled_from((1, 40, 400)))
def test_heuristic_is_honest(problem: PlanInput, effort_max: int) -> None:
    """A plan found with little effort obeys the least shipment, and what it claims about its optimality is true."""
    best = node_by_node(problem)
    result = kernel(problem, effort_max)
    if result.status != PLANNED:
        assert result.status == NOT_FOUND or (result.status == INFEASIBLE and best is None)
        return
    assert best is not None
    nodes = nodes_of(problem, result)
    assert total(problem, nodes) == (result.cost, len(result.parts))
    if nodes.count(None) == best.nodes.count(None):
        assert result.lower_bound <= best.cost <= result.cost
    if result.optimality == PROVEN:
        assert (result.cost, nodes.count(None)) == (best.cost, best.nodes.count(None))
