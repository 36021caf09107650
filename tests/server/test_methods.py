"""Every method of the contract has exactly one handler."""

from types import SimpleNamespace

import pytest

from fastdom_server.health import Health
from fastdom_server.methods import CONTRACT, Methods
from fastdom_server.services import SERVICES


def found(methods: Methods, path: str) -> object:
    return methods.service(SimpleNamespace(method=path, invocation_metadata=()))


def paths() -> list[str]:
    return [f"/{service.full_name}/{method.name}" for service in CONTRACT for method in service.methods]


def full() -> list[tuple[str, dict[str, object]]]:
    return [(service.full_name, {method.name: object() for method in service.methods}) for service in CONTRACT]


def test_services_are_those_of_the_contract() -> None:
    """The list of services and the protos name the same services."""
    assert sorted(service.NAME for service in SERVICES) == sorted(service.full_name for service in CONTRACT)


def test_recovering_answers_every_method_in_its_shape() -> None:
    """Before `serve` every method has a handler of its own arity, so that a stream gets its refusal too."""
    methods = Methods(Health([]))
    for service in CONTRACT:
        for method in service.methods:
            handler = found(methods, f"/{service.full_name}/{method.name}")
            assert handler.request_streaming == method.client_streaming


def test_serve_replaces_all() -> None:
    """After `serve` every path finds the handler of its service and method."""
    methods, table = Methods(Health([])), full()
    methods.serve(table)
    given = [handler for _, handlers in table for handler in handlers.values()]
    assert [found(methods, path) for path in paths()] == given


@pytest.mark.parametrize("change", ["missing", "extra"])
def test_serve_refuses_what_differs_from_the_contract(change: str) -> None:
    """A method without handler, or a handler without method, is a mistake found at start."""
    methods, table = Methods(Health([])), full()
    if change == "missing":
        table[0][1].pop("Route")
    else:
        table[0][1]["Guess"] = object()
    with pytest.raises(ValueError, match="Route" if change == "missing" else "Guess"):
        methods.serve(table)


def test_others_are_left_to_the_next_handler() -> None:
    """A path of another package has no handler here; an unknown one of this package is refused; health is answered."""
    methods = Methods(Health([]))
    assert found(methods, "/other.v1.Service/Call") is None
    assert found(methods, "/fastdom.v1.RoutingService/Simulate") is not None
    assert found(methods, "/grpc.health.v1.Health/Check") is not None
