"""Bad input over a real channel: status code, reason, path of the field; and nothing changed."""

from collections.abc import Callable
from typing import Any

import grpc
import pytest
from google.protobuf.message import Message
from orders import address, order, pinned, refusal_of, refused, request_id, reserve
from server_process import ServerProcess, Stubs

from fastdom_api.v1 import (
    exception_service_pb2,
    inventory_service_pb2,
    network_service_pb2,
    order_pb2,
    promise_service_pb2,
    reservation_service_pb2,
    routing_service_pb2,
    types_pb2,
)

NODE = "dc-bengaluru"
BAD = grpc.StatusCode.INVALID_ARGUMENT
SKU = "APP-0101"


def line(line_id: str = "L1", **more: object) -> order_pb2.OrderLine:
    return order_pb2.OrderLine(**{"line_id": line_id, "sku": SKU, "quantity": 1, **more})


ORDERS = [
    ("EMPTY_ORDER", "order.lines", order()),
    ("INVALID_QUANTITY", "order.lines[0].quantity", order((SKU, 0))),
    ("INVALID_QUANTITY", "order.lines[1].quantity", order((SKU, 1), (SKU, -1))),
    ("INVALID_QUANTITY", "order.lines[0].quantity", order((SKU, 2**31 - 1))),
    ("UNKNOWN_SKU", "order.lines[1].sku", order((SKU, 1), ("NOPE", 1))),
    ("DUPLICATE_LINE_ID", "order.lines[1].line_id", order(line(), line())),
    ("INVALID_FIELD", "order.lines[0].line_id", order(line(""))),
    ("ID_TOO_LONG", "order.lines[0].line_id", order(line("x" * 65))),
    ("ID_TOO_LONG", "order.lines[0].sku", order(("x" * 65, 1))),
    ("ID_TOO_LONG", "order.order_id", order((SKU, 1), order_id="x" * 65)),
    ("INVALID_FIELD", "order.lines[0].weight_g", order(line(weight_g=-1))),
    ("INVALID_FIELD", "order.lines[0].attributes", order(line(attributes={str(i): "x" for i in range(17)}))),
    ("TOO_MANY_LINES", "order.lines", order(*(line(f"L{i}") for i in range(1_001)))),
    ("UNKNOWN_CHANNEL", "order.channel", order((SKU, 1), channel="fax")),
    ("UNKNOWN_POSTAL_CODE", "order.destination.address.postal_code", order((SKU, 1), destination=address("999998"))),
    (
        "UNKNOWN_COUNTRY",
        "order.destination.address.country_code",
        order((SKU, 1), destination=address(country_code="FR")),
    ),
    (
        "INVALID_FIELD",
        "order.destination.address.latitude_e7",
        order((SKU, 1), destination=address(latitude_e7=900_000_001, longitude_e7=0)),
    ),
    (
        "UNKNOWN_NODE",
        "order.destination.pickup_node_id",
        order((SKU, 1), destination=types_pb2.Destination(pickup_node_id="BLR-9")),
    ),
    ("INVALID_FIELD", "order.destination", order((SKU, 1), destination=None)),
    ("UNKNOWN_SERVICE_LEVEL", "order.service_level", order((SKU, 1), service_level=9)),
    ("INVALID_FIELD", "order.payment", order((SKU, 1), payment=9)),
    ("INVALID_FIELD", "order.required_by", order((SKU, 1), required_by={"seconds": -1})),
    ("CURRENCY_MISMATCH", "order.currency_code", order((SKU, 1), order_value_micros=1, currency_code="USD")),
    ("INVALID_FIELD", "order.order_value_micros", order((SKU, 1), order_value_micros=-1)),
]


MISTAKES = [
    pytest.param(verb, reason, path, bad, id=f"{verb}-{reason}-{path}")
    for verb in ("route", "reserve", "promise")
    for reason, path, bad in ORDERS
    if (verb, path) != ("promise", "order.service_level")  # Promise looks at its own list of levels
]


