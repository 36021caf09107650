"""The sale: everything of a run that needs the server, from its start to its clean stop."""

import asyncio
import signal
import threading
import time
from collections.abc import Awaitable, Callable

from fastdom.demo import disturbances
from fastdom.demo.answers import count_all, list_all
from fastdom.demo.audit import audit
from fastdom.demo.checkout import Checkouts
from fastdom.demo.market import Market
from fastdom.demo.pace import Pace
from fastdom.demo.progress import Watcher
from fastdom.demo.report import DemoReport
from fastdom.demo.server_process import ServerProcess, StartError
from fastdom.demo.workload import Workload
from fastdom_client import AsyncClient, ConnectionOptions, FastdomError, RetryPolicy

CALL_TIMEOUT_S = 60.0
"""Over all attempts: far longer than a restart takes, so that no shopper gives up because of it."""

RETRY = RetryPolicy(attempts_max=1_000, backoff_base_s=0.02, backoff_max_s=0.25)
OPTIONS = ConnectionOptions(local_subchannel_pool=True, reconnect_min_s=0.05, reconnect_max_s=0.25)

EXPIRY_MARGIN_S = 0.1
"""After the last hold's end, by when the sweeper has journalled it."""

QUIET_LOOKS = 100
QUIET_PAUSE_S = 0.05
"""Looks at the digest until two in a row show one sequence: then nothing moves any more."""

BeforeSale = Callable[[AsyncClient, Market], Awaitable[None]]


class Sale:
    """A sale on a server of its own.

    Parameters
    ----------
    market : Market
        Of the network the server works with.
    server : ServerProcess
        Not yet started.
    watcher : Watcher
        Is told how it goes.
    report : DemoReport
        Is filled as it goes; has the settings.
    before_sale : callable or None
        Awaited with a client of the server and the market, before the first order; the audit does not know of it.
    """

    def __init__(
        self,
        market: Market,
        server: ServerProcess,
        watcher: Watcher,
        report: DemoReport,
        before_sale: BeforeSale | None = None,
    ) -> None:
        self._market, self._server, self._watcher = market, server, watcher
        self._report, self._settings, self._before_sale = report, report.settings, before_sale
        self._pace = Pace(self._settings.orders, self._settings.orders * disturbances.GATE_PERMILLE // 1000)

    async def run(self) -> None:
        """Start the server, sell, audit, stop the server."""
        task = asyncio.current_task()
        if task is not None and threading.current_thread() is threading.main_thread():
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
        ready = await self._server.start()
        self._watcher.note(f"server {self._server.pid} serves the demo network on {ready.address}")
        async with AsyncClient(ready.address, options=OPTIONS, retry=RETRY, timeout_s=CALL_TIMEOUT_S) as client:
            if self._before_sale is not None:
                await self._before_sale(client, self._market)
            await self._sell(client, ready.address)
            await self._audit(client)
        code = await self._server.stop()
        if code != 0:
            raise StartError(f"the server ended with exit code {code} when it was told to stop")

    async def _sell(self, client: AsyncClient, address: str) -> None:
        workload = Workload(self._market, self._settings.seed, self._settings.orders)
        self._watcher.note(
            f"flash sale of {', '.join(workload.hot)}: {self._settings.orders:,} orders, "
            f"{self._settings.concurrency} at once"
        )
        checkouts = Checkouts(client, self._report.record, self._report.measures)
        carts = iter(workload)
        begun_ns = time.perf_counter_ns()

        async def shop() -> None:
            for cart in carts:
                await self._pace.admit(cart.number)
                await checkouts.checkout(cart)
                self._report.ended += 1
                self._report.measures.sale_us = (time.perf_counter_ns() - begun_ns) // 1_000
                self._pace.advance()
                self._watcher.advance()

        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._disturb(client, address, workload.hot[0]))
                for _ in range(min(self._settings.concurrency, self._settings.orders)):
                    tasks.create_task(shop())
        except* (StartError, FastdomError) as group:
            raise _first(group) from None

    async def _disturb(self, client: AsyncClient, address: str, sku: str) -> None:
        await disturbances.wait_for_offline(self._pace)
        self._report.failure = await disturbances.fail_node(client, self._report.record)
        disturbances.tell_failure(self._report.failure, self._watcher)
        await disturbances.wait_for_kill(self._pace)
        self._watcher.note(f"kill -9 {self._server.pid}")
        self._report.recovery = await disturbances.crash(self._server, address, sku)
        disturbances.tell_recovery(self._report.recovery, self._watcher)

    async def _audit(self, client: AsyncClient) -> None:
        record, report = self._report.record, self._report
        self._watcher.note("audit: the client's record against the server, then a replay from zero")
        await asyncio.sleep(max(0.0, record.last_expiry_us() / 1e6 - time.time()) + EXPIRY_MARGIN_S)
        digest = await _quiet_digest(client)
        listed = await list_all(client)
        counted = await count_all(client, sorted({sku for sku, _ in self._market.shelves}))
        failed_node = report.failure.node_id if report.failure else ""
        report.findings = audit(record, listed, counted, self._market.shelves, failed_node)
        report.live_digest = digest


async def _quiet_digest(client: AsyncClient) -> str:
    """Return digest and sequence of a state that no longer moves (all holds have ended)."""
    before = await client.digest()
    for _ in range(QUIET_LOOKS):
        await asyncio.sleep(QUIET_PAUSE_S)
        now = await client.digest()
        if now.digest_seq == before.digest_seq:
            break
        before = now
    return f"{before.digest}@{before.digest_seq}"


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """Return the first plain exception of a group."""
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
