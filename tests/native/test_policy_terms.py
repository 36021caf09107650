"""Terms of a policy besides constraints and objectives: re-routing by its numbers, fallback, reasons of minimums."""

import pytest
from tests.native.engines import NODES, SERVICES, SKUS, T0, Desk, grid, line, network_files, order, small_limits
from tests.native.test_reroute_request import reroute, routed

from fastdom._native.network import NetworkTables
from fastdom.network import load_files
from fastdom.network.compile import compile_network
from fastdom.policy import read_policy
from fastdom.policy.compile import compile_policy
from fastdom.types import ReserveOutcome, RouteMode, RouteRequest, RouteResult, StrandedReason, UnassignedReason

POLICY = """\
format = 1
name = "{name}"
currency = "EUR"
{terms}

[objectives]
shipping = {{ weight = 1 }}
distance = {{ weight = 1, micros_per_km_unit = 1_000 }}
"""

HOUR_US = 3_600_000_000


def terms_desk(*terms: str, **limits: int) -> Desk:
    """Return a desk that decides by policies with these terms; the first is the default, named "one"."""
    document = load_files(network_files())
    nodes, services = ({name: i for i, name in enumerate(names)} for names in (NODES, SERVICES))
    compiled = compile_network(document, nodes, {sku: i for i, sku in enumerate(SKUS)}, T0, service_index=services)
    names = ("one", "two")
    policies = tuple(
        compile_policy(
            read_policy(POLICY.format(name=name, terms=text).replace("EUR", document.currency).encode()),
            1,
            document,
            nodes,
            services,
        )
        for name, text in zip(names, terms, strict=False)
    )
    desk = Desk(small_limits(**limits))
    desk.face.attach_network(NetworkTables(compiled, 1, policies=policies))
    return desk


def reasons(result: RouteResult) -> dict[str, UnassignedReason]:
    """Reason by line of a Route that left lines out."""
    assert result.plan is not None
    return {one.line_id: one.reason for one in result.plan.unassigned_lines}


# --- re-routing


@pytest.mark.parametrize(("limit", "most"), [(0, 2), (9, 0), (9, 1)])
def test_an_order_is_moved_as_often_as_its_policy_says(limit: int, most: int) -> None:
    """The policy's number stands in for the server's limit, whichever is larger."""
    desk = terms_desk(f"reroute = {{ attempts_max = {most} }}", reroute_attempts_max=limit)
    desk.stock(grid(50))
    made = routed(desk, 2)
    for node in NODES[:most]:
        assert reroute(desk, made, node).units_moved == 2
    found = reroute(desk, made, NODES[most])
    assert (found.units_moved, found.attempts) == (0, most)
    assert found.stranded_reason is StrandedReason.ATTEMPTS_EXHAUSTED


def test_where_the_policy_says_nothing_the_limit_decides() -> None:
    """A policy without terms of re-routing leaves them to the server."""
    desk = terms_desk("", reroute_attempts_max=1, reroute_exclusion_us=HOUR_US)
    desk.stock(grid(50))
    made = routed(desk, 2)
    first = reroute(desk, made, NODES[0])
    assert [one.until_us - desk.now_us for one in first.exclusions] == [HOUR_US]
    assert first.units_moved == 2
    assert reroute(desk, made, NODES[1]).stranded_reason is StrandedReason.ATTEMPTS_EXHAUSTED


