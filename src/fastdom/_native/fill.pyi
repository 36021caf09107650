"""Requests of fastdom.types into native commands."""

from typing import Any

FILLED: dict[type, int]

def command_of(request: object) -> dict[str, Any]: ...
