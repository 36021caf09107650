"""Calls of NetworkService."""

from collections.abc import Mapping
from pathlib import Path

from fastdom_api.v1.network_pb2 import CarrierService, Lane, Node, NodeStatus, Sku
from fastdom_api.v1.network_service_pb2 import (
    GetNetworkRequest,
    GetNetworkResponse,
    GetNodeRequest,
    GetNodeResponse,
    GetSkuRequest,
    GetSkuResponse,
    ListCarrierServicesRequest,
    ListCarrierServicesResponse,
    ListLanesRequest,
    ListLanesResponse,
    ListNodesRequest,
    ListNodesResponse,
    ListSkusRequest,
    ListSkusResponse,
    LoadNetworkRequest,
    LoadNetworkResponse,
    NetworkFile,
    ResolvePostalCodeRequest,
    ResolvePostalCodeResponse,
    SetNodeStatusRequest,
    SetNodeStatusResponse,
)
from fastdom_client.call import Call, Pages, after_token, call
from fastdom_client.fields import inside, kind_of, message
from fastdom_client.method import BULK, HOT, WHOLE, Method
from fastdom_client.values import Name, When, enum_value, timestamp

SERVICE = "/fastdom.v1.NetworkService"
LOAD_NETWORK = Method(f"{SERVICE}/LoadNetwork", LoadNetworkRequest, LoadNetworkResponse, WHOLE)
GET_NETWORK = Method(f"{SERVICE}/GetNetwork", GetNetworkRequest, GetNetworkResponse, BULK)
LIST_NODES = Method(f"{SERVICE}/ListNodes", ListNodesRequest, ListNodesResponse, BULK)
GET_NODE = Method(f"{SERVICE}/GetNode", GetNodeRequest, GetNodeResponse, HOT)
LIST_SKUS = Method(f"{SERVICE}/ListSkus", ListSkusRequest, ListSkusResponse, BULK)
GET_SKU = Method(f"{SERVICE}/GetSku", GetSkuRequest, GetSkuResponse, HOT)
LIST_CARRIER_SERVICES = Method(
    f"{SERVICE}/ListCarrierServices", ListCarrierServicesRequest, ListCarrierServicesResponse, BULK
)
LIST_LANES = Method(f"{SERVICE}/ListLanes", ListLanesRequest, ListLanesResponse, BULK)
RESOLVE_POSTAL_CODE = Method(f"{SERVICE}/ResolvePostalCode", ResolvePostalCodeRequest, ResolvePostalCodeResponse, HOT)
SET_NODE_STATUS = Method(f"{SERVICE}/SetNodeStatus", SetNodeStatusRequest, SetNodeStatusResponse, WHOLE)

# What a network folder consists of; other files in it are left alone.
NETWORK_ENDINGS = (".toml", ".csv", ".csv.gz")


def load_network(
    files: str | Path | Mapping[str, bytes],
    *,
    validate_only: bool = False,
    expected_version: int = 0,
    request_id: str = "",
    first_sent_at: When | None = None,
    timeout_s: float | None = None,
) -> Call[LoadNetworkRequest, LoadNetworkResponse]:
    """Replace the network by a new version, or with `validate_only` say what a load would find.

    Parameters
    ----------
    files : str, Path or mapping of str to bytes
        The folder, or file name to content.
    validate_only : bool
        Change nothing.
    expected_version : int
        Load only if this is the active version, else ConflictError. 0 = not checked.
    request_id, first_sent_at
        Of an earlier attempt of yours, to repeat it; made here when left out.
    timeout_s : float
        Time limit over all attempts in seconds.

    Raises
    ------
    OSError
        When the folder cannot be read.
    """
    if not isinstance(files, str | Path | Mapping):
        raise TypeError(f"files must be a folder, or a mapping of file names to bytes, not {kind_of(files)}")
    documents = files if isinstance(files, Mapping) else read_network_folder(files)
    request = message(
        LoadNetworkRequest,
        request_id=request_id,
        files=[_file(name, content) for name, content in documents.items()],
        validate_only=validate_only,
        expected_version=expected_version,
        first_sent_at=timestamp("first_sent_at", first_sent_at),
    )
    return call(LOAD_NETWORK, request, timeout_s)


