"""Reroute over a real channel: as it should go, again with the same id, after a restart, and every mistake."""

import csv
import io
from pathlib import Path

import grpc
import pytest
from orders import order, refusal_of, request_id
from server_process import ServerProcess, Stubs

from fastdom_api.v1 import (
    exception_service_pb2,
    inventory_service_pb2,
    network_service_pb2,
    reservation_pb2,
    reservation_service_pb2,
    types_pb2,
)
from fastdom_api.v1 import routing_service_pb2 as pb2
from fastdom_client import Client
from fastdom_client.cli.app import main

SKU, OTHER = "APP-0251", "APP-0252"
BAD, FAILED = grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.FAILED_PRECONDITION


def routed(call: Stubs, *lines: tuple[str, int]) -> reservation_pb2.Reservation:
    """A committed order."""
    request = pb2.RouteRequest(request_id=request_id(), order=order(*lines), mode=pb2.ROUTE_MODE_FIRM)
    response = call.routing.Route(request)
    assert response.outcome == pb2.ROUTE_OUTCOME_COMPLETE
    return response.reservation


def reroute(given: reservation_pb2.Reservation, node_id: str | None = None, **more: object) -> pb2.RerouteRequest:
    """A Reroute off the node of the reservation's last open units, or another one."""
    if node_id is None:
        node_id = next(a.node_id for a in reversed(given.allocations) if a.held + a.committed)
    fields = {"request_id": request_id(), "reservation_id": given.reservation_id, "node_id": node_id, **more}
    return pb2.RerouteRequest(**fields)


def at(given: reservation_pb2.Reservation) -> dict[str, int]:
    """Open units by node."""
    units: dict[str, int] = {}
    for a in given.allocations:
        if a.held + a.committed:
            units[a.node_id] = units.get(a.node_id, 0) + a.held + a.committed
    return units


def position(call: Stubs, sku: str, node_id: str) -> inventory_service_pb2.Position:
    """Read a position."""
    request = inventory_service_pb2.GetAvailabilityRequest(skus=[sku], node_ids=[node_id])
    return call.inventory.GetAvailability(request).positions[0]


def read(call: Stubs, given: reservation_pb2.Reservation) -> reservation_pb2.Reservation:
    """The reservation as it is now."""
    request = reservation_service_pb2.GetReservationRequest(reservation_id=given.reservation_id)
    return call.reservation.GetReservation(request).reservation


# --- as it should go


def test_units_move_to_the_next_best_node(call: Stubs) -> None:
    """Everything at the node goes elsewhere: reservation, plan with its costs, exclusion and attempts are told."""
    made = routed(call, (SKU, 2))
    (failed,) = at(made)
    response = call.routing.Reroute(reroute(made, reason=pb2.REROUTE_REASON_REJECTED))
    assert (response.units_moved, response.units_stranded, response.attempts) == (2, 0, 1)
    assert failed not in at(response.reservation)
    assert sum(at(response.reservation).values()) == 2
    plan = response.plan
    assert {s.node_id for s in plan.shipments} == set(at(response.reservation))
    assert plan.total_cost_micros == sum(s.cost_micros for s in plan.shipments) > 0
    assert all(s.costs and s.order_by.seconds < s.ship_at.seconds < s.arrive_by.seconds for s in plan.shipments)
    (exclusion,) = response.exclusions
    assert (exclusion.node_id, exclusion.reason) == (failed, pb2.REROUTE_REASON_REJECTED)
    assert exclusion.until.seconds > made.created_at.seconds
    assert (response.stranded_reason, response.exception_id) == (0, 0)
    assert at(read(call, made)) == at(response.reservation)


