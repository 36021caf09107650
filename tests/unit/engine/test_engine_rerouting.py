"""Moving what a failed node holds: it survives a crash between the switch and the moves, and ends with the failure."""

from pathlib import Path

import pytest
from folders import files, open_engine, set_stock

from fastdom.engine.engine import Engine
from fastdom.types import (
    Destination,
    GetReservationRequest,
    NodeStatus,
    Order,
    OrderLine,
    PostalAddress,
    Reservation,
    ReserveMode,
    ReserveRequest,
    SetNodeStatusRequest,
)

STOCK = "sku,node_id,on_hand\nink,alder,90\nink,birch,90\nink,cedar,90\n"


def switch(engine: Engine, rid: str, node_id: str, status: NodeStatus) -> None:
    """A durable switch, nothing moved."""
    request = SetNodeStatusRequest(rid, node_id, status)
    engine.wait_durable(engine.face.set_node_status(request, engine.now_us()).seq)


def held(engine: Engine, reservation: str) -> dict[str, int]:
    """Open units by node."""
    found: Reservation = engine.face.get_reservation(GetReservationRequest(reservation), engine.now_us()).reservation
    units = {a.node_id: a.held + a.committed for a in found.allocations}
    return {node_id: count for node_id, count in units.items() if count}


def order_at(engine: Engine, rid: str, node_id: str) -> str:
    """A firm reservation of 3 units pinned to a node, deliverable from any; its id."""
    lines = (OrderLine("L1", "ink", 3, node_id=node_id),)
    order = Order(rid, "web", lines, Destination(PostalAddress("10001", "DE")))
    result = engine.face.reserve(ReserveRequest(rid, order, mode=ReserveMode.FIRM), engine.now_us())
    engine.wait_durable(result.seq)
    assert result.reservation is not None
    return result.reservation.reservation_id


def test_moving_goes_on_after_a_restart(tmp_path: Path) -> None:
    """A switch whose moves were never made is found at the next opening, and moving then leaves nothing at the node."""
    with open_engine(tmp_path / "data", network=files(STOCK)) as engine:
        reservation = order_at(engine, "one", "alder")
        switch(engine, "off", "alder", NodeStatus.OFFLINE)
    with open_engine(tmp_path / "data", network=None) as engine:
        assert held(engine, reservation) == {"alder": 3}
        assert engine.offline_nodes() == ["alder"]
        *_, last = engine.reroute_node("alder")
        assert (last.reservations_moved, last.units_moved, last.units_stranded) == (1, 3, 0)
        assert "alder" not in held(engine, reservation)
        *_, again = engine.reroute_node("alder")
        assert again.reservations_moved == 0


def test_moving_ends_when_the_node_works_again(tmp_path: Path) -> None:
    """A node switched ONLINE in the middle keeps what it still has."""
    with open_engine(tmp_path / "data", network=files(STOCK)) as engine:
        reservations = [order_at(engine, f"r{i}", "alder") for i in range(16 + 3)]
        switch(engine, "off", "alder", NodeStatus.OFFLINE)
        slices = engine.reroute_node("alder")
        moved = next(slices).reservations_moved
        switch(engine, "on", "alder", NodeStatus.ONLINE)
        assert [progress.reservations_moved for progress in slices] == [moved]
        assert moved == 16
        assert sum("alder" in held(engine, reservation) for reservation in reservations) == 3
        assert engine.offline_nodes() == []


def test_a_node_that_is_not_known_cannot_be_emptied(tmp_path: Path) -> None:
    """An unknown node is a KeyError before anything is looked at."""
    with open_engine(tmp_path / "data") as engine, pytest.raises(KeyError):
        next(engine.reroute_node("nowhere"))


def test_what_fitted_nowhere_moves_once_there_is_stock(tmp_path: Path) -> None:
    """Stranded units move in a later pass, which resolves their exception."""
    with open_engine(tmp_path / "data") as engine:
        reservation = order_at(engine, "one", "alder")
        switch(engine, "off", "alder", NodeStatus.OFFLINE)
        *_, first = engine.reroute_node("alder")
        assert (first.units_moved, first.units_stranded) == (0, 3)
        set_stock(engine, "more", "ink", "birch", 10)
        assert engine.face.stats()["exceptions_open"] == 1
        *_, second = engine.reroute_node("alder")
        assert (second.units_moved, second.units_stranded) == (3, 0)
        assert held(engine, reservation) == {"birch": 3}
        assert engine.face.stats()["exceptions_open"] == 0
