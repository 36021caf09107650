"""The engine's stock and reservations as slow readable Python: the twin of state, verbs, stock and the request ids.

It knows pinned reserves only (routing has its own twin) and no capacity; where a re-route puts units it is told, and
checks that they may be there and that no more lines could move. Every command carries its time; nothing here
looks at a clock. Quantities are units, times microseconds. Held units are not counters here: they are summed from the
reservations each time they are asked for, and a hold that is due simply counts no more.

An answer is a tuple that begins with what it is: ``("refused", reason)``, ``("reserved", ...)``, ``("position", ...)``,
``("reservation", ...)``, ``("rerouted", ...)``, ``("node", ...)`` or ``("exception", ...)``.
"""

import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

Answer = tuple[Any, ...]
Place = tuple[str, str]
"""(sku, node)"""

ONLINE, PAUSED, OFFLINE = 1, 2, 3
SHORTFALL, STRANDED, COUNT_MISMATCH = 1, 2, 3
NO_OTHER_NODE, ATTEMPTS_EXHAUSTED = 1, 2
SHORT_PICK, OTHER = 2, 4
SIGNS = {"SALE": -1, "RECEIPT": 1, "RETURN": 1, "COUNT": 0, "DAMAGE": -1, "TRANSFER": 0}
TTL_MAX_US = 30 * 86_400_000_000
TTL_MIN_US = 1_000_000


class Refused(Exception):
    """A refusal with its reason's name."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class OutOfStock(Exception):
    """An answer that had no effect and is not remembered."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        super().__init__()


@dataclass
class Position:
    """One SKU at one node."""

    on_hand: int = 0
    safety_stock: int = 0
    routing_reserve: int = 0
    version: int = 0
    as_of_us: int = 0
    fulfilments: list[tuple[int, int]] = field(default_factory=list)  # (sequence, units)


@dataclass
class Allocation:
    """Units of one line at one node."""

    line_id: str
    sku: str
    node: str
    granted: int
    fulfilled: int = 0
    released: int = 0
    expired: int = 0
    stranded: int = 0

    @property
    def open(self) -> int:
        """Units still held or committed."""
        return self.granted - self.fulfilled - self.released - self.expired


@dataclass
class Reservation:
    """A hold or commitment of several allocations."""

    allocations: list[Allocation]
    expires_at_us: int
    committed: bool
    updated_seq: int
    addressed: bool = False
    needs_attention: bool = False
    attempts: int = 0
    failed: dict[str, tuple[int, int]] = field(default_factory=dict)  # node: (reason, until_us), the last one last

    def state(self) -> str:
        """Derived from the quantities, as in the specification."""
        fulfilled = sum(a.fulfilled for a in self.allocations)
        if any(a.open for a in self.allocations):
            return "PARTIALLY_FULFILLED" if fulfilled else ("COMMITTED" if self.committed else "HELD")
        if fulfilled:
            return "FULFILLED"
        return "EXPIRED" if any(a.expired for a in self.allocations) else "RELEASED"


@dataclass
class Fault:
    """An exception record; its id is its place in the list, counted from 1."""

    kind: int
    place: Place
    reservation: int | None
    quantity: int
    is_open: bool = True
    reason: int = 0


