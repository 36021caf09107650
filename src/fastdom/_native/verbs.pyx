"""Deciding the reservation verbs: each builds the reservation as it will be, and the state makes it so."""

from libc.stdint cimport uint32_t, uint64_t
from libc.string cimport memcmp, memcpy

from fastdom._native.capacity cimport capacity_taken
from fastdom._native.command cimport (
    AllocationOut, F_LINE_ID, F_QUANTITY, F_RESERVATION_ID, F_TTL, KIND_COMMIT, KIND_EXTEND, KIND_FULFILL, KIND_GET,
    KIND_RELEASE, LineIn, R_INTERNAL, R_INVALID_FIELD, R_INVALID_QUANTITY, R_QUANTITY_EXCEEDS_OPEN,
    R_RESERVATION_COMMITTED, R_RESERVATION_EXPIRED, R_RESERVATION_FULFILLED, R_RESERVATION_NOT_COMMITTED,
    R_RESERVATION_NOT_FOUND, R_RESERVATION_RELEASED, R_UNKNOWN_LINE, ShipmentOut, Slice,
)
from fastdom._native.entry cimport context_unpack
from fastdom._native.positions cimport P_FREE, P_ON_HAND, position_cell, position_find
from fastdom._native.reservations cimport (
    STATE_COMMITTED, STATE_EXPIRED, STATE_FULFILLED, STATE_HELD, STATE_PARTIALLY_FULFILLED, STATE_RELEASED, open_units,
    record_allocations, record_context, record_shipments, reservation_find,
)
from fastdom._native.state cimport NODE_ONLINE
from fastdom._native.table cimport fd_hash64, interned
from fastdom._native.tally cimport tally_at, tally_clear


cdef inline void refuse(Result* out, int32_t reason, int32_t field, int32_t line_i) noexcept nogil:
    out.status.reason = reason
    out.status.field = field
    out.status.line_i = line_i


cdef void state_of_view(Result* out) noexcept nogil:
    """The state from the quantities in the view, as record_state does from a record's totals."""
    cdef int64_t still_open = 0
    cdef int64_t fulfilled = 0
    cdef int64_t expired = 0
    cdef int32_t i
    for i in range(out.n_allocations):
        still_open += open_units(&out.allocations[i])
        fulfilled += out.allocations[i].fulfilled
        expired += out.allocations[i].expired
    if still_open > 0:
        out.state = STATE_PARTIALLY_FULFILLED if fulfilled else (STATE_COMMITTED if out.committed else STATE_HELD)
    elif fulfilled > 0:
        out.state = STATE_FULFILLED
    else:
        out.state = STATE_EXPIRED if expired > 0 else STATE_RELEASED


cdef void view_record(const Record* record, int64_t now_us, Result* out) noexcept nogil:
    cdef bint due = not record.committed and record.expires_at_us > 0 and record.expires_at_us <= now_us
    cdef AllocationOut* a
    cdef ShipmentOut* shipment
    cdef int32_t i
    out.has_reservation = 1
    out.reservation_id[0] = record.id[0]
    out.reservation_id[1] = record.id[1]
    out.channel_i = record.channel_i
    out.committed = record.committed
    out.needs_attention = record.needs_attention
    out.dated = record.dated
    out.expires_at_us = record.expires_at_us
    out.created_at_us = record.created_at_us
    out.version = record.version
    out.network_version = record.network_version
    out.policy_version = record.policy_version
    out.n_shipments = record.n_shipments
    memcpy(out.shipments, record_shipments(record), record.n_shipments * sizeof(ShipmentOut))
    out.n_allocations = record.n_allocations
    memcpy(out.allocations, record_allocations(record), record.n_allocations * sizeof(AllocationOut))
    out.split_count = record.n_shipments - 1 if record.n_shipments > 1 else 0
    for i in range(out.n_shipments):
        shipment = &out.shipments[i]
        out.total_micros += shipment.cost_micros
    if due:
        for i in range(out.n_allocations):
            a = &out.allocations[i]
            a.expired += open_units(a)
    state_of_view(out)


