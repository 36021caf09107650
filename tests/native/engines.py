"""Engines without a disk: a small network, the batches a flush thread would take, and a clock that is a number."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from fastdom._native import snapshot
from fastdom._native.network import NetworkTables
from fastdom.engine.face import Face
from fastdom.engine.limits import Limits
from fastdom.network import NetworkDocument, compile_network, load_files
from fastdom.reasons import EngineError
from fastdom.types import (
    AdjustInventoryRequest,
    AdjustReason,
    CommitRequest,
    Destination,
    ExtendRequest,
    FulfillRequest,
    GetReservationRequest,
    LineQuantity,
    NodeStatus,
    Order,
    OrderLine,
    PositionResult,
    PostalAddress,
    PromiseRequest,
    PromiseResult,
    ReleaseRequest,
    Reservation,
    ReservationResult,
    ReserveMode,
    ReserveRequest,
    ReserveResult,
    RouteMode,
    RouteRequest,
    RouteResult,
    SetInventoryRequest,
    SetNodeStatusRequest,
)

SECOND_US = 1_000_000
MINUTE_US = 60 * SECOND_US
HOUR_US = 60 * MINUTE_US
DAY_US = 24 * HOUR_US
T0 = 1_789_344_000_000_000
"""Monday 2026-09-14 00:00 UTC; the network's clocks are UTC."""

NODES = ("alder", "birch", "cedar", "dogwood")
SKUS = ("ink", "jar", "kit")
SERVICES = ("ground", "air")
CHANNEL = "web"
POSTAL = "10001"
ROOM = 1 << 40

NETWORK = """\
format = 1
name = "grove"
country = "DE"
currency = "EUR"
time_zone = "UTC"
default_policy = "cheapest"
[promise]
quote_ttl_s = 600
horizon_days = 30
[[channels]]
id = "web"
default_ttl_s = 900
[[channels]]
id = "till"
default_ttl_s = 60
[[carriers]]
id = "post"
[[carrier_services]]
id = "ground"
carrier = "post"
service_level = "STANDARD"
calendar = "daily"
max_weight_g = 500000000
cod = true
[[carrier_services]]
id = "air"
carrier = "post"
service_level = "EXPRESS"
calendar = "daily"
max_weight_g = 500000000
[calendars.daily]
[[policies]]
name = "cheapest"
distance_micros_per_km_unit = 1000
split_penalty_micros = 5000000
"""


def network_files(
    capacity: Mapping[str, tuple[str, int]] | None = None, nodes: Sequence[str] = NODES, skus: Sequence[str] = SKUS
) -> dict[str, bytes]:
    """Files of a network: every node ships to the one postal code with both services, the first ones nearer.

    Parameters
    ----------
    capacity
        By node: ("SHIPMENTS" or "UNITS", limit a day); the others are unlimited.
    """
    kinds = capacity or {}
    rows = ["node_id,type,postal_code,calendar,cutoff,lat,lng,capacity_kind,capacity_limit"]
    for i, node in enumerate(nodes):
        kind, limit = kinds.get(node, ("NONE", ""))
        rows.append(f"{node},DC,{POSTAL},daily,18:00,52.5,{13.0 + 0.1 * i:.1f},{kind},{limit}")
    texts = {
        "network.toml": NETWORK,
        "zones.csv": "zone\nnorth\n",
        "postal_codes.csv": f"postal_code,zone,lat,lng\n{POSTAL},north,52.5,13.0\n",
        "nodes.csv": "\n".join(rows) + "\n",
        "skus.csv": "sku,weight_g\n" + "".join(f"{sku},{100 + i}\n" for i, sku in enumerate(skus)),
        "lanes.csv": (
            "origin_zone,destination_zone,carrier_service,rate_zone,transit_days_min,transit_days_max\n"
            "north,north,ground,a,2,3\nnorth,north,air,a,1,1\n"
        ),
        "tariffs.csv": (
            "carrier_service,rate_zone,up_to_g,step_g,cost_micros\n"
            "ground,a,1000,,3000000\nground,a,,1000,100000\nair,a,1000,,9000000\nair,a,,1000,300000\n"
        ),
        "pickups.csv": "node_id,carrier_service,pickup_times\n"
        + "".join(f"{node},{service},20:00\n" for node in nodes for service in ("ground", "air")),
    }
    return {name: text.encode() for name, text in texts.items()}


@lru_cache(maxsize=64)
def _document(capacity: tuple[tuple[str, tuple[str, int]], ...], nodes: tuple[str, ...]) -> NetworkDocument:
    return load_files(network_files(dict(capacity), nodes))


@lru_cache(maxsize=64)
def _tables(capacity: tuple[tuple[str, tuple[str, int]], ...], nodes: tuple[str, ...], version: int) -> NetworkTables:
    return tables_of(_document(capacity, nodes), version, nodes)


