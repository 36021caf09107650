"""NetworkService: loads a network, reads it back, switches nodes; its policies are in `policies`."""

import asyncio
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import ClassVar

import grpc

from fastdom.engine.engine import NetworkLoad
from fastdom.engine.errors import NetworkRefused
from fastdom.engine.face import CONTRACT
from fastdom.engine.policies import deciding
from fastdom.network import NetworkDocument
from fastdom.policy import Entry
from fastdom.reasons import EngineError, Field, Kind, Reason
from fastdom.types import NodeStatus, NodeStatusResult
from fastdom_api.v1 import network_pb2
from fastdom_api.v1 import network_service_pb2 as pb2
from fastdom_server import errors
from fastdom_server.codec import network as codec
from fastdom_server.codec.moments import timestamp_us
from fastdom_server.interceptors import Answer, Call, Handler, Refused
from fastdom_server.services.lanes import LaneIndex
from fastdom_server.services.loading import document_of, files_of, refused_status, stored_files
from fastdom_server.services.network_lists import list_carrier_services, list_lanes, list_nodes, list_skus
from fastdom_server.services.policies import Policies
from fastdom_server.services.service import Served, in_thread, to_its_end
from fastdom_server.settings import NETWORK_MESSAGE_BYTES_MAX


class NetworkService:
    """Network versions, nodes, SKUs, carrier services, lanes and postal codes."""

    NAME: ClassVar[str] = "fastdom.v1.NetworkService"

    def __init__(self, served: Served) -> None:
        self._engine = served.engine
        self._face = served.engine.face
        self._door = served.door
        self._executor = served.executor
        self._turn = served.network_turn
        self._policies = Policies(served)
        self._lanes: tuple[str, LaneIndex] | None = None

    def methods(self) -> Mapping[str, Handler]:
        """Return the handler of every method by its name."""
        unary = self._door.unary
        return {
            "LoadNetwork": unary(pb2.LoadNetworkRequest, self.load_network, NETWORK_MESSAGE_BYTES_MAX),
            "GetNetwork": unary(pb2.GetNetworkRequest, self.get_network),
            "ListNodes": unary(pb2.ListNodesRequest, self.list_nodes),
            "GetNode": unary(pb2.GetNodeRequest, self.get_node),
            "ListSkus": unary(pb2.ListSkusRequest, self.list_skus),
            "GetSku": unary(pb2.GetSkuRequest, self.get_sku),
            "ListCarrierServices": unary(pb2.ListCarrierServicesRequest, self.list_carrier_services),
            "ListLanes": unary(pb2.ListLanesRequest, self.list_lanes),
            "ResolvePostalCode": unary(pb2.ResolvePostalCodeRequest, self.resolve_postal_code),
            "SetNodeStatus": unary(pb2.SetNodeStatusRequest, self.set_node_status),
            **self._policies.methods(),
        }

    # -- loading

    async def load_network(self, request: pb2.LoadNetworkRequest, call: Call) -> Answer:
        """Check the files, compile them beside the running version, switch; one load at a time."""
        if not request.request_id:
            raise EngineError(Reason.REQUEST_ID_REQUIRED, Field.REQUEST_ID)
        if len(request.request_id.encode()) > CONTRACT["request_id_bytes_max"]:
            raise EngineError(Reason.ID_TOO_LONG, Field.REQUEST_ID)
        files = files_of(request)
        document = await in_thread(self._executor, call, lambda: document_of(files))
        if request.validate_only:
            found = await in_thread(self._executor, call, lambda: self._found(document))
            return Answer(pb2.LoadNetworkResponse(network=found), 0)
        # A switch that has begun is finished though the caller has gone.
        return await to_its_end(self._load(request, document, files, call))

    def _found(self, document: NetworkDocument) -> pb2.NetworkSummary:
        """What loading a document would give."""
        try:
            return codec.encode_summary(document, 0, 0, self._engine.policies_after(document))
        except NetworkRefused as refused:
            raise Refused(refused_status(refused)) from refused

    async def _load(
        self, request: pb2.LoadNetworkRequest, document: NetworkDocument, files: dict[str, bytes], call: Call
    ) -> Answer:
        """Load, unless this request did before: then its first answer."""

        def load() -> NetworkLoad:
            return self._engine.load_network(
                document,
                files,
                request_id=request.request_id,
                expected_version=request.expected_version,
                first_sent_at_us=timestamp_us(request, "first_sent_at", Field.FIRST_SENT_AT, Kind.NONE),
            )

        async with self._turn:
            try:
                loaded = await in_thread(self._executor, call, load)
            except NetworkRefused as refused:
                raise Refused(refused_status(refused)) from refused
            except EngineError as error:
                if error.reason is not Reason.VERSION_MISMATCH:
                    raise
                facts = {"value": str(request.expected_version), "actual": str(self._engine.network_version)}
                raise Refused(errors.status(Reason.VERSION_MISMATCH, "expected_version", facts)) from error
        summary = codec.encode_summary(document, loaded.version, 0, self._deciding())
        response = pb2.LoadNetworkResponse(network=summary, activated=loaded.activated, inventory_seq=loaded.seq)
        return Answer(response, loaded.seq)

    def _deciding(self) -> list[Entry]:
        return deciding(self._engine.policies.registry)

    # -- reading

    @property
    def _document(self) -> NetworkDocument:
        document = self._engine.network
        if document is None:
            raise EngineError(Reason.NETWORK_MISSING)
        return document

    def _lane_index(self, document: NetworkDocument) -> LaneIndex:
        """Return the order of the lanes, made anew for each version."""
        if self._lanes is None or self._lanes[0] != document.content_hash:
            self._lanes = (document.content_hash, LaneIndex(document))
        return self._lanes[1]

    async def get_network(self, request: pb2.GetNetworkRequest, call: Call) -> Answer:
        """Read the active version in numbers, on request with its files."""
        document = self._document
        files: list[pb2.NetworkFile] = []
        if request.include_files:
            stored = await in_thread(
                self._executor, call, lambda: stored_files(self._engine.journal, document.content_hash)
            )
            files = codec.encode_files(stored.items())
        summary = codec.encode_summary(document, self._engine.network_version, 0, self._deciding())
        return Answer(pb2.GetNetworkResponse(network=summary, files=files), 0)

    async def list_nodes(self, request: pb2.ListNodesRequest, call: Call) -> Answer:
        """Read a page of nodes."""
        document = self._document
        page = await in_thread(self._executor, call, lambda: list_nodes(document, self._face.node_status, request))
        return Answer(page, self._face.seq)

    async def get_node(self, request: pb2.GetNodeRequest, _call: Call) -> Answer:
        """Read one node."""
        node = self._node(request.node_id)
        return Answer(pb2.GetNodeResponse(node=node), self._face.seq)

    async def list_skus(self, request: pb2.ListSkusRequest, _call: Call) -> Answer:
        """Read a page of the catalogue."""
        return Answer(list_skus(self._document, request), 0)

    async def get_sku(self, request: pb2.GetSkuRequest, _call: Call) -> Answer:
        """Read one SKU."""
        document = self._document
        sku_i = _find(document.skus.ids, request.sku)
        if sku_i < 0:
            raise not_found(Reason.UNKNOWN_SKU, "sku", request.sku)
        return Answer(pb2.GetSkuResponse(sku=codec.encode_sku(document, sku_i)), 0)

    async def list_carrier_services(self, request: pb2.ListCarrierServicesRequest, call: Call) -> Answer:
        """Read a page of carrier services."""
        document = self._document
        lanes = await in_thread(self._executor, call, lambda: self._lane_index(document))
        return Answer(list_carrier_services(document, lanes, request), 0)

    async def list_lanes(self, request: pb2.ListLanesRequest, call: Call) -> Answer:
        """Read a page of lanes; a filter may scan them all."""
        document = self._document
        page = await in_thread(self._executor, call, lambda: list_lanes(document, self._lane_index(document), request))
        return Answer(page, 0)

    async def resolve_postal_code(self, request: pb2.ResolvePostalCodeRequest, _call: Call) -> Answer:
        """Resolve a postal code as routing does."""
        document = self._document
        country = request.country_code or document.country
        if country != document.country:
            raise Refused(errors.status(Reason.UNKNOWN_COUNTRY, "country_code", {"value": country}))
        postal_i = _find(document.postal_codes.codes, request.postal_code)
        if postal_i < 0:
            raise not_found(Reason.UNKNOWN_POSTAL_CODE, "postal_code", request.postal_code, country=country)
        return Answer(codec.encode_postal_code(document, postal_i), 0)

    # -- switching

    async def set_node_status(self, request: pb2.SetNodeStatusRequest, call: Call) -> Answer:
        """Switch a node; OFFLINE moves what it held, to the end though the caller has gone."""
        switch = codec.decode_set_node_status(request)
        result = self._face.set_node_status(switch, call.now_us, call.deadline_us)
        # A late repeat of the switch must not empty a node that is ONLINE again.
        if result.status is self._face.node_status(result.node_id) is NodeStatus.OFFLINE:
            emptying = asyncio.get_running_loop().run_in_executor(self._executor, self._empty, result)
            result = await to_its_end(emptying)
        node = self._node(result.node_id, result.seq)
        return Answer(codec.encode_set_node_status(result, node), result.seq)

    def _empty(self, result: NodeStatusResult) -> NodeStatusResult:
        """Move what a failed node held, some reservations at a time, and tell the totals."""
        for progress in self._engine.reroute_node(result.node_id):
            result = replace(
                result,
                reservations_rerouted=progress.reservations_moved,
                units_rerouted=progress.units_moved,
                reservations_stranded=progress.reservations_stranded,
                units_stranded=progress.units_stranded,
            )
            self._engine.kick()
        seq = self._face.seq
        return replace(result, inventory_seq=seq, seq=seq)

    def _node(self, node_id: str, seq: int = 0) -> network_pb2.Node:
        document = self._document
        at = bisect_left(document.nodes, node_id, key=lambda node: node.id)
        if at == len(document.nodes) or document.nodes[at].id != node_id:
            raise not_found(Reason.UNKNOWN_NODE, "node_id", node_id, seq=seq)
        return codec.encode_node(document, document.nodes[at], self._face.node_status(node_id))


def _find(ids: Sequence[str], wanted: str) -> int:
    """Return the index of an id in ascending ids, -1 when it is not there."""
    at = bisect_left(ids, wanted)
    return at if at < len(ids) and ids[at] == wanted else -1


def not_found(reason: Reason, path: str, value: str, seq: int = 0, **facts: str) -> Refused:
    """Return the refusal of a read whose object does not exist: NOT_FOUND, where a command says INVALID_ARGUMENT."""
    status = errors.status(reason, path, {"value": value, **facts})
    status.code = grpc.StatusCode.NOT_FOUND.value[0]
    return Refused(status, seq)
