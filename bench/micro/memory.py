"""Resident bytes a position, besides ids.

    python bench/micro/memory.py

Positions are loaded through the checkpoint reader, which makes no request ids; what the process grew by is divided by
the positions. Names are interned before, so they do not count.
"""

import json
import struct
import time

from fastdom._native import snapshot
from fastdom._native.engine import NativeEngine
from fastdom.engine.limits import Limits

ITEM = struct.Struct("<iiiiiiq")  # sku, node, on_hand, safety_stock, routing_reserve, version, as_of
CHUNK = 32_768


def resident() -> int:
    """Resident bytes of this process."""
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * 4096


def bytes_a_position(skus: int, nodes: int) -> tuple[float, float]:
    """(resident bytes a position, seconds to load)."""
    engine = NativeEngine(Limits().as_dict(), bytes(16), buffer_bytes=64 << 20)
    engine.start(1 << 40)
    for start in range(0, skus, 100_000):
        engine.intern(0, [b"SKU-%08d" % i for i in range(start, min(skus, start + 100_000))], 1)
        if engine.take_batch(0):
            engine.batch_durable(1 << 40)
    engine.intern(1, [b"node-%04d" % i for i in range(nodes)], 1)
    empty = NativeEngine(Limits().as_dict(), bytes(16), buffer_bytes=1 << 16)
    for section, chunk in snapshot.dump(engine):
        snapshot.load(empty, section, chunk)
    before = resident()
    begun = time.perf_counter()
    rows = [(sku, node) for sku in range(skus) for node in range(nodes)]
    before = resident()
    begun = time.perf_counter()
    elapsed = 0.0
    for start in range(0, len(rows), CHUNK):
        chunk = b"".join(ITEM.pack(sku, node, 100, 5, 0, 1, 1) for sku, node in rows[start : start + CHUNK])
        begun = time.perf_counter()
        snapshot.load(empty, "positions", chunk)
        elapsed += time.perf_counter() - begun
    del chunk
    return (resident() - before) / len(rows), elapsed


def main() -> None:
    """Print both shapes of the requirement, then the same as JSON."""
    found = {}
    for skus, nodes in ((10_000, 100), (1_000_000, 1)):
        size, seconds = bytes_a_position(skus, nodes)
        found[f"{skus}x{nodes}"] = size
        print(f"{skus:>9,} SKUs x {nodes:>3} nodes: {size:.1f} bytes a position, loaded in {seconds:.2f} s")
    print(json.dumps(found))


if __name__ == "__main__":
    main()
