"""The result of a run: its numbers, its verdict, and both as a table and as JSON."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from rich import box
from rich.table import Table

from fastdom.demo.audit import Findings
from fastdom.demo.disturbances import CrashRecovery, NodeFailure
from fastdom.demo.measures import Measures, p50_p99
from fastdom.demo.record import Record, Told
from fastdom.demo.settings import DemoSettings

CLEAN, FAILED, CANNOT_START, INTERRUPTED = 0, 1, 2, 130
"""Exit codes; 130 is what a shell gives a program that was stopped by Ctrl-C."""

REASONS_SHOWN = 3


@dataclass(slots=True)
class DemoReport:
    """What a run has found so far; filled as it goes on.

    Attributes
    ----------
    settings : DemoSettings
    record : Record
        What the client was told.
    measures : Measures
        What the client measured.
    ended : int
        Orders that have ended.
    failure : NodeFailure or None
    recovery : CrashRecovery or None
    findings : Findings or None
    live_digest, replay_digest : str
        Of the running server, and of a replay from the first entry, each with its sequence; "" = not taken.
    interrupted : bool
        True when the run was stopped before the audit was done.
    """

    settings: DemoSettings
    record: Record = field(default_factory=Record)
    measures: Measures = field(default_factory=Measures)
    ended: int = 0
    failure: NodeFailure | None = None
    recovery: CrashRecovery | None = None
    findings: Findings | None = None
    live_digest: str = ""
    replay_digest: str = ""
    interrupted: bool = False

    @property
    def digest_equal(self) -> bool | None:
        """Whether the replay reached the live state; None = not compared."""
        return self.live_digest == self.replay_digest if self.live_digest and self.replay_digest else None

    @property
    def _moves(self) -> NodeFailure | Findings:
        """What became of the failed node's units: by the audit, before it as the server reported."""
        return self.findings or self.failure or NodeFailure("", 0, 0, 0, 0)

    @property
    def exit_code(self) -> int:
        """0 = clean; 1 = oversold, lost, duplicated, not conserved, another digest, or orders without an answer."""
        if self.interrupted:
            return INTERRUPTED
        clean = self.findings is not None and self.findings.clean and self.digest_equal is True
        return CLEAN if clean and not self.record.failed else FAILED

    @property
    def orders_per_s(self) -> float | None:
        """Orders ended per second of the sale, the outage included; None before its end."""
        return round(self.ended * 1e6 / self.measures.sale_us, 1) if self.measures.sale_us else None

    @property
    def split_rate(self) -> float | None:
        """Share of reservations that ship from more than one node; None without any."""
        claims = len(self.record.claims)
        return round(self.record.split() / claims, 4) if claims else None

    def as_json(self) -> dict[str, Any]:
        """Return the report as JSON values: first the keys that stay as they are, then what else is known."""
        record, measures, findings = self.record, self.measures, self.findings
        failure, recovery = self.failure, self.recovery
        return {
            "orders": self.ended,
            "reserved": record.reserved,
            "refused": record.refused,
            "stranded": self._moves.stranded,
            "oversold_units": findings.oversold_units if findings else None,
            "lost_acks": findings.lost_acks if findings else None,
            "duplicate_effects": findings.duplicate_effects if findings else None,
            "digest_equal": self.digest_equal,
            "nodes_offlined": int(failure is not None),
            "rerouted": self._moves.rerouted,
            "recovery_ms": round(recovery.first_answer_us / 1_000, 1) if recovery else None,
            "orders_per_s": self.orders_per_s,
            "decision_us": p50_p99(measures.decision_us),
            "rpc_us": {"promise": p50_p99(measures.promise_us), "reserve": p50_p99(measures.reserve_us)},
            "commit_rpc_us": p50_p99(measures.commit_us),
            "refused_for": record.refusals,
            "failed_orders": record.failed,
            "errors": record.errors,
            "committed": record.told(Told.COMMITTED),
            "released": record.told(Told.RELEASED),
            "expired": record.told(Told.HELD),
            "split_rate": self.split_rate,
            "repeated_requests": measures.repeats,
            "stock_differences": findings.stock_differences if findings else None,
            "findings": list(findings.texts) if findings else [],
            "offline_node": failure.node_id if failure else None,
            "rerouted_units": self._moves.rerouted_units,
            "stranded_units": self._moves.stranded_units,
            "server_recovery_ms": round(recovery.server_ms, 1) if recovery else None,
            "entries_replayed": recovery.entries if recovery else None,
            "sale_s": round(measures.sale_us / 1e6, 3),
            "digest": self.live_digest,
            "replay_digest": self.replay_digest,
            "interrupted": self.interrupted,
            "seed": self.settings.seed,
            "durability": self.settings.durability,
            "concurrency": self.settings.concurrency,
        }

    def table(self) -> Table:
        """Return the report for people."""
        table = Table(box=box.SIMPLE_HEAD, show_header=False, title=self._title(), title_justify="left", pad_edge=False)
        table.add_column(no_wrap=True)
        table.add_column(justify="right", no_wrap=True)
        table.add_column(overflow="fold", style="dim")
        for row in self._rows():
            table.add_row(*row)
        return table

    def _title(self) -> str:
        if self.interrupted:
            return "Flash sale, stopped early"
        return "Flash sale: clean" if self.exit_code == CLEAN else "Flash sale: NOT CLEAN"

    def _rows(self) -> Iterator[tuple[str, str, str]]:
        record, measures, failure, recovery = self.record, self.measures, self.failure, self.recovery
        yield "orders", _count(self.ended), f"{self.settings.concurrency} checkouts at once, seed {self.settings.seed}"
        yield "filled", _count(record.reserved), self._endings()
        yield "refused", _count(record.refused), _reasons(record.refusals)
        if record.failed:
            yield "failed", _count(record.failed), _reasons(record.errors)
        yield "split rate", _share(self.split_rate), "of reservations ship from more than one node"
        if failure:
            moves = self._moves
            yield "nodes offlined", "1", failure.node_id
            yield "rerouted", _count(moves.rerouted), f"reservations, {moves.rerouted_units:,} units"
            yield "stranded", _count(moves.stranded), f"reservations, {moves.stranded_units:,} units fit nowhere"
        if recovery:
            own = f"{recovery.entries:,} entries in {recovery.server_ms:.0f} ms"
            yield "recovery", f"{recovery.first_answer_us // 1_000:,} ms", f"to first answer, {own}"
        yield "orders/s", "-" if self.orders_per_s is None else f"{self.orders_per_s:,.0f}", "outage included"
        yield "decision", *_times(measures.decision_us)
        for name, times in (
            ("Promise", measures.promise_us),
            ("Reserve", measures.reserve_us),
            ("Commit", measures.commit_us),
        ):
            yield f"{name} RPC", *_times(times)
        yield from self._verdict()

    def _verdict(self) -> Iterator[tuple[str, str, str]]:
        found = self.findings
        if found is not None:
            yield "oversold", _verdict_count(found.oversold_units), "units, by the client's record of answers"
            yield "lost acks", _verdict_count(found.lost_acks), f"of {len(self.record.claims):,} reservations"
            repeats = f"{self.measures.repeats:,} requests sent twice, besides retries"
            yield "duplicate effects", _verdict_count(found.duplicate_effects), repeats
            yield "stock differences", _verdict_count(found.stock_differences), "positions not conserved"
        if self.digest_equal is not None:
            word = "equal" if self.digest_equal else "[bold red]DIFFERS[/]"
            both = self.live_digest if self.digest_equal else f"live {self.live_digest}, replay {self.replay_digest}"
            yield "replayed digest", word, both
        for text in found.texts if found else ():
            yield "", "", text.replace("[", r"\[")

    def _endings(self) -> str:
        record = self.record
        return (
            f"{record.told(Told.COMMITTED):,} committed, {record.told(Told.RELEASED):,} released, "
            f"{record.told(Told.HELD):,} expired"
        )


def _reasons(counts: Mapping[str, int]) -> str:
    """Return the most frequent reasons with their counts."""
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:REASONS_SHOWN]
    return ", ".join(f"{count:,} {reason}" for reason, count in ranked).replace("[", r"\[")


def _count(number: int) -> str:
    return f"{number:,}"


def _verdict_count(number: int) -> str:
    return f"[bold red]{number:,}[/]" if number else "0"


def _share(share: float | None) -> str:
    return "-" if share is None else f"{share:.1%}"


def _times(times_us: list[int]) -> tuple[str, str]:
    times = p50_p99(times_us)
    if times["p50"] is None or times["p99"] is None:
        return "-", ""
    return f"{times['p50']:,} µs", f"p50; p99 {times['p99']:,} µs"
