from fastdom._native.engine import NativeEngine

IDLE: int
REPORT: int
ROOM: int
FAILED: int
LATCHED: int

class SegmentWriter:
    need: int
    error: int
    batches: int
    batches_through: int
    wanted: int
    def __init__(self, owner: NativeEngine) -> None: ...
    def give(self, fd: int, room: int) -> None: ...
    def report(self) -> tuple[int, int, int]: ...
    def set_room(self, room_bytes: int) -> None: ...
    def through_now(self) -> bool: ...
    def run(self, idle_ms: int) -> int: ...