def test_a_part_moves_and_a_short_pick_lowers_the_count(call: Stubs) -> None:
    """One unit of a line was not there: it leaves the node and the count, the others stay."""
    made = routed(call, (SKU, 3), (OTHER, 1))
    node_id = made.allocations[0].node_id
    before = position(call, SKU, node_id)
    lines = [pb2.RerouteLine(line_id="L1", quantity=1)]
    response = call.routing.Reroute(reroute(made, node_id, lines=lines, reason=pb2.REROUTE_REASON_SHORT_PICK))
    after = position(call, SKU, node_id)
    assert response.units_moved == 1
    assert (after.on_hand, after.committed) == (before.on_hand - 1, before.committed - 1)
    assert after.on_hand_version == before.on_hand_version + 1
    assert [line.quantity for s in response.plan.shipments for line in s.lines] == [1]


def test_the_same_id_again(call: Stubs) -> None:
    """A repeat tells what the first call told and moves nothing more; another body under the id is refused."""
    made = routed(call, (SKU, 2))
    request = reroute(made, reason=pb2.REROUTE_REASON_SHORT_PICK)
    first = call.routing.Reroute(request)
    again = call.routing.Reroute(request)
    first.decision_us = 0
    assert again == first
    request.reason = pb2.REROUTE_REASON_LATE
    refusal = refusal_of(call.routing.Reroute, request)
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.ALREADY_EXISTS, "REQUEST_ID_REUSED")


def test_after_the_last_attempt_units_stay(call: Stubs) -> None:
    """Three moves by default, never to a node twice; then units stay and an exception says why."""
    made = routed(call, (SKU, 1))
    seen = set(at(made))
    for attempt in (1, 2, 3):
        made = (response := call.routing.Reroute(reroute(made))).reservation
        assert (response.units_moved, response.attempts) == (1, attempt)
        assert not seen & set(at(made))
        seen |= set(at(made))
    (last,) = at(made)
    response = call.routing.Reroute(reroute(made))
    assert (response.units_moved, response.units_stranded, response.attempts) == (0, 1, 3)
    assert not response.HasField("plan")
    assert response.reservation.needs_attention
    assert response.stranded_reason == types_pb2.STRANDED_REASON_ATTEMPTS_EXHAUSTED
    page = call.exception.ListExceptions(
        exception_service_pb2.ListExceptionsRequest(after_exception_id=response.exception_id - 1)
    )
    found = page.exceptions[0]
    assert (found.exception_id, found.kind, found.node_id, found.quantity, found.reason) == (
        response.exception_id,
        exception_service_pb2.EXCEPTION_KIND_STRANDED,
        last,
        1,
        types_pb2.STRANDED_REASON_ATTEMPTS_EXHAUSTED,
    )


def test_both_ways_of_the_client(call: Stubs, server: ServerProcess, capsys: pytest.CaptureFixture[str]) -> None:
    """The client's method and the command line do the same; the command's table names what moved."""
    made = routed(call, (SKU, 2))
    (node_id,) = at(made)
    with Client(server.address) as client:
        response = client.reroute(made.reservation_id, node_id, [("L1", 1)], reason="rejected")
    assert response.units_moved == 1
    command = ["reroute", made.reservation_id, "--node", node_id, "--line", "L1=1", "--reason", "late"]
    assert main([*command, "--server", server.address]) == 0
    told = capsys.readouterr().out
    assert "moved: 1 units; re-routed 2 times so far" in told
    assert "LATE" in told
    assert node_id not in at(read(call, made))


# --- after a restart, and with other limits


