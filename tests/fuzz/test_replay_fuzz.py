"""Thousands of damaged journals and checkpoints, always the same ones: refused, or a state that is sound."""

import random
import struct
import subprocess
import sys
from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from pathlib import Path

import pytest
from tests.native.engines import NODES, SECOND_US, SKUS, Desk, line, loaded, small_limits
from tests.property.histories import History, some_command

from fastdom._native import inspect, snapshot
from fastdom.engine.face import Face
from fastdom.reasons import EngineError
from fastdom.types import NodeStatus, ResolveExceptionRequest, RouteMode

ROOT = Path(__file__).parents[2]
ROUNDS = 600
SMALL_NUMBERS = (0, 1, 2, 3, 5, 63, 64, 127, 128, 999, 1000, 4095)
ODD_NUMBERS = (*SMALL_NUMBERS, 10**6, 10**9, 2**31 - 1, 2**31, 2**32 - 1, 2**63, 2**64 - 1)
ENTRY_HEAD = 7
"""Bytes before an entry's body: kind, flags, and its length as a varint of five."""

Batch = tuple[int, int, bytes]
Chunk = tuple[str, bytes]


# --- what is damaged: the journal of a busy desk, a batch a command


@lru_cache(maxsize=4)
def busy(seed: int) -> Desk:
    """A desk that has seen every kind of entry."""
    rng = random.Random(seed)
    desk = Desk(capacity={"alder": ("UNITS", 50), "birch": ("SHIPMENTS", 40)})
    desk.flush()
    history = History(desk)
    for _ in range(60):
        history.step(some_command(rng))
        desk.flush()
    for node in NODES:
        desk.node(node, NodeStatus.ONLINE)
        for sku in SKUS:
            desk.set(sku, node, 30, safety_stock=2)
            desk.flush()
    for i in range(6):
        desk.route([line(1, "jar", 3), line(2, "ink", 1 + i)], RouteMode.HOLD if i % 2 else RouteMode.FIRM)
        desk.promise([line(1, "ink", 2), line(2, "kit", 1)], hold=True)
        desk.hold("kit", "alder", 2, ttl_us=SECOND_US)
        desk.flush()
    held = desk.hold("jar", "birch", 4)
    desk.extend(held, 60 * SECOND_US)
    desk.commit(held)
    desk.fulfill(held, ("L1", 1))
    desk.release(held, ("L1", 1))
    desk.adjust("jar", "birch", 2)
    desk.flush()
    desk.now_us += 2 * SECOND_US
    desk.face.tick(desk.now_us)
    desk.hold("kit", "dogwood", 3, firm=True)
    desk.fail_node("alder")
    desk.fail_node("dogwood")
    desk.node("alder", NodeStatus.ONLINE)
    desk.activate(2, {"alder": ("UNITS", 1), "birch": ("SHIPMENTS", 1)})
    desk.face.raise_overruns(desk.now_us)
    desk.set("ink", "alder", 0)
    desk.face.resolve_exception(ResolveExceptionRequest("resolve", 1, "counted again"), desk.now_us)
    desk.flush()
    return desk


def varint(number: int) -> bytes:
    """LEB128."""
    out = bytearray()
    while number >= 0x80:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def other_number(data: bytes, rng: random.Random) -> bytes:
    """The bytes with one varint of them replaced."""
    if not data:
        return data
    begin = end = rng.randrange(len(data))
    while begin and data[begin - 1] >= 0x80:
        begin -= 1
    while end < len(data) - 1 and data[end] >= 0x80:
        end += 1
    number = rng.choice(ODD_NUMBERS) if rng.random() < 0.7 else rng.randrange(256)
    return data[:begin] + varint(number) + data[end + 1 :]


def other_bytes(data: bytes, rng: random.Random) -> bytes:
    """The bytes with a bit, a byte, a few of them, or the end missing."""
    if not data:
        return data
    at = rng.randrange(len(data))
    match rng.randrange(4):
        case 0:
            return data[:at] + bytes([data[at] ^ 1 << rng.randrange(8)]) + data[at + 1 :]
        case 1:
            return data[:at] + rng.randbytes(1) + data[at + 1 :]
        case 2:
            return data[:at] + data[at + rng.randrange(1, 9) :]
        case _:
            return data[:at]


