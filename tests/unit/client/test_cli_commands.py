"""Every command against a fake server: what it sends, what it prints, how it exits."""

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import grpc
import pytest
from cli_run import Run
from fake_server import FakeServer, failure, gone
from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp
from grpc_health.v1.health_pb2 import HealthCheckResponse
from typer.testing import CliRunner

from fastdom_api.v1 import admin_service_pb2 as admin
from fastdom_api.v1 import exception_service_pb2 as exception
from fastdom_api.v1 import inventory_service_pb2 as inventory
from fastdom_api.v1 import network_pb2, plan_pb2, promise_service_pb2, reservation_pb2, routing_service_pb2, types_pb2
from fastdom_api.v1 import network_service_pb2 as network
from fastdom_api.v1 import reservation_service_pb2 as reservation
from fastdom_client.cli import app as command_line
from fastdom_client.cli import main

NOON = Timestamp(seconds=1_764_331_200)
ONE = Timestamp(seconds=1_764_334_800)
RESERVATION = reservation_pb2.Reservation(
    reservation_id="5f" * 16,
    order_id="A-1",
    channel="web",
    state=reservation_pb2.RESERVATION_STATE_HELD,
    allocations=[
        reservation_pb2.Allocation(line_id="1", sku="MUG", node_id="BLR-1", granted=2, held=2, carrier_service_id="air")
    ],
    expires_at=ONE,
    created_at=NOON,
)
SHIPMENT = plan_pb2.Shipment(
    node_id="BLR-1",
    carrier_service_id="air",
    lines=[plan_pb2.ShipmentLine(line_id="1", quantity=2)],
    costs=[plan_pb2.ObjectiveCost(objective=plan_pb2.OBJECTIVE_SHIPPING, cost_micros=40_000_000)],
    cost_micros=41_500_000,
    weight_g=700,
    distance_m=12_300,
    order_by=NOON,
    ship_at=ONE,
    arrive_from=ONE,
    arrive_by=ONE,
)
PLAN = plan_pb2.Plan(shipments=[SHIPMENT], total_cost_micros=41_500_000, currency_code="INR")
OPTION = promise_service_pb2.PromiseOption(
    service_level=types_pb2.SERVICE_LEVEL_EXPRESS,
    ship_from=NOON,
    ship_by=NOON,
    arrive_from=ONE,
    arrive_by=ONE,
    order_by=NOON,
    shipments=[SHIPMENT],
    cost_micros=41_500_000,
    option_token=b"\x00\x01\x02",
    valid_until=NOON,
    confidence_permille=985,
)
POSITION = inventory.Position(sku="MUG", node_id="BLR-1", on_hand=10, held=2, available=7, safety_stock=1)
NODE = network_pb2.Node(
    node_id="BLR-1",
    name="Bengaluru",
    type=network_pb2.NODE_TYPE_STORE,
    status=network_pb2.NODE_STATUS_ONLINE,
    time_zone="Asia/Kolkata",
    capacity_kind=network_pb2.CAPACITY_KIND_SHIPMENTS,
    capacity_per_day=1200,
    pick_lead=Duration(seconds=5400),
)
RECORD = exception.ExceptionRecord(
    exception_id=121, kind=exception.EXCEPTION_KIND_STRANDED, node_id="BLR-1", sku="MUG", quantity=2, raised_at=NOON
)
CART = ("MUG:2", "--channel", "web", "--pin", "560001")


def test_promise(fake: FakeServer, run: Run) -> None:
    """promise sends cart and levels, and prints one row per option with its tokens when asked."""
    fake.script["Promise"] = [promise_service_pb2.PromiseResponse(options=[OPTION], currency_code="INR")]
    ran = run("promise", *CART, "--level", "express", "--level", "standard", "--tokens")
    assert ran.code == 0, ran.err
    for word in ("EXPRESS", "2025-11-28T13:00Z", "BLR-1 (air)", "INR 41.50", "98.5 %", "token EXPRESS: AAEC"):
        assert word in ran.out
    (sent,) = fake.seen["Promise"]
    assert (sent.order.channel, sent.order.destination.address.postal_code) == ("web", "560001")
    assert list(sent.service_levels) == [types_pb2.SERVICE_LEVEL_EXPRESS, types_pb2.SERVICE_LEVEL_STANDARD]
    assert sent.request_id == ""


def test_promise_without_a_date(fake: FakeServer, run: Run) -> None:
    """Nothing to promise is exit code 1 and says why, line by line."""
    line = promise_service_pb2.UnpromisedLine(
        line_id="1", quantity=2, reason=types_pb2.UNASSIGNED_REASON_OUT_OF_STOCK, available_from=NOON
    )
    fake.script["Promise"] = [promise_service_pb2.PromiseResponse(unpromised_lines=[line])]
    ran = run("promise", *CART)
    assert ran.code == 1
    assert "OUT_OF_STOCK" in ran.out


def test_promise_with_hold(fake: FakeServer, run: Run) -> None:
    """promise --hold is a mutation with a request_id; without a reservation in the reply it exits with 1."""
    held = promise_service_pb2.PromiseResponse(
        options=[OPTION], reservation=RESERVATION, held_option=types_pb2.SERVICE_LEVEL_EXPRESS
    )
    fake.script["Promise"] = [held, promise_service_pb2.PromiseResponse(options=[OPTION])]
    ran = run("promise", *CART, "--hold", "--option", "express", "--ttl", "15m")
    assert ran.code == 0
    assert RESERVATION.reservation_id in ran.out
    sent = fake.seen["Promise"][0]
    assert sent.request_id
    assert sent.ttl.seconds == 900
    assert run("promise", *CART, "--hold").code == 1


def test_route(fake: FakeServer, run: Run) -> None:
    """route prints shipments with cost by objective, how good the plan is, alternatives and candidates."""
    fake.script["Route"] = [
        routing_service_pb2.RouteResponse(
            plan=PLAN,
            optimality=routing_service_pb2.OPTIMALITY_BOUND,
            gap_micros=2_000_000,
            outcome=routing_service_pb2.ROUTE_OUTCOME_COMPLETE,
            policy_name="cheapest",
            policy_version=3,
            alternatives=[PLAN],
            candidates=[
                routing_service_pb2.NodeConsidered(node_id="DEL-2", reason=types_pb2.UNASSIGNED_REASON_NO_LANE)
            ],
        )
    ]
    ran = run("route", *CART, "--mode", "plan", "--exclude", "BLR-9", "--policy", "cheapest@3", "--explain")
    assert ran.code == 0, ran.err
    for word in ("0.700 kg", "12.3 km", "1 shipment, INR 41.50: shipping 40.00", "BOUND within INR 2.00"):
        assert word in ran.out
    for word in ("COMPLETE", "cheapest@3", "2. best", "NO_LANE"):
        assert word in ran.out
    (sent,) = fake.seen["Route"]
    assert (sent.policy.name, sent.policy.version, list(sent.exclude_node_ids)) == ("cheapest", 3, ["BLR-9"])


def test_route_refused(fake: FakeServer, run: Run) -> None:
    """An order nobody can serve is exit code 1."""
    fake.script["Route"] = [
        routing_service_pb2.RouteResponse(
            plan=plan_pb2.Plan(
                unassigned_lines=[
                    plan_pb2.UnassignedLine(line_id="1", quantity=2, reason=types_pb2.UNASSIGNED_REASON_TOO_LATE)
                ]
            ),
            outcome=routing_service_pb2.ROUTE_OUTCOME_REFUSED,
        )
    ]
    ran = run("route", *CART, "--mode", "hold")
    assert ran.code == 1
    assert "TOO_LATE" in ran.out
    assert fake.seen["Route"][0].request_id


def test_reserve(fake: FakeServer, run: Run) -> None:
    """reserve sends pinned lines and prints the reservation with its allocations."""
    granted = reservation.ReserveResponse(outcome=reservation.RESERVE_OUTCOME_GRANTED, reservation=RESERVATION)
    fake.script["Reserve"] = [granted]
    ran = run("reserve", "MUG:2@BLR-1", "-c", "web", "--order", "A-1", "--ttl", "90s", "--token", "AAEC")
    assert ran.code == 0, ran.err
    for word in (RESERVATION.reservation_id, "HELD", "2025-11-28T13:00Z", "MUG", "GRANTED"):
        assert word in ran.out
    (sent,) = fake.seen["Reserve"]
    assert (sent.order.lines[0].node_id, sent.order.order_id, sent.option_token) == ("BLR-1", "A-1", b"\x00\x01\x02")


