from collections.abc import Iterator

from typing_extensions import Buffer

from fastdom._native.engine import NativeEngine

SECTIONS: tuple[str, ...]

def dump(engine: NativeEngine) -> Iterator[tuple[str, bytes]]: ...
def load(engine: NativeEngine, section: str, chunk: Buffer) -> None: ...
