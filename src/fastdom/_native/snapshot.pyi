from collections.abc import Buffer, Iterator

from fastdom._native.engine import NativeEngine

SECTIONS: tuple[str, ...]

def dump(engine: NativeEngine) -> Iterator[tuple[str, bytes]]: ...
def load(engine: NativeEngine, section: str, chunk: Buffer) -> None: ...
