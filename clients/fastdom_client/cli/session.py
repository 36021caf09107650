"""A command that talks to a server: the options all of them have, the client, and what becomes of errors."""

import inspect
import json
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from itertools import islice
from typing import Annotated, Any, TypeVar

import grpc
import typer
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from fastdom_client import CancelledCallError, Client, DeadlineError, FastdomError, RetryPolicy, UnavailableError
from fastdom_client.cli import exits, output, words
from fastdom_client.cli.attended import AttendedTransport
from fastdom_client.cli.exits import CommandError
from fastdom_client.options import DEFAULT_OPTIONS, DEFAULT_SERVER

MessageT = TypeVar("MessageT", bound=Message)

# A person waits: a few quick repeats, then the truth.
RETRY = RetryPolicy(attempts_max=4, backoff_base_s=0.1, backoff_max_s=0.5)

Server = Annotated[
    str,
    typer.Option("--server", "-s", metavar="ADDR", envvar="FASTDOM_SERVER", help="Server to ask, host:port."),
]
Json = Annotated[bool, typer.Option("--json", help="Print the reply as JSON instead of tables.")]
Zone = Annotated[
    str,
    typer.Option("--tz", metavar="ZONE", envvar="FASTDOM_TZ", help="Zone of printed times: UTC, local or a name."),
]
Timeout = Annotated[
    float | None,
    typer.Option("--timeout", metavar="SECONDS", min=0.001, help="Give up after this time. (default: per command)"),
]
OPTIONS = (
    inspect.Parameter("server", inspect.Parameter.KEYWORD_ONLY, default=DEFAULT_SERVER, annotation=Server),
    inspect.Parameter("as_json", inspect.Parameter.KEYWORD_ONLY, default=False, annotation=Json),
    inspect.Parameter("tz", inspect.Parameter.KEYWORD_ONLY, default="UTC", annotation=Zone),
    inspect.Parameter("timeout", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=Timeout),
)


@dataclass(frozen=True, slots=True)
class Session:
    """What a command works with.

    Attributes
    ----------
    client : Client
        Connected to the server asked for.
    server : str
        Its address.
    as_json : bool
        Print JSON instead of tables.
    zone : tzinfo
        Zone of printed times.
    """

    client: Client
    server: str
    as_json: bool
    zone: tzinfo

    def time(self, at: Timestamp | None) -> str:
        """Return a time in the zone asked for."""
        return words.time(at, self.zone)

    def window(self, begin: Timestamp, end: Timestamp) -> str:
        """Return a window of time in the zone asked for."""
        return words.window(begin, end, self.zone)

    def show(self, reply: MessageT, tables: "Callable[[Session, MessageT], None]") -> None:
        """Print a reply, as JSON or by its tables."""
        if self.as_json:
            output.print_json(reply)
        else:
            tables(self, reply)

    def show_list(
        self,
        items: Iterable[MessageT],
        limit: int,
        headings: Sequence[str],
        row: Callable[[MessageT], Sequence[object]],
    ) -> None:
        """Print the first items of a list, and say on stderr when there are more."""
        read = iter(items)
        shown = list(islice(read, limit or None))
        if self.as_json:
            output.print_json(shown)
        else:
            output.table(headings, (row(item) for item in shown))
        if limit and next(read, None) is not None:
            output.note(f"only the first {limit} are shown; --limit 0 shows all")


def online(command: Callable[..., int]) -> Callable[..., int]:
    """Make a command of a function that takes a Session first and returns an exit code.

    The options that all such commands have are added to its own; errors become one line and an exit code.
    """
    own = list(inspect.signature(command).parameters.values())[1:]
    session = inspect.signature(command).parameters["session"]
    if session.annotation is not Session:
        raise TypeError(f"{command.__name__} must take a Session first")

    def run(server: str, as_json: bool, tz: str, timeout: float | None, **given: Any) -> int:
        try:
            within = words.zone(tz)
            transport = AttendedTransport(server, options=DEFAULT_OPTIONS, retry=RETRY, timeout_s=timeout)
            with Client(transport=transport) as client:
                try:
                    code = command(Session(client, server, as_json, within), **given)
                except KeyboardInterrupt:
                    report(stopped(transport.unanswered), server, as_json)
                    return exits.INTERRUPTED
            sys.stdout.flush()
            return code
        except BrokenPipeError:
            return output.reader_gone()
        except FastdomError as error:
            report(error, server, as_json)
            return exits.ERROR if error.answered or not unreachable(error) else exits.USAGE
        except (CommandError, ValueError, OSError) as error:
            print(f"error: {words.printable(str(error))}", file=sys.stderr)
            return error.code if isinstance(error, CommandError) else exits.USAGE

    run.__name__, run.__doc__ = command.__name__, command.__doc__
    run.__signature__ = inspect.Signature([*own, *OPTIONS])  # type: ignore[attr-defined]
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in (*own, *OPTIONS)}
    return run


def unreachable(error: FastdomError) -> bool:
    """Return whether no answer came, rather than a bad one."""
    return isinstance(error, UnavailableError | DeadlineError) and not error.answered


def stopped(request_id: str) -> FastdomError:
    """Return the error of a call that a person has stopped."""
    error = CancelledCallError(grpc.StatusCode.CANCELLED, "stopped with Ctrl-C")
    error.request_id = request_id
    return error


def report(error: FastdomError, server: str, as_json: bool) -> None:
    """Print an error on stderr: one line, and for bad input with several findings one more for each."""
    if as_json:
        print(json.dumps({"error": as_facts(error)}), file=sys.stderr)
        return
    print(f"error: {words.printable(one_line(error, server))}", file=sys.stderr)
    if len(error.violations) > 1:
        for field, description in error.violations:
            print(words.printable(f"  {field}: {description}"), file=sys.stderr)


def one_line(error: FastdomError, server: str) -> str:
    """Return an error in one line: what, where, and what to do when its effect is unknown."""
    if unreachable(error):
        what = f"no answer from a server at {server} ({_cause(error)}); start one with 'fastdom serve' or name --server"
    else:
        value = error.metadata.get("value", "")
        found = f" ({value!r})" if value and value not in error.message else ""
        at = f" at {error.field}" if error.field else ""
        text = error.message.splitlines()[0] if error.message else ""
        text = text.removeprefix(f"{error.field}: ")  # the server's message begins with the field for those who log it
        what = f"{error.reason or error.code.name}{at}: {text}{found}"
    if error.bounds:
        what += f"; {error.bounds}"
    if error.request_id and isinstance(error, UnavailableError | DeadlineError | CancelledCallError):
        what += f"; the effect is unknown, repeat it with --request-id {error.request_id}"
    return what


def as_facts(error: FastdomError) -> dict[str, Any]:
    """Return an error as JSON values."""
    return {
        "code": error.code.name,
        "reason": error.reason,
        "field": error.field,
        "message": error.message,
        "metadata": dict(error.metadata),
        "violations": [{"field": field, "description": text} for field, text in error.violations],
        "retry_after_s": error.retry_after_s,
        "request_id": error.request_id,
    }


def _cause(error: FastdomError) -> str:
    """Return the end of gRPC's chain of causes, which says what the operating system said."""
    if isinstance(error, DeadlineError):
        return "no reply in time"
    lines = error.message.splitlines()
    return lines[0].rsplit(": ", 1)[-1].rstrip("]") if lines else error.code.name
