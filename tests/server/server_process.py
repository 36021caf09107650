"""A server as its own process, and its stubs over a real channel."""

import json
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import grpc

from fastdom_api.v1 import (
    admin_service_pb2_grpc,
    exception_service_pb2_grpc,
    inventory_service_pb2_grpc,
    network_service_pb2_grpc,
    promise_service_pb2_grpc,
    reservation_service_pb2_grpc,
    routing_service_pb2_grpc,
)

TIMEOUT_S = 30


class Stubs:
    """The stubs of every service over one channel."""

    def __init__(self, channel: grpc.Channel) -> None:
        self.routing = routing_service_pb2_grpc.RoutingServiceStub(channel)
        self.promise = promise_service_pb2_grpc.PromiseServiceStub(channel)
        self.reservation = reservation_service_pb2_grpc.ReservationServiceStub(channel)
        self.inventory = inventory_service_pb2_grpc.InventoryServiceStub(channel)
        self.network = network_service_pb2_grpc.NetworkServiceStub(channel)
        self.exception = exception_service_pb2_grpc.ExceptionServiceStub(channel)
        self.admin = admin_service_pb2_grpc.AdminServiceStub(channel)


class ServerProcess:
    """``python -m fastdom_server`` on a free port; `start` returns when it serves or has ended."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.ready_file = folder.with_suffix(".ready")
        self.command = [sys.executable, "-m", "fastdom_server", "--data", str(folder), "--listen", "127.0.0.1:0"]
        self.command += ["--ready-file", str(self.ready_file), *options]
        self.announced = ""

    def start(self) -> Self:
        """Start; the ready line is its first on stdout, so reading it waits for no longer than it takes."""
        self.process = subprocess.Popen(
            self.command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
        )
        assert self.process.stdout is not None
        self.announced = self.process.stdout.readline()
        if not self.announced:
            _, told = self.process.communicate(timeout=TIMEOUT_S)
            raise AssertionError(f"the server ended with {self.process.returncode}: {told}")
        ready = json.loads(self.ready_file.read_text())
        self.address: str = ready["address"]
        self.channel = grpc.insecure_channel(self.address, options=[("grpc.use_local_subchannel_pool", 1)])
        self.stubs = Stubs(self.channel)
        return self

    def stop(self, number: int = signal.SIGTERM) -> tuple[int, str]:
        """Send a signal and wait for the end; the exit code and what was told on stderr."""
        self.process.send_signal(number)
        return self.wait()

    def wait(self) -> tuple[int, str]:
        """Wait for the end; the exit code and what was told on stderr."""
        _, told = self.process.communicate(timeout=TIMEOUT_S)
        self.channel.close()
        return self.process.returncode, told

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.communicate(timeout=TIMEOUT_S)


def refused_start(*options: str, program: Sequence[str] = ("fastdom_server",)) -> tuple[int, str, str]:
    """Start a server that must not come up; exit code, stdout, stderr."""
    done = subprocess.run(
        [sys.executable, "-m", *program, *options],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=TIMEOUT_S,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr
