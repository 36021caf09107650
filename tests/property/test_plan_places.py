"""Costs of a carrier service (place_fixed, place_unit): the kernel gives the plan of its slow twin."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.property.test_plan_block_cost import block_costs
from tests.property.test_plan_exact import kernel, problems, same
from tests.property.test_plan_lex import vectors
from tests.reference.plan import COST_MAX, PlanInput, brute_force, node_by_node


@st.composite
def places(draw: st.DrawFn, problem: st.SearchStrategy[PlanInput]) -> PlanInput:
    """A problem with small costs in each place, or some near COST_MAX; mostly a row for each candidate."""
    drawn = draw(problem)
    if draw(st.sampled_from((True, True, False))):
        rows = [drawn.rows[row_i] if row_i >= 0 else [0] for row_i in drawn.row_i]
        own = [node if row_i >= 0 else -1 for node, row_i in enumerate(drawn.row_i)]
        drawn = replace(drawn, rows=rows, row_i=own)
    small = st.integers(0, draw(st.sampled_from((0, 1, 3, 9))))
    large = st.one_of(small, st.sampled_from((COST_MAX, COST_MAX - 1, 1 << 48, 1 << 44, (1 << 48) // 10 - 1)))
    fixed, unit = (
        draw(st.sampled_from((st.just(0), small, st.one_of(st.just(0), small), small, large))) for _ in range(2)
    )
    n_cost = len(drawn.split_penalty)
    return replace(
        drawn,
        place_fixed=[[draw(st.lists(fixed, min_size=n_cost, max_size=n_cost)) for _ in row] for row in drawn.rows],
        place_unit=[[draw(st.lists(unit, min_size=n_cost, max_size=n_cost)) for _ in row] for row in drawn.rows],
    )


@settings(max_examples=300, deadline=None)
@given(places(problems(blocks=3, nodes=4)), st.booleans(), st.integers(0, 2))
def test_references_agree(problem: PlanInput, allow_partial: bool, max_shipments: int) -> None:
    """Trying every assignment and adding node by node give the same plan."""
    problem = replace(problem, allow_partial=allow_partial, max_shipments=max_shipments)
    assert brute_force(problem) == node_by_node(problem)


@settings(max_examples=600, deadline=None)
@given(places(problems()))
def test_same_plan(problem: PlanInput) -> None:
    """The place of a row is chosen by the whole cost of the shipment, and the plan is the reference's."""
    same(problem)


@settings(max_examples=500, deadline=None)
@given(places(block_costs(problems())), st.integers(0, 3), st.booleans())
def test_same_plan_with_block_costs(problem: PlanInput, max_shipments: int, allow_partial: bool) -> None:
    """Costs by block and by carrier service add up, within a bound on shipments, whole or in part."""
    same(replace(problem, max_shipments=max_shipments, allow_partial=allow_partial))


@settings(max_examples=600, deadline=None)
@given(places(vectors(problems())), st.integers(0, 3), st.booleans())
def test_same_plan_of_several_components(problem: PlanInput, max_shipments: int, allow_partial: bool) -> None:
    """With several cost components the place with the lexicographically least vector carries the shipment."""
    same(replace(problem, max_shipments=max_shipments, allow_partial=allow_partial))


@settings(max_examples=300, deadline=None)
@given(places(problems(blocks=7, nodes=4, cost_most=60)))
def test_same_plan_with_more_blocks(problem: PlanInput) -> None:
    """Seven blocks over few nodes, where parts must share nodes, plan as the reference does."""
    same(problem)


@settings(max_examples=300, deadline=None)
@given(places(problems(blocks=6, nodes=3, cost_most=9)), st.integers(0, 2))
def test_same_plan_where_merging_costs_more(problem: PlanInput, max_shipments: int) -> None:
    """Tariffs that punish merging make the relaxation use a node twice; the plan still uses it once."""
    tiers = len(problem.breakpoints_g)
    same(
        replace(
            problem,
            tariff_cost=[[tier * tier * 10 for tier in range(tiers)] for _ in problem.tariff_cost],
            cover=[(1 << len(problem.units)) - 1] * len(problem.cover),
            max_shipments=max_shipments,
            split_penalty=[0] * len(problem.split_penalty),
        )
    )


@settings(max_examples=300, deadline=None)
@given(st.one_of(block_costs(problems()), vectors(problems())), st.integers(0, 3), st.booleans())
def test_places_that_cost_nothing(problem: PlanInput, max_shipments: int, allow_partial: bool) -> None:
    """Zeroes in every place give the nodes and the cost of a problem without places."""
    problem = replace(problem, max_shipments=max_shipments, allow_partial=allow_partial)
    zero = [[[0] * len(problem.split_penalty) for _ in row] for row in problem.rows]
    plain, placed = kernel(problem), kernel(replace(problem, place_fixed=zero, place_unit=zero))
    assert (plain.status, plain.cost, plain.uncovered) == (placed.status, placed.cost, placed.uncovered)
    assert [(part.candidate_i, part.blocks) for part in plain.parts] == [
        (part.candidate_i, part.blocks) for part in placed.parts
    ]


@settings(max_examples=30, deadline=None)
@given(places(block_costs(problems(blocks=10, nodes=3, cost_most=60))))
def test_ten_blocks(problem: PlanInput) -> None:
    """At the limit of the exact search the plan is the reference's."""
    same(problem)
