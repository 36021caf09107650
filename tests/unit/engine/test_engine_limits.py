"""Limits: validated, kept with the folder, and changed only where the state fits them."""

import json
from pathlib import Path

import pytest
from folders import fulfill, hold, open_engine
from tests.native.engines import MINUTE_US, small_limits

from fastdom.engine.errors import ReplayFailed
from fastdom.engine.limits import DAY_US, RANGES, Limits
from fastdom.engine.settings import LIMITS, stored_limits
from fastdom.engine.verify import verify
from fastdom.journal import Journal
from fastdom.journal.chunk import KEY


@pytest.mark.parametrize("name", sorted(Limits.__dataclass_fields__))
def test_every_limit_has_a_range(name: str) -> None:
    """The ends of a limit's range are taken; one beyond either, or no number, is refused by name."""
    low, high = RANGES.get(name, (1, 2_000_000_000))
    for value in (low, high):
        assert getattr(Limits(**{name: value}), name) == value
    for wrong in (low - 1, high + 1, str(low), 1.5, None):
        with pytest.raises(ValueError, match=f"{name}: must be {low} .. {high}"):
            Limits(**{name: wrong})  # type: ignore[arg-type]


def test_defaults_are_a_day_and_millions() -> None:
    """Without settings a day of request ids is remembered, twenty million at most."""
    limits = Limits()
    assert (limits.request_window_us, limits.request_ids_max) == (DAY_US, 20_000_000)
    assert set(limits.as_dict()) == set(Limits.__dataclass_fields__)


def test_limits_stay_with_the_folder(tmp_path: Path) -> None:
    """A folder keeps the limits it was made with; opening it without any takes those."""
    with open_engine(tmp_path / "data", limits=small_limits(positions_max=77)) as engine:
        assert engine.limits.positions_max == 77
    with open_engine(tmp_path / "data") as engine:
        assert engine.limits == small_limits(positions_max=77)


def test_an_unknown_stored_limit_is_passed_over(tmp_path: Path) -> None:
    """A limit that a later release has added does not stop this one; a missing one takes its default."""
    with open_engine(tmp_path / "data"):
        pass
    with Journal.open(tmp_path / "data") as journal:
        journal.put_setting(LIMITS, json.dumps({"skus_max": 99, "wishes_max": 3}))
        assert stored_limits(journal) == Limits(skus_max=99)


def test_limits_that_the_state_does_not_fit_change_nothing(tmp_path: Path) -> None:
    """Opening with too small a limit is refused, and the folder opens as before without it."""
    with open_engine(tmp_path / "data") as engine:
        held = hold(engine, "one")
        digest = engine.digest()[0]
    with pytest.raises(ReplayFailed, match=r"section skus .* does not fit the configured limits"):
        open_engine(tmp_path / "data", limits=small_limits(skus_max=1))
    with open_engine(tmp_path / "data") as engine:
        assert engine.limits == small_limits()
        assert engine.digest()[0] == digest
        assert hold(engine, "one") == held
    assert verify(tmp_path / "data").ok


def test_a_shorter_window_does_not_undo_history(tmp_path: Path) -> None:
    """A window that would have forgotten what the journal names later can be set: replays begin after the change."""
    folder = tmp_path / "data"
    with open_engine(folder, limits=small_limits(request_window_us=DAY_US)) as engine:
        done = hold(engine, "one", firm=True)
        fulfill(engine, "two", done)
        engine.clock._anchor = (engine.clock._anchor[0] + 600 * MINUTE_US, engine.clock._anchor[1])
        fulfill(engine, "three", done)
        digest = engine.digest()
    with open_engine(folder, limits=small_limits(request_window_us=MINUTE_US), accept_clock=True) as engine:
        assert engine.digest() == digest
        assert engine.recovery.checkpoint_seq == digest[1]
        hold(engine, "four")
        digest = engine.digest()
    with open_engine(folder, accept_clock=True) as engine:
        assert engine.limits.request_window_us == MINUTE_US
        assert engine.digest() == digest
    assert verify(folder).ok


def test_without_the_checkpoint_of_a_change_nothing_is_replayed(tmp_path: Path) -> None:
    """History decided under other limits is not replayed under these when the checkpoint between them is damaged."""
    folder = tmp_path / "data"
    with open_engine(folder, limits=small_limits(request_window_us=DAY_US)) as engine:
        hold(engine, "one")
        engine.checkpoint()
        hold(engine, "two")
    with open_engine(folder, limits=small_limits(request_window_us=MINUTE_US)) as engine:
        since = engine.recovery.checkpoint_seq
    with Journal.open(folder) as journal:
        assert journal.checkpoints is not None
        store = journal.checkpoints
        newest = store.manifests()[0]
        assert newest.seq == since
        store.env.transact(lambda txn: txn.delete(KEY.pack(newest.id, 0, 0), db=store.env["chunks"]))
    with pytest.raises(ReplayFailed, match=f"the limits were changed at sequence {since}"):
        open_engine(folder)
