"""The seam from bytes to bytes, with a core that gives prepared answers."""

import random
from typing import Any

import pytest
from google.protobuf.message import Message
from google.rpc import status_pb2
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.native.wire import results, twin_encode
from tests.native.wire.messages import REPLIES, fill_plain
from tests.native.wire.messages import REQUESTS as REQUEST_CLASSES
from tests.native.wire.spelling import respell, unknown, varint

from fastdom.reasons import Field, Reason
from fastdom_api.v1.promise_service_pb2 import BatchPromiseRequest, BatchPromiseResponse, PromiseRequest
from fastdom_api.v1.reservation_service_pb2 import (
    BatchReserveRequest,
    BatchReserveResponse,
    CommitRequest,
    ReserveRequest,
    ReserveResponse,
)
from fastdom_api.v1.routing_service_pb2 import BatchRouteRequest, BatchRouteResponse, RouteRequest
from fastdom_server._wire.inspect import Rehearsal
from fastdom_server._wire.methods import METHODS, REQUESTS
from fastdom_server._wire.seam import Wire

NOW_US, DEADLINE_US = 1_764_288_000_000_000, 1_764_288_000_500_000
RESERVE, ROUTE, PROMISE, COMMIT = 1, 2, 3, 4
BATCHES: dict[int, tuple[type[Any], type[Any]]] = {
    65: (BatchReserveRequest, BatchReserveResponse),
    66: (BatchRouteRequest, BatchRouteResponse),
    67: (BatchPromiseRequest, BatchPromiseResponse),
}


def wire_of(*answers: dict[str, Any], timed: bool = False) -> tuple[Wire, Rehearsal]:
    core = Rehearsal(results.TABLES, list(answers))
    return Wire(core, timed=timed), core


def reserve(n_lines: int = 1) -> ReserveRequest:
    message = ReserveRequest(request_id="r")
    for i in range(n_lines):
        message.order.lines.add(line_id=f"L{i}", sku="SKU-0", quantity=1)
    return message


# --- unary


@pytest.mark.parametrize("method", REPLIES, ids=REQUESTS.get)
@given(seed=st.integers(0, 2**64 - 1))
@settings(max_examples=30, deadline=None)
def test_unary(method: int, seed: int) -> None:
    """The core is asked what the request says, and its Result comes back as the reply."""
    rng = random.Random(seed)
    request, n_lines = results.request(method, rng)
    answer = {**results.result(method, n_lines, rng), "wait_seq": 41}
    wire, core = wire_of(answer)
    reason, _, _, seq, data = wire.handle(method, request.SerializeToString(), NOW_US, DEADLINE_US, 3)
    assert (reason, seq) == (0, 41)
    assert data == twin_encode.encode(method, request, answer, results.TABLES, 0)
    [asked] = core.commands
    assert (asked["tenant_i"], asked["now_us"], asked["deadline_us"]) == (3, NOW_US, DEADLINE_US)
    assert core.locked == 1


def test_a_refusal_of_the_core() -> None:
    """What the core refuses comes back as numbers and as a Status, with the sequence it depends on."""
    wire, core = wire_of({"reason": Reason.UNKNOWN_SKU, "field": Field.SKU, "line_i": 0, "wait_seq": 9})
    *numbers, data = wire.handle(RESERVE, reserve().SerializeToString(), NOW_US, 0)
    assert numbers == [Reason.UNKNOWN_SKU, Field.SKU, 0, 9]
    assert status_pb2.Status.FromString(data).message.startswith("order.lines[0].sku: ")
    assert core.locked == 1


def test_a_late_call_is_told_by_how_much() -> None:
    """A passed deadline is told with the microseconds it was late."""
    wire, _ = wire_of({"reason": Reason.DEADLINE_PASSED, "now_us": NOW_US + 30})
    data = wire.handle(RESERVE, reserve().SerializeToString(), NOW_US, NOW_US + 10)[4]
    assert b"late_us\x12\x0220" in data


@pytest.mark.parametrize(
    ("method", "data", "reason"),
    [
        (RESERVE, b"\x0a", Reason.MALFORMED),
        (RESERVE, reserve(1_001).SerializeToString(), Reason.TOO_MANY_LINES),
        (COMMIT, CommitRequest(reservation_id="?").SerializeToString(), Reason.INVALID_FIELD),
        (9, b"", Reason.UNSUPPORTED),
        (0, b"", Reason.UNSUPPORTED),
        (-1, b"", Reason.UNSUPPORTED),
        (64, b"", Reason.UNSUPPORTED),
        (68, b"", Reason.UNSUPPORTED),
        (2**31 - 1, b"", Reason.UNSUPPORTED),
    ],
)
def test_what_the_core_never_sees(method: int, data: bytes, reason: Reason) -> None:
    """Bytes that make no Command are refused without taking the lock."""
    wire, core = wire_of({})
    got, *_, status = wire.handle(method, data, NOW_US, 0)
    assert got == reason
    assert status_pb2.Status.FromString(status).code
    assert core.locked == 0
    assert core.commands == []