def test_failures_and_answers_outlive_a_crash(tmp_path: Path, network_folder: Path) -> None:
    """After a kill a repeat hears the first answer, the node is still out, and the limit of the folder holds."""
    folder = tmp_path / "data"
    options = ("--network", str(network_folder), "--limit", "reroute_attempts_max=1")
    with ServerProcess(folder, *options) as process:
        made = routed(process.stubs, (SKU, 2))
        request = reroute(made, reason=pb2.REROUTE_REASON_REJECTED)
        first = process.stubs.routing.Reroute(request)
        process.stop(9)
    with ServerProcess(folder) as process:
        again = process.stubs.routing.Reroute(request)
        first.decision_us = 0
        assert again == first
        response = process.stubs.routing.Reroute(reroute(first.reservation))
        assert (response.units_moved, response.attempts) == (0, 1)
        assert response.stranded_reason == types_pb2.STRANDED_REASON_ATTEMPTS_EXHAUSTED
        assert [one.node_id for one in response.exclusions] == [*at(made), *at(first.reservation)]
        (last,) = at(first.reservation)
        switch = network_service_pb2.SetNodeStatusRequest(request_id=request_id(), node_id=last, status=3)
        moved = process.stubs.network.SetNodeStatus(switch)
        assert (moved.units_rerouted, moved.units_stranded) == (2, 0)
        assert not set(at(read(process.stubs, made))) & {*at(made), last}


# --- more than a node may ship


def limited(network_folder: Path, node_id: str, limit: int) -> list[network_service_pb2.NetworkFile]:
    """The demo network with a node that may ship so many shipments a day."""
    files = {
        path.name: path.read_bytes() for path in network_folder.iterdir() if path.suffix in {".csv", ".gz", ".toml"}
    }
    head, *rows = list(csv.reader(io.StringIO(files["nodes.csv"].decode())))
    kind, most = head.index("capacity_kind"), head.index("capacity_limit")
    for row in rows:
        if row[0] == node_id:
            row[kind], row[most] = "SHIPMENTS", str(limit)
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([head, *rows])
    files["nodes.csv"] = text.getvalue().encode()
    return [network_service_pb2.NetworkFile(name=name, content=content) for name, content in files.items()]


def test_what_is_over_a_lowered_limit_moves(tmp_path: Path, network_folder: Path) -> None:
    """After a limit was lowered, RerouteNode moves the earliest shipments until it holds; a repeat has nothing left."""
    with ServerProcess(tmp_path / "data", "--network", str(network_folder), "--durability", "process") as process:
        call = process.stubs
        made = [routed(call, (SKU, 1)) for _ in range(4)]
        (node_id,) = {node for one in made for node in at(one)}
        load = network_service_pb2.LoadNetworkRequest(
            request_id=request_id(), files=limited(network_folder, node_id, 1)
        )
        assert call.network.LoadNetwork(load).activated
        request = pb2.RerouteNodeRequest(request_id=request_id(), node_id=node_id)
        response = call.routing.RerouteNode(request)
        assert (response.reservations_rerouted, response.units_rerouted) == (3, 3)
        assert (response.reservations_left, response.units_left) == (0, 0)
        assert [node_id in at(read(call, one)) for one in made] == [False, False, False, True]
        assert call.routing.RerouteNode(request).units_rerouted == 0
        assert main(["reroute", "--node", node_id, "--over-capacity", "--server", process.address]) == 0
        refusal = refusal_of(call.routing.RerouteNode, pb2.RerouteNodeRequest(request_id=request_id(), node_id="BLR-9"))
        assert (refusal.code, refusal.reason, refusal.fields) == (BAD, "UNKNOWN_NODE", ["node_id"])
        refusal = refusal_of(call.routing.RerouteNode, pb2.RerouteNodeRequest(node_id=node_id))
        assert (refusal.code, refusal.reason, refusal.fields) == (BAD, "REQUEST_ID_REQUIRED", ["request_id"])


# --- mistakes


