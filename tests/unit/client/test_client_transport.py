"""The synchronous client against a server that fails in controlled ways."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import grpc
import pytest
from fake_server import FakeServer, Silence, failure, gone
from grpc_health.v1.health_pb2 import HealthCheckResponse

from fastdom_api.v1.exception_service_pb2 import ExceptionRecord, ListExceptionsResponse
from fastdom_api.v1.network_pb2 import Node
from fastdom_api.v1.network_service_pb2 import ListNodesResponse
from fastdom_api.v1.promise_service_pb2 import PromiseRequest, PromiseResponse
from fastdom_api.v1.reservation_service_pb2 import (
    BatchReserveResponse,
    CommitRequest,
    CommitResponse,
    ReserveRequest,
    ReserveResponse,
)
from fastdom_api.v1.routing_service_pb2 import RouteResponse
from fastdom_client import (
    Call,
    Client,
    ConnectionOptions,
    DeadlineError,
    InvalidRequestError,
    OverloadedError,
    RetryPolicy,
    UnavailableError,
    calls,
    order,
    outcomes,
)
from fastdom_client.calls.reservations import COMMIT, commit
from fastdom_client.method import TimeLimits
from fastdom_client.transport import Transport

CART = order("web", [("SKU-1", 2)], pin="560001")


@pytest.fixture
def waits() -> list[float]:
    """The waits the client asked for, in seconds; none is really waited."""
    return []


@pytest.fixture
def client(fake: FakeServer, waits: list[float]) -> Iterator[Client]:
    """A client of the fake server that does not sleep."""
    with Client(transport=transport(fake.address, waits.append)) as made:
        yield made


def transport(address: str, sleep: Callable[[float], None], attempts_max: int = 32) -> Transport:
    return Transport(
        address,
        options=ConnectionOptions(local_subchannel_pool=True),
        retry=RetryPolicy(attempts_max=attempts_max),
        sleep=sleep,
        uniform=max,
    )


def test_a_lost_answer_is_asked_for_again_with_the_same_id(
    fake: FakeServer, client: Client, waits: list[float]
) -> None:
    """UNAVAILABLE, then OK: the server sees one request_id and one first_sent_at twice."""
    fake.script["Commit"] = [failure(grpc.StatusCode.UNAVAILABLE), CommitResponse(inventory_seq=7)]
    assert client.commit("r1").inventory_seq == 7
    first, second = fake.seen["Commit"]
    assert first == second
    assert first.request_id
    assert first.HasField("first_sent_at")
    assert waits == [0.05]


def test_two_calls_have_two_ids(fake: FakeServer, client: Client) -> None:
    """The same method called twice is two logical calls."""
    client.commit("r1")
    client.commit("r1")
    first, second = fake.seen["Commit"]
    assert first.request_id != second.request_id


def test_a_call_sent_twice_is_a_repeat(fake: FakeServer, client: Client) -> None:
    """A Call keeps its id, so sending it again repeats it."""
    made = commit("r1")
    client.send(made)
    client.send(made)
    first, second = fake.seen["Commit"]
    assert first == second == made.request


def test_the_final_error_names_the_request_id(fake: FakeServer, client: Client) -> None:
    """After the last attempt the error carries the id to repeat with."""
    fake.script["Commit"] = [failure(grpc.StatusCode.UNAVAILABLE, "NOT_DURABLE")]
    with pytest.raises(UnavailableError) as caught:
        client.commit("r1")
    assert caught.value.request_id == fake.seen["Commit"][0].request_id
    assert len({request.request_id for request in fake.seen["Commit"]}) == 1


def test_attempts_are_bounded(fake: FakeServer, waits: list[float]) -> None:
    """attempts_max attempts are sent, no more."""
    fake.script["Commit"] = [failure(grpc.StatusCode.UNAVAILABLE)]
    with (
        Client(transport=transport(fake.address, waits.append, attempts_max=3)) as client,
        pytest.raises(UnavailableError),
    ):
        client.commit("r1")
    assert len(fake.seen["Commit"]) == 3
    assert len(waits) == 2


def test_overload_waits_as_told(fake: FakeServer, client: Client, waits: list[float]) -> None:
    """RESOURCE_EXHAUSTED with RetryInfo is repeated after at least that time."""
    busy = failure(grpc.StatusCode.RESOURCE_EXHAUSTED, "OVERLOADED", retry_after_s=0.25)
    fake.script["Promise"] = [busy, PromiseResponse(inventory_seq=3)]
    assert client.promise(CART).inventory_seq == 3
    assert waits == [pytest.approx(0.3)]


def test_overload_without_retry_info_is_final(fake: FakeServer, client: Client, waits: list[float]) -> None:
    """RESOURCE_EXHAUSTED that does not say to come back is raised at once."""
    fake.script["Reserve"] = [failure(grpc.StatusCode.RESOURCE_EXHAUSTED, "MAP_FULL")]
    with pytest.raises(OverloadedError) as caught:
        client.reserve(CART)
    assert caught.value.reason == "MAP_FULL"
    assert (len(fake.seen["Reserve"]), waits) == (1, [])


def test_refusals_are_final_and_typed(fake: FakeServer, client: Client) -> None:
    """Bad input is raised at once, with its field."""
    fake.script["Reserve"] = [
        failure(grpc.StatusCode.INVALID_ARGUMENT, "UNKNOWN_SKU", metadata={"field": "order.lines[0].sku"})
    ]
    with pytest.raises(InvalidRequestError) as caught:
        client.reserve(CART)
    assert (caught.value.reason, caught.value.field) == ("UNKNOWN_SKU", "order.lines[0].sku")
    assert len(fake.seen["Reserve"]) == 1


def test_a_passed_deadline_is_repeated_within_the_time_limit(fake: FakeServer, client: Client) -> None:
    """DEADLINE_EXCEEDED of an attempt is tried again while the call has time."""
    fake.script["Route"] = [
        failure(grpc.StatusCode.DEADLINE_EXCEEDED, "DEADLINE_PASSED"),
        RouteResponse(inventory_seq=5),
    ]
    assert client.route(CART).inventory_seq == 5


def test_silence_costs_one_attempt(fake: FakeServer, client: Client) -> None:
    """An answer that never comes ends its attempt, and the next one gets the answer."""
    fake.script["Commit"] = [Silence(), CommitResponse(inventory_seq=9)]
    impatient = replace(COMMIT, limits=TimeLimits(60.0, 0.1))
    sent = Call(impatient, CommitRequest(reservation_id="r1", request_id="mine"))
    assert client.send(sent).inventory_seq == 9
    assert [request.request_id for request in fake.seen["Commit"]] == ["mine", "mine"]


def test_the_time_limit_travels_with_the_call(fake: FakeServer, client: Client) -> None:
    """The call's time limit wins over the client's, that over the method's; an attempt has its own within it."""
    client.build_info()
    client.build_info(timeout_s=0.9)
    with Client(fake.address, timeout_s=1.2) as hurried:
        hurried.build_info()
        hurried.build_info(timeout_s=0.7)
    limits_s = (1.5, 0.9, 1.2, 0.7)
    # The header has coarse units and is rounded up.
    assert all(0 < left_s < limit_s + 0.1 for left_s, limit_s in zip(fake.time_limits_s, limits_s, strict=True))