def test_decision_us_is_told_when_timed() -> None:
    """A timed Wire stamps decision_us; one that is not leaves it out."""
    for timed in (True, False):
        wire, _ = wire_of({"outcome": 1}, timed=timed)
        reply = ReserveResponse.FromString(wire.handle(RESERVE, reserve().SerializeToString(), NOW_US, 0)[4])
        assert reply.decision_us >= 0 if timed else reply.decision_us == 0


@pytest.mark.parametrize(
    ("request_", "cold"),
    [
        (RouteRequest(), False),
        (RouteRequest(explain=True), True),
        (RouteRequest(alternatives=2), True),
        (RouteRequest(explain=True, mode="ROUTE_MODE_PLAN"), True),
        (RouteRequest(explain=True, alternatives=2, mode="ROUTE_MODE_HOLD"), False),
    ],
)
def test_what_needs_a_cold_call(request_: RouteRequest, cold: bool) -> None:
    """A Route that wants alternatives or candidates of a plan is marked; in a batch it is UNSUPPORTED."""
    wire, _ = wire_of({})
    assert wire.handle(ROUTE, request_.SerializeToString(), NOW_US, 0)[0] == 0
    assert wire.cold == cold
    batch = BatchRouteRequest(requests=[request_]).SerializeToString()
    [result] = BatchRouteResponse.FromString(wire.handle(66, batch, NOW_US, 0)[4]).results
    assert result.WhichOneof("result") == ("error" if cold else "response")
    assert not wire.cold


def test_methods_are_those_of_the_contract() -> None:
    """Paths and request names are those of the descriptors."""
    assert METHODS["/fastdom.v1.PromiseService/BatchPromise"] == 67
    classes = {**REQUEST_CLASSES, **{number: pair[0] for number, pair in BATCHES.items()}}
    assert {number: cls.DESCRIPTOR.full_name for number, cls in classes.items()} == REQUESTS
    assert set(METHODS.values()) == set(REQUESTS)


# --- batches


@pytest.mark.parametrize("method", BATCHES, ids=REQUESTS.get)
@given(seed=st.integers(0, 2**64 - 1))
@settings(max_examples=30, deadline=None)
def test_batch(method: int, seed: int) -> None:
    """Every item is answered in its place as the unary method would have answered it."""
    rng = random.Random(seed)
    item_method = method - 64
    items: list[Message] = []
    answers: list[dict[str, Any]] = []
    expected = BATCHES[method][1]()
    for _ in range(rng.randrange(1, 6)):
        item, n_lines = results.request(item_method, rng)
        if isinstance(item, RouteRequest):
            item.explain, item.alternatives = False, 0
        refused = rng.random() < 0.3
        answer = {"reason": Reason.OVERLOADED} if refused else results.result(item_method, n_lines, rng)
        answer["wait_seq"] = rng.randrange(100)
        items.append(item)
        answers.append(answer)
        unary, _ = wire_of(answer)
        data = unary.handle(item_method, item.SerializeToString(), NOW_US, 0)[4]
        result = expected.results.add()
        (result.error if refused else result.response).ParseFromString(data)
    wire, core = wire_of(*answers)
    batch = BATCHES[method][0](requests=items)
    reason, _, _, seq, data = wire.handle(method, respell_items(batch, rng), NOW_US, 0)
    assert reason == 0
    assert data == expected.SerializeToString(deterministic=True)
    assert seq == max(answer["wait_seq"] for answer in answers)
    assert core.locked == len(items)


def respell_items(batch: Any, rng: random.Random) -> bytes:
    """A batch with unknown fields between its items, whose order stays."""
    parts = []
    for item in batch.requests:
        data = item.SerializeToString()
        parts += [b"\x0a" + varint(len(data)) + data, unknown(rng) if rng.random() < 0.3 else b""]
    return b"".join(parts)


def test_a_bad_item_spoils_no_other() -> None:
    """A malformed or refused item gets its error, the items around it their answers."""
    good = reserve().SerializeToString()
    late = reserve(1_001).SerializeToString()
    batch = b"".join(b"\x0a" + varint(len(data)) + data for data in (good, b"\x0a\x05x", late, good))
    wire, core = wire_of({"outcome": 1, "wait_seq": 5})
    reason, _, _, seq, data = wire.handle(65, batch, NOW_US, 0)
    kinds = [result.WhichOneof("result") for result in BatchReserveResponse.FromString(data).results]
    assert (reason, seq) == (0, 5)
    assert kinds == ["response", "error", "error", "response"]
    assert core.locked == 2


