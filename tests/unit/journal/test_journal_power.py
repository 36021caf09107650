"""A real power cut, as far as one machine can make it: ext4 on a loop device, shut down without flushing anything."""

import fcntl
import os
import random
import shutil
import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from fastdom.journal import DurabilityMode, Journal

EXT4_IOC_SHUTDOWN = 0x8004587D
NO_LOG_FLUSH = 2
ROUNDS = 3

CHILD = """
import random, sys, threading
from fastdom.journal import Journal

draw, idle = random.Random(int(sys.argv[3])), threading.Event()
with Journal.open(sys.argv[1], sys.argv[2], segment_bytes=1 << 20, map_size=64 << 20) as journal:
    while True:
        seq = journal.last_seq + 1
        journal.append(seq, seq, b"%d " % seq * draw.randrange(1, 2000))
        sys.stdout.write(f"{seq} {journal.synced_seq}\\n")
        sys.stdout.flush()
        if draw.random() < 0.05:
            idle.wait(0.02)
"""


def run(*command: str) -> bool:
    """Whether the command succeeded."""
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.fixture
def mount(tmp_path: Path) -> Iterator[Path]:
    """An ext4 file system of its own; the test is skipped where that is not allowed."""
    image, folder = tmp_path / "disk.img", tmp_path / "disk"
    if os.geteuid() != 0 or shutil.which("mkfs.ext4") is None:
        pytest.skip("a power cut needs root and mkfs.ext4")
    folder.mkdir()
    with image.open("wb") as file:
        file.truncate(300 << 20)
    if not run("mkfs.ext4", "-q", "-F", str(image)) or not run("mount", "-o", "loop", str(image), str(folder)):
        pytest.skip("this machine does not allow to mount a loop device")
    try:
        yield folder
    finally:
        run("umount", str(folder))


def cut_power(folder: Path) -> None:
    """Stop the file system at once: what has not been flushed is gone."""
    fd = os.open(folder, os.O_RDONLY)
    try:
        fcntl.ioctl(fd, EXT4_IOC_SHUTDOWN, struct.pack("I", NO_LOG_FLUSH))
    finally:
        os.close(fd)


@pytest.mark.parametrize("mode", list(DurabilityMode))
def test_power_cut_keeps_what_the_mode_promises(mount: Path, tmp_path: Path, mode: str) -> None:
    """Amid appends with idle gaps the power fails; afterwards the journal is whole and reaches as far as promised."""
    seed = random.SystemRandom().randrange(1 << 32)
    print(f"seed {seed}")
    draw = random.Random(seed)
    for life in range(ROUNDS):
        command = [sys.executable, "-c", CHILD, str(mount / "data"), mode, str(seed + life)]
        child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        assert child.stdout is not None
        lines = [child.stdout.readline() for _ in range(draw.randrange(20, 300))]
        cut_power(mount)
        lines.append("0 0")
        child.kill()
        child.stdout.read()
        child.wait()
        acked, synced = max(tuple(map(int, line.split())) for line in lines)
        assert run("umount", str(mount))
        assert run("mount", "-o", "loop", str(tmp_path / "disk.img"), str(mount))
        with Journal.open(mount / "data", mode, move_interval_us=0, map_size=64 << 20) as journal:
            expected = 1
            for batch in journal.iterate():
                assert batch.first_seq == expected
                assert set(bytes(batch.payload).split()) == {b"%d" % expected}
                expected = batch.last_seq + 1
            promised = {"strict": acked, "relaxed": acked - 1, "process": synced}[mode]
            assert journal.last_seq >= promised
