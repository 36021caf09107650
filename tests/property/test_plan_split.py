"""Lines that may be split: blocks of one SKU give the best of all splits, found without blocks by the slow twin."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.property.test_plan_exact import problems, same
from tests.reference.plan import UNLIMITED, Line, PlanInput, best_amounts, cut

from fastdom._native.plan import PlanProblem, PlanResult, PlanScratch, split_sizes

SCRATCH = PlanScratch()
PLANNED, INFEASIBLE, PROVEN = 0, 1, 0


@dataclass(frozen=True)
class Order:
    """Candidates, lines and stock[sku][candidate]."""

    nodes: PlanInput
    lines: Sequence[Line]
    stock: Sequence[Sequence[int]]


@st.composite
def orders(draw: st.DrawFn, lines: int, quantity: int, nodes: int, tariffs: bool = True) -> Order:
    """Scarce stock, lines that share SKUs, nodes with room for few units, and tariffs that punish heavy parcels."""
    k = draw(st.integers(2, nodes))
    skus = draw(st.integers(1, lines))
    small = st.integers(0, 9)
    each = st.lists(small, min_size=k, max_size=k)
    grid = sorted(draw(st.sets(st.integers(1, 30), min_size=1, max_size=4)))
    costs = st.lists(st.integers(0, 30), min_size=len(grid), max_size=len(grid))
    row = st.integers(-1, 1) if tariffs else st.just(-1)
    return Order(
        nodes=PlanInput(
            weight_g=(),
            units=(),
            cover=(),
            fixed=[(cost,) for cost in draw(each)],
            unit_cost=[(cost,) for cost in draw(each)],
            row_i=draw(st.lists(row, min_size=k, max_size=k)),
            units_left=draw(st.lists(st.sampled_from((UNLIMITED, UNLIMITED, 1, 3)), min_size=k, max_size=k)),
            breakpoints_g=grid,
            step_g=draw(st.sampled_from((0, 5))),
            tariff_cost=draw(st.lists(costs, min_size=2, max_size=2)),
            tariff_step_cost=draw(st.lists(small, min_size=2, max_size=2)),
            rows=[[0], [0, 1]],
            split_penalty=[draw(small)],
            max_shipments=draw(st.sampled_from((0, 0, 1, 2))),
        ),
        lines=[
            Line(draw(st.integers(1, quantity)), draw(st.integers(0, 6)), draw(st.integers(0, skus - 1)), draw(each))
            for _ in range(draw(st.integers(1, lines)))
        ],
        stock=draw(
            st.lists(st.lists(st.integers(0, quantity + 1), min_size=k, max_size=k), min_size=skus, max_size=skus)
        ),
    )


def kernel(problem: PlanInput) -> PlanResult:
    """The kernel's answer."""
    return SCRATCH.solve(PlanProblem(**asdict(problem)))


def check_stock(order: Order, problem: PlanInput, sizes: Sequence[Sequence[int]], result: PlanResult) -> None:
    """No node gives more than it has, and each ships once."""
    line_of = [line for line, parts in zip(order.lines, sizes, strict=True) for _ in parts]
    assert len({part.candidate_i for part in result.parts}) == len(result.parts)
    for part in result.parts:
        taken = [0] * len(order.stock)
        for block in part.blocks:
            taken[line_of[block].sku] += problem.units[block]
        assert all(units <= have[part.candidate_i] for units, have in zip(taken, order.stock, strict=True))
        assert part.units <= problem.units_left[part.candidate_i]


@settings(max_examples=500, deadline=None)
@given(orders(lines=2, quantity=4, nodes=3))
def test_single_units_are_exact(order: Order) -> None:
    """Cut into single units, an order is planned as well as any distribution of its units allows."""
    sizes = [[1] * line.quantity for line in order.lines]
    problem = cut(order.nodes, order.lines, order.stock, sizes)
    best = best_amounts(order.nodes, order.lines, order.stock)
    result = kernel(problem)
    if best is None:
        assert result.status == INFEASIBLE
        return
    assert (result.status, result.optimality) == (PLANNED, PROVEN)
    assert (result.cost[0], len(result.parts)) == best
    check_stock(order, problem, sizes, result)


