"""Checkpoint sections: what is written loads to the same state, and nothing else loads at all."""

import pytest
from tests.native.engines import SECOND_US, Desk, grid, line, loaded, small_limits

from fastdom._native import inspect, snapshot
from fastdom.engine.face import Face
from fastdom.reasons import EngineError
from fastdom.types import NodeStatus, ResolveExceptionRequest, RouteMode

CHUNK_BYTES = 1 << 20


def busy() -> Desk:
    """A desk whose every table holds something."""
    desk = Desk(capacity={"alder": ("UNITS", 50), "birch": ("SHIPMENTS", 5)})
    desk.stock(grid(20))
    desk.route([line(1, "jar", 3)], RouteMode.HOLD)
    held = desk.hold("ink", "alder", 2, firm=True)
    desk.fulfill(held, ("L1", 1))
    done = desk.hold("ink", "alder", 3, firm=True)
    desk.set("ink", "alder", 1)
    desk.fulfill(done)
    desk.node("cedar", NodeStatus.PAUSED)
    desk.set("kit", "dogwood", 5, safety_stock=6, routing_reserve=2)
    desk.face.note_policies([b"created", b"activated"], desk.tables(), desk.now_us)
    return desk


def test_every_section_is_written_and_loads_to_the_digest() -> None:
    """Sections come in the order that loading wants, none is empty here, and the digest is the same."""
    desk = busy()
    chunks = list(snapshot.dump(desk.face))
    assert [section for section, _ in chunks] == [s for s in snapshot.SECTIONS if s != "tenants"]
    face = loaded(chunks, desk.limits)
    assert face.digest() == desk.face.digest()
    assert face.recount() == []
    assert inspect.capacity(face) == inspect.capacity(desk.face) != {}
    assert inspect.faults(face, resolved=True) == inspect.faults(desk.face, resolved=True) != []
    assert face.policy_log == desk.face.policy_log == [(face.seq - 1, b"created"), (face.seq, b"activated")]


@pytest.mark.parametrize("section", snapshot.SECTIONS)
def test_a_chunk_cut_short_is_refused(section: str) -> None:
    """A chunk without its last byte does not load, whatever the section."""
    desk = busy()
    face = Face(desk.limits.as_dict(), bytes(16))
    for name, chunk in snapshot.dump(desk.face):
        if name == section:
            with pytest.raises(ValueError, match=f"section {section}"):
                snapshot.load(face, name, chunk[:-1])
            return
        snapshot.load(face, name, chunk)
    assert section == "tenants"


@pytest.mark.parametrize("section", ["skus", "nodes", "channels", "reservations", "exceptions"])
def test_a_name_that_is_no_text_is_refused(section: str) -> None:
    """Bytes that are no UTF-8 in place of a name do not load: every name can be told."""
    names = {"skus": b"ink", "nodes": b"alder", "channels": b"web", "reservations": b"L1", "exceptions": b"seen"}
    desk = busy()
    desk.face.resolve_exception(ResolveExceptionRequest("x1", inspect.faults(desk.face)[0]["id"], "seen"), desk.now_us)
    face = Face(desk.limits.as_dict(), bytes(16))
    for name, chunk in snapshot.dump(desk.face):
        if name == section:
            assert names[name] in chunk
            with pytest.raises(ValueError, match=f"section {section}"):
                snapshot.load(face, name, chunk.replace(names[name], b"\xff" * len(names[name])))
            return
        snapshot.load(face, name, chunk)
    raise AssertionError(section)


def test_a_checkpoint_without_an_event_of_a_policy_has_another_digest() -> None:
    """Every event of a policy counts in the digest, and one that comes twice is refused."""
    desk = busy()
    chunks = list(snapshot.dump(desk.face))
    assert loaded(chunks[:-1], desk.limits).digest() != desk.face.digest()
    with pytest.raises(ValueError, match="section policies"):
        loaded([*chunks, chunks[-1]], desk.limits)


def test_an_unknown_section_is_refused() -> None:
    """A section of a later format is not passed over in silence."""
    with pytest.raises(ValueError, match="section futures"):
        snapshot.load(Face(small_limits().as_dict(), bytes(16)), "futures", b"x")


def test_a_newer_format_is_refused() -> None:
    """The head's format number decides; the message names both numbers."""
    desk = busy()
    (_, head), *_ = snapshot.dump(desk.face)
    newer = (3).to_bytes(8, "little") + head[8:]
    with pytest.raises(ValueError, match="format 3 is newer than this program's 2"):
        snapshot.load(Face(desk.limits.as_dict(), bytes(16)), "head", newer)


