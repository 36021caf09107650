"""Every setting and limit of the server in one place, each with its reason; the command line that fills them."""

import argparse
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

DURABILITY_MODES = ("strict", "relaxed", "process")
LOG_LEVELS = ("debug", "info", "warning", "error")

HOT_MESSAGE_BYTES_MAX = 1 << 20
"""A request of any method but LoadNetwork: 1,024 batch items of some 1,000 bytes, far above a real order."""

NETWORK_MESSAGE_BYTES_MAX = 64 << 20
"""A LoadNetwork request; a larger network is given at start (--network)."""

METADATA_BYTES_MAX = 8 << 10
"""Request headers: a token and a trace context fit several times over."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What `serve` needs to know.

    Attributes
    ----------
    data : Path
        The data folder; made when it does not exist.
    network : Path or None
        Network folder, applied as a new version when its content differs. None = the version in the journal.
    listen : str
        ``host:port`` or ``unix:/path``; port 0 takes a free one and the ready line names it.
    durability : str
        ``strict``, ``relaxed`` or ``process``: when a reply counts as durable.
    accept_clock : bool
        Start although the wall clock is more than an hour behind the journal, or ahead of it by a jump.
    limits : dict of str to int
        Overrides of the engine's limits, by name.
    ready_file : Path or None
        Where to write ``{"address", "pid", "recovery_ms"}`` once the server answers.
    reflection : bool
        Let clients list services and messages. Off, because it tells strangers the whole contract.
    streams_max : int
        Concurrent calls of one connection; more wait in the client.
    in_flight_max : int
        Calls being answered at once; more are refused, because a queue that only grows helps nobody.
    lag_max_ms : int
        Lag of the event loop beyond which calls are refused: the queue is then before the server, not in it.
    retry_after_ms : int
        What a refused call is told to wait.
    keepalive_s, connection_age_s, connection_age_grace_s : int
        Ping of a silent connection; age after which a connection is asked to reconnect (0 = never), so that a
        balancer can spread load; time its calls then get.
    grace_s : int
        Time running calls get after SIGTERM.
    drain_delay_s : int
        Time between NOT_SERVING and the first refused connection, for balancers that poll health.
    tick_ms : int
        Longest wait of a due hold for the sweeper. Exactness does not depend on it: a due hold never counts.
    checkpoint_entries : int
        Journal entries after which a checkpoint is written; they bound the recovery time (0 = only on request).
    decisions_keep_s, decisions_mb_max : int
        How long records of decisions are kept for Explain (0 = none are made), and how much of them at most.
    stats_s : int
        Seconds between two lines of counters in the log (0 = only at the end).
    log_level : str
        ``debug``, ``info``, ``warning`` or ``error``.
    """

    data: Path
    network: Path | None = None
    listen: str = "127.0.0.1:7443"
    durability: str = "strict"
    accept_clock: bool = False
    limits: dict[str, int] = field(default_factory=dict)
    ready_file: Path | None = None
    reflection: bool = False
    streams_max: int = 1_000
    in_flight_max: int = 8_192
    lag_max_ms: int = 1_000
    retry_after_ms: int = 50
    keepalive_s: int = 60
    connection_age_s: int = 0
    connection_age_grace_s: int = 30
    grace_s: int = 10
    drain_delay_s: int = 0
    tick_ms: int = 20
    checkpoint_entries: int = 2_000_000
    decisions_keep_s: int = 86_400
    decisions_mb_max: int = 1_024
    stats_s: int = 0
    log_level: str = "info"

    def channel_options(self) -> list[tuple[str, int]]:
        """Options of the gRPC server."""
        options = [
            # Two servers must never share a port without noticing.
            ("grpc.so_reuseport", 0),
            ("grpc.max_receive_message_length", NETWORK_MESSAGE_BYTES_MAX),
            ("grpc.max_send_message_length", -1),
            ("grpc.max_metadata_size", METADATA_BYTES_MAX),
            ("grpc.max_concurrent_streams", self.streams_max),
            ("grpc.keepalive_time_ms", self.keepalive_s * 1_000),
            ("grpc.keepalive_timeout_ms", 20_000),
            ("grpc.http2.min_ping_interval_without_data_ms", 10_000),
        ]
        if self.connection_age_s:
            options.append(("grpc.max_connection_age_ms", self.connection_age_s * 1_000))
            options.append(("grpc.max_connection_age_grace_ms", self.connection_age_grace_s * 1_000))
        return options


USAGE = 2
"""Exit code of a wrong command line."""

_SENTENCES = (
    (re.compile(r"^argument "), ""),
    (re.compile(r": expected one argument$"), " needs a value"),
    (re.compile(r": ignored explicit argument .*$"), " takes no value"),
    (re.compile(r"^unrecognized arguments: (-\S+).*$"), r"there is no option \1"),
    (re.compile(r"^unrecognized arguments: "), "too many arguments: "),
)
"""How the library puts a mistake, and how we do."""


