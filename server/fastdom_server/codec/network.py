"""NetworkService: parts of a network document, and the switching of nodes, to messages."""

from bisect import bisect_left
from collections.abc import Iterable

from fastdom.network.document import NetworkDocument, Node
from fastdom.policy import Entry
from fastdom.reasons import Field, Kind, Reason
from fastdom.types import NodeStatus, NodeStatusResult, SetNodeStatusRequest
from fastdom_api.v1 import network_pb2, types_pb2
from fastdom_api.v1 import network_service_pb2 as pb2
from fastdom_server.codec.moments import duration, number, timestamp, timestamp_us, word

MINUTE_US = 60_000_000
LAST_CHARACTER = "\U0010ffff"


def decode_set_node_status(message: pb2.SetNodeStatusRequest) -> SetNodeStatusRequest:
    return SetNodeStatusRequest(
        request_id=message.request_id,
        node_id=message.node_id,
        status=word(NodeStatus, message.status, Reason.INVALID_FIELD, Field.STATUS, Kind.NODE_STATUS),
        first_sent_at_us=timestamp_us(message, "first_sent_at", Field.FIRST_SENT_AT, Kind.NODE_STATUS),
    )


def encode_set_node_status_request(request: SetNodeStatusRequest) -> pb2.SetNodeStatusRequest:
    return pb2.SetNodeStatusRequest(
        request_id=request.request_id,
        node_id=request.node_id,
        status=number(request.status),
        first_sent_at=timestamp(request.first_sent_at_us),
    )


def encode_set_node_status(result: NodeStatusResult, node: network_pb2.Node) -> pb2.SetNodeStatusResponse:
    """Message of a switch; `node` is the node after it, from `encode_node`."""
    return pb2.SetNodeStatusResponse(
        node=node,
        reservations_rerouted=result.reservations_rerouted,
        units_rerouted=result.units_rerouted,
        reservations_stranded=result.reservations_stranded,
        units_stranded=result.units_stranded,
        inventory_seq=result.inventory_seq,
    )


def encode_node(document: NetworkDocument, node: Node, status: NodeStatus) -> network_pb2.Node:
    """A node of the document in its status now."""
    node_i = document.nodes.index(node)
    services = {pickup.service_i for pickup in document.pickups if pickup.node_i == node_i}
    collect = {i for i in services if document.services[i].service_level.name == "PICKUP"}
    return network_pb2.Node(
        node_id=node.id,
        name=node.name,
        type=number(node.type),
        status=number(status),
        address=types_pb2.PostalAddress(
            country_code=document.country,
            postal_code=document.postal_codes.codes[node.postal_i],
            latitude_e7=node.lat_e7,
            longitude_e7=node.lng_e7,
        ),
        time_zone=node.time_zone,
        groups=node.groups,
        capacity_kind=number(node.capacity_kind),
        capacity_per_day=node.capacity_limit,
        pick_lead=duration(node.pick_lead_minutes * MINUTE_US),
        handling_per_shipment=_money(document, node.handling_shipment_micros),
        handling_per_unit=_money(document, node.handling_unit_micros),
        carrier_service_ids=sorted(document.services[i].id for i in services - collect),
        offers_pickup=bool(collect),
    )


def encode_sku(document: NetworkDocument, sku_i: int) -> network_pb2.Sku:
    """A SKU of the document by its index there."""
    skus = document.skus
    return network_pb2.Sku(sku=skus.ids[sku_i], name=skus.name[sku_i], weight_g=int(skus.weight_g[sku_i]))


def encode_carrier_service(document: NetworkDocument, service_i: int, lane_count: int) -> network_pb2.CarrierService:
    """A carrier service of the document by its index there; `lane_count` is the number of its lanes."""
    service = document.services[service_i]
    carrier = document.carriers[service.carrier_i]
    return network_pb2.CarrierService(
        carrier_service_id=service.id,
        carrier=carrier.id,
        name=carrier.name,
        service_level=number(service.service_level),
        collects_on_delivery=service.cod,
        lane_count=lane_count,
    )


def encode_lane(document: NetworkDocument, lane_i: int) -> network_pb2.Lane:
    """A lane of the document by its index there, with the steps of its tariff."""
    lanes = document.lanes
    service = document.services[int(lanes.service_i[lane_i])]
    return network_pb2.Lane(
        carrier_service_id=service.id,
        origin_zone=document.zones[int(lanes.origin_i[lane_i])].id,
        destination_zone=document.zones[int(lanes.destination_i[lane_i])].id,
        transit_days_min=int(lanes.transit_min[lane_i]),
        transit_days_max=int(lanes.transit_max[lane_i]),
        collects_on_delivery=service.cod,
        tariff_steps=[
            network_pb2.TariffStep(weight_max_g=up_to_g, price=_money(document, micros))
            for up_to_g, micros in document.tariffs.tiers[int(lanes.tariff_i[lane_i])]
        ],
    )


def encode_postal_code(document: NetworkDocument, postal_i: int) -> pb2.ResolvePostalCodeResponse:
    """The point and zone of a postal code by its index in the document."""
    codes = document.postal_codes
    return pb2.ResolvePostalCodeResponse(
        zone=document.zones[int(codes.zone_i[postal_i])].id,
        latitude_e7=int(codes.lat_e7[postal_i]),
        longitude_e7=int(codes.lng_e7[postal_i]),
        point_source=_point_source(document, postal_i),
        district=codes.district[postal_i],
        state=codes.state[postal_i],
    )


def _point_source(document: NetworkDocument, postal_i: int) -> pb2.PointSource:
    """Where the point comes from: a suspect code has that of its good neighbours, the nearest by prefix."""
    codes = document.postal_codes
    if not codes.suspect[postal_i]:
        return pb2.POINT_SOURCE_LISTED
    for digits, source in ((3, pb2.POINT_SOURCE_PREFIX_3), (2, pb2.POINT_SOURCE_PREFIX_2)):
        prefix = codes.codes[postal_i][:digits]
        first, last = (bisect_left(codes.codes, end) for end in (prefix, prefix + LAST_CHARACTER))
        if not codes.suspect[first:last].all():
            return source
    return pb2.POINT_SOURCE_DISTRICT


def encode_summary(
    document: NetworkDocument, version: int, activated_at_us: int, policies: Iterable[Entry]
) -> pb2.NetworkSummary:
    """The document in numbers, with the policies that decide on it; version 0 = not active."""
    return pb2.NetworkSummary(
        network_version=version,
        content_hash=document.content_hash,
        name=document.name,
        currency_code=document.currency,
        country_code=document.country,
        channels=[channel.id for channel in document.channels],
        policies=[types_pb2.PolicyRef(name=entry.policy.name, version=entry.version) for entry in policies],
        service_levels=[number(level) for level in sorted({service.service_level for service in document.services})],
        node_count=len(document.nodes),
        sku_count=len(document.skus.ids),
        carrier_service_count=len(document.services),
        lane_count=len(document.lanes.service_i),
        postal_code_count=len(document.postal_codes.codes),
        activated_at=timestamp(activated_at_us),
    )


def encode_files(files: Iterable[tuple[str, bytes]]) -> list[pb2.NetworkFile]:
    """Documents of a network as (name, bytes)."""
    return [pb2.NetworkFile(name=name, content=content) for name, content in files]


def _money(document: NetworkDocument, micros: int) -> types_pb2.Money:
    return types_pb2.Money(micros=micros, currency_code=document.currency)
