"""The readable codec: every message there and back, and the native codec's twin for the hot ones."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from google.protobuf.message import Message
from google.rpc.status_pb2 import Status
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.native import faces
from tests.native.faces import NOW_US, SECOND_US, STOCK, demo, new_face, node, order

from fastdom import types
from fastdom._native.fill import command_of
from fastdom.reasons import EngineError, Field, Kind, Reason
from fastdom.types import (
    AdjustReason,
    ExceptionKind,
    NodeStatus,
    PaymentMethod,
    ReservationState,
    ReserveMode,
    RouteMode,
    ServiceLevel,
)
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
from fastdom_server import codec
from fastdom_server._wire.inspect import decode_to_dict
from fastdom_server._wire.seam import Wire

# --- requests there and back

TIME_US_MAX = 253_402_300_799_999_999
texts = st.text(st.characters(codec="utf-8"), max_size=12)
int32s = st.integers(-(1 << 31), (1 << 31) - 1)
int64s = st.integers(-(1 << 63), (1 << 63) - 1)
times = st.just(0) | st.integers(1, TIME_US_MAX)
spans = st.just(0) | st.integers(-(10**15), 10**15).filter(bool)
optional_units = st.none() | int32s
reservation_ids = st.text("0123456789abcdef", min_size=32, max_size=32)
addresses = st.builds(types.PostalAddress, texts, texts, st.none(), st.none()) | st.builds(
    types.PostalAddress,
    texts,
    texts,
    st.integers(-900_000_000, 900_000_000),
    st.integers(-1_800_000_000, 1_800_000_000),
)
destinations = st.builds(types.Destination, addresses) | st.builds(types.Destination, st.none(), texts)
attributes = st.dictionaries(texts, texts, max_size=4).map(lambda entries: tuple(sorted(entries.items())))
order_lines = st.builds(types.OrderLine, texts, texts, int32s, st.integers(0, (1 << 31) - 1), texts, texts, attributes)
orders = st.builds(
    types.Order,
    texts,
    texts,
    st.lists(order_lines, max_size=4).map(tuple),
    st.none() | destinations,
    st.sampled_from(ServiceLevel),
    st.sampled_from(PaymentMethod),
    times,
    times,
    int64s,
    texts,
)
policies = st.none() | st.builds(types.PolicyRef, texts, int32s)
line_quantities = st.lists(st.builds(types.LineQuantity, texts, int32s, texts), max_size=4).map(tuple)
rows = st.lists(st.builds(types.InventoryRow, texts, texts, int32s, optional_units, optional_units), max_size=4).map(
    tuple
)
names = st.lists(texts, max_size=4).map(tuple)
levels = st.lists(st.sampled_from(list(ServiceLevel)[1:]), unique=True).map(tuple)

reserves = st.builds(
    types.ReserveRequest,
    texts,
    orders,
    st.binary(max_size=20),
    st.sampled_from(ReserveMode),
    spans,
    st.booleans(),
    times,
)
routes = st.builds(
    types.RouteRequest,
    texts,
    orders,
    policies,
    st.sampled_from(RouteMode),
    spans,
    names,
    names,
    st.booleans(),
    int32s,
    int32s,
    int32s,
    st.booleans(),
    times,
)
promises = st.builds(
    types.PromiseRequest, texts, orders, levels, st.booleans(), st.sampled_from(ServiceLevel), spans, policies, times
)
commits = st.builds(types.CommitRequest, texts, reservation_ids, st.booleans(), times)
extends = st.builds(types.ExtendRequest, texts, reservation_ids, spans, times)
releases = st.builds(types.ReleaseRequest, texts, reservation_ids, line_quantities, times)
fulfills = st.builds(types.FulfillRequest, texts, reservation_ids, line_quantities, times)
gets = st.builds(types.GetReservationRequest, reservation_ids)

Pair = tuple[st.SearchStrategy[Any], Callable[[Any], Message], Callable[[Any], Any]]
HOT: dict[str, tuple[int, Pair]] = {
    "reserve": (Kind.RESERVE, (reserves, codec.encode_reserve_request, codec.decode_reserve)),
    "route": (Kind.ROUTE, (routes, codec.encode_route_request, codec.decode_route)),
    "promise": (Kind.PROMISE, (promises, codec.encode_promise_request, codec.decode_promise)),
    "commit": (Kind.COMMIT, (commits, codec.encode_commit_request, codec.decode_commit)),
    "extend": (Kind.EXTEND, (extends, codec.encode_extend_request, codec.decode_extend)),
    "release": (Kind.RELEASE, (releases, codec.encode_release_request, codec.decode_release)),
    "fulfill": (Kind.FULFILL, (fulfills, codec.encode_fulfill_request, codec.decode_fulfill)),
    "get": (Kind.GET, (gets, codec.encode_get_reservation_request, codec.decode_get_reservation)),
}
COLD: dict[str, Pair] = {
    "reroute": (
        st.builds(
            types.RerouteRequest,
            texts,
            reservation_ids,
            texts,
            st.lists(st.builds(types.RerouteLine, texts, int32s), max_size=4).map(tuple),
            st.sampled_from(types.RerouteReason),
            times,
        ),
        codec.encode_reroute_request,
        codec.decode_reroute,
    ),
    "reroute_node": (
        st.builds(types.RerouteNodeRequest, texts, texts, times),
        codec.encode_reroute_node_request,
        codec.decode_reroute_node,
    ),
    "list_reservations": (
        st.builds(
            types.ListReservationsRequest,
            texts,
            st.lists(st.sampled_from(ReservationState)).map(tuple),
            texts,
            st.booleans(),
            int32s,
            texts,
        ),
        codec.encode_list_reservations_request,
        codec.decode_list_reservations,
    ),
    "adjust": (
        st.builds(types.AdjustInventoryRequest, texts, texts, texts, int32s, st.sampled_from(AdjustReason), times),
        codec.encode_adjust_inventory_request,
        codec.decode_adjust_inventory,
    ),
    "set": (
        st.builds(
            types.SetInventoryRequest,
            texts,
            texts,
            texts,
            int32s,
            optional_units,
            optional_units,
            times,
            int64s,
            optional_units,
            st.none() | int64s,
            times,
        ),
        codec.encode_set_inventory_request,
        codec.decode_set_inventory,
    ),
    "import": (
        st.builds(types.ImportInventoryRequest, texts, rows, times, int64s, times),
        codec.encode_import_inventory_request,
        codec.decode_import_inventory,
    ),
    "availability": (
        st.builds(types.GetAvailabilityRequest, names, names, texts),
        codec.encode_get_availability_request,
        codec.decode_get_availability,
    ),
    "node_status": (
        st.builds(types.SetNodeStatusRequest, texts, texts, st.sampled_from(NodeStatus), times),
        codec.encode_set_node_status_request,
        codec.decode_set_node_status,
    ),
    "list_exceptions": (
        st.builds(
            types.ListExceptionsRequest,
            st.lists(st.sampled_from(ExceptionKind)).map(tuple),
            texts,
            st.booleans(),
            int64s,
            int32s,
        ),
        codec.encode_list_exceptions_request,
        codec.decode_list_exceptions,
    ),
    "resolve": (
        st.builds(types.ResolveExceptionRequest, texts, int64s, texts, times),
        codec.encode_resolve_exception_request,
        codec.decode_resolve_exception,
    ),
}


@pytest.mark.parametrize("pair", [*(pair for _, pair in HOT.values()), *COLD.values()], ids=[*HOT, *COLD])
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_request_there_and_back(pair: Pair, data: st.DataObject) -> None:
    """A request is the same after its message was serialized, parsed and decoded."""
    requests, encode, decode = pair
    request = data.draw(requests)
    message = encode(request)
    assert decode(type(message).FromString(message.SerializeToString())) == request


# --- hot requests: the same Command as the native codec makes


@pytest.mark.parametrize(("kind", "pair"), HOT.values(), ids=HOT.keys())
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_hot_request_is_the_same_command(kind: int, pair: Pair, data: st.DataObject) -> None:
    """Dataclass and bytes of a request become the same Command, fingerprint and all."""
    requests, encode, decode = pair
    request = data.draw(requests)
    wire = encode(request).SerializeToString()
    reason, field, line_i, fields = decode_to_dict(kind, wire)
    assert (reason, field, line_i) == (0, 0, -1)
    assert command_of(decode(type(encode(request)).FromString(wire))) == fields


def bad_reserve(**changes: Any) -> tuple[int, Message]:
    message = codec.encode_reserve_request(types.ReserveRequest("r1", order(1, 2)))
    for path, value in changes.items():
        at: Any = message
        *folders, name = path.split("__")
        for folder in folders:
            at = at[int(folder)] if folder.isdigit() else getattr(at, folder)
        if isinstance(value, Message):
            getattr(at, name).CopyFrom(value)
        elif isinstance(value, dict):
            getattr(at, name).update(value)
        else:
            setattr(at, name, value)
    return Kind.RESERVE, message


REFUSED: dict[str, tuple[int, Message]] = {
    "mode": bad_reserve(mode=3),
    "ttl of 0": bad_reserve(ttl__seconds=0, ttl__nanos=999),
    "ttl of two signs": bad_reserve(ttl__seconds=1, ttl__nanos=-1),
    "ttl too long": bad_reserve(ttl__seconds=1 << 40),
    "time before 1970": bad_reserve(order__placed_at__seconds=-1),
    "time of 0": bad_reserve(order__required_by__nanos=999),
    "time with too many nanos": bad_reserve(first_sent_at__seconds=1, first_sent_at__nanos=1_000_000_000),
    "negative weight": bad_reserve(order__lines__1__weight_g=-1),
    "half a point": bad_reserve(order__destination__address__latitude_e7=1),
    "other half of a point": bad_reserve(order__destination__address__longitude_e7=1),
    "point off the globe": bad_reserve(
        order__destination__address__latitude_e7=900_000_001, order__destination__address__longitude_e7=0
    ),
    "17 attributes": bad_reserve(order__lines__1__attributes={str(i): "" for i in range(17)}),
    "long attribute": bad_reserve(order__lines__0__attributes={"x" * 65: ""}),
    "1,001 lines": (
        Kind.RESERVE,
        codec.encode_reserve_request(types.ReserveRequest("r1", order(*[1] * 1001))),
    ),
    "4,097 nodes": (
        Kind.ROUTE,
        codec.encode_route_request(types.RouteRequest("", order(1), exclude_node_ids=("n",) * 4097)),
    ),
    "level twice": (
        Kind.PROMISE,
        promise_service_pb2.PromiseRequest(service_levels=["SERVICE_LEVEL_EXPRESS", "SERVICE_LEVEL_EXPRESS"]),
    ),
    "level of 0": (
        Kind.PROMISE,
        promise_service_pb2.PromiseRequest(service_levels=["SERVICE_LEVEL_UNSPECIFIED"]),
    ),
    "level of 9": (Kind.PROMISE, promise_service_pb2.PromiseRequest(service_levels=[9])),  # type: ignore[list-item]
    "no reservation id": (Kind.COMMIT, reservation_service_pb2.CommitRequest(request_id="c")),
    "reservation id not hex": (Kind.RELEASE, reservation_service_pb2.ReleaseRequest(reservation_id="g" * 32)),
}


@pytest.mark.parametrize(("kind", "message"), REFUSED.values(), ids=REFUSED.keys())
def test_refused_like_the_native_codec(kind: int, message: Message) -> None:
    """What no Command can say is refused with the same reason, field and line by both codecs."""
    decode = next(pair[2] for number, pair in HOT.values() if number == kind)
    with pytest.raises(EngineError) as caught:
        command_of(decode(message))
    reason, field, line_i, _ = decode_to_dict(kind, message.SerializeToString())
    assert reason != 0
    assert (caught.value.reason, caught.value.field, caught.value.line_i) == (reason, field, line_i)


@pytest.mark.parametrize(
    ("decode", "message", "reason", "path"),
    [
        (
            codec.decode_adjust_inventory,
            inventory_service_pb2.AdjustInventoryRequest(reason=7),  # type: ignore[arg-type]
            Reason.INVALID_FIELD,
            "reason",
        ),
        (
            codec.decode_set_node_status,
            network_service_pb2.SetNodeStatusRequest(status=4),  # type: ignore[arg-type]
            Reason.INVALID_FIELD,
            "status",
        ),
        (
            codec.decode_list_exceptions,
            exception_service_pb2.ListExceptionsRequest(kinds=[1, 9]),  # type: ignore[list-item]
            Reason.INVALID_FIELD,
            "kinds[1]",
        ),
        (
            codec.decode_list_reservations,
            reservation_service_pb2.ListReservationsRequest(states=[7]),  # type: ignore[list-item]
            Reason.INVALID_FIELD,
            "states[0]",
        ),
        (
            codec.decode_route,
            routing_service_pb2.RouteRequest(mode=4),  # type: ignore[arg-type]
            Reason.INVALID_FIELD,
            "mode",
        ),
        (
            codec.decode_reserve,
            reservation_service_pb2.ReserveRequest(order=order_pb2.Order(payment=3)),  # type: ignore[arg-type]
            Reason.INVALID_FIELD,
            "order.payment",
        ),
        (
            codec.decode_reserve,
            reservation_service_pb2.ReserveRequest(order=order_pb2.Order(service_level=5)),  # type: ignore[arg-type]
            Reason.UNKNOWN_SERVICE_LEVEL,
            "order.service_level",
        ),
    ],
)
def test_unknown_enum_number_names_the_field(
    decode: Callable[[Any], object], message: Message, reason: Reason, path: str
) -> None:
    """A number that an enum does not have is refused with the path of its field."""
    with pytest.raises(EngineError) as caught:
        decode(message)
    assert (caught.value.reason, caught.value.path) == (reason, path)


# --- hot replies: the same bytes as the native codec writes


class Twins:
    """Two engines of one history: one asked through the dataclasses and the codec, one through the native codec."""

    def __init__(self) -> None:
        self.face, other = new_face(), new_face()
        self.wire = Wire(other, timed=False)
        self.ids: dict[str, str] = {}

    def ask(self, name: str, request: Any, now_us: int = NOW_US) -> Any:
        """Ask both, compare the replies, and give the dataclass; reservation ids alone may differ."""
        kind, (_, encode, _) = HOT[name]
        method = {"get": "get_reservation"}.get(name, name)
        answer = getattr(self.face, method)(request, now_us)
        mine = getattr(codec, f"encode_{method}")(answer)
        if hasattr(mine, "decision_us"):
            mine.ClearField("decision_us")
        there = request
        if hasattr(request, "reservation_id"):
            there = replace(request, reservation_id=self.ids[request.reservation_id])
        reason, _, _, seq, data = self.wire.handle(kind, encode(there).SerializeToString(), now_us, 0)
        assert reason == 0
        reply = type(mine).FromString(data)
        assert reply.SerializeToString(deterministic=True) == data
        if mine.HasField("reservation"):
            self.ids[mine.reservation.reservation_id] = reply.reservation.reservation_id
            reply.reservation.reservation_id = mine.reservation.reservation_id
        assert reply == mine
        assert reply.SerializeToString(deterministic=True) == mine.SerializeToString(deterministic=True)
        assert seq == answer.seq
        return answer


@pytest.fixture
def twins() -> Twins:
    return Twins()


@pytest.mark.parametrize("mode", list(RouteMode), ids=lambda mode: mode.name)
@pytest.mark.parametrize(
    "wanted",
    [
        pytest.param(order(1), id="1 line"),
        pytest.param(order(1, 2, 3), id="3 lines"),
        pytest.param(order(*range(1, 9)), id="8 lines"),
        pytest.param(order(*[1] * 12), id="12 lines"),
        pytest.param(order(1, STOCK + 1), id="too much"),
        pytest.param(replace(order(2, 2), destination=types.Destination(None, node(5))), id="pickup"),
        pytest.param(replace(order(1, 1), service_level=ServiceLevel.EXPRESS), id="express"),
        pytest.param(replace(order(1, 1), payment=PaymentMethod.COLLECT_ON_DELIVERY), id="on delivery"),
    ],
)
def test_route_reply(twins: Twins, wanted: types.Order, mode: RouteMode) -> None:
    """Route replies are equal byte by byte in every mode, first and repeated."""
    twins.ask("route", types.RouteRequest("q1", wanted, mode=mode))
    twins.ask("route", types.RouteRequest("q1", wanted, mode=mode), NOW_US + SECOND_US)


def test_route_partial_reply(twins: Twins) -> None:
    """A partial plan's reply names the policy and the unassigned lines as the native one does."""
    request = types.RouteRequest("", order(1, STOCK + 1), types.PolicyRef("cheapest"), allow_partial=True)
    assert twins.ask("route", request).plan.unassigned_lines


