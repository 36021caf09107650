"""Plans and shipments, to messages."""

from fastdom.types import ObjectiveCost, Plan, Shipment, UnassignedLine
from fastdom_api.v1 import plan_pb2
from fastdom_server.codec.moments import number, timestamp


def encode_plan(plan: Plan) -> plan_pb2.Plan:
    return plan_pb2.Plan(
        shipments=[encode_shipment(shipment) for shipment in plan.shipments],
        total_cost_micros=plan.total_cost_micros,
        currency_code=plan.currency_code,
        split_count=plan.split_count,
        unassigned_lines=[_encode_unassigned(line) for line in plan.unassigned_lines],
    )


def encode_shipment(shipment: Shipment) -> plan_pb2.Shipment:
    return plan_pb2.Shipment(
        node_id=shipment.node_id,
        carrier_service_id=shipment.carrier_service_id,
        lines=[plan_pb2.ShipmentLine(line_id=line.line_id, quantity=line.quantity) for line in shipment.lines],
        costs=[encode_cost(cost) for cost in shipment.costs],
        cost_micros=shipment.cost_micros,
        weight_g=shipment.weight_g,
        distance_m=shipment.distance_m,
        ship_day=shipment.ship_day,
        order_by=timestamp(shipment.order_by_us),
        ship_at=timestamp(shipment.ship_at_us),
        arrive_from=timestamp(shipment.arrive_from_us),
        arrive_by=timestamp(shipment.arrive_by_us),
    )


def encode_cost(cost: ObjectiveCost) -> plan_pb2.ObjectiveCost:
    return plan_pb2.ObjectiveCost(
        objective=number(cost.objective), raw_micros=cost.raw_micros, cost_micros=cost.cost_micros
    )


def _encode_unassigned(line: UnassignedLine) -> plan_pb2.UnassignedLine:
    return plan_pb2.UnassignedLine(
        line_id=line.line_id,
        quantity=line.quantity,
        reason=number(line.reason),
        available_from=timestamp(line.available_from_us),
    )
