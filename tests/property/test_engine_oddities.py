"""Whatever is sent, what the live engine journals is what a replay takes and a checkpoint brings back."""

import pytest
from hypothesis import given, settings
from tests.property.oddities import Oddities
from tests.property.profiles import HISTORIES, SEEDS

STEPS = 80


@settings(max_examples=3 * HISTORIES // 4, deadline=None)
@given(SEEDS)
def test_odd_commands_replay(seed: int) -> None:
    """Granted or refused for whatever reason, a history of odd commands replays from zero and loads from a checkpoint
    to the live digest."""
    odd = Oddities(seed)
    for _ in range(STEPS):
        odd.step()
    assert not odd.desk.face.failed
    assert odd.desk.face.recount() == []
    for face in (odd.desk.replayed(), odd.desk.loaded()):
        assert face.digest() == odd.desk.face.digest()


def test_odd_commands_are_granted_and_refused() -> None:
    """The traffic gets past the first check: among some histories every method is granted, and refused for several
    reasons."""
    reasons: dict[str, set[str]] = {}
    for seed in range(150):
        odd = Oddities(seed)
        for _ in range(STEPS):
            odd.step()
        for method, outcome in odd.told:
            reasons.setdefault(method, set()).add(outcome)
        if len(reasons) == 14 and all(
            "" in found and (len(found) > 3 or at == "set_many") for at, found in reasons.items()
        ):
            return
    pytest.fail(str(reasons))
