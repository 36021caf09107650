"""The composition root: settings -> engine -> services -> server, and the life of the process.

    listen, NOT_SERVING  ->  recover  ->  SERVING  ->  SIGTERM: NOT_SERVING  ->  drain  ->  flush  ->  exit 0
                                             └────  the journal fails: NOT_SERVING, no reply leaves  ->  exit 1

The port is opened before the data folder, so that a balancer sees NOT_SERVING while a long recovery runs, and a port in
use is told before anything is touched.
"""

import asyncio
import gc
import json
import logging
import os
import signal
import time
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import grpc.aio
from grpc_reflection.v1alpha import reflection

from fastdom.engine.decisions import KeepDecisions
from fastdom.engine.engine import Engine
from fastdom_server.admission import Admission
from fastdom_server.background import (
    Checkpoints,
    Tasks,
    follow_clock,
    log_stats,
    refresh_network,
    resume_rerouting,
    sweep,
)
from fastdom_server.health import Health
from fastdom_server.interceptors import Door
from fastdom_server.listening import bind
from fastdom_server.methods import CONTRACT, Methods
from fastdom_server.seam import seam
from fastdom_server.services import SERVICES, Served
from fastdom_server.settings import Settings
from fastdom_server.starting import limits_of
from fastdom_server.waiters import Waiters

LOG = logging.getLogger("fastdom.server")

STOPPED, FAILED = 0, 1
"""Exit codes of a server that served; one that could not start exits with 2 (see `starting`)."""

COLD_THREADS = 2
"""Threads for checkpoints, digests, network loads and re-routing; more would only take turns at the GIL."""


@dataclass(frozen=True, slots=True)
class Running:
    """What was made after the recovery and must be ended in this order."""

    engine: Engine
    tasks: Tasks
    admission: Admission
    waiters: Waiters


