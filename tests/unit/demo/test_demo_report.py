"""The report of a demo run."""

from io import StringIO

import pytest
from rich.console import Console
from small_market import EAST, WEST, claim, record_of

from fastdom.demo.audit import Findings
from fastdom.demo.disturbances import CrashRecovery, NodeFailure
from fastdom.demo.measures import Measures
from fastdom.demo.report import DemoReport
from fastdom.demo.settings import DemoSettings

CLEAN = Findings(0, 0, 0, 0, rerouted=1, rerouted_units=2, stranded=3, stranded_units=4)
KEYS = (
    *("orders", "reserved", "refused", "stranded", "oversold_units", "lost_acks", "duplicate_effects", "digest_equal"),
    *("nodes_offlined", "rerouted", "recovery_ms", "orders_per_s", "decision_us", "rpc_us"),
)


def report_of(findings: Findings | None = CLEAN, live: str = "aa@9", replayed: str = "aa@9") -> DemoReport:
    """Return the report of a run of four orders in half a second."""
    record = record_of(claim(1, {("1", EAST): 1}), claim(2, {("1", EAST): 1, ("2", WEST): 1}))
    record.reserved, record.refusals = 2, {"OUT_OF_STOCK": 2}
    return DemoReport(
        DemoSettings(),
        record,
        Measures(promise_us=[5, 7], reserve_us=[9], decision_us=[3], repeats=1, sale_us=500_000),
        ended=4,
        failure=NodeFailure(EAST, 5, 6, 7, 8),
        recovery=CrashRecovery(1_234_567, 12.34, 99),
        findings=findings,
        live_digest=live,
        replay_digest=replayed,
    )


def text_of(report: DemoReport) -> str:
    """Return the table as printed without a terminal."""
    out = StringIO()
    Console(file=out, width=160).print(report.table())
    return out.getvalue()


def test_the_json_has_the_agreed_keys_first() -> None:
    """Names, nesting and values of the keys that others read."""
    facts = report_of().as_json()
    assert tuple(facts)[: len(KEYS)] == KEYS
    assert {key: facts[key] for key in KEYS} == {
        "orders": 4,
        "reserved": 2,
        "refused": 2,
        "stranded": 3,
        "oversold_units": 0,
        "lost_acks": 0,
        "duplicate_effects": 0,
        "digest_equal": True,
        "nodes_offlined": 1,
        "rerouted": 1,
        "recovery_ms": 1234.6,
        "orders_per_s": 8.0,
        "decision_us": {"p50": 3, "p99": 3},
        "rpc_us": {"promise": {"p50": 5, "p99": 7}, "reserve": {"p50": 9, "p99": 9}},
    }
    assert facts["split_rate"] == 0.5


@pytest.mark.parametrize("wrong", range(4))
def test_each_finding_fails_the_run(wrong: int) -> None:
    """One oversold unit, lost ack, duplicate effect or stock difference makes exit code 1."""
    counts = [int(place == wrong) for place in range(4)]
    report = report_of(Findings(*counts, ("r1: [lost] somewhere",)))
    assert report.exit_code == 1
    text = text_of(report)
    assert "NOT CLEAN" in text
    assert "r1: [lost] somewhere" in text


def test_a_digest_that_differs_fails_the_run() -> None:
    """Another digest, another sequence or none at all is exit code 1."""
    assert report_of().exit_code == 0
    assert [report_of(replayed=digest).exit_code for digest in ("bb@9", "aa@8", "")] == [1, 1, 1]


def test_an_order_without_an_answer_fails_the_run() -> None:
    """Orders that ended by an error are told with their cause."""
    report = report_of()
    report.record.error("INTERNAL: boom")
    assert report.exit_code == 1
    assert "1 INTERNAL: boom" in text_of(report)


def test_a_run_stopped_early_shows_what_it_has() -> None:
    """Without audit and digest the table and the JSON are those of an unfinished run, exit code 130."""
    report = report_of(None, "", "")
    report.interrupted, report.recovery = True, None
    facts = report.as_json()
    assert (facts["oversold_units"], facts["digest_equal"], facts["recovery_ms"], facts["orders"]) == (
        None,
        None,
        None,
        4,
    )
    assert "stopped early" in text_of(report)
    assert report.exit_code == 130


def test_an_empty_report_can_be_shown() -> None:
    """A run stopped before its first order has no rates and no times."""
    report = DemoReport(DemoSettings(), interrupted=True)
    assert report.as_json()["orders_per_s"] is None
    assert "orders" in text_of(report)


def test_the_table_names_what_a_reader_looks_for() -> None:
    """Every measure of the run has its row."""
    text = text_of(report_of())
    for row in (
        *("filled", "refused", "split rate", "rerouted", "stranded", "recovery", "orders/s", "decision", "Promise RPC"),
        *("Reserve RPC", "Commit RPC", "oversold", "lost acks", "duplicate effects", "digest"),
    ):
        assert row in text
