"""Two to four cost components: the kernel gives the plan of its slow twin, and so does the search behind it."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.property.test_plan_exact import problems, same
from tests.reference.plan import COST_MAX, UNLIMITED, PlanInput


@st.composite
def vectors(draw: st.DrawFn, problem: st.SearchStrategy[PlanInput]) -> PlanInput:
    """A problem with new costs of two to four components: mostly ties, so that the later components decide."""
    drawn = draw(problem)
    k, n = len(drawn.cover), len(drawn.units)
    n_cost = draw(st.integers(2, 4))
    tie = st.integers(0, draw(st.sampled_from((0, 1, 3))))
    money = draw(st.sampled_from((tie, st.one_of(tie, tie, st.sampled_from((COST_MAX, COST_MAX - 1, 1 << 48))))))
    vector = st.lists(money, min_size=n_cost, max_size=n_cost)
    costs = st.lists(vector, min_size=k, max_size=k)
    blocks = st.lists(st.lists(vector, min_size=n, max_size=n), min_size=k, max_size=k)
    return replace(
        drawn,
        fixed=draw(costs),
        unit_cost=draw(costs),
        split_penalty=draw(vector),
        shipping_objective=draw(st.integers(0, n_cost - 1)),
        block_cost=draw(st.one_of(st.none(), blocks)),
    )


@settings(max_examples=600, deadline=None)
@given(vectors(problems()))
def test_same_plan(problem: PlanInput) -> None:
    """The component that first differs decides, to the last tie."""
    same(problem)


@settings(max_examples=300, deadline=None)
@given(vectors(problems()), st.integers(1, 4))
def test_same_plan_with_a_bound_on_shipments(problem: PlanInput, max_shipments: int) -> None:
    """With max_shipments the plan is the reference's, also where the bound binds."""
    same(replace(problem, max_shipments=max_shipments))


@settings(max_examples=400, deadline=None)
@given(vectors(problems()), st.integers(0, 3))
def test_same_partial_plan(problem: PlanInput, max_shipments: int) -> None:
    """When not everything can be served, the kernel serves what the reference serves."""
    same(replace(problem, allow_partial=True, max_shipments=max_shipments))


@settings(max_examples=200, deadline=None)
@given(vectors(problems(blocks=6, nodes=4)), st.integers(0, 3))
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


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 3),
    st.lists(st.integers(0, 2), min_size=7, max_size=7),
    st.integers(5, 6),
    st.sampled_from((0, 5, 6)),
    st.booleans(),
)
def test_more_conflicts_and_levels_than_tables(
    n_cost: int, fixed: list[int], blocks: int, max_shipments: int, by_block: bool
) -> None:
    """Where every block must leave alone, more nodes repeat, and more shipments are bounded, than the tables hold."""
    jump = [0] * (n_cost - 1)
    problem = PlanInput(
        weight_g=[10] * blocks,
        units=[1] * blocks,
        cover=[(1 << blocks) - 1] * 7,
        fixed=[(*jump, cost) for cost in fixed],
        unit_cost=[(*jump, 1)] * 7,
        row_i=[0] * 7,
        units_left=[UNLIMITED] * 7,
        breakpoints_g=[10, 20],
        step_g=0,
        tariff_cost=[[1, 10]],
        tariff_step_cost=[0],
        rows=[[0]],
        split_penalty=[0] * n_cost,
        max_shipments=max_shipments,
        block_cost=[[[(node * block) % 3] * n_cost for block in range(blocks)] for node in range(7)]
        if by_block
        else None,
    )
    same(problem)