@pytest.mark.parametrize("hold", [False, True], ids=["quote", "hold"])
@pytest.mark.parametrize("wanted", [order(1), order(2, 3), order(STOCK + 1)], ids=["1 line", "2 lines", "too much"])
def test_promise_reply(twins: Twins, wanted: types.Order, hold: bool) -> None:
    """Promise replies are equal byte by byte, tokens included, first and repeated."""
    request = types.PromiseRequest(
        "p1", wanted, hold=hold, option=ServiceLevel.STANDARD if hold else ServiceLevel.UNSPECIFIED
    )
    twins.ask("promise", request)
    twins.ask("promise", request, NOW_US + SECOND_US)


@pytest.mark.parametrize("mode", list(ReserveMode), ids=lambda mode: mode.name)
@pytest.mark.parametrize(
    "wanted",
    [
        pytest.param(order(1, 2), id="routed"),
        pytest.param(order(1, 2, pins=(node(0), node(1))), id="pinned"),
        pytest.param(order(1, 2, pins=(node(0),)), id="one pinned"),
        pytest.param(order(1, STOCK + 5, pins=(node(0), node(0))), id="too much"),
    ],
)
def test_reserve_reply(twins: Twins, wanted: types.Order, mode: ReserveMode) -> None:
    """Reserve replies are equal byte by byte, whole and partial, first and repeated."""
    for partial in (False, True):
        request = types.ReserveRequest(f"r{partial}", wanted, mode=mode, allow_partial=partial)
        twins.ask("reserve", request)
        twins.ask("reserve", request, NOW_US + SECOND_US)


