"""Solving, writing and explaining routed plans."""

from libc.stdint cimport INT32_MAX

from fastdom._native.command cimport (
    AllocationOut, LINE_BELOW_MINIMUM, LINE_GRANTED, LINE_GROUP_NOT_TOGETHER, LINE_NO_CAPACITY, LINE_NO_ELIGIBLE_NODE, LINE_NO_LANE,
    LINE_OUT_OF_STOCK, LINE_OVERWEIGHT, LINE_PAYMENT_NOT_SERVED, LINE_TOO_LATE,
    LINE_TOO_MANY_SHIPMENTS, LineOut, OK, OPT_BOUND, OPT_HEURISTIC, OPT_PROVEN, OUTCOME_NONE, ShipmentOut, TOKEN_SAME,
)
from fastdom._native.gather cimport (
    SHIPMENTS_NONE, gather_candidates, node_capable, node_open, node_reaches, offer_live, ranks_of,
    service_open, slot_with_room, stock_pass,
)
from fastdom._native.network cimport LaneSet, PRICE_NONE, price_raw, slot_next
from fastdom._native.objectives cimport stock_book
from fastdom._native.place cimport routable_units
from fastdom._native.plan cimport (
    BLOCKS_EXACT_MAX, OPTIMALITY_BOUND, OPTIMALITY_PROVEN, PLAN_INFEASIBLE, PLAN_OK, plan_solve,
)
from fastdom._native.policy cimport (
    CAPACITY_BALANCE, MARKDOWN_AVOIDANCE, OPPORTUNITY_COST, STOCK_BALANCE, WEEKS_OF_SUPPLY,
)
from fastdom._native.positions cimport P_FREE, P_NODE, P_RESERVE, Run, position_cell, position_find, run_begin, run_next
from fastdom._native.quote_scratch cimport PLACES, breathe, incomplete_reason, partial_allowed, place_stage
from fastdom._native.resolved cimport LEVELS, LEVEL_PICKUP, Resolved
from fastdom._native.shipment cimport Carriage, carriage_cheapest, shipment_fill
from fastdom._native.taken cimport taken_at, taken_clear


cdef enum:
    EXACT_STEPS_MAX = 400000     # node x subset costs of an exact search: about 200 us
    WIDE_STEPS_MAX = 60000       # evaluations of the search beyond it: about 200 us
    EFFORT_MAX = 1000000         # a caller may ask for more, up to here


cdef void result_begin(const Place* p, int64_t now_us, Result* out) noexcept nogil:
    out.status.reason = OK
    out.status.field = 0
    out.status.line_i = -1
    out.now_us = now_us
    out.outcome = OUTCOME_NONE
    out.optimality = 0
    out.split_count = 0
    out.total_micros = 0
    out.gap_micros = 0
    out.nodes_considered = 0
    out.evaluations = 0
    out.network_version = p.net.version
    out.policy_version = p.policy.version
    out.token_difference = TOKEN_SAME
    out.channel_i = p.order.channel_i
    out.n_shipments = 0
    out.n_allocations = 0
    out.n_lines = 0
    out.n_options = 0
    out.relaxed = 0


# --- solving ---------------------------------------------------------------------------------------------------------

cdef int64_t effort_whole(const Place* p) noexcept nogil:
    """What was asked for, else the policy's, else what takes about 200 us."""
    cdef int64_t effort = p.effort if p.effort else p.policy.effort
    if effort:
        return effort if effort < EFFORT_MAX else EFFORT_MAX
    return WIDE_STEPS_MAX


cdef int64_t effort_of(const Place* p, const Quote* q) noexcept nogil:
    """Evaluations one search may spend: all of the effort, where not given that of an exact search if that is small."""
    if (
        not p.effort and not p.policy.effort and p.order.n_blocks <= BLOCKS_EXACT_MAX
        and (q.problem.n_candidates << p.order.n_blocks) <= EXACT_STEPS_MAX
    ):
        return EXACT_STEPS_MAX
    return effort_whole(p)


cdef bint effort_shared(const Place* p) noexcept nogil:
    return p.order.n_blocks > BLOCKS_EXACT_MAX


cdef int32_t solve(Quote* q) noexcept nogil:
    """Search by q.problem alone; others may decide meanwhile."""
    cdef int32_t status
    if q.pause == NULL:
        return plan_solve(&q.problem, q.kernel, &q.plan)
    q.pause(q.owner)
    status = plan_solve(&q.problem, q.kernel, &q.plan)
    q.resume(q.owner)
    return status


