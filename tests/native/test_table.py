"""The hash index against a dictionary, and interned names."""

from hypothesis import given
from hypothesis import strategies as st

from fastdom._native.inspect import IndexDesk
from fastdom._native.table import Names, checksum64

SLOTS = 400
HASHES = st.one_of(st.integers(0, 7), st.integers(0, 7).map(lambda n: n << 60), st.integers(0, 2**64 - 1))
"""Few hashes, hashes that differ in their high half alone, and any."""


@given(st.lists(st.tuples(st.integers(0, SLOTS - 1), HASHES), max_size=600))
def test_index_finds_what_a_dictionary_finds(moves: list[tuple[int, int]]) -> None:
    """Inserting and removing at random leaves exactly the slots of a dictionary, whatever the hashes collide in."""
    index, model = IndexDesk(SLOTS), dict[int, int]()
    for slot, key_hash in moves:
        if slot in model:
            index.remove(model.pop(slot), slot)
        else:
            index.insert(key_hash, slot)
            model[slot] = key_hash
        assert len(index) == len(model)
    for wanted in {key_hash & 0xFFFFFFFF for _, key_hash in moves}:
        assert index.chain(wanted) == sorted(slot for slot, known in model.items() if known & 0xFFFFFFFF == wanted)


def test_index_filled_to_its_last_slot_finds_every_slot() -> None:
    """An index that has split as often as it can still finds every slot by its hash."""
    index = IndexDesk(5000)
    hashes = [i * 0x9E3779B97F4A7C15 % 2**64 for i in range(5000)]
    for slot, key_hash in enumerate(hashes):
        index.insert(key_hash, slot)
    assert [index.chain(key_hash) for key_hash in hashes] == [[slot] for slot in range(5000)]


def test_removing_a_slot_that_is_not_there_changes_nothing() -> None:
    """A removal with another hash leaves the slot and the count."""
    index = IndexDesk(8)
    index.insert(5, 1)
    index.remove(6, 1)
    assert (len(index), index.chain(5)) == (1, [1])


@given(st.lists(st.binary(max_size=20), max_size=300))
def test_names_are_dense_and_stable(names: list[bytes]) -> None:
    """A name gets the next number the first time and the same number ever after; its text comes back."""
    table, model = Names(300, 1 << 14), dict[bytes, int]()
    for name in names:
        assert table.find(name) == model.get(name, -1)
        assert table.add(name) == model.setdefault(name, len(model))
    assert len(table) == len(model)
    assert [table.text(i) for i in range(len(model))] == list(model)


def test_names_refuse_the_one_too_many() -> None:
    """A table with room for three names refuses the fourth and still knows the three."""
    table = Names(3, 1 << 10)
    assert [table.add(name) for name in (b"a", b"b", b"c", b"d", b"b")] == [0, 1, 2, -1, 1]


def test_names_refuse_text_beyond_their_memory() -> None:
    """A name whose text does not fit is refused, a shorter one is not."""
    table = Names(10, 20)
    assert [table.add(b"x" * 15), table.add(b"y" * 15), table.add(b"z" * 3)] == [0, -1, 1]


def test_names_longer_than_a_length_byte_are_refused() -> None:
    """255 bytes are a name, 256 are not."""
    table = Names(10, 1 << 12)
    assert [table.add(b"x" * 255), table.add(b"x" * 256)] == [0, -1]


@given(st.binary(max_size=300), st.data())
def test_checksum_sees_a_changed_byte(data: bytes, draw: st.DataObject) -> None:
    """Changing any byte, or cutting one off, changes the checksum."""
    whole = checksum64(data)
    assert checksum64(bytes(data)) == whole
    if data:
        i = draw.draw(st.integers(0, len(data) - 1))
        assert checksum64(data[:i] + bytes([data[i] ^ 1]) + data[i + 1 :]) != whole
        assert checksum64(data[:-1]) != whole