def test_reserve_refused(fake: FakeServer, run: Run) -> None:
    """Not enough stock is exit code 1, with the shortfall of each line and what changed since the quote."""
    fake.script["Reserve"] = [
        reservation.ReserveResponse(
            outcome=reservation.RESERVE_OUTCOME_REFUSED,
            token_difference=reservation.TOKEN_DIFFERENCE_STOCK,
            line_results=[
                reservation.LineResult(
                    line_id="1", shortfall=2, available_after=1, reason=types_pb2.UNASSIGNED_REASON_OUT_OF_STOCK
                )
            ],
        )
    ]
    ran = run("reserve", *CART)
    assert ran.code == 1
    assert "OUT_OF_STOCK" in ran.out
    assert "REFUSED; the quote no longer holds: STOCK" in ran.out


@pytest.mark.parametrize(
    ("command", "method", "reply"),
    [
        (("commit", "r1", "--reacquire"), "Commit", reservation.CommitResponse(reservation=RESERVATION)),
        (("extend", "r1", "--ttl", "2h"), "Extend", reservation.ExtendResponse(reservation=RESERVATION)),
        (("release", "r1", "1:2", "2:1@BLR-1"), "Release", reservation.ReleaseResponse(reservation=RESERVATION)),
        (("fulfill", "r1"), "Fulfill", reservation.FulfillResponse(reservation=RESERVATION)),
        (("reservation", "r1"), "GetReservation", reservation.GetReservationResponse(reservation=RESERVATION)),
    ],
)
def test_life_of_a_reservation(
    fake: FakeServer, run: Run, command: tuple[str, ...], method: str, reply: reservation.CommitResponse
) -> None:
    """Each step names the reservation and prints it as it is afterwards."""
    fake.script[method] = [reply]
    ran = run(*command, "--tz", "Asia/Kolkata")
    assert ran.code == 0, ran.err
    assert "2025-11-28T18:30+05:30" in ran.out
    assert fake.seen[method][0].reservation_id == "r1"


def test_parts_of_a_release(fake: FakeServer, run: Run) -> None:
    """release sends the parts named; a request_id given is the one sent."""
    run("release", "r1", "1:2", "2:1@BLR-1", "--request-id", "mine")
    (sent,) = fake.seen["Release"]
    assert [(line.line_id, line.quantity, line.node_id) for line in sent.lines] == [("1", 2, ""), ("2", 1, "BLR-1")]
    assert sent.request_id == "mine"


def test_fulfilment_beyond_the_count(fake: FakeServer, run: Run) -> None:
    """Units on_hand did not have are remarked on stderr."""
    fake.script["Fulfill"] = [reservation.FulfillResponse(reservation=RESERVATION, count_mismatch=3)]
    ran = run("fulfill", "r1")
    assert (ran.code, "3 units left" in ran.err) == (0, True)


def test_reroute(fake: FakeServer, run: Run) -> None:
    """reroute names node, lines and reason, and prints new shipments, excluded nodes and what moved."""
    exclusion = routing_service_pb2.NodeExclusion(
        node_id="BLR-1", reason=routing_service_pb2.REROUTE_REASON_SHORT_PICK, until=NOON
    )
    fake.script["Reroute"] = [
        routing_service_pb2.RerouteResponse(
            reservation=RESERVATION,
            plan=plan_pb2.Plan(shipments=[SHIPMENT], currency_code="INR"),
            units_moved=2,
            attempts=1,
            exclusions=[exclusion],
        )
    ]
    ran = run("reroute", "r1", "--node", "BLR-1", "--line", "1=2", "--line", "a=b=1", "--reason", "short-pick")
    assert ran.code == 0, ran.err
    assert "moved: 2 units; re-routed 1 times so far" in ran.out
    assert "SHORT_PICK" in ran.out
    assert "2025-11-28T12:00Z" in ran.out
    (sent,) = fake.seen["Reroute"]
    assert (sent.reservation_id, sent.node_id, sent.reason) == (
        "r1",
        "BLR-1",
        routing_service_pb2.REROUTE_REASON_SHORT_PICK,
    )
    assert [(line.line_id, line.quantity) for line in sent.lines] == [("1", 2), ("a=b", 1)]
    assert sent.request_id