# --- commit --------------------------------------------------------------------------------------------------------

cdef inline uint64_t bucket_key(const ShipmentOut* shipment) noexcept nogil:
    return <uint64_t><uint32_t>shipment.node_i << 32 | <uint32_t>shipment.ship_day


cdef bint stock_again(const State* s, const Result* out) noexcept nogil:
    """Are the expired units of the view still free, position by position summed, at nodes that take work?"""
    cdef const AllocationOut* a
    cdef int64_t* wanted
    cdef int32_t p
    cdef int32_t i
    tally_clear(s.tally)
    for i in range(out.n_allocations):
        a = &out.allocations[i]
        if a.expired == 0:
            continue
        p = position_find(&s.positions, a.sku_i, a.node_i)
        if p < 0 or s.node_status[a.node_i] != NODE_ONLINE:
            return False
        wanted = tally_at(s.tally, <uint64_t>p)
        wanted[0] += a.expired
        if position_cell(&s.positions, p, P_FREE)[0] < wanted[0]:
            return False
    return True


cdef bint room_again(const State* s, const Network* net, const Result* out) noexcept nogil:
    """Room for the shipments of the view that have units, bucket by bucket summed; a closed bucket takes none."""
    cdef const ShipmentOut* shipment
    cdef int64_t* wanted
    cdef int32_t takes
    cdef int32_t i
    tally_clear(s.tally)
    for i in range(out.n_shipments):
        shipment = &out.shipments[i]
        # whether the capacity was given back by now depends on the sweeper: what the shipment would take does not
        takes = capacity_wanted(net, shipment)
        if takes == 0:
            continue
        if out.now_us >= shipment.ship_at_us and shipment.ship_at_us > 0:
            return False
        wanted = tally_at(s.tally, bucket_key(shipment))
        wanted[0] += takes
        if capacity_taken(&s.capacity, shipment.node_i, shipment.ship_day) + wanted[0] > net.capacity_limit[shipment.node_i]:
            return False
    return True


cdef int32_t capacity_wanted(const Network* net, const ShipmentOut* shipment) noexcept nogil:
    """What a shipment takes of its bucket, by the way its node counts."""
    if net == NULL or shipment.units == 0 or shipment.node_i >= net.n_nodes or net.capacity_kind[shipment.node_i] == 0:
        return 0
    return 1 if net.capacity_kind[shipment.node_i] == 1 else shipment.units


cdef void decide_commit(const State* s, const Network* net, const Command* c, Result* out) noexcept nogil:
    cdef int32_t i
    if out.state == STATE_HELD:
        out.committed = 1
        out.expires_at_us = 0
    elif out.state == STATE_EXPIRED:
        if not c.reacquire or not stock_again(s, out):
            refuse(out, R_RESERVATION_EXPIRED, F_RESERVATION_ID, -1)
            return
        for i in range(out.n_allocations):
            out.allocations[i].expired = 0
        count_units(out)         # a shipment whose units were released before takes nothing again
        if not room_again(s, net, out):
            refuse(out, R_RESERVATION_EXPIRED, F_RESERVATION_ID, -1)
            return
        for i in range(out.n_shipments):
            out.shipments[i].capacity_taken = capacity_wanted(net, &out.shipments[i])
        out.committed = 1
        out.expires_at_us = 0
        out.reacquired = 1
    elif out.state == STATE_RELEASED:
        refuse(out, R_RESERVATION_RELEASED, F_RESERVATION_ID, -1)


cdef void count_units(Result* out) noexcept nogil:
    """Units of every shipment from its allocations: open and fulfilled ones."""
    cdef const AllocationOut* a
    cdef int32_t i
    for i in range(out.n_shipments):
        out.shipments[i].units = 0
    for i in range(out.n_allocations):
        a = &out.allocations[i]
        out.shipments[a.shipment_i].units += open_units(a) + a.fulfilled


