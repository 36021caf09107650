"""The routing kernel gives the plan of its slow twin, on every kind of problem, to the last tie."""

from dataclasses import asdict, replace

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.reference.plan import COST_MAX, UNLIMITED, Answer, PlanInput, brute_force, node_by_node, shipment, total

from fastdom._native.plan import PlanProblem, PlanResult, PlanScratch

SCRATCH = PlanScratch()
PLANNED, INFEASIBLE, NOT_FOUND = 0, 1, 2
PROVEN, BOUND, HEURISTIC = 0, 1, 2


@st.composite
def problems(draw: st.DrawFn, blocks: int = 5, nodes: int = 6, cost_most: int = 3) -> PlanInput:
    """Small problems full of ties, shared SKUs, tight nodes and tariffs that punish or reward merging."""
    n = draw(st.integers(1, blocks))
    k = draw(st.integers(1, nodes))
    n_cost = draw(st.sampled_from((1, 1, 1, 2, 4)))
    n_tariffs = draw(st.integers(1, 4))
    grid = sorted(draw(st.sets(st.integers(1, 25), min_size=1, max_size=5)))
    cost = st.integers(0, cost_most)
    rare = draw(st.booleans())
    money = st.one_of(cost, st.sampled_from((COST_MAX, COST_MAX - 1, 1 << 48))) if rare else cost
    tariff = st.one_of(money, money, money, st.just(-1)) if rare else st.integers(0, 4 * cost_most)
    vector = st.lists(money, min_size=n_cost, max_size=n_cost)
    mask = st.integers(0, (1 << n) - 1)
    masks = mask if draw(st.booleans()) else st.just((1 << n) - 1)
    demand = st.dictionaries(st.integers(0, n - 1), st.integers(1, 4), min_size=1, max_size=n)
    return PlanInput(
        weight_g=draw(st.lists(st.integers(0, 10), min_size=n, max_size=n)),
        units=draw(st.lists(st.integers(0, 3), min_size=n, max_size=n)),
        cover=draw(st.lists(masks, min_size=k, max_size=k)),
        fixed=draw(st.lists(vector, min_size=k, max_size=k)),
        unit_cost=draw(st.lists(vector, min_size=k, max_size=k)),
        row_i=draw(st.lists(st.integers(-1, 2), min_size=k, max_size=k)),
        units_left=draw(st.lists(st.sampled_from((UNLIMITED, UNLIMITED, 1, 2, 5)), min_size=k, max_size=k)),
        breakpoints_g=grid,
        step_g=draw(st.sampled_from((0, 1, 7))),
        tariff_cost=draw(
            st.lists(st.lists(tariff, min_size=len(grid), max_size=len(grid)), min_size=n_tariffs, max_size=n_tariffs)
        ),
        tariff_step_cost=draw(st.lists(tariff, min_size=n_tariffs, max_size=n_tariffs)),
        rows=draw(
            st.lists(
                st.lists(st.integers(0, n_tariffs - 1), min_size=1, max_size=4, unique=True), min_size=3, max_size=3
            )
        ),
        groups=draw(st.lists(st.tuples(demand, st.lists(st.integers(0, 6), min_size=k, max_size=k)), max_size=2)),
        split_penalty=draw(vector),
        shipping_objective=draw(st.integers(0, n_cost - 1)),
        shipping_weight=draw(st.sampled_from((1024, 1024, 0, 333, 1 << 20))),
    )


def kernel(problem: PlanInput, effort_max: int = 0) -> PlanResult:
    """The kernel's answer."""
    return SCRATCH.solve(PlanProblem(**asdict(problem), effort_max=effort_max))


def nodes_of(problem: PlanInput, result: PlanResult) -> tuple[int | None, ...]:
    """Candidate of each block; also checks that each block has one part and each candidate one part."""
    nodes: list[int | None] = [None] * len(problem.weight_g)
    for part in result.parts:
        for block in part.blocks:
            assert nodes[block] is None
            nodes[block] = part.candidate_i
        priced = shipment(problem, part.candidate_i, part.blocks)
        assert priced == (part.cost, part.tariff_i)
        assert part.units == sum(problem.units[block] for block in part.blocks)
        assert part.weight_g == sum(problem.weight_g[block] for block in part.blocks)
    assert len({part.candidate_i for part in result.parts}) == len(result.parts)
    assert [part.blocks[0] for part in result.parts] == sorted(part.blocks[0] for part in result.parts)
    assert result.uncovered == tuple(block for block, node in enumerate(nodes) if node is None)
    return tuple(nodes)