def test_reroute_to_nowhere(fake: FakeServer, run: Run) -> None:
    """Units that stay are exit code 1, with the reason and the exception; --json prints the reply."""
    reply = routing_service_pb2.RerouteResponse(
        reservation=RESERVATION,
        units_stranded=2,
        stranded_reason=types_pb2.STRANDED_REASON_NO_OTHER_NODE,
        exception_id=121,
    )
    fake.script["Reroute"] = [reply, reply]
    ran = run("reroute", "r1", "--node", "BLR-1")
    assert ran.code == 1
    assert "stranded: 2 units, NO_OTHER_NODE; see exception 121" in ran.out
    ran = run("reroute", "r1", "--node", "BLR-1", "--json")
    assert ran.code == 1
    assert json.loads(ran.out)["exception_id"] == "121"


def test_reroute_over_capacity(fake: FakeServer, run: Run) -> None:
    """--over-capacity asks for a whole node; what fits nowhere else is told and exit code 1."""
    fake.script["RerouteNode"] = [
        routing_service_pb2.RerouteNodeResponse(reservations_rerouted=2, units_rerouted=5),
        routing_service_pb2.RerouteNodeResponse(reservations_left=1, units_left=3),
    ]
    ran = run("reroute", "--node", "BLR-1", "--over-capacity")
    assert (ran.code, ran.out) == (0, "moved: 5 units of 2 reservations\n")
    ran = run("reroute", "--node", "BLR-1", "--over-capacity")
    assert ran.code == 1
    assert "left: 3 units of 1 reservations fit nowhere else" in ran.out
    assert [sent.node_id for sent in fake.seen["RerouteNode"]] == ["BLR-1", "BLR-1"]


def test_reservations(fake: FakeServer, run: Run) -> None:
    """reservations filters, reads all pages up to the limit, and says when there are more."""
    fake.script["ListReservations"] = [
        reservation.ListReservationsResponse(reservations=[RESERVATION], next_page_token="t"),
        reservation.ListReservationsResponse(reservations=[RESERVATION, RESERVATION]),
    ]
    ran = run("reservations", "--state", "held", "--state", "partially-fulfilled", "--node", "BLR-1", "--limit", "2")
    assert ran.code == 0, ran.err
    assert ran.out.count(RESERVATION.reservation_id) == 2
    assert "only the first 2" in ran.err
    assert list(fake.seen["ListReservations"][0].states) == [
        reservation_pb2.RESERVATION_STATE_HELD,
        reservation_pb2.RESERVATION_STATE_PARTIALLY_FULFILLED,
    ]


def test_stock(fake: FakeServer, run: Run) -> None:
    """stock prints a row per position; none is a remark."""
    fake.script["GetAvailability"] = [
        inventory.GetAvailabilityResponse(positions=[POSITION]),
        inventory.GetAvailabilityResponse(),
    ]
    ran = run("stock", "MUG", "--node", "BLR-1", "--channel", "web")
    assert ran.code == 0, ran.err
    row = next(line for line in ran.out.splitlines() if "BLR-1" in line)
    assert row.split() == ["MUG", "BLR-1", "10", "2", "0", "1", "0", "7", "0"]
    (sent,) = fake.seen["GetAvailability"]
    assert (list(sent.skus), list(sent.node_ids), sent.channel) == (["MUG"], ["BLR-1"], "web")
    assert "no stock" in run("stock", "MUG").err