@pytest.mark.parametrize(("verb", "reason", "path", "bad"), MISTAKES)
def test_bad_order(call: Stubs, verb: str, reason: str, path: str, bad: order_pb2.Order) -> None:
    """Each mistake in an order is refused alike by Route, Reserve and Promise, naming the field."""
    requests: dict[str, tuple[Callable[..., Message], Message]] = {
        "route": (
            call.routing.Route,
            routing_service_pb2.RouteRequest(
                request_id=request_id(), order=bad, mode=routing_service_pb2.ROUTE_MODE_HOLD
            ),
        ),
        "reserve": (
            call.reservation.Reserve,
            reservation_service_pb2.ReserveRequest(request_id=request_id(), order=bad),
        ),
        "promise": (
            call.promise.Promise,
            promise_service_pb2.PromiseRequest(request_id=request_id(), order=bad, hold=True),
        ),
    }
    refusal = refusal_of(*requests[verb])
    assert (refusal.code, refusal.reason, refusal.fields) == (BAD, reason, [path])
    assert path in refusal.message


route, promised = routing_service_pb2.RouteRequest, promise_service_pb2.PromiseRequest
GOOD = order((SKU, 1))
COMMANDS = [
    ("reservation.Reserve", reserve((SKU, 1), request_id=""), "REQUEST_ID_REQUIRED", "request_id"),
    ("reservation.Reserve", reserve((SKU, 1), request_id="x" * 37), "ID_TOO_LONG", "request_id"),
    ("reservation.Reserve", reserve((SKU, 1), mode=7), "INVALID_FIELD", "mode"),
    ("reservation.Reserve", reserve((SKU, 1), ttl={"seconds": -1}), "INVALID_FIELD", "ttl"),
    ("reservation.Reserve", reserve((SKU, 1), ttl={"nanos": 999_999_000}), "INVALID_FIELD", "ttl"),
    ("reservation.Reserve", reserve((SKU, 1), ttl={"seconds": 10**10}), "INVALID_FIELD", "ttl"),
    ("reservation.Reserve", reserve((SKU, 1), option_token=b"guess"), "TOKEN_INVALID", "option_token"),
    ("reservation.Reserve", reserve((SKU, 1), option_token=b"x" * 513), "TOKEN_INVALID", "option_token"),
    ("reservation.Reserve", reserve(pinned(SKU, 1, "BLR-9")), "UNKNOWN_NODE", "order.lines[0].node_id"),
    ("routing.Route", route(order=GOOD, policy={"name": "greenest"}), "UNKNOWN_POLICY", "policy"),
    ("routing.Route", route(order=GOOD, policy={"version": 99}), "UNKNOWN_POLICY", "policy"),
    ("routing.Route", route(order=GOOD, mode=2), "REQUEST_ID_REQUIRED", "request_id"),
    ("routing.Route", route(order=GOOD, mode=9), "INVALID_FIELD", "mode"),
    ("routing.Route", route(order=GOOD, include_node_ids=["dc-delhi", "BLR-9"]), "UNKNOWN_NODE", "include_node_ids[1]"),
    ("routing.Route", route(order=GOOD, exclude_node_ids=["BLR-9"]), "UNKNOWN_NODE", "exclude_node_ids[0]"),
    ("routing.Route", route(order=GOOD, max_shipments=-1), "INVALID_FIELD", "max_shipments"),
    ("routing.Route", route(order=GOOD, effort=-1), "INVALID_FIELD", "effort"),
    ("routing.Route", route(order=GOOD, alternatives=9), "INVALID_FIELD", "alternatives"),
    ("promise.Promise", promised(order=GOOD, hold=True), "REQUEST_ID_REQUIRED", "request_id"),
    ("promise.Promise", promised(order=GOOD, service_levels=[1, 1]), "INVALID_FIELD", "service_levels[1]"),
    (
        "reservation.Commit",
        reservation_service_pb2.CommitRequest(request_id="bad-1", reservation_id="not hexadecimal"),
        "INVALID_FIELD",
        "reservation_id",
    ),
    (
        "inventory.AdjustInventory",
        inventory_service_pb2.AdjustInventoryRequest(request_id="bad-2", sku=SKU, node_id=NODE, delta=0, reason=2),
        "INVALID_QUANTITY",
        "delta",
    ),
    (
        "inventory.AdjustInventory",
        inventory_service_pb2.AdjustInventoryRequest(request_id="bad-3", sku=SKU, node_id=NODE, delta=-1, reason=2),
        "INVALID_QUANTITY",
        "delta",
    ),
    (
        "inventory.AdjustInventory",
        inventory_service_pb2.AdjustInventoryRequest(request_id="bad-4", sku=SKU, node_id=NODE, delta=1, reason=0),
        "INVALID_FIELD",
        "reason",
    ),
    (
        "inventory.SetInventory",
        inventory_service_pb2.SetInventoryRequest(request_id="bad-5", sku=SKU, node_id=NODE, on_hand=-1),
        "INVALID_QUANTITY",
        "on_hand",
    ),
    (
        "inventory.SetInventory",
        inventory_service_pb2.SetInventoryRequest(request_id="bad-6", sku="NOPE", node_id=NODE, on_hand=1),
        "UNKNOWN_SKU",
        "sku",
    ),
    (
        "inventory.GetAvailability",
        inventory_service_pb2.GetAvailabilityRequest(skus=[SKU, "NOPE"]),
        "UNKNOWN_SKU",
        "skus[1]",
    ),
    (
        "inventory.GetAvailability",
        inventory_service_pb2.GetAvailabilityRequest(skus=[SKU], node_ids=["BLR-9"]),
        "UNKNOWN_NODE",
        "node_ids[0]",
    ),
    (
        "network.SetNodeStatus",
        network_service_pb2.SetNodeStatusRequest(request_id="bad-7", node_id="BLR-9", status=2),
        "UNKNOWN_NODE",
        "node_id",
    ),
    (
        "network.SetNodeStatus",
        network_service_pb2.SetNodeStatusRequest(request_id="bad-8", node_id=NODE),
        "INVALID_FIELD",
        "status",
    ),
    ("network.ListNodes", network_service_pb2.ListNodesRequest(page_size=-1), "INVALID_FIELD", "page_size"),
    ("network.ListSkus", network_service_pb2.ListSkusRequest(page_token="?"), "INVALID_FIELD", "page_token"),
    (
        "network.ListLanes",
        network_service_pb2.ListLanesRequest(carrier_service_id="acme-air"),
        "UNKNOWN_CARRIER_SERVICE",
        "carrier_service_id",
    ),
    (
        "network.LoadNetwork",
        network_service_pb2.LoadNetworkRequest(files=[{"name": "a"}]),
        "REQUEST_ID_REQUIRED",
        "request_id",
    ),
    (
        "reservation.ListReservations",
        reservation_service_pb2.ListReservationsRequest(page_size=1_001),
        "INVALID_FIELD",
        "page_size",
    ),
    (
        "exception.ListExceptions",
        exception_service_pb2.ListExceptionsRequest(page_size=1_001),
        "INVALID_FIELD",
        "page_size",
    ),
]


