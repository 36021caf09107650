"""The life of the process: start, health, kill -9 and restart, drain, and starts that are refused."""

import json
import queue
import resource
import shutil
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from orders import pinned, refusal_of, request_id, reserve
from server_process import ServerProcess, refused_start

from fastdom.engine.engine import Engine
from fastdom.types import SetInventoryRequest
from fastdom_api.v1 import admin_service_pb2, inventory_service_pb2, network_service_pb2, reservation_service_pb2

NODE = "dc-bengaluru"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


def test_ready_line_and_file(folder: Path, network_folder: Path) -> None:
    """A server on port 0 tells its real address, its process id and its recovery, in a line and in a file."""
    with ServerProcess(folder, "--network", str(network_folder)) as server:
        ready = json.loads(server.ready_file.read_text())
        assert ready["pid"] == server.process.pid
        assert not ready["address"].endswith(":0")
        assert server.announced.startswith(f"fastdom serving on {ready['address']} (pid {ready['pid']}, ")
        assert "network demo version 1, recovered 0 entries" in server.announced
        assert server.stop()[0] == 0


def test_health_of_every_service(server: ServerProcess) -> None:
    """A serving server says SERVING for itself and each service, and NOT_FOUND for others."""
    health = health_pb2_grpc.HealthStub(server.channel)
    for service in ("", "fastdom.v1.RoutingService", "fastdom.v1.AdminService"):
        status = health.Check(health_pb2.HealthCheckRequest(service=service)).status
        assert status == health_pb2.HealthCheckResponse.SERVING
    with pytest.raises(grpc.RpcError) as error:
        health.Check(health_pb2.HealthCheckRequest(service="fastdom.v1.Nothing"))
    assert error.value.code() is grpc.StatusCode.NOT_FOUND


def test_drain(folder: Path, network_folder: Path) -> None:
    """SIGTERM turns health NOT_SERVING, ends the watches, keeps what was answered, and exits with 0."""
    with ServerProcess(folder, "--network", str(network_folder), "--grace-s", "20") as server:
        watch = health_pb2_grpc.HealthStub(server.channel).Watch(health_pb2.HealthCheckRequest())
        seen = [next(watch).status]
        made = server.stubs.reservation.Reserve(reserve(pinned("APP-0401", 1, NODE))).reservation
        server.process.send_signal(signal.SIGTERM)
        seen += [change.status for change in watch]
        assert seen == [health_pb2.HealthCheckResponse.SERVING, health_pb2.HealthCheckResponse.NOT_SERVING]
        code, told = server.wait()
        assert code == 0
        assert "Traceback" not in told
    with ServerProcess(folder) as server:
        read = reservation_service_pb2.GetReservationRequest(reservation_id=made.reservation_id)
        again = server.stubs.reservation.GetReservation(read).reservation
        assert [(a.sku, a.held) for a in again.allocations] == [("APP-0401", 1)]


@pytest.mark.parametrize("durability", ["strict", "relaxed", "process"])
def test_kill_keeps_what_was_acknowledged(folder: Path, network_folder: Path, durability: str) -> None:
    """After kill -9 amid concurrent calls every acknowledged reservation is there once, with its answer; the digest is
    that of a replay; and stock is taken exactly once per reservation."""
    options = ("--network", str(network_folder), "--durability", durability)
    acked: dict[str, str] = {}
    asked: dict[str, reservation_service_pb2.ReserveRequest] = {}
    enough = threading.Event()

    def checkout(server: ServerProcess, client: int) -> None:
        for i in range(10_000):
            request = reserve(pinned("APP-0402", 1, NODE), request_id=f"{durability}-{client}-{i}")
            asked[request.request_id] = request
            try:
                response = server.stubs.reservation.Reserve(request)
            except grpc.RpcError:
                return
            if response.HasField("reservation"):
                acked[request.request_id] = response.reservation.reservation_id
            if len(acked) >= 100:
                enough.set()

    with ServerProcess(folder, *options) as server:
        server.stubs.inventory.SetInventory(
            inventory_service_pb2.SetInventoryRequest(
                request_id="stock", sku="APP-0402", node_id=NODE, on_hand=1_000_000
            )
        )
        clients = [threading.Thread(target=checkout, args=(server, i)) for i in range(8)]
        for client in clients:
            client.start()
        assert enough.wait(30)
        server.process.kill()
        for client in clients:
            client.join()
        assert server.wait()[0] == -signal.SIGKILL
    with ServerProcess(folder, *options) as server:
        for key, reservation_id in acked.items():
            again = server.stubs.reservation.Reserve(asked[key])
            assert again.reservation.reservation_id == reservation_id
        for key in asked.keys() - acked.keys():
            acked[key] = server.stubs.reservation.Reserve(asked[key]).reservation.reservation_id
        assert len(set(acked.values())) == len(asked)
        read = inventory_service_pb2.GetAvailabilityRequest(skus=["APP-0402"], node_ids=[NODE])
        assert server.stubs.inventory.GetAvailability(read).positions[0].held == len(asked)
        digest = server.stubs.admin.Digest(admin_service_pb2.DigestRequest()).digest
        assert server.stop()[0] == 0
    with ServerProcess(folder) as server:
        assert server.stubs.admin.Digest(admin_service_pb2.DigestRequest()).digest == digest