@pytest.mark.parametrize(
    "arguments",
    ["--reason damage MUG BLR-1 -- -2", "MUG BLR-1 -2 --reason damage", "MUG BLR-1 --reason damage -2"],
)
def test_adjust(fake: FakeServer, run: Run, arguments: str) -> None:
    """adjust takes a negative number wherever it stands, and requires a reason."""
    fake.script["AdjustInventory"] = [inventory.AdjustInventoryResponse(position=POSITION)]
    ran = run("adjust", *arguments.split())
    assert ran.code == 0, ran.err
    (sent,) = fake.seen["AdjustInventory"]
    assert (sent.sku, sent.node_id, sent.delta) == ("MUG", "BLR-1", -2)
    assert sent.reason == inventory.ADJUST_REASON_DAMAGE
    assert run("adjust", "MUG", "BLR-1", "2").code == 2


@pytest.mark.parametrize(
    ("reason", "delta", "says"),
    [
        ("damage", "5", "damage takes units off: give a negative number, such as -5"),
        ("sale", "5", "sale takes units off: give a negative number, such as -5"),
        ("receipt", "-5", "receipt adds units: give a positive number, such as 5"),
        ("return", "-5", "return adds units: give a positive number, such as 5"),
    ],
)
def test_adjust_with_the_wrong_sign(fake: FakeServer, run: Run, reason: str, delta: str, says: str) -> None:
    """A sign that does not fit the reason is told as that, and nothing is sent."""
    assert run("adjust", "MUG", "BLR-1", delta, "--reason", reason) == (2, "", f"error: {says}\n")
    assert not fake.seen


def test_distances(fake: FakeServer, run: Run) -> None:
    """A distance of 0 m is 0.0 km; without a destination, and of nodes that are not the pickup node, it is unknown."""
    here = plan_pb2.Shipment(node_id="BLR-1", arrive_by=NOON)
    nowhere = plan_pb2.Shipment(node_id="DEL-2")
    nodes = [routing_service_pb2.NodeConsidered(node_id=node, rank=1, lines_covered=1) for node in ("BLR-1", "DEL-2")]
    fake.script["Route"] = [
        routing_service_pb2.RouteResponse(plan=plan_pb2.Plan(shipments=[here, nowhere]), candidates=nodes)
    ]

    def distances(*arguments: str) -> list[str]:
        rows = run("route", "MUG:1", "-c", "web", *arguments).out.splitlines()
        return ["0.0 km" if "0.0 km" in row else "-" for row in rows if "BLR-1" in row or "DEL-2" in row]

    assert distances("--pin", "560001") == ["0.0 km", "-", "0.0 km", "0.0 km"]
    assert distances("--pickup", "BLR-1") == ["0.0 km", "-", "0.0 km", "-"]


def test_nodes(fake: FakeServer, run: Run) -> None:
    """nodes and skus print a row each; node shows one."""
    fake.script["ListNodes"] = [network.ListNodesResponse(nodes=[NODE])]
    fake.script["ListSkus"] = [network.ListSkusResponse(skus=[network_pb2.Sku(sku="MUG", weight_g=350)])]
    fake.script["GetNode"] = [network.GetNodeResponse(node=NODE)]
    for word in ("BLR-1", "STORE", "ONLINE", "1,200 shipments", "1h 30m"):
        assert word in run("nodes", "--status", "online").out
    assert fake.seen["ListNodes"][0].status == network_pb2.NODE_STATUS_ONLINE
    assert "0.350 kg" in run("skus").out
    assert "Asia/Kolkata" in run("node", "BLR-1").out


def test_node_offline(fake: FakeServer, run: Run) -> None:
    """node NODE offline switches it and tells what moved and what is stranded."""
    fake.script["SetNodeStatus"] = [
        network.SetNodeStatusResponse(
            node=NODE, reservations_rerouted=3, units_rerouted=5, reservations_stranded=1, units_stranded=2
        )
    ]
    ran = run("node", "BLR-1", "offline")
    assert ran.code == 0, ran.err
    assert "moved: 5 units of 3 reservations" in ran.out
    assert "stranded: 2 units of 1 reservations" in ran.out
    assert fake.seen["SetNodeStatus"][0].status == network_pb2.NODE_STATUS_OFFLINE