@settings(max_examples=300, deadline=None)
@given(orders(lines=2, quantity=7, nodes=3), st.integers(1, 4))
def test_larger_blocks_are_a_split(order: Order, blocks_max: int) -> None:
    """Cut into larger blocks, the plan is one of the distributions: never cheaper, never beyond the stock."""
    sizes = [
        split_sizes(
            line.quantity,
            [min(have) for have in zip(order.stock[line.sku], order.nodes.units_left, strict=True)],
            blocks_max,
        )
        for line in order.lines
    ]
    problem = cut(order.nodes, order.lines, order.stock, sizes)
    best = best_amounts(order.nodes, order.lines, order.stock)
    result = kernel(problem)
    if result.status != PLANNED:
        return
    assert best is not None
    assert (result.cost[0], len(result.parts)) >= best
    check_stock(order, problem, sizes, result)


@settings(max_examples=300, deadline=None)
@given(orders(lines=1, quantity=12, nodes=4, tariffs=False))
def test_cuts_at_the_stock_are_exact_for_two_nodes(order: Order) -> None:
    """Without tariffs the best split of a line over two nodes lets one of them give all it has, and a cut is there."""
    nodes = replace(order.nodes, max_shipments=2, units_left=[UNLIMITED] * len(order.nodes.units_left))
    sizes = [split_sizes(order.lines[0].quantity, order.stock[order.lines[0].sku], 9)]
    best = best_amounts(nodes, order.lines, order.stock)
    result = kernel(cut(nodes, order.lines, order.stock, sizes))
    if best is None:
        assert result.status == INFEASIBLE
        return
    assert (result.cost[0], len(result.parts)) == best


@settings(max_examples=200, deadline=None)
@given(problems(blocks=5, nodes=4), st.data())
def test_many_shared_skus(problem: PlanInput, data: st.DataObject) -> None:
    """More SKUs in common than the kernel sums at once plan as the reference does."""
    demand = st.dictionaries(st.integers(0, len(problem.units) - 1), st.integers(1, 4), min_size=1)
    have = st.lists(st.integers(2, 8), min_size=len(problem.cover), max_size=len(problem.cover))
    same(replace(problem, groups=data.draw(st.lists(st.tuples(demand, have), min_size=9, max_size=13))))


@settings(max_examples=500, deadline=None)
@given(st.integers(1, 60), st.lists(st.integers(0, 70), min_size=1, max_size=8), st.integers(1, 12))
def test_sizes(quantity: int, available: list[int], blocks_max: int) -> None:
    """Sizes add up, are at least 1, are few enough, and are one where no candidate has only a part of the line."""
    sizes = split_sizes(quantity, available, blocks_max)
    assert sum(sizes) == quantity
    assert min(sizes) >= 1
    assert len(sizes) <= blocks_max
    if not any(0 < units < quantity for units in available):
        assert sizes == (quantity,)


@settings(max_examples=500, deadline=None)
@given(st.integers(1, 40), st.lists(st.integers(0, 20), min_size=1, max_size=8), st.integers(1, 10))
def test_sizes_keep_a_split_possible(quantity: int, available: list[int], blocks_max: int) -> None:
    """When the fullest candidates together have the line, and are no more than blocks_max, its blocks can be served."""
    line = Line(quantity, 0, 0, [0] * len(available))
    sizes = [split_sizes(quantity, available, blocks_max)]
    if sum(sorted(available)[-blocks_max:]) < quantity:
        return
    free = [(0,)] * len(available)
    nodes = PlanInput((), (), (), free, free, [-1] * len(available), [UNLIMITED] * len(available), [1], 0, [], [], [])
    assert kernel(cut(nodes, [line], [available], sizes)).status == PLANNED
