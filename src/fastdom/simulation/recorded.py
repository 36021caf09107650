"""What a data folder recorded: its network, the orders it granted, and the stock that they shared.

The folder is opened for reading only, also beside a running server; its policies are those of its registry.

Orders are in the journal as far back as it goes, and with the reservations that were open where it begins. Those that
became firm count; a hold that nobody committed took stock for minutes only. The stock they shared is what is on hand
at the end and what left the nodes since the beginning: receipts count from the start, and what is allocated counts as
free, because the orders take it again.

A window takes the orders of a span of time. What orders before it still held when it began is not free to those in it;
replay ends with the flush in which the window does.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from fastdom._native import recorded
from fastdom.engine import networks
from fastdom.engine.errors import CannotStart, ReplayFailed
from fastdom.engine.face import Face
from fastdom.engine.limits import Limits
from fastdom.engine.policies import registry_of
from fastdom.engine.recovery import load_checkpoint, memory_ahead
from fastdom.engine.settings import limits_since, stored_limits
from fastdom.journal import Journal
from fastdom.network import NetworkDocument
from fastdom.network.document import Stock
from fastdom.policy import Event, Registry
from fastdom.simulation.errors import SimulationRefused
from fastdom.simulation.orders import OrderBook, RowProblems, SimulatedOrder, in_time
from fastdom.types import (
    Destination,
    ListReservationsRequest,
    NodeStatus,
    Order,
    OrderLine,
    PaymentMethod,
    PostalAddress,
    Reservation,
    ReservationState,
    ServiceLevel,
)

NOT_GIVEN = -(2**31)
"""A coordinate of an address without one."""

PAGE = 1000
LIVE = (ReservationState.HELD, ReservationState.COMMITTED, ReservationState.PARTIALLY_FULFILLED)

Fields = dict[str, Any]
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Recorded:
    """A data folder as a simulation needs it.

    Attributes
    ----------
    network : NetworkDocument
        The active version.
    files : dict of str to bytes
        Its files.
    book : OrderBook
        Orders that became firm; empty where they were not asked for.
    shared : Stock or None
        What those orders shared; None where the log of fulfilments no longer reaches back to the first of them.
    free : Stock
        What is free at the end: on hand, less what is allocated.
    closed : tuple of (str, NodeStatus)
        Nodes that are not ONLINE at the end.
    now_us : int
        The last journalled time, of the window if there is one.
    registry : Registry or None
        Policies and their versions at the end of the journal; None where none were ever journalled.
    history : tuple of Event
        What led to the registry.
    """

    network: NetworkDocument
    files: dict[str, bytes]
    book: OrderBook
    shared: Stock | None
    free: Stock
    closed: tuple[tuple[str, NodeStatus], ...]
    now_us: int
    registry: Registry | None
    history: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class Window:
    """Which recorded orders are taken.

    Attributes
    ----------
    since_us, until_us : int
        Decided at `since_us` or later, and before `until_us`; 0 = no bound.
    orders_max : int
        The first so many; 0 = all.
    """

    since_us: int = 0
    until_us: int = 0
    orders_max: int = 0

    def has(self, at_us: int) -> bool:
        """Whether a moment is within it."""
        return self.since_us <= at_us and (not self.until_us or at_us < self.until_us)


EVERYTHING: Final = Window()


@dataclass(slots=True)
class _Entry:
    """One reservation as it was made."""

    at_us: int
    channel_i: int
    fields: Fields
    firm: bool
    lines: dict[str, int] | None = None  # open units by line where the journal no longer has its beginning


def read_recorded(
    folder: str | os.PathLike[str],
    *,
    holds: bool = False,
    window: Window = EVERYTHING,
    progress: Progress | None = None,
) -> Recorded:
    """Read a data folder.

    Parameters
    ----------
    holds : bool
        Also take the orders that never became firm.
    window : Window
        Which orders to take.
    progress : callable, optional
        Called now and then with (sequence reached, last sequence).

    Raises
    ------
    CannotOpen, JournalCorrupt, CannotStart
        The folder cannot be read.
    SimulationRefused
        It has no network.
    """
    with Journal.open(folder, read_only=True, create=False) as journal:
        face = Face((stored_limits(journal) or Limits()).as_dict(), bytes(16), buffer_bytes=1 << 16)
        _begin(face, journal)
        entries = {} if face.seq == 0 or window.since_us else dict(_open_orders(face))
        begun = _Begun(face.seq) if not window.since_us else None
        ended = None
        with memory_ahead(face):
            for frame in journal.iterate(face.seq + 1):
                if frame.last_seq <= face.seq:
                    continue
                told = _told(frame.payload)
                if begun is None and any(at_us >= window.since_us for at_us, *_ in told):
                    begun = _Begun.at(face, window.since_us)
                if ended is None and window.until_us and any(at_us >= window.until_us for at_us, *_ in told):
                    ended = _Ended.at(face, begun or _Begun(face.seq))
                _replay(face, frame.first_seq, frame.last_seq, frame.payload)
                _note(told, entries, window)
                if progress is not None:
                    progress(face.seq, max(journal.last_seq, face.seq))
        ended = ended or _Ended.at(face, begun or _Begun.at(face, face.now_us))
        if face.network_version == 0:
            raise SimulationRefused(f"{folder}: no network was ever loaded into it")
        content_hash = face.network_hash.hex()
        network = networks.stored_document(journal, content_hash)
        blob = journal.get_blob(bytes.fromhex(journal.get_setting(networks.setting_of(content_hash)) or ""))
        files = networks.unpack_files(bytes(blob or b""))
    firm = [entry for entry in entries.values() if entry.firm or holds]
    kept = firm[: window.orders_max or None]
    names = _Names(face)
    orders = in_time(names.order(i, entry) for i, entry in enumerate(kept, start=1))
    columns, _, _ = face.export_positions(face.now_us)
    registry, history = registry_of(face.policy_log)
    return Recorded(
        network=network,
        files=files,
        book=OrderBook(orders, len(entries), len(entries) - len(kept), RowProblems()),
        shared=_stock(network, names, ended.columns, ended.shared) if ended.shared is not None else None,
        free=_stock(network, names, columns, columns["on_hand"] - columns["held"] - columns["committed"]),
        closed=tuple(_closed(face, names)),
        now_us=ended.now_us,
        registry=registry if registry.policies else None,
        history=tuple(event for _, event in history),
    )


@dataclass(frozen=True, slots=True)
class _Begun:
    """Where the orders begin: the sequence before them, and the units that earlier orders keep, by SKU and node."""

    seq: int
    taken: dict[tuple[int, int], int] = field(default_factory=dict)

    @classmethod
    def at(cls, face: Face, now_us: int) -> "_Begun":
        """What is allocated as of now is of no use to the orders to come."""
        columns, _, _ = face.export_positions(max(now_us, face.now_us))
        units = columns["held"] + columns["committed"]
        rows = np.flatnonzero(units)
        keys = zip(columns["sku_i"][rows].tolist(), columns["node_i"][rows].tolist(), strict=True)
        return cls(face.seq, dict(zip(keys, units[rows].tolist(), strict=True)))


@dataclass(frozen=True, slots=True)
class _Ended:
    """Positions where the orders end, and the units of each that they shared; None = no longer known."""

    columns: dict[str, npt.NDArray[np.int32]]
    shared: npt.NDArray[Any] | None
    now_us: int

    @classmethod
    def at(cls, face: Face, begun: _Begun) -> "_Ended":
        """What is on hand now and what left since the beginning, less what earlier orders kept."""
        columns, _, _ = face.export_positions(face.now_us)
        left = recorded.fulfilled(face, columns["sku_i"], columns["node_i"], begun.seq)
        if (left < 0).any():
            return cls(columns, None, face.now_us)
        keys = zip(columns["sku_i"].tolist(), columns["node_i"].tolist(), strict=True)
        taken = np.array([begun.taken.get(key, 0) for key in keys], dtype=np.int64) if begun.taken else 0
        return cls(columns, columns["on_hand"] + left - taken, face.now_us)


def _begin(face: Face, journal: Journal) -> None:
    """Load the oldest state that the journal goes on from; none where it goes back to its first entry."""
    since = limits_since(journal)
    if journal.first_seq <= 1 and not since:
        return
    manifests = sorted(journal.checkpoints.manifests(), key=lambda one: one.seq) if journal.checkpoints else []
    for manifest in manifests:
        if manifest.seq >= max(since, journal.first_seq - 1) and journal.checkpoints is not None:
            load_checkpoint(face, journal.checkpoints.reader(manifest))
            return
    if journal.last_seq:
        raise CannotStart(f"{journal.folder}: the journal begins at {journal.first_seq} and no checkpoint leads there")


def _told(payload: memoryview) -> list[Any]:
    """What a batch says of orders: (time, reservation, whether it is firm, channel, fields or None)."""
    try:
        return list(recorded.orders(payload))
    except ValueError as error:
        raise ReplayFailed(str(error)) from error


def _replay(face: Face, first_seq: int, last_seq: int, payload: memoryview) -> None:
    try:
        face.replay(first_seq, last_seq, payload)
    except ValueError as error:
        raise ReplayFailed(str(error)) from error


def _note(told: list[Any], entries: dict[str, _Entry], window: Window) -> None:
    for at_us, reservation_id, firm, channel_i, fields in told:
        if fields is None:
            if reservation_id in entries:
                entries[reservation_id].firm = True
        elif window.has(at_us):
            entries[reservation_id] = _Entry(at_us, channel_i, fields, firm)


def _open_orders(face: Face) -> Iterator[tuple[str, _Entry]]:
    """Orders with open units where the journal begins: their units that are still open."""
    token = ""
    while True:
        request = ListReservationsRequest(states=LIVE, page_size=PAGE, page_token=token)
        page = face.list_reservations(request, face.now_us)
        for one in page.reservations:
            fields = recorded.order_of(face, one.reservation_id)
            if fields is not None:
                yield one.reservation_id, _open_order(face, one, fields)
        if not (token := page.next_page_token):
            return


def _open_order(face: Face, one: Reservation, fields: Fields) -> _Entry:
    units: dict[str, int] = {}
    for allocation in one.allocations:
        units[allocation.line_id] = units.get(allocation.line_id, 0) + allocation.held + allocation.committed
    firm = one.state is not ReservationState.HELD
    return _Entry(one.created_at_us, face.find(networks.CHANNELS, one.channel.encode()), fields, firm, units)


class _Names:
    """External ids of an engine by dense id."""

    def __init__(self, face: Face) -> None:
        self.skus, self.nodes, self.channels = (
            [name.decode() for name in face.names(table)]
            for table in (networks.SKUS, networks.NODES, networks.CHANNELS)
        )

    def order(self, number: int, entry: _Entry) -> SimulatedOrder:
        """Return a recorded order as it came in."""
        fields = entry.fields
        lines = tuple(
            OrderLine(
                line_id=line["line_id"],
                sku=self.skus[line["sku_i"]],
                quantity=line["quantity"] if entry.lines is None else entry.lines.get(line["line_id"], 0),
                weight_g=line["weight_g"],
                group_id=line["group_id"],
                node_id=self.nodes[line["node_i"]] if line["node_i"] >= 0 else "",
                attributes=line["attributes"],
            )
            for line in fields["lines"]
        )
        order = Order(
            order_id=fields["order_id"],
            channel=self.channels[entry.channel_i],
            lines=tuple(line for line in lines if line.quantity),
            destination=_destination(fields),
            service_level=ServiceLevel(fields["service_level"]),
            payment=PaymentMethod(fields["payment"]),
            placed_at_us=fields["placed_at_us"],
            required_by_us=fields["required_by_us"],
            order_value_micros=fields["order_value_micros"],
        )
        return SimulatedOrder(
            row=number,
            at_us=entry.at_us,
            order=order,
            allow_partial=fields["allow_partial"],
            include_node_ids=tuple(self.nodes[i] for i in fields["include_nodes"]),
            exclude_node_ids=tuple(self.nodes[i] for i in fields["exclude_nodes"]),
            max_shipments=fields["max_shipments"],
        )


def _destination(fields: Fields) -> Destination | None:
    if fields["pickup_node_id"]:
        return Destination(pickup_node_id=fields["pickup_node_id"])
    if not fields["postal_code"]:
        return None
    point = [None if fields[name] == NOT_GIVEN else fields[name] for name in ("latitude_e7", "longitude_e7")]
    return Destination(PostalAddress(fields["postal_code"], fields["country_code"], *point))


def _closed(face: Face, names: _Names) -> Iterator[tuple[str, NodeStatus]]:
    for node_id in names.nodes:
        status = face.node_status(node_id)
        if status in (NodeStatus.PAUSED, NodeStatus.OFFLINE):
            yield node_id, status


def _stock(
    network: NetworkDocument, names: _Names, columns: dict[str, npt.NDArray[np.int32]], on_hand: npt.NDArray[Any]
) -> Stock:
    """Positions as rows of the network's stock table; those of nodes and SKUs that it no longer has are left out."""
    sku_of = _numbers(names.skus, network.skus.ids)[columns["sku_i"]]
    node_of = _numbers(names.nodes, [node.id for node in network.nodes])[columns["node_i"]]
    kept = np.flatnonzero((sku_of >= 0) & (node_of >= 0))
    kept = kept[np.lexsort((node_of[kept], sku_of[kept]))]
    return Stock(
        sku_i=sku_of[kept],
        node_i=node_of[kept],
        on_hand=np.clip(on_hand[kept], 0, 2**31 - 1).astype(np.int32),
        safety_stock=columns["safety_stock"][kept],
        routing_reserve=columns["routing_reserve"][kept],
    )


def _numbers(names: list[str], known: Any) -> npt.NDArray[np.int32]:
    """Number within `known` of each name, -1 = not there."""
    at = {name: i for i, name in enumerate(known)}
    return np.array([at.get(name, -1) for name in names], dtype=np.int32)