cdef int32_t stage_plan(Place* p, Quote* q) noexcept nogil:
    """The best plan by the constraints of p.stage; its PlanStatus."""
    if p.stage.reserve_mask != q.cover_mask or p.stage.reserve_extra != q.cover_extra:
        stock_pass(p, q)
    gather_candidates(p, q)
    if q.problem.max_shipments == SHIPMENTS_NONE:
        q.plan.n_parts = 0
        q.plan.evaluations = 0
        q.plan.status = PLAN_INFEASIBLE
        return PLAN_INFEASIBLE
    q.problem.effort_max = effort_of(p, q)
    return solve(q)


cdef int32_t plan_level(Place* p, Quote* q) noexcept nogil:
    """Constraints are given up one after the other, until a plan serves the whole order or none is left to give up.

    Where the effort is shared, a search that others may follow has half of what is left, the last one all of it.
    """
    cdef int32_t status = PLAN_INFEASIBLE
    cdef bint shared = effort_shared(p)
    cdef int64_t left = effort_whole(p)
    cdef int32_t i
    for i in range(p.policy.n_stages):
        if p.stage_i != i:
            place_stage(p, i)
        if shared:
            p.effort = left if i == p.policy.n_stages - 1 or left < 2 else left // 2
        status = stage_plan(p, q)
        left = left - q.plan.evaluations if left > q.plan.evaluations else 1
        if status == PLAN_OK and q.plan.n_uncovered == 0:
            break
    if shared:
        p.effort = left
    return status


cdef void plan_grade(const Place* p, const Quote* q, Result* out) noexcept nogil:
    out.relaxed = p.stage_i
    out.nodes_considered = q.problem.n_candidates
    out.evaluations = q.plan.evaluations
    out.optimality = OPT_HEURISTIC
    out.gap_micros = -1
    if q.coarse:
        return
    if q.plan.optimality == OPTIMALITY_PROVEN:
        out.optimality = OPT_PROVEN
        out.gap_micros = 0
    elif q.plan.optimality == OPTIMALITY_BOUND:
        out.optimality = OPT_BOUND
        out.gap_micros = q.plan.cost[0] - q.plan.lower_bound[0]


# --- writing ---------------------------------------------------------------------------------------------------------

cdef void shipments_write(const Place* p, Quote* q, Result* out) noexcept nogil:
    """One shipment for every part, in the order of candidates: of external node ids."""
    cdef ShipmentOut* shipment
    cdef Carriage carriage
    cdef int32_t n = 0
    cdef int32_t part
    cdef int32_t c
    for part in range(q.plan.n_parts):
        q.candidate_part[q.plan.part_candidate[part]] = part
    for c in range(q.problem.n_candidates):
        part = q.candidate_part[c]
        if part < 0:
            continue
        shipment = &out.shipments[out.n_shipments + n]
        carriage_cheapest(
            p, q.candidate_node[c], q.candidate_set[c], q.candidate_live[c], &q.candidate_slot[c * PLACES],
            q.plan.part_units[part], q.plan.part_weight_g[part], &carriage
        )
        shipment_fill(
            p, q.candidate_node[c], &carriage, q.plan.part_units[part], q.plan.part_weight_g[part], n > 0, shipment,
            &out.costs[out.n_shipments + n]
        )
        q.part_shipment[part] = n
        q.candidate_part[c] = -1
        n += 1


cdef void plan_write(const Place* p, Quote* q, Result* out) noexcept nogil:
    cdef const Resolved* r = p.order
    cdef AllocationOut* allocation
    cdef ShipmentOut* shipment
    cdef int32_t part
    cdef int32_t i
    shipments_write(p, q, out)
    for i in range(r.n_lines):
        part = q.plan.block_part[r.lines[i].block_i]
        q.line_shipment[i] = -1
        if part < 0:
            continue
        q.line_shipment[i] = out.n_shipments + q.part_shipment[part]
        q.line_units[i] = r.lines[i].quantity
        shipment = &out.shipments[out.n_shipments + q.part_shipment[part]]
        shipment.n_allocations += 1
        allocation = &out.allocations[out.n_allocations]
        allocation.line_i = r.lines[i].line_i
        allocation.sku_i = r.lines[i].sku_i
        allocation.shipment_i = q.part_shipment[part]
        allocation.node_i = shipment.node_i
        allocation.granted = r.lines[i].quantity
        allocation.fulfilled = 0
        allocation.released = 0
        allocation.expired = 0
        out.n_allocations += 1
    stock_book(p, q, out)
    out.n_shipments += q.plan.n_parts


cdef int64_t total_of(const Result* out, int32_t first, int32_t n) noexcept nogil:
    cdef int64_t total = 0
    cdef int32_t i
    for i in range(first, first + n):
        total += out.shipments[i].cost_micros
    return total


