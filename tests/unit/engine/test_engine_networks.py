"""Network versions: activated once by content, never without what has stock, kept in the folder."""

from pathlib import Path

import pytest
from folders import STOCK, files, hold, open_engine, set_stock
from tests.native.engines import NODES, SKUS, network_files, order, small_limits

from fastdom._native import inspect
from fastdom.engine import networks
from fastdom.engine.engine import Engine
from fastdom.engine.errors import CannotStart, NetworkRefused, NetworkShrinks
from fastdom.journal import Journal
from fastdom.network import NetworkInvalid
from fastdom.reasons import EngineError, Reason
from fastdom.types import (
    GetReservationRequest,
    NodeStatus,
    Order,
    OrderLine,
    ReserveRequest,
    SetNodeStatusRequest,
)

CAPACITY_OVERRUN = 4


def stock_of(engine: Engine) -> dict[tuple[str, str], int]:
    """on_hand of every position."""
    return {place: units for place, (units, *_) in inspect.positions(engine.face).items()}


def test_the_first_network_brings_its_stock(tmp_path: Path) -> None:
    """Version 1 is active and its stock is in, safety stock included; a second opening brings nothing again."""
    with open_engine(tmp_path / "data") as engine:
        assert engine.network_version == 1
        assert inspect.positions(engine.face)["ink", "alder"][:4] == (50, 0, 0, 2)
        set_stock(engine, "sold", "ink", "alder", 9)
        seq = engine.face.seq
    with open_engine(tmp_path / "data") as engine:
        assert (engine.network_version, engine.face.seq) == (1, seq)
        assert stock_of(engine) == {("ink", "alder"): 9, ("jar", "birch"): 7}


def test_the_same_content_is_no_new_version(tmp_path: Path) -> None:
    """Other order of rows and other stock are the same network; another capacity is the next version."""
    with open_engine(tmp_path / "data") as engine:
        document, given = networks.read_network(files(stock="sku,node_id,on_hand\nkit,cedar,3\n"))
        assert engine.activate_network(document, given) == 1
        assert stock_of(engine) == {("ink", "alder"): 50, ("jar", "birch"): 7}
        document, given = networks.read_network(files(capacity={"alder": ("UNITS", 5)}))
        assert engine.activate_network(document, given) == 2
        assert engine.network_version == 2
        assert stock_of(engine) == {("ink", "alder"): 50, ("jar", "birch"): 7}


def test_the_version_comes_back_from_the_folder(tmp_path: Path) -> None:
    """Opened without a network the engine decides with the active version, whatever was activated before it."""
    with open_engine(tmp_path / "data") as engine:
        document, given = networks.read_network(files(capacity={"alder": ("UNITS", 5)}))
        engine.activate_network(document, given)
        content_hash = document.content_hash
    with open_engine(tmp_path / "data", network=None) as engine:
        assert engine.network is not None
        assert engine.network.content_hash == content_hash == engine.face.network_hash.hex()
        assert engine.network_version == 2
        hold(engine, "one")


def test_a_folder_without_the_active_version_does_not_start(tmp_path: Path) -> None:
    """The journal says which version is active; without its files there is one readable line."""
    with open_engine(tmp_path / "data") as engine:
        content_hash = engine.face.network_hash.hex()
    with Journal.open(tmp_path / "data") as journal:
        journal.put_setting(networks.setting_of(content_hash), "00" * 32)
    with pytest.raises(CannotStart, match=f"the active network version {content_hash[:12]} is not in the folder"):
        open_engine(tmp_path / "data")


@pytest.mark.parametrize(
    ("network", "lost"),
    [({"nodes": NODES[1:]}, "nodes .*: alder"), ({"skus": SKUS[1:]}, "SKUs .*: ink")],
    ids=["node", "sku"],
)
def test_what_has_stock_cannot_vanish(tmp_path: Path, network: dict[str, tuple[str, ...]], lost: str) -> None:
    """A version without a node or SKU that has stock is refused by name; once it is empty the version is taken."""
    stock = "sku,node_id,on_hand\njar,birch,7\n"
    with open_engine(tmp_path / "data") as engine:
        document, given = networks.read_network(files(stock=stock, **network))
        seq = engine.face.seq
        with pytest.raises(NetworkShrinks, match=lost):
            engine.activate_network(document, given)
        assert (engine.network_version, engine.face.seq) == (1, seq)
        set_stock(engine, "empty", "ink", "alder", 0)
        assert engine.activate_network(document, given) == 2


def test_what_has_holds_cannot_vanish(tmp_path: Path) -> None:
    """A node without stock whose units are held or committed stays as well."""
    with open_engine(tmp_path / "data") as engine:
        hold(engine, "one", 3)
        set_stock(engine, "empty", "ink", "alder", 0)
        document, given = networks.read_network(files(stock="sku,node_id,on_hand\n", nodes=NODES[1:]))
        with pytest.raises(NetworkShrinks, match="alder"):
            engine.activate_network(document, given)


