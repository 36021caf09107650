"""Lists of the network document, page by page."""

import pytest

from fastdom.network import NetworkDocument
from fastdom.reasons import EngineError
from fastdom.types import NodeStatus
from fastdom_api.v1 import network_service_pb2 as pb2
from fastdom_server.interceptors import Refused
from fastdom_server.services.lanes import LaneIndex
from fastdom_server.services.network_lists import list_carrier_services, list_lanes, list_nodes, list_skus


def online(_: str) -> NodeStatus:
    return NodeStatus.ONLINE


def test_nodes_page_by_page(document: NetworkDocument) -> None:
    """The pages together are all nodes by external id, each once."""
    seen, token = [], None
    while token != "":
        page = list_nodes(document, online, pb2.ListNodesRequest(page_size=7, page_token=token or ""))
        seen += [node.node_id for node in page.nodes]
        token = page.next_page_token
    assert seen == sorted(node.id for node in document.nodes)


def test_nodes_by_group_and_status(document: NetworkDocument) -> None:
    """Filters leave the nodes of the group and status alone."""

    def paused(node_id: str) -> NodeStatus:
        return NodeStatus.PAUSED if node_id == "dc-delhi" else NodeStatus.ONLINE

    page = list_nodes(document, paused, pb2.ListNodesRequest(group="dc", status=NodeStatus.ONLINE))
    assert [node.node_id for node in page.nodes] == ["dc-bengaluru", "dc-mumbai"]
    page = list_nodes(document, paused, pb2.ListNodesRequest(status=NodeStatus.PAUSED))
    assert [(node.node_id, node.status) for node in page.nodes] == [("dc-delhi", NodeStatus.PAUSED)]


def test_unknown_status(document: NetworkDocument) -> None:
    """A status outside its enum is refused by name."""
    with pytest.raises(EngineError) as refusal:
        list_nodes(document, online, pb2.ListNodesRequest(status=9))
    assert refusal.value.path == "status"


def test_skus_page_by_page(document: NetworkDocument) -> None:
    """The pages together are the whole catalogue by external id."""
    seen, token = [], None
    while token != "":
        page = list_skus(document, pb2.ListSkusRequest(page_size=999, page_token=token or ""))
        seen += [sku.sku for sku in page.skus]
        token = page.next_page_token
    assert seen == list(document.skus.ids)


def test_a_token_goes_on_after_a_key_that_is_gone(document: NetworkDocument) -> None:
    """A token names the last key shown, so the next page starts after it though a new version no longer has it."""
    page = list_skus(document, pb2.ListSkusRequest(page_size=3))
    fewer = type(document.skus)(
        ids=document.skus.ids[:2] + document.skus.ids[3:],
        weight_g=document.skus.weight_g[1:],
        category=document.skus.category[1:],
        name=document.skus.name[1:],
    )

    class Version:
        skus = fewer

    next_page = list_skus(Version, pb2.ListSkusRequest(page_size=1, page_token=page.next_page_token))  # type: ignore[arg-type]
    assert next_page.skus[0].sku == document.skus.ids[3]


def test_carrier_services_count_their_lanes(document: NetworkDocument) -> None:
    """Every carrier service is listed, and its lanes add up to those of the network."""
    page = list_carrier_services(document, LaneIndex(document), pb2.ListCarrierServicesRequest())
    assert [service.carrier_service_id for service in page.carrier_services] == [s.id for s in document.services]
    assert sum(service.lane_count for service in page.carrier_services) == len(document.lanes.service_i)


def test_lanes_page_by_page(document: NetworkDocument) -> None:
    """The pages of one carrier service together are all its lanes, by origin and destination."""
    lanes, seen, token = LaneIndex(document), [], None
    service = document.services[0].id
    while token != "":
        request = pb2.ListLanesRequest(carrier_service_id=service, page_size=1_000, page_token=token or "")
        page = list_lanes(document, lanes, request)
        seen += [(lane.origin_zone, lane.destination_zone) for lane in page.lanes]
        token = page.next_page_token
    assert seen == sorted(set(seen))
    assert len(seen) == lanes.count_of[0]


def test_lanes_between_two_zones(document: NetworkDocument) -> None:
    """Filters by zone leave those lanes alone, and each has its tariff."""
    origin = document.zones[int(document.lanes.origin_i[0])].id
    page = list_lanes(document, LaneIndex(document), pb2.ListLanesRequest(origin_zone=origin, page_size=1_000))
    assert {lane.origin_zone for lane in page.lanes} == {origin}
    assert all(lane.tariff_steps for lane in page.lanes)


def test_lanes_of_an_unknown_service(document: NetworkDocument) -> None:
    """An unknown carrier service is refused by name."""
    with pytest.raises(Refused, match="carrier_service_id"):
        list_lanes(document, LaneIndex(document), pb2.ListLanesRequest(carrier_service_id="acme-air"))
