"""The examples of docs/client.md and docs/cli.md run."""

import re
import shlex
from pathlib import Path

import pytest
from cli_run import Run
from fake_server import FakeServer
from grpc_health.v1.health_pb2 import HealthCheckResponse

from fastdom_api.v1.inventory_service_pb2 import ImportInventoryResponse
from fastdom_api.v1.network_pb2 import Node
from fastdom_api.v1.network_service_pb2 import ListNodesResponse
from fastdom_api.v1.promise_service_pb2 import BatchPromiseResponse, PromiseOption, PromiseResponse
from fastdom_api.v1.reservation_pb2 import Reservation
from fastdom_api.v1.reservation_service_pb2 import ReserveResponse
from fastdom_client.cli import app
from fastdom_client.options import DEFAULT_SERVER

DOCS = Path(__file__).resolve().parents[3] / "docs"
PYTHON = re.findall(r"```python\n(.*?)```", (DOCS / "client.md").read_text(), re.DOTALL)
CONSOLE = [
    line
    for block in re.findall(r"```console\n(.*?)```", (DOCS / "cli.md").read_text(), re.DOTALL)
    for line in block.splitlines()
]
LOCAL = ("verify", "simulate", "demo")


@pytest.mark.parametrize("example", PYTHON, ids=[f"block {number}" for number in range(1, len(PYTHON) + 1)])
def test_python_examples_run(fake: FakeServer, example: str) -> None:
    """Each block of docs/client.md runs by itself and reaches the server."""
    fake.script["Promise"] = [PromiseResponse(options=[PromiseOption(option_token=b"token")])]
    fake.script["BatchPromise"] = [BatchPromiseResponse()]
    fake.script["Reserve"] = [ReserveResponse(reservation=Reservation(reservation_id="5f"))]
    fake.script["ListNodes"] = [ListNodesResponse(nodes=[Node(node_id="dc-mumbai")])]
    fake.script["ImportInventory"] = [ImportInventoryResponse(rows_applied=1)]
    fake.script["Check"] = [HealthCheckResponse(status=HealthCheckResponse.SERVING)]
    assert DEFAULT_SERVER in example
    exec(compile(example.replace(DEFAULT_SERVER, fake.address), "client.md", "exec"), {"__name__": "example"})
    assert fake.seen


@pytest.mark.parametrize("line", CONSOLE)
def test_console_examples_are_right_usage(fake: FakeServer, run: Run, line: str) -> None:
    """Each line of docs/cli.md is accepted by the command line and sends something."""
    program, *arguments = shlex.split(line)
    assert program == "fastdom"
    ran = run(*arguments)
    assert ran.code in (0, 1), ran.err
    assert fake.seen


@pytest.mark.parametrize(
    "line",
    [example for command in app.COMMANDS if command.name not in LOCAL for example in command.examples],
)
def test_examples_of_the_help_are_right_usage(fake: FakeServer, run: Run, line: str) -> None:
    """Each example a command's help shows is accepted by the command line."""
    ran = run(*shlex.split(line))
    assert ran.code in (0, 1), ran.err
    assert fake.seen


def test_the_table_of_commands_is_complete() -> None:
    """docs/cli.md names every command."""
    text = (DOCS / "cli.md").read_text()
    for command in (*app.COMMANDS, *app.NETWORK_COMMANDS, *app.POLICY_COMMANDS, *app.PASSED_ON):
        assert re.search(rf"`[^`]*\b{command.name}\b[^`]*`", text), command.name