@pytest.mark.parametrize(
    ("method", "bad", "reason", "path"), COMMANDS, ids=[f"{method}-{path}" for method, _, _, path in COMMANDS]
)
def test_bad_command(call: Stubs, method: str, bad: Message, reason: str, path: str) -> None:
    """Each mistake in a command is INVALID_ARGUMENT with its reason and the path of the field."""
    service, _, name = method.partition(".")
    refusal = refusal_of(getattr(getattr(call, service), name), bad)
    assert (refusal.code, refusal.reason, refusal.fields) == (BAD, reason, [path])


def test_a_hold_is_not_extended_by_less_than_a_second(call: Stubs) -> None:
    """Extend with a ttl below 1 s is refused with the bounds and leaves the hold as it was; 1 s itself is taken."""
    made = call.reservation.Reserve(reserve(pinned("APP-0105", 1, NODE), ttl={"seconds": 600})).reservation
    for ttl in ({"nanos": 1_000}, {"nanos": 999_999_000}):
        refusal = refusal_of(
            call.reservation.Extend,
            reservation_service_pb2.ExtendRequest(request_id=request_id(), reservation_id=made.reservation_id, ttl=ttl),
        )
        assert (refusal.code, refusal.reason, refusal.fields) == (BAD, "INVALID_FIELD", ["ttl"])
        assert refusal.metadata["allowed"] == "1 s .. ttl_max"
    read = reservation_service_pb2.GetReservationRequest(reservation_id=made.reservation_id)
    assert call.reservation.GetReservation(read).reservation.expires_at == made.expires_at
    shortest = reservation_service_pb2.ExtendRequest(
        request_id=request_id(), reservation_id=made.reservation_id, ttl={"seconds": 1}
    )
    assert call.reservation.Extend(shortest).reservation.expires_at.seconds < made.expires_at.seconds