def test_a_lowered_capacity_is_an_exception_not_a_loss(tmp_path: Path) -> None:
    """A limit below what a bucket holds raises CAPACITY_OVERRUN for the node; what is held stays as it is,
    and the exception is there after a restart."""
    roomy, tight = files(capacity={"alder": ("UNITS", 9)}), files(capacity={"alder": ("UNITS", 2)})
    with open_engine(tmp_path / "data", network=roomy) as engine:
        made = engine.reserve(routed("one", 5)).reservation
        assert made is not None
        engine.activate_network(*networks.read_network(tight))
        (fault,) = inspect.faults(engine.face)
        assert (fault["kind"], fault["node"], fault["quantity"]) == (CAPACITY_OVERRUN, "alder", 3)
        again = engine.face.get_reservation(GetReservationRequest(made.reservation_id), engine.now_us()).reservation
        assert again.state == made.state
        assert inspect.capacity(engine.face) == {("alder", again.shipments[0].ship_day): 5}
        engine.wait_durable(engine.face.seq)
    with open_engine(tmp_path / "data", network=None) as engine:
        assert inspect.faults(engine.face) == [fault]


def routed(rid: str, units: int) -> ReserveRequest:
    """A routed order of one line."""
    return ReserveRequest(rid, order([OrderLine("L1", "ink", units)]))


def test_a_network_beyond_the_limits_is_refused(tmp_path: Path) -> None:
    """More nodes than the engine has room for are refused with the limit; nothing is journalled."""
    with pytest.raises(NetworkRefused, match="name table 1 is full: 0 used, 4 more wanted, limit 3"):
        open_engine(tmp_path / "data", limits=small_limits(nodes_max=3))


