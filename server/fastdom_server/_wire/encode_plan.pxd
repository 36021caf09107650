"""Writing plans: shipments with their lines, and the lines that no shipment carries."""

from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t

from fastdom._native.command cimport (
    OBJECTIVES, AllocationOut, Command, CostOut, LineOut, Result, ShipmentOut, Slice,
)
from fastdom_server._wire.encode cimport EncodeScratch, EncodeTables, VersionTexts
from fastdom_server._wire.tags cimport *
from fastdom_server._wire.write cimport (
    Writer, close_message, put_name, put_number, put_text, put_timestamp, room,
)


cdef struct Encoder:
    Writer w
    const Command* command
    const Result* result
    const EncodeTables* tables
    const VersionTexts* texts    # of the version that decided
    EncodeScratch* scratch
    const Slice* line_ids        # of the reservation's order; NULL = the command's lines have them
    int32_t n_line_ids
    int64_t decision_us


cdef struct Span:                # shipments and allocations of one plan in the result
    int32_t first_shipment
    int32_t n_shipments
    int32_t first_allocation
    int32_t n_allocations


cdef inline Slice line_id(const Encoder* e, int32_t line_i) noexcept nogil:
    cdef Slice none
    if e.line_ids == NULL:
        return e.command.lines[line_i].line_id
    if line_i < e.n_line_ids:
        return e.line_ids[line_i]
    none.data = NULL
    none.size = 0
    return none


cdef inline void put_service(Encoder* e, uint32_t tag, int32_t service_i) noexcept nogil:
    if 0 <= service_i < e.texts.n_services:
        put_text(&e.w, tag, e.texts.services[service_i])


cdef inline void chain_allocations(Encoder* e, const Span* span) noexcept nogil:
    """Link the allocations of each shipment of the span, last one first: the order in which they are written."""
    cdef const AllocationOut* allocations = e.result.allocations
    cdef int32_t* last = e.scratch.last
    cdef int32_t shipment_i
    cdef int32_t i
    for i in range(span.first_shipment, span.first_shipment + span.n_shipments):
        last[i] = -1
    for i in range(span.first_allocation, span.first_allocation + span.n_allocations):
        shipment_i = allocations[i].shipment_i
        if 0 <= shipment_i < span.n_shipments:
            e.scratch.before[i] = last[span.first_shipment + shipment_i]
            last[span.first_shipment + shipment_i] = i


cdef inline void put_costs(Writer* w, const CostOut* s) noexcept nogil:
    """By objective, those that cost something."""
    cdef const uint8_t* end
    cdef int32_t i
    for i in range(OBJECTIVES - 1, -1, -1):
        if s.raw_micros[i] != 0 or s.cost_micros[i] != 0:
            if not room(w, 0):
                return
            end = w.at
            put_number(w, COST_COST_MICROS, s.cost_micros[i])
            put_number(w, COST_RAW_MICROS, s.raw_micros[i])
            put_number(w, COST_OBJECTIVE, i + 1)
            close_message(w, SHIPMENT_COSTS, end)


cdef inline void put_shipment_lines(Encoder* e, int32_t shipment) noexcept nogil:
    cdef const uint8_t* end
    cdef int32_t i = e.scratch.last[shipment]
    while i >= 0 and room(&e.w, 0):
        end = e.w.at
        put_number(&e.w, SHIPMENT_LINE_QUANTITY, e.result.allocations[i].granted)
        put_text(&e.w, SHIPMENT_LINE_LINE_ID, line_id(e, e.result.allocations[i].line_i))
        close_message(&e.w, SHIPMENT_LINES, end)
        i = e.scratch.before[i]


cdef inline void put_shipments(Encoder* e, uint32_t tag, const Span* span) noexcept nogil:
    """The plan's shipments; costs by objective are Route's alone."""
    cdef Writer* w = &e.w
    cdef const ShipmentOut* s
    cdef const uint8_t* end
    cdef int32_t i
    chain_allocations(e, span)
    for i in range(span.first_shipment + span.n_shipments - 1, span.first_shipment - 1, -1):
        if not room(w, 0):
            return
        s = &e.result.shipments[i]
        end = w.at
        put_timestamp(w, SHIPMENT_ARRIVE_BY, s.arrive_by_us)
        put_timestamp(w, SHIPMENT_ARRIVE_FROM, s.arrive_from_us)
        put_timestamp(w, SHIPMENT_SHIP_AT, s.ship_at_us)
        put_timestamp(w, SHIPMENT_ORDER_BY, s.order_by_us)
        put_number(w, SHIPMENT_SHIP_DAY, s.ship_day if s.capacity_taken > 0 else 0)
        put_number(w, SHIPMENT_DISTANCE_M, s.distance_m if s.distance_m > 0 else 0)
        put_number(w, SHIPMENT_WEIGHT_G, s.weight_g)
        put_number(w, SHIPMENT_COST_MICROS, s.cost_micros)
        if e.command.kind == METHOD_ROUTE:
            put_costs(w, &e.result.costs[i])
        put_shipment_lines(e, i)
        put_service(e, SHIPMENT_CARRIER_SERVICE_ID, s.service_i)
        put_name(w, SHIPMENT_NODE_ID, e.tables.nodes, s.node_i)
        close_message(w, tag, end)


cdef inline void put_unassigned(Encoder* e, uint32_t tag) noexcept nogil:
    """Lines that did not get their whole quantity, in the order of the request."""
    cdef const LineOut* line
    cdef const uint8_t* end
    cdef int32_t i
    for i in range(e.result.n_lines - 1, -1, -1):
        line = &e.result.lines[i]
        if line.shortfall <= 0:
            continue
        if not room(&e.w, 0):
            return
        end = e.w.at
        put_number(&e.w, UNASSIGNED_REASON, line.reason)
        put_number(&e.w, UNASSIGNED_QUANTITY, line.shortfall)
        put_text(&e.w, UNASSIGNED_LINE_ID, line_id(e, i))
        close_message(&e.w, tag, end)


cdef inline void put_plan(Encoder* e, uint32_t tag) noexcept nogil:
    cdef const Result* r = e.result
    cdef const uint8_t* end = e.w.at
    cdef Span span
    span.first_shipment = 0
    span.n_shipments = r.n_shipments
    span.first_allocation = 0
    span.n_allocations = r.n_allocations
    put_unassigned(e, PLAN_UNASSIGNED_LINES)
    put_number(&e.w, PLAN_SPLIT_COUNT, r.split_count)
    put_text(&e.w, PLAN_CURRENCY_CODE, e.texts.currency)
    put_number(&e.w, PLAN_TOTAL_COST_MICROS, r.total_micros)
    put_shipments(e, PLAN_SHIPMENTS, &span)
    close_message(&e.w, tag, end)
