"""Arguments of the wrong type: refused by the name of the field, before anything is sent."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import numpy as np
import pytest
from fake_server import FakeServer
from hypothesis import given
from hypothesis import strategies as st

from fastdom_api.v1.inventory_service_pb2 import SetInventoryRequest
from fastdom_api.v1.order_pb2 import Order, OrderLine
from fastdom_client import AsyncClient, Client, line, order
from fastdom_client.fields import message

CART = order("web", [("MUG", 1)], pin="560001")
Use = Callable[[Any], Any]

# What is done with a client of either kind, and what the error says.
WRONG: list[tuple[Use, str]] = [
    (lambda c: c.route(order("web", [("MUG", "3")])), "lines[0].quantity must be a whole number, not str"),
    (
        lambda c: c.route(order("web", [("MUG", 1), ("MUG", True)])),
        "lines[1].quantity must be a whole number, not bool",
    ),
    (lambda c: c.route(order("web", [("MUG", 2.0)])), "lines[0].quantity must be a whole number, not float"),
    (
        lambda c: c.route(order("web", [("MUG", 2**31)])),
        "lines[0].quantity must be -2147483648 .. 2147483647, got 2147",
    ),
    (lambda c: c.route(order("web", [(5, 1)])), "lines[0].sku must be a str, not int"),
    (lambda c: c.route(order("web", [("MUG", 1, None)])), "lines[0].node_id must be a str, not None"),
    (
        lambda c: c.route(order("web", ["MUG:1"])),
        "lines[0] must be (sku, quantity), (sku, quantity, node_id) or OrderL",
    ),
    (
        lambda c: c.route(order("web", [("MUG",)])),
        "lines[0] must be (sku, quantity), (sku, quantity, node_id) or OrderL",
    ),
    (lambda c: c.route(order("web", None)), "lines must be a list or another iterable, not None"),
    (lambda c: c.route(order("web", "MUG")), "lines must be a list or another iterable, not str"),
    (lambda c: c.route(order(None, [])), "channel must be a str, not None"),
    (lambda c: c.route(order("web", [], order_id=5)), "order_id must be a str, not int"),
    (lambda c: c.route(order("web", [], pin=560001)), "pin must be a str, not int"),
    (lambda c: c.route(order("web", [], value_micros=1.5)), "value_micros must be a whole number, not float"),
    (lambda c: c.route(order("web", [], currency=5)), "currency must be a str, not int"),
    (lambda c: c.route(order("web", [], service_level=1.5)), "service_level must be a name or a number, not float"),
    (lambda c: c.route(order("web", [], payment="cash")), "payment: 'cash' is not one of PREPAID"),
    (
        lambda c: c.route(order("web", [], placed_at=date(2025, 11, 28))),
        "placed_at must be a datetime or Timestamp, not",
    ),
    (lambda c: c.route(line("MUG", 1)), "order must be Order, not OrderLine"),
    (lambda c: c.route(None, policy=5), "policy must be a str, not int"),
    (lambda c: c.route(CART, include_node_ids="BLR-1"), "include_node_ids must be a list or another iterable, not str"),
    (lambda c: c.route(CART, exclude_node_ids=["A", 5]), "exclude_node_ids[1] must be a str, not int"),
    (lambda c: c.route(CART, explain="no"), "explain must be bool, not str"),
    (lambda c: c.route(CART, timeout_s="5"), "timeout_s must be a number of seconds, not str"),
    (lambda c: c.promise(CART, service_levels="EXPRESS"), "service_levels must be a list or another iterable, not str"),
    (lambda c: c.promise(CART, service_levels=["SOON"]), "service_levels[0]: 'SOON' is not one of STANDARD"),
    (lambda c: c.promise({"channel": "web"}), "order must be Order, not dict"),
    (lambda c: c.batch_promise([CART]), "requests[0] must be PromiseRequest, not Order"),
    (lambda c: c.reserve(CART, option_token="abc"), "option_token must be bytes, not str"),
    (lambda c: c.reserve(CART, ttl="15m"), "ttl must be a number of seconds, a timedelta or a Duration, not str"),
    (lambda c: c.reserve(CART, ttl=float("nan")), "ttl must be a finite number of seconds"),
    (lambda c: c.reserve(CART, request_id=7), "request_id must be a str, not int"),
    (lambda c: c.commit(7), "reservation_id must be a str, not int"),
    (lambda c: c.release("r1", [("1", "2")]), "lines[0].quantity must be a whole number, not str"),
    (lambda c: c.fulfill("r1", None), "lines must be a list or another iterable, not None"),
    (lambda c: c.reroute("r1", None), "node_id must be a str, not None"),
    (lambda c: c.reroute("r1", "BLR-1", [("1", 2, "X")]), "lines[0] must be (line_id, quantity) or RerouteLine"),
    (lambda c: c.reroute("r1", "BLR-1", [("1", "2")]), "lines[0].quantity must be a whole number, not str"),
    (lambda c: c.reroute("r1", "BLR-1", reason="BROKEN"), "reason: 'BROKEN' is not one of REJECTED, SHORT_PICK"),
    (lambda c: c.adjust_inventory("MUG", "BLR-1", "3", "COUNT"), "delta must be a whole number, not str"),
    (lambda c: c.adjust_inventory("MUG", "BLR-1", 3, 1.5), "reason must be a name or a number, not float"),
    (lambda c: c.get_availability("MUG"), "skus must be a list or another iterable, not str"),
    (lambda c: c.get_availability(["\ud800"]), "skus[0] is not text"),
    (lambda c: c.import_inventory(None), "rows must be a list or another iterable, not None"),
    (
        lambda c: c.import_inventory([("MUG", "BLR-1", 1), ("MUG", "BLR-1", "2")]),
        "rows[1].on_hand must be a whole numb",
    ),
    (lambda c: c.import_inventory([("MUG", "BLR-1")]), "rows[0] must be (sku, node_id, on_hand) or InventoryRow"),
    (lambda c: c.import_inventory([], import_id=5), "import_id must be a str, not int"),
    (lambda c: c.load_network(5), "files must be a folder, or a mapping of file names to bytes, not int"),
    (lambda c: c.load_network({"a.csv": "x"}), "files['a.csv'].content must be bytes, not str"),
    (lambda c: c.set_node_status("BLR-1", 1.5), "status must be a name or a number, not float"),
    (lambda c: c.get_node(5), "node_id must be a str, not int"),
]
IDS = [says.split(" must")[0] + f"-{i}" for i, (_, says) in enumerate(WRONG)]


@pytest.fixture(scope="module")
def shared() -> Iterator[FakeServer]:
    """A server that nothing may reach."""
    server = FakeServer()
    yield server
    server.stop()


@pytest.mark.parametrize(("use", "says"), WRONG, ids=IDS)
def test_the_field_is_named(shared: FakeServer, use: Use, says: str) -> None:
    """A value of the wrong type is an error that begins with its field, and nothing is sent."""
    with Client(shared.address) as client, pytest.raises((TypeError, ValueError)) as caught:
        use(client)
    assert str(caught.value).startswith(says)
    assert not shared.seen


@pytest.mark.parametrize(("use", "says"), WRONG, ids=IDS)
def test_the_field_is_named_by_asyncio(shared: FakeServer, use: Use, says: str) -> None:
    """The asyncio client says the same."""

    async def main() -> None:
        async with AsyncClient(shared.address) as client:
            await use(client)

    with pytest.raises((TypeError, ValueError)) as caught:
        asyncio.run(main())
    assert str(caught.value).startswith(says)
    assert not shared.seen


@pytest.mark.parametrize("kind", [Client, AsyncClient])
def test_arguments_of_the_client(kind: type) -> None:
    """The server's address and the time limit of a client are looked at as well."""
    with pytest.raises(TypeError, match=r"^server must be a str, not int"):
        kind(7443)
    with pytest.raises(TypeError, match=r"^timeout_s must be a number of seconds, not str"):
        kind(timeout_s="5")


