"""What the disk under a data folder costs: the number to print beside every durable throughput."""

import os
import time
from pathlib import Path


def measure_fdatasync(folder: str | os.PathLike[str], n: int = 50, nbytes: int = 4096) -> list[int]:
    """Time ``n`` rounds of write(2) of ``nbytes`` and fdatasync in ``folder``.

    Returns
    -------
    list of int
        Microseconds of each fdatasync alone, in order. The file is deleted again.
    """
    path = Path(folder) / f".fdatasync-{os.getpid()}"
    block = os.urandom(nbytes)
    times_us: list[int] = []
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        os.posix_fallocate(fd, 0, n * nbytes)
        for _ in range(n):
            os.write(fd, block)
            started = time.perf_counter_ns()
            os.fdatasync(fd)
            times_us.append((time.perf_counter_ns() - started) // 1000)
    finally:
        os.close(fd)
        path.unlink()
    return times_us
