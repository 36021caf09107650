"""Pages of the network document, by external id: nodes, SKUs, carrier services, lanes."""

from bisect import bisect_right
from collections.abc import Callable, Iterable
from itertools import islice
from typing import TypeVar

from fastdom.network import NetworkDocument
from fastdom.reasons import Field, Kind, Reason
from fastdom.types import NodeStatus
from fastdom_api.v1 import network_service_pb2 as pb2
from fastdom_server import errors
from fastdom_server.codec import network as codec
from fastdom_server.codec.moments import word
from fastdom_server.interceptors import Refused
from fastdom_server.services.lanes import LaneIndex
from fastdom_server.services.paging import page_size, read_token, write_token

Item = TypeVar("Item")


def list_nodes(
    document: NetworkDocument, status_of: Callable[[str], NodeStatus], request: pb2.ListNodesRequest
) -> pb2.ListNodesResponse:
    """Nodes by external id, of one status or group when asked.

    Raises
    ------
    EngineError
        INVALID_FIELD: page size, page token or status.
    """
    wanted_status = word(NodeStatus, request.status, Reason.INVALID_FIELD, Field.STATUS, Kind.NONE)
    scope = ("nodes", str(request.status), request.group)
    after = read_token(request.page_token, *scope)
    start = bisect_right(document.nodes, after[0], key=lambda node: node.id) if after else 0
    wanted = (
        (node, status)
        for node in document.nodes[start:]
        if (not request.group or request.group in node.groups)
        and (status := status_of(node.id)) is not None
        and wanted_status in (NodeStatus.UNSPECIFIED, status)
    )
    page, more = _cut(wanted, request.page_size)
    return pb2.ListNodesResponse(
        nodes=[codec.encode_node(document, node, status) for node, status in page],
        next_page_token=write_token((page[-1][0].id,), *scope) if more else "",
    )


def list_skus(document: NetworkDocument, request: pb2.ListSkusRequest) -> pb2.ListSkusResponse:
    """SKUs by external id. Raises EngineError: INVALID_FIELD."""
    after = read_token(request.page_token, "skus")
    start = bisect_right(document.skus.ids, after[0]) if after else 0
    page, more = _cut(range(start, len(document.skus.ids)), request.page_size)
    return pb2.ListSkusResponse(
        skus=[codec.encode_sku(document, sku_i) for sku_i in page],
        next_page_token=write_token((document.skus.ids[page[-1]],), "skus") if more else "",
    )


def list_carrier_services(
    document: NetworkDocument, lanes: LaneIndex, request: pb2.ListCarrierServicesRequest
) -> pb2.ListCarrierServicesResponse:
    """Carrier services by external id. Raises EngineError: INVALID_FIELD."""
    services = document.services
    after = read_token(request.page_token, "carrier_services")
    start = bisect_right(services, after[0], key=lambda service: service.id) if after else 0
    page, more = _cut(range(start, len(services)), request.page_size)
    return pb2.ListCarrierServicesResponse(
        carrier_services=[codec.encode_carrier_service(document, i, lanes.count_of[i]) for i in page],
        next_page_token=write_token((services[page[-1]].id,), "carrier_services") if more else "",
    )


def list_lanes(document: NetworkDocument, lanes: LaneIndex, request: pb2.ListLanesRequest) -> pb2.ListLanesResponse:
    """Lanes by carrier service, origin and destination.

    Raises
    ------
    EngineError
        INVALID_FIELD: page size or page token.
    Refused
        UNKNOWN_CARRIER_SERVICE.
    """
    service = request.carrier_service_id
    if service and service not in (known.id for known in document.services):
        raise Refused(errors.status(Reason.UNKNOWN_CARRIER_SERVICE, "carrier_service_id", {"value": service}))
    asked = (service, request.origin_zone, request.destination_zone)
    scope = ("lanes", *asked)
    after = read_token(request.page_token, *scope)
    wanted = (
        lane_i
        for lane_i in lanes.after((after[0], after[1], after[2]) if after else None)
        if all(not want or want == have for want, have in zip(asked, lanes.key(lane_i), strict=True))
    )
    page, more = _cut(wanted, request.page_size)
    return pb2.ListLanesResponse(
        lanes=[codec.encode_lane(document, lane_i) for lane_i in page],
        next_page_token=write_token(lanes.key(page[-1]), *scope) if more else "",
    )


def _cut(items: Iterable[Item], asked: int) -> tuple[list[Item], bool]:
    """Take one page; whether there is more after it."""
    size = page_size(asked)
    page = list(islice(items, size + 1))
    return page[:size], len(page) > size
