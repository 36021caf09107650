"""Deadlines of calls that take several steps: over a real channel, by a clock that the test moves."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import grpc
import grpc.aio
import pytest
from google.rpc import status_pb2
from orders import Refusal, request_id

from fastdom.engine.engine import Engine
from fastdom.types import GetAvailabilityRequest
from fastdom_api.v1 import inventory_service_pb2, network_service_pb2
from fastdom_server.admission import Admission
from fastdom_server.errors import DETAILS_TRAILER
from fastdom_server.interceptors import Door
from fastdom_server.services.inventory import InventoryService
from fastdom_server.services.network import NetworkService
from fastdom_server.services.service import Served
from fastdom_server.settings import NETWORK_MESSAGE_BYTES_MAX
from fastdom_server.waiters import Waiters

SKU, NODE = "APP-0101", "dc-bengaluru"

LIMIT_S = 60
"""Time limit of the calls; only the clock of the test ever comes near it."""

SECOND_US = 1_000_000


class Clock:
    """The server's clock: stands until it is moved, and counts who asks."""

    def __init__(self, now_us: int) -> None:
        self.now_us = now_us
        self.asked = 0

    def __call__(self) -> int:
        self.asked += 1
        return self.now_us

    def move(self, seconds: int) -> None:
        """Let time pass."""
        self.now_us += seconds * SECOND_US


class Slow:
    """An engine's face with which every chunk of an import takes its time."""

    def __init__(self, face: Any, clock: Clock, chunk_s: int) -> None:
        self._face, self._clock, self._chunk_s = face, clock, chunk_s

    def import_chunk(self, *given: Any) -> Any:
        done = self._face.import_chunk(*given)
        self._clock.move(self._chunk_s)
        return done

    def __getattr__(self, name: str) -> Any:
        return getattr(self._face, name)


class Desk:
    """What the services work with, and a channel to the one that is served."""

    def __init__(self, engine: Engine, executor: ThreadPoolExecutor) -> None:
        self.engine, self.executor = engine, executor
        self.clock = Clock(engine.now_us())
        self.turn = asyncio.Lock()
        self.waiters = Waiters(engine.face, asyncio.get_running_loop(), lambda: None)
        self.door = Door(
            self.clock,
            self.waiters,
            Admission(in_flight_max=8, lag_max_ms=60_000),
            aside=lambda *_call: (0, 0, -1, 0, b""),
            executor=executor,
            retry_after_ms=50,
        )
        self.channel: grpc.aio.Channel

    def served(self, engine: Any) -> Served:
        """What a service may use; `engine` may be a part of one."""
        used = SimpleNamespace(
            engine=engine, door=self.door, waiters=self.waiters, executor=self.executor, network_turn=self.turn
        )
        return cast("Served", used)

    async def refusal(self, call: Any) -> Refusal:
        """Why a call is refused."""
        with pytest.raises(grpc.aio.AioRpcError) as raised:
            await call
        refusal = Refusal()
        trailers: Any = raised.value.trailing_metadata()
        refusal.read(status_pb2.Status.FromString(dict(trailers)[DETAILS_TRAILER]))
        refusal.code = raised.value.code()
        return refusal


Scene = Callable[[Desk], Coroutine[Any, Any, None]]


@pytest.fixture
def engine(tmp_path: Path, network_folder: Path) -> Iterator[Engine]:
    """An engine on the demo network."""
    with Engine.open(tmp_path / "data", network=network_folder, durability="process") as opened:
        yield opened


def play(engine: Engine, make: Callable[[Desk], InventoryService | NetworkService], scene: Scene) -> None:
    """Serve one service on a free port while the scene runs."""

    async def run() -> None:
        with ThreadPoolExecutor(1) as executor:
            desk = Desk(engine, executor)
            service = make(desk)
            server = grpc.aio.server(options=[("grpc.max_receive_message_length", NETWORK_MESSAGE_BYTES_MAX)])
            server.add_generic_rpc_handlers(
                (grpc.method_handlers_generic_handler(service.NAME, dict(service.methods())),)
            )
            port = server.add_insecure_port("127.0.0.1:0")
            await server.start()
            try:
                async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as desk.channel:
                    await scene(desk)
            finally:
                await server.stop(None)
                desk.waiters.close()

    asyncio.run(run())


