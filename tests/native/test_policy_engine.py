"""The engine decides by a whole policy: constraints, prices of positions that change while it runs, replay."""

from collections.abc import Mapping

import numpy as np
import pytest
from tests.native.engines import NODES, SERVICES, SKUS, T0, Desk, line, network_files

from fastdom._native.network import NetworkTables
from fastdom.network import load_files
from fastdom.network.compile import compile_network
from fastdom.policy import read_policy
from fastdom.policy.compile import compile_policy
from fastdom.types import Objective, RouteMode

POLICY = """\
format = 1
name = "careful"
currency = "EUR"
relax = ["excluded_nodes"]
constraints.excluded_nodes.nodes = [{ node = "alder" }]

[objectives]
shipping = { weight = 1 }
opportunity_cost = { weight = 1 }
distance = { weight = 1, micros_per_km_unit = 1_000 }
"""


def policy_desk() -> Desk:
    """Return a desk with five kits at every node that decides by the policy."""
    document = load_files(network_files())
    nodes, services = ({name: i for i, name in enumerate(names)} for names in (NODES, SERVICES))
    compiled = compile_network(document, nodes, {sku: i for i, sku in enumerate(SKUS)}, T0, service_index=services)
    text = POLICY.replace("EUR", document.currency)
    whole = compile_policy(read_policy(text.encode()), 3, document, nodes, services)
    desk = Desk()
    desk.face.attach_network(NetworkTables(compiled, 1, policies=(whole,)))
    desk.stock({("kit", node): 5 for node in NODES})
    return desk


def priced(desk: Desk, prices: Mapping[str, int]) -> None:
    """Set the price of a kit at nodes; what was known before is forgotten."""
    rows = [(SKUS.index("kit"), NODES.index(node), price) for node, price in prices.items()]
    sku_i, node_i, unit_price = (np.array(column) for column in zip(*rows, strict=True)) if rows else (np.zeros(0),) * 3
    desk.face.set_quantities(sku_i, node_i, np.full(len(rows), -1), unit_price)


def node_of(desk: Desk, units: int = 1) -> str:
    """The node that ships so many kits."""
    plan = desk.route([line(1, "kit", units)]).plan
    assert plan is not None
    (shipment,) = plan.shipments
    return shipment.node_id


def test_the_nearest_node_that_is_not_excluded_ships() -> None:
    """The nearest is left out by the policy, so the next one ships."""
    assert node_of(policy_desk()) == NODES[1]


def test_prices_count_from_the_next_decision_on() -> None:
    """A unit that later orders will want stays where it is; prices that are not set again are forgotten."""
    desk = policy_desk()
    priced(desk, {NODES[1]: 900_000_000})
    assert node_of(desk) == NODES[2]
    priced(desk, {})
    assert node_of(desk) == NODES[1]


def test_a_plan_tells_what_the_price_was() -> None:
    """Costs name the objective, raw and weighted."""
    desk = policy_desk()
    priced(desk, dict.fromkeys(NODES, 7_000))
    plan = desk.route([line(1, "kit", 3)]).plan
    assert plan is not None
    costs = {cost.objective: (cost.raw_micros, cost.cost_micros) for cost in plan.shipments[0].costs}
    assert costs[Objective.OPPORTUNITY_COST] == (21_000, 21_000)
    assert plan.total_cost_micros == sum(cost for _, cost in costs.values())


def test_what_was_decided_by_prices_replays() -> None:
    """The journal holds the decision with its costs, not the prices."""
    desk = policy_desk()
    priced(desk, dict.fromkeys(NODES, 7_000))
    made = desk.route([line(1, "kit", 3)], RouteMode.HOLD).reservation
    assert made is not None
    again = desk.goes_on(desk.replayed())
    assert again.face.digest() == desk.face.digest()
    assert again.get(made.reservation_id).cost_micros == desk.get(made.reservation_id).cost_micros


def test_a_constraint_is_given_up_where_nothing_else_helps() -> None:
    """With stock at the excluded node alone, that node ships."""
    desk = policy_desk()
    desk.stock({("kit", node): 0 for node in NODES if node != "alder"})
    assert node_of(desk) == "alder"


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ((99, 0, 0, 0), "no dense ids"),
        ((0, -1, 0, 0), "no dense ids"),
        ((0, 0, -2, 0), "demand"),
        ((0, 0, 0, -1), "demand"),
    ],
)
def test_quantities_out_of_range_are_refused(row: tuple[int, int, int, int], told: str) -> None:
    """The row is named, and nothing changes."""
    desk = policy_desk()
    columns = [np.array([0, one]) for one in row]
    with pytest.raises(ValueError, match=f"row 1: .*{told}|row 1: {told}"):
        desk.face.set_quantities(*columns)
    with pytest.raises(ValueError, match="equally long"):
        desk.face.set_quantities(columns[0], columns[1], columns[2], np.zeros(1))
    assert node_of(desk) == NODES[1]