ADJUST, SET = inventory_service_pb2.AdjustInventoryRequest, inventory_service_pb2.SetInventoryRequest
RANGES = [
    (
        "inventory.AdjustInventory",
        ADJUST(sku=SKU, node_id=NODE, delta=5, reason=5),
        "below 0 for SALE and DAMAGE, above",
    ),
    (
        "inventory.AdjustInventory",
        ADJUST(sku=SKU, node_id=NODE, delta=5),
        "SALE, RECEIPT, RETURN, COUNT, DAMAGE, TRANS",
    ),
    ("inventory.SetInventory", SET(sku=SKU, node_id=NODE, on_hand=-1), "0 .. 1000000000"),
    ("inventory.SetInventory", SET(sku=SKU, node_id=NODE, on_hand=1, safety_stock=-1), "0 .. 1000000000"),
    ("network.SetNodeStatus", network_service_pb2.SetNodeStatusRequest(node_id=NODE, status=9), "ONLINE, PAUSED, OFFL"),
    ("reservation.Reserve", reserve((SKU, 1), mode=7), "PLAN, HOLD, FIRM for Route, HOLD, FIRM for Reserve"),
    ("routing.Route", route(order=order((SKU, 1), payment=9)), "PREPAID, COLLECT_ON_DELIVERY"),
    ("routing.Route", route(order=order((SKU, 1), destination=None)), "an address or a pickup node"),
    ("routing.Route", route(order=order((SKU, 1), service_level=4)), "PICKUP with a pickup node"),
    ("routing.Route", route(order=order((SKU, 0))), "1 .. 1000000"),
]


@pytest.mark.parametrize(("method", "bad", "allowed"), RANGES, ids=[f"{row[0]}-{row[2]}" for row in RANGES])
def test_what_is_allowed(call: Stubs, method: str, bad: Any, allowed: str) -> None:
    """A value out of its range, of the wrong sign or none of its names is refused with those that are taken."""
    service, _, name = method.partition(".")
    bad.request_id = request_id()
    refusal = refusal_of(getattr(getattr(call, service), name), bad)
    assert refusal.reason in {"INVALID_FIELD", "INVALID_QUANTITY"}
    assert refusal.metadata["allowed"].startswith(allowed)


READS = [
    ("reservation.GetReservation", {"reservation_id": "00" * 16}, "RESERVATION_NOT_FOUND", "GetReservationRequest"),
    ("network.GetNode", {"node_id": "BLR-9"}, "UNKNOWN_NODE", "GetNodeRequest"),
    ("network.GetSku", {"sku": "NOPE"}, "UNKNOWN_SKU", "GetSkuRequest"),
    ("network.ResolvePostalCode", {"postal_code": "999998"}, "UNKNOWN_POSTAL_CODE", "ResolvePostalCodeRequest"),
]


