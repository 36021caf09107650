"""What goes wrong midway: a node fails, and the server dies under load."""

import time
from dataclasses import dataclass

from fastdom.demo.pace import Pace
from fastdom.demo.progress import Watcher
from fastdom.demo.record import Record
from fastdom.demo.server_process import ServerProcess
from fastdom_client import AsyncClient, ConnectionOptions

OFFLINE_PERMILLE, KILL_PERMILLE, GATE_PERMILLE = 400, 600, 800
"""Points of the sale, in orders ended: the node fails, the server dies; beyond the last none starts before it died."""

REROUTE_TIMEOUT_S = 120.0
"""Over all attempts, each of which the client ends after some seconds and repeats with the same request_id."""


@dataclass(frozen=True, slots=True)
class NodeFailure:
    """A node that was taken offline: reservations and units that moved, and that fit nowhere else."""

    node_id: str
    rerouted: int
    rerouted_units: int
    stranded: int
    stranded_units: int


@dataclass(frozen=True, slots=True)
class CrashRecovery:
    """A restart after SIGKILL.

    Attributes
    ----------
    first_answer_us : int
        From the start of the new process to its first answer, microseconds.
    server_ms : float
        The server's own recovery within it, milliseconds.
    entries : int
        Entries of the journal at the first answer; all were replayed, for the demo's server writes no checkpoints.
    """

    first_answer_us: int
    server_ms: float
    entries: int


async def fail_node(client: AsyncClient, record: Record) -> NodeFailure | None:
    """Take the node offline that holds most by the client's record; returns once the server has moved what it held."""
    node_id = record.busiest_node()
    if not node_id:
        return None
    reply = await client.set_node_status(
        node_id, "OFFLINE", request_id=f"flash-offline-{node_id}"[:36], timeout_s=REROUTE_TIMEOUT_S
    )
    return NodeFailure(
        node_id=node_id,
        rerouted=reply.reservations_rerouted,
        rerouted_units=reply.units_rerouted,
        stranded=reply.reservations_stranded,
        stranded_units=reply.units_stranded,
    )


async def crash(server: ServerProcess, address: str, sku: str) -> CrashRecovery:
    """Kill the server with SIGKILL and start it again on its folder and port; ask it for a SKU. Raises StartError."""
    server.kill()
    begun_ns = time.perf_counter_ns()
    ready = await server.restart(address)
    # A connection of its own: the shoppers' one is waiting for its next attempt.
    async with AsyncClient(address, options=ConnectionOptions(local_subchannel_pool=True)) as client:
        answer = await client.get_availability([sku])
    return CrashRecovery(
        first_answer_us=(time.perf_counter_ns() - begun_ns) // 1_000,
        server_ms=ready.recovery_ms,
        entries=answer.inventory_seq,
    )


async def wait_for_offline(pace: Pace) -> None:
    """Return when the node is due to fail."""
    await pace.reached(pace.orders * OFFLINE_PERMILLE // 1000)


async def wait_for_kill(pace: Pace) -> None:
    """Return when the server is due to die, with checkouts under way."""
    await pace.reached(pace.orders * KILL_PERMILLE // 1000)
    pace.open_gate()
    await pace.reached(pace.done + 1)


def tell_failure(failure: NodeFailure | None, watcher: Watcher) -> None:
    """Note a failed node."""
    if failure is None:
        watcher.note("no node holds anything, so none was taken offline")
    else:
        watcher.note(
            f"{failure.node_id} went offline: {failure.rerouted:,} reservations moved to other nodes, "
            f"{failure.stranded_units:,} units fit nowhere else"
        )


def tell_recovery(recovery: CrashRecovery, watcher: Watcher) -> None:
    """Note a recovery."""
    watcher.note(
        f"server killed and restarted: first answer after {recovery.first_answer_us // 1_000:,} ms, "
        f"{recovery.entries:,} entries replayed in {recovery.server_ms:.0f} ms"
    )
