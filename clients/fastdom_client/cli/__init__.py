"""The command line `fastdom`. See docs/cli.md."""

from fastdom_client.cli.app import main

__all__ = ["main"]
