"""RoutingService: Route and BatchRoute are hot; alternatives and candidates of a plan are a second, cold call."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar

from fastdom.explain import Explainer
from fastdom.types import RerouteNodeResult
from fastdom_api.v1 import routing_service_pb2 as pb2
from fastdom_server._wire.seam import Wire
from fastdom_server.codec.explanations import decode_explain, encode_explain
from fastdom_server.codec.routing import (
    decode_reroute,
    decode_reroute_node,
    decode_route,
    encode_reroute,
    encode_reroute_node,
    encode_route,
)
from fastdom_server.interceptors import Answer, Call, Handle, Handler
from fastdom_server.services.hot import BATCH_ROUTE, ROUTE
from fastdom_server.services.service import Served, in_thread, to_its_end


class RoutingService:
    """Order routing."""

    NAME: ClassVar[str] = "fastdom.v1.RoutingService"

    def __init__(self, served: Served) -> None:
        self._engine = served.engine
        self._face = served.engine.face
        self._executor = served.executor
        self._wire, self._side_wire = served.wire, served.side_wire
        self._door = served.door
        self._explainer = Explainer(served.engine)

    def methods(self) -> Mapping[str, Handler]:
        """Return the handler of every method by its name."""
        return {
            "Route": self._door.hot(self._route_by(self._wire), ROUTE, self._route_by(self._side_wire)),
            "BatchRoute": self._door.hot(self._wire.handle, BATCH_ROUTE),
            "Reroute": self._door.unary(pb2.RerouteRequest, self.reroute),
            "Explain": self._door.unary(pb2.ExplainRequest, self.explain),
            "RerouteNode": self._door.unary(pb2.RerouteNodeRequest, self.reroute_node),
        }

    async def reroute(self, request: pb2.RerouteRequest, call: Call) -> Answer:
        """Move units off a node that failed them."""
        result = self._face.reroute(decode_reroute(request), call.now_us, call.deadline_us)
        return Answer(encode_reroute(result), result.seq)

    async def explain(self, request: pb2.ExplainRequest, call: Call) -> Answer:
        """Explain past decisions, in a thread: it plans hundreds of times."""
        asked = decode_explain(request)
        result = await in_thread(self._executor, call, lambda: self._explainer.explain(asked))
        return Answer(encode_explain(result), max((one.decision_seq for one in result.explanations), default=0))

    async def reroute_node(self, request: pb2.RerouteNodeRequest, call: Call) -> Answer:
        """Move shipments out of buckets with more than their limit, to the end though the caller has gone."""
        asked = self._face.reroute_node(decode_reroute_node(request), call.now_us, call.deadline_us)
        moving = asyncio.get_running_loop().run_in_executor(self._executor, self._relieve, asked)
        result = await to_its_end(moving)
        return Answer(encode_reroute_node(result), result.seq)

    def _relieve(self, result: RerouteNodeResult) -> RerouteNodeResult:
        """Move some reservations at a time, and tell the totals."""
        for progress in self._engine.reroute_node(result.node_id, excess=True):
            result = replace(
                result,
                reservations_rerouted=progress.reservations_moved,
                units_rerouted=progress.units_moved,
                reservations_left=progress.reservations_stranded,
                units_left=progress.units_stranded,
            )
            self._engine.kick()
        seq = self._face.seq
        return replace(result, inventory_seq=seq, seq=seq)

    def _route_by(self, wire: Wire) -> Handle:
        """Return the handler of Route by one of the native seams, with the cold call after it."""

        def route(method: int, data: bytes, now_us: int, deadline_us: int) -> tuple[int, int, int, int, bytes]:
            handled = wire.handle(method, data, now_us, deadline_us)
            if not wire.cold or handled[0]:
                return handled
            result = self._face.route(decode_route(pb2.RouteRequest.FromString(data)), now_us, deadline_us)
            return 0, 0, -1, result.seq, encode_route(result).SerializeToString()

        return route
