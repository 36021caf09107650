"""Request ids: which requests get one, once per logical call."""

import time

from fastdom_api.v1.promise_service_pb2 import PromiseRequest
from fastdom_api.v1.reservation_service_pb2 import BatchReserveRequest, CommitRequest, ReserveRequest
from fastdom_api.v1.routing_service_pb2 import ROUTE_MODE_FIRM, ROUTE_MODE_HOLD, ROUTE_MODE_PLAN, RouteRequest
from fastdom_client.identity import identified, needs_id


def test_mutations_get_an_id_and_the_time() -> None:
    """A mutation without request_id gets one of at most 36 bytes, and first_sent_at in whole microseconds."""
    before_ns = time.time_ns()
    made = identified(CommitRequest(reservation_id="r"))
    assert 1 <= len(made.request_id) <= 36
    assert made.first_sent_at.nanos % 1000 == 0
    assert before_ns - 1000 <= made.first_sent_at.ToNanoseconds() <= time.time_ns()


def test_every_call_gets_another_id() -> None:
    """Two calls with the same content are two calls."""
    request = CommitRequest(reservation_id="r")
    assert identified(request).request_id != identified(request).request_id


def test_the_given_message_is_not_changed() -> None:
    """Ids are filled into a copy."""
    request = CommitRequest(reservation_id="r")
    identified(request)
    assert request == CommitRequest(reservation_id="r")


def test_own_ids_stay_alone() -> None:
    """A request with its own id is sent as it is, without a first_sent_at that would be a guess."""
    request = CommitRequest(reservation_id="r", request_id="mine")
    assert identified(request) is request
    assert not request.HasField("first_sent_at")


def test_estimates_use_up_no_id() -> None:
    """Route in PLAN and Promise without hold carry no id; HOLD, FIRM and hold do."""
    assert not needs_id(RouteRequest())
    assert not needs_id(RouteRequest(mode=ROUTE_MODE_PLAN))
    assert not needs_id(PromiseRequest())
    assert needs_id(RouteRequest(mode=ROUTE_MODE_HOLD))
    assert needs_id(RouteRequest(mode=ROUTE_MODE_FIRM))
    assert needs_id(PromiseRequest(hold=True))


def test_batch_items_get_ids_of_their_own() -> None:
    """Each item of a batch that lacks an id gets a different one; the others keep theirs."""
    batch = BatchReserveRequest(requests=[ReserveRequest(), ReserveRequest(request_id="mine"), ReserveRequest()])
    made = identified(batch)
    ids = [item.request_id for item in made.requests]
    assert ids[1] == "mine"
    assert len(set(ids)) == 3
    assert all(ids)
    assert batch.requests[0].request_id == ""