def same(problem: PlanInput) -> None:
    """The kernel's plan is the reference's."""
    expected = node_by_node(problem)
    result = kernel(problem)
    if expected is None:
        assert result.status == INFEASIBLE
        return
    assert (result.status, result.optimality) == (PLANNED, PROVEN)
    assert Answer(nodes_of(problem, result), result.cost) == expected
    assert result.lower_bound == result.cost


@settings(max_examples=400, deadline=None)
@given(problems(blocks=3, nodes=4), st.booleans(), st.integers(0, 2))
def test_references_agree(problem: PlanInput, allow_partial: bool, max_shipments: int) -> None:
    """Trying every assignment and adding node by node give the same plan."""
    problem = replace(problem, allow_partial=allow_partial, max_shipments=max_shipments)
    assert brute_force(problem) == node_by_node(problem)


@settings(max_examples=1500, deadline=None)
@given(problems())
def test_same_plan(problem: PlanInput) -> None:
    """Without further constraints the plan is the reference's."""
    same(problem)


@settings(max_examples=800, deadline=None)
@given(problems(), st.integers(1, 4))
def test_same_plan_with_a_bound_on_shipments(problem: PlanInput, max_shipments: int) -> None:
    """With max_shipments the plan is the reference's, also where the bound binds."""
    same(replace(problem, max_shipments=max_shipments))


@settings(max_examples=800, deadline=None)
@given(problems(), st.integers(0, 3))
def test_same_partial_plan(problem: PlanInput, max_shipments: int) -> None:
    """When not everything can be served, the kernel serves what the reference serves."""
    same(replace(problem, allow_partial=True, max_shipments=max_shipments))


@settings(max_examples=300, deadline=None)
@given(problems(blocks=7, nodes=4, cost_most=60))
def test_same_plan_with_more_blocks(problem: PlanInput) -> None:
    """Seven blocks over few nodes, where parts must share nodes, plan as the reference does."""
    same(problem)


@settings(max_examples=500, deadline=None)
@given(problems(blocks=6, nodes=3, cost_most=9), st.integers(0, 2))
def test_same_plan_where_merging_costs_more(problem: PlanInput, max_shipments: int) -> None:
    """Tariffs that punish merging make the relaxation use a node twice; the plan still uses it once."""
    tiers = len(problem.breakpoints_g)
    steep = [[tier * tier * 10 for tier in range(tiers)] for _ in problem.tariff_cost]
    full = (1 << len(problem.weight_g)) - 1
    same(
        replace(
            problem,
            tariff_cost=steep,
            cover=[full] * len(problem.cover),
            max_shipments=max_shipments,
            split_penalty=[0] * len(problem.split_penalty),
        )
    )


@settings(max_examples=800, deadline=None)
@given(problems(cost_most=40), st.booleans(), st.integers(0, 3), st.sampled_from((1, 40, 400)))
def test_heuristic_is_honest(problem: PlanInput, allow_partial: bool, max_shipments: int, effort_max: int) -> None:
    """A plan found with little effort is possible, and what it claims about its optimality is true."""
    problem = replace(problem, allow_partial=allow_partial, max_shipments=max_shipments)
    best = node_by_node(problem)
    result = kernel(problem, effort_max)
    if result.status != PLANNED:
        assert result.status == NOT_FOUND or best is None
        return
    assert best is not None
    nodes = nodes_of(problem, result)
    assert total(problem, nodes) == (result.cost, len(result.parts))
    assert max_shipments == 0 or len(result.parts) <= max_shipments
    assert allow_partial or not result.uncovered
    if nodes.count(None) == best.nodes.count(None):
        assert result.cost >= best.cost
    if result.optimality == PROVEN:
        assert (result.cost, nodes.count(None)) == (best.cost, best.nodes.count(None))
    if result.optimality == BOUND:
        assert result.lower_bound <= best.cost
        assert result.lower_bound <= result.cost