def _file(name: str, content: bytes) -> NetworkFile:
    try:
        return message(NetworkFile, name=name, content=content)
    except (TypeError, ValueError) as error:
        raise inside(f"files[{name!r}]", error) from None


def read_network_folder(folder: str | Path) -> dict[str, bytes]:
    """Return the documents of a network folder, file name to content, by name."""
    return {
        path.name: path.read_bytes()
        for path in sorted(Path(folder).iterdir())
        if path.is_file() and path.name.endswith(NETWORK_ENDINGS)
    }


def get_network(
    *, include_files: bool = False, timeout_s: float | None = None
) -> Call[GetNetworkRequest, GetNetworkResponse]:
    """Read which network version is active and what it contains, on request with its documents."""
    return call(GET_NETWORK, message(GetNetworkRequest, include_files=include_files), timeout_s)


def list_nodes(
    *, status: Name | None = None, group: str = "", page_size: int = 0, timeout_s: float | None = None
) -> Pages[ListNodesResponse, Node]:
    """List nodes by id, of one status or group when given."""
    request = message(
        ListNodesRequest,
        status=enum_value("status", NodeStatus, "NODE_STATUS_", status),
        group=group,
        page_size=page_size,
    )
    return Pages(call(LIST_NODES, request, timeout_s), lambda page: page.nodes, after_token)


def get_node(node_id: str, *, timeout_s: float | None = None) -> Call[GetNodeRequest, GetNodeResponse]:
    """Read one node."""
    return call(GET_NODE, message(GetNodeRequest, node_id=node_id), timeout_s)


def list_skus(*, page_size: int = 0, timeout_s: float | None = None) -> Pages[ListSkusResponse, Sku]:
    """List the SKUs of the catalogue by id."""
    return Pages(
        call(LIST_SKUS, message(ListSkusRequest, page_size=page_size), timeout_s), lambda page: page.skus, after_token
    )


def get_sku(sku: str, *, timeout_s: float | None = None) -> Call[GetSkuRequest, GetSkuResponse]:
    """Read one SKU."""
    return call(GET_SKU, message(GetSkuRequest, sku=sku), timeout_s)


def list_carrier_services(
    *, page_size: int = 0, timeout_s: float | None = None
) -> Pages[ListCarrierServicesResponse, CarrierService]:
    """List carrier services by id."""
    request = message(ListCarrierServicesRequest, page_size=page_size)
    return Pages(call(LIST_CARRIER_SERVICES, request, timeout_s), lambda page: page.carrier_services, after_token)


def list_lanes(
    *,
    carrier_service_id: str = "",
    origin_zone: str = "",
    destination_zone: str = "",
    page_size: int = 0,
    timeout_s: float | None = None,
) -> Pages[ListLanesResponse, Lane]:
    """List lanes with their tariffs, of one carrier service or zone when given."""
    request = message(
        ListLanesRequest,
        carrier_service_id=carrier_service_id,
        origin_zone=origin_zone,
        destination_zone=destination_zone,
        page_size=page_size,
    )
    return Pages(call(LIST_LANES, request, timeout_s), lambda page: page.lanes, after_token)


def resolve_postal_code(
    postal_code: str, *, country: str = "", timeout_s: float | None = None
) -> Call[ResolvePostalCodeRequest, ResolvePostalCodeResponse]:
    """Resolve a postal code to its point and zone as routing does."""
    request = message(ResolvePostalCodeRequest, postal_code=postal_code, country_code=country)
    return call(RESOLVE_POSTAL_CODE, request, timeout_s)


def set_node_status(
    node_id: str,
    status: Name,
    *,
    request_id: str = "",
    first_sent_at: When | None = None,
    timeout_s: float | None = None,
) -> Call[SetNodeStatusRequest, SetNodeStatusResponse]:
    """Switch a node "ONLINE", "PAUSED" or "OFFLINE"; OFFLINE moves what it held to other nodes."""
    request = message(
        SetNodeStatusRequest,
        request_id=request_id,
        node_id=node_id,
        status=enum_value("status", NodeStatus, "NODE_STATUS_", status),
        first_sent_at=timestamp("first_sent_at", first_sent_at),
    )
    return call(SET_NODE_STATUS, request, timeout_s)