class App:
    """One server process. `run` returns its exit code."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._started_at_us = time.time_ns() // 1_000
        self._code = STOPPED

    async def run(self) -> int:
        """Serve until SIGTERM, SIGINT or a failure of the journal.

        Raises
        ------
        Exception
            What `starting.describe` tells in words, when it could not start.
        """
        loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop.set)
        if self._settings.ready_file is not None:
            write_ready(self._settings.ready_file, "")  # also shows now, not later, that it can be written
        health = Health(service.full_name for service in CONTRACT)
        methods = Methods(health)
        server = grpc.aio.server(handlers=(methods,), options=self._settings.channel_options())
        if self._settings.reflection:
            reflection.enable_server_reflection([*health.services, reflection.SERVICE_NAME], server)
        address = bind(server, self._settings.listen)
        await server.start()
        with ThreadPoolExecutor(COLD_THREADS, "fastdom-cold") as cold, ThreadPoolExecutor(1, "fastdom-side") as side:
            engine: Engine | None = None
            try:
                engine = await loop.run_in_executor(cold, self._open)
                running = self._compose(engine, methods, cold, side)
            except BaseException:
                await server.stop(None)
                if engine is not None:
                    engine.close()
                raise
            if not self._stop.is_set():
                health.serving()
                self._announce(engine, address)
                await self._stop.wait()
            await self._end(server, health, running)
        await asyncio.to_thread(self._close, engine)
        return self._code

    def _open(self) -> Engine:
        settings = self._settings
        return Engine.open(
            settings.data,
            network=settings.network,
            durability=settings.durability,
            limits=limits_of(settings),
            accept_clock=settings.accept_clock,
            keep_decisions=KeepDecisions(settings.decisions_keep_s, settings.decisions_mb_max << 20),
        )

    def _compose(self, engine: Engine, methods: Methods, cold: Executor, side: Executor) -> Running:
        settings, loop = self._settings, asyncio.get_running_loop()
        wire, side_wire = seam(engine), seam(engine)
        waiters = Waiters(engine.face, loop, lambda: self._fail(engine), engine.through)
        admission = Admission(settings.in_flight_max, settings.lag_max_ms)
        admission.watch(loop)
        checkpoints = Checkpoints(engine.checkpoint, lambda: engine.face.seq, cold, engine.recovery.checkpoint_seq)
        door = Door(
            engine.now_us,
            waiters,
            admission,
            aside=side_wire.handle,
            executor=side,
            retry_after_ms=settings.retry_after_ms,
        )
        network_turn = asyncio.Lock()
        served = Served(
            engine, wire, side_wire, door, waiters, checkpoints, network_turn, cold, settings, self._started_at_us
        )
        methods.serve((service.NAME, service(served).methods()) for service in SERVICES)
        tasks = Tasks(lambda error: self._defect(engine, error))
        tasks.start(resume_rerouting(engine, cold))
        tasks.start(sweep(engine.tick, waiters.kick, settings.tick_ms / 1_000))
        tasks.start(follow_clock(engine.clock.discipline))
        tasks.start(refresh_network(engine.refresh_network, network_turn, cold))
        if settings.checkpoint_entries:
            tasks.start(checkpoints.follow(settings.checkpoint_entries))
        if settings.stats_s:
            tasks.start(log_stats(stats_of(engine, door, admission, waiters), settings.stats_s))
        self._stats = stats_of(engine, door, admission, waiters)
        # What the start has made stays: the collector need not look at it again with every full collection.
        gc.collect()
        gc.freeze()
        return Running(engine, tasks, admission, waiters)

    async def _end(self, server: grpc.aio.Server, health: Health, running: Running) -> None:
        """Let what was begun be answered, then stop; a failed journal answers nothing, so nobody waits for it."""
        settings = self._settings
        health.not_serving()
        if self._code == STOPPED:
            LOG.info("draining")
            await asyncio.sleep(settings.drain_delay_s)
        health.end()
        await server.stop(settings.grace_s if self._code == STOPPED else 0)
        await running.tasks.stop()
        running.admission.close()
        running.waiters.close()
        LOG.info("stats %s", self._stats())

    def _close(self, engine: Engine) -> None:
        try:
            engine.close()
        except Exception as error:
            if self._code == STOPPED:
                raise
            LOG.error("closing after the failure: %s", error)

    def _fail(self, engine: Engine) -> None:
        """Have the process end: the journal failed, and memory is ahead of the disk."""
        if self._code == STOPPED:
            LOG.critical("the journal failed, exiting: %s", engine.failed)
        self._code = FAILED
        self._stop.set()

    def _defect(self, engine: Engine, error: BaseException) -> None:
        """Have the process end: a background task did; a journal that failed under it is told as that."""
        if engine.failed is None:
            LOG.critical("a background task failed, exiting", exc_info=error)
            self._code = FAILED
        self._fail(engine)

    def _announce(self, engine: Engine, address: str) -> None:
        recovery, document = engine.recovery, engine.network
        network = f"network {document.name} version {engine.network_version}" if document else "no network"
        if recovery.tail:
            LOG.warning("end of the journal: %s", recovery.tail)
        if self._settings.ready_file is not None:
            ready = {"address": address, "pid": os.getpid(), "recovery_ms": round(recovery.ms, 3)}
            write_ready(self._settings.ready_file, json.dumps(ready) + "\n")
        print(
            f"fastdom serving on {address} (pid {os.getpid()}, {network}, "
            f"recovered {recovery.entries} entries in {recovery.ms:.0f} ms)",
            flush=True,
        )


def write_ready(path: Path, text: str) -> None:
    """Replace the ready file in one step, so that who waits for it never reads half of it; empty text removes it."""
    beside = path.with_name(path.name + ".part")
    beside.write_text(text)
    if text:
        beside.replace(path)
    else:
        beside.unlink()
        path.unlink(missing_ok=True)


def stats_of(engine: Engine, door: Door, admission: Admission, waiters: Waiters) -> Callable[[], str]:
    """Return what makes the line of counters."""

    def line() -> str:
        return (
            f"calls={door.calls} refused={admission.refused} incidents={door.incidents} "
            f"in_flight={admission.in_flight} waiting={len(waiters)} lag_ms={admission.lag_s * 1_000:.1f} "
            f"seq={engine.face.seq} durable_seq={engine.durable_seq} flushes={engine.flushes}"
        )

    return line
