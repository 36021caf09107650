"""``fastdom-server``: serves one data folder until SIGTERM.

Exit codes: 0 after a clean stop, 1 when the journal failed, 2 when it could not start.
"""

import logging
import os
import sys

from fastdom_server.settings import Settings, parse

SWITCH_INTERVAL_S = 2e-4
"""Turn of a thread at the GIL. With the usual 5 ms the flush thread starves beside a busy event loop: 167 instead of
1,450 commits a second."""

CLIENT_GONE = "ExecuteBatchError raised in core"
"""How gRPC begins a record, with a traceback, of a reply whose caller had gone: no incident, and as many as there are
callers that give up."""


def worth_telling(record: logging.LogRecord) -> bool:
    """False for what gRPC logs of a caller that went away before its reply."""
    return not record.getMessage().startswith(CLIENT_GONE)


def serve(settings: Settings) -> int:
    """Serve until SIGTERM or SIGINT; returns the exit code. Errors of the start are told on stderr."""
    # gRPC's own lines about a port in use would come before ours; what matters is raised anyway. It reads this once,
    # when it is imported.
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
    import uvloop

    from fastdom_server.app import App
    from fastdom_server.starting import CANNOT_START, describe

    logging.basicConfig(
        level=settings.log_level.upper(), stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )
    logging.getLogger("grpc._cython.cygrpc").addFilter(worth_telling)
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    try:
        return uvloop.run(App(settings).run())
    except Exception as error:
        text = describe(error, settings)
        if text is None:
            raise
        print(f"fastdom: {text}", file=sys.stderr)
        return CANNOT_START


def main() -> None:
    """Run the command line."""
    sys.exit(serve(parse()))


if __name__ == "__main__":
    main()