def test_restart_from_a_checkpoint(folder: Path, network_folder: Path) -> None:
    """A server that wrote a checkpoint replays only what came after it, to the same state."""
    with ServerProcess(folder, "--network", str(network_folder), "--durability", "process") as server:
        made = server.stubs.admin.Checkpoint(admin_service_pb2.CheckpointRequest())
        for _ in range(3):
            server.stubs.reservation.Reserve(reserve(pinned("APP-0403", 1, NODE)))
        digest = server.stubs.admin.Digest(admin_service_pb2.DigestRequest())
        server.process.kill()
        server.wait()
    with ServerProcess(folder) as server:
        assert f"recovered {digest.digest_seq - made.checkpoint_seq} entries" in server.announced
        assert server.stubs.admin.Digest(admin_service_pb2.DigestRequest()).digest == digest.digest


def test_a_failed_disk_ends_the_process(folder: Path, network_folder: Path) -> None:
    """When a flush fails the call learns that its effect is unknown, the process exits with 1 and says why, and every
    reservation acknowledged before is there after a restart."""
    with ServerProcess(folder, "--network", str(network_folder)) as server:
        acked = server.stubs.reservation.Reserve(reserve(pinned("APP-0405", 1, NODE))).reservation
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (4_096, 4_096))
        refusal = refusal_of(server.stubs.reservation.Reserve, reserve(pinned("APP-0405", 1, NODE)))
        assert (refusal.code, refusal.reason) == (grpc.StatusCode.UNAVAILABLE, "NOT_DURABLE")
        assert refusal.retry_ms
        code, told = server.wait()
        assert code == 1
        assert "journal failed" in told
        assert "Traceback" not in told
    with ServerProcess(folder) as server:
        read = reservation_service_pb2.GetReservationRequest(reservation_id=acked.reservation_id)
        assert server.stubs.reservation.GetReservation(read).reservation.state == acked.state


def test_overload_is_refused_at_the_door(folder: Path, network_folder: Path) -> None:
    """With one call allowed in flight a second is refused with RetryInfo and nothing done, health is answered, and once
    the first is through the second goes in."""
    with ServerProcess(folder, "--network", str(network_folder), "--in-flight-max", "1") as server:
        chunks: queue.SimpleQueue[inventory_service_pb2.ImportInventoryRequest | None] = queue.SimpleQueue()
        row = inventory_service_pb2.InventoryRow(sku="APP-0406", node_id=NODE, on_hand=9)
        running = server.stubs.inventory.ImportInventory.future(iter(chunks.get, None))
        chunks.put(inventory_service_pb2.ImportInventoryRequest(request_id="chunk", rows=[row]))
        health = health_pb2_grpc.HealthStub(server.channel)
        build = admin_service_pb2.GetBuildInfoRequest()
        while True:  # until the stream has been taken up
            try:
                server.stubs.admin.GetBuildInfo(build)
            except grpc.RpcError:
                break
        refusal = refusal_of(server.stubs.reservation.Reserve, reserve(pinned("APP-0406", 1, NODE)))
        assert (refusal.code, refusal.reason) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "OVERLOADED")
        assert refusal.metadata == {"what": "in_flight_calls", "limit": "1"}
        assert refusal.retry_ms == 50
        assert health.Check(health_pb2.HealthCheckRequest()).status == health_pb2.HealthCheckResponse.SERVING
        chunks.put(None)
        running.result()
        assert server.stubs.reservation.Reserve(reserve(pinned("APP-0406", 1, NODE))).HasField("reservation")


