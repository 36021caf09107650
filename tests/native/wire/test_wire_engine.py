"""The seam over a real engine: the same bytes as the engine's Python face and the codec give."""

import dataclasses
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from google.rpc import status_pb2
from tests.native.wire.messages import REPLIES
from tests.unit.network.small_network import FILES, TOML

from fastdom.engine.engine import Engine
from fastdom.network import load_files
from fastdom.reasons import EngineError, Reason
from fastdom_api.v1 import promise_service_pb2, reservation_service_pb2, routing_service_pb2
from fastdom_api.v1.order_pb2 import Order
from fastdom_server import errors
from fastdom_server._wire.seam import Wire
from fastdom_server.codec import promises, reservations, routing

ReserveRequest = reservation_service_pb2.ReserveRequest
RESERVE, ROUTE, PROMISE, COMMIT, EXTEND, RELEASE, FULFILL, GET = range(1, 9)

ALL_FILES = {name: text.encode() for name, text in FILES.items()}
AIRMAIL = """\
[[carrier_services]]
id = "airmail"
carrier = "post"
service_level = "EXPRESS"
calendar = "carrier"
max_weight_g = 500

"""
FACE: dict[int, tuple[str, Callable[[Any], Any], Callable[[Any], Any]]] = {
    RESERVE: ("reserve", reservations.decode_reserve, reservations.encode_reserve),
    ROUTE: ("route", routing.decode_route, routing.encode_route),
    PROMISE: ("promise", promises.decode_promise, promises.encode_promise),
    COMMIT: ("commit", reservations.decode_commit, reservations.encode_commit),
    EXTEND: ("extend", reservations.decode_extend, reservations.encode_extend),
    RELEASE: ("release", reservations.decode_release, reservations.encode_release),
    FULFILL: ("fulfill", reservations.decode_fulfill, reservations.encode_fulfill),
    GET: ("get_reservation", reservations.decode_get_reservation, reservations.encode_get_reservation),
}
"""Method of the face, decoder and encoder of the codec by the seam's method."""


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    with Engine.open(tmp_path, network=ALL_FILES, durability="process") as made:
        yield made


class Ways:
    """Both ways into one engine."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.wire = Wire(engine.face, timed=False)

    def native(self, method: int, request: Any) -> tuple[int, int, bytes]:
        """Reason, sequence to wait for, and bytes of the seam."""
        reason, _, _, seq, data = self.wire.handle(method, request.SerializeToString(), self.engine.now_us(), 0)
        return reason, seq, data

    def python(self, method: int, request: Any) -> tuple[int, int, bytes]:
        """The same of the engine's face and the codec."""
        name, decode, encode = FACE[method]
        try:
            result = getattr(self.engine.face, name)(decode(request), self.engine.now_us())
        except EngineError as error:
            return error.reason, error.seq, errors.of_error(error).SerializeToString(deterministic=True)
        result = dataclasses.replace(result, decision_us=0)
        return 0, result.seq, encode(result).SerializeToString(deterministic=True)

    def both(self, method: int, request: Any) -> Any:
        """The reply, which is the same by both ways."""
        native, python = self.native(method, request), self.python(method, request)
        assert REPLIES[method].FromString(native[2]) == REPLIES[method].FromString(python[2])
        assert native == python
        return REPLIES[method].FromString(native[2])

    def first(self, method: int, request: Any) -> Any:
        """The reply to a mutation, whose repeats are the same by both ways."""
        reason, _, data = self.native(method, request)
        assert reason == 0, status_pb2.Status.FromString(data)
        self.both(method, request)
        return REPLIES[method].FromString(data)


@pytest.fixture
def ways(engine: Engine) -> Ways:
    return Ways(engine)


def order(engine: Engine, n_lines: int = 2) -> Order:
    """An order that the small network can ship."""
    assert engine.network is not None
    network = engine.network
    message = Order(order_id="ORD-7", channel=network.channels[0].id, order_value_micros=5_000_000)
    for i in range(n_lines):
        sku = network.skus.ids[network.stock.sku_i[i % len(network.stock.sku_i)]]
        message.lines.add(line_id=f"L{i}", sku=sku, quantity=1, attributes={"gift": "yes", "note": "blau"})
    message.destination.address.postal_code = "10115"
    message.destination.address.latitude_e7 = 525_200_000
    message.destination.address.longitude_e7 = 134_000_000
    return message