def test_no_answer_within_the_time_limit(fake: FakeServer, client: Client) -> None:
    """When the time is used up the error is DeadlineError, and it is not an answer."""
    fake.script["Digest"] = [Silence()]
    with pytest.raises(DeadlineError) as caught:
        client.digest(timeout_s=0.1)
    assert not caught.value.answered


def test_no_server_is_unavailable(waits: list[float]) -> None:
    """With nobody listening the error is UnavailableError, and it is not an answer."""
    with (
        Client(transport=transport(gone(), waits.append, attempts_max=2)) as client,
        pytest.raises(UnavailableError) as caught,
    ):
        client.digest()
    assert not caught.value.answered
    assert len(waits) == 1


def test_a_restarted_server_is_found_again(fake: FakeServer) -> None:
    """The server goes away and comes back on its port: the call under way gets its answer there, with its id."""
    again: list[FakeServer] = []

    def restart(wait_s: float) -> None:
        if not again:
            again.append(FakeServer(fake.port))
        time.sleep(wait_s)

    with Client(transport=transport(fake.address, restart, attempts_max=1000)) as client:
        client.commit("r0")
        fake.stop()
        client.commit("r1", request_id="mine")
        assert [request.request_id for request in again[0].seen["Commit"]] == ["mine"]
    again[0].stop()


def test_waiting_until_serving(fake: FakeServer, client: Client, waits: list[float]) -> None:
    """NOT_SERVING and UNAVAILABLE are waited out, SERVING ends the wait; in vain it is an UnavailableError."""
    fake.script["Check"] = [
        HealthCheckResponse(status=HealthCheckResponse.NOT_SERVING),
        failure(grpc.StatusCode.UNAVAILABLE),
        HealthCheckResponse(status=HealthCheckResponse.SERVING),
    ]
    client.wait_until_serving(60.0)
    assert len(waits) == 2
    fake.script["Check"] = [HealthCheckResponse(status=HealthCheckResponse.NOT_SERVING)]
    with pytest.raises(UnavailableError, match="NOT_SERVING"):
        client.wait_until_serving(0.04)