# -- nodes that fail


def test_offline_moves_what_the_node_held(folder: Path, network_folder: Path) -> None:
    """OFFLINE moves held and committed units to other nodes, counts what fits nowhere as stranded, and takes no new
    work until the node is ONLINE again."""
    with ServerProcess(folder, "--network", str(network_folder), "--durability", "process") as server:
        call = server.stubs
        made = [call.reservation.Reserve(reserve(("APP-0404", 1))).reservation for _ in range(40)]
        node = made[0].allocations[0].node_id
        there = [r for r in made if any(a.node_id == node for a in r.allocations)]
        switch = network_service_pb2.SetNodeStatusRequest(request_id=request_id(), node_id=node, status=3)
        response = call.network.SetNodeStatus(switch)
        assert (response.node.node_id, response.node.status) == (node, 3)
        assert response.reservations_rerouted + response.reservations_stranded == len(there)
        assert response.units_rerouted + response.units_stranded == len(there)
        for reservation in there:
            read = reservation_service_pb2.GetReservationRequest(reservation_id=reservation.reservation_id)
            now = call.reservation.GetReservation(read).reservation
            open_here = sum(a.held for a in now.allocations if a.node_id == node)
            assert sum(a.held for a in now.allocations) == 1
            assert (open_here > 0) == now.needs_attention
        refused = call.reservation.Reserve(reserve(pinned("APP-0404", 1, node)))
        assert refused.outcome == reservation_service_pb2.RESERVE_OUTCOME_REFUSED
        assert call.network.SetNodeStatus(switch).node.status == 3
        call.network.SetNodeStatus(
            network_service_pb2.SetNodeStatusRequest(request_id=request_id(), node_id=node, status=1)
        )
        node_now = call.network.GetNode(network_service_pb2.GetNodeRequest(node_id=node)).node
        assert node_now.status == 1


# -- starts that are refused: exit code 2, one readable line, no traceback


def refused_with(says: str, *options: str, program: tuple[str, ...] = ("fastdom_server",)) -> None:
    code, out, err = refused_start(*options, program=program)
    assert code == 2, err
    assert not out
    assert "Traceback" not in err
    lines = [line for line in err.splitlines() if line]
    assert len(lines) == 1
    assert says in lines[0]


def test_folder_in_use(server: ServerProcess) -> None:
    """A folder that another server has open is refused with that server's process id."""
    folder = server.command[server.command.index("--data") + 1]
    refused_with(str(server.process.pid), "--data", folder, "--listen", "127.0.0.1:0")


@pytest.mark.parametrize("program", [("fastdom_server",), ("fastdom_client.cli", "serve")])
def test_address_in_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: tuple[str, ...]) -> None:
    """A port that is taken is refused in one line, before the folder is made, by fastdom-server and fastdom serve."""
    monkeypatch.delenv("GRPC_VERBOSITY", raising=False)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        refused_with(address, "--data", str(tmp_path / "data"), "--listen", address, program=program)
    assert not (tmp_path / "data").exists()


def test_the_words_of_grpc_can_be_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A GRPC_VERBOSITY of the user's own stays: gRPC then says what the operating system said."""
    monkeypatch.setenv("GRPC_VERBOSITY", "ERROR")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        code, _, err = refused_start("--data", str(tmp_path / "data"), "--listen", address)
    assert code == 2
    assert "Address already in use" in err


@pytest.mark.parametrize("program", [("fastdom_server",), ("fastdom_client.cli", "serve")])
@pytest.mark.parametrize("below", ["", "data"])
def test_a_file_is_no_folder(tmp_path: Path, program: tuple[str, ...], below: str) -> None:
    """A data folder that is a file, or would be in one, is refused in one line that names the file."""
    file = tmp_path / "file"
    file.touch()
    refused_with(f"{file} is not a folder", "--data", str(file / below), "--listen", "127.0.0.1:0", program=program)
    assert not (tmp_path / "data").exists()


def test_newer_format(folder: Path) -> None:
    """A folder written by a later release is refused with both formats."""
    folder.mkdir()
    (folder / "FORMAT").write_text("fastdom journal format 99\n")
    refused_with("format 99", "--data", str(folder), "--listen", "127.0.0.1:0")


