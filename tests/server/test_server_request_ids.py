"""The same request id gets the same answer, has one effect, and another body is refused."""

from collections.abc import Callable

import grpc
import pytest
from orders import order, pinned, refusal_of, request_id, reserve
from server_process import Stubs

from fastdom_api.v1 import inventory_service_pb2, reservation_service_pb2, routing_service_pb2

NODE = "dc-mumbai"


def held(call: Stubs, sku: str) -> int:
    request = inventory_service_pb2.GetAvailabilityRequest(skus=[sku], node_ids=[NODE])
    return call.inventory.GetAvailability(request).positions[0].held


def made(call: Stubs, sku: str) -> str:
    """A fresh hold of 2 units; its id."""
    return call.reservation.Reserve(reserve(pinned(sku, 2, NODE))).reservation.reservation_id


def test_reserve_again(call: Stubs) -> None:
    """A repeated Reserve gives the first reservation and takes nothing more."""
    before = held(call, "APP-0201")
    request = reserve(pinned("APP-0201", 2, NODE))
    first, again = call.reservation.Reserve(request), call.reservation.Reserve(request)
    assert again.reservation == first.reservation
    assert again.decision_us == 0
    assert held(call, "APP-0201") == before + 2


def test_reserve_again_after_its_end(call: Stubs) -> None:
    """A repeat gives the answer as it was given, though the reservation has been released since."""
    request = reserve(pinned("APP-0202", 2, NODE))
    first = call.reservation.Reserve(request)
    call.reservation.Release(
        reservation_service_pb2.ReleaseRequest(request_id=request_id(), reservation_id=first.reservation.reservation_id)
    )
    assert call.reservation.Reserve(request).reservation == first.reservation


VERBS: list[tuple[str, Callable[[str, str], object]]] = [
    ("Commit", lambda name, key: reservation_service_pb2.CommitRequest(request_id=key, reservation_id=name)),
    ("Extend", lambda name, key: reservation_service_pb2.ExtendRequest(request_id=key, reservation_id=name)),
    ("Release", lambda name, key: reservation_service_pb2.ReleaseRequest(request_id=key, reservation_id=name)),
]


@pytest.mark.parametrize(("verb", "build"), VERBS, ids=[verb for verb, _ in VERBS])
def test_verbs_again(call: Stubs, verb: str, build: Callable[[str, str], object]) -> None:
    """A repeated verb gives the first answer."""
    request = build(made(call, "APP-0203"), request_id())
    method = getattr(call.reservation, verb)
    first, again = method(request), method(request)
    assert (again.reservation, again.inventory_seq) == (first.reservation, first.inventory_seq)


def test_adjust_again(call: Stubs) -> None:
    """A repeated adjustment is applied once."""
    request = inventory_service_pb2.AdjustInventoryRequest(
        request_id=request_id(),
        sku="APP-0204",
        node_id=NODE,
        delta=5,
        reason=inventory_service_pb2.ADJUST_REASON_RECEIPT,
    )
    first, again = call.inventory.AdjustInventory(request), call.inventory.AdjustInventory(request)
    assert again.position == first.position


def test_another_body(call: Stubs) -> None:
    """The same id with another body is refused and changes nothing."""
    request = reserve(pinned("APP-0205", 2, NODE))
    call.reservation.Reserve(request)
    before = held(call, "APP-0205")
    request.order.lines[0].quantity = 3
    refusal = refusal_of(call.reservation.Reserve, request)
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.ALREADY_EXISTS, "REQUEST_ID_REUSED")
    assert held(call, "APP-0205") == before


def test_another_method(call: Stubs) -> None:
    """The same id with another method is refused."""
    request = reserve(pinned("APP-0206", 2, NODE))
    name = call.reservation.Reserve(request).reservation.reservation_id
    commit = reservation_service_pb2.CommitRequest(request_id=request.request_id, reservation_id=name)
    assert refusal_of(call.reservation.Commit, commit).reason == "REQUEST_ID_REUSED"


def test_a_refusal_again(call: Stubs) -> None:
    """A refusal that depends on the state is remembered: the repeat says the same."""
    commit = reservation_service_pb2.CommitRequest(request_id=request_id(), reservation_id="ab" * 16)
    first, again = refusal_of(call.reservation.Commit, commit), refusal_of(call.reservation.Commit, commit)
    assert (
        (again.code, again.reason)
        == (first.code, first.reason)
        == (
            grpc.StatusCode.NOT_FOUND,
            "RESERVATION_NOT_FOUND",
        )
    )


def test_out_of_stock_is_judged_afresh(call: Stubs) -> None:
    """A Reserve refused for lack of stock had no effect: the same request is granted once there is stock."""
    request = reserve(pinned("APP-0207", 100_000, NODE))
    assert call.reservation.Reserve(request).outcome == reservation_service_pb2.RESERVE_OUTCOME_REFUSED
    call.inventory.SetInventory(
        inventory_service_pb2.SetInventoryRequest(
            request_id=request_id(), sku="APP-0207", node_id=NODE, on_hand=200_000
        )
    )
    assert call.reservation.Reserve(request).outcome == reservation_service_pb2.RESERVE_OUTCOME_GRANTED


def test_a_plan_uses_up_no_id(call: Stubs) -> None:
    """A Route in PLAN may carry an id that a Reserve uses afterwards."""
    key = request_id()
    call.routing.Route(routing_service_pb2.RouteRequest(request_id=key, order=order(("APP-0208", 1))))
    assert call.reservation.Reserve(reserve(("APP-0208", 1), request_id=key)).HasField("reservation")