def test_right_values_pass() -> None:
    """Numbers of numpy, generators, and None for what may be absent are taken."""
    made = message(OrderLine, sku="MUG", quantity=np.int32(3), attributes={"a": "b"})
    assert made == OrderLine(sku="MUG", quantity=3, attributes={"a": "b"})
    assert message(Order, lines=(made for _ in range(2)), placed_at=None) == Order(lines=[made, made])
    assert not message(SetInventoryRequest, expected_on_hand=None).HasField("expected_on_hand")


def test_maps_name_their_key() -> None:
    """A map must be one, of text to text."""
    for wrong, says in (
        ([], "attributes must be a mapping"),
        ({1: ""}, "key of attributes"),
        ({"a": 1}, "s['a'] must"),
    ):
        with pytest.raises(TypeError) as caught:
            line("MUG", 1, attributes=wrong)  # type: ignore[arg-type]
        assert says in str(caught.value)


@given(
    value=st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.binary(), st.lists(st.text()))
)
def test_a_field_takes_its_type_or_says_its_name(value: Any) -> None:
    """Whatever is given for a field is either in the message as it is, or refused by the field's name."""
    for name in ("sku", "quantity"):
        try:
            made = message(OrderLine, **{name: value})
        except (TypeError, ValueError) as error:
            assert str(error).startswith(f"{name} ")
        else:
            assert getattr(made, name) == value
            assert not isinstance(value, bool)