def test_a_failed_node_stays_out_as_long_as_the_policy_says() -> None:
    """The exclusion ends by the policy's minutes, not by the server's limit, also after a replay."""
    desk = terms_desk("reroute = { exclude_minutes = 30 }", reroute_exclusion_us=5 * HOUR_US)
    desk.stock(grid(50))
    made = routed(desk, 2)
    found = reroute(desk, made, NODES[0])
    assert [one.until_us - desk.now_us for one in found.exclusions] == [HOUR_US // 2]
    assert desk.goes_on(desk.replayed()).face.digest() == desk.face.digest()


# --- fallback


def test_a_policy_that_cancels_serves_an_order_whole_or_not_at_all() -> None:
    """Although the order allows a part, nothing of it is granted; the line that could ship says why it does not."""
    desk = terms_desk('fallback = "cancel"')
    desk.stock({("ink", "alder"): 5})
    lines = [line(1, "ink", 1), line(2, "jar", 1)]
    told = desk.route(lines, RouteMode.HOLD, allow_partial=True)
    assert told.plan is None or not told.plan.shipments
    assert told.reservation is None
    expected = {"L1": UnassignedReason.ORDER_CANCELLED, "L2": UnassignedReason.OUT_OF_STOCK}
    assert reasons(told) == expected
    held = desk.reserve(lines, partial=True, pinned=False)
    assert held.outcome is ReserveOutcome.REFUSED
    assert {one.line_id: one.reason for one in held.line_results} == expected


def test_a_policy_that_cancels_takes_no_part_of_pinned_lines() -> None:
    """Lines with given nodes are served together or not at all too."""
    desk = terms_desk('fallback = "cancel"')
    desk.stock({("ink", "alder"): 5, ("jar", "birch"): 1})
    held = desk.reserve([line(1, "ink", 1, "alder"), line(2, "jar", 2, "birch")], partial=True)
    assert held.outcome is ReserveOutcome.REFUSED
    assert [one.reason for one in held.line_results] == [
        UnassignedReason.ORDER_CANCELLED,
        UnassignedReason.OUT_OF_STOCK,
    ]


def test_backorder_grants_what_there_is() -> None:
    """Without cancelling, an order that allows a part gets it, and what is missing says why."""
    desk = terms_desk('fallback = "backorder"')
    desk.stock({("ink", "alder"): 5})
    told = desk.route([line(1, "ink", 1), line(2, "jar", 1)], RouteMode.HOLD, allow_partial=True)
    assert told.reservation is not None
    assert reasons(told) == {"L2": UnassignedReason.OUT_OF_STOCK}


def test_cancelling_does_not_stop_a_move() -> None:
    """A granted order is past its fallback: units that fit elsewhere leave a node that fails, the others stay."""
    desk = terms_desk('fallback = "cancel"')
    desk.stock({("ink", "alder"): 5, ("jar", "alder"): 5, ("ink", "birch"): 5})
    made = desk.route([line(1, "ink", 1), line(2, "jar", 1)], RouteMode.FIRM).reservation
    assert made is not None
    found = reroute(desk, made.reservation_id, "alder")
    assert (found.units_moved, found.units_stranded) == (1, 1)


# --- minimums


def minimum(**fields: object) -> str:
    """A constraint of least units."""
    stated = ", ".join(f"{name} = {str(value).lower()}" for name, value in fields.items())
    return f"constraints.minimum_shipment = {{ {stated} }}"


def test_a_line_alone_in_a_small_shipment_says_so() -> None:
    """Stock, lane and capacity are there: what is missing is the size of the shipment."""
    desk = terms_desk(minimum(min_units=3))
    desk.stock({("ink", "alder"): 9, ("jar", "birch"): 9})
    told = desk.route([line(1, "ink", 4), line(2, "jar", 1)], allow_partial=True)
    assert reasons(told) == {"L2": UnassignedReason.BELOW_MINIMUM}
    assert told.plan is not None
    assert len(told.plan.shipments) == 1


def test_an_order_below_the_minimum_says_so() -> None:
    """Where no shipment is exempt, a whole order may be too small."""
    desk = terms_desk(minimum(min_units=3, only_when_split=False))
    desk.stock(grid(9))
    assert reasons(desk.route([line(1, "ink", 2)])) == {"L1": UnassignedReason.BELOW_MINIMUM}
    assert reasons(desk.route([line(1, "ink", 10)])) == {"L1": UnassignedReason.OUT_OF_STOCK}


def test_a_minimum_by_value_is_told_alike() -> None:
    """The share of the order's value that a shipment brings is too small."""
    desk = terms_desk(minimum(min_value_micros=30_000_000))
    desk.stock({("ink", "alder"): 9, ("jar", "birch"): 9})
    worth = order([line(1, "ink", 4), line(2, "jar", 1)], order_value_micros=100_000_000, currency_code="EUR")
    told = desk.face.route(RouteRequest("", worth, allow_partial=True), desk.now_us)
    assert reasons(told) == {"L2": UnassignedReason.BELOW_MINIMUM}
