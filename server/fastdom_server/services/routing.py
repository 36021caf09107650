"""RoutingService: Route and BatchRoute are hot; alternatives and candidates of a plan are a second, cold call."""

from collections.abc import Mapping
from typing import ClassVar

from fastdom_api.v1 import routing_service_pb2 as pb2
from fastdom_server._wire.seam import Wire
from fastdom_server.codec.routing import decode_reroute, decode_route, encode_reroute, encode_route
from fastdom_server.interceptors import Answer, Call, Handle, Handler
from fastdom_server.services.hot import BATCH_ROUTE, ROUTE
from fastdom_server.services.service import Served


class RoutingService:
    """Order routing."""

    NAME: ClassVar[str] = "fastdom.v1.RoutingService"

    def __init__(self, served: Served) -> None:
        self._face = served.engine.face
        self._wire, self._side_wire = served.wire, served.side_wire
        self._door = served.door

    def methods(self) -> Mapping[str, Handler]:
        """Return the handler of every method by its name."""
        return {
            "Route": self._door.hot(self._route_by(self._wire), ROUTE, self._route_by(self._side_wire)),
            "BatchRoute": self._door.hot(self._wire.handle, BATCH_ROUTE),
            "Reroute": self._door.unary(pb2.RerouteRequest, self.reroute),
        }

    async def reroute(self, request: pb2.RerouteRequest, call: Call) -> Answer:
        """Move units off a node that failed them."""
        result = self._face.reroute(decode_reroute(request), call.now_us, call.deadline_us)
        return Answer(encode_reroute(result), result.seq)

    def _route_by(self, wire: Wire) -> Handle:
        """Return the handler of Route by one of the native seams, with the cold call after it."""

        def route(method: int, data: bytes, now_us: int, deadline_us: int) -> tuple[int, int, int, int, bytes]:
            handled = wire.handle(method, data, now_us, deadline_us)
            if not wire.cold or handled[0]:
                return handled
            result = self._face.route(decode_route(pb2.RouteRequest.FromString(data)), now_us, deadline_us)
            return 0, 0, -1, result.seq, encode_route(result).SerializeToString()

        return route
