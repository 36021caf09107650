"""Fixtures of the client's tests."""

from collections.abc import Iterator

import pytest
from fake_server import FakeServer


@pytest.fixture
def fake() -> Iterator[FakeServer]:
    """A fake server on a free port."""
    server = FakeServer()
    yield server
    server.stop()