def tables_of(document: NetworkDocument, version: int, nodes: Sequence[str] = NODES, **changed: Any) -> NetworkTables:
    """Tables of a document over the names of a desk, compiled at T0; with arrays that no document would give."""
    compiled = compile_network(
        document,
        {node: i for i, node in enumerate(nodes)},
        {sku: i for i, sku in enumerate(SKUS)},
        T0,
        service_index={service: i for i, service in enumerate(SERVICES)},
    )
    return NetworkTables(replace(compiled, **changed), version)


def small_limits(**changes: int) -> Limits:
    """Limits of a small engine, which opens in no time."""
    given = {
        "skus_max": 64,
        "nodes_max": 64,
        "channels_max": 8,
        "tenants_max": 8,
        "positions_max": 1024,
        "reservations_max": 4096,
        "reservation_bytes_max": 8 << 20,
        "request_ids_max": 8192,
        "answer_bytes_max": 8 << 20,
        "exceptions_max": 256,
        "fulfilment_log_max": 1024,
    }
    return Limits(**{**given, **changes})


def grid(on_hand: int) -> dict[tuple[str, str], int]:
    """The same stock of every SKU at every node."""
    return {(sku, node): on_hand for sku in SKUS for node in NODES}


def line(i: int, sku: str, quantity: int, node: str = "") -> OrderLine:
    """A line with the id ``L{i}``."""
    return OrderLine(f"L{i}", sku, quantity, node_id=node)


def order(lines: Sequence[OrderLine], **facts: Any) -> Order:
    """An order to the one postal code."""
    return Order("order", CHANNEL, tuple(lines), **{"destination": Destination(PostalAddress(POSTAL)), **facts})