cdef int64_t steady_of(const Result* out, int32_t first, int32_t n) noexcept nogil:
    cdef const int64_t* costs
    cdef int64_t total = 0
    cdef int32_t i
    for i in range(first, first + n):
        costs = out.costs[i].cost_micros
        total += out.shipments[i].cost_micros - (
            costs[CAPACITY_BALANCE] + costs[STOCK_BALANCE] + costs[WEEKS_OF_SUPPLY] + costs[MARKDOWN_AVOIDANCE]
            + costs[OPPORTUNITY_COST]
        )
    return total


cdef inline int64_t routable(const Place* p, int32_t position) noexcept nogil:
    """Units of a position that routing may take."""
    if position < 0:
        return 0
    return routable_units(
        p, position_cell(&p.state.positions, position, P_FREE)[0],
        position_cell(&p.state.positions, position, P_RESERVE)[0]
    )


cdef void lines_granted(const Place* p, Quote* q, Result* out) noexcept nogil:
    cdef const Resolved* r = p.order
    cdef bint shared = r.n_skus < r.n_lines
    cdef const AllocationOut* a
    cdef LineOut* line
    cdef int64_t left
    cdef int32_t i
    out.n_lines = r.n_lines
    for i in range(r.n_lines):
        line = &out.lines[i]
        line.granted = 0
        line.shortfall = r.lines[i].quantity
        line.available_after = 0
        line.reason = LINE_GRANTED
    if shared:
        taken_clear(q)
    for i in range(out.n_allocations):
        a = &out.allocations[i]
        line = &out.lines[a.line_i]
        line.granted = a.granted
        line.shortfall -= a.granted
        q.line_position[i] = position_find(&p.state.positions, a.sku_i, a.node_i)
        if shared:
            taken_at(q, q.line_position[i])[0] += a.granted
    for i in range(out.n_allocations):
        a = &out.allocations[i]
        left = routable(p, q.line_position[i]) - (taken_at(q, q.line_position[i])[0] if shared else a.granted)
        out.lines[a.line_i].available_after = <int32_t>left if left > 0 else 0


# --- explaining ------------------------------------------------------------------------------------------------------

cdef int32_t counter_reason(const Place* p, int32_t node_i, int64_t units) noexcept nogil:
    """How far a block comes at the pickup counter of a node that has it."""
    cdef int32_t service_i = p.net.pickup_service[node_i]
    cdef int32_t slot
    if service_i < 0 or not service_open(p, service_i):
        return LINE_NO_LANE
    if p.order.cod and not p.net.service_cod[service_i]:
        return LINE_PAYMENT_NOT_SERVED
    slot = slot_with_room(p, node_i, service_i, units)
    if slot < 0:
        return LINE_NO_CAPACITY if slot_next(p.net, node_i, service_i, p.at_us) >= 0 else LINE_NO_LANE
    if p.net.slot_handover[slot] > p.arrive_max_us:
        return LINE_TOO_LATE
    return LINE_SERVABLE


cdef int32_t node_reason(const Place* p, const Quote* q, int32_t node_i, int32_t block_i) noexcept nogil:
    """How far a block comes at one node that has it."""
    cdef const LaneSet* lane
    cdef int32_t furthest = LINE_NO_LANE
    cdef int32_t reason
    cdef int32_t slot
    cdef int32_t set_i
    cdef int32_t j
    if not node_open(p, node_i) or not node_capable(p, q, node_i, block_i):
        return LINE_NO_ELIGIBLE_NODE
    if p.level == LEVEL_PICKUP:
        if node_i != p.order.pickup_node_i:
            return LINE_OUT_OF_STOCK
        return counter_reason(p, node_i, p.order.block_units[block_i])
    if p.order.zone_i < 0 or not node_reaches(p, node_i):
        return LINE_NO_LANE
    set_i = p.net.lane_set[(<Py_ssize_t>p.order.zone_i * LEVELS + p.level - 1) * p.net.n_nodes + node_i]
    lane = &p.net.sets[set_i]
    for j in range(lane.n):
        if price_raw(p.net, lane.price_i[j], p.order.block_weight_g[block_i]) == PRICE_NONE:
            reason = LINE_OVERWEIGHT
        elif offer_live(p, node_i, set_i, j, p.order.block_units[block_i], &slot, &reason):
            return LINE_SERVABLE
        furthest = reason if reason > furthest else furthest
    return furthest


cdef bint parts_stocked(const Place* p, int32_t block_i) noexcept nogil:
    """Whether every SKU of the block is to be had at some open node."""
    cdef int32_t d
    for d in range(p.order.demand_start[block_i], p.order.demand_start[block_i + 1]):
        if best_routable(p, p.order.demands[d].sku_i) < p.order.demands[d].quantity:
            return False
    return True


