"""Explain over a real channel: by RPC, by the client and on the command line."""

import pytest
from orders import order, request_id
from server_process import ServerProcess, Stubs

from fastdom_api.v1 import routing_service_pb2 as pb2
from fastdom_client import Client
from fastdom_client.cli.app import main
from fastdom_client.errors import FastdomError


def held(call: Stubs, order_id: str) -> pb2.RouteResponse:
    """Route and hold an order."""
    wanted = order(("APP-0091", 1), ("APP-0092", 2))
    wanted.order_id = order_id
    return call.routing.Route(pb2.RouteRequest(request_id=request_id(), order=wanted, mode=pb2.ROUTE_MODE_HOLD))


def test_every_node_is_explained(call: Stubs) -> None:
    """The explained plan is the answered one; each node is used, or told what it would take."""
    answer = held(call, "explain-1")
    reply = call.routing.Explain(pb2.ExplainRequest(order_id="explain-1", alternatives=2))
    (one,) = reply.explanations
    assert one.plan == answer.plan
    assert one.reproduced
    assert one.reservation_id == answer.reservation.reservation_id
    assert {node.node_id for node in one.nodes if node.used} == {s.node_id for s in answer.plan.shipments}
    assert all(node.HasField("counterfactual") is not node.used for node in one.nodes)
    assert all(node.constraints and len(node.lines) == 2 for node in one.nodes)
    assert len(one.alternatives) <= 2


def test_the_client_and_the_command_line_tell_it_too(
    call: Stubs, server: ServerProcess, capsys: pytest.CaptureFixture[str]
) -> None:
    """`explain` of the client gives the same message, `fastdom explain` its tables; an unknown order is an error."""
    held(call, "explain-2")
    with Client(server.address) as client:
        assert client.explain("explain-2") == call.routing.Explain(
            pb2.ExplainRequest(order_id="explain-2", alternatives=3)
        )
        with pytest.raises(FastdomError, match="DECISION_NOT_FOUND"):
            client.explain("never-seen")
    assert main(["explain", "explain-2", "--server", server.address]) == 0
    assert "planned again  the same plan" in capsys.readouterr().out
    assert main(["explain", "never-seen", "--server", server.address]) == 3
    assert "DECISION_NOT_FOUND at order_id" in capsys.readouterr().err