class ReferenceEngine:
    """Positions, reservations, exceptions and remembered requests in lists and dictionaries."""

    def __init__(
        self, skus: Iterable[str], nodes: Iterable[str], seq: int, attempts_max: int = 3, exclusion_us: int = 0
    ) -> None:
        self.attempts_max = attempts_max
        self.exclusion_us = exclusion_us
        self.skus = frozenset(skus)
        self.node_status = dict.fromkeys(nodes, ONLINE)
        self.positions: dict[Place, Position] = {}
        self.reservations: list[Reservation] = []
        self.faults: list[Fault] = []
        self.remembered: dict[str, tuple[Any, Answer]] = {}
        self.seq = seq
        self.now_us = 0

    # --- requests

    def perform(self, rid: str, body: Any, decide: Callable[[], Answer], now_us: int) -> Answer:
        """A mutation: answered as before, refused for its id, or decided and remembered.

        Parameters
        ----------
        rid : str
        body
            What a repeat is compared by.
        decide : callable
            Applies the command, or raises Refused or OutOfStock with nothing changed.
        """
        if rid in self.remembered:
            first, answer = self.remembered[rid]
            return answer if first == body else ("refused", "REQUEST_ID_REUSED")
        self.now_us = max(self.now_us, now_us)
        self.seq += 1
        try:
            answer = decide()
        except Refused as refused:
            answer = ("refused", refused.reason)
        except OutOfStock as short:
            self.seq -= 1
            return short.answer
        self.expire()
        self.settle()
        self.remembered[rid] = body, answer
        return answer

    # --- quantities

    def _is_due(self, reservation: Reservation) -> bool:
        return not reservation.committed and reservation.expires_at_us <= self.now_us

    def _open_at(self, place: Place, committed: bool) -> int:
        return sum(
            a.open
            for r in self.reservations
            if r.committed == committed and not self._is_due(r)
            for a in r.allocations
            if (a.sku, a.node) == place
        )

    def free(self, place: Place) -> int:
        """on_hand - held - committed - safety_stock; below 0 it is a shortfall."""
        position = self.positions.get(place, Position())
        allocated = self._open_at(place, False) + self._open_at(place, True)
        return position.on_hand - allocated - position.safety_stock

    def expire(self) -> None:
        """What is due becomes expired for good: at every journalled command."""
        for i, reservation in enumerate(self.reservations):
            if self._is_due(reservation) and any(a.open for a in reservation.allocations):
                for allocation in reservation.allocations:
                    allocation.expired += allocation.open
                reservation.updated_seq = self.seq
                self._end_stranded(i)

    def _end_stranded(self, i: int) -> None:
        """Nothing of a reservation is at a failed node any more."""
        for fault in self.faults:
            if fault.kind == STRANDED and fault.reservation == i:
                fault.is_open = False

    def settle(self) -> None:
        """A SHORTFALL ends when its position has all it needs again, however that came, STRANDED with the last unit."""
        for fault in self.faults:
            if fault.kind == SHORTFALL and fault.is_open and self.free(fault.place) >= 0:
                fault.is_open = False
        for i, reservation in enumerate(self.reservations):
            if not any(a.open for a in reservation.allocations):
                self._end_stranded(i)

    def position_at(self, place: Place) -> tuple[int, ...]:
        """(on_hand, held, committed, safety_stock, routing_reserve, free, version, as_of_us) at `now_us`."""
        p = self.positions[place]
        held, committed = self._open_at(place, False), self._open_at(place, True)
        return p.on_hand, held, committed, p.safety_stock, p.routing_reserve, self.free(place), p.version, p.as_of_us

    def reservation_at(self, i: int) -> Answer:
        """(state, allocations, expires_at_us, updated_seq, needs_attention): a hold that is due shows as expired."""
        reservation = self.reservations[i]
        due = self._is_due(reservation)
        parts = [
            Allocation(a.line_id, a.sku, a.node, a.granted, a.fulfilled, a.released, a.expired + (a.open if due else 0))
            for a in reservation.allocations
        ]
        shown = Reservation(parts, reservation.expires_at_us, reservation.committed, reservation.updated_seq)
        return (
            shown.state(),
            tuple(self._units(shown)),
            reservation.expires_at_us,
            reservation.updated_seq,
            reservation.needs_attention,
        )

    @staticmethod
    def _units(reservation: Reservation) -> Iterator[tuple[Any, ...]]:
        for a in reservation.allocations:
            held, committed = (0, a.open) if reservation.committed else (a.open, 0)
            yield a.line_id, a.sku, a.node, a.granted, held, committed, a.fulfilled, a.released, a.expired

    # --- reserving

    def reserve(
        self, lines: list[tuple[str, str, str, int]], ttl_us: int, firm: bool, partial: bool, addressed: bool = False
    ) -> Answer:
        """Pinned lines (line_id, sku, node, quantity), each granted from what the lines before it left."""
        left = {(sku, node): self.free((sku, node)) for _, sku, node, _ in lines}
        before = dict(left)
        granted, reasons = [], []
        for _, sku, node, quantity in lines:
            online = self.node_status[node] == ONLINE
            whole = online and left[sku, node] >= quantity
            units = quantity if whole else max(0, left[sku, node]) if online and partial else 0
            left[sku, node] -= units
            granted.append(units)
            reasons.append("UNSPECIFIED" if whole else "OUT_OF_STOCK" if online else "NODE_UNAVAILABLE")
        wanted = [quantity for *_, quantity in lines]
        if not any(granted) or (granted != wanted and not partial):
            reasons = ["ORDER_INCOMPLETE" if reason == "UNSPECIFIED" else reason for reason in reasons]
            raise OutOfStock(("reserved", "REFUSED", self._results(lines, [0] * len(lines), before, reasons), None))
        self.reservations.append(
            Reservation(
                [
                    Allocation(line_id, sku, node, units)
                    for (line_id, sku, node, _), units in zip(lines, granted, strict=True)
                    if units
                ],
                0 if firm else self.now_us + ttl_us,
                firm,
                self.seq,
                addressed,
            )
        )
        shown = self.reservation_at(len(self.reservations) - 1)
        return (
            "reserved",
            "GRANTED" if granted == wanted else "PARTIAL",
            self._results(lines, granted, left, reasons),
            shown,
        )

    @staticmethod
    def _results(
        lines: list[tuple[str, str, str, int]], granted: list[int], left: dict[Place, int], reasons: list[str]
    ) -> tuple[tuple[int, int, int, str], ...]:
        return tuple(
            (units, quantity - units, max(0, left[sku, node]), reason)
            for (_, sku, node, quantity), units, reason in zip(lines, granted, reasons, strict=True)
        )

    # --- the verbs

    def _found(self, i: int) -> tuple[Reservation, str]:
        if not 0 <= i < len(self.reservations):
            raise Refused("RESERVATION_NOT_FOUND")
        self.expire()
        return self.reservations[i], self.reservations[i].state()

    def _changed(self, i: int, reacquired: bool = False, mismatch: int = 0) -> Answer:
        self.reservations[i].updated_seq = self.seq
        return "reservation", *self.reservation_at(i), reacquired, mismatch

    def commit(self, i: int, reacquire: bool) -> Answer:
        """HELD becomes COMMITTED; a completed commit repeats; an expired hold may be taken again."""
        reservation, state = self._found(i)
        if state == "RELEASED":
            raise Refused("RESERVATION_RELEASED")
        if state == "EXPIRED":
            if not reacquire or not self._free_again(reservation):
                raise Refused("RESERVATION_EXPIRED")
            for allocation in reservation.allocations:
                allocation.expired = 0
        if state in ("HELD", "EXPIRED"):
            reservation.committed = True
            reservation.expires_at_us = 0
        return self._changed(i, reacquired=state == "EXPIRED")

    def _free_again(self, reservation: Reservation) -> bool:
        wanted: dict[Place, int] = {}
        for a in reservation.allocations:
            if a.expired:
                wanted[a.sku, a.node] = wanted.get((a.sku, a.node), 0) + a.expired
        return all(
            self.free(place) >= units and self.node_status[place[1]] == ONLINE for place, units in wanted.items()
        )

    def extend(self, i: int, ttl_us: int) -> Answer:
        """A live hold gets a new end."""
        reservation, state = self._found(i)
        if not TTL_MIN_US <= ttl_us <= TTL_MAX_US:
            raise Refused("INVALID_FIELD")
        if state != "HELD":
            raise Refused(
                "RESERVATION_COMMITTED" if state in ("COMMITTED", "PARTIALLY_FULFILLED") else f"RESERVATION_{state}"
            )
        reservation.expires_at_us = self.now_us + ttl_us
        return self._changed(i)

    def release(self, i: int, picks: list[tuple[str, int, str]]) -> Answer:
        """Open units go back to stock; without picks all of them."""
        reservation, _ = self._found(i)
        for allocation, units in self._picked(reservation, picks):
            allocation.released += units
        return self._changed(i)

    def fulfill(self, i: int, picks: list[tuple[str, int, str]]) -> Answer:
        """Committed units leave the node; units that on_hand said were not there are a mismatch."""
        reservation, state = self._found(i)
        if state in ("HELD", "EXPIRED", "RELEASED"):
            raise Refused("RESERVATION_NOT_COMMITTED" if state == "HELD" else f"RESERVATION_{state}")
        missing = 0
        for allocation, units in self._picked(reservation, picks):
            place = allocation.sku, allocation.node
            position = self.positions[place]
            allocation.fulfilled += units
            short = max(0, units - position.on_hand)
            position.version += position.on_hand > 0
            position.on_hand -= units - short
            position.fulfilments.append((self.seq, units))
            if short:
                self._raise(COUNT_MISMATCH, place, i, short, adds=True)
            missing += short
        return self._changed(i, mismatch=missing)

    @staticmethod
    def _picked(reservation: Reservation, picks: list[tuple[str, int, str]]) -> list[tuple[Allocation, int]]:
        """(allocation, units) for (line_id, quantity, node or ""), checked before anything is changed."""
        if not picks:
            return [(a, a.open) for a in reservation.allocations if a.open]
        taken = [0] * len(reservation.allocations)
        for line_id, quantity, node in picks:
            if quantity <= 0:
                raise Refused("INVALID_QUANTITY")
            mine = [n for n, a in enumerate(reservation.allocations) if a.line_id == line_id and node in ("", a.node)]
            if not mine:
                raise Refused("UNKNOWN_LINE")
            left = quantity
            for n in mine:
                units = min(left, reservation.allocations[n].open - taken[n])
                taken[n] += units
                left -= units
            if left:
                raise Refused("QUANTITY_EXCEEDS_OPEN")
        return [(a, units) for a, units in zip(reservation.allocations, taken, strict=True) if units]

    # --- re-routes

    def reroute(
        self, i: int, node: str, picks: list[tuple[str, int, str]], reason: int, placed: list[tuple[str, str, int]]
    ) -> Answer:
        """Units leave a node for those `placed`, (line_id, node, units) in the order of the new allocations.

        Raises
        ------
        AssertionError
            Units may not be where they were placed, or more lines could have been.
        """
        if node not in self.node_status:
            raise Refused("UNKNOWN_NODE")
        reservation, state = self._found(i)
        if state in ("EXPIRED", "RELEASED", "FULFILLED"):
            raise Refused(f"RESERVATION_{state}")
        if not any(a.open for a in reservation.allocations if a.node == node):
            raise Refused("NOTHING_OPEN_AT_NODE")
        if picks:
            leaving = self._picked(reservation, [(line_id, units, node) for line_id, units, _ in picks])
        else:
            leaving = [(a, a.open) for a in reservation.allocations if a.node == node and a.open]
        may_move = reservation.attempts < self.attempts_max
        self._check_placed(reservation, node, leaving, placed, may_move)
        if reason == SHORT_PICK:
            self._not_there(leaving)
        stays = self._move(reservation, leaving, placed)
        self._remember(reservation, i, node, stays, reason or OTHER, moved=bool(placed), may_move=may_move)
        if reason == SHORT_PICK:
            for place in dict.fromkeys((a.sku, a.node) for a, _ in leaving):
                if self.free(place) < 0:
                    self._raise(SHORTFALL, place, None, -self.free(place), adds=False)
        return self._rerouted(i, node, placed, sum(stays), may_move)

    def _may_have(self, reservation: Reservation, failed_node: str) -> list[str]:
        """Nodes that may get units of it now."""
        return [
            node
            for node, status in self.node_status.items()
            if status == ONLINE
            and node != failed_node
            and reservation.addressed
            and self.now_us >= reservation.failed.get(node, (0, 0))[1]
        ]

    def _check_placed(
        self,
        reservation: Reservation,
        node: str,
        leaving: list[tuple[Allocation, int]],
        placed: list[tuple[str, str, int]],
        may_move: bool,
    ) -> None:
        """Lines go whole to one node that may have them and has them, and they are as many lines as can go."""
        lines: dict[str, tuple[str, int]] = {}
        for allocation, units in leaving:
            lines[allocation.line_id] = allocation.sku, lines.get(allocation.line_id, ("", 0))[1] + units
        nodes = self._may_have(reservation, node) if may_move else []
        assert all(units == lines[line_id][1] and where in nodes for line_id, where, units in placed)
        assert len({line_id for line_id, _, _ in placed}) == len(placed)
        free = {
            (sku, where): self.free((sku, where)) - self.positions[sku, where].routing_reserve
            for sku in self.skus
            for where in nodes
            if (sku, where) in self.positions
        }
        most = 0
        for choice in itertools.product((None, *nodes), repeat=len(lines)):
            left = dict(free)
            n = 0
            for (sku, units), where in zip(lines.values(), choice, strict=True):
                if where is not None:
                    left[sku, where] = left.get((sku, where), 0) - units
                    n += 1
            if all(units >= 0 for place, units in left.items() if units < free.get(place, 0)):
                most = max(most, n)
        taken: dict[Place, int] = {}
        for line_id, where, units in placed:
            place = lines[line_id][0], where
            taken[place] = taken.get(place, 0) + units
        assert all(units <= free[place] for place, units in taken.items())
        assert len(placed) == most, "more lines could move"

    def _not_there(self, leaving: list[tuple[Allocation, int]]) -> None:
        """A short pick: each position is counted once."""
        missing: dict[Place, int] = {}
        for allocation, units in leaving:
            place = allocation.sku, allocation.node
            missing[place] = missing.get(place, 0) + units
        for place, units in missing.items():
            position = self.positions[place]
            position.version += position.on_hand > 0
            position.on_hand = max(0, position.on_hand - units)

    @staticmethod
    def _move(
        reservation: Reservation, leaving: list[tuple[Allocation, int]], placed: list[tuple[str, str, int]]
    ) -> list[int]:
        """Units by allocation that stay although they should leave; new allocations are at the end."""
        stays = {id(a): units for a, units in leaving}
        for line_id, where, wanted in placed:
            left = wanted
            for allocation, _ in leaving:
                if allocation.line_id == line_id:
                    units = min(left, stays[id(allocation)])
                    allocation.granted -= units
                    allocation.stranded -= units
                    stays[id(allocation)] -= units
                    left -= units
                    sku = allocation.sku
            reservation.allocations.append(Allocation(line_id, sku, where, wanted))
        return [stays.get(id(a), 0) for a in reservation.allocations]

    def _remember(
        self, reservation: Reservation, i: int, node: str, stays: list[int], reason: int, *, moved: bool, may_move: bool
    ) -> None:
        """Who failed, until when it is out, and what still wants to leave where."""
        until_us = max(self.now_us + self.exclusion_us, reservation.failed.pop(node, (0, 0))[1])
        known = {other: failed for other, failed in reservation.failed.items() if self.now_us < failed[1]}
        reservation.failed = {**known, node: (reason, until_us)}
        reservation.attempts += moved
        for allocation, units in zip(reservation.allocations, stays, strict=True):
            allocation.stranded = max(0, min(allocation.stranded, allocation.open))
            if allocation.node == node:
                allocation.stranded = max(allocation.stranded, units)
            elif self.node_status[allocation.node] != OFFLINE and not self._open_faults(
                STRANDED, ("", allocation.node), i
            ):
                allocation.stranded = 0
        offline = any(
            a.open and a.node != node and self.node_status[a.node] == OFFLINE for a in reservation.allocations
        )
        reservation.needs_attention = any(a.stranded for a in reservation.allocations) or (
            reservation.needs_attention and offline
        )
        here = sum(a.stranded for a in reservation.allocations if a.node == node)
        if here:
            self._raise(STRANDED, ("", node), i, here, adds=False)
            if any(stays):
                (fault,) = self._open_faults(STRANDED, ("", node), i)
                fault.reason = NO_OTHER_NODE if may_move else ATTEMPTS_EXHAUSTED
        for fault in [] if here else self._open_faults(STRANDED, ("", node), i):
            fault.is_open = False

    def _rerouted(self, i: int, node: str, placed: list[tuple[str, str, int]], stays: int, may_move: bool) -> Answer:
        reservation = self.reservations[i]
        reservation.updated_seq = self.seq
        why = 0 if not stays else NO_OTHER_NODE if may_move else ATTEMPTS_EXHAUSTED
        fault = next(iter(self._open_faults(STRANDED, ("", node), i)), None)
        return (
            "rerouted",
            *self.reservation_at(i),
            sum(units for _, _, units in placed),
            stays,
            why,
            0 if fault is None else self.faults.index(fault) + 1,
            reservation.attempts,
            tuple((name, *failed) for name, failed in reservation.failed.items()),
        )

    def failures_at(self, i: int) -> Answer:
        """(attempts, [(node, reason, until_us)], stranded units by allocation)."""
        r = self.reservations[i]
        return r.attempts, [(node, *failed) for node, failed in r.failed.items()], [a.stranded for a in r.allocations]

    # --- stock

    def _known(self, sku: str, node: str) -> Place:
        if sku not in self.skus:
            raise Refused("UNKNOWN_SKU")
        if node not in self.node_status:
            raise Refused("UNKNOWN_NODE")
        return sku, node

    def adjust(self, sku: str, node: str, delta: int, reason: str) -> Answer:
        """on_hand changes by a delta, never below 0."""
        place = self._known(sku, node)
        if delta == 0 or SIGNS[reason] * delta < 0:
            raise Refused("INVALID_QUANTITY")
        if self.positions.get(place, Position()).on_hand + delta < 0:
            raise Refused("ON_HAND_BELOW_ZERO")
        self.settle()  # what is due ends a shortfall before this may begin another
        position = self.positions.setdefault(place, Position())
        position.on_hand += delta
        position.version += 1
        return self._counted(place)

    def set(
        self,
        sku: str,
        node: str,
        on_hand: int,
        *,
        safety: int | None,
        reserve: int | None,
        as_of_us: int,
        up_to: int,
        expected_on_hand: int | None,
        expected_version: int | None,
    ) -> Answer:
        """A count: on_hand as counted, minus fulfilments the source has not seen."""
        place = self._known(sku, node)
        position = self.positions.get(place, Position())
        if on_hand < 0:
            raise Refused("INVALID_QUANTITY")
        if up_to > self.seq - 1:
            raise Refused("INVALID_FIELD")
        if as_of_us and as_of_us < position.as_of_us:
            raise Refused("STALE")
        if expected_on_hand not in (None, position.on_hand) or expected_version not in (None, position.version):
            raise Refused("VERSION_MISMATCH")
        if up_to:
            on_hand = max(0, on_hand - sum(units for seq, units in position.fulfilments if seq > up_to))
        self.settle()
        self.positions[place] = position
        position.version += on_hand != position.on_hand
        position.on_hand = on_hand
        position.as_of_us = as_of_us or self.now_us
        if safety is not None:
            position.safety_stock = safety
        if reserve is not None:
            position.routing_reserve = reserve
        return self._counted(place)

    def _counted(self, place: Place) -> Answer:
        short = -self.free(place)
        if short > 0:
            self._raise(SHORTFALL, place, None, short, adds=False)
        else:
            for fault in self._open_faults(SHORTFALL, place, None):
                fault.is_open = False
        on_hand, held, committed, safety, reserve, free, version, _ = self.position_at(place)
        return "position", *place, on_hand, held, committed, safety, reserve, max(0, free), max(0, -free), version

    # --- nodes and exceptions

    def set_node(self, node: str, status: int) -> Answer:
        """Whether pins at the node are granted; nothing is moved here."""
        if node not in self.node_status:
            raise Refused("UNKNOWN_NODE")
        self.node_status[node] = status
        return "node", node, status

    def _open_faults(self, kind: int, place: Place, reservation: int | None) -> list[Fault]:
        return [f for f in self.faults if f.is_open and (f.kind, f.place, f.reservation) == (kind, place, reservation)]

    def _raise(self, kind: int, place: Place, reservation: int | None, units: int, adds: bool) -> None:
        for fault in self._open_faults(kind, place, reservation):
            fault.quantity = fault.quantity + units if adds else units
            return
        self.faults.append(Fault(kind, place, reservation, units))

    def resolve(self, number: int) -> Answer:
        """An exception is closed by a person."""
        if not 1 <= number <= len(self.faults):
            raise Refused("EXCEPTION_NOT_FOUND")
        self.faults[number - 1].is_open = False
        return "exception", number
