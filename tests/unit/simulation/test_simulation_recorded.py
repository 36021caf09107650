"""A data folder tells its orders and the stock they shared, and no byte of its data changes."""

import hashlib
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import grove
import pytest
from tests.native.engines import POSTAL, small_limits

from fastdom.engine.engine import Engine
from fastdom.engine.policy_desk import Asked, Source
from fastdom.journal import CannotOpen
from fastdom.simulation import Recorded, SimulationRefused, SimulationSettings, read_recorded, run
from fastdom.simulation.recorded import Window
from fastdom.types import (
    AdjustInventoryRequest,
    AdjustReason,
    CommitRequest,
    Destination,
    FulfillRequest,
    NodeStatus,
    Order,
    OrderLine,
    PostalAddress,
    ReleaseRequest,
    RouteMode,
    RouteRequest,
    SetNodeStatusRequest,
)

FAR_US = 4_000_000_000_000_000
"""A date that nothing misses."""


def open_engine(folder: Path) -> Engine:
    """An engine on the small network."""
    return Engine.open(folder, network=grove.files(), durability="process", limits=small_limits())


def routed(engine: Engine, number: int, *lines: tuple[str, int], firm: bool = True) -> str:
    """A routed order, in a flush of its own; its reservation."""
    given = tuple(
        OrderLine(f"L{i}", sku, units, attributes=(("fragile", "true"),)) for i, (sku, units) in enumerate(lines)
    )
    order = Order(f"A-{number}", "web", given, Destination(PostalAddress(POSTAL)), required_by_us=FAR_US)
    mode = RouteMode.FIRM if firm else RouteMode.HOLD
    request = RouteRequest(
        f"route-{number}", order, mode=mode, exclude_node_ids=("far",) if number == 9 else (), max_shipments=number
    )
    result = engine.route(request)
    assert result.reservation is not None
    engine.wait_durable(engine.face.seq)
    return result.reservation.reservation_id


def fingerprints(folder: Path) -> dict[str, str]:
    """Checksum of every file of a folder but `lock.mdb`, where LMDB's readers sign in."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "lock.mdb"
    }


def units(recorded: Recorded, *, free: bool = False) -> dict[tuple[str, str], int]:
    """Stock by SKU and node."""
    stock, network = recorded.free if free else recorded.shared, recorded.network
    assert stock is not None
    return {
        (network.skus.ids[sku_i], network.nodes[node_i].id): int(on_hand)
        for sku_i, node_i, on_hand in zip(stock.sku_i, stock.node_i, stock.on_hand, strict=True)
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder: two firm orders, a committed hold, an abandoned and a released one, a receipt, a fulfilment."""
    data = tmp_path / "data"
    with open_engine(data) as engine:
        first = routed(engine, 1, ("ink", 2), ("jar", 1))
        hold = routed(engine, 2, ("ink", 1), firm=False)
        routed(engine, 3, ("kit", 1), firm=False)
        gone = routed(engine, 4, ("kit", 1), firm=False)
        engine.face.release(ReleaseRequest("release", gone), engine.now_us())
        engine.commit(CommitRequest("commit", hold))
        routed(engine, 9, ("ink", 1))
        engine.fulfill(FulfillRequest("fulfill", first))
        receipt = AdjustInventoryRequest("receipt", "kit", "far", 5, AdjustReason.RECEIPT)
        engine.face.adjust_inventory(receipt, engine.now_us())
        engine.wait_durable(engine.face.seq)
    return data


def test_firm_orders_are_found(folder: Path) -> None:
    """Orders that became firm are found as they came in, in the order of their decision; holds count when asked for."""
    found = read_recorded(folder)
    assert [one.order.order_id for one in found.book.orders] == ["A-1", "A-2", "A-9"]
    assert (found.book.rows, found.book.left_out) == (5, 2)
    first, _, last = found.book.orders
    assert [(line.line_id, line.sku, line.quantity) for line in first.order.lines] == [
        ("L0", "ink", 2),
        ("L1", "jar", 1),
    ]
    assert first.order.lines[0].attributes == (("fragile", "true"),)
    assert first.order.destination == Destination(PostalAddress(POSTAL, ""))
    assert (first.order.channel, first.order.required_by_us, last.exclude_node_ids) == ("web", FAR_US, ("far",))
    assert [one.max_shipments for one in found.book.orders] == [1, 2, 9]
    assert first.at_us == first.order.placed_at_us < last.at_us
    held = read_recorded(folder, holds=True)
    assert [one.order.order_id for one in held.book.orders] == ["A-1", "A-2", "A-3", "A-4", "A-9"]


def test_the_stock_they_shared(folder: Path) -> None:
    """What was there for them is what is on hand and what left; free is what nobody has taken at the end."""
    found = read_recorded(folder)
    shared = {("ink", "near"): 4, ("ink", "far"): 10, ("jar", "near"): 5, ("jar", "far"): 5, ("kit", "far"): 8}
    assert units(found) == shared
    assert units(found, free=True) == {
        **shared,
        ("ink", "near"): 3,
        ("ink", "far"): 7,
        ("jar", "far"): 4,
        ("kit", "far"): 7,
    }


def test_the_folder_is_not_touched(folder: Path) -> None:
    """A whole simulation leaves every byte of the folder's data as it was, also beside a process that serves it."""
    before = fingerprints(folder)
    settings = SimulationSettings(policies=("cheapest", "nearest"), data=folder)
    simulation = run(settings)
    assert simulation.decided == 3
    assert fingerprints(folder) == before
    with open_engine(folder) as engine:
        digest = engine.digest()
        opened = fingerprints(folder)
        command = [sys.executable, "-m", "fastdom_client.cli", "simulate", "--data", str(folder), "--policy", "nearest"]
        told = subprocess.run(command, capture_output=True, text=True, check=True)
        assert told.stdout.startswith("3 orders decided")
        assert fingerprints(folder) == opened
        assert engine.digest() == digest