cdef int64_t hold_end(const Result* out, const ShipmentOut* shipments, int32_t n, int64_t ttl_us) noexcept nogil:
    cdef int64_t end = out.now_us + ttl_us
    cdef int32_t i
    if out.dated:
        for i in range(n):
            if 0 < shipments[i].order_by_us < end:
                end = shipments[i].order_by_us
    return end


# --- extend --------------------------------------------------------------------------------------------------------

cdef int64_t extended_end(const Result* out, int64_t ttl_us) noexcept nogil:
    """The end of a live hold: of a dated one no later than the order_by of any shipment that still has units."""
    cdef int64_t end = out.now_us + ttl_us
    cdef const ShipmentOut* shipment
    cdef int32_t i
    for i in range(out.n_allocations if out.dated else 0):
        shipment = &out.shipments[out.allocations[i].shipment_i]
        if open_units(&out.allocations[i]) and 0 < shipment.order_by_us < end:
            end = shipment.order_by_us
    return end


cdef void decide_extend(const Command* c, int64_t ttl_us, Result* out) noexcept nogil:
    if out.state == STATE_HELD:
        out.expires_at_us = extended_end(out, ttl_us)
        if out.expires_at_us <= out.now_us:      # its hand-over has gone
            refuse(out, R_RESERVATION_EXPIRED, F_RESERVATION_ID, -1)
    elif out.state == STATE_EXPIRED:
        refuse(out, R_RESERVATION_EXPIRED, F_RESERVATION_ID, -1)
    elif out.state == STATE_RELEASED:
        refuse(out, R_RESERVATION_RELEASED, F_RESERVATION_ID, -1)
    elif out.state == STATE_FULFILLED:
        refuse(out, R_RESERVATION_FULFILLED, F_RESERVATION_ID, -1)
    else:
        refuse(out, R_RESERVATION_COMMITTED, F_RESERVATION_ID, -1)


# --- release and fulfil --------------------------------------------------------------------------------------------

cdef inline bint same(Slice a, Slice b) noexcept nogil:
    return a.size == b.size and (a.size == 0 or memcmp(a.data, b.data, a.size) == 0)


cdef int32_t take_open(Result* out, int32_t allocation_i, int32_t wanted, bint fulfil) noexcept nogil:
    """Move up to `wanted` open units of an allocation to released or fulfilled; how many were moved."""
    cdef AllocationOut* a = &out.allocations[allocation_i]
    cdef int32_t units = open_units(a)
    if units > wanted:
        units = wanted
    if fulfil:
        a.fulfilled += units
    else:
        a.released += units
    return units


cdef inline uint64_t line_key(Slice line_id) noexcept nogil:
    return fd_hash64(line_id.data, line_id.size, 5)


cdef void list_by_line(const State* s, const Context* context, const Result* out) noexcept nogil:
    """Chain the allocations of every line in their order; the tally holds index + 1 of each chain's first."""
    cdef int64_t* head
    cdef int32_t i
    tally_clear(s.tally)
    for i in range(out.n_allocations - 1, -1, -1):
        head = tally_at(s.tally, line_key(context.lines[out.allocations[i].line_i].line_id))
        s.tally.next[i] = <int32_t>head[0]
        head[0] = i + 1


cdef void take_line(
    const State* s, const Context* context, const Command* c, int32_t line_i, bint fulfil, Result* out
) noexcept nogil:
    """One {line, quantity[, node]} of a Release or Fulfill."""
    cdef const LineIn* line = &c.lines[line_i]
    cdef int32_t left = line.quantity
    cdef int32_t next = <int32_t>tally_at(s.tally, line_key(line.line_id))[0]
    cdef int32_t i
    cdef bint known = False
    while next:
        i = next - 1
        next = s.tally.next[i]
        if not same(context.lines[out.allocations[i].line_i].line_id, line.line_id):
            continue             # another id of the same hash
        if line.node.size and not same(interned(&s.nodes, out.allocations[i].node_i), line.node):
            continue
        known = True
        left -= take_open(out, i, left, fulfil)
    if not known:
        refuse(out, R_UNKNOWN_LINE, F_LINE_ID, line_i)
    elif left > 0:
        refuse(out, R_QUANTITY_EXCEEDS_OPEN, F_QUANTITY, line_i)