def test_initial_stock_is_finished_after_a_crash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An engine that stopped between activating its first network and its stock brings the stock at the next start."""
    with monkeypatch.context() as patch:
        patch.setattr(Engine, "_initial_stock", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            open_engine(tmp_path / "data")
    with open_engine(tmp_path / "data", network=None) as engine:
        assert stock_of(engine) == {("ink", "alder"): 50, ("jar", "birch"): 7}
        set_stock(engine, "sold", "ink", "alder", 1)
    with open_engine(tmp_path / "data") as engine:
        assert stock_of(engine)["ink", "alder"] == 1


def test_initial_stock_that_does_not_fit_is_refused_before_anything(tmp_path: Path) -> None:
    """More rows than positions_max are refused with both numbers; nothing is journalled, and the folder opens with a
    smaller stock or a higher limit."""
    with pytest.raises(NetworkRefused, match="initial stock: 2 rows, but the limit positions_max is 1 and 0 positions"):
        open_engine(tmp_path / "data", limits=small_limits(positions_max=1))
    with open_engine(tmp_path / "data", network=None) as engine:
        assert (engine.network_version, engine.face.seq) == (0, 0)
    with open_engine(tmp_path / "data", network=files("sku,node_id,on_hand\njar,birch,7\n")) as engine:
        assert (engine.network_version, stock_of(engine)) == (1, {("jar", "birch"): 7})


def test_a_load_of_too_much_stock_is_refused_before_anything(tmp_path: Path) -> None:
    """Over a request too: the version stays 0, the id stays unused, and a smaller stock is taken under it."""
    with open_engine(tmp_path / "data", network=None, limits=small_limits(positions_max=1)) as engine:
        with pytest.raises(NetworkRefused, match="2 rows"):
            engine.load_network(*networks.read_network(files()), request_id="load")
        assert (engine.network_version, engine.face.seq) == (0, 0)
        small = networks.read_network(files("sku,node_id,on_hand\njar,birch,7\n"))
        assert engine.load_network(*small, request_id="load").activated
        assert stock_of(engine) == {("jar", "birch"): 7}


STOCK_MAX = 1_000_000_000
TOO_MUCH = [
    ("stock.csv", b"sku,node_id,on_hand\nink,alder,1000000001\n", "stock.csv:2: on_hand"),
    ("stock.csv", b"sku,node_id,on_hand,safety_stock\nink,alder,1,1000000001\n", "stock.csv:2: safety_stock"),
    ("stock.csv", b"sku,node_id,on_hand,routing_reserve\nink,alder,1,1000000001\n", "stock.csv:2: routing_reserve"),
    ("nodes.csv", network_files({"alder": ("UNITS", STOCK_MAX + 1)})["nodes.csv"], "nodes.csv:2: capacity_limit"),
]


@pytest.mark.parametrize(("file", "content", "told"), TOO_MUCH, ids=[told for _, _, told in TOO_MUCH])
def test_units_beyond_the_engine_are_refused_by_the_files(tmp_path: Path, file: str, content: bytes, told: str) -> None:
    """Units above 1,000,000,000, which the engine refuses, are told by file, line and field with nothing
    journalled: corrected files open the same folder."""
    with pytest.raises(NetworkInvalid, match=f'{told}: must be 0..{STOCK_MAX}, got "{STOCK_MAX + 1}"'):
        open_engine(tmp_path / "data", network={**files(), file: content})
    corrected = {**files(), file: content.replace(b"1000000001", b"1000000000")}
    with open_engine(tmp_path / "data", network=corrected) as engine:
        assert engine.network_version == 1


def test_a_load_is_remembered_by_its_request_id(tmp_path: Path) -> None:
    """A repeat says what the first said, also after a restart and though its expected version is no longer active."""
    tight = files(capacity={"alder": ("UNITS", 5)})
    document, given = networks.read_network(tight)
    with open_engine(tmp_path / "data") as engine:
        first = engine.load_network(document, given, request_id="load", expected_version=1)
        assert (first.version, first.activated) == (2, True)
        assert engine.load_network(document, given, request_id="load", expected_version=1) == first
        engine.activate_network(*networks.read_network(files()))
        assert engine.network_version == 3
    with open_engine(tmp_path / "data", network=None) as engine:
        digest = engine.digest()
        assert engine.load_network(document, given, request_id="load", expected_version=1) == first
        assert (engine.network_version, engine.digest()) == (3, digest)
        for other, expected in ((given, 3), (files(), 1)):
            with pytest.raises(EngineError) as refusal:
                engine.load_network(document, other, request_id="load", expected_version=expected)
            assert refusal.value.reason is Reason.REQUEST_ID_REUSED


def test_a_load_without_effect_is_remembered_too(tmp_path: Path) -> None:
    """What was active already stays active; the repeat says so even when another version is active by then."""
    document, given = networks.read_network(files())
    with open_engine(tmp_path / "data") as engine:
        first = engine.load_network(document, given, request_id="load")
        assert (first.version, first.activated) == (1, False)
        engine.activate_network(*networks.read_network(files(capacity={"alder": ("UNITS", 5)})))
        assert engine.load_network(document, given, request_id="load") == first
        assert engine.network_version == 2


def test_a_load_on_another_version_is_refused(tmp_path: Path) -> None:
    """An expected version that is not active is VERSION_MISMATCH; the id stays unused."""
    document, given = networks.read_network(files(capacity={"alder": ("UNITS", 5)}))
    with open_engine(tmp_path / "data") as engine:
        with pytest.raises(EngineError) as refusal:
            engine.load_network(document, given, request_id="load", expected_version=7)
        assert refusal.value.reason is Reason.VERSION_MISMATCH
        assert engine.load_network(document, given, request_id="load", expected_version=1).activated


def test_a_node_that_the_network_lacks_cannot_be_switched(tmp_path: Path) -> None:
    """A node known from an older version is UNKNOWN_NODE and keeps its status."""
    with open_engine(tmp_path / "data") as engine:
        engine.activate_network(*networks.read_network(files(stock="sku,node_id,on_hand\n", nodes=NODES[:3])))
        with pytest.raises(EngineError) as refusal:
            engine.face.set_node_status(SetNodeStatusRequest("off", NODES[3], NodeStatus.OFFLINE), engine.now_us())
        assert (refusal.value.reason, refusal.value.path) == (Reason.UNKNOWN_NODE, "node_id")
        assert engine.face.node_status(NODES[3]) is NodeStatus.ONLINE


def test_initial_stock_takes_no_callers_request_id(tmp_path: Path) -> None:
    """An id that a caller might choose for the initial stock is free."""
    with open_engine(tmp_path / "data") as engine:
        set_stock(engine, "initial-stock-0", "ink", "alder", 9)
        assert stock_of(engine)["ink", "alder"] == 9


def test_files_are_packed_to_the_same_bytes() -> None:
    """The order of the files does not matter, and unpacking gives them back."""
    given = files()
    backwards = dict(reversed(given.items()))
    assert networks.pack_files(given) == networks.pack_files(backwards)
    assert networks.unpack_files(networks.pack_files(given)) == given
    assert STOCK.encode() in networks.pack_files(given)


def test_refreshing_tables_journals_nothing(tmp_path: Path) -> None:
    """The date tables are compiled again; version, sequence and digest stay."""
    with open_engine(tmp_path / "data") as engine:
        before = engine.digest(), engine.network_version
        engine.refresh_network()
        assert (engine.digest(), engine.network_version) == before
        hold(engine, "one")


def test_channels_have_their_own_time_to_live(tmp_path: Path) -> None:
    """A hold that names no time to live takes its channel's, also after a restart."""
    for rid, network in (("one", files()), ("two", None)):
        with open_engine(tmp_path / "data", network=network) as engine:
            order = Order("", "till", (OrderLine("L1", "ink", 1, node_id="alder"),))
            made = engine.face.reserve(ReserveRequest(rid, order), engine.now_us()).reservation
            assert made is not None
            assert made.expires_at_us - made.created_at_us == 60_000_000
            order = Order("", "nowhere", (OrderLine("L1", "ink", 1, node_id="alder"),))
            with pytest.raises(EngineError, match="channel"):
                engine.face.reserve(ReserveRequest(f"{rid}-x", order), engine.now_us())