cdef int32_t block_reason(const Place* p, const Quote* q, int32_t block_i) noexcept nogil:
    cdef int32_t words = q.problem.cover_words
    cdef int32_t furthest = LINE_GRANTED
    cdef int32_t reason
    cdef int32_t rank
    for rank in range(ranks_of(p.net)):
        if q.cover[<Py_ssize_t>rank * words + (block_i >> 6)] >> (block_i & 63) & 1:
            reason = node_reason(p, q, p.net.node_by_rank[rank], block_i)
            furthest = reason if reason > furthest else furthest
    if furthest > LINE_GRANTED:
        return furthest
    if p.order.demand_start[block_i + 1] - p.order.demand_start[block_i] > 1 and parts_stocked(p, block_i):
        return LINE_GROUP_NOT_TOGETHER
    return LINE_OUT_OF_STOCK


cdef bint shares_sku(const Place* p, int32_t block_i) noexcept nogil:
    cdef int32_t d
    for d in range(p.order.demand_start[block_i], p.order.demand_start[block_i + 1]):
        if p.order.sku_demands[p.order.demands[d].sku_ordinal] > 1:
            return True
    return False


cdef bint bound_binds(const Place* p, Quote* q) noexcept nogil:
    """Whether max_shipments is what leaves blocks out of the plan. Solves again without it when there is no plan."""
    cdef int32_t most = q.problem.max_shipments
    cdef int32_t status
    if most <= 0:
        return False
    if q.plan.status == PLAN_OK:
        return q.plan.n_parts == most
    q.problem.max_shipments = 0
    status = solve(q)
    q.problem.max_shipments = most
    return status == PLAN_OK


cdef bint minimum_binds(Quote* q) noexcept nogil:
    """Whether there is a plan, then in q.plan, for shipments of any size where the policy wants a minimum."""
    cdef int32_t least = q.problem.min_units
    cdef int32_t status
    if least <= 0 or q.problem.max_shipments == SHIPMENTS_NONE:
        return False
    q.problem.min_units = 0
    status = solve(q)
    q.problem.min_units = least
    return status == PLAN_OK


cdef int32_t conflict_reason(const Place* p, const Quote* q, int32_t block_i) noexcept nogil:
    """Why blocks that are servable one by one are not together: the stock, the node's day or the weight they share."""
    cdef int32_t c
    if shares_sku(p, block_i):
        return LINE_OUT_OF_STOCK
    for c in range(q.problem.n_candidates):
        if q.candidates[c].units_left < INT32_MAX:
            return LINE_NO_CAPACITY
    return LINE_OVERWEIGHT


cdef int64_t best_routable(const Place* p, int32_t sku_i) noexcept nogil:
    """Most units of a SKU at one open node."""
    cdef int64_t best = 0
    cdef int64_t units
    cdef int32_t node_i
    cdef int32_t i
    cdef Run run
    if not run_begin(&p.state.positions, sku_i, &run):
        return 0
    while True:
        for i in range(run.length):
            node_i = position_cell(&p.state.positions, run.first + i, P_NODE)[0]
            if node_i < p.net.n_nodes and node_open(p, node_i):
                units = routable(p, run.first + i)
                best = units if units > best else best
        if not run_next(&p.state.positions, &run):
            return best


cdef void lines_refused(const Place* p, Quote* q, Result* out) noexcept nogil:
    cdef const Resolved* r = p.order
    cdef int32_t others = LINE_GRANTED
    cdef bint small = False
    cdef int64_t best
    cdef int32_t reason
    cdef int32_t i
    # first the lines that no node could serve even alone: they are why, the others only went down with them
    for i in range(r.n_lines):
        if out.lines[i].shortfall == 0:
            continue
        best = best_routable(p, r.lines[i].sku_i)
        out.lines[i].available_after = <int32_t>best if best < INT32_MAX else INT32_MAX
        reason = block_reason(p, q, r.lines[i].block_i)
        out.lines[i].reason = reason
        if reason < LINE_SERVABLE and not partial_allowed(p):
            others = incomplete_reason(p)
        breathe(q, ranks_of(p.net))
    if others == LINE_GRANTED:
        if bound_binds(p, q):
            others = LINE_TOO_MANY_SHIPMENTS
        small = minimum_binds(q)
    for i in range(r.n_lines):
        if out.lines[i].reason != LINE_SERVABLE:
            continue
        if small and q.plan.block_part[r.lines[i].block_i] >= 0:
            out.lines[i].reason = LINE_BELOW_MINIMUM
        else:
            out.lines[i].reason = others if others else conflict_reason(p, q, r.lines[i].block_i)