def test_reserve_by_token_reply(twins: Twins) -> None:
    """Reserving with a token is answered alike when granted as quoted and when the stock has gone."""
    first, second = twins.ask("promise", types.PromiseRequest("", order(STOCK))).options[:2]
    twins.ask("reserve", types.ReserveRequest("t1", order(STOCK), first.option_token))
    twins.ask("reserve", types.ReserveRequest("t2", order(STOCK), second.option_token))


def test_replies_of_a_whole_life(twins: Twins) -> None:
    """Extend, Commit, Fulfill, Release and GetReservation are answered alike in every state."""
    held = twins.ask("reserve", types.ReserveRequest("r1", order(4, 5))).reservation.reservation_id
    twins.ask("get", types.GetReservationRequest(held))
    twins.ask("extend", types.ExtendRequest("e1", held, 60 * SECOND_US), NOW_US + 5)
    twins.ask("release", types.ReleaseRequest("x1", held, (types.LineQuantity("L2", 1),)))
    twins.ask("commit", types.CommitRequest("c1", held))
    twins.ask("fulfill", types.FulfillRequest("f1", held, (types.LineQuantity("L1", 2),)))
    twins.ask("get", types.GetReservationRequest(held))
    twins.ask("fulfill", types.FulfillRequest("f2", held))
    twins.ask("fulfill", types.FulfillRequest("f2", held), NOW_US + SECOND_US)
    assert twins.ask("get", types.GetReservationRequest(held)).reservation.state is ReservationState.FULFILLED