class _Parser(argparse.ArgumentParser):
    """A parser that tells a mistake in one line."""

    def error(self, message: str) -> NoReturn:
        for pattern, ours in _SENTENCES:
            message = pattern.sub(ours, message)
        self.exit(USAGE, f"fastdom: {message} (see {self.prog} --help)\n")


def parser(prog: str) -> argparse.ArgumentParser:
    """Return the parser of the command line; its defaults are those of `Settings`."""
    at = Settings(Path())
    parser = _Parser(prog=prog, description="Serves one fastdom data folder over gRPC.", allow_abbrev=False)
    parser.add_argument("--data", type=_folder, metavar="DIR", help="data folder, made when missing")
    parser.add_argument("--network", type=Path, metavar="FOLDER", help="network folder; applied when it differs")
    parser.add_argument("--listen", default=at.listen, metavar="ADDR", help="host:port, port 0 = any (%(default)s)")
    modes = ", ".join(DURABILITY_MODES)
    parser.add_argument(
        "--durability",
        type=_one_of(DURABILITY_MODES),
        default=at.durability,
        metavar="MODE",
        help=f"when a reply counts as durable: {modes} (%(default)s)",
    )
    parser.add_argument("--accept-clock", action="store_true", help="start although the clock jumped")
    parser.add_argument(
        "--limit", type=_limit, action="append", default=[], metavar="NAME=N", help="override a limit of the engine"
    )
    parser.add_argument("--ready-file", type=Path, metavar="PATH", help="write address and pid here when serving")
    parser.add_argument("--reflection", action="store_true", help="let clients discover the services")
    levels = ", ".join(LOG_LEVELS)
    parser.add_argument(
        "--log-level",
        type=_one_of(LOG_LEVELS),
        default=at.log_level,
        metavar="LEVEL",
        help=f"{levels} (%(default)s)",
    )
    for name, low, high, text in _NUMBERS:
        flag = "--" + name.replace("_", "-")
        parser.add_argument(flag, type=_between(low, high), default=getattr(at, name), metavar="N", help=text)
    return parser


def parse(arguments: Sequence[str] | None = None, prog: str = "fastdom-server") -> Settings:
    """Read the command line; says in one line what is wrong with it and exits with 2."""
    reader = parser(prog)
    given = vars(reader.parse_args(arguments))
    if given["data"] is None:
        reader.error("--data DIR is missing")
    given["limits"] = dict(given.pop("limit"))
    return Settings(**given)


_NUMBERS = (
    ("streams_max", 1, 100_000, "concurrent calls of one connection (%(default)s)"),
    ("in_flight_max", 1, 1_000_000, "calls being answered at once (%(default)s)"),
    ("lag_max_ms", 1, 60_000, "event-loop lag beyond which calls are refused (%(default)s)"),
    ("retry_after_ms", 1, 60_000, "what a refused call is told to wait (%(default)s)"),
    ("keepalive_s", 1, 86_400, "ping of a silent connection (%(default)s)"),
    ("connection_age_s", 0, 604_800, "age at which a connection is asked to reconnect, 0 = never (%(default)s)"),
    ("connection_age_grace_s", 1, 86_400, "time its calls then get (%(default)s)"),
    ("grace_s", 0, 3_600, "time running calls get after SIGTERM (%(default)s)"),
    ("drain_delay_s", 0, 3_600, "wait between NOT_SERVING and refusing (%(default)s)"),
    ("tick_ms", 1, 10_000, "longest wait of a due hold for the sweeper (%(default)s)"),
    ("checkpoint_entries", 0, 2**62, "journal entries between checkpoints, 0 = on request only (%(default)s)"),
    (
        "decisions_keep_s",
        0,
        366 * 86_400,
        "seconds that decisions can be explained, 0 = none are recorded (%(default)s)",
    ),
    ("decisions_mb_max", 1, 1 << 20, "megabytes of decision records; the oldest go first (%(default)s)"),
    ("stats_s", 0, 86_400, "seconds between counter lines in the log, 0 = at the end (%(default)s)"),
)


class _one_of:
    """Type of an argument that takes one of some words."""

    def __init__(self, words: Sequence[str]) -> None:
        self.words = words

    def __call__(self, text: str) -> str:
        if text not in self.words:
            raise argparse.ArgumentTypeError(f"{text!r} is not one of {', '.join(self.words)}")
        return text


class _between:
    """Type of an integer argument within bounds."""

    def __init__(self, low: int, high: int) -> None:
        self.low, self.high = low, high

    def __call__(self, text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            value = self.low - 1
        if not self.low <= value <= self.high:
            raise argparse.ArgumentTypeError(f"{text!r} is not an integer from {self.low} to {self.high}")
        return value


def _folder(text: str) -> Path:
    """Type of a folder that may still have to be made: nothing on the way to it is a file."""
    path = Path(text)
    for place in (path, *path.parents):
        if os.path.exists(place) and not os.path.isdir(place):
            raise argparse.ArgumentTypeError(f"{place} is not a folder")
    return path


def _limit(text: str) -> tuple[str, int]:
    name, _, number = text.partition("=")
    if not name or not number.isdigit():
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=N")
    return name, int(number)
