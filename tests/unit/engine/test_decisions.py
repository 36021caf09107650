"""The log of decision records: bounded in memory, by age and by size; a torn end is passed over."""

import resource
from pathlib import Path

import pytest
from tests.native.faces import LIMITS, NOW_US, new_face, order

from fastdom._native import decided
from fastdom.engine.decisions import SUFFIX, DecisionLog, KeepDecisions
from fastdom.engine.face import Face
from fastdom.types import RouteMode, RouteRequest

HOUR_US = 3_600_000_000


def hold(face: Face, number: int) -> None:
    face.route(RouteRequest(f"h{number}", order(1, order_id=f"A-{number}"), mode=RouteMode.HOLD), NOW_US)


def log_of(face: Face, folder: Path, keep: KeepDecisions) -> DecisionLog:
    decided.switch(face, keep.buffer_bytes)
    return DecisionLog(face, folder / "decisions", keep)


def test_a_full_buffer_drops_and_counts(tmp_path: Path) -> None:
    """Decisions that find the buffer full are made all the same; they are counted, and the next ones are recorded."""
    face = new_face()
    log = log_of(face, tmp_path, KeepDecisions(buffer_bytes=8192))
    for i in range(40):
        hold(face, i)
    counts = log.counts()
    assert counts.recorded + counts.dropped == 40
    assert counts.recorded > 1
    assert counts.dropped > 1
    log.drain(NOW_US)
    hold(face, 40)
    assert log.counts().recorded == counts.recorded + 1
    assert [decided.read(one)["order_id"] for one in log.find(order_id="A-40")] == ["A-40"]


def test_files_go_by_age(tmp_path: Path) -> None:
    """A file is deleted once its newest record is older than asked for; a newer one stays."""
    face = new_face()
    log = log_of(face, tmp_path, KeepDecisions(keep_s=24 * 3600))
    hold(face, 1)
    log.drain(1)  # begun long ago: the next record of the same file closes it
    hold(face, 2)
    log.drain(2 * HOUR_US)
    (old,) = log.files()
    hold(face, 3)
    log.drain(3 * HOUR_US)
    assert len(list(log.files())) == 2
    newest_us = old.stat().st_mtime_ns // 1000
    log.drain(newest_us + 24 * HOUR_US)
    assert old.exists()
    log.drain(newest_us + 24 * HOUR_US + 1)
    assert not old.exists()
    assert log.counts().files == 1


def test_files_go_by_size(tmp_path: Path) -> None:
    """The oldest files go while all together are larger than asked for; the open one stays."""
    face = new_face()
    log = log_of(face, tmp_path, KeepDecisions(keep_s=24, bytes_max=4000))
    for i in range(6):
        hold(face, i)
        log.drain((i + 1) * 2_000_000)
    assert log.counts().bytes <= 4000 + 2000
    assert log.find(order_id="A-5")
    assert not log.find(order_id="A-0")


def test_a_torn_end_hides_nothing_before_it(tmp_path: Path) -> None:
    """A record that was cut short is passed over; those before it are found."""
    face = new_face()
    log = log_of(face, tmp_path, KeepDecisions())
    hold(face, 1)
    hold(face, 2)
    log.drain()
    (path,) = (tmp_path / "decisions").glob("*" + SUFFIX)
    path.write_bytes(path.read_bytes()[:-9])
    assert log.find(order_id="A-1")
    assert not log.find(order_id="A-2")


def test_a_full_disk_is_counted(tmp_path: Path) -> None:
    """Records that cannot be written are counted; nothing is raised."""
    face = new_face()
    (tmp_path / "decisions").write_text("a file is in the way")
    log = log_of(face, tmp_path, KeepDecisions())
    hold(face, 1)
    assert log.drain() > 0
    assert log.counts().lost_bytes > 0


def test_a_full_disk_leaves_one_file_of_whole_records(tmp_path: Path) -> None:
    """While writing fails no file is added and no half record stays; what comes later follows what came before."""
    face = new_face()
    log = log_of(face, tmp_path, KeepDecisions())
    hold(face, 1)
    log.drain()
    (path,) = log.files()
    size = path.stat().st_size
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 100, limits[1]))
    try:
        for i in range(2, 6):
            hold(face, i)
            log.drain()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert log.counts().lost_bytes > 0
    assert path.stat().st_size == size
    hold(face, 6)
    log.drain()
    assert log.counts().files == 1
    assert log.find(order_id="A-1")
    assert log.find(order_id="A-6")


def test_a_damaged_record_hides_no_other(tmp_path: Path) -> None:
    """Whatever byte of a record is wrong, it is passed over, and those before and behind it are found."""
    face = new_face()
    log = log_of(face, tmp_path, KeepDecisions())
    for i in range(3):
        hold(face, i)
    log.drain()
    (path,) = log.files()
    data = path.read_bytes()
    begin = decided.record_size(data, 0)
    end = begin + decided.record_size(data, begin)
    for at in range(begin, end, 37):
        path.write_bytes(data[:at] + bytes([data[at] ^ 0x10]) + data[at + 1 :])
        assert [len(log.find(order_id=f"A-{i}")) for i in range(3)] == [1, 0, 1], at


def test_a_file_that_cannot_be_deleted_does_not_keep_the_others(tmp_path: Path) -> None:
    """Something in the folder that is no file is passed over by the deletion, and the drain goes on."""
    face = new_face()
    log = log_of(face, tmp_path, KeepDecisions(keep_s=24, bytes_max=4000))
    (tmp_path / "decisions" / f"{0:020d}{SUFFIX}").mkdir(parents=True)
    for i in range(6):
        hold(face, i)
        log.drain((i + 1) * 2_000_000)
    assert sum(path.is_file() for path in log.files()) < 4


def test_a_record_of_other_names_is_refused(tmp_path: Path) -> None:
    """A record that names SKUs or nodes an engine does not know sets up nothing in it."""
    face = new_face()
    log = log_of(face, tmp_path, KeepDecisions())
    hold(face, 1)
    (record,) = log.find(order_id="A-1")
    with pytest.raises(ValueError, match="a run of a decision record is wrong"):
        decided.load(Face(LIMITS, bytes(16), buffer_bytes=1 << 16), record, ())