def test_reply_of_a_reacquired_hold(twins: Twins) -> None:
    """An expired hold, and its Commit with reacquire, are answered alike."""
    request = types.ReserveRequest("r1", order(3, pins=(node(0),)), ttl_us=SECOND_US)
    held = twins.ask("reserve", request).reservation.reservation_id
    twins.ask("get", types.GetReservationRequest(held), NOW_US + SECOND_US)
    assert twins.ask("commit", types.CommitRequest("c1", held, reacquire=True), NOW_US + SECOND_US).reacquired


def test_same_request_through_either_codec_is_one_request() -> None:
    """A request sent as a dataclass and again as bytes is a repeat: one engine, one fingerprint, one effect."""
    face = new_face()
    wire = Wire(face)
    request = types.ReserveRequest("r1", order(1, 2), ttl_us=SECOND_US)
    first = face.reserve(request, NOW_US)
    reason, _, _, seq, data = wire.handle(
        Kind.RESERVE, codec.encode_reserve_request(request).SerializeToString(), NOW_US, 0
    )
    reply = reservation_service_pb2.ReserveResponse.FromString(data)
    assert (reason, seq) == (0, first.seq)
    assert first.reservation is not None
    assert reply.reservation.reservation_id == first.reservation.reservation_id


# --- batches and cold replies


