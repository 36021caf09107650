"""Moving a reservation off a node that failed, in one journalled step."""

from libc.stdint cimport int32_t, int64_t

from fastdom._native.command cimport AllocationOut, KIND_REROUTE, LINES_MAX, OPTIONS_MAX, Result, SHIPMENTS_MAX, Slice
from fastdom._native.core cimport Engine
from fastdom._native.entry cimport Entry, context_unpack, entry_bound, result_clear
from fastdom._native.faults cimport FAULT_STRANDED, Fault, fault_open_of
from fastdom._native.journaling cimport entry_clear, journal, room_for
from fastdom._native.quote cimport quote_reroute
from fastdom._native.reservations cimport (
    Record, open_units, record_allocations, record_context, record_size, reservation_fits,
)
from fastdom._native.state cimport NODE_OFFLINE, State, due_lift, due_unlift
from fastdom._native.verbs cimport view_record


cdef bint stranded_elsewhere(const State* s, const Record* record, int32_t node_i) noexcept nogil:
    """Open units at another node that is OFFLINE: they need attention whatever becomes of those at this one."""
    cdef const AllocationOut* a = record_allocations(record)
    cdef int32_t i
    for i in range(record.n_allocations):
        if a[i].node_i != node_i and s.node_status[a[i].node_i] == NODE_OFFLINE and open_units(&a[i]):
            return True
    return False


cdef bint stranded_before(const State* s, const Record* record, int32_t node_i, int64_t units) noexcept nogil:
    """The same units are on record as stranded there already."""
    cdef const Fault* fault = fault_open_of(&s.faults, FAULT_STRANDED, -1, node_i, record.id)
    return record.needs_attention and fault != NULL and fault.quantity == units


cdef bint grows_too_far(const Engine* g, const Record* record, const Result* fresh) noexcept nogil:
    """A record keeps the places its units have left: after very many moves, or in a full table, they stay where they are."""
    cdef int64_t n_shipments = <int64_t>record.n_shipments + fresh.n_shipments
    cdef int64_t n_allocations = <int64_t>record.n_allocations + fresh.n_allocations
    return (
        n_shipments > SHIPMENTS_MAX or n_allocations > LINES_MAX * OPTIONS_MAX
        or not reservation_fits(&g.state.reservations, record_size(n_shipments, n_allocations, record.context_size))
    )


cdef int32_t reroute_one(Engine* g, Record* record, int32_t node_i, int64_t now_us, int64_t* moved) noexcept nogil:
    """Move one reservation's open units off a node in one journalled step. Units that fit nowhere; -1 = no room."""
    cdef Result* fresh = &g.work
    cdef Result* after = &g.work_after
    cdef Entry e
    cdef Slice packed
    cdef int64_t stranded = 0
    cdef int32_t left
    cdef int32_t i
    cdef int32_t j
    packed.data = record_context(record)
    packed.size = record.context_size
    result_clear(fresh)
    result_clear(after)
    fresh.now_us = now_us
    after.now_us = now_us
    moved[0] = 0
    if context_unpack(packed, &g.context) != 0:
        return 0
    due_lift(&g.state, now_us)
    if g.net != NULL and g.net.version:
        moved[0] = quote_reroute(&g.state, g.net, record, &g.context, node_i, now_us, g.quote, g.order, fresh)
    view_record(record, now_us, after)
    due_unlift(&g.state, now_us)
    if after.state > 3:
        return 0
    if grows_too_far(g, record, fresh):
        moved[0] = 0
        fresh.n_allocations = 0
        fresh.n_shipments = 0
    # what was placed elsewhere leaves the failed node's allocations, line by line
    for j in range(fresh.n_allocations):
        left = fresh.allocations[j].granted
        for i in range(record.n_allocations):
            if left and after.allocations[i].node_i == node_i and after.allocations[i].line_i == fresh.allocations[j].line_i:
                if open_units(&after.allocations[i]) < left:
                    left -= open_units(&after.allocations[i])
                    after.allocations[i].granted -= open_units(&after.allocations[i])
                else:
                    after.allocations[i].granted -= left
                    left = 0
        after.allocations[record.n_allocations + j] = fresh.allocations[j]
        after.allocations[record.n_allocations + j].shipment_i += record.n_shipments
    for j in range(fresh.n_shipments):
        after.shipments[record.n_shipments + j] = fresh.shipments[j]
    after.n_allocations = record.n_allocations + fresh.n_allocations
    after.n_shipments = record.n_shipments + fresh.n_shipments
    for i in range(record.n_allocations):
        if after.allocations[i].node_i == node_i:
            stranded += open_units(&after.allocations[i])
    after.node_i = node_i
    after.stranded = <int32_t>stranded
    after.needs_attention = 1 if stranded or (record.needs_attention and stranded_elsewhere(&g.state, record, node_i)) else 0
    if moved[0] == 0 and (stranded == 0 or stranded_before(&g.state, record, node_i, stranded)):
        return <int32_t>stranded
    entry_clear(&e, KIND_REROUTE, NULL, after)
    e.tenant_i = record.tenant_i
    e.args[0] = node_i
    e.args[1] = stranded
    if room_for(g, entry_bound(&e)) != 0:
        return -1
    after.version = g.state.seq + 1
    return <int32_t>stranded if journal(g, &e, now_us) == 0 else -1


cdef bint touches_node(const Record* record, int32_t node_i) noexcept nogil:
    cdef int32_t i
    if record.open_units == 0:
        return False
    for i in range(record.n_allocations):
        if record_allocations(record)[i].node_i == node_i and open_units(&record_allocations(record)[i]):
            return True
    return False
