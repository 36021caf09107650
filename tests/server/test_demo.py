"""The demo over real processes: clean, with one oversell, refused at the start, stopped early."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from fastdom.demo.market import Market
from fastdom.demo.replay import replay_from_zero
from fastdom.demo.run import DemoReport, DemoSettings, main, run
from fastdom_client import AsyncClient

KEYS = {
    *("orders", "reserved", "refused", "stranded", "oversold_units", "lost_acks", "duplicate_effects", "digest_equal"),
    *("nodes_offlined", "rerouted", "recovery_ms", "orders_per_s", "decision_us", "rpc_us"),
}
ORDERS = 300


@pytest.fixture(scope="module")
def sale(tmp_path_factory: pytest.TempPathFactory) -> tuple[DemoReport, Path]:
    """Run one sale and keep its data folder."""
    data = tmp_path_factory.mktemp("demo") / "data"
    return run(DemoSettings(orders=ORDERS, data=data)), data


def test_a_sale_with_a_failing_node_and_a_crash_is_clean(sale: tuple[DemoReport, Path]) -> None:
    """Nothing is oversold, lost, duplicated or unaccounted for, and every order had its answer."""
    facts = sale[0].as_json()
    assert sale[0].exit_code == 0, facts
    assert facts.keys() >= KEYS
    wrong = ("oversold_units", "lost_acks", "duplicate_effects", "stock_differences", "failed_orders")
    assert [facts[key] for key in wrong] == [0] * len(wrong)
    assert (facts["digest_equal"], facts["interrupted"]) == (True, False)
    assert facts["orders"] == facts["reserved"] + facts["refused"] == ORDERS


def test_the_sale_went_through_what_it_is_for(sale: tuple[DemoReport, Path]) -> None:
    """Stock ran out, a node failed and its units moved, the server died and recovered, requests were sent twice."""
    facts = sale[0].as_json()
    for key in ("refused", "rerouted", "repeated_requests", "committed", "released", "expired", "recovery_ms"):
        assert facts[key] > 0, key
    assert facts["nodes_offlined"] == 1
    assert facts["decision_us"]["p50"] is not None
    assert facts["rpc_us"]["promise"]["p99"] >= facts["rpc_us"]["promise"]["p50"] > 0
    assert facts["rpc_us"]["reserve"]["p99"] >= facts["rpc_us"]["reserve"]["p50"] > 0


def test_the_kept_data_replays_to_the_reported_digest(sale: tuple[DemoReport, Path]) -> None:
    """The data folder that was asked for stays, and anyone can replay it."""
    report, data = sale
    replayed = replay_from_zero(data)
    assert f"{replayed.digest}@{replayed.seq}" == report.live_digest == report.replay_digest


async def oversell(client: AsyncClient, market: Market) -> None:
    """Behind the audit's back the server gets stock of the hottest SKU that is in no warehouse."""
    sku = market.hot[0][0]
    for at, node in sorted(market.shelves):
        if at == sku:
            await client.adjust_inventory(sku, node, 1_000, "RECEIPT")


def test_an_oversell_of_the_server_makes_the_demo_fail(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The server sells more than the network files have: found from what it acknowledged, exit code 1, told twice."""
    file = tmp_path / "report.json"
    assert main(DemoSettings(orders=ORDERS, json=file), before_sale=oversell) == 1
    facts: dict[str, Any] = json.loads(file.read_text())
    assert facts["oversold_units"] >= 1
    assert facts["stock_differences"] >= 1
    assert (facts["lost_acks"], facts["duplicate_effects"], facts["digest_equal"]) == (0, 0, True)
    assert "NOT CLEAN" in capsys.readouterr().out


def test_a_server_that_cannot_start_is_exit_code_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The server's own last words are shown, without a traceback of the demo."""
    (tmp_path / "file").write_text("in the way")
    assert main(DemoSettings(orders=1, data=tmp_path / "file" / "data")) == 2
    said = capsys.readouterr().err
    assert said.startswith("fastdom demo: the server ended with exit code 2 before it was ready")
    assert "Traceback" not in said


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopping_it_stops_its_server(tmp_path: Path, number: signal.Signals) -> None:
    """Ctrl-C or SIGTERM in the middle: its server is gone, its folder too, and what was measured is printed."""
    # a suite started in the background of a script inherits an ignored SIGINT; a terminal's program does not
    code = (
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
        "from fastdom.demo.run import *; raise SystemExit(main(DemoSettings(orders=200_000)))"
    )
    environment = {**os.environ, "TMPDIR": str(tmp_path), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, env=environment) as demo:
        assert demo.stdout is not None
        serves = re.match(r"server (\d+) serves", demo.stdout.readline())
        assert serves is not None
        assert demo.stdout.readline().startswith("flash sale of")
        demo.send_signal(number)
        printed, _ = demo.communicate(timeout=60)
    assert "stopped early" in printed
    assert demo.returncode == 130
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(ProcessLookupError):
        os.kill(int(serves[1]), 0)
