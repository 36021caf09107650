"""Loading another network into a running server."""

from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest
from orders import order, pinned, refusal_of, request_id, reserve
from server_process import ServerProcess, Stubs

from fastdom.engine.engine import Engine
from fastdom.types import (
    Destination,
    NodeStatus,
    Order,
    OrderLine,
    PostalAddress,
    ReserveMode,
    ReserveRequest,
    SetNodeStatusRequest,
)
from fastdom_api.v1 import network_service_pb2 as pb2
from fastdom_api.v1 import reservation_service_pb2, routing_service_pb2

NODE = "dc-mumbai"


@pytest.fixture(scope="module")
def loading(tmp_path_factory: pytest.TempPathFactory, network_folder: Path) -> Iterator[Stubs]:
    """A server whose network these tests change, one after the other."""
    folder = tmp_path_factory.mktemp("loading") / "data"
    with ServerProcess(folder, "--network", str(network_folder), "--durability", "process") as process:
        yield process.stubs


@pytest.fixture
def files(network_folder: Path) -> dict[str, bytes]:
    return {
        path.name: path.read_bytes() for path in network_folder.iterdir() if path.suffix in {".csv", ".gz", ".toml"}
    }


def load(files: dict[str, bytes], **more: object) -> pb2.LoadNetworkRequest:
    uploads = [pb2.NetworkFile(name=name, content=content) for name, content in files.items()]
    return pb2.LoadNetworkRequest(**{"request_id": request_id(), "files": uploads, **more})


def version(call: Stubs) -> int:
    return call.network.GetNetwork(pb2.GetNetworkRequest()).network.network_version


def renamed(files: dict[str, bytes], name: str) -> dict[str, bytes]:
    """The same network under another name: another content."""
    text = files["network.toml"].replace(b'name = "demo"', f'name = "{name}"'.encode())
    return {**files, "network.toml": text}


def test_same_content_changes_nothing(loading: Stubs, files: dict[str, bytes]) -> None:
    """Loading what is active already keeps the version."""
    before = version(loading)
    response = loading.network.LoadNetwork(load(files))
    assert (response.activated, response.network.network_version) == (False, before)


def test_validate_only(loading: Stubs, files: dict[str, bytes]) -> None:
    """Validation tells what the documents contain and activates nothing."""
    before = version(loading)
    response = loading.network.LoadNetwork(load(renamed(files, "tried"), validate_only=True))
    assert (response.activated, response.network.network_version, response.network.name) == (False, 0, "tried")
    assert version(loading) == before


def test_a_new_version_decides(loading: Stubs, files: dict[str, bytes]) -> None:
    """A new version is active with the reply: decisions name it, stock and reservations stay, and its files can be
    read back."""
    held = loading.reservation.Reserve(reserve(pinned("APP-0001", 1, NODE))).reservation
    before = version(loading)
    response = loading.network.LoadNetwork(load(renamed(files, "second"), expected_version=before))
    assert (response.activated, response.network.network_version) == (True, before + 1)
    plan = loading.routing.Route(routing_service_pb2.RouteRequest(order=order(("APP-0001", 1))))
    assert plan.network_version == before + 1
    read = reservation_service_pb2.GetReservationRequest(reservation_id=held.reservation_id)
    assert loading.reservation.GetReservation(read).reservation.allocations == held.allocations
    stored = loading.network.GetNetwork(pb2.GetNetworkRequest(include_files=True))
    assert {file.name: file.content for file in stored.files} == renamed(files, "second")


def test_another_version_than_expected(loading: Stubs, files: dict[str, bytes]) -> None:
    """With expected_version a load on top of another version is refused."""
    refusal = refusal_of(loading.network.LoadNetwork, load(renamed(files, "third"), expected_version=99))
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.ABORTED, "VERSION_MISMATCH")
    assert refusal.metadata["actual"] == str(version(loading))


def test_a_node_with_stock_cannot_vanish(loading: Stubs, files: dict[str, bytes]) -> None:
    """A network without a node that has stock is refused with that node, and the version stays."""
    before = version(loading)
    rows = [row for row in files["nodes.csv"].splitlines() if not row.startswith(b"store-mumbai-1,")]
    fewer = {name: content for name, content in files.items() if name != "stock.csv.gz"}
    fewer["nodes.csv"] = b"\n".join(rows) + b"\n"
    refusal = refusal_of(loading.network.LoadNetwork, load(fewer))
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.FAILED_PRECONDITION, "NETWORK_SHRINKS")
    assert refusal.metadata["value"] == "store-mumbai-1"
    assert version(loading) == before


def test_a_load_again(loading: Stubs, files: dict[str, bytes]) -> None:
    """A repeat gets the first reply, though the version it expected is active no more; another body is refused."""
    request = load(renamed(files, "fourth"), expected_version=version(loading))
    first = loading.network.LoadNetwork(request)
    loading.network.LoadNetwork(load(renamed(files, "fifth")))
    active = version(loading)
    assert loading.network.LoadNetwork(request) == first
    assert version(loading) == active == first.network.network_version + 1
    request.expected_version = active
    refusal = refusal_of(loading.network.LoadNetwork, request)
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.ALREADY_EXISTS, "REQUEST_ID_REUSED")


def test_moving_off_a_failed_node_survives_a_stop(network_folder: Path, tmp_path: Path) -> None:
    """A node whose switch is in the journal and whose moves are not is emptied by the next server unasked."""
    line = OrderLine("L1", "APP-0001", 2, node_id=NODE)
    with Engine.open(tmp_path / "data", network=network_folder) as engine:
        destination = Destination(PostalAddress("400001", "IN"))
        request = ReserveRequest("one", Order("one", "own-site", (line,), destination), mode=ReserveMode.FIRM)
        made = engine.reserve(request).reservation
        off = engine.face.set_node_status(SetNodeStatusRequest("off", NODE, NodeStatus.OFFLINE), engine.now_us())
        engine.wait_durable(off.seq)
    assert made is not None
    read = reservation_service_pb2.GetReservationRequest(reservation_id=made.reservation_id)
    with ServerProcess(tmp_path / "data") as server:
        for _ in range(10_000):
            found = server.stubs.reservation.GetReservation(read).reservation
            if not any(a.node_id == NODE and a.committed for a in found.allocations):
                break
    assert sum(a.committed for a in found.allocations if a.node_id != NODE) == 2


def test_a_server_without_a_network(tmp_path: Path) -> None:
    """Without a network orders are refused as NETWORK_MISSING, hot and cold, until one is loaded."""
    with ServerProcess(tmp_path / "data", "--durability", "process") as server:
        route = routing_service_pb2.RouteRequest(order=order(("APP-0001", 1)))
        refusal = refusal_of(server.stubs.routing.Route, route)
        assert (refusal.code, refusal.reason) == (grpc.StatusCode.FAILED_PRECONDITION, "NETWORK_MISSING")
        assert refusal_of(server.stubs.network.GetNetwork, pb2.GetNetworkRequest()).reason == "NETWORK_MISSING"