@dataclass
class Desk:
    """A live engine without a disk, at a time that only the test moves.

    Attributes
    ----------
    now_us : int
        Microseconds UTC that every call is made at.
    batches : list
        What a flush thread would have brought to disk: (first sequence, last sequence, payload).
    """

    limits: Limits = field(default_factory=small_limits)
    capacity: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    nodes: tuple[str, ...] = NODES
    buffer_bytes: int = 4 << 20
    now_us: int = T0
    batches: list[tuple[int, int, bytes]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._requests = 0
        self.face = Face(self.limits.as_dict(), bytes(16), self.buffer_bytes)
        self.face.start(ROOM)
        self.activate(1)

    # --- network

    def tables(self, version: int = 1, capacity: Mapping[str, tuple[str, int]] | None = None) -> NetworkTables:
        """Compiled tables of this desk's network, or of one with other capacities."""
        chosen = tuple(sorted((self.capacity if capacity is None else capacity).items()))
        return _tables(chosen, self.nodes, version)

    def activate(self, version: int, capacity: Mapping[str, tuple[str, int]] | None = None) -> None:
        """Intern the names and make a network version the active one."""
        for table, names in ((2, (CHANNEL, "till")), (4, SERVICES), (1, self.nodes), (0, SKUS)):
            self.face.intern(table, [name.encode() for name in names], self.now_us)
        self.face.activate_network(self.tables(version, capacity), version, bytes([version]) * 32, self.now_us)
        self.face.set_channel_ttl(CHANNEL.encode(), 900 * SECOND_US)
        self.face.set_channel_ttl(b"till", 60 * SECOND_US)

    # --- the journal

    def flush(self) -> None:
        """Take what was decided and say that it is durable."""
        while True:
            batch = self.face.take_batch(0.0)
            if batch is None:
                return
            first, last, payload = batch
            self.batches.append((first, last, bytes(payload)))
            payload.release()
            self.face.batch_durable(ROOM)

    def replayed(self, limits: Limits | None = None) -> Face:
        """Another engine with the state of the journal, still replaying."""
        self.flush()
        return replayed(self.batches, limits or self.limits)

    def loaded(self) -> Face:
        """Another engine with the state of a checkpoint of this one, still replaying."""
        return loaded(snapshot.dump(self.face), self.limits)

    def goes_on(self, face: Face) -> "Desk":
        """A live desk over an engine of `replayed` or `loaded`, at this desk's time."""
        desk = object.__new__(Desk)
        desk.limits, desk.capacity, desk.nodes = self.limits, self.capacity, self.nodes
        desk.buffer_bytes, desk.now_us, desk.batches = self.buffer_bytes, self.now_us, list(self.batches)
        desk._requests, desk.face = self._requests, face
        face.attach_network(self.tables(face.network_version))
        face.set_channel_ttl(CHANNEL.encode(), 900 * SECOND_US)
        face.set_channel_ttl(b"till", 60 * SECOND_US)
        face.start(ROOM)
        return desk

    # --- commands

    def fresh(self) -> str:
        """A request id not used before."""
        self._requests += 1
        return f"r{self._requests}"

    def reserve(
        self,
        lines: Sequence[OrderLine],
        *,
        rid: str = "",
        firm: bool = False,
        partial: bool = False,
        ttl_us: int = 0,
        pinned: bool = True,
        **facts: Any,
    ) -> ReserveResult:
        """Reserve; without a destination where every line is pinned."""
        given = order(lines, destination=None) if pinned else order(lines)
        mode = ReserveMode.FIRM if firm else ReserveMode.HOLD
        request = ReserveRequest(rid or self.fresh(), given, mode=mode, ttl_us=ttl_us, allow_partial=partial, **facts)
        return self.face.reserve(request, self.now_us)

    def hold(self, sku: str, node: str, quantity: int, **facts: Any) -> str:
        """A hold of one pinned line that must be granted; its reservation id."""
        result = self.reserve([line(1, sku, quantity, node)], **facts)
        assert result.reservation is not None
        return result.reservation.reservation_id

    def route(self, lines: Sequence[OrderLine], mode: RouteMode = RouteMode.PLAN, **facts: Any) -> RouteResult:
        """Route."""
        rid = "" if mode == RouteMode.PLAN else self.fresh()
        return self.face.route(RouteRequest(rid, order(lines), mode=mode, **facts), self.now_us)

    def promise(self, lines: Sequence[OrderLine], *, hold: bool = False, **facts: Any) -> PromiseResult:
        """Promise, with or without a hold."""
        request = PromiseRequest(self.fresh() if hold else "", order(lines), hold=hold, **facts)
        return self.face.promise(request, self.now_us)

    def commit(self, reservation: str, *, rid: str = "", reacquire: bool = False) -> ReservationResult:
        """Commit."""
        return self.face.commit(CommitRequest(rid or self.fresh(), reservation, reacquire), self.now_us)

    def extend(self, reservation: str, ttl_us: int = 0, *, rid: str = "") -> ReservationResult:
        """Extend."""
        return self.face.extend(ExtendRequest(rid or self.fresh(), reservation, ttl_us), self.now_us)

    def release(self, reservation: str, *lines: tuple[str, int], rid: str = "") -> ReservationResult:
        """Release; without lines all open units."""
        picked = tuple(LineQuantity(*one) for one in lines)
        return self.face.release(ReleaseRequest(rid or self.fresh(), reservation, picked), self.now_us)

    def fulfill(self, reservation: str, *lines: tuple[str, int], rid: str = "") -> ReservationResult:
        """Fulfill; without lines all open units."""
        picked = tuple(LineQuantity(*one) for one in lines)
        return self.face.fulfill(FulfillRequest(rid or self.fresh(), reservation, picked), self.now_us)

    def get(self, reservation: str) -> Reservation:
        """GetReservation."""
        return self.face.get_reservation(GetReservationRequest(reservation), self.now_us).reservation

    def adjust(self, sku: str, node: str, delta: int, *, rid: str = "", reason: int = 0) -> PositionResult:
        """AdjustInventory, as a count unless another reason is given."""
        request = AdjustInventoryRequest(
            rid or self.fresh(), sku, node, delta, AdjustReason(reason) if reason else AdjustReason.COUNT
        )
        return self.face.adjust_inventory(request, self.now_us)

    def set(self, sku: str, node: str, on_hand: int, *, rid: str = "", **facts: Any) -> PositionResult:
        """SetInventory."""
        return self.face.set_inventory(
            SetInventoryRequest(rid or self.fresh(), sku, node, on_hand, **facts), self.now_us
        )

    def stock(self, on_hand: Mapping[tuple[str, str], int]) -> None:
        """Set many positions."""
        for (sku, node), units in on_hand.items():
            self.set(sku, node, units)

    def node(self, node: str, status: NodeStatus) -> None:
        """SetNodeStatus alone, nothing moved."""
        self.face.set_node_status(SetNodeStatusRequest(self.fresh(), node, status), self.now_us)

    def fail_node(self, node: str) -> tuple[int, int]:
        """OFFLINE, and everything moved that can be: (reservations moved, units stranded)."""
        self.node(node, NodeStatus.OFFLINE)
        return self.reroute(node)

    def reroute(self, node: str) -> tuple[int, int]:
        """Move what a node holds: (reservations moved, units stranded)."""
        node_i = self.face.find(1, node.encode())
        cursor: int | None = 0
        moved = stranded = 0
        while cursor is not None:
            cursor, more, _, _, left = self.face.reroute_slice(node_i, cursor, 16, self.now_us)
            moved += more
            stranded += left
            self.flush()
        return moved, stranded


def replayed(batches: Sequence[tuple[int, int, bytes]], limits: Limits) -> Face:
    """An engine with the state of these batches, still replaying."""
    face = Face(limits.as_dict(), bytes(16), 1 << 16)
    for first, last, payload in batches:
        face.replay(first, last, payload)
    return face


def loaded(chunks: Any, limits: Limits) -> Face:
    """An engine with the state of a checkpoint's chunks, still replaying."""
    face = Face(limits.as_dict(), bytes(16), 1 << 16)
    for section, chunk in chunks:
        snapshot.load(face, section, chunk)
    return face


def refusal(call: Any, *args: Any, **facts: Any) -> str:
    """The reason's name a call is refused with; empty when it is not."""
    try:
        call(*args, **facts)
    except EngineError as error:
        return error.reason.name
    return ""
