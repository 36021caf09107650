"""A plan priced afterwards, by the reference formulas, costs what the engine said."""

import random
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

import grove
import pytest
from tests.native.engines import T0

from fastdom.demo.market import market_of
from fastdom.demo.workload import Workload
from fastdom.network import NetworkDocument, load
from fastdom.policy import OBJECTIVE_BY_NAME
from fastdom.simulation import SimulatedOrder, World, load_policies, simulate
from fastdom.simulation.decision import Decision
from fastdom.simulation.pricing import can_price, price
from fastdom.types import Destination, Order, OrderLine, PostalAddress

POLICIES = ("cheapest", "fewest-parcels", "nearest")


@pytest.fixture(scope="module")
def demo() -> NetworkDocument:
    """The demo network."""
    return load(Path(str(files("fastdom.demo") / "network")))


def demo_orders(network: NetworkDocument, count: int) -> list[SimulatedOrder]:
    """Carts of the demo's flash sale, a minute apart, some of whose lines come in tens so that plans are split."""
    chance = random.Random(5)
    found = []
    for cart in Workload(market_of(network), 5, count):
        tens = chance.random() < 0.2
        lines = tuple(OrderLine(str(i), sku, units * (10 if tens else 1)) for i, (sku, units) in enumerate(cart.lines))
        order = Order(f"D-{cart.number}", cart.channel, lines, Destination(PostalAddress(cart.pin)))
        found.append(SimulatedOrder(cart.number + 1, T0 + cart.number * 60_000_000, order))
    return found


def test_prices_are_those_of_the_engine(demo: NetworkDocument) -> None:
    """On the demo network, each plan priced under its own policy costs, objective by objective, what was decided."""
    policies = load_policies(POLICIES, demo)
    nodes = {node.id: node for node in demo.nodes}
    splits = 0

    def watch(order: SimulatedOrder, decisions: Sequence[Decision]) -> None:
        nonlocal splits
        for policy, decision in zip(policies, decisions, strict=True):
            told = {name: 0 for name, _ in policy.steps} if decision.shipments else {}
            for shipment in decision.shipments:
                for cost in shipment.costs:
                    told[cost.objective.name.lower()] += cost.cost_micros
            assert price(policy, decision, order, nodes) == told
            assert sum(told.values()) == decision.cost_micros
            splits += len(decision.shipments) > 1

    simulation = simulate(World(demo, demo.stock), grove.book(demo_orders(demo, 400)), policies, watch=watch)
    assert splits > 20
    assert all(pair.count for pair in simulation.pairs)
    assert {"objective: split_penalty", "objective: distance"} <= {
        cause for pair in simulation.pairs for cause in pair.causes
    }


def test_what_can_be_priced_afterwards() -> None:
    """The engine's own objectives can be; one that needs the stock of the moment cannot."""
    assert [name for name in OBJECTIVE_BY_NAME if not can_price(name)] == [
        name for name in OBJECTIVE_BY_NAME if name in CANNOT
    ]


CANNOT = {
    "transit_time",
    "capacity_balance",
    "stock_balance",
    "weeks_of_supply",
    "markdown_avoidance",
    "opportunity_cost",
}
