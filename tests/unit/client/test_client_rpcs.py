"""The list of RPCs: complete, the same for both clients, and readable to the interpreter's own tools."""

import inspect

import pytest
from fake_server import all_methods

from fastdom_api.v1 import (
    admin_service_pb2,
    exception_service_pb2,
    inventory_service_pb2,
    network_service_pb2,
    promise_service_pb2,
    reservation_service_pb2,
    routing_service_pb2,
)
from fastdom_client import AsyncClient, Client
from fastdom_client.rpcs import PagedRpc, Rpc, Rpcs

CONTRACT = {
    f"/{service.full_name}/{method.name}": method
    for module in (
        admin_service_pb2,
        exception_service_pb2,
        inventory_service_pb2,
        network_service_pb2,
        promise_service_pb2,
        reservation_service_pb2,
        routing_service_pb2,
    )
    for service in module.DESCRIPTOR.services_by_name.values()
    for method in service.methods
}
ENTRIES = {name: entry for name, entry in vars(Rpcs).items() if isinstance(entry, Rpc | PagedRpc)}


def test_every_rpc_of_the_contract_is_there() -> None:
    """The client calls every RPC of fastdom.v1 and the health check, nothing else."""
    assert set(all_methods()) == {*CONTRACT, "/grpc.health.v1.Health/Check"}


@pytest.mark.parametrize("path", sorted(CONTRACT))
def test_types_are_those_of_the_contract(path: str) -> None:
    """Request and response types of a method are those its RPC declares, and its time limits make sense."""
    method = all_methods()[path]
    assert method.request_type.DESCRIPTOR is CONTRACT[path].input_type
    assert method.response_type.DESCRIPTOR is CONTRACT[path].output_type
    assert 0 < method.limits.attempt_s <= method.limits.call_s
    assert method.retried


@pytest.mark.parametrize("name", sorted(ENTRIES))
def test_methods_describe_themselves(name: str) -> None:
    """Both clients have the method, with the builder's arguments, timeout_s among them, and its documentation."""
    entry = ENTRIES[name]
    for client in (Client, AsyncClient):
        assert getattr(client, name) is entry
    assert "timeout_s" in inspect.signature(entry.build).parameters
    assert inspect.signature(getattr(Client(), name)) == inspect.signature(entry.build)
    assert (entry.__doc__ or "").strip()


def test_both_clients_have_the_same_methods() -> None:
    """Whatever one client offers, the other does."""
    public = [{name for name in dir(client) if not name.startswith("_")} for client in (Client, AsyncClient)]
    assert public[0] == public[1]
