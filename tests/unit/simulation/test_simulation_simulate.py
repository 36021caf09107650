"""Policies decide the same orders, each on its own copy of the stock, and what they do differently has its cause."""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import grove
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.native.engines import POSTAL, T0

from fastdom.simulation import SimulatedOrder, Simulation
from fastdom.simulation.decision import Decision
from fastdom.simulation.difference import OBJECTIVE, STOCK
from fastdom.types import Destination, PostalAddress, RouteOutcome

ORDERS = st.lists(
    st.lists(st.tuples(st.sampled_from(("ink", "jar", "kit")), st.integers(1, 4)), min_size=1, max_size=3),
    min_size=1,
    max_size=12,
)


def outcomes(simulation: Simulation, i: int = 0) -> dict[str, int]:
    """Orders by outcome under policy `i`."""
    return {outcome.name: count for outcome, count in simulation.tallies[i].outcomes.items()}


def test_two_policies_side_by_side() -> None:
    """Handling makes the cheap policy ship from afar and distance the other from nearby; totals are those by hand."""
    simulation = grove.run([grove.order(1, ("ink", 1)), grove.order(2, ("ink", 2), ("jar", 1))])
    cheapest, nearest = simulation.tallies
    assert {node: (work.shipments, work.units) for node, work in cheapest.nodes.items()} == {"far": (2, 4)}
    assert {node: (work.shipments, work.units) for node, work in nearest.nodes.items()} == {"near": (2, 4)}
    assert cheapest.spend_micros == 2 * (3_000_000 + 1_000_000)
    assert nearest.spend_micros == 2 * (3_000_000 + 9_000_000)
    assert (simulation.pairs[0].count, simulation.pairs[0].causes) == (2, {"objective: distance": 2})
    first = simulation.pairs[0].listed[0]
    assert first.gain["handling"] == -8_000_000
    assert first.why.startswith("by its weights nearest saves ")
    assert first.why.endswith(" distance and pays 8.00 handling more")


def test_stock_goes_down() -> None:
    """What earlier orders took is gone: the fourth order finds too little, and its units are short by their reason."""
    simulation = grove.run([grove.order(i, ("kit", 1)) for i in range(1, 5)], ("cheapest",))
    (tally,) = simulation.tallies
    assert outcomes(simulation) == {"COMPLETE": 3, "REFUSED": 1}
    assert tally.refused_orders == tally.short_units == {"OUT_OF_STOCK": 1}
    assert (tally.units_ordered, tally.units_shipped) == (4, 3)


def test_orders_are_decided_in_the_order_of_time() -> None:
    """The order placed first gets the last units, wherever it stands in the file."""
    late, early = grove.order(2, ("kit", 3)), grove.order(1, ("kit", 2))
    simulation = grove.run([late, early], ("cheapest", "cheapest"))
    assert simulation.book.orders == (early, late)
    assert outcomes(simulation) == {"COMPLETE": 1, "REFUSED": 1}
    assert simulation.tallies[0].units_shipped == 2


def test_partial_orders() -> None:
    """An order that allows it ships the lines that there are; its short units are counted."""
    whole = grove.order(1, ("kit", 3), ("jar", 20))
    part = SimulatedOrder(whole.row, whole.at_us, whole.order, allow_partial=True)
    simulation = grove.run([part], ("cheapest",))
    assert outcomes(simulation) == {"PARTIAL": 1}
    assert (simulation.tallies[0].units_shipped, simulation.tallies[0].short_units) == (3, {"OUT_OF_STOCK": 20})


def test_a_difference_by_stock() -> None:
    """When the near units went to earlier orders, the policy that would have liked them says so."""
    simulation = grove.run([grove.order(i, ("ink", 2)) for i in range(1, 4)], ("nearest", "nearest", "cheapest"))
    same, other = simulation.pairs
    assert same.count == 0
    assert other.causes == {"objective: handling": 2}
    stocked = grove.run(
        [grove.order(i, ("ink", 2)) for i in range(1, 5)], stock="sku,node_id,on_hand\nink,near,4\nink,far,4\n"
    )
    (pair,) = stocked.pairs
    assert pair.causes == {f"{OBJECTIVE}: distance": 2, STOCK: 2}
    assert pair.listed[2].why == (
        "by its weights cheapest would have found the other plan better; "
        "stock or capacity for it had gone to earlier orders"
    )


def test_an_order_that_only_one_policy_ships() -> None:
    """A difference of what ships is a matter of stock, and told in units."""
    orders = [grove.order(1, ("ink", 4)), grove.order(2, ("ink", 4)), grove.order(3, ("ink", 7), ("jar", 1))]
    orders[0] = SimulatedOrder(1, orders[0].at_us, orders[0].order, exclude_node_ids=("far",))
    simulation = grove.run(
        [orders[0], orders[2], orders[1]],
        ("cheapest", "nearest"),
        "sku,node_id,on_hand\nink,near,8\nink,far,10\njar,near,1\njar,far,1\n",
    )
    (pair,) = simulation.pairs
    refused = [one for one in pair.listed if one.other.outcome is not one.baseline.outcome]
    assert all(one.cause == STOCK for one in refused)
    assert all("had no stock, capacity or allowed plan for them" in one.why for one in refused)
    assert sum(simulation.tallies[0].outcomes.values()) == 3


