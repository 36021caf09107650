"""Requests of fastdom.engine.types into native commands."""

from typing import Any

FILLED: dict[type, int]

def command_of(request: object) -> dict[str, Any]: ...
