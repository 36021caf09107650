"""Thousands of damaged and random byte strings, always the same ones, through the native codec."""

import random

import pytest
from google.protobuf.message import DecodeError
from google.rpc import status_pb2
from tests.native.wire import results, twin_decode
from tests.native.wire.messages import REPLIES, REQUESTS, fill, fill_plain
from tests.native.wire.spelling import damage, respell

from fastdom.reasons import Reason
from fastdom_api.v1.reservation_service_pb2 import BatchReserveRequest, BatchReserveResponse
from fastdom_server._wire.inspect import Rehearsal, decode_to_dict
from fastdom_server._wire.seam import Wire

ROUNDS = 4_000


def some_bytes(method: int, rng: random.Random) -> bytes:
    """Random bytes, or a message spelled in its own way and mostly damaged."""
    if rng.random() < 0.1:
        return rng.randbytes(rng.randrange(40))
    message = REQUESTS[method]()
    (fill if rng.random() < 0.3 else fill_plain)(message, rng)
    data = respell(message.SerializeToString(), message.DESCRIPTOR, rng)
    return damage(data, rng) if rng.random() < 0.8 else data


@pytest.mark.parametrize("seed", range(4))
def test_decoder(seed: int) -> None:
    """Whatever the bytes, the decoder and the generated classes read or refuse the same."""
    rng = random.Random(seed)
    taken = 0
    for i in range(ROUNDS):
        method = rng.choice(list(REQUESTS))
        data = some_bytes(method, rng)
        refusals, fields, _ = twin_decode.decode(method, data)
        reason, field, line_i, got = decode_to_dict(method, data)
        about = f"seed {seed}, round {i}: method {method}, {data!r}"
        if refusals:
            assert (reason, field, line_i) in refusals, about
        else:
            del got["fingerprint"]
            assert got == fields, about
            taken += 1
    assert ROUNDS // 20 < taken < ROUNDS * 19 // 20


@pytest.mark.parametrize("seed", range(4))
def test_seam(seed: int) -> None:
    """Whatever the bytes, a call ends with a reply or a Status that the generated classes read."""
    rng = random.Random(seed)
    wire = Wire(Rehearsal(results.TABLES, [{"outcome": 1, "seq": 5, "wait_seq": 5}], prepared=True))
    for i in range(ROUNDS):
        method = rng.choice(list(REQUESTS))
        data = some_bytes(method, rng)
        reason, _, _, seq, answer = wire.handle(method, data, 1, 0)
        about = f"seed {seed}, round {i}: method {method}, {data!r}"
        (status_pb2.Status if reason else REPLIES[method]).FromString(answer)
        assert seq == (0 if reason else 5), about


@pytest.mark.parametrize("seed", range(4))
def test_batches(seed: int) -> None:
    """A batch is refused as a whole exactly when its frame is broken; otherwise every item has its result."""
    rng = random.Random(seed)
    wire = Wire(Rehearsal(results.TABLES, [{"outcome": 1}], prepared=True))
    for i in range(ROUNDS // 4):
        batch = BatchReserveRequest()
        for _ in range(rng.randrange(1, 4)):
            fill_plain(batch.requests.add(), rng)
        data = damage(batch.SerializeToString(), rng)
        reason, *_, answer = wire.handle(65, data, 1, 0)
        about = f"seed {seed}, round {i}: {data!r}"
        try:
            expected = len(BatchReserveRequest.FromString(data).requests)
        except DecodeError:
            expected = -1
        if reason == 0:
            answered = BatchReserveResponse.FromString(answer).results
            broken = any(b"MALFORMED" in result.error.SerializeToString() for result in answered)
            assert len(answered) == expected or (expected == -1 and broken), about
        else:
            assert expected <= 0, about
            assert reason == (Reason.INVALID_FIELD if expected == 0 else Reason.MALFORMED), about