def test_network(fake: FakeServer, run: Run, tmp_path: Path) -> None:
    """network load sends the folder's documents; show, carriers, lanes and pin read back."""
    summary = network.NetworkSummary(network_version=4, name="demo", currency_code="INR", node_count=23)
    (tmp_path / "network.toml").write_text("name = 'demo'")
    (tmp_path / "README.md").write_text("not a document")
    fake.script["LoadNetwork"] = [
        network.LoadNetworkResponse(network=summary, activated=True, warnings=["skus.csv:3: name: empty"])
    ]
    fake.script["GetNetwork"] = [network.GetNetworkResponse(network=summary)]
    carrier = network_pb2.CarrierService(carrier_service_id="air", service_level=types_pb2.SERVICE_LEVEL_EXPRESS)
    fake.script["ListCarrierServices"] = [network.ListCarrierServicesResponse(carrier_services=[carrier])]
    step = network_pb2.TariffStep(weight_max_g=500, price=types_pb2.Money(micros=40_000_000, currency_code="INR"))
    lane = network_pb2.Lane(carrier_service_id="air", transit_days_min=1, transit_days_max=2, tariff_steps=[step])
    fake.script["ListLanes"] = [network.ListLanesResponse(lanes=[lane])]
    fake.script["ResolvePostalCode"] = [
        network.ResolvePostalCodeResponse(zone="south", latitude_e7=129_716_000, longitude_e7=775_946_000)
    ]
    ran = run("network", "load", str(tmp_path))
    assert ran.code == 0, ran.err
    assert "activated" in ran.out
    assert "warning: skus.csv:3" in ran.err
    assert [file.name for file in fake.seen["LoadNetwork"][0].files] == ["network.toml"]
    assert "demo" in run("network", "show").out
    assert "EXPRESS" in run("network", "carriers").out
    assert "1 to 2" in run("network", "lanes", "--from", "south").out
    assert "12.9716000" in run("network", "pin", "560001").out
    assert run("network", "load", str(tmp_path / "missing")).code == 2


def test_exceptions(fake: FakeServer, run: Run) -> None:
    """exceptions lists, resolve closes one with a note."""
    fake.script["ListExceptions"] = [exception.ListExceptionsResponse(exceptions=[RECORD])]
    fake.script["ResolveException"] = [exception.ResolveExceptionResponse(exception=RECORD)]
    assert "STRANDED" in run("exceptions", "--kind", "stranded", "--after", "120").out
    assert run("resolve", "121", "--note", "moved by hand").code == 0
    assert fake.seen["ResolveException"][0].note == "moved by hand"


def test_administration(fake: FakeServer, run: Run) -> None:
    """digest, checkpoint and info print what the server says of itself."""
    fake.script["Digest"] = [admin.DigestResponse(digest="ab12", digest_seq=9, journal_time=NOON)]
    fake.script["Checkpoint"] = [admin.CheckpointResponse(checkpoint_seq=9, size_bytes=12345)]
    fake.script["GetBuildInfo"] = [admin.GetBuildInfoResponse(version="0.1.0", durability=admin.DURABILITY_MODE_STRICT)]
    fake.script["Check"] = [HealthCheckResponse(status=HealthCheckResponse.SERVING)]
    assert "ab12" in run("digest").out
    assert "12,345 bytes" in run("checkpoint").out
    info = run("info").out
    assert "STRICT" in info
    assert "SERVING" in info


def test_json_has_the_contracts_names(fake: FakeServer, run: Run) -> None:
    """--json prints the reply with its field names, zeros and empties included; a list is an array."""
    fake.script["GetAvailability"] = [inventory.GetAvailabilityResponse(positions=[POSITION], inventory_seq=7)]
    fake.script["ListNodes"] = [network.ListNodesResponse(nodes=[NODE])]
    reply = json.loads(run("stock", "MUG", "--json").out)
    assert reply["inventory_seq"] == "7"
    assert reply["positions"][0] | {"on_hand": 10, "committed": 0} == reply["positions"][0]
    assert [node["node_id"] for node in json.loads(run("nodes", "--json").out)] == ["BLR-1"]


def test_an_error_answer_is_one_line(fake: FakeServer, run: Run) -> None:
    """An error of the server is exit code 3 and one line with reason, field and value."""
    fake.script["Reserve"] = [
        failure(
            grpc.StatusCode.INVALID_ARGUMENT,
            "UNKNOWN_SKU",
            "the catalogue has no such SKU",
            metadata={"field": "order.lines[0].sku", "value": "MUG"},
        )
    ]
    ran = run("reserve", *CART)
    assert (ran.code, ran.out) == (3, "")
    assert ran.err == "error: UNKNOWN_SKU at order.lines[0].sku: the catalogue has no such SKU ('MUG')\n"


