"""AdminService: checkpoint, digest, build."""

import platform
from collections.abc import Mapping
from typing import ClassVar

from fastdom.engine.face import CONTRACT
from fastdom.journal.folder import FORMAT
from fastdom_api.v1 import admin_service_pb2 as pb2
from fastdom_server._wire.seam import BATCH_ITEMS_MAX
from fastdom_server.codec.moments import exact_duration, timestamp
from fastdom_server.interceptors import Answer, Call, Handler
from fastdom_server.services.service import Served, in_thread, to_its_end
from fastdom_server.settings import HOT_MESSAGE_BYTES_MAX

DURABILITY = {
    "strict": pb2.DURABILITY_MODE_STRICT,
    "relaxed": pb2.DURABILITY_MODE_RELAXED,
    "process": pb2.DURABILITY_MODE_PROCESS,
}


class AdminService:
    """Administration of one server."""

    NAME: ClassVar[str] = "fastdom.v1.AdminService"

    def __init__(self, served: Served) -> None:
        self._served = served
        self._engine = served.engine

    def methods(self) -> Mapping[str, Handler]:
        """Return the handler of every method by its name."""
        door = self._served.door
        return {
            "Checkpoint": door.unary(pb2.CheckpointRequest, self.checkpoint),
            "Digest": door.unary(pb2.DigestRequest, self.digest),
            "GetBuildInfo": door.unary(pb2.GetBuildInfoRequest, self.get_build_info),
        }

    async def checkpoint(self, _request: pb2.CheckpointRequest, _call: Call) -> Answer:
        """Write a checkpoint; one under way is finished though the caller has gone."""
        info = await to_its_end(self._served.checkpoints.take())
        elapsed = exact_duration(info.elapsed_us)
        return Answer(pb2.CheckpointResponse(checkpoint_seq=info.seq, size_bytes=info.size_bytes, elapsed=elapsed), 0)

    async def digest(self, _request: pb2.DigestRequest, call: Call) -> Answer:
        """Compute the digest in a thread: it looks at the whole state."""
        digest, seq, time_us = await in_thread(self._served.executor, call, self._engine.digest)
        return Answer(pb2.DigestResponse(digest=digest, digest_seq=seq, journal_time=timestamp(time_us)), seq)

    async def get_build_info(self, _request: pb2.GetBuildInfoRequest, _call: Call) -> Answer:
        """Tell which build runs, with which limits."""
        build, recovery = self._engine.build_info(), self._engine.recovery
        response = pb2.GetBuildInfoResponse(
            version=build["version"],
            journal_format=FORMAT,
            python_version=platform.python_version(),
            durability=DURABILITY[build["durability"]],
            started_at=timestamp(self._served.started_at_us),
            recovery=exact_duration(recovery.elapsed_us),
            operations_replayed=recovery.entries,
            limits=self._limits(),
        )
        return Answer(response, 0)

    def _limits(self) -> pb2.Limits:
        limits, network = self._engine.limits, self._engine.network
        return pb2.Limits(
            lines_max=CONTRACT["lines_max"],
            batch_items_max=BATCH_ITEMS_MAX,
            id_bytes_max=CONTRACT["id_bytes_max"],
            request_id_bytes_max=CONTRACT["request_id_bytes_max"],
            message_bytes_max=HOT_MESSAGE_BYTES_MAX,
            ttl_default=exact_duration(CONTRACT["ttl_default_us"]),
            ttl_max=exact_duration(CONTRACT["ttl_max_us"]),
            quote_ttl=exact_duration(network.promise.quote_ttl_s * 1_000_000) if network else None,
            request_id_window=exact_duration(limits.request_window_us),
            request_ids_max=limits.request_ids_max,
        )