cdef void take_units(
    const State* s, const Context* context, const Command* c, bint fulfil, Result* out
) noexcept nogil:
    cdef int32_t i
    if c.n_lines == 0:
        for i in range(out.n_allocations):
            take_open(out, i, open_units(&out.allocations[i]), fulfil)
        return
    list_by_line(s, context, out)
    for i in range(c.n_lines):
        if c.lines[i].quantity <= 0:
            refuse(out, R_INVALID_QUANTITY, F_QUANTITY, i)
            return
        take_line(s, context, c, i, fulfil, out)
        if out.status.reason:
            return


cdef int32_t mismatch(const State* s, const Record* record, const Result* out) noexcept nogil:
    """Units that a Fulfill ships although on_hand says they are not there, position by position in order."""
    cdef const AllocationOut* before = record_allocations(record)
    cdef int64_t missing = 0
    cdef int64_t on_hand
    cdef int64_t units
    cdef int64_t* taken
    cdef int32_t p
    cdef int32_t i
    tally_clear(s.tally)
    for i in range(out.n_allocations):
        units = out.allocations[i].fulfilled - before[i].fulfilled
        if units == 0:
            continue
        p = position_find(&s.positions, out.allocations[i].sku_i, out.allocations[i].node_i)
        taken = tally_at(s.tally, <uint64_t>p)
        on_hand = position_cell(&s.positions, p, P_ON_HAND)[0] - taken[0]
        if on_hand < 0:
            on_hand = 0
        if units > on_hand:
            missing += units - on_hand
        taken[0] += units
    return <int32_t>missing


cdef void decide_fulfil(
    const State* s, const Record* record, const Context* context, const Command* c, Result* out
) noexcept nogil:
    if out.state == STATE_HELD:
        refuse(out, R_RESERVATION_NOT_COMMITTED, F_RESERVATION_ID, -1)
    elif out.state == STATE_EXPIRED:
        refuse(out, R_RESERVATION_EXPIRED, F_RESERVATION_ID, -1)
    elif out.state == STATE_RELEASED:
        refuse(out, R_RESERVATION_RELEASED, F_RESERVATION_ID, -1)
    else:
        take_units(s, context, c, True, out)
        if out.status.reason == 0:
            out.count_mismatch = mismatch(s, record, out)


# --- all -----------------------------------------------------------------------------------------------------------

cdef void decide_verb(
    const State* s, const Network* net, const Command* c, int64_t ttl_us, Context* context, Result* out
) noexcept nogil:
    cdef Record* record = reservation_find(&s.reservations, c.reservation_id)
    cdef Slice packed
    if record == NULL or record.tenant_i != c.tenant_i:
        refuse(out, R_RESERVATION_NOT_FOUND, F_RESERVATION_ID, -1)
        return
    packed.data = record_context(record)
    packed.size = record.context_size
    if context_unpack(packed, context) != 0:
        refuse(out, R_INTERNAL, F_RESERVATION_ID, -1)
        return
    view_record(record, out.now_us, out)
    out.service_level = context.service_level
    if c.kind == KIND_COMMIT:
        decide_commit(s, net, c, out)
    elif c.kind == KIND_EXTEND:
        if ttl_us < TTL_MIN_US or ttl_us > TTL_MAX_US:
            refuse(out, R_INVALID_FIELD, F_TTL, -1)
        else:
            decide_extend(c, ttl_us, out)
    elif c.kind == KIND_RELEASE:
        take_units(s, context, c, False, out)
    elif c.kind == KIND_FULFILL:
        decide_fulfil(s, record, context, c, out)
    if out.status.reason == 0 and c.kind != KIND_GET:
        state_of_view(out)
