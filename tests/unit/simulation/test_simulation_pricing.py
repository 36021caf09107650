"""A plan priced afterwards, by the reference formulas, costs what the engine said."""

import random
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
from fastdom.simulation.moment import Ground
from fastdom.simulation.pricing import FACTS, price
from fastdom.simulation.replica import Replica
from fastdom.types import Destination, Order, OrderLine, PostalAddress

POLICIES = ("cheapest", "fewest-parcels", "nearest")


@pytest.fixture(scope="module")
def demo() -> NetworkDocument:
    """The demo network."""
    return load(Path(str(files("fastdom.demo") / "network")))


def demo_orders(network: NetworkDocument, count: int, *, late: bool = False) -> list[SimulatedOrder]:
    """Carts of the demo's flash sale, a minute apart, some of lines in tens so that plans split; some late."""
    chance = random.Random(5)
    found = []
    for cart in Workload(market_of(network), 5, count):
        tens = chance.random() < 0.2
        lines = tuple(OrderLine(str(i), sku, units * (10 if tens else 1)) for i, (sku, units) in enumerate(cart.lines))
        at_us = T0 + cart.number * 60_000_000
        required_us = at_us if late and cart.number % 4 == 0 else 0
        to = Destination(PostalAddress(cart.pin))
        order = Order(f"D-{cart.number}", cart.channel, lines, to, required_by_us=required_us)
        found.append(SimulatedOrder(cart.number + 1, at_us, order))
    return found


def test_prices_are_those_of_the_engine(demo: NetworkDocument, tmp_path: Path) -> None:
    """On the demo network, each plan priced under its own policy costs, objective by objective, what was decided."""
    everything = tmp_path / "everything.toml"
    everything.write_text(EVERYTHING)
    policies = load_policies((*POLICIES, str(everything)), demo)
    ground = Ground.of(demo)
    replicas = [Replica(demo, demo.stock, policy, orders=400, now_us=T0, closed=()) for policy in policies]
    splits, priced = 0, dict.fromkeys(OBJECTIVE_BY_NAME, 0)
    for order in demo_orders(demo, 400, late=True):
        for policy, replica in zip(policies, replicas, strict=True):
            decision = replica.decide(order)
            told = {name: 0 for name, _ in policy.steps} if decision.shipments else {}
            for shipment in decision.shipments:
                for cost in shipment.costs:
                    told[cost.objective.name.lower()] += cost.cost_micros
            assert price(policy, decision, order, ground, replica.moment(order, decision, decision)) == told
            splits += len(decision.shipments) > 1
            for name, micros in told.items():
                priced[name] += micros
    assert splits > 20
    assert {name for name, micros in priced.items() if not micros} == {"weeks_of_supply", "opportunity_cost"}


def test_every_fact_is_known() -> None:
    """All thirteen objectives can be priced afterwards."""
    assert len(OBJECTIVE_BY_NAME) == 13
    assert {fact.name for one in OBJECTIVE_BY_NAME.values() for fact in one.facts} <= FACTS.keys()


def test_objectives_make_differences(demo: NetworkDocument) -> None:
    """Where stock is plenty, what made a difference is an objective, told with what it saves."""
    policies = load_policies(POLICIES, demo)
    simulation = simulate(World(demo, demo.stock), grove.book(demo_orders(demo, 100)), policies)
    assert all(pair.count for pair in simulation.pairs)
    assert {"objective: split_penalty", "objective: distance"} & {
        cause for pair in simulation.pairs for cause in pair.causes
    }
    for pair in simulation.pairs:
        assert pair.spend.orders > 30
        assert pair.spend.half_width_micros is not None


EVERYTHING = """\
format = 1
name = "everything"
currency = "INR"
[constraints]
must_arrive_by = { enforced = false }
[objectives]
lateness = { weight = 1, micros_per_day = 7000000 }
node_priority = { weight = 1, micros_per_step = 10000 }
shipping = { weight = 1 }
handling = { weight = 1 }
split_penalty = { weight = 1, per_shipment_micros = 5000000 }
stock_balance = { weight = 1, micros_per_unit = 10000000, target_units = 90 }
transit_time = { weight = 0.5, micros_per_day = 3000000 }
distance = { weight = 1, micros_per_km_unit = 1000 }
capacity_balance = { weight = 1, micros_at_full = 1000000000 }
weeks_of_supply = { weight = 1, micros_per_unit = 1, target_weeks = 2 }
markdown_avoidance = { weight = 1, micros_per_unit = 1000, sell_within_weeks = 2 }
carbon = { weight = 1, micros_per_kg = 1000000, mg_per_km = 100 }
opportunity_cost = { weight = 1 }
"""
