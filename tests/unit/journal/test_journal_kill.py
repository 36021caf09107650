"""kill -9 in the midst of appending: every acknowledged batch is there afterwards, in every mode."""

import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from fastdom.journal import DurabilityMode, Journal

ROUNDS = 5

CHILD = """
import random, sys
from fastdom.journal import Journal

draw = random.Random(int(sys.argv[3]))
with Journal.open(sys.argv[1], sys.argv[2], segment_bytes=1 << 18, move_interval_us=2000) as journal:
    while True:
        first, last = journal.last_seq + 1, journal.last_seq + draw.randrange(1, 5)
        journal.append(first, last, b"%d " % first * draw.randrange(1, 2000))
        sys.stdout.write(f"{last}\\n")
        sys.stdout.flush()
"""


@pytest.mark.parametrize("mode", list(DurabilityMode))
def test_acknowledged_batches_survive_kill(tmp_path: Path, mode: str) -> None:
    """Five lives end by SIGKILL after a random number of batches; no acknowledged one is missing, none is twice."""
    seed = random.SystemRandom().randrange(1 << 32)
    print(f"seed {seed}")
    draw = random.Random(seed)
    for life in range(ROUNDS):
        run = [sys.executable, "-c", CHILD, str(tmp_path / "data"), mode, str(seed + life)]
        child = subprocess.Popen(run, stdout=subprocess.PIPE, text=True)
        assert child.stdout is not None
        acked = 0
        for _ in range(draw.randrange(1, 150)):
            acked = int(child.stdout.readline())
        child.send_signal(signal.SIGKILL)
        acked = int([str(acked), *child.stdout.read().split("\n")[:-1]][-1])
        child.wait()
        with Journal.open(tmp_path / "data", mode, move_interval_us=0) as journal:
            expected = 1
            for batch in journal.iterate():
                assert batch.first_seq == expected
                assert set(bytes(batch.payload).split()) == {b"%d" % expected}
                expected = batch.last_seq + 1
            assert expected > acked
            assert journal.tail.lost_batches == 0