def test_late_promises_and_days() -> None:
    """Days are counted to the end of the arrival window; what cannot arrive in time is refused, and said so."""
    day_us = 86_400_000_000
    soon = grove.order(1, ("ink", 1), required_by_us=T0 + day_us)
    later = grove.order(2, ("ink", 1), required_by_us=T0 + 9 * day_us)
    simulation = grove.run([soon, later], ("cheapest",))
    (tally,) = simulation.tallies
    assert tally.refused_orders == {"TOO_LATE": 1}
    assert (tally.promises.dated, tally.promises.required, tally.promises.late) == (1, 1, 0)
    assert 3 * day_us < tally.promises.days_us <= 4 * day_us


def test_pinned_orders_are_taken_where_they_say() -> None:
    """A line that names its node leaves from there under every policy, and lowers the stock of that node."""
    pinned = grove.order(1, ("ink", 4))
    lines = tuple(type(line)(line.line_id, line.sku, line.quantity, node_id="near") for line in pinned.order.lines)
    first = grove.order(1, ("ink", 4), lines=lines)
    simulation = grove.run([first, grove.order(2, ("ink", 1))])
    assert simulation.pairs[0].count == 0
    assert [sorted(tally.nodes) for tally in simulation.tallies] == [["far", "near"]] * 2
    assert simulation.tallies[1].nodes["near"].units == 4


def test_an_order_that_cannot_be_decided_is_left_out() -> None:
    """What the engine cannot judge is noted with its row and counts under no policy; the others go on."""
    odd = grove.order(1, ("ink", 1), destination=Destination(PostalAddress(POSTAL, "FR")))
    simulation = grove.run([odd, grove.order(2, ("ink", 1))])
    assert (simulation.undecidable, simulation.decided) == (1, 1)
    assert [(one.row, one.order_id, one.field) for one in simulation.book.problems.kept] == [
        (1, "A-1", "destination.address.country_code")
    ]
    assert [sum(tally.outcomes.values()) for tally in simulation.tallies] == [1, 1]


def test_no_orders() -> None:
    """Without orders nothing is decided, and nothing fails."""
    simulation = grove.run([])
    assert simulation.decided == 0
    assert [tally.outcomes.total() for tally in simulation.tallies] == [0, 0]


def test_long_spans_are_dated_to_the_end() -> None:
    """Orders far beyond the horizon of the first one's date tables still get their dates."""
    step_us = 86_400_000_000 * 20
    orders = [grove.order(i, ("ink", 1)) for i in range(1, 8)]
    spread = [SimulatedOrder(one.row, one.at_us + one.row * step_us, one.order) for one in orders]
    (tally,) = grove.run(spread, ("cheapest",)).tallies
    assert tally.promises.dated == 7


@settings(max_examples=25, deadline=None)
@given(ORDERS)
def test_the_same_policy_twice_differs_in_nothing(carts: list[list[tuple[str, int]]]) -> None:
    """Two runs of one policy decide alike, order by order."""
    orders = [grove.order(i, *cart) for i, cart in enumerate(carts, start=1)]
    simulation = grove.run(orders, ("nearest", "nearest"))
    assert simulation.pairs[0].count == 0
    one, two = simulation.tallies
    assert (one.cost_micros, one.raw, one.outcomes, one.nodes) == (two.cost_micros, two.raw, two.outcomes, two.nodes)


@settings(max_examples=25, deadline=None)
@given(ORDERS)
def test_units_are_conserved(carts: list[list[tuple[str, int]]]) -> None:
    """No policy ships more of a position than there is, and every unit is shipped or short."""
    document = grove.network()
    stock = {
        (document.skus.ids[sku_i], document.nodes[node_i].id): units
        for sku_i, node_i, units in zip(
            document.stock.sku_i, document.stock.node_i, document.stock.on_hand, strict=True
        )
    }
    taken: list[Counter[tuple[str, str]]] = [Counter(), Counter()]

    def watch(order: SimulatedOrder, decisions: Sequence[Decision]) -> None:
        sku_of = {line.line_id: line.sku for line in order.order.lines}
        for counter, decision in zip(taken, decisions, strict=True):
            shipped = 0
            for shipment in decision.shipments:
                for line in shipment.lines:
                    counter[sku_of[line.line_id], shipment.node_id] += line.quantity
                    shipped += line.quantity
            assert shipped + decision.units_short == order.units
            assert (decision.outcome is RouteOutcome.REFUSED) == (shipped == 0)

    orders = [grove.order(i, *cart) for i, cart in enumerate(carts, start=1)]
    grove.run(orders, watch=watch)
    assert all(units <= stock.get(position, 0) for counter in taken for position, units in counter.items())


@pytest.mark.parametrize("limit", [0, 1, 2, 9])
def test_listed_differences_are_limited_and_counted(limit: int) -> None:
    """At most so many differing orders are kept, the first ones; all are counted."""
    simulation = grove.run([grove.order(i, ("ink", 1)) for i in range(1, 4)], limit=limit)
    (pair,) = simulation.pairs
    assert pair.count == 3
    assert len(pair.listed) == min(3, limit or 3)
    assert all(one.order.row < two.order.row for one, two in pairwise(pair.listed))