def test_allowed_values_are_told(fake: FakeServer, run: Run) -> None:
    """What the server would have taken stands at the end of the line: a range or a limit."""
    facts = {"field": "alternatives", "value": "9", "allowed": "0 .. 8"}
    fake.script["Route"] = [failure(grpc.StatusCode.INVALID_ARGUMENT, "INVALID_FIELD", "no", metadata=facts)]
    assert run("route", *CART).err == "error: INVALID_FIELD at alternatives: no ('9'); allowed: 0 .. 8\n"
    facts = {"field": "request_id", "limit": "36"}
    fake.script["Commit"] = [failure(grpc.StatusCode.INVALID_ARGUMENT, "ID_TOO_LONG", "no", metadata=facts)]
    assert run("commit", "r1").err == "error: ID_TOO_LONG at request_id: no; at most 36\n"


def test_several_findings_are_listed(fake: FakeServer, run: Run, tmp_path: Path) -> None:
    """Bad input with several findings prints each on its own line."""
    fake.script["LoadNetwork"] = [
        failure(
            grpc.StatusCode.INVALID_ARGUMENT,
            "NETWORK_INVALID",
            "2 problems",
            violations=[("skus.csv:3:weight_g", "must be above 0"), ("nodes.csv:9:time_zone", "unknown")],
        )
    ]
    ran = run("network", "load", str(tmp_path))
    assert ran.code == 3
    assert ran.err.splitlines()[1:] == ["  skus.csv:3:weight_g: must be above 0", "  nodes.csv:9:time_zone: unknown"]


def test_an_error_as_json(fake: FakeServer, run: Run) -> None:
    """With --json the error is one JSON line on stderr, and stdout stays empty."""
    fake.script["Digest"] = [failure(grpc.StatusCode.INTERNAL, "INTERNAL", metadata={"incident": "7d"})]
    ran = run("digest", "--json")
    assert (ran.code, ran.out) == (3, "")
    assert json.loads(ran.err)["error"]["metadata"] == {"incident": "7d"}


def test_no_server(run: Run) -> None:
    """Nobody listening is exit code 2, and a mutation says how to repeat it."""
    ran = run("commit", "r1", "--server", gone())
    assert ran.code == 2
    assert ran.err.startswith("error: no answer from a server at 127.0.0.1:")
    assert "--request-id" in ran.err
    assert len(ran.err.splitlines()) == 1


def test_a_draining_server_has_answered(fake: FakeServer, run: Run) -> None:
    """UNAVAILABLE with a reason is an answer: exit code 3."""
    fake.script["Digest"] = [failure(grpc.StatusCode.UNAVAILABLE, "SHUTTING_DOWN", "the server drains")]
    ran = run("digest")
    assert ran.code == 3
    assert "SHUTTING_DOWN" in ran.err


@pytest.mark.parametrize(
    "wrong",
    [
        (),
        ("nope",),
        ("promise", "MUG:2"),
        ("promise", "MUG", "-c", "web", "--pin", "1"),
        ("promise", *CART, "--pickup", "BLR-1"),
        ("promise", *CART, "--level", "overnight"),
        ("promise", *CART, "--required-by", "2025-11-28"),
        ("promise", *CART, "--policy", "a@b"),
        ("reserve", *CART, "--ttl", "soon"),
        ("reserve", *CART, "--token", "?"),
        ("digest", "--tz", "Nowhere/City"),
        ("digest", "--timeout", "0"),
        ("digest", "extra"),
        ("node", "BLR-1", "broken"),
    ],
)
def test_wrong_usage(fake: FakeServer, run: Run, wrong: tuple[str, ...]) -> None:
    """Wrong usage is exit code 2 and at most one line of error, and nothing is sent."""
    ran = run(*wrong)
    assert ran.code == 2
    assert ran.out or ran.err.startswith("error: ")
    assert len(ran.err.splitlines()) <= 1
    assert not fake.seen