def parts(entry: bytes) -> tuple[bytes, bytes, bytes, bytes]:
    """(kind and flags, body up to the answer's length, answer, order context) of an entry."""
    body, flags = entry[ENTRY_HEAD:], entry[1]
    for at in range(len(body) - 3):
        (size,) = struct.unpack_from("<I", body, at)
        answer, rest = body[at + 4 : at + 4 + size], body[at + 4 + size :]
        if at + 4 + size > len(body):
            continue
        if not flags & 2 and not rest:
            return entry[:2], body[:at], answer, b""
        for digits in (1, 2, 3) if flags & 2 else ():
            if rest[:digits] == varint(len(rest) - digits):
                return entry[:2], body[:at], answer, rest[digits:]
    raise AssertionError(entry)


def whole(head: bytes, before: bytes, answer: bytes, context: bytes) -> bytes:
    """The entry of these parts, its lengths set right."""
    body = before + struct.pack("<I", len(answer)) + answer
    if head[1] & 2:
        body += varint(len(context)) + context
    padded = bytes([len(body) >> 7 * i & 0x7F | 0x80 for i in range(4)] + [len(body) >> 28])
    return head + padded + body


def damaged_entry(entry: bytes, rng: random.Random) -> bytes:
    """An entry damaged within its lengths, mostly, so that the damage is read."""
    if rng.random() < 0.15:
        return other_bytes(entry, rng)
    head, before, answer, context = parts(entry)
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        match rng.choice("hbbaaaaaacc"):
            case "h":
                head = bytes([rng.randrange(26), head[1]]) if rng.random() < 0.5 else bytes([head[0], rng.randrange(4)])
            case "b":
                before = other_number(before, rng)
            case "a":
                answer = (other_number if rng.random() < 0.85 else other_bytes)(answer, rng)
            case "c":
                context = (other_number if rng.random() < 0.85 else other_bytes)(context, rng)
    return whole(head, before, answer, context)


def split(payload: bytes) -> list[bytes]:
    """The entries of a batch."""
    at, entries = 8, []
    for *_, size in inspect.entries(payload):
        entries.append(payload[at : at + size])
        at += size
    return entries


def damaged_batch(batch: Batch, rng: random.Random) -> Batch:
    """A batch with damaged, missing, repeated or swapped entries; its frame counts what is there."""
    first, _, payload = batch
    entries = split(payload)
    for at in rng.sample(range(len(entries)), min(len(entries), rng.choice((1, 1, 2)))):
        match rng.choice("dddddddrsx"):
            case "d":
                entries[at] = damaged_entry(entries[at], rng)
            case "r":
                entries.append(entries[at])
            case "s":
                entries.reverse()
            case "x":
                payload = rng.randbytes(8) + payload[8:]
    return first, first + len(entries) - 1, payload[:8] + b"".join(entries)