def test_batches_carry_answers_and_errors_in_order() -> None:
    """An item of a batch is the unary reply or the Status of its error, in the order of the requests."""
    face = new_face()
    refused = Status(code=3, message="no")
    route = face.route(types.RouteRequest("", order(1)), NOW_US)
    reserve = face.reserve(types.ReserveRequest("r1", order(1)), NOW_US)
    promise = face.promise(types.PromiseRequest("", order(1)), NOW_US)
    for batch, single in (
        (codec.encode_batch_route([refused, route]), codec.encode_route(route)),
        (codec.encode_batch_reserve([refused, reserve]), codec.encode_reserve(reserve)),
        (codec.encode_batch_promise([refused, promise]), codec.encode_promise(promise)),
    ):
        assert [item.WhichOneof("result") for item in batch.results] == ["error", "response"]
        assert batch.results[0].error == refused
        assert batch.results[1].response == single


def test_stock_replies_carry_the_position() -> None:
    """Adjust, Set and GetAvailability tell every field of a position."""
    face = new_face()
    request = types.SetInventoryRequest("s1", faces.sku(0), node(0), 9, safety_stock=2, routing_reserve=1)
    counted = codec.encode_set_inventory(face.set_inventory(request, NOW_US))
    assert counted.position == inventory_service_pb2.Position(
        sku=faces.sku(0),
        node_id=node(0),
        on_hand=9,
        safety_stock=2,
        routing_reserve=1,
        available=7,
        on_hand_version=2,
    )
    read = face.get_availability(types.GetAvailabilityRequest((faces.sku(0),), (node(0),)), NOW_US)
    assert codec.encode_get_availability(read).positions[0] == counted.position
    adjusted = face.adjust_inventory(
        types.AdjustInventoryRequest("a1", faces.sku(0), node(0), -3, AdjustReason.SALE), NOW_US
    )
    assert codec.encode_adjust_inventory(adjusted).position.on_hand == 6


