"""Records of any size in one region: none touches another, freed room is used again, `fits` tells the truth."""

from hypothesis import given
from hypothesis import strategies as st

from fastdom._native.inspect import ArenaDesk

UNIT = 16
SIZES = st.one_of(st.integers(1, 80), st.integers(1, 3000))


@given(st.lists(st.tuples(SIZES, st.integers(0, 50)), max_size=120))
def test_records_never_touch(moves: list[tuple[int, int]]) -> None:
    """Records keep their bytes while others are taken and given; a take succeeds exactly when `fits` says so."""
    arena, live = ArenaDesk(UNIT, 20_000), dict[int, bytes]()
    for n, (size, which) in enumerate(moves):
        if live and which % 3 == 0:
            offset = sorted(live)[which % len(live)]
            arena.give(offset, len(live.pop(offset)))
            continue
        fits = arena.fits(size)
        data = bytes([n % 255 + 1]) * size
        offset = arena.take(data)
        assert (offset != 0) == fits
        if offset:
            assert offset not in live
            live[offset] = data
    assert {offset: arena.read(offset, len(data)) for offset, data in live.items()} == live


def test_units_live_counts_whole_size_classes() -> None:
    """A record counts the units of its class: exact up to 64 units, then the next power of two."""
    arena = ArenaDesk(UNIT, 1 << 20)
    for size, units in ((1, 1), (UNIT, 1), (UNIT + 1, 2), (64 * UNIT, 64), (64 * UNIT + 1, 128), (129 * UNIT, 256)):
        before = arena.units_live
        offset = arena.take(bytes(size))
        assert arena.units_live - before == units
        arena.give(offset, size)
        assert arena.units_live == before


def test_freed_room_of_a_class_is_taken_again() -> None:
    """A full arena takes a record again in the room of one of the same class, and of no other."""
    arena = ArenaDesk(UNIT, 10 * UNIT)
    offsets = [arena.take(bytes(3 * UNIT)) for _ in range(3)]
    assert arena.take(bytes(UNIT)) == 0
    arena.give(offsets[1], 3 * UNIT)
    assert not arena.fits(UNIT)
    assert arena.take(bytes(3 * UNIT - 5)) == offsets[1]