def damaged_chunks(chunks: Sequence[Chunk], rng: random.Random) -> list[Chunk]:
    """A checkpoint with a damaged, missing, repeated or misplaced chunk."""
    chunks = list(chunks)
    at = rng.randrange(len(chunks))
    section, chunk = chunks[at]
    width = rng.choice((4, 8))
    word = rng.randrange(max(1, len(chunk) // width)) * width
    match rng.choice("wwwwwwwbbbdrst"):
        case "w" if len(chunk) >= width:
            number = rng.choice((*ODD_NUMBERS, 2**32 - 2, 2**64 - 2**31)) % 2 ** (8 * width)
            chunk = chunk[:word] + number.to_bytes(width, "little") + chunk[word + width :]
            chunks[at] = section, chunk
        case "d":
            del chunks[at]
        case "r":
            chunks.insert(rng.randrange(len(chunks)), chunks[at])
        case "s":
            chunks[at] = rng.choice(snapshot.SECTIONS), chunk
        case "t":
            chunks[at] = section, chunk[: rng.randrange(len(chunk))]
        case _:
            chunks[at] = section, other_bytes(chunk, rng)
    return chunks


# --- what must hold afterwards


def fresh() -> Face:
    """An empty engine that replays."""
    return Face(small_limits().as_dict(), bytes(16), 1 << 16)


def refused(call: Callable[..., None], *args: object) -> bool:
    """Whether a replay or a load refuses; no other error may come."""
    try:
        call(*args)
    except ValueError as error:
        assert str(error)
        return True
    return False


def check_sound(face: Face, desk: Desk, about: str) -> None:
    """The counters agree, a checkpoint loads to the same digest, and the engine works on."""
    assert face.recount() == [], about
    again = loaded(snapshot.dump(face), small_limits())
    assert again.digest() == face.digest(), about
    if face.network_version and min(face.find(2, name) for name in (b"web", b"till")) >= 0:
        check_live(desk.goes_on(face), about)


def check_live(desk: Desk, about: str) -> None:
    """Old requests get an answer or a refusal, a node fails and comes back, and the counters still agree."""
    desk.now_us = max(desk.now_us, desk.face.now_us)
    calls: list[Callable[[], object]] = [
        lambda: desk.reserve([line(1, "ink", 1, "alder"), line(2, "kit", 1, "birch")]),
        lambda: desk.route([line(1, "jar", 2), line(2, "ink", 2)], RouteMode.FIRM),
        lambda: desk.promise([line(1, "ink", 1)], hold=True),
        lambda: desk.fail_node("birch"),
        lambda: desk.node("birch", NodeStatus.ONLINE),
        lambda: inspect.faults(desk.face, resolved=True),
        lambda: inspect.capacity(desk.face),
    ]
    for name in list(inspect.shipments(desk.face))[:8]:
        calls += [partial(desk.get, name), partial(desk.commit, name, reacquire=True)]
    for call in calls:
        try:
            call()
        except EngineError:
            continue
    assert desk.face.recount() == [], about


def damage_journals(seed: int, rounds: int) -> tuple[int, int]:
    """Replay damaged journals; how many were refused and taken."""
    rng = random.Random(seed)
    desk = busy(seed % 4)
    batches = desk.batches
    took = 0
    for i in range(rounds):
        face = fresh()
        at = rng.randrange(len(batches))
        for batch in batches[:at]:
            face.replay(*batch)
        about = f"seed {seed}, round {i}, batch {at}"
        batch = damaged_batch(batches[at], rng)
        if refused(face.replay, *batch):
            face.digest()
            continue
        took += 1
        for first, last, payload in batches[at + 1 :]:
            ahead = face.seq + 1 - first
            if refused(face.replay, first + ahead, last + ahead, payload):
                break
        else:
            check_sound(face, desk, about)
    return rounds - took, took


def damage_checkpoints(seed: int, rounds: int) -> tuple[int, int]:
    """Load damaged checkpoints; how many were refused and taken."""
    rng = random.Random(seed)
    desk = busy(seed % 4)
    chunks = list(snapshot.dump(desk.replayed()))
    took = 0
    for i in range(rounds):
        face = fresh()
        for section, chunk in damaged_chunks(chunks, rng):
            if refused(snapshot.load, face, section, chunk):
                face.digest()
                break
        else:
            took += 1
            check_sound(face, desk, f"seed {seed}, round {i}")
    return rounds - took, took


# --- the tests


@pytest.mark.parametrize("seed", range(4))
def test_journals(seed: int) -> None:
    """A damaged journal is refused with a reason, or it was as good as another: never a crash."""
    refusals, took = damage_journals(seed, ROUNDS)
    assert refusals > ROUNDS // 4
    assert took > ROUNDS // 20


@pytest.mark.parametrize("seed", range(4))
def test_checkpoints(seed: int) -> None:
    """A damaged checkpoint is refused with a reason, or it was as good as another."""
    refusals, took = damage_checkpoints(seed, ROUNDS // 2)
    assert refusals > ROUNDS // 8
    assert took > ROUNDS // 40


def test_in_a_process_of_its_own() -> None:
    """A child that does nothing but read what is damaged ends well."""
    code = "from tests.fuzz.test_replay_fuzz import *; damage_journals(50, 400); damage_checkpoints(51, 400)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@lru_cache(maxsize=1)
def firsts() -> dict[int, tuple[int, int]]:
    """By kind: (batch, entry in it) where the busy journal has it first, from the second half on where it can."""
    found: dict[int, tuple[int, int]] = {}
    batches = busy(0).batches
    for at, (_, _, payload) in enumerate(batches):
        for i, (kind, *_) in enumerate(inspect.entries(payload)):
            if kind not in found or at <= len(batches) // 2:
                found[kind] = at, i
    return found


def with_entry(at: int, i: int, entry: bytes) -> tuple[Face, Batch]:
    """An engine before a batch of the busy journal, and the batch up to its i-th entry, with another in its place."""
    batches = busy(0).batches
    face = fresh()
    for batch in batches[:at]:
        face.replay(*batch)
    first, _, payload = batches[at]
    entries = [*split(payload)[:i], entry]
    return face, (first, first + i, payload[:8] + b"".join(entries))


def varints(data: bytes) -> list[tuple[int, int]]:
    """(begin, end) of what reads as varints."""
    found, begin = [], 0
    for at, byte in enumerate(data):
        if byte < 0x80:
            found.append((begin, at + 1))
            begin = at + 1
    return found


@pytest.mark.parametrize("kind", [*range(1, 8), 9, 10, *range(12, 19), 22])
def test_every_number_of_an_entry(kind: int) -> None:
    """Each number of an entry, one after the other, may be anything."""
    at, i = firsts()[kind]
    pieces = parts(split(busy(0).batches[at][2])[i])
    for place in (1, 2, 3):
        for begin, end in varints(pieces[place])[:120]:
            for number in (0, 1, 1000, 2**31 - 1, 2**32 - 1, 2**64 - 1):
                changed = list(pieces)
                changed[place] = pieces[place][:begin] + varint(number) + pieces[place][end:]
                face, batch = with_entry(at, i, whole(*changed))
                if not refused(face.replay, *batch):
                    assert face.recount() == [], f"kind {kind}, part {place}, bytes {begin} .. {end}, {number}"


def zigzag(number: int) -> bytes:
    """A signed varint."""
    return varint(number << 1 if number >= 0 else ~(number << 1))


@pytest.mark.parametrize("node", [4, 63, 64, 10**9, 2**31 - 1, 2**31, -1, -5])
def test_the_status_of_a_node_that_is_not_there(node: int) -> None:
    """The dense id of a node is below the number of nodes; the message names the entry."""
    at, i = firsts()[12]
    head, before, answer, context = parts(split(busy(0).batches[at][2])[i])
    face, batch = with_entry(at, i, whole(head, before, answer[:-2] + zigzag(node) + b"\x00", context))
    with pytest.raises(ValueError, match=f"journal entry {batch[1]} of kind 12 does not fit"):
        face.replay(*batch)


@pytest.mark.parametrize("limit", ["skus_max", "nodes_max", "reservations_max", "request_ids_max", "answer_bytes_max"])
def test_limits_lowered_below_what_the_journal_holds(limit: str) -> None:
    """A table that the journal outgrows refuses the entry; nothing is written behind its end."""
    lowered = {limit: 256 if limit == "answer_bytes_max" else 2}
    face = Face({**small_limits().as_dict(), **lowered}, bytes(16), 1 << 16)

    def replay() -> None:
        for batch in busy(0).batches:
            face.replay(*batch)

    with pytest.raises(ValueError, match="does not fit the state before it, or the configured limits"):
        replay()


RECORD = {"size": 20, "n_shipments": 24, "n_allocations": 28, "context_size": 32, "n_lines": 36, "channel_i": 44}
FAULT_ID, FAULT_KIND, FAULT_SKU, FAULT_NODE, FAULT_NOTE_SIZE = 0, 48, 52, 56, 68


@pytest.mark.parametrize(
    ("section", "values"),
    [
        ("head", [(8, "q", -1)]),
        ("head", [(40, "q", -1)]),
        ("head", [(48, "q", 0)]),
        ("head", [(64, "q", -(2**62))]),
        ("skus", [(0, "B", 0)]),
        ("skus", [(0, "B", 255)]),
        ("network", [(0, "i", 0)]),
        ("network", [(0, "i", 9)]),
        ("positions", [(0, "i", 3)]),
        ("positions", [(0, "i", -1)]),
        ("positions", [(4, "i", 4)]),
        ("positions", [(4, "i", -(10**6))]),
        ("positions", [(8, "i", -1)]),
        ("positions", [(12, "i", 2**31 - 1)]),
        ("fulfilments", [(0, "q", 0)]),
        ("fulfilments", [(0, "q", 2**40)]),
        ("fulfilments", [(28, "I", 2**31 - 1)]),
        ("fulfilments", [(32, "I", 2**31)]),
        ("fulfilments", [(40, "i", 10**9)]),
        ("reservations", [(RECORD["n_lines"], "i", 1001)]),
        ("reservations", [(RECORD["n_lines"], "i", 0)]),
        ("reservations", [(RECORD["channel_i"], "i", 10**6)]),
        ("reservations", [(RECORD["n_shipments"], "i", -1)]),
        ("reservations", [(RECORD["context_size"], "i", -(2**31))]),
        ("reservations", [(RECORD["size"], "I", 2**32 - 1)]),
        ("requests", [(48, "q", -1)]),
        ("requests", [(48, "q", 2**62)]),
        ("requests", [(32, "q", -1)]),
        ("exceptions", [(FAULT_ID, "q", 0)]),
        ("exceptions", [(FAULT_ID, "q", -7)]),
        ("exceptions", [(FAULT_ID, "q", 2**40)]),
        ("exceptions", [(FAULT_KIND, "i", 9)]),
        ("exceptions", [(FAULT_SKU, "i", 10**9)]),
        ("exceptions", [(FAULT_NODE, "i", -2)]),
        ("exceptions", [(FAULT_NOTE_SIZE, "i", 1025)]),
        ("exceptions", [(FAULT_NOTE_SIZE, "i", -1)]),
    ],
)
def test_a_field_of_a_checkpoint_out_of_range(section: str, values: list[tuple[int, str, int]]) -> None:
    """Counts, sizes and dense ids are checked before they are used; the message names the section."""
    face = fresh()
    for name, chunk in snapshot.dump(busy(0).face):
        if name != section:
            snapshot.load(face, name, chunk)
            continue
        changed = bytearray(chunk)
        for at, kind, value in values:
            struct.pack_into("<" + kind, changed, at, value)
        with pytest.raises(ValueError, match=f"section {section} is malformed"):
            snapshot.load(face, name, bytes(changed))
        return
    raise AssertionError(section)


def test_a_record_whose_context_has_a_negative_size() -> None:
    """More allocations and a context of less than nothing give the same size of the record: refused all the same."""
    face = fresh()
    for name, chunk in snapshot.dump(busy(0).face):
        if name == "reservations":
            changed = bytearray(chunk)
            (n, context_size) = struct.unpack_from("<ii", changed, RECORD["n_allocations"])
            more = context_size // 32 + 1
            struct.pack_into("<ii", changed, RECORD["n_allocations"], n + more, context_size - 32 * more)
            with pytest.raises(ValueError, match="section reservations is malformed"):
                snapshot.load(face, name, bytes(changed))
            return
        snapshot.load(face, name, chunk)


@pytest.mark.parametrize("section", snapshot.SECTIONS)
def test_a_chunk_twice(section: str) -> None:
    """What is there already is not loaded again."""
    face = fresh()
    for name, chunk in snapshot.dump(busy(0).face):
        snapshot.load(face, name, chunk)
        if name == section != "fulfilments":
            with pytest.raises(ValueError, match=f"section {section} is malformed"):
                snapshot.load(face, name, chunk)
            return


def test_sections_out_of_order() -> None:
    """Each section but the head needs those before it."""
    chunks = list(snapshot.dump(busy(0).face))
    for section, chunk in chunks[1:]:
        with pytest.raises(ValueError, match=f"section {section} is malformed .*out of order"):
            snapshot.load(fresh(), section, chunk)