@pytest.mark.parametrize(("method", "fields", "reason", "request_name"), READS, ids=[read[0] for read in READS])
def test_what_does_not_exist(call: Stubs, method: str, fields: dict[str, str], reason: str, request_name: str) -> None:
    """Reading what does not exist is NOT_FOUND."""
    service, _, name = method.partition(".")
    module = {"reservation": reservation_service_pb2, "network": network_service_pb2}[service]
    refusal = refusal_of(getattr(getattr(call, service), name), getattr(module, request_name)(**fields))
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.NOT_FOUND, reason)


@pytest.mark.parametrize(
    "path",
    [
        "/fastdom.v1.ReservationService/Reserve",
        "/fastdom.v1.RoutingService/BatchRoute",
        "/fastdom.v1.InventoryService/SetInventory",
        "/fastdom.v1.AdminService/Digest",
    ],
)
def test_malformed_bytes(server: ServerProcess, path: str) -> None:
    """Bytes that are no message of the method's type are MALFORMED, hot or cold."""
    with refused() as refusal:
        server.channel.unary_unary(path)(b"\xff\xff\xff")
    assert (refusal.code, refusal.reason) == (BAD, "MALFORMED")


def test_malformed_chunk(server: ServerProcess) -> None:
    """A chunk of a stream that is no message ends the call as MALFORMED."""
    with refused() as refusal:
        server.channel.stream_unary("/fastdom.v1.InventoryService/ImportInventory")(iter([b"\xff\xff"]))
    assert (refusal.code, refusal.reason) == (BAD, "MALFORMED")


@pytest.mark.parametrize(
    "path", ["/fastdom.v1.ReservationService/Reserve", "/fastdom.v1.InventoryService/SetInventory"]
)
def test_too_large(server: ServerProcess, path: str) -> None:
    """A message over the limit is refused with the limit."""
    with refused() as refusal:
        server.channel.unary_unary(path)(b"\0" * ((1 << 20) + 1))
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "LIMIT_EXCEEDED")
    assert refusal.metadata["limit"] == str(1 << 20)


def test_unknown_method(server: ServerProcess) -> None:
    """A method the server does not have is UNIMPLEMENTED with a reason."""
    with refused() as refusal:
        server.channel.unary_unary("/fastdom.v1.RoutingService/Simulate")(b"")
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.UNIMPLEMENTED, "UNSUPPORTED")


def test_network_with_mistakes(call: Stubs) -> None:
    """An uploaded network with mistakes names file, line and field, and the running version stays."""
    request = network_service_pb2.LoadNetworkRequest(
        request_id=request_id(), files=[network_service_pb2.NetworkFile(name="network.toml", content=b"format = 1\n")]
    )
    refusal = refusal_of(call.network.LoadNetwork, request)
    assert (refusal.code, refusal.reason) == (BAD, "NETWORK_INVALID")
    assert len(refusal.fields) == int(refusal.metadata["count"]) > 1
    assert call.network.GetNetwork(network_service_pb2.GetNetworkRequest()).network.network_version == 1


def test_refusals_change_nothing(call: Stubs) -> None:
    """After all kinds of bad orders every position is as it was, and no reservation was made."""
    read = inventory_service_pb2.GetAvailabilityRequest(skus=[SKU])
    listed = reservation_service_pb2.ListReservationsRequest(order_id="O-1", page_size=1_000)
    before = call.inventory.GetAvailability(read).positions, len(call.reservation.ListReservations(listed).reservations)
    for _, _, bad in ORDERS:
        refusal_of(call.reservation.Reserve, reservation_service_pb2.ReserveRequest(request_id=request_id(), order=bad))
    after = call.inventory.GetAvailability(read).positions, len(call.reservation.ListReservations(listed).reservations)
    assert after == before
