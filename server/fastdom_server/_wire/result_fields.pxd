"""Results from dicts of their fields, for tests and benchmarks; what is not given is 0."""

from libc.stdint cimport int32_t
from libc.string cimport memcpy, memset

from fastdom._native.command cimport (
    LINES_MAX, OPTIONS_MAX, SHIPMENTS_MAX, AllocationOut, CostOut, LineOut, OptionOut, Result, ShipmentOut, Slice,
)
from fastdom._native.entry cimport result_clear


cdef inline Slice keep(bytes text, list kept):
    cdef Slice made
    kept.append(text)
    made.data = text
    made.size = <int32_t>len(text)
    return made


cdef inline int fill_shipment(ShipmentOut* s, CostOut* costs, dict given) except -1:
    s.node_i = given.get("node_i", 0)
    s.service_i = given.get("service_i", -1)
    s.ship_day = given.get("ship_day", 0)
    s.capacity_taken = given.get("capacity_taken", 0)
    s.units = given.get("units", 0)
    s.distance_m = given.get("distance_m", -1)
    s.weight_g = given.get("weight_g", 0)
    s.order_by_us = given.get("order_by_us", 0)
    s.ship_at_us = given.get("ship_at_us", 0)
    s.arrive_from_us = given.get("arrive_from_us", 0)
    s.arrive_by_us = given.get("arrive_by_us", 0)
    memset(costs, 0, sizeof(CostOut))
    s.cost_micros = 0
    for i, (raw, cost) in enumerate(zip(given.get("raw_micros", ()), given.get("cost_micros", ()), strict=True)):
        costs.raw_micros[<int>i] = raw
        costs.cost_micros[<int>i] = cost
        s.cost_micros += costs.cost_micros[<int>i]
    s.penalty_micros = costs.cost_micros[2]
    return 0


cdef inline int fill_allocation(AllocationOut* a, dict given) except -1:
    a.line_i = given.get("line_i", 0)
    a.sku_i = given.get("sku_i", 0)
    a.shipment_i = given.get("shipment_i", 0)
    a.node_i = given.get("node_i", 0)
    a.granted = given.get("granted", 0)
    a.fulfilled = given.get("fulfilled", 0)
    a.released = given.get("released", 0)
    a.expired = given.get("expired", 0)
    return 0


cdef inline int fill_line(LineOut* line, dict given) except -1:
    line.granted = given.get("granted", 0)
    line.shortfall = given.get("shortfall", 0)
    line.available_after = given.get("available_after", 0)
    line.reason = given.get("reason", 0)
    return 0


cdef inline int fill_option(OptionOut* o, dict given) except -1:
    cdef bytes token = given.get("token", b"")
    o.service_level = given.get("service_level", 0)
    o.first_shipment = given.get("first_shipment", 0)
    o.n_shipments = given.get("n_shipments", 0)
    o.first_allocation = given.get("first_allocation", 0)
    o.n_allocations = given.get("n_allocations", 0)
    o.confidence_permille = given.get("confidence_permille", 0)
    o.order_by_us = given.get("order_by_us", 0)
    o.ship_from_us = given.get("ship_from_us", 0)
    o.ship_by_us = given.get("ship_by_us", 0)
    o.arrive_from_us = given.get("arrive_from_us", 0)
    o.arrive_by_us = given.get("arrive_by_us", 0)
    o.valid_until_us = given.get("valid_until_us", 0)
    o.cost_micros = given.get("cost_micros", 0)
    assert len(token) <= 512
    o.token_size = <int32_t>len(token)
    memcpy(o.token, <const char*>token, len(token))
    return 0


cdef inline int fill_arrays(Result* r, dict given, list kept) except -1:
    r.n_shipments = len(given.get("shipments", ()))
    r.n_allocations = len(given.get("allocations", ()))
    r.n_lines = len(given.get("lines", ()))
    r.n_options = len(given.get("options", ()))
    r.n_line_ids = len(given.get("line_ids", ()))
    assert r.n_shipments <= SHIPMENTS_MAX * OPTIONS_MAX and r.n_allocations <= LINES_MAX * OPTIONS_MAX
    assert r.n_lines <= LINES_MAX and r.n_options <= OPTIONS_MAX and r.n_line_ids <= LINES_MAX
    for i, shipment in enumerate(given.get("shipments", ())):
        fill_shipment(&r.shipments[<int>i], &r.costs[<int>i], shipment)
    for i, allocation in enumerate(given.get("allocations", ())):
        fill_allocation(&r.allocations[<int>i], allocation)
    for i, line in enumerate(given.get("lines", ())):
        fill_line(&r.lines[<int>i], line)
    for i, option in enumerate(given.get("options", ())):
        fill_option(&r.options[<int>i], option)
    for i, line_id in enumerate(given.get("line_ids", ())):
        r.line_ids[<int>i] = keep(line_id, kept)
    return 0


cdef inline int fill_result(Result* r, dict given, list kept) except -1:
    """A Result from a dict of its fields; those not given are 0."""
    cdef int i
    result_clear(r)
    r.status.reason = given.get("reason", 0)
    r.status.field = given.get("field", 0)
    r.status.line_i = given.get("line_i", -1)
    r.seq = given.get("seq", 0)
    r.wait_seq = given.get("wait_seq", 0)
    r.now_us = given.get("now_us", 0)
    r.repeated = given.get("repeated", 0)
    r.outcome = given.get("outcome", 0)
    r.optimality = given.get("optimality", 0)
    r.split_count = given.get("split_count", 0)
    r.total_micros = given.get("total_micros", 0)
    r.gap_micros = given.get("gap_micros", 0)
    r.nodes_considered = given.get("nodes_considered", 0)
    r.evaluations = given.get("evaluations", 0)
    r.network_version = given.get("network_version", 0)
    r.policy_version = given.get("policy_version", 0)
    r.token_difference = given.get("token_difference", 0)
    r.has_reservation = given.get("has_reservation", 0)
    for i in range(2):
        r.reservation_id[i] = given.get("reservation_id", (0, 0))[i]
    r.state = given.get("state", 0)
    r.channel_i = given.get("channel_i", -1)
    r.committed = given.get("committed", 0)
    r.needs_attention = given.get("needs_attention", 0)
    r.expires_at_us = given.get("expires_at_us", 0)
    r.created_at_us = given.get("created_at_us", 0)
    r.version = given.get("version", 0)
    r.reacquired = given.get("reacquired", 0)
    r.held_option = given.get("held_option", 0)
    r.count_mismatch = given.get("count_mismatch", 0)
    r.service_level = given.get("service_level", 0)
    r.order_id = keep(given.get("order_id", b""), kept)
    return fill_arrays(r, given, kept)