def on_hand(engine: Engine, now_us: int) -> int:
    asked = GetAvailabilityRequest((SKU,), (NODE,))
    return engine.face.get_availability(asked, now_us).positions[0].on_hand


@pytest.mark.parametrize(("chunk_s", "taken"), [(21, 3), (31, 2), (61, 1)])
def test_a_deadline_covers_the_whole_stream(engine: Engine, chunk_s: int, taken: int) -> None:
    """An import stops at the call's deadline, however short each chunk was; what was taken up before stays."""
    chunks = [
        inventory_service_pb2.ImportInventoryRequest(
            request_id=request_id(), rows=[{"sku": SKU, "node_id": NODE, "on_hand": 7_000 + number}]
        )
        for number in range(1, 5)
    ]

    async def stream() -> AsyncIterator[bytes]:
        for chunk in chunks:
            yield chunk.SerializeToString()

    async def scene(desk: Desk) -> None:
        send = desk.channel.stream_unary("/fastdom.v1.InventoryService/ImportInventory")
        refusal = await desk.refusal(send(stream(), timeout=LIMIT_S))
        assert (refusal.code, refusal.reason) == (grpc.StatusCode.DEADLINE_EXCEEDED, "DEADLINE_PASSED")
        assert on_hand(engine, desk.clock.now_us) == 7_000 + taken

    def slow(desk: Desk) -> InventoryService:
        return InventoryService(desk.served(SimpleNamespace(face=Slow(engine.face, desk.clock, chunk_s))))

    play(engine, slow, scene)


def test_an_import_within_its_deadline(engine: Engine) -> None:
    """A stream whose chunks all begin before the deadline is answered."""
    chunk = inventory_service_pb2.ImportInventoryRequest(
        request_id=request_id(), rows=[{"sku": SKU, "node_id": NODE, "on_hand": 7_000}]
    )

    async def stream() -> AsyncIterator[bytes]:
        yield chunk.SerializeToString()

    async def scene(desk: Desk) -> None:
        send = desk.channel.stream_unary("/fastdom.v1.InventoryService/ImportInventory")
        reply = inventory_service_pb2.ImportInventoryResponse.FromString(await send(stream(), timeout=LIMIT_S))
        assert (reply.chunks, reply.rows_applied) == (1, 1)

    def slow(desk: Desk) -> InventoryService:
        return InventoryService(desk.served(SimpleNamespace(face=Slow(engine.face, desk.clock, 2 * LIMIT_S))))

    play(engine, slow, scene)


def load(folder: Path) -> bytes:
    """A LoadNetwork of the demo network under another name."""
    files = {path.name: path.read_bytes() for path in folder.iterdir() if path.suffix in {".csv", ".gz", ".toml"}}
    files["network.toml"] = files["network.toml"].replace(b'name = "demo"', b'name = "late"')
    uploads = [network_service_pb2.NetworkFile(name=name, content=content) for name, content in files.items()]
    return network_service_pb2.LoadNetworkRequest(request_id=request_id(), files=uploads).SerializeToString()


@pytest.mark.parametrize("behind", ["another load", "nothing"])
def test_a_load_that_waits_past_its_deadline_is_not_done(engine: Engine, network_folder: Path, behind: str) -> None:
    """A LoadNetwork whose deadline passes while another load has its turn changes nothing; without a wait it loads."""

    async def scene(desk: Desk) -> None:
        send = desk.channel.unary_unary("/fastdom.v1.NetworkService/LoadNetwork")
        if behind == "nothing":
            reply = network_service_pb2.LoadNetworkResponse.FromString(
                await send(load(network_folder), timeout=LIMIT_S)
            )
            assert (reply.activated, engine.network_version) == (True, 2)
            return
        async with desk.turn:
            call = asyncio.ensure_future(desk.refusal(send(load(network_folder), timeout=LIMIT_S)))
            while desk.clock.asked < 2 and not call.done():  # when it came in, and before its files were read
                await asyncio.sleep(0)
            desk.clock.move(LIMIT_S + 1)
        refusal = await call
        assert (refusal.code, refusal.reason) == (grpc.StatusCode.DEADLINE_EXCEEDED, "DEADLINE_PASSED")
        assert engine.network_version == 1
        assert engine.network is not None
        assert engine.network.name == "demo"

    play(engine, lambda desk: NetworkService(desk.served(engine)), scene)