def test_health_tells_what_is(fake: FakeServer, client: Client) -> None:
    """health gives the status as it is now and never repeats."""
    fake.script["Check"] = [HealthCheckResponse(status=HealthCheckResponse.NOT_SERVING)]
    assert client.health().status == HealthCheckResponse.NOT_SERVING
    fake.script["Check"] = [failure(grpc.StatusCode.UNAVAILABLE)]
    with pytest.raises(UnavailableError):
        client.health()
    assert len(fake.seen["Check"]) == 2


def test_lists_read_every_page(fake: FakeServer, client: Client) -> None:
    """A list asks page after page with the token given and the other fields unchanged."""
    fake.script["ListNodes"] = [
        ListNodesResponse(nodes=[Node(node_id="A"), Node(node_id="B")], next_page_token="t1"),
        failure(grpc.StatusCode.UNAVAILABLE),
        ListNodesResponse(next_page_token="t2"),
        ListNodesResponse(nodes=[Node(node_id="C")]),
    ]
    assert [node.node_id for node in client.list_nodes(group="south", page_size=2)] == ["A", "B", "C"]
    asked = [(request.page_token, request.group, request.page_size) for request in fake.seen["ListNodes"]]
    assert asked == [("", "south", 2), ("t1", "south", 2), ("t1", "south", 2), ("t2", "south", 2)]


def test_pages_are_fetched_when_reached(fake: FakeServer, client: Client) -> None:
    """The second page is not asked for before the first is used up."""
    fake.script["ListNodes"] = [ListNodesResponse(nodes=[Node(node_id="A")], next_page_token="t1")]
    assert next(client.list_nodes()).node_id == "A"
    assert len(fake.seen["ListNodes"]) == 1


def test_exceptions_follow_their_cursor(fake: FakeServer, client: Client) -> None:
    """ListExceptions goes on after the last exception looked at while there are more."""
    fake.script["ListExceptions"] = [
        ListExceptionsResponse(exceptions=[ExceptionRecord(exception_id=4)], last_exception_id=9, has_more=True),
        ListExceptionsResponse(exceptions=[ExceptionRecord(exception_id=12)], last_exception_id=12),
    ]
    assert [record.exception_id for record in client.list_exceptions(kinds=["stranded"])] == [4, 12]
    assert [request.after_exception_id for request in fake.seen["ListExceptions"]] == [0, 9]


def test_a_request_message_is_sent_as_it_is(fake: FakeServer, client: Client) -> None:
    """In place of arguments a method takes its request message, and fills in what it lacks."""
    client.promise(PromiseRequest(order=CART))
    client.commit(CommitRequest(reservation_id="r1"), timeout_s=1.0)
    assert fake.seen["Promise"] == [PromiseRequest(order=CART)]
    assert fake.seen["Commit"][0].request_id


def test_batches_keep_their_ids_and_answer_per_item(fake: FakeServer, client: Client) -> None:
    """A batch is repeated with the same ids; its reply is read as responses and errors in the order sent."""
    reply = BatchReserveResponse()
    reply.results.add().response.inventory_seq = 5
    reply.results.add().error.CopyFrom(failure(grpc.StatusCode.INVALID_ARGUMENT, "EMPTY_ORDER"))
    fake.script["BatchReserve"] = [failure(grpc.StatusCode.UNAVAILABLE), reply]
    answered = client.batch_reserve([calls.reservations.reserve(CART).request, ReserveRequest(order=CART)])
    granted, refused = outcomes(answered)
    assert granted == ReserveResponse(inventory_seq=5)
    assert isinstance(refused, InvalidRequestError)
    assert refused.reason == "EMPTY_ORDER"
    first, second = fake.seen["BatchReserve"]
    assert first == second
    assert len({item.request_id for item in first.requests} - {""}) == 2


def test_the_caller_is_named(fake: FakeServer) -> None:
    """Every call carries the client's user agent and the metadata it was made with."""
    with Client(fake.address, metadata=[("authorization", "Bearer t")]) as client:
        client.digest()
    assert fake.metadata[0]["user-agent"].startswith("fastdom-client-python")
    assert fake.metadata[0]["authorization"] == "Bearer t"


def test_threads_share_a_client(fake: FakeServer, client: Client) -> None:
    """Calls of several threads over one client all get their answer."""
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(client.commit, (f"r{number}" for number in range(40))))
    assert sorted(request.reservation_id for request in fake.seen["Commit"]) == sorted(f"r{n}" for n in range(40))
