from typing import Any, Self

from fastdom_server._wire.seam import Core, Wire

class Rehearsal(Core):
    commands: list[dict[str, Any]]
    results: list[dict[str, Any]]

    def __new__(cls, tables: dict[str, Any], results: list[dict[str, Any]], prepared: bool = False) -> Self: ...
    @property
    def locked(self) -> int: ...

def decode_to_dict(method: int, data: bytes, depth: int = ...) -> tuple[int, int, int, dict[str, Any] | None]: ...
def encode_from_dict(
    method: int,
    request: bytes,
    result: dict[str, Any],
    tables: dict[str, Any],
    decision_us: int = 0,
    out_max: int = ...,
) -> bytes | None: ...
def error_from_dict(
    method: int,
    request: bytes,
    result: dict[str, Any],
    tables: dict[str, Any],
    decided: bool = True,
    number: int = 0,
) -> bytes: ...
def decode_loop(method: int, data: bytes, times: int) -> int: ...
def encode_loop(method: int, request: bytes, result: dict[str, Any], tables: dict[str, Any], times: int) -> int: ...
def handle_loop(wire: Wire, method: int, data: bytes, now_us: int, times: int) -> int: ...
def handle_each(wire: Wire, method: int, messages: list[bytes], now_us: int) -> int: ...
