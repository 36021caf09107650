import datetime

from fastdom_api.v1 import order_pb2 as _order_pb2
from fastdom_api.v1 import plan_pb2 as _plan_pb2
from fastdom_api.v1 import reservation_pb2 as _reservation_pb2
from fastdom_api.v1 import types_pb2 as _types_pb2
from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.rpc import status_pb2 as _status_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class RouteMode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ROUTE_MODE_UNSPECIFIED: _ClassVar[RouteMode]
    ROUTE_MODE_PLAN: _ClassVar[RouteMode]
    ROUTE_MODE_HOLD: _ClassVar[RouteMode]
    ROUTE_MODE_FIRM: _ClassVar[RouteMode]

class RouteOutcome(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ROUTE_OUTCOME_UNSPECIFIED: _ClassVar[RouteOutcome]
    ROUTE_OUTCOME_COMPLETE: _ClassVar[RouteOutcome]
    ROUTE_OUTCOME_PARTIAL: _ClassVar[RouteOutcome]
    ROUTE_OUTCOME_REFUSED: _ClassVar[RouteOutcome]

class Optimality(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    OPTIMALITY_UNSPECIFIED: _ClassVar[Optimality]
    OPTIMALITY_PROVEN: _ClassVar[Optimality]
    OPTIMALITY_BOUND: _ClassVar[Optimality]
    OPTIMALITY_HEURISTIC: _ClassVar[Optimality]

class RerouteReason(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    REROUTE_REASON_UNSPECIFIED: _ClassVar[RerouteReason]
    REROUTE_REASON_REJECTED: _ClassVar[RerouteReason]
    REROUTE_REASON_SHORT_PICK: _ClassVar[RerouteReason]
    REROUTE_REASON_LATE: _ClassVar[RerouteReason]
    REROUTE_REASON_OTHER: _ClassVar[RerouteReason]
    REROUTE_REASON_NODE_OFFLINE: _ClassVar[RerouteReason]
    REROUTE_REASON_OVER_CAPACITY: _ClassVar[RerouteReason]

class DecisionKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    DECISION_KIND_UNSPECIFIED: _ClassVar[DecisionKind]
    DECISION_KIND_RESERVE: _ClassVar[DecisionKind]
    DECISION_KIND_ROUTE: _ClassVar[DecisionKind]
    DECISION_KIND_PROMISE: _ClassVar[DecisionKind]

class ConstraintStatus(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CONSTRAINT_STATUS_UNSPECIFIED: _ClassVar[ConstraintStatus]
    CONSTRAINT_STATUS_MET: _ClassVar[ConstraintStatus]
    CONSTRAINT_STATUS_VIOLATED: _ClassVar[ConstraintStatus]
    CONSTRAINT_STATUS_RELAXED: _ClassVar[ConstraintStatus]
    CONSTRAINT_STATUS_NOT_JUDGED: _ClassVar[ConstraintStatus]

class CounterfactualKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    COUNTERFACTUAL_KIND_UNSPECIFIED: _ClassVar[CounterfactualKind]
    COUNTERFACTUAL_KIND_CHEAPER: _ClassVar[CounterfactualKind]
    COUNTERFACTUAL_KIND_MORE_UNITS: _ClassVar[CounterfactualKind]
    COUNTERFACTUAL_KIND_RELAXED: _ClassVar[CounterfactualKind]
    COUNTERFACTUAL_KIND_NONE: _ClassVar[CounterfactualKind]
ROUTE_MODE_UNSPECIFIED: RouteMode
ROUTE_MODE_PLAN: RouteMode
ROUTE_MODE_HOLD: RouteMode
ROUTE_MODE_FIRM: RouteMode
ROUTE_OUTCOME_UNSPECIFIED: RouteOutcome
ROUTE_OUTCOME_COMPLETE: RouteOutcome
ROUTE_OUTCOME_PARTIAL: RouteOutcome
ROUTE_OUTCOME_REFUSED: RouteOutcome
OPTIMALITY_UNSPECIFIED: Optimality
OPTIMALITY_PROVEN: Optimality
OPTIMALITY_BOUND: Optimality
OPTIMALITY_HEURISTIC: Optimality
REROUTE_REASON_UNSPECIFIED: RerouteReason
REROUTE_REASON_REJECTED: RerouteReason
REROUTE_REASON_SHORT_PICK: RerouteReason
REROUTE_REASON_LATE: RerouteReason
REROUTE_REASON_OTHER: RerouteReason
REROUTE_REASON_NODE_OFFLINE: RerouteReason
REROUTE_REASON_OVER_CAPACITY: RerouteReason
DECISION_KIND_UNSPECIFIED: DecisionKind
DECISION_KIND_RESERVE: DecisionKind
DECISION_KIND_ROUTE: DecisionKind
DECISION_KIND_PROMISE: DecisionKind
CONSTRAINT_STATUS_UNSPECIFIED: ConstraintStatus
CONSTRAINT_STATUS_MET: ConstraintStatus
CONSTRAINT_STATUS_VIOLATED: ConstraintStatus
CONSTRAINT_STATUS_RELAXED: ConstraintStatus
CONSTRAINT_STATUS_NOT_JUDGED: ConstraintStatus
COUNTERFACTUAL_KIND_UNSPECIFIED: CounterfactualKind
COUNTERFACTUAL_KIND_CHEAPER: CounterfactualKind
COUNTERFACTUAL_KIND_MORE_UNITS: CounterfactualKind
COUNTERFACTUAL_KIND_RELAXED: CounterfactualKind
COUNTERFACTUAL_KIND_NONE: CounterfactualKind

class RouteRequest(_message.Message):
    __slots__ = ("request_id", "order", "policy", "mode", "ttl", "include_node_ids", "exclude_node_ids", "allow_partial", "max_shipments", "effort", "alternatives", "explain", "first_sent_at")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    ORDER_FIELD_NUMBER: _ClassVar[int]
    POLICY_FIELD_NUMBER: _ClassVar[int]
    MODE_FIELD_NUMBER: _ClassVar[int]
    TTL_FIELD_NUMBER: _ClassVar[int]
    INCLUDE_NODE_IDS_FIELD_NUMBER: _ClassVar[int]
    EXCLUDE_NODE_IDS_FIELD_NUMBER: _ClassVar[int]
    ALLOW_PARTIAL_FIELD_NUMBER: _ClassVar[int]
    MAX_SHIPMENTS_FIELD_NUMBER: _ClassVar[int]
    EFFORT_FIELD_NUMBER: _ClassVar[int]
    ALTERNATIVES_FIELD_NUMBER: _ClassVar[int]
    EXPLAIN_FIELD_NUMBER: _ClassVar[int]
    FIRST_SENT_AT_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    order: _order_pb2.Order
    policy: _types_pb2.PolicyRef
    mode: RouteMode
    ttl: _duration_pb2.Duration
    include_node_ids: _containers.RepeatedScalarFieldContainer[str]
    exclude_node_ids: _containers.RepeatedScalarFieldContainer[str]
    allow_partial: bool
    max_shipments: int
    effort: int
    alternatives: int
    explain: bool
    first_sent_at: _timestamp_pb2.Timestamp
    def __init__(self, request_id: _Optional[str] = ..., order: _Optional[_Union[_order_pb2.Order, _Mapping]] = ..., policy: _Optional[_Union[_types_pb2.PolicyRef, _Mapping]] = ..., mode: _Optional[_Union[RouteMode, str]] = ..., ttl: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., include_node_ids: _Optional[_Iterable[str]] = ..., exclude_node_ids: _Optional[_Iterable[str]] = ..., allow_partial: _Optional[bool] = ..., max_shipments: _Optional[int] = ..., effort: _Optional[int] = ..., alternatives: _Optional[int] = ..., explain: _Optional[bool] = ..., first_sent_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class NodeConsidered(_message.Message):
    __slots__ = ("node_id", "rank", "used", "lines_covered", "cost_micros", "distance_m", "reason")
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    RANK_FIELD_NUMBER: _ClassVar[int]
    USED_FIELD_NUMBER: _ClassVar[int]
    LINES_COVERED_FIELD_NUMBER: _ClassVar[int]
    COST_MICROS_FIELD_NUMBER: _ClassVar[int]
    DISTANCE_M_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    node_id: str
    rank: int
    used: bool
    lines_covered: int
    cost_micros: int
    distance_m: int
    reason: _types_pb2.UnassignedReason
    def __init__(self, node_id: _Optional[str] = ..., rank: _Optional[int] = ..., used: _Optional[bool] = ..., lines_covered: _Optional[int] = ..., cost_micros: _Optional[int] = ..., distance_m: _Optional[int] = ..., reason: _Optional[_Union[_types_pb2.UnassignedReason, str]] = ...) -> None: ...

class RouteResponse(_message.Message):
    __slots__ = ("plan", "optimality", "gap_micros", "outcome", "reservation", "nodes_considered", "subsets_evaluated", "policy_name", "policy_version", "network_version", "inventory_seq", "decision_us", "alternatives", "candidates")
    PLAN_FIELD_NUMBER: _ClassVar[int]
    OPTIMALITY_FIELD_NUMBER: _ClassVar[int]
    GAP_MICROS_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    RESERVATION_FIELD_NUMBER: _ClassVar[int]
    NODES_CONSIDERED_FIELD_NUMBER: _ClassVar[int]
    SUBSETS_EVALUATED_FIELD_NUMBER: _ClassVar[int]
    POLICY_NAME_FIELD_NUMBER: _ClassVar[int]
    POLICY_VERSION_FIELD_NUMBER: _ClassVar[int]
    NETWORK_VERSION_FIELD_NUMBER: _ClassVar[int]
    INVENTORY_SEQ_FIELD_NUMBER: _ClassVar[int]
    DECISION_US_FIELD_NUMBER: _ClassVar[int]
    ALTERNATIVES_FIELD_NUMBER: _ClassVar[int]
    CANDIDATES_FIELD_NUMBER: _ClassVar[int]
    plan: _plan_pb2.Plan
    optimality: Optimality
    gap_micros: int
    outcome: RouteOutcome
    reservation: _reservation_pb2.Reservation
    nodes_considered: int
    subsets_evaluated: int
    policy_name: str
    policy_version: int
    network_version: int
    inventory_seq: int
    decision_us: int
    alternatives: _containers.RepeatedCompositeFieldContainer[_plan_pb2.Plan]
    candidates: _containers.RepeatedCompositeFieldContainer[NodeConsidered]
    def __init__(self, plan: _Optional[_Union[_plan_pb2.Plan, _Mapping]] = ..., optimality: _Optional[_Union[Optimality, str]] = ..., gap_micros: _Optional[int] = ..., outcome: _Optional[_Union[RouteOutcome, str]] = ..., reservation: _Optional[_Union[_reservation_pb2.Reservation, _Mapping]] = ..., nodes_considered: _Optional[int] = ..., subsets_evaluated: _Optional[int] = ..., policy_name: _Optional[str] = ..., policy_version: _Optional[int] = ..., network_version: _Optional[int] = ..., inventory_seq: _Optional[int] = ..., decision_us: _Optional[int] = ..., alternatives: _Optional[_Iterable[_Union[_plan_pb2.Plan, _Mapping]]] = ..., candidates: _Optional[_Iterable[_Union[NodeConsidered, _Mapping]]] = ...) -> None: ...

class BatchRouteRequest(_message.Message):
    __slots__ = ("requests",)
    REQUESTS_FIELD_NUMBER: _ClassVar[int]
    requests: _containers.RepeatedCompositeFieldContainer[RouteRequest]
    def __init__(self, requests: _Optional[_Iterable[_Union[RouteRequest, _Mapping]]] = ...) -> None: ...

class BatchRouteResult(_message.Message):
    __slots__ = ("response", "error")
    RESPONSE_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    response: RouteResponse
    error: _status_pb2.Status
    def __init__(self, response: _Optional[_Union[RouteResponse, _Mapping]] = ..., error: _Optional[_Union[_status_pb2.Status, _Mapping]] = ...) -> None: ...

class BatchRouteResponse(_message.Message):
    __slots__ = ("results",)
    RESULTS_FIELD_NUMBER: _ClassVar[int]
    results: _containers.RepeatedCompositeFieldContainer[BatchRouteResult]
    def __init__(self, results: _Optional[_Iterable[_Union[BatchRouteResult, _Mapping]]] = ...) -> None: ...

class RerouteLine(_message.Message):
    __slots__ = ("line_id", "quantity")
    LINE_ID_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_FIELD_NUMBER: _ClassVar[int]
    line_id: str
    quantity: int
    def __init__(self, line_id: _Optional[str] = ..., quantity: _Optional[int] = ...) -> None: ...

class RerouteRequest(_message.Message):
    __slots__ = ("request_id", "reservation_id", "node_id", "lines", "reason", "first_sent_at")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    RESERVATION_ID_FIELD_NUMBER: _ClassVar[int]
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    LINES_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    FIRST_SENT_AT_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    reservation_id: str
    node_id: str
    lines: _containers.RepeatedCompositeFieldContainer[RerouteLine]
    reason: RerouteReason
    first_sent_at: _timestamp_pb2.Timestamp
    def __init__(self, request_id: _Optional[str] = ..., reservation_id: _Optional[str] = ..., node_id: _Optional[str] = ..., lines: _Optional[_Iterable[_Union[RerouteLine, _Mapping]]] = ..., reason: _Optional[_Union[RerouteReason, str]] = ..., first_sent_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class NodeExclusion(_message.Message):
    __slots__ = ("node_id", "reason", "until")
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    UNTIL_FIELD_NUMBER: _ClassVar[int]
    node_id: str
    reason: RerouteReason
    until: _timestamp_pb2.Timestamp
    def __init__(self, node_id: _Optional[str] = ..., reason: _Optional[_Union[RerouteReason, str]] = ..., until: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class RerouteResponse(_message.Message):
    __slots__ = ("reservation", "plan", "units_moved", "units_stranded", "stranded_reason", "exception_id", "attempts", "exclusions", "inventory_seq", "decision_us")
    RESERVATION_FIELD_NUMBER: _ClassVar[int]
    PLAN_FIELD_NUMBER: _ClassVar[int]
    UNITS_MOVED_FIELD_NUMBER: _ClassVar[int]
    UNITS_STRANDED_FIELD_NUMBER: _ClassVar[int]
    STRANDED_REASON_FIELD_NUMBER: _ClassVar[int]
    EXCEPTION_ID_FIELD_NUMBER: _ClassVar[int]
    ATTEMPTS_FIELD_NUMBER: _ClassVar[int]
    EXCLUSIONS_FIELD_NUMBER: _ClassVar[int]
    INVENTORY_SEQ_FIELD_NUMBER: _ClassVar[int]
    DECISION_US_FIELD_NUMBER: _ClassVar[int]
    reservation: _reservation_pb2.Reservation
    plan: _plan_pb2.Plan
    units_moved: int
    units_stranded: int
    stranded_reason: _types_pb2.StrandedReason
    exception_id: int
    attempts: int
    exclusions: _containers.RepeatedCompositeFieldContainer[NodeExclusion]
    inventory_seq: int
    decision_us: int
    def __init__(self, reservation: _Optional[_Union[_reservation_pb2.Reservation, _Mapping]] = ..., plan: _Optional[_Union[_plan_pb2.Plan, _Mapping]] = ..., units_moved: _Optional[int] = ..., units_stranded: _Optional[int] = ..., stranded_reason: _Optional[_Union[_types_pb2.StrandedReason, str]] = ..., exception_id: _Optional[int] = ..., attempts: _Optional[int] = ..., exclusions: _Optional[_Iterable[_Union[NodeExclusion, _Mapping]]] = ..., inventory_seq: _Optional[int] = ..., decision_us: _Optional[int] = ...) -> None: ...

class RerouteNodeRequest(_message.Message):
    __slots__ = ("request_id", "node_id", "first_sent_at")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    FIRST_SENT_AT_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    node_id: str
    first_sent_at: _timestamp_pb2.Timestamp
    def __init__(self, request_id: _Optional[str] = ..., node_id: _Optional[str] = ..., first_sent_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class RerouteNodeResponse(_message.Message):
    __slots__ = ("reservations_rerouted", "units_rerouted", "reservations_left", "units_left", "inventory_seq")
    RESERVATIONS_REROUTED_FIELD_NUMBER: _ClassVar[int]
    UNITS_REROUTED_FIELD_NUMBER: _ClassVar[int]
    RESERVATIONS_LEFT_FIELD_NUMBER: _ClassVar[int]
    UNITS_LEFT_FIELD_NUMBER: _ClassVar[int]
    INVENTORY_SEQ_FIELD_NUMBER: _ClassVar[int]
    reservations_rerouted: int
    units_rerouted: int
    reservations_left: int
    units_left: int
    inventory_seq: int
    def __init__(self, reservations_rerouted: _Optional[int] = ..., units_rerouted: _Optional[int] = ..., reservations_left: _Optional[int] = ..., units_left: _Optional[int] = ..., inventory_seq: _Optional[int] = ...) -> None: ...

class ExplainRequest(_message.Message):
    __slots__ = ("order_id", "reservation_id", "decision_request_id", "alternatives", "all_decisions")
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    RESERVATION_ID_FIELD_NUMBER: _ClassVar[int]
    DECISION_REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    ALTERNATIVES_FIELD_NUMBER: _ClassVar[int]
    ALL_DECISIONS_FIELD_NUMBER: _ClassVar[int]
    order_id: str
    reservation_id: str
    decision_request_id: str
    alternatives: int
    all_decisions: bool
    def __init__(self, order_id: _Optional[str] = ..., reservation_id: _Optional[str] = ..., decision_request_id: _Optional[str] = ..., alternatives: _Optional[int] = ..., all_decisions: _Optional[bool] = ...) -> None: ...

class ConstraintVerdict(_message.Message):
    __slots__ = ("constraint", "status", "expected", "actual")
    CONSTRAINT_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_FIELD_NUMBER: _ClassVar[int]
    ACTUAL_FIELD_NUMBER: _ClassVar[int]
    constraint: str
    status: ConstraintStatus
    expected: str
    actual: str
    def __init__(self, constraint: _Optional[str] = ..., status: _Optional[_Union[ConstraintStatus, str]] = ..., expected: _Optional[str] = ..., actual: _Optional[str] = ...) -> None: ...

class LineAvailability(_message.Message):
    __slots__ = ("line_id", "sku", "wanted", "available", "routing_reserve")
    LINE_ID_FIELD_NUMBER: _ClassVar[int]
    SKU_FIELD_NUMBER: _ClassVar[int]
    WANTED_FIELD_NUMBER: _ClassVar[int]
    AVAILABLE_FIELD_NUMBER: _ClassVar[int]
    ROUTING_RESERVE_FIELD_NUMBER: _ClassVar[int]
    line_id: str
    sku: str
    wanted: int
    available: int
    routing_reserve: int
    def __init__(self, line_id: _Optional[str] = ..., sku: _Optional[str] = ..., wanted: _Optional[int] = ..., available: _Optional[int] = ..., routing_reserve: _Optional[int] = ...) -> None: ...

class MissingUnits(_message.Message):
    __slots__ = ("sku", "units")
    SKU_FIELD_NUMBER: _ClassVar[int]
    UNITS_FIELD_NUMBER: _ClassVar[int]
    sku: str
    units: int
    def __init__(self, sku: _Optional[str] = ..., units: _Optional[int] = ...) -> None: ...

class Counterfactual(_message.Message):
    __slots__ = ("kind", "cheaper_by_micros", "missing_units", "constraints", "exact", "text")
    KIND_FIELD_NUMBER: _ClassVar[int]
    CHEAPER_BY_MICROS_FIELD_NUMBER: _ClassVar[int]
    MISSING_UNITS_FIELD_NUMBER: _ClassVar[int]
    CONSTRAINTS_FIELD_NUMBER: _ClassVar[int]
    EXACT_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    kind: CounterfactualKind
    cheaper_by_micros: int
    missing_units: _containers.RepeatedCompositeFieldContainer[MissingUnits]
    constraints: _containers.RepeatedScalarFieldContainer[str]
    exact: bool
    text: str
    def __init__(self, kind: _Optional[_Union[CounterfactualKind, str]] = ..., cheaper_by_micros: _Optional[int] = ..., missing_units: _Optional[_Iterable[_Union[MissingUnits, _Mapping]]] = ..., constraints: _Optional[_Iterable[str]] = ..., exact: _Optional[bool] = ..., text: _Optional[str] = ...) -> None: ...

class ExplainedNode(_message.Message):
    __slots__ = ("node_id", "rank", "used", "lines_covered", "cost_micros", "costs", "distance_m", "reason", "constraints", "lines", "counterfactual")
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    RANK_FIELD_NUMBER: _ClassVar[int]
    USED_FIELD_NUMBER: _ClassVar[int]
    LINES_COVERED_FIELD_NUMBER: _ClassVar[int]
    COST_MICROS_FIELD_NUMBER: _ClassVar[int]
    COSTS_FIELD_NUMBER: _ClassVar[int]
    DISTANCE_M_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    CONSTRAINTS_FIELD_NUMBER: _ClassVar[int]
    LINES_FIELD_NUMBER: _ClassVar[int]
    COUNTERFACTUAL_FIELD_NUMBER: _ClassVar[int]
    node_id: str
    rank: int
    used: bool
    lines_covered: int
    cost_micros: int
    costs: _containers.RepeatedCompositeFieldContainer[_plan_pb2.ObjectiveCost]
    distance_m: int
    reason: _types_pb2.UnassignedReason
    constraints: _containers.RepeatedCompositeFieldContainer[ConstraintVerdict]
    lines: _containers.RepeatedCompositeFieldContainer[LineAvailability]
    counterfactual: Counterfactual
    def __init__(self, node_id: _Optional[str] = ..., rank: _Optional[int] = ..., used: _Optional[bool] = ..., lines_covered: _Optional[int] = ..., cost_micros: _Optional[int] = ..., costs: _Optional[_Iterable[_Union[_plan_pb2.ObjectiveCost, _Mapping]]] = ..., distance_m: _Optional[int] = ..., reason: _Optional[_Union[_types_pb2.UnassignedReason, str]] = ..., constraints: _Optional[_Iterable[_Union[ConstraintVerdict, _Mapping]]] = ..., lines: _Optional[_Iterable[_Union[LineAvailability, _Mapping]]] = ..., counterfactual: _Optional[_Union[Counterfactual, _Mapping]] = ...) -> None: ...

class ExplainedAlternative(_message.Message):
    __slots__ = ("plan", "regret_micros", "difference")
    PLAN_FIELD_NUMBER: _ClassVar[int]
    REGRET_MICROS_FIELD_NUMBER: _ClassVar[int]
    DIFFERENCE_FIELD_NUMBER: _ClassVar[int]
    plan: _plan_pb2.Plan
    regret_micros: int
    difference: str
    def __init__(self, plan: _Optional[_Union[_plan_pb2.Plan, _Mapping]] = ..., regret_micros: _Optional[int] = ..., difference: _Optional[str] = ...) -> None: ...

class Explanation(_message.Message):
    __slots__ = ("order_id", "reservation_id", "request_id", "kind", "decided_at", "decision_seq", "policy_name", "policy_version", "network_version", "service_level", "outcome", "optimality", "gap_micros", "from_token", "plan", "relaxed_constraints", "reproduced", "regret_micros", "alternatives", "nodes")
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    RESERVATION_ID_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    DECIDED_AT_FIELD_NUMBER: _ClassVar[int]
    DECISION_SEQ_FIELD_NUMBER: _ClassVar[int]
    POLICY_NAME_FIELD_NUMBER: _ClassVar[int]
    POLICY_VERSION_FIELD_NUMBER: _ClassVar[int]
    NETWORK_VERSION_FIELD_NUMBER: _ClassVar[int]
    SERVICE_LEVEL_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    OPTIMALITY_FIELD_NUMBER: _ClassVar[int]
    GAP_MICROS_FIELD_NUMBER: _ClassVar[int]
    FROM_TOKEN_FIELD_NUMBER: _ClassVar[int]
    PLAN_FIELD_NUMBER: _ClassVar[int]
    RELAXED_CONSTRAINTS_FIELD_NUMBER: _ClassVar[int]
    REPRODUCED_FIELD_NUMBER: _ClassVar[int]
    REGRET_MICROS_FIELD_NUMBER: _ClassVar[int]
    ALTERNATIVES_FIELD_NUMBER: _ClassVar[int]
    NODES_FIELD_NUMBER: _ClassVar[int]
    order_id: str
    reservation_id: str
    request_id: str
    kind: DecisionKind
    decided_at: _timestamp_pb2.Timestamp
    decision_seq: int
    policy_name: str
    policy_version: int
    network_version: int
    service_level: _types_pb2.ServiceLevel
    outcome: RouteOutcome
    optimality: Optimality
    gap_micros: int
    from_token: bool
    plan: _plan_pb2.Plan
    relaxed_constraints: _containers.RepeatedScalarFieldContainer[str]
    reproduced: bool
    regret_micros: int
    alternatives: _containers.RepeatedCompositeFieldContainer[ExplainedAlternative]
    nodes: _containers.RepeatedCompositeFieldContainer[ExplainedNode]
    def __init__(self, order_id: _Optional[str] = ..., reservation_id: _Optional[str] = ..., request_id: _Optional[str] = ..., kind: _Optional[_Union[DecisionKind, str]] = ..., decided_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., decision_seq: _Optional[int] = ..., policy_name: _Optional[str] = ..., policy_version: _Optional[int] = ..., network_version: _Optional[int] = ..., service_level: _Optional[_Union[_types_pb2.ServiceLevel, str]] = ..., outcome: _Optional[_Union[RouteOutcome, str]] = ..., optimality: _Optional[_Union[Optimality, str]] = ..., gap_micros: _Optional[int] = ..., from_token: _Optional[bool] = ..., plan: _Optional[_Union[_plan_pb2.Plan, _Mapping]] = ..., relaxed_constraints: _Optional[_Iterable[str]] = ..., reproduced: _Optional[bool] = ..., regret_micros: _Optional[int] = ..., alternatives: _Optional[_Iterable[_Union[ExplainedAlternative, _Mapping]]] = ..., nodes: _Optional[_Iterable[_Union[ExplainedNode, _Mapping]]] = ...) -> None: ...

class ExplainResponse(_message.Message):
    __slots__ = ("explanations", "decisions_kept")
    EXPLANATIONS_FIELD_NUMBER: _ClassVar[int]
    DECISIONS_KEPT_FIELD_NUMBER: _ClassVar[int]
    explanations: _containers.RepeatedCompositeFieldContainer[Explanation]
    decisions_kept: int
    def __init__(self, explanations: _Optional[_Iterable[_Union[Explanation, _Mapping]]] = ..., decisions_kept: _Optional[int] = ...) -> None: ...
