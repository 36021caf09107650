"""Batches answer per item: one bad item never spoils the others."""

import grpc
import pytest
from orders import Refusal, order, pinned, refusal_of, request_id, reserve
from server_process import Stubs

from fastdom_api.v1 import inventory_service_pb2, promise_service_pb2, reservation_service_pb2, routing_service_pb2
from fastdom_server.interceptors import INLINE_BYTES_MAX

NODE = "dc-delhi"


def test_batch_reserve(call: Stubs) -> None:
    """Good items are granted in order, the bad one carries its own error with the path counted from the item."""
    items = [reserve(pinned("APP-0301", 1, NODE)), reserve(("NOPE", 1)), reserve(pinned("APP-0302", 1, NODE))]
    results = call.reservation.BatchReserve(reservation_service_pb2.BatchReserveRequest(requests=items)).results
    assert [result.WhichOneof("result") for result in results] == ["response", "error", "response"]
    assert [results[i].response.reservation.allocations[0].sku for i in (0, 2)] == ["APP-0301", "APP-0302"]
    refusal = Refusal()
    refusal.read(results[1].error)
    assert (refusal.reason, refusal.fields) == ("UNKNOWN_SKU", ["order.lines[0].sku"])


def test_batch_items_see_what_items_before_took(call: Stubs) -> None:
    """Two items for the last units: the first gets them, the second is refused."""
    count = inventory_service_pb2.SetInventoryRequest(
        request_id=request_id(), sku="APP-0303", node_id=NODE, on_hand=5, safety_stock=0
    )
    call.inventory.SetInventory(count)
    items = [reserve(pinned("APP-0303", 5, NODE)) for _ in range(2)]
    results = call.reservation.BatchReserve(reservation_service_pb2.BatchReserveRequest(requests=items)).results
    assert [result.response.outcome for result in results] == [
        reservation_service_pb2.RESERVE_OUTCOME_GRANTED,
        reservation_service_pb2.RESERVE_OUTCOME_REFUSED,
    ]


def test_a_repeated_batch_has_one_effect(call: Stubs) -> None:
    """Items of a batch are remembered by their own ids."""
    batch = reservation_service_pb2.BatchReserveRequest(requests=[reserve(pinned("APP-0304", 1, NODE))])
    first, again = call.reservation.BatchReserve(batch), call.reservation.BatchReserve(batch)
    assert again.results[0].response.reservation == first.results[0].response.reservation


def test_batch_route_and_promise(call: Stubs) -> None:
    """Plans and promises come in batches too, each with its own outcome."""
    routes = [routing_service_pb2.RouteRequest(order=order(("APP-0305", 1))), routing_service_pb2.RouteRequest()]
    results = call.routing.BatchRoute(routing_service_pb2.BatchRouteRequest(requests=routes)).results
    assert [result.WhichOneof("result") for result in results] == ["response", "error"]
    carts = [promise_service_pb2.PromiseRequest(), promise_service_pb2.PromiseRequest(order=order(("APP-0305", 1)))]
    results = call.promise.BatchPromise(promise_service_pb2.BatchPromiseRequest(requests=carts)).results
    assert [result.WhichOneof("result") for result in results] == ["error", "response"]


def test_a_long_batch_is_decided_beside_the_loop(call: Stubs) -> None:
    """A batch too large for the event loop is answered in full all the same, item by item."""
    items = [reserve(pinned("APP-0306", 1, NODE)) for _ in range(400)]
    batch = reservation_service_pb2.BatchReserveRequest(requests=items)
    assert batch.ByteSize() > INLINE_BYTES_MAX
    results = call.reservation.BatchReserve(batch).results
    assert len(results) == 400
    outcomes = [result.response.outcome for result in results]
    granted = outcomes.count(reservation_service_pb2.RESERVE_OUTCOME_GRANTED)
    assert outcomes == [reservation_service_pb2.RESERVE_OUTCOME_GRANTED] * granted + [
        reservation_service_pb2.RESERVE_OUTCOME_REFUSED
    ] * (400 - granted)


@pytest.mark.parametrize(("items", "reason"), [(1_025, "TOO_MANY_ITEMS"), (0, "INVALID_FIELD")])
def test_batch_size(call: Stubs, items: int, reason: str) -> None:
    """A batch over the limit, or an empty one, is refused as a whole and nothing of it is done."""
    request = routing_service_pb2.RouteRequest(order=order(("APP-0307", 1)), request_id=request_id())
    batch = routing_service_pb2.BatchRouteRequest(requests=[request] * items)
    refusal = refusal_of(call.routing.BatchRoute, batch)
    assert (refusal.code, refusal.reason, refusal.fields) == (grpc.StatusCode.INVALID_ARGUMENT, reason, ["requests"])
