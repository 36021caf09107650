"""What server tests share: the demo network, read once."""

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest
from server_process import ServerProcess, Stubs

from fastdom.network import NetworkDocument, load


@pytest.fixture(scope="session")
def network_folder() -> Path:
    """Folder of the demo network."""
    return Path(str(files("fastdom.demo"))) / "network"


@pytest.fixture(scope="session")
def document(network_folder: Path) -> NetworkDocument:
    """The demo network, read."""
    return load(network_folder)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, network_folder: Path) -> Iterator[ServerProcess]:
    """A server on the demo network that tests share: each uses SKUs and ids of its own."""
    folder = tmp_path_factory.mktemp("shared") / "data"
    with ServerProcess(folder, "--network", str(network_folder), "--durability", "process", "--reflection") as process:
        yield process


@pytest.fixture
def call(server: ServerProcess) -> Stubs:
    """The stubs of the shared server."""
    return server.stubs
