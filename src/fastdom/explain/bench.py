"""An engine in memory, set up as a record saw the world, that plans the same order again under changed conditions."""

import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from fastdom._native import decided
from fastdom._native.network import NetworkTables
from fastdom.engine import networks
from fastdom.engine.face import Face
from fastdom.engine.limits import MINUTE_US, Limits
from fastdom.engine.networks import PreparedNetwork
from fastdom.explain.record import Decision
from fastdom.policy import Policy, compile_policy
from fastdom.types import NodeStatus, RouteRequest, RouteResult

BUFFER_BYTES = 8 << 20
ROOM = 1 << 62
POSITIONS_MAX = 1 << 20
TABLES = (networks.TENANTS, networks.CHANNELS, networks.SERVICES, networks.NODES, networks.SKUS)


class Bench:
    """One network version and one policy version, without a journal.

    Parameters
    ----------
    names : mapping of int to sequence of bytes
        Names of each table in the order of their dense ids: those of the engine that wrote the records.
    network : PreparedNetwork
        Compiled with these dense ids, for the time of the records.
    network_version : int
    policy : Policy
    policy_version : int
    """

    def __init__(
        self,
        names: Mapping[int, Sequence[bytes]],
        network: PreparedNetwork,
        network_version: int,
        policy: Policy,
        policy_version: int,
    ) -> None:
        self.network = network
        self.policy = policy
        self.policy_version = policy_version
        self.names = [name.decode() for name in names[networks.NODES]]
        self._version = network_version
        self._skus: frozenset[int] = frozenset()
        self.face = Face(_limits(names).as_dict(), bytes(16), buffer_bytes=BUFFER_BYTES)
        self.face.start(ROOM)
        for table in TABLES:
            for at in range(0, len(names[table]), networks.NAMES_AT_ONCE):
                self.face.intern(table, list(names[table][at : at + networks.NAMES_AT_ONCE]), 0)
                self._drain()
        self.tables = self.tables_of(policy)
        self._deciding = self.tables
        self._kept: dict[Policy, NetworkTables] = {}
        self.face.activate_network(self.tables, network_version, bytes.fromhex(network.document.content_hash), 0)
        self._drain()

    def tables_of(self, policy: Policy) -> NetworkTables:
        """Return the tables that decide by a policy."""
        network = self.network
        policies: tuple[Any, ...] = (
            compile_policy(policy, self.policy_version, network.document, network.node_index, network.service_index),
        )
        return NetworkTables(dataclasses.replace(network.compiled, policies=policies), self._version)

    def load(self, decision: Decision) -> None:
        """Set up stock, node status, capacity and time of a record."""
        skus = frozenset(sku_i for sku_i, _ in decision.fields["stock"])
        decided.load(self.face, decision.data, self._skus | skus)
        self._skus = skus

    def route(self, request: RouteRequest, now_us: int) -> RouteResult:
        """Plan; nothing changes."""
        return self.face.route(request, now_us)

    @contextmanager
    def only(self, line_i: int, node_i: int) -> Iterator[None]:
        """Within it no other node ships the line."""
        decided.force(self.face, line_i, node_i)
        try:
            yield
        finally:
            decided.force(self.face, -1, -1)

    @contextmanager
    def stock(
        self, free: Iterable[tuple[int, int, int, int]], back: Iterable[tuple[int, int, int, int]]
    ) -> Iterator[None]:
        """Within it positions have other stock.

        Parameters
        ----------
        free, back : iterable of (int, int, int, int)
            SKU, node, units free, routing reserve: within, and afterwards.
        """
        for position in free:
            decided.set_free(self.face, *position)
        try:
            yield
        finally:
            for position in back:
                decided.set_free(self.face, *position)

    @contextmanager
    def status(self, node_i: int, status: NodeStatus) -> Iterator[None]:
        """Within it a node has another status."""
        before = self.face.node_status(self.names[node_i])
        decided.set_status(self.face, node_i, int(status))
        try:
            yield
        finally:
            decided.set_status(self.face, node_i, int(before))

    @contextmanager
    def under(self, policy: Policy) -> Iterator[None]:
        """Within it another policy decides."""
        before = self._deciding
        self._deciding = self._kept.get(policy) or self.tables_of(policy)
        self._kept[policy] = self._deciding
        self.face.attach_network(self._deciding)
        try:
            yield
        finally:
            self._deciding = before
            self.face.attach_network(before)

    def _drain(self) -> None:
        if self.face.take_batch(0) is not None:
            self.face.batch_durable(ROOM)


def _limits(names: Mapping[int, Sequence[bytes]]) -> Limits:
    return Limits(
        skus_max=len(names[networks.SKUS]) + 1,
        nodes_max=len(names[networks.NODES]),
        channels_max=len(names[networks.CHANNELS]) + 1,
        tenants_max=len(names[networks.TENANTS]) + 8,
        positions_max=POSITIONS_MAX,
        reservations_max=1024,
        request_ids_max=1024,
        exceptions_max=1024,
        fulfilment_log_max=1024,
        request_window_us=MINUTE_US,
    )
