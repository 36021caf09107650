from collections.abc import Iterator

from typing_extensions import Buffer

from fastdom._native.engine import NativeEngine

SECTIONS: tuple[str, ...]
LAYOUT_NAMES: tuple[str, ...]
LAYOUTS_MAX: int

def dump(engine: NativeEngine) -> Iterator[tuple[str, bytes]]: ...
def load(engine: NativeEngine, section: str, chunk: Buffer) -> None: ...
def check_head(section: str, head: bytes) -> None: ...
