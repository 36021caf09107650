"""Planning large orders beside the lock (see wide.pxd)."""

from libc.stdint cimport int32_t, int64_t
from posix.time cimport CLOCK_MONOTONIC, clock_gettime, timespec

from fastdom._native.command cimport (
    AllocationOut, KIND_PROMISE, KIND_RESERVE, OUTCOME_REFUSED, OptionOut, ShipmentOut,
)
from fastdom._native.core cimport engine_lock, engine_unlock, later, pthread_mutex_lock, pthread_mutex_unlock
from fastdom._native.entry cimport result_clear
from fastdom._native.gather cimport capacity_left, capacity_need, node_open
from fastdom._native.journaling cimport catch_up
from fastdom._native.place cimport routable_units
from fastdom._native.positions cimport P_FREE, P_RESERVE, position_cell, position_find
from fastdom._native.quote cimport quote_pinned, quote_promise, quote_route
from fastdom._native.quote_option cimport option_to_hold
from fastdom._native.quote_scratch cimport Place, Quote, place_of, place_stage
from fastdom._native.state cimport due_lift, due_unlift
from fastdom._native.taken cimport taken_at, taken_clear


cdef int64_t monotonic_ns() noexcept nogil:
    cdef timespec now
    clock_gettime(CLOCK_MONOTONIC, &now)
    return <int64_t>now.tv_sec * 1000000000 + now.tv_nsec


cdef void slice_ends(Engine* g) noexcept nogil:
    """The large order is about to give the lock up."""
    cdef int64_t held = monotonic_ns() - g.wide_begun_ns
    if held > g.wide_longest_ns:
        g.wide_longest_ns = held


cdef bint wide_order(const Engine* g, const Command* c) noexcept nogil:
    cdef int64_t nodes = g.net.n_nodes if g.net != NULL else 0
    if c.option_token.size:
        return False
    if c.effort > EFFORT_INLINE and c.n_lines > 1:
        return True
    if c.kind == KIND_PROMISE:
        return c.n_lines > LINES_INLINE_PROMISE or (c.n_lines > 1 and nodes << c.n_lines > STEPS_INLINE)
    return c.n_lines > LINES_INLINE


cdef void wide_enter(Engine* g, Command* c, Result* r) noexcept nogil:
    engine_unlock(g)
    pthread_mutex_lock(&g.wide_lock)
    engine_lock(g)
    c.now_us = later(g, c.now_us)
    catch_up(g, c.now_us)
    c.now_us = later(g, c.now_us)
    r.now_us = c.now_us
    g.wide_begun_ns = monotonic_ns()


cdef void wide_leave(Engine* g) noexcept nogil:
    slice_ends(g)
    pthread_mutex_unlock(&g.wide_lock)


cdef void pause(void* owner) noexcept nogil:
    cdef Engine* g = <Engine*>owner
    due_unlift(&g.state, g.wide_result.now_us)
    slice_ends(g)
    engine_unlock(g)


cdef void resume(void* owner) noexcept nogil:
    cdef Engine* g = <Engine*>owner
    cdef Result* r = g.wide_result
    engine_lock(g)
    r.now_us = later(g, r.now_us)
    catch_up(g, r.now_us)
    r.now_us = later(g, r.now_us)
    g.wide_begun_ns = monotonic_ns()
    due_lift(&g.state, r.now_us)


cdef void once(Engine* g, const Command* c, Result* r) noexcept nogil:
    """One plan of the order, from r.now_us on."""
    cdef Quote* q = g.wide_quote
    if c.kind == KIND_PROMISE:
        quote_promise(&g.state, g.net, g.wide_order, c, r.now_us, q, r)
    elif c.kind == KIND_RESERVE and g.wide_order.n_pinned:
        quote_pinned(&g.state, g.net, g.wide_order, c, r.now_us, q, r)
    else:
        quote_route(&g.state, g.net, g.wide_order, c, r.now_us, q, r)


cdef bint stock_stands(const Place* p, Quote* q, const AllocationOut* a, int32_t n) noexcept nogil:
    """Are the units of all allocations still there? A pinned line may take what routing has to leave."""
    cdef int64_t* taken
    cdef int64_t units
    cdef int32_t position
    cdef int32_t i
    taken_clear(q)
    for i in range(n):
        position = position_find(&p.state.positions, a[i].sku_i, a[i].node_i)
        if position < 0:
            return False
        units = position_cell(&p.state.positions, position, P_FREE)[0]
        if p.order.lines[a[i].line_i].node_i < 0:
            units = routable_units(p, units, position_cell(&p.state.positions, position, P_RESERVE)[0])
        taken = taken_at(q, position)
        taken[0] += a[i].granted
        if taken[0] > units:
            return False
    return True


cdef bint shipments_stand(const Place* p, const ShipmentOut* s, int32_t n) noexcept nogil:
    """Do the nodes still take work, before the cutoff, with room in the bucket of the day planned?"""
    cdef int64_t need
    cdef int32_t i
    for i in range(n):
        if not node_open(p, s[i].node_i) or (s[i].order_by_us and s[i].order_by_us <= p.now_us):
            return False
        need = capacity_need(p.net, s[i].node_i, s[i].units)
        if need and capacity_left(p, s[i].node_i, s[i].ship_day) < need:
            return False
    return True


cdef bint stands(Engine* g, const Command* c, const Result* r) noexcept nogil:
    """Can what was planned be reserved now?"""
    cdef Place p = place_of(&g.state, g.net, g.wide_order, r.now_us, g.wide_order.service_level)
    cdef const OptionOut* option
    cdef bint kept
    p.given = g.wide_order.n_pinned > 0
    place_stage(&p, r.relaxed if r.relaxed < p.policy.n_stages else 0)
    if c.kind == KIND_PROMISE:
        option = option_to_hold(c, r)
        if option == NULL:
            return True
        p.level = option.service_level
        p.stage = &p.policy.stages[p.policy.n_stages - 1]
        kept = stock_stands(&p, g.wide_quote, &r.allocations[option.first_allocation], option.n_allocations)
        return kept and shipments_stand(&p, &r.shipments[option.first_shipment], option.n_shipments)
    kept = stock_stands(&p, g.wide_quote, r.allocations, r.n_allocations)
    return kept and shipments_stand(&p, r.shipments, r.n_shipments)


cdef void wide_quote(Engine* g, Command* c, bint wants_hold, Result* r) noexcept nogil:
    cdef Quote* q = g.wide_quote
    cdef int64_t effort = c.effort
    cdef int64_t now_us
    cdef int64_t seq = g.state.seq
    cdef int32_t i
    g.wide_orders += 1
    g.wide_result = r
    q.owner = g
    q.cells = 0
    q.pause = pause
    q.resume = resume
    for i in range(TRIES_MAX + 1):
        if i == TRIES_MAX:
            q.pause = NULL
            q.resume = NULL
            c.effort = 1
        seq = g.state.seq
        once(g, c, r)
        if not wants_hold or r.status.reason or g.failed or i == TRIES_MAX:
            break
        if r.outcome == OUTCOME_REFUSED or stands(g, c, r):
            break
        g.wide_again += 1
        now_us = r.now_us
        result_clear(r)
        r.now_us = now_us
    c.effort = effort
    c.now_us = r.now_us
    r.seq = seq if not wants_hold else g.state.seq
