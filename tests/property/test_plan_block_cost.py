"""Costs that depend on the candidate and the block: the kernel gives the plan of its slow twin."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.property.test_plan_exact import kernel, problems, same
from tests.reference.plan import COST_MAX, PlanInput, brute_force, node_by_node


@st.composite
def block_costs(draw: st.DrawFn, problem: st.SearchStrategy[PlanInput]) -> PlanInput:
    """A problem with small block costs full of ties, mostly zero ones, or some near COST_MAX."""
    drawn = draw(problem)
    most = draw(st.sampled_from((1, 3, 9)))
    small = st.integers(0, most)
    money = draw(
        st.sampled_from(
            (
                small,
                st.one_of(st.just(0), st.just(0), small),
                st.one_of(small, st.sampled_from((COST_MAX, COST_MAX - 1, 1 << 48, 1 << 44, (1 << 48) // 10 - 1))),
            )
        )
    )
    vector = st.lists(money, min_size=len(drawn.split_penalty), max_size=len(drawn.split_penalty))
    node = st.lists(vector, min_size=len(drawn.units), max_size=len(drawn.units))
    return replace(drawn, block_cost=draw(st.lists(node, min_size=len(drawn.cover), max_size=len(drawn.cover))))


@settings(max_examples=300, deadline=None)
@given(block_costs(problems(blocks=3, nodes=4)), st.booleans(), st.integers(0, 2))
def test_references_agree(problem: PlanInput, allow_partial: bool, max_shipments: int) -> None:
    """Trying every assignment and adding node by node give the same plan."""
    problem = replace(problem, allow_partial=allow_partial, max_shipments=max_shipments)
    assert brute_force(problem) == node_by_node(problem)


@settings(max_examples=500, deadline=None)
@given(block_costs(problems()))
def test_same_plan(problem: PlanInput) -> None:
    """Without further constraints the plan is the reference's, to the last tie."""
    same(problem)


@settings(max_examples=300, deadline=None)
@given(block_costs(problems()), st.integers(1, 4))
def test_same_plan_with_a_bound_on_shipments(problem: PlanInput, max_shipments: int) -> None:
    """With max_shipments the plan is the reference's, also where the bound binds."""
    same(replace(problem, max_shipments=max_shipments))


@settings(max_examples=300, deadline=None)
@given(block_costs(problems()), st.integers(0, 3))
def test_same_partial_plan(problem: PlanInput, max_shipments: int) -> None:
    """When not everything can be served, the kernel serves what the reference serves."""
    same(replace(problem, allow_partial=True, max_shipments=max_shipments))


@settings(max_examples=300, deadline=None)
@given(block_costs(problems(blocks=7, nodes=4, cost_most=60)))
def test_same_plan_with_more_blocks(problem: PlanInput) -> None:
    """Seven blocks over few nodes, where parts must share nodes, plan as the reference does."""
    same(problem)


@settings(max_examples=300, deadline=None)
@given(block_costs(problems(blocks=6, nodes=3, cost_most=9)), st.integers(0, 2))
def test_same_plan_where_merging_costs_more(problem: PlanInput, max_shipments: int) -> None:
    """Tariffs that punish merging make the relaxation use a node twice; the plan still uses it once."""
    tiers = len(problem.breakpoints_g)
    full = (1 << len(problem.weight_g)) - 1
    same(
        replace(
            problem,
            tariff_cost=[[tier * tier * 10 for tier in range(tiers)] for _ in problem.tariff_cost],
            cover=[full] * len(problem.cover),
            max_shipments=max_shipments,
            split_penalty=[0] * len(problem.split_penalty),
        )
    )


@settings(max_examples=300, deadline=None)
@given(problems(), st.integers(0, 3))
def test_unit_cost_as_block_cost(problem: PlanInput, max_shipments: int) -> None:
    """A cost per unit and the same money per block give the same plan."""
    problem = replace(problem, max_shipments=max_shipments)
    nodes = range(len(problem.cover))
    costs = [
        [[min(COST_MAX, units * cost) for cost in problem.unit_cost[node]] for units in problem.units] for node in nodes
    ]
    free = [[0] * len(problem.split_penalty) for _ in nodes]
    by_block = kernel(replace(problem, unit_cost=free, block_cost=costs))
    assert by_block._replace(evaluations=0) == kernel(problem)._replace(evaluations=0)


@settings(max_examples=300, deadline=None)
@given(problems(), st.integers(0, COST_MAX))
def test_cost_of_a_block_that_is_not_covered(problem: PlanInput, cost: int) -> None:
    """What a block would cost where it is not available changes nothing."""
    costs = [
        [[0 if mask >> block & 1 else cost] * len(problem.split_penalty) for block in range(len(problem.units))]
        for mask in problem.cover
    ]
    assert kernel(replace(problem, block_cost=costs))._replace(evaluations=0) == kernel(problem)._replace(evaluations=0)


@settings(max_examples=30, deadline=None)
@given(block_costs(problems(blocks=10, nodes=3, cost_most=60)))
def test_ten_blocks(problem: PlanInput) -> None:
    """At the limit of the exact search the plan is the reference's."""
    same(problem)