def test_import_reply_counts_and_tells_errors() -> None:
    """The summary of an import carries its counts, and each error as the Status it is mapped to."""
    error = types.ImportError("i1", 3, Reason.UNKNOWN_SKU, Field.SKU)
    reply = codec.encode_import_inventory(
        types.ImportInventoryResult(2, 1, 10, 1, (error,), 17, 17), lambda e: Status(message=e.reason.name)
    )
    assert (reply.chunks, reply.chunks_repeated, reply.rows_applied, reply.rows_refused) == (2, 1, 10, 1)
    assert (reply.errors[0].request_id, reply.errors[0].row_i, reply.errors[0].error.message) == (
        "i1",
        3,
        "UNKNOWN_SKU",
    )


def test_list_replies_have_cursor_and_sequence() -> None:
    """Pages of reservations and exceptions carry their records, their cursor and the sequence they were read at."""
    face = new_face()
    held = face.reserve(types.ReserveRequest("r1", order(STOCK, pins=(node(0),))), NOW_US).reservation
    face.reserve(types.ReserveRequest("r2", order(1)), NOW_US)
    face.adjust_inventory(types.AdjustInventoryRequest("a1", faces.sku(0), node(0), -1, AdjustReason.DAMAGE), NOW_US)
    page = face.list_reservations(types.ListReservationsRequest(page_size=1), NOW_US)
    listed = codec.encode_list_reservations(page)
    assert held is not None
    assert [r.reservation_id for r in listed.reservations] == [held.reservation_id]
    assert (listed.next_page_token, listed.inventory_seq) == (page.next_page_token, face.seq)
    exceptions = codec.encode_list_exceptions(face.list_exceptions(types.ListExceptionsRequest(), NOW_US))
    assert [(e.exception_id, e.sku, e.quantity) for e in exceptions.exceptions] == [(1, faces.sku(0), 1)]
    resolved = face.resolve_exception(types.ResolveExceptionRequest("x1", 1), NOW_US)
    assert codec.encode_resolve_exception(resolved).exception.HasField("resolved_at")


