"""Fixtures of the client's tests."""

from collections.abc import Iterator

import pytest
from cli_run import Ran, Run
from fake_server import FakeServer

from fastdom_client.cli import main


@pytest.fixture
def fake() -> Iterator[FakeServer]:
    """A fake server on a free port."""
    server = FakeServer()
    yield server
    server.stop()


@pytest.fixture
def run(fake: FakeServer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command line against the fake server."""
    monkeypatch.setenv("FASTDOM_SERVER", fake.address)
    monkeypatch.delenv("FASTDOM_TZ", raising=False)
    monkeypatch.delenv("FASTDOM_CHANNEL", raising=False)
    monkeypatch.delenv("FASTDOM_DEBUG", raising=False)

    def command(*arguments: str) -> Ran:
        code = main(arguments)
        printed = capsys.readouterr()
        return Ran(code, printed.out, printed.err)

    return command
