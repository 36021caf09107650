"""The bytes of one batch."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastdom.journal import frame
from fastdom.journal.frame import FrameDamaged, decode, decode_all, decode_header, encode

SEQ = st.integers(1, 2**63)


@given(SEQ, st.integers(0, 1000), st.binary(max_size=300))
def test_decode_gives_back_what_encode_got(first: int, more: int, payload: bytes) -> None:
    """A frame survives the round trip, and its end is known."""
    data = memoryview(encode(first, first + more, payload))
    found, end = decode(data)
    assert (found.first_seq, found.last_seq, bytes(found.payload), end) == (first, first + more, payload, len(data))


@given(st.binary(max_size=40), st.integers(0, 10_000), st.integers(0, 7))
def test_any_flipped_bit_is_noticed(payload: bytes, at: int, bit: int) -> None:
    """No single bit of a frame can change unseen."""
    data = encode(7, 9, payload)
    data[at % len(data)] ^= 1 << bit
    with pytest.raises(FrameDamaged):
        decode(memoryview(data))


def test_every_cut_is_noticed() -> None:
    """A frame cut at any byte is not a frame."""
    data = encode(1, 2, b"payload")
    for length in range(len(data)):
        with pytest.raises(FrameDamaged):
            decode(memoryview(data)[:length])


def test_layout_is_fixed() -> None:
    """The offsets that a native writer relies on, and one whole frame of format 1, byte for byte."""
    data = bytes(encode(0x0102, 0x0304, b"abc"))
    assert data[8:12] == b"FDJB"
    assert struct.unpack_from("<HHQQQ", data, 12) == (1, 0, 0x0102, 0x0304, 3)
    assert data[40:] == b"abc"
    assert struct.unpack_from("<Q", data)[0] == frame.checksum(data[8:])
    assert data.hex() == "534c2038d10fe37346444a4201000000020100000000000004030000000000000300000000000000616263"


def test_zeros_are_no_frame() -> None:
    """Space that was never written does not look like a batch."""
    with pytest.raises(FrameDamaged, match="no frame here"):
        decode_header(bytes(100))


@pytest.mark.parametrize(("first", "last"), [(0, 1), (2, 1), (-1, 4)])
def test_bad_sequence_numbers_are_refused(first: int, last: int) -> None:
    """Numbers begin at 1 and do not run backwards."""
    with pytest.raises(ValueError, match="a batch runs from"):
        encode(first, last, b"")


def test_payload_over_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A payload may have PAYLOAD_MAX bytes and no more."""
    monkeypatch.setattr(frame, "PAYLOAD_MAX", 10)
    encode(1, 1, bytes(10))
    with pytest.raises(ValueError, match="11 bytes is over the limit of 10"):
        encode(1, 1, bytes(11))


def test_later_format_is_named() -> None:
    """A frame of a later release is told apart from damage."""
    data = encode(1, 1, b"")
    struct.pack_into("<H", data, 12, 2)
    with pytest.raises(FrameDamaged) as caught:
        decode_header(data)
    assert caught.value.too_new == 2


def test_decode_all_wants_whole_frames_only() -> None:
    """A value is frames without a gap or rest."""
    value = bytes(encode(1, 2, b"a") + encode(3, 3, b"bc"))
    assert [bytes(f.payload) for f in decode_all(memoryview(value))] == [b"a", b"bc"]
    for bad in (b"", value + b"x", value[:-1]):
        with pytest.raises(FrameDamaged):
            list(decode_all(memoryview(bad)))