def test_estimates(ways: Ways) -> None:
    """Route and Promise answer the same, costs, windows and tokens included."""
    route = routing_service_pb2.RouteRequest(order=order(ways.engine), exclude_node_ids=["shop"])
    ways.both(ROUTE, route)
    del route.exclude_node_ids[:]
    assert ways.both(ROUTE, route).plan.shipments
    reply = ways.native(PROMISE, promise_service_pb2.PromiseRequest(order=order(ways.engine)))[2]
    assert promise_service_pb2.PromiseResponse.FromString(reply).options[0].option_token
    ways.both(PROMISE, promise_service_pb2.PromiseRequest(order=order(ways.engine, 1), service_levels=[4]))  # type: ignore[list-item]


def test_the_life_of_a_reservation(ways: Ways) -> None:
    """Every verb answers the same by both ways when it is repeated, so their fingerprints are equal too."""
    request = ReserveRequest(request_id="r", order=order(ways.engine))
    request.ttl.seconds = 60
    made = ways.first(RESERVE, request)
    name = made.reservation.reservation_id
    assert made.reservation.allocations[0].carrier_service_id
    service = reservation_service_pb2
    extend = service.ExtendRequest(request_id="e", reservation_id=name)
    extend.ttl.seconds = 90
    ways.first(EXTEND, extend)
    ways.first(COMMIT, service.CommitRequest(request_id="c", reservation_id=name, reacquire=True))
    assert ways.both(GET, service.GetReservationRequest(reservation_id=name)).reservation.shipments
    fulfill = service.FulfillRequest(request_id="f", reservation_id=name)
    fulfill.lines.add(line_id="L0", quantity=1)
    ways.first(FULFILL, fulfill)
    assert ways.both(GET, service.GetReservationRequest(reservation_id=name)).reservation.state == 3
    ways.first(RELEASE, service.ReleaseRequest(request_id="x", reservation_id=name))
    assert not ways.both(GET, service.GetReservationRequest(reservation_id=name)).reservation.shipments


def test_holds_of_route_and_promise(ways: Ways) -> None:
    """Route HOLD and Promise with hold are repeated the same by both ways."""
    route = routing_service_pb2.RouteRequest(request_id="a", order=order(ways.engine), mode=2)  # type: ignore[arg-type]
    assert ways.first(ROUTE, route).reservation.allocations
    promise = promise_service_pb2.PromiseRequest(request_id="b", order=order(ways.engine), hold=True)
    held = ways.first(PROMISE, promise)
    assert held.reservation.allocations
    assert held.options[0].service_level == held.held_option
    assert not held.options[0].option_token


def test_a_token_is_taken(ways: Ways) -> None:
    """A Reserve by token answers its plan and that nothing differs."""
    wanted = order(ways.engine)
    reply = ways.native(PROMISE, promise_service_pb2.PromiseRequest(order=wanted))[2]
    token = promise_service_pb2.PromiseResponse.FromString(reply).options[0].option_token
    made = ways.first(RESERVE, ReserveRequest(request_id="t", order=wanted, option_token=token))
    assert made.token_difference == 1
    assert made.plan.shipments


@pytest.mark.parametrize(
    "change",
    [
        lambda r: r.order.lines.add(line_id="L0", sku="nothing", quantity=1),
        lambda r: r.order.lines.add(line_id="new", sku="nothing", quantity=1),
        lambda r: r.order.lines.add(line_id="new", sku="s", quantity=-1),
        lambda r: setattr(r.order, "channel", "fax"),
        lambda r: setattr(r.order.destination.address, "postal_code", "00000"),
        lambda r: setattr(r.order, "currency_code", "USD"),
        lambda r: setattr(r, "request_id", ""),
        lambda r: setattr(r, "request_id", "r" * 37),
        lambda r: setattr(r.order, "order_id", "o" * 65),
        lambda r: r.order.ClearField("lines"),
        lambda r: setattr(r.ttl, "seconds", -5),
        lambda r: setattr(r.ttl, "seconds", 10**9),
        lambda r: setattr(r.order.required_by, "seconds", -5),
        lambda r: setattr(r.order, "service_level", 9),
        lambda r: setattr(r.order, "payment", 9),
        lambda r: setattr(r.order, "order_value_micros", -1),
        lambda r: setattr(r, "mode", 9),
        lambda r: setattr(r.order.destination.address, "longitude_e7", 2_000_000_000),
        lambda r: r.order.destination.address.ClearField("latitude_e7"),
        lambda r: r.order.lines[1].attributes.update({"k": "v" * 65}),
        lambda r: setattr(r.order.lines[1], "weight_g", -1),
        lambda r: setattr(r.order.lines[1], "line_id", ""),
        lambda r: setattr(r, "option_token", b"not one"),
    ],
)
def test_refusals(ways: Ways, change: Callable[[Any], Any]) -> None:
    """A refusal has the same reason, words and field by both ways."""
    request = ReserveRequest(request_id="r", order=order(ways.engine))
    change(request)
    (reason, _, native), (expected, _, python) = ways.native(RESERVE, request), ways.python(RESERVE, request)
    native_status, python_status = status_pb2.Status.FromString(native), status_pb2.Status.FromString(python)
    assert reason == expected != 0
    assert (native_status.code, native_status.message) == (python_status.code, python_status.message)
    assert [detail.type_url for detail in native_status.details] == [d.type_url for d in python_status.details]


