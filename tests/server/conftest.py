"""What server tests share: the demo network, read once."""

from importlib.resources import files
from pathlib import Path

import pytest

from fastdom.network import NetworkDocument, load


@pytest.fixture(scope="session")
def network_folder() -> Path:
    """Folder of the demo network."""
    return Path(str(files("fastdom.demo"))) / "network"


@pytest.fixture(scope="session")
def document(network_folder: Path) -> NetworkDocument:
    """The demo network, read."""
    return load(network_folder)