def test_network_is_read_back_from_the_document() -> None:
    """Nodes, SKUs, carrier services, lanes and postal codes of the demo network are told as its files say."""
    document, _ = demo()
    first = codec.encode_node(document, document.nodes[0], NodeStatus.PAUSED)
    assert (first.node_id, int(first.status)) == (document.nodes[0].id, NodeStatus.PAUSED)
    assert first.pick_lead.ToSeconds() == document.nodes[0].pick_lead_minutes * 60
    assert first.carrier_service_ids == sorted(first.carrier_service_ids)
    assert codec.encode_sku(document, 3).weight_g == document.skus.weight_g[3]
    service = codec.encode_carrier_service(document, 0, 5)
    assert (service.carrier_service_id, service.lane_count) == (document.services[0].id, 5)
    lane = codec.encode_lane(document, 0)
    assert 0 <= lane.transit_days_min <= lane.transit_days_max
    assert [step.weight_max_g for step in lane.tariff_steps] == sorted(step.weight_max_g for step in lane.tariff_steps)
    code = document.postal_codes.codes.index("560001")
    assert codec.encode_postal_code(document, code).zone
    summary = codec.encode_summary(document, 1, NOW_US, ())
    assert (summary.node_count, summary.sku_count) == (len(document.nodes), len(document.skus.ids))


def test_postal_code_tells_where_its_point_comes_from() -> None:
    """A listed code has its own point; a suspect one shares the centre of its good neighbours by prefix."""
    document, _ = demo()
    codes = document.postal_codes
    listed = codec.encode_postal_code(document, codes.codes.index("560001"))
    assert listed.point_source == network_service_pb2.POINT_SOURCE_LISTED
    points: dict[tuple[int, str], set[tuple[int, int]]] = {}
    for i in codes.suspect.nonzero()[0].tolist():
        place = codec.encode_postal_code(document, i)
        digits = {network_service_pb2.POINT_SOURCE_PREFIX_3: 3, network_service_pb2.POINT_SOURCE_PREFIX_2: 2}
        prefix = codes.codes[i][: digits.get(place.point_source, 0)]
        points.setdefault((place.point_source, prefix), set()).add((place.latitude_e7, place.longitude_e7))
    assert any(source == network_service_pb2.POINT_SOURCE_PREFIX_3 for source, _ in points)
    assert all(len(shared) == 1 for (_, prefix), shared in points.items() if prefix)


def test_node_status_reply_carries_node_and_counts() -> None:
    """The reply of a switch has the node after it and what was moved."""
    document, _ = demo()
    result = types.NodeStatusResult(document.nodes[0].id, NodeStatus.OFFLINE, 2, 5, 1, 3, 9, 9)
    reply = codec.encode_set_node_status(result, codec.encode_node(document, document.nodes[0], result.status))
    assert (int(reply.node.status), reply.reservations_rerouted, reply.units_stranded) == (NodeStatus.OFFLINE, 2, 3)


def test_absent_is_not_zero() -> None:
    """Optional numbers that are 0 stay apart from those not given."""
    request = types.SetInventoryRequest("s", "a", "n", 1, safety_stock=0, expected_version=0)
    message = codec.encode_set_inventory_request(request)
    assert message.HasField("safety_stock")
    assert not message.HasField("routing_reserve")
    assert codec.decode_set_inventory(message) == request
    point = types.PostalAddress("1", "", 0, 0)
    assert codec.decode_reserve(
        codec.encode_reserve_request(types.ReserveRequest("r", replace(order(1), destination=types.Destination(point))))
    ).order.destination == types.Destination(point)
    assert types_pb2.PostalAddress(latitude_e7=0).HasField("latitude_e7")
