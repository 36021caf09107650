"""The engine of one data folder, in process: recovery, commands, flush thread, checkpoints."""

import importlib.metadata
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from fastdom import types
from fastdom._native.network import NetworkTables
from fastdom.engine import networks, policies
from fastdom.engine.checkpointing import CheckpointInfo, change_limits, write_checkpoint
from fastdom.engine.clock import Clock
from fastdom.engine.decisions import DecisionLog, KeepDecisions
from fastdom.engine.errors import EngineFailed, NetworkRefused
from fastdom.engine.face import Face
from fastdom.engine.flush import FlushThread
from fastdom.engine.forking import FORKED, guard
from fastdom.engine.limits import Limits
from fastdom.engine.policy_desk import PolicyDesk
from fastdom.engine.recovery import Recovery, recover
from fastdom.engine.settings import has_initial_stock, note_initial_stock, store_limits, stored_limits
from fastdom.journal import DurabilityMode, Journal
from fastdom.network import NetworkDocument
from fastdom.policy import Entry, encode_event
from fastdom.reasons import MESSAGES, EngineError, Field, Reason

NO_DECISIONS = KeepDecisions(keep_s=0)

REROUTE_SLICE = 16
"""Reservations moved under one taking of the lock, so that other commands get in between."""

IMPORT_SLICE = 4096
"""Rows of initial stock between two waits for the disk: the journal buffer is bounded."""

SETTLE_S = 30.0
"""Longest wait for the flush thread before a checkpoint, seconds."""


def version() -> str:
    """Version of the installed distribution; `unknown` when the code runs without one."""
    try:
        return importlib.metadata.version("fastdom")
    except importlib.metadata.PackageNotFoundError:
        return "unknown"


@dataclass(frozen=True, slots=True)
class NetworkLoad:
    """What a request to load a network came to: the version, whether it became active by it, and its sequence."""

    version: int
    activated: bool
    seq: int


@dataclass(frozen=True, slots=True)
class RerouteProgress:
    """Totals so far: what moved elsewhere, and what fits nowhere and stays, flagged."""

    reservations_moved: int
    units_moved: int
    reservations_stranded: int
    units_stranded: int


class Engine:
    """One data folder, open. Use `Engine.open`; a context manager that closes it.

    Commands may be given from any thread; `face.recount` and `face.stats` are for an engine at rest. A result's `seq`
    is the sequence its reply depends on: it may be given away once `durable_seq` has reached it (`wait_durable`).
    """

    def __init__(
        self,
        journal: Journal,
        face: Face,
        clock: Clock,
        limits: Limits,
        recovery: Recovery,
        on_failure: Callable[[BaseException], None] | None,
        keep_decisions: KeepDecisions,
    ) -> None:
        self.journal = journal
        self.face = face
        self.limits = limits
        self.recovery = recovery
        self.clock = clock
        self._flush = FlushThread(face, journal, on_failure)
        self._loading = threading.Lock()
        self.policies = PolicyDesk(face, self.now_us, self._loading)
        self.decisions = DecisionLog(face, journal.folder / "decisions", keep_decisions)
        self._pid = os.getpid()
        guard(self, face)

    @classmethod
    def open(
        cls,
        folder: str | os.PathLike[str],
        *,
        network: Path | Mapping[str, bytes] | None = None,
        durability: DurabilityMode | str = DurabilityMode.STRICT,
        limits: Limits | None = None,
        accept_clock: bool = False,
        create: bool = True,
        progress: Callable[[int, int], None] | None = None,
        on_failure: Callable[[BaseException], None] | None = None,
        keep_decisions: KeepDecisions = NO_DECISIONS,
    ) -> Self:
        """Open a data folder: recover its state, activate the network when it differs, start to flush.

        Parameters
        ----------
        network
            Folder (or files by name) of the network; None keeps the active version.
        limits
            None keeps those of the folder.
        accept_clock
            Go on although the wall clock is far behind the journal.
        progress
            Called during recovery with (sequence reached, last sequence).
        on_failure
            Called once, from the flush thread, when the journal fails.
        keep_decisions
            How long records of decisions are kept, for explanations; none are unless asked for.

        Raises
        ------
        CannotOpen, JournalCorrupt, CannotStart, NetworkInvalid, NetworkRefused
        """
        document, files = networks.read_network(network) if network is not None else (None, {})
        journal = Journal.open(folder, durability, create=create)
        try:
            stored = stored_limits(journal)
            limits = limits or stored or Limits()
            if stored is not None and limits != stored:
                change_limits(journal, stored)
            face = Face(limits.as_dict(), journal.secret)
            recovery = recover(face, journal, progress)
            if limits != stored:
                store_limits(journal, limits)
            clock = Clock(face.now_us, accept=accept_clock)
            engine = cls(journal, face, clock, limits, recovery, on_failure, keep_decisions)
            engine._attach_active()
            face.start(journal.space_left())
            engine._flush.start()
            engine.decisions.start()
        except BaseException:
            journal.close()
            raise
        try:
            engine._finish_policies()
            engine._finish_initial_stock()
            if document is not None and document.content_hash != face.network_hash.hex():
                engine.activate_network(document, files)
        except BaseException:
            engine.close()
            raise
        return engine

    def _attach_active(self) -> None:
        if self.face.network_version == 0:
            return
        document = networks.stored_document(self.journal, self.face.network_hash.hex())
        self.policies.network = networks.prepare(self.face, document, self.now_us())
        if self.policies.registry.default:
            self._attach()
        networks.set_channels(self.face, document)

    def _attach(self) -> None:
        """Decide by the active policies on the active network; the journal says already that they are."""
        assert self.policies.network is not None, "there is an active network"
        network = self.policies.network
        self.face.attach_network(policies.tables_of(network, self.face.network_version, self.policies.registry))

    def _finish_policies(self) -> None:
        """Journal the policies of a network that was activated before policies were."""
        if self.policies.network is None or self.policies.registry.default:
            return
        network = self.policies.network
        now_us = self.now_us()
        registry, events = policies.brought(self.policies.registry, network.document, None, now_us)
        tables = policies.tables_of(network, self.face.network_version, registry)
        self.face.note_policies([encode_event(event) for event in events], tables, now_us)
        self.policies.reread()
        self.wait_durable(self.face.seq)

    # --- time and durability

    def now_us(self) -> int:
        """Microseconds UTC for the next command."""
        return self.clock.now_us()

    @property
    def durable_seq(self) -> int:
        """Highest sequence that is durable in the chosen mode."""
        return self.face.durable_seq

    @property
    def wake_fd(self) -> int:
        """eventfd, readable after each flush."""
        return self.face.wake_fd

    @property
    def failed(self) -> BaseException | None:
        """What latched the engine, if anything."""
        if os.getpid() != self._pid:
            return EngineFailed(FORKED)
        return self._flush.failure or (EngineFailed("a decision did not fit the state") if self.face.failed else None)

    @property
    def flushes(self) -> int:
        """Flushes so far."""
        return self._flush.flushes

    def kick(self) -> None:
        """Wake the flush thread: once after a group of commands, not after each."""
        self.face.kick()

    @property
    def through(self) -> Callable[[], bool] | None:
        """Mode process: makes everything decided until now durable at once, if it can; see `FlushThread.through`."""
        return self._flush.through

    def wait_durable(self, seq: int, timeout_s: float = 30.0) -> None:
        """Block until `seq` is durable. Raises EngineFailed, TimeoutError."""
        if seq > self.face.durable_seq:
            if os.getpid() != self._pid:
                raise EngineFailed(FORKED)
            self._flush.wait_durable(seq, timeout_s)

    def tick(self, now_us: int | None = None) -> int:
        """Expire due holds, at most a slice; how many. Exactness does not depend on it."""
        return self.face.tick(self.now_us() if now_us is None else now_us)

    # --- commands: as `face` has them, at the time of the call. They do not wait for the disk: a result's `seq` says
    # what must be durable before the answer is given away. Each raises EngineError when it is refused.

    def route(self, request: types.RouteRequest) -> types.RouteResult:
        """Which nodes ship an order, at what cost."""
        return self.face.route(request, self.now_us())

    def promise(self, request: types.PromiseRequest) -> types.PromiseResult:
        """Which dates can be promised for a cart."""
        return self.face.promise(request, self.now_us())

    def reserve(self, request: types.ReserveRequest) -> types.ReserveResult:
        """Hold or commit stock for an order."""
        return self.face.reserve(request, self.now_us())

    def commit(self, request: types.CommitRequest) -> types.ReservationResult:
        """Make a hold firm."""
        return self.face.commit(request, self.now_us())

    def extend(self, request: types.ExtendRequest) -> types.ReservationResult:
        """Give a live hold a new end."""
        return self.face.extend(request, self.now_us())

    def release(self, request: types.ReleaseRequest) -> types.ReservationResult:
        """Give open units back to stock."""
        return self.face.release(request, self.now_us())

    def fulfill(self, request: types.FulfillRequest) -> types.ReservationResult:
        """Record that committed units have left their node."""
        return self.face.fulfill(request, self.now_us())

    def reroute(self, request: types.RerouteRequest) -> types.RerouteResult:
        """Move units off a node that failed them."""
        return self.face.reroute(request, self.now_us())

    # --- network

    @property
    def network(self) -> NetworkDocument | None:
        """The active network version; None = none."""
        return self.policies.document

    @property
    def network_version(self) -> int:
        """Number of the active network version, 0 = none."""
        return self.face.network_version

    def activate_network(self, document: NetworkDocument, files: Mapping[str, bytes]) -> int:
        """Make a loaded network the active version; the first one also brings its initial stock.

        Returns
        -------
        int
            The version number; the active one's when the content is the same.

        Raises
        ------
        NetworkShrinks, PolicyUnfit, NetworkRefused, EngineFailed
        """
        with self._loading:
            return self._activate(document, files)

    def load_network(
        self,
        document: NetworkDocument,
        files: Mapping[str, bytes],
        *,
        request_id: str,
        expected_version: int = 0,
        first_sent_at_us: int = 0,
    ) -> NetworkLoad:
        """`activate_network` once for a request id: a repeat is answered as first, whatever is active by then.

        Parameters
        ----------
        expected_version
            Refused unless this is the active version; 0 = not checked.

        Raises
        ------
        EngineError
            VERSION_MISMATCH, REQUEST_ID_REUSED, REQUEST_ID_EXPIRED; or the id is missing or too long.
        NetworkShrinks, NetworkRefused, EngineFailed
        """
        fingerprint = networks.fingerprint_of(files, expected_version)
        with self._loading:
            told = self.face.recall_network(request_id.encode(), fingerprint, first_sent_at_us, self.now_us())
            if told is None:
                if expected_version not in (0, self.network_version):
                    raise EngineError(Reason.VERSION_MISMATCH, Field.EXPECTED_VERSION)
                self._activate(document, files, (request_id.encode(), fingerprint))
                told = self.face.recall_network(request_id.encode(), fingerprint, 0, self.now_us())
        if told is None:
            raise RuntimeError("a network load was not remembered")
        return NetworkLoad(*told)

    def _activate(
        self, document: NetworkDocument, files: Mapping[str, bytes], request: tuple[bytes, bytes] = networks.NO_REQUEST
    ) -> int:
        if document.content_hash != self.face.network_hash.hex():
            if self.face.network_version == 0:
                networks.refuse_stock(self.face, document, self.limits.positions_max)
            version = self._switch(document, files, request)
            if version == 1:
                self._initial_stock(document)
        elif request != networks.NO_REQUEST:
            active = self.face.network_version, self.face.network_hash
            self.face.activate_network(None, *active, self.now_us(), *request)
        self.wait_durable(self.face.seq)
        return self.face.network_version

    def _switch(self, document: NetworkDocument, files: Mapping[str, bytes], request: tuple[bytes, bytes]) -> int:
        """Activate another version, and with it the policies it brings; its number."""
        now_us = self.now_us()
        registry, events = policies.brought(self.policies.registry, document, self.network, now_us)
        policies.refuse_unfit(policies.deciding(registry), document)
        made: list[networks.PreparedNetwork] = []

        def decide(network: networks.PreparedNetwork, version: int) -> NetworkTables:
            made.append(network)
            return policies.tables_of(network, version, registry)

        written = [encode_event(event) for event in events]
        version = networks.activate(
            self.face, self.journal, document, files, now_us, self._settle, request, decide, written
        )
        self.policies.network = made[-1]
        self.policies.reread()
        return version

    def policies_after(self, document: NetworkDocument) -> list[Entry]:
        """Return the versions that would decide if a document were loaded. Raises PolicyUnfit, NetworkRefused."""
        registry, _ = policies.brought(self.policies.registry, document, self.network, self.now_us())
        policies.refuse_unfit(policies.deciding(registry), document)
        return policies.deciding(registry)

    def _settle(self) -> None:
        """Wait for the disk, and tell the engine what room is left after documents were written there too."""
        self.wait_durable(self.face.seq)
        self.face.set_room(self.journal.space_left())

    def _finish_initial_stock(self) -> None:
        """Go on where an engine stopped between activating its first network and the last row of its stock."""
        if self.network is not None and self.face.network_version == 1 and not has_initial_stock(self.journal):
            self._initial_stock(self.network)

    def refresh_network(self) -> None:
        """Compile the active version again, so that its date tables reach further; nothing is journalled."""
        with self._loading:
            if self.policies.network is not None:
                document = self.policies.network.document
                self.policies.network = networks.prepare(self.face, document, self.now_us())
                self._attach()

    def _initial_stock(self, document: NetworkDocument) -> None:
        nodes = networks.index_of(self.face, networks.NODES)
        skus = networks.index_of(self.face, networks.SKUS)
        sku_of = [skus[sku] for sku in document.skus.ids]
        node_of = [nodes[node.id] for node in document.nodes]
        stock = document.stock
        for at in range(0, len(stock.on_hand), IMPORT_SLICE):
            part = slice(at, at + IMPORT_SLICE)
            reasons, _ = self.face.set_many(
                [sku_of[i] for i in stock.sku_i[part]],
                [node_of[i] for i in stock.node_i[part]],
                stock.on_hand[part],
                stock.safety_stock[part],
                stock.routing_reserve[part],
                request_id=f"initial-stock-{at // IMPORT_SLICE}",
                now_us=self.now_us(),
            )
            self.wait_durable(self.face.seq)
            if reasons.any():
                row = int(reasons.argmax())
                raise NetworkRefused(f"initial stock, row {at + row + 1}: {MESSAGES[Reason(int(reasons[row]))]}")
        note_initial_stock(self.journal)

    # --- nodes that fail

    def offline_nodes(self) -> list[str]:
        """Nodes that are OFFLINE: `reroute_node` goes on where a stop or a crash ended the moving."""
        nodes = [name.decode() for name in self.face.names(networks.NODES)]
        return [node for node in nodes if self.face.node_status(node) is types.NodeStatus.OFFLINE]

    def reroute_node(self, node_id: str, *, excess: bool = False) -> Iterator[RerouteProgress]:
        """Move what an OFFLINE node holds to the next best plans, some reservations at a time; the totals so far.

        It ends early when the node is switched to another status.

        Parameters
        ----------
        excess
            Instead of what an OFFLINE node holds, shipments of a working one from buckets that have more than their
            limit, until they have no more than that. What fits nowhere whole stays, unflagged.

        Raises
        ------
        KeyError
            The node is not known.
        EngineError
            MAP_FULL: the journal has no room, and nothing waits for the disk that could make some.
        """
        node_i = self.face.find(networks.NODES, node_id.encode())
        if node_i < 0:
            raise KeyError(node_id)
        cursor: int | None = 0
        totals = [0, 0, 0, 0]
        drained = False
        while cursor is not None:
            before = cursor
            cursor, *counts = self.face.reroute_slice(node_i, cursor, REROUTE_SLICE, self.now_us(), excess)
            totals = [total + count for total, count in zip(totals, counts, strict=True)]
            yield RerouteProgress(*totals)
            if cursor == before and drained:
                raise EngineError(Reason.MAP_FULL, seq=self.face.seq)
            drained = cursor == before
            if drained:
                self.wait_durable(self.face.seq)  # the journal buffer is full: let it drain

    # --- operations

    def checkpoint(self) -> CheckpointInfo:
        """Write a checkpoint of everything durable now; blocks its caller, not the engine."""
        self._flush.settle(SETTLE_S)
        return write_checkpoint(self.journal, self.limits)

    def digest(self) -> tuple[str, int, int]:
        """(digest as 32 hex digits, its sequence, its journalled time)."""
        return self.face.digest_at()

    def build_info(self) -> dict[str, str]:
        """Version and durability mode."""
        return {"version": version(), "durability": str(self.journal.mode.value)}

    def close(self) -> None:
        """Flush what is left and give the folder up. Idempotent; in a forked child it touches nothing."""
        if os.getpid() != self._pid:
            return
        self._flush.stop()
        self.decisions.stop()
        self.journal.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()
