"""The server of a demo: its own process, started, killed and started again on one data folder."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO

START_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 30.0
"""Time a clean stop gets before SIGKILL."""

POLL_S = 0.005
LOG_LINES = 8
"""Last lines of the server's log that tell why it did not start."""

BIND_ATTEMPTS = 5
"""Restarts on the port of the killed server, which a closing connection may hold for a moment."""


class StartError(Exception):
    """The server could not be started; the message ends with the last lines of its log."""


@dataclass(frozen=True, slots=True)
class Ready:
    """What the server announced: where it listens, and how long its own recovery took, milliseconds."""

    address: str
    recovery_ms: float


class ServerProcess:
    """At most one server at a time; `close` ends it whatever happened.

    Parameters
    ----------
    data : Path
        Data folder of the server.
    beside : Path
        Folder for its log and its ready file.
    network : Path
        Network folder.
    durability : str
        ``strict``, ``relaxed`` or ``process``.
    """

    def __init__(self, data: Path, beside: Path, network: Path, durability: str) -> None:
        self._data, self._network, self._durability = data, network, durability
        self._ready_file = beside / "ready.json"
        self.log_file = beside / "server.log"
        self._process: subprocess.Popen[bytes] | None = None
        self._log: IO[bytes] | None = None

    @property
    def pid(self) -> int:
        """Process id of the running server, 0 = none runs."""
        return self._process.pid if self._process is not None and self._process.poll() is None else 0

    async def start(self) -> Ready:
        """Start it on a free port. Raises StartError."""
        return await self._start("127.0.0.1:0")

    async def restart(self, address: str) -> Ready:
        """Start it again on the address it had. Raises StartError."""
        for attempt in range(BIND_ATTEMPTS):
            try:
                return await self._start(address)
            except StartError as error:
                if "in use" not in str(error) or attempt == BIND_ATTEMPTS - 1:
                    raise
            await asyncio.sleep(0.1 * 2**attempt)
        raise AssertionError("the last attempt returns or raises")

    def kill(self) -> None:
        """End it with SIGKILL, as a crash would, and wait until it is gone."""
        process = self._process
        if process is None or process.poll() is not None:
            raise StartError(f"the server ended by itself{self._last_words()}")
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        self._process = None

    async def stop(self) -> int:
        """Let it end cleanly, after STOP_TIMEOUT_S by force; its exit code."""
        process = self._process
        if process is None:
            return 0
        if process.poll() is None:
            process.terminate()
        end_s = time.monotonic() + STOP_TIMEOUT_S
        while process.poll() is None and time.monotonic() < end_s:
            await asyncio.sleep(POLL_S)
        self.close()
        return process.returncode

    def close(self) -> None:
        """End what still runs, by force, and close the log."""
        if self._process is not None:
            if self._process.poll() is None:
                self._process.kill()
            self._process.wait()
            self._process = None
        if self._log is not None:
            self._log.close()
            self._log = None

    async def _start(self, address: str) -> Ready:
        self._ready_file.unlink(missing_ok=True)
        if self._log is None:
            self._log = self.log_file.open("ab")
        command = [
            *(sys.executable, "-m", "fastdom_server", "--data", str(self._data), "--network", str(self._network)),
            *("--listen", address, "--ready-file", str(self._ready_file), "--durability", self._durability),
            # The audit replays the journal from its first entry, so nothing may be pruned.
            *("--checkpoint-entries", "0"),
        ]
        # A session of its own: Ctrl-C at the terminal reaches the demo alone, which then stops the server.
        self._process = process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=self._log, stderr=self._log, start_new_session=True
        )
        end_s = time.monotonic() + START_TIMEOUT_S
        while not self._ready_file.exists():
            code = process.poll()
            if code is not None:
                self._process = None
                raise StartError(f"the server ended with exit code {code} before it was ready{self._last_words()}")
            if time.monotonic() > end_s:
                self.close()
                raise StartError(f"the server was not ready within {START_TIMEOUT_S:.0f} s{self._last_words()}")
            await asyncio.sleep(POLL_S)
        ready = json.loads(self._ready_file.read_text())
        return Ready(ready["address"], ready["recovery_ms"])

    def _last_words(self) -> str:
        text = self.log_file.read_text(errors="replace") if self.log_file.exists() else ""
        return "".join(f"\n  {line}" for line in text.splitlines()[-LOG_LINES:])