@pytest.mark.parametrize(
    ("data", "reason", "field"),
    [
        (b"", Reason.INVALID_FIELD, Field.REQUESTS),
        (b"\x0a\x00" * 1_025, Reason.TOO_MANY_ITEMS, Field.REQUESTS),
        (b"\x0a\x00" * 3 + b"\x0a\x05", Reason.MALFORMED, Field.NONE),
        (b"\x0a\x00\x0c", Reason.MALFORMED, Field.NONE),
    ],
)
def test_a_bad_batch(data: bytes, reason: Reason, field: Field) -> None:
    """A batch that is empty, too long or malformed as a whole is refused as a call, before any item is decided."""
    wire, core = wire_of({})
    *numbers, status = wire.handle(65, data, NOW_US, 0)
    assert numbers == [reason, field, -1, 0]
    assert status_pb2.Status.FromString(status).code == 3
    assert core.commands == []


def test_a_full_batch_of_errors() -> None:
    """1,024 items all get their error."""
    wire, core = wire_of({})
    data = wire.handle(65, b"\x0a\x02\x0a\x05" * 1_024, NOW_US, 0)[4]
    answered = BatchReserveResponse.FromString(data).results
    assert len(answered) == 1_024
    assert all(result.HasField("error") for result in answered)
    assert core.commands == []


def test_items_that_might_not_fit_are_not_decided() -> None:
    """When the reply buffer could run over, the item is refused before it is decided, and later ones still answered."""
    big = PromiseRequest()
    for i in range(1_000):
        big.order.lines.add(line_id=f"L{i}", sku="SKU-0", quantity=1)
    batch = BatchPromiseRequest(requests=[big] * 3 + [PromiseRequest()])
    lines = [{"shortfall": 5, "reason": 1}] * 1_000
    wire, core = wire_of({"lines": lines}, {"lines": lines}, {"lines": lines}, {})
    data = wire.handle(67, batch.SerializeToString(), NOW_US, 0)[4]
    kinds = [result.WhichOneof("result") for result in BatchPromiseResponse.FromString(data).results]
    assert kinds == ["response"] * 4
    many = BatchPromiseRequest(requests=[PromiseRequest()] * 600 + [big] * 2 + [PromiseRequest()])
    wire, core = wire_of({})
    data = wire.handle(67, many.SerializeToString(), NOW_US, 0)[4]
    answered = BatchPromiseResponse.FromString(data).results
    errors = [i for i, result in enumerate(answered) if result.HasField("error")]
    assert len(core.commands) == len(answered) - len(errors)
    assert set(errors) <= {600, 601}


def test_a_nested_group_counts_from_the_batch() -> None:
    """Groups in an item may nest one level less than in the unary message, as protobuf counts from the outside."""
    for levels in (98, 99, 100):
        item = varint(20 << 3 | 3) * levels + varint(20 << 3 | 4) * levels
        batch = b"\x0a" + varint(len(item)) + item
        wire, _ = wire_of({})
        data = wire.handle(65, batch, NOW_US, 0)[4]
        [result] = BatchReserveResponse.FromString(data).results
        assert result.HasField("error") == (levels > 99)


@given(seed=st.integers(0, 2**64 - 1))
@settings(max_examples=50, deadline=None)
def test_a_wire_keeps_nothing_of_a_call(seed: int) -> None:
    """What a call before it said leaves no trace in the next one's command."""
    rng = random.Random(seed)
    requests = []
    for method in rng.choices(list(REQUEST_CLASSES), k=3):
        message = REQUEST_CLASSES[method]()
        fill_plain(message, rng)
        requests.append((method, respell(message.SerializeToString(), message.DESCRIPTOR, rng)))
    wire, core = wire_of({})
    for method, data in requests:
        wire.handle(method, data, NOW_US, 0)
    fresh = []
    for method, data in requests:
        alone, alone_core = wire_of({})
        alone.handle(method, data, NOW_US, 0)
        fresh += alone_core.commands
    assert core.commands == fresh


def test_items_are_judged_in_their_turn() -> None:
    """Each item of a batch has the time of its own turn, and all have the deadline of the call."""
    wire, core = wire_of({"outcome": 3}, timed=True)
    batch = BatchReserveRequest(requests=[reserve()] * 1024)
    wire.handle(65, batch.SerializeToString(), NOW_US, DEADLINE_US)
    times = [asked["now_us"] for asked in core.commands]
    assert NOW_US <= times[0] < times[-1]
    assert times == sorted(times)
    assert {asked["deadline_us"] for asked in core.commands} == {DEADLINE_US}
