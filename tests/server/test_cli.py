"""The command line and the client against a real server on the demo network."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from server_process import ServerProcess

from fastdom_api.v1.reservation_pb2 import RESERVATION_STATE_HELD, RESERVATION_STATE_RELEASED
from fastdom_client import AsyncClient, Client, FastdomError, RequestIdReusedError, calls, order, outcomes
from fastdom_client.cli import main

PIN = "560001"


class Ran(NamedTuple):
    """What a command printed and exited with."""

    code: int
    out: str
    err: str

    @property
    def reply(self) -> Any:
        """The JSON it printed."""
        assert self.code in (0, 1), self.err
        return json.loads(self.out)


Fastdom = Callable[..., Ran]


@pytest.fixture
def fastdom(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, server: ServerProcess) -> Fastdom:
    """Run a command line against the shared server."""
    monkeypatch.setenv("FASTDOM_SERVER", server.address)
    monkeypatch.setenv("FASTDOM_CHANNEL", "own-site")
    monkeypatch.delenv("FASTDOM_TZ", raising=False)

    def command(*arguments: str) -> Ran:
        capsys.readouterr()
        code = main(arguments)
        return Ran(code, *capsys.readouterr())

    return command


@pytest.fixture
def position(fastdom: Fastdom) -> tuple[str, str]:
    """A position that has just received a thousand units."""
    sku = fastdom("skus", "--limit", "1", "--json").reply[0]["sku"]
    node = next(
        node["node_id"] for node in fastdom("nodes", "--json").reply if node["type"] == "NODE_TYPE_DISTRIBUTION_CENTRE"
    )
    assert fastdom("adjust", sku, node, "1000", "--reason", "receipt").code == 0
    return sku, node


def test_a_checkout(fastdom: Fastdom, position: tuple[str, str]) -> None:
    """Promise, Reserve with its token, Commit and Fulfill carry one reservation through its life."""
    sku, _ = position
    promised = fastdom("promise", f"{sku}:2", "--pin", PIN, "--json").reply
    option = promised["options"][0]
    token = option["option_token"]
    taken = fastdom("reserve", f"{sku}:2", "--pin", PIN, "--token", token, "--order", "cli-1", "--json").reply
    assert taken["outcome"] == "RESERVE_OUTCOME_GRANTED"
    reservation_id = taken["reservation"]["reservation_id"]
    assert "COMMITTED" in fastdom("commit", reservation_id).out
    assert "FULFILLED" in fastdom("fulfill", reservation_id).out
    shown = fastdom("reservation", reservation_id, "--json").reply["reservation"]
    assert shown["state"] == "RESERVATION_STATE_FULFILLED"
    assert [one["reservation_id"] for one in fastdom("reservations", "--order", "cli-1", "--json").reply] == [
        reservation_id
    ]


def test_a_plan_takes_nothing(fastdom: Fastdom, position: tuple[str, str]) -> None:
    """route is a dry run unless told otherwise."""
    sku, node = position
    before = fastdom("stock", sku, "--node", node, "--json").reply["positions"]
    ran = fastdom("route", f"{sku}:3", "--pin", PIN)
    assert ran.code == 0, ran.err
    assert "COMPLETE" in ran.out
    assert fastdom("stock", sku, "--node", node, "--json").reply["positions"] == before


def test_a_hold_is_extended_and_released(fastdom: Fastdom, position: tuple[str, str]) -> None:
    """A pinned hold takes its units from the position, and Release gives them back."""
    sku, node = position
    before = fastdom("stock", sku, "--node", node, "--json").reply["positions"][0]
    taken = fastdom("reserve", f"{sku}:5@{node}", "--ttl", "2m", "--json").reply
    reservation_id = taken["reservation"]["reservation_id"]
    during = fastdom("stock", sku, "--node", node, "--json").reply["positions"][0]
    assert (during["held"], during["available"]) == (before["held"] + 5, before["available"] - 5)
    assert fastdom("extend", reservation_id, "--ttl", "5m").code == 0
    assert "RELEASED" in fastdom("release", reservation_id).out
    assert fastdom("stock", sku, "--node", node, "--json").reply["positions"][0] == before


def test_not_enough_stock(fastdom: Fastdom, position: tuple[str, str]) -> None:
    """More than there is: exit code 1, and the reason."""
    sku, node = position
    for command in (("reserve", f"{sku}:900000@{node}"), ("route", f"{sku}:900000", "--pin", PIN)):
        ran = fastdom(*command)
        assert ran.code == 1, ran.err
        assert "OUT_OF_STOCK" in ran.out
    promised = fastdom("promise", f"{sku}:900000", "--pin", PIN)
    assert promised.code == 1, promised.err


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (("route", "NO-SUCH-SKU:1", "--pin", PIN), "UNKNOWN_SKU at order.lines[0].sku"),
        (("route", "NO-SUCH-SKU:1", "--pin", PIN, "--channel", "fax"), "UNKNOWN_CHANNEL at order.channel"),
        (("network", "pin", "000000"), "UNKNOWN_POSTAL_CODE at postal_code"),
        (("commit", "0" * 32), "RESERVATION_NOT_FOUND at reservation_id"),
        (("node", "NOWHERE"), "UNKNOWN_NODE at node_id"),
        (("resolve", "99999999"), "EXCEPTION_NOT_FOUND at exception_id"),
    ],
)
def test_errors_are_one_line(fastdom: Fastdom, command: tuple[str, ...], reason: str) -> None:
    """An error answer is exit code 3 and one line with reason and field."""
    ran = fastdom(*command)
    assert (ran.code, ran.out) == (3, "")
    assert ran.err.startswith(f"error: {reason}: ")
    assert len(ran.err.splitlines()) == 1


def test_zero_units(fastdom: Fastdom, position: tuple[str, str]) -> None:
    """A quantity of 0 is refused by the server, naming the field."""
    ran = fastdom("route", f"{position[0]}:0", "--pin", PIN)
    assert ran.code == 3
    assert "INVALID_QUANTITY at order.lines[0].quantity" in ran.err


@pytest.mark.parametrize(
    "command",
    [
        ("nodes",),
        ("skus", "--limit", "3"),
        ("exceptions",),
        ("digest",),
        ("checkpoint",),
        ("info",),
        ("network", "show"),
        ("network", "carriers"),
        ("network", "lanes", "--limit", "3"),
        ("network", "pin", PIN),
        ("reservations", "--limit", "3"),
    ],
)
def test_reads(fastdom: Fastdom, command: tuple[str, ...]) -> None:
    """Every read answers with a table, and with the same as JSON."""
    assert fastdom(*command).code == 0
    assert fastdom(*command, "--json").reply is not None


def test_a_node_is_paused_and_back(fastdom: Fastdom) -> None:
    """node NODE paused and online switch it and show it."""
    node = fastdom("nodes", "--json").reply[-1]["node_id"]
    assert "PAUSED" in fastdom("node", node, "paused").out
    assert "PAUSED" in fastdom("node", node).out
    assert "ONLINE" in fastdom("node", node, "online").out


def test_a_stopped_folder_verifies(tmp_path: Path, network_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """After a clean stop verify calls the folder sound, and the stopped server is not reachable: exit code 2."""
    folder = tmp_path / "data"
    with ServerProcess(folder, "--network", str(network_folder), "--durability", "process") as process:
        code, told = process.stop()
        assert code == 0, told
    assert main(["verify", str(folder)]) == 0, capsys.readouterr()
    assert main(["digest", "--server", process.address]) == 2


def test_a_repeat_has_one_effect(server: ServerProcess, position: tuple[str, str]) -> None:
    """The same call sent twice gives the same reservation; the same id with another body is RequestIdReusedError."""
    sku, node = position
    with Client(server.address) as client:
        sent = calls.reservations.reserve(order("own-site", [(sku, 4, node)]), ttl=60)
        first, second = client.send(sent), client.send(sent)
        assert first.reservation.reservation_id == second.reservation.reservation_id
        with pytest.raises(RequestIdReusedError) as caught:
            client.reserve(order("own-site", [(sku, 5, node)]), request_id=sent.request.request_id)
        assert caught.value.reason == "REQUEST_ID_REUSED"
        client.release(first.reservation.reservation_id)


def test_a_batch_answers_per_item(server: ServerProcess, position: tuple[str, str]) -> None:
    """One bad item of a batch leaves the others as they are."""
    sku, node = position
    with Client(server.address) as client:
        good = calls.reservations.reserve(order("own-site", [(sku, 1, node)]), ttl=60).request
        bad = calls.reservations.reserve(order("own-site", [("NO-SUCH-SKU", 1, node)]), ttl=60).request
        granted, refused = outcomes(client.batch_reserve([good, bad]))
    assert not isinstance(granted, FastdomError)
    assert granted.reservation.state == RESERVATION_STATE_HELD
    assert isinstance(refused, FastdomError)
    assert refused.reason == "UNKNOWN_SKU"


def test_an_import(server: ServerProcess, position: tuple[str, str]) -> None:
    """Rows are set, a bad one is reported with its place, and a repeated import has no second effect."""
    sku, node = position
    rows = [(sku, node, 500), ("NO-SUCH-SKU", node, 1)]
    with Client(server.address) as client:
        first = client.import_inventory(rows, import_id="cli-import")
        again = client.import_inventory(rows, import_id="cli-import")
        (shown,) = client.get_availability([sku], [node]).positions
    assert (first.rows_applied, first.rows_refused, first.errors[0].row_i) == (1, 1, 1)
    assert (again.chunks_repeated, again.rows_applied) == (1, 1)
    assert shown.on_hand == 500


def test_checkouts_of_the_asyncio_client(server: ServerProcess, position: tuple[str, str]) -> None:
    """Many holds and releases at once leave nothing held."""
    sku, node = position

    async def one(client: AsyncClient) -> int:
        taken = await client.reserve(order("own-site", [(sku, 1, node)]), ttl=60)
        given = await client.release(taken.reservation.reservation_id)
        return given.reservation.state

    async def everyone() -> list[int]:
        async with AsyncClient(server.address) as client:
            await client.wait_until_serving(30)
            return list(await asyncio.gather(*(one(client) for _ in range(50))))

    assert set(asyncio.run(everyone())) == {RESERVATION_STATE_RELEASED}