def test_unreadable_folder(folder: Path) -> None:
    """A folder that is not fastdom's, or damaged, is refused."""
    folder.mkdir()
    (folder / "FORMAT").write_text("something else\n")
    refused_with("FORMAT", "--data", str(folder), "--listen", "127.0.0.1:0")


def test_data_is_a_file(tmp_path: Path) -> None:
    """A data path that is a file is refused by its name."""
    path = tmp_path / "file"
    path.write_text("")
    refused_with(str(path), "--data", str(path), "--listen", "127.0.0.1:0")


def test_full_disk(tmp_path: Path) -> None:
    """A disk without room to start is refused as such."""
    if shutil.which("unshare") is None or shutil.which("mount") is None:
        pytest.skip("needs unshare and mount")
    inside = ["unshare", "--map-root-user", "--mount", "sh", "-c"]
    mount = f"mount -t tmpfs -o size=4m tmpfs {tmp_path}"
    if subprocess.run([*inside, mount], capture_output=True, check=False).returncode:
        pytest.skip("needs the right to mount a small file system")
    start = f"exec {sys.executable} -m fastdom_server --data {tmp_path}/data --listen 127.0.0.1:0"
    done = subprocess.run([*inside, f"{mount} && {start}"], capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert "disk full" in done.stderr


def test_clock_behind_the_journal(folder: Path, network_folder: Path) -> None:
    """A clock hours behind the last journalled time is refused, and accepted when the operator says so."""
    with Engine.open(folder, network=network_folder) as engine:
        later = engine.now_us() + 3 * 3_600 * 1_000_000
        count = SetInventoryRequest(request_id="later", sku="APP-0001", node_id=NODE, on_hand=1)
        engine.wait_durable(engine.face.set_inventory(count, later).seq)
    refused_with("--accept-clock", "--data", str(folder), "--listen", "127.0.0.1:0")
    with ServerProcess(folder, "--accept-clock") as server:
        assert server.stop()[0] == 0


def test_missing_network(folder: Path, tmp_path: Path) -> None:
    """A network folder that does not exist is refused by its name."""
    refused_with("nowhere", "--data", str(folder), "--network", str(tmp_path / "nowhere"), "--listen", "127.0.0.1:0")


def test_network_with_mistakes(folder: Path, tmp_path: Path, network_folder: Path) -> None:
    """Every mistake of a network is listed with file, line and field, one a line."""
    broken = tmp_path / "network"
    broken.mkdir()
    for path in network_folder.iterdir():
        if path.suffix in {".csv", ".gz", ".toml"}:
            (broken / path.name).write_bytes(path.read_bytes())
    nodes = (broken / "nodes.csv").read_text().replace(",421302,", ",999998,").replace(",17:00,", ",25:00,")
    (broken / "nodes.csv").write_text(nodes)
    code, _, err = refused_start("--data", str(folder), "--network", str(broken), "--listen", "127.0.0.1:0")
    assert code == 2
    assert "Traceback" not in err
    assert "nodes.csv:2: postal_code" in err
    assert "nodes.csv:4: cutoff" in err


def test_ready_file_that_cannot_be_written(folder: Path, tmp_path: Path) -> None:
    """A ready file in a folder that does not exist is refused before the data folder is made."""
    ready = tmp_path / "nowhere" / "ready"
    refused_with(str(ready), "--data", str(folder), "--listen", "127.0.0.1:0", "--ready-file", str(ready))
    assert not folder.exists()


def test_a_stale_ready_file_goes(folder: Path, tmp_path: Path) -> None:
    """The ready file of a run before is gone when a start is refused, so that nobody takes it for this one's."""
    stale = tmp_path / "ready"
    stale.write_text("{}")
    folder.mkdir()
    (folder / "FORMAT").write_text("something else\n")
    refused_with("FORMAT", "--data", str(folder), "--listen", "127.0.0.1:0", "--ready-file", str(stale))
    assert not stale.exists()


def test_unknown_limit(folder: Path) -> None:
    """A limit of another name is refused by name."""
    refused_with("cats_max", "--data", str(folder), "--limit", "cats_max=9", "--listen", "127.0.0.1:0")


def test_limit_out_of_range(folder: Path) -> None:
    """A limit out of its range is refused with the range."""
    refused_with("nodes_max", "--data", str(folder), "--limit", "nodes_max=99999", "--listen", "127.0.0.1:0")