@pytest.mark.parametrize("group", [(), ("network",)])
def test_without_a_command_the_help_is_shown(run: Run, group: tuple[str, ...]) -> None:
    """fastdom and fastdom network alone print their help and nothing else, and exit with 2."""
    ran = run(*group)
    assert (ran.code, ran.err) == (2, "")
    assert "Usage: fastdom" in ran.out


STOP_IT = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever runs the tests in the background ignores it
from fastdom_client.cli import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.parametrize(
    ("command", "method", "told"),
    [
        (
            ("commit", "r1"),
            "Commit",
            "error: CANCELLED: stopped with Ctrl-C; the effect is unknown, repeat it with --request-id {}\n",
        ),
        (("digest",), "Digest", "error: CANCELLED: stopped with Ctrl-C\n"),
    ],
)
def test_an_interrupted_command(fake: FakeServer, command: tuple[str, ...], method: str, told: str) -> None:
    """Ctrl-C is one line and exit code 130; of a mutation the line names the request id it was sent with."""
    arrived, answered = threading.Event(), threading.Event()

    def answer(_request: Any) -> Any:
        arrived.set()
        answered.wait()
        raise RuntimeError("nobody waits for this")

    fake.script[method] = [answer]
    started = [sys.executable, "-c", STOP_IT, *command, "--server", fake.address]
    with subprocess.Popen(started, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert arrived.wait(60)
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=60)
        finally:
            answered.set()
            process.kill()
    (sent,) = fake.seen[method]
    assert (process.returncode, out) == (130, "")
    assert err == told.format(getattr(sent, "request_id", ""))


def test_settings_come_from_the_environment(fake: FakeServer, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """FASTDOM_CHANNEL and FASTDOM_TZ stand in for the options."""
    monkeypatch.setenv("FASTDOM_CHANNEL", "pos")
    monkeypatch.setenv("FASTDOM_TZ", "Asia/Kolkata")
    fake.script["Promise"] = [promise_service_pb2.PromiseResponse(options=[OPTION])]
    assert "+05:30" in run("promise", "MUG:1", "--pin", "560001").out
    assert fake.seen["Promise"][0].order.channel == "pos"


def test_text_of_a_server_cannot_steer_the_terminal(fake: FakeServer, run: Run) -> None:
    """Escape sequences and markup in names are printed as text."""
    node = network_pb2.Node(node_id="BLR-1", name="[red]x\x1b[2J")
    fake.script["ListNodes"] = [network.ListNodesResponse(nodes=[node])]
    out = run("nodes").out
    assert "\x1b" not in out
    assert "[red]x\\x1b[2J" in out


def test_a_reader_that_goes_away_is_no_error(fake: FakeServer) -> None:
    """Output into a pipe that nobody reads any more ends quietly with exit code 0."""
    fake.script["Digest"] = [admin.DigestResponse(digest="ab12")]
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "fastdom_client.cli", "digest", "--server", fake.address]
    ran = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writer)
    assert (ran.returncode, ran.stderr) == (0, "")


def test_every_command_explains_itself() -> None:
    """--help of every command exits with 0, and shows its examples."""
    runner = CliRunner()
    app = command_line.build()
    for command in command_line.COMMANDS:
        shown = runner.invoke(app, [command.name, "--help"], env={"COLUMNS": "200"})
        assert shown.exit_code == 0
        assert all(f"fastdom {example}" in shown.output for example in command.examples)
    for command in command_line.NETWORK_COMMANDS:
        assert runner.invoke(app, ["network", command.name, "--help"]).exit_code == 0


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    """--version prints one line and exits with 0."""
    assert main(["--version"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 1


def test_a_defect_is_one_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """What should not happen is one line as well; FASTDOM_DEBUG=1 gives the traceback."""

    def broken() -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr(command_line, "build", lambda: lambda *_given, **_more: broken())
    ran = run("digest")
    assert ran.code == 3
    assert ran.err == "error: a defect: RuntimeError: boom (FASTDOM_DEBUG=1 shows where)\n"
    monkeypatch.setenv("FASTDOM_DEBUG", "1")
    with pytest.raises(RuntimeError, match="boom"):
        run("digest")