def test_a_reservation_that_is_not_there(ways: Ways) -> None:
    """An unknown reservation is NOT_FOUND by both ways."""
    request = reservation_service_pb2.GetReservationRequest(reservation_id="f" * 32)
    assert ways.native(GET, request)[0] == ways.python(GET, request)[0] == Reason.RESERVATION_NOT_FOUND


def test_another_network_version(ways: Ways) -> None:
    """Replies name carrier services as the network version that decided knows them."""
    engine = ways.engine
    old = ways.first(RESERVE, ReserveRequest(request_id="old", order=order(engine)))
    at = TOML.index("[[carrier_services]]")
    files = {**ALL_FILES, "network.toml": (TOML[:at] + AIRMAIL + TOML[at:]).encode()}
    assert engine.activate_network(load_files(files), files) == 2
    new = ways.first(RESERVE, ReserveRequest(request_id="new", order=order(engine)))
    for reply in (old, new):
        kept = ways.both(
            GET, reservation_service_pb2.GetReservationRequest(reservation_id=reply.reservation.reservation_id)
        )
        assert kept.reservation.allocations[0].carrier_service_id == "ground"


def test_the_network_changes_under_another_thread(ways: Ways) -> None:
    """A Wire in another thread learns the texts of each network that becomes active, while it is in use."""
    engine = ways.engine
    data = routing_service_pb2.RouteRequest(order=order(engine)).SerializeToString()
    other, names, done = Wire(engine.face, timed=False), set(), threading.Event()

    def call() -> None:
        while not done.is_set():
            plan = routing_service_pb2.RouteResponse.FromString(other.handle(ROUTE, data, engine.now_us(), 0)[4]).plan
            names.update(shipment.carrier_service_id for shipment in plan.shipments)

    thread = threading.Thread(target=call)
    thread.start()
    at = TOML.index("[[carrier_services]]")
    for i in range(6):
        more = "".join(AIRMAIL.replace("airmail", f"airmail-{n}") for n in range(i + 1))
        files = {**ALL_FILES, "network.toml": (TOML[:at] + more + TOML[at:]).encode()}
        assert engine.activate_network(load_files(files), files) == i + 2
        engine.refresh_network()
        assert ways.native(ROUTE, routing_service_pb2.RouteRequest(order=order(engine)))[0] == 0
    done.set()
    thread.join()
    assert names == {"ground"}


def test_an_engine_without_network(tmp_path: Path) -> None:
    """Without a network, orders are refused as NETWORK_MISSING, until one is there."""
    with Engine.open(tmp_path, durability="process") as bare:
        ways = Ways(bare)
        request = ReserveRequest(request_id="r")
        request.order.lines.add(line_id="L", sku="s", quantity=1)
        request.order.channel = "web"
        request.order.destination.address.postal_code = "10115"
        assert ways.native(RESERVE, request)[0] == Reason.NETWORK_MISSING
        bare.activate_network(load_files(ALL_FILES), ALL_FILES)
        assert ways.first(RESERVE, ReserveRequest(request_id="now", order=order(bare))).reservation.reservation_id


def test_a_wire_wants_an_engine() -> None:
    """Anything that is neither an engine nor a core is a TypeError."""
    with pytest.raises(TypeError):
        Wire(object())  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        Wire(None)  # type: ignore[arg-type]