def test_the_policy_of_then_decides_as_then(folder: Path) -> None:
    """Replayed under the policy that decided them, the orders go where they went."""
    (tally,) = run(SimulationSettings(policies=("cheapest",), data=folder)).tallies
    assert {node: work.units for node, work in tally.nodes.items()} == {"far": 4, "near": 1}


def test_orders_that_began_before_the_journal(folder: Path) -> None:
    """Where the journal was pruned, open orders of the oldest checkpoint are found with what is open of them."""
    with open_engine(folder) as engine:
        routed(engine, 5, ("jar", 1))
        engine.checkpoint()
        routed(engine, 6, ("jar", 1))
        engine.checkpoint()
        routed(engine, 7, ("jar", 1))
        engine.wait_durable(engine.face.seq)
        assert engine.journal.first_seq > 1
    found = read_recorded(folder)
    assert [one.order.order_id for one in found.book.orders] == ["A-2", "A-9", "A-5", "A-6", "A-7"]
    assert units(found)["jar", "far"] == 4
    assert run(SimulationSettings(policies=("cheapest",), data=folder)).decided == 5


def test_other_orders_on_the_stock_of_the_end(folder: Path, tmp_path: Path) -> None:
    """Orders of a file find the stock that is free at the end, and nodes that are closed stay so."""
    with open_engine(folder) as engine:
        engine.face.set_node_status(SetNodeStatusRequest("off", "far", NodeStatus.PAUSED), engine.now_us())
        engine.wait_durable(engine.face.seq)
        now_us = engine.now_us()
    orders = tmp_path / "orders.csv"
    orders.write_text(
        "order_id,channel,postal_code,sku,quantity\nB,web,10001,ink,3\nC,web,10001,ink,1\nD,web,10001,kit,1\n"
    )
    settings = SimulationSettings(policies=("cheapest",), data=folder, orders=orders, start_us=now_us)
    (tally,) = run(settings).tallies
    assert {node: work.units for node, work in tally.nodes.items()} == {"near": 3}
    assert sum(tally.refused_orders.values()) == 2
    stock = tmp_path / "stock.csv"
    stock.write_text("sku,node_id,on_hand\nink,near,4\n")
    (other,) = run(replace(settings, stock=stock)).tallies
    assert {node: work.units for node, work in other.nodes.items()} == {"near": 4}


def test_folders_that_cannot_be_simulated(tmp_path: Path) -> None:
    """A folder that is none, and one without a network, are told apart."""
    with pytest.raises(CannotOpen):
        read_recorded(tmp_path / "none")
    with Engine.open(tmp_path / "empty", durability="process", limits=small_limits()):
        pass
    with pytest.raises(SimulationRefused, match="no network was ever loaded into it"):
        read_recorded(tmp_path / "empty")


def test_fulfilments_that_are_forgotten(tmp_path: Path) -> None:
    """When the log of fulfilments is too short to say what the orders shared, the stock must be given."""
    data = tmp_path / "data"
    limits = small_limits(fulfilment_log_max=1)
    with Engine.open(data, network=grove.files(), durability="process", limits=limits) as engine:
        for number in (1, 2):
            engine.fulfill(FulfillRequest(f"ship-{number}", routed(engine, number, ("jar", 1))))
        engine.wait_durable(engine.face.seq)
    with pytest.raises(SimulationRefused, match="give it with --stock"):
        run(SimulationSettings(policies=("cheapest",), data=data))
    stock = tmp_path / "stock.csv"
    stock.write_text(grove.STOCK)
    assert run(SimulationSettings(policies=("cheapest",), data=data, stock=stock)).decided == 2


def test_a_window_begins_with_what_was_free_then(folder: Path) -> None:
    """Orders before --since are left out and keep their units; those at --until or later neither count nor take."""
    first, second, last = read_recorded(folder).book.orders
    late = read_recorded(folder, window=Window(since_us=second.at_us))
    assert [one.order.order_id for one in late.book.orders] == ["A-2", "A-9"]
    assert sum(units(read_recorded(folder)).values()) - sum(units(late).values()) == first.units
    early = read_recorded(folder, window=Window(until_us=last.at_us))
    assert [one.order.order_id for one in early.book.orders] == ["A-1", "A-2"]
    assert units(early)["kit", "far"] == 3
    assert [one.order.order_id for one in read_recorded(folder, window=Window(orders_max=1)).book.orders] == ["A-1"]
    assert not read_recorded(folder, window=Window(since_us=last.at_us + 1)).book.orders


def test_the_folders_own_policies(folder: Path) -> None:
    """Without a policy the active version decides, after the one before it where there is one; versions have names."""
    simulation = run(SimulationSettings(policies=(), data=folder))
    assert [policy.label for policy in simulation.policies] == ["cheapest@1"]
    document = (
        b'format = 1\nname = "cheapest"\ncurrency = "EUR"\n'
        b"objectives.distance = { weight = 1, micros_per_km_unit = 1000000 }\n"
    )
    with Engine.open(folder, durability="process", limits=small_limits()) as engine:
        draft = engine.policies.create(Source(document), Asked("create")).entry
        active = engine.policies.activate("cheapest", draft.version, draft.etag, Asked("activate"))
        engine.wait_durable(active.seq)
    simulation = run(SimulationSettings(policies=(), data=folder))
    assert [policy.label for policy in simulation.policies] == ["cheapest@1", "cheapest@2"]
    assert simulation.policies[1].steps == (("distance", 1024),)
    assert [tally.nodes["near"].units for tally in simulation.tallies][1] > 1