def mistakes() -> list[tuple[str, grpc.StatusCode, str, dict[str, object]]]:
    """Reason, code, path of the field, and what is wrong in a Reroute of two units."""
    line = pb2.RerouteLine
    return [
        ("REQUEST_ID_REQUIRED", BAD, "request_id", {"request_id": ""}),
        ("ID_TOO_LONG", BAD, "request_id", {"request_id": "x" * 37}),
        ("INVALID_FIELD", BAD, "reservation_id", {"reservation_id": "guess"}),
        ("RESERVATION_NOT_FOUND", grpc.StatusCode.NOT_FOUND, "reservation_id", {"reservation_id": "ab" * 16}),
        ("UNKNOWN_NODE", BAD, "node_id", {"node_id": "BLR-9"}),
        ("UNKNOWN_NODE", BAD, "node_id", {"node_id": ""}),
        ("UNKNOWN_LINE", BAD, "lines[0].line_id", {"lines": [line(line_id="L9", quantity=1)]}),
        ("QUANTITY_EXCEEDS_OPEN", FAILED, "lines[0].quantity", {"lines": [line(line_id="L1", quantity=3)]}),
        ("INVALID_QUANTITY", BAD, "lines[0].quantity", {"lines": [line(line_id="L1")]}),
        ("INVALID_QUANTITY", BAD, "lines[0].quantity", {"lines": [line(line_id="L1", quantity=-1)]}),
        ("TOO_MANY_LINES", BAD, "lines", {"lines": [line(line_id="L1", quantity=1)] * 1001}),
        ("INVALID_FIELD", BAD, "reason", {"reason": 99}),
        ("INVALID_FIELD", BAD, "reason", {"reason": pb2.REROUTE_REASON_NODE_OFFLINE}),
        ("INVALID_FIELD", BAD, "reason", {"reason": pb2.REROUTE_REASON_OVER_CAPACITY}),
        ("INVALID_FIELD", BAD, "first_sent_at", {"first_sent_at": {"seconds": -1}}),
    ]


@pytest.mark.parametrize(("reason", "code", "path", "wrong"), mistakes())
def test_a_mistake_is_told_and_changes_nothing(
    call: Stubs, reason: str, code: grpc.StatusCode, path: str, wrong: dict[str, object]
) -> None:
    """Each mistake has its code, its reason and its field; reservation and stock are as before."""
    made = routed(call, (OTHER, 2))
    (node_id,) = at(made)
    before = read(call, made), position(call, OTHER, node_id)
    refusal = refusal_of(call.routing.Reroute, reroute(made, **{"node_id": node_id, **wrong}))
    assert (refusal.code, refusal.reason) == (code, reason)
    assert refusal.metadata["field"] == path
    assert refusal.fields == ([path] if code is BAD else [])
    assert (read(call, made), position(call, OTHER, node_id)) == before


def test_a_node_without_its_units(call: Stubs) -> None:
    """A node that ships nothing of the reservation has nothing to give up."""
    made = routed(call, (OTHER, 1))
    node_id = next(name for name in ("dc-bengaluru", "dc-mumbai", "dc-delhi") if name not in at(made))
    refusal = refusal_of(call.routing.Reroute, reroute(made, node_id))
    assert (refusal.code, refusal.reason, refusal.metadata["field"]) == (FAILED, "NOTHING_OPEN_AT_NODE", "node_id")


@pytest.mark.parametrize(
    ("verb", "reason"), [("Release", "RESERVATION_RELEASED"), ("Fulfill", "RESERVATION_FULFILLED")]
)
def test_a_reservation_that_ended(call: Stubs, verb: str, reason: str) -> None:
    """What was released or has shipped stays as it is."""
    made = routed(call, (OTHER, 1))
    request = reroute(made)
    message = getattr(reservation_service_pb2, f"{verb}Request")
    getattr(call.reservation, verb)(message(request_id=request_id(), reservation_id=made.reservation_id))
    refusal = refusal_of(call.routing.Reroute, request)
    assert (refusal.code, refusal.reason, refusal.metadata["field"]) == (FAILED, reason, "reservation_id")


def test_allowed_reasons_are_told(call: Stubs) -> None:
    """The refusal of a reason names those a Reroute may give."""
    made = routed(call, (OTHER, 1))
    refusal = refusal_of(call.routing.Reroute, reroute(made, reason=99))
    assert "REJECTED, SHORT_PICK, LATE, OTHER for Reroute" in refusal.metadata["allowed"]
    assert "NODE_OFFLINE" not in refusal.metadata["allowed"]