def test_an_older_format_is_refused() -> None:
    """Format 1 had a shorter head without layouts: it is told by its number, not as malformed."""
    desk = busy()
    (_, head), *_ = snapshot.dump(desk.face)
    with pytest.raises(ValueError, match="format 1 is older than this program's 2"):
        snapshot.load(Face(desk.limits.as_dict(), bytes(16)), "head", (1).to_bytes(8, "little") + head[8:160])


@pytest.mark.parametrize("i", range(len(snapshot.LAYOUT_NAMES)))
def test_another_layout_of_any_struct_is_refused(i: int) -> None:
    """Number and size of every raw struct stand in the head; one that differs is named, and nothing is loaded."""
    desk = busy()
    (_, head), *_ = snapshot.dump(desk.face)
    at = len(head) - 8 * snapshot.LAYOUTS_MAX + 8 * i
    other = head[:at] + (9).to_bytes(4, "little") + head[at + 4 :]
    face = Face(desk.limits.as_dict(), bytes(16))
    with pytest.raises(ValueError, match=f"another build: its {snapshot.LAYOUT_NAMES[i]} has layout 9"):
        snapshot.load(face, "head", other)
    snapshot.load(face, "head", head)


def test_a_live_engine_loads_nothing() -> None:
    """Loading is for an engine that still replays."""
    desk = busy()
    with pytest.raises(RuntimeError, match="live"):
        snapshot.load(desk.face, "skus", b"\x01x")


@pytest.mark.parametrize(
    ("limit", "section"),
    [
        ("skus_max", "skus"),
        ("nodes_max", "nodes"),
        ("reservations_max", "reservations"),
        ("request_ids_max", "requests"),
    ],
)
def test_limits_too_small_for_the_state_are_refused(limit: str, section: str) -> None:
    """A state that does not fit names the section that is too large."""
    desk = busy()
    with pytest.raises(ValueError, match=f"section {section} is malformed or does not fit the configured limits"):
        loaded(snapshot.dump(desk.face), small_limits(**{limit: 1}))


def test_large_tables_come_in_chunks_of_about_a_megabyte() -> None:
    """Sections are cut; the chunks of one are loaded one after the other."""
    desk = Desk(small_limits(reservations_max=9000, request_ids_max=9000))
    desk.stock(grid(5000))
    for _ in range(5000):
        desk.hold("ink", "alder", 1, firm=True)
        desk.flush()
    chunks = list(snapshot.dump(desk.face))
    assert sum(section == "reservations" for section, _ in chunks) > 1
    assert all(len(chunk) < 2 * CHUNK_BYTES for _, chunk in chunks)
    assert loaded(chunks, desk.limits).digest() == desk.face.digest()


def test_final_reservations_keep_their_order() -> None:
    """The longest untouched is forgotten first, also after a load."""
    limits = small_limits(request_window_us=60 * SECOND_US)
    desk = Desk(limits)
    desk.stock(grid(50))
    held = [desk.hold("ink", "alder", 1, firm=True) for _ in range(3)]
    for i in (1, 0, 2):
        desk.now_us += SECOND_US
        desk.release(held[i])
    again = desk.goes_on(desk.loaded())
    again.now_us += 59 * SECOND_US
    again.adjust("jar", "alder", 1)
    lost = []
    for i in range(3):
        try:
            again.get(held[i])
        except EngineError as error:
            lost.append((i, error.reason.name))
    assert lost == [(1, "RESERVATION_NOT_FOUND"), (0, "RESERVATION_NOT_FOUND")][:1] or lost == [
        (0, "RESERVATION_NOT_FOUND"),
        (1, "RESERVATION_NOT_FOUND"),
    ]


@pytest.mark.parametrize("log_max", [2, 4, 100])
def test_fulfilment_log_loads_right_under_another_length(log_max: int) -> None:
    """A shorter log forgets, a longer one does not remember what was forgotten; no count comes out wrong."""
    desk = Desk(small_limits(fulfilment_log_max=4))
    desk.stock(grid(50))
    seqs = []
    for n in range(6):
        held = desk.hold("ink", "alder" if n % 2 else "birch", 1, firm=True)
        desk.fulfill(held)
        seqs.append(desk.face.seq)
    other = loaded(snapshot.dump(desk.face), small_limits(fulfilment_log_max=log_max))
    here = {node: [inspect.fulfilled(desk.face, 0, node, seq) for seq in (0, *seqs)] for node in (0, 1)}
    there = {node: [inspect.fulfilled(other, 0, node, seq) for seq in (0, *seqs)] for node in (0, 1)}
    for node in (0, 1):
        for long, short in zip(here[node], there[node], strict=True):
            assert short in (long, -1)
    if log_max >= 4:
        assert there == here
    again = loaded(snapshot.dump(other), small_limits(fulfilment_log_max=log_max))
    assert {node: [inspect.fulfilled(again, 0, node, seq) for seq in (0, *seqs)] for node in (0, 1)} == there
